"""What commands share: the archive they work on, JSON output, text that is safe on a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

from archive.errors import UsageError
from archive.folder import DEFAULT_FOLDER, ArchiveFolder
from archive.terminal import printable

FOLDER: Final = "archive.folder"
"""Under which name the archive stands in click's `Context.meta`."""

Function = TypeVar("Function", bound=Callable[..., Any])


class _Folder(click.ParamType[ArchiveFolder]):
    name = "DIR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ArchiveFolder:
        return value if isinstance(value, ArchiveFolder) else ArchiveFolder(path=Path(value))


folder_type = _Folder()


def archive_option(function: Function) -> Function:
    """`--archive DIR`, or CLIPFILE_ARCHIVE, or ./data; the command receives it as `folder`."""
    return click.option(
        "--archive",
        "folder",
        type=folder_type,
        envvar="CLIPFILE_ARCHIVE",
        default=str(DEFAULT_FOLDER),
        show_default=True,
        help="The archive's folder (or set CLIPFILE_ARCHIVE).",
        callback=_note,
    )(function)


def _note(ctx: click.Context, _: click.Parameter, folder: ArchiveFolder) -> ArchiveFolder:
    """Which archive the command works on, for errors that don't say so themselves."""
    ctx.meta[FOLDER] = folder
    return folder


def chosen_folder(ctx: click.Context, folder: ArchiveFolder) -> ArchiveFolder:
    """`--archive` may stand before a command's own command or behind it."""
    above = ctx.parent
    if above is None or ctx.get_parameter_source("folder") is ParameterSource.COMMANDLINE:
        return folder
    is_above = above.get_parameter_source("folder") is ParameterSource.COMMANDLINE
    return above.params["folder"] if is_above else folder


def asked_query(words: Sequence[str], command: str) -> str:
    """The query that the arguments of *command* make up; a mistyped option is none, and neither is a short one.

    "-podcast" is a part of the query, so no option has a short form; who writes -o means one all the same.
    """
    if mistyped := [word for word in words if word.startswith("--")]:
        raise UsageError(f"there is no option {mistyped[0]}", hint=f"clipfile {command} --help lists them")
    if short := [word for word in words if _SHORT.fullmatch(word)]:
        letter = short[0][1]
        meant = (
            f"did you mean {named}?" if (named := _options_with(letter)) else f"clipfile {command} --help lists them;"
        )
        raise UsageError(f"there is no option -{letter}", hint=f"{meant} NOT {letter} leaves that letter out")
    return " ".join(words)


_SHORT: Final = re.compile("-[A-Za-z]")


def _options_with(letter: str) -> str:
    """The options of the command that runs which begin with *letter*."""
    context = click.get_current_context(silent=True)
    named = [name for option in context.command.params for name in option.opts] if context else []
    return " or ".join(name for name in named if name.startswith(f"--{letter.lower()}"))


def json_option(function: Function) -> Function:
    """`--json`, received as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(function)


def echo_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def echo_table(rows: Iterable[Sequence[Any]], headers: Sequence[str]) -> None:
    """A plain table; control characters of archived words never reach the terminal."""
    from tabulate import tabulate  # most commands print no table, and it takes a tenth of their start

    safe = [[printable(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    click.echo(tabulate(safe, headers=headers, tablefmt="simple", disable_numparse=False))
