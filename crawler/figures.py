"""Images of a post, lazy ones included, with the words printed under them; and the files attached to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml.etree import _Element

from archive.model import Image
from archive.provenance.lines import address_of, fold_space, is_ornament, read_lines, words_of
from archive.requisites import SOURCE_SETS, SOURCES, is_placeholder, source_set
from archive.urls import host_of
from crawler.markup import Page, asks_for

ATTACHED = ("pdf", "doc", "docx", "odt", "xls", "xlsx", "ods", "csv", "ppt", "pptx", "odp", "zip", "epub", "rtf")

_LIKE_A_FILE = re.compile(rf"\.(?:{'|'.join(ATTACHED)})", re.I)
"""A first look: few links end so, and to make the others' addresses whole takes longer."""
_OF_A_FILE = re.compile(rf"{_LIKE_A_FILE.pattern}(?:[?#]|$)", re.I)
_CAPTION_CLASSES = frozenset(
    "wp-caption-text wp-element-caption gallery-caption image-caption widget-image-caption".split()
)
_FRAMES = frozenset(
    "wp-caption gallery-item elementor-widget-image elementor-image image-wrapper blocks-gallery-item".split()
)
FRAME_LEVELS = 6
FRAME_ELEMENTS = 200
MOST_IMAGES = 1000
FEATURED = asks_for("wp-post-image")
_PICTURE = r"(?:photo(?:graph)?|foto|image|imagem|immagine|imagen|bild|picture|illustration|graphic|video|cover)s?"
_CREDIT = re.compile(
    rf"""(?<![^\s(\[.|–—-])
    (?P<labelled>
        (?:file\s+|cr[eé]dit[os]?\s+)?{_PICTURE}\s*(?:credit|courtesy)?s?\s*[:/]\s*\S.*
      | {_PICTURE}\s+(?:by|via|courtesy|credit|provided\s+by|supplied\s+by|taken\s+by)\s.*
      | (?:credit|cr[eé]dit[os]?|courtesy|fuente|quelle|fonte)\s*:\s*\S.*
      | courtesy\s+(?:of|photo|image)\s.*
      | ©\s*\S.*
    )$
    |[(\[](?P<bracketed>(?-i:[^\W\d_a-z])[^()\[\]]{{1,60}}\s?/\s?[^()\[\]]{{2,60}})[)\]]\W*$""",
    re.I | re.X,
)


def real_source(image: _Element, base_url: str) -> str | None:
    """Address of the picture itself: not of the placeholder, nor of a tracking pixel; None when there is none."""
    for name in SOURCES:
        value = image.get(name)
        if value and not is_placeholder(value) and (address := address_of(base_url, value)):
            return address
    return next(reversed(candidates(image, base_url)), None) or _from_noscript(image, base_url)


def candidates(image: _Element, base_url: str) -> tuple[str, ...]:
    """All addresses of `srcset`, smallest first."""
    found: dict[str, float] = {}
    for value in filter(None, map(image.get, SOURCE_SETS)):
        for address, size in source_set(value):
            if not is_placeholder(address) and (whole := address_of(base_url, address)):
                found.setdefault(whole, size)
    return tuple(sorted(found, key=found.__getitem__))


def _from_noscript(image: _Element, base_url: str) -> str | None:
    following = image.getnext()
    if following is None or following.tag != "noscript":
        return None
    real = next(following.iter("img"), None)
    source = real.get("src") if real is not None else None
    return address_of(base_url, source) if source and not is_placeholder(source) else None


def read_images(body: _Element, base_url: str) -> list[Image]:
    """Images of the body in reading order, then its attachments, each address once."""
    found: dict[str, Image] = {}
    for image in islice(body.iter("img"), MOST_IMAGES):
        url = None if is_ornament(image) or _in_noscript_twin(image) else real_source(image, base_url)
        if url and url not in found:
            found[url] = _image(image, url, base_url)
    for attachment in read_attachments(body, base_url):
        found.setdefault(attachment.url, attachment)
    return list(found.values())


def _in_noscript_twin(image: _Element) -> bool:
    parent = image.getparent()
    before = parent.getprevious() if parent is not None and parent.tag == "noscript" else None
    return before is not None and before.tag == "img"


