"""WARC files back into exchanges: one of ours by its offset, strictly; whole files of anybody's, in order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from archive.errors import DamagedArchiveError, FixityError
from archive.warc.digests import base32, hasher, read_label
from archive.warc.messages import Message, payload, read_request, read_response
from archive.warc.records import KEEP_BYTES, DamagedRecordError, RawRecord, WarcFile, bare, iter_block
from archive.warc.tail import has_our_name
from archive.warc.values import Exchange, Headers, Original, Record

ANSWERS: Final = ("response", "revisit")
PROTOCOLS: Final = {"h2": "HTTP/2", "http/2": "HTTP/2", "h3": "HTTP/3", "http/3": "HTTP/3"}
"""What WARC-Protocol says where the block, written as HTTP/1.1, can't."""
WAITING: Final = 16
"""Answers held back until their request comes. Most writers put the two side by side, browsers' crawlers a few others
between them."""
REQUESTS: Final = 64

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?Z)?)?)?")
_BLOCK_DIGESTS = ("warc-block-digest-sha256", "warc-block-digest")
_PAYLOAD_DIGESTS = ("warc-payload-digest-sha256", "warc-payload-digest")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Request:
    method: str = "GET"
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    raw: RawRecord
    message: Message


def read_exchange(folder: Path, file: str, offset: int) -> Exchange:
    """The response or revisit record at *offset* of a WARC file in *folder*, its stored digest computed again.

    Files Clipfile wrote must have one; imported ones need not.

    A revisit gives its own headers and an empty body: the caller knows the original. The request stands in another
    record; its headers are not given. Raises DamagedRecordError when no whole record with a digest begins there,
    FixityError when the bytes are not those that were stored; both name file and offset.
    """
    if Path(file).name != file:
        raise DamagedArchiveError(f"{file!r} is not the name of a WARC file")
    try:
        with WarcFile(folder / file) as warc:
            record = warc.record_at(offset)
    except OSError as error:
        raise DamagedArchiveError(f"{folder / file}: {error.strerror}", hint="put the file back from a copy") from error
    if record.type not in ANSWERS:
        raise DamagedRecordError(file, offset, f"a {record.type or 'nameless'} record where a response was stored")
    check_block(record, required=has_our_name(file))
    answer = _read_answer(record)
    if not answer.message.start[1]:
        raise DamagedRecordError(file, offset, "no HTTP message in the block")
    return _exchange(answer, _Request())


def iter_exchanges(path: Path) -> Iterator[tuple[Exchange, Record]]:
    """All exchanges of a WARC file with http(s) responses, in the order of their responses, and where each lies.

    Takes foreign files, too: WARC 1.0, uncompressed, without digests, with chunked bodies. Digests that are there are
    checked. The request gives method and headers when it stands near its response. A body longer than 64 MiB is left
    out and marked `length`; a block that is no HTTP message has status 0 and is all body. Raises DamagedRecordError
    or FixityError, with file and offset, at the first damaged place; what came before has been yielded.
    """
    try:
        with WarcFile(path) as file:
            if not file.size:
                raise DamagedRecordError(path.name, 0, "an empty file")
            yield from _paired(file)
    except OSError as error:
        raise DamagedArchiveError(f"{path}: {error.strerror}") from error


def _paired(file: WarcFile) -> Iterator[tuple[Exchange, Record]]:
    waiting: list[_Answer] = []
    requests: dict[str, _Request] = {}
    for raw in file:
        check_block(raw, required=False)
        if raw.type == "request":
            _remember(raw, requests)
        elif raw.type in ANSWERS and (raw.url() or "").lower().startswith(("http://", "https://")):
            waiting.append(_read_answer(raw))
        while waiting and (_is_full(waiting) or _request_of(waiting[0], requests)):
            yield _out(waiting.pop(0), requests)
    for answer in waiting:
        yield _out(answer, requests)


def _is_full(waiting: list[_Answer]) -> bool:
    return len(waiting) > WAITING or sum(len(answer.message.body) for answer in waiting) > KEEP_BYTES


def _remember(raw: RawRecord, requests: dict[str, _Request]) -> None:
    """Under its own id and its response's: either of the two may name the other."""
    message = read_request(raw.block or b"")
    if message:
        request = _Request(method=message.start[0], headers=message.headers, body=message.body)
        requests.update(dict.fromkeys((raw.id, *_concurrent(raw)), request))
    while len(requests) > REQUESTS:
        del requests[next(iter(requests))]


def _concurrent(raw: RawRecord) -> list[str]:
    return [bare(value) for name, value in raw.fields if name.lower() == "warc-concurrent-to"]


def _request_of(answer: _Answer, requests: dict[str, _Request]) -> _Request | None:
    return next((requests[key] for key in (answer.raw.id, *_concurrent(answer.raw)) if key in requests), None)


def _out(answer: _Answer, requests: dict[str, _Request]) -> tuple[Exchange, Record]:
    exchange = _exchange(answer, _request_of(answer, requests) or _Request())
    return exchange, _record(answer, exchange)


def _read_answer(raw: RawRecord) -> _Answer:
    start = raw.block if raw.block is not None else next(iter_block(raw))
    message = read_response(start) or Message(start=("HTTP/1.1", "", ""), headers=(), body=start)
    body = b"" if raw.block is None or raw.type == "revisit" else payload(message)
    return _Answer(raw=raw, message=Message(start=message.start, headers=message.headers, body=body))


