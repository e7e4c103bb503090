"""What people said: corrections, joined names, withheld posts, saved searches and accepted runs of both.

Of two that stand against each other, the later word stands.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from archive.merging.custody import insert, rows_of
from archive.merging.ids import Ids
from archive.store import Store
from archive.store.corrections import Corrections, line_identity
from archive.store.decisions import ACCEPTED, Decisions
from archive.store.joins import Joins
from archive.store.values import to_json

WITHHOLDING: Final = ("until_on", "reason", "made_at", "made_by", "undone_at")


def merge_people(store: Store, theirs: sqlite3.Connection, ids: Ids, added: Counter[str]) -> None:
    """Everything both said is kept; of two that stand against each other, the later stands and the other is undone."""
    db: sqlite3.Connection = store.db.conn
    known = {line_identity(line) for line in store.corrections.export().splitlines()}
    uids = _uids(db, theirs, ids)
    lines = []
    said_there = Corrections(theirs, lambda _: None, {"join": Joins(theirs, lambda _: None)})
    for line in said_there.export().splitlines():
        said = json.loads(line)
        said["uid"] = uids.get(said.get("uid"), said.get("uid"))
        line = to_json({name: value for name, value in said.items() if name != "uid" or value})
        if line_identity(line) not in known:
            lines.append(to_json(_against_ours(db, json.loads(line))))
    store.corrections.restore("\n".join(lines))
    added["corrections"] += len(lines)
    _merge_withholdings(db, theirs, ids, added)
    _merge_watches(db, theirs, ids, added)
    for decision in Decisions(theirs).all():
        if decision.what == ACCEPTED:
            store.decisions.save(decision)


def _uids(db: sqlite3.Connection, theirs: sqlite3.Connection, ids: Ids) -> dict[str, str]:
    """Their uid → ours, of corrected posts; they differ where a post was first seen under different addresses."""
    rows = theirs.execute(
        "select distinct posts.id, posts.uid from corrections join posts on posts.id = corrections.post_id"
    )
    ours = "select uid from posts where id = ?"
    return {uid: db.execute(ours, (ids.posts[post_id],)).fetchone()[0] for post_id, uid in rows}


def _against_ours(db: sqlite3.Connection, said: dict[str, Any]) -> dict[str, Any]:
    """Their live word and ours on the same thing: one of them is undone, at the moment the other was said."""
    if said["undone_at"] is not None:
        return said
    table, where, values = _same_thing(said)
    for row_id, made_at in db.execute(f"select id, made_at from {table} where {where} and undone_at is null", values):
        if made_at > said["made_at"]:
            return {**said, "undone_at": made_at}
        db.execute(f"update {table} set undone_at = ? where id = ?", (said["made_at"], row_id))
    return said


def _same_thing(said: Mapping[str, Any]) -> tuple[str, str, tuple[Any, ...]]:
    if "join" in said:
        return "joins", "noun = ? and variant = ?", (said["join"], said["variant"])
    of_post = "post_id = (select id from posts where uid = ?) and field = ?"
    return "corrections", of_post, (said["uid"], said["field"])


def _merge_withholdings(db: sqlite3.Connection, theirs: sqlite3.Connection, ids: Ids, added: Counter[str]) -> None:
    for row in rows_of(theirs, "select * from withholdings order by id"):
        post_id = ids.posts[row["post_id"]]
        values = {column: row[column] for column in WITHHOLDING}
        held = "select 1 from withholdings where post_id = ? and made_at = ? and reason is ?"
        if db.execute(held, (post_id, row["made_at"], row["reason"])).fetchone():
            continue
        if row["undone_at"] is None:
            values["undone_at"] = _newer_withholding(db, post_id, row["made_at"])
        insert(db, "withholdings", {"post_id": post_id, **values})
        added["withholdings"] += 1


def _newer_withholding(db: sqlite3.Connection, post_id: int, made_at: str) -> str | None:
    """When ours was made, if it is the later; else ours is undone."""
    row = db.execute(
        "select id, made_at from withholdings where post_id = ? and undone_at is null", (post_id,)
    ).fetchone()
    if row is None:
        return None
    if row[1] > made_at:
        return str(row[1])
    db.execute("update withholdings set undone_at = ? where id = ?", (made_at, row[0]))
    return None


WATCH: Final = ("query", "added_at", "removed_at")


def _merge_watches(db: sqlite3.Connection, theirs: sqlite3.Connection, ids: Ids, added: Counter[str]) -> None:
    """Their saved searches, with what each has found, so that nothing is told of twice.

    One whose name stands for another search here comes in under the next free name.
    """
    for row in rows_of(theirs, "select * from watches order by id"):
        same = "select id from watches where query = ? and (added_at = ? or (name = ? and removed_at is null))"
        held = db.execute(same, (row["query"], row["added_at"], row["name"])).fetchone()
        watch_id = held[0] if held else None
        if watch_id is None:
            name = row["name"] if row["removed_at"] else _free_watch_name(db, row["name"])
            watch_id = insert(db, "watches", {"name": name, **{column: row[column] for column in WATCH}})
            added["watches"] += 1
        for hit in rows_of(theirs, "select * from watch_hits where watch_id = ?", (row["id"],)):
            values = {"watch_id": watch_id, "post_id": ids.posts[hit["post_id"]], "run_id": ids.run(hit["run_id"])}
            values["noticed_at"] = hit["noticed_at"]
            insert(db, "watch_hits", values, conflict="on conflict do nothing")


def _free_watch_name(db: sqlite3.Connection, name: str) -> str:
    taken = {row[0] for row in db.execute("select name from watches where removed_at is null")}
    names = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    return next(each for each in names if each not in taken)
