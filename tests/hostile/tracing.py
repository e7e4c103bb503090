"""strace attached to a command in a forked child: what it calls, and calls that fail or kill."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Final

from tests.hostile.children import HUNG_S, EnduranceError, forked, kill, wait, work

CALLS: Final = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink")
"""Those by which an archive is written."""


def traced(words: list[str], folder: Path, how: list[str]) -> int:
    """Exit code of the command with strace attached to it; the negative number of the signal that ended it."""
    begin, go = os.pipe()
    pid = forked(lambda: work(words, folder / "children.log") if os.read(begin, 1) else None)
    strace = subprocess.Popen(
        ["strace", "-f", "-y", "-o", str(folder / "strace.log"), *how, "-p", str(pid)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert strace.stderr is not None
    strace.stderr.readline()  # that it is attached
    os.write(go, b"!")
    code = wait(pid, HUNG_S)
    if code is None:
        kill(pid)
    for end in (begin, go):
        os.close(end)
    strace.communicate(timeout=HUNG_S)
    if code is None:
        raise EnduranceError(f"still running after {HUNG_S:.0f} s: {how}")
    return code


def calls_of(log: Path, archive: Path) -> Counter[str]:
    """How often the process that writes the archive made each call, other files included: so strace counts."""
    lines = [line.split(maxsplit=1) for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    writer = Counter(pid for pid, said in lines if str(archive) in said).most_common(1)[0][0]
    return Counter(name for pid, said in lines if pid == writer and (name := said.partition("(")[0]) in CALLS)
