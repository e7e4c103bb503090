"""Scope, redirects and patience: what is asked for, where an answer may lead, and how long we wait for it.

The address guard is in `guard.py`, robots.txt in `robots.py`, capture in `capture.py`; settings.py puts them in order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, Final
from urllib.parse import urldefrag

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.response import response_status_message

from archive.requisites import ROLES
from archive.urls import DEFAULT_PORTS
from crawler.guard import allowed_origin, check_url
from crawler.skip_reasons import SkipReason
from crawler.skips import Skipped, reason_of
from crawler.throttle import give_up, hold

_BUSY: Final = frozenset({429, 503})
"""Statuses that may carry Retry-After and ask the client to go slower (RFC 6585 §4, RFC 9110 §15.6.4)."""

_RETRIED: Final = frozenset(
    {
        *(SkipReason.DNS, SkipReason.CONNECTION_REFUSED, SkipReason.CONNECTION_LOST),
        *(SkipReason.TIMEOUT, SkipReason.INCOMPLETE),
    }
)
"""Trouble that may be over a moment later. A bad certificate or a bomb is the same the second time."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_REDIRECT_SEEN_BY_CALLER: Final = ("dont_redirect", "handle_httpstatus_list", "handle_httpstatus_all")
_SCHEME: Final = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)

_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
"""RFC 9110 §9.2.1; Scrapy would repeat a POST as well."""


def in_scope(spider: Any, request: Any) -> bool:
    """Whether the spider's blog includes the request's address, by its `in_scope(url)`; of a file that a page needs, by
    its `in_asset_scope(url)`.

    Exempt are robots.txt, which is asked of any host we go to, and what is marked `allow_offsite` (Scrapy's own word),
    such as an article's first publication.
    """
    role = request.meta.get("role")
    exempt = role == "robots" or request.meta.get("allow_offsite")
    judge: Callable[[str], bool] | None = getattr(spider, "in_asset_scope" if role in ROLES else "in_scope", None)
    return bool(exempt or judge is None or judge(request.url))


class ScopeMiddleware:
    """Refuses what does not belong to the blog, whoever asks: Scrapy's own ignores scheme and port."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._deepest = crawler.settings.getint("DEPTH_LIMIT")
        self._longest = crawler.settings.getint("URLLENGTH_LIMIT")

    @classmethod
    def from_crawler(cls, crawler: Any) -> ScopeMiddleware:
        return cls(crawler)

    def process_request(self, request: Any) -> None:
        if len(request.url) > self._longest:
            raise Skipped(SkipReason.ADDRESS_TOO_LONG, f"{len(request.url):,} characters")
        if request.meta.get("depth", 0) > self._deepest:
            raise Skipped(SkipReason.TOO_DEEP, f"{request.meta['depth']} links from the start")
        if not in_scope(self._crawler.spider, request):
            raise Skipped(SkipReason.OFF_SITE)


class StrictRedirects(RedirectMiddleware):
    """Follows a redirect within the blog, over http(s), a few times, in no circle; anything else is a skip reason."""

    def process_response(self, request: Any, response: Any) -> Any:
        try:
            result = super().process_response(request, response)
        except ValueError as error:  # from urllib and Scrapy, on a Location that is no address
            raise _refusal_of(response) from error
        followed = result is not response
        if not followed and response.status in _REDIRECTS and b"Location" in response.headers and self._for_us(request):
            raise _refusal_of(response)  # another scheme, which Scrapy hands on as if the answer were a page
        return result

    def _for_us(self, request: Any) -> bool:
        """Whether whoever made the request leaves its redirects to us (Scrapy's own words for it)."""
        return not any(request.meta.get(key) for key in _REDIRECT_SEEN_BY_CALLER)

    def _redirect(self, redirected: Any, request: Any, reason: Any) -> Any:
        visited = [urldefrag(url).url for url in (*request.meta.get("redirect_urls", ()), request.url)]
        check_url(redirected.url, allowed_origin(self.crawler.settings.get("ALLOW_PRIVATE_ORIGIN")))
        if urldefrag(redirected.url).url in visited:
            raise Skipped(SkipReason.REDIRECT_LOOP, redirected.url)
        if len(visited) > self.max_redirect_times:
            raise Skipped(SkipReason.REDIRECT_LIMIT, f"{len(visited)} redirects, the last to {redirected.url}")
        if not in_scope(self.crawler.spider, redirected):
            raise Skipped(SkipReason.REDIRECT_OFF_SITE, redirected.url)
        redirected.meta.pop("download_slot", None)  # else another host is paced as this one
        return super()._redirect(redirected, request, reason)


def _refusal_of(response: Any) -> Skipped:
    """Why the Location of *response* is not followed, when it is not an http(s) address."""
    location = _header(response, b"Location") or ""
    scheme = _SCHEME.match(location)
    other = scheme is not None and scheme[1].lower() not in DEFAULT_PORTS
    return Skipped(SkipReason.REDIRECT_NOT_HTTP if other else SkipReason.BAD_ADDRESS, location[:200])


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110 §10.2.3), 0 for a moment gone by; None when it says nothing.

    >>> now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    >>> [read_retry_after(value, now) for value in ("120", "Sun, 22 Nov 2026 12:01:30 GMT", "soon")]
    [120.0, 90.0, None]
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


