"""What was counted over a whole archive, kept until the archive changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlite_utils import Database

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The last few values made, each for one state of one archive's file, as one connection sees it.

    SQLite counts for each connection whether others committed; times and sizes of files would miss what happens within
    one tick of the clock. Asked within a transaction (`rows.one_view`), the count goes with what is read after it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[object, Value] = OrderedDict()

    def get(self, db: Database, key: str, make: Callable[[], Value]) -> Value:
        state = (db.conn, db.execute("pragma data_version").fetchone()[0], key)
        if state in self._values:
            return self._values[state]
        value = self._values[state] = make()
        while len(self._values) > self._most:
            self._values.popitem(last=False)
        return value
