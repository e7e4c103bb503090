"""Why a known address has no capture, or none worth reading: one table of skip reasons, and how trouble maps to it.

The values are stored in `skips.reason` and told in the run's report; docs/manners.md lists them, and a test compares.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from OpenSSL import SSL
from scrapy import exceptions as scrapy_errors
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.internet import error as net
from twisted.web._newclient import ParseError

DETAIL_CHARACTERS: Final = 300
"""How much of a server's own words a stored detail may carry."""


class SkipReason(StrEnum):
    """Each member is the stored value; `meaning` is its line in the documentation and the report."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> SkipReason:
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    @classmethod
    def of(cls, value: str) -> SkipReason:
        """The member of a stored value; KeyError for one nobody stores."""
        return cls.__members__[value.upper().replace("-", "_")]

    ROBOTS_DISALLOWED = "robots-disallowed", "robots.txt forbids this address to us"
    ROBOTS_UNREACHABLE = "robots-unreachable", "robots.txt could not be had, so nothing of that host is fetched"

    FORBIDDEN_ADDRESS = "forbidden-address", "leads to a private, loopback, link-local or otherwise reserved address"
    NOT_HTTP = "not-http", "neither http nor https"
    BAD_ADDRESS = "bad-address", "not an address that can be asked for"
    CREDENTIALS = "credentials", "carries a user name or password"
    OFF_SITE = "off-site", "outside the blog's scheme, hosts and ports"
    TOO_DEEP = "too-deep", "more links away from the start than DEPTH_LIMIT"
    TOO_MANY = "too-many", "found when the run knew of SITE_URLS_MAX addresses already"
    ADDRESS_TOO_LONG = "address-too-long", "longer than URLLENGTH_LIMIT characters"

    REDIRECT_OFF_SITE = "redirect-off-site", "redirects to another site"
    REDIRECT_NOT_HTTP = "redirect-not-http", "redirects to something that is neither http nor https"
    REDIRECT_LOOP = "redirect-loop", "redirects in a circle"
    REDIRECT_LIMIT = "redirect-limit", "redirects more often than REDIRECT_MAX_TIMES"

    RETRY_AFTER_TOO_LONG = "retry-after-too-long", "the server asked for a longer pause than RETRY_AFTER_MAX"
    HOST_DEFERRED = "host-deferred", "left for a later run, because its host had asked for too long a pause"
    RATE_LIMITED = "rate-limited", "still 429 or 503 after every retry"

    NOT_FOUND = "not-found", "404 or 410"
    ACCESS_DENIED = "access-denied", "401, 403, 407 or 451"
    SERVER_ERROR = "server-error", "500 or above after every retry"
    HTTP_ERROR = "http-error", "another status without a page"

    DNS = "dns", "the host's name could not be resolved"
    CONNECTION_REFUSED = "connection-refused", "the host refused the connection"
    TIMEOUT = "timeout", "the whole answer took longer than DOWNLOAD_TIMEOUT"
    CONNECTION_LOST = "connection-lost", "the connection broke before an answer"
    TLS = "tls", "no trustworthy encrypted connection: certificate or handshake failed"
    BAD_HTTP = "bad-http", "the answer is not HTTP"
    HEADERS_TOO_LARGE = "headers-too-large", "the answer's headers are longer than HEADERS_MAXSIZE"

    INCOMPLETE = "incomplete", "the body ended before it was whole"
    PARTIAL_CONTENT = "partial-content", "206: a part of the page, which nobody asked for"
    BAD_ENCODING = "bad-encoding", "the body is not in the Content-Encoding its headers name"
    RESPONSE_TOO_LARGE = "response-too-large", "the body as sent is larger than DOWNLOAD_MAXSIZE"
    DECOMPRESSED_TOO_LARGE = "decompressed-too-large", "the body decompresses to more than DOWNLOAD_MAXSIZE"
    DECOMPRESSION_RATIO = (
        "decompression-ratio",
        "the body decompresses to more than DECOMPRESSION_MAXRATIO times its size",
    )

    TOO_MANY_REQUISITES = "too-many-requisites", "more images, styles and other files than REQUISITES_MAX for one run"

    PASSWORD_PROTECTED = "password-protected", "a post its author keeps behind a password"
    TRAP = "trap", "an address without end: a calendar, a growing path, a session number, a thousand parameters"
    NOT_A_POST = "not-a-post", "a listing, a static page, or a redirect to one"
    SAME_PAGE = "same-page", "the very bytes that another address answers with: no page of its own"
    NOT_HTML = "not-html", "the answer is not an HTML page"
    EMPTY = "empty", "a page without anything on it"
    TOO_NESTED = "too-nested", "the page's markup is nested deeper than the reader takes"
    TOO_LARGE = "too-large", "the page is larger than the reader takes"
    READING_TOO_LONG = "reading-too-long", "reading the page took more of the processor's time than READING_CPU_MAX"
    READING_TOO_MUCH_MEMORY = "reading-too-much-memory", "reading the page took more memory than READING_MEMORY_MAX"
    READING_BROKE_OFF = "reading-broke-off", "the process that read the page ended over it, twice"
    TOO_MANY_ATTRIBUTES = "too-many-attributes", "a tag of the page has more attributes than the reader takes"

    ERROR = "error", "an error without a name of its own; the detail says which"


class Skipped(scrapy_errors.IgnoreRequest):
    """A request given up for a reason we store; reaches the request's errback."""

    def __init__(self, reason: SkipReason, detail: str = "") -> None:
        self.reason = reason
        self.detail = plain(detail)
        super().__init__(f"{reason}: {self.detail}" if detail else str(reason))


