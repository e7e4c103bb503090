"""Search: first pages with snippets and facets beside raw FTS5, and what bounding the work costs in quality."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from math import log2
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from archive.database import open_readonly
from archive.query import parse, terms
from archive.search import bounds, candidates, rank, search
from archive.search.facets import count_facets
from archive.search.likeliest import likeliest
from archive.search.passages import Unit, units_of
from archive.search.plan import plan
from benchmarks import made_up
from benchmarks.measure import ROUNDS, interleaved, promise, table
from benchmarks.tantivy_peer import Peer

NAME = "search"
DESCRIPTION = "first pages with snippets and facets, beside FTS5's `order by rank limit 20` on the same file"

POSTS: Final = {"toy": 400, "small": 10_000, "full": 100_000}
SIZES: Final = {"toy": (400,), "small": (10_000,), "full": (10_000, 100_000)}
LEAST_ROUNDS: Final = 5  # a first page takes milliseconds; a median of three would be a guess

RANKS: Final = {"rare": 15_000, "1 %": 4_400, "5 %": 860, "25 %": 153, "> 90 %": 10}
"""Share of the posts that have a word → its rank in the vocabulary that gives it."""

MATCHING: Final = "select rowid from posts_fts where posts_fts match ?"
RAW: Final = f"{MATCHING} order by rank limit 20"
"""Numbers of posts: no headline, no passage, no total."""
PAGE: Final = """
    select posts.id, url, highlight(posts_fts, 0, '<', '>'), posts.outlet, posts.authors, original_on, posted_on, kind,
        snippet(posts_fts, 3, '<', '>', '…', 40)
    from posts_fts join posts on posts.id = posts_fts.rowid
    where posts_fts match ?
    order by rank
    limit 20
