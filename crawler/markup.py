"""A page's bytes → its tree and what its head says, parsed once for everybody.

The parser cannot be interrupted, so whatever could hold it for seconds is refused before it starts.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import Any, Literal, NamedTuple, cast

from lxml import etree
from lxml.etree import _Element

from archive.errors import ArchiveError
from archive.patterns import possessive
from archive.provenance.lines import CLASSES_CHARS, address_of, fold_space, words_of
from archive.urls import absolute, host_of
from crawler.charset import to_utf8
from crawler.jsonld import read_objects, strings, types_of
from crawler.page_limits import DEFAULT_LIMITS, PageLimits

Reason = Literal["too-large", "too-nested", "too-many-attributes", "not-html", "empty"]

MAX_DEPTH = 256
"""libxml2's own limit: it drops what stands deeper, silently. Builders' pages reach 60."""

COUNTED_BYTES = 100_000
"""Attributes are counted on longer pages. A shorter one holds no more than 25,000, whose names are short: at worst they
take as long as a real page of 5 MB, and to count them costs every page a twentieth of its reading."""

HTML_TYPES = frozenset(["", "text/html", "application/xhtml+xml"])
PERHAPS_HTML = frozenset(["text/plain", "text/xml", "application/xml", "application/octet-stream"])
_NOT_HTML = re.compile(
    rb"\s*(?:%PDF-|\x89PNG|GIF8|\xff\xd8\xff|PK\x03\x04|\x1f\x8b|RIFF|[\[{]\s*[\"{\[\]}]"
    rb"|(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,1000}?-->\s*|<\?[^>]{0,400}>\s*)*<(?:rss|feed|urlset|sitemapindex|svg|rdf:RDF)[\s>])",
    re.S,
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|div|p|article)[\s>/]", re.I)


class UnreadablePageError(ArchiveError):
    """The page cannot be read as HTML. It is kept as a capture; `reason` is stored as its skip reason."""

    def __init__(self, url: str, reason: Reason, found: str) -> None:
        super().__init__(f"{url} cannot be read: {reason} ({found})")
        self.url = url
        self.reason: Reason = reason


class HeadLink(NamedTuple):
    """A `<link>` of the page's head, its address absolute."""

    rel: frozenset[str]
    href: str
    type: str


_ASKED_FOR: set[str] = set()
_PARTS_ASKED_FOR: set[str] = set()


def asks_for(*names: str) -> tuple[str, ...]:
    """Declare class names that `Page.with_class` will be asked for: the index of a page holds no others."""
    _ASKED_FOR.update(names)
    _SEEN.clear()
    return names


def asks_for_like(part: str) -> str:
    """Declare a part of class names, in lower case, that `Page.with_class_like` will be asked for."""
    _PARTS_ASKED_FOR.add(part)
    _SEEN.clear()
    return part


class _Seen(dict[str, tuple[str, ...]]):
    """`class` attribute → what somebody asks for of the names in it and their parts.

    A blog's pages share most of them; long ones are a post's own, and not remembered.
    """

    def __missing__(self, classes: str) -> tuple[str, ...]:
        lower = classes.lower()
        asked = tuple({*_ASKED_FOR.intersection(classes.split()), *[p for p in _PARTS_ASKED_FOR if p in lower]})
        if len(classes) <= CLASSES_CHARS:
            if len(self) >= MOST_SEEN:
                self.clear()
            self[classes] = asked
        return asked


_SEEN = _Seen()
MOST_SEEN = 4096


SITE_TITLES = asks_for("wp-block-site-title", "site-title", "site-name")


