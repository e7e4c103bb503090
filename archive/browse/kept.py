"""What was counted over a whole archive, kept until the archive changes."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from archive.browse.instance import Place

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The last few values made, each for one state of one archive's file."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[object, Value] = OrderedDict()

    def get(self, place: Place, key: str, make: Callable[[], Value]) -> Value:
        # Noted before anything is read, the state can only be older than what is read, never newer.
        state = (place.path, file_state(place), key)
        if state not in self._values:
            self._values[state] = make()
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return self._values[state]


def file_state(place: Place) -> object:
    """Changes with every commit: times and sizes of the database and of its write-ahead log."""
    return tuple(_stat(f"{place.path}{suffix}") for suffix in ("", "-wal"))


def _stat(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
