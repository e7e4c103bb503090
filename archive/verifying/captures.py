"""The database against the WARC files: every row points at the record it was made from, every record has its row."""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from archive.errors import ArchiveError, FixityError
from archive.store.values import instant
from archive.verifying.problems import Problem
from archive.warc.digests import read_label
from archive.warc.messages import Message, escaped, payload
from archive.warc.reading import ANSWERS, check_block, read_date
from archive.warc.records import DamagedRecordError, RawRecord, WarcFile
from archive.warc.rules import Severity, read_message
from archive.warc.tail import has_our_name
from archive.warc.writing import ROLE_FIELD

Advance = Callable[[int], None]
"""Told how many bytes more were gone through."""

COLUMNS: Final = """
    captures.id, captures.url, captures.captured_at, captures.role, captures.status, captures.content_type,
    captures.warc_file, captures.warc_offset, captures.warc_length, captures.payload_sha256, captures.payload_bytes,
    captures.revisit_of, captures.etag, captures.last_modified,
    original.payload_sha256 as original_sha256, original.revisit_of as original_is_revisit
    from captures left join captures as original on original.id = captures.revisit_of
"""

Row = Mapping[str, Any]


def check_sizes(db: sqlite3.Connection, warc: Path) -> Iterator[Problem]:
    """Files that are missing, unknown, shorter than their committed length, or longer."""
    committed: dict[str, int] = dict(db.execute("select name, committed_bytes from warc_files").fetchall())
    files = {path.name: path.stat().st_size for path in warc_files(warc)}
    for name in sorted(committed.keys() | files.keys()):
        if what := _size_problem(committed.get(name), files.get(name)):
            severity, words = what
            yield Problem(severity=severity, check="pointer", what=words, file=name)


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


def check_pointers(db: sqlite3.Connection, warc: Path, advance: Advance) -> Iterator[Problem]:
    """Every row against its record and every record against its row, in the order of files and offsets."""
    committed: dict[str, int] = dict(db.execute("select name, committed_bytes from warc_files").fetchall())
    rows: Iterator[Row] = _rows(db, "order by captures.warc_file, captures.warc_offset")
    unread = {path.name for path in warc_files(warc)}
    for name, of_file in itertools.groupby(rows, key=lambda row: row["warc_file"]):
        unread.discard(name)
        path = warc / name
        if Path(name).name != name or not path.is_file():
            yield _lost_file(name, of_file)
        else:
            yield from _compare(path, of_file, committed.get(name), advance)
    for name in sorted(unread & committed.keys()):
        yield from _compare(warc / name, iter(()), committed[name], advance)


def _rows(db: sqlite3.Connection, rest: str, values: Sequence[Any] = ()) -> Iterator[Row]:
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(f"select {COLUMNS} {rest}", values)


def _lost_file(name: str, rows: Iterator[Row]) -> Problem:
    first, count = next(rows), 1 + sum(1 for _ in rows)
    what = f"the file of {count} captures is missing, this one the first of them"
    return Problem(
        severity="error", check="pointer", what=what, file=name, offset=first["warc_offset"], url=first["url"]
    )


def _compare(path: Path, rows: Iterator[Row], committed: int | None, advance: Advance) -> Iterator[Problem]:
    """Rows and records of one file, both in the order of their offsets, side by side."""
    row = next(rows, None)
    with WarcFile(path) as file:
        for raw in _whole_records(file, file.size if committed is None else committed):
            advance(raw.length)
            while row is not None and row["warc_offset"] < raw.offset:
                yield _pointless(row)
                row = next(rows, None)
            if row is not None and row["warc_offset"] == raw.offset:
                yield from check_row(row, raw)
                row = next(rows, None)
            elif must_have_row(raw):
                what = "no row of the database speaks of this record"
                yield Problem(
                    severity="error", check="pointer", what=what, file=path.name, offset=raw.offset, url=raw.url()
                )
    for left in itertools.chain([row] if row is not None else [], rows):
        yield _pointless(left)


def must_have_row(raw: RawRecord) -> bool:
    """Whether the database has to know of a record: of our files every answer, of imported ones every web page.

    A revisit in an imported file has no row when no file holds its original.
    """
    if has_our_name(raw.file):
        return raw.type in ANSWERS
    return raw.type == "response" and (raw.url() or "").lower().startswith(("http://", "https://"))


