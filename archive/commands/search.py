"""`clipfile search`: a reader's words → the clippings that answer them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from shlex import quote
from typing import Final

import click

from archive.commands.options import archive_option, asked_query, echo_json, json_option
from archive.folder import ArchiveFolder
from archive.report import plural
from archive.search import FacetValue, Hit, Results, Run, Sort, as_text, search, to_json
from archive.terminal import printable

GRAMMAR: Final = """\b
  plants              every word, in any form: finds plant and planting too
  "tool and die"      words that stand together
  batter*             words that begin so
  steel OR aluminum   one of them; (…) groups
  -podcast            not this; so does NOT podcast
  NEAR(lock ferry, 5) near each other
  outlet:freep  author:howes  title:lock  category:talent  tag:ports
  site:michauto  kind:repost|own|press_release|other  lang:es  id:412
  after:2015  before:2016-07  on:2015-07-12  year:2012..2015
                      when the article appeared
  posted:2024-06      when the blog posted it; also posted:2023..2024
  lag:30d..           so long from the article to the repost; also 'lag>7d'
  is:gone|changed|doubtful|corrected|duplicate|withheld
  has:image|pdf|original-link

\b
Any string is accepted. What can't be understood is searched as words, and the
answer says so. docs/searching.md has the whole grammar."""

INDENT: Final = "     "
WIDEST: Final = 110
SHOWN_VALUES: Final = 8


class _SearchCommand(click.Command):
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Queries"):
            formatter.write_text(GRAMMAR)


@click.command(
    "search",
    cls=_SearchCommand,
    # "-podcast" is a part of the query, so no letter after one hyphen may be an option.
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("query", nargs=-1)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many hits to print.")
@click.option(
    "--sort",
    default="relevance",
    show_default=True,
    type=click.Choice(["relevance", "newest", "oldest", "lag"]),
    help="Best first; by the article's day; or the longest from article to repost first.",
)
@click.option("--facets", is_flag=True, help="Count outlets, authors, years and more over the whole result.")
@click.option("--no-fold", is_flag=True, help="Show every repost of an article as a hit of its own.")
@click.option("--cursor", help="Go on where the page before ended: the cursor it printed.")
@archive_option
@json_option
def search_command(
    query: tuple[str, ...],
    limit: int,
    sort: Sort,
    facets: bool,
    no_fold: bool,
    cursor: str | None,
    folder: ArchiveFolder,
    as_json: bool,
) -> None:
    """Find clippings. Several arguments are read as one query; without any, the newest clippings are listed.

    Quote what the shell would take for itself: '"tool and die"', 'lag>7d'.
    """
    asked = asked_query(query, "search")
    found = search(
        folder.open_readonly(), asked, limit=limit, sort=sort, facets=facets, cursor=cursor, fold=not no_fold
    )
    if as_json:
        echo_json(to_json(found))
        return
    width = min(WIDEST, shutil.get_terminal_size().columns)
    for line in describe(found, asked, width):
        click.echo(line)


def describe(found: Results, asked: str, width: int) -> Iterator[str]:
    for hit in found.hits:
        yield from _hit(hit, width)
        yield ""
    yield from _facets(found.facets or {})
    yield _counted(found)
    if found.understood.query != " ".join(asked.split()) and found.understood.query:
        yield f"Read as: {printable(found.understood.query)}"
    for note in found.understood.notes:
        yield f"Note: {printable(note)}"
    for suggestion in found.suggestions:
        yield f"Did you mean: {printable(suggestion.query)}  ({suggestion.reason})"
    if found.next_cursor is not None:
        yield f"More: --cursor {quote(printable(found.next_cursor))}"


def _hit(hit: Hit, width: int) -> Iterator[str]:
    number = f"{hit.id:>4} "
    yield click.style(number, dim=True) + _marked(hit.heading, bold=True) if hit.title else f"{number}(no headline)"
    original = hit.original_on and f"{hit.original_on}"
    posted = hit.posted_on and f"{'re' if hit.kind == 'repost' else ''}posted {hit.posted_on}"
    facts = [hit.outlet, ", ".join(hit.authors), original, posted, "" if hit.kind == "repost" else hit.kind]
    yield INDENT + printable(" · ".join(fact.replace("_", " ") for fact in facts if fact))
    yield INDENT + click.style(printable(hit.url), fg="blue")
    for line in _wrapped(_marked(hit.snippet), width - len(INDENT)):
        yield INDENT + line
    if hit.withheld:
        yield INDENT + click.style(printable(hit.withheld), fg="red")
    for also in hit.also:
        posted = f"{also.posted_on} " if also.posted_on else ""
        yield INDENT + printable(f"also reposted {posted}at {also.url} ({also.id})")


def _marked(runs: tuple[Run, ...], *, bold: bool = False) -> str:
    """A passage for a terminal; hits stand out there, and `click.echo` leaves the colours out elsewhere."""
    before, _, after = click.style("\0", fg="yellow", bold=True).partition("\0")
    text = as_text(runs, before, after + (_BOLD if bold else ""))
    return f"{_BOLD}{text}{after}" if bold else text


_BOLD: Final = click.style("", bold=True, reset=False)


def _wrapped(text: str, width: int) -> Iterator[str]:
    """*text* in lines no wider than *width*, colours not counted."""
    line, length = "", 0
    for word in text.split(" "):
        size = len(click.unstyle(word))
        if line and length + 1 + size > width:
            yield line
            line, length = "", 0
        line = f"{line} {word}" if line else word
        length += size + bool(length)
    yield line


def _counted(found: Results) -> str:
    if not found.total:
        return "Nothing found."
    words = f"{'' if found.total_is_exact else 'More than '}{plural(found.total, 'clipping')}"
    order = {"relevance": "best first", "newest": "newest first", "oldest": "oldest first", "lag": "longest lag first"}
    once = " An article's other reposts stand below it." if any(hit.also for hit in found.hits) else ""
    return f"{words}, {order[found.sort]}.{once}" if found.total > 1 else f"{words}.{once}"


def _facets(facets: dict[str, tuple[FacetValue, ...]]) -> Iterator[str]:
    for name, values in facets.items():
        shown = [f"{printable(value.value)} {value.count:,}" for value in values[:SHOWN_VALUES]]
        if len(values) > SHOWN_VALUES:
            shown.append("…")
        if shown:
            yield f"{name:>9}  {' · '.join(shown)}"
    if any(facets.values()):
        yield ""
