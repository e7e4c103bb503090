"""A small WARC, written out, and the ways to damage it."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

BODY: Final = b"<p>The slipway is closed until the crane is mended.</p>"
HTTP: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


def _digest(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


WHOLE: Final = (
    "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
    "WARC-Date: 2024-05-06T09:00:00Z\r\nWARC-Target-URI: https://blog.example/a-post/\r\n"
    f"WARC-Block-Digest: {_digest(HTTP)}\r\nWARC-Payload-Digest: {_digest(BODY)}\r\n"
    f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(HTTP)}\r\n\r\n"
).encode() + HTTP + b"\r\n\r\n"  # fmt: skip


def damaged(at: int, put: bytes, *, is_cut: bool) -> bytes:
    """The file with other bytes in one place, and perhaps nothing behind them."""
    return WHOLE[:at] + put + (b"" if is_cut else WHOLE[at + len(put) :])
