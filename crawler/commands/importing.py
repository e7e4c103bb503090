"""`clipfile import`: posts that others captured, out of their WARC and WACZ files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from archive import report
from archive.commands.options import archive_option, echo_json, echo_table, json_option
from archive.commands.watching import Watcher
from archive.errors import ArchiveError
from archive.folder import ArchiveFolder
from archive.terminal import printable
from crawler.importing import Import, Outcome
from crawler.importing.sources import find_inputs

COLUMNS = ("host", "site", "posts", "pages", "answers", "first", "last")
PART = 3


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|DIR…")
@click.option("--site", metavar="NAME|URL", help="Take this blog's posts only (default: of every host that has some).")
@click.option("--dry-run", is_flag=True, help="Say what is in the files, and keep nothing.")
@archive_option
@json_option
def import_command(
    paths: tuple[Path, ...], site: str | None, dry_run: bool, folder: ArchiveFolder, as_json: bool
) -> int:
    """Take the posts out of WARC and WACZ files that another crawler made: browsertrix-crawler, wget, ArchiveBox.

    The files are kept as they are; each post enters with the moment it was captured, several captures of one post as
    its revisions. Importing a file twice adds nothing. A damaged file is refused whole.
    """
    watcher = Watcher()
    work = Import(folder, find_inputs(paths), site=site, progress=watcher.show)
    outcome = work.look() if dry_run else work.run()
    watcher.clear()
    if as_json:
        echo_json(asdict(outcome))
    else:
        tell(outcome)
    return exit_code(outcome)


def exit_code(outcome: Outcome) -> int:
    """3 when some files or pages could not be read, 1 when nothing could."""
    is_of_use = bool(outcome.runs or outcome.known or (outcome.dry_run and any(h["site"] for h in outcome.hosts)))
    if not is_of_use:
        return ArchiveError.exit_code
    return PART if outcome.refused or any(run["status"] != "done" for run in outcome.runs) else 0


def tell(outcome: Outcome) -> None:
    if outcome.hosts:
        echo_table([[host[column] or "–" for column in COLUMNS] for host in outcome.hosts], COLUMNS)
    for run in outcome.runs:
        click.echo(report.render(run, run["report"]))
        for file in run["report"]["imported"]:
            click.echo(printable(f"  {file['was']} is kept as warc/{file['name']}"))
    for name in outcome.known:
        click.echo(printable(f"{name} is in the archive already: nothing was added"))
    kept = "would be kept" if outcome.dry_run else "was kept"
    for name in outcome.without_posts:
        click.echo(printable(f"{name} holds no post{of_whom(outcome)}: nothing of it {kept}"))
    for each in outcome.refused:
        click.echo(f"clipfile: {printable(each['why'])}", err=True)


def of_whom(outcome: Outcome) -> str:
    """Whose posts were looked for, when that is what was wrong."""
    return " that is wanted" if any(host["posts"] for host in outcome.hosts) else ""
