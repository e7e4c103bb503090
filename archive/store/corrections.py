"""What a person knows better than the reader: stored beside the reading, laid over it, undone at will."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from archive.model import Reading
from archive.store.joins import Joined
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


EXPORTED: Final = ("field", "value", "note", "made_at", "made_by", "undone_at")
"""What `corrections.jsonl` says of each correction, behind the uid and address of its post."""


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


CLAIMS: Final[dict[str, Any]] = {
    "completeness": None,
    "outlet": None,
    "agency": None,
    "authors": (),
    "original_on": None,
    "original_url": None,
}
"""What a post that is no repost does not claim, whatever was read."""

NOTHING_JOINED: Final = Joined()


def corrected(reading: Reading, corrections: Mapping[str, Any], joined: Joined = NOTHING_JOINED) -> Reading:
    """*reading* with the corrected fields in place, and every name as the name it was joined to.

    Corrected to something other than a repost, it claims nothing but what was corrected too. Another outlet loses the
    key of the one it replaces: the store finds the key that goes with its name.
    """
    changes = dict(corrections)
    if changes.get("kind", "repost") != "repost":
        changes = CLAIMS | changes
    if "authors" in changes:
        changes["authors"] = tuple(changes["authors"] or ())
    if changes:
        reading = replace(reading, **_with_its_outlet(changes), confidence=1.0)
    outlet = reading.outlet and joined.outlet(reading.outlet)
    authors = tuple(dict.fromkeys(map(joined.author, reading.authors)))
    if outlet != reading.outlet:
        reading = replace(reading, outlet=outlet, outlet_id=None)
    return replace(reading, authors=authors) if joined.authors and authors != reading.authors else reading


def _with_its_outlet(changes: dict[str, Any]) -> dict[str, Any]:
    if "outlet" not in changes:
        return changes
    unprinted = {} if changes["outlet"] else {"outlet_printed": None}
    return {**changes, **unprinted, "outlet_id": None}


def corrections_of(db: sqlite3.Connection, post_id: int) -> list[Correction]:
    """Every correction of the post, undone ones too, oldest first."""
    rows = db.execute(
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


class Exported(Protocol):
    """What stands in `corrections.jsonl` beside corrections."""

    def export(self) -> Iterator[str]:
        """Its lines of JSON, the oldest first."""

    def restore(self, stored: Mapping[str, Any]) -> list[int] | None:
        """Take back one line; the posts it bears on, None when it is of no use here."""


class Corrections:
    def __init__(
        self, connection: sqlite3.Connection, apply: Callable[[int], None], beside: Mapping[str, Exported]
    ) -> None:
        """*beside* is what else a person said and no capture can bring back, by the first name of its lines."""
        self._db = connection
        self._apply = apply
        self._beside = beside

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
        """As `corrections_of`."""
        return corrections_of(self._db, post_id)

    def export(self) -> str:
        """Every correction ever made, undone ones too, as JSON Lines in the order they were made; then the rest.

        Posts are named by uid and address, which are the same in a database made anew from the captures.
        """
        rows = self._db.execute(
            """
            select uid, url, field, value, note, made_at, made_by, undone_at
            from corrections join posts on posts.id = corrections.post_id
            order by corrections.id
            """
        )
        return "".join(f"{line}\n" for line in (*map(_line, rows), *self._lines_beside()))

    def _lines_beside(self) -> Iterator[str]:
        for each in self._beside.values():
            yield from each.export()

    def restore(self, exported: str) -> list[str]:
        """Take back what `export` wrote and apply it; returns the lines of posts that are not here, or of no sense."""
        lost: list[str] = []
        posts: dict[int, None] = {}
        for line in exported.splitlines():
            post_ids = self._restore(line) if line.strip() else []
            if post_ids is None:
                lost.append(line)
            else:
                posts |= dict.fromkeys(post_ids)
        for post_id in posts:
            self._apply(post_id)
        return lost

    def _restore(self, line: str) -> list[int] | None:
        """The posts that the line bears on; None when it is of no use here."""
        try:
            stored = json.loads(line)
            if beside := self._beside.get(next(iter(stored))):
                return beside.restore(stored)
            uid, values = stored["uid"], [stored[name] for name in EXPORTED]
        except (ValueError, KeyError, TypeError, StopIteration):
            return None
        row = self._db.execute("select id from posts where uid = ?", (uid,)).fetchone()
        if row is None or stored["field"] not in CORRECTABLE:
            return None
        values[EXPORTED.index("value")] = to_json(stored["value"])
        marks = ", ".join("?" * (len(EXPORTED) + 1))
        self._db.execute(
            f"insert into corrections (post_id, {', '.join(EXPORTED)}) values ({marks})", (row[0], *values)
        )
        return [int(row[0])]

    def _undo(self, post_id: int, field: str) -> int:
        cursor = self._db.execute(
            "update corrections set undone_at = ? where post_id = ? and field = ? and undone_at is null",
            (now(), post_id, field),
        )
        return cursor.rowcount


def _line(row: tuple[Any, ...]) -> str:
    stored = dict(zip(("uid", "url", *EXPORTED), row, strict=True))
    return to_json({**stored, "value": json.loads(stored["value"]) if stored["value"] is not None else None})


def save_lines(exported: str, path: Path) -> None:
    """Keep `corrections.jsonl` or `decisions.jsonl` what the database says: no work of a person is lost with it.

    Lines the database does not know stay: a new database beside an old file must not empty it. The file
    is written beside the old one and put in its place, so that there is always a whole one. Raises OSError.
    """
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    held = set(map(line_identity, exported.splitlines()))
    after = "".join(f"{line}\n" for line in before.splitlines() if line and line_identity(line) not in held) + exported
    if before == after:
        return
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8", newline="\n") as file:
        file.write(after)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


IDENTITIES: Final = {
    "join": ("join", "variant", "made_at", "name"),
    "withhold": ("withhold", "made_at", "reason"),
    "watch": ("watch", "added_at"),
}
"""First name of a line → the names of what tells it from others of its sort."""


def line_identity(line: str) -> tuple[str, ...]:
    """What tells one correction from another; being undone later does not make it another."""
    try:
        stored = json.loads(line)
        if (noun := next(iter(stored))) in IDENTITIES:
            return noun, *(str(stored[name]) for name in IDENTITIES[noun])
        return stored["uid"], stored["field"], stored["made_at"], to_json(stored["value"])
    except (ValueError, KeyError, TypeError, StopIteration):
        return (line,)
