"""A page's markup → the lines a reader sees, each with where it came from.

One walk over the tree, in document order, without recursion: its cost is linear in the markup and its depth is the
parser's business, not Python's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from archive.model import Line, Link, Zone
from archive.text import INVISIBLE, collapse
from archive.urls import absolute

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table "
    "tbody td tfoot th thead tr ul".split()
)
SKIPPED = frozenset(
    "audio button canvas datalist embed head iframe input map math noscript object option progress script select style "
    "svg template textarea title video".split()
)
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
LISTED = frozenset("li td th dd".split())
QUOTES = frozenset("blockquote pullquote wp-block-quote wp-block-pullquote elementor-blockquote".split())
CAPTIONS = frozenset(
    "figcaption caption wp-caption-text wp-element-caption gallery-caption image-caption widget-image-caption".split()
)
META = frozenset(
    "posted-on posted-by byline entry-date post-date post-author entry-author meta-date meta-author meta-category "
    "post-meta-item cat-links tags-links comments-link".split()
)
"""Themes print these spans apart by style sheet alone, with no space between one and the next."""

HIDDEN_CLASSES = frozenset(
    "screen-reader-text screen-reader-only sr-only visually-hidden visuallyhidden assistive-text hidden d-none hide "
    "elementor-screen-only elementor-hidden-desktop et_pb_section_video_bg".split()
)
_RESPONSIVE = re.compile(r"\S:(?:block|flex|grid|inline|inline-block|table)$|^d-\w+-(?:block|flex|inline|grid|table)$")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(bold|[6-9]00|normal|lighter|[1-5]00)", re.I)
_ITALIC_STYLE = re.compile(r"font-style\s*:\s*(italic|oblique|normal)", re.I)
_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid|table|list-item)", re.I)

_NO_PRINT = re.compile(f"[{INVISIBLE}\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufff9-\ufffb\U000e0000-\U000e007f]")
_ABSOLUTE = re.compile(r"https?://\w[^\s\\@/?#]*(?:[/?#]\S*)?$", re.I)
_ROOTED = re.compile(r"(?:/(?![./])[^\s\\/]*)+")
_ORIGIN = re.compile(r"https?://[a-z0-9][a-z0-9.:-]*(?=[/?#]|$)")
_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|avif|svg)$|(?:img|dsc|image|photo|screenshot)[-_ ]?\d+$", re.I)
_WORD = re.compile(r"\w")

CLASSES_CHARS = 500
DEPTH_CAP = 32
"""Levels named in `where` and `classes`: deeper markup still gives lines, but their addresses stay short."""


def fold_space(text: str) -> str:
    """*text* as it prints on one line: white space folded, zero-width, bidi and control characters gone.

    >>> fold_space(" Crain\\u2019s\\u00a0Detroit\\n Busi\\u00adness\\u200b ")
    'Crain’s Detroit Business'
    """
    if text.isprintable() and "  " not in text:
        return text.strip(" ")  # nothing to fold: of all white space only the plain space counts as printable
    folded = collapse(text)
    return folded if folded.isprintable() else collapse(_NO_PRINT.sub("", folded))


def words_of(element: _Element) -> str:
    """All words inside *element*, as `fold_space` prints them."""
    return fold_space(_WORDS(element) if len(element) else element.text or "")


_WORDS = etree.XPath("string()", smart_strings=False)


def read_lines(element: _Element, *, zone: Zone, base_url: str) -> list[Line]:
    """Return the visible lines inside *element*, in reading order; `where` begins with *zone*.

    *element* itself is read even where it is hidden; its own classes count only for words that stand directly in it.
    `classes` also names the inline elements which the whole line stands in (`<span class="byline">…</span>`).
    """
    reader = _Reader(zone, base_url)
    reader.open(element, str(element.tag), element.keys(), root=True)
    around = [(element, iter(element))]
    while around:
        parent, children = around[-1]
        for node in children:
            tag, given = node.tag, node.keys()
            if tag in _PARAGRAPHS and reader.paragraph(node, tag, given):
                pass
            elif tag in SKIPPED or tag == "img" or (given and _hides(node, given)):
                reader.image(node)
            elif isinstance(tag, str):
                reader.open(node, tag, given)
                if len(node):
                    around.append((node, iter(node)))
                    break
                reader.close()
            if tail := node.tail:
                reader.print(tail)
        else:
            around.pop()
            reader.close()
            if around and parent.tail:
                reader.print(parent.tail)
    reader.end_line(new_block=True)
    return reader.lines


def is_hidden(element: _Element) -> bool:
    """Whether style, attribute or a well-known class keeps *element* from being seen, as far as the tag itself says.

    Style sheets are not read. `hidden md:block` and its like are seen on a desk, and count as seen.
    """
    given = element.keys()
    return bool(given) and _hides(element, given)


def _hides(element: _Element, given: list[str]) -> bool:
    """*given*: the names of the attributes that *element* has."""
    if given != _CLASS_ALONE:
        if element.get("hidden") is not None or element.get("aria-hidden") == "true":
            return True
        style = element.get("style")
        if style and _HIDDEN_STYLE.search(style):
            return True
    names = element.get("class")
    hidden = _hidden_by_class(names) if names else False
    return _follows_published(element) if hidden is None else hidden


_CLASS_ALONE = ["class"]


def _hidden_by_class(classes: str) -> bool | None:
    """Whether its class names hide an element; None when what stands before it decides."""
    return _judged(classes) if len(classes) <= CLASSES_CHARS else _judge(classes)


def _judge(classes: str) -> bool | None:
    names = classes.split()
    if not HIDDEN_CLASSES.isdisjoint(names):
        return not any(_RESPONSIVE.search(name) for name in names)
    return None if "updated" in names and "published" not in names else False


# A blog's pages share most of their class attributes.
_judged = lru_cache(maxsize=4096)(_judge)


def _follows_published(element: _Element) -> bool:
    """WordPress' own themes print both days and hide the second: `.updated:not(.published) { display: none }`."""
    before = element.getprevious()
    return element.tag == "time" and before is not None and "published" in (before.get("class") or "").split()


