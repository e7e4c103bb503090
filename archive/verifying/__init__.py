"""Is the archive what it was? Every record, every pointer, the database and its index, checked and named.

Nothing is written and nothing is mended. What is read streams: memory does not grow with the archive.
"""

from __future__ import annotations

import fcntl
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from archive.database import open_readonly
from archive.errors import ArchiveError, LockedError, NewerArchiveError, NoArchiveError
from archive.fixity import Advance, Finding, check_warcs, nobody
from archive.folder import ArchiveFolder
from archive.progress import Progress, silent
from archive.verifying.captures import RowWitnesses, check_sample, check_sizes, warc_files
from archive.verifying.database import check_counts, check_file, check_posts, check_search, check_structure
from archive.verifying.problems import render

__all__ = ["Finding", "Verification", "render"]

Step = Callable[[sqlite3.Connection], Iterator[Finding]]


class Verification:
    """One check of *folder*.

    *sample* limits the captures that are looked at: a count, or a share below 1. They are chosen anew each time, so
    that a nightly sample comes round to all of them. The database is always checked whole.
    """

    def __init__(
        self, folder: ArchiveFolder, *, sample: float | None = None, jobs: int = 1, progress: Progress = silent
    ) -> None:
        self._folder, self._sample, self._jobs, self._progress = folder, sample, jobs, progress
        self.checked: Counter[str] = Counter()
        """What was gone through so far: files, bytes, records (of WARC), captures, posts (rows)."""

    def problems(self) -> Iterator[Finding]:
        """What is not as it should be, as it is found.

        Raises NoArchiveError when there is nothing to check, LockedError while somebody writes, NewerArchiveError.
        """
        files = warc_files(self._folder.warc_path)
        if not files and not self._folder.db_path.exists():
            raise NoArchiveError(f"there is no archive in {self._folder.path}", hint="name another with --archive DIR")
        with nobody_writing(self._folder.lock_path):
            if self._sample is None:
                yield from self._whole(files)
            yield from self._database()

    def _whole(self, files: list[Path]) -> Iterator[Finding]:
        """Every record of *files*, and on the way the rows of the database that speak of it."""
        self.checked["files"] = len(files)
        self.checked["bytes"] = sum(path.stat().st_size for path in files)
        advance = self._counting("reading every record", self.checked["bytes"])
        with self._rows_to_compare() as rows:
            yield from check_warcs(files, jobs=self._jobs, witnesses=rows or nobody, advance=advance)
            if rows:
                yield from self._guarded("comparing rows with records", rows.rest)

    @contextmanager
    def _rows_to_compare(self) -> Iterator[RowWitnesses | None]:
        """None where the database can't be read; what is wrong with it is said when it is checked itself."""
        try:
            db = open_readonly(self._folder.db_path).conn
        except NewerArchiveError:
            raise
        except ArchiveError:
            yield None
            return
        with closing(db):
            yield RowWitnesses(db)

    def _database(self) -> Iterator[Finding]:
        path = self._folder.db_path
        if not path.is_file():
            what = "the database is missing; clipfile rebuild makes it anew from the captures"
            yield Finding(severity="error", check="database", what=what, file=path.name)
            return
        yield from self._guarded("comparing the database with its seal", lambda: check_file(path))
        try:
            db = open_readonly(path).conn
        except NewerArchiveError:
            raise
        except ArchiveError as error:
            yield Finding(severity="error", check="database", what=error.message, file=path.name)
            return
        with closing(db):
            yield from self._rows(db, path)
        # last, and after the others have closed: who opens for writing and closes last clears up behind SQLite
        yield from self._guarded("checking the full-text index", lambda: check_search(path))

    def _rows(self, db: sqlite3.Connection, path: Path) -> Iterator[Finding]:
        warc = self._folder.warc_path
        yield from self._guarded("checking the database's structure", lambda: check_structure(db, path))
        yield from self._guarded("comparing posts with their revisions", lambda: check_posts(db, path))
        yield from self._guarded("comparing the numbers of posts", lambda: check_counts(db, path))
        yield from self._guarded("comparing files with the database", lambda: check_sizes(db, warc))
        if self._sample is not None:
            yield from self._guarded("comparing rows with records", lambda: self._sampled(db, warc))
        yield from self._guarded("counting", lambda: self._count(db))

    def _sampled(self, db: sqlite3.Connection, warc: Path) -> Iterator[Finding]:
        ids = chosen(db, self._sample or 0)
        self.checked["sampled"] = len(ids)
        return check_sample(db, warc, ids, self._counting("reading a sample of records", len(ids)))

    def _counting(self, step: str, total: int) -> Advance:
        done = 0

        def advance(more: int, records: int) -> None:
            nonlocal done
            done += more
            self.checked["records"] += records
            self._progress(step, done, total)

        return advance

    def _count(self, db: sqlite3.Connection) -> Iterator[Finding]:
        for table in ("captures", "posts"):
            self.checked[table] = db.execute(f"select count(*) from {table}").fetchone()[0]
        return iter(())

    def _guarded(self, step: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
        """A check whose own trouble is a finding, too: the other checks go on."""
        self._progress(step, 0, 0)
        try:
            yield from check()
        except (sqlite3.DatabaseError, sqlite3.ProgrammingError, OSError) as error:
            what = f"{step}: {getattr(error, 'strerror', None) or error}"
            yield Finding(severity="error", check="database", what=what, file=self._folder.db_path.name)


def chosen(db: sqlite3.Connection, sample: float) -> list[int]:
    """Ids of *sample* captures (a count, or a share below 1) in the order of the files, so that disks need not jump."""
    ids = [row[0] for row in db.execute("select id from captures")]
    count = min(len(ids), max(1, round(len(ids) * sample)) if sample < 1 else int(sample))
    return sorted(random.sample(ids, count))


@contextmanager
def nobody_writing(lock_path: Path) -> Iterator[None]:
    """Holds writers off while the archive is read; on a medium that can't be written there is no lock, and no need."""
    try:
        lock = lock_path.open()
    except OSError:
        yield
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = lock.read().strip() or "another process"
            raise LockedError(f"{lock_path.parent} is being written by {holder}", hint="wait for it to end") from error
        yield
