"""Which posts pass the filters of a plan: gathered before its words are looked up, or held against what they find."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property

from sqlite_utils import Database

from archive.schema import FTS_TABLE, WORDS_TABLE
from archive.search import bounds
from archive.search.frequencies import Frequencies
from archive.search.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Passing:
    """The posts of one database that pass the filters of one plan."""

    db: Database
    plan: Plan
    frequencies: Frequencies

    @cached_property
    def ids(self) -> list[int] | None:
        """All of them, where they are few; of more, those that have the words, where few have. None: too many, or all.

        Every question to SQLite carries them along.
        """
        if not self.plan.where:
            return None
        few = self._gathered("1", bounds.PASSING)
        if few is not None:
            return few
        if not self.plan.has_words or self.frequencies.steps > bounds.TRIED:
            return None
        found = self._gathered("1", int(bounds.PASSING_SHARE * self.frequencies.posts))
        return None if found is None else self._with_words(set(found))

    @cached_property
    def as_json(self) -> str:
        return json.dumps(self.ids)

    def _gathered(self, condition: str, most: float) -> list[int] | None:
        """Those that meet the condition, too; None when they are more than *most*."""
        limit = f"limit {int(most) + 1}" if most < float("inf") else ""
        sql = f"select posts.id from posts where {self.plan.where} and {condition} {limit}"
        found = [id for (id,) in self.db.execute(sql, self.plan.values)]
        return found if len(found) <= most else None

    def _with_words(self, ids: Set[int]) -> list[int]:
        """Those of *ids* that have what is asked of the first of both indexes."""
        table, match = (FTS_TABLE, self.plan.match) if self.plan.match else (WORDS_TABLE, self.plan.words)
        found = self.db.execute(f"select rowid from {table} where {table} match ?", [match])
        return [id for (id,) in found if id in ids]

    # -- where too many posts have the words

    @property
    def is_sieve(self) -> bool:
        """Whether what is found by its words has to be sifted: SQLite would try each post at ten times the cost."""
        return self._recent is not None

    @property
    def since(self) -> int:
        """The oldest of the newest posts of which TRIED are found by their words; the sieve holds those at first."""
        return int(self.frequencies.posts * (1 - bounds.TRIED / self.frequencies.steps))

    @cached_property
    def _recent(self) -> Set[int] | None:
        """The newest that pass; None where the filters keep back so little that trying each post is as quick."""
        if not self.plan.where or not self.plan.has_words or self.ids is not None:
            return None
        if self.frequencies.steps <= bounds.TRIED:
            return None
        most = bounds.PASSING_SHARE * (self.frequencies.posts - self.since + 1)
        # The sign keeps SQLite from walking through all the newest posts instead of an index of what is filtered.
        found = self._gathered(f"+posts.id >= {self.since}", most)
        return None if found is None else set(found)

    @cached_property
    def _every(self) -> Set[int]:
        return set(self._gathered("1", float("inf")) or ())

    def sift(self, found: Iterable[tuple[int]]) -> Iterator[int]:
        """Those of the posts *found* by their words that pass; all of them where there is no sieve."""
        recent = self._recent
        if recent is None:
            return (id for (id,) in found)
        since = self.since
        return (id for (id,) in found if id in (recent if id >= since else self._every))