class _Style(NamedTuple):
    """How words are set: inherited from tag to tag."""

    bold: bool = False
    italic: bool = False
    link: _Anchor | None = None
    classes: tuple[str, ...] = ()


class _Anchor(NamedTuple):
    href: str
    number: int


class _Kind(NamedTuple):
    """What a block's tag and class names, and those around it, make of its lines."""

    classes: str
    level: int | None
    caption: bool
    quoted: bool
    listed: bool


@dataclass(slots=True)
class _Block:
    """An open block element: what its lines have in common."""

    tag: str
    path: str
    kind: _Kind
    depth: int = 0
    breaks: int = 0
    children: dict[str, int] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"{self.path}/br[{self.breaks}]" if self.breaks else self.path

    def path_of(self, tag: str) -> str:
        """Address of the next child of that tag."""
        number = self.children[tag] = self.children.get(tag, 0) + 1
        return self.path if self.depth >= DEPTH_CAP else f"{self.path}/{tag[:20]}[{number}]"

    def take_role(self, node: _Element) -> None:
        """A heading by its role is one of the level it gives."""
        if node.get("role") == "heading" and (node.get("aria-level") or "2") in "123456":
            self.kind = self.kind._replace(level=int(node.get("aria-level") or "2"))

    def kind_of(self, tag: str, names: str) -> _Kind:
        """*names*: the child's class attribute, in lower case. Long ones are a page's own, and not remembered."""
        is_short = len(tag) + len(names) + len(self.kind.classes) <= 2 * CLASSES_CHARS
        return (_kind_of if is_short else _kind_of.__wrapped__)(self.kind, tag, names, min(self.depth, DEPTH_CAP))


@lru_cache(maxsize=1024)
def _kind_of(above: _Kind, tag: str, names: str, depth: int) -> _Kind:
    """What a block's child is, *depth* levels below the root: a blog's pages have the same few kinds of them."""
    own = names.split()
    inherited = above.classes if depth else ""
    return _Kind(
        f"{' '.join(own)} {inherited}".rstrip()[:CLASSES_CHARS] if own and depth < DEPTH_CAP else inherited,
        HEADINGS.get(tag, above.level),
        above.caption or tag in CAPTIONS or not CAPTIONS.isdisjoint(own),
        above.quoted or tag in QUOTES or not QUOTES.isdisjoint(own),
        above.listed or tag in LISTED,
    )


