"""Starting: what `clipfile --help` and a search cost before they do anything, beside `sqlite-utils --help`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.crawl import environment
from benchmarks.made_up import build, vocabulary
from benchmarks.measure import Spread, interleaved, promise, run_process, table

NAME = "startup"
DESCRIPTION = "starting a command, beside python itself and sqlite-utils"

ROUNDS = {"toy": 1, "small": 7, "full": 15}
PEER = "sqlite-utils --help"
OURS = ("clipfile --help", "clipfile search WORD")


def command(module: str, function: str, *arguments: str) -> list[str]:
    """A console script as pip writes it: import the function, call it."""
    return [sys.executable, "-c", f"import sys; from {module} import {function}; sys.exit({function}())", *arguments]


def cpu_ms(line: Sequence[str], folder: Path) -> float:
    """Raises RuntimeError, with what was printed, when the command fails."""
    cost = run_process(line, cwd=folder, env=environment())
    if cost.exit_code:
        raise RuntimeError((folder / "out.txt").read_text()[-3000:])
    return cost.cpu_s * 1e3


def run(size: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="clipfile-bench-") as name:
        folder = Path(name)
        words = vocabulary()
        build(folder / "archive.db", 200, words)
        lines = {
            "python -c pass": [sys.executable, "-c", "pass"],
            PEER: command("sqlite_utils.cli", "cli", "--help"),
            "clipfile --help": command("archive.cli", "main", "--help"),
            "clipfile search WORD": command("archive.cli", "main", "search", words[40], "--archive", "."),
        }
        contenders = {each: partial(cpu_ms, line, folder) for each, line in lines.items()}
        rounds = interleaved(contenders, ROUNDS[size] + 1)[1:]  # the first round reads the files from the disk
    ratios = {each: Spread.of([one[each] / one[PEER] for one in rounds]) for each in lines}
    rows = [[each, round(Spread.of([one[each] for one in rounds]).median), str(ratios[each])] for each in lines]
    return {
        "tables": [table("Starting", ("command", "CPU ms", f"÷ {PEER}"), rows)],
        "promises": [promise(f"{each} ÷ {PEER}", ratios[each].median, at_most=1.5) for each in OURS],
    }
