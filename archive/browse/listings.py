"""Pages of posts that share something: an outlet, an author, a category, a year or month; and the lists of those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.charts import Chart, Column, Group, by_month, outlet_series, stacked
from archive.browse.clips import COLUMNS, as_clips
from archive.browse.rows import Row, row, rows
from archive.browse.words import MONTHS, lag_days
from archive.errors import UsageError

PER_PAGE: Final = 40
LAGS: Final = (
    ("earlier", -1),
    ("same day", 0),
    ("1 day", 1),
    ("2–3 days", 3),
    ("4–7 days", 7),
    ("1–2 weeks", 14),
    ("2–4 weeks", 30),
    ("1–3 months", 91),
    ("longer", 10**9),
)
"""Label → the longest lag in days that it stands for."""

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
        select authors.id, authors.name, count(*) as posts
        from post_authors join authors on authors.id = post_authors.author_id
        group by author_id order by posts desc, authors.name limit 201 offset ?
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
    if len(period) == 4:
        return _page_of(
            ask, db, dates, kind="Year", name=period, path=f"years/{period}", timeline=_year(ask, period, dates)
        )
    name = f"{MONTHS[min(max(int(period[5:]), 1), 12) - 1]} {period[:4]}"
    return _page_of(ask, db, dates, kind="Month", name=name, path=f"years/{period}", year=period[:4])


def _named(db: Database, sql: str, number: str, noun: str) -> Row:
    found = row(db, sql, [int(number)])
    if found is None:
        raise UsageError(f"the archive has no {noun} {number}")
    return found


def _page_of(
    ask: Ask, db: Database, dates: Sequence[Row], *, path: str, timeline: Chart | None = None, **about: Any
) -> Answer:
    """The page of posts of which *dates* has one row each: charts, then the posts themselves, newest first."""
    newest = sorted(dates, key=lambda each: (each["original_on"] or each["posted_on"] or "", each["id"]), reverse=True)
    start = next((n + 1 for n, each in enumerate(newest) if each["id"] == ask.number("after")), 0)
    shown = newest[start : start + PER_PAGE]
    more = shown[-1]["id"] if start + PER_PAGE < len(newest) else None
    defaults: dict[str, Any] = {"outlet": None, "writers": [], "year": None}
    return ask.page(
        "listing.html",
        section={"Outlet": "outlets", "Author": "authors"}.get(about["kind"], ""),
        path=path,
        total=len(dates),
        timeline=timeline or _timeline(ask, dates),
        lags=_lags(dates),
        clips=clips(db, [each["id"] for each in shown]),
        more=more,
        first=start == 0,
        **{**defaults, **about},
    )


def clips(db: Database, ids: Sequence[int]) -> list[Row]:
    """The posts of these numbers, in this order."""
    marks = ", ".join("?" * len(ids))
    found = {each["id"]: each for each in as_clips(rows(db, f"select {COLUMNS} from posts where id in ({marks})", ids))}
    return [found[each] for each in ids if each in found]


def _timeline(ask: Ask, dates: Sequence[Row]) -> Chart:
    counts = Counter(
        ((each["original_on"] or each["posted_on"] or "")[:7], each["outlet"] or "No outlet") for each in dates
    )
    months = [(month, outlet, count) for (month, outlet), count in counts.items() if len(month) == 7]
    hrefs = {year: ask.place.page(f"years/{year}") for year in {month[:4] for month, _, _ in months}}
    return stacked("By the month they first appeared", "article", by_month(months, hrefs), outlet_series(months))


def _year(ask: Ask, year: str, dates: Sequence[Row]) -> Chart:
    counts = Counter(((each["original_on"] or "")[:7], each["outlet"] or "No outlet") for each in dates)
    months = [f"{year}-{number:02d}" for number in range(1, 13)]
    groups = [
        Group(
            label=name[:3],
            href=ask.place.page(f"years/{month}") if any(each == month for each, _ in counts) else None,
            columns=[Column(label=month, counts={o: n for (each, o), n in counts.items() if each == month})],
        )
        for month, name in zip(months, MONTHS, strict=True)
    ]
    series = outlet_series([(month, outlet, count) for (month, outlet), count in counts.items()])
    return stacked(f"{year}, by the month they first appeared", "article", groups, series)


def _lags(dates: Sequence[Row]) -> Chart | None:
    """How long it took until the articles were reposted; None where no day of first publication is known."""
    days = [lag for each in dates if (lag := lag_days(each["original_on"], each["posted_on"])) is not None]
    if not days:
        return None
    counts = Counter(next(label for label, longest in LAGS if lag <= longest) for lag in days)
    groups = [Group(label=label, columns=[Column(label=label, counts={"Reposts": counts[label]})]) for label, _ in LAGS]
    return stacked("How long until they were reposted", "repost", groups, {"Reposts": "tone-plain"})
