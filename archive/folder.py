"""An archive as a directory: `archive.db`, `warc/`, `clipfile.toml`, and the lock that keeps two writers apart."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from sqlite_utils import Database

from archive.database import check_folder_can_be_written, open_readonly
from archive.errors import LockedError
from archive.outlets import use_outlets
from archive.progress import Progress, silent
from archive.schema import migrations
from archive.settings import Settings, load_settings

if TYPE_CHECKING:
    from archive.store import Store

DEFAULT_FOLDER: Final = Path("data")

_RESERVED: Final[dict[Path, TextIO]] = {}
"""Locks that this process holds and nobody in it uses at present, by the archive's folder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveFolder:
    """Where an archive lives. Making one of these touches nothing."""

    path: Path

    @property
    def db_path(self) -> Path:
        return self.path / "archive.db"

    @property
    def warc_path(self) -> Path:
        return self.path / "warc"

    @property
    def lock_path(self) -> Path:
        return self.path / "writer.lock"

    @property
    def outlets_path(self) -> Path:
        """The user's own outlets, laid over ours; need not be there."""
        return self.path / "outlets.toml"

    def settings(self) -> Settings:
        """What `clipfile.toml` says; errors as `archive.settings.load_settings`."""
        return load_settings(self.path / "clipfile.toml")

    def contact(self) -> str:
        """How a site's owner reaches whoever crawls; '' when none is given."""
        return self.settings().contact

    def open_readonly(self) -> Database:
        """For reading; NotAnArchiveError when nothing was crawled here yet. Its own outlets count from now on.

        An archive that an older Clipfile wrote is brought forward first, which needs a folder that can be written.
        """
        db = open_readonly(self.db_path)
        if migrations.pending(db):
            db.close()
            with self.writing("bringing the archive forward"):
                pass
            db = open_readonly(self.db_path)
        use_outlets(self.outlets_path)
        return db

    @contextmanager
    def writing(self, purpose: str, progress: Progress = silent) -> Iterator[Store]:
        """The archive's store, with the lock held; both are let go at the end. Its own outlets count from now on.

        *progress* is told how far the work is that closing the store takes.

        Raises LockedError at once when another process writes; errors of the file as `archive.database.open_database`.
        """
        from archive.store import Store  # half the time a search takes to start, and only who writes needs it

        use_outlets(self.outlets_path)
        check_folder_can_be_written(self.path)
        with self._locked(purpose):
            store = Store.open(self.db_path)
            try:
                yield store
            finally:
                store.close(progress)

    @contextmanager
    def reserved(self, purpose: str) -> Iterator[None]:
        """Hold the lock until the end, for a program that takes long to get ready: `writing` then uses it.

        Raises LockedError at once when another process writes.
        """
        check_folder_can_be_written(self.path)
        key = self.path.resolve()
        with self._locked(purpose) as lock:
            _RESERVED[key] = lock
            try:
                yield
            finally:
                _RESERVED.pop(key, None)

    @contextmanager
    def _locked(self, purpose: str) -> Iterator[TextIO]:
        """An advisory lock of the kernel: it dies with its holder, so a killed run never leaves one behind."""
        if reserved := _RESERVED.pop(self.path.resolve(), None):  # of two writers in one process, one is refused
            try:
                yield reserved
            finally:
                _RESERVED[self.path.resolve()] = reserved
            return
        with self.lock_path.open("a+") as lock:
            self._take(lock)
            lock.truncate(0)
            lock.write(f"{purpose} (process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC)\n")
            lock.flush()
            try:
                yield lock
            finally:
                lock.truncate(0)  # else the next holder would for a moment be taken for this one

    def _take(self, lock: TextIO) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = _holder(lock) or "another process"
            raise LockedError(f"{self.path} is being written by {holder}", hint="wait for it to end") from error


def _holder(lock: TextIO) -> str:
    """What the lock's holder says of itself; it may have taken the lock this very moment and say so in the next."""
    for _ in range(10):
        lock.seek(0)
        if words := lock.read().strip():
            return words
        time.sleep(0.05)
    return ""
