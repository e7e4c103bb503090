"""Who saw which post: the sightings of every source, and which source can be trusted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from archive.urls import canonical_url

Source = Literal["category", "blog", "date-archive", "author-archive", "sitemap", "feed", "rest", "link"]

SOURCES: tuple[Source, ...] = ("category", "blog", "date-archive", "author-archive", "sitemap", "feed", "rest", "link")
"""In the order reports show them."""

COMPLETE_SOURCES: frozenset[Source] = frozenset({"sitemap", "rest", "category", "blog"})
"""Sources that claim to show every post when they are walked to their end; feeds and links never do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One source's word that a post lives at an address."""

    url: str
    source: Source
    listed_in: str | None = None
    """Address of the page, feed, sitemap or answer that showed it."""
    title: str | None = None
    lastmod: str | None = None
    """When the post last changed by this source's word: a UTC ISO instant, or a bare day where no more is said."""
    posted_at: str | None = None
    """When it was posted by this source's word, in the same two forms."""
    wordpress_id: int | None = None
    rest: Mapping[str, Any] | None = None
    """The post as REST gave it."""

    @property
    def key(self) -> str:
        """The canonical URL, under which sightings of one post are the same."""
        return canonical_url(self.url)


def unique(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """The first sighting of each post, in order."""
    found: dict[str, Sighting] = {}
    for sighting in sightings:
        found.setdefault(sighting.key, sighting)
    return tuple(found.values())


def sighting_key(url: str) -> str | None:
    """The canonical URL, or None when *url* can't be one: pages and feeds carry any rubbish."""
    try:
        return canonical_url(url)
    except ValueError:
        return None


# ------------------------------------------------------------------------------------------------- instants

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


def read_instant(text: str | None, timezone: str | None = None) -> str | None:
    """A W3C or RFC 822 date as a UTC ISO instant; the bare day where no time, or a time of no known zone, is given.

    >>> read_instant("2024-05-06T01:00:00+02:00"), read_instant("Mon, 06 May 2024 09:00:00 +0000")
    ('2024-05-05T23:00:00Z', '2024-05-06T09:00:00Z')
    >>> read_instant("2024-05-06"), read_instant("2024-05-06T01:00:00"), read_instant("soon")
    ('2024-05-06', '2024-05-06', None)
    >>> read_instant("2024-05-06T01:00:00", "America/Detroit")
    '2024-05-06T05:00:00Z'
    """
    text = (text or "").strip()
    try:
        moment = _parsed(text)
        if moment is None:
            return _day(text)
        if moment.tzinfo is None:
            if timezone is None:
                return moment.date().isoformat()
            moment = moment.replace(tzinfo=ZoneInfo(timezone))
        return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _parsed(text: str) -> datetime | None:
    if _INSTANT.fullmatch(text):
        return datetime.fromisoformat(text.upper())
    if _DAY.match(text) or len(text) > 60:
        return None
    return parsedate_to_datetime(text)


def _day(text: str) -> str | None:
    found = _DAY.match(text)
    return date(int(found[1]), int(found[2]), int(found[3])).isoformat() if found else None


def changed_since(lastmod: str | None, instant: str) -> bool:
    """Whether a post with that `lastmod` may have changed after *instant*; a bare day counts to its end, None always.

    >>> changed_since("2024-05-06", "2024-05-06T12:00:00Z"), changed_since("2024-05-05", "2024-05-06T12:00:00Z")
    (True, False)
    """
    if lastmod is None:
        return True
    return lastmod >= (instant[:10] if len(lastmod) == 10 else instant)


# ------------------------------------------------------------------------------------------------- sources

SourceStatus = Literal["open", "closed", "empty", "lying"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """What became of one source in a run."""

    name: Source
    status: SourceStatus
    detail: str
    count: int = 0
    """Posts it showed."""

    @property
    def is_open(self) -> bool:
        return self.status == "open"


TOLERATED_SHARE = 0.05
"""Share of posts a source may be wrong about before it counts as lying: a page may be edited while we look."""


def judge_source(
    name: Source,
    seen: Collection[str],
    *,
    closed: str | None = None,
    others: Mapping[Source, Collection[str]] | None = None,
    dead: Collection[str] = (),
    walked_to_end: bool = True,
    broken_promise: str | None = None,
) -> SourceState:
    """What one source is worth, from what it showed and what the others did.

    *seen* and *others* hold canonical URLs of public posts, *dead* those that turned out not to be there;
    *broken_promise* is the reason when the source did not keep to its own protocol (REST ignoring `modified_after`).
    """
    if closed:
        return SourceState(name=name, status="closed", detail=closed)
    if broken_promise:
        return SourceState(name=name, status="lying", detail=broken_promise, count=len(seen))
    if not seen:
        return SourceState(name=name, status="empty", detail="answers, but shows no posts")
    missing = _agreed(name, others or {}) - set(seen) if walked_to_end and name in COMPLETE_SOURCES else frozenset()
    ghosts = set(seen) & set(dead)
    faults = ((missing, "hides {} posts that other sources show"), (ghosts, "shows {} posts that are not there"))
    for wrong, words in faults:
        if len(wrong) > 1 and len(wrong) > TOLERATED_SHARE * len(seen):
            return SourceState(name=name, status="lying", detail=words.format(len(wrong)), count=len(seen))
    return SourceState(name=name, status="open", detail=f"{len(seen)} posts", count=len(seen))


def _agreed(name: Source, others: Mapping[Source, Collection[str]]) -> frozenset[str]:
    """Posts that at least two sources beside *name* show: one other source alone may itself be wrong."""
    counts: dict[str, int] = {}
    for source, keys in others.items():
        for key in set(keys) if source != name else ():
            counts[key] = counts.get(key, 0) + 1
    return frozenset(key for key, count in counts.items() if count > 1)


DATED: frozenset[Source] = frozenset({"rest", "sitemap"})
"""Sources that tell when a post was last edited; the others show its headline at most."""

# Cheapest first; what each costs on an unchanged blog stands in docs/discovery.md
_DELTA_ORDER: tuple[Source, ...] = ("rest", "sitemap", "feed", "blog", "category", "date-archive", "author-archive")


def delta_source(states: Mapping[Source, SourceState], *, dated_sitemap: bool) -> Source | None:
    """The cheapest source that is open and honest, for a run that only wants to know what changed.

    A sitemap without `lastmod` (*dated_sitemap* False) can't say so and is passed over. None: nothing is open.
    """
    usable = (name for name in _DELTA_ORDER if name in states and states[name].is_open)
    return next((name for name in usable if name != "sitemap" or dated_sitemap), None)
