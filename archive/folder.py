"""An archive as a directory: `archive.db`, `warc/`, `clipfile.toml`, and the lock that keeps two writers apart."""

from __future__ import annotations

import fcntl
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.database import check_folder_can_be_written, open_readonly
from archive.errors import LockedError, UsageError
from archive.store import Store

DEFAULT_FOLDER: Final = Path("data")


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

    def contact(self) -> str:
        """How a site's owner reaches whoever crawls: `contact` in clipfile.toml; '' when none is given."""
        path = self.path / "clipfile.toml"
        try:
            settings = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        except (OSError, ValueError) as error:
            raise UsageError(f"{path} can't be read: {error}") from error
        return str(settings.get("contact", ""))

    def open_readonly(self) -> Database:
        """For reading; NotAnArchiveError when nothing was crawled here yet."""
        return open_readonly(self.db_path)

    @contextmanager
    def writing(self, purpose: str) -> Iterator[Store]:
        """The archive's store, with the lock held; both are let go at the end, whatever happens.

        Raises LockedError at once when another process writes; errors of the file as `archive.database.open_database`.
        """
        check_folder_can_be_written(self.path)
        with self._locked(purpose):
            store = Store.open(self.db_path)
            try:
                yield store
            finally:
                store.close()

    @contextmanager
    def _locked(self, purpose: str) -> Iterator[None]:
        """An advisory lock of the kernel: it dies with its holder, so a killed run never leaves one behind."""
        with self.lock_path.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                holder = lock.read().strip() or "another process"
                raise LockedError(f"{self.path} is being written by {holder}", hint="wait for it to end") from error
            lock.truncate(0)
            lock.write(f"{purpose} (process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC)\n")
            lock.flush()
            yield
