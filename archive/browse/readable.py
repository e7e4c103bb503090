"""Archived markup for reading: what is allowed is listed, images come from the archive or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

import nh3
from markupsafe import Markup, escape

from archive.browse.words import web_url

TAGS: Final = frozenset(
    (
        "a abbr b blockquote br caption cite code dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img"
        " ins kbd li mark ol p pre q s samp small span strong sub sup table tbody td tfoot th thead time tr u ul var"
    ).split()
)
ATTRIBUTES: Final = {
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
DROPPED_WITH_CONTENT: Final = frozenset(
    "script style noscript template svg math iframe object embed form button select textarea input canvas audio video"
    " map title".split()
)
MAX_TAGS: Final = 6_000
"""Beyond this only the text is shown: cleaning costs by the square of how deep markup is nested."""

_HEADING = re.compile(r"<(/?)h[1-6]>")
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_EMPTY = re.compile(r"<(a|h3)(?: [^<>]*)?>\s*</\1>")


def readable(html: str, text: str, image_at: Callable[[str], str | None]) -> Markup:
    """The post's markup, cleaned again on its way out; *image_at* gives the archive's copy of an image's address.

    It was cleaned when it was stored, but a file can come from anywhere.
    """
    if not html or html.count("<") > MAX_TAGS:
        return paragraphs(text.splitlines())

    def kept(element: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return image_at(value)
        return web_url(value) if attribute == "href" else value

    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attribute_filter=kept,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return Markup(_EMPTY.sub("", _HEADING.sub(r"<\1h3>", _IMAGE.sub(_image, clean))))


def _image(found: re.Match[str]) -> str:
    """An image that can be looked at or, where the archive has none, read about. Values are escaped already."""
    attributes = dict(_ATTRIBUTE.findall(found[1]))
    alt = attributes.get("alt", "").strip()
    if attributes.get("src"):
        return f'<img src="{attributes["src"]}" alt="{alt or "Image without a description"}" loading="lazy">'
    return f'<span class="missing-image">Image not in the archive{": " + alt if alt else ""}</span>'


def paragraphs(lines: Iterable[str]) -> Markup:
    return Markup("\n").join(Markup("<p>{}</p>").format(escape(line)) for line in lines if line.strip())
