"""Several reposts of one article as one hit: the one that comes first stands for all, and names the others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from sqlite_utils import Database

from archive.search import bounds
from archive.search.results import Also
from archive.store.likenesses import articles_of

Articles = dict[int, list[int]]
"""Post → the other posts that carry its article, first posted first; posts that are alone are left out."""


def folded(db: Database, ids: Sequence[int]) -> list[int]:
    """*ids* without those whose article is among the ids before them."""
    return list(iter_folded(db, ids))


def iter_folded(db: Database, ids: Iterable[int], articles: Articles | None = None) -> Iterator[int]:
    """The same, looked up page by page as far as it is asked for; *articles* is filled with what was found."""
    shown: set[int] = set()
    articles = {} if articles is None else articles
    coming = iter(ids)
    while batch := list(islice(coming, bounds.FIRST)):
        articles |= articles_of(db.conn, batch)
        for id in batch:
            if id not in shown:
                yield id
                shown.update(articles.get(id, ()))


def also_at(db: Database, articles: Articles, without: Collection[int]) -> dict[int, tuple[Also, ...]]:
    """Post → the other reposts of its article but those in *without*, first posted first."""
    others = {id: [other for other in each if other not in without] for id, each in articles.items()}
    wanted = sorted({other for each in others.values() for other in each})
    if not wanted:
        return {}
    rows = db.execute(
        """
        select posts.id, posts.uid, posts.url, sites.name, posts.title, posts.posted_on
        from posts join sites on sites.id = posts.site_id
        where posts.id in (select value from json_each(?))
        """,
        [json.dumps(wanted)],
    )
    known = {
        id: Also(id=id, uid=uid, url=url, site=site, title=title, posted_on=day)
        for id, uid, url, site, title, day in rows
    }
    return {id: tuple(known[other] for other in each) for id, each in others.items()}
