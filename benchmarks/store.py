"""The store: saving posts with revisions, evidence and full-text search, beside SQLite fed with the finished rows."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from archive.database import open_database
from archive.model import Evidence, Image, Post, Reading
from archive.store import Store
from benchmarks.made_up import made_up_posts, vocabulary
from benchmarks.measure import ROUNDS, Spread, interleaved, promise, table

NAME: Final = "store"
DESCRIPTION: Final = "saving posts in one transaction and in one each, beside executemany and sqlite-utils"

POSTS: Final = {"toy": 40, "small": 1_000, "full": 20_000}
DURABLE_POSTS: Final = {"toy": 20, "small": 500, "full": 2_000}
AT: Final = "2026-01-01T00:00:00Z"

TABLES: Final = (
    "sites", "runs", "outlets", "authors", "categories", "tags", "posts", "post_urls", "revisions", "evidence",
    "images", "post_authors", "post_categories", "post_tags",
)  # fmt: skip
"""What saving a post writes to, in an order that keeps every reference; the triggers write the rest."""

Made = tuple[Post, Reading]


def run(size: str) -> dict[str, Any]:
    posts = list(made_up(POSTS[size]))
    few = posts[: DURABLE_POSTS[size]]
    with tempfile.TemporaryDirectory(prefix="clipfile-bench-store-") as scratch:
        folder = Path(scratch)
        save_all(folder / "rows", posts)
        rows = rows_of(folder / "rows" / "archive.db")
        contenders: dict[str, Callable[[], Cost]] = {
            BULK: partial(measured, folder, len(posts), lambda path: save_all(path, posts)),
            RAW: partial(measured, folder, len(posts), lambda path: insert_all(path, rows)),
            UTILS: partial(measured, folder, len(few), lambda path: upsert_each(path, few)),
            DURABLE: partial(measured, folder, len(few), lambda path: save_each(path, few)),
        }
        rounds = interleaved(contenders, ROUNDS[size])
    return {"posts": len(posts), **report(contenders, rounds)}


BULK: Final = "Clipfile, all in one transaction, as a rebuilding does"
RAW: Final = "executemany of the same rows into the same tables, in one transaction"
DURABLE: Final = "Clipfile, one durable transaction a post, as a crawl does"
UTILS: Final = "sqlite-utils, one upsert a post into one table with full-text search"

Cost = tuple[float, float]
"""Milliseconds a post: by the processor, by the clock."""


def report(contenders: dict[str, Any], rounds: list[dict[str, Cost]]) -> dict[str, Any]:
    def spread(name: str, place: int) -> Spread:
        return Spread.of([one[name][place] for one in rounds])

    of_raw = {name: Spread.of([one[RAW][0] / one[name][0] for one in rounds]) for name in contenders}
    rows = [
        [name, str(spread(name, 0)), f"{1e3 / spread(name, 1).median:.0f}", str(of_raw[name])] for name in contenders
    ]
    return {
        "tables": [table("Saving a post", ("how", "CPU ms a post", "posts/s", "raw CPU ÷ its"), rows)],
        "promises": [
            promise("executemany's CPU ÷ Clipfile's, in one transaction", of_raw[BULK].median, at_least=0.5),
            promise(
                "posts a second of the processor, one durable transaction each",
                1e3 / spread(DURABLE, 0).median,
                at_least=300,
            ),
            promise("posts/s, one durable transaction each", 1e3 / spread(DURABLE, 1).median, at_least=300),
        ],
    }


def measured(folder: Path, posts: int, work: Callable[[Path], None]) -> Cost:
    """In a folder of its own, which is thrown away; opening and closing count, as far as they grow with the posts."""
    path = folder / "measured"
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    work(path)
    cost = (time.process_time() - cpu_s) / posts * 1e3, (time.perf_counter() - wall_s) / posts * 1e3
    shutil.rmtree(path)
    return cost


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """A new archive's store with a site and a run, closed without the work that is done once a run."""
    folder.mkdir()
    store = Store(open_database(folder / "archive.db"))
    try:
        with store.atomic():
            store.custody.save_site("made-up", "https://b.example/")
            store.custody.start_run(1, "full", {})
        yield store
    finally:
        store.db.close()


