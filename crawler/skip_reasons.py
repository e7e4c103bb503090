"""Why a known address has no capture, or none worth reading: one table of skip reasons.

The values are stored in `skips.reason` and told in the run's report; docs/manners.md lists them, and a test compares.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


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


_HTTP_REASONS: Final[dict[int, SkipReason]] = {
    **dict.fromkeys((404, 410), SkipReason.NOT_FOUND),
    **dict.fromkeys((401, 403, 407, 451), SkipReason.ACCESS_DENIED),
    **dict.fromkeys((429, 503), SkipReason.RATE_LIMITED),
}


def status_reason(status: int) -> SkipReason:
    """The skip reason of a response that carries no page."""
    return _HTTP_REASONS.get(status) or (SkipReason.SERVER_ERROR if status >= 500 else SkipReason.HTTP_ERROR)


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
