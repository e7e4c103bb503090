"""Changes of known posts, kept apart until the run's canary was heard.

A held reading changes nothing of its post but when it was last seen. When the run turns out well it is stored, as if it
had come just then; when the run is suspect it stays here, until the post reads well again or a person says that the
change is real. That a run is killed in between changes nothing: the run that goes on with it judges for both.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from archive.canary import Held as HeldReading
from archive.canary import Loss
from archive.model import Image, Post, Reading
from archive.store.values import reading_from_json, reading_to_json, to_json

PROBES: Final = 20
"""Held posts a run asks for again while the blog is suspect: enough to see how it is, few enough to be polite."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A held reading with all that is needed to store it."""

    post_id: int
    site_id: int
    run_id: int
    capture_id: int | None
    seen_at: str
    post: Post
    reading: Reading


class Held:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def hold(
        self, post_id: int, run_id: int, post: Post, reading: Reading, lost: Sequence[Loss], *,
        capture_id: int | None, seen_at: str,
    ) -> None:  # fmt: skip
        """Put the reading aside, in the place of one that waits already.

        One that a suspect run held stays suspect until a reading comes that has *lost* nothing.
        """
        self._db.execute(
            """
            insert into held (post_id, run_id, capture_id, seen_at, lost, post, reading)
            values (?, ?, ?, ?, ?, ?, ?)
            on conflict (post_id) do update set
                run_id = excluded.run_id, capture_id = excluded.capture_id, seen_at = excluded.seen_at,
                lost = excluded.lost, post = excluded.post, reading = excluded.reading,
                suspect_run_id = case when excluded.lost <> '[]' then suspect_run_id end
            """,
            (
                post_id,
                run_id,
                capture_id,
                seen_at,
                to_json([asdict(loss) for loss in lost]),
                _post_to_json(post),
                reading_to_json(reading),
            ),
        )

    def drop(self, post_id: int) -> None:
        """The post reads well again."""
        self._db.execute("delete from held where post_id = ?", (post_id,))

    def standing(self, post_id: int) -> Post:
        """The post as it stands, with no more than losses are looked for in."""
        url, title, text, posted_on, site_author = self._db.execute(
            "select url, title, text, posted_on, site_author from posts where id = ?", (post_id,)
        ).fetchone()
        names = self._db.execute(
            """
            select categories.name
            from post_categories join categories on categories.id = post_categories.category_id
            where post_categories.post_id = ?
            order by post_categories.position
            """,
            (post_id,),
        )
        facts = {"posted_on": posted_on, "site_author": site_author, "categories": tuple(row[0] for row in names)}
        return Post(url=url, title=title, text=text, html="", **facts)

    def of_runs(self, run_ids: Sequence[int]) -> list[HeldReading]:
        """What these runs held that lost something, newest post first, for the canary."""
        rows = self._db.execute(
            f"""
            select posts.id, posts.url, posts.title, held.lost
            from held cross join posts on posts.id = held.post_id
            where held.lost <> '[]' and held.run_id in ({", ".join("?" * len(run_ids))})
            order by posts.posted_on desc, posts.id
            """,
            tuple(run_ids),
        )
        return [
            HeldReading(
                post_id=row[0], url=row[1], title=row[2], losses=tuple(Loss(**loss) for loss in json.loads(row[3]))
            )
            for row in rows
        ]

    def mark_suspect(self, site_id: int, run_id: int) -> None:
        """The canary spoke: nothing that waits may replace what stands."""
        self._db.execute(
            """
            update held set suspect_run_id = ?
            where suspect_run_id is null and post_id in (select id from posts where site_id = ?)
            """,
            (run_id, site_id),
        )

    def release(self, site_id: int, store_it: Callable[[Waiting], Any], *, suspect_too: bool = False) -> int:
        """Hand every waiting reading to *store_it*; *suspect_too*: a person says that the blog really changed."""
        rows = self._db.execute(
            """
            select held.post_id, posts.site_id, held.run_id, held.capture_id, held.seen_at, held.post, held.reading
            from held cross join posts on posts.id = held.post_id
            where posts.site_id = ? and (? or held.suspect_run_id is null)
            order by held.seen_at, held.post_id
            """,
            (site_id, suspect_too),
        ).fetchall()
        for post_id, site, run_id, capture_id, seen_at, post, reading in rows:
            self.drop(post_id)
            store_it(
                Waiting(
                    post_id=post_id,
                    site_id=site,
                    run_id=run_id,
                    capture_id=capture_id,
                    seen_at=seen_at,
                    post=_post_from_json(post),
                    reading=reading_from_json(reading),
                )
            )
        return len(rows)

    def addresses(self, site_id: int) -> list[str]:
        """Held posts to ask for again: a few while the last run of the site is suspect, all once one went well."""
        (status,) = self._db.execute(
            """
            select status
            from runs
            where site_id = ? and status in ('done', 'partial', 'suspect') and mode <> 'import'
            order by id desc
            limit 1
            """,
            (site_id,),
        ).fetchone() or (None,)
        rows = self._db.execute(
            """
            select posts.url
            from held cross join posts on posts.id = held.post_id
            where posts.site_id = ? and posts.gone_at is null and held.suspect_run_id is not null
            order by held.seen_at, held.post_id
            limit ?
            """,
            (site_id, PROBES if status == "suspect" else -1),
        )
        return [row[0] for row in rows]

    def telling(self, site_id: int) -> list[str]:
        """Posts by which a redesign shows first: known with outlet, author and date, half new, half of any age."""
        newest = self._complete(site_id, "posted_on desc")
        return list(dict.fromkeys([*newest, *self._complete(site_id, "uid")]))

    def _complete(self, site_id: int, order: str) -> list[str]:
        rows = self._db.execute(
            f"""
            select url
            from posts
            where site_id = ? and gone_at is null and outlet is not null and authors <> '[]' and original_on is not null
            order by {order}
            limit ?
            """,
            (site_id, PROBES // 2),
        )
        return [row[0] for row in rows]


def _post_to_json(post: Post) -> str:
    return to_json({**asdict(replace(post, lines=(), signals={}))})


def _post_from_json(stored: str) -> Post:
    facts: dict[str, Any] = json.loads(stored)
    images = tuple(Image(**{**image, "candidates": tuple(image["candidates"])}) for image in facts.pop("images"))
    lists = {name: tuple(value) for name, value in facts.items() if isinstance(value, list)}
    return Post(**{**facts, **lists, "images": images})
