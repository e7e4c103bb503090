"""Sites, runs and captures, and what each run found, joined row by row."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from archive.merging.files import WarcFiles
from archive.merging.ids import Ids
from archive.store import Store

RUN: Final = (
    "mode", "status", "started_at", "finished_at", "requests", "bytes", "posts_seen", "posts_new", "posts_changed",
    "posts_gone", "errors", "reason", "settings", "report", "sources",
)  # fmt: skip
CAPTURE: Final = (
    "url", "captured_at", "role", "status", "content_type", "warc_offset", "warc_length", "payload_sha256",
    "payload_bytes", "etag", "last_modified",
)  # fmt: skip
SITE: Final = ("name", "url", "title", "language", "house_names", "added_at")

ENDED: Final = ("done", "partial", "suspect", "failed", "interrupted", "limited")


def rows_of(db: sqlite3.Connection, sql: str, values: Sequence[Any] = ()) -> Iterator[Mapping[str, Any]]:
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, values)


def insert(db: sqlite3.Connection, table: str, values: Mapping[str, Any], *, conflict: str = "") -> int:
    """Returns the new row's number."""
    marks = ", ".join("?" * len(values))
    sql = f"insert into {table} ({', '.join(values)}) values ({marks}) {conflict}"
    return int(db.execute(sql, tuple(values.values())).lastrowid or 0)


def merge_custody(store: Store, theirs: sqlite3.Connection, files: WarcFiles, ids: Ids, added: Counter[str]) -> None:
    db: sqlite3.Connection = store.db.conn
    for site in rows_of(theirs, "select * from sites order by id"):
        held = db.execute("select id from sites where name = ?", (site["name"],)).fetchone()
        if held is None:
            ids.new_sites.add(site["id"])
            added["sites"] += 1
        ids.sites[site["id"]] = held[0] if held else insert(db, "sites", {name: site[name] for name in SITE})
    for run in rows_of(theirs, "select * from runs order by id"):
        _merge_run(db, run, files, ids, added)
    _merge_files(db, files, ids)
    _merge_captures(db, theirs, files, ids, added)
    _merge_frontier(db, theirs, ids)


def _merge_run(db: sqlite3.Connection, run: Mapping[str, Any], files: WarcFiles, ids: Ids, added: Counter[str]) -> None:
    """The same run here, or a new one under the next number."""
    site_id = ids.sites[run["site_id"]]
    held = _find_run(db, run, site_id, files)
    if held is not None:
        ids.runs[run["id"]] = held
        return
    # one that was running when its archive was last open, was cut short
    status = run["status"] if run["status"] in ENDED else "interrupted"
    values = {**{column: run[column] for column in RUN}, "status": status, "site_id": site_id}
    ids.runs[run["id"]] = insert(db, "runs", {**values, "resumes_id": ids.run(run["resumes_id"])})
    ids.new_runs.add(run["id"])
    added["runs"] += 1


def _find_run(db: sqlite3.Connection, run: Mapping[str, Any], site_id: int, files: WarcFiles) -> int | None:
    """By a WARC file it wrote; a run that has left none, by its moments."""
    written = files.written_by(run["id"])
    if written:
        marks = ", ".join("?" * len(written))
        sql = f"select run_id from warc_files where name in ({marks})"
        row = db.execute(sql, written).fetchone()
    else:
        sql = "select id from runs where site_id = ? and mode = ? and started_at = ? and finished_at is ?"
        row = db.execute(sql, (site_id, run["mode"], run["started_at"], run["finished_at"])).fetchone()
    return row[0] if row else None


def _merge_files(db: sqlite3.Connection, files: WarcFiles, ids: Ids) -> None:
    for name, (size, run_id) in files.copied.items():
        insert(db, "warc_files", {"name": name, "committed_bytes": size, "run_id": ids.run(run_id)})


def _merge_captures(
    db: sqlite3.Connection, theirs: sqlite3.Connection, files: WarcFiles, ids: Ids, added: Counter[str]
) -> None:
    """In the order of their numbers, in which an original comes before what points at it; files known here first."""
    known = [here for here in files.names.values() if here not in files.copied]
    held = {
        (name, offset): capture_id
        for name in known
        for offset, capture_id in db.execute("select warc_offset, id from captures where warc_file = ?", (name,))
    }
    for row in rows_of(theirs, "select * from captures order by id"):
        here = files.names[row["warc_file"]]
        capture_id = held.get((here, row["warc_offset"]))
        if capture_id is None:
            values = {
                **{column: row[column] for column in CAPTURE},
                "warc_file": here,
                "run_id": ids.runs[row["run_id"]],
                "revisit_of": ids.capture(row["revisit_of"]),
            }
            capture_id = insert(db, "captures", values)
            added["captures"] += 1
        ids.captures[row["id"]] = capture_id


