"""A process that writes as a crawl does until its input ends, then says how many pairs: `writing_pairs.py DATABASE`."""

from __future__ import annotations

import select
import sys
from pathlib import Path

from filing import SECOND, a_page

from archive.store import Store

SEEN_AT = SECOND.strftime("%Y-%m-%dT%H:%M:%SZ")


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(database: Path) -> None:
    store = Store.open(database)
    with store.atomic():
        site = store.custody.save_site("blog", "https://blog.example/")
        run = store.custody.start_run(site, "full", {})
    pairs = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        with store.atomic():
            for half in ("a", "b"):
                page = a_page(f"pair-{pairs}-{half}", title=f"Pair {pairs} {half}")
                store.posts.save(site, run, page.post, page.reading, capture_id=None, seen_at=SEEN_AT)
        pairs += 1
        if pairs == 1:
            say("begun")
        if pairs % 50 == 0:
            store.db.execute("pragma wal_checkpoint(passive)").fetchall()
    store.close()
    say(str(pairs))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
