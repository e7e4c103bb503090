"""Verifying: what is as it was passes in silence, and whatever is not is named with its place."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from making import a_post, a_reading
from warc_making import AT, a_crawl, a_writer, original_of

from archive.commands.verify import verify_command
from archive.errors import LockedError, NotAnArchiveError
from archive.folder import ArchiveFolder
from archive.seal import seal, seal_path
from archive.store import Store
from archive.verifying import Finding, Verification
from archive.warc import Exchange, Original
from archive.warc.records import WarcFile

PAGE = "https://blog.example/yard-reopens/"
TOOL = "https://blog.example/tool-and-die/"
FILE = "blog-20260302T090000Z-00000.warc.gz"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small archive as a crawl leaves it: nine captures, one of them a revisit, two posts, a correction."""
    folder = ArchiveFolder(path=tmp_path_factory.mktemp("good") / "data")
    with folder.writing("a test") as store:
        ids = keep(store, folder.warc_path, a_crawl())
        with store.atomic():
            for exchange in a_crawl():
                if exchange.url in (PAGE, TOOL) and exchange.at == AT:
                    slug = exchange.url.split("/")[-2]
                    store.posts.save(
                        1, 1, a_post(slug), a_reading(), capture_id=ids[exchange.url], seen_at="2026-03-02T09:00:00Z"
                    )
            store.corrections.make(1, {"outlet": "Bridge Detroit"}, note=None, made_by="mk")
    return folder.path


def keep(store: Store, warc: Path, exchanges: list[Exchange]) -> dict[str, int]:
    """The exchanges as captures of one run; url → id of its last capture."""
    ids = {}
    known: dict[str, Original] = {}
    with store.atomic(), a_writer(warc, known=known) as writer:
        site_id = store.custody.save_site("blog", "https://blog.example/")
        run_id = store.custody.start_run(site_id, "full", {})
        for exchange in exchanges:
            record = writer.write(exchange)
            known.setdefault(record.payload_sha256, original_of(exchange, record))
            ids[exchange.url] = store.custody.save_capture(run_id, exchange, record, "post")
        store.custody.commit_warc(run_id, dict([writer.position]))
    return ids


