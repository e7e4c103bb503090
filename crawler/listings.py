"""Listings: which posts a category, blog, date or author page shows, in any theme, and where its next page is.

Themes agree on nothing but this: a listing repeats one block a post, and each block holds a link to a post beside that
post's title. So blocks are found by their structure; class names only add to or take from the evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from lxml import etree

from archive.dates import find_dates
from crawler.addresses import CALENDAR, AddressKind, address_key, judge_address, page_number, resolved
from crawler.chrome import HEADINGS, Chrome, classes_of, folded_text, tag_of, words_of
from crawler.discovery import Sighting, Source
from crawler.pagination import read_pagination
from crawler.profiles import SiteProfile

MAX_LINKS = 5_000
"""Links of one page that are looked at; no honest listing has more."""
MAX_CLIMB = 60
"""How far above its link a post's block may begin; page builders wrap a card in a dozen elements."""
MAX_LOOKS = 8
"""Links to one post that are looked at: a card has an image, a title and an invitation, a sticky post stands twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """What one page of a listing shows."""

    url: str
    posts: tuple[Sighting, ...]
    """In the page's order, each post once; sticky posts stand on every page of a listing."""
    next_url: str | None
    load_more: bool
    """The theme hides its pages behind a button or endless scrolling: try `addresses.paged_url`."""
    page_number: int
    pages_total: int | None
    shape: str | None
    """Structure of the repeated block; hand it to the next page's reading, which may show only one post."""
    calendar: str | None = None
    """A day, week or month of a calendar that the page links to."""

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(post.key for post in self.posts)


@dataclass(frozen=True, kw_only=True)
class _Anchor:
    """A link a post may be behind."""

    element: etree._Element
    key: str
    href: str
    kind: AddressKind
    is_title: bool


@dataclass(frozen=True, kw_only=True)
class _Block:
    """The part of a page that belongs to one post."""

    element: etree._Element
    anchor: _Anchor
    language: str | None

    @cached_property
    def text(self) -> str:
        return words_of(self.element)[:600]

    @cached_property
    def shape(self) -> str:
        return _shape(self.element)

    @cached_property
    def is_marked(self) -> bool:
        """WordPress' `post_class()` says that this is a post."""
        marks = (*classes_of(self.element), *(name for child in self.element for name in classes_of(child)))
        return any(_POST_CLASS.fullmatch(name) for name in marks)

    @cached_property
    def is_dated(self) -> bool:
        if next(self.element.iter("time"), None) is not None or _AGO.search(self.text):
            return True
        return any(map(str.isdigit, self.text[:400])) and bool(find_dates(self.text[:400], self.language))

    @cached_property
    def has_terms(self) -> bool:
        """A link to a category, tag or author, as only posts have."""
        links = self.element.iter("a")
        return any(_is_term_link(link) or _TERM_PATH.search(link.get("href") or "") for link in links)

    @cached_property
    def is_card(self) -> bool:
        """A heading and an invitation to read on."""
        return next(self.element.iter(*HEADINGS), None) is not None and bool(_READ_MORE.search(self.text))

    @property
    def is_evident(self) -> bool:
        return self.is_marked or self.is_dated or self.has_terms or self.anchor.kind == "post"

    @property
    def is_refused(self) -> bool:
        return any(_OTHER_TYPE.fullmatch(name) for name in classes_of(self.element))

    @property
    def score(self) -> float:
        words = len(self.text.split())
        features = (
            (2.0, self.is_marked),
            (1.5, self.is_dated),
            (1.0, self.has_terms),
            (1.0, self.anchor.kind == "post"),
            (1.0, self.anchor.is_title),
            (0.5, bool(_READ_MORE.search(self.text))),
            (0.5, next(self.element.iter("img", "picture", "figure"), None) is not None),
            (0.5, words >= 15),
        )
        return 0.5 + min(words, 10) / 20 + sum(weight for weight, holds in features if holds)


def _shape(element: etree._Element) -> str:
    """Tag and leading class of a block and the tags above it; numbers blanked out."""
    names = classes_of(element)
    leading = re.sub(r"\d+", "#", names[0]) if names else ""
    above = "<".join(tag_of(parent) for parent in _parents(element, 3))
    return f"{tag_of(element)}.{leading}<{above}"


