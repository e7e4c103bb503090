"""How fast a host is asked: a pace it sets itself, a pause it asks for, and AutoThrottle between the two.

Scrapy keeps one slot a host, whose `delay` is the time between two requests and whose `lastseen` is the instant of the
last one. Both are set here and nowhere else; nothing waits in a thread or blocks the reactor.
"""

from __future__ import annotations

from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy.extensions.throttle import AutoThrottle
from twisted.python.failure import Failure

SMALLEST_DELAY_S: Final = 0.001
"""A slot without any delay does not look at `lastseen`."""


def keep_pace(downloader: Any, host: str, delay_s: float) -> None:
    """From now on, *delay_s* seconds at least between two requests to *host*, whatever AutoThrottle thinks."""
    pace = downloader.per_slot_settings.setdefault(host, {})  # for slots yet to come: idle ones are thrown away
    pace["delay"] = max(delay_s, downloader.settings.getfloat("DOWNLOAD_DELAY"), pace.get("delay", 0))
    if slot := downloader.slots.get(host):
        slot.delay = max(slot.delay, pace["delay"])


def hold(downloader: Any, host: str, pause_s: float) -> None:
    """Send nothing to *host* for *pause_s* seconds; what waits in its slot goes on waiting."""
    if slot := downloader.slots.get(host):
        slot.delay = max(slot.delay, SMALLEST_DELAY_S)
        slot.lastseen = max(slot.lastseen, monotonic() + pause_s)


def give_up(downloader: Any, host: str, error: Exception) -> None:
    """Fail what still waits in the slot of *host*; each request's errback gets *error*."""
    slot = downloader.slots.get(host)
    while slot and slot.queue:
        _, waiting = slot.queue.popleft()
        waiting.errback(Failure(error))


class PoliteThrottle(AutoThrottle):
    """AutoThrottle that never goes below a slot's own delay (Crawl-delay, DOWNLOAD_SLOTS), nor shortens a pause."""

    def _adjust_delay(self, slot: Any, latency: float, response: Any) -> None:
        super()._adjust_delay(slot, latency, response)
        host = urlsplit(response.url).hostname or ""
        pace = self.crawler.engine.downloader.per_slot_settings.get(host, {})
        slot.delay = max(slot.delay, pace.get("delay", 0))