def _exchange(answer: _Answer, request: _Request) -> Exchange:
    raw, message = answer.raw, answer.message
    named = (PROTOCOLS.get(value.lower()) for name, value in raw.fields if name.lower() == "warc-protocol")
    return Exchange(
        url=raw.url() or "",
        at=warc_date(raw),
        method=request.method,
        request_headers=request.headers,
        request_body=request.body,
        status=int(message.start[1] or 0),
        reason=message.start[2],
        response_headers=message.headers,
        body=message.body,
        ip=raw.get("warc-ip-address"),
        protocol=next(filter(None, named), message.start[0]),
        truncated="length" if raw.block is None else None if raw.type == "revisit" else raw.get("warc-truncated"),
    )


def _record(answer: _Answer, exchange: Exchange) -> Record:
    raw = answer.raw
    revisit = raw.type == "revisit"
    sha256, sha1 = _payload_names(raw) if revisit or raw.block is None else (None, _stored_sha1(raw))
    return Record(
        file=raw.file,
        offset=raw.offset,
        length=raw.length,
        payload_sha256=sha256 or hashlib.sha256(exchange.body).hexdigest(),
        payload_bytes=_revisit_bytes(answer.message) if revisit else len(exchange.body),
        revisit=revisit,
        record_id=raw.id,
        payload_sha1=sha1 if revisit or sha1 else base32(hashlib.sha1(exchange.body, usedforsecurity=False).digest()),
        refers_to=_refers_to(raw, sha256 or "") if revisit else None,
    )


def _payload_names(raw: RawRecord) -> tuple[str | None, str | None]:
    """What stands for SHA-256 (hex, or another digest with its label) and SHA-1 (base32) of a payload that is not
    here."""
    labels = [label for name in _PAYLOAD_DIGESTS if (label := raw.get(name))]
    read = [(label, read_label(label)) for label in labels]
    sha256 = next((digest[1].hex() for _, digest in read if digest and digest[0] == "sha256"), None)
    return sha256 or (labels[0] if labels else None), _stored_sha1(raw)


def _stored_sha1(raw: RawRecord) -> str | None:
    digest = read_label(raw.get("warc-payload-digest") or "")
    return base32(digest[1]) if digest and digest[0] == "sha1" else None


def _revisit_bytes(message: Message) -> int:
    """The left-out payload's length, as its headers give it; a 304 has none."""
    return (message.content_length() or 0) if message.start[1] != "304" else 0


def _refers_to(raw: RawRecord, sha256: str) -> Original | None:
    uri, date = raw.get("warc-refers-to-target-uri"), read_date(raw.get("warc-refers-to-date") or "")
    if not uri or not date:
        return None
    record_id = raw.get("warc-refers-to")
    return Original(url=bare(uri), at=date, record_id=bare(record_id) if record_id else None, payload_sha256=sha256)


def check_block(raw: RawRecord, *, required: bool) -> None:
    """Compute the block's digest again: the strongest one stored. A payload digest alone is taken for one where need
    be."""
    labels = [label for name in _BLOCK_DIGESTS if (label := raw.get(name))]
    stored = next(filter(None, map(read_label, labels)), None)
    if stored:
        _compare(raw, stored, [digest_of(raw, stored[0])])
    elif required:
        raise DamagedRecordError(raw.file, raw.offset, "no WARC-Block-Digest that can be checked")
    elif raw.type == "response" and raw.block is not None:
        _check_payload(raw, raw.block)


def _check_payload(raw: RawRecord, block: bytes) -> None:
    """Some writers digest the body with its chunking, against the standard; either will do."""
    stored = next(filter(None, (read_label(raw.get(name) or "") for name in _PAYLOAD_DIGESTS)), None)
    message = read_response(block)
    if stored and message:
        bodies = (message.body, payload(message))
        _compare(raw, stored, [hasher(stored[0], body).digest() for body in bodies])


def _compare(raw: RawRecord, stored: tuple[str, bytes], found: list[bytes]) -> None:
    if stored[1] not in found:
        where = f"{raw.file} at byte {raw.offset}"
        labels = (f"{stored[0]}:{digest.hex()}" for digest in (stored[1], found[-1]))
        raise FixityError(raw.url() or f"{raw.type} record", expected=next(labels), found=next(labels), where=where)


def digest_of(raw: RawRecord, algorithm: str) -> bytes:
    if raw.block is not None:
        return hasher(algorithm, raw.block).digest()
    digest = hasher(algorithm)
    for piece in iter_block(raw):
        digest.update(piece)
    return digest.digest()


def warc_date(raw: RawRecord) -> datetime:
    """When the capture began; DamagedRecordError when the record does not say."""
    printed = raw.get("warc-date") or ""
    date = read_date(printed)
    if date is None:
        raise DamagedRecordError(raw.file, raw.offset, f"WARC-Date is {printed or 'missing'}")
    return date


@lru_cache(maxsize=256)  # a request and its answer have the same, and each is asked for several times
def read_date(printed: str) -> datetime | None:
    """A WARC-Date to the second; WARC 1.1 lets the end of it be left out, which then is the beginning of the year or
    day.

    >>> read_date("2026-11-22T10:45:00.123Z")
    datetime.datetime(2026, 11, 22, 10, 45, tzinfo=datetime.timezone.utc)
    """
    found = _DATE.fullmatch(printed.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups())
    try:
        return datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
    except ValueError:
        return None
