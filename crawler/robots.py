"""robots.txt as RFC 9309 says: what each kind of answer means, and the middleware that keeps to it.

Scrapy's own takes a 503, a time-out or a broken transfer for permission and reads an endless file to its end; here such
a host is left alone, and the run says so.
"""

from __future__ import annotations

import asyncio
import codecs
import logging
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, Literal

from protego import Protego
from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http.request import NO_CALLBACK

from archive.errors import ArchiveError
from crawler.guard import ForbiddenAddressError, Origin
from crawler.skip_reasons import SkipReason
from crawler.skips import Skipped, reason_of
from crawler.throttle import keep_pace

logger = logging.getLogger(__name__)

PARSED_BYTES: Final = 500 * 1024
"""RFC 9309 §2.5: at least this much is read; what stands behind it does not count."""

FRESH_S: Final = 24 * 3600
"""RFC 9309 §2.4: a file older than this is fetched again."""

TAKEN_FOR_MISSING: Final = frozenset(
    {SkipReason.REDIRECT_LIMIT, SkipReason.REDIRECT_LOOP, SkipReason.REDIRECT_NOT_HTTP}
)
"""Ends of a chain of redirects that §2.3.1.2 lets us take for a missing file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What one host's robots.txt says to us."""

    state: Literal["rules", "none", "unreachable"]
    detail: str
    agent: str = ""
    parser: Any = None

    def allows(self, url: str) -> bool:
        """Without a file everything is allowed; without an answer nothing is."""
        if self.parser is None:
            return self.state == "none"
        return bool(self.parser.can_fetch(url, self.agent))

    @property
    def crawl_delay_s(self) -> float | None:
        delay = self.parser.crawl_delay(self.agent) if self.parser is not None else None
        return None if delay is None else float(delay)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The `Sitemap:` lines in printed order, each once."""
        return tuple(dict.fromkeys(self.parser.sitemaps)) if self.parser is not None else ()


def read_robots(status: int, body: bytes, agent: str) -> Rules:
    """What an answer to the request for robots.txt means (RFC 9309 §2.3.1).

    A 429 is a server that wants to be left alone, not one without a file: like a 5xx it closes the host.
    """
    if 200 <= status < 300:
        return _parsed(body, agent)
    if status >= 500 or status == 429 or status < 200:
        return Rules(state="unreachable", detail=f"robots.txt answered {status}")
    return Rules(state="none", detail=f"robots.txt answered {status}")


def _parsed(body: bytes, agent: str) -> Rules:
    text = _text(body)
    if text.lstrip().startswith("<"):
        return Rules(state="none", detail="robots.txt is a web page")
    return Rules(state="rules", detail="", agent=agent, parser=Protego.parse(_NAMES.sub(r"\1", text)))


_NAMES: Final = re.compile(r"(?im)^([ \t]*user-?agent[ \t]*:[ \t]*(?:[a-z_-]+|\*))[^\r\n#]*")
"""A group's name is a product token (RFC 9309 §2.2.1): a version or anything else behind it does not count."""


def _text(body: bytes) -> str:
    """UTF-8 by the standard; a byte order mark is believed. Cut at the end of a line: half a rule is another rule."""
    if len(body) > PARSED_BYTES:
        body = body[:PARSED_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    for mark, charset in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(charset, "replace")
    return body.decode("utf-8-sig", "replace")


def after_failure(error: Exception, origin: Origin) -> Rules:
    """What it means when no answer came: no connection, a time-out, a broken transfer, an endless chain of redirects.

    Raises the error again when it forbids *origin* itself: then robots.txt is not what keeps us out.
    """
    if isinstance(error, ForbiddenAddressError) and error.origin == origin:
        raise error
    reason, detail = reason_of(error)
    state: Literal["none", "unreachable"] = "none" if reason in TAKEN_FOR_MISSING else "unreachable"
    return Rules(state=state, detail=f"robots.txt: {reason} ({detail})")


class RobotsMiddleware:
    """Holds every request back until its host's robots.txt has been read; `crawler.robots` for others who must ask.

    One file a run and origin (scheme, host and port), fetched through the same downloader as everything else, so it is
    guarded, paced, retried and captured, with the role `robots`.
    """

    def __init__(self, crawler: Any, *, clock: Callable[[], float] = monotonic) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._clock = clock
        self._respected = settings.getbool("RESPECT_ROBOTS")
        self._agent: str = settings["ROBOTSTXT_USER_AGENT"]
        self._longest_delay_s = settings.getfloat("ROBOTS_CRAWL_DELAY_MAX")
        self._timeout_s = settings.getfloat("ROBOTS_TIMEOUT")
        self._locks: defaultdict[Origin, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._known: dict[Origin, tuple[float, Rules]] = {}
        crawler.robots = self

    @classmethod
    def from_crawler(cls, crawler: Any) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Any) -> None:
        if not self._respected or request.meta.get("role") == "robots":
            return
        rules = await self.rules(request.url)
        if rules.state == "unreachable":
            raise Skipped(SkipReason.ROBOTS_UNREACHABLE, rules.detail)
        if not rules.allows(request.url):
            raise Skipped(SkipReason.ROBOTS_DISALLOWED)

    async def rules(self, url: str) -> Rules:
        """The rules for the host of *url*, fetched unless they are known. Raises Skipped when the host is forbidden."""
        origin = Origin.of(url)
        async with self._locks[origin]:
            known = self._known.get(origin)
            if known is None or self._clock() - known[0] > FRESH_S:
                known = self._known[origin] = self._clock(), await self._fetch(origin)
                self._heed(origin, known[1])
        return known[1]

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """The `Sitemap:` lines for the host of *url*; () before its robots.txt was read, or when it names none."""
        known = self._known.get(Origin.of(url))
        return known[1].sitemaps if known else ()

    async def _fetch(self, origin: Origin) -> Rules:
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            meta={"role": "robots", "download_maxsize": 0, "download_timeout": self._timeout_s},
        )
        stop = _stop_behind(PARSED_BYTES)
        self._crawler.signals.connect(stop, signals.bytes_received)
        try:
            response = await self._crawler.engine.download_async(request)
        except ArchiveError:
            raise
        except Exception as error:  # whatever kept us from reading it, it is no permission
            if not isinstance(error, IgnoreRequest):
                logger.debug("No robots.txt from %s", origin, exc_info=True)
            return after_failure(error, origin)
        finally:
            self._crawler.signals.disconnect(stop, signals.bytes_received)
        return read_robots(response.status, response.body, self._agent)

    def _heed(self, origin: Origin, rules: Rules) -> None:
        if not self._respected:
            return
        if rules.state == "unreachable":
            logger.warning("Nothing of %s will be fetched: %s", origin, rules.detail)
        if rules.crawl_delay_s:
            keep_pace(self._crawler.engine.downloader, origin.host, min(rules.crawl_delay_s, self._longest_delay_s))


def _stop_behind(most_bytes: int) -> Callable[..., None]:
    """A listener to `bytes_received` that ends the transfer of a robots.txt when enough of it is here."""
    received: defaultdict[int, int] = defaultdict(int)

    def stop(data: bytes, request: Any, **_: Any) -> None:
        if request.meta.get("role") == "robots":
            received[id(request)] += len(data)
            if received[id(request)] > most_bytes:
                raise StopDownload(fail=False)

    return stop
