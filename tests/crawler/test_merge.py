"""Merging: two archives become one that holds what both held, once, and passes every check."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from crawling import crawl
from foreign import BLOG, post_at, write
from sampled import Sampled

from archive.commands.merge import merge_command
from archive.database import open_readonly
from archive.errors import ArchiveError, DamagedArchiveError, LockedError, NewerArchiveError, UsageError
from archive.folder import ArchiveFolder
from archive.store.frontier import Seed
from archive.verifying import Verification
from archive.watches import look
from crawler.commands.importing import import_command
from crawler.commands.rebuild import rebuild_command

TABLES = (
    "sites", "runs", "captures", "warc_files", "posts", "post_urls", "revisions", "evidence", "post_categories",
    "images", "sightings", "skips", "absences", "corrections", "joins", "withholdings", "edits", "edit_revisions",
)  # fmt: skip


def merged(folder: ArchiveFolder, other: ArchiveFolder) -> Result:
    words = [str(other.path), "--archive", str(folder.path)]
    return CliRunner().invoke(merge_command, words, standalone_mode=False)


def merge(folder: ArchiveFolder, other: ArchiveFolder) -> str:
    ended = merged(folder, other)
    assert ended.exception is None, ended.exception
    return ended.stdout


def an_archive(path: Path, *captures: Any) -> ArchiveFolder:
    """An archive with these captures of posts."""
    path.mkdir()
    words = [str(write(path / "given.warc.gz", captures)), "--archive", str(path / "data")]
    ended = CliRunner().invoke(import_command, words, standalone_mode=False)
    assert ended.return_value == 0, ended.output
    return ArchiveFolder(path=path / "data")


def rows(folder: ArchiveFolder, sql: str) -> list[tuple[Any, ...]]:
    db = open_readonly(folder.db_path)
    found = db.execute(sql).fetchall()
    db.close()
    return found


def everything(folder: ArchiveFolder) -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(folder, f"select * from {table} order by 1, 2") for table in TABLES}


def assert_content(folder: ArchiveFolder) -> None:
    assert [(problem.what, problem.url) for problem in Verification(folder).problems()] == []


def rebuilt(folder: ArchiveFolder, tmp_path: Path) -> ArchiveFolder:
    words = ["--archive", str(folder.path), "--into", str(tmp_path / "anew")]
    ended = CliRunner().invoke(rebuild_command, words, standalone_mode=False)
    assert (ended.exception, ended.return_value) == (None, 0), ended.output
    return ArchiveFolder(path=tmp_path / "anew")


MUST_COME_BACK = {
    "clippings": "select * from clippings order by uid",
    "revisions": """
        select uid, number, same_as, run_id, seen_at, changes, reading from revisions
        join posts on posts.id = post_id order by uid, number
    """,
    "captures": "select run_id, url, captured_at, role, warc_file, warc_offset from captures order by 5, 6",
    "sightings": "select site_id, source, key, lastmod, first_run_id, last_run_id from sightings order by 1, 2, 3",
    "runs": "select id, site_id, mode, started_at, resumes_id, requests from runs order by id",
    "corrections": "select uid, field, value, made_at, undone_at from corrections join posts on posts.id = post_id",
}


def test_two_blogs_become_one_archive(sampled: Sampled, tmp_path: Path) -> None:
    one = an_archive(tmp_path / "one", post_at("crane-returns"))
    two = ArchiveFolder(path=sampled.first.copied(tmp_path / "two"))
    before = everything(two)
    assert "126 posts" in merge(one, two)
    assert rows(one, "select count(*), count(distinct site) from clippings") == [(127, 2)]
    assert everything(two) == before
    wanted = "select uid, title, outlet, authors, text, categories, first_seen_at from clippings where site <> ? "
    db, other = open_readonly(one.db_path), open_readonly(two.db_path)
    assert (
        db.execute(wanted + "order by uid", ["harbor.example"]).fetchall()
        == other.execute(wanted + "order by uid", ["harbor.example"]).fetchall()
    )
    db.close()
    other.close()
    assert_content(one)


def test_joining_twice_adds_nothing(tmp_path: Path) -> None:
    one = an_archive(tmp_path / "one", post_at("crane-returns"))
    two = an_archive(tmp_path / "two", post_at("crane-returns", "2024-08-01T10:00:00Z", words="New."), post_at("dock"))
    correct(two, "dock", "Bridge Detroit")
    merge(one, two)
    before, files = everything(one), sorted(path.name for path in one.warc_path.iterdir())
    assert "0 posts, 0 revisions, 0 corrections" in merge(one, two)
    assert everything(one) == before
    assert sorted(path.name for path in one.warc_path.iterdir()) == files


def test_saved_searches_come_along_with_what_they_have_found(tmp_path: Path) -> None:
    one, two = an_archive(tmp_path / "one", post_at("crane-returns")), an_archive(tmp_path / "two", post_at("dock"))
    for folder, name, query in ((one, "cranes", "crane"), (two, "cranes", "dock"), (two, "all", "kind:repost")):
        with folder.writing("a test") as store, store.atomic():
            store.watches.add(name, query)
            look(store, 1)
    assert "2 saved searches" in merge(one, two)
    found = "select name, query, count(post_id) from watches left join watch_hits on watch_id = watches.id group by id"
    held = rows(two, "select query, count(*) from watch_hits join watches on id = watch_id group by 1 order by 1")
    assert [row[:2] for row in rows(one, found)] == [("cranes", "crane"), ("cranes-2", "dock"), ("all", "kind:repost")]
    assert dict(held).items() <= {query: count for _, query, count in rows(one, found)}.items()
    assert "0 saved searches" in merge(one, two)


def test_what_a_person_wrote_by_hand_is_taken_over_or_told(tmp_path: Path) -> None:
    one, two = an_archive(tmp_path / "one", post_at("crane-returns")), an_archive(tmp_path / "two", post_at("dock"))
    two.outlets_path.write_text('harbor-gazette = { name = "Harbor Gazette" }\n')
    (two.path / "clipfile.toml").write_text('contact = "mailto:a@b.example"\n')
    told = merge(one, two)
    assert one.outlets_path.read_text() == two.outlets_path.read_text()
    assert "outlets.toml was taken over" in told
    assert "clipfile.toml was not joined" in told
    one.outlets_path.write_text('quay-post = { name = "Quay Post" }\n')
    assert "move what" in merge(one, two)
    assert "Quay Post" in one.outlets_path.read_text()


def test_what_a_run_there_left_to_fetch_is_left_to_the_next_crawl_here(tmp_path: Path) -> None:
    one, two = an_archive(tmp_path / "one", post_at("crane-returns")), an_archive(tmp_path / "two", post_at("dock"))
    with two.writing("a test") as store, store.atomic():
        run_id = store.custody.start_run(1, "full", {})
        store.frontier.add(1, [Seed(key="post x", url=f"{BLOG}x/", role="post", priority=0, found_in=None)])
        store.db.execute("update runs set status = 'interrupted' where id = ?", (run_id,))
    merge(one, two)
    assert rows(one, "select url from frontier where done = 0") == [(f"{BLOG}x/",)]
    with one.writing("a test") as store, store.atomic():
        assert store.custody.interrupted_run(1) == 3
        store.db.execute("delete from frontier")
    merge(one, two)
    assert rows(one, "select url from frontier") == []


HISTORIES = [
    pytest.param([("2019", "A")], [("2020", "B")], "AB", id="theirs is newer"),
    pytest.param([("2020", "B")], [("2019", "A")], "AB", id="theirs is older"),
    pytest.param([("2019", "A"), ("2021", "C")], [("2020", "B")], "ABC", id="theirs lies in between"),
    pytest.param([("2019", "A"), ("2022", "A")], [("2020", "B")], "ABA", id="ours was seen before and after"),
    pytest.param([("2020", "B")], [("2019", "A"), ("2022", "A")], "ABA", id="theirs was seen before and after"),
    pytest.param([("2019", "A"), ("2021", "B")], [("2020", "A"), ("2022", "B")], "AB", id="both saw the same"),
    pytest.param([("2019", "A")], [("2018", "A")], "A", id="theirs saw it first"),
]


def history(letters: list[tuple[str, str]]) -> list[Any]:
    return [post_at("crane-returns", f"{year}-05-01T10:00:00Z", words=f"State {letter}.") for year, letter in letters]


@pytest.mark.parametrize(("ours", "theirs", "wanted"), HISTORIES)
def test_a_post_that_both_hold_gets_one_history(
    tmp_path: Path, ours: list[tuple[str, str]], theirs: list[tuple[str, str]], wanted: str
) -> None:
    one, two = an_archive(tmp_path / "one", *history(ours)), an_archive(tmp_path / "two", *history(theirs))
    merge(one, two)
    texts = rows(one, "select text from revisions order by number")
    assert "".join(text.partition("State ")[2][0] for (text,) in texts) == wanted
    years = sorted(year for year, _ in (*ours, *theirs))
    assert rows(one, "select substr(first_seen_at, 1, 4), substr(last_seen_at, 1, 4) from clippings") == [
        (years[0], years[-1])
    ]
    assert_content(one)
    assert rows(rebuilt(one, tmp_path), MUST_COME_BACK["clippings"]) == rows(one, MUST_COME_BACK["clippings"])


def correct(folder: ArchiveFolder, slug: str, outlet: str, at: str | None = None) -> None:
    with folder.writing("a test") as store, store.atomic():
        (post_id,) = store.db.execute("select id from posts where url = ?", [f"{BLOG}/{slug}/"]).fetchone()
        store.corrections.make(post_id, {"outlet": outlet}, note=None, made_by="mk")
        if at:
            store.db.execute(
                "update corrections set made_at = ? where post_id = ? and undone_at is null", [at, post_id]
            )


@pytest.mark.parametrize(("ours_at", "stands"), [("2026-01-01", "Theirs Weekly"), ("2026-03-01", "Ours Weekly")])
def test_of_two_corrections_the_later_stands_and_both_are_kept(tmp_path: Path, ours_at: str, stands: str) -> None:
    one, two = (an_archive(tmp_path / name, post_at("crane-returns")) for name in ("one", "two"))
    correct(one, "crane-returns", "Ours Weekly", f"{ours_at}T00:00:00Z")
    correct(two, "crane-returns", "Theirs Weekly", "2026-02-01T00:00:00Z")
    merge(one, two)
    assert rows(one, "select outlet from clippings") == [(stands,)]
    assert rows(one, "select count(*), sum(undone_at is null) from corrections") == [(2, 1)]
    assert_content(one)


def test_names_joined_and_posts_withheld_there_are_so_here(tmp_path: Path) -> None:
    one, two = an_archive(tmp_path / "one", post_at("dock")), an_archive(tmp_path / "two", post_at("crane-returns"))
    with two.writing("a test") as store, store.atomic():
        store.joins.make("outlet", "Tool and Die Weekly", "Die Weekly")
        store.db.execute("insert into withholdings (post_id, reason, made_at) values (1, 'asked', '2026-01-01')")
    merge(one, two)
    assert rows(one, "select distinct outlet from clippings") == [("Die Weekly",)]
    assert rows(one, "select reason, until_on from withheld") == [("asked", None)]
    assert_content(one)


@pytest.fixture(scope="module")
def crawled(sampled: Sampled, tmp_path_factory: pytest.TempPathFactory) -> tuple[ArchiveFolder, ArchiveFolder]:
    """Two archives of one blog, crawled one after the other: the second saw its second edition, too."""
    folder = tmp_path_factory.mktemp("crawled")
    sampled.first.copied(folder / "one")
    crawl(sampled.blog.url, folder / "two", "--limit", "60")
    with sampled.published(2) as blog:
        crawl(blog.url, folder / "two")
    return ArchiveFolder(path=folder / "one"), ArchiveFolder(path=folder / "two")


@pytest.mark.slow
def test_two_archives_of_one_blog_become_one_and_a_rebuilding_makes_the_same(
    crawled: tuple[ArchiveFolder, ArchiveFolder], tmp_path: Path
) -> None:
    one, two = (
        ArchiveFolder(path=Path(shutil.copytree(folder.path, tmp_path / folder.path.name))) for folder in crawled
    )
    merge(one, two)
    assert rows(one, "select count(*) from posts where not exists (select 1 from revisions where post_id = id)") == [
        (0,)
    ]
    assert rows(one, "select count(*) from runs") == [(3,)]
    assert_content(one)
    anew = rebuilt(one, tmp_path)
    for what, sql in MUST_COME_BACK.items():
        # without a clipping's number, its first value: posts are stored in another order
        here, there = ([row[what == "clippings" :] for row in rows(folder, sql)] for folder in (one, anew))
        different = [pair for pair in zip(here, there, strict=False) if pair[0] != pair[1]]
        assert len(here) == len(there), what
        assert not different, (what, len(different), different[0])
    assert_content(anew)


def newer(folder: ArchiveFolder) -> None:
    db = sqlite3.connect(folder.db_path)
    db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('clipfile', 'm099', '2030')")
    db.commit()
    db.close()


def without_file(folder: ArchiveFolder) -> None:
    next(folder.warc_path.glob("import-*")).unlink()


@pytest.mark.parametrize(
    ("damage", "error", "says"),
    [
        pytest.param(newer, NewerArchiveError, "written by a newer Clipfile", id="newer schema"),
        pytest.param(without_file, DamagedArchiveError, "has 0 bytes where", id="a file is missing"),
        pytest.param(lambda folder: folder.db_path.unlink(), ArchiveError, "there is no archive", id="no archive"),
    ],
)
def test_what_can_not_be_joined_is_refused_and_changes_nothing(
    tmp_path: Path, damage: Any, error: type[ArchiveError], says: str
) -> None:
    one, two = an_archive(tmp_path / "one", post_at("dock")), an_archive(tmp_path / "two", post_at("crane-returns"))
    before, files = everything(one), sorted(one.warc_path.iterdir())
    damage(two)
    ended = merged(one, two)
    assert isinstance(ended.exception, error)
    assert says in str(ended.exception)
    assert (everything(one), sorted(one.warc_path.iterdir())) == (before, files)
    assert_content(one)


def test_an_archive_is_not_joined_to_itself_or_to_one_that_is_written(tmp_path: Path) -> None:
    one, two = an_archive(tmp_path / "one", post_at("dock")), an_archive(tmp_path / "two", post_at("crane-returns"))
    assert isinstance(merged(one, one).exception, UsageError)
    with two.writing("a crawl"):
        assert isinstance(merged(one, two).exception, LockedError)


def test_files_of_one_name_with_other_content_are_told_apart(tmp_path: Path) -> None:
    """Two archives may have begun a crawl of the same blog in the same second."""
    one, two = an_archive(tmp_path / "one", post_at("dock")), an_archive(tmp_path / "two", post_at("crane-returns"))
    notes = [next(folder.warc_path.glob("harbor*")) for folder in (one, two)]
    if notes[0].name != notes[1].name:
        with two.writing("a test") as store, store.atomic():
            store.db.execute("update warc_files set name = ? where name = ?", [notes[0].name, notes[1].name])
        notes[1].rename(notes[1].with_name(notes[0].name))
    merge(one, two)
    assert len(list(one.warc_path.glob(f"*{notes[0].name}"))) == 2
    assert [p.severity for p in Verification(one).problems() if p.severity == "error"] == []
