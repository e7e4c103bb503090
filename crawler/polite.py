"""A handful of requests outside a crawl, with a crawl's manners: for `clipfile sites check` and for single pages.

The standard library does the work, so that nothing else must run; every connection is checked after DNS.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from archive.errors import UnreachableError
from crawler.guard import ForbiddenAddressError, Origin, check_url, why_forbidden
from crawler.skips import Skipped

MAX_BYTES = 16 * 1024 * 1024
MAX_REDIRECTS = 5
TIMEOUT_S = 30.0
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a server said in the end."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; of several headers of one name, their values joined with commas."""
    body: bytes
    url: str
    """The address that answered, after redirects."""


class PoliteFetch:
    """Fetches one address after another; call it with a URL.

    `allowed` is the one server that may be on a private or loopback address; `delay_s` is kept between two requests;
    `may_follow` says which redirects are followed. Raises UnreachableError when no whole answer comes, whatever the
    reason.
    """

    def __init__(
        self,
        *,
        agent: str,
        allowed: Origin | None = None,
        delay_s: float = 1.0,
        timeout_s: float = TIMEOUT_S,
        may_follow: Callable[[str], bool] = lambda url: True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._headers = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
        self._allowed = allowed
        self._delay_s = delay_s
        self._timeout_s = timeout_s
        self._may_follow = may_follow
        self._clock, self._sleep = clock, sleep
        self._next_at = clock()

    def __call__(self, url: str) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._one(url)
            target = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            url, asked = urljoin(url, target), url
            if not self._may_follow(url):
                raise UnreachableError(f"{asked} leads to another site: {url}", hint="give that address if it is meant")
        raise UnreachableError(f"{url}: more than {MAX_REDIRECTS} redirects")

    def _one(self, url: str) -> Answer:
        try:
            check_url(url, self._allowed)
            self._wait()
            return self._exchange(url, Origin.of(url))
        except Skipped as why:
            hint = "--allow-private allows a private start address" if isinstance(why, ForbiddenAddressError) else None
            raise UnreachableError(f"{url}: {why}", hint=hint) from why
        except (OSError, http.client.HTTPException, ValueError) as why:
            raise UnreachableError(f"{url}: {why or type(why).__name__}") from why

    def _wait(self) -> None:
        pause_s = self._next_at - self._clock()
        if pause_s > 0:
            self._sleep(pause_s)
        self._next_at = self._clock() + self._delay_s

    def _exchange(self, url: str, origin: Origin) -> Answer:
        deadline = time.monotonic() + self._timeout_s
        connection = _Connection(origin, self._timeout_s, is_allowed=origin == self._allowed)
        try:
            parts = urlsplit(url)
            target = (parts.path or "/") + f"?{parts.query}" * bool(parts.query)
            connection.request("GET", _ascii(target), headers={"Host": origin.netloc, **self._headers})
            response = connection.getresponse()
            body = _body(response, deadline)
        finally:
            connection.close()
        return Answer(status=response.status, headers=_headers(response), body=body, url=url)


def _ascii(target: str) -> str:
    """Percent-encode what a browser would: letters beyond ASCII and blanks, nothing that is encoded already."""
    return "".join(c if 0x20 < ord(c) < 0x7F else "".join(f"%{b:02X}" for b in c.encode()) for c in target)


def _headers(response: http.client.HTTPResponse) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in response.getheaders():
        found.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(values) for name, values in found.items()}


def _body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read1(CHUNK_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise OSError(f"the answer is larger than {MAX_BYTES:,} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError("the answer takes too long")
    announced = response.getheader("Content-Length", "")
    if announced.isdigit() and size < int(announced) and not response.chunked:
        raise OSError(f"the answer ended after {size:,} of {announced} bytes")
    return b"".join(chunks)


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was looked up once and judged before it was used."""

    def __init__(self, origin: Origin, timeout_s: float, *, is_allowed: bool) -> None:
        super().__init__(origin.host, origin.port, timeout=timeout_s)
        self._origin = origin
        self._is_allowed = is_allowed

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        address = str(found[0][4][0])
        kind = None if self._is_allowed else why_forbidden(ip_address(address.partition("%")[0]))
        if kind:
            raise ForbiddenAddressError(self._origin, f"{address}, {kind}")
        self.sock = socket.create_connection((address, self.port), self.timeout)
        if self._origin.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