def _image(image: _Element, url: str, base_url: str) -> Image:
    caption = _caption(image)
    return Image(
        url=url,
        alt=fold_space(image.get("alt") or "") or None,
        caption=caption,
        credit=printed_credit(caption) if caption else None,
        candidates=candidates(image, base_url),
    )


def _caption(image: _Element) -> str | None:
    """The words in the image's own frame: of a gallery's many frames the innermost."""
    for frame in islice(image.iterancestors(), FRAME_LEVELS):
        if frame.tag == "figure" or not _FRAMES.isdisjoint((frame.get("class") or "").split()):
            words = next(
                (e for e in islice(frame.iter(), FRAME_ELEMENTS) if e.tag == "figcaption" or _is_caption(e)), None
            )
            lines = read_lines(words, zone="content", base_url="") if words is not None else []
            return " ".join(line.text for line in lines if not line.alt) or None
    return None


def _is_caption(element: _Element) -> bool:
    return not _CAPTION_CLASSES.isdisjoint((element.get("class") or "").split())


def printed_credit(caption: str) -> str | None:
    """The phrase of a caption that credits the picture, as printed.

    >>> printed_credit("The plant in Flint. Photo: Maya Ortiz/Bridge Michigan")
    'Photo: Maya Ortiz/Bridge Michigan'
    >>> printed_credit("Workers leave the plant. (Dana Ruiz/The Detroit News)")
    'Dana Ruiz/The Detroit News'
    >>> printed_credit("Photographers at the auto show")
    """
    found = _CREDIT.search(caption[:2000])
    if found is None:
        return None
    return (found["labelled"] or found["bracketed"]).strip(" ()[]") or None


def read_attachments(body: _Element, base_url: str) -> Iterator[Image]:
    """Files the post offers: documents among its own uploads or on its own host."""
    for link in (*body.iter("a"), *body.iter("object", "embed", "iframe")):
        given = link.get("href") or link.get("data") or link.get("src")
        address = address_of(base_url, given) if given and _LIKE_A_FILE.search(given) else None
        if address and _is_attached(address, base_url):
            words = words_of(link) if link.tag == "a" else ""
            yield Image(url=address.partition("#")[0], role="attachment", alt=words or None)


def _is_attached(address: str, base_url: str) -> bool:
    if not _OF_A_FILE.search(address):
        return False
    path = urlsplit(address).path.lower()
    if path.rpartition(".")[2] not in ATTACHED:
        return False
    return "/uploads/" in path or host_of(address) == host_of(base_url)


_SIZE = re.compile(r"(?:-\d+x\d+|-scaled|-e\d{10,})+(?=\.\w+$)")


def same_picture(one: str, other: str) -> bool:
    """Whether two addresses are sizes of one WordPress upload."""
    return _unsized(one) == _unsized(other)


def _unsized(address: str) -> str:
    path = address.partition("#")[0].partition("?")[0].partition("://")[2].partition("/")[2]
    return _SIZE.sub("", path).lower()


def featured_images(page: Page, scope: _Element, known: list[Image], rest: Mapping[str, Any] | None) -> Iterator[Image]:
    """The post's own picture where it is not among the *known*: as REST, the theme or OpenGraph shows it."""
    address, image = next(_offered(page, scope, rest), (None, None))
    if address and image and not any(same_picture(address, other.url) for other in known):
        yield image()


def _offered(page: Page, scope: _Element, rest: Mapping[str, Any] | None) -> Iterator[tuple[str, Callable[[], Image]]]:
    """Addresses of the picture, most trusted first, each with the way to read the rest of it."""
    embedded = rest.get("_embedded") if rest else None
    media = embedded.get("wp:featuredmedia") if isinstance(embedded, Mapping) else None
    for item in media if isinstance(media, list) else []:
        source = address_of(page.base_url, item.get("source_url") or "") if isinstance(item, Mapping) else None
        if source:
            alt = fold_space(str(item.get("alt_text") or "")) or None
            yield source, partial(Image, url=source, alt=alt)
    for image in page.with_class(*FEATURED):
        url = real_source(image, page.base_url) if image.tag == "img" else None
        if url and any(node is scope for node in image.iterancestors()):
            yield url, partial(_image, image, url, page.base_url)
    if url := address_of(page.base_url, page.meta("og:image", "og:image:url", "twitter:image") or ""):
        yield url, partial(Image, url=url, alt=page.meta("og:image:alt", "twitter:image:alt"))
