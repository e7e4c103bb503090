"""`clipfile cite`: one clipping as a reference."""

from __future__ import annotations

import click

from archive.clippings import find_post_id
from archive.commands.options import archive_option
from archive.export.citations import CITATIONS, read_reference
from archive.export.selection import get_record
from archive.folder import ArchiveFolder
from archive.search.plan import DOUBTFUL_BELOW
from archive.store.withholdings import withheld_today
from archive.terminal import printable


@click.command("cite")
@click.argument("post")
@click.option(
    "--format", "format", type=click.Choice(list(CITATIONS)), default="text", show_default=True, help="What to print."
)
@click.option("--repost", is_flag=True, help="Cite the blog's page instead of the article it reposts.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format csl.")
@archive_option
def cite_command(post: str, format: str, repost: bool, as_json: bool, folder: ArchiveFolder) -> None:
    """Print the reference of POST (its id, uid or address): the original's, with where and when it was reposted."""
    db = folder.open_readonly()
    record = get_record(db, find_post_id(db, post))
    if record["kind"] == "repost" and record["confidence"] < DOUBTFUL_BELOW:
        click.echo(
            f"Note: outlet, authors and date were read with a confidence of {record['confidence']:.2f}: "
            f"see clipfile show {record['id']}",
            err=True,
        )
    if withheld := withheld_today(db.conn).get(record["id"]):
        click.echo(f"Note: the post is {printable(withheld.words)}", err=True)
    click.echo(CITATIONS["csl" if as_json else format](read_reference(record, repost=repost)), nl=False)
