"""Rebuilding: the database can be thrown away, for the captures and the corrections bring it back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from crawling import crawl, opened
from sampled import Sampled

from archive.commands.runs import runs_command
from archive.database import open_readonly
from archive.errors import ArchiveError, LockedError, NotAnArchiveError, UsageError
from archive.folder import ArchiveFolder
from archive.store.values import clock_set, now
from archive.verifying import Verification
from archive.warc.records import WarcFile
from crawler.commands.rebuild import rebuild_command
from crawler.page_limits import PageLimits
from crawler.profiles import load_profile
from crawler.recorded import RecordedRun, read_run, site_facts
from crawler.sample import SampleBlog, posts

WHAT_MUST_COME_BACK = {
    "clippings": "select * from clippings order by uid",
    "revisions": "select uid, revisions.* from revisions join posts on posts.id = post_id order by uid, number",
    "sightings": "select * from sightings order by site_id, source, key",
    "captures": "select * from captures order by id",
    "evidence": "select uid, e.* from evidence as e join posts on posts.id = e.post_id order by uid, e.id",
    "images": "select uid, images.* from images join posts on posts.id = post_id order by uid, position",
    "addresses": "select uid, post_urls.url from post_urls join posts on posts.id = post_id order by 2",
    # without noticed_at: the crawl takes the moment it reads the answer, which can be a second after the answer came;
    # of two answers that come together either may be read first
    "absences": "select uid, run_id, how, a.capture_id from absences a join posts on posts.id = post_id order by 1, 4",
    # a file elsewhere is noted with the first post that names it; which one is stored first is chance
    "skips": """
        select run_id, url, reason, case when reason != 'off-site' then detail end as detail, role
        from skips order by run_id, url, reason
    """,
    "files": "select * from warc_files order by name",
    "runs": "select id, mode, started_at, resumes_id, requests, bytes, posts_seen, posts_changed from runs order by id",
    "corrections": "select uid, c.* from corrections as c join posts on posts.id = c.post_id order by c.id",
}  # fmt: skip
NUMBERS_OF_POSTS = ("id", "post_id")
"""Given out in the order of storing, where a post of two pages may change places; `uid` names a post for good."""


def crawled_twice(sampled: Sampled, folder: Path, *words: str, **doors: Any) -> ArchiveFolder:
    """The sample blog's two editions in one archive; *words* go to the second crawl."""
    with sampled.crawled(folder, files=True, **doors) as running:
        running.publish(2)
        crawl(running.url, folder, *words, files=True)
    return ArchiveFolder(path=folder)


@pytest.fixture
def crawled(sampled: Sampled, tmp_path: Path) -> ArchiveFolder:
    folder = ArchiveFolder(path=sampled.both.copied(tmp_path / "data"))
    correct(folder)
    return folder


def correct(folder: ArchiveFolder) -> None:
    with folder.writing("a test") as store, store.atomic():
        store.corrections.make(3, {"outlet": "Bridge Detroit", "authors": ["Ada Finch"]}, note="in print", made_by="mk")
        store.corrections.make(4, {"kind": "own"}, note=None, made_by="mk")
        store.corrections.undo(4)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> ArchiveFolder:
    """An archive of a dozen posts, with a correction that stands and one that was undone."""
    folder = ArchiveFolder(path=tmp_path_factory.mktemp("small") / "data")
    with SampleBlog() as running:
        crawl(running.url, folder.path, "--limit", "12")
    correct(folder)
    return folder


