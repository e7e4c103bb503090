"""Opening an archive's database: the right file, schema and pragmas, and errors a person can act on."""

from __future__ import annotations

import os
import shlex
import sqlite3
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.errors import CannotWriteError, DamagedArchiveError, NewerArchiveError, NoArchiveError, NotAnArchiveError
from archive.schema import APPLICATION_ID, migrations

BUSY_TIMEOUT_S: Final = 10.0
CACHE_KIB: Final = 16_384
"""SQLite's own cache of pages, for reading."""
WRITING_CACHE_KIB: Final = 4_096
"""The same for writing: what posts touch again and again fits in, and what has to be read anew the system holds."""

DISK_TROUBLE: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
)


def open_database(path: Path) -> Database:
    """Open for writing, creating the file or bringing its schema forward as needed.

    Raises NotAnArchiveError, NewerArchiveError, DamagedArchiveError or CannotWriteError; nothing is changed then.
    """
    check_folder_can_be_written(path.parent)
    try:
        db = Database(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, cached_statements=256))
        check_identity(db, path)
        set_pragmas(db)
        bring_forward(db)
    except sqlite3.Error as error:
        raise explained(error, path) from error
    return db


def open_readonly(path: Path) -> Database:
    """Open for reading; a missing file is a NotAnArchiveError that says how to begin one."""
    if not path.is_file():
        if any((path.parent / "warc").glob("*.warc*")):
            raise NotAnArchiveError(f"there is no archive.db in {path.parent}", hint=how_to_mend(path))
        raise NoArchiveError(
            f"there is no archive in {path.parent}", hint="crawl something first: clipfile crawl sample"
        )
    try:
        db = Database(sqlite3.connect(readonly_uri(path), uri=True, timeout=BUSY_TIMEOUT_S))
        check_identity(db, path)
        refuse_newer(db, path)
    except sqlite3.Error as error:
        raise explained(error, path) from error
    db.execute(f"pragma cache_size = -{CACHE_KIB}")
    return db


def file_state(path: str) -> object:
    """Changes with every commit to the database at *path*: times and sizes of the file and of its write-ahead log."""
    return tuple(_stat(f"{path}{suffix}") for suffix in ("", "-wal"))


def _stat(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - asked for with every page that is browsed
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def readonly_uri(path: Path) -> str:
    """How SQLite opens the file for reading only; as immutable where it can't be otherwise."""
    return f"{path.resolve().as_uri()}?{'immutable=1' if is_still(path) else 'mode=ro'}"


def is_still(path: Path) -> bool:
    """Whether nobody writes to the file, in a folder where SQLite could not make what it reads a living one with."""
    return not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()


def check_folder_can_be_written(folder: Path) -> None:
    """Create *folder* if needed and prove that a file can be made in it, before anything is fetched."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".clipfile-write-test"
        probe.touch()
        probe.unlink(missing_ok=True)  # another run that begins at the same moment may have been quicker
    except OSError as error:
        raise CannotWriteError(
            f"cannot write to {folder}: {error.strerror or error}", hint="choose another folder with --archive DIR"
        ) from error


def check_identity(db: Database, path: Path) -> None:
    """Refuse a database Clipfile did not make, and one a newer Clipfile made. An empty file is a new archive."""
    mark = _number(db, "pragma application_id")
    if mark == APPLICATION_ID:
        refuse_newer(db, path)
    elif mark or _number(db, "select count(*) from sqlite_master"):
        raise NotAnArchiveError(
            f"{path} is a database, but not a Clipfile archive", hint="name another folder with --archive DIR"
        )


def refuse_newer(db: Database, path: Path) -> None:
    known = {migration.name for migration in migrations.pending(db)} | {m.name for m in migrations.applied(db)}
    ours = {migration.name for migration in migrations._migrations}
    if unknown := tuple(sorted(known - ours)):
        raise NewerArchiveError(str(path), unknown)


def set_pragmas(db: Database) -> None:
    """WAL so that readers never wait; NORMAL because the WARC, synced first, is what a lost commit is redone from."""
    for pragma in (
        "journal_mode = wal",
        "synchronous = normal",
        "wal_autocheckpoint = 4000",  # 16 MB: what posts write again and again, such as indexes, is moved once for many
        "foreign_keys = on",
        "recursive_triggers = on",  # without it a replaced row leaves its old words in the full-text index
        f"cache_size = -{WRITING_CACHE_KIB}",
        "temp_store = memory",
        "secure_delete = off",  # Debian switches it on: what an index frees is then overwritten, for a tenth of a save
    ):
        db.execute(f"pragma {pragma}").fetchall()


def bring_forward(db: Database) -> None:
    if migrations.pending(db):
        with db.atomic():  # the list of migrations and its index at once: sqlite-utils would not add the index later
            db.execute(f"pragma application_id = {APPLICATION_ID}")
            migrations.ensure_migrations_table(db)
        migrations.apply(db)


def explained(error: sqlite3.Error, path: Path) -> CannotWriteError | DamagedArchiveError:
    """The ArchiveError that says in plain words what SQLite's *error* means for the archive at *path*."""
    while isinstance(error.__context__, sqlite3.Error):  # a rollback that failed, too, hides why there was one
        error = error.__context__
    said = str(error).partition(" with text ")[0]  # what could not be decoded is left out
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in DISK_TROUBLE:
        return CannotWriteError(f"cannot write to {path}: {said}", hint="free some space or choose another folder")
    if code == sqlite3.SQLITE_NOTADB:
        return NotAnArchiveError(f"{path} is not a database", hint=how_to_mend(path))
    if code == sqlite3.SQLITE_BUSY:
        return CannotWriteError(f"{path} is busy: another program has been writing to it for {BUSY_TIMEOUT_S:.0f} s")
    return DamagedArchiveError(f"{path} can't be read: {said}", hint=how_to_mend(path))


def how_to_mend(path: Path) -> str:
    """What can be done about a database that can't be read or is gone: everything in it stands in the captures, too."""
    folder = path.parent
    if not any((folder / "warc").glob("*.warc*")):
        return "name another folder with --archive DIR"
    return f"`clipfile rebuild --archive {shlex.quote(str(folder))}` makes it anew from the captures in warc/"


def _number(db: Database, sql: str) -> int:
    return int(db.execute(sql).fetchone()[0])
