"""What a WARC 1.1 record must and must not say, as tables and small rules: a record in, its faults out.

Section numbers are those of WARC 1.1 (ISO 28500:2017).
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal

from archive.warc.bodies import CUT, coding_fault, content_codings
from archive.warc.digests import hasher, read_label
from archive.warc.messages import Message, dechunk, has_no_body, payload, read_request, read_response, request_target
from archive.warc.reading import digest_of, read_date
from archive.warc.records import RawRecord, bare
from archive.warc.writing import IDENTICAL, NOT_MODIFIED

Severity = Literal["error", "warning"]
Fault = tuple[Severity, str]
"""How bad, and what."""

TYPES: Final = frozenset(
    ("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation")
)
TARGETED: Final = TYPES - {"warcinfo", "metadata"}
REPEATABLE: Final = ("warc-concurrent-to", "warc-protocol", "warc-cipher-suite")
"""5.1 allows the first; the others are proposals in use, repeated by those who use them."""

ONLY_IN: Final = {
    "warc-filename": {"warcinfo"},
    "warc-profile": {"revisit"},
    "warc-target-uri": TYPES - {"warcinfo"},
    "warc-concurrent-to": {"request", "response", "resource", "metadata", "revisit"},
    "warc-refers-to": {"metadata", "revisit", "conversion"},
    "warc-refers-to-target-uri": {"revisit"},
    "warc-refers-to-date": {"revisit"},
    "warc-payload-digest": TYPES - {"warcinfo", "metadata"},
    "warc-payload-digest-sha256": TYPES - {"warcinfo", "metadata"},
    "warc-segment-origin-id": {"continuation"},
    "warc-segment-total-length": {"continuation"},
}
CONTENT_TYPES: Final = {
    "warcinfo": "application/warc-fields",
    "request": "application/http;msgtype=request",
    "response": "application/http;msgtype=response",
    "revisit": "application/http;msgtype=response",
}
TRUNCATED: Final = ("length", "time", "disconnect", "unspecified")
PROFILES: Final = {
    uri.replace("/1.1/", f"/{version}/"): uri for uri in (IDENTICAL, NOT_MODIFIED) for version in ("1.0", "1.1")
}
"""Profiles as writers of either version name them."""
FIRST_WEB_PAGE_AT: Final = datetime(1991, 8, 6, tzinfo=UTC)

_RECORD_ID = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+>")
_OUR_ID = re.compile(r"<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>")
_OUR_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_URI = re.compile(r"<?[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*>?")
_INFO_LINE = re.compile(rb"[!-9;-~]+:[^\r\n]*")
_HTTP_FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*")


def header_faults(raw: RawRecord, *, ours: bool, now: datetime) -> Iterator[Fault]:
    """Of the WARC header alone. *ours*: the file says Clipfile wrote it, so everything Clipfile writes must be
    there."""
    for rule in _HEADER_RULES:
        for problem in rule(raw):
            yield "error", problem
    yield from _date_faults(raw, ours, now)
    if ours and not _OUR_ID.fullmatch(raw.get("warc-record-id") or ""):
        yield "error", "WARC-Record-ID is not one of ours"
    if (reason := raw.get("warc-truncated")) and reason.lower() not in TRUNCATED:
        yield "warning", f"WARC-Truncated gives the reason {reason!r}, which the standard does not know"


def _field_problems(raw: RawRecord) -> Iterator[str]:
    yield from raw.odd
    if len(raw.first) < len(raw.fields):
        counts = Counter(name.lower() for name, _ in raw.fields)
        yield from (f"{name} is there {n} times" for name, n in counts.items() if n > 1 and name not in REPEATABLE)
    for name in raw.first.keys() & ONLY_IN.keys():
        if raw.type not in ONLY_IN[name]:
            yield f"{name} does not belong in a {raw.type} record"


def _identity_problems(raw: RawRecord) -> Iterator[str]:
    record_id = raw.get("warc-record-id")
    if not record_id or not _RECORD_ID.fullmatch(record_id):
        yield f"WARC-Record-ID is {record_id or 'missing'}"
    if raw.type not in TYPES:
        yield f"WARC-Type is {raw.type or 'missing'}"
    uri = raw.get("warc-target-uri")
    if (uri or raw.type in TARGETED) and not _URI.fullmatch(uri or ""):
        yield f"WARC-Target-URI is {uri or 'missing'}"
    for name, value in raw.fields:
        if name.lower() in ("warc-concurrent-to", "warc-refers-to") and not _RECORD_ID.fullmatch(value):
            yield f"{name} is {value or 'empty'}"


def _content_type_problems(raw: RawRecord) -> Iterator[str]:
    printed = raw.get("content-type") or ""
    wanted = CONTENT_TYPES.get(raw.type)
    about_http = raw.type == "warcinfo" or (raw.url() or "").lower().startswith("http")
    if wanted and about_http and raw.block_bytes and re.sub(r"[\s\"]", "", printed).lower() != wanted:
        yield f"Content-Type of a {raw.type} record is {printed or 'missing'}"


def _address_problems(raw: RawRecord) -> Iterator[str]:
    printed = raw.get("warc-ip-address")
    if printed is None:
        return
    if not is_ip_address(printed):
        yield f"WARC-IP-Address is {printed or 'empty'}"


@lru_cache(maxsize=64)  # a blog has one or two
def is_ip_address(printed: str) -> bool:
    try:
        ipaddress.ip_address(printed)
    except ValueError:
        return False
    return True


_HEADER_RULES: Final[tuple[Callable[[RawRecord], Iterator[str]], ...]] = (
    _field_problems,
    _identity_problems,
    _content_type_problems,
    _address_problems,
)


def _date_faults(raw: RawRecord, ours: bool, now: datetime) -> Iterator[Fault]:
    printed = raw.get("warc-date") or ""
    at = read_date(printed)
    if at is None or (ours and not _OUR_DATE.fullmatch(printed)):
        yield "error", f"WARC-Date is {printed or 'missing'}"
    elif not is_likely_date(printed, now):
        yield "error", f"WARC-Date {printed} is {'in the future' if at > now else 'before the web'}"


@lru_cache(maxsize=64)
def is_likely_date(printed: str, now: datetime) -> bool:
    """Whether a WARC-Date is one, after the first web page and not after tomorrow."""
    at = read_date(printed)
    return at is not None and FIRST_WEB_PAGE_AT <= at <= now + timedelta(days=1)


def digest_faults(raw: RawRecord, message: Message | None, *, ours: bool) -> Iterator[Fault]:
    """Every digest there must be, there; every one that is there, computed again."""
    for name, algorithms, required in _digest_fields(raw, ours):
        label = raw.get(name)
        stored = read_label(label) if label else None
        if label is None:
            if required:
                yield "error", f"{name} is missing"
        elif stored is None or (algorithms and stored[0] not in algorithms):
            yield "error", f"{name} is {label or 'empty'}, which is no digest that can be checked"
        elif (found := _found_digests(raw, message, name, stored[0])) and stored[1] not in found:
            yield "error", f"{name} is {stored[1].hex()} where the bytes give {found[0].hex()}"


def _digest_fields(raw: RawRecord, ours: bool) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """(field, algorithms it may use or () for any, whether it must be there)."""
    same_payload = PROFILES.get(raw.get("warc-profile") or "") == IDENTICAL
    has_payload = raw.type == "response" or (raw.type == "revisit" and same_payload)
    # files of ours from before 0.1 have SHA-1 in the standard's field, and SHA-256 in one of its own
    is_strong = (read_label(raw.get("warc-block-digest") or "") or ("",))[0] == "sha256"
    yield "warc-block-digest", ("sha1", "sha256") if ours else (), ours
    yield "warc-payload-digest", ("sha1",) if ours else (), ours and has_payload
    yield "warc-block-digest-sha256", ("sha256",), ours and not is_strong
    yield "warc-payload-digest-sha256", ("sha256",), ours and raw.type in ("response", "revisit")


def _found_digests(raw: RawRecord, message: Message | None, name: str, algorithm: str) -> tuple[bytes, ...]:
    """What the bytes give; empty when they are not here (a revisit's payload) or make no sense as what is digested."""
    if "block" in name:
        return (digest_of(raw, algorithm),)
    if raw.type == "revisit" or raw.block is None:
        return ()
    if raw.type in ("request", "response"):
        # some writers digest the body with its chunking, against the standard
        return tuple(_digest(algorithm, body) for body in _bodies(message)) if message else ()
    return (_digest(algorithm, raw.block),)


def _bodies(message: Message) -> tuple[bytes, ...]:
    plain = payload(message)
    return (plain,) if plain is message.body else (plain, message.body)


def _digest(algorithm: str, data: bytes) -> bytes:
    return hasher(algorithm, data).digest()


def read_message(raw: RawRecord) -> Message | None:
    """The HTTP message in a record about HTTP; None when there is none, or the block is too long to look into."""
    read = {"request": read_request, "response": read_response, "revisit": read_response}.get(raw.type)
    is_http = (raw.get("content-type") or "").lower().startswith("application/http")
    return read(raw.block) if read and is_http and raw.block else None


def message_faults(raw: RawRecord, message: Message | None, method: str) -> Iterator[Fault]:
    """Of the HTTP message in the block; *method* is that of the request the response answers."""
    if raw.block is None or not (raw.get("content-type") or "").lower().startswith("application/http"):
        return
    rule = _MESSAGE_RULES.get(raw.type)
    if rule is None:
        yield "error", f"an HTTP message in a {raw.type} record"
    if message is None and rule and raw.block:
        yield "error", "the block is not an HTTP message"
    if message is None or rule is None:
        return
    head = raw.block[: len(raw.block) - len(message.body)]
    lines = re.split(rb"\r\n(?![ \t])", head[: -len(b"\r\n\r\n")])[1:] if head.endswith(b"\r\n\r\n") else [b""]
    if not all(_HTTP_FIELD.fullmatch(line.replace(b"\r\n", b"")) for line in lines):
        yield "error", "a header line of the HTTP message is malformed"
    yield from rule(raw, message, method)


def _request_faults(raw: RawRecord, message: Message, method: str) -> Iterator[Fault]:
    host, target = request_target(raw.url() or "")
    if message.start[1] not in (target, raw.url()):
        yield "error", f"the request is for {message.start[1]}, not for its WARC-Target-URI"
    hosts = message.values("host")
    if hosts and hosts != [host]:
        yield "error", f"the request is to host {', '.join(hosts)}, not to that of its WARC-Target-URI"


def _response_faults(raw: RawRecord, message: Message, method: str) -> Iterator[Fault]:
    bodyless = has_no_body(method, int(message.start[1]))
    chunked = any("chunked" in value.lower() for value in message.values("transfer-encoding"))
    lengths, size = message.values("content-length"), len(message.body)
    if chunked and dechunk(message.body) is None:
        yield "error", "Transfer-Encoding is chunked, the body is not"
    elif bodyless and message.body:
        yield "error", f"{size} bytes of body where a {message.start[1]} answer to {method} has none"
    elif lengths and lengths != [str(size)] and not (bodyless or chunked or _was_cut(raw, message)):
        yield "error", f"the HTTP Content-Length is {', '.join(lengths)}, the body has {size} bytes"
    yield from _coding_faults(raw, message)


def _was_cut(raw: RawRecord, message: Message) -> bool:
    """Other writers leave the length the server announced in a message they say is cut."""
    announced = message.content_length()
    return bool(raw.get("warc-truncated")) and announced is not None and announced > len(message.body)


def _coding_faults(raw: RawRecord, message: Message) -> Iterator[Fault]:
    body = payload(message)
    fault = coding_fault(message.headers, body) if body else None
    if fault == CUT:
        if not raw.get("warc-truncated"):
            yield "warning", f"the body {fault}, and no WARC-Truncated says so"
    elif fault:
        yield "error", f"Content-Encoding is {', '.join(content_codings(message.headers))}; the body {fault}"
    elif body.startswith(b"\x1f\x8b\x08") and not content_codings(message.headers) and _is_text(message):
        yield "warning", "the body is gzip, and no Content-Encoding says so"


def _is_text(message: Message) -> bool:
    return any(value.lower().startswith("text/") for value in message.values("content-type"))


def _revisit_body_faults(raw: RawRecord, message: Message, method: str) -> Iterator[Fault]:
    if message.body:
        yield "error", f"a revisit record with a body of {len(message.body)} bytes"


_MESSAGE_RULES: Final = {
    "request": _request_faults,
    "response": _response_faults,
    "revisit": _revisit_body_faults,
}


def revisit_faults(raw: RawRecord, *, ours: bool) -> Iterator[Fault]:
    """Whether a revisit says enough to find its original (6.7)."""
    profile = PROFILES.get(raw.get("warc-profile") or "")
    uri, date = raw.get("warc-refers-to-target-uri"), raw.get("warc-refers-to-date")
    if profile is None:
        yield "error", f"WARC-Profile is {raw.get('warc-profile') or 'missing'}"
    by_other_means = raw.get("warc-refers-to") or raw.get("warc-payload-digest")  # WARC 1.0 asks for no more
    if not (uri and date) and (ours or not by_other_means):
        yield "error" if ours else "warning", "the revisit does not say what it refers to"
    if uri and not _URI.fullmatch(uri):
        yield "error", f"WARC-Refers-To-Target-URI is {uri}"
    original_at, at = read_date(date or ""), read_date(raw.get("warc-date") or "")
    if date and original_at is None:
        yield "error", f"WARC-Refers-To-Date is {date}"
    elif original_at and at and original_at > at:
        # no damage: a clock was set back between the two; a date that was tampered with is not its original's
        yield "warning", f"the revisit is of {bare(raw.get('warc-date') or '')}, before its original of {date}"


def info_faults(raw: RawRecord, *, ours: bool) -> Iterator[Fault]:
    """A warcinfo block is lines of `name: value`."""
    # wget ends its block with an empty line
    lines = re.sub(rb"\r\n\r\n\Z", b"\r\n", raw.block or b"").split(b"\r\n")
    if lines.pop() != b"" or not all(_INFO_LINE.fullmatch(line) for line in lines):
        yield "error", "the warcinfo block is not made of named fields"
    name = raw.get("warc-filename")
    if ours and name and name != raw.file and not raw.file.endswith(f"-{name}"):  # merging puts something before it
        yield "warning", f"the file was written as {name}"
