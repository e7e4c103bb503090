"""`clipfile withhold`: keep a post from the public, until a day or for good; or take that back."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from typing import Final

import click

from archive.clippings import find_post_id
from archive.commands.options import archive_option, echo_json, echo_table, json_option
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.store.likenesses import reposts_of
from archive.store.withholdings import withheld_today, withholdings_of
from archive.terminal import printable

EMBARGO: Final = "embargo"
COLUMNS: Final = ("post", "until", "reason", "by", "since")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@click.command("withhold")
@click.argument("post", required=False)
@click.option("--until", metavar="DATE", help="An embargo: the first day on which it may be shown, such as 2027-01-31.")
@click.option("--reason", help="Why. A post that is withheld for good needs one.")
@click.option("--by", "made_by", help="Who says so.")
@click.option("--undo", is_flag=True, help="Show it again.")
@archive_option
@json_option
def withhold_command(
    post: str | None,
    until: str | None,
    reason: str | None,
    made_by: str | None,
    undo: bool,
    folder: ArchiveFolder,
    as_json: bool,
) -> None:
    """Keep POST (its id, uid or address) from public editions, pages, feeds and exports. Without POST, list what is.

    Nothing is deleted: search and show still have it at the desk, marked. Without --until it is withheld for good.
    """
    if post is None:
        _list(folder, as_json)
        return
    if undo == bool(until or reason):
        raise UsageError("say --until DATE, --reason WHY or both; or --undo", hint="a takedown needs a reason")
    db = folder.open_readonly()
    post_id = find_post_id(db, post)
    db.close()
    day = _day(until) if until else None
    with folder.writing(f"withholding post {post_id}") as store, store.atomic():
        if undo:
            was_withheld = store.withholdings.undo(post_id)
        else:
            store.withholdings.make(post_id, until_on=day, reason=reason or EMBARGO, made_by=made_by)
        history = withholdings_of(store.db.conn, post_id)
        withheld = withheld_today(store.db.conn)
        others = [other for other in reposts_of(store.db.conn, post_id) if other not in withheld]
    if as_json:
        echo_json({"id": post_id, "withholdings": list(map(asdict, history))})
    elif undo:
        click.echo(f"Post {post_id}: " + ("shown again." if was_withheld else "it was not withheld."))
    else:
        click.echo(f"Post {post_id}: {printable(history[-1].words)}.")
        if others:
            numbers = ", ".join(map(str, others))
            click.echo(f"Note: its article's other reposts are still shown: {numbers}", err=True)


def _day(text: str) -> str:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise UsageError(f"{text!r} is no day", hint="write it as 2027-01-31")


def _list(folder: ArchiveFolder, as_json: bool) -> None:
    db = folder.open_readonly()
    found = list(withheld_today(db.conn).values())
    if as_json:
        echo_json(list(map(asdict, found)))
    elif found:
        echo_table([(w.post_id, w.until_on or "", w.reason, w.made_by or "", w.made_at) for w in found], COLUMNS)
    else:
        click.echo("Nothing is withheld.")
