"""The first page: what this archive is, what came when and from where, what is new, and how the last run went."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.charts import REST, SERIES_SHOWN, Chart, by_month, outlet_series, stacked
from archive.browse.clips import COLUMNS, as_clips
from archive.browse.counting import count_all, count_by_outlet, count_outlets, span_of_years
from archive.browse.instance import Place
from archive.browse.rows import Row, number, row, rows

LATEST_SHOWN: Final = 8
TOP_SHOWN: Final = 10

YEARS_SHOWN: Final = 60

AUTHORS_SQL: Final = f"""
select authors.id, authors.name, counts.posts
from counts join authors on authors.id = cast(counts.name as integer)
where counts.subject = 'author'
order by counts.posts desc, authors.name limit {TOP_SHOWN}
"""

LATEST_SQL: Final = f"""
select {COLUMNS}
from posts
where posted_on is not null and id not in (select post_id from withheld)
order by posted_on desc, id desc
limit {LATEST_SHOWN}
"""


def home_page(ask: Ask, db: Database) -> Answer:
    return ask.page("home.html", section="home", **counted_overview(ask.place, db), latest=latest(db), run=last_run(db))


def latest(db: Database) -> list[Row]:
    return as_clips(rows(db, LATEST_SQL))


def last_run(db: Database) -> Row | None:
    return row(db, "select * from runs_report order by id desc limit 1")


def counted_overview(place: Place, db: Database) -> dict[str, Any]:
    """What counts over the whole archive."""
    counts = count_outlets(db)
    outlets = numbered(db, counts[:TOP_SHOWN])
    years = span_of_years(db, YEARS_SHOWN)
    return {
        "sites": rows(db, "select name, coalesce(title, name) as title, url from sites order by id"),
        "posts": number(db, "select count(*) from posts"),
        "outlet_count": len(counts),
        "reposts": sum(each["posts"] for each in counts),
        "first_year": years[0] if years else None,
        "last_year": years[-1] if years else None,
        "timeline": timeline(place, months_of(db, [each["name"] for each in outlets[:SERIES_SHOWN]], years)),
        "outlets": outlets,
        "authors": rows(db, AUTHORS_SQL),
    }


def numbered(db: Database, counts: Sequence[Row]) -> list[Row]:
    """*counts* of outlets with the number under which each has its page."""
    names = json.dumps([each["name"] for each in counts])
    ids = dict(db.execute("select name, id from outlets where name in (select value from json_each(?))", [names]))
    return [{**each, "id": ids[each["name"]]} for each in counts if each["name"] in ids]


def months_of(db: Database, outlets: Sequence[str], years: range) -> list[tuple[str, str, int]]:
    """(month, outlet, articles), where there are any; what is of none of *outlets* as the rest."""
    found = count_by_outlet(db, outlets, years, "month")
    rest = count_all(db, years, "month")
    for month, _, count in found:
        rest[month] -= count
    return [*found, *((month, REST, count) for month, count in rest.items() if count)]


def timeline(place: Place, months: Sequence[tuple[str, str, int]]) -> Chart:
    groups = by_month(months, lambda period: place.page(f"years/{period}"))
    series = outlet_series(each for each in months if each[1] != REST)
    return stacked("Reposted articles by the month they first appeared", "article", groups, series)
