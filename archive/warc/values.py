"""What goes into a WARC file and what comes back: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Headers = tuple[tuple[str, str], ...]
"""Header fields in order, names and values as ISO 8859-1 text, so that every byte on the wire has a character here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One HTTP request and its answer."""

    url: str
    at: datetime
    """The instant the request began, aware; kept to the second, in UTC."""
    method: str = "GET"
    request_headers: Headers = ()
    request_body: bytes = b""
    status: int
    reason: str
    response_headers: Headers
    body: bytes
    """Content-encoded as it was sent, chunking removed; empty in what a revisit record gives back."""
    ip: str | None
    protocol: str = "HTTP/1.1"
    truncated: str | None = None
    """Why the body is not whole, in the standard's words: length, time, disconnect or unspecified."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """The earlier capture whose payload a revisit record stands for."""

    url: str
    at: datetime
    record_id: str | None
    """`urn:uuid:…`; None when only address and instant are known."""
    payload_sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """Where a response or revisit record lies."""

    file: str
    """Name within the folder of WARC files."""
    offset: int
    length: int
    """Bytes in the file; of the whole gzip member where there is one."""
    payload_sha256: str
    """Hex, of the body as sent; for a revisit, of the payload it refers to. A foreign revisit that names its payload
    only by another digest keeps that one with its label, such as `sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ`."""
    payload_bytes: int
    """Length of the body as sent, also when a revisit record leaves it out; 0 when that is not known."""
    revisit: bool
    record_id: str
    payload_sha1: str | None = None
    """Base32, as CDX indexes want it; None for a revisit that does not say."""
    refers_to: Original | None = None
    """What a revisit record says about its original; None otherwise."""
