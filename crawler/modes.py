"""How much of a blog a run must ask for: everything, or what its cheapest honest source says has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from archive.store.values import instant
from crawler.discovery import Source, SourceState, delta_source

SWEEP_EVERY: Final = 10
"""Every so many runs the listings are walked to their end, for what the cheap source hides."""

OVERLAP: Final = timedelta(hours=1)
"""A delta begins this long before the latest known change: clocks are set back, and what is known is not fetched."""

MISSING_CHECK: Final = timedelta(days=4)
"""A post that was found missing is looked for again after this long, until it is back or gone for good."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PastRun:
    """A run of the site that came to its end, whole or in part."""

    mode: str
    started_at: str
    report: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What this run does, and why, in words for the report."""

    mode: str
    """full, delta, sweep or recheck."""
    why: str
    source: Source | None = None
    """The source a delta trusts; None for the other modes."""
    since: str | None = None
    """UTC instant after which a change counts as one."""
    states: Mapping[Source, SourceState] = field(default_factory=dict)
    """What the last whole run found each source to be worth."""
    doors: Mapping[str, Any] = field(default_factory=dict)
    """Addresses at which the last whole run found its sources."""
    look: tuple[str, ...] = ()
    """How the blog looked when it was last looked at; empty when it never was."""
    trusts_validators: bool = True
    """Whether a post that answers 304 is as it was: no run found one that had changed all the same."""
    resumed: bool = False
    """The frontier holds what an earlier run left undone; nothing is begun anew."""

    @property
    def words(self) -> str:
        """For the report."""
        delta = f", by {self.source} since {self.since}" if self.source else ""
        return f"{self.mode}{delta}: {self.why}"


def choose_plan(
    past: Sequence[PastRun],
    *,
    full: bool = False,
    recheck: bool = False,
    newest: str | None = None,
    now: datetime | None = None,
) -> Plan:
    """The plan for the next run; *past* is newest first, without runs that were cut short.

    *full* and *recheck* are the operator's word, which goes before everything. *newest* is the latest change REST ever
    told of, by the blog's own clock; *now* is None for this very moment: the last run may lie after it.
    """
    if full:
        return Plan(mode="full", why="asked for")
    whole = next((run for run in past if run.mode in ("full", "sweep")), None)
    if whole is None:
        return Plan(mode="full", why="the first run of this blog")
    known = Plan(
        mode="sweep",
        why=f"every {SWEEP_EVERY}th run walks all listings",
        states=(states := read_states(whole.report)),
        doors=whole.report.get("doors", {}),
        look=tuple(next((run.report["look"] for run in past if run.report.get("look")), ())),
        trusts_validators=not any(run.report.get("lying_validators") for run in past),
    )
    if recheck:
        return replace(known, mode="recheck", why="asked for")
    if sum(1 for run in past[: past.index(whole)] if run.mode == "delta") >= SWEEP_EVERY - 1:
        return known
    source = delta_source(states, dated_sitemap=bool(whole.report.get("dated_sitemap")))
    if source is None:
        return replace(known, why="no source tells what changed")
    latest = (newest, past[0].started_at, instant(now or datetime.now(UTC)))
    since = datetime.fromisoformat(min(filter(None, latest))) - OVERLAP
    return replace(known, mode="delta", why=trust(states[source]), source=source, since=instant(since))


def trust(state: SourceState) -> str:
    return f"{state.name} was found honest in the last whole run ({state.detail})"


def read_states(report: Mapping[str, Any]) -> dict[Source, SourceState]:
    """The verdicts on the sources that a run's report holds."""
    return {
        name: SourceState(name=name, status=verdict["status"], detail=verdict["detail"], count=verdict["count"])
        for name, verdict in report.get("verdicts", {}).items()
    }


RECHECK_DAYS: Final = ((30, 7), (365, 20))
"""Age of a post in days → days after which its page is asked for again; older posts take `RECHECK_OLD_DAYS`."""
RECHECK_OLD_DAYS: Final = 30

AHEAD: Final = timedelta(days=1)
"""What was done later than this from now was done by a clock that was wrong."""


def is_due(uid: str, checked_at: str, posted_on: str | None, now: datetime) -> bool:
    """Whether a post's page should be asked for again, though nobody says it changed.

    Its moment lies between half the interval and the whole, by its uid: what was crawled on one day is rechecked over
    many. Where that clock was ahead of today's, it is now.
    """
    since_then = now - datetime.fromisoformat(checked_at)
    if since_then < -AHEAD:
        return True
    share = int(uid[:4], 16) / 0xFFFF
    interval_s = _interval_days(posted_on, now) * 86_400 * (0.5 + share / 2)
    return since_then.total_seconds() >= interval_s


def _interval_days(posted_on: str | None, now: datetime) -> int:
    if posted_on is None or len(posted_on) < 10:
        return RECHECK_OLD_DAYS
    age_days = (now.date() - datetime.fromisoformat(posted_on).date()).days
    return next((days for most, days in RECHECK_DAYS if age_days <= most), RECHECK_OLD_DAYS)


def recheck_cuts(now: datetime) -> tuple[str, tuple[str, str]]:
    """No post is due that was asked for since the first instant; but for those posted since a day, asked for before
    another instant."""
    oldest_young, soonest = max(most for most, _ in RECHECK_DAYS), min(days for _, days in RECHECK_DAYS)
    since = (now - timedelta(days=oldest_young)).date().isoformat()
    return instant(now - timedelta(days=RECHECK_OLD_DAYS / 2)), (since, instant(now - timedelta(days=soonest / 2)))
