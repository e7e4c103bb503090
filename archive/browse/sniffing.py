"""What a captured file really is, by its first bytes: a server's word on it is a stranger's word."""

from __future__ import annotations

import re
from typing import Final

from archive.patterns import possessive

IMAGES: Final[tuple[tuple[re.Pattern[bytes], str], ...]] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.S), "image/webp"),
    (re.compile(rb"....ftypavi[fs]", re.S), "image/avif"),
    (re.compile(rb"\x00\x00\x01\x00"), "image/x-icon"),
    (re.compile(rb"BM....\x00\x00\x00\x00", re.S), "image/bmp"),
)
FONTS: Final[tuple[tuple[re.Pattern[bytes], str], ...]] = (
    (re.compile(rb"wOF2"), "font/woff2"),
    (re.compile(rb"wOFF"), "font/woff"),
    (re.compile(rb"\x00\x01\x00\x00|true"), "font/ttf"),
    (re.compile(rb"OTTO"), "font/otf"),
)
SVG: Final = "image/svg+xml"
_SVG = re.compile(
    possessive(
        rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]{0,200}+>\s*+)?(?:<!--(?:[^-]|-(?!->)){0,2000}+-->\s*+)*+"
        rb"(?:<!DOCTYPE svg[^>]{0,300}+>\s*+)?<svg[\s>]"
    )
)


def image_type(body: bytes, declared: str) -> str | None:
    """The media type of an image, or None when it is none. A drawing is one only where it was *declared* as one: its
    bytes are text, and any page can begin with them.

    >>> image_type(b"GIF89a...", "text/plain"), image_type(b"<script>", "image/png")
    ('image/gif', None)
    """
    found = _first(IMAGES, body)
    return found or (SVG if declared == SVG and _SVG.match(body) else None)


def font_type(body: bytes) -> str | None:
    """The media type of a font, or None when it is none."""
    return _first(FONTS, body)


def _first(kinds: tuple[tuple[re.Pattern[bytes], str], ...], body: bytes) -> str | None:
    return next((kind for begins, kind in kinds if begins.match(body)), None)