def _parents(element: etree._Element, count: int) -> Iterator[etree._Element]:
    return islice(element.iterancestors(), count)


_POST_CLASS = re.compile(r"post-\d+|type-post|hentry|h-entry")
_OTHER_TYPE = re.compile(r"type-(page|attachment|product|tribe_events|event|elementor_library|e-landing-page)")
_TERM_PATH = re.compile(r"/(category|tag|author)/[^/]|[?&](cat|tag|author)=")
_TERM_CLASS = re.compile(
    r"(cat|tag|tags|category|categories)-links?|taxonomy-[\w-]+|byline|author|post-author|entry-author"
)
_TITLE_CLASS = re.compile(r"([\w-]*[-_])?(title|headline|heading)([-_]?link)?", re.IGNORECASE)
_AGO = re.compile(r"\b\d+ (minutes?|hours?|days?|weeks?|months?|years?) ago\b", re.IGNORECASE)
_READ_MORE = re.compile(
    r"\b(read (more|the (full )?(article|story|post))|continue reading|learn more|full (story|article)|leer más"
    r"|seguir leyendo|lire la suite|en savoir plus|weiterlesen|mehr lesen|lees (meer|verder)|leia mais|leggi tutto)\b",
    re.IGNORECASE,
)
_ASIDE_HEADING = re.compile(
    r"\b(related|recent|popular|trending|recommended|most read|you (may|might) (also )?(like|enjoy)|more (from|like)"
    r"|similar|editor.s picks"
    r"|relacionad[oa]s|ähnliche|similaires|articles récents|neueste beiträge|entradas recientes)\b",
    re.IGNORECASE,
)


def read_listing(
    tree: etree._Element,
    url: str,
    profile: SiteProfile,
    *,
    source: Source = "category",
    base_url: str | None = None,
    bases: Collection[str] = (),
    shape: str | None = None,
) -> Listing:
    """The posts of one page of a listing, and where the next page is.

    *url* is the final address, *base_url* the page's `<base>`; *bases* are path prefixes of this blog's categories;
    *shape* is that of the listing's earlier pages.
    """
    pages = read_pagination(tree, url, profile, base_url=base_url)
    reader = _Reader(tree, base_url or url, profile, bases)
    found = reader.blocks(shape)
    return Listing(
        url=url,
        posts=tuple(_sighting(block, url, source) for block in found.blocks),
        next_url=pages.next_url,
        load_more=pages.load_more,
        page_number=pages.number,
        pages_total=pages.total,
        shape=found.shape,
        calendar=reader.calendar,
    )


def _sighting(block: _Block, url: str, source: Source) -> Sighting:
    return Sighting(url=block.anchor.href, source=source, listed_in=url, title=_title(block))


def _title(block: _Block) -> str | None:
    """The words on the title's link, else the block's first heading, else the link's own words or its image's."""
    anchor = block.anchor.element
    headings = [folded_text(heading) for heading in block.element.iter(*HEADINGS)]
    inner = [folded_text(heading) for heading in anchor.iter(*HEADINGS)]
    own = [text for part in _parts(anchor) if (text := folded_text(part)) and not _says_nothing(text, block.language)]
    alts = [str(image.get("alt") or "").strip() for image in anchor.iter("img")]
    candidates = [*inner, *own[:1], *headings] if block.anchor.is_title else [*headings, *own[:1]]
    return next((text for text in [*candidates, *alts] if text), None)


def _parts(anchor: etree._Element) -> list[etree._Element]:
    """The lines of a link that is a whole card, or the link itself."""
    return [part for part in anchor.iterdescendants("div", "p") if part.find(".//div") is None] or [anchor]


def _says_nothing(text: str, language: str | None) -> bool:
    """Whether a link's words are only an invitation to read on, or a date."""
    if _READ_MORE.fullmatch(text.strip(" .…»→>›")):
        return True
    dates = find_dates(text, language) if len(text) < 40 else []
    return bool(dates) and dates[0].end - dates[0].start == len(text)


@dataclass(frozen=True, kw_only=True)
class _Found:
    blocks: tuple[_Block, ...] = ()
    shape: str | None = None


