"""A page's anatomy and its post's body: lines in reading order, without what the theme and its plugins put there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice, takewhile

from lxml import etree
from lxml.etree import _Element

from archive.model import Line, Zone
from archive.provenance.lines import CLASSES_CHARS, SKIPPED, is_hidden, read_lines, words_of
from archive.text import fold
from crawler.container import Container, common_ancestor, find_container
from crawler.headline import find_headline, headline_text
from crawler.markup import Page, asks_for_like
from crawler.regions import TAGS, Part, Regions, own_part

THEME_META = re.compile(
    r"(?:entry|post|article|single|blog|page)[-_]{0,2}(?:meta|info|details|date|author|time|published)(?:[-_].*)?"
    r"|posted-(?:on|by|in)|entry-(?:byline|header)|et_pb_title_meta_container|elementor-(?:widget-)?post-info.*"
    r"|wp-block-post-(?:date|author|author-name|time-to-read)|published|updated|reading-time|rt-reading-time|post-views"
)
"""Class names under which themes print the post's own day, author and categories, inside or outside of the body."""

INTERFACE = frozenset(
    fold(words)
    for words in (
        "Print Friendly and PDF",
        "Print Friendly, PDF & Email",
        "Print this page",
        "Print",
        "Share",
        "Share this",
        "Share this:",
        "Share this post",
        "Share this article",
        "Share on Facebook",
        "Share on Twitter",
        "Share on X",
        "Share on LinkedIn",
        "Share via email",
        "Tweet",
        "Like this:",
        "Like Loading...",
        "Loading...",
        "Skip to main content",
        "Skip to content",
        "Leave a Reply",
        "Leave a comment",
        "Cancel reply",
        "No comments",
        "Click to share on Facebook (Opens in new window)",
        "Click to share on Twitter (Opens in new window)",
        "Advertisement",
        "Related posts",
        "Back to top",
    )
)
"""What buttons say: no words of a post, when they are a whole line."""

INTERFACE_CHARS = 60

_NOISE: frozenset[Part | None] = frozenset(
    [
        "nav",
        "breadcrumb",
        "pagination",
        "aside",
        "footer",
        "related",
        "comments",
        "share",
        "author",
        "form",
        "notice",
        "terms",
    ]
)
_LENGTH = etree.XPath("string-length(normalize-space(.))")
_LIKE_CRUMBS = asks_for_like("crumb")
_CRUMB_SIGNS = (re.compile(r"\s*(?:>|»|›|→|⟩|❯|::)\s*"), re.compile(r"\s+[/|•·]\s+"))
"""Arrows part crumbs wherever they stand; other signs only where no arrow does, since titles hold them too."""
MOST_RELATED = 400
_OWN_PARTS: tuple[Part | None, ...] = (None, "terms")
_OWN_PARTS_WITHIN: tuple[Part | None, ...] = (*_OWN_PARTS, "footer", "author")
"""Parts of a page that speak of the post wherever they stand; and those that do beside it."""
MOST_BREADCRUMBS = 20
HEAD_CHARS = 600
"""A block above the headline with more text than this is no part of it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Anatomy:
    """Where in a page its post stands."""

    page: Page
    regions: Regions
    headline: _Element | None
    container: Container

    @cached_property
    def title(self) -> str | None:
        return headline_text(self.headline) or None if self.headline is not None else None

    @cached_property
    def shared(self) -> _Element:
        """The innermost element around headline and body."""
        body = self.container.element
        return body if self.headline is None else common_ancestor([body, self.headline])

    @cached_property
    def scope(self) -> _Element:
        """The innermost element around headline and body, or the post's `<article>` around both."""
        inner = self.shared
        around = [element for element in (inner, *inner.iterancestors()) if element.tag != "body"]
        own = [e for e in around if e.tag == "article" or "hentry" in (e.get("class") or "").split()]
        if not own and self.headline is None:
            own = [e for e in around if e.tag == "main"]
        return own[0] if own else inner

    @cached_property
    def related_links(self) -> tuple[tuple[_Element, list[str]], ...]:
        """The post's own links that say how they relate to it, as `rel="category tag"` does; and the words of that."""
        said = (
            (link, rel)
            for link in self.scope.iter("a")
            if (rel := link.get("rel")) and ("tag" in rel or "author" in rel)
        )
        return tuple(
            (link, rel.lower().split()) for link, rel in islice(said, MOST_RELATED) if self._is_in_own_part(link)
        )

    def is_own(self, element: _Element) -> bool:
        """Whether *element* speaks of this post: it stands with it, and not in its comments or among other posts."""
        if not self._is_in_own_part(element):
            return False
        return element is self.scope or any(node is self.scope for node in element.iterancestors())

    def _is_in_own_part(self, element: _Element) -> bool:
        return self.regions.of(element) in (_OWN_PARTS if self.scope is self.page.body else _OWN_PARTS_WITHIN)

    @cached_property
    def breadcrumb(self) -> _Element | None:
        """The element that prints the breadcrumb; None when the page has none to be seen."""
        offered = chain(self.page.with_class_like(_LIKE_CRUMBS), _unclassed_crumbs(self.page.body))
        for element in islice(offered, MOST_BREADCRUMBS):
            if own_part(element) == "breadcrumb" and not is_hidden(element) and self._is_crumb(element):
                return element
        return None

    def _is_crumb(self, element: _Element) -> bool:
        if self.headline is not None and any(node is element for node in self.headline.iterancestors()):
            return False
        around = [self.regions.of(node) for node in element.iterancestors()]
        return 0 < _LENGTH(element) < HEAD_CHARS and not {"footer", "comments"} & set(around)