@pytest.fixture
def archive(good: Path, tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(path=Path(shutil.copytree(good, tmp_path / "data")))


def problems(folder: ArchiveFolder, **options: object) -> list[Finding]:
    return list(Verification(folder, **options).problems())


def sql(folder: ArchiveFolder, *statements: str) -> None:
    """Change the database behind Clipfile's back, and seal it as if nothing had happened."""
    db = sqlite3.connect(folder.db_path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.execute("pragma wal_checkpoint(truncate)").fetchone()
    db.close()
    seal(folder.db_path)


def flip(path: Path, at: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)


def offset_of(folder: ArchiveFolder, url: str) -> int:
    with WarcFile(folder.warc_path / FILE) as file:
        return next(raw.offset for raw in file if raw.url() == url and raw.type == "response")


def contents(folder: ArchiveFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}


def test_an_archive_that_is_as_it_was_passes_and_is_left_as_it_is(archive: ArchiveFolder) -> None:
    before = contents(archive)
    verification = Verification(archive)
    assert list(verification.problems()) == []
    assert (verification.checked["captures"], verification.checked["posts"]) == (9, 2)
    assert contents(archive) == before


def test_a_changed_bit_of_a_page_is_named_with_address_file_and_offset(archive: ArchiveFolder) -> None:
    at = offset_of(archive, TOOL)
    flip(archive.warc_path / FILE, at + 300)
    found = problems(archive)
    assert (FILE, at) in [(p.file, p.offset) for p in found if p.check == "record"]
    assert TOOL in [p.url for p in found]
    assert all(p.severity == "error" for p in found)


@pytest.mark.parametrize("seed", range(25))
def test_no_bit_of_a_capture_changes_unseen(archive: ArchiveFolder, seed: int) -> None:
    path, chance = archive.warc_path / FILE, random.Random(seed)
    with WarcFile(path) as file:
        before = [(raw.fields, raw.block) for raw in file]
    at = chance.randrange(path.stat().st_size)
    flip(path, at, chance.randrange(8))
    found = [p for p in problems(archive) if p.severity == "error"]
    if not found:  # the padding behind a compressed block, which no reader looks at
        with WarcFile(path) as file:
            assert [(raw.fields, raw.block) for raw in file] == before
        return
    assert FILE in {p.file for p in found}
    with WarcFile(path) as file:
        assert any(p.offset is not None and 0 <= p.offset <= at for p in found), file.size


@pytest.mark.parametrize("seed", range(25))
def test_no_bit_of_the_database_changes_unseen(archive: ArchiveFolder, seed: int) -> None:
    chance = random.Random(seed)
    at = chance.randrange(100, archive.db_path.stat().st_size)
    flip(archive.db_path, at, chance.randrange(8))
    places = [p.offset for p in problems(archive) if "not those that were written" in p.what]
    assert places == [at // 65536 * 65536]


@pytest.mark.parametrize(
    ("change", "words", "url"),
    [
        pytest.param("warc_offset = warc_offset + 1 where id = 3", "no whole record", TOOL, id="offset"),
        pytest.param("warc_length = 12 where id = 3", "warc_length 12", TOOL, id="length"),
        pytest.param("url = url || 'x' where id = 3", "has url", f"{TOOL}x", id="url"),
        pytest.param("status = 404 where id = 3", "status 404", TOOL, id="status"),
        pytest.param("payload_sha256 = 'f0' where id = 3", "payload_sha256 'f0'", TOOL, id="digest"),
        pytest.param("payload_bytes = 1 where id = 3", "payload_bytes 1", TOOL, id="bytes"),
        pytest.param("captured_at = '2026-03-02T09:00:01Z' where id = 3", "captured_at", TOOL, id="instant"),
        pytest.param("content_type = 'text/plain' where id = 3", "content_type", TOOL, id="type"),
        pytest.param("revisit_of = null where id = 4", "no row holds its payload", TOOL, id="no original"),
        pytest.param("revisit_of = 2 where id = 4", "which it has not", TOOL, id="another original"),
        pytest.param("warc_file = 'lost.gz' where id in (3, 4)", "of 2 captures is missing", TOOL, id="file"),
    ],
)
def test_rows_and_records_that_disagree_are_named(archive: ArchiveFolder, change: str, words: str, url: str) -> None:
    sql(archive, f"update captures set {change}")
    assert_named(archive, words, url)


def test_a_record_without_a_row_is_named(archive: ArchiveFolder) -> None:
    sql(archive, "delete from captures where id = 7")
    assert_named(archive, "no row of the database speaks of this record", "https://blog.example/logo.png/")


def assert_named(folder: ArchiveFolder, words: str, url: str) -> None:
    named = [(p.url, p.offset) for p in problems(folder) if p.check == "pointer" and words in p.what]
    assert any(found == url and offset is not None for found, offset in named), named


def cut(folder: ArchiveFolder) -> None:
    path = folder.warc_path / FILE
    path.write_bytes(path.read_bytes()[:-9])


def lengthened(folder: ArchiveFolder) -> None:
    with (folder.warc_path / FILE).open("ab") as file:
        file.write(b"\x1f\x8b torn")


def removed(folder: ArchiveFolder) -> None:
    (folder.warc_path / FILE).unlink()


def copied(folder: ArchiveFolder) -> None:
    shutil.copy(folder.warc_path / FILE, folder.warc_path / f"copy-{FILE}")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(cut, "were committed", id="cut"),
        pytest.param(lengthened, "behind what was committed", id="torn tail"),
        pytest.param(removed, "is missing", id="removed"),
        pytest.param(copied, "no row of the database speaks of this file", id="a copy too many"),
    ],
)
def test_files_that_are_not_as_committed_are_named(
    archive: ArchiveFolder, damage: Callable[[ArchiveFolder], None], words: str
) -> None:
    damage(archive)
    assert any(words in p.what and FILE in (p.file or "") for p in problems(archive) if p.check == "pointer")


NO_TRIGGER = "drop trigger posts_fts_update; "


@pytest.mark.parametrize(
    ("damage", "check", "words"),
    [
        pytest.param(f"{NO_TRIGGER} update posts set text = 'steam'", "search", "does not agree", id="index"),
        pytest.param("update posts set words = 7", "posts", "counts 7 words", id="words"),
        pytest.param(f"{NO_TRIGGER} update posts set title = 'Dry'", "posts", "title is not that", id="title"),
        pytest.param("delete from revisions where post_id = 2", "posts", "it has no revision", id="no revision"),
        pytest.param("update posts set revision_count = 3", "posts", "counts 3 revisions", id="count"),
        pytest.param("delete from evidence where post_id = 2", "posts", "evidence is not that", id="evidence"),
        pytest.param("update revisions set reading = '{'", "posts", "reading can't be read", id="reading"),
        pytest.param(f"{NO_TRIGGER} update posts set outlet = 'MLive'", "posts", "outlet is 'MLive'", id="outlet"),
        pytest.param("update posts set original_on = null", "posts", "original_on is None", id="date"),
        pytest.param("update posts set uid = '0123' where id = 2", "posts", "uid 0123 is of none", id="uid"),
        pytest.param("delete from post_authors", "posts", "authors are", id="authors"),
        pytest.param("delete from post_categories", "posts", "categories are not", id="categories"),
        pytest.param("update evidence set post_id = 99", "database", "points at a row of posts", id="foreign key"),
        pytest.param(
            "update counts set posts = 9 where name = 'The Detroit News' and period = ''",
            "posts",
            "count of outlet The Detroit News is 9 posts",
            id="count of an outlet",
        ),
        pytest.param(
            "delete from counts where subject = 'author'", "posts", "count of author", id="count of an author"
        ),
        pytest.param("update revisions set capture_id = 6", "posts", "answered 404", id="read from an error page"),
    ],
)
def test_posts_whose_rows_contradict_each_other_are_named(
    archive: ArchiveFolder, damage: str, check: str, words: str
) -> None:
    sql(archive, *damage.split(";"))
    found = [p.what for p in problems(archive) if p.check == check]
    assert any(words in what for what in found), found


def test_a_seal_that_is_damaged_itself_is_not_taken_for_a_damaged_database(archive: ArchiveFolder) -> None:
    flip(seal_path(archive.db_path), 70)
    assert [p.what for p in problems(archive)] == ["archive.db.seal is damaged, so the file can't be compared with it"]


def test_an_archive_without_a_seal_is_warned_of(archive: ArchiveFolder) -> None:
    seal_path(archive.db_path).unlink()
    assert [(p.severity, p.file) for p in problems(archive)] == [("warning", "archive.db")]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(lambda path: path.unlink(), "clipfile rebuild makes it anew", id="missing"),
        pytest.param(
            lambda path: path.write_bytes(b"Minutes of the harbor committee\n" * 99), "not a database", id="text"
        ),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:40_000]), "bytes are missing", id="cut"),
    ],
)
def test_captures_are_checked_whatever_became_of_the_database(
    archive: ArchiveFolder, damage: Callable[[Path], None], words: str
) -> None:
    damage(archive.db_path)
    flip(archive.warc_path / FILE, offset_of(archive, TOOL) + 300)
    found = problems(archive)
    assert any(words in p.what for p in found)
    assert any(p.check == "record" for p in found)


