"""A process that has everything imported and forks a child for each command, which then need not import it all anew.

Each child is as fresh as a process of its own: the one it is forked from never runs a command. Tests use it through
`crawling.clipfile`.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from archive import cli
from tests.hostile.children import import_everything, kill, wait

ROOT = Path(__file__).parents[1]
TIMEOUT_S = 300.0


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class Forking:
    """The process, as seen by those who ask it for commands; it runs one at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking"], cwd=ROOT, env=environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, words: tuple[str, ...]) -> Ended:
        """Raises TimeoutExpired, as `subprocess.run` does."""
        with tempfile.TemporaryDirectory() as place:
            out, err = Path(place) / "out", Path(place) / "err"
            asked = {"words": words, "out": str(out), "err": str(err), "cwd": str(Path.cwd()), "environ": environment()}
            code = self._asked(asked)
            if code is None:
                raise subprocess.TimeoutExpired(words, TIMEOUT_S)
            return Ended(code=code, out=out.read_text(encoding="utf-8"), err=err.read_text(encoding="utf-8"))

    def _asked(self, asked: dict[str, Any]) -> int | None:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        code: int | None = json.loads(self._process.stdout.readline())
        return code

    def close(self) -> None:
        self._process.communicate()


@cache
def forking() -> Forking:
    """The one of this process, started when it is first asked for."""
    started = Forking()
    atexit.register(started.close)
    return started


def environment() -> dict[str, str]:
    """What a command finds there, whatever archive the person at this machine has chosen."""
    environ = {**os.environ, "COLUMNS": "100"}
    environ.pop("CLIPFILE_ARCHIVE", None)
    # hundreds of processes would each compile everything anew
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def serve() -> None:
    """Fork a child for each line of standard input, and answer with its exit code: null for one that took too long."""
    import_everything()
    while line := sys.stdin.readline():
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            become(asked)
        code = wait(pid, TIMEOUT_S)
        if code is None:
            kill(pid)
        print(json.dumps(code), flush=True)  # noqa: T201


def become(asked: dict[str, Any]) -> NoReturn:
    """The command, to the very end of this process."""
    for number, path in enumerate((os.devnull, asked["out"], asked["err"])):
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(asked["environ"])
    os.chdir(asked["cwd"])
    sys.argv = ["clipfile", *asked["words"]]
    cli.main()
    raise AssertionError("a command ends its process")


if __name__ == "__main__":
    serve()
