"""What was counted over a whole archive, kept until the archive changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from archive.browse.instance import Place
from archive.database import file_state

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The last few values made, each for one state of one archive's file."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[object, Value] = OrderedDict()

    def get(self, place: Place, key: str, make: Callable[[], Value]) -> Value:
        # Noted before anything is read, the state can only be older than what is read, never newer.
        state = (place.path, file_state(str(place.path)), key)
        if state not in self._values:
            self._values[state] = make()
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return self._values[state]
