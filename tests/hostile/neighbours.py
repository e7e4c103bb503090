"""A crawl, read and export loop with neighbours: a second crawler, a reader, Datasette and a backup, all at once.

    python -m tests.hostile.neighbours --seconds 120

Prints what each did, how often anybody met a locked database, and how the memory of those that live on grew.
"""

from __future__ import annotations

import argparse
import json
import resource
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.export.writing import export_file
from archive.folder import ArchiveFolder
from archive.search import search
from archive.verifying.database import check_structure
from tests.hostile.blog import HEALTHY, HealthyBlog
from tests.hostile.pages import post
from tests.hostile.server import Answer, serving, whole
from tests.hostile.watched import family

POSTS: Final = 24
LATE: Final = 1 / 3
"""Of the time, before memory is weighed: caches fill first."""
PAGES: Final = ("/", "/archive/-/search?q=ferry", "/archive/clippings.json?_size=5", "/archive/clippings?_search=crane")


class BusyBlog(HealthyBlog):
    """Two of its posts have other words whenever a new edition comes out."""

    def __init__(self) -> None:
        super().__init__(POSTS)
        self.edition = 0

    def find(self, target: str) -> Answer:
        name = target.strip("/").rpartition("/")[2]
        if name in (HEALTHY[self.edition % POSTS], HEALTHY[(self.edition * 7 + 3) % POSTS]):
            return whole(post(name, in_body=f"<p>The crane of edition {self.edition} came late.</p>"))
        return super().find(target)


@dataclass(kw_only=True)
class Figures:
    did: Counter[str] = field(default_factory=Counter)
    locked: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    megabytes: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """Who → seconds since the start, and memory then."""

    def note(self, who: str, error: str) -> None:
        (self.locked if "locked" in error or "busy" in error else self.failed).append(f"{who}: {error}")

    def slopes(self) -> dict[str, float]:
        """Megabytes a minute by which each grew in the later part of the loop."""
        return {who: round(slope(weighed), 2) for who, weighed in self.megabytes.items() if len(weighed) > 5}


def slope(weighed: list[tuple[float, float]]) -> float:
    """Least squares, per minute, without the beginning."""
    late = [(at, size) for at, size in weighed if at >= weighed[-1][0] * LATE]
    return statistics.linear_regression(*zip(*late, strict=True)).slope * 60


# ------------------------------------------------------------------------------------------------- the neighbours


def crawler(blog: BusyBlog, archive: Path, figures: Figures, ends_s: float) -> None:
    """Crawl after crawl, each with a rival that comes while it is at work, and an export behind it."""
    while time.monotonic() < ends_s:
        blog.edition += 1
        first = begin(
            "crawl", f"{blog.origin}/blog/", "--archive", str(archive), *"--allow-private --full --delay 0".split()
        )
        wait_for_lock(archive, first)
        rival = begin("crawl", f"{blog.origin}/blog/", "--archive", str(archive), *"--allow-private --delay 0".split())
        ended(rival, "second crawler", {75, 0} if first.poll() is not None else {75}, figures)
        ended(first, "crawl", {0}, figures)
        out = archive.with_name("clippings.csv")
        export = begin("export", "--format", "csv", "--output", str(out), "--archive", str(archive))
        ended(export, "export", {0}, figures)


def wait_for_lock(archive: Path, crawl: subprocess.Popen[str]) -> None:
    """Until the crawl says in the lock that it is at work."""
    lock = archive / "writer.lock"
    while crawl.poll() is None:
        if lock.exists() and f"process {crawl.pid}," in lock.read_text(encoding="utf-8"):
            return
        time.sleep(0.02)


def begin(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "archive.cli", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str], who: str, meant: set[int], figures: Figures) -> None:
    _, err = process.communicate(timeout=120)
    figures.did[who] += 1
    if process.returncode not in meant:
        figures.note(who, f"exit {process.returncode}: {err.strip()[-300:]}")


def backup(archive: Path, figures: Figures, ends_s: float) -> None:
    """What `sqlite3 archive.db .backup` does, and whether what comes of it is sound."""
    target = archive.with_name("backup.db")
    while time.monotonic() < ends_s:
        try:
            with (
                closing(sqlite3.connect(f"file:{archive / 'archive.db'}?mode=ro", uri=True, timeout=10)) as source,
                closing(sqlite3.connect(target)) as copy,
            ):
                source.backup(copy)
                problems = list(check_structure(copy, target))
                (held,) = copy.execute("select count(*) from clippings").fetchone()
            if problems or held != POSTS:
                figures.failed.append(f"backup: {problems}, {held} clippings")
        except sqlite3.Error as error:
            figures.note("backup", str(error))
        figures.did["backup"] += 1
        time.sleep(0.2)


