"""The posts that answer a plan: how many there are, the likeliest of them, and all of them by date.

Work is bounded. Of a word that stands in most posts not every one is ranked, as `order by rank` does, but the newest
and those that have it in headline, outlet or author; what passes a filter is looked at only as far as it is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import log
from typing import Any, Final

from sqlite_utils import Database

from archive.schema import DAY, FTS_TABLE, FTS_WEIGHTS, LAG, VOCABULARY_TABLE, WORDS_TABLE
from archive.search.passages import Unit, has_marks
from archive.search.plan import Plan, quoted
from archive.search.stems import stem

FEW: Final = 2_000
"""Up to so many answers, all are known by their ids and every one is ranked."""
SAMPLED: Final = 200
"""How many of the newest posts with a word tell how frequent it is."""
PASSING: Final = 20_000
PASSING_SHARE: Final = 0.1
"""Up to so many posts that pass the filters, or that share of all, are gathered first; of more, each is tried."""
HEADS: Final = 400
NEWEST: Final = 100
"""Of more answers so many are ranked: the newest with the words in their head, and the newest whatever they are."""
KEPT: Final = 1_000
"""How far a result sorted by relevance can be paged through."""
WEIGHED: Final = 60
"""So many of the likeliest posts are read and weighed; those behind them keep the index's order."""
PREFIXED: Final = 2 * WEIGHED
"""Of a prefix so many of the newest answers with it in their head go first."""
SPELLED: Final = 8
"""A prefix of so many words at most is looked up in heads by their stems."""
COUNTED: Final = 100_000
"""Answers are counted up to here."""
DENSE: Final = 0.05
"""From this share of all posts on, posts are walked by date and tried one by one."""

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
    few: int = FEW
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
        return min(self._counted, COUNTED)

    @property
    def total_is_exact(self) -> bool:
        return self._counted <= COUNTED and (self._all is not None or self.whole or self._is_counted_fast)

    @cached_property
    def _counted(self) -> int:
        if self._all is not None:
            return len(self._all)
        if self.whole:
            return len(self.every_id)
        return self._count_by_index if self._is_counted_fast else self.few

    @cached_property
    def _count_by_index(self) -> int:
        """How many there are, COUNTED + 1 at most, without looking at one of them."""
        source, condition, values = self._source()
        sql = f"select count(*) from (select 1 from {source} where {condition} limit {COUNTED + 1})"
        return int(self.db.execute(sql, values).fetchone()[0])

    @property
    def _is_counted_fast(self) -> bool:
        """Phrases must be put together at every place, and prefixes from all their words, to be counted."""
        return self.plan.words is None and all(len(unit.words) == 1 and not unit.prefix for unit in self.units)

    @cached_property
    def _all(self) -> list[int] | None:
        """All answers, last stored first, when they are no more than FEW."""
        if self._are_counted_many:
            return None
        return self._newest if len(self._newest) <= self.few else None

    @property
    def _are_counted_many(self) -> bool:
        """Whether the index alone says that there are more than FEW, whose total is asked for anyway."""
        if not (self.ranked and self.plan.match and self._is_counted_fast) or self.plan.where or self.whole:
            return False
        return self._ranked_few is None and self._count_by_index > self.few

    @cached_property
    def _newest(self) -> list[int]:
        """The answers that were stored last, the last first: at least FEW + 1 when there are so many."""
        if self.plan.nothing:
            return []
        if self._passing is not None and not self._has_words:
            return sorted(self._passing, reverse=True)
        if self._ranked_few is not None:
            return sorted(self._ranked_few, reverse=True)
        if self.whole:
            return sorted(self._gathered, reverse=True)
        return self._latest(self.plan.match, max(self.few, KEPT) + 1)

    @cached_property
    def _ranked_few(self) -> list[int] | None:
        """Every answer, best first, when they seem to be no more than FEW and are.

        To count them first and to rank them then would be one more walk through the index. So few that all of them are
        weighed anyway are not ranked.
        """
        if not (self.ranked and self.plan.match):
            return None
        newest = self._latest(self.plan.match, WEIGHED + 1)
        if len(newest) <= WEIGHED:
            return newest
        if self._expected(len(newest), newest[-1]) > self.few:
            return None
        found = self._ranked_whole(self.few + 1)
        return found if len(found) <= self.few else None

    @property
    def _has_words(self) -> bool:
        return bool(self.plan.match or self.plan.words)

    @cached_property
    def _passing(self) -> list[int] | None:
        """The posts that pass the filters, when they are few enough; None when they are more, or there is no filter.

        Of many, those alone that have the words: every question would carry the others along.
        """
        if not self.plan.where:
            return None
        most = max(PASSING, int(PASSING_SHARE * self.posts)) if self._has_words else PASSING
        sql = f"select posts.id from posts where {self.plan.where} limit {most + 1}"
        found = [id for (id,) in self.db.execute(sql, self.plan.values)]
        if len(found) > most:
            return None
        return found if len(found) <= PASSING else self._with_words(set(found))

    def _with_words(self, ids: Set[int]) -> list[int]:
        """Those of *ids* that have what is asked of the first of both indexes."""
        table, match = (FTS_TABLE, self.plan.match) if self.plan.match else (WORDS_TABLE, self.plan.words)
        found = self.db.execute(f"select rowid from {table} where {table} match ?", [match])
        return [id for (id,) in found if id in ids]

    def _source(self, match: str | None = None) -> tuple[str, str, Values]:
        """Table, condition and values that give the answers' rowids; *match* stands in for the plan's expression."""
        plan = self.plan
        match = match or plan.match
        if not match and not plan.words:
            if self._passing is None:
                return "posts", plan.where or "1", dict(plan.values)
            return (
                "posts",
                "posts.id in (select value from json_each(:passing))",
                {"passing": json.dumps(self._passing)},
            )
        table = FTS_TABLE if match else WORDS_TABLE
        conditions, values = [f"{table} match :match"], {**plan.values, "match": match or plan.words}
        if match and plan.words:
            conditions.append(f"+{table}.rowid in (select rowid from {WORDS_TABLE} where {WORDS_TABLE} match :words)")
            values["words"] = plan.words
        if self._passing is not None:
            conditions.append(f"+{table}.rowid in (select value from json_each(:passing))")
            values["passing"] = json.dumps(self._passing)
        elif plan.where:
            conditions.append(f"exists (select 1 from posts where posts.id = {table}.rowid and {plan.where})")
        return table, " and ".join(conditions), values

    def _latest(self, match: str | None, limit: int) -> list[int]:
        """The answers that were stored last, the last first: what the index gives without any sorting."""
        table, condition, values = self._source(match)
        sql = f"select {table}.rowid from {table} where {condition} order by {table}.rowid desc limit {limit}"
        return [id for (id,) in self.db.execute(sql, values)]

    def ids(self) -> tuple[str, Values]:
        """A subquery that gives every answer's id as `value`, and its values."""
        if self._all is not None or self.whole or not self._is_counted_fast:
            return "select value from json_each(:all)", {"all": self._all_as_json}
        table, condition, values = self._source()
        return f"select {table}.rowid as value from {table} where {condition}", values

    @property
    def every_id(self) -> list[int]:
        """Every answer, in no order that means anything."""
        return self._gathered if self._all is None else self._all

    @cached_property
    def _gathered(self) -> list[int]:
        table, condition, values = self._source()
        return [id for (id,) in self.db.execute(f"select {table}.rowid from {table} where {condition}", values)]

    @cached_property
    def _all_as_json(self) -> str:
        """Every answer, looked up once: what is slow to count would be slow for each facet."""
        return json.dumps(self.every_id)

    # -- by relevance

    def likeliest(self) -> list[int]:
        """Up to KEPT posts, likeliest first as far as the index can tell."""
        leading = self.leading()
        return [*leading, *self.behind(leading)]

    def leading(self) -> list[int]:
        """Those of the likeliest that the index tells apart."""
        match = self.plan.match
        if match is None:
            return self._heads_first(self._newest[:FEW])[:KEPT]
        if self._all is not None and len(self._all) <= WEIGHED:
            return self._all
        near = self._near(match)
        if self._all is not None:
            ranked = self._ranked_few if self._ranked_few is not None else self._ranked_whole(KEPT)
            return list(dict.fromkeys([*near, *ranked]))[:KEPT]
        heads = self._heads(match)
        newest = self._ranked(match, NEWEST)
        first = [*near, *heads[: WEIGHED // 2], *newest[: WEIGHED // 4]]
        return list(dict.fromkeys([*first, *heads, *newest]))

    def behind(self, leading: Sequence[int]) -> Iterator[int]:
        """What follows *leading*, the last stored first; looked up when it is asked for."""
        if self.plan.match is not None and self._all is None:
            known = set(leading)
            yield from islice((id for id in self._newest if id not in known), max(0, KEPT - len(leading)))

    def _heads_first(self, ids: list[int]) -> list[int]:
        """*ids* with those whose headline, outlet or author has one of the words before the others."""
        words = self._words_of_prefixes()
        heads = set(self._heads_read(ids) if words is None else self._heads_with(words, ids))
        return sorted(ids, key=lambda id: id not in heads)

    def _words_of_prefixes(self) -> list[str] | None:
        """Words whose stems are those of all that begin as asked; None when they are many, or not theirs alone.

        A stem differs from its words in the last letter at most: one that goes on behind the prefix is theirs alone.
        """
        found: dict[str, str] = {}
        for unit in self.units:
            if len(unit.words) > 1 or not unit.prefix:
                return None
            terms = {term: stem(term) for term in islice(self._terms(unit.text), SPELLED + 1)}
            if len(terms) > SPELLED or not all(each[:-1].startswith(unit.text) for each in terms.values()):
                return None
            found |= {each: term for term, each in terms.items()}
        return list(found.values())

    def _terms(self, prefix: str) -> Iterator[str]:
        """The archive's words that begin with *prefix*; each is one leap in the index, however many posts have it."""
        term, sign = prefix, ">="
        while True:
            sql = f"select term from {VOCABULARY_TABLE} where term {sign} ? limit 1"
            row = self.db.execute(sql, [term]).fetchone()
            if row is None or not row[0].startswith(prefix):
                return
            term, sign = row[0], ">"
            yield term

    def _heads_with(self, words: Sequence[str], ids: list[int]) -> list[int]:
        """The newest of *ids* with one of the words in headline, outlet or author."""
        match = f"{{title outlet authors}} : ({' OR '.join(map(quoted, words))})"
        sql = f"""
            select rowid from {FTS_TABLE}
            where {FTS_TABLE} match :match and +rowid in (select value from json_each(:ids))
            order by rowid desc
            limit {PREFIXED}
        """
        return [id for (id,) in self.db.execute(sql, {"match": match, "ids": json.dumps(ids)})] if words else []

    def _heads_read(self, ids: list[int]) -> list[int]:
        """Those of *ids* in whose headline or outlet one of the words is read, the last stored first."""
        beginnings = {f"b{number}": f"%{unit.beginning}%" for number, unit in enumerate(self.units)}
        # SQLite folds ASCII letters only: a head with any other is looked at whatever stands in it.
        may_have = " or ".join(["head glob '*[^ -~]*'", *(f"head like :{name}" for name in beginnings)])
        sql = f"""
            select id, head
            from (
                select id, coalesce(title, '') || ' | ' || coalesce(outlet, '') as head
                from posts
                where id in (select value from json_each(:ids))
            )
            where {may_have}
            order by id desc
            limit {PREFIXED}
        """
        likely = self.db.execute(sql, {"ids": json.dumps(ids), **beginnings})
        return [id for id, head in likely if has_marks(head, self.units)]

    def _near(self, match: str) -> list[int]:
        """The newest answers in which the words of the query stand together."""
        texts = [quoted(unit.text) for unit in self.units if not unit.prefix and not unit.in_title]
        if not 2 <= len(texts) == len(self.units) <= 4:
            return []
        near = f"NEAR({' '.join(texts)}, {len(texts)})"
        near = near if self.plan.plain else f"({match}) AND {near}"
        if self._all is None:
            return self._latest(near, WEIGHED // 4)
        # Where the index is walked to its end anyway, forwards is quicker.
        table, condition, values = self._source(near)
        found = self.db.execute(f"select {table}.rowid from {table} where {condition}", values).fetchall()
        return sorted((id for (id,) in found), reverse=True)[: WEIGHED // 4]

    def _ranked_whole(self, limit: int) -> list[int]:
        """The best of all answers, best first."""
        table, condition, values = self._source()
        # FTS5 sorts by its own rank quickest, but before it is asked what passes the filters.
        order = BY_RANK if self.plan.where or self.plan.words else "rank"
        sql = f"select {table}.rowid from {table} where {condition} order by {order} limit {limit}"
        return [id for (id,) in self.db.execute(sql, values)]

    def _ranked_heads(self, match: str) -> list[int]:
        """The newest HEADS answers, best first; where there seem to be hardly more, the best of all in one walk."""
        sample = self._latest(match, WEIGHED)
        few = len(sample) < WEIGHED or self._expected(len(sample), sample[-1]) < 2 * HEADS
        if few and self._is_counted_fast and not (self.plan.where or self.plan.words):
            sql = f"select rowid from {FTS_TABLE} where {FTS_TABLE} match ? order by rank limit {HEADS}"
            return [id for (id,) in self.db.execute(sql, [match])]
        return self._ranked(match, HEADS)

    def _expected(self, newest: int, last: int) -> float:
        """How many there are in all, when the *newest* of them go back to the post *last*."""
        return newest * self.posts / (self.posts - last + 1)

    def _ranked(self, match: str, within: int) -> list[int]:
        """The newest *within* answers, best first."""
        newest = self._latest(match, within)
        if self.plan.where or self.plan.words or not self._is_counted_fast:
            return newest
        sql = f"select rowid from {FTS_TABLE} where {FTS_TABLE} match :match and rowid >= :oldest order by rank"
        return [id for (id,) in self.db.execute(sql, {"match": match, "oldest": newest[-1]})] if newest else []

    def _heads(self, match: str) -> list[int]:
        """Answers with one of the words in headline, outlet or author, likeliest first; those with all words lead."""
        texts = [quoted(unit.text) for unit in self.units if not unit.prefix]
        if not texts:
            return []
        in_head = f"{{title outlet authors}} : ({' OR '.join(texts)})"
        if match.lower() == f"({texts[0]})" and not self.units[0].in_title:
            return self._ranked_heads(in_head)  # the same, and looked up once instead of twice
        all_words = f"({match}) AND {' AND '.join(texts)} AND {in_head}"
        leading = self._ranked(all_words, HEADS)[: WEIGHED // 2] if self.plan.alternatives else []
        return [*leading, *self._ranked_heads(f"({match}) AND {in_head}")]

    # -- by date

    def sorted(
        self, sort: str, limit: int, after: tuple[Any, int] | None, among: Sequence[int] | None = None
    ) -> list[tuple[int, Any]]:
        """(post, what it is sorted by), *limit* of them from behind *after* on; unknown dates come last.

        With *among*, only answers that are among these posts.
        """
        key, direction, index = SORTS[sort]
        condition, values = self._walked()
        if among is not None:
            condition += " and posts.id in (select value from json_each(:among))"
            values |= {"among": json.dumps(list(among))}
        if after is not None:
            condition += f" and {_beyond(key, direction, after)}"
            values |= {"key": after[0], "id": after[1]}
        hint = f" indexed by {index}" if self._all is None and self._passing is None and among is None else ""
        sql = f"""
            select posts.id, {key} from posts{hint} where {condition}
            order by {key} {direction} nulls last, posts.id {direction}
            limit {limit}
        """
        return [(id, value) for id, value in self.db.execute(sql, values)]

    def _walked(self) -> tuple[str, Values]:
        """Condition on a row of `posts` that is met on the way through an index of dates."""
        table, condition, values = self._source()
        if self._all is not None:
            ids, values = self.ids()
            return f"posts.id in ({ids})", values
        if table == "posts":
            return condition, values
        dense = self._is_counted_fast and self._counted > DENSE * self.posts
        if dense:
            return f"exists (select 1 from {table} where {condition} and {table}.rowid = posts.id)", values
        column = "posts.id" if self._passing is not None else "+posts.id"
        return f"{column} in (select {table}.rowid from {table} where {condition})", values

    # -- how telling a word is

    @cached_property
    def weights(self) -> list[float]:
        """Inverse document frequency of each unit, as bm25 has it, never less than a tenth."""
        if len(self.units) < 2:
            return [1.0] * len(self.units)
        frequencies = [self._frequency(unit) for unit in self.units]
        return [max(0.1, log(1 + (self.posts - n + 0.5) / (n + 0.5))) for n in frequencies]

    @cached_property
    def posts(self) -> int:
        """About how many posts the archive has."""
        return self.db.execute("select max(id) from posts").fetchone()[0] or 1

    def _frequency(self, unit: Unit) -> float:
        """In how many posts the unit stands, judged by how densely the newest of them have it."""
        words = f"{quoted(unit.text)} *" if unit.prefix else quoted(unit.text)
        table = WORDS_TABLE if unit.prefix and len(unit.words) == 1 else FTS_TABLE
        newest = f"select rowid from {table} where {table} match ? order by rowid desc limit 1 offset {SAMPLED - 1}"
        last = self.db.execute(newest, [words]).fetchone()
        if last is None:
            return float(self.db.execute(f"select count(*) from {table} where {table} match ?", [words]).fetchone()[0])
        return self._expected(SAMPLED, last[0])


def _beyond(key: str, direction: str, after: tuple[Any, int]) -> str:
    """Condition that a row comes behind the one with the bound :key and :id."""
    sign = "<" if direction == "desc" else ">"
    if after[0] is None:
        return f"({key} is null and posts.id {sign} :id)"
    return f"({key} {sign} :key or ({key} = :key and posts.id {sign} :id) or {key} is null)"


def rows_of(db: Database, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What is weighed and shown of each post, by its id."""
    found = db.execute(
        f"""
        select {", ".join(SHOWN)}
        from posts
        where id in (select value from json_each(?))
        """,
        [json.dumps(list(ids))],
    )
    return {row[0]: dict(zip(SHOWN, row, strict=True)) for row in found}
