"""Requisites on a crawl: what is fetched beside the posts, once, from where it may be, and what is not."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from crawling import crawl, opened
from sampled import Sampled

from archive.commands.show import show_command
from archive.fixity import check_warcs
from archive.report import render
from archive.warc import read_exchange
from crawler.profiles import SiteProfile
from crawler.requisites import in_asset_scope
from crawler.sample.server import SampleBlog
from crawler.tally import Tally

BLOG = SiteProfile(
    name="blog",
    title="Blog",
    start_urls=("https://www.blog.example/news/",),
    paths=("/news/",),
    asset_hosts=("cdn.press.example",),
)

SCOPE = [
    pytest.param("https://blog.example/wp-content/uploads/a.png", True, id="the blog's host, beside its path"),
    pytest.param("http://www.blog.example/a.png", True, id="with www, without TLS"),
    pytest.param("https://static.blog.example/a.png", True, id="a host below it"),
    pytest.param("https://cdn.press.example/a.png", True, id="a host the profile names"),
    pytest.param("https://i0.wp.com/blog.example/a.png?resize=300", True, id="the image network, of this blog"),
    pytest.param("https://i2.wp.com/www.blog.example/a.png", True, id="the same with www"),
    pytest.param("https://c0.wp.com/c/6.5/wp-includes/css/dist/block-library/style.min.css", True, id="WordPress' own"),
    pytest.param("https://i0.wp.com/other.example/a.png", False, id="the image network, of another blog"),
    pytest.param("https://i0.wp.com", False, id="the image network, of none"),
    pytest.param("https://stats.wp.com/g.gif", False, id="its counter"),
    pytest.param("https://blog.example:8443/a.png", False, id="another port"),
    pytest.param("https://notblog.example/a.png", False, id="a host that ends so"),
    pytest.param("https://blog.example.evil.example/a.png", False, id="a host that begins so"),
    pytest.param("https://press.example/a.png", False, id="a host above one that is named"),
    pytest.param("https://secure.gravatar.com/avatar/1", False, id="a third party"),
    pytest.param("ftp://blog.example/a.png", False, id="another scheme"),
]


@pytest.mark.parametrize(("url", "is_in"), SCOPE)
def test_a_file_may_come_from_the_blog_and_what_serves_it(url: str, is_in: bool) -> None:
    assert in_asset_scope(BLOG, url) is is_in


def test_a_number_has_no_hosts_below_it() -> None:
    served = SiteProfile(name="here", title="Here", start_urls=("http://127.0.0.1/",))
    assert not in_asset_scope(served, "http://10.127.0.0.1/a.png")


@dataclass(frozen=True, kw_only=True)
class Crawled:
    folder: Path
    paths: list[str]
    out: str

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with opened(self.folder) as db:
            return list(db.query(sql))


def crawled(folder: Path, *words: str) -> Crawled:
    with SampleBlog() as blog:
        ended = crawl(blog.url, folder, *words, files=True)
        assert ended.code == 0, ended.err
        return Crawled(folder=folder, paths=[path for _, path, _ in blog.requests], out=ended.out)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    return crawled(tmp_path_factory.mktemp("requisites") / "data", "--limit", "12")


def test_images_styles_fonts_and_icons_are_captured_with_their_role(archive: Crawled) -> None:
    found = {(row["role"], row["name"]) for row in archive.rows(
        "select role, replace(url, rtrim(url, replace(url, '/', '')), '') as name from captures where status = 200"
    )}  # fmt: skip
    assert found >= {
        ("stylesheet", "style.css?ver=3.2"),
        ("stylesheet", "print.css"),
        ("stylesheet", "paper.css"),
        ("image", "waves.svg"),
        ("image", "paper.svg"),
        ("font", "harbor-marks.woff2"),
        ("icon", "site-icon-32x32.png"),
        ("image", "harbor-2607.png"),
    }
    assert ("font", "harbor-marks.woff") not in found


def test_a_post_is_shown_with_the_files_its_page_needs(archive: Crawled) -> None:
    url = archive.rows("select post_url.url from images join posts as post_url on post_url.id = post_id limit 1")[0][
        "url"
    ]
    shown = CliRunner().invoke(show_command, [url, "--archive", str(archive.folder), "--json"], standalone_mode=False)
    files = {file["url"].rpartition("/")[2]: file for file in json.loads(shown.stdout)["files"]}
    assert {"style.css?ver=3.2", "harbor-marks.woff2", "waves.svg", "safe-harbor.png"} <= files.keys()
    assert "harbor-marks.woff" not in files
    assert files["safe-harbor.png"]["reason"] == "off-site"
    font = files["harbor-marks.woff2"]
    kept = read_exchange(archive.folder / "warc", font["warc_file"], font["warc_offset"])
    assert (font["role"], len(kept.body)) == ("font", font["payload_bytes"])
    words = CliRunner().invoke(show_command, [url, "--archive", str(archive.folder)], standalone_mode=False).stdout
    assert "not kept  off-site 1" in words


def test_each_is_asked_for_once(archive: Crawled) -> None:
    files = Counter(path for path in archive.paths if path.startswith("/wp-content/"))
    assert set(files.values()) == {1}


def test_a_limit_counts_posts_and_leaves_their_files_in(archive: Crawled) -> None:
    found = {(row["role"], row["done"]) for row in archive.rows("select distinct role, done from frontier")}
    assert found >= {("image", 1), ("post", 1), ("post", 0)}
    assert ("image", 0) not in found


def test_another_organisations_picture_is_left_out_with_its_reason(archive: Crawled) -> None:
    skips = archive.rows("select url, role, reason from skips where role = 'image' and reason = 'off-site'")
    assert skips == [{"url": "https://badges.example/safe-harbor.png", "role": "image", "reason": "off-site"}]


def test_the_report_tells_of_them_apart_from_the_posts(archive: Crawled) -> None:
    assert "files their pages need" in archive.out
    assert "off-site 1" in archive.out
    assert "  skipped:" not in archive.out


def test_the_files_lie_in_a_valid_warc(archive: Crawled) -> None:
    assert list(check_warcs(sorted((archive.folder / "warc").iterdir()))) == []


@pytest.mark.parametrize(
    ("words", "there"),
    [
        pytest.param(["--no-requisites"], set(), id="none"),
        pytest.param(["--requisites", "every"], {"harbor-2607-300x169.png", "harbor-marks.woff"}, id="every"),
    ],
)
def test_what_is_fetched_can_be_chosen(words: list[str], there: set[str], tmp_path: Path) -> None:
    run = crawled(tmp_path / "data", "--limit", "4", *words)
    files = {path.rpartition("/")[2] for path in run.paths if path.startswith("/wp-content/")}
    assert files >= there
    assert bool(files) is bool(there)


def test_a_picture_that_is_lost_fails_neither_its_post_nor_the_run(sampled: Sampled) -> None:
    run = Crawled(folder=sampled.first.path, paths=[], out=sampled.first.ended.out)
    lost = run.rows("select url, reason from skips where reason = 'not-found'")
    assert [row["url"].rpartition("/")[2] for row in lost] == ["show-3.png"]
    assert run.rows("select status from runs")[0]["status"] == "done"
    held = run.rows("select count(*) as n from images where url like '%/show-3.png'")
    assert held[0]["n"] == 1, "what the post shows is known all the same"


def test_a_report_without_them_says_nothing_of_them() -> None:
    run = {"id": 1, "site": "blog", "mode": "full", "status": "done", "reason": None}
    assert "need" not in render(run, Tally().report(requests=3, received_bytes=2_000))


@pytest.mark.slow
def test_a_second_full_crawl_asks_for_no_file_that_is_held(tmp_path: Path) -> None:
    with SampleBlog() as blog:
        assert crawl(blog.url, tmp_path, files=True).code == 0
        asked = len(blog.requests)
        assert crawl(blog.url, tmp_path, "--full", files=True).code == 0
        again = [path for _, path, _ in blog.requests[asked:] if path.startswith("/wp-content/")]
    assert [path.rpartition("/")[2] for path in again] == ["show-3.png"], "only what was not had is asked for again"
