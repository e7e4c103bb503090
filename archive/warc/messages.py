"""HTTP/1.1 messages as bytes: what stands in the block of a request or response record.

A client library hands over the body without its chunking, sometimes cut short, and a server may claim an encoding it
did not use. The message we store must still be one that any HTTP parser reads, so a header field that does not fit the
stored body moves to `X-Archive-Orig-NAME`, the prefix replay tools know, with its value untouched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from archive.warc.bodies import begins_as
from archive.warc.values import Exchange, Headers

MOVED: Final = "X-Archive-Orig-"

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BREAKS = re.compile(r"[\r\n\0]+[ \t]*")
_STATUS_LINE = re.compile(rb"(HTTP/\d(?:\.\d)?) (\d{3})(?: ([^\r\n]*))?\r?\n")
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) (HTTP/\d(?:\.\d)?)\r?\n")
_HTTP_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)([^?#]*)(\?[^#]*)?")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A parsed HTTP message; `start` is what its first line says, in order."""

    start: tuple[str, str, str]
    headers: Headers
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    def content_length(self) -> int | None:
        """As the headers give it; None when they give none, several, or no number."""
        lengths = self.values("content-length")
        return int(lengths[0]) if len(lengths) == 1 and re.fullmatch("[0-9]{1,15}", lengths[0]) else None


def response_head(exchange: Exchange) -> bytes:
    """Status line and headers of the message to store, up to and with the empty line."""
    line = f"HTTP/1.1 {exchange.status:03d} {_one_line(exchange.reason)}"
    if exchange.protocol.startswith("HTTP/1."):
        line = exchange.protocol + line[len("HTTP/1.1") :]
    return _head(line, fitting_headers(exchange))


def request_block(exchange: Exchange) -> bytes:
    """The request as HTTP/1.1, with the fields client libraries add below the place we look: Host and
    Content-Length."""
    authority, target = request_target(escaped(exchange.url))
    names = {name.lower() for name, _ in exchange.request_headers}
    host = () if "host" in names else (("Host", authority),)
    unframed = bool(exchange.request_body) and not names & {"content-length", "transfer-encoding"}
    length = (("Content-Length", str(len(exchange.request_body))),) if unframed else ()
    headers = (*host, *exchange.request_headers, *length)
    return _head(f"{exchange.method} {target} HTTP/1.1", headers) + exchange.request_body


def request_target(url: str) -> tuple[str, str]:
    """What a request for *url* has in its Host field and behind its method; never raises.

    >>> request_target("https://user@blog.example:8443?p=42#more")
    ('blog.example:8443', '/?p=42')
    """
    found = _HTTP_URL.match(url)
    authority, path, query = found.groups() if found else ("", "", "")
    return authority.rpartition("@")[2], (path or "/") + (query or "")


def escaped(url: str) -> str:
    """Escaped as RFC 3986 wants it: a blank or a line break would end the field it stands in.

    >>> escaped("https://blog.example/a b?q=caf\u00e9&r=%20")
    'https://blog.example/a%20b?q=caf%C3%A9&r=%20'
    """
    return quote(url, safe="%/:?#[]@!$&'()*+,;=-._~")


def has_no_body(method: str, status: int) -> bool:
    """Whether the answer ends with its headers, whatever length they announce (RFC 9112, 6.3)."""
    return method == "HEAD" or status < 200 or status in (204, 304)


def fitting_headers(exchange: Exchange) -> Headers:
    """The response's headers, with those that contradict the stored body moved aside."""
    length = str(len(exchange.body))
    whole = has_no_body(exchange.method, exchange.status)
    misfits = {"transfer-encoding"}
    lengths = [value for name, value in exchange.response_headers if name.lower() == "content-length"]
    if not whole and lengths and lengths != [length]:
        misfits.add("content-length")
    if exchange.body and not begins_as(exchange.response_headers, exchange.body):
        misfits.add("content-encoding")
    headers = tuple((MOVED + name if name.lower() in misfits else name, v) for name, v in exchange.response_headers)
    moved_framing = {name.lower() for name, _ in exchange.response_headers} & misfits - {"content-encoding"}
    needs_length = not whole and moved_framing and ("content-length" in misfits or not lengths)
    return (*headers, ("Content-Length", length)) if needs_length else headers


def _head(line: str, headers: Headers) -> bytes:
    lines = [line, *(_field(name, value) for name, value in headers), "", ""]
    return _octets("\r\n".join(lines))


def _field(name: str, value: str) -> str:
    if _TOKEN.fullmatch(name):
        return f"{name}: {_one_line(value)}"
    return f"{MOVED}Malformed: {_one_line(name)}: {_one_line(value)}"


def _one_line(text: str) -> str:
    """Line breaks as the single space RFC 9112 (5.2) folds them to: inside a value they would begin a new field."""
    return _BREAKS.sub(" ", text).strip(" \t")


def _octets(text: str) -> bytes:
    try:
        return text.encode("iso-8859-1")
    except UnicodeEncodeError:  # the caller decoded otherwise than we ask; keep the letters
        return text.encode("utf-8", "surrogateescape")


def read_response(block: bytes) -> Message | None:
    """The response in a record's block; None when it is no HTTP message."""
    return _read(block, _STATUS_LINE)


def read_request(block: bytes) -> Message | None:
    return _read(block, _REQUEST_LINE)


def _read(block: bytes, first_line: re.Pattern[bytes]) -> Message | None:
    start = first_line.match(block)
    end = _HEAD_END.search(block, start.end() - 2) if start else None
    if start is None or end is None:
        return None
    first, second, third = ((group or b"").decode("iso-8859-1") for group in start.groups())
    head = block[start.end() : end.start()] if end.start() > start.end() else b""
    return Message(start=(first, second, third), headers=_read_headers(head), body=block[end.end() :])


def _read_headers(head: bytes) -> Headers:
    text = re.sub(r"\r?\n[ \t]+", " ", head.decode("iso-8859-1"))
    fields = (line.partition(":") for line in re.split(r"\r?\n", text) if line)
    return tuple((name, value.strip(" \t")) for name, _, value in fields)


def dechunk(body: bytes) -> bytes | None:
    """The body without its chunked framing; None when it is not, or not wholly, framed so."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at, at + 1024)
        size = _chunk_size(body[at:end]) if end >= 0 else None
        if size is None:
            return None
        if size == 0:
            return b"".join(parts)
        chunk = body[end + 2 : end + 2 + size]
        if len(chunk) < size or body[end + 2 + size : end + 4 + size] != b"\r\n":
            return None
        parts.append(chunk)
        at = end + 4 + size


def _chunk_size(line: bytes) -> int | None:
    digits = line.partition(b";")[0].strip()
    return int(digits, 16) if re.fullmatch(rb"[0-9A-Fa-f]{1,15}", digits) else None


def payload(message: Message) -> bytes:
    """The entity body: as stored, without chunking where other writers keep it (WARC 1.1, 6.3.2).

    Some writers remove the chunking and leave the header; then the body is taken as it stands.
    """
    chunked = any("chunked" in value.lower() for value in message.values("transfer-encoding"))
    plain = dechunk(message.body) if chunked else None
    return message.body if plain is None else plain
