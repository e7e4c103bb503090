"""Reading a page, beside parsing alone: `python -m benchmarks reading` prints the ratios of docs/reading-pages.md."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bs4 import BeautifulSoup
from lxml import html

from benchmarks.blog import Blog
from benchmarks.measure import ROUNDS, Spread, interleaved, promise, table
from crawler.pages import Page, page_kind, parse_page, read_links, read_post

NAME = "reading"
DESCRIPTION = "one page: tree, Post, links, beside parsing alone"

HOME = "https://harbor.example"
PAGES = {"toy": 2, "small": 10, "full": 40}

Document = tuple[str, bytes]


def documents(count: int) -> list[Document]:
    """The first posts of the benchmark's blog: address and bytes."""
    blog = Blog(count, HOME)
    return [(f"{HOME}{post.path}", b"".join(blog.answers[post.path])) for post in blog.posts]


def run(size: str) -> dict[str, Any]:
    pages = documents(PAGES[size])
    steps: dict[str, Callable[[], float]] = {name: partial(mean_ms, step, pages) for name, step in STEPS.items()}
    rounds = interleaved(steps, ROUNDS[size])
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
    size_kb = sum(len(body) for _, body in pages) / len(pages) / 1000
    return {
        "tables": [
            table(f"A page of {size_kb:.0f} kB", ("step", "CPU ms", "÷ lxml parse", "÷ BeautifulSoup parse"), rows)
        ],
        "promises": [
            promise("tree and Post ÷ lxml parse", of_lxml["parse_page and read_post"].median, at_most=5),
            promise("tree and Post ÷ BeautifulSoup parse", of_soup["parse_page and read_post"].median, at_most=0.4),
        ],
        "notes": [f"{len(pages)} pages of {size_kb:.0f} kB on average, {len(rounds)} rounds, medians."],
    }


def mean_ms(step: Callable[[Document], float], pages: list[Document]) -> float:
    """CPU milliseconds a page: the machine is shared, the clock on the wall is not to be trusted."""
    return sum(step(page) for page in pages) / len(pages) * 1e3


def _timed(work: Callable[[Document], Any], document: Document) -> float:
    began = time.process_time()
    work(document)
    return time.process_time() - began


def _after_parsing(work: Callable[[Page], Any], document: Document) -> float:
    """Only what comes after the parse, which is done anew each time: a page keeps what it has worked out."""
    page = _page(document)
    began = time.process_time()
    work(page)
    return time.process_time() - began


def _page(document: Document) -> Page:
    return parse_page(document[1], url=document[0])


STEPS: dict[str, Callable[[Document], float]] = {
    "lxml parse": partial(_timed, lambda document: html.document_fromstring(document[1])),
    "BeautifulSoup(lxml) parse": partial(_timed, lambda document: BeautifulSoup(document[1], "lxml")),
    "parse_page": partial(_timed, _page),
    "read_post": partial(_after_parsing, read_post),
    "parse_page and read_post": partial(_timed, lambda document: read_post(_page(document))),
    "read_links": partial(_after_parsing, read_links),
    "page_kind": partial(_after_parsing, page_kind),
}
