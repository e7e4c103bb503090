"""Which element of a page holds the body of the post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from archive.provenance.lines import BLOCKS, SKIPPED, is_hidden
from crawler.markup import Page, asks_for
from crawler.regions import Part, Regions, own_part

CONTAINERS: tuple[tuple[str, str], ...] = (
    ("wp-block-post-content", "block-theme"),
    ("et_pb_post_content", "divi"),
    ("elementor-widget-theme-post-content", "elementor"),
    ("fl-post-content", "beaver"),
    ("fl-module-fl-post-content", "beaver"),
    ("brxe-post-content", "bricks"),
    ("tdb_single_content", "newspaper"),
    ("td-post-content", "newspaper"),
    ("entry-content", "entry-content"),
    ("e-content", "entry-content"),
    ("post-body", "blogger"),
    ("post-content", "post-content"),
    ("post__content", "post-content"),
    ("entry__content", "post-content"),
    ("post_content", "post-content"),
    ("single-post-content", "post-content"),
    ("single-content", "post-content"),
    ("blog-post-content", "post-content"),
    ("blog-content", "post-content"),
    ("post-entry", "post-content"),
    ("post-text", "post-content"),
    ("the-content", "post-content"),
    ("the_content", "post-content"),
    ("article-body", "article-body"),
    ("article__body", "article-body"),
    ("article-content", "article-body"),
    ("article__content", "article-body"),
    ("story-body", "article-body"),
    ("entry-body", "article-body"),
)
"""Class → layout, most telling first. A builder's own names stand before `entry-content`, which may wrap them."""

GROUPS: tuple[tuple[str, str], ...] = (
    ("elementor-widget-text-editor", "elementor"),
    ("et_pb_text_inner", "divi"),
    ("fl-rich-text", "beaver"),
    ("wpb_text_column", "wpbakery"),
    ("brxe-text", "bricks"),
)
"""Builders print a post as many small modules: the body is what holds them all."""

asks_for(*(name for name, _ in (*CONTAINERS, *GROUPS)))
WRAPPERS = asks_for("hentry", "type-post", "h-entry")

_OUTSIDE: frozenset[Part | None] = frozenset(
    ["nav", "aside", "footer", "related", "comments", "author", "form", "notice", "breadcrumb", "pagination", "share"]
)
_LENGTH = etree.XPath("string-length(normalize-space(.))")

EXCERPT_CHARS = 600
ENOUGH_CARDS = 3
GOOD_PARAGRAPH_CHARS = 60
"""Shorter runs of text are labels, menus and buttons as often as prose: they count a tenth."""
MOST_OF_IT = 0.9
"""The body is the innermost element that holds this share of the page's prose."""


class Container(NamedTuple):
    element: _Element
    layout: str


def find_container(page: Page, headline: _Element | None, regions: Regions) -> Container:
    """Return the innermost element around the body: by a known name, else by where the prose is."""
    for elements, layout in _known(page):
        able = [element for element in elements if _may_hold_a_post(element, regions)]
        if able and (chosen := _choose(able, headline)) is not None:
            return Container(chosen, layout)
    group = _group(page, headline, regions)
    if group is not None:
        return group
    article = _own_article(page, headline, regions)
    found = _densest(page.body if article is None else article, headline)
    return Container(found, "density" if article is None else "article")


def _known(page: Page) -> Iterator[tuple[Iterable[_Element], str]]:
    yield from ((page.with_class(name), layout) for name, layout in CONTAINERS)
    yield page.with_property.get("articleBody", ()), "article-body"


def _may_hold_a_post(element: _Element, regions: Regions) -> bool:
    return regions.of(element) not in _OUTSIDE and not is_hidden(element) and _has_words(element)


def _has_words(element: _Element) -> bool:
    return any(text.strip(" \t\r\n") for text in element.itertext())


def _choose(elements: Sequence[_Element], headline: _Element | None) -> _Element | None:
    """Of several containers of one name the outermost nearest to the headline, then the longest; no row of excerpts."""
    all_of_them = set(elements)
    outermost = [e for e in elements if all_of_them.isdisjoint(e.iterancestors())]
    if len(outermost) < 2:
        return next(iter(outermost), None)
    if len(outermost) >= ENOUGH_CARDS and max(map(_LENGTH, outermost)) < EXCERPT_CHARS:
        return None
    above = _path(headline) if headline is not None else set()
    return max(outermost, key=lambda e: (sum(node in above for node in e.iterancestors()), _LENGTH(e)))


def _path(element: _Element) -> set[_Element]:
    return {element, *element.iterancestors()}


def _group(page: Page, headline: _Element | None, regions: Regions) -> Container | None:
    for name, layout in GROUPS:
        modules = [e for e in page.with_class(name) if _may_hold_a_post(e, regions)]
        if modules and sum(map(_LENGTH, modules)) >= EXCERPT_CHARS / 3:
            return Container(common_ancestor(modules), layout)
    return None


