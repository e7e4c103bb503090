"""`clipfile verify`: whether the archive is still what it was, and where it is not."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from archive import report
from archive.commands.options import archive_option, echo_json, json_option
from archive.commands.watching import Watcher
from archive.database import how_to_mend
from archive.errors import DamagedArchiveError
from archive.folder import ArchiveFolder
from archive.terminal import printable
from archive.verifying import Finding, Verification, render
from archive.verifying.files import check_files

MOST_KEPT: Final = 10_000
"""Problems that are told one by one; the rest are counted: a file of noise must not fill memory."""


class Sample(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases of click only
    """A number of captures, or a share of them: `500`, `0.05`, `5%`."""

    name = "N|SHARE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).strip()
        try:
            number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            number = 0
        is_share = text.endswith("%") or number < 1
        if number <= 0 or (is_share and number > 1) or (not is_share and number != int(number)):
            self.fail(f"{text!r} is neither a number of captures nor a share such as 0.05 or 5%", param, ctx)
        return min(number, 0.999_999) if is_share else number


@click.command("verify")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--sample", type=Sample(), help="Look at so many captures only, chosen anew each time: 500, 0.05 or 5%.")
@archive_option
@json_option
def verify_command(files: tuple[Path, ...], sample: float | None, folder: ArchiveFolder, as_json: bool) -> int:
    """Check the whole archive: every record's digests, every row's pointer, the database, its full-text index.

    With FILES, WARC or WACZ files anybody's crawler made, only these are checked, each by itself.

    What is damaged is named with address, file and offset. Nothing is changed. Ends with exit code 5 when something is
    damaged, and with 0 when all there is to say are warnings.
    """
    watcher, jobs = Watcher(), os.cpu_count() or 1
    verification = Verification(folder, sample=sample, jobs=jobs, progress=watcher.show)
    found = check_files(files, jobs=jobs) if files else verification.problems()
    problems, counts, began, is_database = [], Counter[str](), time.monotonic(), False
    for problem in found:
        counts[problem.severity] += 1
        is_database |= problem.severity == "error" and problem.file == folder.db_path.name
        if sum(counts.values()) > MOST_KEPT:
            continue
        if as_json:
            problems.append(problem)
        else:
            watcher.clear()
            click.echo(printable(render(problem)))
    watcher.clear()
    seconds = round(time.monotonic() - began, 1)
    if files:
        verification.checked.update(files=len(files), bytes=sum(path.stat().st_size for path in files))
    if as_json:
        echo_json(as_report(verification, problems, counts, seconds))
    else:
        click.echo(conclusion(verification, counts, seconds))
        if is_database and not files:
            click.echo(how_to_mend(folder.db_path))
    return DamagedArchiveError.exit_code if counts["error"] else 0


def as_report(
    verification: Verification, problems: list[Finding], counts: Counter[str], seconds: float
) -> dict[str, Any]:
    return {
        "ok": not counts["error"],
        "errors": counts["error"],
        "warnings": counts["warning"],
        "checked": dict(verification.checked),
        "seconds": seconds,
        "problems": [asdict(problem) for problem in problems],
    }


def conclusion(verification: Verification, counts: Counter[str], seconds: float) -> str:
    checked = verification.checked
    verdict = (
        f"{report.plural(counts['error'], 'error')}, {report.plural(counts['warning'], 'warning')}"
        if counts
        else "nothing is amiss"
    )
    if "captures" not in checked:
        files = f"{report.plural(checked['files'], 'file')} of {report.size(checked['bytes'])}"
        return f"{files}, {report.duration(seconds)}: {verdict}"
    captures = (
        f"{checked['sampled']:,} of {report.plural(checked['captures'], 'capture')}"
        if "sampled" in checked
        else f"{report.plural(checked['captures'], 'capture')} in {report.size(checked['bytes'])} of WARC"
    )
    return f"{captures}, {report.plural(checked['posts'], 'post')}, {report.duration(seconds)}: {verdict}"
