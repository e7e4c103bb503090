"""How long articles waited until they were reposted: spans of time with how many fall into each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final

from archive.browse.rows import Row
from archive.browse.words import lag_days

SPANS: Final = (
    ("earlier", -1),
    ("the same day", 0),
    ("the next day", 1),
    ("2–3 days", 3),
    ("4–7 days", 7),
    ("1–2 weeks", 14),
    ("2–4 weeks", 30),
    ("1–3 months", 91),
    ("longer", 10**9),
)
"""Label → the longest lag in days that it stands for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lags:
    spans: Sequence[tuple[str, int]]
    """Label, reposts; from the first to the last that has any."""
    half: int
    """Within so many days half of them were reposted."""
    known: int
    """Reposts of which both days are known."""

    @property
    def most(self) -> int:
        return max(count for _, count in self.spans)


def read_lags(dates: Sequence[Row]) -> Lags | None:
    """From rows with `original_on` and `posted_on`; None where no two days are known.

    >>> found = read_lags([{"original_on": "2026-03-01", "posted_on": f"2026-03-0{day}"} for day in (1, 2, 4)])
    >>> found.spans, found.half
    ((('the same day', 1), ('the next day', 1), ('2–3 days', 1)), 1)
    """
    days = [lag for each in dates if (lag := lag_days(each["original_on"], each["posted_on"])) is not None]
    if not days:
        return None
    counts = Counter(next(n for n, (_, longest) in enumerate(SPANS) if lag <= longest) for lag in days)
    spans = tuple((SPANS[n][0], counts[n]) for n in range(min(counts), max(counts) + 1))
    return Lags(spans=spans, half=max(0, median_low(days)), known=len(days))