class PatienceMiddleware(RetryMiddleware):
    """Retries what may pass, after the pause a server asks for, and leaves a host alone that asks for too long a one.

    All pauses of a host together may take RETRY_AFTER_MAX seconds of a run. Without a Retry-After the pause begins at
    RETRY_PAUSE and doubles with each try. Takes Scrapy's RetryMiddleware's place, and its settings.
    """

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._first_pause_s = settings.getfloat("RETRY_PAUSE")
        self._longest_s = settings.getfloat("RETRY_AFTER_MAX")
        self._waited_s: defaultdict[str, float] = defaultdict(float)
        self._until: defaultdict[str, float] = defaultdict(float)
        self._deferred: dict[str, str] = {}

    def process_request(self, request: Any) -> None:
        if detail := self._deferred.get(_host_of(request)):
            raise Skipped(SkipReason.HOST_DEFERRED, detail)

    def process_response(self, request: Any, response: Any) -> Any:
        if response.status in _BUSY:
            self._pause(request, response)
        if response.status in self.retry_http_codes:
            return self._again(request, response_status_message(response.status)) or response
        fault = request.meta.get("incomplete")
        if fault is None or response.status >= 300:  # the body of an error or a redirect is not read
            return response
        again = self._again(request, str(fault.reason)) if fault.reason in _RETRIED else None
        if again is None:
            raise fault
        return again

    def process_exception(self, request: Any, exception: Exception) -> Any:
        reason, _ = reason_of(exception)
        return self._again(request, str(reason)) if reason in _RETRIED else None

    def _again(self, request: Any, reason: str) -> Any:
        """The request once more, or None when it was tried often enough."""
        if request.method not in _SAFE_METHODS or request.meta.get("dont_retry"):
            return None
        return self._retry(request, reason)

    def _pause(self, request: Any, response: Any) -> None:
        """Hold the host as long as it asks; raises Skipped, and defers the host, when that is too long."""
        host = _host_of(request)
        asked_s = read_retry_after(_header(response, b"Retry-After"), datetime.now(UTC))
        pause_s = asked_s if asked_s is not None else self._first_pause_s * 2 ** request.meta.get("retry_times", 0)
        now = monotonic()
        added_s = max(0.0, now + pause_s - max(now, self._until[host]))  # answers in flight ask for the same pause
        if self._waited_s[host] + added_s > self._longest_s:
            self._defer(host, f"{response.status}, asked to wait {pause_s:,.0f} s after {self._waited_s[host]:,.0f} s")
        self._waited_s[host] += added_s
        self._until[host] = max(self._until[host], now + pause_s)
        hold(self.crawler.engine.downloader, host, pause_s)

    def _defer(self, host: str, detail: str) -> None:
        self._deferred[host] = detail
        give_up(self.crawler.engine.downloader, host, Skipped(SkipReason.HOST_DEFERRED, detail))
        raise Skipped(SkipReason.RETRY_AFTER_TOO_LONG, detail)


def _host_of(request: Any) -> str:
    """The key of Scrapy's slot for the request."""
    return request.meta.get("download_slot") or urlparse_cached(request).hostname or ""


def _header(response: Any, name: bytes) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None