def _merge_frontier(db: sqlite3.Connection, theirs: sqlite3.Connection, ids: Ids) -> None:
    """What a run that came in left to do; where our own last run left something, that stands.

    A run that came in is the site's newest from here on, so the next crawl goes on with it.
    """
    newest = dict(theirs.execute("select site_id, max(id) from runs group by site_id").fetchall())
    ours = {site_id for (site_id,) in db.execute("select distinct site_id from frontier")}
    for row in rows_of(theirs, "select * from frontier"):
        site_id = ids.sites[row["site_id"]]
        if site_id not in ours and newest.get(row["site_id"]) in ids.new_runs:
            insert(db, "frontier", {**dict(row), "site_id": site_id})


# --------------------------------------------------------------------------------------------- what the runs found


def merge_finds(store: Store, theirs: sqlite3.Connection, ids: Ids, added: Counter[str]) -> None:
    """Sightings, skips, absences, grouped edits, notices and readings that are kept back."""
    db: sqlite3.Connection = store.db.conn
    _merge_sightings(db, theirs, ids, added)
    for table in ("skips", "absences", "notices"):
        for row in rows_of(theirs, f"select * from {table} order by id"):
            if row["run_id"] in ids.new_runs:
                insert(db, table, _pointing_here(row, ids))
                added[table] += 1
    _merge_edits(db, theirs, ids)
    for row in rows_of(theirs, "select * from held order by post_id"):
        if row["run_id"] in ids.new_runs:
            insert(db, "held", _pointing_here(row, ids), conflict="on conflict do nothing")


def _pointing_here(row: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """The row without its number, and with ours of what it points at."""
    ours: dict[str, Callable[[Any], int | None]] = {
        "run_id": ids.run,
        "suspect_run_id": ids.run,
        "first_run_id": ids.run,
        "last_run_id": ids.run,
        "capture_id": ids.capture,
        "site_id": lambda number: ids.sites[number],
        "post_id": lambda number: ids.posts[number],
    }
    values = {column: row[column] for column in row.keys() if column != "id"}  # noqa: SIM118  a sqlite3.Row
    return {column: ours[column](value) if column in ours else value for column, value in values.items()}


BOTH_RUNS: Final = """
    first_run_id = (
        select id from runs where id in (first_run_id, excluded.first_run_id) order by started_at, id limit 1
    ),
    last_run_id = (
        select id from runs where id in (last_run_id, excluded.last_run_id) order by started_at desc, id desc limit 1
    )
"""


def _merge_sightings(db: sqlite3.Connection, theirs: sqlite3.Connection, ids: Ids, added: Counter[str]) -> None:
    conflict = f"""
        on conflict (site_id, source, key) do update set
            {BOTH_RUNS},
            listed_in = coalesce(listed_in, excluded.listed_in),
            wordpress_id = coalesce(wordpress_id, excluded.wordpress_id),
            lastmod = coalesce(max(lastmod, excluded.lastmod), lastmod, excluded.lastmod)
    """
    before = db.execute("select count(*) from sightings").fetchone()[0]
    for row in rows_of(theirs, "select * from sightings order by id"):
        insert(db, "sightings", _pointing_here(row, ids), conflict=conflict)
    added["sightings"] += db.execute("select count(*) from sightings").fetchone()[0] - before


def _merge_edits(db: sqlite3.Connection, theirs: sqlite3.Connection, ids: Ids) -> None:
    conflict = f"on conflict (site_id, before, after) do update set {BOTH_RUNS}"
    for row in rows_of(theirs, "select * from edits order by id"):
        insert(db, "edits", _pointing_here(row, ids), conflict=conflict)
        key = (ids.sites[row["site_id"]], row["before"], row["after"])
        (edit_id,) = db.execute("select id from edits where site_id = ? and before = ? and after = ?", key).fetchone()
        for revision_id, times in theirs.execute(
            "select revision_id, times from edit_revisions where edit_id = ?", (row["id"],)
        ):
            db.execute(
                """
                insert into edit_revisions (edit_id, revision_id, times)
                select ?, id, ? from revisions where id = ?
                on conflict do nothing
                """,
                (edit_id, times, ids.revisions.get(revision_id)),
            )
