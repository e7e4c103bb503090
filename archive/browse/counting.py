"""Counts over a whole archive, by outlet and by when articles first appeared.

Read from the table `counts`, which triggers keep: grouping a hundred thousand posts takes ten times as long.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, Literal

from sqlite_utils import Database

from archive.browse.rows import Row, rows

Unit = Literal["year", "month"]
LETTERS: Final[dict[Unit, int]] = {"year": len("YYYY"), "month": len("YYYY-MM")}

OUTLETS_SQL: Final = """
select name, posts from counts where subject = 'outlet' order by posts desc, name
"""
_IN_PERIODS: Final = """
period between :first and :last || '~' and length(period) >= :letters
"""
BY_OUTLET_SQL: Final = f"""
select substr(period, 1, :letters) as unit, name, sum(posts)
from counts
where subject = 'outlet-month' and name in (select value from json_each(:outlets)) and {_IN_PERIODS}
group by name, unit
"""
ALL_SQL: Final = f"""
select substr(period, 1, :letters) as unit, sum(posts)
from counts where subject = 'month' and name = '' and {_IN_PERIODS}
group by unit
"""


def count_outlets(db: Database) -> list[Row]:
    """`name` and `posts` of each outlet, those with most posts first."""
    return rows(db, OUTLETS_SQL)


def count_by_outlet(db: Database, outlets: Sequence[str], years: range, unit: Unit) -> list[tuple[str, str, int]]:
    """(`YYYY` or `YYYY-MM`, outlet, articles), where there are any."""
    asked = {"outlets": json.dumps(list(outlets)), **_asked(years, unit)}
    return list(db.execute(BY_OUTLET_SQL, asked))


def count_all(db: Database, years: range, unit: Unit) -> dict[str, int]:
    """`YYYY` or `YYYY-MM` → articles, where there are any."""
    return dict(db.execute(ALL_SQL, _asked(years, unit)).fetchall())


def _asked(years: range, unit: Unit) -> dict[str, str | int]:
    """An article whose year alone is known has no part in a month."""
    first, last = (f"{years[0]:04d}", f"{years[-1]:04d}") if years else ("1", "0")
    return {"first": first, "last": last, "letters": LETTERS[unit]}


def span_of_years(db: Database, most: int) -> range:
    """The years from the first to the last with an article, the latest *most* of them; empty when no day is known.

    A misread year of long ago must not press all others into a corner.
    """
    ends = (f"select {end}(original_on) from posts where original_on > '1'" for end in ("min", "max"))
    first, last = db.execute("select ({}), ({})".format(*ends)).fetchone()
    return range(max(int(first[:4]), int(last[:4]) - most + 1), int(last[:4]) + 1) if first else range(0)
