"""Rows of the archive for one page: one consistent view of the file, within a bound of time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlite_utils import Database

PAGE_SECONDS: Final = 5.0
STEPS_BETWEEN_LOOKS: Final = 20_000

Row = dict[str, Any]


@contextmanager
def one_view(connection: sqlite3.Connection, seconds: float = PAGE_SECONDS) -> Iterator[Database]:
    """All reads inside see the archive as it stood at the first: a crawl that commits meanwhile can't tear a page.

    Raises sqlite3.OperationalError (`interrupted`) when the reads take longer than *seconds*.
    """
    deadline = time.monotonic() + seconds
    connection.execute("begin")
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS_BETWEEN_LOOKS)
    try:
        yield Database(connection, recursive_triggers=False, execute_plugins=False)
    finally:
        connection.set_progress_handler(None, 0)
        connection.rollback()


def rows(db: Database, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> list[Row]:
    cursor = db.execute(sql, params)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def row(db: Database, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> Row | None:
    return next(iter(rows(db, sql, params)), None)


def number(db: Database, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> int:
    """The first column of the first row; 0 for null."""
    found = db.execute(sql, params).fetchone()
    return int(found[0] or 0) if found else 0
