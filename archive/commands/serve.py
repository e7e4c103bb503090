"""`clipfile serve`: the archive in Datasette, on this machine, for reading only."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import click

from archive.browse.metadata import merged, metadata, settings
from archive.commands.options import archive_option
from archive.errors import ArchiveError
from archive.folder import ArchiveFolder

CELL_CHARACTERS: Final = 300
"""Of a text in Datasette's tables; the row's own page has all of it."""


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.option("--open", "open_browser", is_flag=True, help="Open it in a browser.")
@archive_option
def serve_command(host: str, port: int, open_browser: bool, folder: ArchiveFolder) -> None:
    """Browse the archive with Datasette until Ctrl-C."""
    folder.open_readonly().close()
    files = write_settings(Path(tempfile.mkdtemp(prefix="clipfile-")), datasette_version())
    command = [
        sys.executable,
        "-m",
        "archive.browse",  # Datasette, with our pages
        "serve",
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


def write_settings(folder: Path, installed: tuple[int, ...]) -> list[str]:
    """Write what Datasette is told into *folder*; returns the options that name the files."""
    if installed < (1,):
        return ["--metadata", _write(folder / "metadata.json", merged(metadata(), settings()))]
    return [
        "--metadata",
        _write(folder / "metadata.json", metadata()),
        "--config",
        _write(folder / "datasette.json", settings()),
    ]


def _write(path: Path, value: object) -> str:
    path.write_text(json.dumps(value))
    return str(path)
