"""The reader of provenance on the table of small pages: cases_*.toml."""

from __future__ import annotations

from itertools import chain

import pytest
from small_pages import Case, load_cases

from archive.model import Reading
from archive.provenance import READER, explain, read
from archive.provenance.audit import same

CASES = load_cases()


def _param(case: Case) -> object:
    return pytest.param(case, id=case.id, marks=pytest.mark.xfail(strict=True, reason=case.xfail) if case.xfail else ())


@pytest.mark.parametrize("case", [_param(case) for case in CASES])
def test_a_page_is_read_as_a_careful_reader_would(case: Case) -> None:
    reading = read(case.lines(), case.context())
    assert reading.kind == case.kind
    assert same(reading.outlet, case.outlet) or same(reading.outlet_printed, case.outlet)
    assert list(reading.authors) == list(case.authors)
    assert reading.original_on == case.on
    if case.url:
        assert reading.original_url == case.url
    if case.agency:
        assert reading.agency == case.agency
    if case.credit:
        assert reading.image_credit == case.credit


@pytest.mark.parametrize("case", [case for case in CASES if case.kind != "repost"], ids=lambda c: c.id)
def test_a_post_that_is_no_repost_claims_nothing(case: Case) -> None:
    reading = read(case.lines(), case.context())
    claimed = (
        reading.outlet,
        reading.outlet_id,
        reading.outlet_printed,
        reading.authors,
        reading.original_on,
        reading.original_url,
    )
    assert claimed == (None, None, None, (), None, None)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_every_value_is_backed_by_words_that_stand_on_the_page(case: Case) -> None:
    reading = read(case.lines(), case.context())
    printed = [*(line.text for line in case.lines()), *(link.href for line in case.lines() for link in line.links)]
    for evidence in reading.evidence:
        assert any(evidence.printed in words for words in printed), evidence
        assert 0.0 <= evidence.confidence <= 1.0
    assert {e.value for e in reading.evidence} >= set(_values(reading))


def _values(reading: Reading) -> chain[str]:
    single = (reading.kind, reading.outlet, reading.original_on, reading.original_url, reading.image_credit)
    return chain((v for v in single if v), reading.authors)


def test_the_table_spans_every_kind_and_language() -> None:
    assert len(CASES) >= 250
    assert {case.kind for case in CASES} == {"repost", "own", "press_release", "other"}
    assert {case.lang[:2] for case in CASES} == {"en", "es", "fr", "de", "it", "pt", "ca"}
    assert sum(case.kind != "repost" for case in CASES) >= 80


def test_a_reading_names_the_reader_that_made_it() -> None:
    assert read(CASES[0].lines(), CASES[0].context()).reader == READER


def test_a_page_without_lines_is_not_a_repost() -> None:
    reading = read([], CASES[0].context())
    assert (reading.kind, reading.outlet) == ("own", None)


def test_the_explanation_shows_roles_blocks_and_losers() -> None:
    case = next(case for case in CASES if case.id == "known-outlet-date-author")
    shown = explain(case.lines(), case.context())
    roles = [set(line.roles) for line in shown.lines]
    assert {"breadcrumb"} in roles
    assert {"title"} in roles
    assert any("site-date" in line for line in roles)
    assert shown.chosen is not None
    assert shown.chosen.outlet is not None
    assert shown.blocks[0].features, "the winning block says which features made its score"
    assert all(loser.lines != shown.chosen.lines for loser in shown.losers)
    assert shown.reading == read(case.lines(), case.context())
