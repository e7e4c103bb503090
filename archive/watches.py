"""Saved searches looked at: after a run, what each of them finds that it had not found before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlite_utils import Database

from archive.errors import UsageError
from archive.report import plural
from archive.store import Store
from archive.store.watches import Watch, live_watches

NAMED: Final = 20
"""Clippings that are kept by name in a run's report."""


def look(store: Store, run_id: int | None) -> list[dict[str, Any]]:
    """Note what the watches find now; returns, for a run's report, those that found something new, and what.

    Without a run what they find was there before: it is never told of. One transaction of the caller's.
    """
    watches = live_watches(store.db.conn)
    if not watches:
        return []
    from archive.export.selection import select  # brings the whole of searching: only for who watches something

    found = []
    for watch in watches:
        selection = select(store.db, watch.query)
        ids = store.watches.save_hits(watch, selection.ids, selection.values, run_id)
        if ids:
            found.append({"watch": watch.name, "new": len(ids), "clippings": _named(store.db, ids[-NAMED:])})
    return found


def _named(db: Database, ids: list[int]) -> list[dict[str, Any]]:
    sql = "select id, coalesce(title, url) as title, outlet from posts where id in (select value from json_each(?))"
    return list(db.query(f"{sql} order by id desc", [json.dumps(ids)]))


def news(found: list[dict[str, Any]]) -> str:
    """What `look` found, in words for a notice."""
    return "\n".join(line for each in found for line in _news(each))


def _news(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"watch {found['watch']}: {plural(found['new'], 'new clipping')}"
    for post in found["clippings"]:
        yield f"  {post['title']}{' — ' + post['outlet'] if post['outlet'] else ''}"
    if found["new"] > len(found["clippings"]):
        yield f"  and {found['new'] - len(found['clippings']):,} more"


def find_watch(db: Database, name: str) -> Watch:
    """Raises UsageError when there is none of that name."""
    watches = {watch.name: watch for watch in live_watches(db.conn)}
    if name not in watches:
        known = ", ".join(watches) or "none yet: clipfile watch add NAME QUERY"
        raise UsageError(f"there is no watch {name}", hint=f"there are {known}")
    return watches[name]


def counts(db: Database) -> list[dict[str, Any]]:
    """The watches with how many clippings each has found, and what of it came after it was added."""
    rows = db.query(
        """
        select watches.name, watches.query, watches.added_at,
            count(watch_hits.post_id) as clippings, count(watch_hits.run_id) as new, max(
                case when watch_hits.run_id is not null then watch_hits.noticed_at end
            ) as newest_at
        from watches left join watch_hits on watch_hits.watch_id = watches.id
        where watches.removed_at is null
        group by watches.id
        order by watches.name
        """
    )
    return list(rows)


def hits(db: Database, watch: Watch, *, limit: int, all_of_them: bool = False, public: bool = False) -> list[Any]:
    """What the watch found, the last found first: only what came after it was added, unless *all_of_them*."""
    rows = db.query(
        f"""
        select posts.id, posts.uid, posts.url, posts.title, posts.outlet, posts.original_on, posts.posted_on,
            watch_hits.run_id, watch_hits.noticed_at
        from watch_hits join posts on posts.id = watch_hits.post_id
        where watch_hits.watch_id = :watch_id
            {"" if all_of_them else "and watch_hits.run_id is not null"}
            {"and posts.id not in (select post_id from withheld)" if public else ""}
        order by watch_hits.noticed_at desc, posts.id desc
        limit :limit
        """,
        {"watch_id": watch.id, "limit": limit},
    )
    return list(rows)
