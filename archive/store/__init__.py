"""The only writer of an archive: runs and captures (custody), the frontier, posts with their readings, corrections.

One `Store` holds one connection. Callers group what belongs together in `with store.atomic():`; nothing here commits.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.database import open_database
from archive.store.corrections import Corrections
from archive.store.custody import Custody
from archive.store.frontier import Frontier
from archive.store.posts import Posts, SavedPost

__all__ = ["Corrections", "Custody", "Frontier", "Posts", "SavedPost", "Store"]


class Store:
    """An archive's database, open for writing."""

    def __init__(self, db: Database) -> None:
        self.db = db
        connection: sqlite3.Connection = db.conn
        self.custody = Custody(connection)
        self.frontier = Frontier(connection)
        self.posts = Posts(connection)
        self.corrections = Corrections(connection, self.posts.apply_reading)

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open or create the database at *path*; errors as `archive.database.open_database`."""
        return cls(open_database(path))

    def atomic(self) -> AbstractContextManager[Any]:
        """One transaction; an exception inside undoes all of it."""
        block: AbstractContextManager[Any] = self.db.atomic()
        return block

    def close(self) -> None:
        """Fold the write-ahead log back into the file and close."""
        self.db.execute("pragma optimize")
        self.db.execute("pragma wal_checkpoint(truncate)")
        self.db.close()
