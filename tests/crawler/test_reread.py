"""Re-reading: offline, exactly as the crawl reads, shown before it is accepted, and never over a person's word."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_socket
from click.testing import CliRunner, Result
from sampled import Crawled, Sampled

from archive.clippings import clipping
from archive.database import open_readonly
from archive.folder import ArchiveFolder
from archive.model import Evidence, Reading
from archive.provenance import READER
from archive.warc.records import WarcFile
from crawler.commands.reread import reread_command
from crawler.hints import Hints
from crawler.rereading import Profiles, reread
from crawler.resthints import build_hints


@pytest.fixture(scope="module")
def crawled(sampled: Sampled) -> Crawled:
    """The sample blog's two editions, crawled one after the other; here, before the network is closed."""
    return sampled.both


@pytest.fixture
def archive(crawled: Crawled, tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(path=crawled.copied(tmp_path / "data"))


@pytest.fixture(autouse=True)
def offline() -> Iterator[None]:
    """Whatever is read here is read from the archive."""
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


def rows(folder: ArchiveFolder, sql: str, *values: object) -> list[dict[str, Any]]:
    db = open_readonly(folder.db_path)
    try:
        return list(db.query(sql, values))
    finally:
        db.close()


def a_repost(folder: ArchiveFolder) -> dict[str, Any]:
    """A repost with an outlet that the authority file knows, and one author."""
    sql = """
        select posts.* from posts join evidence on evidence.post_id = posts.id
        where kind = 'repost' and field = 'outlet' and rule = 'known-outlet' and json_array_length(authors) = 1
        order by posts.id limit 1
    """
    return rows(folder, sql)[0]


def read_otherwise(folder: ArchiveFolder, post_id: int, **facts: Any) -> Reading:
    """Store what an older reader might have read; returns the true reading."""
    with folder.writing("a test") as store, store.atomic():
        reading = store.posts.stored_reading(post_id)
        store.posts.save_reading(post_id, replace(reading, **{"reader": "0", "evidence": (), **facts}))
    return reading


def run(folder: ArchiveFolder, *words: str) -> Result:
    return CliRunner().invoke(reread_command, ["--archive", str(folder.path), *words], standalone_mode=False)


def report(folder: ArchiveFolder, *words: str) -> dict[str, Any]:
    ended = run(folder, "--json", *words)
    assert ended.exception is None
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_the_reader_that_crawled_finds_nothing_to_change(archive: ArchiveFolder) -> None:
    found = list(reread(archive))
    assert len(found) == rows(archive, "select count(*) as n from posts")[0]["n"]
    assert [each for each in found if each.differs or each.trouble] == []


def test_two_processes_read_what_one_reads_and_in_the_same_order(archive: ArchiveFolder) -> None:
    read_otherwise(archive, a_repost(archive)["id"], outlet="MLive")
    assert list(reread(archive, jobs=2)) == list(reread(archive))


def test_posts_of_several_pages_are_read_with_all_of_them(archive: ArchiveFolder) -> None:
    (first,) = rows(archive, "select url from captures where role = 'post-part' and run_id = 1")
    (post,) = rows(archive, "select id, text from posts where ? like url || '%'", first["url"])
    with archive.writing("a test") as store, store.atomic():
        store.db.execute("update posts set text = 'the first page alone' where id = ?", [post["id"]])
    (found,) = reread(archive, [post["id"]])
    assert found.fresh is not None
    assert found.fresh[0].text == post["text"]


def test_what_rest_said_in_a_run_is_found_again_with_the_names_of_categories(
    archive: ArchiveFolder, tmp_path: Path
) -> None:
    db = archive.open_readonly()
    build_hints(tmp_path / "hints.db", db.conn, archive.warc_path, Profiles(archive, db.conn).of_site)
    hints = Hints(tmp_path / "hints.db", db.conn)
    db.close()
    post = a_repost(archive)
    said = hints.of(1, post["url"])
    assert said is not None
    assert said["id"] == post["wordpress_id"]
    names = [term["name"] for term in said["_embedded"]["wp:term"][0]]
    assert names == json.loads(
        rows(archive, "select categories from clippings where id = ?", post["id"])[0]["categories"]
    )
    assert hints.of(1, "https://blog.example/never-listed/") is None


def test_a_dry_run_tells_what_would_change_and_changes_nothing(archive: ArchiveFolder) -> None:
    post = a_repost(archive)
    read_otherwise(archive, post["id"], outlet="MLive", authors=())
    before = archive.db_path.read_bytes()
    told = report(archive, "--dry-run")
    kinds = {(change["field"], change["change"]): change for change in told["changes"]}
    assert kinds["outlet", "changed"]["before"] == "MLive"
    assert kinds["outlet", "changed"]["after"] == post["outlet"]
    assert kinds["outlet", "changed"]["posts"] == [post["id"]]
    assert kinds["authors", "added"]["count"] == 1
    assert kinds["outlet", "changed"]["rules"] == {"known-outlet": 1}
    assert (told["posts_changed"], told["posts_accepted"], told["older_readings"]) == (1, 0, 1)
    assert archive.db_path.read_bytes() == before


def test_evidence_is_told_by_what_is_printed_or_else_by_its_rule(archive: ArchiveFolder) -> None:
    post = a_repost(archive)
    silent = Evidence(field="kind", value="own", printed="", where="", rule="no-provenance", confidence=0.95)
    read_otherwise(archive, post["id"], evidence=(silent,))
    words = run(archive, "--dry-run").stdout
    (line,) = (line for line in words.splitlines() if "no-provenance → " in line)
    assert "Evidence(" not in words
    assert post["outlet_printed"] in line


def test_accepting_all_makes_the_archive_what_a_crawl_with_this_reader_makes(archive: ArchiveFolder) -> None:
    post = a_repost(archive)
    everything = "select clippings.*, html, reader, layout from clippings join posts using (id) order by id"
    before = rows(archive, everything), rows(archive, "select * from evidence where post_id = ?", post["id"])
    with archive.writing("a test") as store, store.atomic():
        old = store.posts.stored_reading(post["id"])
        store.db.execute("update revisions set text = 'x', title = 'y' where post_id = ? and number = ?",
                         [post["id"], post["revision_count"]])  # fmt: skip
        store.db.execute("update posts set text = 'x', title = 'y', words = 1 where id = ?", [post["id"]])
        store.posts.save_reading(post["id"], replace(old, kind="own", outlet=None, evidence=(), reader="0"))
    assert report(archive)["posts_accepted"] == 1
    after = rows(archive, everything), rows(archive, "select * from evidence where post_id = ?", post["id"])
    assert after[0] == before[0]
    assert [e["printed"] for e in after[1]] == [e["printed"] for e in before[1]]
    revision = rows(archive, "select title, text from revisions where post_id = ? order by number desc", post["id"])[0]
    assert revision == {"title": post["title"], "text": post["text"]}
    with archive.writing("a test") as store:
        store.db.execute("insert into posts_fts(posts_fts, rank) values ('integrity-check', 1)")


def test_a_new_reader_that_reads_the_same_leaves_its_version(archive: ArchiveFolder) -> None:
    post = a_repost(archive)
    evidence = read_otherwise(archive, post["id"]).evidence
    read_otherwise(archive, post["id"], evidence=evidence)
    told = report(archive)
    assert (told["posts_changed"], told["older_readings"]) == (0, 1)
    assert rows(archive, "select reader from posts where id = ?", post["id"])[0]["reader"] == READER


@pytest.mark.parametrize(
    ("words", "outlet", "authors"),
    [
        pytest.param(["--field", "outlet"], True, False, id="by field"),
        pytest.param(["--rule", "byline"], False, True, id="by rule"),
        pytest.param(["--field", "kind"], False, False, id="another field"),
        pytest.param(["--rule", "no-such-rule"], False, False, id="another rule"),
        pytest.param(["--post", "{url}"], True, True, id="by post"),
        pytest.param(["--post", "1", "--post", "2"], False, False, id="other posts"),
    ],
)
def test_what_is_asked_for_is_accepted_and_nothing_else(
    archive: ArchiveFolder, words: list[str], outlet: bool, authors: bool
) -> None:
    sql = """
        select posts.* from posts join evidence on evidence.post_id = posts.id and field = 'authors'
        where kind = 'repost' and outlet is not null and rule = 'byline' and posts.id > 2 order by posts.id limit 1
    """
    post = rows(archive, sql)[0]
    read_otherwise(archive, post["id"], outlet="Misread", outlet_id=None, authors=("Misread",))
    assert run(archive, *[word.format(url=post["url"]) for word in words]).exception is None
    after = rows(archive, "select outlet, authors, reader from posts where id = ?", post["id"])[0]
    assert after["outlet"] == (post["outlet"] if outlet else "Misread")
    assert after["authors"] == (post["authors"] if authors else '["Misread"]')
    assert after["reader"] == (READER if outlet and authors else "0"), "half of each is no reading of the new one"


def test_a_value_that_stays_keeps_its_evidence_and_an_accepted_one_brings_its_own(archive: ArchiveFolder) -> None:
    post = a_repost(archive)
    true = read_otherwise(archive, post["id"])
    old = tuple(replace(e, printed="as read before") for e in true.evidence)
    read_otherwise(archive, post["id"], evidence=old, outlet="Misread")
    run(archive, "--field", "outlet")
    found = rows(archive, "select field, printed from evidence where post_id = ?", post["id"])
    assert {row["printed"] == "as read before" for row in found if row["field"] != "outlet"} == {True}
    assert {row["printed"] == "as read before" for row in found if row["field"] == "outlet"} == {False}


def test_what_a_person_corrected_stays(archive: ArchiveFolder) -> None:
    post = a_repost(archive)
    with archive.writing("a test") as store, store.atomic():
        store.corrections.make(post["id"], {"outlet": "Bridge Detroit"}, note=None, made_by="mk")
    read_otherwise(archive, post["id"], original_on="1999", outlet="Misread")
    run(archive)
    after = rows(archive, "select outlet, original_on from posts where id = ?", post["id"])[0]
    assert after == {"outlet": "Bridge Detroit", "original_on": post["original_on"]}
    with archive.writing("a test") as store, store.atomic():
        store.corrections.undo(post["id"])
        assert clipping(store.db, post["id"])["outlet"] == post["outlet"], "beneath it lies the new reading"


def test_a_profile_that_was_written_since_is_heeded(archive: ArchiveFolder) -> None:
    post = a_repost(archive)
    (site,) = rows(archive, "select url from sites")
    (archive.path / "sites").mkdir()
    (archive.path / "sites" / "harbor.toml").write_text(
        f"title = 'Harbor'\nstart_urls = [{json.dumps(site['url'])}]\nhouse_names = [{json.dumps(post['outlet'])}]\n"
    )
    (found,) = reread(archive, [post["id"]])
    assert found.fresh is not None
    assert found.fresh[1].outlet != post["outlet"]


def damaged(archive: ArchiveFolder, post: dict[str, Any]) -> None:
    (place,) = rows(archive, "select warc_file, warc_offset from captures where id = ?", post["capture_id"])
    path = archive.warc_path / place["warc_file"]
    with WarcFile(path) as file:
        at = place["warc_offset"] + file.record_at(place["warc_offset"]).length // 2
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_capture_that_is_damaged_is_named_and_the_others_are_read(archive: ArchiveFolder) -> None:
    post = a_repost(archive)
    damaged(archive, post)
    told = run(archive, "--json", "--dry-run")
    found = json.loads(told.stdout)
    assert told.return_value == 3
    assert [each["url"] for each in found["unreadable"]] == [post["url"]]
    assert "at byte" in found["unreadable"][0]["why"]
    assert found["posts_read"] == rows(archive, "select count(*) as n from posts")[0]["n"] - 1


def test_the_report_for_people_groups_by_kind_of_change(archive: ArchiveFolder) -> None:
    post = a_repost(archive)
    read_otherwise(archive, post["id"], outlet="MLive", evidence=())
    lines = run(archive, "--dry-run").stdout.splitlines()
    assert lines[0].startswith(f"outlet: MLive → {post['outlet']} · 1 post")
    assert str(post["id"]) in lines[1]
    assert lines[-1].endswith("1 post would change; 1 reading by another version of the reader")


def test_reading_anew_imports_no_crawler() -> None:
    """Every process that reads would wait half a second for it."""
    code = "import sys, crawler.rereading; print([name for name in ('scrapy', 'twisted') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
