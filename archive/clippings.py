"""Reading the archive: one clipping with all that is known of it. Opens the database for reading only."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any, Final

from sqlite_utils import Database

from archive.edits import Stretch, inline_diff
from archive.errors import UsageError
from archive.store.likenesses import reposts_of
from archive.store.withholdings import withheld_today
from archive.urls import canonical_url

LISTS: Final = ("authors", "categories", "tags")
"""Columns of `clippings` that hold JSON arrays."""


def find_post_id(db: Database, wanted: str) -> int:
    """The post of that id, uid, or address in any spelling. Raises UsageError when the archive has none."""
    for sql, value in (
        ("select id from posts where id = ?", int(wanted) if wanted.isdecimal() and len(wanted) < 16 else None),
        ("select id from posts where uid = ?", wanted.lower()),
        ("select post_id from post_urls where url = ?", _canonical(wanted)),
    ):
        if value is not None and (row := db.execute(sql, [value]).fetchone()):
            return int(row[0])
    raise UsageError(
        f"the archive has no post {wanted!r}", hint="give its id, uid or address; clipfile search finds them"
    )


def clipping(db: Database, post_id: int) -> dict[str, Any]:
    """The row of the view `clippings`, its lists as lists."""
    row = next(db.query("select * from clippings where id = ?", [post_id]))
    return {name: json.loads(value) if name in LISTS else value for name, value in row.items()}


def dossier(db: Database, post_id: int) -> dict[str, Any]:
    """The clipping with its evidence, corrections, revisions, captures, images, addresses, sightings, other reposts.

    `withheld` says until when and why it is withheld from the public; None when it is not.
    """
    withheld = withheld_today(db.conn).get(post_id)
    return {
        **clipping(db, post_id),
        **next(
            db.query("select completeness, agency, wordpress_id, layout, reader from posts where id = ?", [post_id])
        ),
        **{name: list(db.query(sql, {"id": post_id})) for name, sql in DETAILS.items()},
        "reposts": reposts(db, post_id),
        "withheld": withheld.words if withheld else None,
    }


def reposts(db: Database, post_id: int) -> list[dict[str, Any]]:
    """The other posts that carry the post's article, first posted first.

    `shared` and `alike` are None for one that is like the post only by way of another.
    """
    rows = db.query(
        """
        select posts.id, posts.uid, posts.url, sites.name as site, posts.title, posts.outlet, posts.original_on,
            posts.posted_on, posts.words, posts.gone_at, likenesses.shared, likenesses.alike
        from posts
        join sites on sites.id = posts.site_id
        left join likenesses on likenesses.post_id = :id and likenesses.other_id = posts.id
        where posts.id in (select value from json_each(:others))
        order by posts.posted_on, posts.id
        """,
        {"id": post_id, "others": json.dumps(reposts_of(db.conn, post_id))},
    )
    return list(rows)


DETAILS: Final = {
    "evidence": """
        select field, value, printed, place, rule, confidence from evidence where post_id = :id order by id
    """,
    "corrections": """
        select field, value, note, made_at, made_by, undone_at from corrections where post_id = :id order by id
    """,
    "history": """
        select number, same_as, run_id, seen_at, title, changes from revisions where post_id = :id order by number
    """,
    "captures": """
        select distinct
            captures.id, captures.captured_at, captures.status, captures.url, captures.warc_file, captures.warc_offset,
            captures.warc_length, captures.payload_sha256
        from captures
        join posts on posts.id = :id
        where captures.url = posts.url
            or captures.id in (select capture_id from revisions where post_id = :id)
        order by captures.id
    """,
    "images": """
        select url, role, alt, caption, credit from images where post_id = :id order by position
    """,
    "held": "select run_id, suspect_run_id, seen_at, lost from held where post_id = :id",
    "addresses": "select url from post_urls where post_id = :id order by url",
    "sightings": """
        select sightings.source, sightings.listed_in, sightings.first_run_id, sightings.last_run_id
        from post_urls join sightings on sightings.key = post_urls.url
        where post_urls.post_id = :id and sightings.site_id = (select site_id from posts where id = :id)
        order by sightings.source
    """,
}


def word_changes(db: Database, post_id: int) -> dict[int, list[list[Stretch]]]:
    """Revision → the headline and paragraphs that differ from the revision before, each in stretches of words."""
    rows = list(db.query("select number, title, text from revisions where post_id = ? order by number", [post_id]))
    return {
        after["number"]: [
            *inline_diff(before["title"] or "", after["title"] or ""),
            *inline_diff(before["text"], after["text"]),
        ]
        for before, after in pairwise(rows)
    }


def _canonical(wanted: str) -> str | None:
    try:
        return canonical_url(wanted)
    except ValueError:
        return None