def _unclassed_crumbs(body: _Element) -> Iterator[_Element]:
    """Elements that are breadcrumbs by their id, then those that are by their label."""
    labelled: list[_Element] = []
    for element in body.iter("nav", "ol", "ul", "p", "div", "section", "span", "header", "aside"):
        if element.get("id") in ("breadcrumbs", "breadcrumb", "crumbs"):
            yield element
        elif element.tag in ("nav", "ol") and "breadcrumb" in (element.get("aria-label") or "").lower():
            labelled.append(element)
    yield from labelled


def read_anatomy(
    page: Page, *, titles: Iterable[str], headline: _Element | None = None, body: _Element | None = None
) -> Anatomy:
    """Find headline and body, where they are not given; *titles* are what other signals call the post."""
    regions = Regions()
    if headline is None:
        headline = find_headline(page, titles, regions)
    container = Container(body, "profile") if body is not None else find_container(page, headline, regions)
    return Anatomy(page=page, regions=regions, headline=headline, container=container)


@dataclass(frozen=True, kw_only=True, eq=False)
class Body:
    """The post's body, cut out of the page: a copy, cleaned; and what stands between it and the headline."""

    element: _Element
    before: _Element
    """What stands above the headline, beside it."""
    head: _Element
    """What stands between the headline and the body, and the theme's own lines at the head of the body."""


def cut_out(anatomy: Anatomy) -> Body:
    """Return the body as a copy without headline, theme lines and noise; the page's tree stays as it is."""
    container, headline = anatomy.container.element, anatomy.headline
    copied = _copy(container)
    inside = headline is not None and any(node is container for node in headline.iterancestors())
    before, head = etree.Element("div"), etree.Element("div")
    if inside and headline is not None:
        _split_at(_counterpart(container, copied, headline), copied, before)
    elif headline is not None:
        _gather(_beside(headline, anatomy.shared), before)
        head.text = headline.tail
        _gather(_between(headline, container, anatomy.shared), head)
    else:
        _gather(_above(container, anatomy.scope), head)
    for element in _closing(container):
        copied.append(copy(element))
    _clean(before)
    _clean(head)
    _move_meta(_clean(copied), copied, head)
    _drop_repeated_title(copied, anatomy.title)
    return Body(element=copied, before=before, head=head)


def read_post_lines(anatomy: Anatomy, body: Body) -> list[Line]:
    """Breadcrumb, headline, head and content in reading order."""
    page = anatomy.page
    sources: tuple[tuple[_Element | None, Zone], ...] = (
        (anatomy.breadcrumb, "breadcrumb"),
        (body.before, "head"),
        (anatomy.headline, "title"),
        (body.head, "head"),
        (body.element, "content"),
    )
    lines = [
        line
        for element, zone in sources
        if element is not None and (len(element) or element.text)
        for line in read_lines(element, zone=zone, base_url=page.base_url)
    ]
    return [line for line in lines if len(line.text) > INTERFACE_CHARS or not _is_interface(line.text)]


