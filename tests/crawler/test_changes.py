"""k posts edited, added and removed anywhere, also in 2012's archives: which run finds them, and what that costs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from crawling import crawl

from archive.urls import canonical_url
from benchmarks.recrawl import Returning
from crawler.modes import SWEEP_EVERY

pytestmark = pytest.mark.slow

POSTS = 60
COUNTS = (1, 4)
OVERHEAD = 10
"""Requests beside one for each changed post: the sources', robots.txt, one look at a listing."""

Changed = dict[str, list[str]]


@pytest.fixture
def blog() -> Iterator[Returning]:
    with closing(Returning(POSTS)) as running:
        yield running


def run(blog: Returning, archive: Path) -> dict[str, Any]:
    ended = crawl(f"{blog.url}/blog/", archive, "--json")
    assert ended.code == 0, ended.out + ended.err
    told: dict[str, Any] = json.loads(ended.out)
    return told


def not_found(archive: Path, changed: Changed) -> list[str]:
    """Changes the archive does not know of."""
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        held = dict(db.execute("select url, post_id from post_urls").fetchall())
        edited = {row[0] for row in db.execute("select post_id from revisions where number > 1")}
        absent = {row[0] for row in db.execute("select post_id from absences")}
    known = {"edited": edited, "removed": absent, "added": set(held.values())}
    return [url for kind, urls in changed.items() for url in urls if held.get(canonical_url(url)) not in known[kind]]


def let_deltas_pass(archive: Path) -> None:
    """As if so many deltas like the last one had come that the next run sweeps."""
    columns = "site_id, mode, status, started_at, finished_at, settings, report"
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        for _ in range(SWEEP_EVERY):
            db.execute(f"insert into runs ({columns}) select {columns} from runs where mode = 'delta' limit 1")
        db.commit()


@pytest.mark.parametrize("closed", [pytest.param("", id="REST"), pytest.param("rest", id="sitemap")])
def test_the_next_run_finds_every_change_by_rest_or_sitemap(blog: Returning, tmp_path: Path, closed: str) -> None:
    archive = tmp_path / "data"
    blog.ask(f"set?closed={closed}")
    run(blog, archive)
    for count in COUNTS:
        changed = blog.ask(f"change?edits={count}&additions={count}&removals={count}")
        told = run(blog, archive)
        assert told["mode"] == "delta"
        assert not_found(archive, changed) == []
        assert told["requests"] <= 3 * count + OVERHEAD
    quiet = run(blog, archive)
    assert (quiet["mode"], quiet["posts_seen"]) == ("delta", 0)


@pytest.mark.parametrize(
    "closed", [pytest.param("rest,sitemap", id="feed"), pytest.param("rest,sitemap,feed", id="listings")]
)
def test_the_next_sweep_finds_every_change_where_no_source_has_dates(
    blog: Returning, tmp_path: Path, closed: str
) -> None:
    archive = tmp_path / "data"
    blog.ask(f"set?closed={closed}&validators=1")
    run(blog, archive)
    changed = blog.ask("change?edits=3&texts=3&additions=3&removals=3")
    assert run(blog, archive)["mode"] == "delta"
    let_deltas_pass(archive)
    blog.ask("reset")
    assert run(blog, archive)["mode"] == "sweep"
    assert not_found(archive, changed) == []
    answers = blog.ask("counts")["statuses"]
    listings = 2 * (POSTS // 10 + 4)
    assert answers["200"] <= 3 * 4 + listings + OVERHEAD
    assert answers["304"] <= POSTS, "every post is asked for once, on condition that it changed"
