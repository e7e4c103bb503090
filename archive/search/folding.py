"""Several reposts of one article as one hit: the one that comes first stands for all, and names the others."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from sqlite_utils import Database

from archive.search.results import Also
from archive.store.likenesses import articles_of


def folded(db: Database, ids: Sequence[int]) -> list[int]:
    """*ids* without those whose article is among the ids before them."""
    others = articles_of(db.conn, ids)
    shown: set[int] = set()
    kept = []
    for id in ids:
        if id not in shown:
            kept.append(id)
            shown.update(others.get(id, ()))
    return kept


def also_at(db: Database, ids: Sequence[int], without: Collection[int]) -> dict[int, tuple[Also, ...]]:
    """Post → the other reposts of its article but those in *without*, first posted first."""
    others = {id: [other for other in each if other not in without] for id, each in articles_of(db.conn, ids).items()}
    wanted = sorted({other for each in others.values() for other in each})
    rows = db.query(
        """
        select posts.id, posts.uid, posts.url, sites.name as site, posts.title, posts.posted_on
        from posts join sites on sites.id = posts.site_id
        where posts.id in (select value from json_each(?))
        """,
        [json.dumps(wanted)],
    )
    known = {row["id"]: Also(**row) for row in rows} if wanted else {}
    return {id: tuple(known[other] for other in each) for id, each in others.items()}
