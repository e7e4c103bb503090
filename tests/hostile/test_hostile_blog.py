"""Whole crawls of the hostile blog: each line of its manifest is met, and nobody who should not be is visited."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.addresses import HOSTS
from tests.hostile.blog import BARE, HEALTHY, MANIFEST, HealthyBlog, HostileBlog
from tests.hostile.faults import CONNECTIONS, CONTENT, FAULTS, REDIRECTS, STATUSES
from tests.hostile.pages import headline, last_words
from tests.hostile.server import serving
from tests.hostile.watched import Watched, clipfile, crawl_hostile, hostile_blog

pytestmark = pytest.mark.slow

LONGEST_S = 300
MOST_MEMORY_BYTES = 400_000_000
MOST_REQUESTS_A_TRAP = 100
LINES = {
    name: end
    for section in ("connections", "statuses", "redirects", "content", "pages")
    for name, end in MANIFEST[section].items()
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the archive says of every address."""

    seen: Watched
    report: dict[str, Any]
    kept: dict[str, tuple[str, str]]
    """Address → headline and text."""
    skips: dict[str, str]

    def of(self, url: str) -> str:
        return "kept" if url in self.kept else self.skips.get(url, "never asked for")


def outcome(seen: Watched) -> Outcome:
    db = sqlite3.connect(seen.archive / "archive.db")
    try:
        kept = {url: (title, text) for url, title, text in db.execute("select url, title, text from clippings")}
        skips = dict(db.execute("select url, reason from skips where run_id = (select max(id) from runs)"))
    finally:
        db.close()
    return Outcome(seen=seen, report=json.loads(seen.out)["report"], kept=kept, skips=skips)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    with hostile_blog() as (blog, canary):
        found = outcome(crawl_hostile(tmp_path_factory.mktemp("hostile"), blog, canary))
    seen = found.seen
    words = f"{seen.seconds:.0f} s, {len(seen.targets):,} requests, {seen.peak_bytes / 1e6:.0f} MB at most"
    sys.stderr.write(f"hostile blog: exit {seen.code}, {words}\n")
    return found


def test_every_fault_is_in_the_manifest() -> None:
    sections = {"connections": CONNECTIONS, "statuses": STATUSES, "redirects": REDIRECTS, "content": CONTENT}
    assert {name: set(MANIFEST[name]) for name in sections} == {name: set(table) for name, table in sections.items()}
    assert set(MANIFEST["addresses"]) == set(HOSTS)
    with HostileBlog(0) as blog:
        assert set(blog.wicked_pages()) == set(MANIFEST["pages"])


@pytest.mark.parametrize("name", LINES)
def test_each_page_ends_as_the_manifest_says(crawled: Outcome, name: str) -> None:
    end = LINES[name]
    if isinstance(end, str) and end.startswith("kept"):
        path = end.removeprefix("kept at ") if " at " in end else f"/blog/{name}/"
        title, text = crawled.kept.get(crawled.seen.origin + path, ("nothing", ""))
        shown = path.strip("/").split("/")[-1]
        assert title.startswith(headline(shown)), crawled.of(crawled.seen.origin + path)
        assert last_words(shown) in text
    else:
        assert crawled.of(f"{crawled.seen.origin}/blog/{name}/") in ([end] if isinstance(end, str) else end)


def test_every_healthy_post_is_kept_whole(crawled: Outcome) -> None:
    for name in HEALTHY:
        title, text = crawled.kept[f"{crawled.seen.origin}/blog/{name}/"]
        assert title == headline(name)
        assert text.endswith(last_words(name))


def test_nothing_else_is_taken_for_a_post(crawled: Outcome) -> None:
    """But for the one page that every address of the endless listing answers with."""
    meant = {f"{crawled.seen.origin}/blog/{name}/" for name in [*LINES, *HEALTHY, "moved-here"]}
    others = sorted(set(crawled.kept) - meant)
    assert [url for url in others if "/blog/endless/" not in url] == []
    assert len(others) <= 1


@pytest.mark.parametrize("name", HOSTS)
def test_a_forbidden_address_is_refused_by_the_guard(crawled: Outcome, name: str) -> None:
    ends = MANIFEST["addresses"][name]
    assert crawled.of(f"{crawled.seen.origin}/blog/redirect-to-{name}/") in ([ends] if isinstance(ends, str) else ends)


