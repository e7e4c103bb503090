"""`clipfile export`: what a query finds, in the format other tools read."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Final

import click

from archive.commands.options import archive_option, asked_query, echo_json, json_option
from archive.commands.watching import Watcher
from archive.database import explained
from archive.errors import CannotWriteError, UsageError
from archive.export.selection import select
from archive.export.writing import FILE_FORMATS, FORMATS, export_file, export_text
from archive.folder import ArchiveFolder
from archive.report import plural
from archive.terminal import printable

STDOUT: Final = "-"


@click.command(
    "export",
    # "-podcast" is a part of the query, so no letter after one hyphen may be an option.
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("query", nargs=-1)
@click.option("--format", "format", type=click.Choice(FORMATS), required=True, help="What to write.")
@click.option("--include-withheld", is_flag=True, help="Also what is kept from the public (clipfile withhold).")
@click.option("--run", "run_id", type=int, metavar="N", help="WACZ: only what that run captured.")
@click.option("--output", default=STDOUT, metavar="FILE", help="Where to; '-', the default, is standard output.")
@archive_option
@json_option
def export_command(
    query: tuple[str, ...],
    format: str,
    include_withheld: bool,
    run_id: int | None,
    output: str,
    folder: ArchiveFolder,
    as_json: bool,
) -> None:
    """Write every clipping QUERY finds (all of them without one), in the order of their ids.

    A file is written beside its place and renamed, so that it is whole or not there. docs/citing-and-exporting.md
    says what each format holds.
    """
    asked = asked_query(query, "export")
    if run_id is not None and format != "wacz":
        raise UsageError("--run goes with --format wacz", hint="a query chooses the posts of other formats")
    if output == STDOUT:
        if as_json or format in FILE_FORMATS:
            raise UsageError(f"{'--json' if as_json else format} needs a file", hint="name one with --output FILE")
        _to_stdout(folder, asked, format, public=not include_withheld)
        return
    target = Path(output)
    watcher = Watcher()
    total = announce(folder, asked, public=not include_withheld)
    count = export_file(
        folder,
        asked,
        format,
        target,
        lambda done: watcher.show("Exporting", done, total),
        public=not include_withheld,
        run_id=run_id,
    )
    watcher.clear()
    if as_json:
        echo_json({"format": format, "clippings": count, "output": str(target), "bytes": target.stat().st_size})
    else:
        click.echo(f"{plural(count, 'clipping')} written to {printable(str(target))}")


def announce(folder: ArchiveFolder, asked: str, *, public: bool) -> int:
    """How many clippings will be written; what was read otherwise than written is said on stderr."""
    selection = select(folder.open_readonly(), asked, public=public)
    for note in selection.notes:
        click.echo(f"Note: {printable(note)}", err=True)
    return selection.count()


def _to_stdout(folder: ArchiveFolder, asked: str, format: str, *, public: bool) -> None:
    total = announce(folder, asked, public=public)
    is_shown = sys.stdout.isatty()
    watcher = Watcher()

    def progress(done: int) -> None:
        if not is_shown:  # on a terminal the clippings themselves show how far the export is
            watcher.show("Exporting", done, total)

    try:
        selection = select(folder.open_readonly(), asked, public=public)
        export_text(selection, asked, format, _write_shown if is_shown else _write_bytes, progress)
        sys.stdout.flush()
    except sqlite3.Error as error:
        raise explained(error, folder.db_path) from error
    except OSError as error:
        _abandon_stdout()
        if not isinstance(error, BrokenPipeError):  # a reader, such as head, that has had enough is no trouble
            raise CannotWriteError(f"cannot write to standard output: {error.strerror or error}") from error
    watcher.clear()


def _abandon_stdout() -> None:
    """What is still buffered goes nowhere: else Python would try to write it once more at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_bytes(text: str) -> None:
    """UTF-8 with the format's own line ends, whatever the locale."""
    sys.stdout.buffer.write(text.encode())


def _write_shown(text: str) -> None:
    """Lines for a terminal: archived words only, no control characters."""
    for line in text.splitlines():
        indent = line[: len(line) - len(line.lstrip(" "))]
        click.echo(indent + printable(line))
