"""The first page: what this archive is, what came when and from where, what is new, and how the last run went."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.charts import REST, SERIES_SHOWN, Chart, by_month, outlet_series, stacked
from archive.browse.clips import COLUMNS, as_clips
from archive.browse.instance import Place
from archive.browse.rows import Row, number, row, rows

LATEST_SHOWN: Final = 8
TOP_SHOWN: Final = 10

YEARS_SHOWN: Final = 60
"""The latest ones: a misread year of long ago must not press all others into a corner."""

MONTHS_SQL: Final = """
select month.value, outlet.value, (
    select count(*) from posts
    where posts.outlet = outlet.value and original_on between month.value and month.value || '~'
)
from json_each(:outlets) as outlet, json_each(:months) as month
"""
ALL_MONTHS_SQL: Final = """
select month.value, (select count(*) from posts where original_on between month.value and month.value || '~')
from json_each(:months) as month
"""
"""Stretches of an index that are counted: grouping a hundred thousand rows takes ten times as long."""
OUTLETS_SQL: Final = """
select outlet as name, count(*) as posts
from posts where outlet is not null group by outlet order by posts desc, outlet
"""
AUTHORS_SQL: Final = f"""
select authors.id, authors.name, counts.posts
from (select author_id, count(*) as posts from post_authors group by author_id order by posts desc limit {TOP_SHOWN})
    as counts join authors on authors.id = counts.author_id
order by counts.posts desc, authors.name
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
    counts = rows(db, OUTLETS_SQL)
    outlets = numbered(db, counts[:TOP_SHOWN])
    first, last = years_of(db)
    return {
        "sites": rows(db, "select name, coalesce(title, name) as title, url from sites order by id"),
        "posts": number(db, "select count(*) from posts"),
        "outlet_count": len(counts),
        "reposts": sum(each["posts"] for each in counts),
        "first_year": first,
        "last_year": last,
        "timeline": timeline(place, months_of(db, [each["name"] for each in outlets[:SERIES_SHOWN]], first, last)),
        "outlets": outlets,
        "authors": rows(db, AUTHORS_SQL),
    }


def numbered(db: Database, counts: Sequence[Row]) -> list[Row]:
    """*counts* of outlets with the number under which each has its page."""
    names = json.dumps([each["name"] for each in counts])
    ids = dict(db.execute("select name, id from outlets where name in (select value from json_each(?))", [names]))
    return [{**each, "id": ids[each["name"]]} for each in counts if each["name"] in ids]


def years_of(db: Database) -> tuple[int | None, int | None]:
    """The first and the last year of the articles that the timeline shows."""
    ends = (f"select {end}(original_on) from posts where original_on > '1'" for end in ("min", "max"))
    first, last = db.execute("select ({}), ({})".format(*ends)).fetchone()
    if not first:
        return None, None
    return max(int(first[:4]), int(last[:4]) - YEARS_SHOWN + 1), int(last[:4])


def months_of(db: Database, outlets: Sequence[str], first: int | None, last: int | None) -> list[tuple[str, str, int]]:
    """(month, outlet, articles), where there are any; what is of none of *outlets* as the rest."""
    if first is None or last is None:
        return []
    months = [f"{year}-{month:02d}" for year in range(first, last + 1) for month in range(1, 13)]
    asked = {"months": json.dumps(months), "outlets": json.dumps(list(outlets))}
    found = [(month, outlet, count) for month, outlet, count in db.execute(MONTHS_SQL, asked) if count]
    rest = dict(db.execute(ALL_MONTHS_SQL, {"months": asked["months"]}).fetchall())
    for month, _, count in found:
        rest[month] -= count
    return [*found, *((month, REST, count) for month, count in rest.items() if count)]


def timeline(place: Place, months: Sequence[tuple[str, str, int]]) -> Chart:
    groups = by_month(months, lambda period: place.page(f"years/{period}"))
    series = outlet_series(each for each in months if each[1] != REST)
    return stacked("Reposted articles by the month they first appeared", "article", groups, series)
