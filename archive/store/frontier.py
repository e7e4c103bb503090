"""What a run has found and not yet fetched, kept in the archive itself so that a killed run goes on where it stood.

Scrapy's own JOBDIR loses pages after a kill (docs/decisions.md). A URL leaves the frontier in the same transaction that
stores what its page said, so whatever is not `done` was never finished and is fetched again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from archive.store.values import to_json

SOURCE_PRIORITY: Final = 5
"""Whatever is sooner than this is a source of posts, not a post."""
LAST_PRIORITY: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Seed:
    """A URL to be fetched, and why."""

    key: str
    """The canonical URL, or any other key under which this piece of work is done once."""
    url: str
    role: str
    """What its answer will be read as: post, listing, sitemap, feed, rest …"""
    priority: int = 5
    """Lower is sooner."""
    found_in: str | None = None
    hint: Mapping[str, Any] | None = None
    """What the source that showed it said of it, such as its REST object."""


class Frontier:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def clear(self, site_id: int) -> None:
        self._db.execute("delete from frontier where site_id = ?", (site_id,))

    def add(self, site_id: int, seeds: Iterable[Seed]) -> int:
        """Add what is not there yet, done or not. Returns how many were new."""
        before = self._db.total_changes
        self._db.executemany(
            """
            insert into frontier (site_id, key, url, role, priority, found_in, hint, position)
            values (
                ?, ?, ?, ?, ?, ?, ?,
                (select coalesce(max(position), 0) + 1 from frontier where site_id = ? and done = 0 and priority = ?)
            )
            on conflict (site_id, key) do nothing
            """,
            [
                (
                    site_id,
                    seed.key,
                    seed.url,
                    seed.role,
                    seed.priority,
                    seed.found_in,
                    to_json(seed.hint) if seed.hint is not None else None,
                    site_id,
                    seed.priority,
                )
                for seed in seeds
            ],
        )
        return self._db.total_changes - before

    def hint(self, site_id: int, key: str, hint: Mapping[str, Any]) -> None:
        """Give a waiting URL what another source said of it, where nothing was said before."""
        self._db.execute(
            "update frontier set hint = ? where site_id = ? and key = ? and done = 0 and hint is null",
            (to_json(hint), site_id, key),
        )

    def waiting(
        self, site_id: int, limit: int, *, beside: Collection[str] = (), since: int = 0, before: int = LAST_PRIORITY
    ) -> list[Seed]:
        """The next URLs to fetch, soonest first: not the keys *beside*, priority from *since*, under *before*."""
        rows = self._db.execute(
            """
            select key, url, role, priority, found_in, hint
            from frontier
            where site_id = ? and done = 0 and priority >= ? and priority < ?
            order by priority, position
            limit ?
            """,
            (site_id, since, before, limit + len(beside)),
        ).fetchall()
        seeds = [_seed(row) for row in rows if row[0] not in beside]
        return seeds[:limit]

    def holds(self, site_id: int, many: int, *, before: int) -> bool:
        """Whether at least that many URLs of a priority under *before* wait."""
        row = self._db.execute(
            """
            select count(*)
            from (select 1 from frontier where site_id = ? and done = 0 and priority < ? limit ?)
            """,
            (site_id, before, many),
        ).fetchone()
        return int(row[0]) == many

    def keys_waiting(self, site_id: int, roles: Collection[str]) -> list[str]:
        """Keys of the sources that wait with one of *roles*."""
        marks = ", ".join("?" * len(roles))
        rows = self._db.execute(
            f"select key from frontier where site_id = ? and done = 0 and priority < ? and role in ({marks})",
            (site_id, SOURCE_PRIORITY, *roles),
        )
        return [row[0] for row in rows]

    def find(self, site_id: int, key: str) -> Seed | None:
        """The seed of that key, done or not."""
        row = self._db.execute(
            "select key, url, role, priority, found_in, hint from frontier where site_id = ? and key = ?",
            (site_id, key),
        ).fetchone()
        return _seed(row) if row else None

    def finish(self, site_id: int, key: str) -> None:
        self._db.execute("update frontier set done = 1 where site_id = ? and key = ?", (site_id, key))

    def counts(self, site_id: int) -> dict[str, tuple[int, int]]:
        """Role → (done, waiting)."""
        rows = self._db.execute(
            "select role, sum(done), count(*) - sum(done) from frontier where site_id = ? group by role", (site_id,)
        )
        return {role: (done, left) for role, done, left in rows}

    def is_done(self, site_id: int, key: str) -> bool:
        row = self._db.execute("select done from frontier where site_id = ? and key = ?", (site_id, key)).fetchone()
        return bool(row and row[0])


def _seed(row: tuple[Any, ...]) -> Seed:
    key, url, role, priority, found_in, hint = row
    return Seed(
        key=key, url=url, role=role, priority=priority, found_in=found_in, hint=json.loads(hint) if hint else None
    )
