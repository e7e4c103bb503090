"""What people decided about whole runs, which no capture tells: a suspect one was right, two archives were joined.

Kept in `decisions.jsonl` beside the database, as corrections are, so that a rebuilding decides the same.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from archive.store.values import now, to_json

ACCEPTED: Final = "accept"
MERGED: Final = "merge"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """`facts` of an acceptance: site and start of the run. Of a merge: the numbers its runs were given."""

    what: str
    made_at: str
    facts: Mapping[str, Any]


class Decisions:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def save_acceptance(self, run_id: int) -> None:
        """What a suspect run kept back was stored at a person's word."""
        site, started_at = self._db.execute(
            "select sites.name, runs.started_at from runs join sites on sites.id = runs.site_id where runs.id = ?",
            (run_id,),
        ).fetchone()
        self.save(Decision(what=ACCEPTED, made_at=now(), facts={"site": site, "run_started_at": started_at}))

    def save(self, decision: Decision) -> None:
        """Store it, unless it is stored already."""
        self._db.execute(
            "insert into decisions (what, facts, made_at) values (?, ?, ?) on conflict do nothing",
            (decision.what, to_json(decision.facts), decision.made_at),
        )

    def all(self) -> list[Decision]:
        """In the order in which they were made."""
        rows = self._db.execute("select what, made_at, facts from decisions order by made_at, id")
        return [Decision(what=what, made_at=made_at, facts=json.loads(facts)) for what, made_at, facts in rows]

    def export(self) -> str:
        """As JSON Lines."""
        return "".join(f"{to_json({'decision': d.what, 'made_at': d.made_at, **d.facts})}\n" for d in self.all())


def read_decisions(lines: Iterable[str]) -> list[Decision]:
    """What `Decisions.export` wrote, in the order in which it was decided; lines of no sense are passed over."""
    found = []
    for line in lines:
        try:
            facts = json.loads(line)
            found.append(Decision(what=facts.pop("decision"), made_at=facts.pop("made_at"), facts=facts))
        except (ValueError, KeyError, AttributeError):
            continue
    return sorted(found, key=lambda decision: decision.made_at)
