"""The site while a crawl writes: never locked, never torn, never behind."""

from __future__ import annotations

import re
import threading
import urllib.request
from pathlib import Path

from filing import SECOND, a_page, harbor_line
from serving_site import served

from archive.store import Store

COUNT = re.compile(r"([\d,]+) posts kept")
ROUNDS = 30


def write_pairs(database: Path, stop: threading.Event, written: list[int]) -> None:
    """Posts two by two, each pair in one transaction, until told to stop; checkpoints as a crawl does."""
    store = Store.open(database)
    with store.atomic():
        site = store.custody.save_site("blog", "https://blog.example/")
        run = store.custody.start_run(site, "full", {})
    while not stop.is_set():
        with store.atomic():
            for half in ("a", "b"):
                page = a_page(f"pair-{len(written)}-{half}", title=f"Pair {len(written)} {half}")
                seen_at = SECOND.strftime("%Y-%m-%dT%H:%M:%SZ")
                store.posts.save(site, run, page.post, page.reading, capture_id=None, seen_at=seen_at)
        written.append(1)
    store.close()


def test_pages_are_whole_and_new_while_posts_come_in(tmp_path: Path) -> None:
    database = harbor_line(tmp_path / "data")
    stop, written = threading.Event(), []
    with served(database) as site:

        def fetch(path: str) -> str:
            with urllib.request.urlopen(site + path, timeout=20) as answer:
                assert answer.status == 200
                return answer.read().decode()

        writer = threading.Thread(target=write_pairs, args=(database, stop, written))
        writer.start()
        try:
            kept = []
            for round_ in range(ROUNDS):
                kept.append(int(COUNT.search(fetch("/archive/-/"))[1].replace(",", "")))
                for path in ("/archive/-/search?q=pair", "/archive/-/posts/1", "/archive/clippings?_nofacet=1")[
                    : round_ % 3 + 1
                ]:
                    fetch(path)
        finally:
            stop.set()
            writer.join()
        last = int(COUNT.search(fetch("/archive/-/"))[1].replace(",", ""))
    start = 9
    assert all((each - start) % 2 == 0 for each in kept)
    assert kept == sorted(kept)
    assert len(written) > ROUNDS / 4
    assert last == start + 2 * len(written)
