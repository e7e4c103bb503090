"""What the query language promises: every string is read, the reading can be printed, and the print reads the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.query import LONGEST, MOST_TERMS, And, Filter, Near, Not, Or, Term, parse, terms
from archive.query_fields import day_span, lag_span

READINGS = [
    pytest.param("steel duty", "steel duty", id="words"),
    pytest.param('"tool and die"', '"tool and die"', id="phrase"),
    pytest.param("“tool and die”", '"tool and die"', id="typographic-quotes"),
    pytest.param("batter*", "batter*", id="prefix"),
    pytest.param('"tool and d"*', '"tool and d"*', id="prefix-of-a-phrase"),
    pytest.param("crain's foo-bar AT&T", "crain's foo-bar AT&T", id="words-with-signs"),
    pytest.param("a b OR c d", "(a b) OR (c d)", id="or-binds-less-than-and"),
    pytest.param("a AND b", "a b", id="and"),
    pytest.param("(a OR b) c", "(a OR b) c", id="group"),
    pytest.param("a | b", "a OR b", id="bar"),
    pytest.param("steel -podcast", "steel -podcast", id="minus"),
    pytest.param("steel NOT podcast", "steel -podcast", id="not"),
    pytest.param("NOT NOT steel", "steel", id="not-twice"),
    pytest.param("-(a b)", "-(a b)", id="not-a-group"),
    pytest.param("--verbose", "verbose", id="two-hyphens"),
    pytest.param("NEAR(lock ferry, 5)", 'NEAR("lock" "ferry", 5)', id="near"),
    pytest.param("lock NEAR/5 ferry", 'NEAR("lock" "ferry", 5)', id="near-between"),
    pytest.param("lock NEAR ferry", 'NEAR("lock" "ferry", 10)', id="near-without-distance"),
    pytest.param('outlet:"Axios Detroit"', 'outlet:"Axios Detroit"', id="outlet"),
    pytest.param("OUTLET:freep", "outlet:freep", id="field-in-capitals"),
    pytest.param('outlet:(axios OR "free press")', 'outlet:axios OR outlet:"free press"', id="field-of-a-group"),
    pytest.param("title:(lock OR ferry)", "title:lock OR title:ferry", id="title-of-a-group"),
    pytest.param("after:2024-6", "after:2024-06", id="month-with-one-digit"),
    pytest.param("on:2015/07/12", "on:2015-07-12", id="slashes"),
    pytest.param("year:2012..2015 posted:2024..", "year:2012..2015 posted:2024..", id="spans"),
    pytest.param("posted>=2024", "posted:>=2024", id="compared"),
    pytest.param("lag>7d", "lag>7d", id="lag"),
    pytest.param("lag:1w..1m", "lag:7d..30d", id="lag-span"),
    pytest.param("kind:press-release", "kind:press_release", id="kind"),
    pytest.param("lang:pt-BR", "lang:pt-br", id="language"),
    pytest.param("id:412", "id:412", id="id"),
    pytest.param("is:gone has:pdf", "is:gone has:pdf", id="states"),
    pytest.param("", "", id="nothing"),
]

OTHERWISE = [
    pytest.param("NOT", '"NOT"', "searched as a word", id="operator-alone"),
    pytest.param("a AND", 'a "AND"', "searched as a word", id="operator-at-the-end"),
    pytest.param("steel OR", 'steel OR "OR"', "searched as a word", id="or-at-the-end"),
    pytest.param('"unbalanced', "unbalanced", "quotation mark", id="quote-without-its-pair"),
    pytest.param("(steel", "steel", "opening parenthesis", id="open-parenthesis"),
    pytest.param("steel)", "steel", "closing parenthesis", id="closing-parenthesis"),
    pytest.param("after:yesterday", '"after:yesterday"', "a date such as 2024", id="no-date"),
    pytest.param("on:2023-02-30", '"on:2023-02-30"', "a date such as", id="no-such-day"),
    pytest.param("is:lost", '"is:lost"', "one of gone, changed", id="no-such-state"),
    pytest.param("🚋", "", "no letters or digits", id="emoji"),
    pytest.param("-", "", "“-” has no letters or digits", id="sign"),
]


@pytest.mark.parametrize(("query", "read"), READINGS)
def test_a_query_is_read_as_it_is_meant(query: str, read: str) -> None:
    found = parse(query)
    assert str(found) == read
    assert found.notes == ()


@pytest.mark.parametrize(("query", "read", "note"), OTHERWISE)
def test_what_is_not_understood_is_searched_as_words_and_said_so(query: str, read: str, note: str) -> None:
    found = parse(query)
    assert str(found) == read
    assert note in " ".join(found.notes)


def test_an_unknown_field_is_words() -> None:
    assert parse("http://blog.example/lock").tree == Term(text="http://blog.example/lock", quoted=True)


def test_a_tree_is_what_one_would_draw() -> None:
    tree = parse('outlet:freep (lock OR "big boat") -NEAR(a b)').tree
    assert tree == And(
        parts=(
            Filter(name="outlet", value="freep"),
            Or(parts=(Term(text="lock"), Term(text="big boat", quoted=True))),
            Not(part=Near(texts=("a", "b"))),
        )
    )


def test_words_that_must_not_stand_there_speak_for_nothing() -> None:
    assert [str(term) for term in terms(parse("steel -podcast -(a OR -b)").tree)] == ["steel", "b"]


def test_nothing_asked_differs_from_nothing_searchable() -> None:
    assert parse("  ").empty
    assert not parse("???").empty


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("2024", ("2024", "2025")),
        ("2023-12", ("2023-12", "2024-01")),
        ("2024-02-29", ("2024-02-29", "2024-03-01")),
        (">2024-06", ("2024-07", None)),
        ("<=2024-06", (None, "2024-07")),
        ("<2024-01-01", (None, "2024")),
        (">=2024-01", ("2024", None)),
        ("2023..2024-06", ("2023", "2024-07")),
        ("..2020", (None, "2021")),
    ],
)
def test_a_date_covers_the_days_it_names(value: str, span: tuple[str | None, str | None]) -> None:
    assert day_span(value) == span


@pytest.mark.parametrize(
    ("value", "span"),
    [("7d", (7, 7)), (">7d", (8, None)), ("<=2w", (None, 14)), ("1m..1y", (30, 365)), ("30d..", (30, None))],
)
def test_a_lag_is_a_span_of_days(value: str, span: tuple[int | None, int | None]) -> None:
    assert lag_span(value) == span


def test_a_query_is_bounded() -> None:
    many = parse(" ".join(f"word{number}" for number in range(200)))
    assert len(list(terms(many.tree))) == MOST_TERMS
    assert f"only the first {MOST_TERMS}" in many.notes[0]
    assert len(str(parse("x" * 50_000))) == LONGEST
    deep = parse("(" * 1_500 + "steel" + ")" * 400)
    assert "deep" in " ".join(deep.notes)


PIECES = st.sampled_from(
    '" ( ) - * : OR AND NOT NEAR NEAR/3 NEAR( , steel crain\'s foo-bar outlet: outlet:" author:howes title:( '
    "after:2024 "
    "year:2012..2015 lag>7d is:gone is:lost has:pdf kind:own id:4 \ud800 \x00 🚋 é ß ﬁ \u200b ' \\ ^ + { } [ ] ~ % _ "
    "; -- 2024-13 .. > < = | & ”".split(" ")
)
ANYTHING = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.lists(PIECES, max_size=12).map(" ".join),
    st.lists(PIECES, max_size=12).map("".join),
)


@given(ANYTHING)
def test_any_string_is_read_and_its_print_reads_the_same(query: str) -> None:
    found = parse(query)
    again = parse(str(found))
    assert again.tree == found.tree
    assert str(again) == str(found)
