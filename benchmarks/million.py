"""Searching a million posts: every first page beside the same page of an archive a hundredth its size.

Making the archive takes some fifteen minutes and 14 GB among the machine's temporary files, where it is kept.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from archive.database import open_readonly
from archive.search import Sort
from archive.search import search as first_page
from benchmarks import made_up, search
from benchmarks.measure import interleaved, promise, table

NAME = "million"
DESCRIPTION = "first pages of a million posts, beside those of ten thousand"

SIZES: Final = {"toy": (200, 400), "small": (10_000, 100_000), "full": (10_000, 1_000_000)}
TIMES_MAX: Final = 10
LOSS_MAX: Final = 0.02
ROUNDS: Final = 5
IN_TURN: Final = 15
"""Rounds of the two archives in turn."""


FEW: Final = "what few posts answer though each word is common"
"""These are found and ranked whole, so that no answer is left out (docs/decisions.md); shown beside the others."""


def queries_of_few(words: list[str]) -> dict[str, str]:
    return {
        "phrase of few": f'"{words[165]} {words[28]}"',
        "common word without a commoner": f"{words[77]} -{words[6]}",
        "common word of one outlet": f'{words[9]} outlet:"{words[100 + 7 * 150].title()}"',
        "common word and a headline's": f"{words[14]} title:{words[560]}",
    }


@dataclass(frozen=True)
class Growth:
    """Milliseconds of one first page of both archives, and how many times as long the larger one's takes."""

    few: float
    many: float
    times: float
    hits: str

    @property
    def cells(self) -> list[str]:
        return [self.hits, *(f"{one:.1f}" for one in (self.few, self.many, self.times))]


def run(size: str) -> dict[str, Any]:
    fewer, more = SIZES[size]
    many = search.measured(more, ROUNDS, is_toy=size == "toy", beside=False)
    words = made_up.vocabulary()
    grown = growths(search.queries(words), fewer, more, is_toy=size == "toy")
    of_few = growths(queries_of_few(words), fewer, more, is_toy=size == "toy")
    newest = growths(search.queries(words), fewer, more, is_toy=size == "toy", sort="newest")
    columns = (f"hits of {more:,}", f"{fewer:,} posts: ms", f"{more:,} posts: ms", "times")
    slowest = max(grown, key=lambda name: grown[name].times)
    worst = max(many.losses, key=many.losses.__getitem__)
    return {
        "tables": [
            table(DESCRIPTION, ("query", *columns), [[name, *one.cells] for name, one in grown.items()]),
            *search.tables_of(more, many),
            table(FEW, (FEW, *columns), [[name, *one.cells] for name, one in of_few.items()]),
            table("Newest first", ("newest first", *columns), [[name, *one.cells] for name, one in newest.items()]),
        ],
        "promises": [
            promise(f"the query that grows most ({slowest}), times", grown[slowest].times, at_most=TIMES_MAX),
            promise(f"greatest nDCG@10 loss of ranking in part ({worst})", many.losses[worst], at_most=LOSS_MAX),
        ],
    }


def growths(
    queries: Mapping[str, str], fewer: int, more: int, *, is_toy: bool, sort: Sort = "relevance"
) -> Mapping[str, Growth]:
    """Of each query; both archives are asked in turn."""
    with made_up.archive_of(fewer, is_toy=is_toy) as small, made_up.archive_of(more, is_toy=is_toy) as large:
        archives = {"few": open_readonly(small), "many": open_readonly(large)}
        try:
            found = {}
            for name, query in queries.items():
                pages = {
                    each: partial(search.ms_of, partial(first_page, db, query, sort=sort))
                    for each, db in archives.items()
                }
                rounds = interleaved(pages, IN_TURN + 1)[1:]  # the first round warms the caches
                few, many = (statistics.median(one[each] for one in rounds) for each in archives)
                times = statistics.median(one["many"] / one["few"] for one in rounds)
                last = first_page(archives["many"], query)
                hits = search.hits_of({"total": last.total, "is exact": last.total_is_exact})
                found[name] = Growth(few=few, many=many, times=times, hits=hits)
            return found
        finally:
            for db in archives.values():
                db.close()
