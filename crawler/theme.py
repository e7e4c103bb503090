"""The look of a blog in a few words, so that a redesign is noticed from one page without reading any post again."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from lxml.etree import _Element

ALIKE: Final = 0.5
"""Share of their words that two looks of one design have in common."""
WORDS_KEPT: Final = 200

_THEME = re.compile(r"/wp-content/themes/([\w.-]+)/")
_NUMBERED = re.compile(r"\d")


def theme_of(tree: _Element) -> tuple[str, ...]:
    """The WordPress theme's name and the class names of the page's containers, sorted.

    Class names with digits are left out: they carry a post's number or a build's hash.
    """
    themes = {f"theme:{name}" for href in tree.xpath("//link/@href") for name in _THEME.findall(href)}
    containers = tree.xpath("//body | //header | //main | //article | //section | //div | //footer")
    classes = {word for element in containers for word in element.get("class", "").split()}
    return tuple(sorted(themes) + sorted(word for word in classes if not _NUMBERED.search(word)))[:WORDS_KEPT]


def is_redesign(before: Collection[str], after: Collection[str]) -> bool:
    """Whether the blog looks so different that its known posts should be looked at again. No look is no redesign.

    >>> is_redesign(["theme:corporate", "grid", "card"], ["theme:corporate", "grid", "card", "hero"])
    False
    >>> is_redesign(["theme:corporate", "grid", "card"], ["theme:redesign", "hb-top", "hb-tile"])
    True
    """
    if not before or not after:
        return False
    common = set(before) & set(after)
    return len(common) < ALIKE * max(len(before), len(after))
