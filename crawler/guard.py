"""The address guard: no connection is made to a private, loopback or otherwise reserved address.

A URL says little about where it leads: names resolve to anything, and differently the second time. So the address is
judged where it is final, in the one call that opens a TCP connection, after DNS and for every request alike (pages,
redirects, robots.txt, sitemaps, images). What a URL alone gives away is refused earlier, before a name is looked up.
"""

from __future__ import annotations

import socket
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientProtocol
from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import IReactorPluggableNameResolver, IReactorTCP, IReactorTime
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import HTTPConnectionPool, _HTTP11ClientFactory
from zope.interface import implementer

from archive.urls import DEFAULT_PORTS
from crawler.skip_reasons import SkipReason
from crawler.skips import HeadersTooLargeError, Skipped

# IANA's special-purpose address registries (RFC 6890 and its successors), without the few entries that are reachable
# like any other address. Written out, because what `ipaddress` calls global differs between Python's patch releases.
_FORBIDDEN_V4: Final = tuple(
    (IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local, where clouds answer with metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)

# Of IPv6 only 2000::/3 is handed out to anyone, so the rule is turned round: that is open, but for these parts of it.
_GLOBAL_V6: Final = IPv6Network("2000::/3")
_FORBIDDEN_V6: Final = tuple(
    (IPv6Network(network), name)
    for network, name in (
        ("2001::/23", "protocol assignments, Teredo"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")


def why_forbidden(address: IPv4Address | IPv6Address) -> str | None:
    """What kind of reserved address this is; None for one that anybody on the internet may be asked for.

    An IPv4 address inside an IPv6 one (mapped, or translated by NAT64) is judged as the IPv4 address it leads to.
    """
    if isinstance(address, IPv4Address):
        return next((name for network, name in _FORBIDDEN_V4 if address in network), None)
    if address.ipv4_mapped is not None:
        return why_forbidden(address.ipv4_mapped)
    if address in _NAT64:
        return why_forbidden(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.is_loopback:
        return "loopback"
    if address not in _GLOBAL_V6:
        return "not global unicast"
    return next((name for network, name in _FORBIDDEN_V6 if address in network), None)


def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address a host is when it is written as a number, in any spelling the C library would accept.

    >>> literal_address("0x7f.1"), literal_address("2130706433"), literal_address("blog.example")
    (IPv4Address('127.0.0.1'), IPv4Address('127.0.0.1'), None)
    """
    host = unicodedata.normalize("NFKC", unquote(host)).replace("\u3002", ".").rstrip(".").strip("[]")
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host)) if host.isascii() and " " not in host else None
    except (OSError, ValueError):  # ValueError for a NUL, which no name holds either
        return None


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: who answers a request."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Raises Skipped when *url* is not an http(s) address with a host and a port that can exist."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise Skipped(SkipReason.BAD_ADDRESS, f"{url[:200]}: {error}") from error
        if parts.scheme not in DEFAULT_PORTS:
            raise Skipped(SkipReason.NOT_HTTP, url[:200])
        if not host or port == 0:
            raise Skipped(SkipReason.BAD_ADDRESS, url[:200])
        return cls(parts.scheme, host, DEFAULT_PORTS[parts.scheme] if port is None else port)

    @property
    def netloc(self) -> str:
        """Host and port as a URL and the Host header spell them: without the scheme's own port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


class ForbiddenAddressError(Skipped):
    """The request leads to a reserved address; `origin` is the server that was asked for."""

    def __init__(self, origin: Origin, detail: str) -> None:
        super().__init__(SkipReason.FORBIDDEN_ADDRESS, f"{origin} is {detail}")
        self.origin = origin


def allowed_origin(setting: str | None) -> Origin | None:
    """ALLOW_PRIVATE_ORIGIN: the one server that may have a private address, written as any URL of it; None for none."""
    return Origin.of(setting) if setting else None


def check_url(url: str, allowed: Origin | None) -> None:
    """Raise Skipped for an address whose spelling alone says that it must not be asked for."""
    origin = Origin.of(url)
    if "@" in urlsplit(url).netloc:
        raise Skipped(SkipReason.CREDENTIALS, str(origin))
    literal = literal_address(origin.host)
    kind = why_forbidden(literal) if literal is not None else None
    if kind and origin != allowed:
        raise ForbiddenAddressError(origin, f"{literal}, {kind}")


class GuardMiddleware:
    """Refuses what can be refused before a connection is tried: not even robots.txt of such a host is asked for."""

    def __init__(self, allowed: Origin | None) -> None:
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Any) -> GuardMiddleware:
        return cls(allowed_origin(crawler.settings.get("ALLOW_PRIVATE_ORIGIN")))

    def process_request(self, request: Any) -> None:
        check_url(request.url, self._allowed)
        if request.meta.get("proxy"):
            raise Skipped(SkipReason.FORBIDDEN_ADDRESS, "a proxy would choose the address for us")


@implementer(IReactorPluggableNameResolver, IReactorTCP, IReactorTime)
class CheckedReactor:
    """The reactor, for one request's endpoint: connects to public addresses, or to the one origin that was allowed."""

    def __init__(self, reactor: Any, origin: Origin, allowed: Origin | None) -> None:
        self._reactor = reactor
        self._origin = origin
        self._allowed = allowed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    def connectTCP(self, host: str, port: int, *args: Any, **kwargs: Any) -> Any:  # noqa: N802  Twisted's name
        if self._origin != self._allowed and (kind := _kind_of_resolved(host)):
            raise ForbiddenAddressError(self._origin, f"{host}, {kind}")
        return self._reactor.connectTCP(host, port, *args, **kwargs)


def _kind_of_resolved(host: str) -> str | None:
    """A resolver's answer is a plain address; anything else is refused rather than resolved a second time."""
    try:
        return why_forbidden(ip_address(host))
    except ValueError:
        return "not a resolved address"


class GuardedPool(HTTPConnectionPool):
    """Every connection of the download handler comes from here, new or kept alive."""

    def __init__(self, reactor: Any, *, allowed: Origin | None, head_bytes: int) -> None:
        super().__init__(reactor, persistent=True)
        self._allowed = allowed
        self._factory = _bounded_factory(head_bytes)

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: N802  Twisted's name
        inner = getattr(endpoint, "_wrappedEndpoint", endpoint)  # TLS wraps the endpoint that connects
        scheme, host = (part.decode("latin-1") for part in key[:2])
        if not isinstance(inner, HostnameEndpoint) or scheme not in DEFAULT_PORTS:
            return fail(Skipped(SkipReason.FORBIDDEN_ADDRESS, f"{type(inner).__name__} can't be checked"))
        if not isinstance(inner._reactor, CheckedReactor):
            inner._reactor = CheckedReactor(
                inner._reactor, Origin(scheme, host.lower().strip("[]"), key[2]), self._allowed
            )
        return super().getConnection(key, endpoint)


def _bounded_factory(head_bytes: int) -> Callable[..., _HTTP11ClientFactory]:
    """A factory of connections that give up on a server which sends headers without end.

    Twisted bounds a header line, not their number, and Scrapy's size limits begin with the body.
    """

    class BoundedProtocol(_LenientHTTP11ClientProtocol):
        _head_bytes = 0

        def request(self, request: Any) -> Any:
            self._head_bytes = 0
            answer = super().request(request)
            if self._parser is not None:
                self._parser.lineLengthExceeded = self._line_too_long  # else it hangs up without a word
            return answer

        def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
            super().dataReceived(data)
            if self._parser is not None and self._parser.state in (STATUS, HEADER):
                self._head_bytes += len(data)
                if self._head_bytes > head_bytes:
                    self._too_large(f"over {head_bytes:,} bytes")

        def _line_too_long(self, line: bytes) -> None:
            self._too_large(f"a line of more than {len(line):,} bytes")

        def _too_large(self, how: str) -> None:
            self._giveUp(Failure(HeadersTooLargeError(how)))
            self.transport.abortConnection()

    class BoundedFactory(_HTTP11ClientFactory):
        noisy = False

        def buildProtocol(self, addr: Any) -> BoundedProtocol:  # noqa: N802  Twisted's name
            return BoundedProtocol(self._quiescentCallback)

    return BoundedFactory


class GuardedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler over a guarded pool."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor  # only now: importing it earlier would choose the reactor

        settings = crawler.settings
        self._pool = GuardedPool(
            reactor,
            allowed=allowed_origin(settings.get("ALLOW_PRIVATE_ORIGIN")),
            head_bytes=settings.getint("HEADERS_MAXSIZE"),
        )
        self._pool.maxPersistentPerHost = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
