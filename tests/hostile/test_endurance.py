"""A few kills and failing writes of each kind; `python -m tests.hostile.endurance` makes as many as one likes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MOST_GROWTH_MB = 12.0
"""A minute: a browse site still warms up in the half minute of this test."""

pytestmark = pytest.mark.slow


def endure(*words: str) -> dict[str, dict[str, int]]:
    command = [sys.executable, "-m", "tests.hostile.endurance", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    print(done.stdout)  # noqa: T201  the seed
    figures: dict[str, dict[str, int]] = json.loads(done.stdout.partition("\n")[2])
    return figures


def test_killed_at_random_moments_an_archive_ends_as_if_undisturbed() -> None:
    kills = endure("kills", "--count", "24")["kills"]
    assert set(kills) == {"crawl", "reread", "merge", "import", "export", "migration"}
    assert sum(kills.values()) == 24


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_write_that_fails_is_never_passed_over() -> None:
    figures = endure("writes", "--count", "8")
    assert sum(figures["kills"].values()) == 8
    assert sum(figures["exits"].values()) >= 8


def test_a_crawl_lives_with_a_rival_a_reader_datasette_and_a_backup() -> None:
    """For half a minute; `python -m tests.hostile.neighbours` does it for as long as one likes."""
    command = [sys.executable, "-m", "tests.hostile.neighbours", "--seconds", "30"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    print(done.stdout)  # noqa: T201  the slopes
    told = json.loads(done.stdout)
    assert (told["locked"], told["failed"]) == ([], []), done.stderr
    assert min(told["did"][who] for who in ("crawl", "second crawler", "export", "search", "page", "backup")) > 0
    assert told["megabytes a minute"]["reader"] < MOST_GROWTH_MB
    assert told["megabytes a minute"]["datasette"] < MOST_GROWTH_MB


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_killed_before_a_call_that_writes_an_archive_ends_as_if_undisturbed() -> None:
    """Before one call in 120; `python -m tests.hostile.boundaries` takes them all."""
    command = [sys.executable, "-m", "tests.hostile.boundaries", "--every", "120"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    print(done.stdout)  # noqa: T201
    kills: dict[str, int] = json.loads(done.stdout)["kills before"]
    assert {"write", "pwrite64", "fsync"} <= set(kills)
