"""What `make run` takes once everything is installed: the sample blog, crawled for the first and the second time."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.crawl import environment
from benchmarks.measure import ROUNDS, ProcessCost, Spread, promise, run_process, table

NAME = "sample"
DESCRIPTION = "make run without the install: the embedded sample blog"


def run(size: str) -> dict[str, Any]:
    rounds = [_twice() for _ in range(ROUNDS[size])]
    rows = [
        [
            run_name,
            str(Spread.of([one[number].wall_s for one in rounds])),
            str(Spread.of([one[number].cpu_s for one in rounds])),
            round(max(one[number].peak_bytes for one in rounds) / 1e6),
        ]
        for number, run_name in enumerate(("first run", "second run, the next edition"))
    ]
    return {
        "tables": [table("make run", ("run", "seconds", "CPU seconds", "peak MB"), rows)],
        "promises": [promise("seconds of the slowest run", max(c.wall_s for one in rounds for c in one), at_most=20)],
    }


def _twice() -> list[ProcessCost]:
    """Both runs into one archive. Raises RuntimeError when one fails; a page or two that failed are no failure (3)."""
    with tempfile.TemporaryDirectory(prefix="clipfile-bench-") as name:
        folder = Path(name)
        command = [
            sys.executable,
            "-c",
            "import sys; from archive.cli import main; sys.exit(main())",
            "crawl",
            "sample",
        ]
        costs = [run_process([*command, "--archive", "data"], cwd=folder, env=environment()) for _ in range(2)]
        if any(cost.exit_code not in (0, 3) for cost in costs):
            raise RuntimeError((folder / "out.txt").read_text()[-3000:])
    return costs
