"""The files a page needs to be seen as it was: images, style sheets and what those name, fonts, icons, attachments.

Markup is gone through once, tag by tag, whatever it is: the crawl asks what to fetch, an export what belongs to a page.
Scripts are never named, and neither is what a script would load.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Final, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from archive import css
from archive.patterns import possessive
from archive.urls import absolute, host_of

Role = Literal["image", "stylesheet", "font", "icon", "attachment"]

ROLES: Final[tuple[Role, ...]] = ("image", "stylesheet", "font", "icon", "attachment")
"""What a requisite is to its page, as `captures.role` has it."""

SOURCES: Final = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-orig-file",
    "data-large-file",
    "data-full-url",
    "data-flickity-lazyload",
    "src",
)
"""Lazy loaders keep the address of the image elsewhere than in `src`, which then holds a placeholder."""
FULL_SIZE: Final = frozenset({"data-orig-file", "data-large-file", "data-full-url"})
"""Of these, the ones that name a larger copy than the page shows."""
SOURCE_SETS: Final = ("data-srcset", "data-lazy-srcset", "srcset")
_NO_ADDRESS: Final = re.compile(r"\s*(?:data:|about:|#|$)")
_PLACEHOLDER: Final = re.compile(
    r"(?:placeholder|pixel|blank|spacer|lazy|loading|transparent|1x1)[\w-]*\.(?:gif|png|svg|jpe?g)"
)
SCREEN_PX: Final = 1280
"""Width of the screen for which one of several sizes is chosen."""
LONGEST: Final = 2083
"""Characters of an address: no longer one is asked for."""
LONGEST_SET: Final = 20_000
MOST: Final = 1000
"""Requisites of one page or style sheet; real ones stay under 200."""

_ATTRIBUTES = r"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+"
_RAW = "script|textarea|title|xmp|template|noembed|noframes|iframe"
MARKUP: Final = re.compile(
    possessive(rf"""
    <(?:
        !--(?:-?>|[^-]*+(?:-(?!->)[^-]*+)*+(?:-->|\Z))
        |(?P<raw>{_RAW})(?=[\s/>])[^<>]*+>(?:[^<]++|<(?!/(?P=raw)[\s/>]))*+
        |style(?=[\s/>])[^<>]*+>(?P<css>(?:[^<]++|<(?!/style[\s/>]))*+)
        |(?P<name>img|source|link|base|input|video|body|table|td|th|image|use|meta)(?=[\s/>])(?P<attributes>{_ATTRIBUTES})>
    )"""),
    re.I | re.X,
)
"""Comments, raw text, style sheets, and tags that name something. No input makes it go back far."""
STYLED: Final = re.compile(r"style=(?:\"([^\"<>]*+)\"|'([^'<>]*+)')")
"""In lower case only, as WordPress and its plugins write it: several times faster than in any."""
_WHOLE: Final = re.compile(r"https?://[^/]", re.I)
_ATTRIBUTE: Final = re.compile(r"(?<![\w:.-])([a-z][\w:.-]*+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))", re.I)
_CANDIDATE: Final = re.compile(possessive(r"(\S++)(?:\s++([\d.]{1,12})[wx](?=[\s,]|$))?+"))
_LAST_WIDTH: Final = re.compile(r"(\d{1,5})(?:\.\d+)?px\s*$")
_FONT: Final = re.compile(r"\.(?:woff2?|ttf|otf|eot)$", re.I)
_SAFE: Final = "%/:=&~+!$,;@()*"

RELATIONS: Final[tuple[tuple[str, Role], ...]] = (
    ("stylesheet", "stylesheet"),
    ("icon", "icon"),
    ("apple-touch-icon", "icon"),
    ("apple-touch-icon-precomposed", "icon"),
)
PRELOADED: Final[dict[str, Role]] = {"style": "stylesheet", "font": "font", "image": "image"}
BACKGROUNDS: Final = frozenset({"body", "table", "td", "th"})


@dataclass(frozen=True, slots=True)
class Requisite:
    url: str
    """Absolute, without a fragment, percent-encoded as it is asked for."""
    role: Role


def page_requisites(html: str, url: str, *, every: bool = False) -> list[Requisite]:
    """What the page at *url* needs, each address once, in the order of the page.

    Of an image in several sizes, the one a desktop browser shows; all of them with *every*.
    """
    return _once(_on_page(html, url, every))


def style_requisites(text: str, url: str, *, every: bool = False) -> list[Requisite]:
    """What the style sheet at *url* needs; of a font in several formats, the one browsers take, all with *every*."""
    return _once((url, address, role) for address, role in _named_by_css(text, every))


def _once(named: Iterable[tuple[str, str, Role]]) -> list[Requisite]:
    """Each address once, up to `MOST`: what names more wants to be a trap."""
    seen: set[tuple[str, str]] = set()
    found: dict[str, Role] = {}
    for base, address, role in named:
        if len(address) <= LONGEST and (base, address) not in seen and len(found) < MOST:
            seen.add((base, address))
            if address.strip() and (url := asked_for(base, address)):
                found.setdefault(url, role)
    return [Requisite(url, role) for url, role in found.items()]


def _on_page(html: str, url: str, every: bool) -> Iterator[tuple[str, str, Role]]:
    """(what the address is relative to, address as written, role) of all that the page names, style attributes last."""
    base = url
    passed_by: list[tuple[int, int]] = []
    for markup in MARKUP.finditer(html):
        name = (markup["name"] or "").lower()
        if name == "base":
            base = base_of(url, attributes_of(markup["attributes"]), base)
        elif name:
            yield from ((base, *named) for named in _named_by_tag(name, attributes_of(markup["attributes"]), every))
        elif markup["css"] is not None:
            yield from ((base, *named) for named in _named_by_css(markup["css"], every))
        else:
            passed_by.append(markup.span())
    yield from ((base, *named) for named in _named_by_attributes(html, passed_by, every))


def _named_by_attributes(html: str, passed_by: list[tuple[int, int]], every: bool) -> Iterator[tuple[str, Role]]:
    """What style attributes name, but for those in comments and scripts, at *passed_by*."""
    for styled in STYLED.finditer(html) if "url(" in html else ():
        text = styled[1] or styled[2] or ""
        before = bisect_right(passed_by, (styled.start(), len(html)))
        if "url(" in text and not (before and styled.start() < passed_by[before - 1][1]):
            yield from _named_by_css(unescape(text), every)


def base_of(url: str, attributes: dict[str, str], base: str) -> str:
    """What relative addresses start from: the first `<base>` when it stays on the page's host."""
    address = absolute(url, attributes.get("href", ""))
    return address if base == url and address and host_of(address) == host_of(url) else base


