"""A page's lines with their roles, the reading that was chosen and those that lost, in colour for a person."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

import click

from archive import provenance
from archive.model import Reading
from archive.provenance import Explanation, LineReading
from archive.provenance.choice import Offer
from archive.terminal import printable
from crawler.reading import ReadPage

LOSERS_SHOWN: Final = 4
WIDTH: Final = 96

COLOURS: Final = {"outlet": "green", "date": "cyan", "author": "yellow", "url": "blue", "credit": "magenta"}
"""Part of a reading → its colour, wherever it is shown."""


def explain_page(read: ReadPage) -> Iterator[str]:
    explanation = provenance.explain(read.post.lines, read.context)
    yield from _verdict(read, explanation.reading)
    yield from _lines(explanation)
    yield from _losers(explanation)
    yield from _post(read)


def _verdict(read: ReadPage, reading: Reading) -> Iterator[str]:
    yield click.style(printable(read.post.title or "(no headline)"), bold=True)
    extent = f", {reading.completeness}" if reading.completeness else ""
    yield f"{reading.kind}{extent}, confidence {reading.confidence:.2f}"
    values = (
        ("outlet", reading.outlet, "outlet"),
        ("agency", reading.agency, "outlet"),
        ("authors", ", ".join(reading.authors), "author"),
        ("published", reading.original_on, "date"),
        ("original", reading.original_url, "url"),
        ("image credit", reading.image_credit, "credit"),
    )
    for name, value, colour in values:
        if value:
            yield f"{name:>13}  {click.style(printable(value), fg=COLOURS[colour])}"
    for evidence in reading.evidence:
        if evidence.printed:
            words = textwrap.shorten(printable(evidence.printed), 70, placeholder=" …")
            yield f"{evidence.field:>13}  “{words}”  {evidence.where}, {evidence.rule}, {evidence.confidence:.2f}"


def _lines(explanation: Explanation) -> Iterator[str]:
    """Each line that was weighed; `>` marks those the chosen reading stands on."""
    yield ""
    yield click.style("Lines", bold=True)
    chosen = set(explanation.chosen.lines) if explanation.chosen else set()
    for reading in explanation.lines:
        mark = click.style(">", fg="green", bold=True) if reading.index in chosen else " "
        words = textwrap.shorten(printable(reading.line.text), WIDTH - 20, placeholder=" …")
        yield f"{mark}{reading.index:>3}  {words}"
        if notes := _notes(reading):
            yield f"       {click.style(notes, dim=True)}"


def _notes(reading: LineReading) -> str:
    roles = [f"{role} ({rule})" if rule else role for role, rule in reading.roles.items()]
    parts = [
        click.style(f"{part} “{printable(printed)}” {score:.1f}", fg=COLOURS.get(part))
        for part, printed, score in reading.parts
        if part != "text"
    ]
    return " · ".join([*roles, *parts])


def _losers(explanation: Explanation) -> Iterator[str]:
    if explanation.chosen:
        yield ""
        yield click.style("Chosen", bold=True)
        yield _offer(explanation.chosen)
    if explanation.losers:
        yield ""
        yield click.style("Weighed and not taken", bold=True)
        yield from (_offer(offer) for offer in explanation.losers[:LOSERS_SHOWN])


def _offer(offer: Offer) -> str:
    values = [value.value for value in (offer.outlet, offer.date, *offer.authors) if value]
    words = " / ".join(map(printable, values)) or "a repost, without outlet, date or author"
    return f"{offer.confidence:>6.2f}  {words}  ({offer.rule}, lines {', '.join(map(str, offer.lines)) or 'none'})"


def _post(read: ReadPage) -> Iterator[str]:
    post = read.post
    yield ""
    yield click.style("Page", bold=True)
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
            yield f"{name:>13}  {printable(value)}"
