"""Did you mean."""
from __future__ import annotations
from sqlite_utils import Database
from archive.query import Query
from archive.search.passages import Unit
from archive.search.results import Suggestion
def suggest(db: Database, query: Query, units: tuple[Unit, ...]) -> tuple[Suggestion, ...]:
    return ()
