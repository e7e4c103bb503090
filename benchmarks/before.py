"""This version beside another: `python -m benchmarks.before FOLDER`, where FOLDER is a checkout of that one.

    git worktree add ../before COMMIT
    python -m benchmarks.before ../before --crawls 5

Every page is read by both, each in a process of its own on one and the same processor, in turn: two processors may
differ by a fifth in what others do there. Then both crawl the blog of `blog.py`, in turn.
Both run with the packages that are installed here. Nothing is kept: a row of docs/performance.md is written by hand.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
from tabulate import tabulate

from benchmarks.crawl import ROOT, Outcome, crawl, environment, serving
from benchmarks.measure import Spread, Worker, interleaved
from benchmarks.reading import HOME, WARMING, documents

READS: Final = """
import hashlib, time
from dataclasses import replace
from archive import provenance
from crawler.pages import page_kind, parse_page, read_post
from crawler.profiles import load_profile
from crawler.reading import context_of

profile = load_profile(sys.argv[1])

def work(document):
    url, body = document
    times = [time.process_time()]
    page = parse_page(body, url=url)
    times.append(time.process_time())
    page_kind(page)
    times.append(time.process_time())
    post = read_post(page)
    times.append(time.process_time())
    reading = provenance.read(post.lines, context_of(post, profile))
    times.append(time.process_time())
    read = repr((replace(post, lines=()), replace(reading, reader="")))
    begun = time.process_time()
    del page
    freed = time.process_time() - begun
    spent = [after - before for before, after in zip(times, times[1:])]
    return [[*spent, freed], hashlib.sha256(read.encode()).hexdigest()]
"""
STEPS: Final = ("parse_page", "page_kind", "read_post", "provenance.read", "freeing the page")
WHOLE: Final = "all of it"
VERSIONS: Final = ("before", "now")
PAGES: Final = 60
"""Pages of a round."""


def read_by_both(before: Path, rounds: int) -> Iterator[str]:
    """The table of what each step takes, and how many pages are read alike."""
    results = [read_in_turn(before, number) for number in range(rounds)]
    rows = [
        (
            step,
            *(f"{statistics.median(one.seconds[version, step] for one in results) * 1e3:.3f}" for version in VERSIONS),
            f"{Spread.of([one.seconds['now', step] / one.seconds['before', step] for one in results]):.3f}",
        )
        for step in (*STEPS, WHOLE)
    ]
    yield tabulate(rows, headers=("step", "ms before", "ms now", "now ÷ before"), tablefmt="github")
    yield (
        f"{rounds} rounds of {PAGES} pages, each with new processes, since by where its memory lies a process of the "
        "same code is up to a twentieth slower or quicker; medians of their medians. "
        f"{sum(one.alike for one in results)} of {rounds * PAGES} pages are read alike."
    )


class Round(NamedTuple):
    """What both versions made of the same pages."""

    seconds: Mapping[tuple[str, str], float]
    """Version and step → seconds of the processor a page, the median."""
    alike: int
    """Pages of which both read the same."""


def read_in_turn(before: Path, number: int) -> Round:
    """Pages that no other round has; which version is the first to read changes from page to page."""
    with ExitStack() as stack:
        trees = {"before": before, "now": ROOT}
        readers = {version: Worker(READS, HOME, cwd=tree, env=environment(tree)) for version, tree in trees.items()}
        for reader in readers.values():
            stack.callback(reader.close)
        found = []
        for turn, document in enumerate(documents(WARMING + PAGES, number * PAGES)):
            versions = VERSIONS if turn % 2 else VERSIONS[::-1]
            found.append({version: readers[version].do(document) for version in versions})
    told = found[WARMING:]
    seconds = {
        (version, step): statistics.median(spent)
        for version in VERSIONS
        for step, spent in zip(STEPS, zip(*(each[version][0] for each in told), strict=True), strict=True)
    }
    whole = {(version, WHOLE): statistics.median(sum(each[version][0]) for each in told) for version in VERSIONS}
    return Round({**seconds, **whole}, sum(each["before"][1] == each["now"][1] for each in told))


def crawled_by_both(before: Path, posts: int, crawls: int) -> Iterator[str]:
    """The table of pages a second and CPU a page."""
    with serving(posts) as server:
        trees = {"before": before, "now": ROOT}
        contenders = {version: partial(crawl, "clipfile", server, tree=tree) for version, tree in trees.items()}
        rounds: list[dict[str, Outcome]] = interleaved(contenders, crawls)
    measures: tuple[tuple[str, Any], ...] = (
        ("pages/s", lambda outcome: outcome.pages_per_s),
        ("CPU ms a page", lambda outcome: outcome.cpu_ms_per_page),
        ("of it reading apart", lambda outcome: outcome.cost.children_cpu_s / outcome.pages * 1e3),
    )
    rows = [
        (
            name,
            *(f"{Spread.of([value(each[version]) for each in rounds])}" for version in VERSIONS),
            f"{Spread.of([value(each['now']) / value(each['before']) for each in rounds])}",
        )
        for name, value in measures
    ]
    yield tabulate(rows, headers=("crawl", "before", "now", "now ÷ before"), tablefmt="github")
    yield f"{posts} posts, {len(rounds)} rounds; medians, of the ratios round by round."


@click.command()
@click.argument("before", type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True))
@click.option("--rounds", default=7, show_default=True, help=f"Rounds of {PAGES} pages that both read.")
@click.option("--crawls", default=0, show_default=True, help="Crawls of each.")
@click.option("--posts", default=2_000, show_default=True, help="Posts of the blog that is crawled.")
def main(before: Path, rounds: int, crawls: int, posts: int) -> None:
    """This version beside that of BEFORE, a checkout of it: reading pages, and crawling."""
    for words in read_by_both(before, rounds):
        click.echo(f"{words}\n")
    if crawls:
        for words in crawled_by_both(before, posts, crawls):
            click.echo(f"{words}\n")


if __name__ == "__main__":
    main()
