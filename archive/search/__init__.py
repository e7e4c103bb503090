"""Search: a reader's words → ranked hits with passages, counts and facets. docs/searching.md has the query language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from sqlite_utils import Database

from archive.errors import UsageError
from archive.query import parse, terms
from archive.search import bounds
from archive.search.candidates import Answers, rows_of
from archive.search.facets import count_facets
from archive.search.folding import Articles, also_at, folded, iter_folded
from archive.search.likeliest import behind, iter_weighed, leading_of
from archive.search.passages import best_passage, runs, units_of
from archive.search.plan import plan
from archive.search.rank import LONGEST_READ, Weighed, weigh
from archive.search.results import (
    Also,
    FacetValue,
    Hit,
    Results,
    Run,
    Sort,
    Suggestion,
    Understood,
    as_html,
    as_text,
    to_json,
)
from archive.search.suggest import suggest
from archive.store.likenesses import articles_of
from archive.store.withholdings import Withholding, withheld_today

__all__ = [
    "Also",
    "FacetValue",
    "Hit",
    "Results",
    "Run",
    "Sort",
    "Suggestion",
    "Understood",
    "as_html",
    "as_text",
    "search",
    "to_json",
]

Page = tuple[tuple[Hit, ...], str | None]
"""Hits, and the cursor of what follows them."""

_HINT = "give the next_cursor of the page before"


def search(
    db: Database,
    query: str,
    *,
    limit: int = 20,
    sort: Sort = "relevance",
    cursor: str | None = None,
    facets: bool = False,
    facets_up_to: int = 0,
    fold: bool = True,
    public: bool = False,
) -> Results:
    """The posts that answer *query*, which may be any string: best first, or by the day of the article.

    *cursor* is the `next_cursor` of the page before. A query without words to weigh (filters only, or nothing at all)
    is sorted newest first. `sort="lag"` puts the longest way from article to repost first. With *fold*, of several
    reposts of one article only the first is a hit; the total and the facets count all.
    *facets_up_to* counts facets of results that have no more posts than that, for which it is cheap. *public*
    leaves out what is withheld from the public. Raises UsageError for a cursor
    that is none; no query raises anything.
    """
    read = parse(query)
    planned = plan(db, read, public=public)
    units = units_of(terms(read.tree))
    if sort == "relevance" and not units:
        sort = "newest"
    answers = Answers(db=db, plan=planned, units=units, public=public, whole=facets, ranked=sort == "relevance")
    if planned.nothing or not answers.total:
        found: Page = ((), None)
    elif sort == "relevance":
        found = _by_relevance(answers, limit, _rank_place(cursor), fold)
    else:
        found = _by_date(answers, sort, limit, _place(cursor), fold)
    few = answers.total_is_exact and 0 < answers.total <= facets_up_to
    counted = count_facets(answers) if facets or few else None
    return Results(
        hits=found[0],
        total=sum(value.count for value in counted["kind"]) if counted else answers.total,
        total_is_exact=counted is not None or answers.total_is_exact,
        understood=Understood(query=str(read), notes=planned.notes),
        sort=sort,
        next_cursor=found[1],
        suggestions=_finding(db, suggest(db, read), public) if not answers.total else (),
        facets=counted,
    )


def _finding(db: Database, suggestions: Iterable[Suggestion], public: bool) -> tuple[Suggestion, ...]:
    """Those of *suggestions* that find something."""
    plans = ((one, plan(db, parse(one.query), public=public)) for one in suggestions)
    return tuple(one for one, planned in plans if Answers(db=db, plan=planned, units=()).total)


def _by_relevance(answers: Answers, limit: int, after: tuple[int, int | None], fold: bool) -> Page:
    ids = leading_of(answers)
    weights = answers.frequencies.weights
    weighed: dict[int, Weighed] = {}
    ordered = chain(_noted(iter_weighed(answers, ids), weighed), ids[bounds.WEIGHED :], behind(answers, ids))
    articles: Articles = {}
    shown, following = _stretch(iter_folded(answers.db, ordered, articles) if fold else ordered, after, limit)
    rows = rows_of(answers.db, [id for id in shown if id not in weighed])
    weighed |= {id: one for id, row in rows.items() for one in weigh([row], answers.units, weights)}
    if not fold:
        articles = articles_of(answers.db.conn, shown)
    hits = _hits(answers, [weighed[id] for id in shown], weights, {id: articles[id] for id in shown if id in articles})
    return hits, f"{following}.{shown[-1]}" if following else None


def _noted(found: Iterable[Weighed], weighed: dict[int, Weighed]) -> Iterator[int]:
    """The posts *found*, each with what was found in it put down in *weighed*."""
    for one in found:
        weighed[one.row["id"]] = one
        yield one.row["id"]


def _stretch(ids: Iterator[int], after: tuple[int, int | None], limit: int) -> tuple[list[int], int | None]:
    """*limit* of *ids* from *after* on, and how many come before what follows them; None when nothing does."""
    offset, last = after
    known: list[int] = []
    if last is not None:
        for id in ids:
            known.append(id)
            if id == last:
                break
    start = len(known) if known and known[-1] == last else offset
    known += islice(ids, max(0, start + limit + 1 - len(known)))
    shown = known[start : start + limit]
    following = start + len(shown)
    return shown, following if shown and following < len(known) else None


def _by_date(answers: Answers, sort: Sort, limit: int, after: tuple[Any, int] | None, fold: bool) -> Page:
    found: list[tuple[int, Any]] = []
    some = limit + 1 + (limit // 4 if fold else 0)  # as many as are likely to be folded
    while True:
        page = answers.sorted(sort, some, after)
        found += _leading(answers, sort, page) if fold else page
        if len(found) > limit or len(page) < some:
            break
        last, key = page[-1]
        after = key, last
    rows = rows_of(answers.db, [id for id, _ in found[:limit]])
    weights = answers.frequencies.weights
    weighed = [one for id, _ in found[:limit] for one in weigh([rows[id]], answers.units, weights)]
    hits = _hits(answers, weighed, weights, articles_of(answers.db.conn, list(rows)), scored=False)
    if len(found) <= limit:
        return hits, None
    id, key = found[limit - 1]
    return hits, json.dumps([key, id])


def _leading(answers: Answers, sort: Sort, page: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """*page* without posts whose article came before, on this page or an earlier one."""
    others = articles_of(answers.db.conn, [id for id, _ in page])
    if not others:
        return page
    among = sorted({*others, *(other for each in others.values() for other in each)})
    leading = set(folded(answers.db, [id for id, _ in answers.sorted(sort, len(among), None, among)]))
    return [(id, key) for id, key in page if id not in others or id in leading]


def _hits(
    answers: Answers, found: Sequence[Weighed], weights: Sequence[float], articles: Articles, *, scored: bool = True
) -> tuple[Hit, ...]:
    withheld = withheld_today(answers.db.conn)
    also = also_at(answers.db, articles, without=withheld if answers.public else ())
    return tuple(_hit(one, weights, also, withheld, scored=scored) for one in found)


def _hit(
    one: Weighed,
    weights: Sequence[float],
    also: Mapping[int, tuple[Also, ...]],
    withheld: Mapping[int, Withholding],
    *,
    scored: bool,
) -> Hit:
    row, id = one.row, one.row["id"]
    return Hit(
        id=id,
        uid=row["uid"],
        url=row["url"],
        title=row["title"],
        outlet=row["outlet"],
        authors=tuple(json.loads(row["authors"])),
        original_on=row["original_on"],
        posted_on=row["posted_on"],
        kind=row["kind"],
        score=round(one.score, 4) if scored else None,
        heading=runs(row["title"] or "", one.title_marks),
        snippet=best_passage(row["text"][:LONGEST_READ], one.text_marks, weights),
        also=also.get(id, ()),
        withheld=withheld[id].words if id in withheld else None,
    )


def _rank_place(cursor: str | None) -> tuple[int, int | None]:
    """How many hits came before, and the id of the last of them, behind which one goes on though better ones came."""
    if cursor is None:
        return 0, None
    before, _, last = cursor.partition(".")
    if len(cursor) > 26 or not before.isdecimal() or not (last.isdecimal() or cursor == before):
        raise UsageError(f"{cursor!r} is no cursor of a search by relevance", hint=_HINT)
    return int(before), int(last) if last else None


def _place(cursor: str | None) -> tuple[Any, int] | None:
    """Sort key and id of the last hit of the page before."""
    if cursor is None:
        return None
    try:
        key, id = json.loads(cursor)
    except (ValueError, TypeError):
        key, id = None, None
    if type(id) is not int or not isinstance(key, str | float | int | None):
        raise UsageError(f"{cursor!r} is no cursor of a search by date", hint=_HINT)
    return key, id
