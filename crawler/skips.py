"""How trouble on the way to a page maps to its skip reason, and how a request is given up for one."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any, Final

from OpenSSL import SSL
from scrapy import exceptions as scrapy_errors
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.internet import error as net
from twisted.web._newclient import ParseError

from crawler.skip_reasons import SkipReason, status_reason

DETAIL_CHARACTERS: Final = 300
"""How much of a server's own words a stored detail may carry."""


class Skipped(scrapy_errors.IgnoreRequest):
    """A request given up for a reason we store; reaches the request's errback."""

    def __init__(self, reason: SkipReason, detail: str = "") -> None:
        self.reason = reason
        self.detail = plain(detail)
        super().__init__(f"{reason}: {self.detail}" if detail else str(reason))


class HeadersTooLargeError(Exception):
    """A server kept sending headers."""


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
