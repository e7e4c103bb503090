"""The database against the WARC files: every row points at the record it was made from, every record has its row."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from archive.errors import ArchiveError, FixityError
from archive.fixity import Advance, Finding, Part
from archive.store.values import instant
from archive.warc.facts import RecordFacts, computed_sha256, facts_of
from archive.warc.messages import Message, escaped, read_response
from archive.warc.reading import ANSWERS, check_block, read_date
from archive.warc.records import WarcFile
from archive.warc.rules import Severity, read_message
from archive.warc.tail import has_our_name

COLUMNS: Final = """
    captures.id, captures.url, captures.captured_at, captures.role, captures.status, captures.content_type,
    captures.warc_file, captures.warc_offset, captures.warc_length, captures.payload_sha256, captures.payload_bytes,
    captures.revisit_of, captures.etag, captures.last_modified,
    original.payload_sha256 as original_sha256, original.revisit_of as original_is_revisit
    from captures left join captures as original on original.id = captures.revisit_of
"""

Row = Mapping[str, Any]


def check_sizes(db: sqlite3.Connection, warc: Path) -> Iterator[Finding]:
    """Files that are missing, unknown, shorter than their committed length, or longer."""
    committed: dict[str, int] = dict(db.execute("select name, committed_bytes from warc_files").fetchall())
    files = {path.name: path.stat().st_size for path in warc_files(warc)}
    for name in sorted(committed.keys() | files.keys()):
        if what := _size_problem(committed.get(name), files.get(name)):
            severity, words = what
            yield Finding(severity=severity, check="pointer", what=words, file=name, offset=None, url=None)


def _size_problem(committed: int | None, size: int | None) -> tuple[Severity, str] | None:
    if committed is None:
        return "error", "no row of the database speaks of this file (clipfile rebuild makes a database that does)"
    if size is None:
        return "error", f"the file is missing; {committed} bytes of captures were in it"
    if size < committed:
        return "error", f"the file has {size} bytes where {committed} were committed"
    if size > committed:
        return "warning", f"{size - committed} bytes lie behind what was committed; the next crawl cuts them off"
    return None


def warc_files(warc: Path) -> list[Path]:
    return (
        sorted(path for path in warc.iterdir() if path.is_file() and ".warc" in path.suffixes) if warc.is_dir() else []
    )


class RowWitnesses:
    """Deals the rows of the database out to the parts of the files, which come in the order of names and offsets.

    What can't be read of the database ends the comparing; `rest` raises it.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._committed: dict[str, int] = {}
        self._rows: Iterator[Row] | None = None
        """None before the first part."""
        self._row: Row | None = None
        self._lost: list[Finding] = []
        self._trouble: sqlite3.Error | None = None

    def __call__(self, part: Part) -> RowWitness | None:
        """The witness of *part*; None when there is none any more."""
        if self._trouble:
            return None
        try:
            self._pass_by(part.path.name)
            return RowWitness(list(self._of(part)), self._committed.get(part.path.name, 0))
        except sqlite3.Error as error:
            self._trouble = error
            return None

    def rest(self) -> Iterator[Finding]:
        """Rows of files that are not there, when all parts have been dealt with. Raises sqlite3.Error."""
        if self._trouble:
            raise self._trouble
        self._pass_by(None)
        return iter(self._lost)

    def _next(self) -> Row | None:
        if self._rows is None:
            self._committed.update(self._db.execute("select name, committed_bytes from warc_files"))
            self._rows = _rows(self._db, "order by captures.warc_file, captures.warc_offset")
        return next(self._rows, None)

    def _pass_by(self, name: str | None) -> None:
        """On to the rows of this file; those before them are of files that are not there. None: all of them."""
        if self._rows is None:
            self._row = self._next()
        while (first := self._row) is not None and (name is None or first["warc_file"] < name):
            count = 0
            while self._row is not None and self._row["warc_file"] == first["warc_file"]:
                self._row, count = self._next(), count + 1
            self._lost.append(_of_row(first, f"the file of {count} captures is missing, this one the first of them"))

    def _of(self, part: Part) -> Iterator[Row]:
        while (row := self._row) is not None and row["warc_file"] == part.path.name:
            if part.end is not None and row["warc_offset"] >= part.end:
                return
            yield row
            self._row = self._next()


