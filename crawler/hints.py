"""What `crawler.resthints` wrote, asked post by post. Apart from it, since it is all that a worker needs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Hints:
    """What REST said of each post, run by run."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self._hints = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        self._resumes: dict[int, int | None] = dict(db.execute("select id, resumes_id from runs").fetchall())

    def of(self, run_id: int, key: str) -> Mapping[str, Any] | None:
        """What REST said of the post of that key in the run, or in those it went on with; None when it said nothing."""
        for run in self._chain(run_id):
            row = self._hints.execute("select rest from hints where run_id = ? and key = ?", (run, key)).fetchone()
            if row is not None:
                said: Mapping[str, Any] = json.loads(row[0])
                return said
        return None

    def _chain(self, run_id: int) -> list[int]:
        """The run and the interrupted ones before it, the first of them first: the frontier keeps what came first."""
        chain = [run_id]
        while (before := self._resumes.get(chain[0])) is not None and before not in chain:
            chain.insert(0, before)
        return chain
