"""Importing: what others captured becomes searchable, with its moments, and stays what it was, bit for bit."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from crawling import clipfile, crawl, opened
from foreign import BLOG, Captured, a_listing, a_post, a_wacz, post_at, warc_bytes, write, write_wacz
from sampled import Sampled

from archive.api import Archive
from archive.database import open_readonly
from archive.folder import ArchiveFolder
from archive.verifying import Verification
from crawler.commands.importing import import_command
from crawler.commands.rebuild import rebuild_command
from crawler.commands.reread import reread_command
from crawler.sample.server import SampleBlog

HTML = ("Content-Type", "text/html")


def run(folder: ArchiveFolder, *words: str | Path) -> Result:
    words = ("--archive", str(folder.path), *map(str, words))
    return CliRunner().invoke(import_command, words, standalone_mode=False)


def imported(folder: ArchiveFolder, *words: str | Path) -> dict[str, Any]:
    ended = run(folder, "--json", *words)
    assert ended.exception is None, ended.exception
    assert ended.return_value == 0, ended.output
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def rows(folder: ArchiveFolder, sql: str) -> list[tuple[Any, ...]]:
    db = open_readonly(folder.db_path)
    found = db.execute(sql).fetchall()
    db.close()
    return found


def state(folder: Path) -> dict[str, str]:
    """Every file below *folder* with its digest; of the database its rows, without SQLite's own notes on them."""
    found = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "writer.lock" and not path.name.startswith("archive.db")
    }
    if (folder / "archive.db").is_file():
        db = open_readonly(folder / "archive.db")
        dump = "\n".join(line for line in db.conn.iterdump() if "sqlite_stat" not in line)
        db.close()
        found["rows"] = hashlib.sha256(dump.encode()).hexdigest()
    return found


def assert_content(folder: ArchiveFolder) -> None:
    assert [problem.what for problem in Verification(folder).problems()] == []
    reread = CliRunner().invoke(reread_command, ["--archive", str(folder.path), "--dry-run", "--json"])
    assert json.loads(reread.stdout)["posts_changed"] == 0


def test_a_post_enters_with_the_moment_of_its_capture(folder: ArchiveFolder, tmp_path: Path) -> None:
    told = imported(folder, write(tmp_path / "old.warc.gz", [post_at("crane-returns", "2019-03-04T05:06:07Z")]))
    assert [run["mode"] for run in told["runs"]] == ["import"]
    assert rows(folder, "select url, outlet, first_seen_at, last_seen_at from clippings") == [
        (f"{BLOG}/crane-returns/", "Tool and Die Weekly", "2019-03-04T05:06:07Z", "2019-03-04T05:06:07Z")
    ]
    assert rows(folder, "select mode, status, posts_new from runs_report") == [("import", "done", 1)]
    with Archive(folder.path) as archive:
        assert [hit.url for hit in archive.search("crane pier")] == [f"{BLOG}/crane-returns/"]
    assert_content(folder)


