"""`clipfile merge`: another archive joined to this one."""

from __future__ import annotations

import time
from typing import Final

import click

from archive.commands.options import archive_option, echo_json, folder_type, json_option
from archive.commands.watching import Watcher
from archive.folder import ArchiveFolder
from archive.merging import merge
from archive.report import duration, plural
from archive.terminal import printable

TOLD: Final = ("site", "run", "file", "capture", "post", "revision", "correction")


@click.command("merge")
@click.argument("other", type=folder_type, metavar="OTHER")
@archive_option
@json_option
def merge_command(other: ArchiveFolder, folder: ArchiveFolder, as_json: bool) -> None:
    """Join the archive in OTHER to this one: captures, posts, revisions, corrections, saved searches.

    OTHER is left as it is.

    A post that both hold gets one history. Joining twice adds nothing; a merge that was cut short is run again.
    """
    folder.open_readonly().close()  # refuses a folder that is no archive before anything is made there
    watcher = Watcher()
    began = time.monotonic()
    merged = merge(folder, other, watcher.show)
    watcher.clear()
    if as_json:
        counts = {f"{noun}s": merged.added[f"{noun}s"] for noun in TOLD}
        echo_json({**counts, "watches": merged.added["watches"], "notes": merged.notes})
        return
    words = [plural(merged.added[f"{noun}s"], noun) for noun in TOLD]
    searches = f"{merged.added['watches']:,} saved search{'' if merged.added['watches'] == 1 else 'es'}"
    click.echo(f"came in: {', '.join((*words, searches))} ({duration(time.monotonic() - began)})")
    for note in merged.notes:
        click.echo(printable(f"  · {note}"))
