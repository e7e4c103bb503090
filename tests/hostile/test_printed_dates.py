"""Dates as blogs print them above a repost, possible and impossible: read to what is printed, and none made up."""

from __future__ import annotations

import pytest

from archive import provenance
from crawler.pages import parse_page, read_post
from crawler.profiles import load_profile
from crawler.reading import context_of
from tests.hostile.pages import post

URL = "https://quay.example/blog/a-post/"

PRINTED: list[tuple[str, str | None]] = [
    # possible, at the precision printed; the post is of May 6, 2024
    ("May 3, 2024", "2024-05-03"),
    ("Friday, May 3, 2024", "2024-05-03"),
    ("May 3", "2024-05-03"),
    ("3 May 2024", "2024-05-03"),
    ("05/03/2024", "2024-05-03"),
    ("2024-05-03", "2024-05-03"),
    ("April 2024", "2024-04"),
    ("Spring 2023", "2023"),
    ("Feb. 29, 2024", "2024-02-29"),
    ("Dec. 31, 1999", "1999-12-31"),
    ("MAY 3RD, 2024", "2024-05-03"),
    ("May 3, ’24", "2024-05-03"),
    ("M\u200bay 3, 2024\u202e", "2024-05-03"),
    # days that no calendar has
    ("February 29, 2023", None),
    ("February 30, 2024", None),
    ("February 31, 2024", None),
    ("April 31, 2024", None),
    ("June 31", None),
    ("May 0, 2024", None),
    ("May 32, 2024", None),
    ("May 99, 2024", None),
    ("00/00/0000", None),
    ("13/13/2024", None),
    ("31/02/2024", None),
    ("2024-02-30", None),
    ("2024-13-01", None),
    ("2024-00-00", None),
    ("0000-00-00", None),
    # years that no newspaper has
    ("May 3, 0000", None),
    ("May 3, 0024", None),
    ("May 3, 1066", None),
    ("May 3, 9999", None),
    ("May 3, 20244", None),
    ("9999-12-31", None),
    ("May 3, -2024", None),
    # after the post, so not when the article first appeared
    ("May 3, 2025", None),
    ("December 24, 2024", None),
    ("June 2024", None),
    # no date at all
    ("Yesterday", None),
    ("3 days ago", None),
    ("Maybe 3, 2024 times", None),
    ("Mayday 3", None),
    ("Smarch 3, 2024", None),
    ("Vol. 3, No. 5", None),
    ("3:05 p.m.", None),
    ("March of the machines", None),
    ("٣ مايو ٢٠٢٤", None),
    ("May ³, 2024", None),
]


@pytest.mark.parametrize(("printed", "original_on"), PRINTED, ids=[ascii(printed) for printed, _ in PRINTED])
def test_a_printed_date_is_read_as_printed_or_not_at_all(printed: str, original_on: str | None) -> None:
    page = parse_page(post("a-post", day=printed).encode(), url=URL, content_type="text/html; charset=utf-8")
    found = read_post(page)
    reading = provenance.read(found.lines, context_of(found, load_profile("https://quay.example/blog/")))
    assert (found.posted_on, reading.original_on) == ("2024-05-06", original_on)