@dataclass(frozen=True, kw_only=True, eq=False)
class Page:
    """A parsed page. Its tree belongs to everybody: read it, never change it."""

    url: str
    tree: _Element
    charset: str = "utf-8"
    has_microdata: bool = True
    """False when the word `itemprop` is nowhere in its bytes."""
    may_ask_password: bool = True
    """False when the word `password` is nowhere in its bytes."""

    @cached_property
    def base_url(self) -> str:
        """What relative addresses start from: `<base>` when it stays on this host, else the page's own address."""
        for base in self.tree.iter("base"):
            address = absolute(self.url, base.get("href") or "")
            return address if address and host_of(address) == host_of(self.url) else self.url
        return self.url

    @cached_property
    def lang(self) -> str | None:
        """BCP 47 as `<html lang>` declares it, spelled with hyphens."""
        return declared_language(self.tree.get("lang") or self.tree.get("{http://www.w3.org/XML/1998/namespace}lang"))

    @cached_property
    def title_tag(self) -> str | None:
        title = next(self.tree.iter("title"), None)
        return fold_space(title.text or "") or None if title is not None else None

    @cached_property
    def head_links(self) -> tuple[HeadLink, ...]:
        """The head's links that tell something of the page; styles, icons and preconnections are left out."""
        return tuple(self._iter_head_links())

    def _iter_head_links(self) -> Iterator[HeadLink]:
        for link in self.tree.iter("link"):
            given = link.get("rel")
            rel = frozenset(given.lower().split()) if given and given not in _LOADS else None
            if rel and rel.isdisjoint(_LOADS):
                href = address_of(self.base_url, (link.get("href") or "").strip())
                if href:
                    yield HeadLink(rel, href, (link.get("type") or "").lower())

    def linked(self, rel: str) -> str | None:
        """Address of the first `<link rel=…>` of that relation."""
        return next((link.href for link in self._iter_head_links() if rel in link.rel), None)

    @cached_property
    def canonical(self) -> str | None:
        """Absolute address of `rel=canonical`, believable or not; it may lie on another site."""
        return self.linked("canonical")

    @cached_property
    def metas(self) -> Mapping[str, tuple[str, ...]]:
        """Everything `<meta>` says: lower-case `property` or `name` → contents in page order."""
        found: dict[str, list[str]] = {}
        for meta in self.tree.iter("meta"):
            name = meta.get("property") or meta.get("name") or meta.get("http-equiv")
            content = fold_space(meta.get("content") or "")
            if name and content:
                found.setdefault(name.lower(), []).append(content)
        return {name: tuple(contents) for name, contents in found.items()}

    def meta(self, *names: str) -> str | None:
        """First content of the first of *names* that the page has."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    @cached_property
    def json_ld(self) -> tuple[Mapping[str, Any], ...]:
        """All JSON-LD objects, `@graph` and arrays laid flat; broken scripts that cannot be repaired are left out."""
        scripts = (script for script in self.tree.iter("script") if "ld+json" in (script.get("type") or ""))
        return tuple(found for script in scripts if (text := script.text) for found in read_objects(text))

    @cached_property
    def _by_name(self) -> Mapping[str, list[_Element]]:
        """Class name or part of one, where somebody asks for it → the elements that bear it, in document order."""
        found: defaultdict[str, list[_Element]] = defaultdict(list)
        seen, attribute = _SEEN, b"class"  # as a str, lxml would encode it for each element
        for element in self.body.iter():
            if (names := element.get(attribute)) and (asked := seen[names]):
                for name in asked:
                    found[name].append(element)
        return found

    def with_class(self, *names: str) -> Iterator[_Element]:
        """Elements that bear one of *names*, which `asks_for` must know: by name, then in document order."""
        for name in names:
            yield from self._by_name.get(name, ())

    def with_class_like(self, part: str) -> Iterator[_Element]:
        """Elements that bear a class name with *part* in it, which `asks_for_like` must know."""
        yield from self._by_name.get(part, ())

    @cached_property
    def with_property(self) -> Mapping[str, tuple[_Element, ...]]:
        """Microdata: `itemprop` → its elements."""
        found: dict[str, list[_Element]] = {}
        for element in _WITH_PROPERTY(self.tree) if self.has_microdata else ():
            for name in element.get("itemprop").split():
                found.setdefault(name, []).append(element)
        return {name: tuple(elements) for name, elements in found.items()}

    @cached_property
    def site_names(self) -> tuple[str, ...]:
        """What the site calls itself."""
        owners = (found for found in self.json_ld if types_of(found) & {"WebSite", "Organization", "Blog"})
        named = (name for found in owners for name in strings(found.get("name")))
        printed = (words_of(element) for element in islice(self.with_class(*SITE_TITLES), 3))
        return (*self.metas.get("og:site_name", ()), *self.metas.get("application-name", ()), *named, *printed)

    @cached_property
    def body(self) -> _Element:
        return next(self.tree.iterchildren("body"), self.tree)

    @cached_property
    def body_classes(self) -> tuple[str, ...]:
        return tuple((self.body.get("class") or "").split())


_LOADS = frozenset(
    "stylesheet preload prefetch preconnect dns-prefetch modulepreload icon apple-touch-icon mask-icon".split()
)
_WITH_PROPERTY = etree.XPath("descendant::*[@itemprop]")


def declared_language(tag: str | None) -> str | None:
    """*tag* spelled as BCP 47, or None when it is no language tag.

    >>> declared_language("en_US"), declared_language("x-default"), declared_language(" de ")
    ('en-US', None, 'de')
    """
    spelled = (tag or "").strip().replace("_", "-")
    return spelled if _LANGUAGE.fullmatch(spelled) else None


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def parse_page(body: bytes, *, url: str, content_type: str | None = None, limits: PageLimits = DEFAULT_LIMITS) -> Page:
    """Parse *body*, once for everything that will be read from it.

    Raises UnreadablePageError, with a reason that can be stored, and nothing else whatever the bytes are.
    """
    if len(body) > limits.bytes:
        raise UnreadablePageError(url, "too-large", f"{len(body)} bytes, at most {limits.bytes}")
    if len(body) > limits.tags and (tags := body.count(b"<")) > limits.tags:
        raise UnreadablePageError(url, "too-large", f"{tags} tags, at most {limits.tags}")
    if not body.strip(b" \t\r\n\f\0"):
        raise UnreadablePageError(url, "empty", "no text at all")
    _check_type(body, url, content_type)
    markup, charset = to_utf8(body, content_type)
    if len(markup) > COUNTED_BYTES:
        _check_attributes(markup, url, limits.attributes)
    return Page(
        url=url,
        tree=_tree(markup, url),
        charset=charset,
        has_microdata=b"itemprop" in markup,
        may_ask_password=b"password" in markup,
    )


def _check_type(body: bytes, url: str, content_type: str | None) -> None:
    kind = (content_type or "").partition(";")[0].strip().lower()
    start = body[:4096].replace(b"\0", b"")
    if kind not in HTML_TYPES and not (kind in PERHAPS_HTML and _HTML.search(start)):
        raise UnreadablePageError(url, "not-html", f"served as {kind}")
    if _NOT_HTML.match(start.removeprefix(b"\xef\xbb\xbf")) or b"<" not in body:
        raise UnreadablePageError(url, "not-html", f"begins with {body[:16]!r}")


def _check_attributes(markup: bytes, url: str, limit: int) -> None:
    safe = _harmless(limit).match(markup)
    end = safe.end() if safe else 0
    if end < len(markup):
        raise UnreadablePageError(url, "too-many-attributes", f"more than {limit} on one tag, at byte {end}")


def _tree(markup: bytes, url: str) -> _Element:
    """*markup* parsed; where it holds an `<embed>` twice: the parser puts the rest of the post inside one left open.

    To look for it in the tree costs a tenth of what it costs to look for it in the bytes.
    """
    try:
        tree = _parse(markup, url)
        if next(tree.iter("embed"), None) is None:
            return tree
    except UnreadablePageError as error:
        if error.reason != "too-nested" or not _EMBED.search(markup):
            raise
    return _parse(_EMBED.sub(rb"\1</embed>", markup), url)


def _parse(markup: bytes, url: str) -> _Element:
    parser = _OF_THIS_THREAD.parser
    try:
        tree = cast("_Element | None", etree.fromstring(markup, parser))
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
            raise MemoryError from error
        raise UnreadablePageError(url, "empty", str(error)) from error
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise UnreadablePageError(url, "too-nested", f"more than {MAX_DEPTH} levels of markup")
    if tree is None or not len(tree):
        raise UnreadablePageError(url, "empty", "no element in it")
    return tree


class _OfThisThread(threading.local):
    """A parser serves page after page, as to make one costs some of the parse; its log of errors is of the last."""

    def __init__(self) -> None:
        # Nobody looks for elements by XPath's `id()`, and to keep a table of ids takes a twelfth of the parse.
        self.parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)


_OF_THIS_THREAD = _OfThisThread()
_EMBED = re.compile(rb"(<embed\b[^<>]*>)(?!\s*</embed)", re.I)


@cache
def _harmless(limit: int) -> re.Pattern[bytes]:
    """Matches markup up to the first tag of more than *limit* attributes, in one pass of the regex engine.

    It reads tags, comments and raw text as HTML's tokeniser does (and libxml2 from 2.14 on), since a bomb can hide
    behind a quote that only one of the two takes for one. Every repeat is possessive: no input makes it go back.
    """
    value = rb"""(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+|(?=>)|\Z))?+"""
    # What nearly all attributes look like comes first, and what begins no name of raw text is not compared with them:
    # both only save time.
    usual = rb"""\s[a-zA-Z:-]++=(?:"[^"]*+"|'[^']*+')"""
    attribute = usual + rb"|[\s/]*+[^\s/>][^\s/>=]*+" + value
    rest = rb"(?:" + attribute + rb"){0,%d}+[\s/]*+(?:>|\Z)" % limit
    raw = rb"(?=[sStTiIxXnN])(?i:" + rb"|".join(_RAW_TEXT) + rb")(?=[\s/>])"
    forms = (
        rb"/[a-zA-Z][^\s/>]*+(?:>|" + rest + rb")",
        rb"(?!" + raw + rb")[a-zA-Z][^\s/>]*+(?:>|" + rest + rb")",
        *(
            rb"(?i:" + tag + rb")(?=[\s/>])" + rest + rb"(?:[^<]++|<(?!/(?i:" + tag + rb")[\s/>]))*+"
            for tag in _RAW_TEXT
        ),
        rb"!--(?:-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>|\Z))",
        rb"(?:[!?]|/(?![a-zA-Z]))(?!--)[^>]*+(?:>|\Z)",
        rb"(?![a-zA-Z!?/])",
    )
    return re.compile(possessive(rb"[^<]*+(?:<(?:" + rb"|".join(forms) + rb")[^<]*+)*+"))


_RAW_TEXT = (b"script", b"style", b"textarea", b"title", b"iframe", b"xmp", b"noframes", b"noembed")
