"""The form in which Clipfile writes records, as expressions: a record that has it in every detail has no fault.

`rules.py` says what may be wrong with a record. Asking all that of one takes longer than inflating and digesting it,
and nearly all records of our files are just as `WarcWriter` writes them. So they are held against their form first.
One that does not fit may be whole all the same; that is for the rules to say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from archive.patterns import possessive
from archive.warc.bodies import GZIP_MAGIC, coding_fault, content_codings
from archive.warc.digests import from_base32
from archive.warc.facts import ROLE_FIELD, RecordFacts
from archive.warc.messages import has_no_body, request_target
from archive.warc.reading import read_date
from archive.warc.records import HEAD_BYTES, RECORD_END
from archive.warc.rules import is_ip_address, is_likely_date
from archive.warc.values import Headers
from archive.warc.writing import IDENTICAL, NOT_MODIFIED

UUID: Final = rb"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
DATE: Final = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
URI: Final = rb"[A-Za-z][A-Za-z0-9+.-]*+:[!-;=?-~]*+"
TOKEN: Final = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"


def _maybe(line: bytes) -> bytes:
    return rb"(?:%s\r\n)?+" % line


START: Final = (
    rb"WARC-Record-ID: <(?P<id>%s)>\r\n" % UUID,
    rb"WARC-Date: (?P<date>%s)\r\n" % DATE,
    rb"WARC-Target-URI: (?P<url>%s)\r\n" % URI,
    _maybe(rb"WARC-IP-Address: (?P<ip>[0-9a-fA-F.:]++)"),
    rb"WARC-Protocol: [!-~]++\r\n",
)
ROLE: Final = _maybe(rb"%s: (?P<role>[!-~]++)" % ROLE_FIELD.encode())
ORIGINAL: Final = (
    _maybe(rb"WARC-Refers-To: <(?P<original_id>%s)>" % UUID),
    rb"WARC-Refers-To-Target-URI: (?P<original_url>%s)\r\n" % URI,
    rb"WARC-Refers-To-Date: (?P<original_date>%s)\r\n" % DATE,
)
SHA1: Final = rb"WARC-Payload-Digest: sha1:(?P<sha1>[A-Z2-7]{32})\r\n"
SHA256: Final = rb"WARC-Payload-Digest-SHA256: sha256:(?P<sha256>[0-9a-f]{64})\r\n"
OWN: Final = {
    "request": (rb"WARC-Concurrent-To: <(?P<answer_id>%s)>\r\n" % UUID,),
    "response": (ROLE, _maybe(rb"WARC-Truncated: (?:length|time|disconnect|unspecified)"), SHA1, SHA256),
    "copy": (
        *(ROLE, rb"WARC-Profile: %s\r\n" % re.escape(IDENTICAL.encode()), *ORIGINAL),
        *(rb"WARC-Truncated: length\r\n", SHA1, SHA256),
    ),
    "unchanged": (ROLE, rb"WARC-Profile: %s\r\n" % re.escape(NOT_MODIFIED.encode()), *ORIGINAL, SHA256),
}
"""What each kind of record has between what all begin with and its block digest."""

FIRST_LINE: Final = {
    "request": rb"(?P<method>%s) (?P<target>\S++) HTTP/1\.1\r\n" % TOKEN,
    "response": rb"HTTP/\d(?:\.\d)?+ (?P<status>\d{3})(?: [^\r\n]*+)?+\r\n",
}


def _form(kind: str) -> re.Pattern[bytes]:
    """Of a record up to its message's body; all possessive, so that what does not fit is known at once."""
    record_type = kind if kind in FIRST_LINE else "revisit"
    message_type = "request" if kind == "request" else "response"
    block = (
        rb"WARC-Block-Digest: sha256:(?P<block_digest>[0-9a-f]{64})\r\n",
        rb"Content-Type: application/http; msgtype=%s\r\n" % message_type.encode(),
        rb"Content-Length: (?P<block_bytes>\d{1,15})\r\n\r\n",
        rb"(?P<head>%s(?P<fields>(?:%s:[^\r\n\0]*+\r\n)*+)\r\n)" % (FIRST_LINE[message_type], TOKEN),
    )
    begun = rb"WARC/1\.1\r\nWARC-Type: %s\r\n" % record_type.encode()
    return re.compile(possessive(begun + b"".join((*START, *OWN[kind], *block))))


_FORMS: Final = {kind: _form(kind) for kind in OWN}

_FRAMING = re.compile(rb"(?i)(?:^|\n)(content-length|content-encoding|transfer-encoding):[ \t]*+([^\r]*)")
_HOST = re.compile(rb"(?i)(?:^|\n)host:[ \t]*+([^\r]*)")

