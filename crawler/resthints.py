"""What REST said of each post, run by run, found again in the stored answers.

The crawl reads a post with its REST object beside the page; the frontier that carried it is gone when the run has
ended. The answers themselves are captures. They are laid out in a small database of their own on disk, so that memory
does not grow with the blog.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from archive.holdings import POINTER, load_exchange
from archive.warc import Exchange
from crawler import findings, rest
from crawler.limits import BodyLimits, whole_body
from crawler.profiles import SiteProfile

LIMITS: Final = BodyLimits(decoded_bytes=64 * 1024 * 1024, ratio=1_000.0)
"""What is read here was within the crawl's own limits when it was fetched."""

_LAST_PAGE: Final = 1 << 30
"""Given as the number of a page of posts, it keeps the crawl's own reader from asking for another one."""


def build_hints(path: Path, db: sqlite3.Connection, warc: Path, profile_of: Callable[[int], SiteProfile]) -> None:
    """Write to *path* what REST said in every run of the archive; *profile_of* takes the number of a site."""
    hints = sqlite3.connect(path)
    hints.execute("create table hints (run_id integer, key text, rest text, primary key (run_id, key)) without rowid")
    for run_id, site_id in db.execute("select id, site_id from runs order by id").fetchall():
        profile = profile_of(site_id)
        hints.executemany(
            "insert into hints values (?, ?, ?) on conflict do nothing",
            ((run_id, key, json.dumps(said)) for key, said in _of_run(db, warc, run_id, profile)),
        )
    hints.commit()
    hints.close()


def _of_run(
    db: sqlite3.Connection, warc: Path, run_id: int, profile: SiteProfile
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    names: dict[str, str] = {}
    for exchange in _answers(db, warc, run_id, "rest-categories"):
        names.update((str(term.id), term.name) for term in rest.read_terms(_body(exchange), status=exchange.status))
    for exchange in _answers(db, warc, run_id, "rest-posts"):
        hint = {"names": names, "root": exchange.url, "page": _LAST_PAGE}
        headers = dict(exchange.response_headers)
        found = findings.from_rest_posts(_body(exchange), exchange.status, headers, exchange.url, hint, profile)
        yield from ((seed.key, seed.hint["rest"]) for seed in found.seeds if seed.hint)


def _answers(db: sqlite3.Connection, warc: Path, run_id: int, role: str) -> Iterator[Exchange]:
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    where = "captures.run_id = ? and captures.role = ? and captures.status = 200"
    sql = f"select {POINTER} where {where} order by captures.id"
    for row in cursor.execute(sql, (run_id, role)):
        yield load_exchange(warc, row)


def _body(exchange: Exchange) -> bytes:
    return whole_body(exchange, LIMITS)


class Hints:
    """What `build_hints` wrote, asked post by post."""

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
