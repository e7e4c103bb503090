"""Files of the sample blog's uploads folder, drawn when asked for: small PNG pictures and one PDF."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from functools import cache

PNG_WIDTH, PNG_HEIGHT = 320, 180
SITE_ICON = "2012/06/site-icon.png"
LOST = frozenset({"2012/01/show-3.png"})
"""Still shown by a post, and gone since some move of the server."""
_SIZE = re.compile(r"-([1-9]\d{0,2})x([1-9]\d{0,2})\.png$")


@cache
def file_for(path: str) -> bytes:
    """The bytes below the uploads folder at *path*: a PDF or a picture in two colours that depend on the path.

    A size in its name, as WordPress adds one to each copy, is the picture's.
    """
    return _pdf(path) if path.endswith(".pdf") else _png(path)


def content_type(path: str) -> str:
    return "application/pdf" if path.endswith(".pdf") else "image/png"


def _png(path: str) -> bytes:
    """A gradient from one muted colour to another, as an eight-bit RGB PNG."""
    size = _SIZE.search(path)
    width, height = (int(size[1]), int(size[2])) if size else (PNG_WIDTH, PNG_HEIGHT)
    path = _SIZE.sub(".png", path)
    digest = hashlib.sha256(path.encode()).digest()
    first, last = ([90 + byte // 2 for byte in digest[start : start + 3]] for start in (0, 3))
    rows = bytearray()
    for y in range(height):
        colour = bytes(a + (b - a) * y // height for a, b in zip(first, last, strict=True))
        rows += b"\0" + colour * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(name, data) for name, data in parts)


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _pdf(path: str) -> bytes:
    """One page with one line of text, and a cross-reference table that is right."""
    stream = f"BT /F1 18 Tf 72 720 Td (Harbor Auto Alliance: {path.rsplit('/', 1)[-1]}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
    ]
    result, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(result))
        result += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(result)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    result += b"xref\n0 5\n0000000000 65535 f \n" + entries
    return bytes(result + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)