def test_the_file_stays_what_it_was(folder: ArchiveFolder, tmp_path: Path) -> None:
    path = write(tmp_path / "old.warc.gz", [post_at("crane-returns")])
    (run_told,) = imported(folder, path)["runs"]
    (kept,) = run_told["report"]["imported"]
    assert (folder.warc_path / kept["name"]).read_bytes() == path.read_bytes()
    assert kept["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_captures_in_several_files_become_revisions_in_the_order_of_time(folder: ArchiveFolder, tmp_path: Path) -> None:
    moments = ("2019-03-01", "2020-03-01", "2021-03-01", "2022-03-01")
    texts = ("First words.", "First words.", "Second words.", "First words.")
    files = [
        write(tmp_path / f"{day}.warc.gz", [post_at("crane-returns", f"{day}T09:00:00Z", words=text)])
        for day, text in zip(moments, texts, strict=True)
    ]
    imported(folder, files[2], files[0])
    imported(folder, files[3])
    imported(folder, files[1])
    assert rows(
        folder, "select number, seen_at, same_as, text like '%First words%' from revisions order by number"
    ) == [
        (1, "2019-03-01T09:00:00Z", None, 1),
        (2, "2021-03-01T09:00:00Z", None, 0),
        (3, "2022-03-01T09:00:00Z", 1, 1),
    ]
    assert rows(folder, "select revisions, changed_at, first_seen_at, last_seen_at from clippings") == [
        (3, "2022-03-01T09:00:00Z", "2019-03-01T09:00:00Z", "2022-03-01T09:00:00Z")
    ]
    assert_content(folder)


def test_what_is_older_than_what_a_crawl_saw_goes_before_it(folder: ArchiveFolder, tmp_path: Path) -> None:
    """And what a crawl still saw in between stays what stands."""
    page = {"words": "What stands today."}
    imported(folder, write(tmp_path / "new.warc.gz", [post_at("crane-returns", "2024-05-01T09:00:00Z", **page)]))
    imported(folder, write(tmp_path / "newer.warc.gz", [post_at("crane-returns", "2024-09-01T09:00:00Z", **page)]))
    imported(folder, write(tmp_path / "old.warc.gz", [post_at("crane-returns", "2018-01-01T09:00:00Z", words="Old.")]))
    imported(folder, write(tmp_path / "mid.warc.gz", [post_at("crane-returns", "2024-07-01T09:00:00Z", words="Slip.")]))
    assert rows(folder, "select seen_at, same_as from revisions order by number") == [
        ("2018-01-01T09:00:00Z", None),
        ("2024-05-01T09:00:00Z", None),
        ("2024-07-01T09:00:00Z", None),
        ("2024-09-01T09:00:00Z", 2),
    ]
    assert rows(folder, "select text like '%stands today%' from clippings") == [(1,)]
    assert_content(folder)


def test_the_same_file_twice_adds_nothing(folder: ArchiveFolder, tmp_path: Path) -> None:
    path = write(tmp_path / "old.warc.gz", [post_at("crane-returns"), post_at("dry-dock")])
    imported(folder, path)
    before = state(folder.path / "warc"), rows(folder, "select count(*) from captures, runs, revisions")
    renamed = Path(shutil.copy(path, tmp_path / "other-name.warc.gz"))
    told = imported(folder, path, renamed)
    assert (told["runs"], told["known"]) == ([], ["old.warc.gz"])
    assert (state(folder.path / "warc"), rows(folder, "select count(*) from captures, runs, revisions")) == before


def test_a_database_made_anew_holds_the_same(folder: ArchiveFolder, tmp_path: Path) -> None:
    imported(folder, write(tmp_path / "old.warc.gz", [post_at("crane-returns", "2019-03-01T09:00:00Z")]))
    imported(folder, write(tmp_path / "older.warc.gz", [post_at("crane-returns", "2018-03-01T09:00:00Z", words="x")]))
    ended = CliRunner().invoke(
        rebuild_command, ["--archive", str(folder.path), "--into", str(tmp_path / "anew")], standalone_mode=False
    )
    assert (ended.exception, ended.return_value) == (None, 0), ended.output
    anew = ArchiveFolder(path=tmp_path / "anew")
    for table in ("clippings", "captures", "revisions", "evidence", "warc_files", "post_urls"):
        assert rows(anew, f"select * from {table} order by 1") == rows(folder, f"select * from {table} order by 1")
    assert_content(anew)


PAGE = a_post("crane-returns")
WAYS_TO_KEEP_A_PAGE = [
    pytest.param([post_at("crane-returns", request="after")], {}, id="request behind its response"),
    pytest.param([post_at("crane-returns", request="none")], {}, id="no request at all"),
    pytest.param([post_at("crane-returns")], {"gzip": False}, id="not compressed"),
    pytest.param([post_at("crane-returns")], {"version": "1.1"}, id="WARC 1.1"),
    pytest.param([post_at("crane-returns")], {"digests": False}, id="no digests"),
    pytest.param([post_at("crane-returns", at="2024-06-01T10:00:00.123456Z")], {}, id="parts of a second"),
    pytest.param(
        [
            Captured(
                url=f"{BLOG}/crane-returns/", body=gzip.compress(PAGE), headers=(HTML, ("Content-Encoding", "gzip"))
            )
        ],
        {},
        id="body as it was compressed",
    ),
    pytest.param(
        [
            Captured(
                url=f"{BLOG}/crane-returns/",
                body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE),
                headers=(HTML, ("Transfer-Encoding", "chunked")),
            )
        ],
        {},
        id="body in its chunks",
    ),
    pytest.param(
        [
            Captured(url=f"{BLOG}/?p=7", body=b"", status="301 Moved", headers=(("Location", "/crane-returns/"),)),
            post_at("crane-returns", warc_headers={"WARC-Target-URI": f"<{BLOG}/crane-returns/>"}),
        ],
        {},
        id="a redirect, and wget's angle brackets",
    ),
    pytest.param(
        [
            post_at("crane-returns", "2024-05-01T10:00:00Z"),
            post_at("crane-returns", revisit_of=(f"{BLOG}/crane-returns/", "2024-05-01T10:00:00Z")),
        ],
        {"version": "1.1"},
        id="a revisit by address and instant",
    ),
    pytest.param(
        [post_at("crane-returns", "2024-05-01T10:00:00Z"), post_at("crane-returns", revisit_of=("", ""))],
        {},
        id="a revisit by digest alone",
    ),
]


