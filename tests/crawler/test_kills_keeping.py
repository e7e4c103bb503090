"""Imports, merges, re-readings and rebuildings killed at random moments: run again, they end as if undisturbed."""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from crawling import opened
from foreign import post_at, write

from archive.cli import clipfile as clipfile_command
from archive.folder import ArchiveFolder
from archive.verifying import Verification
from crawler.commands import importing, rebuild, reread

KILLS = 10
pytestmark = pytest.mark.slow

LOADED: Final = (importing, rebuild, reread)
"""Imported before anything is forked."""

CONTENT = {
    "clippings": "select * from clippings order by uid",
    "revisions": """
        select uid, number, same_as, seen_at, changes from revisions join posts on posts.id = post_id order by 1, 2
    """,
    "captures": "select url, captured_at, role, warc_offset from captures order by 1, 2, 4",
    "evidence": "select uid, field, value from evidence join posts on posts.id = post_id order by 1, 2, 3",
    "runs": "select mode, status from runs order by id",
}


def content(folder: Path) -> dict[str, list[dict[str, Any]]]:
    with opened(folder) as db:
        return {
            what: [{k: v for k, v in row.items() if k != "id"} for row in db.query(sql)]
            for what, sql in CONTENT.items()
        }


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "warc").iterdir())


@pytest.fixture(scope="module")
def moments() -> random.Random:
    seed = int(os.environ.get("CLIPFILE_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}; CLIPFILE_SEED={seed} repeats it")  # noqa: T201
    return random.Random(seed)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two archives that share posts, and a WARC file with posts of both and further ones."""
    folder = tmp_path_factory.mktemp("given")
    for name, year, slugs in (("one", 2019, range(30)), ("two", 2020, range(15, 45)), ("more", 2021, range(45))):
        captures = [post_at(f"post-{n}", f"{year}-05-01T10:00:{n % 60:02}Z", words=f"Year {year}.") for n in slugs]
        path = write(folder / f"{name}.warc.gz", captures)
        if name != "more":
            assert started(["import", str(path), "--archive", str(folder / name)]).exitcode == 0
    return folder


def prepared(given: Path, folder: Path) -> Path:
    for name in ("one", "two"):
        shutil.copytree(given / name, folder / name)
    return folder / "one"


def an_import(given: Path, folder: Path) -> list[str]:
    return ["import", str(given / "more.warc.gz"), "--archive", str(folder / "one")]


def a_merge(given: Path, folder: Path) -> list[str]:
    return ["merge", str(folder / "two"), "--archive", str(folder / "one")]


def a_rebuilding(given: Path, folder: Path) -> list[str]:
    return ["rebuild", "--archive", str(folder / "one")]


def a_rereading(given: Path, folder: Path) -> list[str]:
    return ["reread", "--archive", str(folder / "one")]


def started(words: Sequence[str], *, kill_after_s: float | None = None) -> BaseProcess:
    """The command in a process forked from this one, so that a kill meets its work and not its imports."""
    process = get_context("fork").Process(target=do, args=(list(words),))
    process.start()
    process.join(kill_after_s)
    process.kill()
    process.join()
    return process


def do(words: list[str]) -> None:
    ended = CliRunner().invoke(clipfile_command, words, standalone_mode=False)
    sys.exit(1 if ended.exception else ended.return_value or 0)


@pytest.mark.parametrize("work", [an_import, a_merge, a_rebuilding, a_rereading])
def test_what_is_killed_at_random_moments_ends_as_if_undisturbed(
    work: Callable[[Path, Path], Sequence[str]], given: Path, tmp_path: Path, moments: random.Random
) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    archive = prepared(given, undisturbed)
    began = time.monotonic()
    assert started(work(given, undisturbed)).exitcode == 0
    took_s = time.monotonic() - began
    wanted = content(archive)
    archive = prepared(given, disturbed)
    before = content(archive)
    for number in range(KILLS):
        started(work(given, disturbed), kill_after_s=moments.uniform(0, took_s))
        if (archive / "archive.db").is_file():
            assert content(archive) in (before, wanted), f"kill {number}: neither before nor after"
    assert started(work(given, disturbed)).exitcode == 0
    assert content(archive) == wanted
    assert [(p.what, p.file) for p in Verification(ArchiveFolder(path=archive)).problems()] == []
    assert not (archive / "importing").exists()
    assert not (archive / "merging").exists()
