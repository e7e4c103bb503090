"""Archived markup is hostile: what is kept of it for reading, by a strict list of what is allowed."""

from __future__ import annotations

import re
from urllib.parse import quote

import nh3
from lxml import etree
from lxml.etree import _Element

from archive.provenance.lines import address_of
from crawler.figures import real_source

TAGS = frozenset(
    "a abbr b blockquote br caption cite code dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img "
    "ins kbd li mark ol p pre q s samp small span strong sub sup table tbody td tfoot th thead time tr u ul var".split()
)
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href", "title"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start", "reversed"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
DROPPED_WITH_CONTENT = frozenset(
    "script style noscript template svg math iframe object embed form button select textarea input canvas audio "
    "video map".split()
)


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    clean_content_tags=set(DROPPED_WITH_CONTENT),
    url_schemes={"http", "https"},
    # What we did not make whole goes: markup can read differently twice.
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""Read from pages, but not to be set: lxml refuses them."""


def readable_html(body: _Element, base_url: str) -> str:
    """*body* for reading: addresses absolute, lazy images in place, nothing that runs, loads or names itself.

    Classes and ids go too: archived markup must not clash with the page it is shown in. *body* is changed.
    """
    for name, tags in _ADDRESSES:
        for element in body.iter(*tags):
            if (given := element.get(name)) and (address := address_of(base_url, given)) != given:
                _set_or_drop(element, name, given, address)
    for image in body.iter("img"):
        _set_or_drop(image, "src", image.get("src"), real_source(image, base_url))
    etree.strip_attributes(body, *_DROPPED)
    body.tag = "div"
    body.attrib.clear()
    whole = etree.tostring(body, encoding="unicode", method="html", with_tail=False)
    return _CLEANER.clean(whole.removeprefix("<div>").removesuffix("</div>")).strip()


_ADDRESSES = (("href", ("a",)), ("cite", ("blockquote", "q")))
_DROPPED = ("class", "id", "style", "srcset", "sizes", "loading", "decoding")
"""The cleaner would drop them: but they are half of what it has to read, and lxml drops them in a tenth of the time."""


def _set_or_drop(element: _Element, name: str, given: str | None, address: str | None) -> None:
    if address and address != given:
        element.set(name, _CONTROL.sub(lambda found: quote(found[0]), address))
    elif not address:
        element.attrib.pop(name, None)
