"""Saved searches tell what is new to them once, whatever becomes of the run or of the post."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from making import SEEN_AT, a_post, a_reading, a_run

from archive.cli import clipfile
from archive.folder import ArchiveFolder
from archive.store import Store
from archive.store.watches import Watch
from archive.watches import hits, look, news


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    """An archive with one post that tells of salt."""
    archive = ArchiveFolder(path=tmp_path)
    with archive.writing("a test") as store:
        crawl(store, "salt-mine", "Salt under the river")
    return archive


def crawl(store: Store, slug: str, title: str, *, ends: bool = True, **facts: Any) -> list[dict[str, Any]]:
    """A run that stores one post; what its end found for the watches."""
    site_id, run_id = a_run(store)
    with store.atomic():
        store.posts.save(
            site_id, run_id, a_post(slug, title=title, **facts), a_reading(), capture_id=None, seen_at=SEEN_AT
        )
    if not ends:
        return []
    with store.atomic():
        return look(store, run_id)


def watch(folder: ArchiveFolder, *words: str) -> Any:
    ran = CliRunner().invoke(clipfile, ["watch", *words, "--archive", str(folder.path)], catch_exceptions=True)
    if ran.exception and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.stdout


def test_what_was_there_before_is_not_news(folder: ArchiveFolder) -> None:
    assert "1 clipping so far" in watch(folder, "add", "salt", "salt OR brine")
    with folder.writing("a test") as store:
        assert crawl(store, "lock", "A lock opens") == []
    assert "Nothing new" in watch(folder, "show", "salt")
    assert "Salt under the river" in watch(folder, "show", "salt", "--all")


def test_a_clipping_is_told_once_also_when_it_is_edited(folder: ArchiveFolder) -> None:
    watch(folder, "add", "salt", "salt")
    with folder.writing("a test") as store:
        (found,) = crawl(store, "salt-season", "Salt season opens")
        assert (found["watch"], found["new"], found["clippings"][0]["title"]) == ("salt", 1, "Salt season opens")
        assert news([found]) == "watch salt: 1 new clipping\n  Salt season opens — The Detroit News"
        assert crawl(store, "salt-season", "Salt season opens late") == []
        assert crawl(store, "salt-season", "The season opens late") == []  # it is no hit any more
        assert crawl(store, "salt-season", "Salt season opens after all") == []  # and is one again
    shown = json.loads(watch(folder, "show", "salt", "--json"))
    assert [hit["title"] for hit in shown["hits"]] == ["Salt season opens after all"]


def test_what_a_killed_run_stored_is_told_by_the_next(folder: ArchiveFolder) -> None:
    watch(folder, "add", "salt", "salt")
    with folder.writing("a test") as store:
        crawl(store, "salt-season", "Salt season opens", ends=False)
        (found,) = crawl(store, "lock", "A lock opens")
        assert [post["title"] for post in found["clippings"]] == ["Salt season opens"]


def test_an_end_that_is_undone_is_told_again(folder: ArchiveFolder) -> None:
    watch(folder, "add", "salt", "salt")
    with folder.writing("a test") as store:
        site_id, run_id = a_run(store)
        with store.atomic():
            post = a_post("salt-season", title="Salt season opens")
            store.posts.save(site_id, run_id, post, a_reading(), capture_id=None, seen_at=SEEN_AT)
        store.db.execute("begin")
        assert look(store, run_id)
        store.db.execute("rollback")
        with store.atomic():
            assert len(look(store, run_id)) == 1


def test_watches_are_listed_and_ended(folder: ArchiveFolder) -> None:
    assert watch(folder, "list").startswith("There is no watch yet")
    watch(folder, "add", "salt", "salt", "-podcast")
    watch(folder, "add", "everything", "")
    assert [
        (each["name"], each["query"], each["clippings"], each["new"]) for each in json.loads(watch(folder, "--json"))
    ] == [
        ("everything", "", 1, 0),
        ("salt", "salt -podcast", 1, 0),
    ]
    watch(folder, "remove", "salt")
    assert [each["name"] for each in json.loads(watch(folder, "list", "--json"))] == ["everything"]
    watch(folder, "add", "salt", "outlet:freep")
    assert [each["query"] for each in json.loads(watch(folder, "list", "--json"))] == ["", "outlet:freep"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("add", "Salt!", "salt"), "can't name a watch"),
        (("add", "salt", "salt", "--sort", "newest"), "there is no option --sort"),
        (("show", "nope"), "there is no watch nope"),
        (("remove", "nope"), "there is no watch nope"),
    ],
)
def test_what_can_not_be_is_one_line(folder: ArchiveFolder, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(Exception, match=message):
        watch(folder, *words)


def test_a_name_is_taken_once(folder: ArchiveFolder) -> None:
    watch(folder, "add", "salt", "salt")
    with pytest.raises(Exception, match="there is a watch salt already"):
        watch(folder, "add", "salt", "brine")


def test_watches_come_back_with_the_corrections(folder: ArchiveFolder, tmp_path: Path) -> None:
    watch(folder, "add", "salt", "salt")
    watch(folder, "add", "ended", "brine")
    watch(folder, "remove", "ended")
    other = ArchiveFolder(path=tmp_path / "anew")
    with other.writing("a test") as store:
        crawl(store, "salt-mine", "Salt under the river")
        with store.atomic():
            assert store.corrections.restore((folder.path / "corrections.jsonl").read_text()) == []
            look(store, None)
        assert crawl(store, "lock", "A lock opens") == []
    assert [each["name"] for each in json.loads(watch(other, "list", "--json"))] == ["salt"]


def test_the_feeds_list_leaves_out_what_is_withheld(folder: ArchiveFolder) -> None:
    watch(folder, "add", "salt", "salt")
    with folder.writing("a test") as store:
        crawl(store, "salt-season", "Salt season opens")
        with store.atomic():
            store.withholdings.make(2, until_on=None, reason="rights", made_by=None)
        one = Watch(id=1, name="salt", query="salt", added_at="")
        assert hits(store.db, one, limit=9, public=True) == []
        assert len(hits(store.db, one, limit=9)) == 1
