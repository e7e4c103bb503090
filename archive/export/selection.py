"""The clippings an export takes away: what a query finds, all of it, one row at a time in the order of their ids."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlite_utils import Database

from archive.clippings import LISTS
from archive.query import parse, terms
from archive.search.candidates import Answers
from archive.search.passages import units_of
from archive.search.plan import plan

Row = dict[str, Any]

COLUMNS: Final = (
    "id",
    "uid",
    "site",
    "url",
    "title",
    "kind",
    "outlet",
    "outlet_printed",
    "authors",
    "original_on",
    "original_url",
    "image_credit",
    "posted_on",
    "modified_at",
    "site_author",
    "categories",
    "tags",
    "language",
    "words",
    "text",
    "confidence",
    "first_seen_at",
    "last_seen_at",
    "changed_at",
    "gone_at",
    "revisions",
)
"""The columns of `clippings`, as every export names them."""


def _stored(column: str) -> str:
    """What `json_object` takes for a column: a list is stored as JSON, and is to be a list in it, not a string."""
    return f"json(clippings.{column})" if column in LISTS else f"clippings.{column}"


_ROW: Final = ", ".join(f"clippings.{name}" for name in COLUMNS)
_LINE: Final = "json_object(" + ", ".join(f"'{name}', {_stored(name)}" for name in COLUMNS) + ")"

_RECORDS: Final = f"""
    select
        {_ROW},
        captures.captured_at,
        sites.title as site_title,
        outlets.kind as outlet_kind
    from clippings
    join posts on posts.id = clippings.id
    join sites on sites.id = posts.site_id
    left join outlets on outlets.id = posts.outlet_id
    left join captures on captures.id = posts.capture_id
"""


EVERY_ID: Final = "select id from posts"


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What a query finds in one database; nothing is read before it is asked for."""

    db: Database
    ids: str
    """Subquery that gives the ids."""
    values: dict[str, Any]
    notes: tuple[str, ...]
    """What was read otherwise than written."""

    def count(self) -> int:
        return int(self.db.execute(f"select count(*) from ({self.ids})", self.values).fetchone()[0])

    def iter_ids(self) -> Iterator[int]:
        for (id,) in self.db.execute(f"select * from ({self.ids}) order by 1", self.values):
            yield id

    def iter_records(self) -> Iterator[Row]:
        """Each clipping with `captured_at`, `site_title` and `outlet_kind`; lists are lists."""
        sql = f"{_RECORDS} where {self._condition} order by clippings.id"
        return map(_with_lists, self.db.query(sql, self.values))

    def iter_rows(self) -> Iterator[tuple[Any, ...]]:
        """The values of COLUMNS as they are stored: lists are JSON."""
        return self._each(_ROW)

    def iter_lines(self) -> Iterator[str]:
        """Each clipping as a JSON object, put together by SQLite, which takes half the time Python does."""
        for (line,) in self._each(_LINE):
            yield line

    def _each(self, wanted: str) -> Iterator[tuple[Any, ...]]:
        sql = f"select {wanted} from clippings where {self._condition} order by clippings.id"
        return iter(self.db.execute(sql, self.values))

    @property
    def _condition(self) -> str:
        """SQLite would gather the ids of all posts before it reads the first."""
        return "true" if self.ids == EVERY_ID else f"clippings.id in ({self.ids})"


def select(db: Database, query: str = "", *, public: bool = False) -> Selection:
    """What *query* finds; everything when it asks for nothing. Any string is a query.

    *public* leaves out what is withheld from the public.
    """
    read = parse(query)
    planned = plan(db, read, public=public)
    if planned.is_everything:
        return Selection(db=db, ids=EVERY_ID, values={}, notes=planned.notes)
    ids, values = Answers(db=db, plan=planned, units=units_of(terms(read.tree))).ids()
    return Selection(db=db, ids=ids, values=values, notes=planned.notes)


def get_record(db: Database, post_id: int) -> Row:
    """The one clipping of that id, as `Selection.iter_records` gives it."""
    return _with_lists(next(db.query(f"{_RECORDS} where clippings.id = ?", [post_id])))


def _with_lists(row: Row) -> Row:
    return {**row, **{name: json.loads(text) if (text := row[name]) != "[]" else [] for name in LISTS}}