class RowWitness:
    """The rows of one part: each against its record, each record against its row, both in the order of offsets."""

    def __init__(self, rows: list[Row], committed_bytes: int) -> None:
        self._rows, self._committed_bytes = deque(rows), committed_bytes

    def see(self, facts: RecordFacts) -> Iterator[Finding]:
        while self._rows and self._rows[0]["warc_offset"] < facts.offset:
            yield _pointless(self._rows.popleft())
        if self._rows and self._rows[0]["warc_offset"] == facts.offset:
            yield from check_row(self._rows.popleft(), facts)
        elif facts.offset < self._committed_bytes and must_have_row(facts):
            what = "no row of the database speaks of this record"
            yield Finding(
                severity="error", check="pointer", what=what, file=facts.file, offset=facts.offset, url=facts.url
            )

    def ended(self) -> Iterator[Finding]:
        yield from map(_pointless, self._rows)


def must_have_row(facts: RecordFacts) -> bool:
    """Whether the database has to know of a record: of our files every answer, of imported ones every web page.

    A revisit in an imported file has no row when no file holds its original.
    """
    if has_our_name(facts.file):
        return facts.type in ANSWERS
    return facts.type == "response" and (facts.url or "").lower().startswith(("http://", "https://"))


def _pointless(row: Row) -> Finding:
    return _of_row(row, f"no whole record begins where row {row['id']} of captures says")


def _of_row(row: Row, what: str) -> Finding:
    return Finding(
        severity="error", check="pointer", what=what, file=row["warc_file"], offset=row["warc_offset"], url=row["url"]
    )


def _rows(db: sqlite3.Connection, rest: str, values: Sequence[Any] = ()) -> Iterator[Row]:
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    return map(dict, cursor.execute(f"select {COLUMNS} {rest}", values))


def check_row(row: Row, facts: RecordFacts) -> Iterator[Finding]:
    """Where the row and the record it points at tell different things."""
    if facts.type not in ANSWERS:
        yield _of_row(row, f"row {row['id']} of captures points at a {facts.type or 'nameless'} record")
        return
    message = read_response(facts.head)
    for column, found in _said(facts, message).items():
        if found is not None and row[column] != found and found != escaped(str(row[column])):
            yield _of_row(row, f"row {row['id']} of captures has {column} {row[column]!r}, the record has {found!r}")
    if facts.type == "response" and message is not None:
        yield from _header_differences(row, message)
    if facts.type == "revisit" and row["payload_bytes"]:
        yield from _original_problems(row)


def _said(facts: RecordFacts, message: Message | None) -> dict[str, Any]:
    """Column → what the record says; None where it does not say."""
    at = read_date(facts.date or "")
    return {
        "url": facts.url,
        "captured_at": instant(at) if at else None,
        "warc_length": facts.length,
        # an imported record says what it was fetched as for the archive it comes from
        "role": facts.role if has_our_name(facts.file) else None,
        "status": int(message.start[1]) if message and message.start[1].isdigit() else None,
        "payload_sha256": facts.sha256.hex() if facts.sha256 else None,
        "payload_bytes": facts.payload_bytes,
    }


def _header_differences(row: Row, message: Message) -> Iterator[Finding]:
    headers = {name.lower(): value for name, value in message.headers}
    for column, name in (("content_type", "content-type"), ("etag", "etag"), ("last_modified", "last-modified")):
        if " ".join((row[column] or "").split()) != " ".join(headers.get(name, "").split()):
            what = f"row {row['id']} of captures has {column} {row[column]!r}, the record has {headers.get(name)!r}"
            yield _of_row(row, what)


def _original_problems(row: Row) -> Iterator[Finding]:
    if row["revisit_of"] is None or row["original_sha256"] is None:
        yield _of_row(row, f"row {row['id']} of captures is a revisit, and no row holds its payload")
    elif row["original_sha256"] != row["payload_sha256"] or row["original_is_revisit"] is not None:
        yield _of_row(
            row, f"row {row['id']} of captures says row {row['revisit_of']} has its payload, which it has not"
        )


def check_sample(db: sqlite3.Connection, warc: Path, ids: Sequence[int], advance: Advance) -> Iterator[Finding]:
    """Only these captures: the record read, its digest computed again, and the row held against it."""
    for capture_id in ids:
        row = next(iter(_rows(db, "where captures.id = ?", (capture_id,))), None)
        if row is not None:
            yield from _check_one(row, warc)
            advance(1, 1)


def _check_one(row: Row, warc: Path) -> Iterator[Finding]:
    try:
        with WarcFile(warc / Path(row["warc_file"]).name) as file:
            raw = file.record_at(row["warc_offset"])
        check_block(raw, required=has_our_name(raw.file))
    except FixityError as error:
        yield _of_row(row, f"digest {error.found} where {error.expected} was stored")
    except (ArchiveError, OSError) as error:
        yield _of_row(row, getattr(error, "problem", str(error)))
    else:
        message = read_message(raw)
        facts = facts_of(raw, message)
        yield from check_row(row, facts if facts.sha256 else facts._replace(sha256=computed_sha256(raw, message)))
