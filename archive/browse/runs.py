"""Runs and health: what each crawl asked for and found, what is missing, and which readings deserve a second look."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.charts import HALF, Chart, Column, Group, stacked
from archive.browse.correcting import DONE
from archive.browse.kept import Kept
from archive.browse.post import known_outlets
from archive.browse.rows import Row, row, rows
from archive.browse.words import day, short_day
from archive.errors import UsageError
from archive.gaps import find_gaps
from archive.reviewing import Doubt, Review, find_doubts
from archive.schema.review import TO_LOOK_OVER
from archive.store.withholdings import withheld_today
from archive.urls import canonical_url

RUNS_SHOWN: Final = 60
CHARTED: Final = 40
DOUBTFUL_SHOWN: Final = 25
MISSING_SHOWN: Final = 100
SHOWN_LENGTH: Final = 160


def runs_page(ask: Ask, db: Database) -> Answer:
    found = rows(db, "select * from runs_report order by id desc limit ?", [RUNS_SHOWN])
    charted = found[:CHARTED][::-1]
    return ask.page(
        "runs.html",
        section="runs",
        runs=found,
        posts=_chart(ask, charted, "New, changed and gone posts", "post", ("posts_new", "posts_changed", "posts_gone")),
        requests=_chart(ask, charted, "Requests", "request", ("requests",)),
    )


NAMES: Final = {"posts_new": "New", "posts_changed": "Changed", "posts_gone": "Gone", "requests": "Requests"}
CLASSES: Final = {"New": "tone-new", "Changed": "tone-changed", "Gone": "tone-gone", "Requests": "tone-plain"}


def _chart(ask: Ask, runs: Sequence[Row], title: str, noun: str, columns: Sequence[str]) -> Chart:
    groups = [
        Group(
            label=short_day(run["started_at"]),
            columns=[
                Column(
                    label=f"Run {run['id']}, {day(run['started_at'])}",
                    href=ask.place.page(f"runs/{run['id']}"),
                    counts={NAMES[column]: run[column] for column in columns if run[column]},
                )
            ],
        )
        for run in runs
    ]
    series = {NAMES[column]: CLASSES[NAMES[column]] for column in columns}
    return stacked(f"{title}, run by run", noun, groups, series, width=HALF)


def run_page(ask: Ask, db: Database) -> Answer:
    run = row(db, "select * from runs_report where id = ?", [int(ask.parts["run"])])
    if run is None:
        raise UsageError(f"the archive has no run {ask.parts['run']}")
    stored = row(db, "select report, settings from runs where id = ?", [run["id"]]) or {}
    roles = rows(
        db,
        """
        select role, status, count(*) as captures, sum(payload_bytes) as bytes, sum(revisit_of is not null) as revisits
        from captures where run_id = ? group by role, status order by captures desc, role, status
        """,
        [run["id"]],
    )
    skips = rows(
        db,
        "select reason, count(*) as pages from skips where run_id = ? group by reason order by pages desc",
        [run["id"]],
    )
    report = without_withheld(db, json.loads(stored["report"]) if stored.get("report") else {})
    return ask.page("run.html", section="runs", run=run, report=report, roles=roles, skips=skips)


NAMING: Final = ("arrivals", "changes", "absent", "doubts")
"""Parts of a run's report that name posts, by id or address."""


def without_withheld(db: Database, report: dict[str, Any]) -> dict[str, Any]:
    sql = "select withheld.post_id, url from withheld left join post_urls on post_urls.post_id = withheld.post_id"
    hidden = {name for row in db.execute(sql) for name in row}
    named = {part: report.get(part) or [] for part in NAMING}
    return {
        **report,
        **{part: [each for each in posts if names_of(each).isdisjoint(hidden)] for part, posts in named.items()},
    }


def names_of(each: Mapping[str, Any]) -> set[Any]:
    """By which a report names a post."""
    return {each["id"]} if "id" in each else {canonical_url(each["url"])}