def save(store: Store, post: Post, reading: Reading) -> None:
    store.posts.save(1, 1, post, reading, capture_id=None, seen_at=AT, aliases=(post.url,), hold=True)


def save_all(folder: Path, posts: list[Made]) -> None:
    with opened(folder) as store:
        store.db.execute("pragma synchronous = off")
        with store.atomic():
            for post, reading in posts:
                save(store, post, reading)


def save_each(folder: Path, posts: list[Made]) -> None:
    with opened(folder) as store:
        for post, reading in posts:
            with store.atomic():
                save(store, post, reading)


def rows_of(path: Path) -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
    """Table → the statement that inserts a row, and all rows."""
    db = Database(path)
    found = {}
    for name in TABLES:
        columns = db[name].columns_dict
        marks = ", ".join("?" * len(columns))
        rows = db.execute(f"select {', '.join(columns)} from {name}").fetchall()
        found[name] = f"insert into {name} ({', '.join(columns)}) values ({marks})", rows
    db.close()
    return found


def insert_all(folder: Path, rows: dict[str, tuple[str, list[tuple[Any, ...]]]]) -> None:
    folder.mkdir()
    db = open_database(folder / "archive.db")
    db.execute("pragma synchronous = off")
    with db.atomic():
        for statement, values in rows.values():
            db.conn.executemany(statement, values)
    db.close()


def upsert_each(folder: Path, posts: list[Made]) -> None:
    """What one would write: a row a post, its lists as JSON, found again by triggers of sqlite-utils' own."""
    folder.mkdir()
    db = Database(folder / "posts.db")
    db.execute("pragma journal_mode = wal").fetchall()
    for number, (post, reading) in enumerate(posts):
        db["posts"].upsert(flat(post, reading), pk="url")
        if number == 0:
            db["posts"].enable_fts(["title", "outlet", "authors", "text"], create_triggers=True, tokenize="porter")
    db.close()


def flat(post: Post, reading: Reading) -> dict[str, Any]:
    return {
        "url": post.url, "title": post.title, "text": post.text, "html": post.html, "posted_on": post.posted_on,
        "categories": json.dumps(post.categories), "outlet": reading.outlet, "authors": json.dumps(reading.authors),
        "original_on": reading.original_on,
    }  # fmt: skip


def made_up(count: int) -> Iterator[Made]:
    """Posts of 480 words with everything a repost has: two pictures, a category, tags, evidence for each field."""
    words = vocabulary()
    authors = [f"{words[i + 500].title()} {words[i + 3000].title()}" for i in range(2_000)]
    for number, title, text, outlet, author, day in made_up_posts(count, words, authors):
        url = f"https://b.example/{number}/"
        images = tuple(Image(url=f"{url}{name}.jpg", alt=title, candidates=(f"{url}s.jpg",)) for name in "ab")
        post = Post(
            url=url, title=title, text=text, html=f"<p>{text}</p>", posted_on=day, site_author="Web Editor",
            categories=(words[number % 10],), tags=(words[number % 97], words[number % 89]), language="en-US",
            images=images, wordpress_id=number, layout="entry-content",
        )  # fmt: skip
        claims = {"kind": "repost", "outlet": outlet, "authors": author, "original_on": day, "completeness": "full"}
        evidence = tuple(
            Evidence(field=name, value=value, printed=value, where="head 1", rule="head-block", confidence=0.97)
            for name, value in claims.items()
        )
        reading = Reading(
            kind="repost", completeness="full", outlet=outlet, outlet_printed=outlet, authors=(author,),
            original_on=day, confidence=0.97, evidence=evidence, reader="1",
        )  # fmt: skip
        yield post, reading
