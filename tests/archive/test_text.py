"""Printed words made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text import collapse, fold, is_slip, unaccented, visible, word_set

UNSEEN = [
    pytest.param("Detroit\u200b News", "Detroit News", id="zero-width-space"),
    pytest.param("\ufeffDetroit News", "Detroit News", id="byte-order-mark"),
    pytest.param("De\u00adtroit News", "Detroit News", id="soft-hyphen"),
    pytest.param("\u202aDetroit News\u202c", "Detroit News", id="bidi-embedding"),
    pytest.param("\u2066Detroit\u2069 News\u200f", "Detroit News", id="bidi-isolate-and-mark"),
    pytest.param("Detroit\u2060 News", "Detroit News", id="word-joiner"),
    pytest.param("Detroit\u00a0News", "Detroit\u00a0News", id="no-break-space-is-seen"),
]

FOLDED = [
    pytest.param("CRAIN'S Detroit Business", "crains detroit business", id="capitals-and-straight-quote"),
    pytest.param("Crain’s\u00a0Detroit  Business:", "crains detroit business", id="curly-quote-spaces-colon"),
    pytest.param("El País", "el pais", id="acute"),
    pytest.param("Süddeutsche Zeitung", "suddeutsche zeitung", id="umlaut"),
    pytest.param("Der Fußgänger", "der fussganger", id="sharp-s"),
    pytest.param("L’Œuvre d’Ærø", "loeuvre daero", id="ligatures-and-strokes"),
    pytest.param("C & G Newspapers", "c and g newspapers", id="ampersand"),
    pytest.param("Post-Dispatch/Beacon_News", "post dispatch beacon news", id="signs-part-words"),
    pytest.param("ﬁnance", "finance", id="ligature-of-type"),
    pytest.param("…", "", id="only-signs"),
]

SLIPS = [
    pytest.param("detriot", "detroit", 1, True, id="neighbours-changed-round"),
    pytest.param("buisness", "business", 1, True, id="another-pair"),
    pytest.param("dusiness", "business", 1, True, id="wrong-letter"),
    pytest.param("chroncle", "chronicle", 1, True, id="letter-missing"),
    pytest.param("chroniicle", "chronicle", 1, True, id="letter-doubled"),
    pytest.param("cranes", "crains", 1, False, id="two-slips"),
    pytest.param("cranes", "crains", 2, True, id="two-slips-allowed"),
    pytest.param("advanced", "advance", 1, False, id="past-tense"),
    pytest.param("guardians", "guardian", 1, False, id="plural"),
    pytest.param("newt", "news", 1, False, id="short-word"),
    pytest.param("nwes", "news", 1, True, id="short-word-changed-round"),
    pytest.param("", "news", 1, False, id="nothing"),
]


@pytest.mark.parametrize(("printed", "seen"), UNSEEN)
def test_what_nobody_sees_is_dropped(printed: str, seen: str) -> None:
    assert visible(printed) == seen


def test_white_space_collapses_to_single_spaces() -> None:
    assert collapse(" \tDetroit\u00a0\u2003News\r\n Today ") == "Detroit News Today"


@pytest.mark.parametrize(("printed", "folded"), FOLDED)
def test_two_printings_of_one_name_fold_alike(printed: str, folded: str) -> None:
    assert fold(printed) == folded


def test_unaccented_keeps_capitals_and_signs() -> None:
    assert unaccented("L’ÉQUIPE – Łódź, Ørsted") == "L’EQUIPE – Lodz, Orsted"


@pytest.mark.parametrize(("word", "right", "slips", "expected"), SLIPS)
def test_a_slip_is_a_letter_astray_and_not_another_ending(word: str, right: str, slips: int, expected: bool) -> None:
    assert is_slip(word, right, slips=slips) is expected


def test_word_set_reads_a_table_of_words() -> None:
    assert word_set("the le la\n  el") == {"the", "le", "la", "el"}


@given(st.text())
def test_folding_leaves_words_of_letters_and_digits(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert all(char.isalnum() or char == " " for char in folded)


@given(st.text())
def test_folding_does_not_see_case_or_outer_space(text: str) -> None:
    assert fold(f"  {text}\n") == fold(text)
    if text.isascii():
        assert fold(text.upper()) == fold(text)


@given(st.text(), st.text())
def test_a_word_is_never_a_slip_for_one_with_another_end(word: str, right: str) -> None:
    if is_slip(word, right, slips=2):
        assert word[-1] == right[-1]
        assert abs(len(word) - len(right)) <= 2
