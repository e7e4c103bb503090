"""Measuring the reader on a labelled file."""

from __future__ import annotations

import pytest

from archive.errors import UsageError
from archive.provenance.audit import audit, reliability_rows, same, table_rows

READ = {
    "is_repost": True,
    "outlet": "The Detroit News",
    "original_authors": ["Maya Lindqvist"],
    "original_date": "2021-03-04",
    "evidence": [
        {"field": "outlet", "value": "The Detroit News", "confidence": 0.97},
        {"field": "authors", "value": "Maya Lindqvist", "confidence": 0.93},
        {"field": "original_on", "value": "2021-03-04", "confidence": 0.97},
    ],
}
NOTHING = {"is_repost": False, "outlet": None, "original_authors": [], "original_date": None, "evidence": []}
LABEL = {
    "is_repost": True,
    "outlet": "Detroit News",
    "original_authors": ["Maya Lindqvist"],
    "original_date": "2021-03-04",
}


def test_right_missed_and_wrong_values_are_told_apart() -> None:
    wrong = {**LABEL, "original_authors": ["Tom Okafor"]}
    measured = audit([READ, NOTHING, READ], [LABEL, LABEL, wrong])
    scores = {score.field: score for score in measured.fields}
    assert (scores["outlet"].right, scores["outlet"].missed, scores["outlet"].wrong) == (2, 1, 0)
    assert (scores["original_authors"].right, scores["original_authors"].missed, scores["original_authors"].wrong) == (
        1,
        1,
        1,
    )
    assert scores["original_authors"].precision == 0.5
    assert scores["original_authors"].recall == pytest.approx(1 / 3)
    assert measured.whole == 1


def test_a_value_where_the_label_says_none_is_wrong() -> None:
    scores = {s.field: s for s in audit([READ], [{**LABEL, "original_date": None}]).fields}
    assert scores["original_date"].wrong == 1


def test_a_field_the_label_does_not_mention_is_not_judged() -> None:
    measured = audit([READ], [{"is_repost": True}])
    assert measured.whole == 1
    assert all(
        score.right + score.wrong + score.missed + score.absent == 0
        for score in measured.fields
        if score.field != "kind"
    )


def test_reliability_counts_wrong_values_in_each_band_of_confidence() -> None:
    measured = audit([READ], [{**LABEL, "original_authors": ["Tom Okafor"]}])
    bands = {(b.low, b.claimed, b.wrong) for b in measured.reliability if b.claimed}
    assert bands == {(0.9, 1, 1), (0.95, 2, 0)}


def test_tables_have_a_row_for_every_field_and_band() -> None:
    measured = audit([READ], [LABEL])
    assert [row["field"] for row in table_rows(measured)][:4] == ["kind", "outlet", "original_authors", "original_date"]
    assert table_rows(measured)[1]["precision"] == "100.0 %"
    assert len(reliability_rows(measured)) == len(measured.reliability)


def test_readings_and_labels_must_come_in_pairs() -> None:
    with pytest.raises(UsageError, match="1 readings for 2 labels"):
        audit([READ], [LABEL, LABEL])


@pytest.mark.parametrize(
    ("claimed", "labelled", "equal"),
    [
        ("L’Humanité", "L'Humanite", True),
        ("the detroit news", "Detroit News", True),
        (["A B", "C D"], ["C D", "A B"], True),
        (["A B"], [], False),
        (None, "", True),
        ("2021-03", "2021-03-04", False),
    ],
)
def test_values_are_compared_without_case_accents_and_articles(claimed: object, labelled: object, equal: bool) -> None:
    assert same(claimed, labelled) is equal
