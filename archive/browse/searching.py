"""The search page: what was found, how the query was read, what it can be narrowed by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Final, get_args

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.kept import Kept
from archive.browse.listings import clips
from archive.browse.rows import Row, row
from archive.errors import UsageError
from archive.query import LONGEST, And, Filter, Node, Not, Query, parse
from archive.search import FacetValue, Results, Sort, search, to_json

PER_PAGE: Final = 20
COUNTED_AT_ONCE: Final = 3_000
"""What larger results consist of is counted when it is asked for: it costs more than the search itself."""
FACETS: Final = {
    "outlet": "Outlet",
    "author": "Author",
    "year": "Year",
    "category": "Category",
    "kind": "Kind",
    "language": "Language",
    "site": "Blog",
}
"""Facets shown, in this order; one with a single value that every hit has says nothing and is left out."""
FORMATS: Final = {
    "csv": "CSV",
    "jsonl": "JSON Lines",
    "bibtex": "BibTeX",
    "ris": "RIS (Zotero, EndNote)",
    "csl": "CSL-JSON",
}
VALUES_SHOWN: Final = 10
SORTS: Final = {"relevance": "best first", "newest": "newest", "oldest": "oldest", "lag": "longest lag"}


def search_page(ask: Ask, db: Database) -> Answer:
    if ask.get("from") or ask.get("to"):
        return ask.redirect(ask.place.page("search", q=within_years(ask), sort=wanted_order(ask)))
    asked = ask.get("q", LONGEST + 1)
    found = results(ask, db, asked)
    read = parse(asked)
    counts = found.facets if found.facets or ask.get("facets") != "1" else counted(db, read)
    return ask.page(
        "search.html",
        section="search",
        asked=asked,
        found=found,
        hits=hits(db, found),
        understood=found.understood.query if found.understood.query != " ".join(asked.split()) else "",
        chips=chips(read),
        facets=facets(counts, found.total, read) if counts is not None else None,
        years=years(db),
        chosen=chosen_years(read),
        sorts=SORTS,
        formats=FORMATS,
        order=wanted_order(ask),
        is_first=not ask.get("cursor"),
    )


def search_json(ask: Ask, db: Database) -> Answer:
    """The same result for programs."""
    body = json.dumps(to_json(results(ask, db, ask.get("q", LONGEST + 1))), ensure_ascii=False)
    return Answer(body=body, content_type="application/json; charset=utf-8")


def results(ask: Ask, db: Database, asked: str) -> Results:
    """The page of results that is asked for; the first one when the cursor is none of ours."""
    sort = wanted_order(ask) or "relevance"
    cursor = ask.get("cursor") or None
    wanted = partial(search, db, asked, limit=PER_PAGE, sort=sort, facets_up_to=COUNTED_AT_ONCE, public=True)
    try:
        return wanted(cursor=cursor)
    except UsageError:
        return wanted()


def wanted_order(ask: Ask) -> Sort | None:
    """The order asked for, where it is another than best first."""
    return next((each for each in get_args(Sort)[1:] if each == ask.get("sort")), None)


def hits(db: Database, found: Results) -> list[Row]:
    """The hits as lists show them, with headline and passage in runs; no passage where nothing in it was asked for."""
    shown = {each["id"]: each for each in clips(db, [hit.id for hit in found.hits])}
    return [
        {
            **shown[hit.id],
            "heading": hit.heading,
            "also": hit.also,
            "passage": hit.snippet if any(run.is_hit for run in hit.snippet) else (),
        }
        for hit in found.hits
        if hit.id in shown
    ]


def parts(read: Query) -> Sequence[Node]:
    """What the query asks for, each of which must hold."""
    return read.tree.parts if isinstance(read.tree, And) else (read.tree,) if read.tree is not None else ()


def is_condition(part: Node) -> bool:
    return isinstance(part.part if isinstance(part, Not) else part, Filter)


def without(read: Query, part: Node) -> str:
    return " ".join(str(And(parts=(other,))) for other in parts(read) if other != part)


def chips(read: Query) -> list[tuple[str, str]]:
    """(condition, the query without it) of each condition that is in force."""
    return [(str(part), without(read, part)) for part in parts(read) if is_condition(part)]


Facets = dict[str, tuple[FacetValue, ...]]
_facets: Kept[Facets] = Kept(most=64)


def counted(db: Database, read: Query) -> Facets:
    """What the whole result consists of."""
    return _facets.get(db, str(read), lambda: _counted(db, str(read)))


def _counted(db: Database, query: str) -> Facets:
    return search(db, query, limit=1, facets=True, public=True).facets or {}


def facets(found: Facets, total: int, read: Query) -> list[tuple[str, str, list[tuple[FacetValue, str | None]]]]:
    """(facet, its name, its values with the query each leads to); None for a value the query asks for already."""
    active = {str(part) for part in parts(read)}
    return [
        (
            facet,
            words,
            [(value, None if value.query in active else narrowed(read, value)) for value in in_order(facet, values)],
        )
        for facet, words in FACETS.items()
        if (values := found.get(facet, ())) and not (len(values) == 1 and values[0].count == total)
    ]


def in_order(facet: str, values: Sequence[FacetValue]) -> Sequence[FacetValue]:
    """The most frequent ones; years as a calendar has them, the latest first."""
    if facet == "year":
        return sorted(values, key=lambda value: value.value, reverse=True)
    return values[:VALUES_SHOWN]


def narrowed(read: Query, value: FacetValue) -> str:
    return f"{And(parts=tuple(parts(read)))} {value.query}".strip()


def years(db: Database) -> tuple[int, int] | None:
    """First and last year of the articles; None when no date is known."""
    # Each by itself is the end of an index; together they are a walk through all of it.
    ends = (f"select {end}(original_on) from posts where original_on > '1'" for end in ("min", "max"))
    span = row(db, "select ({}) as first, ({}) as last".format(*ends))
    return (int(span["first"][:4]), int(span["last"][:4])) if span and span["first"] else None


def chosen_years(read: Query) -> tuple[str, str]:
    """The years a `year:` condition of the query names; '' for an open end."""
    for part in parts(read):
        if isinstance(part, Filter) and part.name == "year":
            first, dots, last = part.value.partition("..")
            return (first[:4], (last if dots else first)[:4]) if first[:1] not in "<>=" else ("", "")
    return "", ""


def within_years(ask: Ask) -> str:
    """The query with its `year:` condition replaced by the years that were chosen."""
    read = parse(ask.get("q", LONGEST + 1))
    first, last = (value if (value := ask.get(name, 4)).isdecimal() else "" for name in ("from", "to"))
    kept = [part for part in parts(read) if not (isinstance(part, Filter) and part.name == "year")]
    span = f"year:{first}..{last}" if first != last else f"year:{first}" if first else ""
    return " ".join([*(str(And(parts=(part,))) for part in kept), *([span] if span else [])])
