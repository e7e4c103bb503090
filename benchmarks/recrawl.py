"""A run over a blog that has not changed, over the length of the blog, beside what one would do instead.

The archive is filled once for each length (`filed.py`); then each source in turn is the cheapest that is open: what the
last whole run found of the sources above it is rewritten as closed, so that the same archive serves for all. Beside it:
every page fetched again, every page asked for conditionally (of a blog whose cache answers 304, which WordPress alone
does not), and the sitemap alone, each as lean as can be: one connection, nothing parsed but what is needed.
"""

from __future__ import annotations

import http.client
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from benchmarks.crawl import ROOT, Server, environment
from benchmarks.filed import file_posts
from benchmarks.measure import ROUNDS, Spread, interleaved, promise, run_process, table

NAME = "recrawl"
DESCRIPTION = "an unchanged blog crawled again, over its length; and k changes found"

POSTS: Final = {"toy": (20, 60), "small": (100, 1_000), "full": (100, 1_000, 5_000, 10_000)}
CHANGES: Final = {"toy": (1,), "small": (1, 10), "full": (1, 10, 50)}
CHANGED: Final = {"toy": ((60, 1),), "small": ((1_000, 2), (5_000, 1)), "full": ((1_000, 2), (10_000, 1))}
"""Posts of the blogs that are changed, and how many of the dated roads are travelled then, from the first on."""
CATEGORIES: Final = 4
ROADS: Final = {
    "by REST": (),
    "by sitemap": ("rest",),
    "by feed": ("rest", "sitemap"),
    "by listings": ("rest", "sitemap", "feed"),
}
"""How a delta learns what changed → the doors that are closed then."""
DATED: Final = ("by REST", "by sitemap")
"""Roads that find every change; the others wait for a sweep or a recheck."""
BESIDE: Final = {"every page again": "full", "every page, conditionally": "conditional", "the sitemap alone": "sitemap"}
FLAT: Final = ("by REST", "by feed", "by listings")
"""Roads that must cost the same for every length; a sitemap is as long as its blog."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    requests: int
    posts: int
    """Post pages that were answered."""
    bytes: int
    cpu_s: float
    wall_s: float


class Returning(Server):
    """The blog's server, whose doors can be closed."""

    module = "benchmarks.returning"

    def __init__(self, posts: int) -> None:
        self.posts = posts
        command = [sys.executable, "-m", self.module, str(posts)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def measured(self, work: Callable[[], Any], closed: tuple[str, ...] = (), validators: bool = False) -> Cost:
        self.ask(f"set?closed={','.join(closed)}&validators={int(validators)}")
        self.ask("reset")
        cost = work()
        counts = self.ask("counts")
        return Cost(
            requests=sum(counts["statuses"].values()),
            posts=counts["posts"],
            bytes=counts["bytes"],
            cpu_s=cost.cpu_s,
            wall_s=cost.wall_s,
        )


def crawl(server: Returning, archive: Path) -> Any:
    words = [sys.executable, "-c", "import sys; from archive.cli import main; sys.exit(main())", "crawl"]
    words += [f"{server.url}/blog/", "--archive", str(archive), "--allow-private", "--delay", "0"]
    cost = run_process(words, cwd=archive.parent, env=environment())
    if cost.exit_code:
        raise RuntimeError(
            f"the crawl ended with {cost.exit_code}:\n{(archive.parent / 'out.txt').read_text()[-3000:]}"
        )
    return cost


def prepare(server: Returning, archive: Path) -> None:
    """An archive that holds the blog and knows its sources: posts are filed, then one real run walks all there is."""
    archive.parent.mkdir(exist_ok=True)
    file_posts(archive, server.posts, server.url)
    crawl(server, archive)


def set_doors(archive: Path, closed: tuple[str, ...]) -> None:
    """Let the last whole run have found these doors closed and the others open; and no sweep be due for a while yet."""
    db = sqlite3.connect(archive / "archive.db")
    for door in ("rest", "sitemap", "feed"):
        state = "closed" if door in closed else "open"
        db.execute("update runs set report = json_set(report, ?, ?)", (f"$.verdicts.{door}.status", state))
    db.execute("update runs set mode = 'recheck' where mode = 'delta'")
    db.commit()
    db.close()


def client(server: Returning, way: str, folder: Path) -> Any:
    words = [sys.executable, "-m", "benchmarks.recrawl", way, server.url, str(folder / "known.json")]
    return run_process(words, cwd=folder, env=environment())


def measure_lengths(lengths: tuple[int, ...], rounds: int) -> dict[int, dict[str, list[Cost]]]:
    """Posts → way → what it cost each round when nothing had changed. Lengths take turns like ways do.

    What is set beside takes one round: it asks for thousands of pages.
    """
    with ExitStack() as open_till_the_end:
        ours: dict[Any, Callable[[], Cost]] = {}
        others: dict[Any, Callable[[], Cost]] = {}
        for posts in lengths:
            server = open_till_the_end.enter_context(closing(Returning(posts)))
            folder = Path(
                open_till_the_end.enter_context(tempfile.TemporaryDirectory(prefix="clipfile-bench-recrawl-"))
            )
            ours |= {(posts, way): work for way, work in _roads(server, folder).items()}
            others |= {(posts, way): work for way, work in _clients(server, folder).items()}
        results = [*interleaved(ours, rounds), *interleaved(others, 1)]
    return {
        posts: {way: [one[posts, way] for one in results if (posts, way) in one] for way in (*ROADS, *BESIDE)}
        for posts in lengths
    }


def _roads(server: Returning, folder: Path) -> dict[str, Callable[[], Cost]]:
    """One archive for all roads, crawled once more, so that nothing is left of the first runs."""
    archive = folder / "data"
    prepare(server, archive)
    crawl(server, archive)

    def travel(closed: tuple[str, ...]) -> Cost:
        set_doors(archive, closed)
        return server.measured(partial(crawl, server, archive), closed)

    return {road: partial(travel, closed) for road, closed in ROADS.items()}


def _clients(server: Returning, folder: Path) -> dict[str, Callable[[], Cost]]:
    server.ask("set?validators=1")
    client(server, "remember", folder)
    return {
        label: partial(server.measured, partial(client, server, way, folder), validators=way == "conditional")
        for label, way in BESIDE.items()
    }


def measure_changes(posts: int, roads: tuple[str, ...], changes: tuple[int, ...]) -> list[list[Any]]:
    """Rows of: road, changes, requests, requests that were not for a changed post, all found."""
    rows = []
    for road in roads:
        closed = ROADS[road]
        server = Returning(posts)
        with tempfile.TemporaryDirectory(prefix="clipfile-bench-recrawl-") as name:
            archive = Path(name) / "data"
            try:
                server.ask(f"set?closed={','.join(closed)}")
                prepare(server, archive)
                for count in changes:
                    changed = server.ask(f"change?edits={count}&additions={count}&removals={count}")
                    cost = server.measured(partial(crawl, server, archive), closed)
                    found = _found(archive, changed)
                    rows.append(
                        [posts, road, 3 * count, cost.requests, cost.requests - 3 * count, f"{found} of {3 * count}"]
                    )
            finally:
                server.close()
    return rows


def _found(archive: Path, changed: dict[str, list[str]]) -> int:
    """How many of the changes the archive's last run stored."""
    db = sqlite3.connect(archive / "archive.db")
    (run,) = db.execute("select max(id) from runs").fetchone()
    stored = {
        "edited": f"select count(*) {REVISED} and number > 1",
        "added": f"select count(*) {REVISED} and number = 1",
        "removed": "select count(*) from absences join posts on posts.id = post_id where run_id = ? and url = ?",
    }
    found = sum(db.execute(stored[kind], (run, url)).fetchone()[0] for kind, urls in changed.items() for url in urls)
    db.close()
    return int(found)


REVISED: Final = "from revisions join posts on posts.id = post_id where run_id = ? and url = ?"


def run(size: str) -> dict[str, Any]:
    lengths, rounds = POSTS[size], min(2, ROUNDS[size])
    measured = measure_lengths(lengths, rounds)
    changes = [row for posts, roads in CHANGED[size] for row in measure_changes(posts, DATED[:roads], CHANGES[size])]
    return {
        "lengths": lengths,
        "rounds": rounds,
        "tables": [_costs(measured), _slopes(measured), table("Changes", CHANGE_COLUMNS, changes)],
        "promises": [*_promises(measured), *_change_promises(changes)],
        "notes": [
            "By sitemap, bytes grow with the blog: a sitemap names every post. By listings, a page of each category "
            "and of the blog is asked for. Slopes are of a least-squares line through the medians.",
            "REST never shows a deletion. Where its count has changed, pages of its list are asked for, a hundred "
            "posts each, and the search goes on only where the counts differ: for the first deletion among N posts at "
            "most 1 + log2(N / 100) pages, which is 4 for 1,000 posts and 7 for 10,000, and never more than the "
            "N / 100 pages there are. With the five requests of every run and one for each changed post that is 12 "
            "and 15 for three changes, 4 and 5 each; for a deletion alone it is 10 and 13.",
        ],
    }


CHANGE_COLUMNS: Final = ("posts", "road", "changes", "requests", "of them not for a changed post", "found")


def _costs(measured: dict[int, dict[str, list[Cost]]]) -> dict[str, Any]:
    rows = [
        [
            way,
            posts,
            costs[0].requests,
            costs[0].posts,
            round(costs[0].bytes / 1e3, 1),
            str(Spread.of([cost.cpu_s for cost in costs])),
            str(Spread.of([cost.wall_s for cost in costs])),
        ]
        for way in (*ROADS, *BESIDE)
        for posts, ways in measured.items()
        for costs in (ways[way],)
    ]
    return table("Nothing changed", ("way", "posts", "requests", "posts fetched", "kB", "CPU s", "seconds"), rows)


def _slopes(measured: dict[int, dict[str, list[Cost]]]) -> dict[str, Any]:
    rows = [
        [way, *(f"{1_000 * slope(_line(measured, way, value)):.2f}" for value in VALUES.values())]
        for way in (*ROADS, *BESIDE)
    ]
    return table("For each 1,000 posts more", ("way", *(f"{name} more" for name in VALUES)), rows)


VALUES: Final[dict[str, Callable[[Cost], float]]] = {
    "requests": lambda cost: cost.requests,
    "kB": lambda cost: cost.bytes / 1e3,
    "CPU s": lambda cost: cost.cpu_s,
}


def _line(
    measured: dict[int, dict[str, list[Cost]]], way: str, value: Callable[[Cost], float]
) -> list[tuple[int, float]]:
    return [(posts, Spread.of([value(cost) for cost in ways[way]]).median) for posts, ways in measured.items()]


def slope(points: list[tuple[int, float]]) -> float:
    """Of the least-squares line through (x, y).

    >>> slope([(1, 2.0), (2, 4.0), (3, 6.0)])
    2.0
    """
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread


def _promises(measured: dict[int, dict[str, list[Cost]]]) -> list[dict[str, Any]]:
    every = {road: [cost for ways in measured.values() for cost in ways[road]] for road in ROADS}
    files = max(-(-posts // 2_000) for posts in measured)
    return [
        promise("requests by REST", max(cost.requests for cost in every["by REST"]), at_most=6),
        promise(
            "requests by sitemap, beside its files", max(c.requests for c in every["by sitemap"]) - files, at_most=4
        ),
        promise("requests by feed", max(cost.requests for cost in every["by feed"]), at_most=4),
        promise(
            "pages a listing", max(cost.requests - 1 for cost in every["by listings"]) / (CATEGORIES + 1), at_most=2
        ),
        promise("post pages fetched", max(cost.posts for costs in every.values() for cost in costs), at_most=0),
        *(
            promise(
                f"kB {road}, each 1,000 posts more", 1_000 * slope(_line(measured, road, VALUES["kB"])), at_most=0.1
            )
            for road in FLAT
        ),
        *(
            promise(
                f"share of CPU {road}, each 1,000 posts more",
                1_000 * slope(line := _line(measured, road, VALUES["CPU s"])) / line[0][1],
                at_most=0.01,
            )
            for road in FLAT
        ),
    ]


def _change_promises(rows: list[list[Any]]) -> list[dict[str, Any]]:
    missed = sum(changes - int(found.split()[0]) for _, _, changes, _, _, found in rows)
    return [
        promise("changes not found by the next run", missed, at_most=0),
        promise("requests for each change", max(requests / changes for _, _, changes, requests, *_ in rows), at_most=6),
    ]


# --------------------------------------------------------------------------------- the leanest clients one would write


def get(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response, response.read()


def sitemap_posts(connection: http.client.HTTPConnection) -> dict[str, str]:
    """Path → lastmod of every post."""
    found: dict[str, str] = {}
    _, index = get(connection, "/wp-sitemap.xml", {})
    for child in re.findall(rb"<loc>([^<]+)</loc>", index):
        _, body = get(connection, urlsplit(child.decode()).path, {})
        entries = re.findall(rb"<loc>([^<]+)</loc><lastmod>([^<]+)</lastmod>", body)
        found |= {urlsplit(url.decode()).path: lastmod.decode() for url, lastmod in entries}
    return found


def main(way: str, url: str, known_file: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    file = Path(known_file)
    if way == "remember":
        etags = {path: get(connection, path, {})[0].getheader("ETag") for path in sitemap_posts(connection)}
        file.write_text(json.dumps({"etags": etags, "sitemap": sitemap_posts(connection)}))
        return
    known = json.loads(file.read_text())
    if way == "sitemap":
        changed = [path for path, lastmod in sitemap_posts(connection).items() if known["sitemap"].get(path) != lastmod]
        assert not changed
        return
    for path, etag in known["etags"].items():
        get(connection, path, {"If-None-Match": etag} if way == "conditional" else {})


if __name__ == "__main__":
    main(*sys.argv[1:4])
