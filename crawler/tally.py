"""What a run has done so far: the counts behind the progress line and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from archive.canary import Measure
from archive.store import SavedPost
from crawler.discovery import Source
from crawler.items import PostItem

EXAMPLES: Final = 20
"""How many posts, skips or doubts of a kind the report names; the rest are counted."""

SHOWN_CHARACTERS: Final = 200
"""Of an address in the report: those of endless spaces may be endless too."""


@dataclass(kw_only=True)
class Tally:
    clock: Callable[[], float] = monotonic
    limit: int = 0
    """Posts after which the run stops; 0 for no limit."""
    started_s: float = field(init=False)
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0
    """Known posts that changed; what they say now is kept apart until the run is judged."""
    gone: int = 0
    errors: int = 0
    resumed: int = 0
    measure: Measure = field(default_factory=Measure)
    """What the posts look like, for the canary."""
    kinds: Counter[str] = field(default_factory=Counter)
    outlets: Counter[str] = field(default_factory=Counter)
    skips: Counter[str] = field(default_factory=Counter)
    skipped: list[dict[str, str]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    endless: list[dict[str, str]] = field(default_factory=list)
    """Spaces without end that were not walked further: where they begin, and how they were known."""
    doubts: list[dict[str, Any]] = field(default_factory=list)
    doubtful: int = 0
    absences: int = 0
    absent: list[dict[str, str]] = field(default_factory=list)
    requisites: int = 0
    """Files that pages need, fetched."""
    requisite_bytes: int = 0
    requisite_skips: Counter[str] = field(default_factory=Counter)
    skipped_requisites: list[dict[str, str]] = field(default_factory=list)
    sources: dict[Source, str] = field(default_factory=dict)
    """What each source of posts turned out to be worth: name → open, closed, empty, and why."""
    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each source turned out to be worth, judged at the end of a whole run: status, detail, count."""
    walked: set[str] = field(default_factory=set)
    """Sources that were walked to their end, by what the last of their pages says."""
    broken: set[str] = field(default_factory=set)
    """Sources of which a part did not come."""
    doors: dict[str, Any] = field(default_factory=dict)
    """Addresses at which the sources were found open, for the next run."""
    dated_sitemap: bool = False
    lying_validators: int = 0
    """Posts that were edited, and whose ETag or Last-Modified says that they were not."""
    look: tuple[str, ...] = ()
    """How the blog looks (`crawler.theme`), by the one page that is looked at for it in every run."""
    is_redesigned: bool = False
    """The look is another than that of the run before."""
    plan: str = ""
    """Mode of the run and why it was chosen, in words."""
    waits_for: str = ""
    _endless: set[tuple[str, str | None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.started_s = self.clock()

    @property
    def seen(self) -> int:
        return self.new + self.known

    @property
    def walked_whole(self) -> set[str]:
        """Sources that showed all they have: what they no longer show may be gone."""
        return self.walked - self.broken

    @property
    def known(self) -> int:
        """Posts read that had been read before."""
        return self.changed + self.unchanged + self.held

    @property
    def elapsed_s(self) -> float:
        return self.clock() - self.started_s

    def sources_so_far(self) -> dict[str, Any]:
        """What a run that goes on with this one has to know of the blog's sources, as JSON can hold it."""
        return {
            "sources": self.sources,
            "walked": sorted(self.walked),
            "broken": sorted(self.broken),
            "doors": self.doors,
            "dated_sitemap": self.dated_sitemap,
            "look": self.look,
            "redesigned": self.is_redesigned,
        }

    def go_on_with(self, sources: Mapping[str, Any]) -> None:
        """Take over what `sources_so_far` gave in the run before."""
        self.sources.update(sources.get("sources", {}))
        self.walked.update(sources.get("walked", ()))
        self.broken.update(sources.get("broken", ()))
        self.doors.update(sources.get("doors", {}))
        self.dated_sitemap |= sources.get("dated_sitemap", False)
        self.look = tuple(sources.get("look", ()))
        self.is_redesigned |= sources.get("redesigned", False)

    def count_post(self, saved: SavedPost, item: PostItem) -> None:
        setattr(self, saved.outcome, getattr(self, saved.outcome) + 1)
        self.measure.see(item.post, item.reading)
        self.kinds[item.reading.kind] += 1
        if item.reading.kind == "repost":
            self.outlets[item.reading.outlet or "(no outlet found)"] += 1
        about = {"id": saved.id, "title": item.post.title or item.post.url}
        if saved.outcome == "changed":
            note(self.changes, {**about, "changes": list(saved.changes)})
        if item.doubts:
            self.doubtful += 1
            note(self.doubts, {**about, "doubts": list(item.doubts), "confidence": round(item.reading.confidence, 2)})

    def count_released(self, outcomes: Mapping[str, int]) -> None:
        """Readings that were held and, all being well, stored after all."""
        for outcome, posts in outcomes.items():
            setattr(self, outcome, getattr(self, outcome) + posts)
        self.held = max(0, self.held - sum(outcomes.values()))

    def count_skip(self, url: str, reason: str, detail: str | None) -> None:
        self.skips[reason] += 1
        note(self.skipped, {"url": url, "reason": reason, "detail": detail or ""})

    def count_endless(self, url: str, why: str, *, trail: str | None = None) -> None:
        """Name a space without end, once for each trail that led there."""
        if (why, trail) not in self._endless:
            self._endless.add((why, trail))
            note(self.endless, {"url": url[:SHOWN_CHARACTERS], "why": why})

    def count_requisite(self, size_bytes: int) -> None:
        self.requisites += 1
        self.requisite_bytes += size_bytes

    def count_skipped_requisite(self, url: str, reason: str, detail: str) -> None:
        """Apart from the skips: a picture that is missing is no page that failed."""
        self.requisite_skips[reason] += 1
        note(self.skipped_requisites, {"url": url, "reason": reason, "detail": detail})

    def count_absence(self, url: str, how: str, *, gone: bool) -> None:
        self.gone += gone
        self.absences += 1
        note(self.absent, {"url": url, "how": how})

    def report(self, *, requests: int, received_bytes: int) -> dict[str, Any]:
        """The run's report as stored in `runs.report`; the order of keys is the order it is told in."""
        return {
            "requests": requests,
            "bytes": received_bytes,
            "seconds": round(self.elapsed_s, 1),
            "seen": self.seen,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "gone": self.gone,
            "missing": self.absences,
            "absent": self.absent,
            "errors": self.errors,
            "resumed": self.resumed,
            "kinds": dict(self.kinds.most_common()),
            "outlets": dict(self.outlets.most_common()),
            "skips": dict(self.skips.most_common()),
            "skipped": self.skipped,
            "endless": self.endless,
            "requisites": self.requisites,
            "requisite_bytes": self.requisite_bytes,
            "requisite_skips": dict(self.requisite_skips.most_common()),
            "skipped_requisites": self.skipped_requisites,
            "changes": self.changes,
            "doubtful": self.doubtful,
            "doubts": self.doubts,
            "plan": self.plan,
            "sources": self.sources,
            "verdicts": self.verdicts,
            "walked": sorted(self.walked_whole),
            "doors": self.doors,
            "dated_sitemap": self.dated_sitemap,
            "lying_validators": self.lying_validators,
            "look": self.look,
            "redesigned": self.is_redesigned,
        }


def note(examples: list[dict[str, Any]], example: dict[str, Any]) -> None:
    """Keep *example* unless enough are kept already: a report stays readable and memory flat on a large blog."""
    if len(examples) < EXAMPLES:
        examples.append(example)