@lru_cache(maxsize=1024)
def _is_interface(text: str) -> bool:
    return fold(text) in INTERFACE


def read_crumbs(lines: Iterable[Line]) -> tuple[str, ...]:
    """What the breadcrumb names, first to last, the post itself included when it is printed."""
    printed = [line.text for line in lines if line.zone == "breadcrumb" and not line.alt]
    sign = next((sign for sign in _CRUMB_SIGNS if any(map(sign.search, printed))), _CRUMB_SIGNS[0])
    parts = [part.strip() for text in printed for part in sign.split(text)]
    return tuple(part for part in parts if fold(part) not in ("", "you are here"))


def _copy(element: _Element) -> _Element:
    copied = copy(element)
    copied.tail = None
    return copied


def _counterpart(original: _Element, copied: _Element, wanted: _Element) -> _Element:
    return next(twin for node, twin in zip(original.iter(), copied.iter(), strict=True) if node is wanted)


def _split_at(headline: _Element, root: _Element, before: _Element) -> None:
    """Take the headline out of *root*, and what precedes it into *before* when that is short."""
    levels = [list(node.itersiblings(preceding=True)) for node in _up_to(headline, root)]
    preceding = [sibling for level in reversed(levels) for sibling in reversed(level)]
    if sum(map(_LENGTH, preceding)) < HEAD_CHARS:
        for sibling in preceding:
            before.append(sibling)
    _drop_tree(headline)


def _gather(nodes: Iterable[_Element], into: _Element) -> None:
    for node in nodes:
        if node.tag not in SKIPPED and own_part(node) not in _NOISE - {"terms"} and not is_hidden(node):
            into.append(copy(node))


def _beside(headline: _Element, shared: _Element) -> Iterator[_Element]:
    """What precedes the headline in the block it heads: a category, a day, a kicker."""
    heads = [parent for parent in _up_to(headline, shared) if _LENGTH(parent) <= HEAD_CHARS]
    return _above(headline, heads[-1]) if heads else iter(())


def _above(element: _Element, within: _Element) -> Iterator[_Element]:
    """What precedes *element* in *within*, in reading order, with as little around it as can be."""
    for node in reversed(list(_up_to(element, within))):
        yield from reversed(list(node.itersiblings(preceding=True)))


def _between(headline: _Element, container: _Element, shared: _Element) -> Iterator[_Element]:
    """What stands after the headline and before the container, in reading order; nothing when the order is reversed."""
    *lower, node = list(_up_to(headline, shared)) or [headline]
    for element in lower:
        yield from element.itersiblings()
    way = list(_up_to(container, shared))
    following = list(node.itersiblings())
    if not way or not any(element is way[-1] for element in following):
        return
    for element in following:
        if element is way[-1]:
            break
        yield element
    for element in reversed(way[:-1]):
        yield from reversed(list(element.itersiblings(preceding=True)))


def _closing(container: _Element) -> Iterator[_Element]:
    """Lines that follow the container without a name of their own: where a text is from is often said last."""
    for element in container.itersiblings():
        if element.tag == "p" or (_SOURCE.search(element.get("class") or "") and _LENGTH(element) < HEAD_CHARS / 2):
            yield element
        elif own_part(element) not in ("share", "terms", None):
            return


_SOURCE = re.compile(r"(?:^|[\s_-])(?:source|credits?|attribution|original|republish\w*|courtesy)(?:$|[\s_-])", re.I)


def _up_to(element: _Element, ancestor: _Element) -> Iterator[_Element]:
    """*element* and what is around it, *ancestor* excluded."""
    return takewhile(lambda node: node is not ancestor, (element, *element.iterancestors()))