class _Reader:
    """Collects words until a line ends. `open` and `close` are called in pairs, `print` with every piece of text."""

    def __init__(self, zone: Zone, base_url: str) -> None:
        self.lines: list[Line] = []
        self._zone: Zone = zone
        self._base_url = base_url
        self._words: list[tuple[str, _Style]] = []
        self._alts: list[tuple[str, _Style]] = []
        self._styles: list[_Style] = [_Style()]
        self._blocks: list[_Block] = []
        self._opened: list[bool] = []
        self._anchors = 0
        self._number = -1
        self._new_block = True

    def open(self, node: _Element, tag: str, given: list[str], *, root: bool = False) -> None:
        """*given*: the names of its attributes, of which most elements have few or none."""
        names = node.get("class") if "class" in given else None
        css = node.get("style") if "style" in given else None
        if tag == "br":
            self._break()
        is_block = root or tag in BLOCKS or ((names or css) is not None and _prints_apart(node, names, css))
        self._opened.append(is_block)
        if is_block:
            self._open_block(tag, names.lower() if names else "", root=root)
            if "role" in given and tag not in HEADINGS:
                self._blocks[-1].take_role(node)
            names = None
        plain = css is None and not names and tag not in _STYLED
        self._styles.append(self._styles[-1] if plain else self._style(node, tag, names or "", css))
        if text := node.text:
            self.print(text)

    def paragraph(self, node: _Element, tag: str, given: list[str]) -> bool:
        """Read a paragraph of running text at once: as `open`, `print` and `close` would, in a third of the time.

        False, and nothing read, unless it can be seen, has no attribute but its class, begins with words and holds at
        most links and emphasis within them.
        """
        style = self._styles[-1]
        if style.link or (given and given != _CLASS_ALONE):
            return False
        names = node.get("class") if given else None
        if (names and _hidden_by_class(names) is not False) or (found := _pieces(node)) is None:
            return False
        pieces, anchors = found
        self.end_line(new_block=True)
        block = self._blocks[-1]
        kind = block.kind_of(tag, names.lower() if names else "")
        text = fold_space("".join(pieces))
        self._add(tag, block.path_of(tag), kind, text, style, tuple(self._plain_links(anchors)) if anchors else ())
        self._new_block = True
        return True

    def _plain_links(self, anchors: list[_Element]) -> Iterator[Link]:
        for anchor in anchors:
            address = self._address(anchor)
            if address and (text := fold_space(anchor.text or "")):
                yield Link(address, text)

    def close(self) -> None:
        self._styles.pop()
        if self._opened.pop():
            self.end_line(new_block=True, block=self._blocks.pop())

    def print(self, text: str) -> None:
        if not self._blocks:
            return
        if self._blocks[-1].tag != "pre" or "\n" not in text:
            if self._words or not text.isspace():
                self._words.append((text, self._styles[-1]))
            return
        first, *rest = text.split("\n")
        self._words.append((first, self._styles[-1]))
        for line in rest:
            self._break()
            self._words.append((line, self._styles[-1]))

    def image(self, node: _Element) -> None:
        """Keep an image's alternative text for a line of its own, unless the image is an ornament."""
        if node.tag != "img" or not self._blocks:
            return
        alt = fold_space(node.get("alt", node.get("title") or ""))
        if _WORD.search(alt) and not _FILE_NAME.match(alt) and not is_ornament(node):
            self._alts.append((alt, self._styles[-1]))
            if not self._words:
                self._print_alts(self._blocks[-1])

    def _break(self) -> None:
        self.end_line(new_block=False)
        if self._blocks:
            self._blocks[-1].breaks += 1

    def _open_block(self, tag: str, names: str, *, root: bool) -> None:
        self.end_line(new_block=True)
        if root:
            kind = _Kind(names, HEADINGS.get(tag), tag in CAPTIONS, tag == "blockquote", tag in LISTED)
            self._blocks.append(_Block(tag, self._zone, kind))
        else:
            above = self._blocks[-1]
            self._blocks.append(_Block(tag, above.path_of(tag), above.kind_of(tag, names), above.depth + 1))

    def _style(self, node: _Element, tag: str, names: str, css: str | None) -> _Style:
        above = self._styles[-1]
        bold, italic = above.bold or tag in _BOLD, above.italic or tag in _ITALIC
        return _Style(
            _styled(bold, _BOLD_STYLE, css, off=_NOT_BOLD) if css else bold,
            _styled(italic, _ITALIC_STYLE, css, off=_NOT_ITALIC) if css else italic,
            self._anchor(node) if tag == "a" else above.link,
            (*above.classes, names.lower()[:CLASSES_CHARS])
            if names and len(above.classes) < DEPTH_CAP
            else above.classes,
        )

    def _anchor(self, node: _Element) -> _Anchor | None:
        address = self._address(node)
        self._anchors += 1
        return _Anchor(address, self._anchors) if address else None

    def _address(self, node: _Element) -> str | None:
        href = node.get("href")
        return address_of(self._base_url, href.strip()) if href and not href.startswith("#") else None

    def end_line(self, *, new_block: bool, block: _Block | None = None) -> None:
        """Print what was collected, as a line of *block* (the innermost open one when None)."""
        if self._words or self._alts:
            block = block or (self._blocks[-1] if self._blocks else None)
            if block is not None and self._words:
                self._print_words(block)
            if block is not None and self._alts:
                self._print_alts(block)
        self._new_block = self._new_block or new_block

    def _print_words(self, block: _Block) -> None:
        words, self._words = self._words, []
        text = fold_space("".join([piece for piece, _ in words]))
        if not text:
            return
        first = words[0][1]
        if len(words) > 1:
            words = [(piece, style) for piece, style in words if not piece.isspace()] or words
            first = words[0][1]
        if len(words) > 1 and any(style is not first for _, style in words):
            style, links = _common([style for _, style in words]), tuple(_links(words))
        else:
            style, links = first, ((Link(first.link.href, text),) if first.link else ())
        self._add(block.tag, block.where, block.kind, text, style, links)

    def _print_alts(self, block: _Block) -> None:
        alts, self._alts = self._alts, []
        for alt, style in alts:
            links = (Link(style.link.href, alt),) if style.link else ()
            self._add("img", f"{block.path}/img", block.kind, alt, style._replace(bold=False, italic=False), links)

    def _add(self, tag: str, where: str, kind: _Kind, text: str, style: _Style, links: tuple[Link, ...]) -> None:
        self._number += self._new_block
        self._new_block = False
        classes, level, caption, quoted, listed = kind
        if style.classes:
            classes = " ".join((*reversed(style.classes), classes)).strip()
        self.lines.append(
            # Fields by place: by name takes three times as long.
            Line(
                text,
                where,
                self._zone,
                tag,
                self._number,
                level,
                style.bold,
                style.italic,
                links,
                tag == "img",
                caption,
                quoted,
                listed,
                classes,
            )
        )


