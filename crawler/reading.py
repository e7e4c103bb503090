"""From a page's bytes to a post and its reading, in one call: what the crawl, `inspect` and re-reading share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from archive import provenance
from archive.model import PageContext, Post, Reading
from archive.urls import host_of
from crawler.pages import Page, parse_page, read_post
from crawler.profiles import SiteProfile, list_profiles, load_profile


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadPage:
    post: Post
    context: PageContext
    reading: Reading


def context_of(post: Post, profile: SiteProfile) -> PageContext:
    """What the reader of provenance is told beside the lines: the page's own facts, and what the profile knows."""
    return PageContext(
        url=post.url,
        title=post.title,
        posted_on=post.posted_on,
        site_author=post.site_author,
        language=post.language or profile.language,
        categories=post.categories,
        house_names=profile.house_names,
        date_order=profile.date_order,
        words=post.words,
    )


def read_page(page: Page, profile: SiteProfile, rest: Mapping[str, Any] | None = None) -> ReadPage:
    post = read_post(page, selectors=profile.selectors, rest=rest)
    context = context_of(post, profile)
    return ReadPage(post=post, context=context, reading=provenance.read(post.lines, context))


def read_bytes(body: bytes, url: str, profile: SiteProfile, content_type: str | None = None) -> ReadPage:
    """Raises `crawler.pages.UnreadablePageError` for what is no page."""
    return read_page(parse_page(body, url=url, content_type=content_type, limits=profile.page_limits), profile)


def profile_for_page(url: str) -> SiteProfile:
    """The profile of the blog a page is from: by its address, or by its domain when a mirror or portal served it."""
    host = host_of(url)
    for profile in list_profiles():
        homes = [host_of(start) for start in profile.start_urls]
        if any(host == home or host.endswith(f".{home}") for home in homes):
            return profile
    return load_profile(url)


def inspection(url: str, read: ReadPage) -> dict[str, Any]:
    """The reading of one page in the shape `clipfile inspect --json` prints; docs/inspect.md lists the keys."""
    post, reading = read.post, read.reading
    return {
        "url": url,
        "title": post.title,
        "kind": reading.kind,
        "is_repost": reading.kind == "repost",
        "outlet": reading.outlet,
        "outlet_as_printed": reading.outlet_printed,
        "original_authors": list(reading.authors),
        "original_date": reading.original_on,
        "original_url": reading.original_url,
        "image_credit": reading.image_credit,
        "site_date": post.posted_on,
        "site_author": post.site_author,
        "language": post.language,
        "body_text": post.text,
        "confidence": round(reading.confidence, 3),
        "evidence": [asdict(evidence) for evidence in reading.evidence],
        "completeness": reading.completeness,
        "agency": reading.agency,
    }
