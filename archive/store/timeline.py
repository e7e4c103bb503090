"""Posts of the past: captures older than those that are held, put where they belong among a post's revisions.

A crawl appends to a post's history; an import or a merge brings what was seen before, or in between. The order of
seeing decides: of neighbours that say the same the first stands, as if all had been crawled one after another.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from archive.edits import Content, changed_parts
from archive.model import Post, Reading
from archive.store.edits import content_from_row
from archive.store.posts import Posts, SavedPost, facts_of
from archive.store.values import reading_from_json, reading_to_json, to_json

REVISION: Final = (
    "run_id", "capture_id", "seen_at", "title", "text", "facts", "changes", "reading",
)  # fmt: skip
"""Columns of `revisions` that are not its place among the others."""


class Timeline:
    def __init__(self, connection: sqlite3.Connection, posts: Posts) -> None:
        self._db, self._posts = connection, posts

    def save(
        self,
        site_id: int,
        run_id: int,
        post: Post,
        reading: Reading,
        *,
        capture_id: int,
        seen_at: str,
        aliases: Iterable[str] = (),
    ) -> SavedPost:
        """As `Posts.save`, for what was seen at any time: the newest state of a post is never replaced by an older."""
        aliases = tuple(aliases)
        post_id = self._posts.find(site_id, post.url, post.wordpress_id, post.title)
        post_id = post_id or self._posts.find_moved(aliases, post)
        if post_id is None or seen_at >= self._last_seen_at(post_id):
            return self._posts.save(
                site_id, run_id, post, reading, capture_id=capture_id, seen_at=seen_at, aliases=aliases
            )
        before = self._count(post_id)
        self.close(post_id, seen_at)
        values = {
            "run_id": run_id,
            "capture_id": capture_id,
            "seen_at": seen_at,
            "title": post.title,
            "text": post.text,
            "facts": to_json(facts_of(post)),
            "changes": "[]",
            "reading": reading_to_json(reading),
        }
        revision_id = self.insert(post_id, [values[column] for column in REVISION])
        if self.put_in_order(post_id) == revision_id:
            self._posts.show(post_id, post, capture_id)
        self._posts.add_addresses(post_id, {post.url, *aliases})
        return SavedPost(id=post_id, outcome="changed" if self._count(post_id) > before else "unchanged")

    def insert(self, post_id: int, values: Iterable[Any]) -> int:
        """One more revision, *values* as `REVISION` names them, not yet in its place; returns its id."""
        columns = ("post_id", "number", *REVISION)
        cursor = self._db.execute(
            f"""
            insert into revisions ({", ".join(columns)})
            select ?, coalesce(max(number), 0) + 1, {", ".join("?" * len(REVISION))} from revisions where post_id = ?
            """,
            (post_id, *values, post_id),
        )
        return int(cursor.lastrowid or 0)

    def close(self, post_id: int, seen_at: str) -> None:
        """Say once more at the end what the post was last seen to say, when something of *seen_at* comes before that.

        Without it, what was only for a while would seem to be what stands. `put_in_order` takes it out again where the
        revision before it says the same.
        """
        newest_at, last_seen_at = self._db.execute(
            """
            select max(revisions.seen_at), posts.last_seen_at
            from posts join revisions on revisions.post_id = posts.id
            where posts.id = ?
            """,
            (post_id,),
        ).fetchone()
        if not newest_at <= seen_at < last_seen_at:
            return
        values = self._db.execute(
            f"select {', '.join(REVISION)} from revisions where post_id = ? order by number desc limit 1", (post_id,)
        ).fetchone()
        last = dict(zip(REVISION, values, strict=True))
        capture = self._db.execute(LAST_CAPTURE, (post_id,)).fetchone()
        if capture:
            last |= {"capture_id": capture[0], "run_id": capture[1]}
        self.insert(post_id, [{**last, "seen_at": last_seen_at}[column] for column in REVISION])

    def put_in_order(self, post_id: int) -> int:
        """Number the post's revisions by when they were seen, one for each change; returns the id of the newest.

        What `posts` shows of the page is for the caller to bring up to date when the newest is another than before.
        """
        kept = self._distinct(post_id)
        self._db.execute("update revisions set number = -id where post_id = ?", (post_id,))
        contents: list[Content] = []
        for number, (revision_id, content) in enumerate(kept, 1):
            same = next((n for n in range(number - 1, 0, -1) if not changed_parts(contents[n - 1], content)), None)
            changes = changed_parts(contents[-1], content) if contents else ()
            self._db.execute(
                "update revisions set number = ?, same_as = ?, changes = ? where id = ?",
                (number, same, to_json(changes), revision_id),
            )
            contents.append(content)
        self._bring_up_to_date(post_id, len(kept))
        return kept[-1][0]

    def _distinct(self, post_id: int) -> list[tuple[int, Content]]:
        """Revisions in the order of seeing; a row that says what the one before says gives its reading and goes."""
        rows = self._db.execute(
            "select id, title, text, facts, reading from revisions where post_id = ? order by seen_at, number",
            (post_id,),
        ).fetchall()
        kept: list[tuple[int, Content]] = []
        for revision_id, *said in rows:
            content = content_from_row(said)
            if not kept or changed_parts(kept[-1][1], content):
                kept.append((revision_id, content))
                continue
            self._db.execute("update revisions set reading = ? where id = ?", (said[-1], kept[-1][0]))
            self._db.execute(
                "update or ignore edit_revisions set revision_id = ? where revision_id = ?", (kept[-1][0], revision_id)
            )
            self._db.execute("delete from revisions where id = ?", (revision_id,))
        return kept

    def _bring_up_to_date(self, post_id: int, count: int) -> None:
        self._db.execute(
            """
            update posts
            set revision_count = :count, capture_id = newest.capture_id,
                changed_at = case when :count > 1 then newest.seen_at end,
                first_seen_at = min(first_seen_at, (select min(seen_at) from revisions where post_id = :post)),
                last_seen_at = max(last_seen_at, newest.seen_at), checked_at = max(checked_at, newest.seen_at)
            from revisions as newest
            where posts.id = :post and newest.post_id = :post and newest.number = :count
            """,
            {"post": post_id, "count": count},
        )
        reading = reading_from_json(
            self._db.execute(
                "select reading from revisions where post_id = ? and number = ?", (post_id, count)
            ).fetchone()[0]
        )
        self._posts.show_reading(post_id, reading)

    def _count(self, post_id: int) -> int:
        return int(self._db.execute("select count(*) from revisions where post_id = ?", (post_id,)).fetchone()[0])

    def _last_seen_at(self, post_id: int) -> str:
        return str(self._db.execute("select last_seen_at from posts where id = ?", (post_id,)).fetchone()[0])


LAST_CAPTURE: Final = """
    select captures.id, captures.run_id
    from posts join captures on captures.url = posts.url and captures.captured_at = posts.last_seen_at
    where posts.id = ? and captures.status = 200
    limit 1
"""
