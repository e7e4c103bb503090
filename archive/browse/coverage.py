"""The map of coverage: outlets down, years across, how many articles of each."""

from __future__ import annotations

from collections import Counter
from typing import Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.rows import rows

OUTLETS_SHOWN: Final = 60
SHADES: Final = 5
LEAST_DARKEST: Final = 8
"""A handful of articles is never shown as the darkest of shades."""

COUNTS_SQL: Final = """
select outlet, min(substr(original_on, 1, 4)) as year, count(*) as posts
from posts indexed by posts_by_outlet
where outlet is not null and original_on is not null
group by outlet, substr(original_on, 1, 4)
"""


def coverage_page(ask: Ask, db: Database) -> Answer:
    counts = {(each["outlet"], each["year"]): each["posts"] for each in rows(db, COUNTS_SQL)}
    totals: Counter[str] = Counter()
    for (outlet, _), posts in counts.items():
        totals[outlet] += posts
    seen = sorted({int(year) for _, year in counts if year.isdecimal()})
    years = [str(year) for year in range(seen[0], seen[-1] + 1)] if seen else []
    highest = max(LEAST_DARKEST, *counts.values()) if counts else LEAST_DARKEST
    outlets = sorted(totals, key=lambda name: (-totals[name], name))
    numbers = dict(db.execute("select name, id from outlets").fetchall())
    lines = [
        (
            name,
            numbers.get(name),
            totals[name],
            [(year, n := counts.get((name, year), 0), shade(n, highest)) for year in years],
        )
        for name in outlets[:OUTLETS_SHOWN]
    ]
    return ask.page("coverage.html", section="coverage", years=years, lines=lines, left_out=len(outlets) - len(lines))


def shade(count: int, highest: int) -> int:
    """0 for none, then 1 to SHADES by the square root, so that single articles can still be told from none.

    >>> [shade(count, 100) for count in (0, 1, 5, 30, 100)]
    [0, 1, 2, 3, 5]
    """
    return min(SHADES, 1 + int((SHADES - 1) * (count / highest) ** 0.5 + 0.5)) if count else 0
