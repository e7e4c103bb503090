"""What a record says of itself and of others: what is compared between records, with the database and with an index."""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

from archive.warc.digests import read_label
from archive.warc.messages import Message, payload
from archive.warc.records import RawRecord, bare

ROLE_FIELD: Final = "WARC-Clipfile-Role"
"""What an exchange was fetched as: post, listing, sitemap … Readers ignore fields they don't know (WARC 1.1, 4)."""


class RecordFacts(NamedTuple):
    """A named tuple, since one is made for every record of an archive. None is what the record does not say."""

    file: str
    offset: int
    length: int
    type: str
    id: str
    url: str | None
    date: str | None
    """As printed."""
    role: str | None = None
    method: str = "GET"
    """Of a request."""
    concurrent: tuple[str, ...] = ()
    """Ids of what a request goes with."""
    refers_to: tuple[str | None, str | None, str | None] = (None, None, None)
    """Of a revisit: its original's id, address and date."""
    sha1: bytes | None = None
    """Of the payload, by its label."""
    sha256: bytes | None = None
    head: bytes = b""
    """First line and header of the HTTP message, with the empty line."""
    payload_bytes: int | None = None
    """None where the payload is not in the record."""


def facts_of(raw: RawRecord, message: Message | None) -> RecordFacts:
    """*message* is the HTTP message in the record's block; None where there is none, or the block was not kept."""
    block = raw.block or b""
    digests = _payload_digests(raw)
    return RecordFacts(
        file=raw.file,
        offset=raw.offset,
        length=raw.length,
        type=raw.type,
        id=raw.id,
        url=raw.url(),
        date=raw.get("warc-date"),
        role=raw.get(ROLE_FIELD.lower()),
        method=message.start[0] if message and raw.type == "request" else "GET",
        concurrent=tuple(bare(value) for name, value in raw.fields if name.lower() == "warc-concurrent-to"),
        refers_to=_refers_to(raw),
        sha1=digests.get("sha1"),
        sha256=digests.get("sha256"),
        head=block[: len(block) - len(message.body)] if message else b"",
        payload_bytes=len(payload(message)) if message and raw.type == "response" else None,
    )


def computed_sha256(raw: RawRecord, message: Message | None) -> bytes | None:
    """Of the payload, where another writer stored a digest of his own."""
    return hashlib.sha256(payload(message)).digest() if message and raw.type == "response" else None


def _payload_digests(raw: RawRecord) -> dict[str, bytes]:
    """By algorithm: they stand in two fields of ours, and in one or none of other writers'."""
    labels = (raw.get("warc-payload-digest"), raw.get("warc-payload-digest-sha256"))
    return dict(digest for label in labels if label and (digest := read_label(label)))


def _refers_to(raw: RawRecord) -> tuple[str | None, str | None, str | None]:
    if raw.type != "revisit":
        return None, None, None
    record_id, url = raw.get("warc-refers-to"), raw.get("warc-refers-to-target-uri")
    return bare(record_id) if record_id else None, bare(url) if url else None, raw.get("warc-refers-to-date")
