"""Looking readings over and setting them right: what is doubtful, what a correction may say, and that it lasts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from making import a_post, a_reading, a_run

from archive.commands.correct import correct_command
from archive.commands.review import review_command
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.model import Evidence, Post, Reading
from archive.reviewing import amend, confirmed, find_doubts
from archive.store import Store
from archive.verifying.database import check_posts

NOTHING_READ: dict[str, Any] = {
    "kind": "own",
    "completeness": None,
    "outlet": None,
    "authors": [],
    "original_on": None,
    "original_url": None,
    "image_credit": None,
}
A_REPOST: dict[str, Any] = {**NOTHING_READ, "kind": "repost", "outlet": "The Detroit News", "authors": ["Marta Quill"]}


def said(field: str, value: str, confidence: float) -> Evidence:
    return Evidence(
        field=field, value=value, printed=value, where="content/p[1]", rule="head-block", confidence=confidence
    )


def keep(folder: ArchiveFolder, *posts: tuple[Post, Reading]) -> None:
    with folder.writing("a test") as store:
        site_id, run_id = a_run(store)
        with store.atomic():
            for post, reading in posts:
                store.posts.save(
                    site_id, run_id, post, reading, capture_id=None, seen_at="2026-03-02T09:00:00Z", hold=False
                )


def review(folder: ArchiveFolder, *arguments: str) -> Result:
    return CliRunner().invoke(review_command, [*arguments, "--archive", str(folder.path)], catch_exceptions=False)


def correct(folder: ArchiveFolder, *arguments: str) -> Result:
    return CliRunner().invoke(correct_command, [*arguments, "--archive", str(folder.path)], catch_exceptions=False)


def clipping(folder: ArchiveFolder, post_id: int = 1) -> dict[str, Any]:
    db = folder.open_readonly()
    row = next(db.query("select * from clippings where id = ?", [post_id]))
    db.close()
    return {**row, "authors": json.loads(row["authors"])}


# --- what is doubtful -------------------------------------------------------------------------------------------------

DOUBTFUL = {
    "unsure": (a_post("unsure"), a_reading(confidence=0.62), ("unsure of where it is from",), 0.62),
    "weak-date": (
        a_post("weak-date"),
        a_reading(evidence=(said("outlet", "MLive", 0.96), said("original_on", "2026-02-27", 0.55))),
        ("unsure of a value",),
        0.55,
    ),
    "logo": (
        a_post("logo"),
        a_reading(outlet=None, outlet_printed=None, confidence=0.82, evidence=()),
        ("a repost without an outlet",),
        0.5,
    ),
    "missed": (
        a_post("missed"),
        a_reading(kind="own", outlet=None, authors=(), original_on=None, confidence=0.58, evidence=()),
        ("perhaps a repost",),
        0.58,
    ),
    "untitled": (
        a_post("untitled", title=None),
        a_reading(kind="own", outlet=None, authors=(), original_on=None, confidence=0.95, evidence=()),
        ("no headline",),
        0.95,
    ),
}
"""Slug → a page and its reading, what is doubtful about it, and how sure the least sure thing is."""


@pytest.mark.parametrize("slug", DOUBTFUL)
def test_a_doubtful_reading_is_listed_with_its_reason(folder: ArchiveFolder, slug: str) -> None:
    post, reading, doubts, sure = DOUBTFUL[slug]
    keep(folder, (post, reading))
    (found,) = find_doubts(folder.open_readonly(), limit=9).doubts
    assert (found.doubts, found.sure) == (doubts, sure)


def test_the_most_doubtful_come_first(folder: ArchiveFolder) -> None:
    keep(folder, *((post, reading) for post, reading, *_ in DOUBTFUL.values()))
    found = find_doubts(folder.open_readonly(), limit=3)
    assert [doubt.url.split("/")[-2] for doubt in found.doubts] == ["logo", "weak-date", "missed"]
    assert found.total == 5


def test_each_is_shown_with_evidence_address_and_the_command_that_corrects_it(folder: ArchiveFolder) -> None:
    post, reading, *_ = DOUBTFUL["weak-date"]
    keep(folder, (post, reading))
    shown = review(folder).output
    assert "https://blog.example/weak-date/" in shown
    assert "0.55 “2026-02-27” in content/p[1], head-block" in shown
    assert f"clipfile correct 1 --archive {folder.path}" in shown


def test_a_headline_that_was_not_read_is_mended_by_the_profile_and_not_by_an_outlet(folder: ArchiveFolder) -> None:
    post, reading, *_ = DOUBTFUL["untitled"]
    keep(folder, (post, reading))
    shown = review(folder).output
    assert f"selectors.title in sites/blog.toml (docs/sites.md), then clipfile reread --archive {folder.path}" in shown
    assert "--outlet" not in shown
    assert "clipfile correct 1 " in shown  # --confirm takes it off the list


def test_nothing_doubtful_is_said_so(folder: ArchiveFolder) -> None:
    keep(folder, (a_post(), a_reading()))
    assert review(folder).output == "Nothing is doubtful.\n"
    assert json.loads(review(folder, "--json").output) == {"total": 0, "doubtful": []}


@pytest.mark.parametrize("arguments", [("--confirm",), ("--outlet", "MLive"), ("--kind", "own")], ids=" ".join)
def test_what_a_person_has_looked_at_is_not_doubtful_any_more(
    folder: ArchiveFolder, arguments: tuple[str, ...]
) -> None:
    post, reading, *_ = DOUBTFUL["unsure"]
    keep(folder, (post, reading))
    correct(folder, "1", *arguments)
    assert find_doubts(folder.open_readonly(), limit=9).total == 0
    correct(folder, "1", "--undo")
    assert find_doubts(folder.open_readonly(), limit=9).total == 1


def test_one_blog_alone_can_be_reviewed(folder: ArchiveFolder) -> None:
    post, reading, *_ = DOUBTFUL["unsure"]
    keep(folder, (post, reading))
    assert find_doubts(folder.open_readonly(), limit=9, site="blog").total == 1
    with pytest.raises(UsageError, match="no site 'ledger'"):
        find_doubts(folder.open_readonly(), limit=9, site="ledger")


# --- what a correction may say ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "values"),
    [
        pytest.param({"outlet": "freep"}, {"outlet": "Detroit Free Press"}, id="an alias is its outlet"),
        pytest.param({"outlet": "Huron  Courier"}, {"outlet": "Huron Courier"}, id="an outlet no file knows"),
        pytest.param({"authors": ("Ada  Finch", "Bo Lind")}, {"authors": ["Ada Finch", "Bo Lind"]}, id="authors"),
        pytest.param({"original_on": "2021-03-04"}, {"original_on": "2021-03-04"}, id="a day"),
        pytest.param({"original_on": "2021-03"}, {"original_on": "2021-03"}, id="a month"),
        pytest.param({"original_on": "1998"}, {"original_on": "1998"}, id="a year"),
        pytest.param({"kind": "press release"}, {"kind": "press_release"}, id="a kind in words"),
        pytest.param({"completeness": "excerpt"}, {"completeness": "excerpt"}, id="completeness"),
        pytest.param(
            {"original_url": "https://mlive.example/a"}, {"original_url": "https://mlive.example/a"}, id="an address"
        ),
    ],
)
def test_what_was_typed_becomes_a_value(given: dict[str, Any], values: dict[str, Any]) -> None:
    assert amend(A_REPOST, given).values == values


@pytest.mark.parametrize(
    ("given", "none", "words"),
    [
        pytest.param({"original_on": "2021-02-30"}, (), "is no date", id="a day that never was"),
        pytest.param({"original_on": "3/4/2021"}, (), "is no date", id="a date in another order"),
        pytest.param({"original_on": "2021-3-4"}, (), "is no date", id="a date without its noughts"),
        pytest.param({"original_url": "mlive.com/a"}, (), "is no address", id="no scheme"),
        pytest.param({"original_url": "javascript:alert(1)"}, (), "is no address", id="a script"),
        pytest.param({"original_url": "https://a b.example/"}, (), "is no address", id="a space"),
        pytest.param({"kind": "blog"}, (), "is no kind of post", id="an unknown kind"),
        pytest.param({"completeness": "half"}, (), "is no completeness", id="an unknown completeness"),
        pytest.param({"outlet": " "}, (), "a value is empty", id="an empty outlet"),
        pytest.param({"authors": ("Ada Finch", "")}, (), "a value is empty", id="an empty author"),
        pytest.param({"outlet": "MLive"}, ("outlet",), "said to be none", id="given and none"),
        pytest.param({}, ("kind",), "every post has a kind", id="no kind"),
        pytest.param({"kind": "own", "outlet": "MLive"}, (), "kind own has no outlet", id="own, yet from an outlet"),
    ],
)
def test_what_cant_be_meant_is_refused(given: dict[str, Any], none: tuple[str, ...], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        amend(A_REPOST, given, none)


def test_a_post_that_is_given_an_outlet_becomes_a_repost() -> None:
    amendment = amend(NOTHING_READ, {"outlet": "MLive"})
    assert amendment.values == {"kind": "repost", "outlet": "MLive"}
    assert amendment.notes == ("it was own; with an outlet it is a repost",)


def test_an_outlet_that_is_nearly_a_known_one_is_kept_as_typed_and_pointed_out() -> None:
    amendment = amend(A_REPOST, {"outlet": "Detriot Free Press"})
    assert amendment.values == {"outlet": "Detriot Free Press"}
    assert "Did you mean “Detroit Free Press”?" in amendment.notes[0]


def test_confirming_says_again_what_was_read_and_leaves_open_what_was_not() -> None:
    assert confirmed(A_REPOST).values == {"kind": "repost", "outlet": "The Detroit News", "authors": ["Marta Quill"]}


# --- that it lasts ----------------------------------------------------------------------------------------------------


def test_a_correction_stands_over_a_later_crawl_and_a_re_reading(folder: ArchiveFolder) -> None:
    keep(folder, (a_post(), a_reading()))
    result = correct(
        folder, "https://blog.example/yard-reopens", "--outlet", "freep", "--author", "Ada Finch", "--original-on",
        "2026-02", "--none", "original-url", "--note", "print edition", "--by", "mk",
    )  # fmt: skip
    assert result.exit_code == 0
    assert "“freep” is Detroit Free Press" in result.output
    keep(
        folder, (a_post(text="The blog rewrote it."), a_reading(outlet="MLive", original_url="https://mlive.example/"))
    )
    with folder.writing("a test") as store, store.atomic():
        store.posts.reread(1, a_post(text="The blog rewrote it."), a_reading(outlet="Axios", reader="newer"))
    found = clipping(folder)
    assert (found["outlet"], found["authors"], found["original_on"]) == ("Detroit Free Press", ["Ada Finch"], "2026-02")
    assert (found["original_url"], found["confidence"], found["revisions"]) == (None, 1.0, 2)


def test_the_corrected_outlet_is_the_one_of_that_key(folder: ArchiveFolder) -> None:
    keep(folder, (a_post(), a_reading(outlet="Huron Courier")), (a_post("second"), a_reading(outlet="Huron Courier")))
    correct(folder, "1", "--outlet", "Freep.com")
    rows = folder.open_readonly().execute(
        """
        select outlets.key, outlets.name, outlets.domain
        from posts join outlets on outlets.id = posts.outlet_id
        where posts.id = 1
        """
    )
    assert rows.fetchall() == [("detroit-free-press", "Detroit Free Press", "freep.com")]


def test_a_correction_that_is_undone_leaves_what_was_read_and_a_history(folder: ArchiveFolder) -> None:
    keep(folder, (a_post(), a_reading()))
    correct(folder, "1", "--outlet", "MLive", "--author", "Ada Finch", "--note", "first")
    correct(folder, "1", "--undo", "author")
    assert (clipping(folder)["outlet"], clipping(folder)["authors"]) == ("MLive", ["Marta Quill"])
    correct(folder, "1", "--undo")
    assert clipping(folder)["outlet"] == "The Detroit News"
    assert clipping(folder)["confidence"] == 0.97
    history = json.loads(correct(folder, "1", "--history", "--json").output)
    assert [(each["field"], each["note"], each["undone_at"] is not None) for each in history] == [
        ("outlet", "first", True),
        ("authors", "first", True),
    ]
    assert "first" in correct(folder, "1", "--history").output


def test_a_post_corrected_to_be_the_blogs_own_claims_nothing(folder: ArchiveFolder) -> None:
    keep(folder, (a_post(), a_reading(original_url="https://detroitnews.example/a")))
    correct(folder, "1", "--outlet", "MLive")
    correct(folder, "1", "--kind", "own")
    found = clipping(folder)
    claims = ("kind", "outlet", "outlet_printed", "authors", "original_on", "original_url")
    assert [found[name] for name in claims] == ["own", None, None, [], None, None]
    correct(folder, "1", "--undo", "kind")
    assert clipping(folder)["outlet"] == "The Detroit News"


def test_a_corrected_archive_is_still_sound(folder: ArchiveFolder) -> None:
    keep(folder, (a_post(), a_reading()), (a_post("second"), a_reading()))
    correct(folder, "1", "--kind", "own")
    correct(folder, "2", "--none", "outlet", "--author", "Ada Finch")
    problems = list(check_posts(folder.open_readonly().conn, folder.db_path))
    assert [p.what for p in problems if "outlet" in p.what or "authors" in p.what or "kind" in p.what] == []


def test_corrections_are_kept_in_a_file_a_new_database_takes_them_back_from(
    folder: ArchiveFolder, tmp_path: Path
) -> None:
    keep(folder, (a_post(), a_reading()))
    correct(folder, "1", "--outlet", "freep", "--by", "mk")
    fresh = ArchiveFolder(path=tmp_path / "fresh")
    keep(fresh, (a_post(), a_reading()))
    with fresh.writing("a test") as store, store.atomic():
        assert store.corrections.restore((folder.path / "corrections.jsonl").read_text()) == []
    assert clipping(fresh)["outlet"] == "Detroit Free Press"


@pytest.mark.parametrize(
    "arguments",
    [(), ("--history", "--undo"), ("--confirm", "--outlet", "MLive"), ("--undo", "page"), ("--none", "page")],
    ids=" ".join,
)
def test_a_command_that_says_too_little_or_too_much_is_refused(
    folder: ArchiveFolder, arguments: tuple[str, ...]
) -> None:
    keep(folder, (a_post(), a_reading()))
    with pytest.raises(UsageError):
        correct(folder, "1", *arguments)


def test_correcting_in_a_folder_that_is_no_archive_makes_none(folder: ArchiveFolder) -> None:
    with pytest.raises(Exception, match="there is no archive"):
        correct(folder, "1", "--kind", "own")
    assert not folder.path.exists()


def test_json_tells_what_was_and_what_is(folder: ArchiveFolder) -> None:
    keep(folder, (a_post(), a_reading()))
    told = json.loads(correct(folder, "1", "--outlet", "MLive", "--json").output)
    assert (told["id"], told["before"]["outlet"], told["after"]["outlet"]) == (1, "The Detroit News", "MLive")
    assert [each["field"] for each in told["corrections"]] == ["outlet"]


def test_a_store_can_be_asked_for_a_posts_history(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "archive.db")
    site_id, run_id = a_run(store)
    store.posts.save(site_id, run_id, a_post(), a_reading(), capture_id=None, seen_at="2026-03-02T09:00:00Z")
    store.corrections.make(1, {"outlet": "MLive"}, note=None, made_by=None)
    assert [each.value for each in store.corrections.history(1)] == ["MLive"]
    store.close()
