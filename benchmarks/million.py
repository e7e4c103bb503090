"""Searching a million posts: every first page beside the same page of an archive a hundredth its size.

Making the archive takes some fifteen minutes and 14 GB among the machine's temporary files, where it is kept.
"""

from __future__ import annotations

from typing import Any, Final

from benchmarks import search
from benchmarks.measure import promise, table

NAME = "million"
DESCRIPTION = "first pages of a million posts, beside those of ten thousand"

SIZES: Final = {"toy": (200, 400), "small": (10_000, 100_000), "full": (10_000, 1_000_000)}
TIMES_MAX: Final = 10
LOSS_MAX: Final = 0.02
ROUNDS: Final = 5


def run(size: str) -> dict[str, Any]:
    fewer, more = SIZES[size]
    few, many = (search.measured(posts, ROUNDS, is_toy=size == "toy", beside=False) for posts in (fewer, more))
    times = {name: page["ours"] / few.pages[name]["ours"] for name, page in many.pages.items()}
    rows = [
        [name, search.hits_of(page), f"{few.pages[name]['ours']:.1f}", f"{page['ours']:.1f}", f"{times[name]:.1f}"]
        for name, page in many.pages.items()
    ]
    columns = ("query", f"hits of {more:,}", f"{fewer:,} posts: ms", f"{more:,} posts: ms", "times")
    slowest = max(times, key=times.__getitem__)
    worst = max(many.losses, key=many.losses.__getitem__)
    return {
        "tables": [table(DESCRIPTION, columns, rows), *search.tables_of(more, many)],
        "promises": [
            promise(f"the query that grows most ({slowest}), times", times[slowest], at_most=TIMES_MAX),
            promise(f"greatest nDCG@10 loss of ranking in part ({worst})", many.losses[worst], at_most=LOSS_MAX),
        ],
    }
