"""Stored captures as the crawl had them: an exchange by its row, with its original's body when it is a revisit."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from archive.errors import FixityError
from archive.warc import Exchange, read_exchange
from archive.warc.messages import MOVED
from archive.warc.tail import has_our_name
from archive.warc.values import Headers

POINTER: Final = """
    captures.id, captures.run_id, captures.url, captures.role, captures.status, captures.content_type,
    captures.captured_at, captures.warc_file, captures.warc_offset, captures.payload_sha256, captures.payload_bytes,
    original.warc_file as original_file, original.warc_offset as original_offset
    from captures left join captures as original on original.id = captures.revisit_of
"""
"""Columns and tables of a select that `load_exchange` can use."""


def load_exchange(warc: Path, row: Mapping[str, Any] | sqlite3.Row) -> Exchange:
    """The exchange of a row of `POINTER`. Raises DamagedRecordError or FixityError when it is not what was stored."""
    exchange = read_exchange(warc, row["warc_file"], row["warc_offset"])
    body, file, offset = exchange.body, row["warc_file"], row["warc_offset"]
    if row["original_file"] is not None and exchange.status != 304:
        file, offset = row["original_file"], row["original_offset"]
        body = read_exchange(warc, file, offset).body
    if body and not has_our_name(file):  # other writers' records may have no digest of their own
        _check_payload(body, row, f"{file} at byte {offset}")
    return replace(exchange, url=row["url"], body=body, response_headers=as_served(exchange.response_headers))


def _check_payload(body: bytes, row: Mapping[str, Any] | sqlite3.Row, where: str) -> None:
    found = hashlib.sha256(body).hexdigest()
    if found != row["payload_sha256"]:
        raise FixityError(row["url"], expected=row["payload_sha256"], found=found, where=where)


def as_served(headers: Headers) -> Headers:
    """Headers under the names the server gave them, where the WARC had to move one aside to stay readable.

    >>> as_served((("X-Archive-Orig-Content-Encoding", "gzip"), ("Server", "nginx")))
    (('Content-Encoding', 'gzip'), ('Server', 'nginx'))
    """
    moved = {name[len(MOVED) :].lower() for name, _ in headers if name.startswith(MOVED)}
    kept = ((name, value) for name, value in headers if name.lower() not in moved)
    return tuple((name.removeprefix(MOVED), value) for name, value in kept)