class _Reader:
    """One page on its way from links to blocks."""

    def __init__(self, tree: etree._Element, base_url: str, profile: SiteProfile, bases: Collection[str]) -> None:
        self.tree, self.base_url, self.profile, self.bases = tree, base_url, profile, bases
        self.language = tree.get("lang") or profile.language
        self.calendar: str | None = None
        self._judged: dict[str, tuple[str, str, AddressKind] | None] = {}

    def blocks(self, shape: str | None) -> _Found:
        if "listing_post" in self.profile.selectors:
            return self._selected(self.profile.selectors["listing_post"])
        found = self._automatic(list(self._anchors(Chrome())), shape)
        if found.blocks:
            return found
        # a theme may wrap its listing in what is named like a sidebar or widget: then only tags and roles count
        found = self._automatic(list(self._anchors(Chrome(by_class=False))), shape)
        return found if len(found.blocks) > 2 else _Found()

    def _selected(self, selector: str) -> _Found:
        link_selector = self.profile.selectors.get("listing_link", "a[href]")
        found: dict[str, _Block] = {}
        for element in self.tree.cssselect(selector, translator="html"):
            links = (link for link in element.cssselect(link_selector, translator="html") if link.get("href"))
            anchor = next((anchor for link in links if (anchor := self._anchor(link))), None)
            if anchor:
                found.setdefault(anchor.key, _Block(element=element, anchor=anchor, language=self.language))
        return _Found(blocks=tuple(found.values()), shape=selector if found else None)

    def _automatic(self, anchors: list[_Anchor], shape: str | None) -> _Found:
        titled = _groups(self._split([anchor for anchor in anchors if anchor.is_title], shape))
        main = _best(titled, shape)
        if main is None or not _convinces(titled[main]):
            plain = _groups(block for block in self._split(anchors, shape) if len(block.text.split()) >= 4)
            lasting = {
                name: blocks for name, blocks in plain.items() if len(blocks) > 1 or _stands_alone(blocks[0], shape)
            }
            groups = {**lasting, **titled}
            main = _best(groups, shape)
            titled = {main: groups[main], **titled} if main else {}
        if main is None:
            return _Found()
        beside = (block for name in titled if name != main for block in titled[name] if _belongs(block))
        kept = (*titled[main], *beside, *self._untitled(anchors, main))
        return _Found(blocks=_once(self._in_order(kept)), shape=main)

    def _untitled(self, anchors: list[_Anchor], shape: str) -> Iterator[_Block]:
        """Blocks of the listing's shape without a title: a post needs none, and is linked by its date or image then."""
        return (block for block in self._split(anchors, shape) if block.shape == shape and not block.is_refused)

    def _anchors(self, chrome: Chrome) -> Iterator[_Anchor]:
        for count, link in enumerate(self.tree.iter("a")):
            if count >= MAX_LINKS:
                return
            if link.get("href") and not chrome.holds(link) and (anchor := self._anchor(link)):
                yield anchor

    def _anchor(self, link: etree._Element) -> _Anchor | None:
        href = str(link.get("href"))
        if href not in self._judged:
            self._judged[href] = self._judge(href)
        judged = self._judged[href]
        if judged is None or _is_term_link(link):
            return None
        key, url, kind = judged
        return _Anchor(element=link, key=key, href=url, kind=kind, is_title=_is_title(link))

    def _judge(self, href: str) -> tuple[str, str, AddressKind] | None:
        url = resolved(self.base_url, href)
        if url is None:
            return None
        verdict = judge_address(url, self.profile, bases=self.bases)
        if verdict.reason == CALENDAR:
            self.calendar = self.calendar or url
        return (address_key(url), url.partition("#")[0], verdict.kind) if verdict.may_be_post else None

    def _split(self, anchors: list[_Anchor], shape: str | None) -> Iterator[_Block]:
        """The largest part of the page around each post's first anchor that holds no other post's."""
        keys: dict[etree._Element, set[str]] = {}
        for anchor in anchors:
            for element in (anchor.element, *_parents(anchor.element, MAX_CLIMB)):
                keys.setdefault(element, set()).add(anchor.key)
        taken: set[etree._Element] = set()
        looks: Counter[str] = Counter()
        for anchor in anchors:
            looks[anchor.key] += 1
            if looks[anchor.key] > MAX_LOOKS:
                continue
            element = _climb(anchor.element, keys, shape)
            if element not in taken:
                taken.add(element)
                yield _Block(element=element, anchor=anchor, language=self.language)

    def _in_order(self, blocks: Iterable[_Block]) -> list[_Block]:
        places = {block.anchor.element: block for block in blocks}
        return [places[element] for element in self.tree.iter("a") if element in places]


