"""Opening an archive: what is refused, in which words, and that nothing is changed then."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.database import open_database, open_readonly
from archive.errors import (
    ArchiveError,
    CannotWriteError,
    DamagedArchiveError,
    LockedError,
    NewerArchiveError,
    NotAnArchiveError,
)
from archive.folder import ArchiveFolder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def from_the_future(path: Path) -> None:
    db = open_database(path)
    sql = "insert into _sqlite_migrations (migration_set, name, applied_at) values ('clipfile', 'm999_tomorrow', '')"
    db.execute(sql)
    db.close()


def a_text_file(path: Path) -> None:
    path.write_text("Minutes of the harbor committee, 4 May.\n" * 50)


def another_database(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("create table recipes (name text)")
    db.close()


def a_torn_file(path: Path) -> None:
    open_database(path).close()
    data = bytearray(path.read_bytes())
    data[4096:12288] = b"\x5a" * 8192
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        pytest.param(from_the_future, NewerArchiveError, "newer Clipfile", id="newer schema"),
        pytest.param(a_text_file, NotAnArchiveError, "not a database", id="text file"),
        pytest.param(another_database, NotAnArchiveError, "not a Clipfile archive", id="another database"),
        pytest.param(a_torn_file, DamagedArchiveError, "can't be read", id="torn file"),
    ],
)
def test_what_is_no_archive_of_ours_is_refused_and_left_as_it_is(tmp_path, make, error, words) -> None:
    path = tmp_path / "archive.db"
    make(path)
    before = digest(path)
    for opener in (open_database, open_readonly):
        with pytest.raises(error, match=words):
            opener(path).execute("select count(*) from posts")
    assert digest(path) == before


def test_a_folder_that_cannot_be_written_is_named_before_anything_is_fetched(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(CannotWriteError, match="blocked"):
        open_database(blocked / "data" / "archive.db")


def test_an_archive_that_was_never_begun_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="clipfile crawl"):
        ArchiveFolder(path=tmp_path / "nowhere").open_readonly()


def test_a_second_writer_is_told_who_holds_the_archive(folder: ArchiveFolder) -> None:
    with folder.writing("a crawl of blog"):
        attempt = (
            "import sys; from pathlib import Path; from archive.folder import ArchiveFolder\n"
            "with ArchiveFolder(path=Path(sys.argv[1])).writing('another'): pass"
        )
        command = [sys.executable, "-c", attempt, str(folder.path)]
        second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert LockedError.__name__ in second.stderr
    assert "a crawl of blog (process" in second.stderr


def test_the_lock_is_free_again_when_its_holder_was_killed(folder: ArchiveFolder) -> None:
    hold = (
        "import os, signal, sys; from pathlib import Path; from archive.folder import ArchiveFolder\n"
        "with ArchiveFolder(path=Path(sys.argv[1])).writing('doomed'): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", hold, str(folder.path)], check=False)
    with folder.writing("the next one") as store:
        assert store.db.table_names()


FIRST_STATEMENTS = range(18, 36)
"""Those that begin the list of migrations, and the first migration's first."""


def test_a_new_database_cut_short_between_its_first_statements_is_finished_by_the_next(tmp_path: Path) -> None:
    """Each migration is one transaction; but what comes before the first?"""
    whole = tmp_path / "whole.db"
    open_database(whole).close()
    for number in FIRST_STATEMENTS:
        path = tmp_path / f"cut-{number}.db"
        if not (child := os.fork()):
            end_at_statement(number, path)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        open_database(path).close()
        assert schema(path) == schema(whole), f"cut short at statement {number}"


def end_at_statement(number: int, path: Path) -> None:
    """As a kill would: nothing is rolled back or closed by this process."""
    seen = iter(range(number))
    connect = sqlite3.connect

    def watched(*given: Any, **named: Any) -> sqlite3.Connection:
        connection = connect(*given, **named)
        connection.set_trace_callback(lambda _: os._exit(9) if next(seen, None) is None else None)
        return connection

    sqlite3.connect = watched  # type: ignore[assignment]  # in this process, which ends here
    open_database(path)
    os._exit(0)


def schema(path: Path) -> list[tuple[str, str]]:
    db = sqlite3.connect(path)
    found = db.execute("select name, sql from sqlite_master where sql is not null order by 1").fetchall()
    db.close()
    return found
