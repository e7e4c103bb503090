"""Which records of the WARC files belong to what is exported: to a run, or to posts and the files their pages need.

What is wanted is noted on disk, so that memory grows neither with the archive nor with the selection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.holdings import POINTER
from archive.kept_files import MOST_IMPORTS, KeptFiles, Row
from archive.requisites import Requisite

_PAGES: Final = """
    select capture_id from posts where id = :id
    union select capture_id from revisions where post_id = :id
    union select capture_id from held where post_id = :id
"""
_OWN: Final = f"""
    {_PAGES}
    union select captures.id from captures where url in (
        select url from posts where id = :id union select url from post_urls where post_id = :id
    )
    union select captures.id from posts join captures
    on captures.url > posts.url and captures.url < posts.url || '~' and captures.role = 'post-part'
    where posts.id = :id
"""
"""Of a post: each state of its page and each look at it, and its further pages."""
_CAPTURES: Final = f"""
    {_OWN}
    union select capture_id from absences where post_id = :id
"""
"""The same, and what told that it is missing, which may be a list of other posts."""


class Belongings:
    """Places of the records that are wanted. Close it, and nothing of it is left."""

    def __init__(self, db: Database, warc_folder: Path) -> None:
        self._db, self._files = db, KeptFiles(db, warc_folder)
        self._notes = sqlite3.connect("")
        self._notes.execute("create table places (file text, offset integer, primary key (file, offset)) without rowid")
        self._notes.execute("create table looked_at (url text primary key) without rowid")

    def close(self) -> None:
        self._notes.close()

    def files(self) -> list[str]:
        return [name for (name,) in self._notes.execute("select distinct file from places order by 1")]

    def offsets(self, file: str) -> Iterator[int]:
        """Of the wanted answers in one WARC file, in order."""
        for (offset,) in self._notes.execute("select offset from places where file = ? order by 1", [file]):
            yield offset

    def add_run(self, run_id: int) -> None:
        """Everything a run captured, and what its revisits point to."""
        for row in self._db.query(f"select {POINTER} where captures.run_id = ?", [run_id]):
            self._note(row)

    def add_post(self, post_id: int, run_id: int | None = None, *, alone: bool = False) -> None:
        """A post's captures, of one run or of all, and those of the files that its pages need.

        *alone* leaves out what tells of other posts, too.
        """
        wanted = _OWN if alone else _CAPTURES
        sql = f"select {POINTER} where captures.id in ({wanted}) and (:run is null or captures.run_id = :run)"
        for row in self._db.query(sql, {"id": post_id, "run": run_id}):
            self._note(row)
        for row in self._db.query(f"select {POINTER} where captures.id in ({_PAGES})", {"id": post_id}):
            self._add_files(self._files.named_by(row, is_page=True))
        images = self._db.query("select url, candidates from images where post_id = ?", [post_id])
        self._add_files(Requisite(row["url"], "image") for row in images)

    def _note(self, row: Row) -> None:
        """A record, and the one that has its payload."""
        places = [(row["warc_file"], row["warc_offset"]), (row["original_file"], row["original_offset"])]
        self._notes.executemany("insert or ignore into places values (?, ?)", [place for place in places if place[0]])

    def _add_files(self, found: Iterable[Requisite], imports: int = 0) -> None:
        for each in found:
            if not self._is_new(each.url):
                continue
            for row in self._files.chain(each.url):
                self._note(row)
                if each.role == "stylesheet" and row["status"] == 200 and imports < MOST_IMPORTS:
                    self._add_files(self._files.named_by(row, is_page=False), imports + 1)

    def _is_new(self, url: str) -> bool:
        return self._notes.execute("insert or ignore into looked_at values (?)", [url]).rowcount > 0
