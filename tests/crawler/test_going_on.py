"""Runs that were cut short, and clocks that were set back: what the next run knows all the same."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from crawling import crawl
from test_changes import not_found

from benchmarks.recrawl import Returning

pytestmark = pytest.mark.slow

POSTS = 30

INSTANTS = {
    "runs": ("started_at", "finished_at"),
    "posts": ("first_seen_at", "last_seen_at", "checked_at"),
    "captures": ("captured_at",),
    "absences": ("noticed_at",),
    "revisions": ("seen_at",),
    "skips": ("skipped_at",),
}


@pytest.fixture
def blog() -> Iterator[Returning]:
    with closing(Returning(POSTS)) as running:
        yield running


def run(blog: Returning, archive: Path, *words: str) -> dict[str, Any]:
    ended = crawl(f"{blog.url}/blog/", archive, "--json", *words)
    assert ended.code == 0, ended.out + ended.err
    told: dict[str, Any] = json.loads(ended.out)
    return told


def killed(blog: Returning, archive: Path, posts: int) -> None:
    """A crawl that is ended by force once that many posts are stored."""
    words = [sys.executable, "-m", "archive.cli", "crawl", f"{blog.url}/blog/", "--archive", str(archive)]
    words += ["--allow-private", "--delay", "0.05", "--no-requisites"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while process.poll() is None and stored(archive) < posts:
            pass
        assert process.returncode is None, process.stderr and process.stderr.read()
        os.kill(process.pid, signal.SIGKILL)


def stored(archive: Path) -> int:
    if not (archive / "archive.db").exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{(archive / 'archive.db').as_uri()}?mode=ro", uri=True)) as db:
            return int(db.execute("select count(*) from posts").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


@pytest.mark.parametrize(
    ("closed", "source"), [("rest,sitemap,feed", "blog"), ("rest,feed", "sitemap")], ids=["listings", "sitemap"]
)
def test_after_a_kill_the_blogs_sources_are_still_known(
    blog: Returning, tmp_path: Path, closed: str, source: str
) -> None:
    """They were all asked before the first post: the run that goes on asks none of them again."""
    archive = tmp_path / "data"
    blog.ask(f"set?closed={closed}")
    killed(blog, archive, 5)
    whole = run(blog, archive)
    assert (whole["mode"], whole["report"]["resumed"] > 0) == ("full", True)
    changed = blog.ask("change?additions=2&edits=0&removals=0")
    told = run(blog, archive)
    assert (told["mode"], f"by {source}" in told["report"]["plan"]) == ("delta", True)
    assert not_found(archive, changed) == []


def set_clock_back(archive: Path, years: int) -> None:
    """What the archive holds was done by a clock that was so far ahead of today's."""
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        for table, columns in INSTANTS.items():
            shifted = ", ".join(f"{c} = strftime('%Y-%m-%dT%H:%M:%SZ', {c}, '+{years} years')" for c in columns)
            db.execute(f"update {table} set {shifted}")
        db.commit()


@pytest.mark.parametrize("closed", ["", "rest,sitemap,feed"], ids=["REST", "listings"])
def test_a_clock_that_was_set_back_hides_no_change(blog: Returning, tmp_path: Path, closed: str) -> None:
    archive = tmp_path / "data"
    blog.ask(f"set?closed={closed}")
    run(blog, archive)
    set_clock_back(archive, 4)
    changed = blog.ask("change?edits=2&additions=2&removals=2")
    told = run(blog, archive)
    assert told["mode"] == "delta"
    assert not_found(archive, changed) == [], "all pages are due, as nobody knows when they were asked for"
    quiet = run(blog, archive)
    assert (quiet["mode"], quiet["posts_seen"]) == ("delta", 0)
