"""A clock that is set back while a crawl is at work: nothing lost, nothing invalid, and the next run goes on."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.folder import ArchiveFolder
from archive.verifying import Verification
from tests.hostile.blog import HealthyBlog
from tests.hostile.endurance import contents, crawl_words
from tests.hostile.server import serving

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
WEEK_S = 7 * 86_400


def crawl(url: str, archive: Path, jump: str | None) -> subprocess.CompletedProcess[str]:
    environ = dict(os.environ)
    if jump is not None:
        paths = [str(HERE / "clock"), str(HERE.parents[1])]
        environ |= {"CLOCK_JUMP": jump, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "archive.cli", *crawl_words(url, archive), "--full"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environ, check=False)


def runs(archive: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        return db.execute(
            "select status, errors, posts_seen, started_at > finished_at from runs order by id"
        ).fetchall()


def test_a_clock_that_jumps_back_within_a_run_does_no_harm(tmp_path: Path) -> None:
    with serving(HealthyBlog()) as blog:
        url = f"{blog.origin}/blog/"
        assert crawl(url, tmp_path / "undisturbed", None).returncode == 0
        jumped = crawl(url, tmp_path / "jumped", f"60,{WEEK_S}")
        assert jumped.returncode == 0, jumped.stderr
        assert contents(tmp_path / "jumped") == contents(tmp_path / "undisturbed")
        assert crawl(url, tmp_path / "jumped", f"0,{2 * WEEK_S}").returncode == 0
        last = crawl(url, tmp_path / "jumped", None)
        assert last.returncode == 0, last.stderr
    assert contents(tmp_path / "jumped") == contents(tmp_path / "undisturbed")
    told = runs(tmp_path / "jumped")
    assert told == [("done", 0, 8, 1), ("done", 0, 8, 0), ("done", 0, 8, 0)], "the first ended a week before it began"
    problems = list(Verification(ArchiveFolder(path=tmp_path / "jumped")).problems())
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert all("before its original" in problem.what for problem in problems)
