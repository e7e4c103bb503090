"""Whole crawls for tests: the real command in a process of its own, against the sample blog on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.database import open_readonly


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def clipfile(*words: str, stdin: str = "", cwd: Path | None = None, timeout_s: float = 300) -> Ended:
    """Run `clipfile` with *words*, as a user would."""
    environ = {**os.environ, "CLIPFILE_ARCHIVE": "", "COLUMNS": "100"}
    environ.pop("CLIPFILE_ARCHIVE")
    # hundreds of processes would each compile everything anew
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-m", "archive.cli", *words],
        input=stdin, capture_output=True, text=True, timeout=timeout_s, cwd=cwd, env=environ, check=False,
    )  # fmt: skip
    return Ended(code=done.returncode, out=done.stdout, err=done.stderr)


def crawl(url: str, archive: Path, *words: str, files: bool = False, **more: Any) -> Ended:
    """*files*: with the images, styles and fonts of the posts, which double the requests."""
    words = words if files else ("--no-requisites", *words)
    return clipfile("crawl", url, "--archive", str(archive), "--allow-private", "--delay", "0", *words, **more)


@contextmanager
def opened(archive: Path) -> Iterator[Database]:
    db = open_readonly(archive / "archive.db")
    yield db
    db.close()


def clippings(archive: Path) -> list[dict[str, Any]]:
    with opened(archive) as db:
        rows = list(db.query("select * from clippings order by url"))
    return [{**row, **{name: json.loads(row[name]) for name in ("authors", "categories", "tags")}} for row in rows]
