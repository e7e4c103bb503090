"""The `clipfile` command: which commands there are, and how an error becomes one line and an exit code.

Each command lives in a module of its own that is imported only when it is run, so that `clipfile search` pays for
neither Scrapy nor Datasette. The modules under `crawler.commands` read or crawl blogs; they are named here as text
because nothing in `archive` imports `crawler`.
"""

from __future__ import annotations

import importlib
import sqlite3
import sys
from typing import Any, Final

import click

from archive.errors import ArchiveError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "crawl": ("crawler.commands.crawl", "Crawl a blog into the archive: a site's name or any http(s) address."),
    "inspect": ("crawler.commands.inspect", "What the reader makes of one page, and why."),
    "sites": ("crawler.commands.sites", "The blogs Clipfile knows, and what it finds on one."),
    "search": ("archive.commands.search", "Find clippings in the archive."),
    "show": ("archive.commands.show", "One clipping: provenance with its evidence, revisions, captures."),
    "cite": ("archive.commands.cite", "One clipping as a reference: BibTeX, RIS, CSL-JSON or a sentence."),
    "export": ("archive.commands.export", "What a query finds as CSV, JSON Lines, Atom, SQLite or references."),
    "watch": ("archive.commands.watch", "Saved searches, which tell what is new to them after each run."),
    "publish": ("archive.commands.publish", "A public edition: headlines, outlets, dates, links, and no texts."),
    "withhold": ("archive.commands.withhold", "Keep a post from the public, until a day or for good; or take it back."),
    "review": ("archive.commands.review", "Doubtful readings, most doubtful first, with what they rest on."),
    "correct": ("archive.commands.correct", "Set right what was read of a post, or take that back."),
    "outlets": ("archive.commands.outlets", "The outlets, their spellings, and those no outlets file knows; join two."),
    "authors": ("archive.commands.authors", "The authors and how their names are spelled; join two."),
    "audit": ("crawler.commands.audit", "Measure the reader on a labelled file of pages."),
    "runs": ("archive.commands.runs", "The crawls so far, or one run's report."),
    "gaps": ("archive.commands.gaps", "Posts some source knows and the archive lacks, each with its reason."),
    "status": ("archive.commands.status", "How the archive is, on one screen; the exit code is for monitors."),
    "schedule": ("archive.commands.schedule", "Crawl a blog regularly: timer, crontab line, container or workflow."),
    "serve": ("archive.commands.serve", "Browse the archive with Datasette on this machine."),
    "import": ("crawler.commands.importing", "Take the posts out of WARC and WACZ files that others made."),
    "merge": ("archive.commands.merge", "Join another archive to this one."),
    "verify": ("archive.commands.verify", "Check every capture, every pointer and the database; name what is damaged."),
    "reread": ("crawler.commands.reread", "Read the stored captures anew with the present reader."),
    "rebuild": ("crawler.commands.rebuild", "Make the database anew from the captures alone."),
}
"""Command → the module that holds a click command of the same name, and its line in `clipfile --help`."""

EXIT_CODES: Final = {
    0: "done",
    1: "failed",
    2: "wrong usage",
    3: "done in part: some pages failed or were put off",
    4: "suspect: the pages no longer look as they did",
    5: "the archive is damaged",
    74: "the disk is full or can't be written",
    75: "another run is writing to the archive",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for, and lists them without any import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), f"{cmd_name}_command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """A database that turns out to be damaged while it is read is told of like one that can't be opened."""
        try:
            return super().invoke(ctx)
        except sqlite3.Error as error:
            from archive.commands.options import FOLDER
            from archive.database import explained

            if (folder := ctx.meta.get(FOLDER)) is None:
                raise
            raise explained(error, folder.db_path) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="clipfile", message="%(prog)s %(version)s")
def clipfile() -> None:
    """Keep a blog's reposted press, and who first published it, who wrote it and when."""


def main() -> None:
    """Run the command; every foreseen trouble is one line on stderr and an exit code of `EXIT_CODES`."""
    try:
        code = clipfile.main(prog_name="clipfile", standalone_mode=False)
    except click.exceptions.Abort:
        fail("interrupted", 130)
    except click.UsageError as error:
        fail(usage_words(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ArchiveError as error:
        fail(str(error), error.exit_code)
    except SystemExit as ended:
        # click turns a closed pipe into exit 1; but a reader who had enough (head, a pager) is no error of ours.
        sys.exit(0 if isinstance(ended.__context__, BrokenPipeError) else ended.code)
    sys.exit(code if isinstance(code, int) else 0)


def usage_words(error: click.UsageError) -> str:
    """What click says in three lines, in one."""
    words = error.format_message().rstrip(".")
    command = error.ctx.command_path if error.ctx else "clipfile"
    return f"{words[:1].lower()}{words[1:]} ({command} --help says more)"


def fail(message: str, code: int) -> None:
    click.echo(f"clipfile: {' '.join(message.split())}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