@pytest.mark.parametrize(("captures", "options"), WAYS_TO_KEEP_A_PAGE)
def test_a_post_is_read_however_it_was_kept(
    folder: ArchiveFolder, tmp_path: Path, captures: list[Captured], options: dict[str, Any]
) -> None:
    imported(folder, write(tmp_path / "old.warc.gz", captures, **options))
    found = rows(folder, "select url, title, outlet, authors, last_seen_at, revisions from clippings")
    assert found == [
        (f"{BLOG}/crane-returns/", "Crane returns", "Tool and Die Weekly", '["Iris Calder"]', "2024-06-01T10:00:00Z", 1)
    ]
    assert_content(folder)


def test_a_revisit_of_what_no_file_holds_is_no_damage(folder: ArchiveFolder, tmp_path: Path) -> None:
    lost = post_at("dry-dock", revisit_of=(f"{BLOG}/dry-dock/", "2020-01-01T00:00:00Z"))
    ended = run(folder, write(tmp_path / "old.warc.gz", [post_at("crane-returns"), lost]))
    assert ended.return_value == 3
    assert rows(folder, "select url, reason from skips") == [(f"{BLOG}/dry-dock/", "incomplete")]
    assert [p.severity for p in Verification(folder).problems()] == ["warning"]


OTHER = "https://press.example"


def two_blogs() -> list[Captured]:
    other = a_post("strike-ends").replace(BLOG.encode(), OTHER.encode())
    framed = a_post("advertisement").replace(BLOG.encode(), b"https://ads.example")
    return [
        post_at("crane-returns"),
        Captured(url=f"{BLOG}/blog/", body=a_listing("crane-returns")),
        Captured(url=f"{BLOG}/style.css", body=b"p {}", headers=(("Content-Type", "text/css"),)),
        Captured(url=f"{OTHER}/strike-ends/", body=other),
        Captured(
            url="https://ads.example/advertisement/", body=framed, request_headers=(("Sec-Fetch-Dest", "iframe"),)
        ),
    ]


def test_each_host_with_posts_becomes_a_site(folder: ArchiveFolder, tmp_path: Path) -> None:
    told = imported(folder, write(tmp_path / "old.warc.gz", two_blogs()))
    assert {host["host"]: (host["site"], host["posts"]) for host in told["hosts"]} == {
        "harbor.example": ("harbor.example", 1),
        "press.example": ("press.example", 1),
        "ads.example": (None, 0),
    }
    assert rows(folder, "select site, url from clippings order by 1") == [
        ("harbor.example", f"{BLOG}/crane-returns/"),
        ("press.example", f"{OTHER}/strike-ends/"),
    ]
    assert rows(folder, "select role, count(*) from captures group by role order by 1") == [
        ("listing", 1),
        ("other", 2),
        ("post", 2),
    ]
    assert_content(folder)


def test_only_the_blog_that_is_asked_for_is_taken(folder: ArchiveFolder, tmp_path: Path) -> None:
    path = write(tmp_path / "old.warc.gz", two_blogs())
    imported(folder, path, "--site", f"{OTHER}/")
    assert rows(folder, "select site from clippings") == [("press.example",)]
    imported(folder, path)
    assert rows(folder, "select site from clippings order by 1") == [("harbor.example",), ("press.example",)]
    assert_content(folder)


def test_a_dry_run_says_what_is_there_and_keeps_nothing(folder: ArchiveFolder, tmp_path: Path) -> None:
    told = imported(folder, write(tmp_path / "old.warc.gz", two_blogs()), "--dry-run")
    assert [host["site"] for host in told["hosts"] if host["site"]] == ["harbor.example", "press.example"]
    assert not folder.path.exists()


@pytest.mark.parametrize("written", [b"", b"\x1f\x8b\x08\x00torn"], ids=["nothing", "half of its first record"])
def test_what_a_killed_import_began_is_cleared_away(folder: ArchiveFolder, tmp_path: Path, written: bytes) -> None:
    folder.warc_path.mkdir(parents=True)
    begun = folder.warc_path / "harbor.example-20260302T090000Z-00000.warc.gz"
    begun.write_bytes(written)
    imported(folder, write(tmp_path / "old.warc.gz", [post_at("crane-returns", "2019-03-04T05:06:07Z")]))
    assert not begun.exists()
    assert_content(folder)


