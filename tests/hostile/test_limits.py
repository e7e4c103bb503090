"""Limits of a run: each can be set, is met, stored with its reason, and named in the report.

Those of one answer are met by the hostile blog's pages under the defaults (manifest.toml), those of reading in
tests/crawler/test_room.py.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.hostile.blog import HealthyBlog
from tests.hostile.pages import Card, headline, listing
from tests.hostile.server import Answer, serving, whole
from tests.hostile.watched import clipfile

pytestmark = pytest.mark.slow

PAGES = 4


class PagedBlog(HealthyBlog):
    """Two posts on each of four pages of a listing, of which those in `failing` fail."""

    def __init__(self) -> None:
        super().__init__()
        self.failing: set[str] = set()

    def find(self, target: str) -> Answer:
        if target in self.failing:
            return whole("Something broke.", status="500 Internal Server Error")
        words = target.strip("/").split("/")
        if words[0] != "blog" or (len(words) == 2 and words[1] in self.names):
            return super().find(target)
        number = int(words[2]) if words[1:2] == ["page"] else 1
        cards = [Card(path=f"/blog/{name}/", title=headline(name)) for name in self.names[number * 2 - 2 : number * 2]]
        return whole(listing("All", cards, next_url=f"/blog/page/{number + 1}/" if number < PAGES else ""))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(PagedBlog()) as blog:
        yield f"{blog.origin}/blog/"


def crawl(url: str, archive: Path, setting: str) -> tuple[int, str]:
    return clipfile("crawl", url, "--archive", str(archive), "--allow-private", "--delay", "0", "-s", setting)


def stored(archive: Path, sql: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        return db.execute(sql).fetchall()


SKIPS = [
    pytest.param("DEPTH_LIMIT=2", "too-deep", "deep", id="depth"),
    pytest.param("LISTING_PAGES_MAX=2", "trap", "trap", id="pages of a listing"),
    pytest.param("SITE_URLS_MAX=4", "too-many", "too-many", id="addresses of a blog"),
]
ENDS = [
    pytest.param("CLOSESPIDER_PAGECOUNT=6", "CLOSESPIDER_PAGECOUNT", id="answers of a run"),
    pytest.param("CLOSESPIDER_TIMEOUT=0.2", "CLOSESPIDER_TIMEOUT", id="time of a run"),
    pytest.param("MEMUSAGE_LIMIT_MB=20", "MEMUSAGE_LIMIT_MB", id="memory of a run"),
]


@pytest.mark.parametrize(("setting", "reason", "told"), SKIPS)
def test_a_limit_on_what_is_followed_is_stored_and_told(
    url: str, tmp_path: Path, setting: str, reason: str, told: str
) -> None:
    code, out = crawl(url, tmp_path, setting)
    assert code in (0, 3), out
    assert reason in {found for (found,) in stored(tmp_path, "select reason from skips")}, out
    assert told in out
    assert reason in json.loads(clipfile("runs", "1", "--json", "--archive", str(tmp_path))[1])["report"]["skips"]


def test_a_listing_is_walked_as_many_links_deep_as_allowed(url: str, tmp_path: Path) -> None:
    """The fourth page is three links away from the first, and its two posts stand nowhere else."""
    crawl(url, tmp_path, "DEPTH_LIMIT=2")
    assert stored(tmp_path, "select role, url from skips where reason = 'too-deep'") == [("listing", f"{url}page/4/")]
    assert stored(tmp_path, "select count(*) from posts") == [(6,)]


def test_a_listing_that_failed_is_kept_as_one_and_not_asked_for_as_a_post(tmp_path: Path) -> None:
    blog = PagedBlog()
    blog.failing = {"/blog/page/3/"}
    with serving(blog):
        url = f"{blog.origin}/blog/"
        assert crawl(url, tmp_path, "RETRY_TIMES=0")[0] == 3
        assert stored(tmp_path, f"select role from skips where url = '{url}page/3/'") == [("listing",)]
        blog.failing = set()
        crawl(url, tmp_path, "RETRY_TIMES=0")
        asked_as = "select role from captures where run_id = 2 and role <> 'listing' and url like '%/page/%'"
        assert stored(tmp_path, asked_as) == []
        assert clipfile("crawl", url, "--archive", str(tmp_path), "--allow-private", "--delay", "0", "--full")[0] == 0
    assert stored(tmp_path, "select count(*) from posts") == [(8,)]


def test_a_page_over_the_limits_of_its_sites_profile_is_stored_and_told(url: str, tmp_path: Path) -> None:
    sites = tmp_path / "sites"
    sites.mkdir()
    words = f'title = "Quay"\nstart_urls = ["{url}"]\n[pages]\nbytes = 1000\n'
    (sites / "quay.toml").write_text(words, encoding="utf-8")
    code, out = clipfile("crawl", "quay", "--archive", str(tmp_path), "--allow-private", "--delay", "0")
    assert code == 1, out  # every post is longer, no listing is
    assert set(stored(tmp_path, "select role, reason from skips where reason = 'too-large'")) == {("post", "too-large")}
    assert (
        json.loads(clipfile("runs", "1", "--json", "--archive", str(tmp_path))[1])["report"]["skips"]["too-large"] == 8
    )


@pytest.mark.parametrize(("setting", "told"), ENDS)
def test_a_limit_on_the_run_ends_it_in_order_and_the_next_goes_on(
    url: str, tmp_path: Path, setting: str, told: str
) -> None:
    code, out = crawl(url, tmp_path, setting)
    assert code == 3, out
    assert told in out.replace("\n", " ")
    assert [told in reason for status, reason in stored(tmp_path, "select status, reason from runs")] == [True]
    assert stored(tmp_path, "select status from runs") == [("interrupted",)]
    assert crawl(url, tmp_path, "DEPTH_LIMIT=2000")[0] == 0
    assert stored(tmp_path, "select count(*) from posts") == [(8,)]
