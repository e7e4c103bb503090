"""Pages of posts that share something: an outlet, an author, a category, a year or month; and the lists of those."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.charts import TWO_THIRDS, Chart, Column, Group, by_month, outlet_series, stacked
from archive.browse.clips import COLUMNS, as_clips
from archive.browse.lags import read_lags
from archive.browse.rows import Row, row, rows
from archive.browse.words import MONTHS
from archive.errors import UsageError

PER_PAGE: Final = 40
PERIOD: Final = re.compile(r"\d{4}(-\d\d)?")
DATES: Final = "posts.id, posts.original_on, posts.posted_on, posts.outlet"


def outlets_page(ask: Ask, db: Database) -> Answer:
    found = rows(
        db,
        """
        select outlets.id, outlets.name, outlets.kind, outlets.domain, counts.posts, counts.first, counts.last
        from (
            select outlet, count(*) as posts, min(original_on) as first, max(original_on) as last
            from posts where outlet is not null group by outlet
        ) as counts join outlets on outlets.name = counts.outlet
        order by counts.posts desc, outlets.name
        """,
    )
    return ask.page("outlets.html", section="outlets", outlets=found)


def authors_page(ask: Ask, db: Database) -> Answer:
    after = ask.number("skip") or 0
    found = rows(
        db,
        """
        select authors.id, authors.name, counts.posts
        from counts join authors on authors.id = cast(counts.name as integer)
        where counts.subject = 'author'
        order by counts.posts desc, authors.name limit 201 offset ?
        """,
        [min(after, 100_000)],
    )
    return ask.page(
        "authors.html", section="authors", authors=found[:200], more=after + 200 if len(found) > 200 else None
    )


def outlet_page(ask: Ask, db: Database) -> Answer:
    outlet = _named(db, "select * from outlets where id = ?", ask.parts["outlet"], "outlet")
    dates = rows(db, f"select {DATES} from posts where outlet = ?", [outlet["name"]])
    writers = rows(
        db,
        """
        select authors.id, authors.name, count(*) as posts
        from posts join post_authors on post_authors.post_id = posts.id join authors on authors.id = author_id
        where posts.outlet = ? group by authors.id order by posts desc, authors.name limit 12
        """,
        [outlet["name"]],
    )
    path = f"outlets/{outlet['id']}"
    return _page_of(ask, db, dates, kind="Outlet", name=outlet["name"], path=path, outlet=outlet, writers=writers)


def author_page(ask: Ask, db: Database) -> Answer:
    author = _named(db, "select * from authors where id = ?", ask.parts["author"], "author")
    dates = rows(
        db,
        f"select {DATES} from posts join post_authors on post_authors.post_id = posts.id where author_id = ?",
        [author["id"]],
    )
    return _page_of(ask, db, dates, kind="Author", name=author["name"], path=f"authors/{author['id']}")


def category_page(ask: Ask, db: Database) -> Answer:
    category = _named(db, "select * from categories where id = ?", ask.parts["category"], "category")
    dates = rows(
        db,
        f"select {DATES} from posts join post_categories on post_categories.post_id = posts.id where category_id = ?",
        [category["id"]],
    )
    return _page_of(ask, db, dates, kind="Category", name=category["name"], path=f"categories/{category['id']}")


def period_page(ask: Ask, db: Database) -> Answer:
    """A year, or a month of one, by when the articles first appeared."""
    period = ask.parts["period"]
    dates = rows(
        db,
        f"select {DATES} from posts where original_on between ? and ? || '~' order by original_on",
        [period, period],
    )
    beside = neighbours(db, period)
    if len(period) == 4:
        timeline = _year(ask, period, dates)
        return _page_of(
            ask, db, dates, kind="Year", name=period, path=f"years/{period}", timeline=timeline, beside=beside
        )
    name = f"{MONTHS[min(max(int(period[5:]), 1), 12) - 1]} {period[:4]}"
    return _page_of(ask, db, dates, kind="Month", name=name, path=f"years/{period}", year=period[:4], beside=beside)


def neighbours(db: Database, period: str) -> tuple[str | None, str | None]:
    """The years or months with articles before and after this one."""
    long = len(period)
    sql = "select {}(substr(original_on, 1, ?)) from posts where original_on {} and length(original_on) >= ?"
    before = db.execute(sql.format("max", "< ?"), [long, period, long]).fetchone()[0]
    after = db.execute(sql.format("min", "> ? || '~'"), [long, period, long]).fetchone()[0]
    return before, after


def _named(db: Database, sql: str, number: str, noun: str) -> Row:
    found = row(db, sql, [int(number)])
    if found is None:
        raise UsageError(f"the archive has no {noun} {number}")
    return found


def _page_of(
    ask: Ask, db: Database, dates: Sequence[Row], *, path: str, timeline: Chart | None = None, **about: Any
) -> Answer:
    """The page of posts of which *dates* has one row each: charts, then the posts themselves, newest first.

    With `in=YYYY` or `in=YYYY-MM` only those of that time are listed.
    """
    period = ask.get("in") if PERIOD.fullmatch(ask.get("in")) else ""
    newest = sorted(
        (each for each in dates if _day(each).startswith(period)),
        key=lambda each: (_day(each), each["id"]),
        reverse=True,
    )
    start = next((n + 1 for n, each in enumerate(newest) if each["id"] == ask.number("after")), 0)
    shown = newest[start : start + PER_PAGE]
    more = shown[-1]["id"] if start + PER_PAGE < len(newest) else None
    defaults: dict[str, Any] = {"outlet": None, "writers": [], "year": None, "beside": (None, None)}
    return ask.page(
        "listing.html",
        section={"Outlet": "outlets", "Author": "authors"}.get(about["kind"], ""),
        path=path,
        total=len(dates),
        period=period,
        listed=len(newest),
        timeline=timeline or _timeline(ask, path, dates),
        lags=read_lags(dates),
        clips=clips(db, [each["id"] for each in shown]),
        more=more,
        first=start == 0,
        **{**defaults, **about},
    )


def _day(dates: Row) -> str:
    """When the article first appeared, or else when it was posted; '' when neither is known."""
    return dates["original_on"] or dates["posted_on"] or ""


def clips(db: Database, ids: Sequence[int]) -> list[Row]:
    """The posts of these numbers, in this order."""
    marks = ", ".join("?" * len(ids))
    sql = f"select {COLUMNS} from posts where id in ({marks}) and id not in (select post_id from withheld)"
    found = {each["id"]: each for each in as_clips(rows(db, sql, ids))}
    return [found[each] for each in ids if each in found]


def _timeline(ask: Ask, path: str, dates: Sequence[Row]) -> Chart:
    """By month, each of which leads to this page's posts of that time."""
    counts = Counter((_day(each)[:7], each["outlet"] or "No outlet") for each in dates)
    months = [(month, outlet, count) for (month, outlet), count in counts.items() if len(month) == 7]
    groups = by_month(months, lambda period: f"{ask.place.page(path, **{'in': period})}#posts")
    title = "By the month they first appeared"
    return stacked(title, "article", groups, outlet_series(months), width=TWO_THIRDS)


def _year(ask: Ask, year: str, dates: Sequence[Row]) -> Chart:
    found: dict[str, Counter[str]] = {f"{year}-{number:02d}": Counter() for number in range(1, 13)}
    for each in dates:
        found.setdefault(each["original_on"][:7], Counter())[each["outlet"] or "No outlet"] += 1
    groups = [
        Group(
            label=name[:3],
            columns=[Column(label=f"{name} {year}", counts=found[month], href=ask.place.page(f"years/{month}"))],
        )
        for month, name in zip(list(found)[:12], MONTHS, strict=True)
    ]
    series = outlet_series((month, outlet, n) for month in found for outlet, n in found[month].items())
    return stacked(f"{year}, by the month they first appeared", "article", groups, series, width=TWO_THIRDS)
