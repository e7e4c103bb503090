"""Whole crawls for tests: the command in a process of its own, against the sample blog on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.database import open_readonly
from tests.forking import TIMEOUT_S, Ended, environment, forking


def clipfile(*words: str) -> Ended:
    """Run `clipfile` with *words*, in a process that need not import everything first."""
    return forking().run(words)


def command(*words: str) -> Ended:
    """Run `clipfile` with *words* as a user would, from the start of its process on."""
    done = subprocess.run(
        [sys.executable, "-m", "archive.cli", *words],
        capture_output=True, text=True, timeout=TIMEOUT_S, env=environment(), check=False,
    )  # fmt: skip
    return Ended(code=done.returncode, out=done.stdout, err=done.stderr)


def crawl(url: str, archive: Path, *words: str, files: bool = False, by: Callable[..., Ended] = clipfile) -> Ended:
    """*files*: with the images, styles and fonts of the posts, which double the requests."""
    words = words if files else ("--no-requisites", *words)
    return by("crawl", url, "--archive", str(archive), "--allow-private", "--delay", "0", *words)


@contextmanager
def opened(archive: Path) -> Iterator[Database]:
    db = open_readonly(archive / "archive.db")
    yield db
    db.close()


def clippings(archive: Path) -> list[dict[str, Any]]:
    with opened(archive) as db:
        rows = list(db.query("select * from clippings order by url"))
    return [{**row, **{name: json.loads(row[name]) for name in ("authors", "categories", "tags")}} for row in rows]