def _climb(element: etree._Element, keys: Mapping[etree._Element, set[str]], shape: str | None) -> etree._Element:
    while not _is_item(element) and (shape is None or _shape(element) != shape):
        parent = element.getparent()
        if parent is None or parent.tag in ("body", "main", "html") or len(keys.get(parent, ())) != 1:
            break
        element = parent
    return element


def _is_item(element: etree._Element) -> bool:
    return element.tag == "article" or any(_POST_CLASS.fullmatch(name) for name in classes_of(element))


def _is_title(link: etree._Element) -> bool:
    """Whether a link is on, in or around a heading, or on what the theme styles as a title."""
    if "bookmark" in (link.get("rel") or "").lower().split() and len(folded_text(link).split()) > 1:
        return True
    near = [link, *_parents(link, 3)]
    if any(element.tag in HEADINGS for element in near) or next(link.iter(*HEADINGS), None) is not None:
        return True
    inside = [child for child in link.iterdescendants() if isinstance(child.tag, str)][:8]
    return any(_TITLE_CLASS.fullmatch(name) for element in (*near[:2], *inside) for name in classes_of(element))


def _is_term_link(link: etree._Element) -> bool:
    if not {"category", "tag", "author"}.isdisjoint((link.get("rel") or "").lower().split()):
        return True
    parent = link.getparent()
    near = (link,) if parent is None else (link, parent)
    return any(_TERM_CLASS.fullmatch(name) for element in near for name in classes_of(element))


def _groups(blocks: Iterable[_Block]) -> dict[str, list[_Block]]:
    found: dict[str, list[_Block]] = {}
    for block in blocks:
        if not block.is_refused:
            found.setdefault(block.shape, []).append(block)
    return found


def _best(groups: Mapping[str, list[_Block]], shape: str | None) -> str | None:
    return max(groups, key=lambda name: _weight(groups[name]) * (3 if name == shape else 1), default=None)


def _weight(blocks: list[_Block]) -> float:
    total = sum(block.score for block in blocks)
    return total * (0.2 if _is_aside(blocks[0].element) else 1)


def _stands_alone(block: _Block, shape: str | None) -> bool:
    return block.is_evident or block.is_card or block.shape == shape


def _convinces(blocks: list[_Block]) -> bool:
    return len(blocks) > 2 or all(block.is_evident for block in blocks)


def _belongs(block: _Block) -> bool:
    """Whether a block beside the main group is a post too: a large first card, a pinned post."""
    return (block.is_marked or block.is_dated or block.has_terms) and not _is_aside(block.element)


def _is_aside(element: etree._Element) -> bool:
    """Whether the heading above the block says that these are other posts: related, recent, popular."""
    for above in (element, *_parents(element, 3)):
        heading = _heading_before(above)
        if heading is not None:
            return bool(_ASIDE_HEADING.search(heading))
    return False


def _heading_before(element: etree._Element) -> str | None:
    """Words of the nearest heading among the element's elder siblings that is no post's title."""
    for sibling in element.itersiblings(preceding=True):
        if sibling.tag in HEADINGS and next(sibling.iter("a"), None) is None:
            return folded_text(sibling)
    return None


def _once(blocks: Iterable[_Block]) -> tuple[_Block, ...]:
    found: dict[str, _Block] = {}
    for block in blocks:
        found.setdefault(block.anchor.key, block)
    return tuple(found.values())


def end_reason(listing: Listing, requested_url: str, status: int, seen: Collection[int]) -> str | None:
    """Why no further page of a listing need be asked for, or None.

    *seen* holds the hashes of the keys of posts that earlier pages of this listing showed. WordPress answers 404 past
    the end; other servers repeat the first page, redirect to it, or show only the sticky posts.
    """
    reasons = (
        (status in (400, 404, 410), "no such page"),
        (page_number(listing.url) < page_number(requested_url), "sent back to an earlier page"),
        (not listing.posts, "no posts on it"),
        (all(hash(key) in seen for key in listing.keys), "no post that earlier pages did not show"),
    )
    return next((reason for ended, reason in reasons if ended), None)
