"""A page's chrome: menus, sidebars, footers and widgets, which surround a listing and are no part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

TAGS = frozenset(("nav", "aside", "form", "dialog", "template", "select"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
ROLES = frozenset(("navigation", "complementary", "contentinfo", "search", "dialog", "menu", "menubar", "banner"))

# Whole class names and ids. Wrappers named after a layout (`has-sidebar`, `content-sidebar-wrap`) must not match.
_NAMES = re.compile(
    r"(?!(entry|post|card)[-_]footer)(site|main|primary|secondary|mobile|top|global|page|post|posts|nav|entry|block|left|right|elementor|et_pb)?[-_]?"
    r"(nav|navbar|navigation|menu|footer|sidebar|breadcrumbs?)([-_](links|area|container|wrap|wrapper|inner|content|\d+))?"
    r"|widgets?|textwidget|et_pb_widget|widget[-_](area|recent|categories|archive|text|tag|nav|popular|posts|block|wrap).*"
    r"|wp-block-(latest-posts|archives|categories|tag-cloud|navigation|page-list)([-_].*)?"
    r"|elementor-location-(header|footer)|elementor-widget-(nav-menu|sidebar|wp-widget-.*)|elementor-nav-menu.*"
    r"|related([-_].*)?|[\w-]*[-_]related([-_].*)?|yarpp.*|jp-related.*|(recent|popular|trending)[-_]?posts?([-_].*)?"
    r"|comments?([-_](list|area|section))?|respond|disqus.*|(share|sharing|social|sharedaddy|addtoany)([-_].*)?"
    r"|(cookie|gdpr|newsletter|popup|modal|mega-?menu|off-?canvas|drawer|announcement|top-?bar|skip-link)([-_].*)?"
    r"|author-(box|bio)([-_].*)?|menu-item|colophon|site-header|masthead|site-branding",
    re.IGNORECASE,
)
_OWN_HEADER = re.compile(r"(entry|post|card|article|page|archive|item)[-_]+(header|head).*", re.IGNORECASE)
_CONTENT_IDS = frozenset(("content", "main", "primary", "main-content"))


def classes_of(element: etree._Element) -> list[str]:
    return (element.get("class") or "").split()


def tag_of(element: etree._Element) -> str:
    """The tag, '' for comments and the like."""
    return element.tag if isinstance(element.tag, str) else ""


def folded_text(element: etree._Element) -> str:
    """The words of an element on one line as a reader sees them: block elements part words, inline ones don't."""
    if not len(element):  # most links
        return " ".join((element.text or "").split()) if tag_of(element) not in _UNSEEN else ""
    return " ".join("".join(_texts(element, _BREAKING)).split())


def words_of(element: etree._Element) -> str:
    """The words of an element on one line, parted at every tag: for looking things up in, not for showing."""
    return " ".join(" ".join(_texts(element, frozenset())).split())


def _texts(element: etree._Element, breaking: frozenset[str]) -> Iterator[str]:
    waiting: list[etree._Element | str] = [element]  # not recursive: a hostile page nests thousands of tags
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif tag_of(node) not in _UNSEEN:
            yield f"{' ' if node.tag in breaking else ''}{node.text or ''}"
            for child in reversed(node):
                waiting += [f"{' ' if child.tag in breaking else ''}{child.tail or ''}", child]


_UNSEEN = frozenset(("", "script", "style", "noscript", "template"))
_BREAKING = frozenset(
    (
        "br",
        "p",
        "div",
        "li",
        "ul",
        "section",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "td",
        "th",
        "tr",
        "figure",
        "time",
        "img",
    )
)


class Chrome:
    """Says of each element of one page whether it stands in the chrome; remembers what it looked at."""

    def __init__(self, *, by_class: bool = True) -> None:
        self._by_class = by_class
        self._known: dict[etree._Element, bool] = {}

    def holds(self, element: etree._Element) -> bool:
        """Whether *element* or anything around it is chrome."""
        path: list[etree._Element] = []
        node: etree._Element | None = element
        while node is not None and node not in self._known:
            path.append(node)
            node = node.getparent()
        held = node is not None and self._known[node]
        for node in reversed(path):
            held = held or self._is_chrome(node)
            self._known[node] = held
        return held

    def _is_chrome(self, element: etree._Element) -> bool:
        if element.tag in ("html", "body", "main", "article"):
            return False
        if element.tag == "footer":
            return not any(parent.tag == "article" for parent in element.iterancestors())
        if element.tag in TAGS or (element.get("role") or "").lower() in ROLES:
            return True
        if element.tag == "header":
            return not _is_posts_header(element)
        return self._by_class and self._is_named(element)

    def _is_named(self, element: etree._Element) -> bool:
        names = [*classes_of(element), *filter(None, [element.get("id")])]
        return any(_NAMES.fullmatch(name) for name in names) and not _wraps_content(element)


def _is_posts_header(element: etree._Element) -> bool:
    if any(_OWN_HEADER.fullmatch(name) for name in classes_of(element)):
        return True
    return any(parent.tag in ("article", "main", "li") for parent in element.iterancestors())


def _wraps_content(element: etree._Element) -> bool:
    if next(element.iter("main", "h1"), None) is not None:
        return True
    return any(
        child.get("role") == "main" or child.get("id") in _CONTENT_IDS
        for child in element.iterdescendants("div", "section")
    )
