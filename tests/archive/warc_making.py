"""Exchanges and WARC files for tests: a small invented blog, captured; and tools to damage what was written."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.warc import Exchange, Original, Record, WarcWriter
from archive.warc.records import GZIP_HEADER, WarcFile

AT = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
PAGE = (
    b"<!doctype html><title>Dry dock reopens</title><p>The Detroit News / March 1, 2026 / Marta Quill<p>"
    + b"The dry dock took its first freighter on Monday. " * 40
)
HTML = ("Content-Type", "text/html; charset=UTF-8")
GZIP = ("Content-Encoding", "gzip")


def an_exchange(slug: str = "yard-reopens", **facts: Any) -> Exchange:
    defaults: dict[str, Any] = {
        "url": f"https://blog.example/{slug}/",
        "at": AT,
        "request_headers": (("Host", "blog.example"), ("User-Agent", "Clipfile (archive@blog.example)")),
        "status": 200,
        "reason": "OK",
        "response_headers": (("Server", "nginx"), HTML),
        "body": PAGE,
        "ip": "192.0.2.7",
    }
    return Exchange(**{**defaults, **facts})


def a_writer(folder: Path, *, known: dict[str, Original] | None = None, **options: Any) -> WarcWriter:
    defaults: dict[str, Any] = {"site": "blog", "started_at": AT, "info": {"operator": "archive@blog.example"}}
    return WarcWriter(folder, find_original=({} if known is None else known).get, **{**defaults, **options})


def write_warc(folder: Path, exchanges: Iterable[Exchange], **options: Any) -> tuple[Path, list[Record]]:
    """One file with these exchanges, in the order given; a payload seen before becomes a revisit."""
    known: dict[str, Original] = {}
    records = []
    with a_writer(folder, known=known, **options) as writer:
        for exchange in exchanges:
            record = writer.write(exchange)
            records.append(record)
            known.setdefault(record.payload_sha256, original_of(exchange, record))
        return folder / writer.position[0], records


def original_of(exchange: Exchange, record: Record) -> Original:
    return Original(url=exchange.url, at=exchange.at, record_id=record.record_id, payload_sha256=record.payload_sha256)


def a_crawl() -> list[Exchange]:
    """What a small crawl meets: pages plain and gzipped, a page seen before, a redirect, a 404, an image, a HEAD, a
    cut one."""
    gzipped = gzip.compress(PAGE, mtime=0)
    return [
        an_exchange("robots", body=b"User-agent: *\nDisallow:\n", response_headers=(("Content-Type", "text/plain"),)),
        an_exchange("yard-reopens", body=gzipped, response_headers=(HTML, GZIP, ("Content-Length", str(len(gzipped))))),
        an_exchange("tool-and-die", body=PAGE.replace(b"dock", b"mill")),
        an_exchange("tool-and-die", body=PAGE.replace(b"dock", b"mill"), at=AT + timedelta(days=7)),
        an_exchange("moved", status=301, reason="Moved Permanently", body=b"", response_headers=(("Location", "/x/"),)),
        an_exchange("gone", status=404, reason="Not Found", body=b"<p>Nothing here"),
        an_exchange("logo.png", body=bytes(range(256)) * 9, response_headers=(("Content-Type", "image/png"),)),
        an_exchange("head", method="HEAD", body=b"", response_headers=(HTML, ("Content-Length", "4711"))),
        an_exchange(
            "cut", body=PAGE[:500], response_headers=(HTML, ("Content-Length", "9000")), truncated="disconnect"
        ),
    ]


def members(path: Path) -> list[bytes]:
    """The file's gzip members, in order."""
    with WarcFile(path) as file:
        return [file.raw(record.offset, record.length) for record in file]


def remade(member: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A member with its record changed, wrapped in gzip as if nothing had happened."""
    record = change(zlib.decompress(member, 31))
    deflater = zlib.compressobj(2, zlib.DEFLATED, -15)
    check = zlib.crc32(record).to_bytes(4, "little") + len(record).to_bytes(4, "little")
    return GZIP_HEADER + deflater.compress(record) + deflater.flush() + check
