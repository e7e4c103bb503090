"""The formats an export can have, and writing one to a stream or a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlite_utils import Database

from archive.database import DISK_TROUBLE, explained
from archive.errors import CannotWriteError, UsageError
from archive.export.citations import Reference, iter_csl, read_reference, to_bibtex, to_ris
from archive.export.files import refuse_archive_files, replacing
from archive.export.selection import Selection, select
from archive.export.subset import write_subset
from archive.export.tables import iter_atom, iter_csv, iter_jsonl
from archive.export.wacz import Part, write_wacz
from archive.folder import ArchiveFolder
from archive.progress import Done
from archive.store.withholdings import withheld_today

Write = Callable[[str], object]


class Format(NamedTuple):
    """How a format is made of a selection."""

    read: Callable[[Selection], Iterator[Any]]
    """What is asked of the selection for each clipping."""
    write: Callable[[Iterator[Any], str], Iterator[str]]
    """Pieces of text from that, and from the query."""


def _references(records: Iterator[Mapping[str, Any]]) -> Iterator[Reference]:
    return map(read_reference, records)


TEXT_FORMATS: Final[dict[str, Format]] = {
    "csv": Format(Selection.iter_rows, lambda rows, _: iter_csv(rows)),
    "jsonl": Format(Selection.iter_lines, lambda lines, _: iter_jsonl(lines)),
    "atom": Format(
        Selection.iter_records, lambda records, query: iter_atom(records, title=_title(query), made_at=_now())
    ),
    "bibtex": Format(
        Selection.iter_records, lambda records, _: (f"{to_bibtex(one)}\n" for one in _references(records))
    ),
    "ris": Format(Selection.iter_records, lambda records, _: (f"{to_ris(one)}\r\n" for one in _references(records))),
    "csl": Format(Selection.iter_records, lambda records, _: iter_csl(_references(records))),
}

UNREADABLE: Final = frozenset({sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ})

FILE_FORMATS: Final = ("sqlite", "wacz")
"""Written to a file that can be gone back to, never to a stream."""

FORMATS: Final = (*TEXT_FORMATS, *FILE_FORMATS)


def iter_text(selection: Selection, query: str, format: str, progress: Done = lambda done: None) -> Iterator[str]:
    """What *query* selected, in *format*, piece by piece. *progress* is told how many clippings are written."""
    made_by = TEXT_FORMATS[format]

    def counted() -> Iterator[Any]:
        for count, found in enumerate(made_by.read(selection), start=1):
            yield found
            progress(count)

    return made_by.write(counted(), query)


def export_text(selection: Selection, query: str, format: str, write: Write, progress: Done) -> int:
    """Give *write* the selection piece by piece; the number of clippings. *progress* is told how many are written."""
    count = 0

    def counted(done: int) -> None:
        nonlocal count
        count = done
        progress(done)

    for piece in iter_text(selection, query, format, counted):
        write(piece)
    return count


@contextmanager
def exporting(folder: ArchiveFolder, target: Path) -> Iterator[Database]:
    """The archive's database, to write *target* from; what goes wrong meanwhile becomes an error a person can act on.

    Raises UsageError for a target that is a folder or a part of the archive, CannotWriteError when the disk refuses.
    """
    refuse_archive_files(target, folder)
    db = folder.open_readonly()
    try:
        yield db
    except sqlite3.Error as error:
        # Reading an open archive needs no room; a disk that can't be read has a code of its own.
        code = getattr(error, "sqlite_errorcode", None) or 0
        is_of_target = code & 0xFF in DISK_TROUBLE and code not in UNREADABLE
        raise explained(error, target if is_of_target else folder.db_path) from error
    except OSError as error:
        raise CannotWriteError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        db.close()


def export_file(
    folder: ArchiveFolder,
    query: str,
    format: str,
    target: Path,
    progress: Done,
    *,
    public: bool = True,
    run_id: int | None = None,
) -> int:
    """Write what *query* finds to *target*, whole or not at all, and give the number of clippings.

    With *public*, what is withheld from the public is left out; with *run_id*, only what that run captured goes along
    (WACZ alone).

    Raises what `exporting` raises, and UsageError for a run that is not there.
    """
    with exporting(folder, target) as db:
        selection = select(db, query, public=public)
        if target.exists() and not target.is_file():  # a pipe or a device: there is nothing to rename into place
            return _to_path(selection, query, format, target, progress)
        holds_back = public and bool(withheld_today(db.conn))
        with replacing(target) as beside:
            if format == "sqlite":
                return write_subset(folder.db_path, selection.iter_ids(), beside, progress, holds_back=holds_back)
            if format == "wacz":
                title = package_title(db, query, run_id)
                is_whole = run_id is None and not query.strip() and not holds_back
                part = Part(selection=selection, run_id=run_id, is_whole=is_whole, holds_back=holds_back)
                return write_wacz(db, folder.warc_path, part, title, beside, progress)
            return _to_path(selection, query, format, beside, progress)


def _to_path(selection: Selection, query: str, format: str, path: Path, progress: Done) -> int:
    if format not in TEXT_FORMATS:
        raise UsageError(f"{format} can't be written to {path}", hint="name a file")
    with path.open("w", encoding="utf-8", newline="") as stream:
        return export_text(selection, query, format, stream.write, progress)


def package_title(db: Database, query: str, run_id: int | None) -> str:
    """What a WACZ is called in its reader. Raises UsageError when the archive has no such run."""
    sites = ", ".join(title or name for title, name in db.execute("select title, name from sites order by id"))
    if run_id is None:
        return f"{sites}: {query}" if query.strip() else sites
    run = db.execute("select started_at from runs where id = ?", [run_id]).fetchone()
    if run is None:
        raise UsageError(f"the archive has no run {run_id}", hint="clipfile runs lists them")
    return f"{sites}: run {run_id} of {run[0]}"


def _title(query: str) -> str:
    return f"Clippings: {query}" if query.strip() else "Clippings"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
