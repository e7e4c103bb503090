"""`clipfile review`: the readings to look over, most doubtful first, each with what it rests on."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

import click

from archive.commands.options import archive_option, echo_json, json_option
from archive.folder import DEFAULT_FOLDER, ArchiveFolder
from archive.report import plural
from archive.reviewing import UNREAD, Doubt, Review, find_doubts
from archive.search.plan import DOUBTFUL_BELOW
from archive.terminal import printable

LABELS: Final = {
    "kind": "kind",
    "completeness": "carries",
    "outlet": "outlet",
    "authors": "authors",
    "original_on": "published",
    "original_url": "original",
    "image_credit": "image credit",
}
"""Field → the words `clipfile show` has for it."""

MISSING: Final = ("outlet", "authors", "original_on")
"""Of a repost, said to be missing where nothing was read."""


@click.command("review")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="How many readings to show.")
@click.option("--site", help="Only this blog's.")
@archive_option
@json_option
def review_command(limit: int, site: str | None, folder: ArchiveFolder, as_json: bool) -> None:
    """List the doubtful readings, most doubtful first: what was read, the words it rests on, how to set it right."""
    found = find_doubts(folder.open_readonly(), limit=limit, site=site)
    where = archive_words(folder)
    if as_json:
        echo_json({"total": found.total, "doubtful": [as_record(doubt, where) for doubt in found.doubts]})
    else:
        click.echo("\n".join(told(found, where)))


def archive_words(folder: ArchiveFolder) -> str:
    """What a command must add to work on this archive; nothing for the one it takes by itself."""
    return "" if folder.path == DEFAULT_FOLDER else f" --archive {shlex.quote(str(folder.path))}"


def as_record(doubt: Doubt, where: str) -> dict[str, Any]:
    return {**asdict(doubt), "correct": f"clipfile correct {doubt.id}{where}"}


def told(found: Review, where: str) -> Iterator[str]:
    if not found.total:
        yield "Nothing is doubtful."
        return
    for doubt in found.doubts:
        yield from _reading(doubt, where)
        yield ""
    order = ", most doubtful first" if found.total > 1 else ""
    shown = f"; {len(found.doubts):,} shown (--limit shows more)" if found.total > len(found.doubts) else ""
    yield f"{plural(found.total, 'doubtful reading')}{order}{shown}."


def _reading(doubt: Doubt, where: str) -> Iterator[str]:
    doubts = click.style(f"{', '.join(doubt.doubts)} ({doubt.sure:.2f})", fg="yellow")
    yield f"{click.style(printable(doubt.title or '(no headline)'), bold=True)}  ·  {doubts}"
    yield f"{printable(doubt.url)}  ·  id {doubt.id}"
    for field, label in LABELS.items():
        rows = [row for row in doubt.evidence if row["field"] == field]
        if value := doubt.values[field]:
            words = ", ".join(value) if isinstance(value, list) else str(value)
            yield f"{label:>13}  {_weighed(words, min((row['confidence'] for row in rows), default=1.0))}"
        elif field in MISSING and doubt.values["kind"] == "repost":
            yield f"{label:>13}  {click.style('none was read', dim=True)}"
        for row in rows:
            yield f"{'':13}  {click.style(_evidence(row), dim=True)}"
    yield from _what_mends_it(doubt, where)


def _what_mends_it(doubt: Doubt, where: str) -> Iterator[str]:
    """A correction where the reading is doubtful; where the page itself was not read, selectors and another reading."""
    unread = [UNREAD[words] for words in doubt.doubts if words in UNREAD]
    if unread:
        named, profile = " and ".join(f"selectors.{name}" for name in unread), printable(f"sites/{doubt.site}.toml")
        yield f"{'unread':>13}  {named} in {profile} (docs/sites.md), then clipfile reread{where}"
    if len(unread) < len(doubt.doubts):
        yield f"{'wrong':>13}  clipfile correct {doubt.id}{where} {_options(doubt)}"
    yield f"{'right':>13}  clipfile correct {doubt.id}{where} --confirm"


def _weighed(words: str, confidence: float) -> str:
    return printable(words) if confidence >= DOUBTFUL_BELOW else click.style(printable(words), fg="yellow")


def _evidence(row: Any) -> str:
    words = textwrap.shorten(printable(row["printed"]), 64, placeholder=" …")
    said = f"“{words}” in {row['place']}" if words else "by the page as a whole"
    return f"{row['confidence']:.2f} {said}, {row['rule']}"


def _options(doubt: Doubt) -> str:
    """Such as a person would write: for what is no repost that it is one, else also that it is none."""
    if doubt.values["kind"] != "repost":
        return "--outlet NAME [--author NAME] [--original-on DATE]"
    return "[--outlet NAME] [--author NAME] [--original-on DATE] [--none FIELD] | --kind own"
