"""Two crawls of one archive, started together, again and again: `python -m tests.hostile.pairs URL FOLDER COUNT`.

Both are forked from a process that has everything imported, so that they meet at every step and not only where their
starts happen to bring them. Prints a line of JSON for each pair: what each ended with, its last words, its CPU time.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from tests.hostile.children import forked, import_everything, work

PAIRS_AN_ARCHIVE = 5
"""So that the two meet over a new archive as well as over an old one."""


def ended(began_s: float) -> tuple[int, dict[str, Any]]:
    """The next child to end."""
    pid, status, usage = os.wait4(-1, 0)
    return pid, {
        "code": os.waitstatus_to_exitcode(status),
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "took_s": time.monotonic() - began_s,
    }


def pair(url: str, archive: Path, logs: list[Path]) -> list[dict[str, Any]]:
    """The one that was refused last, if one was."""
    words = ["crawl", url, "--archive", str(archive), "--allow-private", "--delay", "0", "--no-requisites"]
    began_s = time.monotonic()
    printed = {forked(lambda: work([*words, "--limit", "1"], log)): log for log in logs}  # noqa: B023  runs at once
    both = dict(ended(began_s) for _ in printed)
    told = [{**one, "words": printed[pid].read_text(encoding="utf-8")} for pid, one in both.items()]
    return sorted(told, key=lambda one: int(one["code"]))


def main(url: str, folder: Path, count: int) -> None:
    import_everything()
    for number in range(count):
        archive = folder / f"data-{number // PAIRS_AN_ARCHIVE}"
        logs = [folder / f"pair-{number}-{each}.log" for each in ("a", "b")]
        print(json.dumps(pair(url, archive, logs)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