class HeadersTooLargeError(Exception):
    """A server kept sending headers."""


_HTTP_REASONS: Final[dict[int, SkipReason]] = {
    **dict.fromkeys((404, 410), SkipReason.NOT_FOUND),
    **dict.fromkeys((401, 403, 407, 451), SkipReason.ACCESS_DENIED),
    **dict.fromkeys((429, 503), SkipReason.RATE_LIMITED),
}

# The first row that fits the error or anything that caused it: a time-out may be told as a lost connection, but not the
# other way round, and a refused certificate always is.
_ERROR_REASONS: Final[tuple[tuple[tuple[type[BaseException], ...], SkipReason], ...]] = (
    ((HeadersTooLargeError,), SkipReason.HEADERS_TOO_LARGE),
    ((SSL.Error, ssl.SSLError, ssl.CertificateError, VerificationError, net.VerifyError), SkipReason.TLS),
    ((UnicodeError,), SkipReason.BAD_ADDRESS),
    ((ParseError, ValueError), SkipReason.BAD_HTTP),  # lengths that are no numbers, or two of them
    ((scrapy_errors.CannotResolveHostError, net.DNSLookupError), SkipReason.DNS),
    ((scrapy_errors.DownloadConnectionRefusedError, net.ConnectionRefusedError), SkipReason.CONNECTION_REFUSED),
    ((scrapy_errors.DownloadTimeoutError, net.TimeoutError, net.TCPTimedOutError, TimeoutError), SkipReason.TIMEOUT),
    ((scrapy_errors.DownloadCancelledError,), SkipReason.RESPONSE_TOO_LARGE),
    ((scrapy_errors.ResponseDataLossError,), SkipReason.INCOMPLETE),
    ((scrapy_errors.UnsupportedURLSchemeError, scrapy_errors.NotSupported), SkipReason.NOT_HTTP),
    ((scrapy_errors.DownloadFailedError,), SkipReason.CONNECTION_LOST),
    ((net.ConnectionLost, net.ConnectionDone, net.ConnectError), SkipReason.CONNECTION_LOST),
)  # fmt: skip


def reason_of(failure: Any) -> tuple[SkipReason, str]:
    """The skip reason of a Twisted Failure or an exception, and a short detail for a person."""
    error = getattr(failure, "value", failure)
    if isinstance(error, Skipped):
        return error.reason, error.detail
    if isinstance(error, HttpError):
        return status_reason(error.response.status), str(error.response.status)
    causes = tuple(_causes(error))
    reason = next((reason for types, reason in _ERROR_REASONS if any(isinstance(c, types) for c in causes)), None)
    return reason or SkipReason.ERROR, _detail(causes[-1] if reason else error)


def status_reason(status: int) -> SkipReason:
    """The skip reason of a response that carries no page."""
    return _HTTP_REASONS.get(status) or (SkipReason.SERVER_ERROR if status >= 500 else SkipReason.HTTP_ERROR)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, then whatever it wraps: Twisted keeps Failures in `reasons`, Scrapy chains with `from`."""
    yield error
    for failure in getattr(error, "reasons", ()):
        yield from _causes(failure.value)
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)


def _detail(error: BaseException) -> str:
    return plain(f"{type(error).__name__}: {error}")


def plain(text: str) -> str:
    """*text* cut to size and safe to print: a server's words may carry control characters, for a terminal to obey.

    >>> plain("gone\\x1b[2J")
    'gone\ufffd[2J'
    """
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:DETAIL_CHARACTERS])


NO_POST: Final = frozenset({SkipReason.NOT_A_POST, SkipReason.SAME_PAGE, SkipReason.NOT_FOUND, SkipReason.EMPTY})
"""An address that a source gave for a post's, and that is none."""

HARMLESS: Final = frozenset(
    {
        SkipReason.PASSWORD_PROTECTED,
        SkipReason.NOT_A_POST,
        SkipReason.SAME_PAGE,
        SkipReason.NOT_FOUND,
        SkipReason.NOT_HTML,
        SkipReason.ROBOTS_DISALLOWED,
        SkipReason.OFF_SITE,
        SkipReason.REDIRECT_OFF_SITE,
        SkipReason.NOT_HTTP,
        SkipReason.REDIRECT_NOT_HTTP,
        SkipReason.BAD_ADDRESS,
        SkipReason.CREDENTIALS,
    }
)
"""Skips that are the blog's own doing and no failure of the run."""
