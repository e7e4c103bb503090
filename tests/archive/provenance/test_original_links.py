"""Links to the original."""

from __future__ import annotations

import pytest

from archive.model import Line, Link
from archive.provenance.links import original_links, same_site, unwrap

WRAPPED = [
    pytest.param(
        "https://www.google.com/url?q=https%3A%2F%2Fpaper.example%2Fa&sa=D", "https://paper.example/a", id="google"
    ),
    pytest.param(
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fpaper.example%2Fa%3Ffbclid%3Dx&h=1",
        "https://paper.example/a",
        id="facebook",
    ),
    pytest.param(
        "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fpaper.example%2Fa&data=1",
        "https://paper.example/a",
        id="safelinks",
    ),
    pytest.param(
        "https://urldefense.com/v3/__https://paper.example/a__;!!x", "https://paper.example/a", id="urldefense-3"
    ),
    pytest.param(
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__paper.example_a&d=x",
        "https://paper.example/a",
        id="urldefense-2",
    ),
    pytest.param("https://href.li/?https://paper.example/a", "https://paper.example/a", id="href-li"),
    pytest.param("https://paper.example/a?utm_source=x&id=7&gclid=y", "https://paper.example/a?id=7", id="tracking"),
    pytest.param("https://paper.example/a?id=7#top", "https://paper.example/a?id=7", id="fragment"),
    pytest.param("https://paper.example/a", "https://paper.example/a", id="plain"),
    pytest.param("http://[broken", "http://[broken", id="broken"),
]


@pytest.mark.parametrize(("url", "inner"), WRAPPED)
def test_redirectors_and_tracking_come_off(url: str, inner: str) -> None:
    assert unwrap(url) == inner


def test_only_links_that_leave_the_blog_can_be_the_original() -> None:
    links = [
        "https://blog.harbor.example/about/",
        "https://www.facebook.com/sharer.php?u=x",
        "https://paper.example/photo.jpg",
        "mailto:a@paper.example",
        "https://paper.example/a",
    ]
    line = Line(
        text="Read on: https://wire.example/b.", where="content/p", links=tuple(Link(href=u, text="x") for u in links)
    )
    assert original_links(line, "harbor.example") == ["https://paper.example/a", "https://wire.example/b"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("testportal.chamber.example", "www.chamber.example", True),
        ("a.blogspot.com", "b.blogspot.com", False),
        ("news.co.uk", "paper.co.uk", False),
        ("", "paper.example", False),
    ],
)
def test_hosts_of_one_site_are_told_from_neighbours(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same
