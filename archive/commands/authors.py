"""`clipfile authors`: who wrote the articles, in which spellings, and which names could be one."""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.authorities import list_authors
from archive.commands.joining import echo_alike, echo_entries, join_command
from archive.commands.options import archive_option, echo_json, json_option
from archive.folder import ArchiveFolder


@click.group("authors", invoke_without_command=True)
@archive_option
@json_option
@click.pass_context
def authors_command(ctx: click.Context, folder: ArchiveFolder, as_json: bool) -> None:
    """List the authors: reposts, first and last article, and the forms their names were printed in."""
    if ctx.invoked_subcommand:
        return
    entries = list_authors(folder.open_readonly())
    if as_json:
        echo_json(list(map(asdict, entries)))
        return
    echo_entries(entries)
    echo_alike(entries, "author")


authors_command.add_command(join_command("author"))
