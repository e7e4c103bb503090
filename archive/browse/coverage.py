"""The map of coverage: outlets down, years across, how many articles of each."""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.counting import count_by_outlet, count_outlets, span_of_years

OUTLETS_SHOWN: Final = 60
SHADES: Final = 5
LEAST_DARKEST: Final = 8
"""A handful of articles is never shown as the darkest of shades."""

YEARS_SHOWN: Final = 40


def coverage_page(ask: Ask, db: Database) -> Answer:
    outlets = [each["name"] for each in count_outlets(db)]
    span = span_of_years(db, YEARS_SHOWN)
    counts = {(outlet, year): n for year, outlet, n in count_by_outlet(db, outlets[:OUTLETS_SHOWN], span, "year")}
    years = [str(year) for year in span]
    highest = max([LEAST_DARKEST, *counts.values()])
    numbers = dict(db.execute("select name, id from outlets").fetchall())
    lines = []
    for name in outlets[:OUTLETS_SHOWN]:
        found = [counts.get((name, year), 0) for year in years]
        if any(found):
            cells = [(year, n, shade(n, highest)) for year, n in zip(years, found, strict=True)]
            lines.append((name, numbers.get(name), sum(found), cells))
    lines.sort(key=lambda line: -line[2])
    left_out = max(0, len(outlets) - OUTLETS_SHOWN)
    return ask.page("coverage.html", section="coverage", years=years, lines=lines, left_out=left_out)


def shade(count: int, highest: int) -> int:
    """0 for none, then 1 to SHADES by the square root, so that single articles can still be told from none.

    >>> [shade(count, 100) for count in (0, 1, 5, 30, 100)]
    [0, 1, 2, 3, 5]
    """
    return min(SHADES, 1 + int((SHADES - 1) * (count / highest) ** 0.5 + 0.5)) if count else 0
