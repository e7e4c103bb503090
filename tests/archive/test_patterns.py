"""Groups repeated possessively, and the same for a Python that misreads them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import css, requisites
from archive.patterns import atomic
from crawler import markup

STRINGS = {
    "css": css._NAMED,
    "markup of requisites": requisites.MARKUP,
    "candidates": requisites._CANDIDATE,
}


@pytest.mark.parametrize(
    ("possessive", "spelled"),
    [
        pytest.param("(a|b)*+c", "(?>(a|b)*)c", id="group"),
        pytest.param("(?:a(b)?+){0,3}+", "(?>(?:a(?>(b)?)){0,3})", id="nested"),
        pytest.param(r"[()]*+\(x\)++", r"[()]*+\(x\)++", id="no groups"),
        pytest.param("[]()]++(a)+", "[]()]++(a)+", id="brackets of a class"),
    ],
)
def test_only_groups_are_spelled_otherwise(possessive: str, spelled: str) -> None:
    assert atomic(possessive) == spelled


@pytest.mark.parametrize("pattern", [pytest.param(pattern, id=name) for name, pattern in STRINGS.items()])
@given(text=st.text(st.sampled_from("<>!-/\"'= \\()url*@importsyeabcg12wx,;\n"), max_size=60))
def test_both_spellings_match_the_same_text(pattern: re.Pattern[str], text: str) -> None:
    other = re.compile(atomic(pattern.pattern), pattern.flags)
    assert [found.groups() for found in other.finditer(text)] == [found.groups() for found in pattern.finditer(text)]


@given(text=st.text(st.sampled_from("<>!-/\"'= scriptyeab"), max_size=60))
def test_both_spellings_pass_over_the_same_markup(text: str) -> None:
    pattern = markup._harmless(8)
    other, page = re.compile(atomic(pattern.pattern.decode()).encode()), text.encode()
    ours, theirs = pattern.match(page), other.match(page)
    assert ours
    assert theirs
    assert ours.end() == theirs.end()
