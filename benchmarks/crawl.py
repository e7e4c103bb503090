"""The whole crawl (fetch → WARC → read → provenance → SQLite with search) beside what one would run instead."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.measure import ROUNDS, ProcessCost, Spread, interleaved, promise, run_process, table

NAME = "crawl"
DESCRIPTION = "the whole crawl beside bare Scrapy, the plain thing one would write, wget and trafilatura"

POSTS = {"toy": 20, "small": 300, "full": 2_000}
ROOT = Path(__file__).resolve().parent.parent
PEAK_BYTES_MAX = 200_000_000

LABELS = {
    "clipfile": "Clipfile",
    "bare": "bare Scrapy, following the same links",
    "plain": "Scrapy + BeautifulSoup(lxml) + sqlite-utils",
    "wget": "wget --mirror --warc-file",
    "trafilatura": "Scrapy + trafilatura + sqlite-utils",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One crawl by one contender, as the server and the kernel saw it."""

    pages: int
    """Answers with status 200, robots.txt among them."""
    requests: int
    crawl_s: float
    """From the first request to the end of the process: without the start-up, with the last commit."""
    cost: ProcessCost

    @property
    def pages_per_s(self) -> float:
        return self.pages / self.crawl_s

    @property
    def cpu_ms_per_page(self) -> float:
        return self.cost.cpu_s / self.pages * 1e3


class Server:
    """The blog's server in a process of its own."""

    def __init__(self, posts: int, *options: str) -> None:
        self.posts = posts
        command = [sys.executable, "-m", "benchmarks.server", str(posts), *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def ask(self, what: str) -> dict[str, Any]:
        with urlopen(f"{self.url}/-/{what}") as answer:
            return json.load(answer)

    def close(self) -> None:
        self.process.communicate()


@contextmanager
def serving(posts: int, *options: str) -> Iterator[Server]:
    server = Server(posts, *options)
    try:
        yield server
    finally:
        server.close()


def command_of(contender: str, start: str, folder: Path) -> list[str]:
    own = ("--archive", str(folder), "--allow-private", "--delay", "0")
    words = ("crawl", start, "--no-requisites", *own)  # the others fetch no pictures either
    commands = {
        "clipfile": [sys.executable, "-c", "import sys; from archive.cli import main; sys.exit(main())", *words],
        "no captures": [sys.executable, "-m", "benchmarks.capture", *words],
        "wget": [
            *("wget", "--mirror", "--no-verbose", "--execute", "robots=off", "--warc-file", "wget"),
            # of what the pages link to, only listings and posts are there to be had
            *("--accept-regex", r"/(blog|category)/|-what-comes-next/$", start),
        ],
    }
    return commands.get(contender) or [sys.executable, "-m", "benchmarks.contenders", contender, start, str(folder)]


def crawl(contender: str, server: Server, *, tree: Path = ROOT) -> Outcome:
    """One crawl into an empty folder, by the code of *tree*. Raises RuntimeError, with what was printed, on failure."""
    folder = Path(tempfile.mkdtemp(prefix=f"clipfile-bench-{contender}-"))
    try:
        server.ask("reset")
        start = f"{server.url}/blog/"
        cost = run_process(command_of(contender, start, folder), cwd=folder, env=environment(tree))
        if cost.exit_code not in ACCEPTED.get(contender, (0,)):
            raise RuntimeError(f"{contender} ended with {cost.exit_code}:\n{(folder / 'out.txt').read_text()[-3000:]}")
        counts = server.ask("counts")
        if counts["statuses"].get("200", 0) < server.posts:
            raise RuntimeError(f"{contender} fetched {counts['statuses']} of a blog of {server.posts} posts")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(
        pages=counts["statuses"].get("200", 0),
        requests=sum(counts["statuses"].values()),
        crawl_s=cost.ended_at - counts["first_at"],
        cost=cost,
    )


ACCEPTED = {"wget": (0, 8)}
"""wget says 8 when a link of a page led to a 404."""


def environment(tree: Path = ROOT) -> dict[str, str]:
    """For code of *tree*; bytecode is kept between runs, as an installed program has it, whatever the shell says."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(tree)}


def contenders(size: str) -> tuple[list[str], list[str]]:
    """Who takes part, and a sentence for each that can't."""
    missing = {
        "wget": "" if shutil.which("wget") else "wget is not installed",
        "trafilatura": "" if find_spec("trafilatura") else "trafilatura is not installed",
    }
    names = [name for name in LABELS if not missing.get(name)]
    return names, [f"{LABELS[name]}: left out, {why}" for name, why in missing.items() if why]


def run(size: str) -> dict[str, Any]:
    names, notes = contenders(size)
    with serving(POSTS[size]) as server:
        rounds = interleaved({name: partial(crawl, name, server) for name in names}, ROUNDS[size])
    return {"posts": POSTS[size], "rounds": len(rounds), "notes": notes, **report(names, rounds)}


def report(names: list[str], rounds: list[dict[str, Outcome]]) -> dict[str, Any]:
    """Ratios are taken within each round, and their median shown: a slow round is slow for both sides."""
    ratios = {
        (name, measure): Spread.of([_ratio(measure, one["clipfile"], one[name]) for one in rounds])
        for name in names
        for measure in ("pages/s", "cpu")
    }
    held = max(one["clipfile"].cost.held_bytes for one in rounds)
    return {
        "tables": [
            table(
                "Whole crawl",
                COLUMNS,
                [_row(name, [one[name] for one in rounds], ratios) for name in names],
            )
        ],
        "promises": [
            promise("pages/s ÷ the plain thing's", ratios["plain", "pages/s"].median, at_least=2),
            promise("pages/s ÷ bare Scrapy's", ratios["bare", "pages/s"].median, at_least=0.25),
            promise("pages/s ÷ the plain thing's, wanted", ratios["plain", "pages/s"].median, at_least=3),
            promise("pages/s ÷ bare Scrapy's, wanted", ratios["bare", "pages/s"].median, at_least=0.45),
            promise("memory held together, MB", held / 1e6, at_most=PEAK_BYTES_MAX / 1e6),
        ],
    }


COLUMNS = (
    *(
        "crawler",
        "pages",
        "requests",
        "pages/s",
        "CPU ms a page",
        "of it reading apart",
        "held together, MB",
        "peaks added up, MB",
    ),
    *("Clipfile's pages/s ÷ its", "its CPU a page ÷ Clipfile's"),
)


def _ratio(measure: str, ours: Outcome, theirs: Outcome) -> float:
    if measure == "pages/s":
        return ours.pages_per_s / theirs.pages_per_s
    return theirs.cpu_ms_per_page / ours.cpu_ms_per_page


def _row(name: str, outcomes: list[Outcome], ratios: dict[tuple[str, str], Spread]) -> list[Any]:
    return [
        LABELS[name],
        outcomes[0].pages,
        outcomes[0].requests,
        round(Spread.of([o.pages_per_s for o in outcomes]).median, 1),
        round(Spread.of([o.cpu_ms_per_page for o in outcomes]).median, 1),
        round(Spread.of([o.cost.children_cpu_s / o.pages * 1e3 for o in outcomes]).median, 1) or "",
        round(max(o.cost.held_bytes for o in outcomes) / 1e6),
        round(max(o.cost.peak_bytes for o in outcomes) / 1e6),
        str(ratios[name, "pages/s"]) if name != "clipfile" else "",
        str(ratios[name, "cpu"]) if name != "clipfile" else "",
    ]
