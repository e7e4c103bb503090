"""A part of an archive as an archive of its own: the posts a query finds, with everything that hangs on them.

The new file opens with every Clipfile command and with Datasette. It keeps ids and uids, and of each capture the
address, instant and digest; the captured bytes stay in the archive's WARC files.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from itertools import islice
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.database import open_database
from archive.errors import CannotWriteError, DamagedArchiveError
from archive.progress import Done

BATCH: Final = 500
"""Posts copied at a time, each batch a step of the progress."""

_CHOSEN: Final = "select id from main.posts"
_OF_POSTS: Final = f"post_id in ({_CHOSEN})"

COPIED: Final[dict[str, str]] = {
    "post_urls": _OF_POSTS,
    "post_authors": _OF_POSTS,
    "post_categories": _OF_POSTS,
    "post_tags": _OF_POSTS,
    "revisions": _OF_POSTS,
    "images": _OF_POSTS,
    "evidence": _OF_POSTS,
    "corrections": _OF_POSTS,
    "absences": _OF_POSTS,
    "held": _OF_POSTS,
    "withholdings": _OF_POSTS,
    "likenesses": f"{_OF_POSTS} and other_id in ({_CHOSEN})",
    "edit_revisions": "revision_id in (select id from main.revisions)",
    "edits": "id in (select edit_id from main.edit_revisions)",
    "sightings": "key in (select url from main.post_urls)",
    "captures": """
        id in (
            select capture_id from main.posts union select capture_id from main.revisions
            union select capture_id from main.absences union select capture_id from main.held
            union select original.revisit_of from source.captures as original
            where original.id in (
                select capture_id from main.posts union select capture_id from main.revisions
                union select capture_id from main.absences union select capture_id from main.held
            )
        )
    """,
    "outlets": "id in (select outlet_id from main.posts)",
    "authors": "id in (select author_id from main.post_authors)",
    "categories": "id in (select category_id from main.post_categories)",
    "tags": "id in (select tag_id from main.post_tags)",
    "sites": "id in (select site_id from main.posts)",
    "runs": "site_id in (select id from main.sites)",
    "joins": "true",  # which names are one: a later reading of the subset must come to the same
}
"""Table → which of its rows go along, in an order in which each condition finds what it asks for."""

LEFT_OUT: Final = frozenset(
    {
        "warc_files",
        "frontier",
        "skips",
        "notices",
        "decisions",
        "fingerprints",
        "fingerprint_runs",
        "counts",
        "watches",
        "watch_hits",
    }
)
"""Tables about the work of crawling and watching, and those that are made anew from the posts."""


def write_subset(source: Path, ids: Iterable[int], target: Path, progress: Done, *, holds_back: bool = False) -> int:
    """Write the posts *ids* of the archive's database *source* to a new database *target*; give their number.

    *progress* is told how many posts are copied so far. With *holds_back*, runs go along without their reports, which
    name posts. Raises what `archive.database.open_database` raises, and
    DamagedArchiveError when the source points to rows it does not have.
    """
    try:
        db = open_database(target)
    except CannotWriteError as error:
        raise error.__cause__ or error from None  # whoever knows the file's name to be says what is wrong with it
    try:
        return _copy(db, source, ids, progress, without={"report"} if holds_back else set())
    finally:
        db.close()


def _copy(db: Database, source: Path, ids: Iterable[int], progress: Done, without: Set[str]) -> int:
    db.execute("pragma foreign_keys = off")
    db.execute("attach database ? as source", [str(source.resolve())])
    db.execute("begin")
    count = _copy_posts(db, ids, progress)
    for table, condition in COPIED.items():
        _copy_rows(db, table, condition, without=without if table == "runs" else frozenset())
    if broken := db.execute("pragma main.foreign_key_check").fetchone():
        raise DamagedArchiveError(
            f"a row of {broken[0]} points to a row of {broken[2]} that is not there",
            hint="clipfile verify names what is damaged",
        )
    db.execute("commit")
    db.execute("detach database source")
    # A single file that can be sent: no journal beside it, and readable where nothing may be written.
    db.execute("pragma journal_mode = delete").fetchall()
    return count


def _copy_posts(db: Database, ids: Iterable[int], progress: Done) -> int:
    remaining, count = iter(ids), 0
    while batch := list(islice(remaining, BATCH)):
        marks = ", ".join("?" * len(batch))
        count += _copy_rows(db, "posts", f"id in ({marks})", batch)
        progress(count)
    return count


def _copy_rows(
    db: Database, table: str, condition: str, values: Iterable[int] = (), *, without: Set[str] = frozenset()
) -> int:
    """Copy by the source's own columns: an older archive may lack the latest, which then have their defaults."""
    names = [name for _, name, *_ in db.execute(f"pragma source.table_info({table})")]
    columns = ", ".join(name for name in names if name not in without)
    if not columns:
        return 0
    sql = f"insert into main.{table} ({columns}) select {columns} from source.{table} where {condition}"
    return int(db.execute(sql, list(values)).rowcount)