def test_packages_and_folders_are_looked_into(folder: ArchiveFolder, tmp_path: Path) -> None:
    """As browsertrix-crawler and ArchiveBox leave them."""
    inputs = tmp_path / "archivebox"
    write(inputs / "archive" / "1717236000" / "warc" / "1717236000.warc.gz", [post_at("dry-dock")])
    (inputs / "archive" / "1717236000" / "index.html").write_text("<p>not for us")
    package = a_wacz(tmp_path / "crawl.wacz", [post_at("crane-returns"), post_at("tool-and-die")], parts=2)
    told = imported(folder, inputs, package)
    assert rows(folder, "select url from clippings order by url") == [
        (f"{BLOG}/{slug}/",) for slug in ("crane-returns", "dry-dock", "tool-and-die")
    ]
    with zipfile.ZipFile(package) as opened_package:
        names = {kept["was"]: kept["name"] for kept in told["runs"][0]["report"]["imported"]}
        inside = opened_package.read("archive/rec-1.warc.gz")
    assert (folder.warc_path / names["crawl.wacz/archive/rec-1.warc.gz"]).read_bytes() == inside
    assert_content(folder)


def good_part(path: Path) -> bytes:
    return warc_bytes([post_at("crane-returns")])


def packed(members: dict[str, bytes], **more: Any) -> Any:
    return lambda path: write_wacz(path, members, **more)


def with_name(name: str) -> Any:
    return packed({"archive/rec.warc.gz": warc_bytes([post_at("crane-returns")]), name: b"x"})


def linked(path: Path) -> None:
    write_wacz(path, {})
    with zipfile.ZipFile(path, "a") as file:
        link = zipfile.ZipInfo("archive/rec.warc.gz")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("datapackage.json", '{"resources": []}')
        file.writestr("archive/rec.warc", b"\0" * 40_000_000)


