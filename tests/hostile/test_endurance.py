"""A few kills and failing writes of each kind; `python -m tests.hostile.endurance` makes as many as one likes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

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
    figures = endure("writes", "--count", "10")
    assert sum(figures["kills"].values()) == 10
    assert sum(figures["exits"].values()) == 10
