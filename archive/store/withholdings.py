"""Posts kept from the public: until a day (an embargo) or for good (a takedown), with a reason, undone at will."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from archive.errors import WithheldError
from archive.store.values import now, to_json

EXPORTED: Final = ("until_on", "reason", "made_at", "made_by", "undone_at")
"""What `corrections.jsonl` says of each, behind the uid of its post under `withhold`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Withholding:
    post_id: int
    until_on: str | None
    """First day on which the post may be shown; None for good."""
    reason: str
    made_at: str
    made_by: str | None
    undone_at: str | None = None

    @property
    def words(self) -> str:
        """
        >>> Withholding(post_id=1, until_on=None, reason="rights", made_at="", made_by=None).words
        'withheld: rights'
        """
        return f"withheld{f' until {self.until_on}' if self.until_on else ''}: {self.reason}"


class Withholdings:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def make(self, post_id: int, *, until_on: str | None, reason: str, made_by: str | None) -> None:
        """From now on the post is withheld; an earlier withholding of it is undone."""
        self.undo(post_id)
        self._db.execute(
            "insert into withholdings (post_id, until_on, reason, made_at, made_by) values (?, ?, ?, ?, ?)",
            (post_id, until_on, reason, now(), made_by),
        )

    def undo(self, post_id: int) -> bool:
        """False when the post was not withheld."""
        sql = "update withholdings set undone_at = ? where post_id = ? and undone_at is null"
        return self._db.execute(sql, (now(), post_id)).rowcount == 1

    def export(self) -> Iterator[str]:
        """Every withholding ever made as a line of JSON."""
        rows = self._db.execute(
            f"""
            select posts.uid, {", ".join(f"withholdings.{name}" for name in EXPORTED)}
            from withholdings join posts on posts.id = withholdings.post_id
            order by withholdings.id
            """
        )
        for row in rows:
            yield to_json(dict(zip(("withhold", *EXPORTED), row, strict=True)))

    def restore(self, stored: Mapping[str, Any]) -> list[int] | None:
        """Take back one line of `export`; None for one of no sense, or of a post that is not here."""
        try:
            uid, values = stored["withhold"], [stored[name] for name in EXPORTED]
        except KeyError:
            return None
        row = self._db.execute("select id from posts where uid = ?", (uid,)).fetchone()
        if row is None:
            return None
        if values[-1] is None:
            self.undo(row[0])
        self._db.execute(
            f"insert into withholdings (post_id, {', '.join(EXPORTED)}) values (?, ?, ?, ?, ?, ?)", (row[0], *values)
        )
        return []


def withholdings_of(db: sqlite3.Connection, post_id: int) -> list[Withholding]:
    """Every withholding of the post, undone ones too, oldest first."""
    sql = f"select post_id, {', '.join(EXPORTED)} from withholdings where post_id = ? order by id"
    return [_withholding(row) for row in db.execute(sql, (post_id,))]


def withheld_today(db: sqlite3.Connection) -> dict[int, Withholding]:
    """Post → why it is withheld today."""
    rows = db.execute("select post_id, until_on, reason, made_at, made_by, null from withheld")
    return {row[0]: _withholding(row) for row in rows}


def refuse_withheld(db: sqlite3.Connection, post_id: int) -> None:
    """Raise WithheldError when the post is withheld today."""
    if found := withheld_today(db).get(post_id):
        raise WithheldError(found.words)


def _withholding(row: tuple[Any, ...]) -> Withholding:
    return Withholding(**dict(zip(("post_id", *EXPORTED), row, strict=True)))
