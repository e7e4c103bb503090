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
from archive.warc import Exchange, decode_body
from crawler import findings, rest
from crawler.profiles import SiteProfile

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
        names.update(
            (str(term.id), term.name) for term in rest.read_terms(decode_body(exchange), status=exchange.status)
        )
    for exchange in _answers(db, warc, run_id, "rest-posts"):
        hint = {"names": names, "root": exchange.url, "page": _LAST_PAGE}
        headers = dict(exchange.response_headers)
        found = findings.from_rest_posts(decode_body(exchange), exchange.status, headers, exchange.url, hint, profile)
        yield from ((seed.key, seed.hint["rest"]) for seed in found.seeds if seed.hint)


def _answers(db: sqlite3.Connection, warc: Path, run_id: int, role: str) -> Iterator[Exchange]:
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    where = "captures.run_id = ? and captures.role = ? and captures.status = 200"
    sql = f"select {POINTER} where {where} order by captures.id"
    for row in cursor.execute(sql, (run_id, role)):
        yield load_exchange(warc, row)
