"""What must hold of any page: nothing raises, nothing is claimed without words, time grows no faster than the page."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st
from small_pages import RUNNING_TEXT

from archive.dates import find_dates, resolve
from archive.model import Line, Link, PageContext
from archive.provenance import read
from archive.provenance.names import read_byline

PIECES = st.sampled_from(
    [
        "The Detroit News",
        "Le Monde",
        "By",
        "Maya Lindqvist",
        "March 3, 2021",
        "3/4/21",
        "vom 12.2.",
        " | ",
        " – ",
        ": ",
        ", ",
        "\n",
        "Source",
        "originally appeared in",
        "parue dans",
        "veröffentlicht",
        "(AP) —",
        "# # #",
        "https://paper.example/a?utm_source=b",
        "“",
        "”",
        "Photo courtesy of",
        "Read the full article",
        "FOR IMMEDIATE RELEASE",
        "İ",
        "ﬁ",
        "０１/０２/２０２０",
        "\u00a0",
        "Ⅷ",
        "'",
        "’",
        "a" * 300,
        "((((",
        "....",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=12).map("".join))
LINES = st.builds(
    Line,
    text=TEXTS,
    where=st.just("content/p"),
    zone=st.sampled_from(["breadcrumb", "title", "head", "content"]),
    links=st.lists(st.builds(Link, href=st.text(max_size=60), text=TEXTS), max_size=2).map(tuple),
    alt=st.booleans(),
    caption=st.booleans(),
    quoted=st.booleans(),
    level=st.sampled_from([None, 1, 3]),
)
CONTEXTS = st.builds(
    PageContext,
    url=st.one_of(st.just("https://blog.example/p/"), st.text(max_size=40)),
    title=st.one_of(st.none(), TEXTS),
    posted_on=st.sampled_from([None, "2021-03-05", "2021-03", "not a date", ""]),
    language=st.sampled_from([None, "en", "de-AT", "fr", "xx", ""]),
    words=st.integers(0, 2000),
)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(LINES, max_size=20), context=CONTEXTS)
def test_no_page_makes_it_raise_and_every_value_has_words(lines: list[Line], context: PageContext) -> None:
    reading = read(lines, context)
    printed = [*(line.text for line in lines), *(link.href for line in lines for link in line.links)]
    assert all(any(e.printed in words for words in printed) or not e.printed for e in reading.evidence)
    if reading.kind != "repost":
        assert (reading.outlet, reading.authors, reading.original_on, reading.original_url) == (None, (), None, None)


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, posted=st.sampled_from([None, "2021-03-05", "rubbish"]))
def test_dates_stand_where_they_say_and_never_after_the_post(text: str, posted: str | None) -> None:
    for found in find_dates(text):
        assert text[found.start : found.end] == found.text
        iso = resolve(found, posted)
        assert iso is None or posted != "2021-03-05" or iso <= "2021-03-06"


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_names_in_a_byline_are_printed_in_it(text: str) -> None:
    byline = read_byline(text)
    assert byline is None or all(any(word in text for word in printed.split()) for printed in byline.printed)


def test_time_grows_no_faster_than_the_page() -> None:
    """Ten times the lines, each ten times as long: it may take a hundred times as long, not a thousand."""
    awkward = "Source : " + "by A. B. de la " * 40 + "published in " * 20 + "3/4/21 " * 20
    small, large = _seconds([awkward] * 30), _seconds([awkward * 10] * 300)
    assert large < 100 * max(small, 0.002)


def _seconds(texts: list[str]) -> float:
    lines = [Line(text=text, where="content/p") for text in (*texts, RUNNING_TEXT["en"])]
    began = time.perf_counter()
    read(lines, PageContext(url="https://blog.example/p/"))
    return time.perf_counter() - began
