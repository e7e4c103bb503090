"""The index of a WACZ: CDXJ lines in the order of SURT keys, in compressed blocks that can be read one by one.

Readers look an address up by its key, so the key must come out as theirs does: the form that pywb and the Internet
Archive's tools use. It folds more than our canonical URL does (case, closing slashes); the line has the address whole.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote_to_bytes, urlsplit

from archive.urls import DEFAULT_PORTS
from archive.warc.messages import Message, read_response
from archive.warc.reading import ANSWERS, warc_date
from archive.warc.records import RawRecord, iter_block

BLOCK_LINES: Final = 300
"""A reader unpacks one block for each address it looks up."""
INDEX: Final = "index.cdx.gz"
FORMAT: Final = "cdxj-gzip-1.0"
MOST_ROUNDS: Final = 10
"""Of undoing percent signs that were percent-encoded themselves."""

_WWW = re.compile(r"www\d*\.")
_SESSION_IN_QUERY = re.compile(
    r"(?:(?<=^)|(?<=&))(?:jsessionid=[0-9a-z]{32}|phpsessid=[0-9a-z]{32}|sid=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24})(?:&|$)",
    re.I,
)


def surt(url: str) -> str:
    """The key *url* is looked up under: its host turned round, then the path and the sorted query in lower case.

    >>> surt("https://www.Blog.example/2024/Dock/?b=2&a=1#top")
    'example,blog)/2024/dock?a=1&b=2'
    >>> surt("http://127.0.0.1:8421/"), surt("urn:x:Y")
    ('1,0,0,127:8421)/', 'urn:x:Y')
    """
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return url
    path = re.sub(r"/{2,}", "/", _escaped_once(parts.path)).lower()
    query = _SESSION_IN_QUERY.sub("", _escaped_once(parts.query).lower())
    key = f"{_host(parts.hostname)}{_port(parts.scheme, parts.port)}){_without_dots(path).rstrip('/') or '/'}"
    return f"{key}?{'&'.join(sorted(query.split('&')))}" if query else key


def _host(host: str) -> str:
    """Numbers are turned round, too, as others do it."""
    name = host.lower()
    name = name[found.end() :] if (found := _WWW.match(name)) else name
    with suppress(UnicodeError):
        name = name.encode("idna").decode("ascii")
    return ",".join(reversed(name.rstrip(".").split(".")))


def _port(scheme: str, port: int | None) -> str:
    return f":{port}" if port and port != DEFAULT_PORTS[scheme] else ""


def _escaped_once(text: str) -> str:
    """Percent signs undone as long as there are any, then what must be escaped, and nothing else."""
    octets = text.encode("utf-8", "replace")
    for _ in range(MOST_ROUNDS):
        undone = unquote_to_bytes(octets)
        if undone == octets:
            break
        octets = undone
    return "".join(chr(o) if 0x20 < o < 0x7F and o not in b"#%" else f"%{o:02x}" for o in octets)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)


class Index:
    """Lines as they come, given back in order: sorted on disk, so that memory does not grow with the archive."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")  # a file of its own, gone when it is closed
        self._db.execute("create table lines (key text, at text, facts text)")

    def close(self) -> None:
        self._db.close()

    def add(self, raw: RawRecord, file: str, offset: int) -> None:
        """The line of a record that lies at *offset* of *file* in the package; nothing for what is no web capture."""
        url = raw.url() or ""
        if raw.type not in ANSWERS or not url.lower().startswith(("http://", "https://")):
            return
        facts = {**_facts(raw, url), "length": str(raw.length), "offset": str(offset), "filename": file}
        at = f"{warc_date(raw):%Y%m%d%H%M%S}"
        self._db.execute("insert into lines values (?, ?, ?)", (surt(url), at, json.dumps(facts)))

    def blocks(self) -> Iterator[tuple[bytes, str]]:
        """Compressed blocks of lines, each a gzip member, and of each the key and instant of its first line."""
        rows = self._db.execute("select key, at, facts from lines order by key || ' ' || at, facts")
        while batch := list(islice(rows, BLOCK_LINES)):
            text = "".join(f"{key} {at} {facts}\n" for key, at, facts in batch)
            deflater = zlib.compressobj(9, zlib.DEFLATED, 31)
            yield deflater.compress(text.encode()) + deflater.flush(), " ".join(batch[0][:2])


def table_line(block: bytes, first: str, offset: int) -> str:
    """The line of the table of blocks (`index.idx`) about one of them."""
    digest = f"sha256:{hashlib.sha256(block).hexdigest()}"
    facts = {"offset": offset, "length": len(block), "digest": digest, "filename": INDEX}
    return f"{first} {json.dumps(facts)}\n"


TABLE_HEAD: Final = f"!meta 0 {json.dumps({'format': FORMAT, 'filename': INDEX})}\n"


def _facts(raw: RawRecord, url: str) -> dict[str, Any]:
    start = raw.block if raw.block is not None else next(iter_block(raw), b"")
    message = read_response(start) or Message(start=("HTTP/1.1", "", ""), headers=(), body=b"")
    served = next((value for name, value in message.headers if name.lower() == "content-type"), "")
    kind = "warc/revisit" if raw.type == "revisit" else served.partition(";")[0].strip().lower()
    return {
        "url": url,
        "mime": kind or "unk",
        "status": message.start[1] or "-",
        "digest": raw.get("warc-payload-digest") or raw.get("warc-payload-digest-sha256") or "-",
    }
