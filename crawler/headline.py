"""Which element of a page is its headline, and what the headline is without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from lxml import etree
from lxml.etree import _Element

from archive.provenance.lines import fold_space, is_hidden, read_lines, words_of
from archive.text import fold
from archive.urls import host_of
from crawler.markup import Page, asks_for
from crawler.regions import Regions

_SIGNS = " -–—|·•»«"
TITLE_CLASSES = asks_for(
    "entry-title",
    "wp-block-post-title",
    "post-title",
    "elementor-page-title",
    "tdb-title-text",
    "article-title",
    "single-title",
    "post__title",
    "entry__title",
    "headline",
    "page-title",
    "p-name",
)
"""Most trusted first."""

_SEPARATOR = re.compile(r"\s+[-–—|·•»«:/~]{1,2}\s+|[|»«]")
_WITH_TEXT = etree.XPath("//body//*[text()[normalize-space(.) = $text]]")
TITLE_CHARS = 500
MOST_HEADINGS = 200
"""Longer titles and more headings are looked at no further: no honest page has them."""
CERTAIN = 100
"""Rank of a heading that prints the whole title; beginnings and ends of `<title>` rank lower."""


def find_headline(page: Page, wanted: Iterable[str], regions: Regions) -> _Element | None:
    """Return the element that prints the headline; None when nothing on the page looks like it.

    *wanted* are titles given by other signals. A heading that prints one of them, or the page's `<title>` without the
    site's name, is the headline, whatever it is called; else what the theme calls one.
    """
    forms = _forms(page, wanted)
    best: _Element | None = None
    named: _Element | None = None
    best_rank = 0
    for heading in islice(_headings(page), MOST_HEADINGS):
        rank, is_named = forms.get(_key(heading), 0), named is None and _is_named(heading)
        if (rank <= best_rank and not is_named) or not _is_candidate(heading, regions):
            continue
        if rank == CERTAIN or (rank and _is_called_headline(heading)):
            return heading
        named = heading if is_named else named
        best, best_rank = (heading, rank) if rank > best_rank else (best, best_rank)
    found = best if best is not None else named
    return found if found is not None else _unmarked(page, forms, regions)


def headline_text(element: _Element) -> str:
    if not len(element):
        return fold_space(element.text or "")
    return " ".join(line.text for line in read_lines(element, zone="title", base_url="") if not line.alt)


def without_site(title: str, page: Page) -> str:
    """*title* as a page declares it, without the site's name before or behind it: '' when it is nothing else.

    Only a part that is the site's name by its own word, or its host's, is cut off.
    """
    if len(title) > TITLE_CHARS:
        return title
    names, hosts = _squeezed_names(page.site_names), _squeezed_hosts(host_of(page.url))
    title = title.strip(_SIGNS)
    if _squeezed(title) in names:
        return ""
    for start, end in ((m.start(), m.end()) for m in reversed(list(_SEPARATOR.finditer(title)))):
        before, after = title[:start].strip(), title[end:].strip()
        for part, rest in ((after, before), (before, after)):
            squeezed = _squeezed(part)
            if rest and squeezed and (squeezed in names or (len(squeezed) > 3 and squeezed in hosts)):
                return rest
    return title


@lru_cache(maxsize=256)
def _squeezed_names(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_squeezed, names)) - {""}


@lru_cache(maxsize=256)
def _squeezed_hosts(host: str) -> tuple[str, str]:
    """What a host spells, without and with its ending."""
    return re.sub(r"\W", "", host.rpartition(".")[0]), _squeezed(host)


def _headings(page: Page) -> Iterator[_Element]:
    """Everything that may be the headline, most trusted first."""
    yield from page.with_class(*TITLE_CLASSES)
    yield from page.with_property.get("headline", ())
    for tag in ("h1", "h2", "h3", "h4", "h5"):
        yield from page.tree.iter(tag)


def _is_candidate(heading: _Element, regions: Regions) -> bool:
    if regions.of(heading) not in (None, "terms") or not _key(heading):
        return False
    return not any(is_hidden(node) for node in (heading, *heading.iterancestors()))


def _is_named(heading: _Element) -> bool:
    """Whether the theme calls it the headline, by tag, class or microdata."""
    return heading.tag == "h1" or _is_called_headline(heading)


def _is_called_headline(heading: _Element) -> bool:
    names = (heading.get("class") or "").split()
    return heading.get("itemprop") == "headline" or not _OWN_NAMES.isdisjoint(names)


_OWN_NAMES = frozenset(TITLE_CLASSES[:9])


def _forms(page: Page, wanted: Iterable[str]) -> dict[str, int]:
    """Squeezed forms of the title → rank: what other signals call it, `<title>` whole, its beginnings, its ends."""
    forms: dict[str, int] = {}
    tag = (page.title_tag or "")[:TITLE_CHARS]
    declared = (*wanted, *page.metas.get("og:title", ()), *page.metas.get("twitter:title", ()), tag)
    for title in dict.fromkeys(declared):
        forms.setdefault(_squeezed(without_site(title, page)), CERTAIN)
    cuts = list(_SEPARATOR.finditer(tag))
    for number, cut in enumerate(reversed(cuts)):
        forms.setdefault(_squeezed(tag[: cut.start()]), 90 - min(number, 30))
    for number, cut in enumerate(cuts):
        forms.setdefault(_squeezed(tag[cut.end() :]), 50 - min(number, 30))
    for name in page.site_names:
        forms[_squeezed(name)] = 0
    forms.pop("", None)
    return forms


def _unmarked(page: Page, forms: dict[str, int], regions: Regions) -> _Element | None:
    """An agency's theme may print the headline in a `<div>`: find the words themselves."""
    tag = (page.title_tag or "")[:TITLE_CHARS]
    cut = next(iter(_SEPARATOR.finditer(tag)), None)
    for text in dict.fromkeys(
        [*page.metas.get("og:title", ()), without_site(tag, page), tag[: cut.start()].strip() if cut else tag]
    ):
        found = _WITH_TEXT(page.tree, text=text) if text else ()
        for element in found:
            if _is_candidate(element, regions) and forms.get(_key(element)):
                return element
    return None


def _key(heading: _Element) -> str:
    return _squeezed(words_of(heading)[:1000])


def _squeezed(text: str) -> str:
    """Folded without spaces: a `<br>` in a headline, or its absence in `<title>`, makes no difference."""
    return _squeezed_title(text) if len(text) <= TITLE_CHARS else fold(text).replace(" ", "")


@lru_cache(maxsize=1024)
def _squeezed_title(text: str) -> str:
    """The same: every signal gives the same title and the same name of the site."""
    return fold(text).replace(" ", "")
