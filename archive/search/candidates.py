"""The posts that answer a plan: how many there are, the last stored of them, all of them, and all of them by date.

Work is bounded (`bounds`): of many answers the newest are looked up, and what passes a filter is looked at only as far
as it is needed. Which of them are likeliest is told in `likeliest`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any, Final

from sqlite_utils import Database

from archive.schema import DAY, FTS_TABLE, FTS_WEIGHTS, LAG, WORDS_TABLE
from archive.search import bounds
from archive.search.frequencies import Frequencies
from archive.search.passages import Unit
from archive.search.passing import Passing
from archive.search.plan import Plan

SHOWN: Final = (
    *("id", "uid", "url", "title", "outlet", "authors", "original_on", "posted_on", "kind", "words"),
    "text",
)
"""What is weighed and shown of a post."""
BY_RANK: Final = f"bm25({FTS_TABLE}, {', '.join(map(str, FTS_WEIGHTS))})"
SORTS: Final = {
    "newest": (DAY, "desc", "posts_by_day"),
    "oldest": (DAY, "asc", "posts_by_day"),
    "lag": (LAG, "desc", "posts_facts"),
}
"""Sort → expression on `posts`, direction, the index it is read from."""

Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What answers a plan in one database."""

    db: Database
    plan: Plan
    units: tuple[Unit, ...]
    few: int = bounds.FEW
    public: bool = False
    """The plan leaves out what is withheld from the public."""
    whole: bool = False
    """Every answer will be asked for, as facets do: so they are looked up once, and then known."""
    ranked: bool = False
    """The likeliest will be asked for: where the answers are few, they are found and ranked at one go."""

    # -- the whole set

    @property
    def total(self) -> int:
        """How many answers are known to exist; see `total_is_exact`."""
        return min(self._counted, bounds.COUNTED)

    @property
    def total_is_exact(self) -> bool:
        if self.all is not None or self.whole:
            return self._counted <= bounds.COUNTED
        return self.is_counted_fast and self._counted_by_index[1]

    @cached_property
    def _counted(self) -> int:
        if self.all is not None:
            return len(self.all)
        if self.whole:
            return len(self.every_id)
        return self._counted_by_index[0] if self.is_counted_fast else self.few

    @cached_property
    def _counted_by_index(self) -> tuple[int, bool]:
        """How many there are, without looking at one of them, and whether those are all.

        No more than COUNTED, nor than a walk of STEPS meets, which are known not to be all if one more is there.
        """
        table, condition, values = self._source()
        since = self.frequencies.since if table == FTS_TABLE else 0
        newer, older = f"{table}.rowid >= {since}", f"{table}.rowid < {since}"
        if self._seem_uncounted:
            passed = f"select 1 from {table} where {condition} and {newer} limit 1 offset {bounds.COUNTED}"
            if self.db.execute(passed, values).fetchone():
                return bounds.COUNTED + 1, False
        sql = f"select count(*) from (select 1 from {table} where {condition} and {newer} limit {bounds.COUNTED + 1})"
        found = int(self.db.execute(sql, values).fetchone()[0])
        if not since or found > bounds.COUNTED:
            return found, found <= bounds.COUNTED
        more = self.db.execute(f"select 1 from {table} where {condition} and {older} limit 1", values).fetchone()
        return (max(found, len(self.newest_few) - 1), False) if more else (found, True)

    @property
    def _seem_uncounted(self) -> bool:
        """Whether there seem to be more than COUNTED: to pass over them takes half as long as to count them."""
        if self.frequencies.steps <= bounds.SURELY * bounds.COUNTED:
            return False
        if self.plan.where or self.plan.unwanted or any(unit.in_title for unit in self.units):
            return False
        return len(self.units) == 1 or self.plan.alternatives

    @property
    def is_counted_fast(self) -> bool:
        """To be counted, phrases must be put together place by place, prefixes from all their words, filters tried."""
        if not self._are_single_words:
            return False
        is_tried = self.plan.where and self.plan.has_words and self.passing.ids is None
        return not is_tried or self.frequencies.steps <= bounds.TRIED

    @property
    def _are_single_words(self) -> bool:
        return self.plan.words is None and all(len(unit.words) == 1 and not unit.prefix for unit in self.units)

    @cached_property
    def all(self) -> list[int] | None:
        """All answers, last stored first, when they are no more than FEW."""
        if self._are_counted_many:
            return None
        return self.newest if len(self.newest) <= self.few else None

    @property
    def _are_counted_many(self) -> bool:
        """Whether the index alone says that there are more than FEW, whose total is asked for anyway."""
        if not (self.ranked and self.plan.match and self.is_counted_fast) or self.plan.where or self.whole:
            return False
        return self.ranked_few is None and (self._counted_by_index[0] > self.few or not self._counted_by_index[1])

    @cached_property
    def newest(self) -> list[int]:
        """The answers that were stored last, the last first: at least FEW + 1 when there are so many."""
        if self.plan.nothing:
            return []
        if self.passing.ids is not None and not self.plan.has_words:
            return sorted(self.passing.ids, reverse=True)
        if self.ranked_few is not None:
            return sorted(self.ranked_few, reverse=True)
        if self.whole:
            return sorted(self._gathered, reverse=True)
        return self.latest(self.plan.match, max(self.few, bounds.KEPT) + 1)

    @cached_property
    def newest_few(self) -> list[int]:
        """The last stored, as many as a page may need and one more: the fewer answers, the farther back they reach."""
        return self.latest(self.plan.match, bounds.FIRST + 1)

    @cached_property
    def ranked_few(self) -> list[int] | None:
        """Every answer, best first, when they seem to be no more than FEW and are.

        To count them first and to rank them then would be one more walk through the index. So few that all of them are
        weighed anyway are not ranked.
        """
        if not (self.ranked and self.plan.match) or self.passing.is_sieve:
            return None
        newest = self.newest_few
        if len(newest) <= bounds.FIRST:
            return newest
        if self.frequencies.expected(len(newest), newest[-1]) > self.few:
            return None
        found = self.ranked_whole(self.few + 1)
        return found if len(found) <= self.few else None

    # -- looked up

    def _source(self, match: str | None = None) -> tuple[str, str, Values]:
        """Table, condition and values that give the answers' rowids; *match* stands in for the plan's expression.

        What a sieve has to be held against is not in the condition.
        """
        plan = self.plan
        if not (match or plan.has_words):
            if self.passing.ids is None:
                return "posts", plan.where or "1", dict(plan.values)
            return "posts", "posts.id in (select value from json_each(:passing))", {"passing": self.passing.as_json}
        table, condition, values = self._worded(match or plan.match)
        if self.passing.ids is not None:
            condition += f" and +{table}.rowid in (select value from json_each(:passing))"
            values["passing"] = self.passing.as_json
        elif plan.where and not self.passing.is_sieve:
            condition += f" and exists (select 1 from posts where posts.id = {table}.rowid and {plan.where})"
        return table, condition, values

    def _worded(self, match: str | None) -> tuple[str, str, Values]:
        """The same for the words alone, whatever passes the filters; *match* is what the stemmed index looks up."""
        table, values = FTS_TABLE if match else WORDS_TABLE, dict(self.plan.values)
        condition, values["match"] = f"{table} match :match", match or self.plan.words
        if match and self.plan.words:
            condition += f" and +{table}.rowid in (select rowid from {WORDS_TABLE} where {WORDS_TABLE} match :words)"
            values["words"] = self.plan.words
        return table, condition, values

    def latest(self, match: str | None, limit: int, since: int = 0) -> list[int]:
        """The answers stored last, none before *since*, the last first: what the index gives without any sorting."""
        table, condition, values = self._source(match)
        newer = f" and {table}.rowid >= {since}" if since else ""
        most = f" limit {limit}" if not self.passing.is_sieve else ""
        sql = f"select {table}.rowid from {table} where {condition}{newer} order by {table}.rowid desc{most}"
        return list(islice(self.passing.sift(self.db.execute(sql, values)), limit))

    def each(self, match: str | None = None) -> list[int]:
        """All answers, or those that also answer *match*, in no order that means anything."""
        table, condition, values = self._source(match)
        # Where the index is walked to its end anyway, forwards is quicker.
        return list(self.passing.sift(self.db.execute(f"select {table}.rowid from {table} where {condition}", values)))

    def those(self, ids: Iterable[int], match: str) -> set[int]:
        """Which of *ids*, few posts, have *match*, too: each is looked up in the index."""
        table, condition, values = self._source(match)
        among = f"{table}.rowid in (select value from json_each(:ids))"
        found = self.db.execute(
            f"select {table}.rowid from {table} where {condition} and {among}", {**values, "ids": json.dumps(list(ids))}
        )
        return {id for (id,) in found}

    def ranked_whole(self, limit: int) -> list[int]:
        """The best of all answers, best first."""
        table, condition, values = self._source()
        if self.passing.is_sieve:
            condition += f" and +{table}.rowid in (select value from json_each(:all))"
            values |= {"all": self._all_as_json}
        # FTS5 sorts by its own rank quickest, but before it is asked what passes the filters.
        order = BY_RANK if self.plan.where or self.plan.words else "rank"
        sql = f"select {table}.rowid from {table} where {condition} order by {order} limit {limit}"
        return [id for (id,) in self.db.execute(sql, values)]

    def ids(self) -> tuple[str, Values]:
        """A subquery that gives every answer's id as `value`, and its values."""
        if self.all is not None or self.whole or not self.is_counted_fast:
            return "select value from json_each(:all)", {"all": self._all_as_json}
        table, condition, values = self._source()
        return f"select {table}.rowid as value from {table} where {condition}", values

    @property
    def every_id(self) -> list[int]:
        """Every answer, in no order that means anything."""
        return self._gathered if self.all is None else self.all

    @cached_property
    def _gathered(self) -> list[int]:
        return self.each()

    @cached_property
    def _all_as_json(self) -> str:
        """Every answer, looked up once: what is slow to count would be slow for each facet."""
        return json.dumps(self.every_id)

    # -- by date

    def sorted(
        self, sort: str, limit: int, after: tuple[Any, int] | None, among: Sequence[int] | None = None
    ) -> list[tuple[int, Any]]:
        """(post, what it is sorted by), *limit* of them from behind *after* on; unknown dates come last.

        With *among*, only answers that are among these posts.
        """
        key, direction, index = SORTS[sort]
        is_by_day = sort != "lag" and among is None and not self._is_listed
        soon = among is not None or (is_by_day and self._are_met_soon)
        condition, values = self._walked(one_by_one=soon and not self._are_gathered)
        if is_by_day and self.plan.days:
            condition += f" and {self.plan.days}"
        posts = "posts" if self._is_listed else f"posts indexed by {index}"
        if among is not None:
            posts = "json_each(:among) as one cross join posts on posts.id = one.value"
            values["among"] = json.dumps(list(among))
        if after is not None:
            condition += f" and {_beyond(key, direction, after)}"
            values |= {"key": after[0], "id": after[1]}
        sql = f"""
            select posts.id, {key} from {posts} where {condition}
            order by {key} {direction} nulls last, posts.id {direction}
            limit {limit}
        """
        return [(id, value) for id, value in self.db.execute(sql, values)]

    @property
    def _is_listed(self) -> bool:
        """The posts in question are known by their ids, or an index of what is filtered leads to them soonest."""
        if self.all is not None or self.passing.ids is not None:
            return True
        return self.passing.is_sieve and not self.plan.by_days_alone

    def _walked(self, *, one_by_one: bool) -> tuple[str, Values]:
        """Condition on a row of `posts`: each is tried *one_by_one*, or all that have the words are looked up first."""
        if self.all is not None:
            return "posts.id in (select value from json_each(:all))", {"all": self._all_as_json}
        if self.passing.ids is not None or not self.plan.has_words:
            table, condition, values = self._source()
            found = f"posts.id in (select {table}.rowid from {table} where {condition})"
            return condition if table == "posts" else found, values
        table, condition, values = self._worded(self.plan.match)
        if one_by_one:
            found = f"exists (select 1 from {table} where {condition} and {table}.rowid = posts.id)"
        else:
            found = f"+posts.id in (select {table}.rowid from {table} where {condition})"
        return f"{self.plan.where or 1} and {found}", values

    @property
    def _are_met_soon(self) -> bool:
        """Whether it is quicker to try posts, one by one, until a page is full than to look up all with the words."""
        if not self.plan.has_words:
            return False
        words = replace(self, plan=replace(self.plan, where="")) if self.plan.where else self
        looked_up = words.about
        met = looked_up if self.plan.by_days_alone else self.about
        tried = bounds.FIRST * self.frequencies.posts / max(1.0, met) * max(1, len(self.units))
        return tried * bounds.TRYING < looked_up

    @property
    def _are_gathered(self) -> bool:
        """Whether FTS5 gathers all that begin as asked, even to try a single post."""
        return any(unit.prefix for unit in self.units)

    @property
    def about(self) -> float:
        """About how many there are, judged by how densely the newest of them stand."""
        newest = self.newest_few
        return self.frequencies.expected(len(newest), newest[-1]) if len(newest) > bounds.FIRST else len(newest)

    @cached_property
    def frequencies(self) -> Frequencies:
        """How frequent the words are, and so how telling, and how long a walk."""
        return Frequencies(db=self.db, plan=self.plan, units=self.units)

    @cached_property
    def passing(self) -> Passing:
        return Passing(db=self.db, plan=self.plan, frequencies=self.frequencies)

    @property
    def since(self) -> int:
        """The oldest post that a bounded walk meets; 0 when it meets all."""
        return max(self.frequencies.since, self.passing.since if self.passing.is_sieve else 0)


def _beyond(key: str, direction: str, after: tuple[Any, int]) -> str:
    """Condition that a row comes behind the one with the bound :key and :id."""
    sign = "<" if direction == "desc" else ">"
    if after[0] is None:
        return f"({key} is null and posts.id {sign} :id)"
    return f"({key} {sign} :key or ({key} = :key and posts.id {sign} :id) or {key} is null)"


def rows_of(db: Database, ids: Iterable[int], columns: Sequence[str] = SHOWN) -> dict[int, dict[str, Any]]:
    """What is weighed and shown of each post, by its id."""
    wanted = json.dumps(list(ids))
    if wanted == "[]":
        return {}
    found = db.execute(
        f"""
        select {", ".join(columns)}
        from posts
        where id in (select value from json_each(?))
        """,
        [wanted],
    )
    return {row[0]: dict(zip(columns, row, strict=True)) for row in found}
