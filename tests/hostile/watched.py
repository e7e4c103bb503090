"""A whole crawl of the hostile blog, watched: its connections, its memory, its requests, its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.forking import forking
from tests.hostile.addresses import HOSTS
from tests.hostile.blog import HostileBlog
from tests.hostile.server import Canary, serving

HERE: Final = Path(__file__).parent

SHORT: Final = {
    "DOWNLOAD_TIMEOUT": 6,
    "ROBOTS_TIMEOUT": 3,
    "RETRY_PAUSE": 0.1,
    "RETRY_TIMES": 1,
    "DNSCACHE_ENABLED": False,
}
"""Patience cut short, and no memory for names: nothing else is changed."""


@dataclass(kw_only=True)
class Watched:
    """What there was to see of one crawl."""

    archive: Path
    origin: str = ""
    code: int = -1
    out: str = ""
    err: str = ""
    seconds: float = 0.0
    peak_bytes: int = 0
    targets: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    visitors: list[str] = field(default_factory=list)
    ports: tuple[int, int] = (0, 0)
    """The blog's and the canary's."""


@contextmanager
def hostile_blog(*, bare: bool = False) -> Iterator[tuple[HostileBlog, Canary]]:
    with Canary() as canary, serving(HostileBlog(canary.port, bare=bare)) as blog:
        assert isinstance(blog, HostileBlog)
        yield blog, canary


def crawl_hostile(folder: Path, blog: HostileBlog, canary: Canary) -> Watched:
    """One crawl into *folder*; another into the same goes on from there."""
    seen = Watched(archive=folder / "data", origin=blog.origin, ports=(blog.port, canary.port))
    write_profile(seen.archive, blog)
    asked, began_s = len(blog.requests), time.monotonic()
    run(seen, folder / "watch.log", SHORT)
    seen.seconds = time.monotonic() - began_s
    seen.targets = [target for target, _ in blog.requests[asked:]]
    seen.cookies = [fields["cookie"] for _, fields in blog.requests if "cookie" in fields]
    seen.visitors = canary.visitors
    return seen


def write_profile(archive: Path, blog: HostileBlog) -> None:
    """A profile that counts every forbidden spelling as the blog's own, so that scope does not do the guard's work."""
    hosts = [f"{host}:{blog.canary_port}" for name, host in HOSTS.items() if name != "password"]
    lines = [
        'title = "The Quay Bulletin"',
        f"start_urls = {json.dumps([blog.url])}",
        "[scope]",
        f"hosts = {json.dumps(hosts, ensure_ascii=False)}",
    ]
    (archive / "sites").mkdir(parents=True, exist_ok=True)
    (archive / "sites" / "hostile.toml").write_text("\n".join(lines), encoding="utf-8")


def run(seen: Watched, log: Path, settings: dict[str, Any]) -> None:
    words = ["crawl", "hostile", "--archive", str(seen.archive), "--allow-private", "--delay", "0", "--json"]
    chosen = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    paths = [str(HERE / "watch"), str(HERE.parents[1])]
    environ = {**os.environ, "HOSTILE_WATCH": str(log), "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "archive.cli", *words, *chosen]
    crawl = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)
    with Scale(crawl.pid) as scale:
        try:
            seen.out, seen.err = crawl.communicate(timeout=300)
        finally:
            crawl.kill()
    seen.code, seen.peak_bytes = crawl.returncode, scale.peak_bytes
    assert log.exists(), seen.err
    for line in log.read_text(encoding="utf-8").splitlines():
        kind, *said = line.split(" ")
        if kind == "connect":
            seen.connections.add((said[0], int(said[1])))
        else:
            seen.names.append(said[0])


def clipfile(*words: str) -> tuple[int, str]:
    """Exit code and output of a command."""
    ended = forking().run(words)
    return ended.code, ended.out + ended.err


class Scale:
    """The most memory a process and its children had at one moment, each page counted once (Linux' PSS)."""

    EVERY_S: Final = 0.25

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak_bytes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._weigh, daemon=True)

    def __enter__(self) -> Scale:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _weigh(self) -> None:
        while not self._over.wait(self.EVERY_S):
            self.peak_bytes = max(self.peak_bytes, sum(map(weight_bytes, family(self.pid))))


def family(pid: int) -> list[int]:
    """The process and everything it started that still runs."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(found for child in children for found in family(int(child)))]


def weight_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
