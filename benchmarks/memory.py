"""Whether a crawl's memory stays the same however long the blog is."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from benchmarks.crawl import PEAK_BYTES_MAX, Outcome, crawl, serving
from benchmarks.measure import promise, table

NAME = "memory"
DESCRIPTION = "peak memory of a crawl over the length of the blog"

POSTS = {"toy": (10, 20), "small": (100, 300, 600), "full": (300, 1_000, 3_000)}
PAGES_FORESEEN = 20_000


def run(size: str) -> dict[str, Any]:
    outcomes = []
    for posts in POSTS[size]:
        with serving(posts) as server:
            outcomes.append(crawl("clipfile", server))
    last = outcomes[-1]
    growth = [_bytes_a_page(*pair) for pair in pairwise(outcomes)]
    foreseen = last.cost.peak_bytes + max(0.0, growth[-1]) * max(0, PAGES_FORESEEN - last.pages)
    rows = [
        [o.pages, round(o.cost.peak_bytes / 1e6, 1), f"{more / 1e3:.1f}" if more is not None else "", f"{cpu:.1f}"]
        for o, more, cpu in zip(outcomes, [None, *growth], [o.cpu_ms_per_page for o in outcomes], strict=True)
    ]
    return {
        "tables": [table("Memory of a crawl", ("pages", "peak MB", "kB more a page", "CPU ms a page"), rows)],
        "promises": [
            promise("peak memory, MB", last.cost.peak_bytes / 1e6, at_most=PEAK_BYTES_MAX / 1e6),
            promise(
                f"MB at {PAGES_FORESEEN:,} pages, by the last growth", foreseen / 1e6, at_most=PEAK_BYTES_MAX / 1e6
            ),
        ],
        "notes": ["Caches of fixed size (addresses, SQLite's pages) fill up in the first thousands of pages."],
    }


def _bytes_a_page(shorter: Outcome, longer: Outcome) -> float:
    return (longer.cost.peak_bytes - shorter.cost.peak_bytes) / (longer.pages - shorter.pages)
