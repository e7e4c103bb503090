"""Content codings: whether a body begins as its header claims, and the body decoded, within bounds."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Generator, Iterator
from types import ModuleType
from typing import Any, Final

from isal import igzip_lib, isal_zlib

from archive.errors import ArchiveError
from archive.warc.values import Exchange, Headers

MAX_DECODED_BYTES: Final = 64 * 1024 * 1024
"""Larger than any page, smaller than memory: what a decoded body may reach unless the caller says otherwise."""

GZIP_MAGIC: Final = b"\x1f\x8b\x08"
PROBE_BYTES: Final = 512
STEP_BYTES: Final = 64 * 1024
MAX_GZIP_MEMBERS: Final = 100
"""A body of empty members costs time by the square of its length."""
ZSTD_WINDOW_BYTES: Final = 8 * 1024 * 1024
"""The largest window RFC 9659 lets a server use."""

Decoder = Callable[[bytes, int], Iterator[bytes]]
"""Yields the decoded pieces of a body; raises ValueError with the reason when the body is not, or not wholly, encoded
so. No piece is much longer than the bound given."""


class UndecodableBodyError(ArchiveError):
    """A body is not what its Content-Encoding says, is cut short, or grows beyond all bounds."""

    def __init__(self, url: str, coding: str, reason: str, *, hint: str | None = None) -> None:
        super().__init__(f"{url}: its {coding} body {reason}", hint=hint)
        self.url, self.coding, self.reason = url, coding, reason


class _LibraryMissingError(Exception):
    """The coding needs a library that is not installed."""


def content_codings(headers: Headers) -> tuple[str, ...]:
    """The codings of the body in the order they were applied; those nobody can undo are left out.

    Servers send `Content-Encoding: utf-8` and worse; browsers take such a body as it is, and so do we.

    >>> content_codings((("Content-Encoding", "identity, X-GZIP"), ("content-encoding", "utf-8")))
    ('gzip',)
    """
    named = (part for name, value in headers if name.lower() == "content-encoding" for part in value.split(","))
    codings = (part.strip().lower().removeprefix("x-") for part in named)
    return tuple(coding for coding in codings if coding in DECODERS)


def begins_as(headers: Headers, body: bytes) -> bool:
    """Whether the first bytes of *body* can be what its Content-Encoding says; true when that can't be known."""
    return coding_fault(headers, body[:PROBE_BYTES], max_bytes=STEP_BYTES) in (None, CUT)


def coding_fault(headers: Headers, body: bytes, *, max_bytes: int = MAX_DECODED_BYTES) -> str | None:
    """What keeps *body* from being in the last coding its headers name, or None.

    Nothing is kept in memory, and after *max_bytes* of what is decoded the rest is taken to be right. None, too, when
    the library for the coding is not installed.
    """
    size = 0
    try:
        for coding in content_codings(headers)[-1:]:
            for piece in DECODERS[coding](body, STEP_BYTES):
                size += len(piece)
                if size > max_bytes:
                    break
    except _LibraryMissingError:
        return None
    except ValueError as error:
        return str(error)
    return None


def decode_body(exchange: Exchange, *, max_bytes: int = MAX_DECODED_BYTES) -> bytes:
    """The body with its content codings undone, never longer than *max_bytes*.

    An empty body stays empty. Raises UndecodableBodyError when a coding does not fit, the encoded stream ends early,
    the result would be longer, or the library for `br` or `zstd` is not installed.
    """
    body = exchange.body
    for coding in reversed(content_codings(exchange.response_headers)):
        body = _decoded(exchange.url, coding, body, max_bytes) if body else body
    return body


def _decoded(url: str, coding: str, body: bytes, max_bytes: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in DECODERS[coding](body, max_bytes + 1):
            size += len(piece)
            if size > max_bytes:
                raise UndecodableBodyError(url, coding, f"is longer than {max_bytes:,} bytes decoded")
            pieces.append(piece)
    except ValueError as error:
        raise UndecodableBodyError(url, coding, str(error)) from error
    except _LibraryMissingError as error:
        raise UndecodableBodyError(url, coding, "cannot be decoded", hint=str(error)) from error
    return b"".join(pieces)


CUT: Final = "ends before its encoded stream does"


def _inflate(body: bytes, bound: int, wbits: int) -> Generator[bytes, None, bytes]:
    """One compressed stream; returns what stands behind it."""
    inflater = isal_zlib.decompressobj(wbits)
    try:
        while not inflater.eof:
            piece = inflater.decompress(body, bound)
            body = inflater.unconsumed_tail
            if piece:
                yield piece
            elif not body and not inflater.eof:
                raise ValueError(CUT)
    except igzip_lib.IsalError as error:  # type: ignore[misc]  # the stubs take it for an instance
        raise ValueError(f"is not {'gzip' if wbits > 15 else 'deflate'} ({error})") from error
    return inflater.unused_data


def _gunzip(body: bytes, bound: int) -> Iterator[bytes]:
    """gzip may be several members in a row; rubbish behind the last one is ignored, as browsers do."""
    if not body.startswith(GZIP_MAGIC[: len(body)]):  # ISA-L waits for a whole header before it says so
        raise ValueError("is not gzip (it begins otherwise)")
    for _ in range(MAX_GZIP_MEMBERS):
        body = yield from _inflate(body, bound, 31)
        if not body.startswith(GZIP_MAGIC):
            return
    raise ValueError(f"is more than {MAX_GZIP_MEMBERS} gzip members in a row")


def _undeflate(body: bytes, bound: int) -> Iterator[bytes]:
    """zlib's wrapping, as the standard says, or none, as some servers send."""
    wrapped = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    yield from _inflate(body, bound, 15 if wrapped else -15)


def _unbrotli(body: bytes, bound: int) -> Iterator[bytes]:
    brotli: Any = _library("brotli", "install brotli 1.2 or later")
    decompressor: Any = brotli.Decompressor()
    if not hasattr(decompressor, "can_accept_more_data"):  # before 1.2 its output has no bound
        raise _LibraryMissingError("install brotli 1.2 or later")
    try:
        while not decompressor.is_finished():
            piece = decompressor.process(body, output_buffer_limit=min(bound, STEP_BYTES))
            body = b""
            if piece:
                yield piece
            elif decompressor.can_accept_more_data() and not decompressor.is_finished():
                raise ValueError(CUT)
    except brotli.error as error:
        raise ValueError("is not brotli") from error


def _unzstd(body: bytes, bound: int) -> Iterator[bytes]:
    """In small steps: a step's output has no bound of its own, and 256 bytes can't grow beyond some megabytes."""
    zstandard: Any = _library("zstandard", "install zstandard")
    stream: Any = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES).decompressobj()
    try:
        for at in range(0, len(body), 256):
            yield stream.decompress(body[at : at + 256])
            if stream.eof:
                return
    except zstandard.ZstdError as error:
        raise ValueError(f"is not zstd ({error})") from error
    raise ValueError(CUT)


def _library(name: str, hint: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise _LibraryMissingError(hint) from error


DECODERS: Final[dict[str, Decoder]] = {
    "gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
