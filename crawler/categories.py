"""Which listings a blog has: its categories first, its date and author archives where it has none."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from lxml import etree

from crawler.addresses import address_key, is_calendar, judge_address, listing_root, resolved
from crawler.chrome import HEADINGS, classes_of, folded_text
from crawler.profiles import SiteProfile
from crawler.rest import RestTerm
from crawler.sitemaps import Sitemap

FoundIn = Literal["rest", "sitemap", "menu", "rel", "path", "breadcrumb", "profile"]

_TRUST: tuple[FoundIn, ...] = ("profile", "rest", "sitemap", "menu", "rel", "path", "breadcrumb")

DEFAULT_BASES = ("/category/", "/categories/")
BASE_NAMES = frozenset(
    (
        "category",
        "categories",
        "cat",
        "topic",
        "topics",
        "kategorie",
        "kategorien",
        "categorie",
        "categoria",
        "rubrik",
        "tema",
    )
)
"""Last word of an address prefix that holds categories and nothing else."""
MAX_CATEGORIES = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """One category page of the blog."""

    url: str
    """Its first page."""
    slug: str
    found_in: FoundIn
    """How we know: REST says so, a sitemap, the menu's markup, a `rel`, the address, or only a breadcrumb."""
    name: str | None = None
    count: int | None = None
    """Posts in it by REST's word."""
    wordpress_id: int | None = None

    @property
    def key(self) -> str:
        return address_key(self.url)

    @property
    def base(self) -> str:
        """Path prefix under which no post lives: all categories' where it is named so, else this category's own.

        >>> Category(url="https://blog.example/topics/ports/", slug="ports", found_in="rel").base
        '/topics/'
        >>> Category(url="https://blog.example/ports/", slug="ports", found_in="rel").base
        '/ports/'
        """
        path = unquote(urlsplit(self.url).path).lower().rstrip("/") + "/"
        above = path[: path.rstrip("/").rfind("/") + 1]
        if path == "/":  # ?cat=7
            return DEFAULT_BASES[0]
        return above if above.rstrip("/").rpartition("/")[2] in BASE_NAMES else path


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """A date or author archive."""

    url: str
    source: Literal["date-archive", "author-archive"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """A link of the page with what its markup says about it."""

    url: str
    text: str
    rels: frozenset[str]
    marks: frozenset[str]
    """Class names of the link and the two elements around it."""
    in_breadcrumb: bool
    in_heading: bool = False


_MENU_MARK = "menu-item-object-category"
_CATEGORY_MARK = re.compile(
    r"cat-item(-\d+)?|taxonomy-category|cat-links?|post-categories|entry-categories|wp-block-categories.*"
)
_TAG_MARK = re.compile(r"tags?-links?|taxonomy-post_tag|tagcloud|tag-cloud.*|post-tags|entry-tags")
_RUMB = etree.XPath("//@*[contains(., 'rumb')]/..")
"""Elements with a breadcrumb in any attribute: to ask for each attribute by its name takes twice as long."""
_CRUMB_NAMES = ("class", "id", "aria-label")


def find_categories(
    tree: etree._Element,
    url: str,
    profile: SiteProfile,
    *,
    base_url: str | None = None,
    bases: Collection[str] = (),
) -> tuple[Category, ...]:
    """The categories a page links to, wherever on it, in its order.

    *bases* are path prefixes already known to be this blog's categories; those the page gives away by its markup are
    used at once. Names are as linked.
    """
    known = {*DEFAULT_BASES, *bases}
    seen = [link for link in _links(tree, base_url or url, known) if profile.in_scope(link.url)]
    learned = _bases_of((link.url for link in seen if _is_declared(link)), profile)
    if learned - known:
        known |= learned
        seen = [link for link in _links(tree, base_url or url, known) if profile.in_scope(link.url)]
    found = (_category(link, known, profile) for link in seen)
    return merge_categories(found for found in found if found)


def category_links(tree: etree._Element) -> frozenset[str]:
    """Where the links lead that a post's page marks as its categories', as written; no more than MOST_FILED of them."""
    found = _FILED(tree)
    return frozenset(islice(map(str, found), MOST_FILED)) if isinstance(found, list) else frozenset()


_FILED = etree.XPath(
    "descendant::a[@rel][contains(@rel, 'category') or contains(@rel, 'tag') and contains(@href, '/category/')]/@href"
)
MOST_FILED = 50
"""A post has a few; a hostile page may have any number."""


def _links(tree: etree._Element, base_url: str, bases: Collection[str]) -> Iterator[_Seen]:
    """The links that may be a category's, by mark, address or breadcrumb; the rest are not looked at any closer."""
    crumbs, address = _in_breadcrumbs(tree), _address_below(frozenset(bases))
    for link in tree.iter("a"):
        href = link.get("href")
        if not href:
            continue
        above = [link, *islice(link.iterancestors(), 2)]
        if not (_may_be_marked(above) or link in crumbs or address.search(href)):
            continue
        target = resolved(base_url, href)
        if target:
            yield _Seen(
                url=listing_root(target),
                text=folded_text(link),
                rels=frozenset((link.get("rel") or "").lower().split()),
                marks=frozenset(name for element in above for name in classes_of(element)),
                in_breadcrumb=link in crumbs,
                in_heading=next(link.iterancestors(*HEADINGS), None) is not None,
            )
    yield from _options(tree, base_url)


@lru_cache(maxsize=64)
def _address_below(bases: frozenset[str]) -> re.Pattern[str]:
    """Finds an address that lies below one of *bases*, as it may be written, or names a category by number."""
    spellings = {spelled for base in bases for spelled in (base, quote(base))}
    return re.compile("|".join(map(re.escape, sorted({*spellings, "cat="}))), re.IGNORECASE)


def _options(tree: etree._Element, base_url: str) -> Iterator[_Seen]:
    """A drop-down of categories: `<option value="7">` under WordPress' own name, or addresses as values."""
    for option in tree.iter("option"):
        value = (option.get("value") or "").strip()
        if not value.isdigit() and "/" not in value:
            continue
        select = next(option.iterancestors("select"), None)
        number = value.isdigit() and int(value) > 0 and select is not None and select.get("name") == "cat"
        target = resolved(base_url, f"/?cat={value}" if number else value) if number or "/" in value else None
        if target:
            marks = frozenset(("cat-item",)) if number else frozenset()
            text = re.sub(r"\s*\(\d+\)$", "", folded_text(option))
            yield _Seen(url=listing_root(target), text=text, rels=frozenset(), marks=marks, in_breadcrumb=False)


def _may_be_marked(above: Sequence[etree._Element]) -> bool:
    """Whether a link, with what is *above* it, has `cat` in what could mark it as a category's; few of hundreds have.

    That is in every name of _MENU_MARK and _CATEGORY_MARK.
    """
    return "ategory" in (above[0].get("rel") or "") or any("cat" in (each.get("class") or "") for each in above)


def _in_breadcrumbs(tree: etree._Element) -> set[etree._Element]:
    """The links inside what is called breadcrumbs."""
    found = _RUMB(tree)
    if not isinstance(found, list):
        return set()
    return {link for element in found if _is_breadcrumb(element) for link in element.iter("a")}


def _is_breadcrumb(element: etree._Element) -> bool:
    called = " ".join(element.get(name) or "" for name in _CRUMB_NAMES)
    return element.tag not in ("html", "body") and "crumb" in called.replace("C", "c")


def _is_declared(link: _Seen) -> bool:
    """Whether the markup itself calls the link a category's; `rel="tag"` alone may be any taxonomy's."""
    if _MENU_MARK in link.marks or "category" in link.rels:
        return not _has_mark(link, _TAG_MARK)
    return _has_mark(link, _CATEGORY_MARK)


def _has_mark(link: _Seen, pattern: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(mark) for mark in link.marks)


def _bases_of(urls: Iterable[str], profile: SiteProfile) -> set[str]:
    """`/topics/` from `/topics/media-coverage/`; nothing from a category at the top level or below a start page."""
    paths = (unquote(urlsplit(url).path).lower().rstrip("/") for url in urls)
    bases = {base for path in paths if (base := path[: path.rfind("/") + 1]).count("/") > 1}
    return bases - {urlsplit(start).path.rstrip("/") + "/" for start in profile.start_urls}


def _category(link: _Seen, bases: Collection[str], profile: SiteProfile) -> Category | None:
    found_in = _found_in(link, bases, profile)
    slug = slug_of(link.url) if found_in else ""
    if found_in is None or slug in ("", "feed") or not profile.takes_category(slug):
        return None
    return Category(url=link.url, slug=slug, found_in=found_in, name=link.text or None)


def _found_in(link: _Seen, bases: Collection[str], profile: SiteProfile) -> FoundIn | None:
    path = unquote(urlsplit(link.url).path).lower()
    below = any(base in path and path.rpartition(base)[2].strip("/") for base in DEFAULT_BASES)
    below = below or (not link.in_heading and any(path.startswith(base) and path != base for base in bases))
    rules: tuple[tuple[FoundIn, bool], ...] = (
        ("menu", _MENU_MARK in link.marks),
        ("rel", _is_declared(link)),
        ("path", below or "cat=" in urlsplit(link.url).query),
        ("breadcrumb", link.in_breadcrumb and _may_be_category(link.url, profile)),
    )
    return next((name for name, holds in rules if holds), None)


def _may_be_category(url: str, profile: SiteProfile) -> bool:
    """A crumb that is neither home nor the blog page: where a blog has no category base, all we can know."""
    starts = {address_key(start) for start in profile.start_urls}
    return urlsplit(url).path.strip("/") != "" and address_key(url) not in starts and not is_calendar(url)


def slug_of(url: str) -> str:
    """The category's slug; for `?cat=7`, `7`.

    >>> slug_of("https://blog.example/category/news/ports/"), slug_of("https://blog.example/?cat=7")
    ('ports', '7')
    """
    parts = urlsplit(url)
    number = dict(parse_qsl(parts.query)).get("cat")
    return number or unquote(parts.path.rstrip("/").rpartition("/")[2])


def merge_categories(categories: Iterable[Category]) -> tuple[Category, ...]:
    """Each category once, in order of first sight, with the best word on it and the first name anyone gave."""
    found: dict[str, Category] = {}
    for category in categories:
        held = found.get(category.key)
        if held is not None:
            found[category.key] = _merged(held, category)
        elif len(found) < MAX_CATEGORIES:
            found[category.key] = category
    return tuple(found.values())


def _merged(held: Category, other: Category) -> Category:
    best = min(held, other, key=lambda category: _TRUST.index(category.found_in))
    rest = other if best is held else held
    return Category(
        url=best.url,
        slug=best.slug,
        found_in=best.found_in,
        name=best.name or rest.name,
        count=best.count if best.count is not None else rest.count,
        wordpress_id=best.wordpress_id or rest.wordpress_id,
    )


def rest_categories(terms: Iterable[RestTerm], profile: SiteProfile) -> tuple[Category, ...]:
    """REST's categories that have posts, are this blog's and pass the profile's lists."""
    return tuple(
        Category(url=term.url, slug=term.slug, found_in="rest", name=term.name, count=term.count, wordpress_id=term.id)
        for term in terms
        if term.count != 0 and profile.in_scope(term.url) and profile.takes_category(term.slug)
    )


def sitemap_categories(sitemap: Sitemap, profile: SiteProfile) -> tuple[Category, ...]:
    """The entries of a category sitemap."""
    return tuple(
        Category(url=entry.url, slug=slug_of(entry.url), found_in="sitemap")
        for entry in sitemap.entries
        if profile.in_scope(entry.url) and profile.takes_category(slug_of(entry.url))
    )


# ------------------------------------------------------------------------------------------------- other archives


def find_archives(
    tree: etree._Element, url: str, profile: SiteProfile, *, base_url: str | None = None
) -> tuple[Archive, ...]:
    """Archives a page links to, newest month first, then authors': the way in where a blog has no categories."""
    hrefs = [link.get("href") for link in tree.iter("a")] + [option.get("value") for option in tree.iter("option")]
    targets = (resolved(base_url or url, href) for href in hrefs if href and "/" in href)
    roots = dict.fromkeys(listing_root(target) for target in targets if target and profile.in_scope(target))
    dates = [root for root in roots if judge_address(root, profile).reason == "date archive"]
    authors = [root for root in roots if re.search(r"/author/[^/]+/?$", urlsplit(root).path)]
    return (
        *(Archive(url=root, source="date-archive") for root in sorted(_months(dates), reverse=True)),
        *(Archive(url=root, source="author-archive") for root in authors),
    )


def _months(urls: list[str]) -> list[str]:
    """Months where months are linked, years otherwise; never days, which months hold already."""
    depth = {url: len(re.findall(r"/\d+(?=/|$)", urlsplit(url).path)) for url in urls}
    months = [url for url in urls if depth[url] == 2]
    return months or [url for url in urls if depth[url] == 1]
