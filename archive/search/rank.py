"""How well a post answers: what stands where in it, how near together, and spelled how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from archive.schema import FTS_COLUMNS, FTS_WEIGHTS
from archive.search.passages import Mark, Unit, find_marks, fold_keeping_length

LONGEST_READ: Final = 60_000
"""Characters of a text that are weighed and quoted from."""

_SATURATION, _LENGTH = 1.2, 0.75  # bm25's k1 and b
_NEARNESS: Final = 0.25
_HEAD: Final = tuple(column for column in FTS_COLUMNS if column != "text")
_NOTHING: Final[dict[str, list[Mark]]] = {column: [] for column in FTS_COLUMNS}
_WEIGHT_OF: Final = tuple(zip(FTS_COLUMNS, FTS_WEIGHTS, strict=True))
_ALL_IN_TITLE: Final = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """A candidate with what was found in it."""

    row: dict[str, Any]
    score: float
    title_marks: list[Mark]
    text_marks: list[Mark]
    as_asked: bool
    """Every hit is spelled as asked."""


def weigh(rows: Sequence[dict[str, Any]], units: Sequence[Unit], weights: Sequence[float]) -> list[Weighed]:
    """*rows* (id, title, outlet, authors, text, words) with their scores, best first; the newer of two equals first."""
    lengths = sorted(row["words"] for row in rows)
    usual = max(1, lengths[len(lengths) // 2]) if lengths else 1
    found = [_weighed(row, units, weights, usual) for row in rows]
    return sorted(found, key=lambda one: (-one.score, -one.row["id"]))


def _weighed(row: dict[str, Any], units: Sequence[Unit], weights: Sequence[float], usual: int) -> Weighed:
    marks = dict(_NOTHING)
    marks["text"] = find_marks((row["text"] or "")[:LONGEST_READ], units)
    # Most heads have none of the words: three short texts are passed over at one go.
    head = head_of(row)
    if any(unit.beginning in head for unit in units):
        for column in _HEAD:
            marks[column] = find_marks((row[column] or "")[:LONGEST_READ], units, in_title=column == "title")
    score = _occurrence(marks, weights, row["words"] / usual) + _nearness(marks, units, weights)
    as_asked = all(mark.exact for found in marks.values() for mark in found)
    return Weighed(row=row, score=score, title_marks=marks["title"], text_marks=marks["text"], as_asked=as_asked)


def head_of(row: Mapping[str, Any]) -> str:
    """Headline, outlet and authors of a post in one, folded for looking up words."""
    return fold_keeping_length(f"{row['title']} {row['outlet']} {row['authors']}")


def _occurrence(marks: dict[str, list[Mark]], weights: Sequence[float], length: float) -> float:
    """bm25 over the columns together, once for every form of a word and once more for the word as it was spelled."""
    every, exact = [0.0] * len(weights), [0.0] * len(weights)
    for column, weight in _WEIGHT_OF:
        for _, _, unit, is_exact in marks[column]:
            every[unit] += weight
            if is_exact:
                exact[unit] += weight
    slack = _SATURATION * (1 - _LENGTH + _LENGTH * length)
    return sum(w * (a / (a + slack) + e / (e + slack)) for w, a, e in zip(weights, every, exact, strict=True))


def _nearness(marks: dict[str, list[Mark]], units: Sequence[Unit], weights: Sequence[float]) -> float:
    """More for words that stand together, in the headline most; nothing for a query of one word."""
    if len(units) < 2:
        return 0.0
    asked = sum(len(unit.text) + 1 for unit in units)
    whole = sum(weights)
    spans = {column: _span(marks[column], len(units)) for column in ("title", "text")}
    value = 0.0
    if spans["title"] is not None:
        value += whole * _ALL_IN_TITLE
    value += max((whole * _NEARNESS * min(1.0, asked / span) for span in spans.values() if span), default=0.0)
    return value


def _span(marks: Sequence[Mark], units: int) -> int | None:
    """Length of the shortest stretch that holds every unit; None when one is missing."""
    last: dict[int, int] = {}
    best: int | None = None
    for mark in marks:
        last[mark.unit] = mark.start
        if len(last) == units:
            span = mark.end - min(last.values())
            best = span if best is None else min(best, span)
    return best
