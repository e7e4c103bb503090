"""What a person knows better than the reader: stored beside the reading, laid over it, undone at will."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from archive.model import Reading
from archive.store.values import now, to_json

CORRECTABLE: Final = (
    "kind",
    "completeness",
    "outlet",
    "authors",
    "original_on",
    "original_url",
    "image_credit",
)
"""Fields of a reading that a correction may replace, in the order they are shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    id: int
    post_id: int
    field: str
    value: Any
    """As in `Reading`: a string, None for "there is none", a list of names for authors."""
    note: str | None
    made_at: str
    made_by: str | None
    undone_at: str | None


def corrected(reading: Reading, corrections: Mapping[str, Any]) -> Reading:
    """*reading* with the corrected fields in place; a corrected outlet loses the key of the one it replaces."""
    changes = dict(corrections)
    if "authors" in changes:
        changes["authors"] = tuple(changes["authors"] or ())
    if "outlet" in changes:
        changes["outlet_id"] = None
    return replace(reading, **changes, confidence=1.0) if changes else reading


class Corrections:
    def __init__(self, connection: sqlite3.Connection, apply: Callable[[int], None]) -> None:
        self._db = connection
        self._apply = apply

    def make(self, post_id: int, values: Mapping[str, Any], *, note: str | None, made_by: str | None) -> None:
        """Store one correction a field, each replacing an earlier one of the same field, and apply them."""
        for field, value in values.items():
            self._undo(post_id, field)
            self._db.execute(
                "insert into corrections (post_id, field, value, note, made_at, made_by) values (?, ?, ?, ?, ?, ?)",
                (post_id, field, to_json(value), note, now(), made_by),
            )
        self._apply(post_id)

    def undo(self, post_id: int, fields: tuple[str, ...] = CORRECTABLE) -> int:
        """Take corrections back; the reader's own values stand again. Returns how many there were."""
        undone = sum(self._undo(post_id, field) for field in fields)
        self._apply(post_id)
        return undone

    def history(self, post_id: int) -> list[Correction]:
        """Every correction of the post, undone ones too, oldest first."""
        rows = self._db.execute(
            """
            select id, post_id, field, value, note, made_at, made_by, undone_at
            from corrections
            where post_id = ?
            order by id
            """,
            (post_id,),
        )
        names = ("id", "post_id", "field", "value", "note", "made_at", "made_by", "undone_at")
        return [Correction(**{**dict(zip(names, row, strict=True)), "value": json.loads(row[3])}) for row in rows]

    def _undo(self, post_id: int, field: str) -> int:
        cursor = self._db.execute(
            "update corrections set undone_at = ? where post_id = ? and field = ? and undone_at is null",
            (now(), post_id, field),
        )
        return cursor.rowcount
