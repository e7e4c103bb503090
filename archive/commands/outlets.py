"""`clipfile outlets`: where the articles first appeared, in which spellings, and what the outlets file lacks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

import click

from archive.authorities import Unknown, entry_words, list_outlets, unknown_outlets
from archive.commands.joining import echo_alike, echo_entries, join_command
from archive.commands.options import archive_option, echo_json, json_option
from archive.folder import ArchiveFolder
from archive.report import plural
from archive.terminal import printable

POSTS_SHOWN: Final = 5


@click.group("outlets", invoke_without_command=True)
@click.option("--unknown", is_flag=True, help="Only those no outlets file knows, as entries for your own file.")
@archive_option
@json_option
@click.pass_context
def outlets_command(ctx: click.Context, unknown: bool, folder: ArchiveFolder, as_json: bool) -> None:
    """List the outlets: reposts, first and last article, and the forms they were printed in.

    With --unknown, what is printed can be put at the end of outlets.toml in the archive's folder as it is.
    """
    if ctx.invoked_subcommand:
        return
    db = folder.open_readonly()
    if unknown:
        found = unknown_outlets(db)
        if as_json:
            echo_json(list(map(asdict, found)))
        else:
            click.echo("\n".join(told(found)))
        return
    entries = list_outlets(db)
    if as_json:
        echo_json(list(map(asdict, entries)))
        return
    echo_entries(entries)
    if count := sum(entry.key is None for entry in entries):
        click.echo(f"\n{plural(count, 'outlet')} in no outlets file: clipfile outlets --unknown")
    echo_alike(entries, "outlet")


outlets_command.add_command(join_command("outlet"))


def told(found: list[Unknown]) -> Iterator[str]:
    """Valid TOML: what is said of the posts stands in comments."""
    if not found:
        yield "# Every outlet that was read is in the outlets file."
    for unknown in found:
        span = " to ".join(dict.fromkeys(day for day in (unknown.first, unknown.last) if day))
        yield _comment(f"{plural(unknown.reposts, 'repost')}{f', {span}' if span else ''}")
        if forms := ", ".join(entry_words(unknown)):
            yield _comment(f"printed also as {forms}")
        if unknown.alike:
            yield _comment(f"like {', '.join(unknown.alike)}")
        if unknown.hosts:
            yield _comment(f"links to {', '.join(unknown.hosts)}")
        for post in unknown.posts[:POSTS_SHOWN]:
            yield _comment(
                f"{post['id']}  {textwrap.shorten(post['title'] or '', 60, placeholder=' …')}  {post['url']}"
            )
        if len(unknown.posts) > POSTS_SHOWN:
            yield _comment(f"and {len(unknown.posts) - POSTS_SHOWN} more")
        yield unknown.toml
        yield ""


def _comment(words: str) -> str:
    return f"# {printable(words)}"
