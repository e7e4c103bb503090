"""`clipfile publish`: a public edition of the archive, without the texts."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.export import announce
from archive.commands.options import archive_option, asked_query, echo_json, json_option
from archive.commands.watching import Watcher
from archive.folder import ArchiveFolder
from archive.publishing import MOST_SNIPPET, SNIPPET, publish
from archive.report import plural
from archive.store.withholdings import withheld_today
from archive.terminal import printable


@click.command(
    "publish",
    # "-podcast" is a part of the query, so no letter after one hyphen may be an option.
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("query", nargs=-1)
@click.option("--output", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The database to write.")
@click.option(
    "--snippet",
    default=SNIPPET,
    show_default=True,
    type=click.IntRange(0, MOST_SNIPPET),
    help="Most characters shown of a text; 0 shows none.",
)
@archive_option
@json_option
def publish_command(query: tuple[str, ...], output: Path, snippet: int, folder: ArchiveFolder, as_json: bool) -> None:
    """Write a database for the open web: headlines, outlets, authors, dates, links, first words, and no texts.

    What is withheld (clipfile withhold) is left out. Show it with: datasette FILE --metadata FILE's metadata.
    """
    asked = asked_query(query, "publish")
    watcher = Watcher()
    total = announce(folder, asked, public=True)
    count = publish(
        folder, asked, output, snippet=snippet, progress=lambda done: watcher.show("Publishing", done, total)
    )
    watcher.clear()
    db = folder.open_readonly()
    withheld = len(withheld_today(db.conn))
    db.close()
    described = output.with_name(f"{output.stem}.metadata.json")
    if as_json:
        echo_json(
            {
                "clippings": count,
                "withheld": withheld,
                "output": str(output),
                "metadata": str(described),
                "bytes": output.stat().st_size,
            }
        )
        return
    click.echo(f"{plural(count, 'clipping')} published in {printable(str(output))}; {withheld:,} withheld")
    click.echo(f"Show it with: datasette {printable(str(output))} --metadata {printable(str(described))}")