"""
"""What a first page shows, in plain SQL; the total and the facets are further statements."""
TOTAL: Final = "select count(*) from posts_fts where posts_fts match ?"
OBVIOUS: Final = tuple(
    f"select {column}, count(*) from {tables} where posts.id in ({MATCHING}) group by 1 order by 2 desc limit 20"
    for column, tables in (
        ("outlet", "posts"),
        ("kind", "posts"),
        ("language", "posts"),
        ("site_id", "posts"),
        ("substr(original_on, 1, 4)", "posts"),
        ("substr(original_on, 1, 7)", "posts"),
        ("author_id", "posts join post_authors on post_authors.post_id = posts.id"),
        ("category_id", "posts join post_categories on post_categories.post_id = posts.id"),
    )
)

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
    found = {posts: measured(posts, rounds, is_toy=size == "toy") for posts in SIZES[size]}
    return {
        "tables": [shown for posts, one in found.items() for shown in tables_of(posts, one)],
        "promises": list(_promises(found)),
        "notes": [] if PEER_THERE else ["tantivy: left out, it is not installed"],
    }


@dataclass(frozen=True)
class Measured:
    pages: Mapping[str, Milliseconds]
    losses: Milliseconds
    counted: Mapping[str, Milliseconds]
    p95: float
    """Of all first pages with facets, in milliseconds."""


def measured(posts: int, rounds: int, *, is_toy: bool, beside: bool = True) -> Measured:
    """With *beside*, also of tantivy and of what plain SQL does for a whole page: both take long for many posts."""
    words = made_up.vocabulary()
    asked = queries(words)
    with made_up.archive_of(posts, is_toy=is_toy) as path, tempfile.TemporaryDirectory() as folder:
        rows = made_up.made_up_posts(posts, words, made_up.names(words))
        peer = Peer(Path(folder) / "tantivy", rows) if PEER_THERE and beside else None
        db = open_readonly(path)
        try:
            with_facets: list[float] = []
            return Measured(
                pages={
                    name: measure(db, query, rounds, with_facets, peer=peer, beside=beside)
                    for name, query in asked.items()
                },
                losses={name: loss(db, query) for name, query in asked.items() if "*" not in query},
                counted={name: measure_facets(db, asked[name], rounds) for name in RANKS} if beside else {},
                p95=statistics.quantiles(with_facets, n=20)[-1],
            )
        finally:
            db.close()


def tables_of(posts: int, found: Measured) -> Iterator[dict[str, Any]]:
    rows = [[name, *_cells(page, found.losses.get(name))] for name, page in found.pages.items()]
    yield table(f"{posts:,} posts of 3 KB", (f"{posts:,} posts: query", *COLUMNS), rows)
    if not found.counted:
        return
    beside = [[name, *_page_cells(page)] for name, page in found.pages.items() if "page" in page]
    yield table("The same page in plain SQL", PAGE_COLUMNS, beside)
    facets = [[name, *_facet_cells(counted)] for name, counted in found.counted.items()]
    yield table("Facets", FACET_COLUMNS, facets)


PEER_THERE: Final = find_spec("tantivy") is not None
COLUMNS: Final = (
    *("hits", "ours ms", "raw FTS5 ms", "ours ÷ raw", "tantivy ms", "newest first ms", "by lag ms", "with facets ms"),
    "nDCG loss",
)
COMPARED: Final = (("ours", "raw"), ("ours", "page"), ("facets", "page, facets"))
WORST: Final = {
    "ours ÷ raw": "a first page ÷ raw FTS5, which shows nothing of a post",
    "ours ÷ page": "a first page ÷ the same in plain SQL",
    "facets ÷ page, facets": "a first page with facets ÷ the same in plain SQL",
}
"""Ratio → how a promise calls it."""
PAGE_COLUMNS: Final = (
    *("first page of", "ours ms", "raw FTS5 ms", "ours ÷ raw", "plain SQL ms", "ours ÷ plain SQL"),
    *("with facets ms", "plain SQL with facets ms", "ours ÷ plain SQL with facets"),
)
FACET_COLUMNS: Final = ("hits of", "hits", "ours ms", "a group by for each ms", "ours ÷ group by")


def _facet_cells(counted: Milliseconds) -> list[str]:
    return [
        f"{counted['hits']:,.0f}",
        *(f"{counted[each]:.1f}" for each in ("ours", "group by")),
        f"{counted['ratio']:.2f}",
    ]


def _page_cells(page: Milliseconds) -> list[str]:
    names = ("ours", "raw", "ours ÷ raw", "page", "ours ÷ page", "facets", "page, facets", "facets ÷ page, facets")
    return [f"{page[name]:.{2 if '÷' in name else 1}f}" for name in names]


def hits_of(page: Milliseconds) -> str:
    return f"{'' if page['is exact'] else '> '}{page['total']:,.0f}"


def _cells(page: Milliseconds, lost: float | None) -> list[str]:
    hits = hits_of(page)
    raw = [f"{page['raw']:.1f}", f"{page['ours ÷ raw']:.2f}"] if "raw" in page else ["", ""]
    peer = f"{page['tantivy']:.1f}" if "tantivy" in page else ""
    loss_cell = "" if lost is None else f"{lost:.4f}"
    others = (f"{page[each]:.1f}" for each in ("newest", "lag", "facets"))
    return [hits, f"{page['ours']:.1f}", *raw, peer, *others, loss_cell]


def _promises(found: Mapping[int, Measured]) -> Iterator[dict[str, Any]]:
    for posts, one in found.items():
        if one.losses:
            lost = max(one.losses.values())
            yield promise(f"{posts:,} posts: greatest nDCG@10 loss of ranking in part", lost, at_most=0.02)
    if 10_000 in found:
        yield promise("10,000 posts: 95 of 100 first pages with facets, ms", found[10_000].p95, at_most=40)
    if 100_000 in found:
        yield from _promises_of_many(found[100_000])


def _promises_of_many(found: Measured) -> Iterator[dict[str, Any]]:
    pages = found.pages
    limits = {
        "rare": 15,
        "two words": 50,
        "three words": 50,
        "two common words": 50,
        "prefix": 80,
        "prefix of three letters": 80,
    }
    for name, limit in limits.items():
        yield promise(f"100,000 posts: {name}, ms", pages[name]["ours"], at_most=limit)
    for name, limit in {"25 %": 0.6, "> 90 %": 0.3}.items():
        yield promise(f"100,000 posts: a word in {name}, of raw FTS5", pages[name]["ours ÷ raw"], at_most=limit)
    for ratio, words in WORST.items():
        worst = max((page for page in pages if ratio in pages[page]), key=lambda page: pages[page][ratio])
        yield promise(f"100,000 posts: {words}, the worst ({worst})", pages[worst][ratio], at_most=1)
    counted = found.counted["> 90 %"]["ratio"]
    yield promise("100,000 posts: facets of > 90 % of them, of a group by for each", counted, at_most=0.5)


def measure(
    db: Database, query: str, rounds: int, with_facets: list[float], *, peer: Peer | None, beside: bool
) -> Milliseconds:
    """Milliseconds of one query in several orders and with facets, and of its form for others that know one.

    Each time with facets goes to *with_facets*.
    By the clock of the processor: nothing of this waits for a disk, and the machine is not ours alone.
    """
    contenders: dict[str, Callable[[], float]] = {
        "ours": partial(ms_of, partial(search, db, query)),
        "newest": partial(ms_of, partial(search, db, query, sort="newest")),
        "lag": partial(ms_of, partial(search, db, query, sort="lag")),
        "facets": partial(ms_of, partial(search, db, query, facets=True)),
    }
    if peer and ":" not in query and "*" not in query:
        contenders["tantivy"] = partial(ms_of, partial(peer.first_page, query))
    plain = query.replace(" -", " NOT ")
    if ":" not in query:
        contenders["raw"] = partial(ms_of, partial(_asked, db, (RAW,), plain))
    if ":" not in query and beside:
        contenders["page"] = partial(ms_of, partial(_asked, db, (PAGE, TOTAL), plain))
        contenders["page, facets"] = partial(ms_of, partial(_asked, db, (PAGE, TOTAL, *OBVIOUS), plain))
    found = interleaved(contenders, rounds + 1)[1:]  # the first round warms the caches
    medians = {name: statistics.median(one[name] for one in found) for name in contenders}
    with_facets += [one["facets"] for one in found]
    ratios = {
        f"{ours} ÷ {theirs}": statistics.median(one[ours] / one[theirs] for one in found)
        for ours, theirs in COMPARED
        if theirs in medians
    }
    found_last = search(db, query)
    return {**medians, **ratios, "total": found_last.total, "is exact": found_last.total_is_exact}


def measure_facets(db: Database, word: str, rounds: int) -> Milliseconds:
    """All facets of the posts with *word* beside the obvious `group by` for each."""
    read = parse(word)
    answers = candidates.Answers(db=db, plan=plan(db, read), units=units_of(terms(read.tree)))
    contenders: dict[str, Callable[[], float]] = {
        "ours": partial(ms_of, partial(count_facets, answers)),
        "group by": partial(ms_of, partial(_asked, db, OBVIOUS, word)),
    }
    found = interleaved(contenders, rounds + 1)[1:]
    medians = {name: statistics.median(one[name] for one in found) for name in contenders}
    return {
        **medians,
        "ratio": statistics.median(one["ours"] / one["group by"] for one in found),
        "hits": db.execute(f"select count(*) from ({MATCHING})", [word]).fetchone()[0],
    }


def loss(db: Database, query: str) -> float:
    """What the first page loses because a broad query is ranked in part: nDCG@10 by our own score.

    The best that could be shown are sought among those FTS5 ranks highest of all, as far as a result can be paged
    through, and those of the first page: FTS5 does not know how near together the words stand.
    """
    read = parse(query)
    units = units_of(terms(read.tree))
    partly, whole = (
        candidates.Answers(db=db, plan=plan(db, read), units=units, few=few) for few in (bounds.FEW, sys.maxsize - 1)
    )
    likely = likeliest(partly)[: bounds.WEIGHED]
    weights = whole.frequencies.weights
    got, best = (_gain(db, ids, units, weights) for ids in (likely, {*likely, *likeliest(whole)}))
    return max(0.0, 1 - got / best) if best else 0.0


def _gain(db: Database, ids: Iterable[int], units: Sequence[Unit], weights: Sequence[float]) -> float:
    found = rank.weigh(list(candidates.rows_of(db, ids).values()), units, weights)[:10]
    return sum(one.score / log2(place + 2) for place, one in enumerate(found))


def _asked(db: Database, statements: Sequence[str], match: str) -> None:
    for sql in statements:
        db.execute(sql, [match]).fetchall()


def ms_of(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000
