"""What a style sheet names, its `url()` and `@import`: found without understanding the rest, and replaced.

A style sheet of any length is gone through once; comments and strings that hold such words name nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from archive.patterns import possessive

_STRING = r"\"([^\"\n\\]*+(?:\\.[^\"\n\\]*+)*+)\"|'([^'\n\\]*+(?:\\.[^'\n\\]*+)*+)'"
_URL = rf"url\(\s*+(?:{_STRING}|((?:[^\s\"'()\\]++|\\(?:[0-9a-f]{{1,6}}\s?|.))*+))\s*+\)"
_COMMENT = r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)"
_PASSED_BY = r"\"[^\"\n\\]*+(?:\\.[^\"\n\\]*+)*+\"?|'[^'\n\\]*+(?:\\.[^'\n\\]*+)*+'?"
"""A string, closed or not: one left open would else be tried again from each of its quotes."""
_NAMED: Final = re.compile(
    possessive(rf"{_COMMENT}|(?P<at>@import\s*+)(?:{_STRING}|{_URL})|{_URL}|{_PASSED_BY}"), re.I | re.S
)
_FONT_FACE: Final = re.compile(r"@font-face\s*+\{([^{}]*+)\}", re.I)
_ESCAPE: Final = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.I | re.S)
_IMPORTED: Final = slice(1, 6)
_SHOWN: Final = slice(6, 9)

FONT_FORMATS: Final = (".woff2", ".woff", ".ttf", ".otf")
"""Endings of font files, what browsers of today take first in front."""

Replace = Callable[[str, bool], str]
"""From an address as written, and whether it is imported, to the address to write in its place."""


def iter_links(css: str) -> Iterator[tuple[str, bool]]:
    """Addresses as they are written, in order, and of each whether it is imported as a style sheet.

    >>> list(iter_links('@import "base.css" print; /* url(no.png) */ body { background: url( sea.png ) }'))
    [('base.css', True), ('sea.png', False)]
    """
    for found in _NAMED.finditer(css) if names_something(css) else ():
        address, is_import = _address(found)
        if address:
            yield address, is_import


def names_something(css: str) -> bool:
    """Whether it is worth looking: most style sheets in pages name nothing at all."""
    lower = css.lower()
    return "url(" in lower or "@import" in lower


def with_links(css: str, replace: Replace) -> str:
    """*css* with every address that `iter_links` finds replaced.

    >>> with_links("a { background: url(x.png) }", lambda address, is_import: "data:,")
    'a { background: url("data:,") }'
    """

    def replaced(found: re.Match[str]) -> str:
        address, is_import = _address(found)
        if not address:
            return found[0]
        written = re.sub(r'["\\\n\r\f]', lambda sign: f"\\{ord(sign[0]):x} ", replace(address, is_import))
        return f'{found["at"] or ""}url("{written}")'

    return _NAMED.sub(replaced, css)


def spare_fonts(css: str) -> frozenset[str]:
    """Addresses of the fonts that a browser passes over, because their `@font-face` offers a better format too.

    >>> spare_fonts("@font-face { src: url(a.eot); src: url(a.woff2), url(a.ttf) }") == {"a.eot", "a.ttf"}
    True
    """
    spare: set[str] = set()
    for block in _FONT_FACE.finditer(css):
        offered = [address for address, _ in iter_links(block[1])]
        ranked = sorted(offered, key=_rank)
        spare.update(ranked[1:])
        spare.difference_update(ranked[:1])
    return frozenset(spare)


def _rank(address: str) -> int:
    path = address.lower().partition("?")[0].partition("#")[0]
    return next((place for place, ending in enumerate(FONT_FORMATS) if path.endswith(ending)), len(FONT_FORMATS))


def _address(found: re.Match[str]) -> tuple[str, bool]:
    """The address and whether it is imported; '' for a comment or a string of its own."""
    imported = found["at"] is not None
    groups = found.groups()[_IMPORTED if imported else _SHOWN]
    return _unescaped(next(filter(None, groups), "")).strip(), imported


def _unescaped(text: str) -> str:
    def meant(found: re.Match[str]) -> str:
        if not found[1]:
            return found[2]
        number = int(found[1], 16)
        return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"

    return _ESCAPE.sub(meant, text) if "\\" in text else text