def asked_for(base: str, address: str) -> str | None:
    """The absolute address under which a file is asked for and captured; None for what is no http(s) address.

    >>> asked_for("https://blog.example/news/", "../a b.png#top")
    'https://blog.example/a%20b.png'
    """
    if len(address) <= LONGEST and _WHOLE.match(address):  # which means the same on every page
        return _whole_asked_for(address)
    whole = absolute(base, address)
    return None if whole is None else _escaped(whole)


@lru_cache(maxsize=1_024)  # a blog's pages share most of what they need
def _whole_asked_for(address: str) -> str | None:
    whole = absolute("", address)
    return None if whole is None else _escaped(whole)


def _escaped(address: str) -> str:
    scheme, host, path, query, _ = urlsplit(address)
    return urlunsplit((scheme, host, quote(path, safe=_SAFE + "'"), quote(query, safe=_SAFE + "?"), ""))


def attributes_of(tag: str) -> dict[str, str]:
    """The first of each name counts, as in browsers; names in lower case, values unescaped."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(tag):
        found.setdefault(name.lower(), unescape("".join(values)))
    return found


def image_addresses(attributes: dict[str, str]) -> list[str]:
    """Addresses of an image as its tag has them: what the page shows, then other sizes; no placeholders."""
    sized = [address for name in SOURCE_SETS for address, _ in source_set(attributes.get(name, ""))]
    full = [attributes.get(name, "") for name in SOURCES if name in FULL_SIZE]
    return list(dict.fromkeys([*shown_addresses(attributes), *filter(_is_real, (*sized, *full))]))


def shown_addresses(attributes: dict[str, str]) -> list[str]:
    """What a browser that may choose a size shows, and before it what one without that choice does."""
    sources = (attributes[name] for name in SOURCES if name in attributes and name not in FULL_SIZE)
    first = next(filter(_is_real, sources), None)
    return list(dict.fromkeys([*([first] if first else []), *_chosen(attributes)]))


def _is_real(address: str) -> bool:
    """Images set into the page itself are as long as images are: they are not remembered."""
    return len(address) <= LONGEST and _is_no_placeholder(address)


@lru_cache(maxsize=1_024)
def _is_no_placeholder(address: str) -> bool:
    return not is_placeholder(address)


def is_placeholder(address: str) -> bool:
    """Whether an image's address leads to what stands in the image's place until a script has loaded it."""
    lower = address.lower()
    return _NO_ADDRESS.match(lower) is not None or _PLACEHOLDER.search(lower) is not None


def source_set(value: str) -> Iterator[tuple[str, float]]:
    """Candidates of a `srcset` with their widths in pixels or density; 1 where none is given."""
    for written, size in _CANDIDATE.findall(value[:LONGEST_SET]):
        if address := written.strip(","):
            yield address, float(size) if size and size.count(".") < 2 and size != "." else 1.0


def _named_by_css(text: str, every: bool) -> Iterator[tuple[str, Role]]:
    spare = frozenset() if every else css.spare_fonts(text)
    for address, is_import in css.iter_links(text):
        if address not in spare:
            yield address, "stylesheet" if is_import else "font" if font_ending(address) else "image"


def font_ending(address: str) -> bool:
    """Whether an address in a style sheet ends as fonts do."""
    return bool(_FONT.search(address.partition("?")[0].partition("#")[0]))


def _named_by_tag(name: str, attributes: dict[str, str], every: bool) -> Iterator[tuple[str, Role]]:
    if name == "link":
        if role := link_role(attributes):
            yield attributes.get("href", ""), role
    elif name in ("img", "source"):
        if not _is_pixel(attributes):
            yield from ((address, "image") for address in (image_addresses if every else shown_addresses)(attributes))
    elif name == "input" and attributes.get("type", "").lower() == "image":
        yield attributes.get("src", ""), "image"
    elif name in ("use", "image"):
        yield attributes.get("href") or attributes.get("xlink:href", ""), "image"
    elif name == "video" or name in BACKGROUNDS:
        yield attributes.get("poster" if name == "video" else "background", ""), "image"


def link_role(attributes: dict[str, str]) -> Role | None:
    """What a `<link>` loads for the page to be seen; None for scripts, feeds, connections and the like."""
    relations = attributes.get("rel", "").lower().split()
    if "alternate" in relations:
        return None
    if "preload" in relations:
        return PRELOADED.get(attributes.get("as", "").lower())
    return next((role for relation, role in RELATIONS if relation in relations), None)


def _is_pixel(attributes: dict[str, str]) -> bool:
    """A picture nobody sees only counts who looks."""
    return attributes.get("width") in ("0", "1") and attributes.get("height") in ("0", "1")


def _chosen(attributes: dict[str, str]) -> list[str]:
    """The candidate a screen of `SCREEN_PX` takes: the smallest that fills the image's place, else the largest."""
    offered = next((list(source_set(attributes[name])) for name in SOURCE_SETS if attributes.get(name)), [])
    offered = [candidate for candidate in offered if _is_real(candidate[0])]
    if not offered:
        return []
    is_by_width = max(size for _, size in offered) > 10
    stated = _LAST_WIDTH.search(attributes.get("sizes", "")) if is_by_width else None
    wanted = min(int(stated[1]), SCREEN_PX) if stated else SCREEN_PX if is_by_width else 1
    offered.sort(key=lambda candidate: candidate[1])
    return [next((address for address, size in offered if size >= wanted), offered[-1][0])]
