"""What a page about a post says of it to programs: Highwire tags, by which Zotero and its kin save the *original's*
reference, and JSON-LD (schema.org), in which the repost is a `NewsArticle` that is based on another."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from archive.export.citations import Medium, Reference, read_reference
from archive.export.names import NO_PERSON, Name

ITEM_TYPES: Final[dict[Medium, str]] = {
    "newspaper": "newspaperArticle",
    "magazine": "magazineArticle",
    "blog": "blogPost",
}
"""Zotero's own names: without one it takes whatever has a `citation_title` for a journal's article."""

_WEB: Final = re.compile(r"https?://", re.IGNORECASE)


def page_tags(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and content of the page's `meta` elements, for a record of `archive.export.selection`."""
    reference = read_reference(record)
    found = [
        ("z:itemType", ITEM_TYPES[reference.medium]),
        ("citation_title", reference.title),
        # A comma or semicolon would part one name into two.
        *(("citation_author", re.sub(r"[,;]", "", name)) for name in reference.printed_authors),
        ("citation_journal_title", reference.container),
        ("citation_publication_date", (reference.issued_on or "").replace("-", "/")),
        ("citation_public_url", _web(reference.url)),
        ("citation_language", reference.language),
    ]
    return [(name, content) for name, content in found if content]


def page_json_ld(record: Mapping[str, Any]) -> str:
    """The post for schema.org, safe inside a `script` element."""
    post = _repost(record) if record["kind"] == "repost" else _own(record)
    text = json.dumps(_known({"@context": "https://schema.org", **post}), ensure_ascii=False)
    # HTML ends a script at "</", whatever JSON thinks of it.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _repost(record: Mapping[str, Any]) -> dict[str, Any]:
    original, page = read_reference(record), read_reference(record, repost=True)
    outlet = {"@type": "NewsMediaOrganization", "name": original.container} if original.container else None
    article = {
        "@type": "NewsArticle",
        "headline": original.title,
        "author": _people(original),
        "datePublished": original.issued_on,
        "publisher": outlet,
        "url": _web(record["original_url"]),
        "inLanguage": original.language,
    }
    return {"@type": "NewsArticle", **_page(page), "isBasedOn": _known(article)}


def _own(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"@type": "BlogPosting", **_page(read_reference(record))}


def _page(page: Reference) -> dict[str, Any]:
    return {
        "headline": page.title,
        "author": _people(page),
        "datePublished": page.issued_on,
        "url": _web(page.url),
        "isPartOf": {"@type": "Blog", "name": page.container},
        "inLanguage": page.language,
    }


def _people(reference: Reference) -> list[dict[str, str]]:
    pairs = zip(reference.authors, reference.printed_authors, strict=True)
    return [{"@type": _kind(name), "name": printed} for name, printed in pairs]


def _kind(name: Name) -> str:
    is_desk = name.given is None and any(word in NO_PERSON for word in name.family.casefold().split())
    return "Organization" if is_desk else "Person"


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value}


def _web(url: str | None) -> str | None:
    return url if url and _WEB.match(url) else None
