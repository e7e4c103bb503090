"""What is looked for before a pattern is tried must stand in every text the pattern matches: else lines are lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.provenance.openings import glance, lowered
from archive.provenance.wordings import RULES, Rule

LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzàéíóúäöüçãñ0123456789 .,:-–'’“”()/")
ABOUT_THE_FIRST_WORD = [rule for rule in RULES if any(opening.startswith("^") for opening in rule.openings)]


@pytest.mark.parametrize("rule", ABOUT_THE_FIRST_WORD, ids=lambda rule: f"{rule.name}-{rule.language}")
def test_a_rule_is_tried_wherever_the_first_word_lets_it_match(rule: Rule) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=st.from_regex(re.compile(lowered(rule.trigger.pattern)), alphabet=LETTERS))
    def every_sentence_of_the_kind_is_looked_at(text: str) -> None:
        assert not rule.openings.isdisjoint(glance(text).openings)

    every_sentence_of_the_kind_is_looked_at()


@pytest.mark.parametrize(
    ("text", "first", "others"),
    [
        pytest.param("Originally published at L.A. Times", "^orig", {"orig", "publ", "at", "l", "a", "time"}, id="en"),
        pytest.param("“À lire dans L’Équipe”", "^à", {"à", "lire", "dans", "l", "équi"}, id="fr"),
        pytest.param(" – ", None, set(), id="no-word"),
    ],
)
def test_a_glance_tells_how_words_begin_and_which_is_the_first(text: str, first: str | None, others: set[str]) -> None:
    assert glance(text).openings == others | ({first} if first else set())
