"""Saved searches, and which posts each has found: a post is new to a watch once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from archive.errors import UsageError
from archive.store.values import now, to_json

COLUMNS: Final = ("name", "query", "added_at", "removed_at")
EXPORTED: Final = ("query", "added_at", "removed_at")
"""What `corrections.jsonl` says of each watch, behind its name under `watch`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    id: int
    name: str
    query: str
    added_at: str


class Watches:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, name: str, query: str) -> Watch:
        """Raises UsageError when there is a watch of that name."""
        if any(watch.name == name for watch in live_watches(self._db)):
            raise UsageError(f"there is a watch {name} already", hint=f"clipfile watch remove {name} ends it")
        values = (name, query, now())
        cursor = self._db.execute("insert into watches (name, query, added_at) values (?, ?, ?)", values)
        return Watch(id=int(cursor.lastrowid or 0), name=name, query=query, added_at=values[2])

    def remove(self, name: str) -> bool:
        """False when there is none of that name. Its hits stay on record."""
        sql = "update watches set removed_at = ? where name = ? and removed_at is null"
        return self._db.execute(sql, (now(), name)).rowcount == 1

    def save_hits(self, watch: Watch, ids: str, values: Mapping[str, Any], run_id: int | None) -> list[int]:
        """Note what the subquery *ids* gives; returns the posts the watch had not found before."""
        rows = self._db.execute(
            f"""
            insert or ignore into watch_hits (watch_id, post_id, run_id, noticed_at)
            with found(id) as ({ids})
            select :watch_id, id, :run_id, :noticed_at from found where true
            returning post_id
            """,
            {**values, "watch_id": watch.id, "run_id": run_id, "noticed_at": now()},
        )
        return sorted(row[0] for row in rows)

    def export(self) -> Iterator[str]:
        """Every watch ever added as a line of JSON."""
        for row in self._db.execute(f"select {', '.join(COLUMNS)} from watches order by id"):
            yield to_json(dict(zip(("watch", *EXPORTED), row, strict=True)))

    def restore(self, stored: Mapping[str, Any]) -> list[int] | None:
        """Take back one line of `export`; None for one of no sense. What it finds is for the next look at it."""
        try:
            values = [stored["watch"], *(stored[name] for name in EXPORTED)]
        except KeyError:
            return None
        self._db.execute(f"insert or ignore into watches ({', '.join(COLUMNS)}) values (?, ?, ?, ?)", values)
        return []


def live_watches(db: sqlite3.Connection) -> list[Watch]:
    """The watches that stand, by name."""
    rows = db.execute("select id, name, query, added_at from watches where removed_at is null order by name")
    return [Watch(id=id, name=name, query=query, added_at=added_at) for id, name, query, added_at in rows]
