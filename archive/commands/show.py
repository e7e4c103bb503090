"""`clipfile show`: one clipping, with the words that say where it is from."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import click

from archive.clippings import dossier, find_post_id, word_changes
from archive.commands.options import archive_option, echo_json, json_option
from archive.edits import Stretch
from archive.folder import ArchiveFolder
from archive.kept_files import files_of_post
from archive.report import plural, size
from archive.terminal import printable

FIELDS: Final = (
    ("kind", "kind"),
    ("outlet", "outlet"),
    ("agency", "agency"),
    ("authors", "authors"),
    ("original_on", "published"),
    ("original_url", "original"),
    ("image_credit", "image credit"),
    ("completeness", "carries"),
    ("posted_on", "reposted"),
    ("site_author", "posted by"),
    ("categories", "categories"),
    ("tags", "tags"),
    ("language", "language"),
    ("gone_at", "gone since"),
)
"""Column → the words for it, in the order they are shown; empty ones are left out."""


@click.command("show")
@click.argument("post")
@click.option("--text", "with_text", is_flag=True, help="Print the whole text too, not only its beginning.")
@archive_option
@json_option
def show_command(post: str, with_text: bool, folder: ArchiveFolder, as_json: bool) -> None:
    """Show one clipping: POST is its id, its uid or its address."""
    db = folder.open_readonly()
    post_id = find_post_id(db, post)
    found = {**dossier(db, post_id), "files": files_of_post(db, folder.warc_path, post_id)}
    if as_json:
        echo_json(found)
    else:
        click.echo("\n".join(describe(found, word_changes(db, post_id), with_text=with_text)))


def describe(
    found: Mapping[str, Any], changes: Mapping[int, Sequence[Sequence[Stretch]]], *, with_text: bool
) -> Iterator[str]:
    yield click.style(printable(found["title"] or "(no headline)"), bold=True)
    yield f"{found['url']}  ·  id {found['id']}  ·  uid {found['uid']}"
    if found["withheld"]:
        yield click.style(printable(found["withheld"]), fg="red")
    yield ""
    for column, words in FIELDS:
        if value := found[column]:
            yield f"{words:>13}  {printable(', '.join(value) if isinstance(value, list) else str(value))}"
    yield f"{'confidence':>13}  {found['confidence']:.2f}"
    yield from _reposts(found)
    yield from _evidence(found["evidence"])
    yield from _corrections(found["corrections"])
    yield from _custody(found, changes)
    yield ""
    yield from _text(found["text"], with_text)


def _reposts(found: Mapping[str, Any]) -> Iterator[str]:
    """The other posts with the same article."""
    for place, post in enumerate(found["reposts"]):
        how = "" if post["shared"] is None else f", {post['shared']:.0%} of the shorter text"
        other_title = f" “{printable(post['title'])}”" if post["title"] != found["title"] and post["title"] else ""
        words = f"id {post['id']}, {post['posted_on'] or 'undated'}{how}{other_title}  {post['url']}"
        yield f"{'' if place else 'also at':>13}  {words}"


def _evidence(rows: list[Mapping[str, Any]]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield "Evidence"
    for row in rows:
        words = printable(textwrap.shorten(row["printed"], 90, placeholder=" …"))
        yield f"{row['field']:>13}  “{words}”  {row['place']}, {row['rule']}, {row['confidence']:.2f}"


def _corrections(rows: list[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        value = json.loads(row["value"])
        state = f", undone {row['undone_at']}" if row["undone_at"] else ""
        note = f" — {row['note']}" if row["note"] else ""
        yield printable(f"{'corrected':>13}  {row['field']} → {value!r} on {row['made_at']}{state}{note}")


def _custody(found: Mapping[str, Any], word_changes: Mapping[int, Sequence[Sequence[Stretch]]]) -> Iterator[str]:
    yield ""
    yield f"First seen {found['first_seen_at']}, last {found['last_seen_at']}, {plural(found['revisions'], 'revision')}"
    for revision in found["history"][1:]:
        changes = ", ".join(json.loads(revision["changes"]))
        back = f", as in revision {revision['same_as']}" if revision["same_as"] else ""
        yield f"{'revision ' + str(revision['number']):>13}  {revision['seen_at']}: {changes}{back}"
        yield from _word_changes(word_changes.get(revision["number"], ()))
    for held in found["held"]:
        lost = ", ".join(loss["field"] for loss in json.loads(held["lost"]))
        yield f"{'kept apart':>13}  {held['seen_at']}: run {held['run_id']} read it without its {lost or 'old words'}"
    for capture in found["captures"]:
        yield (
            f"{'capture ' + str(capture['id']):>13}  {capture['captured_at']} HTTP {capture['status']} "
            f"in {capture['warc_file']} at {capture['warc_offset']}, sha-256 {capture['payload_sha256'][:12]}…"
        )
    yield from _files(found["files"])


FILES_SHOWN: Final = 12


def _files(files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the page needs, a line each; then how much of it is not kept, and why."""
    kept = [file for file in files if file["warc_file"]]
    for file in kept[:FILES_SHOWN]:
        place = f"{size(file['payload_bytes'])} in {file['warc_file']} at {file['warc_offset']}"
        yield f"{file['role']:>13}  {printable(file['url'])}  {place}"
    if len(kept) > FILES_SHOWN:
        yield f"{'':15}… and {plural(len(kept) - FILES_SHOWN, 'more file')} (--json lists all)"
    if reasons := Counter(file["reason"] for file in files if file["reason"]):
        yield f"{'not kept':>13}  " + " · ".join(f"{reason} {count}" for reason, count in reasons.most_common())


CHANGES_SHOWN: Final = 6
AROUND: Final = 40
"""Characters of unchanged text shown before and after a change."""


def _word_changes(paragraphs: Sequence[Sequence[Stretch]]) -> Iterator[str]:
    for stretches in paragraphs[:CHANGES_SHOWN]:
        yield textwrap.indent(textwrap.fill(_marked(stretches), 100), " " * 15)
    if len(paragraphs) > CHANGES_SHOWN:
        yield f"{'':15}… and {plural(len(paragraphs) - CHANGES_SHOWN, 'more paragraph')}"


def _marked(stretches: Sequence[Stretch]) -> str:
    """Words taken out as [-…-], words put in as {+…+}; long unchanged stretches are cut in their middle."""
    parts = [
        _shortened(old, is_first=place == 0, is_last=place == len(stretches) - 1)
        if is_same
        else (f"[-{old}-]" if old.strip() else "") + (f"{{+{new}+}}" if new.strip() else "")
        for place, (is_same, old, new) in enumerate(stretches)
    ]
    return printable("".join(parts))


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= 2 * AROUND:
        return text
    start = "" if is_first else re.sub(r"\s*\S*$", " ", text[:AROUND])
    end = "" if is_last else re.sub(r"^\S*\s*", " ", text[-AROUND:])
    return f"{start}…{end}"


def _text(text: str, whole: bool) -> Iterator[str]:
    for paragraph in text.splitlines() if whole else text.splitlines()[:6]:
        yield textwrap.fill(printable(paragraph), 100)
    if not whole and len(text.splitlines()) > 6:
        yield "… (--text prints all of it)"
