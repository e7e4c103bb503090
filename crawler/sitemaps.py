"""Sitemaps as sitemaps.org says and WordPress makes them: bytes to entries, never an exception, always in bounds."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from lxml import etree

from archive.urls import absolute
from crawler.discovery import Sighting, read_instant

MAX_BYTES = 50 * 1024 * 1024
MAX_ENTRIES = 50_000
"""Both limits are the protocol's own (sitemaps.org, "Sitemap file requirements")."""
MAX_DEPTH = 3
"""An index may name indexes (some plugins do); beyond this it is a trap."""
MAX_TAG_BYTES = 64 * 1024
"""No honest tag is longer; one with 100,000 attributes blocks the parser for minutes."""

SitemapKind = Literal["index", "urlset", "text", "none"]
Holds = Literal["posts", "pages", "categories", "other", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SitemapEntry:
    url: str
    lastmod: str | None = None
    """A UTC ISO instant, or a bare day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sitemap:
    """What one sitemap file says."""

    url: str
    kind: SitemapKind
    entries: tuple[SitemapEntry, ...] = ()
    problem: str | None = None
    """Why entries are missing: not a sitemap, cut off, over a limit. None when it was read whole."""

    @property
    def is_dated(self) -> bool:
        """Whether most entries say when they changed: WordPress' own do since 6.5."""
        return sum(entry.lastmod is not None for entry in self.entries) * 2 > len(self.entries)


# The places to ask when robots.txt names none: WordPress core, Yoast and Rank Math, everyone else
USUAL_PATHS = ("/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml")


def sitemap_urls(start_url: str, robots_txt: str | None = None) -> tuple[str, ...]:
    """Where to look for sitemaps: robots.txt's `Sitemap:` lines first, then the usual places.

    >>> sitemap_urls("https://blog.example/blog/", "Sitemap: https://blog.example/map.xml")[:2]
    ('https://blog.example/map.xml', 'https://blog.example/wp-sitemap.xml')
    """
    named = re.findall(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", robots_txt or "", re.IGNORECASE | re.MULTILINE)
    found = (absolute(start_url, href) for href in [*named, *USUAL_PATHS])
    return tuple(dict.fromkeys(url for url in found if url))


def read_sitemap(body: bytes, url: str, timezone: str | None = None) -> Sitemap:
    """The entries of a sitemap or sitemap index in XML (gzip or not) or plain text.

    *timezone* is the blog's, for the rare `lastmod` that has a time and no zone. Bad XML gives what could be read.
    """
    data, problem = _unpacked(body)
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"http://", b"https://")):
        return _text_sitemap(data, url, problem)
    if longest_tag(data) > MAX_TAG_BYTES:
        return Sitemap(url=url, kind="none", problem="a tag too long to be honest")
    root = parse_xml(data)
    kind = _kind(root)
    if root is None or kind == "none":
        return Sitemap(url=url, kind="none", problem=problem or "not a sitemap")
    entries: list[SitemapEntry] = []
    for entry in _entries(root, url, timezone):
        if len(entries) == MAX_ENTRIES:
            problem = f"more than {MAX_ENTRIES:,} entries"
            break
        entries.append(entry)
    return Sitemap(url=url, kind=kind, entries=tuple(entries), problem=problem)


def _unpacked(body: bytes) -> tuple[bytes, str | None]:
    """The body, unzipped by its magic bytes (servers label gz files in every way), cut at the protocol's limit."""
    data, problem = (body, None) if not body.startswith(b"\x1f\x8b") else _gunzipped(body)
    return (data[:MAX_BYTES], f"larger than {MAX_BYTES:,} bytes") if len(data) > MAX_BYTES else (data, problem)


def _gunzipped(body: bytes) -> tuple[bytes, str | None]:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, MAX_BYTES + 1)
    except zlib.error:
        return b"", "damaged gzip"
    return data, None if unpacker.eof or len(data) > MAX_BYTES else "cut off"


def longest_tag(data: bytes) -> int:
    """Length of the longest tag that is not mostly one value (feeds carry whole images in `src`)."""
    suspects = re.finditer(rb"<[A-Za-z][^<>]{4096,}", data)
    return max((len(tag.group()) for tag in suspects if tag.group().count(b"=") > 256), default=0)


