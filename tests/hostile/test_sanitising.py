"""What is kept of hostile markup for reading: tags, attributes and addresses of the allow-list, and nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from lxml import html

from crawler.pages import UnreadablePageError, parse_page, read_post
from crawler.sanitise import ATTRIBUTES, TAGS
from tests.hostile.pages import post
from tests.hostile.vectors import BY_CLASS, VECTORS

URL = "https://blog.example/2024/05/a-post/"
ADDRESSES = ("href", "src", "cite")


def test_there_are_enough_of_every_class() -> None:
    assert len(set(VECTORS)) >= 150
    assert all(len(wordings) >= 5 for wordings in BY_CLASS.values())


def found_in(markup: str) -> list[str]:
    """What browsers would find in the kept markup that the allow-list does not name."""
    wrong = []
    for element in html.fragment_fromstring(markup, create_parent="div").iterdescendants():
        allowed = ATTRIBUTES.get(str(element.tag), set()) | ({"rel"} if element.tag == "a" else set())
        wrong += [] if element.tag in TAGS else [f"<{element.tag}>"]
        wrong += [f"{name} of <{element.tag}>" for name in element.attrib if name not in allowed]
        addresses = (str(element.get(name)) for name in ADDRESSES if element.get(name))
        wrong += [address for address in addresses if urlsplit(address).scheme not in ("http", "https")]
    return wrong


@pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))
def test_of_a_vector_only_what_is_allowed_is_kept(vector: str) -> None:
    try:
        page = parse_page(post("vector", in_body=f"<div>{vector}</div>").encode(), url=URL)
    except UnreadablePageError:
        return
    kept = read_post(page).html
    assert kept is not None
    assert found_in(kept) == []


def test_links_of_archived_markup_say_that_we_do_not_vouch_for_them() -> None:
    page = parse_page(post("link", in_body='<p><a href="/x/" rel="opener" target="_top">x</a></p>').encode(), url=URL)
    assert '<a href="https://blog.example/x/" rel="noopener noreferrer nofollow">' in (read_post(page).html or "")
