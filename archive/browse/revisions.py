"""What was edited: two revisions of a post beside each other, facts and words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.rows import Row, row, rows
from archive.clippings import find_post_id
from archive.errors import UsageError
from archive.store.withholdings import refuse_withheld
from archive.worddiff import in_stretches, side_by_side, word_diff

FACTS: Final = (
    ("kind", "Kind"),
    ("outlet", "Outlet"),
    ("authors", "Authors"),
    ("original_on", "First published"),
    ("original_url", "Original"),
    ("image_credit", "Image credit"),
    ("categories", "Categories"),
    ("tags", "Tags"),
    ("images", "Images"),
)


def revisions_page(ask: Ask, db: Database) -> Answer:
    post_id = find_post_id(db, ask.parts["post"])
    refuse_withheld(db.conn, post_id)
    post = row(db, "select id, uid, title, url from posts where id = ?", [post_id])
    numbers = rows(db, "select number, seen_at, changes from revisions where post_id = ? order by number", [post_id])
    last = numbers[-1]["number"] if numbers else 1
    new = ask.number("to") or last
    old = ask.number("from") or max(1, new - 1)
    before, after = revision(db, post_id, old), revision(db, post_id, new)
    return ask.page(
        "revisions.html",
        section="posts",
        post=post,
        numbers=[{**each, "changes": json.loads(each["changes"])} for each in numbers],
        before=before,
        after=after,
        title=word_diff(before["title"] or "", after["title"] or ""),
        facts=changed_facts(before["stated"], after["stated"]),
        stretches=in_stretches(side_by_side(before["text"], after["text"])),
    )


def revision(db: Database, post_id: int, number: int) -> Row:
    """A revision with what it states as one table: the facts of the page and the reading made of it."""
    found = row(db, "select * from revisions where post_id = ? and number = ?", [post_id, number])
    if found is None:
        raise UsageError(f"the post has no revision {number}")
    return {**found, "stated": {**json.loads(found["reading"]), **json.loads(found["facts"])}}


def changed_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, before, after) of the facts that differ."""
    return [
        (words, shown(before.get(name)), shown(after.get(name)))
        for name, words in FACTS
        if before.get(name) != after.get(name)
    ]


def shown(value: object) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value or "")