def _whole_records(file: WarcFile, end: int) -> Iterator[RawRecord]:
    """Records up to the committed end; what is damaged between them was named when the file was checked."""
    offset: int | None = 0
    while offset is not None and offset < min(end, file.size):
        try:
            record = file.record_at(offset)
        except DamagedRecordError:
            offset = file.next_start(offset)
        else:
            yield record
            offset = record.end


def _pointless(row: Row) -> Problem:
    return _of_row(row, f"no whole record begins where row {row['id']} of captures says")


def _of_row(row: Row, what: str) -> Problem:
    return Problem(
        severity="error", check="pointer", what=what, file=row["warc_file"], offset=row["warc_offset"], url=row["url"]
    )


def check_row(row: Row, raw: RawRecord) -> Iterator[Problem]:
    """Where the row and the record it points at tell different things."""
    if raw.type not in ANSWERS:
        yield _of_row(row, f"row {row['id']} of captures points at a {raw.type or 'nameless'} record")
        return
    message = read_message(raw)
    for column, found in _said(raw, message).items():
        if found is not None and row[column] != found and found != escaped(str(row[column])):
            yield _of_row(row, f"row {row['id']} of captures has {column} {row[column]!r}, the record has {found!r}")
    if raw.type == "response" and message is not None:
        yield from _header_differences(row, message)
    if raw.type == "revisit" and row["payload_bytes"]:
        yield from _original_problems(row)


def _said(raw: RawRecord, message: Message | None) -> dict[str, Any]:
    """Column → what the record says; None where it does not say."""
    at = read_date(raw.get("warc-date") or "")
    is_response = raw.type == "response" and message is not None
    return {
        "url": raw.url(),
        "captured_at": instant(at) if at else None,
        "warc_length": raw.length,
        # an imported record says what it was fetched as for the archive it comes from
        "role": raw.get(ROLE_FIELD.lower()) if has_our_name(raw.file) else None,
        "status": int(message.start[1]) if message and message.start[1].isdigit() else None,
        "payload_sha256": _sha256(raw, message),
        "payload_bytes": len(payload(message)) if is_response and message else None,
    }


def _sha256(raw: RawRecord, message: Message | None) -> str | None:
    """Of the payload, as we stored it; computed where another writer stored a digest of his own."""
    label = read_label(raw.get("warc-payload-digest-sha256") or "")
    if label and label[0] == "sha256":
        return label[1].hex()
    return hashlib.sha256(payload(message)).hexdigest() if raw.type == "response" and message else None


def _header_differences(row: Row, message: Message) -> Iterator[Problem]:
    headers = {name.lower(): value for name, value in message.headers}
    for column, name in (("content_type", "content-type"), ("etag", "etag"), ("last_modified", "last-modified")):
        if " ".join((row[column] or "").split()) != " ".join(headers.get(name, "").split()):
            what = f"row {row['id']} of captures has {column} {row[column]!r}, the record has {headers.get(name)!r}"
            yield _of_row(row, what)


def _original_problems(row: Row) -> Iterator[Problem]:
    if row["revisit_of"] is None or row["original_sha256"] is None:
        yield _of_row(row, f"row {row['id']} of captures is a revisit, and no row holds its payload")
    elif row["original_sha256"] != row["payload_sha256"] or row["original_is_revisit"] is not None:
        yield _of_row(
            row, f"row {row['id']} of captures says row {row['revisit_of']} has its payload, which it has not"
        )


def check_sample(db: sqlite3.Connection, warc: Path, ids: Sequence[int], advance: Advance) -> Iterator[Problem]:
    """Only these captures: the record read, its digest computed again, and the row held against it."""
    for capture_id in ids:
        row = next(iter(_rows(db, "where captures.id = ?", (capture_id,))), None)
        if row is not None:
            yield from _check_one(row, warc)
            advance(1)


def _check_one(row: Row, warc: Path) -> Iterator[Problem]:
    try:
        with WarcFile(warc / Path(row["warc_file"]).name) as file:
            raw = file.record_at(row["warc_offset"])
        check_block(raw, required=has_our_name(raw.file))
    except FixityError as error:
        yield _of_row(row, f"digest {error.found} where {error.expected} was stored")
    except (ArchiveError, OSError) as error:
        yield _of_row(row, getattr(error, "problem", str(error)))
    else:
        yield from check_row(row, raw)
