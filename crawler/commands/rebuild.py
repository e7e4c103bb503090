"""`clipfile rebuild`: the database made anew from the captures, in place of the old one or in a new folder."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from archive.commands.options import archive_option, echo_json, json_option
from archive.commands.watching import Watcher
from archive.database import check_folder_can_be_written
from archive.errors import CannotWriteError, NoArchiveError, UsageError
from archive.folder import ArchiveFolder
from archive.outlets import use_outlets
from archive.report import plural
from archive.store import CORRECTIONS_FILE, DECISIONS_FILE
from archive.terminal import printable
from crawler.profiles import user_folders
from crawler.rebuilding import Rebuilt, put_aside, rebuild

SCRATCH: Final = "rebuilding"
KEPT_TOO: Final = (CORRECTIONS_FILE, DECISIONS_FILE, "clipfile.toml", "outlets.toml")
"""Files that a new folder gets beside the captures."""


@click.command("rebuild")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), help="Make it there and leave this one alone."
)
@archive_option
@json_option
def rebuild_command(into: Path | None, folder: ArchiveFolder, as_json: bool) -> int:
    """Make the database anew from the WARC files, corrections.jsonl and decisions.jsonl.

    Every recorded answer is read once more, run by run. The old database is put aside under another name, or left
    where it is with --into, which makes a whole archive of its own.
    """
    if not folder.warc_path.is_dir():
        raise NoArchiveError(f"there are no captures in {folder.path}", hint="name another folder with --archive DIR")
    watcher = Watcher()
    rebuilt, old = remade_there(folder, into, watcher) if into else remade_here(folder, watcher)
    watcher.clear()
    if as_json:
        echo_json({**asdict(rebuilt), "put_aside": str(old) if old else None})
    else:
        tell(rebuilt, old)
    return 3 if rebuilt.damaged or rebuilt.lost_corrections else 0


def remade_here(folder: ArchiveFolder, watcher: Watcher) -> tuple[Rebuilt, Path | None]:
    """Made in a folder beside it first: the old database stands until the new one is whole."""
    check_folder_can_be_written(folder.path)
    scratch = ArchiveFolder(path=folder.path / SCRATCH)
    with ExitStack() as resources:
        resources.enter_context(folder._locked("a rebuilding"))
        shutil.rmtree(scratch.path, ignore_errors=True)
        resources.callback(shutil.rmtree, scratch.path, ignore_errors=True)
        rebuilt = remade(folder, scratch, watcher)
        old = put_aside(folder.db_path, datetime.now(UTC))
        for path in sorted(scratch.path.glob(f"{folder.db_path.name}*")):
            path.replace(folder.path / path.name)
    return rebuilt, old


def remade_there(folder: ArchiveFolder, into: Path, watcher: Watcher) -> tuple[Rebuilt, None]:
    """A whole archive in *into*: the captures are linked where the disk is the same, else copied."""
    target = ArchiveFolder(path=into)
    if into.exists() and any(into.iterdir()):
        raise UsageError(f"{into} is not empty", hint="name a folder that is not there yet")
    check_folder_can_be_written(target.path)
    try:
        target.warc_path.mkdir()
        for path in sorted(folder.warc_path.iterdir()):
            if path.is_file():
                link_or_copy(path, target.warc_path / path.name)
        for name in KEPT_TOO:
            if (folder.path / name).is_file():
                shutil.copy2(folder.path / name, into / name)
        if (folder.path / "sites").is_dir():
            shutil.copytree(folder.path / "sites", into / "sites")
    except OSError as error:
        raise CannotWriteError(f"{into} can't be written: {error.strerror}") from error
    return remade(folder, target, watcher), None


def link_or_copy(path: Path, there: Path) -> None:
    """WARC files are never written to again once their run has ended, so two archives can share them."""
    try:
        os.link(path, there)
    except OSError:
        shutil.copy2(path, there)


def remade(folder: ArchiveFolder, target: ArchiveFolder, watcher: Watcher) -> Rebuilt:
    with target.writing("a rebuilding", watcher.show) as store:
        use_outlets(folder.outlets_path)
        return rebuild(
            folder.warc_path,
            store,
            sites=user_folders(folder.path),
            outlets=folder.outlets_path,
            corrections=text_of(folder.path / CORRECTIONS_FILE),
            decisions=text_of(folder.path / DECISIONS_FILE),
            progress=lambda done, total: watcher.show("reading the captures", done, total),
        )


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def tell(rebuilt: Rebuilt, old: Path | None) -> None:
    for place in rebuilt.damaged:
        click.echo(printable(f"damaged: {place}"))
    for name in rebuilt.left_out:
        click.echo(printable(f"left out: {name} does not tell of a run of Clipfile's"))
    if rebuilt.lost_corrections:
        lost = plural(rebuilt.lost_corrections, "correction")
        click.echo(f"{lost} of posts that no capture shows; {CORRECTIONS_FILE} keeps them")
    made = ", ".join(plural(getattr(rebuilt, f"{noun}s"), noun) for noun in ("run", "capture", "post", "revision"))
    click.echo(f"{made}, {plural(rebuilt.corrections, 'correction')}")
    if old:
        click.echo(f"The old database is {old}")
