"""`clipfile audit`: how well the reader does on pages a person has labelled."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import click

from archive.commands.options import archive_option, echo_json, echo_table, json_option
from archive.commands.watching import Watcher
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.outlets import use_outlets
from archive.provenance.audit import Audit, audit, reliability_rows, table_rows
from archive.report import plural
from archive.terminal import printable
from crawler.pages import UnreadablePageError
from crawler.reading import inspection, profile_for_page, read_bytes

NOTHING: Final[Mapping[str, Any]] = {"is_repost": False}
"""Stands for the reading of a page that can't be read."""

NEEDED: Final = ("is_repost", "outlet", "original_authors", "original_date", "original_url", "image_credit")
"""What of a reading is compared; its text is let go, so that memory stays flat."""


@dataclass(kw_only=True)
class Readings:
    """What the reader made of a labelled file, line by line."""

    urls: list[str] = field(default_factory=list)
    predictions: list[Mapping[str, Any]] = field(default_factory=list)
    labels: list[Mapping[str, Any]] = field(default_factory=list)
    unreadable: int = 0
    undecided: int = 0
    """Pages whose labels call their kind uncertain: left out, since then nothing of them can be judged."""

    def only(self, wanted: bool) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
        """Readings and labels of the posts that are labelled as reposts, or as none."""
        pairs = [
            (prediction, label)
            for prediction, label in zip(self.predictions, self.labels, strict=True)
            if label.get("is_repost") is wanted
        ]
        return [prediction for prediction, _ in pairs], [label for _, label in pairs]


@click.command("audit")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.jsonl")
@click.option(
    "--show", type=click.IntRange(min=0), default=0, metavar="N", help="Show so many misreadings of each field."
)
@archive_option
@json_option
def audit_command(file: Path, show: int, folder: ArchiveFolder, as_json: bool) -> None:
    """Measure the reader on FILE.jsonl, lines of {"url", "html", "labels"}.

    Labels are any of kind or is_repost, outlet, original_authors, original_date, original_url, image_credit. What a
    line does not label is not judged; null says that there is none. The archive's own outlets.toml counts.
    """
    use_outlets(folder.outlets_path)
    readings = read_file(file)
    measured = measure(readings)
    wrong = list(misread(readings))
    if as_json:
        echo_json(as_report(measured, readings, wrong))
        return
    for words in measured:
        echo_part(words, measured[words])
    if (f1 := repost_f1(measured["all"])) is not None:
        click.echo(f"Reposts are told from other posts with an F1 of {f1:.3f}.")
    click.echo(
        f"\nConfidence: of the values claimed at each, how many were wrong ({plural(len(readings.urls), 'page')})"
    )
    echo_rows([row for row in reliability_rows(measured["all"]) if row["claimed"] != "0"])
    if readings.undecided:
        click.echo(f"\n{plural(readings.undecided, 'page')} of uncertain kind left out.")
    if readings.unreadable:
        click.echo(f"\n{plural(readings.unreadable, 'page')} could not be read, and count as read as no repost.")
    echo_misread(wrong, show)


def measure(readings: Readings) -> dict[str, Audit]:
    """All pages; reposts and other posts apart, since a wrong value is worse where there is none to be found."""
    return {
        "all": audit(readings.predictions, readings.labels),
        "reposts": audit(*readings.only(True)),
        "other posts": audit(*readings.only(False)),
    }


def repost_f1(measured: Audit) -> float | None:
    """Harmonic mean of precision and recall of "is a repost"; None when nothing is labelled or claimed as one."""
    kind = measured.fields[0]
    total = 2 * kind.right + kind.wrong + kind.missed
    return 2 * kind.right / total if total else None


# --- reading the file -------------------------------------------------------------------------------------------------


def read_file(path: Path) -> Readings:
    """Every page of the file, read. Raises UsageError that names the line which is no labelled page."""
    readings, watcher = Readings(), Watcher()
    try:
        size, done = path.stat().st_size, 0
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                done += len(line)
                if line.strip():
                    take(readings, line, f"{path}, line {number}")
                watcher.show("reading pages", done, size)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from error
    finally:
        watcher.clear()
    if not readings.urls:
        raise UsageError(f"{path} has no labelled pages", hint='a line is {"url": …, "html": …, "labels": {…}}')
    return readings


