"""Where a listing goes on: numbered links, `rel=next`, older-posts links, or a button that hides them all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from lxml import etree

from crawler.addresses import listing_root, page_number, resolved, same_listing
from crawler.chrome import classes_of, folded_text
from crawler.profiles import SiteProfile


@dataclass(frozen=True, kw_only=True, slots=True)
class Pagination:
    """What a page says about the pages after it."""

    number: int
    next_url: str | None = None
    total: int | None = None
    """The highest page the theme speaks of; None when it speaks of none."""
    load_more: bool = False


_MORE_CLASS = re.compile(
    r".*(load|show|view)[-_]?more.*|.*infinite[-_]?(scroll|handle).*|ajax-load.*|alm-.*", re.IGNORECASE
)
REMEMBERED_CHARS = 500
"""Class attributes no longer than this are remembered: a blog's pages share them, while long ones are a page's own."""
_MORE_TEXT = re.compile(
    r"(load|show|view|see) (more|older)( (posts|articles|news|stories|results|items|updates))?|older posts|cargar más"
    r"|ver más|voir plus|charger plus|mehr (laden|anzeigen)|meer laden|carregar mais|carica altri",
    re.IGNORECASE,
)
_NEXT_CLASS = re.compile(r"next|nav-previous|older|older-posts|pagination-next|next-page|nextpostslink", re.IGNORECASE)
_TOTAL_ATTRIBUTES = (
    *("data-max-pages", "data-max-page", "data-total-pages", "data-max_num_pages", "data-max-num-pages"),
    *("data-pages", "data-maxpages", "data-max"),
)
_TOTAL_IN_SCRIPT = re.compile(r"""["']?(?:max_?(?:num_)?pages?|maxPages|total_?pages)["']?\s*[:=]\s*["']?(\d{1,4})\b""")


def read_pagination(tree: etree._Element, url: str, profile: SiteProfile, *, base_url: str | None = None) -> Pagination:
    """Where the listing at *url* goes on, by what its page shows."""
    number = page_number(url)
    links = list(_links(tree, base_url or url))
    counted = ((page_number(found), found) for _, found in reversed(links))
    later = {
        count: found
        for count, found in counted
        if number < count and profile.in_scope(found) and same_listing(found, url)
    }
    more = [element for element in tree.iter("a", "button", "div", "span", "body", "ul") if _is_more(element)]
    next_url = _selected(tree, profile, base_url or url) or later.get(number + 1) or _named_next(links, url, profile)
    return Pagination(
        number=number,
        next_url=next_url or _next_in_data(more, url, base_url or url, profile),
        total=_total(links, number, later) or _hidden_total(tree, more),
        load_more=bool(more) and next_url is None,
    )


def _total(links: list[tuple[etree._Element, str]], number: int, later: Mapping[int, str]) -> int | None:
    """The highest number printed as a link; a bare "Next" says nothing of the pages beyond."""
    named = set(later.values())
    if any(found in named and folded_text(link).strip("[]") == str(page_number(found)) for link, found in links):
        return max(later)
    return number if number > 1 and not later else None


def _links(tree: etree._Element, base_url: str) -> Iterator[tuple[etree._Element, str]]:
    for link in tree.iter("a", "link"):
        href = link.get("href")
        if href and (link.tag == "a" or link.get("rel") == "next"):
            found = resolved(base_url, href)
            if found:
                yield link, found


def _selected(tree: etree._Element, profile: SiteProfile, base_url: str) -> str | None:
    selector = profile.selectors.get("listing_next")
    hrefs = (link.get("href") for link in tree.cssselect(selector, translator="html")) if selector else ()
    found = (resolved(base_url, href) for href in hrefs if href)
    return next((url for url in found if url and profile.in_scope(url)), None)


def _named_next(links: list[tuple[etree._Element, str]], url: str, profile: SiteProfile) -> str | None:
    """A link called next that counts in a way of its own, such as `?offset=10`: it must stay within the listing."""
    root = urlsplit(listing_root(url)).path
    for link, found in links:
        called_next = "next" in (link.get("rel") or "").lower().split()
        parent = link.getparent()
        near = [*classes_of(link), *(classes_of(parent) if parent is not None else [])]
        if (called_next or any(_NEXT_CLASS.fullmatch(name) for name in near)) and _is_later(found, url, root):
            return found if profile.in_scope(found) else None
    return None


def _is_later(found: str, url: str, root: str) -> bool:
    if same_listing(found, url):
        return False
    parts = urlsplit(found)
    return bool(parts.query) and parts.path.rstrip("/") == root.rstrip("/")


def _is_more(element: etree._Element) -> bool:
    classes = element.get("class")
    if classes and (_is_named_more if len(classes) <= REMEMBERED_CHARS else _is_named_more.__wrapped__)(classes):
        return True
    return element.tag in ("a", "button") and bool(_MORE_TEXT.fullmatch(folded_text(element).strip(" .…+↓»")))


@lru_cache(maxsize=1_024)
def _is_named_more(classes: str) -> bool:
    """Whether one of these names is a "load more" button's."""
    return any(map(_MORE_CLASS.fullmatch, classes.split()))


def _next_in_data(more: list[etree._Element], url: str, base_url: str, profile: SiteProfile) -> str | None:
    """Elementor and others keep the next page's address in an attribute of the button."""
    hrefs = (
        element.get(name) for element in more for name in ("data-next-page", "data-next-url", "data-href", "data-url")
    )
    found = (resolved(base_url, href) for href in hrefs if href and not href.isdigit())
    return next((f for f in found if f and profile.in_scope(f) and page_number(f) == page_number(url) + 1), None)


def _hidden_total(tree: etree._Element, more: list[etree._Element]) -> int | None:
    if not more:
        return None
    values = [element.get(name) for name in _TOTAL_ATTRIBUTES for element in tree.iter() if element.get(name)]
    scripts = (script.text or "" for script in tree.iter("script"))
    values += [found.group(1) for text in scripts if (found := _TOTAL_IN_SCRIPT.search(text[:200_000]))]
    numbers = [int(value) for value in values if value and value.isascii() and value.isdigit() and len(value) < 5]
    return next((number for number in numbers if number), None)
