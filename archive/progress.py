"""What long work tells its caller while it goes on: the rim shows it, whoever does the work prints nothing."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done and how much there is; 0 of 0 for a step of unknown length."""

Done = Callable[[int], None]
"""Told how much is done, of a whole the caller knows."""


def silent(step: str, done: int, total: int) -> None:
    """For callers that show nothing."""
