"""`clipfile watch`: searches that are saved, and tell what is new to them after each run."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any, Final

import click

from archive.commands.options import archive_option, asked_query, chosen_folder, echo_json, echo_table, json_option
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.report import plural
from archive.search import search
from archive.terminal import printable
from archive.watches import counts, find_watch, hits, look

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
INDENT: Final = "     "
COLUMNS: Final = ("watch", "query", "added", "clippings", "new since", "newest")


@click.group("watch", invoke_without_command=True)
@archive_option
@json_option
@click.pass_context
def watch_command(ctx: click.Context, folder: ArchiveFolder, as_json: bool) -> None:
    """Save searches and hear of what is new to them: in notices, in a feed of the browse site and by `show`.

    Without a command the watches are listed.
    """
    if not ctx.invoked_subcommand:
        _list(folder, as_json)


@watch_command.command(
    "add",
    # "-podcast" is a part of the query, so no letter after one hyphen may be an option.
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("name")
@click.argument("query", nargs=-1, required=True)
@archive_option
@json_option
@click.pass_context
def add(ctx: click.Context, name: str, query: tuple[str, ...], folder: ArchiveFolder, as_json: bool) -> None:
    """Save QUERY, in the language of `clipfile search`, under NAME. What it finds now is not told of."""
    folder = chosen_folder(ctx, folder)
    asked = asked_query(query, "watch add")
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} can't name a watch", hint="up to 40 of a-z, 0-9, '.', '_' and '-'")
    found = search(folder.open_readonly(), asked, limit=1)
    for note in found.understood.notes:
        click.echo(f"Note: {printable(note)}", err=True)
    with folder.writing(f"adding the watch {name}") as store, store.atomic():
        watch = store.watches.add(name, asked)
        before = sum(each["new"] for each in look(store, None) if each["watch"] == name)
    if as_json:
        echo_json({**asdict(watch), "understood": found.understood.query, "clippings": before})
    else:
        click.echo(f"Watching {printable(found.understood.query)}: {plural(before, 'clipping')} so far.")


@watch_command.command("list")
@archive_option
@json_option
@click.pass_context
def list_command(ctx: click.Context, folder: ArchiveFolder, as_json: bool) -> None:
    """List the watches, with how much each has found and what came since it was added."""
    _list(chosen_folder(ctx, folder), as_json)


def _list(folder: ArchiveFolder, as_json: bool) -> None:
    found = counts(folder.open_readonly())
    if as_json:
        echo_json(found)
    elif found:
        echo_table([[value if value is not None else "" for value in row.values()] for row in found], COLUMNS)
    else:
        click.echo("There is no watch yet: clipfile watch add NAME QUERY")


@watch_command.command("show")
@click.argument("name")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many to print.")
@click.option("--all", "all_of_them", is_flag=True, help="Also what was there before the watch was added.")
@archive_option
@json_option
@click.pass_context
def show(ctx: click.Context, name: str, limit: int, all_of_them: bool, folder: ArchiveFolder, as_json: bool) -> None:
    """Show what the watch NAME found, the last found first."""
    db = chosen_folder(ctx, folder).open_readonly()
    watch = find_watch(db, name)
    found = hits(db, watch, limit=limit, all_of_them=all_of_them)
    if as_json:
        echo_json({**asdict(watch), "hits": found})
        return
    for hit in found:
        click.echo("\n".join(_hit(hit)))
    if not found:
        click.echo(f"Nothing new since {watch.added_at}. --all shows what was there before.")


def _hit(hit: Any) -> list[str]:
    facts = [hit["outlet"], hit["original_on"], f"posted {hit['posted_on']}" if hit["posted_on"] else None]
    by = "" if hit["run_id"] is None else f" by run {hit['run_id']}"
    found = f"found {hit['noticed_at']}{by}"
    return [
        f"{hit['id']:>4} {printable(hit['title'] or '(no headline)')}",
        INDENT + printable(" · ".join(filter(None, [*facts, found]))),
        INDENT + printable(hit["url"]),
    ]


@watch_command.command("remove")
@click.argument("name")
@archive_option
@json_option
@click.pass_context
def remove(ctx: click.Context, name: str, folder: ArchiveFolder, as_json: bool) -> None:
    """End the watch NAME."""
    folder = chosen_folder(ctx, folder)
    watch = find_watch(folder.open_readonly(), name)
    with folder.writing(f"removing the watch {name}") as store, store.atomic():
        store.watches.remove(name)
    if as_json:
        echo_json(asdict(watch))
    else:
        click.echo(f"{name} is no longer watched.")
