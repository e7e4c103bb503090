"""`clipfile correct`: what a person knows better than the reader, stored beside the reading; or taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

import click

from archive.clippings import find_post_id
from archive.commands.options import archive_option, echo_json, echo_table, json_option
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.reviewing import amend, confirmed, correct, field_named, values_of
from archive.store import Store
from archive.store.corrections import CORRECTABLE, corrections_of
from archive.terminal import printable

ALL: Final = "all"
HISTORY_COLUMNS: Final = ("made", "field", "value", "by", "note", "undone")


@click.command("correct")
@click.argument("post")
@click.option("--kind", metavar="KIND", help="repost, own, press_release or other.")
@click.option("--completeness", metavar="HOW", help="How much the post carries: full, excerpt or pointer.")
@click.option("--outlet", metavar="NAME", help="Where the article first appeared, in any form the outlets file knows.")
@click.option("--author", "authors", multiple=True, metavar="NAME", help="Who wrote it; once for each, in order.")
@click.option("--original-on", metavar="DATE", help="When it first appeared: 2021-03-04, 2021-03 or 2021.")
@click.option("--original-url", metavar="URL", help="Where the outlet has it.")
@click.option("--image-credit", metavar="WORDS", help="Who the leading image is from.")
@click.option("--none", "none", multiple=True, metavar="FIELD", help="There is none: outlet, authors, original_on …")
@click.option("--confirm", is_flag=True, help="What was read is right, and stays.")
@click.option("--note", help="Why, or how you know.")
@click.option("--by", "made_by", help="Who says so.")
@click.option(
    "--undo", is_flag=False, flag_value=ALL, metavar="[FIELD]", help="Take one field's correction back, or all."
)
@click.option("--history", is_flag=True, help="Every correction of the post, undone ones too.")
@archive_option
@json_option
def correct_command(
    post: str,
    none: tuple[str, ...],
    confirm: bool,
    note: str | None,
    made_by: str | None,
    undo: str | None,
    history: bool,
    folder: ArchiveFolder,
    as_json: bool,
    **fields: Any,
) -> None:
    """Set right what was read of POST (its id, uid or address).

    The correction stands over every later crawl and reading until it is undone; what was read stays beside it.
    """
    given = {field: value for field, value in fields.items() if value not in (None, ())}
    changes = bool(given or none or confirm)
    if changes + (undo is not None) + history != 1:
        raise UsageError(
            "say what to correct, or --undo, or --history", hint="clipfile correct --help lists the fields"
        )
    if confirm and (given or none):
        raise UsageError("--confirm says that all is right", hint="leave it out to correct something")
    post_id = _find(folder, post)
    if history:
        _tell_history(folder, post_id, as_json)
        return
    with folder.writing(f"a correction of post {post_id}") as store:
        before = values_of(store.db, post_id)
        if undo is not None:
            said = _undo(store, post_id, undo)
        else:
            amendment = confirmed(before) if confirm else amend(before, given, [field_named(field) for field in none])
            correct(store, post_id, amendment, note=note, made_by=made_by)
            said = [*amendment.notes, f"Post {post_id} is corrected: {', '.join(amendment.values)}"]
        after = values_of(store.db, post_id)
        corrections = store.corrections.history(post_id)
    if as_json:
        echo_json({"id": post_id, "before": before, "after": after, "corrections": list(map(asdict, corrections))})
    else:
        click.echo("\n".join([*map(printable, said), *_differences(before, after)]))


def _find(folder: ArchiveFolder, post: str) -> int:
    """Looked up before anything is locked or made."""
    db = folder.open_readonly()
    try:
        return find_post_id(db, post)
    finally:
        db.close()


def _undo(store: Store, post_id: int, wanted: str) -> list[str]:
    fields = CORRECTABLE if wanted == ALL else (field_named(wanted),)
    with store.atomic():
        undone = store.corrections.undo(post_id, fields)
    return [f"Post {post_id}: {undone} undone." if undone else f"Post {post_id}: there was nothing to undo."]


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for field, value in after.items():
        if value != before[field]:
            yield f"{field:>13}  {_shown(before[field])} → {_shown(value)}"


def _shown(value: Any) -> str:
    return printable(", ".join(value) if isinstance(value, list) else str(value)) if value else "none"


def _tell_history(folder: ArchiveFolder, post_id: int, as_json: bool) -> None:
    db = folder.open_readonly()
    corrections = corrections_of(db.conn, post_id)
    db.close()
    if as_json:
        echo_json(list(map(asdict, corrections)))
    elif corrections:
        rows = [
            (c.made_at, c.field, _shown(c.value), c.made_by or "", c.note or "", c.undone_at or "") for c in corrections
        ]
        echo_table(rows, HISTORY_COLUMNS)
    else:
        click.echo(f"Post {post_id} was never corrected.")
