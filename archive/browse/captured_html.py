"""A captured page as one document that needs nothing else: images, styles and fonts from the archive set into it.

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

from archive import css
from archive.requisites import (
    MARKUP,
    STYLED,
    Role,
    asked_for,
    attributes_of,
    base_of,
    font_ending,
    image_addresses,
    link_role,
)

MAX_INLINED_BYTES: Final = 12 * 1024 * 1024
MAX_LOOKED_UP: Final = 400
"""Addresses of one page that are looked for in the archive."""
MAX_IMPORTS: Final = 5
NOTHING: Final = "data:,"

IMAGE_ATTRIBUTES: Final = frozenset({"alt", "width", "height", "class", "title", "style"})

_GREETING = re.compile(
    r"<(?=(?:link|base|i?frame|frameset|object|embed|applet|portal|fencedframe|meta[\s/][^<>]*http-equiv)[\s/>=])", re.I
)

FileAt = Callable[[str, Role], tuple[bytes, str] | None]
"""The archive's copy of the file at an address, and its media type; None where it has none that can be that."""


def self_contained(html: str, *, url: str, file_at: FileAt) -> str:
    """The page with what the archive holds of its files set into it, and no other link to anything loadable."""
    return _Page(url, file_at).shown(html)


class _Page:
    def __init__(self, url: str, file_at: FileAt) -> None:
        self._url, self._base, self._file_at = url, url, file_at
        self._left_bytes, self._left_files = MAX_INLINED_BYTES, MAX_LOOKED_UP
        self._last_image: tuple[int, str] = (0, "")
        """Where the last image ended, and its address."""

    def shown(self, html: str) -> str:
        shown = MARKUP.sub(self._markup, html)
        if "url(" in shown:
            shown = STYLED.sub(self._style_attribute, shown)
        return _GREETING.sub("<archived-", shown)

    def _markup(self, found: re.Match[str]) -> str:
        name = (found["name"] or "").lower()
        if found["css"] is not None:
            start = found.start("css") - found.start()
            return found[0][:start] + self._styles(found["css"], self._base)
        if name not in TAGS:
            return found[0]
        return TAGS[name](self, attributes_of(found["attributes"]), found)

    # ------------------------------------------------------------------------------------------------ tags

    def _image(self, attributes: dict[str, str], found: re.Match[str]) -> str:
        addresses = image_addresses(attributes)
        if addresses and self._is_twin(addresses[0], found):
            return ""
        self._last_image = found.end(), addresses[0] if addresses else ""
        kept = {name: value for name, value in attributes.items() if name in IMAGE_ATTRIBUTES}
        copies = (self._copy(self._base, address, "image") for address in addresses)
        if source := next(filter(None, copies), None):
            kept["src"] = source
        return "<img " + " ".join(f'{name}="{escape(value)}"' for name, value in kept.items()) + ">"

    def _is_twin(self, address: str, found: re.Match[str]) -> bool:
        """Whether it is the copy that a lazy image has for those without scripts, who now see both."""
        end, last = self._last_image
        return address == last and found.string[end : found.start()].strip().lower() == "<noscript>"

    def _link(self, attributes: dict[str, str], found: re.Match[str]) -> str:
        if link_role(attributes) != "stylesheet":
            return ""
        address = asked_for(self._base, attributes.get("href", ""))
        held = self._held(address, "stylesheet") if address else None
        if address is None or held is None:
            return ""
        media = f' media="{escape(attributes["media"])}"' if attributes.get("media") else ""
        text = self._styles(held[0].decode("utf-8", "replace"), address).replace("</", "<\\/")
        return f"<style{media}>{text}</style>"

    def _other_base(self, attributes: dict[str, str], found: re.Match[str]) -> str:
        self._base = base_of(self._url, attributes, self._base)
        return ""

    def _meta(self, attributes: dict[str, str], found: re.Match[str]) -> str:
        return "" if "http-equiv" in attributes else found[0]

    def _source(self, attributes: dict[str, str], found: re.Match[str]) -> str:
        """Other sizes and formats of an image, which would be taken before the one that is set in."""
        return ""

    # ------------------------------------------------------------------------------------------------ styles

    def _style_attribute(self, found: re.Match[str]) -> str:
        text = unescape(found[1] if found[1] is not None else found[2])
        return f'style="{escape(self._styles(text, self._base))}"' if "url(" in text else found[0]

    def _styles(self, text: str, base: str, imports: int = 0) -> str:
        if not css.names_something(text):
            return text

        def copy(address: str, is_import: bool) -> str:
            if address.startswith("#") or (address.startswith("data:") and not is_import):
                return address
            if is_import:
                return self._imported(base, address, imports + 1) or NOTHING
            return self._copy(base, address, "font" if font_ending(address) else "image") or NOTHING

        return css.with_links(text, copy)

    def _imported(self, base: str, address: str, imports: int) -> str | None:
        whole = asked_for(base, address)
        held = self._held(whole, "stylesheet") if whole and imports <= MAX_IMPORTS else None
        if whole is None or held is None:
            return None
        text = self._styles(held[0].decode("utf-8", "replace"), whole, imports)
        return _data(text.encode(), "text/css;charset=utf-8")

    # ------------------------------------------------------------------------------------------------ files

    def _copy(self, base: str, address: str, role: Role) -> str | None:
        whole = asked_for(base, address)
        held = self._held(whole, role) if whole else None
        return _data(*held) if held else None

    def _held(self, address: str, role: Role) -> tuple[bytes, str] | None:
        if self._left_bytes <= 0 or self._left_files <= 0:
            return None
        self._left_files -= 1
        held = self._file_at(address, role)
        self._left_bytes -= len(held[0]) if held else 0
        return held


TAGS: Final[dict[str, Callable[[_Page, dict[str, str], re.Match[str]], str]]] = {
    "img": _Page._image,
    "link": _Page._link,
    "base": _Page._other_base,
    "meta": _Page._meta,
    "source": _Page._source,
}
"""Tag → what stands in its place."""


def _data(body: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(body).decode()}"
