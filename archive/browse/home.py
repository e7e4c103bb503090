"""The first page: what this archive is, what came when and from where, what is new, and how the last run went."""

from __future__ import annotations

from typing import Any, Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.charts import by_month, outlet_series, stacked
from archive.browse.clips import COLUMNS, as_clips
from archive.browse.instance import Place
from archive.browse.rows import Row, number, row, rows

LATEST_SHOWN: Final = 8
TOP_SHOWN: Final = 10

MONTHS_SQL: Final = """
select substr(original_on, 1, 7), outlet, count(*)
from posts indexed by posts_by_outlet
where outlet is not null and length(original_on) >= 7
group by outlet, substr(original_on, 1, 7)
"""
OUTLETS_SQL: Final = f"""
select outlets.id, counts.name, counts.posts
from (
    select outlet as name, count(*) as posts
    from posts where outlet is not null group by outlet order by posts desc, outlet limit {TOP_SHOWN}
) as counts join outlets on outlets.name = counts.name
order by counts.posts desc, counts.name
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
    months = [(month, outlet, count) for month, outlet, count in db.execute(MONTHS_SQL)]
    years = sorted({month[:4] for month, _, _ in months})
    groups = by_month(months, {year: place.page(f"years/{year}") for year in years})
    return {
        "sites": rows(db, "select name, coalesce(title, name) as title, url from sites order by id"),
        "posts": number(db, "select count(*) from posts"),
        "outlet_count": number(db, "select count(distinct outlet) from posts"),
        "reposts": number(db, "select count(outlet) from posts"),
        "first_year": years[0] if years else None,
        "last_year": years[-1] if years else None,
        "timeline": stacked(
            "Reposted articles by the month they first appeared", "article", groups, outlet_series(months)
        ),
        "outlets": rows(db, OUTLETS_SQL),
        "authors": rows(db, AUTHORS_SQL),
    }
