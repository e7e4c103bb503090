"""Reads one page, of whatever kind, into a value small enough to leave the process that read it (crawler/handover.py).

The crawl itself reads nothing. It hands bytes to the reading room (crawler/room.py), whose processes call these
functions; nothing here brings Scrapy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from archive import provenance
from archive.charsets import as_text
from archive.model import Post
from archive.requisites import Requisite, Role, asked_for, page_requisites
from crawler import feeds, rest
from crawler.categories import category_links, find_archives, find_categories
from crawler.handover import ListingRead, PostLinks, PostRead, Sent, Unreadable
from crawler.listings import read_listing
from crawler.pages import Page, UnreadablePageError, is_protected, page_kind, parse_page, read_post
from crawler.parts import further_parts, join_parts
from crawler.profiles import SiteProfile
from crawler.reading import context_of
from crawler.theme import theme_of


def parsed(page: Sent, profile: SiteProfile) -> Page:
    """Raises UnreadablePageError."""
    return parse_page(page.body, url=page.url, content_type=page.content_type, limits=profile.page_limits)


def read_post_page(
    pages: Sequence[Sent], profile: SiteProfile, said: Mapping[str, Any] | None, choice: str
) -> PostRead | Unreadable:
    """The post on the first of *pages*, with the text of its further ones; *said* is what REST says of it.

    *choice* of requisites: `none`, `shown` or `every` (crawler/requisites.py).

    When the first page names others and none is given, all but the reading is there.
    """
    first, *others = pages
    try:
        page = parsed(first, profile)
    except UnreadablePageError as error:
        return Unreadable(reason=error.reason, detail=str(error))
    if is_protected(page):
        return PostRead(is_protected=True)
    kind = page_kind(page)
    if kind == "missing" or (kind not in ("post", "other") and not said):
        return PostRead(kind=kind)
    post = read_post(page, selectors=profile.selectors, rest=said)
    if not others and (further := further_parts(page, post.url)):
        return PostRead(kind=kind, post=replace(post, lines=()), further=further, filed_under=category_links(page.tree))
    try:
        parts = [read_post(parsed(each, profile), selectors=profile.selectors) for each in others]
    except UnreadablePageError as error:
        return Unreadable(reason=error.reason, detail=f"a further page of the post: {error}")
    if parts:
        post = join_parts([post, *parts])
    reading = provenance.read(post.lines, context_of(post, profile))
    requisites = post_requisites(first, post, choice)
    return PostRead(
        kind=kind,
        post=replace(post, lines=()),
        reading=reading,
        requisites=requisites,
        filed_under=category_links(page.tree),
    )


def post_requisites(page: Sent, post: Post, choice: str) -> tuple[Requisite, ...]:
    """What the page of *post* needs to be seen, and what the post itself shows or offers."""
    if choice == "none":
        return ()
    named = page_requisites(as_text(page.body, page.content_type or ""), page.url, every=choice == "every")
    found = {each.url: each for each in named}
    for image in post.images:
        role: Role = "attachment" if image.role == "attachment" else "image"
        for address in (image.url, *(image.candidates if choice == "every" else ())):
            if asked := asked_for(page.url, address):
                found.setdefault(asked, Requisite(asked, role))
    return tuple(found.values())


def read_post_links(page: Sent, profile: SiteProfile, bases: Collection[str]) -> PostLinks:
    """The listings a post's page links. It was read before: what can't be read raises UnreadablePageError."""
    found = parsed(page, profile)
    return PostLinks(
        url=found.url,
        categories=find_categories(found.tree, found.url, profile, base_url=found.base_url, bases=bases),
        archives=find_archives(found.tree, found.url, profile, base_url=found.base_url),
    )


def read_listing_page(
    page: Sent, profile: SiteProfile, hint: Mapping[str, Any], bases: Collection[str], link_header: str
) -> ListingRead | Unreadable:
    """One page of a category, blog, date or author listing.

    *bases* are path prefixes of the blog's categories; those of the categories it links are used at once, unless *hint*
    says that only posts are wanted. *link_header* is the answer's `Link`, where REST may be named.
    """
    try:
        return listing_of(parsed(page, profile), profile, hint, bases, link_header)
    except UnreadablePageError as error:
        return Unreadable(reason=error.reason, detail=str(error))


def listing_of(
    found: Page, profile: SiteProfile, hint: Mapping[str, Any], bases: Collection[str] = (), link_header: str = ""
) -> ListingRead:
    """The same of a page that is parsed already."""
    wanted = not hint.get("only") and not hint.get("delta")
    categories = find_categories(found.tree, found.url, profile, base_url=found.base_url, bases=bases) if wanted else ()
    listing = read_listing(
        found.tree,
        found.url,
        profile,
        source=hint.get("source", "blog"),
        base_url=found.base_url,
        bases={*bases, *(category.base for category in categories)},
        shape=hint.get("shape"),
    )
    return ListingRead(
        url=found.url,
        categories=categories,
        listing=listing,
        rest_roots=rest.rest_roots(found.url, link_header=link_header, tree=found.tree),
        feeds=feeds.feed_urls(found.tree, found.url),
        look=theme_of(found.tree) if any(hint.get(name) for name in ("start", "look", "delta")) else (),
    )
