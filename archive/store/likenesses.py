"""Which posts carry the same article: found for several at a time, and for all that are left when a store closes.

Triggers mark a post as stale in the transaction that changes it; what a killed run leaves undone stays marked. Several
are compared together, as what is written of one lies scattered over an index.
"""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from archive.likeness import Side, fingerprint, likeness, runs_of, words_of

BATCH: Final = 200
"""Posts compared in one transaction."""
COMMON: Final = 20
"""A run of words in more posts than this is the blog's own boilerplate, and leads to none of them."""
LEAST_COMMON_PART: Final = 0.3
"""Share of the shorter fingerprint that must be in the other before two texts are read and compared."""
MOST_COMPARED: Final = 30
"""Posts that one post is compared with; those that share most go first."""


@dataclass(frozen=True)
class _Post:
    facts: tuple[Any, ...]
    words: list[bytes]

    @cached_property
    def side(self) -> Side:
        site_id, kind, outlet, original_on = self.facts
        return Side(site_id=site_id, kind=kind, outlet=outlet, original_on=original_on, runs=runs_of(self.words))


class Likenesses:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def compare_stale(self, progress: Callable[[int], None] = lambda done: None) -> int:
        """Compare every post that is new or was changed; returns how many. Each batch is a transaction of its own."""
        done = 0
        while compared := self.compare_some(BATCH):
            done += compared
            progress(done)
        return done

    def compare_some(self, most: int) -> int:
        """Compare that many of the posts that are new or were changed, in one transaction; returns how many it were."""
        if not (ids := self._stale(most)):
            return 0
        self._db.execute("begin immediate")
        try:
            self._compare(ids)
            self._db.execute("commit")
        except BaseException:
            self._db.execute("rollback")
            raise
        return len(ids)

    def count_stale(self) -> int:
        """How many posts are new or were changed since they were last compared."""
        return int(self._db.execute("select count(*) from fingerprints where is_stale = 1").fetchone()[0])

    def _stale(self, most: int) -> list[int]:
        rows = self._db.execute("select post_id from fingerprints where is_stale = 1 order by post_id limit ?", (most,))
        return [id for (id,) in rows]

    def _compare(self, ids: Sequence[int]) -> None:
        posts = self._posts(ids)
        marks = {id: fingerprint(post.words) for id, post in posts.items()}
        self._forget(ids)
        self._db.executemany(
            "insert into fingerprint_runs (run, post_id) values (?, ?)",
            sorted((run, id) for id in ids for run in marks[id]),
        )
        self._db.executemany(
            "update fingerprints set runs = ?, is_stale = 0 where post_id = ?",
            [(struct.pack(f"<{len(marks[id])}I", *marks[id]), id) for id in ids],
        )
        found = {id: self._candidates(id, marks[id]) for id in ids}
        posts |= self._posts(sorted({other for candidates in found.values() for other in candidates} - posts.keys()))
        pairs = {(min(id, other), max(id, other)) for id, candidates in found.items() for other in candidates}
        for one, other in sorted(pairs):
            if alike := likeness(posts[one].side, posts[other].side):
                self._db.executemany(
                    "insert into likenesses (post_id, other_id, shared, alike) values (?, ?, ?, ?)",
                    [(one, other, alike.shared, alike.alike), (other, one, alike.shared, alike.alike)],
                )

    def _posts(self, ids: Sequence[int]) -> dict[int, _Post]:
        rows = self._db.execute(
            """
            select id, site_id, kind, outlet, original_on, text
            from posts
            where id in (select value from json_each(?))
            """,
            [json.dumps(ids)],
        )
        return {id: _Post(facts=tuple(facts), words=words_of(text)) for id, *facts, text in rows}

    def _forget(self, ids: Sequence[int]) -> None:
        """What was known of the posts before they changed."""
        chosen = {"ids": json.dumps(ids)}
        of_posts = "(select value from json_each(:ids))"
        rows = self._db.execute(
            f"select post_id, runs from fingerprints where post_id in {of_posts} and runs <> x''", chosen
        ).fetchall()
        self._db.executemany(
            "delete from fingerprint_runs where run = ? and post_id = ?",
            [(run, id) for id, runs in rows for (run,) in struct.iter_unpack("<I", runs)],
        )
        self._db.execute(f"delete from likenesses where post_id in {of_posts}", chosen)
        self._db.execute(f"delete from likenesses where other_id in {of_posts}", chosen)

    def _candidates(self, id: int, marks: Sequence[int]) -> list[int]:
        """Posts that share enough of the fingerprint to be worth reading, those that share most first."""
        rows = self._db.execute(
            f"""
            select likely.post_id
            from (
                select fingerprint_runs.post_id, count(*) as common
                from json_each(:marks) as mark
                join fingerprint_runs on fingerprint_runs.run = mark.value
                where (
                    select count(*)
                    from (select 1 from fingerprint_runs as each where each.run = mark.value limit {COMMON + 1})
                ) <= {COMMON}
                group by fingerprint_runs.post_id
            ) as likely
            join fingerprints on fingerprints.post_id = likely.post_id
            where likely.post_id <> :id
                and likely.common >= {LEAST_COMMON_PART} * min(:many, length(fingerprints.runs) / 4)
            order by likely.common desc, likely.post_id
            limit {MOST_COMPARED}
            """,
            {"marks": json.dumps(marks), "many": len(marks), "id": id},
        )
        return [row[0] for row in rows]


def reposts_of(db: sqlite3.Connection, post_id: int) -> list[int]:
    """The other posts that carry the post's article, first posted first."""
    return articles_of(db, [post_id]).get(post_id, [])


def articles_of(db: sqlite3.Connection, post_ids: Sequence[int]) -> dict[int, list[int]]:
    """Post → the other posts that carry its article, first posted first; posts whose article has no other are left out.

    One repost leads to the next: an excerpt and an edited full text are one article where both are like a third.
    """
    rows = db.execute(
        """
        with recursive article(start, post_id) as (
            select post_id, other_id from likenesses where post_id in (select value from json_each(?))
            union
            select article.start, likenesses.other_id
            from article join likenesses on likenesses.post_id = article.post_id
        )
        select article.start, article.post_id
        from article join posts on posts.id = article.post_id
        where article.post_id <> article.start
        order by article.start, posts.posted_on, posts.id
        """,
        [json.dumps(list(post_ids))],
    )
    found: dict[int, list[int]] = {}
    for start, other in rows:
        found.setdefault(start, []).append(other)
    return found
