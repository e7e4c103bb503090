"""`clipfile status`: one screen that says how the archive is, and an exit code for whoever watches it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from archive.commands.options import archive_option, echo_json, json_option
from archive.folder import ArchiveFolder
from archive.notifying import tell
from archive.report import plural, size
from archive.status import ArchiveStatus, SiteStatus, find_status
from archive.terminal import printable

COLOURS = {"ok": "green", "suspect": "red", "failed": "red", "damaged": "red"}


@click.command("status")
@click.option(
    "--tell", "tells", is_flag=True, help="Also send what is wrong, write the metrics, call the health check."
)
@archive_option
@json_option
def status_command(tells: bool, folder: ArchiveFolder, as_json: bool) -> int:
    """Say how the archive is. Exits 0 when all is well, else as the worst of: 5 damaged, 4 suspect, 1 failed, 3 overdue
    or done in part."""
    status = find_status(folder)
    if tells:
        tell(folder, status)
    if as_json:
        echo_json(status.as_json())
    else:
        click.echo("\n".join(lines(status)))
    return status.code


def lines(status: ArchiveStatus) -> Iterator[str]:
    for site in status.sites:
        yield from site_lines(site)
    for trouble in status.troubles:
        yield f"! {printable(trouble)}"
    used = f"{size(status.database_bytes)} of database, {size(status.warc_bytes)} of captures"
    yield f"{printable(status.archive)}: {used}, {size(status.free_bytes)} free"


def site_lines(site: SiteStatus) -> Iterator[str]:
    yield f"{click.style(site.site, bold=True)}: {click.style(site.state, fg=COLOURS.get(site.state, 'yellow'))}"
    for trouble in site.troubles:
        yield f"  ! {printable(trouble)}"
    held = [plural(site.posts, "post"), f"{site.gone:,} gone", f"{site.missing:,} missing"]
    yield f"  {', '.join(held)}; {plural(site.doubtful, 'doubtful reading')}, {site.kept_back:,} kept back"
    if run := site.last_run:
        yield f"  last run   {run['started_at']}  run {run['id']}, {run['mode']}, {run['status']}"
    yield f"  last good  {site.last_good_at or 'none yet'}"
    yield f"  next       {f'{site.next_at}  {site.every}' if site.next_at else 'not scheduled here'}"
