"""Feeds: RSS 2, Atom and RDF, read leniently and within bounds. No body makes a function here raise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from archive.urls import absolute
from crawler.addresses import resolved
from crawler.discovery import Sighting, read_instant
from crawler.rest import plain
from crawler.sitemaps import MAX_TAG_BYTES, local_name, longest_tag, parse_xml, text_of

MAX_ITEMS = 5_000
FeedKind = Literal["rss", "atom", "rdf", "none"]

_KINDS: dict[str, FeedKind] = {"rss": "rss", "feed": "atom", "rdf": "rdf"}
_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedItem:
    """One entry, as the feed words it."""

    url: str
    title: str | None = None
    posted_at: str | None = None
    """A UTC ISO instant: when the *blog* posted it."""
    updated_at: str | None = None
    creator: str | None = None
    """The blog's own author, not the article's."""
    categories: tuple[str, ...] = ()
    wordpress_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    url: str
    kind: FeedKind
    title: str | None = None
    items: tuple[FeedItem, ...] = ()
    next_url: str | None = None
    """The next page, where the feed itself names one; WordPress never does: see `paged_feed_url`."""
    problem: str | None = None


def feed_urls(tree: etree._Element | None, url: str) -> tuple[str, ...]:
    """The blog's post feeds: those the page names, without comment feeds, then WordPress' usual place."""
    named = []
    for link in tree.iter("link") if tree is not None else ():
        rels = (link.get("rel") or "").lower().split()
        if "alternate" in rels and (link.get("type") or "").lower() in _TYPES:
            named.append(resolved(url, link.get("href") or ""))
    usual = resolved(url, "/feed/")
    wanted = (found for found in [*named, usual] if found and not re.search(r"/comments?/|\bcomments-", found))
    return tuple(dict.fromkeys(wanted))


def paged_feed_url(url: str, number: int) -> str:
    """Page *number* of a WordPress feed, which walks all posts though the first page shows ten.

    >>> paged_feed_url("https://blog.example/feed/", 3)
    'https://blog.example/feed/?paged=3'
    """
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, True) if name != "paged"]
    query += [("paged", str(number))] if number > 1 else []
    return urlunsplit(parts._replace(query=urlencode(query)))


def read_feed(body: bytes, url: str) -> Feed:
    """The items of a feed, in its order; bad XML gives what could be read, and `problem` says what is wrong."""
    if longest_tag(body) > MAX_TAG_BYTES:
        return Feed(url=url, kind="none", problem="a tag too long to be honest")
    root = parse_xml(body)
    kind = _KINDS.get(local_name(root), "none") if root is not None else "none"
    if root is None or kind == "none":
        return Feed(url=url, kind="none", problem="not a feed")
    channel = next((child for child in root if local_name(child) == "channel"), root)
    items = [item for element in _item_elements(root, channel) if (item := _item(element, url))]
    return Feed(
        url=url,
        kind=kind,
        title=_first_text(channel, "title"),
        items=tuple(items[:MAX_ITEMS]),
        next_url=_next_page(channel, url),
        problem=f"more than {MAX_ITEMS:,} items" if len(items) > MAX_ITEMS else None,
    )


def _item_elements(root: etree._Element, channel: etree._Element) -> Iterator[etree._Element]:
    for parent in (root, channel) if channel is not root else (root,):
        yield from (child for child in parent if local_name(child) in ("item", "entry"))


def _item(element: etree._Element, url: str) -> FeedItem | None:
    link = _link(element, url)
    if link is None:
        return None
    return FeedItem(
        url=link,
        title=_first_text(element, "title"),
        posted_at=_instant(element, "pubdate", "published", "date", "issued"),
        updated_at=_instant(element, "updated", "modified"),
        creator=_first_text(element, "creator") or _author(element),
        categories=tuple(_categories(element)),
        wordpress_id=_number_in_guid(element),
    )


def _link(element: etree._Element, url: str) -> str | None:
    """The post's own address: a proxy's `origLink` tells it where the link itself is the proxy's."""
    plain_links: list[str] = []
    atom_links: list[str] = []
    for child in element:
        name = local_name(child)
        if name == "origlink":
            return absolute(url, text_of(child))
        if name == "link" and (child.get("rel") or "alternate") == "alternate":
            href = child.get("href")
            (atom_links if href else plain_links).append(href or text_of(child))
    found = [*plain_links, *atom_links, *_permalink_guids(element)]
    return next((link for href in found if href and (link := absolute(url, href))), None)


def _permalink_guids(element: etree._Element) -> Iterator[str]:
    for child in element:
        if local_name(child) == "guid" and (child.get("isPermaLink") or "true").lower() == "true":
            yield text_of(child)


def _number_in_guid(element: etree._Element) -> int | None:
    for child in element:
        if local_name(child) in ("guid", "id", "post-id"):
            found = re.search(r"(?:[?&]p=|^)(\d{1,12})$", text_of(child))
            if found:
                return int(found.group(1)) or None
    return None


def _first_text(element: etree._Element, name: str) -> str | None:
    found = (plain(text_of(child)) for child in element if local_name(child) == name)
    return next((text for text in found if text), None)


def _author(element: etree._Element) -> str | None:
    for child in element:
        if local_name(child) == "author":
            return _first_text(child, "name") or plain(text_of(child)) or None
    return None


def _categories(element: etree._Element) -> Iterator[str]:
    for child in element:
        if local_name(child) in ("category", "subject"):
            name = plain(text_of(child)) or child.get("label") or child.get("term")
            if name:
                yield name


def _instant(element: etree._Element, *names: str) -> str | None:
    texts = (text_of(child) for name in names for child in element if local_name(child) == name)
    return next((instant for text in texts if (instant := read_instant(text))), None)


def _next_page(channel: etree._Element, url: str) -> str | None:
    links = (child for child in channel if local_name(child) == "link" and child.get("rel") == "next")
    return next((found for link in links if (found := absolute(url, link.get("href") or ""))), None)


def feed_sightings(feed: Feed) -> tuple[Sighting, ...]:
    """Every item as a sighting, in the feed's order."""
    return tuple(
        Sighting(
            url=item.url,
            source="feed",
            listed_in=feed.url,
            title=item.title,
            lastmod=item.updated_at,
            posted_at=item.posted_at,
            wordpress_id=item.wordpress_id,
        )
        for item in feed.items
    )
