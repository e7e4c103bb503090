"""Every link of a page, with its words and the part of the page it stands in: what discovery follows."""

from __future__ import annotations

from typing import Literal, NamedTuple

from lxml import etree

from archive.provenance.lines import address_of, fold_space
from crawler.markup import Page
from crawler.regions import Part, Regions

Region = Literal["nav", "breadcrumb", "main", "pagination", "aside", "footer", "related"]

_REGIONS: dict[Part | None, Region] = {
    "nav": "nav",
    "breadcrumb": "breadcrumb",
    "pagination": "pagination",
    "aside": "aside",
    "footer": "footer",
    "related": "related",
    "comments": "aside",
    "share": "aside",
    "author": "aside",
    "form": "aside",
    "notice": "aside",
}
_LINKS = etree.XPath("//a[@href]|//area[@href]")

MOST_LINKS = 10_000


class PageLink(NamedTuple):
    """A link: absolute http(s) address, its words ('' for a bare image without alt), its `rel`, and where it stands."""

    href: str
    text: str
    rel: frozenset[str]
    region: Region


def read_links(page: Page) -> list[PageLink]:
    """All links of *page* in document order, links within the page itself left out."""
    regions = Regions()
    found: list[PageLink] = []
    for link in _LINKS(page.tree)[:MOST_LINKS]:
        href = (link.get("href") or "").strip()
        address = address_of(page.base_url, href) if href and href[0] != "#" else None
        if address:
            region = _REGIONS.get(regions.of(link), "main")
            found.append(PageLink(address, _words(link), frozenset((link.get("rel") or "").lower().split()), region))
    return found


def _words(link: etree._Element) -> str:
    words = fold_space(" ".join(link.itertext()) if len(link) else link.text or "")
    if words:
        return words
    image = next(link.iter("img"), None)
    return fold_space((image.get("alt") if image is not None else None) or link.get("aria-label") or "")
