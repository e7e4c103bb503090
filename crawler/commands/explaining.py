"""A page's lines with their roles, the reading that was chosen and those that lost, in colour for a person."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import click

from archive import provenance
from archive.model import Evidence, Reading
from archive.provenance import Explanation, LineReading
from archive.provenance.blocks import Block
from archive.provenance.choice import ACCEPT
from archive.provenance.offer import Offer
from archive.provenance.page import Signals
from archive.provenance.roles import Read
from archive.terminal import printable
from crawler.reading import ReadPage

LOSERS_SHOWN: Final = 4
BLOCKS_SHOWN: Final = 3
NARROWEST: Final = 80
WIDEST: Final = 120
ROLES: Final = 24
"""Width of the column that says what a line is."""
LABEL: Final = 12
"""Width of the names at the left."""

COLOURS: Final = {
    "outlet": "green",
    "domain": "green",
    "agency": "green",
    "date": "cyan",
    "author": "yellow",
    "url": "blue",
    "credit": "magenta",
    "house": "red",
}
"""Part of a line or of a reading → its colour, wherever it is shown."""

VALUES: Final = (
    ("outlet", "outlet", "outlet"),
    ("agency", "agency", "agency"),
    ("authors", "authors", "author"),
    ("original_on", "published", "date"),
    ("original_url", "original", "url"),
    ("image_credit", "image credit", "credit"),
    ("completeness", "carries", ""),
)
"""Field of a reading, the word for it, and its part in `COLOURS`."""


def explain_page(read: ReadPage) -> Iterator[str]:
    """The verdict first, then what it rests on: lines, blocks, the losers, and what was read from the page itself."""
    explanation = provenance.explain(read.post.lines, read.context)
    places = {line.line.where: line.index for line in explanation.lines}
    yield from _verdict(read, explanation.reading, places)
    yield from _lines(explanation, len(read.post.lines))
    yield from _offers(explanation)
    yield from _blocks(explanation.blocks)
    yield from _signals(explanation.signals)
    yield from _page(read)


def _heading(words: str, hint: str = "") -> Iterator[str]:
    yield ""
    yield click.style(words, bold=True) + (click.style(f"  {hint}", dim=True) if hint else "")


# --- the verdict ------------------------------------------------------------------------------------------------------


def _verdict(read: ReadPage, reading: Reading, places: Mapping[str, int]) -> Iterator[str]:
    yield click.style(printable(read.post.title or "(no headline)"), bold=True)
    why = next((_because(e, places) for e in reading.evidence if e.field == "kind"), "")
    yield f"{click.style(reading.kind, bold=True)}, {reading.confidence:.2f} sure: {why}"
    for field, name, part in VALUES:
        value = getattr(reading, field)
        evidence = [e for e in reading.evidence if e.field == field]
        if value and not evidence:
            yield _value(name, part, ", ".join(value) if isinstance(value, tuple) else value, "")
        for number, each in enumerate(evidence):
            yield _value("" if number else name, part, each.value, _because(each, places, each.value))


def _value(name: str, part: str, value: str, why: str) -> str:
    shown = click.style(printable(value), fg=COLOURS.get(part))
    return f"{name:>{LABEL}}  {shown}" + (f"  {click.style(why, dim=True)}" if why else "")


def _because(evidence: Evidence, places: Mapping[str, int], value: str | None = None) -> str:
    """Confidence and rule, the printed words where they are not the value itself, and the line they stand in."""
    printed = printable(evidence.printed)
    words = f"“{textwrap.shorten(printed, 60, placeholder=' …')}” " if printed and printed != value else ""
    line = f"line {places[evidence.where]}, " if evidence.where in places else ""
    sure = "" if value is None else f"{evidence.confidence:.2f} "
    where = f"{line}{evidence.rule}"
    return f"{sure}{words}({where})" if sure or words else where


# --- the lines --------------------------------------------------------------------------------------------------------


def _lines(explanation: Explanation, count: int) -> Iterator[str]:
    """Each line that was looked at, what it is beside it; the reading stands on those that are marked."""
    yield from _heading("Lines", "> the reading stands on it")
    chosen = set(explanation.chosen.lines) if explanation.chosen else set()
    expected = 0
    for reading in explanation.lines:
        if reading.index > expected:
            yield _skipped(reading.index - expected)
        expected = reading.index + 1
        yield from _line(reading, is_chosen=reading.index in chosen)
    if count > expected:
        yield _skipped(count - expected)


def _skipped(count: int) -> str:
    return click.style(f"      … {count:,} {'line' if count == 1 else 'lines'} of the article, not looked at", dim=True)


def _line(reading: LineReading, *, is_chosen: bool) -> Iterator[str]:
    """What the line is and its words side by side; below each other where that takes more than its column."""
    mark = click.style(">", fg="green", bold=True) if is_chosen else " "
    words = textwrap.shorten(printable(reading.line.text), _width() - ROLES - 8, placeholder=" …") or "…"
    shown = click.style(words, dim=True) if "text" in reading.roles and not is_chosen else words
    notes = _notes(reading)
    room = ROLES - len(click.unstyle(notes))
    if room < 0:
        yield f"{mark}{reading.index:>3}  {notes}"
        yield f"{'':6}{'':{ROLES}}{shown}"
    else:
        yield f"{mark}{reading.index:>3}  {notes}{' ' * room}{shown}"


def _notes(reading: LineReading) -> str:
    """Roles with the rule that gave them, then the parts; a part that is the whole line is not said again."""
    roles = [click.style(_role(role, rule), dim=True) for role, rule in reading.roles.items()]
    parts = [_part(part, printed, score, reading.line.text) for part, printed, score in reading.parts if part != "text"]
    return " · ".join([*roles, *parts])


def _role(role: str, rule: str) -> str:
    return role if not rule or rule in (role, "zone") else f"{role} ({rule})"


def _part(part: str, printed: str, score: float, line: str) -> str:
    words = (
        "" if printed.strip() == line.strip() else f" “{textwrap.shorten(printable(printed), 40, placeholder=' …')}”"
    )
    unsure = "" if score >= 1 else f" {score:.2f}"
    return click.style(f"{part}{words}{unsure}", fg=COLOURS.get(part))


def _width() -> int:
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 0)).columns))


# --- the decision -----------------------------------------------------------------------------------------------------


def _offers(explanation: Explanation) -> Iterator[str]:
    if explanation.chosen:
        yield from _heading("Chosen")
        yield from _offer(explanation.chosen)
    if explanation.losers:
        yield from _heading("Weighed and not taken", f"from {ACCEPT} on it could have been")
        for loser in explanation.losers[:LOSERS_SHOWN]:
            yield from _offer(loser)
        if len(explanation.losers) > LOSERS_SHOWN:
            yield f"{'':6}  … and {len(explanation.losers) - LOSERS_SHOWN} weaker"
    if not explanation.chosen and not explanation.losers:
        yield from _heading("Chosen")
        yield "  nothing on the page reads like the head or foot of a repost"


def _offer(offer: Offer) -> Iterator[str]:
    values = [(offer.outlet, "outlet"), (offer.date, "date"), *((author, "author") for author in offer.authors)]
    words = " / ".join(click.style(printable(value.value), fg=COLOURS[part]) for value, part in values if value)
    lines = f"{'line' if len(offer.lines) == 1 else 'lines'} {', '.join(map(str, offer.lines))}" if offer.lines else ""
    row = f"{offer.confidence:>6.2f}  {words or 'a repost, without outlet, date or author'}"
    why = f"({', '.join(filter(None, (offer.rule, lines)))})"
    if len(click.unstyle(row)) + 2 + len(why) <= _width():
        yield f"{row}  {click.style(why, dim=True)}"
    else:
        yield from (row, f"{'':6}  {click.style(why, dim=True)}")


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    """The sums behind the block offers: docs/provenance.md says what each feature is."""
    if not blocks:
        return
    yield from _heading("Blocks", "short lines that belong together, and what each thing about them weighs")
    for block in blocks[:BLOCKS_SHOWN]:
        lines = f"lines {block.reads[0].index}–{block.reads[-1].index}" if len(block.reads) > 1 else ""
        features = [f"{name} {weight:+.1f}" for name, weight in block.features if weight]
        where = f"{lines or f'line {block.reads[0].index}'}{', at the foot' if block.foot else ''}"
        yield from textwrap.wrap(
            f"{block.score:>6.1f}  {where}: {', '.join(features)}",
            _width(),
            subsequent_indent=" " * 8,
            break_on_hyphens=False,
        )


def _signals(signals: Signals) -> Iterator[str]:
    """What the page as a whole says; only what spoke."""
    spoke = {words: value for name, words in SIGNALS.items() if (value := getattr(signals, name))}
    if spoke:
        yield from _heading("The page as a whole")
    for words, value in spoke.items():
        more = f" (line {value.index})" if isinstance(value, Read) else f" ({value})" if isinstance(value, str) else ""
        yield f"{'':6}  {words}{more}"


SIGNALS: Final = {
    "press_category": "stands in a category of press coverage",
    "own_title": "the headline speaks of the blog’s own doings",
    "hook": "calls to read on elsewhere",
    "weak_hook": "perhaps calls to read on elsewhere",
    "release": "looks like a press release",
    "round_up": "is a round-up of several outlets",
    "own_paper": "is credited to the blog’s own paper",
    "letter": "begins like a letter",
    "event": "announces an event",
}
"""Field of `Signals` → what it means."""


# --- the page ---------------------------------------------------------------------------------------------------------


def _page(read: ReadPage) -> Iterator[str]:
    post = read.post
    yield from _heading("Page")
    facts = (
        ("posted", post.posted_on),
        ("by", post.site_author),
        ("categories", ", ".join(post.categories)),
        ("language", post.language),
        ("body", f"{post.words:,} words, found in {post.layout}"),
        ("read from", ", ".join(f"{name}: {signal}" for name, signal in sorted(post.signals.items()))),
    )
    for name, value in facts:
        if value:
            row = f"{name:>{LABEL}}  {printable(value)}"
            yield from textwrap.wrap(row, _width(), subsequent_indent=" " * (LABEL + 2), break_on_hyphens=False)