def take(readings: Readings, line: str, place: str) -> None:
    try:
        page = json.loads(line)
        url, html, labels = page["url"], page["html"], read_labels(page)
        body = html.encode("utf-8", "surrogatepass")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        wrong = f"it has no {error.args[0]!r}" if isinstance(error, KeyError) else str(error)
        raise UsageError(
            f"{place} is no labelled page: {wrong}", hint='a line is {"url": …, "html": …, "labels": {…}}'
        ) from error
    if "kind" in (page.get("uncertain") or ()):
        readings.undecided += 1
        return
    readings.urls.append(url)
    readings.labels.append(labels)
    try:
        read = inspection(url, read_bytes(body, url, profile_for_page(url), "text/html; charset=utf-8"))
    except UnreadablePageError:
        readings.unreadable += 1
        readings.predictions.append(NOTHING)
        return
    compared = {name: read[name] for name in (*NEEDED, "outlet_as_printed")}
    weighed = [{"field": e["field"], "confidence": e["confidence"]} for e in read["evidence"]]
    readings.predictions.append({**compared, "evidence": weighed})


def read_labels(page: Mapping[str, Any]) -> dict[str, Any]:
    """What is labelled and sure: `uncertain` beside the labels names those that are not to be judged.

    >>> read_labels({"labels": {"kind": "own", "outlet": None, "image_credit": "AP"}, "uncertain": ["image_credit"]})
    {'outlet': None, 'is_repost': False}
    """
    labels = {name: value for name, value in page["labels"].items() if name not in (page.get("uncertain") or ())}
    kind = labels.pop("kind", None)
    if kind is not None:
        labels.setdefault("is_repost", kind == "repost")
    return labels


# --- telling of it ----------------------------------------------------------------------------------------------------


def misread(readings: Readings) -> Iterator[dict[str, Any]]:
    """Every value that is wrong or missing, with what was labelled and what was read."""
    for url, prediction, label in zip(readings.urls, readings.predictions, readings.labels, strict=True):
        for score in audit([prediction], [label]).fields:
            if score.wrong or score.missed:
                key = "is_repost" if score.field == "kind" else score.field
                how = "wrong" if score.wrong else "missed"
                yield {
                    "field": score.field, "how": how, "url": url, "label": label[key], "read": prediction.get(key),
                }  # fmt: skip


def as_report(measured: Mapping[str, Audit], readings: Readings, wrong: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "pages": len(readings.urls),
        "unreadable": readings.unreadable,
        "undecided": readings.undecided,
        "repost_f1": repost_f1(measured["all"]),
        **{words.replace(" ", "_"): _part(part) for words, part in measured.items()},
        "reliability": [{**asdict(band), "wrong_rate": band.wrong_rate} for band in measured["all"].reliability],
        "misread": wrong,
    }


def _part(measured: Audit) -> dict[str, Any]:
    scores = {
        score.field: {
            "precision": score.precision, "recall": score.recall, "wrong_rate": score.wrong_rate, **asdict(score),
        }
        for score in measured.fields
    }  # fmt: skip
    return {"posts": measured.posts, "whole": measured.whole, "fields": scores}


def echo_part(words: str, measured: Audit) -> None:
    if not measured.posts:
        return
    share = measured.whole / measured.posts
    heading = "All posts" if words == "all" else words.capitalize()
    whole = f"{measured.whole:,} ({share:.1%}) wholly right"
    click.echo(click.style(f"{heading}: {measured.posts:,}, {whole}", bold=True))
    told = [row for row in table_rows(measured) if any(row[count] != "0" for count in ("right", "wrong", "missed"))]
    echo_rows(told)
    click.echo("" if told else "Nothing was claimed, and nothing is labelled.\n")


def echo_rows(rows: Sequence[Mapping[str, str]]) -> None:
    if rows:
        echo_table([list(row.values()) for row in rows], list(rows[0]))


def echo_misread(wrong: Sequence[Mapping[str, Any]], show: int) -> None:
    for name in dict.fromkeys(each["field"] for each in wrong) if show else ():
        of_field = [each for each in wrong if each["field"] == name]
        click.echo(click.style(f"\n{name}: {len(of_field):,} misread", bold=True))
        for each in of_field[:show]:
            values = f"{_shown(each['read'])}, labelled {_shown(each['label'])}"
            click.echo(f"  {each['how']:<6}  {values}  {printable(each['url'])}")


def _shown(value: Any) -> str:
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return textwrap.shorten(printable(words), 60, placeholder=" …") if value else "nothing"
