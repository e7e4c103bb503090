"""HTML → Post, links, and what kind of page it is: pure, no network, no database.

`parse_page` parses once for everybody; `read_post` asks the signals (crawler/signals.py) and the page's anatomy
(crawler/content.py) and puts their answers together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from archive.model import Post
from archive.text import fold
from archive.urls import is_tracking
from crawler import profile_selectors
from crawler.container import holding
from crawler.content import Anatomy, cut_out, read_anatomy, read_crumbs, read_post_lines
from crawler.figures import featured_images, read_images
from crawler.jsonld import strings, types_of
from crawler.kinds import PageKind, Sign, is_protected, kind_signs, page_kind
from crawler.links import PageLink, Region, read_links
from crawler.markup import HeadLink, Page, Reason, UnreadablePageError, parse_page
from crawler.profile_selectors import SelectorSyntaxError
from crawler.sanitise import readable_html
from crawler.signals import (
    Signal,
    from_html,
    from_json_ld,
    from_microdata,
    from_opengraph,
    from_rest,
    from_text,
    is_local,
    join,
    local_day,
    plain,
    utc_instant,
)

__all__ = [
    "HeadLink",
    "Page",
    "PageKind",
    "PageLink",
    "Reason",
    "Region",
    "SelectorSyntaxError",
    "Sign",
    "UnreadablePageError",
    "is_protected",
    "kind_signs",
    "page_kind",
    "parse_page",
    "permalink",
    "read_links",
    "read_post",
]

_NO_SELECTORS: Mapping[str, str] = MappingProxyType({})


def read_post(
    page: Page, *, selectors: Mapping[str, str] = _NO_SELECTORS, rest: Mapping[str, Any] | None = None
) -> Post:
    """Read the post that *page* shows. A fact no signal gives is None; nothing is guessed.

    *selectors*, a site profile's CSS by field (title, content, date, modified, author, categories, tags), go before any
    signal; *rest* is the post's object from `/wp-json/wp/v2/posts`, with `_embed`, when it is known.

    Raises SelectorSyntaxError.
    """
    given = {
        "profile": profile_selectors.from_selectors(page, selectors),
        "rest": from_rest(rest),
        "json-ld": from_json_ld(page),
    }
    anatomy = _anatomy(page, selectors, rest, titles=[title for signal in given.values() if (title := signal["title"])])
    body = cut_out(anatomy)
    lines = read_post_lines(anatomy, body)
    crumbs = read_crumbs(lines)
    seen = {
        "microdata": from_microdata(page, anatomy),
        "opengraph": from_opengraph(page),
        "text": from_text(page, anatomy, lines, crumbs),
        "html": from_html(page, anatomy),
    }
    facts, sources = _facts(anatomy, {**given, **seen})
    images = read_images(body.element, page.base_url)
    return Post(
        url=permalink(page),
        text="\n".join(line.text for line in lines if line.zone == "content" and not line.alt),
        lines=tuple(lines),
        breadcrumb=crumbs or _graph_crumbs(page),
        images=(*featured_images(page, anatomy.scope, images, rest), *images),
        html=readable_html(body.element, page.base_url),
        layout=anatomy.container.layout,
        signals=sources,
        **facts,
    )


def _anatomy(page: Page, selectors: Mapping[str, str], rest: Mapping[str, Any] | None, *, titles: list[str]) -> Anatomy:
    """The page's anatomy: as the profile says, else as it looks, else where the words that REST gave are."""
    found = read_anatomy(
        page,
        titles=titles,
        headline=profile_selectors.first(page, selectors, "title"),
        body=profile_selectors.first(page, selectors, "content"),
    )
    content = rest.get("content") if rest else None
    words = plain(content.get("rendered")) if isinstance(content, Mapping) else None
    if words and found.container.layout in ("density", "article"):
        located = holding(page, words)
        return replace(found, container=located) if located else found
    return found


