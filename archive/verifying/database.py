"""The database by itself: its file, its structure, its full-text index, and what its rows say of each other."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from archive.fixity import Check, Finding
from archive.model import Reading
from archive.schema import COUNTED_ANEW, FTS_TABLE
from archive.seal import check_seal, is_sealed
from archive.store.corrections import corrected
from archive.store.joins import Joined, load_joined
from archive.store.values import reading_from_json, to_json
from archive.urls import uid

MOST_FAULTS: Final = 1_000
"""Structural faults SQLite names before it gives up; where there are so many, the rest is no news."""

_PAGE = re.compile(r"\bpage (\d+)")
_NULL = re.compile(r"NULL value in (\w+)\.(\w+)")


def check_file(path: Path) -> Iterator[Finding]:
    """The bytes of the database file against its seal."""
    if path.with_name(f"{path.name}-wal").exists() and path.with_name(f"{path.name}-wal").stat().st_size:
        yield _problem(path, "database", "not folded together since the last run was cut short", severity="warning")
    elif not is_sealed(path):
        yield _problem(path, "database", "has no seal, so single changed bits may go unseen", severity="warning")
    else:
        for broken in check_seal(path):
            yield _problem(path, "database", broken.what, offset=broken.offset)


def check_structure(db: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    """SQLite's own checks: pages, indexes and constraints; then rows that point at rows that are not there."""
    (page_bytes,) = db.execute("pragma page_size").fetchone()
    faults = Counter(row[0] for row in db.execute(f"pragma integrity_check({MOST_FAULTS})"))
    for fault, times in faults.items():
        if fault != "ok" and not _is_false_alarm(db, fault):
            page = _PAGE.search(fault)
            offset = (int(page[1]) - 1) * page_bytes if page else None
            what = " ".join(fault.split()) + (f" ({times} times)" if times > 1 else "")
            yield _problem(path, "database", what, offset=offset)
    for table, row_id, parent, _ in db.execute("pragma foreign_key_check"):
        yield _problem(path, "database", f"row {row_id} of {table} points at a row of {parent} that is not there")


def _is_false_alarm(db: sqlite3.Connection, fault: str) -> bool:
    """SQLite 3.40 finds NULLs that are not there in tables without rowid whose key is not their first columns."""
    found = _NULL.fullmatch(fault)
    if found is None:
        return False
    table, column = found.groups()
    sql = f'select not exists (select 1 from "{table}" where typeof("{column}") = \'null\')'
    return bool(db.execute(sql).fetchone()[0])


def check_search(path: Path) -> Iterator[Finding]:
    """The full-text index against the posts, word by word; only with rank = 1 does FTS5 look at both.

    SQLite takes the check for a write, though it writes nothing: where the archive can't be written, it can't be made.
    """
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("begin immediate")
        db.execute(f"insert into {FTS_TABLE}({FTS_TABLE}, rank) values ('integrity-check', 1)")
        db.execute("rollback")
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            what = "the full-text index was not checked: that needs an archive that can be written"
            yield _problem(path, "search", what, severity="warning")
        else:
            yield _problem(path, "search", f"the full-text index does not agree with the posts ({error})")
    finally:
        db.close()


