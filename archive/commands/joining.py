"""`clipfile outlets join`, `clipfile authors join`: names that are one, by a person's word that can be taken back."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import click

from archive.authorities import Entry, entry_words, held_name, kept_name
from archive.commands.options import archive_option, chosen_folder, echo_json, echo_table, json_option
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.report import plural
from archive.store import Store
from archive.store.joins import Noun
from archive.terminal import printable

COLUMNS = ("reposts", "first", "last", "name", "printed also as", "joined")


def echo_entries(entries: Iterable[Entry]) -> None:
    rows = [
        (e.reposts, e.first or "", e.last or "", e.name, ", ".join(entry_words(e)), ", ".join(e.joined))
        for e in entries
    ]
    echo_table(rows, COLUMNS)


def echo_alike(entries: Sequence[Entry], noun: Noun) -> None:
    """Names that could be one, each group once; joining them is for a person to say."""
    place = {entry.name: number for number, entry in enumerate(entries)}
    pairs = [(e.name, other) for e in entries for other in e.alike if place[e.name] < place[other]]
    if not pairs:
        return
    click.echo(f"\nPerhaps the same {noun}; if so, join them:")
    for one, other in pairs:
        click.echo(f"  clipfile {noun}s join {_argument(one)} {_argument(other)}")


def _argument(name: str) -> str:
    """A name from a page, safe to paste into a shell."""
    return shlex.quote(printable(name))


def join_command(noun: Noun) -> click.Command:
    """The command `join` of *noun*."""

    @click.command("join", help=HELP.format(noun=noun))
    @click.argument("names", nargs=-1, required=True, metavar="NAME [VARIANT]...")
    @click.option("--undo", is_flag=True, help="Take the joins of these names back.")
    @click.option("--note", help="Why, or how you know.")
    @click.option("--by", "made_by", help="Who says so.")
    @archive_option
    @json_option
    @click.pass_context
    def join(
        ctx: click.Context,
        names: tuple[str, ...],
        undo: bool,
        note: str | None,
        made_by: str | None,
        folder: ArchiveFolder,
        as_json: bool,
    ) -> None:
        folder = chosen_folder(ctx, folder)
        if not undo and len(names) < 2:
            raise UsageError(
                "join needs two names", hint=f"the one that counts first: clipfile {noun}s join NAME VARIANT"
            )
        folder.open_readonly().close()  # refuses a folder that is no archive before anything is made there
        with folder.writing(f"joining {noun}s") as store, store.atomic():
            done = _undone(store, noun, names) if undo else _joined(store, noun, names, note, made_by)
            history = store.joins.history(noun)
        if as_json:
            echo_json({"joins": list(map(asdict, history)), "changed": {variant: posts for variant, _, posts in done}})
            return
        for variant, name, posts in done:
            stands = "stands for itself again" if undo else f"counts as “{name}”"
            click.echo(f"“{variant}” {stands}: {plural(len(posts), 'post')}")

    return join


HELP = """Let other spellings count as NAME, the {noun} that stays, in every post and every one to come.

Nothing is merged: what was printed stays, and --undo NAME... takes the joins of these names back."""

Done = list[tuple[str, str, list[int]]]
"""Variant, the name it counted or counts as, and the posts that changed."""


def _joined(store: Store, noun: Noun, names: Sequence[str], note: str | None, made_by: str | None) -> Done:
    name = kept_name(store.db, noun, names[0])
    done: Done = []
    for variant in [held_name(store.db, noun, typed) for typed in names[1:]]:
        if variant == name:
            raise UsageError(f"“{variant}” is that {noun} already", hint=f"clipfile {noun}s lists how they are spelled")
        done.append((variant, name, store.joins.make(noun, variant, name, note=note, made_by=made_by)))
    return done


def _undone(store: Store, noun: Noun, names: Sequence[str]) -> Done:
    done: Done = []
    for typed in names:
        posts = store.joins.undo(noun, typed)
        if posts is None:
            raise UsageError(f"“{typed}” is joined to no other {noun}", hint=_joined_words(store, noun))
        done.append((typed, typed, posts))
    return done


def _joined_words(store: Store, noun: Noun) -> str:
    live: list[Any] = [f"“{join.variant}”" for join in store.joins.history(noun) if join.undone_at is None]
    return f"joined are {', '.join(live)}" if live else "nothing is joined"
