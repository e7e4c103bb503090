"""The store itself: one connection, and what writes through it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from archive.database import open_database
from archive.seal import Digests, break_seal, seal, unwritten
from archive.store.concluding import Concluding
from archive.store.corrections import Corrections, Exported, save_lines
from archive.store.custody import Custody
from archive.store.decisions import Decisions
from archive.store.edits import Edits
from archive.store.frontier import Frontier
from archive.store.joins import Joins
from archive.store.likenesses import Likenesses
from archive.store.notices import Notices
from archive.store.posts import Posts
from archive.store.timeline import Timeline
from archive.store.watches import Watches
from archive.store.withholdings import Withholdings

CORRECTIONS_FILE: Final = "corrections.jsonl"
DECISIONS_FILE: Final = "decisions.jsonl"
"""Beside the database: what no capture can bring back."""


class Store:
    """An archive's database, open for writing."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.path: Path | None = None
        """Where it lies; None when it was not opened by `open`."""
        self._sealed: Digests | None = None
        connection: sqlite3.Connection = db.conn
        self.custody = Custody(connection)
        self.frontier = Frontier(connection)
        self.posts = Posts(connection)
        self.timeline = Timeline(connection, self.posts)
        self.notices = Notices(connection)
        self.decisions = Decisions(connection)
        self.concluding = Concluding(connection, self.posts.held, Edits(connection), self.posts.save_waiting)
        self.likenesses = Likenesses(connection)
        self.joins = Joins(connection, self.posts.apply_reading)
        self.watches = Watches(connection)
        self.withholdings = Withholdings(connection)
        beside: dict[str, Exported] = {"join": self.joins, "withhold": self.withholdings, "watch": self.watches}
        self.corrections = Corrections(connection, self.posts.apply_reading, beside)

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open or create the database at *path*; errors as `archive.database.open_database`."""
        store = cls(open_database(path))
        store._sealed = break_seal(path)
        store.path = path
        return store

    def atomic(self) -> AbstractContextManager[Any]:
        """One transaction; an exception inside undoes all of it."""
        block: AbstractContextManager[Any] = self.db.atomic()
        return block

    def close(self, progress: Callable[[str, int, int], None] = lambda step, done, total: None) -> None:
        """Compare what came in, fold the write-ahead log back into the file, close, seal; save the files beside it."""
        try:
            stale = self.likenesses.count_stale()
            self.likenesses.compare_stale(lambda done: progress("comparing articles", done, stale))
            beside = {CORRECTIONS_FILE: self.corrections.export(), DECISIONS_FILE: self.decisions.export()}
            self.db.execute("pragma optimize")
            unwritten_yet = unwritten(self.path, self._sealed) if self.path else None
            is_busy = self._fold_back()
        finally:
            self.db.close()
        if self.path is None:
            return
        if not is_busy:  # else a reader holds some pages back, and they will still be written
            seal(self.path, unwritten_yet)
        for name, lines in beside.items():
            save_lines(lines, self.path.with_name(name))

    def _fold_back(self) -> bool:
        """Whether some of the write-ahead log had to be left: a reader needs it, or a statement broke off in it."""
        try:
            return bool(self.db.execute("pragma wal_checkpoint(truncate)").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_LOCKED:
                raise
            return True
