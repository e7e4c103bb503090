"""A site profile's CSS selectors → elements and facts: they go before any automatic reading."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.etree import _Element

from archive.dates import find_dates
from archive.errors import UsageError
from archive.provenance.lines import fold_space
from crawler.markup import Page
from crawler.signals import Signal, read_iso, without_by


class SelectorSyntaxError(UsageError):
    """A site profile holds a CSS selector that is none."""

    def __init__(self, field: str, css: str) -> None:
        super().__init__(f"the profile's selector for {field} is no CSS selector: {css!r}")
        self.field, self.css = field, css


def first(page: Page, selectors: Mapping[str, str], field: str) -> _Element | None:
    """The first element that the profile's selector for *field* matches; None when there is no such selector."""
    return next(iter(_matches(page, selectors, field)), None)


def from_selectors(page: Page, selectors: Mapping[str, str]) -> Signal:
    """What the profile's selectors find; a selector that matches nothing leaves its field to the signals."""
    if not selectors:
        return Signal()
    return Signal(
        title=lambda: _words(first(page, selectors, "title")),
        posted_at=lambda: _time(page, first(page, selectors, "date")),
        modified_at=lambda: _time(page, first(page, selectors, "modified")),
        site_author=lambda: without_by(_words(first(page, selectors, "author")) or "") or None,
        categories=lambda: _all_words(_matches(page, selectors, "categories")),
        tags=lambda: _all_words(_matches(page, selectors, "tags")),
    )


def _matches(page: Page, selectors: Mapping[str, str], field: str) -> list[_Element]:
    css = selectors.get(field)
    return _compiled(field, css)(page.tree) if css else []


@lru_cache(maxsize=256)
def _compiled(field: str, css: str) -> CSSSelector:
    try:
        return CSSSelector(css, translator="html")
    except SelectorError as error:
        raise SelectorSyntaxError(field, css) from error


def _words(element: _Element | None) -> str | None:
    return fold_space(element.get("content") or "".join(element.itertext())) or None if element is not None else None


def _all_words(elements: list[_Element]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words for element in elements if (words := _words(element))))


def _time(page: Page, element: _Element | None) -> str | None:
    if element is None:
        return None
    given = read_iso(element.get("datetime")) or read_iso(element.get("content"))
    printed = find_dates(_words(element) or "", page.lang)
    return given or next((found.iso for found in printed if found.iso and len(found.iso) == 10), None)
