"""Keeping: how fast stored captures are read anew, on one core and on two, and what memory that and checking take."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from archive.folder import ArchiveFolder
from archive.model import Post, Reading
from archive.store import Store
from archive.store.values import instant
from archive.warc import Exchange
from benchmarks.blog import Blog
from benchmarks.crawl import ROOT, Server, command_of, environment, serving
from benchmarks.measure import ROUNDS, Spread, interleaved, promise, run_process, table
from crawler.keeper import Keeper

NAME = "rereading"
DESCRIPTION = "stored captures read anew beside the crawl that read them first; memory of re-reading and checking"

POSTS = {"toy": 20, "small": 300, "full": 2_000}
KEPT = {"toy": (5, 10), "small": (150, 450), "full": (1_500, 4_500)}
"""Posts of the smaller and the larger archive whose memory is compared, each page with 100 KB that don't compress."""
FILLER_BYTES = 75_000
PEAK_BYTES_MAX = 300_000_000

CLIPFILE = (sys.executable, "-c", "import sys; from archive.cli import main; sys.exit(main())")
HELD = """
import os, sys
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(sys.argv[1])])
os.execv(sys.argv[2], sys.argv[2:])
"""
READ = """
import json, sys, time
from pathlib import Path
from archive.folder import ArchiveFolder
from crawler.rereading import reread
if __name__ == "__main__":
    began = time.monotonic()
    found = [each.differs for each in reread(ArchiveFolder(path=Path(sys.argv[1])), jobs=int(sys.argv[2]))]
    print(json.dumps({"posts": len(found), "changed": sum(found), "seconds": time.monotonic() - began}))
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    posts: int
    seconds: float

    @property
    def per_s(self) -> float:
        return self.posts / self.seconds


def run(size: str) -> dict[str, Any]:
    with serving(POSTS[size]) as server, crawled(server) as (folder, crawl):
        contenders = {
            "one processor": partial(crawled_by_one, server),
            **{f"{jobs}": partial(read_anew, folder, jobs) for jobs in (1, 2)},
            "beside each other": partial(read_beside_each_other, folder),
        }
        rounds = interleaved(contenders, ROUNDS[size])
    by_one, one, two, beside = (Spread.of([each[name].per_s for each in rounds]) for name in contenders)
    gain = Spread.of([each["1"].per_s / each["one processor"].per_s for each in rounds])
    scaling = Spread.of([each["2"].per_s / each["1"].per_s for each in rounds])
    of_both = Spread.of([each["2"].per_s / each["beside each other"].per_s for each in rounds])
    memory = [costs(posts) for posts in KEPT[size]]
    peaks = [max(row[2], row[4]) for row in memory]
    return {
        "posts": POSTS[size],
        "tables": [
            table(
                "Reading",
                ("what", "posts/s", "÷ the crawl on one processor", "÷ the crawl on all"),
                [
                    (what, str(speed), f"{speed.median / by_one.median:.2f}", f"{speed.median / crawl.per_s:.2f}")
                    for what, speed in (
                        ("the crawl on one processor, from its first request to its last commit", by_one),
                        ("the crawl on all, reading in a process of its own", Spread.of([crawl.per_s])),
                        ("clipfile reread, one process", one),
                        ("clipfile reread, two processes", two),
                        ("two commands of one process each, both on the whole archive at the same time", beside),
                    )
                ],
            ),
            table(
                "Memory",
                ("posts", "MB of WARC", "verify: peak MB", "verify: s", "reread: peak MB", "reread: s"),
                memory,
            ),
        ],
        "promises": [
            promise("re-reading in one process ÷ the crawl on one processor, posts/s", gain.median, at_least=2),
            promise("re-reading in one process ÷ the crawl on all, posts/s", one.median / crawl.per_s, at_least=2),
            promise("two processes ÷ one, posts/s", scaling.median, at_least=1.7),
            promise("two processes ÷ two commands at the same time, posts/s", of_both.median, at_least=0.85),
            promise("peak memory of either, MB", max(peaks), at_most=PEAK_BYTES_MAX / 1e6),
        ],
        "notes": [
            f"From {memory[0][1]} to {memory[1][1]} MB of WARC the peak of verify grows by "
            f"{memory[1][2] - memory[0][2]} MB, that of reread by {memory[1][4] - memory[0][4]} MB. "
            "Peaks are of what all processes of a command held at a time, what they share counted once; they are "
            "looked at every half second, so a command that is over in one held more than is seen."
        ],
    }


@contextmanager
def crawled(server: Server, *, processors: int | None = None) -> Iterator[tuple[Path, Speed]]:
    """An archive of the benchmarks' blog, crawled for this, and how fast that went on so many processors, or on all."""
    folder = Path(tempfile.mkdtemp(prefix="clipfile-bench-rereading-"))
    try:
        server.ask("reset")
        program, *words = command_of("clipfile", f"{server.url}/blog/", folder / "data")
        held = (program, "-c", HELD, str(processors)) if processors else ()
        cost = run_process([*held, program, *words], cwd=folder, env=environment())
        if cost.exit_code:
            raise RuntimeError((folder / "out.txt").read_text()[-3000:])
        yield folder / "data", Speed(posts=server.posts, seconds=cost.ended_at - server.ask("counts")["first_at"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def crawled_by_one(server: Server) -> Speed:
    with crawled(server, processors=1) as (_, speed):
        return speed


def read_anew(folder: Path, jobs: int) -> Speed:
    """In a process of its own that begins with nothing imported, as the command does; its start is not counted."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(folder), str(jobs)],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    if told["changed"]:
        raise RuntimeError(f"{told['changed']} posts are read otherwise than they were a moment ago")
    return Speed(posts=told["posts"], seconds=told["seconds"])


def read_beside_each_other(folder: Path) -> Speed:
    """Two that share nothing: what the machine can do when both processors are busy, which may be less than double."""
    with ThreadPoolExecutor() as both:
        done = list(both.map(partial(read_anew, folder), (1, 1)))
    return Speed(posts=sum(each.posts for each in done), seconds=max(each.seconds for each in done))


def costs(posts: int) -> list[Any]:
    """A row of the memory table: verify and a dry run of reread, every post of which differs from what is stored."""
    folder = Path(tempfile.mkdtemp(prefix="clipfile-bench-keeping-"))
    try:
        # in a process of its own: what this one holds would count as the peak of those it starts
        words = ("-m", "benchmarks.rereading", str(folder / "data"), str(posts))
        subprocess.run([sys.executable, *words], cwd=ROOT, env=environment(), check=True)
        size = sum(path.stat().st_size for path in (folder / "data" / "warc").iterdir())
        row: list[Any] = [posts, round(size / 1e6)]
        for words in (("verify",), ("reread", "--dry-run")):
            began = time.monotonic()
            command = [*CLIPFILE, *words, "--archive", str(folder / "data")]
            cost = run_process(command, cwd=folder, env=environment())
            if cost.exit_code:
                raise RuntimeError((folder / "out.txt").read_text()[-3000:])
            row += [round(cost.held_bytes / 1e6), round(time.monotonic() - began, 1)]
        return row
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_archive(folder: Path, posts: int, *, filler_bytes: int = FILLER_BYTES) -> None:
    """An archive that was not crawled: pages made large by what does not compress, posts stored without being read."""
    blog, chance = Blog(posts, "https://harbor.example"), Random(1)
    archive = ArchiveFolder(path=folder)
    with archive.writing("a benchmark") as store:
        with store.atomic():
            site_id = store.custody.save_site("harbor", "https://harbor.example/blog/")
            run_id = store.custody.start_run(site_id, "full", {})
        keeper = Keeper(store, archive.warc_path, site_name="harbor", site_id=site_id, run_id=run_id, info={})
        for post in blog.posts:
            filler = base64.b64encode(chance.randbytes(filler_bytes))
            page = b"".join(blog.answers[post.path]).replace(
                b"</head>", b"<style>/*" + filler + b"*/</style></head>", 1
            )
            keep(keeper, store, f"https://harbor.example{post.path}", page)
        keeper.close()


def keep(keeper: Keeper, store: Store, url: str, page: bytes) -> None:
    at = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
    headers = (("Content-Type", "text/html; charset=UTF-8"),)
    exchange = Exchange(url=url, at=at, status=200, reason="OK", response_headers=headers, body=page, ip="192.0.2.7")
    kept = keeper.keep(exchange, "post")
    with keeper.commit():
        store.posts.save(
            keeper.site_id,
            keeper.run_id,
            Post(url=url, title="Not read yet", text="", html=""),
            Reading(kind="other"),
            capture_id=kept.capture_id,
            seen_at=instant(at),
        )


if __name__ == "__main__":
    make_archive(Path(sys.argv[1]), int(sys.argv[2]))
