"""The main road, walked whole: the command, a real server, the archive it leaves."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from crawling import clipfile, clippings, crawl, opened
from sampled import Sampled

from benchmarks.recrawl import Returning
from crawler.sample import expected_labels
from crawler.sample.server import SampleBlog


@pytest.fixture
def blog(sampled: Sampled) -> SampleBlog:
    return sampled.blog


@pytest.fixture
def archive(sampled: Sampled) -> Path:
    """To be looked at, not to be changed."""
    return sampled.first.path


LISTINGS_ALONE = {"rest": "closed", "sitemap": "closed", "feed": "closed"}


def labels(blog: SampleBlog, edition: int = 1) -> dict[str, dict[str, Any]]:
    return {label["url"]: label for label in expected_labels(edition, blog.url)}


def test_every_post_is_found_once(blog: SampleBlog, archive: Path) -> None:
    urls = [row["url"] for row in clippings(archive)]
    assert sorted(urls) == sorted(labels(blog))


def test_headlines_and_dates_are_those_of_the_pages(blog: SampleBlog, archive: Path) -> None:
    found = {row["url"]: (row["title"], row["posted_on"]) for row in clippings(archive)}
    wrong = {
        url: (found[url], label["title"], label["site_date"])
        for url, label in labels(blog).items()
        if found[url] != (label["title"] or None, label["site_date"])
    }
    assert not wrong


def test_every_row_points_at_a_capture_in_the_warc(archive: Path) -> None:
    with opened(archive) as db:
        files = {row["warc_file"]: row["last"] for row in db.query(
            "select warc_file, max(warc_offset + warc_length) as last from captures group by warc_file"
        )}  # fmt: skip
        homeless = db.execute("select count(*) from posts where capture_id is null").fetchone()[0]
    assert homeless == 0
    for name, last in files.items():
        assert (archive / "warc" / name).stat().st_size >= last


def test_robots_sitemaps_feeds_and_rest_are_captured_too(archive: Path) -> None:
    with opened(archive) as db:
        roles = {row[0] for row in db.execute("select distinct role from captures")}
    assert roles >= {"robots", "listing", "sitemap", "feed", "rest-posts", "rest-categories", "post"}


@pytest.mark.parametrize(
    "closed",
    [
        pytest.param({"rest": "closed"}, id="REST closed"),
        pytest.param({"rest": "closed", "sitemap": "closed"}, id="REST and sitemap closed", marks=pytest.mark.slow),
        pytest.param(LISTINGS_ALONE, id="category pages alone"),
        pytest.param({"rest": "stale", "sitemap": "stale"}, id="sources that lag behind", marks=pytest.mark.slow),
        pytest.param({**LISTINGS_ALONE, "categories": False}, id="archives by date and author", marks=pytest.mark.slow),
        pytest.param({**LISTINGS_ALONE, "theme": "corporate"}, id="agency theme", marks=pytest.mark.slow),
        pytest.param({**LISTINGS_ALONE, "theme": "builder"}, id="page builder", marks=pytest.mark.slow),
    ],
)
def test_whatever_source_is_closed_the_others_carry_the_crawl(tmp_path: Path, closed: dict[str, Any]) -> None:
    edition = 2 if "stale" in closed.values() else 1
    with SampleBlog(edition=edition, **closed) as running:
        ended = crawl(running.url, tmp_path / "data")
        found = {row["url"] for row in clippings(tmp_path / "data")}
        assert sorted(found ^ set(labels(running, edition))) == []
    assert ended.code == 0, ended.out


def test_a_second_crawl_finds_what_was_added_edited_and_taken_away(sampled: Sampled) -> None:
    report = json.loads(sampled.both.ended.out)["report"]
    before, after = labels(sampled.blog, 1), labels(sampled.blog, 2)
    new = after.keys() - before.keys()
    assert report["new"] == len([url for url in new if after[url]["id"] not in {b["id"] for b in before.values()}])
    assert report["changed"] >= 12, "the rename alone touches twelve posts"
    assert report["missing"] == 4, "a 404, a 410, one sent to the home page, one taken down and posted anew"
    assert report["gone"] == 0, "once is not enough to call a post gone"
    with opened(sampled.both.path) as db:
        assert db.execute("select count(*) from posts where revision_count > 1").fetchone()[0] == report["changed"]


def test_a_second_crawl_of_the_same_blog_changes_nothing(sampled: Sampled, tmp_path: Path) -> None:
    archive = sampled.first.copied(tmp_path / "data")
    before = clippings(archive)
    ended = crawl(sampled.blog.url, archive, "--json")
    report = json.loads(ended.out)["report"]
    assert (report["new"], report["changed"], report["missing"]) == (0, 0, 0)
    volatile = ("last_seen_at",)
    strip = [{k: v for k, v in row.items() if k not in volatile} for row in clippings(archive)]
    assert strip == [{k: v for k, v in row.items() if k not in volatile} for row in before]


def test_a_limited_crawl_goes_on_where_it_stopped(tmp_path: Path) -> None:
    posts, limit = 24, 9
    with closing(Returning(posts)) as blog:
        ended = [crawl(f"{blog.url}/blog/", tmp_path / "data", "--limit", str(limit)).code]
        fetched = [blog.ask("counts")["posts"]]
        ended.append(crawl(f"{blog.url}/blog/", tmp_path / "data").code)
        fetched.append(blog.ask("counts")["posts"])
    assert ended == [0, 0]
    assert len(clippings(tmp_path / "data")) == posts
    assert fetched == [limit, posts], "nothing finished is fetched again"


def test_gaps_counts_every_source_and_names_what_is_missing(archive: Path) -> None:
    (site,) = json.loads(clipfile("gaps", "--archive", str(archive), "--json").out)
    counts = site["counts"]
    assert counts["category"] == counts["sitemap"] == counts["rest"] == counts["archive"]
    assert site["missing"] == []


def test_the_report_is_kept_and_told_again(archive: Path) -> None:
    told = clipfile("runs", "1", "--archive", str(archive)).out
    assert "reposts by outlet:" in told
    assert "126 new" in told


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(["michauot"], 2, "did you mean michauto", id="a name misspelt"),
        pytest.param(["ftp://blog.example/"], 2, "not an http(s) address", id="another scheme"),
        pytest.param(["http://127.0.0.1:9/"], 1, "private, loopback", id="loopback without leave"),
        pytest.param(["http://127.0.0.1:9/", "--allow-private"], 1, "connection-refused", id="nobody listens"),
        pytest.param(["--limit", "none"], 2, "not a valid integer", id="a limit that is no number"),
    ],
)
def test_bad_input_gets_one_line_and_its_exit_code(tmp_path: Path, words: list[str], code: int, told: str) -> None:
    ended = clipfile("crawl", *words, "--archive", str(tmp_path / "data"))
    assert (ended.code, told in ended.err) == (code, True), ended.err
    assert "Traceback" not in ended.err


def test_a_server_without_a_blog_is_called_that(tmp_path: Path) -> None:
    with SampleBlog(rest=False, sitemap=False, feed=False) as running:
        ended = crawl(f"{running.url}wp-content/uploads/", tmp_path / "data")
    assert ended.code == 1
    assert ended.err.startswith("clipfile: ")
    assert ended.err.count("\n") == 1


def test_a_folder_that_cannot_be_written_ends_the_crawl_before_it_begins(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the archive should be")
    with SampleBlog() as running:
        ended = crawl(running.url, tmp_path / "data")
        assert running.requests == []
    assert ended.code == 74
    assert str(tmp_path / "data") in ended.err


def test_an_archive_from_the_future_is_left_alone(sampled: Sampled, tmp_path: Path) -> None:
    archive = sampled.first.copied(tmp_path / "data")
    with closing(sqlite3.connect(archive / "archive.db")) as db, db:
        db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('clipfile', 'm999', '')")
    ended = crawl(sampled.blog.url, archive)
    assert ended.code == 1
    assert "newer Clipfile" in ended.err


def test_the_captures_say_who_made_them_and_how_to_reach_them(blog: SampleBlog, tmp_path: Path) -> None:
    archive = tmp_path / "data"
    archive.mkdir()
    (archive / "clipfile.toml").write_text('contact = "mailto:keeper@library.example"\n')
    crawl(blog.url, archive, "--limit", "1")
    (file,) = (archive / "warc").glob("*.warc.gz")
    warcinfo = gzip.decompress(file.read_bytes()).partition(b"WARC/1.1\r\nWARC-Type: request")[0].decode()
    assert "operator: mailto:keeper@library.example" in warcinfo
    assert "+mailto:keeper@library.example" in warcinfo, "the User-Agent names it too"


def test_scrapys_own_way_works_too(blog: SampleBlog, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "blog", "-a", f"site={blog.url}",
         "-s", f"CLIPFILE_ARCHIVE={tmp_path / 'data'}", "-s", f"ALLOW_PRIVATE_ORIGIN={blog.url}",
         "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "CLIPFILE_LIMIT=5"],
        capture_output=True, text=True, timeout=60, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(clippings(tmp_path / "data")) == 5
