"""Posts that an editor split over several pages (`<!--nextpage-->`): `/slug/`, `/slug/2/`, `/slug/3/` are one post."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from archive.model import Line, Post
from archive.urls import absolute, canonical_url
from crawler.pages import Page

MOST_PARTS: Final = 50
"""No honest post has more; a theme that links pages without end would."""

_HREFS = etree.XPath("//a/@href", smart_strings=False)
_MAY_BE_PART = re.compile(r"(?:/|\bpage=)\d\d?(?!\d)")
_PAGES_LINE = re.compile(r"\W*(?:\w+\s*:?\s*)?(?:(?:\w+ )?\d{1,2}\b\W*)+(?:\w+\W*){0,2}")
"""`Pages: 1 2 3`, `Page 1 Page 2 Next`."""


def further_parts(page: Page, url: str) -> tuple[str, ...]:
    """Addresses of the post's pages after the first, in order; () for a post of one page.

    Only what the page links counts. Numbers must follow each other: a gap would be a chapter of another post.
    """
    found: dict[int, str] = {}
    name = urlsplit(url).path.rstrip("/").rpartition("/")[2].lower() or "page="
    for written in _HREFS(page.tree):
        # nearly every link of a page fails one of these, and spelling an address canonically costs more than both
        if name not in written.lower() or not _MAY_BE_PART.search(written):
            continue
        href = absolute(page.base_url, written)
        number = part_number(href, url) if href else None
        if href and number:
            found.setdefault(number, href)
    parts = []
    for number in range(2, MOST_PARTS + 1):
        if number not in found:
            break
        parts.append(found[number])
    return tuple(parts)


def part_number(href: str, url: str) -> int | None:
    """Which page of the post at *url* the address is; None when it is none of its further pages.

    >>> part_number("https://blog.example/tool/2/", "https://blog.example/tool/")
    2
    >>> part_number("https://blog.example/?p=7&page=3", "https://blog.example/?p=7")
    3
    """
    page, post = urlsplit(canonical_url(href)), urlsplit(canonical_url(url))
    if page.netloc != post.netloc:
        return None
    if page.path == post.path and page.query != post.query:
        asked, own = parse_qs(page.query), parse_qs(post.query)
        numbers = asked.pop("page", [])
        return _number(numbers[0]) if numbers and asked == own else None
    rest = page.path.removeprefix(post.path)
    return _number(rest.strip("/")) if rest != page.path and page.query == post.query else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and int(text) > 1 else None


def join_parts(parts: Sequence[Post]) -> Post:
    """One post from its pages in order: the first page's facts, everybody's text, images and lines."""
    first = parts[0]
    lines = [line for part in parts for line in part.lines if part is first or line.zone == "content"]
    kept = [line for line in lines if not _is_page_links(line, first.url)]
    return replace(
        first,
        lines=tuple(kept),
        text="\n".join(line.text for line in kept if line.zone == "content" and not line.alt),
        html="\n".join(part.html for part in parts),
        images=tuple({image.url: image for part in reversed(parts) for image in reversed(part.images)}.values())[::-1],
    )


def _is_page_links(line: Line, url: str) -> bool:
    own = [link for link in line.links if canonical_url(link.href) == canonical_url(url) or part_number(link.href, url)]
    return bool(own) and len(own) == len(line.links) and bool(_PAGES_LINE.fullmatch(line.text))
