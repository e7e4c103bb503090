"""What kind of page it is: one post, a listing of posts, a page of the site, or something else; and why we think so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from crawler.content import cut_out, read_anatomy, read_post_lines
from crawler.jsonld import types_of
from crawler.markup import Page, asks_for
from crawler.regions import Regions
from crawler.signals import ARTICLES, printed_day

PageKind = Literal["post", "listing", "page", "missing", "other"]


class Sign(NamedTuple):
    """Something about a page that speaks for a kind, and how loudly."""

    name: str
    kind: PageKind
    weight: int


ENOUGH = 2
"""A page that nothing speaks for louder than this is `other`."""

BODY_CLASSES: dict[str, tuple[PageKind, int]] = {
    "single-post": ("post", 6),
    "single": ("post", 2),
    "page": ("page", 5),
    "archive": ("listing", 5),
    "category": ("listing", 5),
    "tag": ("listing", 5),
    "author": ("listing", 5),
    "date": ("listing", 5),
    "blog": ("listing", 4),
    "search": ("listing", 4),
    "post-type-archive": ("listing", 5),
    "error404": ("missing", 9),
    "attachment": ("other", 9),
    "woocommerce-page": ("other", 4),
}
JSON_LD_TYPES: dict[str, tuple[PageKind, int]] = {
    **dict.fromkeys(ARTICLES, ("post", 4)),
    "CollectionPage": ("listing", 4),
    "SearchResultsPage": ("listing", 4),
    "ProfilePage": ("listing", 3),
    "AboutPage": ("page", 4),
    "ContactPage": ("page", 4),
    "WebPage": ("page", 1),
    "Event": ("other", 3),
    "Product": ("other", 3),
}
_REST = re.compile(r"/wp/v2/(posts|pages|categories|tags|users|media)/\d+$")
_REST_KINDS: dict[str, PageKind] = {
    "posts": "post",
    "pages": "page",
    "media": "other",
    "categories": "listing",
    "tags": "listing",
    "users": "listing",
}
_LISTING_PATH = re.compile(
    r"/(?:category|tag|author|topics?|archives?)/[^/]+/|/page/\d+/?$|/(?:19|20)\d\d/(?:\d\d/)?(?:\d\d/)?$"
)
_DATED_PATH = re.compile(r"/(?:19|20)\d\d/\d\d/(?:\d\d/)?[^/]+/?$")
_PASSWORD = etree.XPath("//form[contains(@class, 'post-password-form')]|//input[@name='post_password']")
POSTS, PAGES = asks_for("type-post", "hentry"), asks_for("type-page")
NEIGHBOURS, NUMBERED = asks_for("post-navigation", "nav-previous"), asks_for("page-numbers")
MANY_CARDS = 4
PROSE_CHARS = 80


def page_kind(page: Page) -> PageKind:
    """The kind most signs speak for. A WordPress *page* (About, Contact) is no post."""
    weights: dict[PageKind, int] = {}
    for sign in kind_signs(page):
        weights[sign.kind] = weights.get(sign.kind, 0) + sign.weight
    weights = {kind: weight for kind, weight in weights.items() if weight >= ENOUGH}
    return max(weights, key=lambda kind: weights[kind]) if weights else "other"


def kind_signs(page: Page) -> list[Sign]:
    """All signs of *page*, for whoever asks why."""
    signs = [sign for read in _READERS for sign in read(page)]
    return signs if any(sign.weight >= ENOUGH for sign in signs) else [*signs, *_from_words(page)]


def is_protected(page: Page) -> bool:
    """Whether the post asks for a password: then what the page shows is not the post."""
    return page.may_ask_password and bool(_PASSWORD(page.tree)) and page_kind(page) != "listing"


def _from_body_class(page: Page) -> Iterator[Sign]:
    for name in page.body_classes:
        kind, weight = BODY_CLASSES.get(name, (None, 0))
        if kind is not None:
            yield Sign(f"body class {name}", kind, weight)
        elif name.startswith("postid-"):
            yield Sign(f"body class {name}", "post", 2)
        elif name.startswith("page-id-"):
            yield Sign(f"body class {name}", "page", 3)


def _from_head(page: Page) -> Iterator[Sign]:
    for link in page.head_links:
        if "alternate" in link.rel and (found := _REST.search(link.href)):
            yield Sign(f"REST link to {found[1]}", _REST_KINDS[found[1]], 6)
        elif "shortlink" in link.rel and "p" in parse_qs(urlsplit(link.href).query):
            yield Sign("short link", "post", 1)
    if page.meta("og:type") == "article":
        yield Sign("og:type article", "post", 2)
    if page.meta("article:published_time"):
        yield Sign("article:published_time", "post", 2)


def _from_json_ld(page: Page) -> Iterator[Sign]:
    types = [name for found in page.json_ld for name in sorted(types_of(found))]
    articles = sum(name in ARTICLES for name in types)
    if articles >= MANY_CARDS:
        yield Sign(f"JSON-LD {articles} articles", "listing", 4)
    for name in dict.fromkeys(types):
        if name in JSON_LD_TYPES and not (name in ARTICLES and articles >= MANY_CARDS):
            kind, weight = JSON_LD_TYPES[name]
            yield Sign(f"JSON-LD {name}", kind, weight)


def _from_markup(page: Page) -> Iterator[Sign]:
    regions = Regions()
    posts = [e for e in page.with_class(*POSTS) if e.tag != "body" and regions.of(e) is None]
    distinct = len(set(posts))
    if distinct == 1:
        kind: PageKind = "page" if "type-page" in (posts[0].get("class") or "").split() else "post"
        yield Sign("one hentry", kind, 2)
    elif distinct >= 3:
        yield Sign(f"{distinct} hentries", "listing", 3)
    if any(True for _ in page.with_class(*PAGES)):
        yield Sign("type-page", "page", 3)
    if distinct < 3 and any(True for _ in page.with_class(*NEIGHBOURS)):
        yield Sign("links to the neighbouring posts", "post", 1)
    cards = {card for card in _cards(page) if regions.of(card) is None}
    if len(cards) >= MANY_CARDS:
        yield Sign(f"{len(cards)} linked headings", "listing", 2)
    if any(regions.of(e) == "pagination" and "page-links" not in _around(e) for e in page.with_class(*NUMBERED)):
        yield Sign("numbered pages", "listing", 2)


def _cards(page: Page) -> Iterator[etree._Element]:
    """Headings with a link in them, and links with a heading in them; such a link may come twice."""
    for heading in page.tree.iter("h2", "h3", "h4"):
        if any(link.get("href") is not None for link in heading.iterchildren("a")):
            yield heading
        above = heading.getparent()
        if above is not None and above.tag == "a" and above.get("href") is not None:
            yield above


def _around(element: etree._Element) -> str:
    return " ".join(node.get("class") or "" for node in element.iterancestors())


def _from_address(page: Page) -> Iterator[Sign]:
    path = urlsplit(page.url).path
    if _LISTING_PATH.search(path):
        yield Sign("address of a listing", "listing", 3)
    elif _DATED_PATH.search(path):
        yield Sign("dated address", "post", 2)
    elif path in ("", "/") and not urlsplit(page.url).query:
        yield Sign("the site's front page", "listing", 1)


def _from_words(page: Page) -> Iterator[Sign]:
    """Themes without a telling name anywhere: a headline, a day beside it and some prose make a post."""
    anatomy = read_anatomy(page, titles=())
    if anatomy.headline is None:
        return
    lines = read_post_lines(anatomy, cut_out(anatomy))
    prose = sum(len(line.text) for line in lines if line.zone == "content" and len(line.text) >= PROSE_CHARS)
    if prose >= 3 * PROSE_CHARS and printed_day(lines, page.lang):
        yield Sign("a day beside the headline of some prose", "post", 2)


_READERS: tuple[Callable[[Page], Iterator[Sign]], ...] = (
    _from_body_class,
    _from_head,
    _from_json_ld,
    _from_markup,
    _from_address,
)
