"""Archives that older Clipfiles wrote, at every step of the schema: brought forward, they hold all they held."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from making import a_post, a_reading, a_run
from sqlite_utils import Database

from archive.folder import ArchiveFolder
from archive.model import Evidence
from archive.schema import APPLICATION_ID, FTS_TABLE, TABLES, WORDS_TABLE, migrations, statements
from archive.search import search
from archive.status import find_status
from archive.store import Store
from archive.store.frontier import Seed
from crawler.discovery import Sighting
from crawler.tally import Tally

STEPS = [migration.name for migration in migrations._migrations][1:]
OLDEST_TABLES = [line.split()[2] for line in statements(TABLES) if line.startswith("create table")]


def fill(store: Store) -> None:
    """Something in every table of the first schema."""
    site_id, run_id = a_run(store)
    url = a_post().url
    with store.atomic():
        saved = store.posts.save(
            site_id, run_id, a_post(), a_reading(), capture_id=None, seen_at="2026-03-02T09:00:00Z"
        )
        edited = a_post(title="Dry dock reopens", text="Another text.")
        store.posts.save(site_id, run_id, edited, a_reading(), capture_id=None, seen_at="2026-03-03T09:00:00Z")
        store.custody.save_sightings(site_id, run_id, [Sighting(url=url, source="rest", lastmod="2026-03-01")])
        store.custody.save_skip(run_id, f"{url}gone/", "post", "http-error", "HTTP 500")
        store.custody.commit_warc(run_id, {"blog.warc.gz": 0})
        store.frontier.add(site_id, [Seed(key="listing x", url=url, role="listing")])
        store.notices.save_troubles(site_id, run_id, {"partial": "a page failed"})
        store.corrections.make(saved.id, {"outlet": "Bridge Detroit"}, note=None, made_by="mk")
        store.posts.held.hold(saved.id, run_id, a_post(), a_reading(), [], capture_id=None, seen_at="2026-03-04")
        store.posts.save_absence(saved.id, run_id, "HTTP 404", noticed_at="2026-03-05T09:00:00Z", capture_id=None)
        store.joins.make("author", "Marta Quil", "Marta Quill", note=None, made_by="mk")
        store.custody.finish_run(run_id, "done", reason=None, report=Tally(new=1).report(requests=3, received_bytes=9))
        for sql in (
            "insert into captures values (1, 1, 'u', 'at', 'post', 200, null, 'w', 0, 9, 'sha', 9, null, null, null)",
            "insert into images (post_id, position, url, role) values (1, 1, 'i', 'body')",
            "insert into edits values (1, 1, 'MICHauto', 'MichAuto', 1, 1, '2026-03-04T09:00:00Z')",
            "insert into edit_revisions values (1, 2, 1)",
        ):
            store.db.execute(sql)


def written_before(step: str, path: Path, rows: dict[str, list[dict[str, Any]]]) -> None:
    """An archive as a Clipfile wrote it that knew no migration from *step* on, with those rows."""
    db = Database(sqlite3.connect(path))
    db.execute(f"pragma application_id = {APPLICATION_ID}")
    migrations.apply(db, stop_before=STEPS[STEPS.index(step) :])
    db.execute("pragma foreign_keys = off")
    for table, held in rows.items():
        columns = db[table].columns_dict
        for row in held:
            known = {name: value for name, value in row.items() if name in columns}
            marks = ", ".join("?" * len(known))
            db.execute(f"insert into {table} ({', '.join(known)}) values ({marks})", list(known.values()))
    db.conn.commit()
    db.close()


def rows_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        return {table: [dict(row) for row in db.execute(f"select * from {table}")] for table in OLDEST_TABLES}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    folder = ArchiveFolder(path=tmp_path_factory.mktemp("now"))
    with folder.writing("a test") as store:
        fill(store)
    rows = rows_of(folder.db_path)
    assert [table for table, held in rows.items() if not held] == [], "a table nobody filled shows nothing"
    return rows


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_lost_on_the_way_to_the_newest_schema(
    step: str, filled: dict[str, list[dict[str, Any]]], folder: ArchiveFolder
) -> None:
    folder.path.mkdir()
    folder.warc_path.mkdir()
    (folder.warc_path / "blog.warc.gz").touch()
    written_before(step, folder.db_path, filled)
    before = rows_of(folder.db_path)
    db = folder.open_readonly()
    assert not migrations.pending(db)
    assert search(db, "freighter OR another").total == 1
    db.close()
    after = rows_of(folder.db_path)
    for table, held in before.items():
        assert [{name: row[name] for name in old} for old, row in zip(held, after[table], strict=True)] == held, table
    assert find_status(folder).sites[0].posts == 1


@pytest.mark.parametrize("step", STEPS[:1])
def test_an_archive_that_was_brought_forward_goes_on_as_any(
    step: str, filled: dict[str, list[dict[str, Any]]], folder: ArchiveFolder
) -> None:
    folder.path.mkdir()
    written_before(step, folder.db_path, filled)
    evidence = Evidence(
        field="outlet", value="MLive", printed="MLive", where="content/p[1]", rule="head-block", confidence=0.9
    )
    with folder.writing("a test") as store:
        site_id, run_id = a_run(store)
        with store.atomic():
            reading = a_reading(outlet="MLive", evidence=(evidence,))
            for post in (a_post(text="Edited since."), a_post("a-new-one")):
                store.posts.save(site_id, run_id, post, reading, capture_id=None, seen_at="2026-04-02T09:00:00Z")
        assert [row[0] for row in store.db.execute("select revisions from clippings order by id")] == [3, 1]
        for table in (FTS_TABLE, WORDS_TABLE):
            store.db.execute(f"insert into {table}({table}, rank) values ('integrity-check', 1)")
