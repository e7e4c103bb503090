"""Whether a crawl's memory stays the same however long the blog is."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from benchmarks.crawl import PEAK_BYTES_MAX, Outcome, crawl, serving
from benchmarks.measure import promise, table

NAME = "memory"
DESCRIPTION = "peak memory of a crawl over the length of the blog"

POSTS = {"toy": (10, 20), "small": (100, 300, 600), "full": (300, 3_000, 20_000)}
GROWTH_KB_MAX = 1.0
"""A page, when the caches of fixed size are full: the keys of the posts that were seen take a few hundred bytes."""


def run(size: str) -> dict[str, Any]:
    outcomes = []
    for posts in POSTS[size]:
        with serving(posts) as server:
            outcomes.append(crawl("clipfile", server))
    growth = ["", *(f"{_bytes_a_page(*pair) / 1e3:.1f}" for pair in pairwise(outcomes))]
    rows = [
        [
            o.pages,
            round(o.cost.held_bytes / 1e6, 1),
            more,
            round(o.cost.peak_bytes / 1e6, 1),
            f"{o.cpu_ms_per_page:.1f}",
        ]
        for o, more in zip(outcomes, growth, strict=True)
    ]
    promises = [promise("memory held together, MB", outcomes[-1].cost.held_bytes / 1e6, at_most=PEAK_BYTES_MAX / 1e6)]
    if size == "full":
        promises.append(promise("kB more a page, at last", _bytes_a_page(*outcomes[-2:]) / 1e3, at_most=GROWTH_KB_MAX))
    return {
        "tables": [
            table(
                "Memory of a crawl",
                ("pages", "held together, MB", "kB more a page", "peaks added up, MB", "CPU ms a page"),
                rows,
            )
        ],
        "promises": promises,
        "notes": [
            "Held together by the crawl and the process that reads, what they share counted once; their peaks added up "
            "count it twice, and peaks of different moments. Part of the growth is caches of fixed size that fill up."
        ],
    }


def _bytes_a_page(shorter: Outcome, longer: Outcome) -> float:
    return (longer.cost.held_bytes - shorter.cost.held_bytes) / (longer.pages - shorter.pages)
