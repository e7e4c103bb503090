"""Counts over a whole archive, by outlet and by when articles first appeared.

What is counted are stretches of an index: grouping a hundred thousand rows takes ten times as long.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from sqlite_utils import Database

from archive.browse.rows import Row, rows

OUTLETS_SQL: Final = """
select outlet as name, count(*) as posts
from posts where outlet is not null group by outlet order by posts desc, outlet
"""
BY_OUTLET_SQL: Final = """
select period.value, outlet.value, (
    select count(*) from posts
    where posts.outlet = outlet.value and original_on between period.value and period.value || '~'
)
from json_each(:outlets) as outlet, json_each(:periods) as period
"""
ALL_SQL: Final = """
select period.value, (select count(*) from posts where original_on between period.value and period.value || '~')
from json_each(:periods) as period
"""


def count_outlets(db: Database) -> list[Row]:
    """`name` and `posts` of each outlet, those with most posts first."""
    return rows(db, OUTLETS_SQL)


def count_by_outlet(db: Database, outlets: Sequence[str], periods: Sequence[str]) -> list[tuple[str, str, int]]:
    """(period, outlet, articles), where there are any; periods are `YYYY` or `YYYY-MM`."""
    asked = {"outlets": json.dumps(list(outlets)), "periods": json.dumps(list(periods))}
    return [found for found in db.execute(BY_OUTLET_SQL, asked) if found[2]]


def count_all(db: Database, periods: Sequence[str]) -> dict[str, int]:
    """Period → articles."""
    return dict(db.execute(ALL_SQL, {"periods": json.dumps(list(periods))}).fetchall())


def span_of_years(db: Database, most: int) -> range:
    """The years from the first to the last with an article, the latest *most* of them; empty when no day is known.

    A misread year of long ago must not press all others into a corner.
    """
    ends = (f"select {end}(original_on) from posts where original_on > '1'" for end in ("min", "max"))
    first, last = db.execute("select ({}), ({})".format(*ends)).fetchone()
    return range(max(int(first[:4]), int(last[:4]) - most + 1), int(last[:4]) + 1) if first else range(0)
