"""Posts with their revisions: one that both archives hold gets one history, in the order in which it was seen."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from archive.merging.custody import insert, rows_of
from archive.merging.ids import Ids
from archive.store import Store
from archive.store.posts import PAGE_COLUMNS
from archive.store.timeline import REVISION
from archive.store.values import reading_from_json

NAMES: Final = {"category": "categories", "tag": "tags"}
IMAGE: Final = ("position", "url", "role", "alt", "caption", "credit", "candidates")
SEEN: Final = ("first_seen_at", "last_seen_at", "checked_at", "changed_at", "gone_at")


class PostMerge:
    def __init__(
        self, store: Store, theirs: sqlite3.Connection, ids: Ids, added: Counter[str],
        progress: Callable[[str, int, int], None],
    ) -> None:  # fmt: skip
        self._store, self._theirs, self._ids, self._added, self._progress = store, theirs, ids, added, progress
        self._db: sqlite3.Connection = store.db.conn

    def merge_all(self) -> None:
        (total,) = self._theirs.execute("select count(*) from posts").fetchone()
        for number, post in enumerate(rows_of(self._theirs, "select * from posts order by id"), 1):
            self._progress("joining posts", number, total)
            held = self._find(post)
            self._ids.posts[post["id"]] = held if held is not None else self._insert(post)
            if held is not None:
                self._join(held, post)
            self._add_addresses(post)

    def _find(self, post: Mapping[str, Any]) -> int | None:
        """The same post here: by its uid, or by any address that led to it."""
        row = self._db.execute("select id from posts where uid = ?", (post["uid"],)).fetchone()
        for (url,) in (
            []
            if row
            else self._theirs.execute("select url from post_urls where post_id = ? order by url", (post["id"],))
        ):
            row = row or self._db.execute("select post_id from post_urls where url = ?", (url,)).fetchone()
        return row[0] if row else None

    def _insert(self, post: Mapping[str, Any]) -> int:
        columns = ("uid", *PAGE_COLUMNS, *SEEN, "kind", "revision_count")
        values = {column: post[column] for column in columns}
        capture_id = self._ids.capture(post["capture_id"])
        site_id = self._ids.sites[post["site_id"]]
        post_id = insert(self._db, "posts", {**values, "site_id": site_id, "capture_id": capture_id})
        self._added["posts"] += 1
        for revision in self._revisions(post["id"]):
            place = {"post_id": post_id, "number": revision["number"], "same_as": revision["same_as"]}
            number = insert(self._db, "revisions", {**place, **self._as_here(revision)})
            self._ids.revisions[revision["id"]] = number
            self._added["revisions"] += 1
            newest = revision["reading"]
        self._copy_details(post, post_id)
        self._store.posts.show_reading(post_id, reading_from_json(newest))
        return post_id

    def _revisions(self, post_id: int) -> list[Mapping[str, Any]]:
        return list(rows_of(self._theirs, "select * from revisions where post_id = ? order by number", (post_id,)))

    def _as_here(self, revision: Mapping[str, Any]) -> dict[str, Any]:
        values = {column: revision[column] for column in REVISION}
        run_id, capture_id = self._ids.run(revision["run_id"]), self._ids.capture(revision["capture_id"])
        return {**values, "run_id": run_id, "capture_id": capture_id}

    def _join(self, post_id: int, post: Mapping[str, Any]) -> None:
        """Put the revisions of runs that are new here among ours."""
        ours = dict(next(rows_of(self._db, "select * from posts where id = ?", (post_id,))))
        revisions = self._revisions(post["id"])
        new = [revision for revision in revisions if revision["run_id"] in self._ids.new_runs]
        if new:
            self._put_among_ours(post_id, ours, post, revisions, new)
        self._join_sightings(post_id, ours, post)

    def _put_among_ours(
        self, post_id: int, ours: Mapping[str, Any], post: Mapping[str, Any], revisions: list[Mapping[str, Any]],
        new: list[Mapping[str, Any]],
    ) -> None:  # fmt: skip
        (newest_here,) = self._db.execute("select max(seen_at) from revisions where post_id = ?", (post_id,)).fetchone()
        for revision in new:
            if newest_here <= revision["seen_at"] < ours["last_seen_at"]:
                self._store.timeline.close(post_id, revision["seen_at"])
                break
        before = self._count(post_id)
        came: set[int] = set()
        for revision in new:
            values = self._as_here(revision)
            number = self._store.timeline.insert(post_id, [values[column] for column in REVISION])
            self._ids.revisions[revision["id"]] = number
            came.add(number)
        came |= self._close(post_id, post, revisions[-1])
        if self._store.timeline.put_in_order(post_id) in came:
            self._show(post_id, post)
        self._added["revisions"] += self._count(post_id) - before

    def _close(self, post_id: int, post: Mapping[str, Any], newest: Mapping[str, Any]) -> set[int]:
        """Their last word once more, when ours has something between its first and its last sight."""
        between = self._db.execute(
            "select 1 from revisions where post_id = ? and seen_at >= ? and seen_at < ? limit 1",
            (post_id, newest["seen_at"], post["last_seen_at"]),
        ).fetchone()
        if not between:
            return set()
        values = {**self._as_here(newest), "seen_at": post["last_seen_at"]}
        return {self._store.timeline.insert(post_id, [values[column] for column in REVISION])}

    def _show(self, post_id: int, post: Mapping[str, Any]) -> None:
        """The newest state is theirs, so the row shows their page."""
        columns = [column for column in PAGE_COLUMNS if column != "url"]
        self._db.execute(
            f"update posts set {', '.join(f'{column} = ?' for column in columns)} where id = ?",
            (*(post[column] for column in columns), post_id),
        )
        self._copy_details(post, post_id)

    def _join_sightings(self, post_id: int, ours: Mapping[str, Any], post: Mapping[str, Any]) -> None:
        """First and last sight of both; gone only when it was so declared after the last sight."""
        last = max(ours["last_seen_at"], post["last_seen_at"])
        gone = max((at for at in (ours["gone_at"], post["gone_at"]) if at and at >= last), default=None)
        self._db.execute(
            """
            update posts
            set first_seen_at = min(first_seen_at, ?), last_seen_at = ?, checked_at = max(checked_at, ?), gone_at = ?,
                url = ?
            where id = ?
            """,
            (
                post["first_seen_at"], last, post["checked_at"], gone,
                post["url"] if post["last_seen_at"] > ours["last_seen_at"] else ours["url"], post_id,
            ),
        )  # fmt: skip

    def _copy_details(self, post: Mapping[str, Any], post_id: int) -> None:
        (site_id,) = self._db.execute("select site_id from posts where id = ?", (post_id,)).fetchone()
        for noun, plural in NAMES.items():
            names = self._theirs.execute(
                f"""
                select name from post_{plural} join {plural} on {plural}.id = {noun}_id
                where post_id = ? order by position
                """,
                (post["id"],),
            )
            self._store.posts.names.save(noun, post_id, [row[0] for row in names], site_id)
        self._db.execute("delete from images where post_id = ?", (post_id,))
        for image in rows_of(self._theirs, "select * from images where post_id = ? order by position", (post["id"],)):
            insert(self._db, "images", {"post_id": post_id, **{column: image[column] for column in IMAGE}})

    def _add_addresses(self, post: Mapping[str, Any]) -> None:
        rows = self._theirs.execute("select url from post_urls where post_id = ?", (post["id"],))
        self._db.executemany(
            "insert into post_urls (url, post_id) values (?, ?) on conflict (url) do nothing",
            [(url, self._ids.posts[post["id"]]) for (url,) in rows],
        )

    def _count(self, post_id: int) -> int:
        return int(self._db.execute("select count(*) from revisions where post_id = ?", (post_id,)).fetchone()[0])
