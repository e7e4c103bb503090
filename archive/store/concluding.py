"""What is left to do when a run has read everything: hear the canary, store or keep back, and group the edits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from archive.canary import Measure, Verdict, baseline, judge
from archive.store.edits import Edits
from archive.store.held import Held, Waiting

ARRIVALS: Final = 20
"""New posts a report names."""
GOOD_RUNS: Final = 30
"""Runs looked back on for what is usual."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conclusion:
    verdict: Verdict
    released: dict[str, int]
    """Outcome → held readings that were stored after all."""
    held: int
    """Readings of the site that are still kept back, whichever run held them."""
    told: dict[str, Any]
    """What the run's report says of all this."""


class Concluding:
    def __init__(
        self, connection: sqlite3.Connection, held: Held, edits: Edits, store_it: Callable[[Waiting], str]
    ) -> None:
        self._db, self._held, self._edits, self._store_it = connection, held, edits, store_it

    def conclude(self, site_id: int, run_id: int, measure: Measure, *, known: int) -> Conclusion:
        """Judge the run by what it read; store what waits if all is well, keep it back if the run is suspect.

        *known* is how many of the posts it read had been read before. One transaction of the caller's.
        """
        run_ids = self._with_resumed(run_id)
        verdict = judge(measure, baseline(self._good(site_id)), known=known, held=self._held.of_runs(run_ids))
        released: dict[str, int] = {}
        if verdict.is_suspect:
            self._held.mark_suspect(site_id, run_id)
        else:
            released = self._release(site_id)
        grouped = self._edits.save_run(site_id, run_ids)
        held = self._count(site_id)
        told = {
            "measure": measure.as_json(),
            "canary": {
                "alarms": [asdict(alarm) for alarm in verdict.alarms],
                "examples": [asdict(example) for example in verdict.examples],
                "notes": list(verdict.notes),
            },
            "kept_back": held,
            "arrivals": self._arrivals(run_ids),
            **grouped,
        }
        return Conclusion(verdict=verdict, released=released, held=held, told=told)

    def accept(self, site_id: int) -> int:
        """A person says the blog really changed: store all that is kept back. Returns how many readings that were."""
        return self._held.release(site_id, self._store_it, suspect_too=True)

    def _release(self, site_id: int) -> dict[str, int]:
        outcomes: dict[str, int] = {}

        def store_it(waiting: Waiting) -> None:
            outcome = self._store_it(waiting)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1

        self._held.release(site_id, store_it)
        return outcomes

    def _arrivals(self, run_ids: list[int]) -> list[dict[str, Any]]:
        """The newest of the posts that were not held before."""
        marks = ", ".join("?" * len(run_ids))
        rows = self._db.execute(
            f"""
            select posts.id, coalesce(posts.title, posts.url), posts.outlet
            from revisions indexed by revisions_by_run cross join posts on posts.id = revisions.post_id
            where revisions.number = 1 and revisions.run_id in ({marks})
            order by posts.posted_on desc, posts.id
            limit ?
            """,
            (*run_ids, ARRIVALS),
        )
        return [{"id": row[0], "title": row[1], "outlet": row[2]} for row in rows]

    def _with_resumed(self, run_id: int) -> list[int]:
        """The run and those it went on with, newest first."""
        rows = self._db.execute(
            """
            with recursive chain(id) as (
                select ?
                union
                select runs.resumes_id from runs join chain on chain.id = runs.id where runs.resumes_id is not null
            )
            select id from chain order by id desc
            """,
            (run_id,),
        )
        return [row[0] for row in rows]

    def _good(self, site_id: int) -> list[dict[str, Any]]:
        """Measures of the site's runs that ended well and read something, newest first; most runs find nothing new."""
        rows = self._db.execute(
            """
            select json_extract(report, '$.measure')
            from runs
            where site_id = ? and status in ('done', 'partial')
                and json_extract(report, '$.measure.posts') + json_extract(report, '$.measure.listing_pages') > 0
            order by id desc
            limit ?
            """,
            (site_id, GOOD_RUNS),
        )
        return [json.loads(row[0]) for row in rows]

    def _count(self, site_id: int) -> int:
        sql = "select count(*) from held cross join posts on posts.id = held.post_id where posts.site_id = ?"
        return int(self._db.execute(sql, (site_id,)).fetchone()[0])