def test_nobody_but_the_blog_is_visited(crawled: Outcome) -> None:
    """By link, redirect, picture, robots, sitemap, feed, REST, refresh, canonical, base; by number or name."""
    assert crawled.seen.visitors == []
    reached = {host for host, port in crawled.seen.connections if (host, port) != ("127.0.0.1", crawled.seen.ports[0])}
    assert reached <= {"93.184.215.14"}, "the public address that some names have at first"
    assert {"rebinding.example", "metadata.example", "localhost"} <= set(crawled.seen.names), "names were looked up"


def test_no_cookie_is_sent_back(crawled: Outcome) -> None:
    assert crawled.seen.cookies == []


@pytest.mark.parametrize("trap", [*MANIFEST["traps"], "sitemaps", "rest"])
def test_a_space_without_end_is_left_soon_and_named(crawled: Outcome, trap: str) -> None:
    places = tuple({**MANIFEST["traps"], **MANIFEST["endless-sources"]}[trap])
    asked = [target for target in crawled.seen.targets if target.startswith(places)]
    assert len(asked) <= MOST_REQUESTS_A_TRAP
    named = [told["url"].removeprefix(crawled.seen.origin) for told in crawled.report["endless"]]
    assert any(path.startswith(places) for path in named), named


def test_the_run_ends_by_itself_in_time_and_memory(crawled: Outcome) -> None:
    assert crawled.seen.code == 3, crawled.seen.err[-2000:]
    assert crawled.report["errors"] == 0
    assert crawled.seen.seconds <= LONGEST_S
    assert crawled.seen.peak_bytes <= MOST_MEMORY_BYTES


def test_the_archive_is_sound_afterwards(crawled: Outcome) -> None:
    code, out = clipfile("verify", "--archive", str(crawled.seen.archive))
    assert code == 0, out


def test_the_report_is_safe_on_a_terminal(crawled: Outcome) -> None:
    shown = post_id(crawled, "title-for-terminals")
    told = (
        "runs 1",
        "search terminals",
        f"show {shown}",
        f"cite {shown}",
        "status",
        "gaps",
        "review",
        "outlets",
        "authors",
    )
    for words in (words.split() for words in told):
        code, out = clipfile(*words, "--archive", str(crawled.seen.archive))
        assert code in (0, 3), out
        assert [char for char in out if not char.isprintable() and char != "\n"] == [], words


def post_id(crawled: Outcome, name: str) -> str:
    db = sqlite3.connect(crawled.seen.archive / "archive.db")
    try:
        url = f"{crawled.seen.origin}/blog/{name}/"
        return str(db.execute("select id from clippings where url = ?", [url]).fetchone()[0])
    finally:
        db.close()


INVENTED_DAYS = ("day-in-year-0", "day-in-year-9999", "day-31-february")


def test_no_day_is_made_up(crawled: Outcome) -> None:
    db = sqlite3.connect(crawled.seen.archive / "archive.db")
    try:
        days = {
            url.rstrip("/").rpartition("/")[2]: (posted, original)
            for url, posted, original in db.execute("select url, posted_on, original_on from clippings")
        }
    finally:
        db.close()
    assert {name: days[name][1] for name in INVENTED_DAYS} == dict.fromkeys(INVENTED_DAYS)
    assert (days["day-in-year-0"][0], days["day-31-february"][0]) == (None, None)


def test_an_absurd_pause_defers_the_host_and_an_endless_feed_ends(tmp_path: Path) -> None:
    with hostile_blog(bare=True) as (blog, canary):
        first = outcome(crawl_hostile(tmp_path, blog, canary))
        again = outcome(crawl_hostile(tmp_path, blog, canary))
    urls = {name: f"{blog.origin}/blog/{name}/" for name in BARE}
    assert first.seen.code == 3
    assert first.of(urls["busy-for-a-year"]) == "retry-after-too-long"
    assert {first.of(url) for url in urls.values()} <= {"kept", "host-deferred", "retry-after-too-long"}
    assert sum(target.startswith(tuple(MANIFEST["endless-sources"]["feed"])) for target in first.seen.targets) <= 10
    assert {again.of(url) for url in urls.values()} == {"kept"}
    assert not set(FAULTS) & set(BARE)


def test_a_run_takes_up_no_more_addresses_than_it_may(tmp_path: Path) -> None:
    with serving(HealthyBlog()) as blog:
        words = ("--archive", str(tmp_path), "--allow-private", "--delay", "0", "-s", "SITE_URLS_MAX=6", "--json")
        code, told = clipfile("crawl", f"{blog.origin}/blog/", *words)
    assert code == 3, told
    assert json.loads(told)["report"]["skips"]["too-many"] >= 1
    assert 0 < json.loads(told)["posts_seen"] < 6
