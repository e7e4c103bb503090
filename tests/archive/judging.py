"""Judging a ranking: the sample blog as an archive, queries with judged answers, and nDCG@10.

`python tests/archive/judging.py` prints how Clipfile, plain FTS5 and Datasette's table search rank the same queries.
"""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from html import unescape
from math import log2
from pathlib import Path

from sqlite_utils import Database

from archive.model import Post, Reading
from archive.search import search
from archive.store import Store
from crawler.sample.content import posts

BLOG = "https://harbor.example"
JUDGED = tomllib.loads(Path(__file__).with_name("judged.toml").read_text(encoding="utf-8"))
SEEN_AT = "2026-10-01T10:00:00Z"
_TAGS = re.compile(r"<!--.*?-->|<[^>]+>", re.DOTALL)

Ranker = Callable[[Database, str], Sequence[str]]
"""A database and a query → slugs, best first."""


def sample_archive(path: Path) -> Store:
    """The first edition of the sample blog, stored as a careful reader would read it; the newest post first."""
    store = Store.open(path)
    with store.atomic():
        site_id = store.custody.save_site("sample", f"{BLOG}/")
        run_id = store.custody.start_run(site_id, "full", {})
        for number, post in enumerate(posts(1)):
            expected = post.expected
            reading = Reading(
                kind=expected.kind,  # type: ignore[arg-type]
                outlet=expected.outlet,
                outlet_printed=expected.outlet,
                authors=expected.authors,
                original_on=expected.original_on,
                original_url=expected.original_url,
                confidence=0.5 if number % 10 == 0 else 0.95,
                reader="judging",
            )
            shown = Post(
                url=post.url(BLOG),
                title=post.title or None,
                text=_text(post.content),
                html="",
                posted_on=post.posted_at.date().isoformat(),
                categories=post.categories,
                tags=post.tags,
                language=post.language,
            )
            store.posts.save(site_id, run_id, shown, reading, capture_id=None, seen_at=SEEN_AT)
    return store


def _text(content: str) -> str:
    paragraphs = [unescape(_TAGS.sub(" ", part)) for part in re.split(r"\n\s*\n|</p>", content)]
    return "\n".join(" ".join(part.split()) for part in paragraphs if part.strip())


def slug_of(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[-1]


def ndcg(found: Sequence[str], gains: dict[str, int], depth: int = 10) -> float:
    """Discounted gain of the first *depth*, as a share of the best there could be."""
    ideal = sorted(gains.values(), reverse=True)[:depth]
    got = [gains.get(slug, 0) for slug in found[:depth]]
    return _discounted(got) / _discounted(ideal)


def _discounted(gains: Sequence[int]) -> float:
    return sum((2**gain - 1) / log2(place + 2) for place, gain in enumerate(gains))


def by_clipfile(db: Database, query: str) -> list[str]:
    return [slug_of(hit.url) for hit in search(db, query.replace("'", '"'), limit=10, fold=False).hits]


def by_plain_fts5(db: Database, query: str) -> list[str]:
    """What one would write: the words as strings, bm25 as it comes."""
    return _by_words(db, query, "order by bm25(posts_fts)")


def by_table_search(db: Database, query: str) -> list[str]:
    """What Datasette's table page answers: the words, in the order of the table."""
    return _by_words(db, query, "order by posts.id")


def _by_words(db: Database, query: str, order: str) -> list[str]:
    match = " ".join(f'"{word}"' for word in re.sub(r"[\"'():*]", " ", query).split())
    sql = f"""
        select posts.url from posts_fts join posts on posts.id = posts_fts.rowid
        where posts_fts match ? {order} limit 10
    """
    return [slug_of(url) for (url,) in db.execute(sql, [match])]


RANKERS: dict[str, Ranker] = {
    "Clipfile": by_clipfile,
    "plain FTS5": by_plain_fts5,
    "Datasette table search": by_table_search,
}


def mean_ndcg(db: Database, ranker: Ranker) -> float:
    return sum(ndcg(ranker(db, query), gains) for query, gains in JUDGED.items()) / len(JUDGED)


def judge() -> dict[str, float]:
    """Ranker → mean nDCG@10 over all judged queries."""
    with tempfile.TemporaryDirectory() as folder:
        store = sample_archive(Path(folder) / "archive.db")
        found = {name: mean_ndcg(store.db, ranker) for name, ranker in RANKERS.items()}
        store.close()
    return found


if __name__ == "__main__":
    for name, value in judge().items():
        print(f"{name:24} {value:.3f}")  # noqa: T201