def _facts(anatomy: Anatomy, signals: Mapping[str, Signal]) -> tuple[dict[str, Any], dict[str, str]]:
    """One value a field of the post, and which signal gave it."""
    joined, named = join(signals)
    sources = {_POST_FIELDS.get(name, name): signal for name, signal in named.items()}
    posted_on, theme = _own_day(joined.pop("posted_at", None), signals)
    if theme:
        sources["posted_on"] = theme
    modified_at = utc_instant(joined.pop("modified_at", None))
    if modified_at is None:
        sources.pop("modified_at", None)
    title = joined.pop("title", None)
    if anatomy.title and sources.get("title") not in ("profile", "rest"):
        if anatomy.title != title and fold(anatomy.title) != fold(title or ""):
            sources["title"] = "text"
        title = anatomy.title
    return {**joined, "title": title, "posted_on": posted_on, "modified_at": modified_at}, sources


_POST_FIELDS = {"posted_at": "posted_on"}
_LOCAL_TIME = ("microdata", "text")
"""Who knows the blog's own day when a plugin gives the time in UTC: the theme."""


def _own_day(posted_at: str | None, signals: Mapping[str, Signal]) -> tuple[str | None, str | None]:
    """The day of *posted_at* where the blog is; and the signal of the theme that has it, where it is another in UTC."""
    if posted_at is None or is_local(posted_at):
        return (posted_at[:10] if posted_at else None), None
    for name in _LOCAL_TIME:
        if is_local(local := signals[name]["posted_at"]):
            day = local_day(posted_at, local)
            return day, name if day != posted_at[:10] else None
    return posted_at[:10], None


def _graph_crumbs(page: Page) -> tuple[str, ...]:
    """What JSON-LD says the breadcrumb is, where none is printed."""
    found = next((o for o in page.json_ld if "BreadcrumbList" in types_of(o)), {})
    items = found.get("itemListElement")
    names = [(_crumb(item), number) for number, item in enumerate(items if isinstance(items, list) else [])]
    return tuple(name for (_, name), _ in sorted(names, key=lambda n: (n[0][0], n[1])) if name)


def _crumb(item: Any) -> tuple[int, str]:
    if not isinstance(item, Mapping):
        return 0, ""
    position = item.get("position")
    named = strings(item.get("name")) or strings(item.get("item"))
    return (position if isinstance(position, int) else 0), (named[0] if named else "")


# -------------------------------------------------------------------------------------------------- permalink


def permalink(page: Page) -> str:
    """The post's address as the blog spells it, without tracking.

    `rel=canonical` is believed when it is on this site and speaks of this post: themes and plugins are known to point
    it at the front page, at one post for all, or at the article's first publication.
    """
    canonical = page.canonical
    address = canonical if canonical and _names_this_post(canonical, page.url) else page.url
    return _untracked(address)


def _names_this_post(canonical: str, url: str) -> bool:
    if canonical == url:
        return True
    there, here = urlsplit(canonical), urlsplit(url)
    if _site(there.netloc) != _site(here.netloc):
        return False
    number, other = (parse_qs(parts.query).get("p") for parts in (here, there))
    if number or other:
        return not (number and other) or number == other
    wanted, given = _segments(there.path), _segments(here.path)
    return (
        wanted == given
        or (bool(wanted) and given[: len(wanted)] == wanted and _is_variant(given[len(wanted) :]))
        or (bool(wanted) and bool(given) and wanted[-1] == given[-1])
    )


def _site(netloc: str) -> str:
    return netloc.lower().removeprefix("www.")


def _segments(path: str) -> list[str]:
    return [segment for segment in path.lower().split("/") if segment]


_WITHOUT_QUERY = re.compile(r"https?://[\w.:-]+/[!-\"$->@-~]*", re.ASCII)
"""What most permalinks look like, which then need not be taken apart: no query, no fragment, and nothing to mend."""
_VARIANT = re.compile(r"amp|print|feed|embed|\d+|comment-page-\d+")


def _is_variant(segments: list[str]) -> bool:
    """Whether what follows a post's path is only another form of it: /amp/, /print/, its second page."""
    return all(_VARIANT.fullmatch(segment) for segment in segments)


def _untracked(url: str) -> str:
    if _WITHOUT_QUERY.fullmatch(url):
        return url
    parts = urlsplit(url)
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not is_tracking(k)])
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))