def check_counts(db: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    """The numbers of posts that are kept against those counted anew."""
    for subject, name, period, held, counted in db.execute(COUNT_FAULTS):
        what = " ".join(f"its count of {subject} {name} {period}".split())
        yield _problem(path, "posts", f"{what} is {held} posts, there are {counted}")


COUNT_FAULTS: Final = f"""
    select subject, name, period, sum(held), sum(counted) from (
        select subject, name, period, posts as held, 0 as counted from counts
        union all
        select subject, name, period, 0, posts from ({COUNTED_ANEW})
    ) group by subject, name, period having sum(held) <> sum(counted)
"""


def check_posts(db: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    """What a post's rows say of each other: revisions, reading, evidence, corrections, names and addresses."""
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    joined = load_joined(db)
    for post in cursor.execute(POSTS):
        for what in _faults(db, post, joined):
            yield _problem(path, "posts", f"post {post['id']}: {what}", url=post["url"])
    for table, what in db.execute(CAPTURE_FAULTS):
        yield _problem(path, "posts", f"{table}: {what}")


POSTS: Final = """
    select posts.*, revisions.title as revision_title, revisions.text as revision_text, revisions.reading as reading,
        revisions.facts as facts, revisions.capture_id as revision_capture_id,
        (select count(*) from revisions where post_id = posts.id) as revisions_held,
        (select max(number) from revisions where post_id = posts.id) as newest
    from posts left join revisions on revisions.post_id = posts.id and revisions.number = posts.revision_count
    order by posts.id
"""

CAPTURE_FAULTS: Final = """
    select 'revisions', 'capture ' || captures.id || ' of row ' || revisions.id || ' answered ' || captures.status
    from revisions join captures on captures.id = revisions.capture_id
    where captures.status <> 200
"""

READ: Final = (
    "kind", "completeness", "outlet", "outlet_printed", "agency", "original_on", "original_url", "image_credit",
    "confidence", "reader",
)  # fmt: skip
"""Columns of `posts` that are the reading with its corrections, as they stand in `Reading`."""


def _faults(db: sqlite3.Connection, post: sqlite3.Row, joined: Joined) -> Iterator[str]:
    if not post["revisions_held"]:
        yield "it has no revision"
        return
    if not post["revisions_held"] == post["newest"] == post["revision_count"]:
        held, newest = post["revisions_held"], post["newest"]
        yield f"it counts {post['revision_count']} revisions, {held} are held, the last is number {newest}"
        return
    for column in ("title", "text", "capture_id"):
        if post[column] != post[f"revision_{column}"]:
            yield f"its {column} is not that of its newest revision"
    if post["words"] != len(post["text"].split()):
        yield f"it counts {post['words']} words, its text has {len(post['text'].split())}"
    addresses = [row[0] for row in db.execute("select url from post_urls where post_id = ?", (post["id"],))]
    if post["uid"] not in map(uid, addresses):
        yield f"its uid {post['uid']} is of none of its addresses"
    yield from _fact_faults(db, post)
    yield from _reading_faults(db, post, joined)


def _fact_faults(db: sqlite3.Connection, post: sqlite3.Row) -> Iterator[str]:
    try:
        facts: Mapping[str, Any] = json.loads(post["facts"])
    except ValueError:
        yield "the facts of its newest revision are no JSON"
        return
    for name, sql in NAMES.items():
        held = [row[0] for row in db.execute(sql, (post["id"],))]
        if name in facts and held != list(dict.fromkeys(facts[name])):
            yield f"its {name} are not those of its newest revision"


NAMES: Final = {
    "categories": """
        select name from post_categories join categories on categories.id = category_id
        where post_id = ? order by position
    """,
    "tags": "select name from post_tags join tags on tags.id = tag_id where post_id = ? order by position",
}


def _reading_faults(db: sqlite3.Connection, post: sqlite3.Row, joined: Joined) -> Iterator[str]:
    try:
        reading = reading_from_json(post["reading"])
        corrections = {field: json.loads(value) for field, value in db.execute(LIVE_CORRECTIONS, (post["id"],))}
        effective = corrected(reading, corrections, joined)
    except (ValueError, TypeError, KeyError) as error:
        yield f"its reading can't be read ({error})"
        return
    for column in READ:
        if post[column] != (said := getattr(effective, column)):
            yield f"its {column} is {post[column]!r}, the reading with its corrections says {said!r}"
    if (post["outlet_id"] is None) != (effective.outlet is None):
        yield f"its outlet is {effective.outlet!r}, its row of outlets is {post['outlet_id']}"
    yield from _author_faults(db, post, effective)
    evidence = [(e.field, e.value, e.printed, e.where, e.rule, e.confidence) for e in reading.evidence]
    if evidence != db.execute(EVIDENCE, (post["id"],)).fetchall():
        yield "its evidence is not that of its newest reading"


LIVE_CORRECTIONS: Final = """
    select field, value from corrections where post_id = ? and undone_at is null order by id
"""
EVIDENCE: Final = """
    select field, value, printed, place, rule, confidence from evidence where post_id = ? order by id
"""
AUTHORS: Final = """
    select name from post_authors join authors on authors.id = author_id where post_id = ? order by position
"""


def _author_faults(db: sqlite3.Connection, post: sqlite3.Row, effective: Reading) -> Iterator[str]:
    names = [row[0] for row in db.execute(AUTHORS, (post["id"],))]
    if post["authors"] != to_json(effective.authors) or names != list(dict.fromkeys(effective.authors)):
        yield f"its authors are {post['authors']}, the reading with its corrections says {to_json(effective.authors)}"


def _problem(path: Path, check: Check, what: str, **more: Any) -> Finding:
    return Finding(check=check, what=what, file=path.name, **{"severity": "error", **more})
