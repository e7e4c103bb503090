"""WARC files of another archive, copied under names that are free here, and on disk before any row speaks of them."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path
from typing import Final

from archive.errors import CannotWriteError, DamagedArchiveError
from archive.progress import Progress
from archive.store import Store
from archive.warc.tail import has_our_name, sync_folder

STAGING: Final = "merging"
STEP_BYTES: Final = 1 << 20
DIGITS: Final = 16


class WarcFiles:
    def __init__(self, store: Store, ours: Path, db: sqlite3.Connection, theirs: Path, staging: Path) -> None:
        self._ours, self._theirs, self._staging = ours, theirs, staging
        self._committed = store.custody.committed_warc()
        self._wanted: list[tuple[str, int, int | None]] = db.execute(
            "select name, committed_bytes, run_id from warc_files where committed_bytes > 0 order by name"
        ).fetchall()
        self.names: dict[str, str] = {}
        """Name there → name here."""
        self.copied: dict[str, tuple[int, int | None]] = {}
        """Name here of each new file → its length, and their run that wrote it."""

    def copy(self, progress: Progress) -> None:
        """Copy what is not here yet, as far as it was committed. Raises DamagedArchiveError for what is not there."""
        total, done = sum(size for _, size, _ in self._wanted), 0
        try:
            for name, size, run_id in self._wanted:
                self._copy(name, size, run_id)
                done += size
                progress("copying captures", done, total)
        except OSError as error:
            raise CannotWriteError(f"{self._staging} can't be written: {error.strerror or error}") from error

    def _copy(self, name: str, size: int, run_id: int | None) -> None:
        path = self._theirs / name
        held = path.stat().st_size if path.is_file() else 0
        if Path(name).name != name or held < size:
            raise DamagedArchiveError(
                f"{path} has {held} bytes where {size} were committed", hint="clipfile verify says what is lost"
            )
        sha256 = digest_of(path, size) if name in self._committed else None
        here = name if sha256 is None else self._name_here(name, size, sha256)
        self.names[name] = here
        if here not in self._committed:
            self._staging.mkdir(exist_ok=True)
            copy(path, self._staging / here, size)
            self.copied[here] = size, run_id

    def _name_here(self, name: str, size: int, sha256: str) -> str:
        """Of a name that is taken: by the same file, or by another, which then is told apart by its content."""
        ours = self._ours / name
        if self._committed[name] == size and ours.is_file() and digest_of(ours, size) == sha256:
            return name
        return f"merged-{sha256[:DIGITS]}-{name}"

    def written_by(self, run_id: int) -> list[str]:
        """Names here of the files that their run itself wrote: not of those it imported, which others may have, too."""
        return [self.names[name] for name, _, run in self._wanted if run == run_id and has_our_name(name)]

    def put_in_place(self) -> None:
        try:
            self._ours.mkdir(exist_ok=True)
            for name in self.copied:
                (self._staging / name).replace(self._ours / name)
            sync_folder(self._ours)
        except OSError as error:
            raise CannotWriteError(f"{self._ours} can't be written: {error.strerror or error}") from error


def digest_of(path: Path, size: int) -> str:
    """SHA-256 of the first *size* bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while size and (piece := file.read(min(STEP_BYTES, size))):
            digest.update(piece)
            size -= len(piece)
    return digest.hexdigest()


def copy(path: Path, there: Path, size: int) -> None:
    """The first *size* bytes of *path*: what a run that was cut short wrote behind them belongs to nothing."""
    with path.open("rb") as file, there.open("wb") as written:
        while size and (piece := file.read(min(STEP_BYTES, size))):
            written.write(piece)
            size -= len(piece)
        written.flush()
        os.fsync(written.fileno())
