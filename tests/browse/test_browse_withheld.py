"""What is withheld from the public is on no page, in no feed and in no file of the browse site."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Getter, getter
from filing import harbor_line

from archive.browse.metadata import closed
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
