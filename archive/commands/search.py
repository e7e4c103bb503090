"""`clipfile search`: a reader's words → the clippings that answer them."""

from __future__ import annotations

import click

from archive.commands.options import archive_option, echo_json, json_option
from archive.folder import ArchiveFolder
from archive.report import plural
from archive.search import Hit, Results, Sort, as_text, search, to_json
from archive.terminal import printable

GRAMMAR = """\b
words               every word, in any form: plants finds plant
"tool and die"      words that stand together          batter*   words that begin so
steel OR aluminum   one of them                        -podcast  not this (or NOT podcast)
( … )               group                              NEAR(lock ferry, 5)  near each other
outlet:freep  author:howes  title:lock  category:talent  tag:ports  site:michauto
kind:repost|own|press_release|other   lang:es   id:412
after:2015  before:2016-07  on:2015-07-12  year:2012..2015    when the article appeared
posted:2024-06  lag:30d..                                      when the blog posted it, how much later
is:gone|changed|doubtful|corrected   has:image|pdf|original-link

\b
Any string is accepted; what can't be understood is searched as words, and the answer says so."""


@click.command("search", epilog=GRAMMAR)
@click.argument("query", nargs=-1)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many hits to print.")
@click.option(
    "--sort",
    default="relevance",
    show_default=True,
    type=click.Choice(["relevance", "newest", "oldest", "lag"]),
    help="Best first, by the article's day, or longest from article to repost first.",
)
@click.option("--facets", is_flag=True, help="Count outlets, authors, years … over the whole result.")
@click.option("--cursor", help="Go on after the page that printed this cursor (`next_cursor` in JSON).")
@archive_option
@json_option
def search_command(
    query: tuple[str, ...],
    limit: int,
    sort: Sort,
    facets: bool,
    cursor: str | None,
    folder: ArchiveFolder,
    as_json: bool,
) -> None:
    """Find clippings: QUERY is words, phrases, fields and dates; several arguments are read as one query."""
    found = search(folder.open_readonly(), " ".join(query), limit=limit, sort=sort, facets=facets, cursor=cursor)
    if as_json:
        echo_json(to_json(found))
        return
    for hit in found.hits:
        echo_hit(hit)
    echo_summary(found)


def echo_hit(hit: Hit) -> None:
    marked = click.style("\0", fg="yellow", bold=True).split("\0") if False else ("", "")
    click.echo(f"{hit.id}  {as_text(hit.heading)}")
    click.echo(f"     {as_text(hit.snippet, *marked)}")


def echo_summary(found: Results) -> None:
    click.echo(f"{plural(found.total, 'clipping')}" + printable(found.understood.query))