@pytest.fixture
def archive(small: ArchiveFolder, tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(path=Path(shutil.copytree(small.path, tmp_path / "data")))


def run(folder: ArchiveFolder, *words: str) -> Result:
    return CliRunner().invoke(rebuild_command, ["--archive", str(folder.path), *words], standalone_mode=False)


def rebuilt(folder: ArchiveFolder, tmp_path: Path) -> Path:
    ended = run(folder, "--into", str(tmp_path / "anew"))
    assert ended.exception is None, ended.stderr
    assert ended.return_value == 0, ended.stdout
    return tmp_path / "anew"


def contents(folder: Path, sql: str) -> list[dict[str, Any]]:
    with opened(folder) as db:
        rows = list(db.query(sql))
    return [{name: value for name, value in row.items() if name not in NUMBERS_OF_POSTS} for row in rows]


def assert_same(before: Path, after: Path) -> None:
    for what, sql in WHAT_MUST_COME_BACK.items():
        old, new = contents(before, sql), contents(after, sql)
        assert len(new) == len(old), what
        different = [(o, n) for o, n in zip(old, new, strict=True) if o != n]
        assert not different, (what, different[0])


def test_everything_comes_back_from_the_captures_and_the_corrections(crawled: ArchiveFolder, tmp_path: Path) -> None:
    anew = rebuilt(crawled, tmp_path)
    assert_same(crawled.path, anew)
    with opened(anew) as db:
        assert db.execute("select count(*), sum(revisions > 1), count(changed_at) from clippings").fetchone()[1] > 10
        assert db.execute("select count(*) from absences").fetchone()[0] > 2
        assert db.execute("select count(*) from clippings where outlet = 'Bridge Detroit'").fetchone()[0] > 0


@pytest.mark.parametrize(
    ("words", "doors"),
    [
        pytest.param(["--full"], {}, id="every page again"),
        pytest.param(["--full"], {"rest": "closed", "sitemap": "closed"}, id="category pages and feed"),
    ],
)
@pytest.mark.slow
def test_other_ways_of_crawling_come_back_too(
    sampled: Sampled, tmp_path: Path, words: Sequence[str], doors: dict[str, Any]
) -> None:
    folder = crawled_twice(sampled, tmp_path / "data", *words, **doors)
    assert_same(folder.path, rebuilt(folder, tmp_path))


def test_a_crawl_of_one_category_holds_its_posts_alone_and_comes_back(sampled: Sampled, tmp_path: Path) -> None:
    crawl(sampled.blog.url, tmp_path / "data", "--category", "harbor-line")
    folder = ArchiveFolder(path=tmp_path / "data")
    wanted = {post.url(sampled.blog.url) for post in posts(1) if "Harbor Line Magazine" in post.categories}
    assert {row["url"] for row in contents(folder.path, "select url from clippings")} == wanted
    assert_same(folder.path, rebuilt(folder, tmp_path))


@pytest.mark.slow
def test_a_crawl_that_was_cut_short_and_gone_on_with_comes_back(tmp_path: Path) -> None:
    with SampleBlog() as running:
        crawl(running.url, tmp_path / "data", "--limit", "30")
        crawl(running.url, tmp_path / "data")
    folder = ArchiveFolder(path=tmp_path / "data")
    anew = rebuilt(folder, tmp_path)
    assert_same(folder.path, anew)
    with opened(anew) as db:
        assert db.execute("select resumes_id from runs order by id").fetchall() == [(None,), (1,)]


def test_what_is_made_anew_passes_every_check(archive: ArchiveFolder, tmp_path: Path) -> None:
    anew = rebuilt(archive, tmp_path)
    assert list(Verification(ArchiveFolder(path=anew)).problems()) == []
    assert not (archive.path / "rebuilding").exists()


def test_in_place_the_old_database_is_put_aside(archive: ArchiveFolder, tmp_path: Path) -> None:
    before = Path(shutil.copytree(archive.path, tmp_path / "before"))
    told = json.loads(run(archive, "--json").stdout)
    assert_same(before, archive.path)
    aside = Path(told["put_aside"])
    assert aside.parent == archive.path
    assert open_readonly(aside).execute("select count(*) from posts").fetchone()[0] == told["posts"]
    assert list(Verification(archive).problems()) == []


def test_it_needs_no_database_at_all(archive: ArchiveFolder, tmp_path: Path) -> None:
    before = Path(shutil.copytree(archive.path, tmp_path / "before"))
    for path in archive.path.glob("archive.db*"):
        path.unlink()
    ended = run(archive)
    assert (ended.exception, ended.return_value) == (None, 0)
    assert "The old database" not in ended.stdout
    assert_same(before, archive.path)


def test_a_damaged_record_is_named_and_the_rest_comes_back(archive: ArchiveFolder, tmp_path: Path) -> None:
    with opened(archive.path) as db:
        url, file, offset = db.execute(
            "select url, warc_file, warc_offset from captures where role = 'post' and run_id = 1 limit 1"
        ).fetchone()
    path = archive.warc_path / file
    data = bytearray(path.read_bytes())
    with WarcFile(path) as opened_file:
        data[offset + opened_file.record_at(offset).length // 2] ^= 1
    path.write_bytes(data)
    ended = run(archive, "--into", str(tmp_path / "anew"), "--json")
    told = json.loads(ended.stdout)
    assert ended.return_value == 3
    assert [f"{file} at byte {offset}" in place for place in told["damaged"]] == [True]
    with opened(archive.path) as db:
        others = {row[0] for row in db.execute("select url from posts where url <> ?", [url])}
    with opened(tmp_path / "anew") as db:
        assert {row[0] for row in db.execute("select url from posts where url <> ?", [url])} == others


def test_files_that_tell_of_no_run_are_left_out_and_named(archive: ArchiveFolder, tmp_path: Path) -> None:
    (archive.warc_path / "browser.warc").write_bytes(
        b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    )
    ended = run(archive, "--into", str(tmp_path / "anew"))
    assert "left out: browser.warc" in ended.stdout
    assert_same(archive.path, tmp_path / "anew")


def test_a_correction_of_a_post_that_no_capture_shows_is_kept(archive: ArchiveFolder) -> None:
    path = archive.path / "corrections.jsonl"
    stray = json.dumps({**json.loads(path.read_text().splitlines()[0]), "uid": "0123456789abcdef"})
    path.write_text(f"{stray}\n{path.read_text()}")
    ended = run(archive)
    assert ended.return_value == 3
    assert "1 correction of posts that no capture shows" in ended.stdout
    with archive.writing("a test"):
        pass
    assert json.loads(path.read_text().splitlines()[0])["uid"] == "0123456789abcdef"
    assert len(path.read_text().splitlines()) == 4


@pytest.mark.parametrize(
    ("words", "make", "error", "says"),
    [
        pytest.param(["--into", "{full}"], True, UsageError, "is not empty", id="folder in use"),
        pytest.param([], False, NotAnArchiveError, "there are no captures", id="no captures"),
    ],
)
def test_what_can_not_be_right_is_refused(
    small: ArchiveFolder, tmp_path: Path, words: list[str], make: bool, error: type[ArchiveError], says: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "archive.db").touch()
    folder = small if make else ArchiveFolder(path=tmp_path)
    ended = run(folder, *[word.format(full=tmp_path / "full") for word in words])
    assert isinstance(ended.exception, error)
    assert says in str(ended.exception)


def test_nobody_writes_while_a_database_is_replaced(archive: ArchiveFolder) -> None:
    with archive.writing("a crawl"):
        assert isinstance(run(archive).exception, LockedError)


def test_a_profile_and_the_categories_asked_for_come_back_from_a_file(small: ArchiveFolder) -> None:
    recorded = read_run(sorted(small.warc_path.iterdir())[0])
    assert recorded is not None
    assert (recorded.number, recorded.mode, recorded.resumes) == (1, "full", None)
    limits = PageLimits(bytes=6_000_000)
    profile = replace(load_profile("michauto"), selectors={"title": "h1.headline"}, page_limits=limits)
    facts = {**recorded.info, **site_facts(profile, ["media-coverage", "policy"])}
    again: RecordedRun = replace(recorded, info=facts)
    assert again.profile(()) == profile
    assert again.categories == ("media-coverage", "policy")


def test_the_clock_is_set_only_for_the_while() -> None:
    with clock_set() as set_clock:
        set_clock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        assert now() == "2026-03-02T09:00:00Z"
    assert now() > "2026-03-03"


@pytest.fixture(scope="module")
def suspect(sampled: Sampled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive whose second run met the redesign."""
    folder = sampled.second.copied(tmp_path_factory.mktemp("suspect") / "data")
    with sampled.published(3) as blog:
        assert crawl(blog.url, folder, "--full").code == 4
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("accepted", [False, True], ids=["kept back", "accepted"])
def test_what_was_decided_of_a_suspect_run_is_decided_again(suspect: Path, tmp_path: Path, accepted: bool) -> None:
    folder = ArchiveFolder(path=Path(shutil.copytree(suspect, tmp_path / "data")))
    if accepted:
        words = ["2", "--accept", "--archive", str(folder.path)]
        assert CliRunner().invoke(runs_command, words, standalone_mode=False).exception is None
    anew = rebuilt(folder, tmp_path)
    assert_same(folder.path, anew)
    held = "select uid, suspect_run_id, lost, reading from held join posts on posts.id = post_id order by uid"
    assert contents(folder.path, held) == contents(anew, held)
    assert bool(contents(anew, held)) is not accepted
    assert (anew / "decisions.jsonl").read_text() == (folder.path / "decisions.jsonl").read_text() if accepted else True