def test_a_sample_looks_at_that_many_captures(archive: ArchiveFolder) -> None:
    verification = Verification(archive, sample=3)
    assert list(verification.problems()) == []
    assert (verification.checked["sampled"], verification.checked["records"]) == (3, 3)


def test_a_sample_of_all_finds_the_damaged_one(archive: ArchiveFolder) -> None:
    at = offset_of(archive, TOOL)
    flip(archive.warc_path / FILE, at + 300)
    assert [(p.url, p.file, p.offset) for p in problems(archive, sample=0.999)] == [(TOOL, FILE, at)]


def test_nobody_writes_while_an_archive_is_checked(archive: ArchiveFolder) -> None:
    with archive.writing("a crawl of blog"), pytest.raises(LockedError, match="a crawl of blog"):
        problems(archive)


def test_a_folder_without_an_archive_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchiveError, match="no archive"):
        problems(ArchiveFolder(path=tmp_path))


def test_the_command_names_damage_and_ends_with_5(archive: ArchiveFolder) -> None:
    flip(archive.warc_path / FILE, offset_of(archive, TOOL) + 300)
    ended = CliRunner().invoke(verify_command, ["--archive", str(archive.path), "--json"], standalone_mode=False)
    report = json.loads(ended.stdout)
    assert ended.return_value == 5
    assert (report["ok"], report["checked"]["captures"]) == (False, 9)
    assert TOOL in {problem["url"] for problem in report["problems"]}


def test_the_command_says_in_a_line_that_nothing_is_amiss(archive: ArchiveFolder) -> None:
    ended = CliRunner().invoke(verify_command, ["--archive", str(archive.path)], standalone_mode=False)
    assert ended.return_value == 0
    assert "9 captures" in ended.stdout
    assert ended.stdout.endswith("nothing is amiss\n")


@pytest.mark.parametrize("sample", ["0", "-3", "101%", "half", "2.5"])
def test_a_sample_that_makes_no_sense_is_refused(archive: ArchiveFolder, sample: str) -> None:
    ended = CliRunner().invoke(verify_command, ["--archive", str(archive.path), "--sample", sample])
    assert ended.exit_code == 2
    assert "neither a number" in ended.stderr


def test_corrections_are_kept_in_a_file_that_an_empty_database_does_not_empty(archive: ArchiveFolder) -> None:
    path = archive.path / "corrections.jsonl"
    before = path.read_text()
    assert json.loads(before)["value"] == "Bridge Detroit"
    archive.db_path.unlink()
    with archive.writing("a test"):
        pass
    assert path.read_text() == before
