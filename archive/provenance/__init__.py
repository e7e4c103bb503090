"""The reader of provenance: who first published a post's text, who wrote it and when, with the words that say so.

`read` is what the crawl calls; `explain` shows the same decision with everything weighed on the way to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.model import READER, Line, PageContext, Reading
from archive.provenance.blocks import Block, find_blocks
from archive.provenance.choice import choose
from archive.provenance.evidence import write_reading
from archive.provenance.house import House, read_house
from archive.provenance.offer import Offer
from archive.provenance.offers import offers
from archive.provenance.page import Page, Signals, read_signals
from archive.provenance.roles import Read, read_line, setting
from archive.provenance.sentences import Attribution, read_attributions

HEAD_LINES = 40
HEAD_PARAGRAPHS = 7
"""A blog's introduction and pull quotes may stand before the block; further down stands the article."""
FOOT_LINES = 12

__all__ = ["READER", "Explanation", "LineReading", "explain", "read"]


@dataclass(frozen=True, kw_only=True)
class LineReading:
    """A line with its roles (role → rule) and what its words offer."""

    index: int
    line: Line
    roles: dict[str, str]
    parts: tuple[tuple[str, str, float], ...]
    """Part (outlet, date, author …), printed words, score."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a page was read as it was."""

    reading: Reading
    lines: tuple[LineReading, ...]
    chosen: Offer | None
    losers: tuple[Offer, ...]
    """Other ways to read the page, strongest first, with their confidence."""
    blocks: tuple[Block, ...]
    """Every run of head or foot lines with its best assignment, score and features."""
    attributions: tuple[Attribution, ...]
    signals: Signals


def read(lines: Sequence[Line], context: PageContext) -> Reading:
    """Conclude what *lines* say about where the post's text was first published. Never raises."""
    page = _page(lines, context, read_house(lines, context))
    signals = read_signals(page)
    return write_reading(page, signals, choose(page, signals, offers(page, signals)), READER)


def explain(lines: Sequence[Line], context: PageContext) -> Explanation:
    """Read like `read`, and show every line's roles, the offer taken and those that lost."""
    house = read_house(lines, context)
    page = _page(lines, context, house)
    signals = read_signals(page)
    ranked = offers(page, signals)
    choice = choose(page, signals, ranked)
    reading = write_reading(page, signals, choice, READER)
    return Explanation(
        reading=reading,
        lines=tuple(_line_reading(r) for r in page.reads),
        chosen=choice.offer,
        losers=tuple(o for o in ranked if choice.offer is None or o.lines != choice.offer.lines),
        blocks=tuple(page.blocks),
        attributions=tuple(page.attributions),
        signals=signals,
    )


def _page(lines: Sequence[Line], context: PageContext, house: House) -> Page:
    """Read head and foot in full, and of the middle only what an attribution could stand in."""
    foot_from = max(len(lines) - FOOT_LINES, _first_paragraph(lines) + 1)
    known = setting(context, house)
    reads = [read_line(i, lines[i], known, before=lines[i - 1] if i else None) for i in _edges(lines, foot_from)]
    _mark_day_of_the_post(reads, context)
    head = [r for r in reads if r.index < foot_from]
    blocks = find_blocks(reads, context, house)
    head_ends = _second_paragraph(head)
    last = len(lines) - 3
    edges = [
        (r, (r.index >= foot_from and (r.index >= last or len(r.line.text) < 320)) or r.index <= head_ends)
        for r in reads
    ]
    attributions = [a for r, edge in edges for a in read_attributions(r, context, house, edge=edge)]
    return Page(
        context=context, house=house, reads=reads, foot_from=foot_from, blocks=blocks, attributions=attributions
    )


def _mark_day_of_the_post(reads: Sequence[Read], context: PageContext) -> None:
    """The post's own day, alone on the first line below the headline, is the blog's whatever prints it.

    Only where the outlet stands neither above nor beside it, nor below it in the same paragraph: "OUTLET / DATE"
    may well be of the same day.
    """
    for number, read in enumerate(reads):
        if read.has("breadcrumb", "title", "echo", "alt", "category", "chrome", "site-author"):
            continue
        fragments = () if read.has("site-date") else read.parsed.fragments
        of_today = len(fragments) == 1 and fragments[0].part == "date" and fragments[0].iso == context.posted_on
        if of_today and not _goes_on_with_an_outlet(read, reads[number + 1 : number + 2]):
            read.roles.setdefault("site-date", "first-day-below-the-headline")
        return


def _goes_on_with_an_outlet(read: Read, following: Sequence[Read]) -> bool:
    """Whether the next line stands in the same paragraph and names a known outlet."""
    return any(
        (after.line.zone, after.line.block) == (read.line.zone, read.line.block)
        and any(fragment.known for fragment in after.parsed.of("outlet"))
        for after in following
    )


def _edges(lines: Sequence[Line], foot_from: int) -> Iterator[int]:
    """Indexes of the head's lines and the foot's: what is in between is the article, and costs nothing."""
    paragraphs = 0
    for i, line in enumerate(lines[:HEAD_LINES]):
        paragraphs += len(line.text) > 170
        if i >= foot_from or paragraphs > HEAD_PARAGRAPHS:
            break
        yield i
    yield from range(foot_from, len(lines))


def _first_paragraph(lines: Sequence[Line]) -> int:
    return next((i for i, line in enumerate(lines) if line.zone == "content" and len(line.text) > 170), 0)


def _second_paragraph(head: Sequence[Read]) -> int:
    """Index of the second paragraph of running text: down to it weaker wordings are meant as attribution."""
    paragraphs = [r.index for r in head if r.is_paragraph]
    return paragraphs[1] if len(paragraphs) > 1 else len(head)


def _line_reading(read: Read) -> LineReading:
    parts = tuple((f.part, f.printed, f.score) for f in read.parsed.fragments)
    return LineReading(
        index=read.index, line=read.line, roles={str(role): rule for role, rule in read.roles.items()}, parts=parts
    )
