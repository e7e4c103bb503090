"""A captured page as one document that needs nothing else: images and styles from the archive set into it.

What keeps a hostile page from doing harm is the policy it is served under (`headers.CAPTURED`): no script runs, nothing
is loaded, its origin is its own. What is done to the markup here is for the eyes, and takes away what that policy does
not reach: a browser connects to the host of a `preconnect`, and even to that of a frame it then refuses to load.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from html import escape, unescape
from typing import Final
from urllib.parse import urljoin

MAX_INLINED_BYTES: Final = 12 * 1024 * 1024

IMAGE_ATTRIBUTES: Final = frozenset({"alt", "width", "height", "class", "title", "style"})

_TAG = re.compile(r"<(link|img|source|base|meta)(?=[\s/>])((?:[^<>\"']|\"[^<>\"]*\"|'[^<>']*')*+)>", re.I)
"""Whole tags without an angle bracket in their values, in one pass over them; what is odder is only made harmless."""
_GREETING = re.compile(r"<(?=(?:link|base|i?frame|frameset|object|embed|applet|portal|fencedframe)[\s/>])", re.I)
_ATTRIBUTE = re.compile(r"([a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I)

ImageAt = Callable[[str], tuple[bytes, str] | None]
StyleAt = Callable[[str], str | None]


def self_contained(html: str, *, base_url: str, image_at: ImageAt, style_at: StyleAt) -> str:
    """The page with images and style sheets the archive holds set into it, and no other link to anything loadable."""
    budget = MAX_INLINED_BYTES

    def inlined(found: re.Match[str]) -> str:
        nonlocal budget
        name, attributes = found[1].lower(), _attributes(found[2])
        if name == "img":
            content = image_at(_address(base_url, attributes)) if budget > 0 else None
            budget -= len(content[0]) if content else 0
            return _image(attributes, content)
        if name == "link" and "stylesheet" in attributes.get("rel", "").lower():
            style = style_at(_address(base_url, attributes)) if budget > 0 else None
            budget -= len(style or "")
            return "<style>" + style.replace("</", "<\\/") + "</style>" if style else ""
        return found[0] if name == "meta" and "http-equiv" not in attributes else ""

    return _GREETING.sub("<archived-", _TAG.sub(inlined, html))


def _attributes(tag: str) -> dict[str, str]:
    """The first of each name counts, as in browsers."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(tag):
        found.setdefault(name.lower(), unescape("".join(values)))
    return found


def _address(base_url: str, attributes: dict[str, str]) -> str:
    """Of what an image or link shows; lazy images keep it in an attribute of their own."""
    value = attributes.get("data-src") or attributes.get("href") or attributes.get("src") or ""
    try:
        return urljoin(base_url, value.strip())
    except ValueError:
        return ""


def _image(attributes: dict[str, str], content: tuple[bytes, str] | None) -> str:
    kept = {name: value for name, value in attributes.items() if name in IMAGE_ATTRIBUTES}
    if content:
        kept["src"] = f"data:{content[1]};base64,{base64.b64encode(content[0]).decode()}"
    return "<img " + " ".join(f'{name}="{escape(value)}"' for name, value in kept.items()) + ">"
