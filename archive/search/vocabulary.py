"""The words an archive has, as its index of them tells without walking through the posts that have each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlite_utils import Database

from archive.schema import VOCABULARY_TABLE


def words_beginning(db: Database, prefix: str, most: int) -> tuple[str, ...] | None:
    """The archive's words that begin with *prefix*, which is in lower case without accents; None: more than *most*."""
    found = tuple(islice(_iter_words(db, prefix), most + 1))
    return found if len(found) <= most else None


def _iter_words(db: Database, prefix: str) -> Iterator[str]:
    """Each is one leap in the index, however many posts have it."""
    sql = f"select term from {VOCABULARY_TABLE} where term >= ? limit 1"
    term = prefix
    while (row := db.execute(sql, [term]).fetchone()) and row[0].startswith(prefix):
        yield row[0]
        # A space sorts before all that words are made of; behind `>` each post with the word would be passed.
        term = f"{row[0]} "