def common_ancestor(elements: Sequence[_Element]) -> _Element:
    """The innermost element around all of *elements*: the one itself when there is only one."""
    shared = set.intersection(*map(_path, elements))
    return next(node for node in (elements[0], *elements[0].iterancestors()) if node in shared)


def _own_article(page: Page, headline: _Element | None, regions: Regions) -> _Element | None:
    """The post's own `<article>`, when it is one: in some themes only comments and cards are."""
    articles = dict.fromkeys((*page.with_class(*WRAPPERS), *page.tree.iter("article")))
    own = [e for e in articles if e.tag not in ("body", "html") and _may_hold_a_post(e, regions)]
    if headline is not None:
        path = _path(headline)
        own = [element for element in own if element in path]
    return own[0] if len(own) == 1 or (own and headline is not None) else None


def _densest(root: _Element, headline: _Element | None) -> _Element:
    """Descend from *root* for as long as one child holds most of the prose."""
    elements = list(root.iter())
    weights = _weights(elements, _left_out(elements), headline)
    node = root
    while weights.get(node):
        heaviest = max(node, key=lambda child: weights.get(child, 0.0), default=None)
        if heaviest is None or weights.get(heaviest, 0.0) < MOST_OF_IT * weights[node]:
            break
        node = heaviest
    return next((e for e in (node, *node.iterancestors()) if e.tag in _HOLDERS), root)


_HOLDERS = frozenset("div section article main td body html center blockquote li form".split())


def _left_out(elements: Iterable[_Element]) -> set[_Element]:
    """Elements that are no prose of the post, with everything in them."""
    out: set[_Element] = set()
    for element in elements:
        parent = element.getparent()
        if parent in out or _is_no_prose(element):
            out.add(element)
        elif element.tag in _HOLDERS and _is_row_of_cards(element):
            out.update(element)
    return out


def _is_no_prose(element: _Element) -> bool:
    if element.tag in SKIPPED or own_part(element) in _OUTSIDE or is_hidden(element):
        return True
    return element.tag in _HOLDERS and _asks_for_an_address(element)


def _asks_for_an_address(element: _Element) -> bool:
    """A box around a form with a few words of invitation."""
    return next(element.iter("form"), None) is not None and _LENGTH(element) < EXCERPT_CHARS / 2


def _is_row_of_cards(element: _Element) -> bool:
    """Three or more children alike, each with a link and a few words: cards of other posts, whatever their name."""
    children = [child for child in element if isinstance(child.tag, str)]
    if len(children) < ENOUGH_CARDS or len({(child.tag, child.get("class")) for child in children}) > 1:
        return False
    if children[0].tag in ("p", "li", "tr", "br"):
        return False
    return all(next(child.iter("a"), None) is not None and _LENGTH(child) < EXCERPT_CHARS for child in children)


def _weights(elements: Sequence[_Element], left_out: set[_Element], headline: _Element | None) -> dict[_Element, float]:
    """Element → characters of prose in it, after the headline; words in links are none.

    Children come before their parents when the document is walked backwards: one pass, no recursion.
    """
    weights: dict[_Element, float] = {}
    runs: dict[_Element, int] = {}
    before = False
    for element in reversed(elements):
        before = before or element is headline
        parent = element.getparent()
        if parent is None:
            break
        tail = 0 if before and element is not headline else _chars(element.tail)
        if element in left_out:
            runs[parent] = runs.get(parent, 0) + tail
            continue
        run = runs.get(element, 0) + (0 if before else _chars(element.text))
        weight = weights.get(element, 0.0)
        if element.tag in BLOCKS:
            weight += run if run >= GOOD_PARAGRAPH_CHARS else run / 10
            run = 0
        weights[element] = weight
        weights[parent] = weights.get(parent, 0.0) + weight
        runs[parent] = runs.get(parent, 0) + (0 if element.tag == "a" else run) + tail
    return weights


def _chars(text: str | None) -> int:
    return len(text.strip()) if text else 0


def holding(page: Page, words: str) -> Container | None:
    """The innermost element that holds the beginning and the end of *words*; None when the page shows others."""
    squeezed = "".join(words.split())
    if len(squeezed) < GOOD_PARAGRAPH_CHARS:
        return None
    ends = squeezed[:ENDS_CHARS], squeezed[-ENDS_CHARS:]
    node = page.body
    if not _holds(node, ends):
        return None
    while (inner := next((child for child in node if _holds(child, ends)), None)) is not None:
        node = inner
    return Container(node, "rest")


ENDS_CHARS = 40


def _holds(element: _Element, ends: tuple[str, str]) -> bool:
    squeezed = "".join("".join(element.itertext()).split())
    return ends[0] in squeezed and ends[1] in squeezed
