"""What is withheld from the public is on no page, in no feed and in no file of the browse site."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from asking import Getter, getter
from click.testing import CliRunner
from filing import BLOG, a_page, file_away, harbor_line

from archive import Archive
from archive.browse.metadata import closed
from archive.cli import clipfile
from archive.errors import WithheldError
from archive.export.writing import FORMATS
from archive.folder import ArchiveFolder
from archive.watches import look

TITLE = "Dry dock reopens after repairs"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The harbor archive with its first post taken down, and a watch that found everything."""
    database = harbor_line(tmp_path_factory.mktemp("held"))
    folder = ArchiveFolder(path=database.parent)
    with folder.writing("a test") as store, store.atomic():
        (post_id,) = store.db.execute("select id from posts where title = ?", [TITLE]).fetchone()
        store.withholdings.make(post_id, until_on=None, reason="the outlet's rights", made_by=None)
        store.watches.add("everything", "")
        look(store, 1)
    return database


@pytest.fixture(scope="module")
def get_held(held: Path) -> Getter:
    return getter(held)


def uid_of(held: Path) -> str:
    db = ArchiveFolder(path=held.parent).open_readonly()
    (uid,) = db.execute("select uid from posts where title = ?", [TITLE]).fetchone()
    return str(uid)


def test_its_own_pages_say_why_it_is_not_shown(held: Path, get_held: Getter) -> None:
    for path in ("", "/revisions", "/cite.ris"):
        answer = get_held(f"/archive/-/posts/{uid_of(held)}{path}")
        assert answer.status == 403
        assert "Withheld: the outlet" in answer.text
        assert TITLE not in answer.text


def test_its_captures_are_closed_too(held: Path, get_held: Getter) -> None:
    db = ArchiveFolder(path=held.parent).open_readonly()
    sql = "select revisions.capture_id from revisions join posts on posts.id = post_id where posts.title = ?"
    for (capture,) in db.execute(sql, [TITLE]).fetchall():
        assert get_held(f"/archive/-/captures/{capture}").status == 403
        assert get_held(f"/archive/-/captures/{capture}/content").status == 403


@pytest.mark.parametrize(
    "path",
    ["", "search", "search?q=freighters", "search.json?q=", "search.csv?q=", "search.atom?q=", "years/2026",
     "watch/everything.atom"],
)  # fmt: skip
def test_lists_files_and_feeds_leave_it_out(path: str, get: Getter, get_held: Getter) -> None:
    answer = get_held(f"/archive/-/{path}")
    assert answer.status == 200
    assert TITLE not in answer.text


def test_a_watchs_feed_has_each_clipping_from_when_it_was_found(get_held: Getter) -> None:
    assert get_held("/watch/everything.atom").headers["location"] == "/archive/-/watch/everything.atom"
    feed = ElementTree.fromstring(get_held("/archive/-/watch/everything.atom").text)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    assert len(entries) > 3
    assert {entry.findtext(f"{atom}updated") for entry in entries} == {feed.findtext(f"{atom}updated")}
    assert get_held("/archive/-/watch/nope.atom").status == 404


def test_tables_and_sql_are_closed_while_something_is_withheld(held: Path) -> None:
    db = ArchiveFolder(path=held.parent).open_readonly()
    shut = closed("archive", [*db.table_names(), *db.view_names()])
    get = getter(held, **{"config" if newer() else "metadata": shut})
    assert get("/archive/posts.json").status == 403
    assert get("/archive/posts_fts_data.json").status == 403
    assert get("/archive/clippings.json").status == 403
    assert TITLE not in get("/archive?sql=select+title+from+posts").text
    assert get("/archive/doubtful_readings").status == 403
    assert get("/archive/-/search").status == 200
    assert json.loads(get("/archive/-/search.json").text)["total"]


def newer() -> bool:
    from importlib.metadata import version

    return not version("datasette").startswith("0.")


# --- every door -------------------------------------------------------------------------------------------------------

