"""`clipfile audit`: the reader measured on labelled pages, as the keeper of an archive runs it on their own blog."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.errors import UsageError
from archive.folder import ArchiveFolder
from crawler.commands.audit import audit_command

BODY = (
    "The yard has been closed since the flood, and the council wants to know by June what opening it would cost. " * 4
)


def page(*head: str, slug: str = "yard", **labels: Any) -> dict[str, Any]:
    """A post with these lines above its text, and what a person says of it."""
    lines = "".join(f"<p>{line}</p>" for line in head)
    html = (
        f"<html lang=en><head><title>The Yard Waits</title></head><body><article class='post'><h1>The Yard Waits</h1>"
        f"<div class='entry-content'>{lines}<p>{BODY}</p><p>{BODY}</p></div></article></body></html>"
    )
    return {"url": f"https://blog.example/{slug}/", "html": html, "labels": labels}


REPOST = {
    "is_repost": True,
    "outlet": "Detroit News",
    "original_authors": ["Maya Lindqvist"],
    "original_date": "2021-03-04",
}
HEAD = ("The Detroit News", "March 4, 2021", "By Maya Lindqvist")
NONE = {"is_repost": False, "outlet": None, "original_authors": [], "original_date": None}


def audited(folder: ArchiveFolder, tmp_path: Path, *pages: Mapping[str, Any], options: tuple[str, ...] = ()) -> Result:
    file = tmp_path / "labelled.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in pages))
    arguments = [str(file), "--archive", str(folder.path), *options]
    return CliRunner().invoke(audit_command, arguments, catch_exceptions=False)


def report(folder: ArchiveFolder, tmp_path: Path, *pages: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(audited(folder, tmp_path, *pages, options=("--json",)).output)
    return told


def test_reposts_and_other_posts_are_measured_apart(folder: ArchiveFolder, tmp_path: Path) -> None:
    told = report(
        folder, tmp_path, page(*HEAD, **REPOST), page(slug="own", **NONE), page(*HEAD, slug="claimed", **NONE)
    )
    assert (told["pages"], told["all"]["whole"]) == (3, 2)
    assert (told["reposts"]["posts"], told["reposts"]["whole"]) == (1, 1)
    assert (told["other_posts"]["posts"], told["other_posts"]["whole"]) == (2, 1)
    assert told["reposts"]["fields"]["outlet"]["precision"] == 1.0
    assert told["other_posts"]["fields"]["outlet"]["wrong_rate"] == 0.5
    assert told["all"]["fields"]["original_date"]["precision"] == 0.5
    assert told["repost_f1"] == pytest.approx(2 / 3)


def test_misread_values_are_told_with_their_page(folder: ArchiveFolder, tmp_path: Path) -> None:
    labels = {**REPOST, "original_date": "2021-03-03", "image_credit": "Ada Finch"}
    told = report(folder, tmp_path, page(*HEAD, **labels))
    assert [(each["field"], each["how"], each["label"], each["read"]) for each in told["misread"]] == [
        ("original_date", "wrong", "2021-03-03", "2021-03-04"),
        ("image_credit", "missed", "Ada Finch", None),
    ]
    shown = audited(folder, tmp_path, page(*HEAD, **labels), options=("--show", "1")).output
    assert "wrong   2021-03-04, labelled 2021-03-03  https://blog.example/yard/" in shown


def test_a_kind_labels_whether_it_is_a_repost(folder: ArchiveFolder, tmp_path: Path) -> None:
    told = report(folder, tmp_path, page(*HEAD, kind="repost"), page(slug="own", kind="press_release"))
    assert (told["reposts"]["posts"], told["other_posts"]["posts"], told["all"]["whole"]) == (1, 1, 2)


def test_what_is_not_labelled_or_uncertain_is_not_judged(folder: ArchiveFolder, tmp_path: Path) -> None:
    doubted = {**page(*HEAD, **{**REPOST, "outlet": "MLive"}), "uncertain": ["outlet"]}
    undecided = {**page(*HEAD, **NONE), "uncertain": ["kind"]}
    told = report(folder, tmp_path, doubted, undecided, page(*HEAD, is_repost=True))
    assert (told["pages"], told["undecided"], told["all"]["whole"], told["misread"]) == (2, 1, 2, [])


def test_the_archives_own_outlets_count(folder: ArchiveFolder, tmp_path: Path) -> None:
    labels = {**REPOST, "outlet": "Huron Valley Courier"}
    labelled = page("HV Courier", *HEAD[1:], **labels)
    assert report(folder, tmp_path, labelled)["reposts"]["fields"]["outlet"]["right"] == 0
    folder.path.mkdir()
    folder.outlets_path.write_text('[hvc]\nname = "Huron Valley Courier"\naliases = ["HV Courier"]\n')
    assert report(folder, tmp_path, labelled)["reposts"]["fields"]["outlet"]["right"] == 1


def test_a_page_that_cant_be_read_counts_as_read_as_nothing(folder: ArchiveFolder, tmp_path: Path) -> None:
    told = report(folder, tmp_path, {**page(**REPOST), "html": ""})
    assert (told["unreadable"], told["reposts"]["fields"]["kind"]["missed"]) == (1, 1)


def test_the_tables_are_for_people_too(folder: ArchiveFolder, tmp_path: Path) -> None:
    shown = audited(folder, tmp_path, page(*HEAD, **REPOST), page(slug="own", **NONE)).output
    assert "Reposts: 1, 1 (100.0%) wholly right" in shown
    assert "Nothing was claimed, and nothing is labelled." in shown
    assert "F1 of 1.000" in shown
    assert "0.95–1.00" in shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "has no labelled pages", id="an empty file"),
        pytest.param('{"url": "https://blog.example/"}\n', "line 1 is no labelled page", id="no page"),
        pytest.param("\nnot json\n", "line 2 is no labelled page", id="no JSON"),
        pytest.param('{"url": "u", "html": 7, "labels": {}}\n', "line 1 is no labelled page", id="no HTML"),
        pytest.param('{"url": "u", "html": "", "labels": []}\n', "line 1 is no labelled page", id="no labels"),
    ],
)
def test_a_file_that_is_no_labelled_file_is_named(folder: ArchiveFolder, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text(text)
    with pytest.raises(UsageError, match=words):
        CliRunner().invoke(audit_command, [str(file), "--archive", str(folder.path)], catch_exceptions=False)


def test_a_file_that_is_not_there_is_named(folder: ArchiveFolder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl can't be read"):
        CliRunner().invoke(audit_command, [str(tmp_path / "none.jsonl")], catch_exceptions=False)
