"""`clipfile serve`: the archive in Datasette, on this machine; for reading, or for setting readings right, too."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import click

from archive.browse.editing import NAMES, PLUGIN
from archive.browse.metadata import INSTANCE, closed
from archive.commands.options import archive_option
from archive.database import is_still
from archive.errors import ArchiveError, UsageError
from archive.folder import ArchiveFolder
from archive.store.withholdings import withheld_today

CELL_CHARACTERS: Final = 300
"""Of a text in Datasette's tables; the row's own page has all of it."""


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.option("--open", "open_browser", is_flag=True, help="Open it in a browser.")
@click.option("--edit", is_flag=True, help="Let whoever sits at this machine set readings right in the browser.")
@archive_option
def serve_command(host: str, port: int, open_browser: bool, edit: bool, folder: ArchiveFolder) -> None:
    """Browse the archive with Datasette until Ctrl-C."""
    if edit and host not in NAMES:
        hint = "leave --host out, or --edit: others could set readings right, too"
        raise UsageError(f"with --edit the site is for this machine alone, not for {host}", hint=hint)
    db = folder.open_readonly()
    shut = closed(folder.db_path.stem, db.table_names() + db.view_names()) if withheld_today(db.conn) else {}
    db.close()
    if shut:
        click.echo("Something is withheld: tables and SQL are closed, our own pages leave it out", err=True)
    ours = {"plugins": {PLUGIN: {"edit": edit}}, **shut}
    files = write_settings(Path(tempfile.mkdtemp(prefix="clipfile-")), datasette_version(), ours)
    command = [
        sys.executable,
        "-m",
        "archive.browse",  # Datasette, with our pages
        "serve",
        *(["--immutable"] if is_still(folder.db_path) else []),
        str(folder.db_path),
        "--host",
        host,
        "--port",
        str(port),
        "--setting",
        "truncate_cells_html",
        str(CELL_CHARACTERS),
        *files,
    ]
    click.echo(f"Clipfile is at http://{host}:{port}/ (Ctrl-C ends it)", err=True)
    # Datasette takes this process over, so that Ctrl-C and a service manager reach it without a middleman.
    os.execv(sys.executable, [*command, *(["--open"] if open_browser else [])])


def datasette_version() -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version("datasette").split(".")[:2] if part.isdigit())
    except PackageNotFoundError as error:
        raise ArchiveError("Datasette is not installed", hint="pip install 'clipfile[browse]'") from error


def write_settings(folder: Path, installed: tuple[int, ...], ours: Mapping[str, Any]) -> list[str]:
    """Write what Datasette is told into *folder*; returns the options that name the files."""
    if installed < (1,):
        return ["--metadata", _write(folder / "metadata.json", {**INSTANCE, **ours})]
    return [
        "--metadata",
        _write(folder / "metadata.json", INSTANCE),
        "--config",
        _write(folder / "datasette.json", ours),
    ]


def _write(path: Path, value: object) -> str:
    path.write_text(json.dumps(value))
    return str(path)