_reviews: Kept[Review] = Kept(most=8)
_suspects: Kept[list[tuple[str, str, int, int]]] = Kept(most=8)


def printed_words(doubt: Doubt) -> list[tuple[str, str]]:
    """(field, the printed words) that the reading rests on, each once."""
    found = [(each["field"], " ".join((each["printed"] or "").split())) for each in doubt.evidence]
    return list(dict.fromkeys((field, words[:SHOWN_LENGTH]) for field, words in found if words and field != "kind"))


def health_page(ask: Ask, db: Database) -> Answer:
    review = _reviews.get(db, "", lambda: find_doubts(db, limit=DOUBTFUL_SHOWN))
    withheld = withheld_today(db.conn)
    review = replace(review, doubts=tuple(doubt for doubt in review.doubts if doubt.id not in withheld))
    return ask.page(
        "health.html",
        section="health",
        gaps=[(gap, gap.missing[:MISSING_SHOWN]) for gap in find_gaps(db)],
        review=review,
        printed={doubt.id: printed_words(doubt) for doubt in review.doubts},
        known_outlets=known_outlets(db) if ask.editing and review.doubts else [],
        said=DONE.get(ask.get("said")),
        suspects=_suspects.get(db, "", lambda: suspects(db)),
        gone=rows(
            db,
            """select uid, title, gone_at from posts
            where gone_at is not null and id not in (select post_id from withheld) order by gone_at desc limit 50""",
        ),
        absent=rows(
            db,
            """
            select posts.uid, posts.title, max(absences.noticed_at) as noticed_at, count(*) as times,
                absences.how from absences cross join posts on posts.id = absences.post_id
            where posts.gone_at is null and posts.last_seen_at < absences.noticed_at
                and posts.id not in (select post_id from withheld)
            group by posts.id order by noticed_at desc limit 50
            """,
        ),
        sweeps=rows(
            db,
            """
            select edits.before, edits.after, edits.noticed_at, count(distinct revisions.post_id) as posts
            from edits
            join edit_revisions on edit_revisions.edit_id = edits.id
            join revisions on revisions.id = edit_revisions.revision_id
            group by edits.id order by edits.id desc limit 20
            """,
        ),
        notices=rows(
            db,
            """
            select words, noticed_at from notices
            where level = 'trouble' and ended_at is null order by id desc limit 20
            """,
        ),
        run=row(db, "select * from runs_report order by id desc limit 1"),
    )


SUSPECTS: Final = {
    "Reposts without an outlet": "kind = 'repost' and outlet is null",
    "Reposts without an author": "kind = 'repost' and id not in (select post_id from post_authors)",
    "Reposts without a date of first publication": "kind = 'repost' and original_on is null",
    "Posts first published after they were reposted": "original_on > posted_on and length(original_on) = 10",
    "Posts without a date": "posted_on is null",
}
"""What to look at → the condition that finds it, in SQL over `posts`; an index has all columns they need."""
FEW_SUSPECTS: Final = {
    "Posts without a headline": "coalesce(title, '') = ''",
    "Posts without text": "words = 0",
}
"""The same, among the posts an index of its own names."""


def suspects(db: Database) -> list[tuple[str, str, int, int]]:
    """(words, condition, how many, of how many)."""
    total, *counts = _sums(db, SUSPECTS, "posts indexed by posts_facts")
    _, *few = _sums(db, FEW_SUSPECTS, f"posts where {TO_LOOK_OVER}")
    conditions = {**SUSPECTS, **FEW_SUSPECTS}
    return [
        (words, condition, count, total)
        for (words, condition), count in zip(conditions.items(), [*counts, *few], strict=True)
    ]


def _sums(db: Database, conditions: Mapping[str, str], table: str) -> list[int]:
    sums = ", ".join(f"coalesce(sum({condition}), 0)" for condition in conditions.values())
    return list(db.execute(f"select count(*), {sums} from {table}").fetchone())
