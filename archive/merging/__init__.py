"""Another archive joined to this one: its captures, posts with all their revisions, and what people said of them.

Files first, then one transaction for all rows: a merge that is killed has added nothing, and one that is repeated adds
nothing more. What is the same is told by what never changes: a site's name, a run's start, a record's file and byte, a
post's uid or any of its addresses.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.database import open_database, open_readonly
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.merging.custody import merge_custody, merge_finds
from archive.merging.files import STAGING, WarcFiles
from archive.merging.ids import Ids
from archive.merging.people import merge_people
from archive.merging.posts import PostMerge
from archive.progress import Progress, silent
from archive.schema import migrations
from archive.store import Store
from archive.store.decisions import MERGED, Decision
from archive.store.values import now
from archive.verifying import nobody_writing

SITES: Final = "sites"
SETTINGS: Final = "clipfile.toml"


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What came of it."""

    added: Counter[str]
    """Rows of each kind that came in."""
    notes: list[str]
    """Files a person wrote that were not joined, and what to do about them."""


def merge(folder: ArchiveFolder, other: ArchiveFolder, progress: Progress = silent) -> Merged:
    """Join *other* to *folder*.

    Raises NotAnArchiveError, NewerArchiveError or DamagedArchiveError when *other* can't be joined, UsageError when
    both are the same folder; nothing is changed then.
    """
    if folder.path.resolve() == other.path.resolve():
        raise UsageError("an archive can't be joined to itself", hint="name another folder")
    added: Counter[str] = Counter()
    with opened(other) as theirs, folder.writing(f"a merge of {other.path}", progress) as store:
        staging = folder.path / STAGING
        shutil.rmtree(staging, ignore_errors=True)
        try:
            files = WarcFiles(store, folder.warc_path, theirs, other.warc_path, staging)
            files.copy(progress)
            with store.atomic():
                merge_rows(store, theirs, files, added, progress)
                files.put_in_place()
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        added["files"] = len(files.copied)
        copy_profiles(other.path / SITES, folder.path / SITES)
    return Merged(added=added, notes=[*written_by_hand(folder, other)])


def merge_rows(
    store: Store, theirs: sqlite3.Connection, files: WarcFiles, added: Counter[str], progress: Progress
) -> None:
    """All rows, in the order in which they point at each other."""
    ids = Ids()
    merge_custody(store, theirs, files, ids, added)
    PostMerge(store, theirs, ids, added, progress).merge_all()
    merge_finds(store, theirs, ids, added)
    merge_people(store, theirs, ids, added)
    if ids.new_runs:
        facts = {"runs": renumbered(store, ids)}
        store.decisions.save(Decision(what=MERGED, made_at=now(), facts=facts))


def renumbered(store: Store, ids: Ids) -> list[dict[str, object]]:
    """Each file of a run that came in, with the number the run has now: its own `warcinfo` knows the old one only."""
    numbers = {ids.runs[run] for run in ids.new_runs}
    rows = store.db.execute(
        """
        select warc_files.name, runs.id, runs.resumes_id
        from warc_files join runs on runs.id = warc_files.run_id
        order by warc_files.name
        """
    ).fetchall()
    return [{"file": name, "number": run, "resumes": resumes} for name, run, resumes in rows if run in numbers]


@contextmanager
def opened(other: ArchiveFolder) -> Iterator[sqlite3.Connection]:
    """The other archive's database for reading, in our schema; nobody writes to it meanwhile.

    One of an older Clipfile is brought forward in a copy: the archive itself is not touched.
    """
    db = open_readonly(other.db_path)
    with nobody_writing(other.lock_path), closing(db.conn) as theirs, tempfile.TemporaryDirectory() as scratch:
        if not migrations.pending(db):
            yield theirs
            return
        copy = Path(scratch) / other.db_path.name
        with closing(sqlite3.connect(copy)) as target:
            theirs.backup(target)
        with closing(open_database(copy).conn) as forward:
            yield forward


def written_by_hand(folder: ArchiveFolder, other: ArchiveFolder) -> Iterator[str]:
    """Takes over the other's outlets where there are none here; says what is left to a person."""
    ours, theirs = folder.outlets_path, other.outlets_path
    if theirs.is_file() and not ours.exists():
        shutil.copy2(theirs, ours)
        yield f"{theirs.name} was taken over; clipfile reread applies it to the posts that were here"
    elif theirs.is_file() and not _same_file(theirs, ours):
        yield f"{theirs} was not joined: move what {ours} lacks by hand, then run clipfile reread"
    settings = other.path / SETTINGS
    if settings.is_file() and not _same_file(settings, folder.path / SETTINGS):
        yield f"{settings} was not joined: contact, hosts and notices of this archive stand"


def _same_file(one: Path, two: Path) -> bool:
    return two.is_file() and one.read_bytes() == two.read_bytes()


def copy_profiles(theirs: Path, ours: Path) -> None:
    """Profiles of sites that we have none for: without them, their posts would be read anew in another way."""
    for path in sorted(theirs.glob("*.toml")) if theirs.is_dir() else ():
        if not (ours / path.name).exists():
            ours.mkdir(exist_ok=True)
            shutil.copy2(path, ours / path.name)
