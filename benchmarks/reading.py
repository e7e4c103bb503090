"""Reading a page, beside parsing alone: `python -m benchmarks reading` prints the ratios of docs/reading-pages.md."""

from __future__ import annotations

import gc
import random
import statistics
import string
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from importlib.util import find_spec
from itertools import islice
from typing import Any

from bs4 import BeautifulSoup
from lxml import html

from archive import provenance
from benchmarks.blog import Blog
from benchmarks.crawl import ROOT, environment
from benchmarks.measure import ROUNDS, Spread, Worker, promise, table
from crawler.markup import COUNTED_BYTES
from crawler.pages import Page, page_kind, parse_page, read_links, read_post
from crawler.profiles import SiteProfile, load_profile
from crawler.reading import context_of, read_page

NAME = "reading"
DESCRIPTION = "one page: tree, Post, provenance, links, beside parsing alone"

HOME = "https://harbor.example"
PAGES = {"toy": 2, "small": 30, "full": 100}
WARMING = 10
"""Pages read before anything is measured: the theme's class names and the authority file of outlets are known then."""

Document = tuple[str, bytes]


def documents(count: int, skipped: int = 0) -> list[Document]:
    """Posts of the benchmark's blog after the first so many: address and bytes."""
    blog = Blog(skipped + count, HOME)
    return [(f"{HOME}{post.path}", b"".join(blog.answers[post.path])) for post in blog.posts[skipped:]]


def run(size: str) -> dict[str, Any]:
    pages = documents(WARMING + ROUNDS[size] * PAGES[size] * len(STEPS))
    fresh = iter(pages)
    for page in islice(fresh, WARMING):
        read_whole(page)
    rounds = [one_round(fresh, PAGES[size]) for _ in range(ROUNDS[size])]
    of_lxml = {name: Spread.of([one[name] / one["lxml parse"] for one in rounds]) for name in STEPS}
    of_soup = {name: Spread.of([one[name] / one["BeautifulSoup(lxml) parse"] for one in rounds]) for name in STEPS}
    rows = [
        [
            name,
            round(statistics.median([one[name] for one in rounds]), 2),
            str(of_lxml[name]),
            f"{of_soup[name].median:.3f}",
        ]
        for name in STEPS
    ]
    of_parsing = Spread.of([one["provenance.read"] / one["parse_page"] for one in rounds])
    reader_ms = statistics.median([one["provenance.read"] for one in rounds])
    alone = [alone_round(number, PAGES[size]) for number in range(ROUNDS[size])]
    size_kb = sum(len(body) for _, body in pages) / len(pages) / 1000
    return {
        "tables": [
            table(f"A page of {size_kb:.0f} kB", ("step", "CPU ms", "÷ lxml parse", "÷ BeautifulSoup parse"), rows),
            table(
                "Each in a process of its own",
                ("in a process of its own", "CPU ms", "÷ lxml parse", "÷ BeautifulSoup parse"),
                [
                    (
                        name,
                        f"{statistics.median(one[name] for one in alone):.2f}",
                        f"{Spread.of([one[name] / one['lxml parse'] for one in alone])}",
                        f"{Spread.of([one[name] / one['BeautifulSoup(lxml) parse'] for one in alone]):.3f}",
                    )
                    for name in ALONE
                ],
            ),
        ],
        "promises": [
            promise("provenance.read ÷ parse_page", of_parsing.median, at_most=1),
            promise("provenance.read, CPU ms", reader_ms, at_most=5),
            promise("tree, Post and provenance ÷ lxml parse", of_lxml[WHOLE].median, at_most=5),
            promise("tree, Post and provenance ÷ BeautifulSoup parse", of_soup[WHOLE].median, at_most=0.4),
        ],
        "notes": [
            f"{len(rounds)} rounds of {PAGES[size]} pages a step, none of them seen before, "
            f"{size_kb:.0f} kB on average; medians of the rounds.",
            f"A page of {COUNTED_BYTES:,} bytes that is one tag, whose attributes nobody counts: {one_tag_s():.1f} s.",
            *([] if PEER_THERE else ["trafilatura: left out, it is not installed"]),
        ],
    }


