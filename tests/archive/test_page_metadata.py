"""A page about a post says in its head what a reference manager is to save: the original, not the page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from test_citations import a_record

from archive.browse.rendering import environment
from archive.export.page_metadata import page_json_ld, page_tags

HEAD = '{% for name, content in tags %}<meta name="{{ name }}" content="{{ content }}">{% endfor %}'
PAGE = f"<!doctype html><html><head>{HEAD}<script>{{{{ json_ld|safe }}}}</script></head><body></body></html>"


def read(**facts: Any) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """What a program reads from the page: the tags, and the JSON-LD."""
    record = a_record(**facts)
    page = environment().from_string(PAGE).render(tags=page_tags(record), json_ld=page_json_ld(record))
    tree = html.document_fromstring(page)
    [script] = tree.findall(".//script")
    assert tree.find("body").text is None
    return [(tag.get("name"), tag.get("content")) for tag in tree.findall(".//meta")], json.loads(script.text)


def test_the_tags_are_the_originals_reference() -> None:
    assert read()[0] == [
        ("z:itemType", "newspaperArticle"),
        ("citation_title", "Dry dock reopens after a winter of repairs"),
        ("citation_author", "Marta Quill"),
        ("citation_author", "Anton van der Leek"),
        ("citation_journal_title", "The Detroit News"),
        ("citation_publication_date", "2026/02/27"),
        ("citation_public_url", "https://news.example/yard"),
        ("citation_language", "en-US"),
    ]


def test_the_json_ld_is_a_repost_that_is_based_on_the_original() -> None:
    found = read()[1]
    assert (found["@type"], found["url"], found["datePublished"], found["isPartOf"]["name"]) == (
        "NewsArticle",
        "https://blog.example/yard-reopens/",
        "2026-03-01",
        "Harbor Auto Alliance",
    )
    assert found["isBasedOn"] == {
        "@type": "NewsArticle",
        "headline": "Dry dock reopens after a winter of repairs",
        "author": [{"@type": "Person", "name": "Marta Quill"}, {"@type": "Person", "name": "Anton van der Leek"}],
        "datePublished": "2026-02-27",
        "publisher": {"@type": "NewsMediaOrganization", "name": "The Detroit News"},
        "url": "https://news.example/yard",
        "inLanguage": "en-US",
    }


@pytest.mark.parametrize(
    ("facts", "item_type"),
    [
        ({"outlet_kind": "magazine"}, "magazineArticle"),
        ({"outlet_kind": None}, "newspaperArticle"),
        ({"kind": "own", "outlet": None, "authors": []}, "blogPost"),
    ],
)
def test_the_item_type_is_that_of_the_outlet(facts: dict[str, Any], item_type: str) -> None:
    assert dict(read(**facts)[0])["z:itemType"] == item_type


def test_a_post_of_the_blogs_own_is_based_on_nothing() -> None:
    tags, found = read(kind="own", outlet=None, authors=[], original_on=None, original_url=None)
    assert found["@type"] == "BlogPosting"
    assert "isBasedOn" not in found
    assert dict(tags)["citation_author"] == "Web Desk"


def test_what_is_unknown_is_left_out_and_a_day_is_no_more_precise_than_printed() -> None:
    tags, found = read(authors=[], original_on="2017-05", original_url="javascript:alert(1)", language=None)
    assert dict(tags)["citation_publication_date"] == "2017/05"
    assert {"citation_author", "citation_public_url", "citation_language"} & dict(tags).keys() == set()
    assert {"author", "url", "inLanguage"} & found["isBasedOn"].keys() == set()


def test_a_newsroom_is_no_person() -> None:
    assert read(authors=["The Detroit News Editorial Staff"])[1]["isBasedOn"]["author"] == [
        {"@type": "Organization", "name": "The Detroit News Editorial Staff"}
    ]


hostile = st.text(max_size=60) | st.sampled_from(
    ["</script><script>alert(1)</script>", '"><img src=x>', "<!--", "a, b; c"]
)


@given(title=hostile, outlet=hostile, author=hostile, url=hostile)
def test_no_archived_text_breaks_out_of_the_head(title: str, outlet: str, author: str, url: str) -> None:
    tags, found = read(title=title, outlet=outlet, authors=[author], original_url=url)
    assert {name for name, _ in tags} <= {name for name, _ in read()[0]}
    assert found["isBasedOn"]["@type"] == "NewsArticle"