SLUG = "quillwort-in-the-lock"
MARKS = ("quillwort", "zephyrine")
"""Words of the withheld post's headline, address and text, which stand nowhere else."""


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> ArchiveFolder:
    """The withheld post stands in listings, feeds and REST answers, and in the run's report."""
    text = "The zephyrine weed had grown into the gates of the lock.\nTool and die makers have never seen so much."
    secret = a_page(SLUG, title="Quillwort in the lock", text=text)
    lists = [
        (f"{BLOG}/news/", b"<a href=/quillwort-in-the-lock/>Quillwort in the lock</a>", "text/html", "listing"),
        (
            f"{BLOG}/feed/",
            b"<rss><item><title>Quillwort in the lock</title></item></rss>",
            "application/rss+xml",
            "feed",
        ),
        (f"{BLOG}/wp-json/wp/v2/posts", b'[{"title": "Quillwort in the lock"}]', "application/json", "rest"),
    ]
    other = a_page("dredger", title="A dredger for the lock", text="A dredger came.\nIt went.")
    database = file_away(tmp_path_factory.mktemp("leaky"), [secret, replace(other, files=lists)], [secret])
    folder = ArchiveFolder(path=database.parent)
    with folder.writing("a test") as store, store.atomic():
        [post] = store.db.query("select id, uid, url, title from posts where url like ?", [f"%{SLUG}%"])
        [(listing,)] = store.db.execute("select id from captures where role = 'listing'").fetchall()
        for at in ("2026-03-09T09:00:00Z", "2026-03-10T09:00:00Z"):
            store.posts.save_absence(post["id"], 2, "HTTP 404", noticed_at=at, capture_id=listing)
        named = [{**post, "changes": ["title"], "doubts": ["outlet"], "losses": []}]
        report: dict[str, Any] = dict.fromkeys(("arrivals", "changes", "doubts"), named)
        report["absent"] = [{"url": f"{post['url']}#more", "how": "HTTP 404"}]
        report |= {"watched": [{"watch": "lock", "clippings": named}], "canary": {"examples": named}}
        store.db.execute(
            "update runs set report = json_patch(report, ?), status = 'suspect' where id = 2", [json.dumps(report)]
        )
        for name, query in (("lock", "lock"), ("everything", "")):
            store.watches.add(name, query)
        look(store, 2)
        store.custody.commit_warc(1, {path.name: path.stat().st_size for path in folder.warc_path.iterdir()})
        store.withholdings.make(post["id"], until_on="2999-01-01", reason="embargo", made_by=None)
    return folder


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds, packages and their records unpacked."""
    if not zipfile.is_zipfile(path):
        yield path.read_bytes()
        return
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            body = package.read(name)
            yield gzip.decompress(body) if name.endswith(".gz") else body


def exported(format: str, *words: str) -> Callable[[ArchiveFolder, Path], Iterator[bytes]]:
    def door(folder: ArchiveFolder, target: Path) -> Iterator[bytes]:
        command = ["export", "--format", format, "--output", str(target), *words, "--archive", str(folder.path)]
        assert CliRunner().invoke(clipfile, command).exit_code == 0
        return contents(target)

    return door


def published(folder: ArchiveFolder, target: Path) -> Iterator[bytes]:
    command = ["publish", "--output", str(target), "--snippet", "500", "--archive", str(folder.path)]
    assert CliRunner().invoke(clipfile, command).exit_code == 0
    return contents(target)


def in_python(folder: ArchiveFolder, _: Path) -> Iterator[bytes]:
    with Archive(folder.path) as archive:
        for query in ("", "quillwort", "is:withheld", "zephyrine", f"title:{MARKS[0]}"):
            found = archive.search(query, facets=True, fold=False)
            yield json.dumps([found.to_rows(), [asdict(each) for each in found.suggestions]]).encode()
            yield repr(list(archive.iter_clippings(query))).encode()
        for ask in (archive.get_clipping, archive.cite):
            with pytest.raises(WithheldError, match="until 2999-01-01"):
                ask(f"{BLOG}/{SLUG}/")


def asked(*paths: str, status: int = 200) -> Callable[[ArchiveFolder, Path], Iterator[bytes]]:
    def door(folder: ArchiveFolder, _: Path) -> Iterator[bytes]:
        get = getter(folder.db_path)
        for path in paths:
            answer = get(f"/archive/-/{path}")
            assert answer.status == status, path
            yield answer.text.encode()

    return door


DOORS = {
    **{f"export {format}": exported(format) for format in FORMATS},
    "export wacz of a query": exported("wacz", "kind:repost"),
    "export wacz of a run": exported("wacz", "--run", "1"),
    "publish": published,
    "Python": in_python,
    "home and lists": asked(
        "", "outlets", "outlets/1", "authors", "authors/1", "categories/1", "years/2026", "years/2026-02", "coverage"
    ),
    "runs and health": asked("runs", "runs/1", "runs/2", "health"),
    "search": asked("search", "search?q=lock", "search?q=is:duplicate", "search.json?q="),
    "files": asked(*(f"search.{ending}?q=" for ending in ("csv", "jsonl", "atom", "bibtex", "ris", "csl"))),
    "feeds": asked("watch/lock.atom", "watch/everything.atom"),
    "captures": asked(*(f"captures/{id}/content" for id in (1, 3, 4, 5, 6)), status=403),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_no_door_lets_a_withheld_post_out(
    leaky: ArchiveFolder, tmp_path: Path, door: Callable[[ArchiveFolder, Path], Iterator[bytes]]
) -> None:
    shown = list(door(leaky, tmp_path / "out"))
    assert sum(map(len, shown)) > 100
    for body in shown:
        assert not [mark for mark in MARKS if mark in body.decode("utf-8", "replace").lower()]
