"""One line on a terminal that says how far long work is; nothing where nobody watches."""

from __future__ import annotations

import sys
import time
from typing import Final

import click

SHOWN_EVERY_S: Final = 0.2


class Watcher:
    def __init__(self) -> None:
        self._is_watched = sys.stderr.isatty()
        self._shown_at = 0.0
        self._step = ""

    def show(self, step: str, done: int, total: int) -> None:
        """Say that *done* of *total* of *step* is done; a total of 0 is one that is not known."""
        if not self._is_watched or (step == self._step and time.monotonic() - self._shown_at < SHOWN_EVERY_S):
            return
        self._step, self._shown_at = step, time.monotonic()
        share = f" {min(done / total, 1):.0%}" if total else " …"
        click.echo(f"\r\x1b[K{step}{share}", nl=False, err=True)

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self._is_watched and self._step:
            click.echo("\r\x1b[K", nl=False, err=True)
