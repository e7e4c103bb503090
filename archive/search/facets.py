"""What a whole result consists of: outlets, authors, years … with how many answers each has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from sqlite_utils import Database

from archive.query import Filter
from archive.search.bounds import DENSE
from archive.search.candidates import Answers
from archive.search.columns import (
    FACTS,
    NAMES,
    count_columns,
    is_worth_reading,
    kept_columns,
    names_of_sites,
    read_columns,
)
from archive.search.results import FacetValue

VALUES: Final = 20
"""So many values of a facet, the most frequent."""

FACETS: Final = ("outlet", "author", "year", "month", "category", "kind", "site", "language")
_FIELDS: Final = {"year": "year", "month": "on", "language": "lang"}
"""Facet → the field that narrows a query to one of its values, where they are called differently."""


def count_facets(answers: Answers) -> dict[str, tuple[FacetValue, ...]]:
    """Facet → its most frequent values; values that are unknown are not counted."""
    counts = _counts(answers)
    counts["year"] = Counter()
    for value, count in counts["month"].items():
        if value:
            counts["year"][value[:4]] += count
    counts["month"] = Counter({value: count for value, count in counts["month"].items() if value and value[4:]})
    return {facet: _values(facet, counts[facet]) for facet in FACETS}


def _counts(answers: Answers) -> dict[str, Counter[Any]]:
    """From memory when the result is broad, or the columns are there already; else post by post."""
    columns = kept_columns(answers.db)
    share = answers.total / answers.frequencies.posts
    if columns is None and share > DENSE and is_worth_reading(answers.db, share):
        columns = read_columns(answers.db)
    if columns is None:
        ids, values = answers.ids()
        named = {facet: _count_names(answers.db, facet, table, ids, values) for facet, table in NAMES.items()}
        return {**_count_facts(answers.db, ids, values), **named}
    return count_columns(columns, answers.every_id)


def _count_facts(db: Database, ids: str, values: dict[str, Any]) -> dict[str, Counter[Any]]:
    """One count for each of FACTS, from an index that holds nothing else."""
    rows = db.execute(
        f"""
        select {", ".join(FACTS.values())}
        from ({ids}) as one cross join posts indexed by posts_facts on posts.id = one.value
        """,
        values,
    ).fetchall()
    counters = [Counter(column) for column in zip(*rows, strict=True)] or [Counter[Any]() for _ in FACTS]
    counts = dict(zip(FACTS, counters, strict=True))
    sites = names_of_sites(db)
    return {**counts, "site": Counter({sites[id]: count for id, count in counts["site"].items()})}


def _count_names(db: Database, facet: str, table: str, ids: str, values: dict[str, Any]) -> Counter[Any]:
    """How many answers each author or category has; those of one name on two sites are counted together."""
    rows = db.execute(
        f"""
        select name
        from ({ids}) as one cross join post_{table} on post_id = one.value join {table} on {table}.id = {facet}_id
        """,
        values,
    )
    return Counter(name for (name,) in rows)


def _values(facet: str, counts: Mapping[Any, int]) -> tuple[FacetValue, ...]:
    known = sorted(filter(None, counts))  # bare strings are compared several times as fast as pairs
    known.sort(key=counts.__getitem__, reverse=True)  # equal counts stay in the order of their values
    return tuple(
        FacetValue(value=value, count=counts[value], query=_narrowing(facet, value)) for value in known[:VALUES]
    )


def _narrowing(facet: str, value: str) -> str:
    return str(Filter(name=_FIELDS.get(facet, facet), value=value.replace('"', " ")))
