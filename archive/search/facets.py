"""What a whole result consists of: outlets, authors, years … with how many answers each has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from archive.query import Filter
from archive.search.candidates import DENSE, Answers
from archive.search.results import FacetValue

VALUES: Final = 20
"""So many values of a facet, the most frequent."""

FACETS: Final = ("outlet", "author", "year", "month", "category", "kind", "site", "language")
_FIELDS: Final = {"year": "year", "month": "on", "language": "lang"}
"""Facet → the field that narrows a query to one of its values, where they are called differently."""

_COLUMNS: Final = ("outlet", "kind", "language", "site_id", "substr(original_on, 1, 7)")
_CHUNK: Final = 20_000  # rows counted at a time, so that memory stays flat in the size of the result


def count_facets(answers: Answers) -> dict[str, tuple[FacetValue, ...]]:
    """Facet → its most frequent values; values that are unknown are not counted."""
    outlet, kind, language, site, month = _count_columns(answers)
    year: Counter[Any] = Counter()
    for value, count in month.items():
        year[value and value[:4]] += count
        if value and len(value) < len("2024-06"):
            month[value] = 0
    names = dict(answers.db.execute("select id, name from sites").fetchall())
    counts = {
        "outlet": outlet,
        "author": _count_names(answers, "author", "authors"),
        "year": year,
        "month": month,
        "category": _count_names(answers, "category", "categories"),
        "kind": kind,
        "site": Counter({names[id]: count for id, count in site.items()}),
        "language": language,
    }
    return {facet: _values(facet, counts[facet].items()) for facet in FACETS}


def _values(facet: str, counts: Iterable[tuple[Any, int]]) -> tuple[FacetValue, ...]:
    known = [(value, count) for value, count in counts if value and count]
    frequent = sorted(known, key=lambda pair: (-pair[1], pair[0]))[:VALUES]
    return tuple(FacetValue(value=value, count=count, query=_narrowing(facet, value)) for value, count in frequent)


def _narrowing(facet: str, value: str) -> str:
    return str(Filter(name=_FIELDS.get(facet, facet), value=value.replace('"', " ")))


def _count_columns(answers: Answers) -> list[Counter[Any]]:
    """One count for each of `_COLUMNS`, from an index that holds nothing else."""
    ids, values = answers.ids()
    # Read through when much of it is needed, looked up post by post otherwise.
    id = "+posts.id" if answers.total > DENSE * answers.posts else "posts.id"
    cursor = answers.db.execute(
        f"select {', '.join(_COLUMNS)} from posts indexed by posts_facts where {id} in ({ids})", values
    )
    counters: list[Counter[Any]] = [Counter() for _ in _COLUMNS]
    while rows := cursor.fetchmany(_CHUNK):
        for counter, column in zip(counters, zip(*rows, strict=True), strict=True):
            counter.update(column)
    return counters


def _count_names(answers: Answers, noun: str, table: str) -> Counter[Any]:
    """How many answers each author or category has; those of one name on two sites are counted together."""
    ids, values = answers.ids()
    rows = answers.db.execute(
        f"""
        select {table}.name, found.posts
        from (
            select {noun}_id as id, count(*) as posts from post_{table} where post_id in ({ids}) group by {noun}_id
        ) as found
        join {table} on {table}.id = found.id
        """,
        values,
    )
    counter: Counter[Any] = Counter()
    for name, count in rows:
        counter[name] += count
    return counter
