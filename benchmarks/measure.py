"""Measuring with many runs on a machine that is not ours alone: processes' own figures, interleaved rounds, medians."""

from __future__ import annotations

import itertools
import json
import os
import pickle
import platform
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

ROUNDS = {"toy": 1, "small": 3, "full": 5}
"""Rounds of each size; each round runs every contender once."""

SAMPLING_S = 0.1
WEIGHED_EVERY = 5
"""Adding up the pages of a process takes longer than reading its time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessCost:
    """What a process and its children took, by the kernel's count."""

    ended_at: float
    """On the monotonic clock, which all processes share."""
    wall_s: float
    cpu_s: float
    peak_bytes: int
    """The peaks of the process and of its children, added up: no less than all of them ever held together."""
    held_bytes: int
    """The most that all of them held at a time when they were looked at, what they share counted once; 0 if never."""
    exit_code: int
    children_cpu_s: float = 0.0
    """What of `cpu_s` its children took, as they were last seen."""


def run_process(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> ProcessCost:
    """Run to the end. Output goes to `out.txt` in *cwd*; a code other than 0 is returned, not raised."""
    with (cwd / "out.txt").open("wb") as out:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        with watched(process.pid) as seen:
            _, status, usage = os.wait4(process.pid, 0)
            ended = time.monotonic()
    process.returncode = os.waitstatus_to_exitcode(status)
    return ProcessCost(
        ended_at=ended,
        wall_s=ended - began,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * 1024 + sum(child.peak_bytes for child in seen.children.values()),
        held_bytes=seen.held_bytes,
        children_cpu_s=sum(child.cpu_s for child in seen.children.values()),
        exit_code=process.returncode,
    )


class Worker:
    """A process that does one piece of work after another, on the processor that all of them share.

    *defines* is Python that defines `work`, which takes what was given and returns what JSON can hold; *words* are its
    `sys.argv`. Two processors may differ by a fifth in what others do there, and processes on one can be compared.
    """

    def __init__(self, defines: str, *words: str, cwd: Path, env: Mapping[str, str]) -> None:
        command = [sys.executable, "-c", f"{_WORK_BEGINS}{defines}{_WORK}", *words]
        self._process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def do(self, given: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump(given, self._process.stdin)
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


_WORK_BEGINS = """
import gc, json, os, pickle, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
"""
_WORK = """
gc.freeze()
while True:
    try:
        given = pickle.load(sys.stdin.buffer)
    except EOFError:
        break
    print(json.dumps(work(given)), flush=True)
"""


class Weight(NamedTuple):
    """What the largest process of a command took."""

    cpu_s: float
    peak_bytes: int
    error: str | None
    """What it said when it failed."""


_WEIGH = """
import json, resource, subprocess, sys
with open(sys.argv[1], "wb") as out:
    code = subprocess.run(sys.argv[2:], stdout=out).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]))
"""


def weigh(command: Sequence[str], output: Path, *, cwd: Path, env: Mapping[str, str] | None = None) -> Weight:
    """Run to the end from a small parent: a fork is charged with what this process holds. *output* is its stdout."""
    started = [sys.executable, "-c", _WEIGH, str(output), *command]
    done = subprocess.run(started, cwd=cwd, env=env, capture_output=True, text=True, check=True)
    code, cpu_s, peak_bytes = json.loads(done.stdout)
    return Weight(cpu_s, peak_bytes, f"{command}: {done.stderr[-3000:]}" if code else None)


class Child(NamedTuple):
    """A child process as it was last seen."""

    peak_bytes: int
    cpu_s: float


@dataclass(slots=True)
class Seen:
    """A process and its children, as they were seen now and then; nothing where Linux's /proc is not there."""

    children: dict[int, Child] = field(default_factory=dict)
    held_bytes: int = 0


@contextmanager
def watched(pid: int) -> Iterator[Seen]:
    seen = Seen()
    ended = threading.Event()

    def watch() -> None:
        for look in itertools.count():
            if ended.wait(SAMPLING_S):
                return
            seen.children.update(children_of(pid))
            if look % WEIGHED_EVERY == 0:
                seen.held_bytes = max(seen.held_bytes, held_together(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


def children_of(pid: int) -> Iterator[tuple[int, Child]]:
    """Each child with its peak of memory (VmHWM) and its time of the processor so far."""
    try:
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            peak = re.search(r"^VmHWM:\s*(\d+) kB", Path(f"/proc/{child}/status").read_text(), re.MULTILINE)
            user, system = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:13]
            if peak:
                ticks = int(user) + int(system)
                yield int(child), Child(int(peak[1]) * 1024, ticks / os.sysconf("SC_CLK_TCK"))
    except OSError:
        return  # it has ended


def held_together(pid: int) -> int:
    """Bytes of memory a process and its children hold (PSS: a page that n processes share is the nth part of each)."""
    held = 0
    try:
        for each in (str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
            share = re.search(r"^Pss:\s*(\d+) kB", Path(f"/proc/{each}/smaps_rollup").read_text(), re.MULTILINE)
            held += int(share[1]) * 1024 if share else 0
    except OSError:
        return 0  # one of them has ended: the next look tells
    return held


def interleaved(contenders: Mapping[str, Callable[[], Any]], rounds: int) -> list[dict[str, Any]]:
    """*rounds* results of each, one after another and not in a block each: a slow minute then hits all of them.

    Every round begins with another contender, so that none always follows the same one.
    """
    names = list(contenders)
    results = []
    for number in range(rounds):
        turn = number % len(names)
        results.append({name: contenders[name]() for name in (*names[turn:], *names[:turn])})
    return results


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """The median of several measurements, and how far they lie apart."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(median=statistics.median(values), lowest=min(values), highest=max(values))

    def __str__(self) -> str:
        return f"{self}"

    def __format__(self, form: str) -> str:
        form = form or ".2f"
        return f"{self.median:{form}} ({self.lowest:{form}}–{self.highest:{form}})"


def promise(what: str, value: float, *, at_least: float | None = None, at_most: float | None = None) -> dict[str, Any]:
    """One line of "what must hold", with whether it does."""
    limit = f"≥ {at_least:g}" if at_least is not None else f"≤ {at_most:g}"
    holds = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
    return {"what": what, "value": round(value, 3), "limit": limit, "holds": holds}


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    return {"title": title, "columns": list(columns), "rows": [list(row) for row in rows]}


def machine() -> dict[str, Any]:
    """What a reader of the figures has to know of the machine they are from."""
    return {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load": round(os.getloadavg()[0], 1),
        "fsync_ms": round(fsync_ms(), 2),
    }


def fsync_ms() -> float:
    """Median milliseconds to sync 20 kB appended to a file where temporary files are."""
    with tempfile.NamedTemporaryFile() as file:
        times = []
        for _ in range(15):
            file.write(bytes(20_000))
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3
