"""The posts that answer a plan: how many there are, the likeliest of them, and all of them by date.

Work is bounded. Of a word that stands in most posts the index does not rank every one, as `order by rank` does, but the
newest and those that have it in headline, outlet or author.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Any, Final

from sqlite_utils import Database

from archive.schema import DAY, FTS_TABLE, LAG, WORDS_TABLE
from archive.search.passages import Unit
from archive.search.plan import Plan, quoted

RANKED_WHOLE: Final = 2_000
"""Up to so many answers, the index ranks every one."""
HEADS: Final = 400
NEWEST: Final = 100
"""Of more answers so many are ranked: the newest with the words in their head, and the newest whatever they are."""
KEPT: Final = 1_000
"""How far a result sorted by relevance can be paged through."""
FEW: Final = 300
"""So few posts that pass the filters are looked up one by one in the index."""
COUNTED: Final = 100_000
"""Answers are counted up to here."""

SORTS: Final = {"newest": (DAY, "desc", "posts_by_day"), "oldest": (DAY, "asc", "posts_by_day"), "lag": (LAG, "desc", "posts_by_lag")}
"""Sort → expression on `posts`, direction, index."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What answers a plan in one database."""

    db: Database
    plan: Plan
    units: tuple[Unit, ...]

    # -- the set

    @cached_property
    def _few(self) -> list[int] | None:
        """The posts that pass the filters, when they are few; None when they are many or there are no filters."""
        if not self.plan.where:
            return None
        sql = f"select posts.id from posts where {self.plan.where} limit {FEW + 1}"
        found = [id for (id,) in self.db.execute(sql, self.plan.values)]
        return found if len(found) <= FEW else None

    def source(self, match: str | None = None) -> tuple[str, str, dict[str, Any]]:
        """Table, condition and values of a query for the rowids; *match* takes the place of the plan's expression."""
        plan, values = self.plan, dict(self.plan.values)
        match = match or plan.match
        if not match and not plan.words:
            return "posts", plan.where.replace("posts.id", "posts.rowid") or "1", values
        table = FTS_TABLE if match else WORDS_TABLE
        conditions = [f"{table} match :match"]
        values["match"] = match or plan.words
        if match and plan.words:
            conditions.append(f"+{table}.rowid in (select rowid from {WORDS_TABLE} where {WORDS_TABLE} match :words)")
            values["words"] = plan.words
        if self._few is not None:
            conditions.append(f"{table}.rowid in (select value from json_each(:few))")
            values["few"] = json.dumps(self._few)
        elif plan.where:
            conditions.append(f"+{table}.rowid in (select posts.id from posts where {plan.where})")
        return table, " and ".join(conditions), values

    @cached_property
    def total(self) -> int:
        """How many answers there are; COUNTED + 1 stands for more than COUNTED."""
        if self.plan.nothing:
            return 0
        table, condition, values = self.source()
        if self.plan.where or not (self.plan.match or self.plan.words):
            sql = f"select count(*) from (select 1 from {table} where {condition} limit {COUNTED + 1})"
        else:
            sql = f"select count(*) from {table} where {condition}"
        return min(int(self.db.execute(sql, values).fetchone()[0]), COUNTED + 1)

    # -- by relevance

    def likeliest(self) -> list[int]:
        """Up to KEPT posts, likeliest first by the index's own ranking; all of them when they are no more."""
        if self.total <= RANKED_WHOLE and self.plan.match:
            return self._ranked(self.plan.match)
        if self.plan.match is None:
            return self._latest(None, KEPT)
        heads = self._ranked(self._in_heads(), within=HEADS)
        return list(dict.fromkeys([*heads, *self._ranked(self.plan.match, within=NEWEST), *self._latest(None, KEPT)]))[:KEPT]

    def _in_heads(self) -> str:
        """The plan's expression with one of its words in headline, outlet or author."""
        words = " OR ".join(quoted(unit.text) for unit in self.units if not unit.prefix)
        return f"({self.plan.match}) AND {{title outlet authors}} : ({words})"

    def _ranked(self, match: str, *, within: int | None = None) -> list[int]:
        """Best first, of the newest *within* answers or of all."""
        table, condition, values = self.source(match)
        if within is not None:
            newest = self._latest(match, within)
            if not newest:
                return []
            condition += f" and {table}.rowid >= :oldest"
            values["oldest"] = newest[-1]
        sql = f"select rowid from {table} where {condition} order by rank limit {KEPT}"
        return [id for (id,) in self.db.execute(sql, values)]

    def _latest(self, match: str | None, limit: int) -> list[int]:
        """The answers that came last into the archive, the last first: what the index gives without any sorting."""
        table, condition, values = self.source(match)
        sql = f"select rowid from {table} where {condition} order by rowid desc limit {limit}"
        return [id for (id,) in self.db.execute(sql, values)]

    # -- by date

    def sorted(self, sort: str, limit: int, after: tuple[Any, int] | None) -> list[tuple[int, Any]]:
        """(post, what it is sorted by), *limit* of them from behind *after* on; unknown dates come last."""
        key, direction, index = SORTS[sort]
        table, condition, values = self.source()
        values["limit"] = limit
        beyond = ""
        if after is not None:
            values["key"], values["id"] = after
            sign = "<" if direction == "desc" else ">"
            beyond = (
                f" and ({key} is null and posts.id {sign} :id)"
                if after[0] is None
                else f" and ({key} {sign} :key or ({key} = :key and posts.id {sign} :id) or {key} is null)"
            )
        within = f"posts.id in (select rowid from {table} where {condition})" if table != "posts" else condition.replace("posts.rowid", "posts.id")
        sql = f"""
            select posts.id, {key} from posts where {within}{beyond}
            order by {key} {direction} nulls last, posts.id {direction}
            limit :limit
        """
        return [(id, value) for id, value in self.db.execute(sql, values)]

    # -- how telling a word is

    def weights(self) -> list[float]:
        """Inverse document frequency of each unit, as bm25 has it, never less than a tenth."""
        posts = self.db.execute("select max(id) from posts").fetchone()[0] or 1
        return [max(0.1, log(1 + (posts - n + 0.5) / (n + 0.5))) for n in (self._frequency(u, posts) for u in self.units)]

    def _frequency(self, unit: Unit, posts: int) -> float:
        """In how many posts the unit stands, judged by how densely the newest of them have it."""
        if len(self.units) < 2:
            return 0
        table, expression = (WORDS_TABLE, f"{quoted(unit.text)} *") if unit.prefix else (FTS_TABLE, quoted(unit.text))
        row = self.db.execute(
            f"select count(*), min(id) from (select rowid as id from {table} where {table} match ? order by rowid desc limit 200)",
            [expression],
        ).fetchone()
        return 0 if row[0] == 0 else (row[0] if row[0] < 200 else 200 * posts / (posts - row[1] + 1))


def rows_of(db: Database, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What is weighed and shown of each post, by its id."""
    wanted = list(ids)
    found = db.query(
        """
        select posts.id, uid, url, title, outlet, authors, original_on, posted_on, kind, words, text
        from posts
        where posts.id in (select value from json_each(?))
        """,
        [json.dumps(wanted)],
    )
    return {row["id"]: row for row in found}