def encrypted(path: Path) -> None:
    """The flag is all that is needed: nobody gets as far as asking for a password."""
    write_wacz(path, {"archive/rec.warc.gz": b"WARC"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    a_wacz(path, [post_at("crane-returns")])
    path.write_bytes(path.read_bytes()[:-200])


def wrongly_listed(path: Path) -> None:
    members = {"archive/rec.warc.gz": warc_bytes([post_at("crane-returns")])}
    write_wacz(path, members, listed={"archive/rec.warc.gz": b"something else"})


def of_bytes(data: bytes) -> Any:
    return lambda path: path.write_bytes(data)


GOOD = warc_bytes([post_at("crane-returns")])
WRONG_DIGEST = warc_bytes([post_at("crane-returns")], gzip=False).replace(b"came back", b"CAME back", 1)
BAD_FILES = [
    pytest.param(of_bytes(b""), "at byte 0: an empty file", id="empty"),
    pytest.param(of_bytes(b"Dear archivist,\n"), "at byte 0: neither a WARC nor a WACZ file", id="text"),
    pytest.param(of_bytes(gzip.compress(b"Dear archivist,\n")), "at byte 0: not a WARC record", id="compressed text"),
    pytest.param(of_bytes(GOOD[:-9]), r"at byte \d+: the file ends inside this record", id="cut"),
    pytest.param(of_bytes(WRONG_DIGEST), r"at byte \d+: https://harbor.example/crane-returns/ has", id="wrong digest"),
    pytest.param(
        of_bytes(warc_bytes([post_at("crane-returns")], gzip=False, version="0.18")),
        "at byte 0: WARC/0.18",
        id="WARC 0.18",
    ),
    pytest.param(of_bytes(b"filedesc://a.arc 0.0.0.0 20050101000000 text/plain 76\n"), "an ARC file", id="ARC"),
    pytest.param(
        of_bytes(gzip.compress(gzip.decompress(GOOD))), "more than one record in a gzip member", id="one gzip member"
    ),
    pytest.param(of_bytes(b"SQLite format 3\0"), "clipfile merge joins archives", id="database"),
    pytest.param(cut, r"at byte \d+: the zip is cut", id="cut package"),
    pytest.param(with_name("../../evil"), r"at byte \d+: ../../evil: its name leads out", id="zip slip"),
    pytest.param(with_name("/etc/evil"), "its name leads out of the package", id="absolute name"),
    pytest.param(with_name("C:\\evil"), "its name leads out of the package", id="name of another system"),
    pytest.param(linked, "it is a symbolic link", id="symbolic link"),
    pytest.param(bomb, "unpacks to more than a thousand times its size", id="bomb"),
    pytest.param(encrypted, "it is encrypted", id="encrypted"),
    pytest.param(packed({}), "there is no WARC file in this package", id="package without WARC"),
    pytest.param(packed({"archive/rec.warc.gz": b"WARC"}), "neither|not a WARC record|ends", id="no WARC inside"),
    pytest.param(wrongly_listed, r"at byte \d+: archive/rec.warc.gz has the digest", id="not as listed"),
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> ArchiveFolder:
    folder = ArchiveFolder(path=tmp_path_factory.mktemp("filled") / "data")
    path = write(folder.path.parent / "good.warc.gz", [post_at("dry-dock")])
    imported(folder, path)
    return folder


@pytest.mark.parametrize(("make", "says"), BAD_FILES)
def test_a_bad_file_is_named_with_its_place_and_harms_nothing(
    filled: ArchiveFolder, tmp_path: Path, make: Any, says: str
) -> None:
    before = state(filled.path)
    path = tmp_path / "given.warc.gz"
    make(path)
    ended = run(filled, path)
    assert ended.exception is None, ended.exception
    assert ended.return_value == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("clipfile: given.warc.gz")
    assert re.search(says, line), line
    assert state(filled.path) == before


def test_the_good_files_are_taken_when_others_are_bad(folder: ArchiveFolder, tmp_path: Path) -> None:
    (tmp_path / "bad.warc.gz").write_bytes(GOOD[:-9])
    ended = run(folder, write(tmp_path / "good.warc.gz", [post_at("dry-dock")]), tmp_path / "bad.warc.gz")
    assert ended.return_value == 3
    assert rows(folder, "select url from clippings") == [(f"{BLOG}/dry-dock/",)]


def test_a_file_without_posts_leaves_nothing_behind(folder: ArchiveFolder, tmp_path: Path) -> None:
    ended = run(folder, write(tmp_path / "old.warc.gz", [Captured(url=f"{BLOG}/blog/", body=a_listing("a", "b"))]))
    assert ended.return_value == 1
    assert "old.warc.gz holds no post" in ended.stdout
    assert not list(folder.path.glob("warc/*"))


@pytest.mark.parametrize(("words", "says"), [(("nowhere.warc.gz",), "there is no file"), ((".",), "no WARC or WACZ")])
def test_what_can_not_be_meant_is_refused(
    folder: ArchiveFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in str(run(folder, *words).exception)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_what_wget_kept_reads_as_what_a_crawl_finds(sampled: Sampled, tmp_path: Path) -> None:
    """And a crawl of the same blog goes on from there."""
    folder = ArchiveFolder(path=tmp_path / "data")
    sql = "select url, title, outlet, authors, original_on from clippings where url in ({}) order by url"
    with sampled.crawled(tmp_path / "crawled") as blog:
        with opened(tmp_path / "crawled") as db:
            urls = [row[0] for row in db.execute("select url from clippings order by url desc limit 25")]
            sql = sql.format(", ".join(f"'{url}'" for url in urls))
            wanted = db.execute(sql).fetchall()
            pages = [row[0] for row in db.execute("select distinct url from captures where role like 'post%'")]
        assert f"{blog.url}two-page-history/" in urls, "a post of several pages is among them"
        (tmp_path / "urls.txt").write_text("\n".join(page for page in pages if page.startswith(tuple(urls))))
        words = ["wget", "-q", "-i", "urls.txt", "-nd", "--delete-after", "--warc-file=old"]
        subprocess.run(words, cwd=tmp_path, check=True, timeout=120)
        imported(folder, tmp_path / "old.warc.gz")
        assert rows(folder, sql) == wanted
        assert_content(folder)
        assert crawl(blog.url, folder.path).code == 0
    assert rows(folder, "select mode from runs order by id") == [("import",), ("full",)]
    assert rows(folder, "select count(*) from posts") == [(126,)]
    assert clipfile("verify", "--archive", str(folder.path)).code == 0


@pytest.mark.slow
def test_what_another_archive_of_ours_captured_is_taken_as_any_other_file(
    folder: ArchiveFolder, tmp_path: Path
) -> None:
    """Its records say what they were fetched as there; that is neither damage here, nor a run of this archive."""
    with SampleBlog() as blog:
        assert crawl(blog.url, tmp_path / "other", "--limit", "3").code in (0, 3)
    imported(folder, tmp_path / "other" / "warc")
    assert_content(folder)
    facts = "select mode, status, posts_new from runs_report"
    posts = "select url, outlet, title, first_seen_at from clippings order by url"
    before = rows(folder, facts), rows(folder, posts)
    assert (before[0], len(before[1])) == ([("import", "done", 3)], 3)
    CliRunner().invoke(rebuild_command, ["--archive", str(folder.path)])
    assert (rows(folder, facts), rows(folder, posts)) == before
    assert_content(folder)
