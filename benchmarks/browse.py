"""Browsing: pages of the site beside Datasette's own table page on the same file, asked without a network.

By the clock of the processor, of all threads: nothing here waits for a disk, and the machine is not ours alone.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from datasette.app import Datasette
from datasette.plugins import pm

from archive.browse import plugin
from archive.database import open_database
from benchmarks import made_up, search
from benchmarks.measure import promise, table

NAME = "browse"
DESCRIPTION = "pages of `clipfile serve` beside Datasette's own table page of 20 posts without facets, same file"

ASKED: Final = {"toy": 6, "small": 40, "full": 60}
"""Requests of each kind; of them, half the table pages."""
COMMITS: Final = 8
SEED: Final = 11
AFTER_COMMIT: Final = "home after a commit"
LIMITS: Final = {"home": 80, AFTER_COMMIT: 80, "search": 100, "post": 40}
"""Page → milliseconds that 95 of 100 answers may take at full size."""
SHARES: Final = {"search": 1.0, "post": 0.6}
"""Page → of Datasette's table page, at most."""

PEER: Final = "Datasette's table of 20 posts"
PEER_PAGE: Final = "/archive/posts?_size=20&_nofacet=1&_nosuggest=1"
PEER_SEARCH: Final = "Datasette's table search"
RANKED_SEARCH: Final = "the same, best hits first"
RANKED_PAGE: Final = "/archive/clippings_ranked?_size=20&_nofacet=1&_nosuggest=1"
OTHERS: Final = ("outlets", "coverage", "authors", "health", "runs", "years/2015", "outlets/1", "authors/1")


def run(size: str) -> dict[str, Any]:
    if size == "toy":
        with tempfile.TemporaryDirectory() as folder:
            return measured(built(Path(folder) / "archive.db", search.POSTS[size]), size)
    return measured(kept(search.POSTS[size]), size)


def measured(path: Path, size: str) -> dict[str, Any]:
    found = asyncio.run(ask_all(path, paths(search.POSTS[size], ASKED[size])))
    peer = median(found[PEER])
    rows = [
        [
            name,
            len(times),
            f"{median(times):.1f}",
            f"{p95(times):.1f}",
            f"{median(times) / peer:.2f}",
        ]
        for name, times in found.items()
    ]
    columns = ("page", "asked", "median ms", "95 of 100 within ms", "of Datasette's table page")
    return {
        "tables": [table(f"{search.POSTS[size]:,} posts of 3 KB", columns, rows)],
        "promises": [
            *(promise(f"{name}, 95 of 100, ms", p95(found[name]), at_most=limit) for name, limit in LIMITS.items()),
            *(
                promise(f"{name}, of Datasette's table page", median(found[name]) / peer, at_most=share)
                for name, share in SHARES.items()
            ),
        ],
        "notes": [f"CPU milliseconds of the server, all threads; `{AFTER_COMMIT}` finds nothing kept from before."],
    }


