"""Checking WARC files: ours beside the common checker and beside the disk and the hash alone, over the same bytes."""

from __future__ import annotations

import gzip
import itertools
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from archive.warc import Exchange, WarcWriter
from benchmarks.blog import Blog
from benchmarks.crawl import environment
from benchmarks.keeping import ASKED, HEADERS
from benchmarks.measure import ROUNDS, ProcessCost, Spread, interleaved, promise, run_process, table

NAME = "verifying"
DESCRIPTION = "the strict check of WARC files beside warcio check and sha256sum"

PAGES: Final = {"toy": 20, "small": 4_000, "full": 20_000}

CHECK: Final = """
import sys
from pathlib import Path
from archive.fixity import check_warcs

if __name__ == "__main__":
    jobs, *paths = sys.argv[1:]
    sys.exit(bool(list(check_warcs([Path(path) for path in paths], jobs=int(jobs)))))
"""


def run(size: str) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="clipfile-bench-verifying-"))
    try:
        files, total = make_files(folder, PAGES[size])
        script = folder / "check.py"
        script.write_text(CHECK)
        commands = {
            "clipfile, one process": [sys.executable, str(script), "1", *files],
            "clipfile, two processes": [sys.executable, str(script), "2", *files],
            "warcio check": [str(Path(sys.executable).with_name("warcio")), "check", *files],
            "sha256sum": ["sha256sum", *files],
        }
        rounds = interleaved(
            {name: partial(checked, command, folder) for name, command in commands.items()}, ROUNDS[size]
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return told(rounds, total, list(commands))


def make_files(folder: Path, pages: int) -> tuple[list[str], int]:
    """Pages as dense as real ones, a file of them as HTML and a file in gzip; their paths and their bytes together."""
    blog, at = Blog(min(pages, DIFFERENT), "https://harbor.example"), datetime(2026, 11, 1, 9, tzinfo=UTC)
    plain = {post.path: b"".join(blog.answers[post.path]) for post in blog.posts}
    packed = {path: gzip.compress(page, 6) for path, page in plain.items()}
    for bodies, coded in ((plain, ()), (packed, (("Content-Encoding", "gzip"),))):
        with WarcWriter(folder, site="harbor", started_at=at, info={}, find_original=lambda _: None) as writer:
            for number, (path, body) in zip(range(pages // 2), itertools.cycle(bodies.items())):
                exchange = Exchange(
                    url=f"https://harbor.example{path}?{number}", at=at, status=200, reason="OK", ip="192.0.2.7",
                    request_headers=ASKED, response_headers=(*HEADERS, *coded), body=body,
                )  # fmt: skip
                writer.write(exchange, role="post")
    paths = sorted(folder.glob("*.warc.gz"))
    return [str(path) for path in paths], sum(path.stat().st_size for path in paths)


DIFFERENT: Final = 500
"""Pages that differ; after them the same come again, under other addresses."""


def checked(command: list[str], folder: Path) -> ProcessCost:
    cost = run_process(command, cwd=folder, env=environment())
    if cost.exit_code:
        raise RuntimeError((folder / "out.txt").read_text()[-3000:])
    return cost


def told(rounds: list[dict[str, ProcessCost]], total: int, names: list[str]) -> dict[str, Any]:
    rows = [
        [
            name,
            str(Spread.of([each[name].cpu_s for each in rounds])),
            str(Spread.of([each["warcio check"].cpu_s / each[name].cpu_s for each in rounds])),
            str(Spread.of([each[name].wall_s for each in rounds])),
            str(Spread.of([each["warcio check"].wall_s / each[name].wall_s for each in rounds])),
        ]
        for name in names
    ]
    ratio = Spread.of([each["warcio check"].wall_s / each["clipfile, two processes"].wall_s for each in rounds])
    columns = ("check", "CPU seconds", "warcio's ÷ its", "seconds", "warcio's ÷ its")
    return {
        "tables": [table(f"Checking {total / 1e6:.0f} MB of WARC", columns, rows)],
        "promises": [promise("two processes, × as fast as warcio check", ratio.median, at_least=2)],
        "notes": [
            "Same guarantee: every block and payload digest that is there is computed again. Clipfile's files have the "
            "payload's in SHA-1 and in SHA-256, of which warcio check knows the first; and Clipfile also checks "
            "framing, headers, pairs, revisits and HTTP messages."
        ],
    }
