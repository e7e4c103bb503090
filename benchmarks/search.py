"""Search: first pages with snippets and facets beside raw FTS5, and what bounding the work costs in quality.

The posts are made up, 480 words each of 50,000 by Zipf's law, so that queries can be drawn by how many posts have them.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from itertools import accumulate
from math import log2
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from archive.database import open_database, open_readonly
from archive.query import parse, terms
from archive.search import candidates, rank, search
from archive.search.facets import count_facets
from archive.search.passages import units_of
from archive.search.plan import plan
from benchmarks.measure import ROUNDS, interleaved, promise, table
from benchmarks.tantivy_peer import Peer

NAME = "search"
DESCRIPTION = "first pages with snippets and facets, beside FTS5's `order by rank limit 20` on the same file"

POSTS: Final = {"toy": 400, "small": 10_000, "full": 100_000}
LEAST_ROUNDS: Final = 5  # a first page takes milliseconds; a median of three would be a guess
VOCABULARY: Final = 50_000
WORDS: Final = 480  # about 3 KB of text
SEED: Final = 7

RANKS: Final = {"rare": 15_000, "1 %": 4_400, "5 %": 860, "25 %": 153, "> 90 %": 10}
"""Share of the posts that have a word → its rank in the vocabulary that gives it."""

RAW: Final = "select rowid from posts_fts where posts_fts match ? order by rank limit 20"

Milliseconds = Mapping[str, float]


def queries(words: list[str]) -> dict[str, str]:
    rare, one, five, quarter, most = (words[place] for place in RANKS.values())
    return {
        **dict(zip(RANKS, (rare, one, five, quarter, most), strict=True)),
        "two words": f"{five} {quarter}",
        "three words": f"{five} {quarter} {most}",
        "two common words": f"{words[60]} {quarter}",
        "either of two": f"{five} OR {quarter}",
        "phrase": f'"{most} {words[25]}"',
        "prefix": f"{five[:5]}*",
        "prefix of three letters": f"{most[:3]}*",
        "word and year": f"{quarter} year:2015",
        "word without another": f"{quarter} -{most}",
    }


def run(size: str) -> dict[str, Any]:
    rounds = max(LEAST_ROUNDS, ROUNDS[size])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        words = vocabulary()
        build(path, POSTS[size], words)
        peer = Peer(Path(folder) / "tantivy", made_up_posts(POSTS[size], words, names(words))) if PEER_THERE else None
        db = open_readonly(path)
        try:
            asked = queries(words)
            pages = {name: measure(db, query, rounds, peer) for name, query in asked.items()}
            losses = {name: loss(db, query) for name, query in asked.items() if "*" not in query}
            counted = {name: measure_facets(db, asked[name], rounds) for name in RANKS}
        finally:
            db.close()
    rows = [[name, *_cells(pages[name], losses.get(name))] for name in asked]
    return {
        "tables": [
            table(f"{POSTS[size]:,} posts of 3 KB", COLUMNS, rows),
            table("Facets", FACET_COLUMNS, [[name, *_facet_cells(counted[name])] for name in counted]),
        ],
        "promises": list(_promises(size, pages, losses, counted["> 90 %"])),
        "notes": [] if peer else ["tantivy: left out, it is not installed"],
    }


PEER_THERE: Final = find_spec("tantivy") is not None
COLUMNS: Final = (
    *("query", "hits", "ours ms", "raw FTS5 ms", "ours ÷ raw", "tantivy ms", "newest first ms", "with facets ms"),
    "nDCG loss",
)
FACET_COLUMNS: Final = ("hits of", "hits", "ours ms", "a group by for each ms", "ours ÷ group by")


def _facet_cells(counted: Milliseconds) -> list[str]:
    return [
        f"{counted['hits']:,.0f}",
        *(f"{counted[each]:.1f}" for each in ("ours", "group by")),
        f"{counted['ratio']:.2f}",
    ]


def _cells(page: Milliseconds, lost: float | None) -> list[str]:
    hits = f"{page['total']:,.0f}"
    raw = [f"{page['raw']:.1f}", f"{page['ratio']:.2f}"] if "raw" in page else ["", ""]
    peer = f"{page['tantivy']:.1f}" if "tantivy" in page else ""
    loss_cell = "" if lost is None else f"{lost:.4f}"
    return [hits, f"{page['ours']:.1f}", *raw, peer, f"{page['newest']:.1f}", f"{page['facets']:.1f}", loss_cell]


def _promises(
    size: str, pages: Mapping[str, Milliseconds], losses: Milliseconds, counted: Milliseconds
) -> Iterator[dict[str, Any]]:
    yield promise("greatest nDCG@10 loss of ranking broad queries in part", max(losses.values()), at_most=0.02)
    if size == "small":
        slowest = sorted(max(page["ours"], page["facets"]) for page in pages.values())[-1]
        yield promise("slowest first page with facets, ms", slowest, at_most=40)
    if size == "full":
        yield promise("a rare word, ms", pages["rare"]["ours"], at_most=15)
        for name in ("two words", "three words", "two common words"):
            yield promise(f"{name}, ms", pages[name]["ours"], at_most=50)
        for name in ("prefix", "prefix of three letters"):
            yield promise(f"{name}, ms", pages[name]["ours"], at_most=80)
        yield promise("a word in 25 % of the posts, of raw FTS5", pages["25 %"]["ratio"], at_most=0.6)
        yield promise("a word in > 90 % of the posts, of raw FTS5", pages["> 90 %"]["ratio"], at_most=0.3)
        yield promise("facets of > 90 % of the posts, of a group by for each", counted["ratio"], at_most=0.5)


def measure(db: Database, query: str, rounds: int, peer: Peer | None) -> Milliseconds:
    """Milliseconds of one query by relevance, newest first and with facets, and of its form for others that know one.

    By the clock of the processor: nothing of this waits for a disk, and the machine is not ours alone.
    """
    contenders: dict[str, Callable[[], float]] = {
        "ours": partial(_ms, partial(search, db, query)),
        "newest": partial(_ms, partial(search, db, query, sort="newest")),
        "facets": partial(_ms, partial(search, db, query, facets=True)),
    }
    if peer and ":" not in query and "*" not in query:
        contenders["tantivy"] = partial(_ms, partial(peer.first_page, query))
    if ":" not in query:
        contenders["raw"] = partial(_ms, lambda: db.execute(RAW, [query.replace(" -", " NOT ")]).fetchall())
    found = interleaved(contenders, rounds + 1)[1:]  # the first round warms the caches
    medians = {name: statistics.median(one[name] for one in found) for name in contenders}
    if "raw" in medians:
        medians["ratio"] = statistics.median(one["ours"] / one["raw"] for one in found)
    return {**medians, "total": search(db, query).total}


def measure_facets(db: Database, word: str, rounds: int) -> Milliseconds:
    """All facets of the posts with *word* beside the obvious `group by` for each."""
    read = parse(word)
    answers = candidates.Answers(db=db, plan=plan(db, read), units=units_of(terms(read.tree)))
    obvious = [
        f"select {column}, count(*) from {tables} where posts.id in ({MATCHING}) group by 1 order by 2 desc limit 20"
        for column, tables in OBVIOUS
    ]
    contenders: dict[str, Callable[[], float]] = {
        "ours": partial(_ms, partial(count_facets, answers)),
        "group by": partial(_ms, lambda: [db.execute(sql, [word]).fetchall() for sql in obvious]),
    }
    found = interleaved(contenders, rounds + 1)[1:]
    medians = {name: statistics.median(one[name] for one in found) for name in contenders}
    return {
        **medians,
        "ratio": statistics.median(one["ours"] / one["group by"] for one in found),
        "hits": db.execute(f"select count(*) from ({MATCHING})", [word]).fetchone()[0],
    }


MATCHING: Final = "select rowid from posts_fts where posts_fts match ?"
OBVIOUS: Final = (
    ("outlet", "posts"),
    ("kind", "posts"),
    ("language", "posts"),
    ("site_id", "posts"),
    ("substr(original_on, 1, 4)", "posts"),
    ("substr(original_on, 1, 7)", "posts"),
    ("author_id", "posts join post_authors on post_authors.post_id = posts.id"),
    ("category_id", "posts join post_categories on post_categories.post_id = posts.id"),
)


def loss(db: Database, query: str) -> float:
    """What the first page loses because a broad query is ranked in part: nDCG@10 by our own score of both pages."""
    read = parse(query)
    gains = []
    for few in (candidates.FEW, sys.maxsize - 1):
        answers = candidates.Answers(db=db, plan=plan(db, read), units=units_of(terms(read.tree)), few=few)
        rows = list(candidates.rows_of(db, answers.likeliest()[: candidates.WEIGHED]).values())
        found = rank.weigh(rows, answers.units, answers.weights)[:10]
        gains.append(sum(one.score / log2(place + 2) for place, one in enumerate(found)))
    return max(0.0, 1 - gains[0] / gains[1]) if gains[1] else 0.0


def _ms(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


# --- the archive ------------------------------------------------------------------------------------------------------


def vocabulary() -> list[str]:
    """Words that can be spoken, some of them forms of one another, the commonest first; the same on every machine."""
    chance = random.Random(SEED)
    onsets = "b c d f g h l m n p r s t v w br cr st tr pl ch".split()
    nuclei = "a e i o u ea ou".split()
    endings = ["", "", "", "", "s", "ing", "ed", "er", "al"]
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        syllables = (chance.choice(onsets) + chance.choice(nuclei) for _ in range(chance.choice((2, 2, 3, 3, 4))))
        found["".join(syllables) + chance.choice(("", "n", "t", "r")) + chance.choice(endings)] = None
    return list(found)


def names(words: list[str]) -> list[str]:
    """Two thousand authors."""
    return [f"{words[i + 500].title()} {words[i + 3000].title()}" for i in range(2_000)]


def build(path: Path, posts: int, words: list[str]) -> None:
    """An archive of *posts* made-up reposts, written in one transaction."""
    db = open_database(path)
    db.execute("pragma synchronous = off")
    at = "2026-01-01T00:00:00Z"
    with db.atomic():
        db.execute("insert into sites (id, name, url, added_at) values (1, 'made-up', 'https://b.example/', ?)", [at])
        authors = names(words)
        db.conn.executemany("insert into authors (id, name) values (?, ?)", enumerate(authors, 1))
        db.conn.executemany(
            "insert into categories (id, site_id, name) values (?, 1, ?)", [(i, words[i].title()) for i in range(1, 11)]
        )
        db.conn.executemany(INSERT_POST, (row(at, *made_up) for made_up in made_up_posts(posts, words, authors)))
        chance = random.Random(SEED)
        db.conn.executemany(
            "insert into post_categories (post_id, category_id, position) values (?, ?, 1)",
            ((id, chance.randrange(1, 11)) for id in range(1, posts + 1)),
        )
        db.execute("""
            insert into post_authors (post_id, author_id, position)
            select posts.id, authors.id, 1 from posts join authors on authors.name = posts.authors ->> 0
        """)
    db.execute("pragma optimize")
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()


INSERT_POST: Final = """
    insert into posts (
        id, uid, site_id, url, title, kind, outlet, outlet_printed, authors, original_on, posted_on, language, words,
        text, html, confidence, first_seen_at, last_seen_at, checked_at
    ) values (?, ?, 1, ?, ?, 'repost', ?, ?, ?, ?, ?, 'en-US', ?, ?, ?, 0.9, ?, ?, ?)
"""


def row(at: str, id: int, title: str, text: str, outlet: str, author: str, day: str) -> tuple[Any, ...]:
    names = json.dumps([author])
    url = f"https://b.example/{id}/"
    return (id, f"{id:016x}", url, title, outlet, outlet, names, day, day, WORDS, text, f"<p>{text}</p>", at, at, at)


def made_up_posts(posts: int, words: list[str], authors: list[str]) -> Iterator[tuple[int, str, str, str, str, str]]:
    chance = random.Random(SEED)
    zipf = list(accumulate(1 / place for place in range(1, len(words) + 1)))
    outlets = [f"The {words[i * 7 + 100].title()} Times" for i in range(200)]
    for id in range(1, posts + 1):
        text = " ".join(chance.choices(words, cum_weights=zipf, k=WORDS))
        title = " ".join(chance.choices(words, cum_weights=zipf, k=8)).capitalize()
        day = f"{2008 + chance.randrange(18)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        outlet = chance.choices(outlets, cum_weights=zipf[: len(outlets)])[0]
        yield id, title, text, outlet, chance.choice(authors), day
