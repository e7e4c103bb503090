"""The steps by which an archive of any age comes to the schema of today.

Migrations are only ever appended: an archive written years ago is brought forward step by step, and one that carries a
migration unknown here was written by a newer Clipfile and is refused (`database.open_database`).
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive.schema.counts import COUNTS
from archive.schema.desk import LIKENESSES, WATCHES, WITHHOLDINGS
from archive.schema.first import SEARCH, TABLES, VIEWS
from archive.schema.later import (
    DECISIONS,
    NUMBERED_SIGHTINGS,
    PRINTED_OUTLETS,
    QUIET_RUNS,
    RANKED_CLIPPINGS,
    WORD_BEGINNINGS,
)
from archive.schema.review import LOOKING_OVER

migrations = Migrations("clipfile")


def _run(db: Database, script: str) -> None:
    for statement in statements(script):
        db.execute(statement)


@migrations()  # type: ignore[untyped-decorator]  # sqlite-utils is not followed
def m001_first_schema(db: Database) -> None:
    """Tables, full-text search and the two views other programs read."""
    for script in (TABLES, SEARCH, VIEWS):
        _run(db, script)


@migrations()  # type: ignore[untyped-decorator]
def m002_likenesses(db: Database) -> None:
    """Which posts carry the same article."""
    _run(db, LIKENESSES)


@migrations()  # type: ignore[untyped-decorator]
def m002_withholdings(db: Database) -> None:
    """What is kept from the public, and why."""
    _run(db, WITHHOLDINGS)


@migrations()  # type: ignore[untyped-decorator]
def m002_watches(db: Database) -> None:
    """Saved searches, and what they found so far."""
    _run(db, WATCHES)


@migrations()  # type: ignore[untyped-decorator]  # sqlite-utils is not followed
def m002_decisions(db: Database) -> None:
    """What people decided about whole runs."""
    _run(db, DECISIONS)


@migrations()  # type: ignore[untyped-decorator]
def m002_quiet_runs(db: Database) -> None:
    """What a run over an unchanged blog looks up, without reading every post's rows for it."""
    _run(db, QUIET_RUNS)


@migrations()  # type: ignore[untyped-decorator]
def m002_looking_over(db: Database) -> None:
    _run(db, LOOKING_OVER)


@migrations()  # type: ignore[untyped-decorator]
def m003_numbered_sightings(db: Database) -> None:
    """By which number REST shows a post, so that one it no longer has is found without asking for all."""
    db.execute(NUMBERED_SIGHTINGS)


@migrations()  # type: ignore[untyped-decorator]
def m004_titled_sightings(db: Database) -> None:
    """By which words a listing showed a post, so that other words are noticed however cards cut and add to them."""
    db.execute("alter table sightings add column title text")


@migrations()  # type: ignore[untyped-decorator]
def m005_ranked_clippings(db: Database) -> None:
    """Clippings by how well they answer words, for whoever asks with SQL or in Datasette's tables."""
    _run(db, RANKED_CLIPPINGS)


@migrations()  # type: ignore[untyped-decorator]
def m006_sources_so_far(db: Database) -> None:
    """What a run found of the blog's sources before it was cut short: the next one goes on with it."""
    db.execute("alter table runs add column sources text")


@migrations()  # type: ignore[untyped-decorator]
def m007_notices_by_address(db: Database) -> None:
    """Which addresses were told already, where another could not be: nobody is told twice."""
    db.execute("alter table notices add column sent_to text not null default '[]'")


@migrations()  # type: ignore[untyped-decorator]
def m008_word_beginnings(db: Database) -> None:
    """Searches for words by their first letters, in a small part of the time."""
    _run(db, WORD_BEGINNINGS)


@migrations()  # type: ignore[untyped-decorator]
def m009_counts(db: Database) -> None:
    """Numbers of posts by outlet, month and author, for pages that would count a whole archive anew."""
    _run(db, COUNTS)


@migrations()  # type: ignore[untyped-decorator]
def m010_printed_outlets(db: Database) -> None:
    """Which posts print another name than their outlet's, for searches by it."""
    _run(db, PRINTED_OUTLETS)


def statements(script: str) -> list[str]:
    """Split a script at the semicolons that end statements, leaving those inside trigger bodies alone.

    `executescript` would do, but it commits first: a migration cut short would then stay half applied.
    """
    found, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        closes = line.rstrip().endswith(";")
        inside_trigger = "create trigger" in current and line.rstrip() != "end;"
        if closes and not inside_trigger:
            found.append(current.strip())
            current = ""
    return found