def parse_xml(data: bytes) -> etree._Element | None:
    """The root of an XML document read leniently and within bounds, or None: no network, no entities, no huge trees."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(_SURROGATE.sub(b"&#xFFFD;", data.lstrip()), parser)
        return root if root is None or b"\0" not in data or _is_text(root) else None
    except (etree.XMLSyntaxError, ValueError, AssertionError):
        return None


_SURROGATE = re.compile(
    rb"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5(?:529[6-9]|5[3-9]\d\d|6\d\d\d|7[0-2]\d\d|73[0-3]\d|734[0-3]));?"
)
"""References to halves of a character: libxml2 takes them, and then nothing can read the text they stand in."""


def _is_text(root: etree._Element) -> bool:
    """Whether all of it can be read; asked only of XML in UTF-16 or UTF-32, where `_SURROGATE` finds nothing."""
    try:
        return all((element.text, element.tail, element.items()) for element in root.iter())
    except UnicodeDecodeError:
        return False


def local_name(element: etree._Element) -> str:
    """The tag without its namespace, lower case; '' for comments and entities."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def text_of(element: etree._Element) -> str:
    """All text of an element; '' for an entity nobody resolved."""
    return "".join(str(part) for part in element.itertext()).strip() if isinstance(element.tag, str) else ""


def _kind(root: etree._Element | None) -> SitemapKind:
    names: dict[str, SitemapKind] = {"sitemapindex": "index", "urlset": "urlset"}
    return "none" if root is None else names.get(local_name(root), "none")


def _entries(root: etree._Element, url: str, timezone: str | None) -> Iterator[SitemapEntry]:
    for element in root:
        if local_name(element) not in ("url", "sitemap"):
            continue
        facts = {local_name(child): text_of(child) for child in reversed(element)}
        loc = absolute(url, facts.get("loc", "")) if facts.get("loc") else None
        if loc:
            yield SitemapEntry(url=loc, lastmod=read_instant(facts.get("lastmod"), timezone))


def _text_sitemap(data: bytes, url: str, problem: str | None) -> Sitemap:
    lines = data.decode("utf-8", "replace").split()
    found = [absolute(url, line) for line in lines[:MAX_ENTRIES] if line.startswith(("http://", "https://"))]
    if len(lines) > MAX_ENTRIES:
        problem = f"more than {MAX_ENTRIES:,} entries"
    return Sitemap(url=url, kind="text", entries=tuple(SitemapEntry(url=loc) for loc in found if loc), problem=problem)


# ------------------------------------------------------------------------------------------------- WordPress

# File name of a child sitemap → what it lists; first match wins
_CHILDREN: tuple[tuple[str, Holds], ...] = (
    (r"^wp-sitemap-posts-post-\d+", "posts"),
    (r"^wp-sitemap-posts-page-\d+", "pages"),
    (r"^wp-sitemap-taxonomies-category-", "categories"),
    (r"^wp-sitemap-(taxonomies|users)-", "other"),
    (r"^(post|posts|blog-posts?|post-archive)-sitemap[-_]?\d*\.", "posts"),
    (r"^sitemap-(pt-)?posts?([-_.]|$)", "posts"),
    (r"^(page|pages)-sitemap[-_]?\d*\.", "pages"),
    (r"^sitemap-(pt-)?pages?([-_.]|$)", "pages"),
    (r"^(category|categories)-sitemap[-_]?\d*\.", "categories"),
    (r"^sitemap-(tax-)?category", "categories"),
    (
        r"^(post_tag|tags?|authors?|attachment|product|product_cat|post_format|local|kml|locations|archives?)-sitemap",
        "other",
    ),
    (r"^(image|video|news|image-index|video-index)-?sitemap", "other"),
    (r"^(image|video|news)-", "other"),
    (r"^sitemap-(tax|authors?|users?|archives?|misc|images?|videos?|news|tags?|post_tag)", "other"),
)


def holds(child_url: str) -> Holds:
    """What a child sitemap lists, by the names WordPress and its plugins give them.

    >>> holds("https://blog.example/wp-sitemap-posts-post-2.xml"), holds("https://blog.example/post-sitemap3.xml")
    ('posts', 'posts')
    >>> holds("https://blog.example/author-sitemap.xml"), holds("https://blog.example/part-7.xml")
    ('other', 'unknown')
    """
    name = urlsplit(child_url).path.rpartition("/")[2].lower()
    return next((held for pattern, held in _CHILDREN if re.search(pattern, name)), "unknown")


def post_children(index: Sitemap) -> tuple[SitemapEntry, ...]:
    """The child sitemaps that hold posts; where none is known to, all but those known to hold something else."""
    by_kind = [(holds(entry.url), entry) for entry in index.entries]
    posts = tuple(entry for kind, entry in by_kind if kind == "posts")
    return posts or tuple(entry for kind, entry in by_kind if kind == "unknown")


def category_children(index: Sitemap) -> tuple[SitemapEntry, ...]:
    """The child sitemaps that list category pages."""
    return tuple(entry for entry in index.entries if holds(entry.url) == "categories")


def sitemap_sightings(sitemap: Sitemap) -> tuple[Sighting, ...]:
    """Every entry as a sighting, in the file's order; the caller leaves out what is no post's address."""
    return tuple(
        Sighting(url=entry.url, source="sitemap", listed_in=sitemap.url, lastmod=entry.lastmod)
        for entry in sitemap.entries
    )