def _clean(root: _Element) -> list[_Element]:
    """Drop what the theme and its plugins put into *root*, but never the greater part of it.

    Returns those of the elements left whose class names may be those of `THEME_META`.
    """
    noise: list[_Element] = []
    marked: list[_Element] = []
    most: float | None = None
    walk = root.iterdescendants()
    for element in walk:
        given = element.keys()
        if not given and element.tag not in _ASIDES:
            continue
        names = element.get("class") if "class" in given else None
        if _is_noise(element, given, names):
            most = _LENGTH(root) / 2 if most is None else most
            if _LENGTH(element) <= most:
                noise.append(element)
                for _ in element.iterdescendants():
                    next(walk)  # what is in it goes with it
                continue
        if names and (_may_be_meta if len(names) <= CLASSES_CHARS else _LIKE_META.search)(names):
            marked.append(element)
    for element in noise:
        _drop_tree(element)
    return marked


_TELLING = frozenset(["class", "id", "role", "hidden", "style", "aria-hidden"])


def _is_noise(element: _Element, given: list[str], names: str | None) -> bool:
    """*given*: the names of the element's attributes, most of which are its class or the address of a link alone."""
    if element.tag not in _ASIDES:
        if given == ["class"]:
            if not names or (len(names) <= CLASSES_CHARS and not _may_be_noise(names)):
                return False
        elif _TELLING.isdisjoint(given):
            return False
    if is_hidden(element):
        return element.tag not in ("img", "picture", "figure")
    part = own_part(element)
    if element.tag in ("aside", "footer") and part in ("aside", "footer"):
        return bool(names) and not _EDITORIAL.search(names or "")
    return part in _NOISE


@lru_cache(maxsize=4096)
def _may_be_noise(classes: str) -> bool:
    """A first look, remembered: most elements of a body have one of few class attributes and nothing else."""
    marked = etree.Element("div", {"class": classes})
    return is_hidden(marked) or own_part(marked) is not None or "updated" in classes


@lru_cache(maxsize=4096)
def _may_be_meta(classes: str) -> bool:
    """A first look, remembered, too."""
    return _LIKE_META.search(classes) is not None


_LIKE_META = re.compile(r"meta|info|detail|date|author|time|posted|byline|header|publish|updated|views", re.I)
_ASIDES = frozenset(TAGS)
_EDITORIAL = re.compile(r"quote|callout|citation|note|highlight|source|credit", re.I)


def _drop_tree(element: _Element) -> None:
    """Take *element* out of its tree with all that is in it; the words after it stay."""
    parent, tail = element.getparent(), element.tail
    if parent is None:
        return
    if tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
    parent.remove(element)


def _move_meta(marked: list[_Element], content: _Element, head: _Element) -> None:
    """The theme's own lines within the body: to the head when they open it, away when they close it."""
    lines = {element: None for element in marked if _is_theme_meta(element)}
    opening = set(_opening(content)) if lines else set()
    for element in lines:
        if lines.keys().isdisjoint(element.iterancestors()):
            if element in opening:
                head.append(_copy(element))
            _drop_tree(element)


def _opening(content: _Element) -> Iterator[_Element]:
    """Elements of the body up to its first paragraph of some length."""
    for element in content.iter():
        if element.tag in _PROSE and _LENGTH(element) >= PROSE_CHARS:
            return
        yield element


_PROSE = frozenset(["p", "blockquote", "ul", "ol", "table", "pre"])
PROSE_CHARS = 120
"""With a paragraph of this length the article has begun: what the theme prints after it closes the post."""


def _is_theme_meta(element: _Element) -> bool:
    names = (element.get("class") or "").split()
    if any(map(THEME_META.fullmatch, names)):
        return _LENGTH(element) < HEAD_CHARS / 2
    return "byline" in names and any(_names_an_author(link) for link in element.iter("a"))


def _names_an_author(link: _Element) -> bool:
    return "author" in (link.get("rel") or "") or "/author/" in (link.get("href") or "")


def _drop_repeated_title(content: _Element, title: str | None) -> None:
    """Some themes print the headline twice, once for each width of screen; the body does not repeat it."""
    headings = list(islice(content.iter("h1", "h2", "h3"), 3)) if title else []
    folded = fold(title or "") if headings else ""
    for heading in headings:
        if fold(words_of(heading)) == folded:
            _drop_tree(heading)
