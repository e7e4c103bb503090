"""What capturing costs: the same crawl with and without its WARC files.

`python -m benchmarks.capture crawl …` is the command with a writer that writes nothing in the place of ours. No setting
does that: an archive without captures would be none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, Final

from archive.warc import Exchange, Original, Record
from benchmarks.crawl import Outcome, crawl, serving
from benchmarks.measure import ROUNDS, Spread, interleaved, promise, table

NAME: Final = "capture"
DESCRIPTION: Final = "the whole crawl with and without its captures"

POSTS: Final = {"toy": 20, "small": 300, "full": 2_000}


def run(size: str) -> dict[str, Any]:
    with serving(POSTS[size]) as server:
        contenders = {name: partial(crawl, name, server) for name in ("clipfile", "no captures")}
        rounds = interleaved(contenders, ROUNDS[size])
    return {"posts": POSTS[size], **report(rounds)}


def report(rounds: list[dict[str, Outcome]]) -> dict[str, Any]:
    def spread(name: str, measure: Callable[[Outcome], float]) -> Spread:
        return Spread.of([measure(one[name]) for one in rounds])

    rows = [
        [label, str(spread(name, lambda o: o.pages_per_s)), str(spread(name, lambda o: o.cpu_ms_per_page))]
        for name, label in (("clipfile", "with captures"), ("no captures", "without"))
    ]
    less = Spread.of([1 - one["clipfile"].pages_per_s / one["no captures"].pages_per_s for one in rounds])
    more = Spread.of([1 - one["no captures"].cpu_ms_per_page / one["clipfile"].cpu_ms_per_page for one in rounds])
    return {
        "tables": [table("Capturing", ("crawl", "pages/s", "CPU ms a page"), rows)],
        "promises": [
            promise("share of the pages a second that capturing takes", less.median, at_most=0.15),
            promise("share of the CPU that capturing takes", more.median, at_most=0.15),
        ],
    }


class NothingWritten:
    """Stands where `archive.warc.WarcWriter` stands: says where records would lie, and keeps none."""

    position = ("none.warc.gz", 0)

    def __init__(self, *_: Any, **__: Any) -> None:
        self._numbers = count(1)

    def write(self, exchange: Exchange, *, original: Original | None = None, role: str | None = None) -> Record:
        number = next(self._numbers)
        return Record(
            file="none.warc.gz", offset=number, length=1, payload_sha256=f"{number:064x}",
            payload_bytes=len(exchange.body), revisit=False, record_id=f"urn:uuid:{number}",
        )  # fmt: skip

    def sync(self) -> None:
        pass

    def syncing(self) -> Callable[[], None]:
        return self.sync

    close = sync


if __name__ == "__main__":
    from archive.cli import main
    from crawler import keeper

    keeper.WarcWriter = NothingWritten  # type: ignore[assignment,misc]
    sys.exit(main())
