"""One run at a time: the lock dies with its holder, and whoever comes second is told at once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from crawling import clippings

from archive.database import check_folder_can_be_written
from archive.errors import LockedError
from archive.folder import ArchiveFolder
from benchmarks.recrawl import Returning

COMMANDS, FORKED = 6, 44
"""Pairs of whole commands, and pairs that meet at every step."""
POSTS = 12
AT_ONCE_S = 1.0

REFUSED = re.compile(r"is being written by a crawl of \S+ \(process \d+, since .* UTC\)")


def test_two_who_prove_at_once_that_a_folder_can_be_written_both_do(tmp_path: Path) -> None:
    """The second used to find that the first had taken its file away already."""
    with ThreadPoolExecutor(2) as both:
        tries = [both.submit(check_folder_can_be_written, tmp_path) for _ in range(3_000)]
        assert [error for each in tries if (error := each.exception())] == []


def test_who_reserved_an_archive_writes_to_it_and_nobody_else(folder: ArchiveFolder) -> None:
    again = ArchiveFolder(path=folder.path)
    with folder.reserved("a test"):
        with again.writing("the same program") as store:
            assert store.db["posts"].count == 0
            with pytest.raises(LockedError, match=rf"a test \(process {os.getpid()}"), again.writing("another"):
                pass
        with again.writing("the same program once more"):
            pass
    with again.writing("whoever comes next"):
        pass


def test_a_lock_that_was_let_go_names_nobody(folder: ArchiveFolder) -> None:
    with folder.writing("a test"):
        assert folder.lock_path.read_text().startswith("a test (process")
    assert folder.lock_path.read_text() == ""


@pytest.fixture
def blog() -> Iterator[Returning]:
    with closing(Returning(POSTS)) as running:
        yield running


def begin(url: str, archive: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "archive.cli", "crawl", url, "--archive", str(archive), "--allow-private"]
    return subprocess.Popen(
        [*command, "--delay", "0", "--no-requisites", "--limit", "1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def commands(url: str, archive: Path) -> list[dict[str, Any]]:
    both = [begin(url, archive) for _ in range(2)]
    words = [process.communicate(timeout=120)[1] for process in both]
    told = [{"code": process.returncode, "words": each} for process, each in zip(both, words, strict=True)]
    return sorted(told, key=lambda one: one["code"])


def forked(url: str, folder: Path) -> list[list[dict[str, Any]]]:
    words = [sys.executable, "-m", "tests.hostile.pairs", url, str(folder), str(FORKED)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_of_two_runs_started_together_one_works_and_the_other_says_who_does(blog: Returning, tmp_path: Path) -> None:
    url = f"{blog.url}/blog/"
    pairs = [commands(url, tmp_path / f"commands-{number}") for number in range(COMMANDS)]
    assert blog.ask("counts")["posts"] == COMMANDS, "a post was fetched by both"
    pairs += forked(url, tmp_path)
    assert [(first["code"], second["code"]) for first, second in pairs] == [(0, 75)] * (COMMANDS + FORKED), pairs
    assert [second["words"] for _, second in pairs if not REFUSED.search(second["words"])] == []
    refusals = [second for _, second in pairs if "took_s" in second]
    assert median(second["took_s"] for second in refusals) < AT_ONCE_S
    assert max(second["cpu_s"] for second in refusals) < AT_ONCE_S
    assert blog.ask("counts")["posts"] == COMMANDS + FORKED, "a post was fetched by both"
    for archive in tmp_path.glob("data-*"):
        assert Counter(row["revisions"] for row in clippings(archive)).keys() == {1}


@pytest.mark.slow
def test_a_second_run_is_refused_before_it_gets_ready(blog: Returning, folder: ArchiveFolder) -> None:
    """Getting ready, with Scrapy and all, takes longer than saying that somebody else is at it."""
    with folder.writing("a crawl of elsewhere"):
        before = sum(os.times()[2:4])
        process = begin(f"{blog.url}/blog/", folder.path)
        words = process.communicate(timeout=60)[1]
    assert (process.returncode, "a crawl of elsewhere" in words) == (75, True)
    assert sum(os.times()[2:4]) - before < AT_ONCE_S
