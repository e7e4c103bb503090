"""What is looked for before a pattern is tried must stand in every text the pattern matches: else lines are lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.provenance.openings import glance, lowered
from archive.provenance.wordings import RULES, Rule

LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzàéíóúäöüçãñ0123456789 .,:-–'’“”()/")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name}-{rule.language}")
def test_a_rule_is_tried_wherever_the_words_let_it_match(rule: Rule) -> None:
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=st.from_regex(re.compile(lowered(rule.trigger.pattern)), alphabet=LETTERS))
    def every_sentence_of_the_kind_is_looked_at(text: str) -> None:
        lower, begun = glance(text)
        assert not rule.openings.isdisjoint(begun)
        assert rule.fits(lower)

    every_sentence_of_the_kind_is_looked_at()


@pytest.mark.parametrize(
    ("text", "first", "others"),
    [
        pytest.param(
            "Originally published at L.A. Times", "^origi", {"origi", "publi", "at", "l", "a", "times"}, id="en"
        ),
        pytest.param("“À lire dans L’Équipe”", "^à", {"à", "lire", "dans", "l", "équip"}, id="fr"),
        pytest.param(" – ", None, set(), id="no-word"),
    ],
)
def test_a_glance_tells_how_words_begin_and_which_is_the_first(text: str, first: str | None, others: set[str]) -> None:
    assert glance(text).openings == others | ({first} if first else set())
