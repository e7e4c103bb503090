"""Checking WARC files: ours beside the common checker and beside the disk and the hash alone, over the same bytes."""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.crawl import environment
from benchmarks.measure import ROUNDS, ProcessCost, Spread, interleaved, promise, run_process, table
from benchmarks.rereading import make_archive

NAME = "verifying"
DESCRIPTION = "the strict check of WARC files beside warcio check and sha256sum"

POSTS: Final = {"toy": 20, "small": 2_000, "full": 8_000}

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
        files, total = make_files(folder, POSTS[size])
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


def make_files(folder: Path, posts: int) -> tuple[list[str], int]:
    """Pages as dense as real ones, two files of them; returns their paths and their length in bytes together."""
    for number in range(2):
        make_archive(folder / str(number), posts // 2, filler_bytes=0)
    paths = sorted(folder.glob("*/warc/*.warc.gz"))
    return [str(path) for path in paths], sum(path.stat().st_size for path in paths)


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
