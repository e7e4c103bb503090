"""What people are to be told: each trouble once as long as it lasts, each piece of news once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.store.values import now

Level = Literal["news", "watch", "trouble", "recovery"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    id: int
    site: str
    level: Level
    words: str
    sent_to: frozenset[str] = frozenset()
    """Marks of the addresses that have it."""


class Notices:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def save_news(self, site_id: int, run_id: int, words: str) -> None:
        self._insert(site_id, run_id, f"run {run_id}", "news", words, ended_at=now())

    def save_watched(self, site_id: int, run_id: int, words: str) -> None:
        """What saved searches found: told also where other news is not."""
        self._insert(site_id, run_id, f"watches, run {run_id}", "watch", words, ended_at=now())

    def save_troubles(self, site_id: int, run_id: int | None, troubles: Mapping[str, str]) -> None:
        """The troubles a site has now, by key: new ones are to be told, lasting ones were, and past ones are over."""
        rows = self._db.execute(
            "select key, words from notices where site_id = ? and ended_at is null and level = 'trouble'", (site_id,)
        )
        standing: dict[str, str] = dict(rows.fetchall())
        for key in standing.keys() - troubles.keys():
            self._db.execute(
                "update notices set ended_at = ? where site_id = ? and key = ? and ended_at is null",
                (now(), site_id, key),
            )
            self._insert(site_id, run_id, key, "recovery", f"over: {standing[key]}", ended_at=now())
        for key in troubles.keys() - standing.keys():
            self._insert(site_id, run_id, key, "trouble", troubles[key])

    def _insert(
        self, site_id: int, run_id: int | None, key: str, level: Level, words: str, ended_at: str | None = None
    ) -> None:
        self._db.execute(
            """
            insert into notices (site_id, run_id, key, level, words, noticed_at, ended_at)
            values (?, ?, ?, ?, ?, ?, ?)
            """,
            (site_id, run_id, key, level, words, now(), ended_at),
        )

    def unsent(self) -> list[Notice]:
        """Oldest first."""
        rows = self._db.execute(
            """
            select notices.id, sites.name, notices.level, notices.words, notices.sent_to
            from notices join sites on sites.id = notices.site_id
            where notices.sent_at is null
            order by notices.id
            """
        )
        return [
            Notice(id=row[0], site=row[1], level=row[2], words=row[3], sent_to=frozenset(json.loads(row[4])))
            for row in rows
        ]

    def mark_sent_to(self, ids: Sequence[int], address: str) -> None:
        """*address* is its mark: addresses carry passwords and are not stored."""
        sql = "update notices set sent_to = json_insert(sent_to, '$[#]', ?) where id = ?"
        self._db.executemany(sql, [(address, each) for each in ids])

    def mark_sent(self, ids: Sequence[int]) -> None:
        self._db.executemany("update notices set sent_at = ? where id = ?", [(now(), each) for each in ids])