Place = tuple[str, int, int]
"""Name of the file, offset and length of the member."""
Found = re.Match[bytes]


def facts_in_form(data: bytes, place: Place, method_of: Callable[[str], str], now: datetime) -> RecordFacts | None:
    """The facts of a record (*data*, inflated) that is just as Clipfile writes it, and true; None for any other.

    *method_of* gives the method of the request that the answer of this id is for.
    """
    kind, found = next(((kind, found) for kind, form in _FORMS.items() if (found := form.match(data))), ("", None))
    if found is None:
        return None
    ip, block_at, block_bytes = found["ip"], found.start("head"), int(found["block_bytes"])
    block = memoryview(data)[block_at : block_at + block_bytes]
    is_true = (
        is_likely_date(found["date"].decode(), now)
        and (ip is None or is_ip_address(ip.decode()))
        and block_at <= HEAD_BYTES
        and len(data) == block_at + block_bytes + len(RECORD_END)
        and data.endswith(RECORD_END)
        and hashlib.sha256(block).hexdigest() == found["block_digest"].decode()
    )
    return _FACTS[kind](found, data, place, method_of) if is_true else None


def _request(found: Found, data: bytes, place: Place, _: Callable[[str], str]) -> RecordFacts | None:
    url = found["url"].decode()
    host, target = request_target(url)
    hosts = [value.rstrip(b" \t").decode("latin-1") for value in _HOST.findall(found["fields"])]
    if found["target"].decode("latin-1") not in (target, url) or hosts not in ([], [host]):
        return None
    answers = (found["answer_id"].decode(),)
    method = found["method"].decode()
    return RecordFacts(*place, "request", *_common(found), method=method, concurrent=answers, head=found["head"])


def _response(found: Found, data: bytes, place: Place, method_of: Callable[[str], str]) -> RecordFacts | None:
    record_id, url, date = _common(found)
    body = memoryview(data)[found.end() : -len(RECORD_END)]
    sha1, sha256 = from_base32(found["sha1"].decode()), bytes.fromhex(found["sha256"].decode())
    if (
        hashlib.sha256(body).digest() != sha256
        or hashlib.sha1(body, usedforsecurity=False).digest() != sha1
        or not _is_framed(found["fields"], body, has_no_body(method_of(record_id), int(found["status"])))
    ):
        return None
    return RecordFacts(
        *place, "response", record_id, url, date,
        role=_text(found["role"]), sha1=sha1, sha256=sha256, head=found["head"], payload_bytes=len(body),
    )  # fmt: skip


def _revisit(found: Found, data: bytes, place: Place, _: Callable[[str], str]) -> RecordFacts | None:
    record_id, url, date = _common(found)
    original = _text(found["original_id"]), _text(found["original_url"]), found["original_date"].decode()
    original_at, at = read_date(original[2]), read_date(date)
    if found.end() != len(data) - len(RECORD_END) or original_at is None or at is None or original_at > at:
        return None
    sha1 = found["sha1"] if "sha1" in found.re.groupindex else None
    return RecordFacts(
        *place, "revisit", record_id, url, date,
        role=_text(found["role"]), refers_to=original, sha1=from_base32(sha1.decode()) if sha1 else None,
        sha256=bytes.fromhex(found["sha256"].decode()), head=found["head"],
    )  # fmt: skip


_FACTS: Final = {"request": _request, "response": _response, "copy": _revisit, "unchanged": _revisit}


def _common(found: Found) -> tuple[str, str, str]:
    return found["id"].decode(), found["url"].decode(), found["date"].decode()


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _is_framed(fields: bytes, body: memoryview, is_bodyless: bool) -> bool:
    """Whether the body is as long, and encoded, as the header says."""
    if is_bodyless and body:
        return False
    said = [(name.lower(), value.rstrip(b" \t")) for name, value in _FRAMING.findall(fields)]
    lengths = [value for name, value in said if name == b"content-length"]
    codings = tuple(
        ("Content-Encoding", value.decode("latin-1")) for name, value in said if name == b"content-encoding"
    )
    return (
        len(lengths) + len(codings) == len(said)  # no Transfer-Encoding
        and (not lengths or is_bodyless or lengths == [b"%d" % len(body)])
        and (not body or _is_encoded(codings, body))
    )


def _is_encoded(codings: Headers, body: memoryview) -> bool:
    if not content_codings(codings):
        return bytes(body[:3]) != GZIP_MAGIC
    return coding_fault(codings, bytes(body)) is None
