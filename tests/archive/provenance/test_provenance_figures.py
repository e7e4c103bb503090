"""The reader measured on the whole case table: what it got right before, it still gets right."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from small_pages import Case, load_cases

from archive.provenance import read
from archive.provenance.audit import Audit, audit

REPOSTS_WHOLE = 0.965
"""Share of reposts of which kind, outlet, authors and date are all right; known failures count as failures."""
FLOORS = {
    "kind": (1.0, 0.97),
    "outlet": (0.995, 0.97),
    "original_authors": (0.99, 0.97),
    "original_date": (0.995, 0.99),
    "original_url": (0.99, 0.95),
}
"""Field → least precision and least recall on reposts. Where a change brings these down it is no improvement."""
WRONG_WHEN_SURE = 0.005
"""Share of the values claimed at 0.9 and above that may be wrong."""


def prediction(case: Case) -> dict[str, Any]:
    reading = read(case.lines(), case.context())
    return {
        "is_repost": reading.kind == "repost",
        "outlet": reading.outlet,
        "outlet_as_printed": reading.outlet_printed,
        "original_authors": list(reading.authors),
        "original_date": reading.original_on,
        "original_url": reading.original_url,
        "evidence": [asdict(evidence) for evidence in reading.evidence],
    }


def label(case: Case) -> dict[str, Any]:
    """The table says nothing of the link where it has none: then it is not judged."""
    said: dict[str, Any] = {
        "is_repost": case.kind == "repost",
        "outlet": case.outlet,
        "original_authors": list(case.authors),
        "original_date": case.on,
    }
    return said | ({"original_url": case.url} if case.url else {})


def measure(*, reposts: bool) -> Audit:
    cases = [case for case in load_cases() if (case.kind == "repost") is reposts]
    return audit([prediction(case) for case in cases], [label(case) for case in cases])


@pytest.fixture(scope="module")
def of_reposts() -> Audit:
    return measure(reposts=True)


def test_whole_reposts_stay_as_right_as_they_were(of_reposts: Audit) -> None:
    assert of_reposts.posts >= 360
    assert of_reposts.whole / of_reposts.posts >= REPOSTS_WHOLE


@pytest.mark.parametrize("field", FLOORS)
def test_each_field_of_a_repost_stays_as_right_as_it_was(of_reposts: Audit, field: str) -> None:
    score = next(score for score in of_reposts.fields if score.field == field)
    precision, recall = FLOORS[field]
    assert score.precision is not None
    assert score.recall is not None
    assert score.precision >= precision
    assert score.recall >= recall


def test_nothing_is_claimed_of_any_post_that_is_no_repost() -> None:
    measured = measure(reposts=False)
    assert measured.posts >= 100
    assert (measured.whole, [score.wrong for score in measured.fields]) == (measured.posts, [0] * len(measured.fields))


def test_what_is_claimed_with_confidence_is_right(of_reposts: Audit) -> None:
    sure = [band for band in of_reposts.reliability if band.low >= 0.9]
    assert sum(band.claimed for band in sure) >= 500
    assert sum(band.wrong for band in sure) <= WRONG_WHEN_SURE * sum(band.claimed for band in sure)