def one_round(fresh: Iterator[Document], count: int) -> dict[str, float]:
    """CPU milliseconds a page of each step, over *count* pages: the machine is shared, the clock on the wall would lie.

    Every step has pages of its own, which the process has not seen before: what the reader remembers of lines and names
    must not count twice. Page by page the steps take turns in another order: a slow moment hits all of them, and each
    comes as often as any other after a peer that leaves the processor's caches full of its own trees.
    """
    spent = dict.fromkeys(STEPS, 0.0)
    chance = random.Random(count)
    for _ in range(count):
        for name in chance.sample(list(STEPS), k=len(STEPS)):
            spent[name] += STEPS[name](next(fresh))
    return {name: seconds / count * 1e3 for name, seconds in spent.items()}


def alone_round(number: int, count: int) -> dict[str, float]:
    """CPU milliseconds a page of what can be run by itself, each in a process that does nothing else, page by page in
    turn, in another order for each: there no step finds memory as another left it."""
    with ExitStack() as stack:
        workers = {name: Worker(IN_A_PROCESS, name, cwd=ROOT, env=environment()) for name in ALONE}
        for worker in workers.values():
            stack.callback(worker.close)
        chance = random.Random(number)
        spent = [
            {name: workers[name].do(document) for name in chance.sample(ALONE, k=len(ALONE))}
            for document in documents(WARMING + count, number * count)
        ][WARMING:]
    return {name: statistics.mean(each[name] for each in spent) * 1e3 for name in ALONE}


def one_tag_s() -> float:
    """CPU seconds of the worst page whose attributes are not counted: as many as fit, of three letters each."""
    letters = string.ascii_lowercase
    names = (f" {a}{b}{c}" for a in letters for b in letters + string.digits for c in letters + string.digits)
    page = f"<p{''.join(islice(names, COUNTED_BYTES // 4 - 1))}>".encode()
    with ExitStack() as stack:
        worker = Worker(IN_A_PROCESS, WHOLE, cwd=ROOT, env=environment())
        stack.callback(worker.close)
        for document in documents(WARMING):
            worker.do(document)
        seconds: float = worker.do((HOME, page))
    return seconds


IN_A_PROCESS = """
from benchmarks.reading import STEPS
work = STEPS[sys.argv[1]]
"""


def _timed(work: Callable[[Document], Any], document: Document) -> float:
    began = time.process_time()
    work(document)
    return time.process_time() - began


def _timed_peer(work: Callable[[Document], Any], document: Document) -> float:
    """The same for a peer whose trees are cycles: to collect them is on its account, not on that of the next step.

    All that was there before is frozen meanwhile, so that nothing else is collected at its expense.
    """
    gc.freeze()
    began = time.process_time()
    work(document)
    gc.collect()
    took = time.process_time() - began
    gc.unfreeze()
    return took


def _extracted(document: Document) -> Any:
    from trafilatura import bare_extraction

    return bare_extraction(document[1], url=document[0])


def _after_parsing(work: Callable[[Page], Any], document: Document) -> float:
    """Only what comes after the parse, which is done anew each time: a page keeps what it has worked out."""
    page = _page(document)
    began = time.process_time()
    work(page)
    return time.process_time() - began


def _after_reading(document: Document) -> float:
    """Only what the reader of provenance costs, on the lines of a page just read: the page is held, as in a crawl.

    To free a tree costs some of what it took to parse it, which falls to whoever asks for memory next.
    """
    page = _page(document)
    post = read_post(page)
    context = context_of(post, _profile())
    began = time.process_time()
    provenance.read(post.lines, context)
    took = time.process_time() - began
    del page
    return took


@cache
def _profile() -> SiteProfile:
    return load_profile(HOME)


def read_whole(document: Document) -> None:
    read_page(_page(document), _profile())


def _page(document: Document) -> Page:
    return parse_page(document[1], url=document[0])


WHOLE = "tree, Post and provenance"
STEPS: dict[str, Callable[[Document], float]] = {
    "lxml parse": partial(_timed, lambda document: html.document_fromstring(document[1])),
    "BeautifulSoup(lxml) parse": partial(_timed_peer, lambda document: BeautifulSoup(document[1], "lxml")),
    "parse_page": partial(_timed, _page),
    "read_post": partial(_after_parsing, read_post),
    "provenance.read": _after_reading,
    WHOLE: partial(_timed, read_whole),
    "read_links": partial(_after_parsing, read_links),
    "page_kind": partial(_after_parsing, page_kind),
}
PEER_THERE = find_spec("trafilatura") is not None
if PEER_THERE:
    STEPS["trafilatura.bare_extraction"] = partial(_timed_peer, _extracted)
ALONE = [name for name in STEPS if name in ("lxml parse", WHOLE) or name.startswith(("BeautifulSoup", "trafilatura"))]
"""What can be run by itself: the other steps go on with what one of these left."""