def p95(times: Sequence[float]) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def paths(posts: int, asked: int) -> list[tuple[str, str]]:
    """(kind of page, path), in an order of chance: a slow minute hits all of them."""
    chance = random.Random(SEED)
    queries = [query.replace(" ", "+") for query in search.queries(made_up.vocabulary()).values()]
    found = [("home", "/archive/-/") for _ in range(asked)]
    found += [("search", f"/archive/-/search?q={queries[n % len(queries)]}") for n in range(asked)]
    found += [("post", f"/archive/-/posts/{chance.randint(1, posts)}") for _ in range(asked)]
    found += [("edits", f"/archive/-/posts/{chance.randint(1, posts)}/revisions") for _ in range(asked // 4)]
    found += [(other, f"/archive/-/{other}") for other in OTHERS for _ in range(3)]
    found += [(PEER, PEER_PAGE) for _ in range(asked // 2)]
    words = [query for query in queries if query.isalpha()]
    for name, page in ((PEER_SEARCH, f"{PEER_PAGE}&_sort_desc=posted_on"), (RANKED_SEARCH, RANKED_PAGE)):
        found += [(name, f"{page}&_search={words[n % len(words)]}") for n in range(asked // 2)]
    chance.shuffle(found)
    return found


async def ask_all(path: Path, asked: Sequence[tuple[str, str]]) -> dict[str, list[float]]:
    """Page → milliseconds of each of its answers."""
    if not pm.is_registered(plugin):
        pm.register(plugin, name="clipfile")
    # Datasette gives its own SQL one second, which its search of a common word does not always keep to.
    site = Datasette([str(path)], settings={"sql_time_limit_ms": 60_000})
    await site.invoke_startup()
    found: dict[str, list[float]] = {
        **{name: [] for name, _ in sorted(set(asked), key=lambda each: each not in LIMITS)},
        AFTER_COMMIT: [],
    }
    gc.freeze()  # as `clipfile serve` does
    for _, address in dict(asked).items():  # what is compiled or counted but once is not what an answer costs
        await milliseconds(site, address)
    for name, address in asked:
        found[name].append(await milliseconds(site, address))
    for _ in range(COMMITS):
        commit(path)
        found[AFTER_COMMIT].append(await milliseconds(site, "/archive/-/"))
    for database in site.databases.values():
        database.close()
    order = [*LIMITS, "edits", *OTHERS, PEER, PEER_SEARCH, RANKED_SEARCH]
    return {name: found[name] for name in order}


async def milliseconds(site: Datasette, address: str) -> float:
    start = time.process_time()
    answer = await site.client.get(address)
    took = (time.process_time() - start) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return took


def commit(path: Path) -> None:
    db = open_database(path)
    with db.atomic():
        db.execute("update runs set requests = requests + 1")
    db.close()


# --- the archive ------------------------------------------------------------------------------------------------------


def kept(posts: int) -> Path:
    """The archive of that size, made once and kept among the machine's temporary files until it is made otherwise."""
    made_by = hashlib.sha256(repr((STATEMENTS, made_up.INSERT_POST, made_up.WORDS, made_up.SEED)).encode()).hexdigest()[
        :12
    ]
    path = Path(tempfile.gettempdir()) / f"clipfile-browse-{posts}-{made_by}" / "archive.db"
    if not path.exists():
        unfinished = path.with_name("unfinished.db")
        unfinished.parent.mkdir(exist_ok=True)
        for old in unfinished.parent.glob("unfinished.db*"):
            old.unlink()
        built(unfinished, posts).rename(path)
    open_database(path).close()  # brought forward to the schema of today
    return path


def built(path: Path, posts: int) -> Path:
    """The posts of the search benchmark, each with evidence, a capture and two revisions."""
    made_up.build(path, posts, made_up.vocabulary())
    enrich(path)
    return path


def enrich(path: Path) -> None:
    db = open_database(path)
    db.execute("pragma synchronous = off")
    with db.atomic():
        for statement in STATEMENTS:
            db.execute(statement)
    db.execute("pragma optimize")
    db.execute("pragma wal_checkpoint(truncate)").fetchall()
    db.close()


STATEMENTS: Final = (
    """
    insert into runs (id, site_id, mode, status, started_at, finished_at, requests, posts_seen, posts_new)
    values (1, 1, 'full', 'done', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z', 100000, 100000, 100000)
    """,
    "insert into outlets (name) select distinct outlet from posts where outlet is not null order by 1",
    "insert into post_urls (url, post_id) select url, id from posts",
    """
    insert into captures (
        id, run_id, url, captured_at, role, status, content_type, warc_file, warc_offset, warc_length, payload_sha256,
        payload_bytes
    ) select id, 1, url, first_seen_at, 'post', 200, 'text/html', 'made-up.warc.gz', 20000 * id, 20000,
        printf('%064x', id), 80000 from posts
    """,
    """
    update posts set outlet_id = (select id from outlets where name = posts.outlet),
        revision_count = 2, capture_id = id
    """,
    """
    insert into revisions (post_id, number, run_id, capture_id, seen_at, title, text, facts, changes, reading)
    select posts.id, each.value, 1, posts.id, first_seen_at, title, 'before ' || each.value || substr(text, 1, 1000),
        '{}', case each.value when 1 then '[]' else '["body"]' end, '{}'
    from posts join json_each('[1, 2]') as each
    """,
    """
    insert into evidence (post_id, field, value, printed, place, rule, confidence)
    select posts.id, each.value, case each.value when 'original_on' then original_on else outlet end,
        substr(text, 1, 40), 'content/p[1]', 'head-block', 0.9
    from posts join json_each('["kind", "outlet", "authors", "original_on"]') as each
    """,
)
