"""How frequent the words of a query are: how telling each is, and how long a walk through the index takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import log

from sqlite_utils import Database

from archive.schema import FTS_TABLE, WORDS_TABLE
from archive.search import bounds
from archive.search.passages import Unit
from archive.search.plan import Plan, beginning, quoted


@dataclass(frozen=True, kw_only=True)
class Frequencies:
    """Of the words of one plan in one database."""

    db: Database
    plan: Plan
    units: tuple[Unit, ...]
    _known: dict[tuple[str, str], float] = field(default_factory=dict)

    @cached_property
    def weights(self) -> list[float]:
        """Inverse document frequency of each unit, as bm25 has it, never less than a tenth."""
        if len(self.units) < 2:
            return [1.0] * len(self.units)
        frequencies = map(self.of, self.units)
        return [max(0.1, log(1 + (self.posts - n + 0.5) / (n + 0.5))) for n in frequencies]

    @cached_property
    def steps(self) -> float:
        """About how many entries of the index are passed on a walk through all that have one of the words."""
        if not self.plan.match:
            return 0.0
        words = {quoted(word) for unit in self.units for word in unit.words}
        return sum(self._density(FTS_TABLE, each) for each in (*words, *self.plan.unwanted))

    @property
    def share(self) -> float:
        """How much of the archive, from the newest post on, a walk of STEPS comes through."""
        return min(1.0, bounds.STEPS / self.steps) if self.steps else 1.0

    @property
    def since(self) -> int:
        """The oldest post such a walk meets; 0 when it meets all."""
        return int(self.posts * (1 - self.share))

    @cached_property
    def posts(self) -> int:
        """About how many posts the archive has."""
        return self.db.execute("select max(id) from posts").fetchone()[0] or 1

    def of(self, unit: Unit) -> float:
        """In how many posts the unit stands."""
        if not unit.prefix:
            return self._density(FTS_TABLE, quoted(unit.text))
        table = WORDS_TABLE if len(unit.words) == 1 else FTS_TABLE
        return self._density(table, beginning(unit.text, self.plan.spelled.get(unit.text)))

    def _density(self, table: str, match: str) -> float:
        """In how many posts *match* stands, judged by how densely the newest of them have it."""
        if (table, match) not in self._known:
            self._known[table, match] = self._looked_up(table, match)
        return self._known[table, match]

    def _looked_up(self, table: str, match: str) -> float:
        found = f"select rowid from {table} where {table} match ?"
        sampled = f"{found} order by rowid desc limit 1 offset {bounds.SAMPLED - 1}"
        last = self.db.execute(sampled, [match]).fetchone()
        if last is None:
            return float(self.db.execute(f"select count(*) from ({found})", [match]).fetchone()[0])
        return self.expected(bounds.SAMPLED, last[0])

    def expected(self, newest: int, last: int) -> float:
        """How many there are in all, when the *newest* of them go back to the post *last*."""
        return newest * self.posts / (self.posts - last + 1)