_BOLD = frozenset({"b", "strong"})
_ITALIC = frozenset({"i", "em", "cite"})
_STYLED = _BOLD | _ITALIC | {"a"}
_PARAGRAPHS = frozenset("p li h2 h3 h4".split())
_OF_A_LINK = frozenset("href target rel title".split())


def _pieces(node: _Element) -> tuple[list[str], list[_Element]] | None:
    """The words of *node* and its links, if words open it and all else stands among them, set by its tag alone."""
    opening = node.text
    if not opening or not _WORD.search(opening):
        return None
    pieces, links = [opening], []
    for child in node:
        tag = child.tag
        if tag not in _STYLED or len(child) or not _OF_A_LINK.issuperset(child.keys()):
            return None
        pieces += (child.text or "", child.tail or "")
        if tag == "a":
            links.append(child)
    return pieces, links


_NOT_BOLD = frozenset("normal lighter 100 200 300 400 500".split())
_NOT_ITALIC = frozenset({"normal"})


def address_of(base_url: str, href: str) -> str | None:
    """As `archive.urls.absolute`, without taking apart what is absolute already, or plainly a path on the same host."""
    if _ABSOLUTE.match(href):
        return href
    if _ROOTED.fullmatch(href) and (origin := _ORIGIN.match(base_url)):
        return f"{origin[0]}{href}"
    return absolute(base_url, href) if href else None


def _styled(above: bool, pattern: re.Pattern[str], css: str, *, off: frozenset[str]) -> bool:
    found = pattern.search(css)
    return found[1].lower() not in off if found else above


def _common(styles: list[_Style]) -> _Style:
    """The style that all words of a line share; which classes they share is asked from the outside in."""
    classes = styles[0].classes
    for style in styles:
        while classes and classes != style.classes[: len(classes)]:
            classes = classes[:-1]
    return _Style(all(style.bold for style in styles), all(style.italic for style in styles), None, classes)


def _links(words: list[tuple[str, _Style]]) -> Iterator[Link]:
    for anchor, pieces in groupby(words, key=lambda word: word[1].link):
        if anchor is not None and (text := fold_space("".join([piece for piece, _ in pieces]))):
            yield Link(href=anchor.href, text=text)


def _prints_apart(node: _Element, names: str | None, css: str | None) -> bool:
    """Whether an inline element prints as a block: by its own style, or as one of a theme's `META` lines."""
    if css and _BLOCK_STYLE.search(css):
        return True
    return names is not None and not META.isdisjoint(names.lower().split()) and _stands_alone(node)


def _stands_alone(node: _Element) -> bool:
    """No words of the parent touch the element on its left: "Posted on <span class=post-date>" is one line."""
    before, parent = node.getprevious(), node.getparent()
    touching = before.tail if before is not None else parent.text if parent is not None else None
    return not (touching or "").strip() and not (node.tail or "").strip()


def is_ornament(image: _Element) -> bool:
    """Emoji, avatars and tracking pixels: not something the blog shows."""
    names = (image.get("class") or "").split()
    if not _ORNAMENTS.isdisjoint(names) or is_hidden(image):
        return True
    return any((image.get(side) or "").removesuffix("px") in _PIXELS for side in ("width", "height"))


_ORNAMENTS = frozenset("emoji wp-smiley avatar icon".split())
_PIXELS = frozenset("0 1 2 3".split())
