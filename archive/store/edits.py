"""Grouped edits: one replacement made across many posts, kept as one event with the revisions it made."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from archive.edits import (
    Content,
    GroupedEdit,
    Replacement,
    changed_parts,
    content_of,
    explained,
    group_edits,
    replacements,
)
from archive.store.values import now, reading_from_json

EXAMPLES: Final = 20
"""Edits, and edited posts, that a report names; all are in the tables."""


class Edits:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def save_run(self, site_id: int, run_ids: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
        """Group the edits that a run (with those it went on with) noticed. Returns what its report says of them.

        `edits` are the grouped ones, `changes` the posts whose edits no group explains.
        """
        found = {revision: replacements(before, after) for revision, before, after in self._edited(run_ids)}
        groups = group_edits(found, self._known(site_id))
        told = [self._save(site_id, run_ids[0], group) for group in groups]
        return {"edits": told[:EXAMPLES], "changes": self._others(run_ids, explained(found, groups))}

    def _edited(self, run_ids: Sequence[int]) -> list[tuple[int, Content, Content]]:
        """(revision, before, after) of the runs' edits."""
        marks = ", ".join("?" * len(run_ids))
        rows = self._db.execute(
            f"""
            select
                revisions.id,
                earlier.title, earlier.text, earlier.facts, earlier.reading,
                revisions.title, revisions.text, revisions.facts, revisions.reading
            from revisions indexed by revisions_by_run
            join revisions as earlier on earlier.post_id = revisions.post_id and earlier.number = revisions.number - 1
            where revisions.run_id in ({marks})
            order by +revisions.id
            """,
            tuple(run_ids),
        )
        return [(row[0], content_from_row(row[1:5]), content_from_row(row[5:9])) for row in rows]

    def _known(self, site_id: int) -> set[Replacement]:
        rows = self._db.execute("select before, after from edits where site_id = ?", (site_id,))
        return {Replacement(*row) for row in rows}

    def _save(self, site_id: int, run_id: int, group: GroupedEdit) -> dict[str, Any]:
        before, after = group.replacement
        ((edit_id,),) = self._db.execute(
            """
            insert into edits (site_id, before, after, first_run_id, last_run_id, noticed_at)
            values (?, ?, ?, ?, ?, ?)
            on conflict (site_id, before, after) do update set last_run_id = excluded.last_run_id
            returning id
            """,
            (site_id, before, after, run_id, run_id, now()),
        ).fetchall()
        self._db.executemany(
            "insert into edit_revisions (edit_id, revision_id, times) values (?, ?, ?) on conflict do nothing",
            [(edit_id, revision, times) for revision, times in group.revisions.items()],
        )
        posts = self._db.execute(
            """
            select count(distinct revisions.post_id)
            from edit_revisions join revisions on revisions.id = edit_revisions.revision_id
            where edit_id = ?
            """,
            (edit_id,),
        ).fetchone()[0]
        return {"id": edit_id, "before": before, "after": after, "posts": len(group.revisions), "posts_so_far": posts}

    def _others(self, run_ids: Sequence[int], grouped: set[int]) -> list[dict[str, Any]]:
        marks = ", ".join("?" * len(run_ids))
        rows = self._db.execute(
            f"""
            select revisions.id, posts.id, posts.title, posts.url, revisions.changes
            from revisions indexed by revisions_by_run cross join posts on posts.id = revisions.post_id
            where revisions.run_id in ({marks}) and revisions.number > 1
            order by +revisions.id
            """,
            tuple(run_ids),
        )
        others = [
            {"id": post_id, "title": title or url, "changes": json.loads(changes)}
            for revision, post_id, title, url, changes in rows
            if revision not in grouped
        ]
        return others[:EXAMPLES]


def content_from_row(row: Sequence[Any]) -> Content:
    """From title, text, facts and reading of a revision."""
    title, text, facts, reading = row
    return content_of(title, text, json.loads(facts), reading_from_json(reading))


def find_same(db: sqlite3.Connection, post_id: int, content: Content) -> int | None:
    """Number of the post's newest revision that says what *content* says: an older text has come back."""
    rows = db.execute(
        """
        select number, title, text, facts, reading
        from revisions
        where post_id = ?
        order by number desc
        """,
        (post_id,),
    )
    return next((row[0] for row in rows if not changed_parts(content_from_row(row[1:]), content)), None)