def visitor(origin: str, figures: Figures, ends_s: float) -> None:
    """Somebody who browses."""
    while time.monotonic() < ends_s:
        for page in PAGES:
            try:
                with urllib.request.urlopen(origin + page, timeout=30) as answer:
                    answer.read()
            except OSError as error:
                figures.note("page", f"{page}: {error}")
            figures.did["page"] += 1
            time.sleep(0.05)


def reader(archive: Path, seconds: float) -> None:
    """Searches and exports in one process that lives on; prints its figures at the end."""
    figures, began_s = Figures(), time.monotonic()
    weighed = figures.megabytes.setdefault("reader", [])
    folder = ArchiveFolder(path=archive)
    while (at := time.monotonic() - began_s) < seconds:
        try:
            with closing(folder.open_readonly()) as db:
                if search(db, "ferry", facets=True).total != POSTS:
                    figures.failed.append("reader: a search found half of the posts")
            export_file(folder, "", "jsonl", archive.with_name("reader.jsonl"), lambda done: None)
        except Exception as error:  # whatever it is, it is counted
            figures.note("reader", str(error))
        figures.did["search"] += 1
        weighed.append((at, resident_mb("self")))
        time.sleep(0.05)
    json.dump(vars(figures), sys.stdout)


def resident_mb(pid: int | str) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def scale(pid: int, figures: Figures, ends_s: float) -> None:
    """Weighs the browse site's process."""
    began_s, weighed = time.monotonic(), figures.megabytes.setdefault("datasette", [])
    while time.monotonic() < ends_s:
        weighed.append((time.monotonic() - began_s, sum(map(resident_mb, family(pid)))))
        time.sleep(0.5)


@contextmanager
def browse_site(archive: Path, figures: Figures) -> Iterator[tuple[str, int]]:
    """Address and process of `clipfile serve`; what it says of errors is a failure."""
    log = archive.with_name("serve.log")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "archive.cli", "serve", "--port", str(port), "--archive", str(archive)]
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as site:
        try:
            while site.poll() is None and not answers(port):
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}", site.pid
        finally:
            site.terminate()
    told = log.read_text(encoding="utf-8", errors="replace")
    if "Traceback" in told:
        figures.failed.append(f"browse site: {told[-2000:]}")


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


# ------------------------------------------------------------------------------------------------- all at once


def live_together(seconds: float, folder: Path) -> Figures:
    archive, figures, blog = folder / "archive", Figures(), BusyBlog()
    with serving(blog):
        ended(
            begin("crawl", f"{blog.origin}/blog/", "--archive", str(archive), "--allow-private", "--delay", "0"),
            "crawl", {0}, figures,
        )  # fmt: skip
        with browse_site(archive, figures) as (origin, pid):
            ends_s = time.monotonic() + seconds
            jobs: list[Callable[[], None]] = [
                lambda: crawler(blog, archive, figures, ends_s),
                lambda: backup(archive, figures, ends_s),
                lambda: visitor(origin, figures, ends_s),
                lambda: scale(pid, figures, ends_s),
            ]
            threads = [threading.Thread(target=job) for job in jobs]
            command = [
                sys.executable,
                "-m",
                "tests.hostile.neighbours",
                "reader",
                str(archive),
                "--seconds",
                str(seconds),
            ]
            reading = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            told = json.loads(reading.communicate(timeout=60)[0])
    figures.did.update(told["did"])
    figures.locked += told["locked"]
    figures.failed += told["failed"]
    figures.megabytes |= told["megabytes"]
    checked = begin("verify", "--archive", str(archive))
    ended(checked, "verify", {0}, figures)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.neighbours", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("loop", "reader"), default="loop")
    parser.add_argument("archive", nargs="?", type=Path)
    parser.add_argument("--seconds", type=float, default=120)
    chosen = parser.parse_args()
    if chosen.what == "reader":
        reader(chosen.archive, chosen.seconds)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        figures = live_together(chosen.seconds, Path(folder))
    told = {
        "did": figures.did,
        "locked": figures.locked,
        "failed": figures.failed,
        "megabytes a minute": figures.slopes(),
        "megabytes at the end": {who: round(weighed[-1][1]) for who, weighed in figures.megabytes.items()},
    }
    print(json.dumps(told, indent=2))  # noqa: T201
    return 1 if figures.locked or figures.failed else 0


if __name__ == "__main__":
    sys.exit(main())
