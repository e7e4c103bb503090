"""What a head or foot block is worth: its parts, its surroundings, and the confidence they earn together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.dates import day_of, fold
from archive.provenance.blocks import Block, Piece
from archive.provenance.offer import Offer, Value
from archive.provenance.page import Page, Signals
from archive.provenance.press import may_be_section


def from_block(block: Block, page: Page, signals: Signals) -> Offer | None:
    confidence, rule = _block_confidence(block, page, signals)
    if confidence <= 0:
        return None
    outlet = block.outlet
    return Offer(
        rule=rule,
        confidence=confidence,
        outlet=piece_value(
            outlet, _name(outlet), confidence if not outlet.fragment.known else min(1.0, confidence * 1.02)
        )
        if outlet
        else None,
        match=outlet.fragment.match if outlet else None,
        date=piece_value(block.date, block.date.fragment.iso or "", confidence) if block.date else None,
        authors=tuple(author_values(block, confidence)),
        agency=piece_value(block.agency, _name(block.agency), confidence) if block.agency else None,
        lines=tuple(r.index for r in block.reads),
        block=block,
    )


def _name(piece: Piece) -> str:
    match = piece.fragment.match
    return match.outlet.name if match else piece.fragment.printed


def piece_value(piece: Piece, value: str, confidence: float) -> Value:
    printed = piece.fragment.printed
    line = piece.read.line
    return Value(
        value=value,
        printed=printed if printed in line.text else line.text,
        where=line.where,
        rule=piece.fragment.rule,
        confidence=confidence,
    )


def author_values(block: Block, confidence: float) -> Iterator[Value]:
    for piece in block.authors:
        byline = piece.fragment.byline
        for name, printed in zip(byline.names, byline.printed, strict=True) if byline else ():
            line = piece.read.line
            yield Value(
                value=name,
                printed=printed if printed in line.text else line.text,
                where=line.where,
                rule="byline",
                confidence=confidence,
            )


def _block_confidence(block: Block, page: Page, signals: Signals) -> tuple[float, str]:
    """Confidence by what the block is made of; 0 when it is no provenance block."""
    if (
        block.event
        or block.listing
        or (block.outlet and (block.outlet.read.line.caption or block.outlet.read.line.quoted))
    ):
        return 0.0, "event"
    base, rule = _block_base(block, page, signals)
    if block.house and not (block.outlet and block.outlet.fragment.known and block.date):
        base -= 0.5
    base -= 0.03 * max(0, block.paragraphs_before - 3)
    if page.house.is_press and not _says_from(block):
        base -= 0.5 if _is_own_practice(block, page) else 0.2
    return max(0.0, min(base, 0.99)), rule


def _says_from(block: Block) -> bool:
    """The outlet is introduced as a source, and is not the wire that newsrooms credit every day."""
    fragment = block.outlet.fragment if block.outlet else None
    return bool(fragment and fragment.label and fragment.match and not fragment.match.outlet.agency)


_STAFFED = frozenset({"newspaper", "tv", "broadcaster", "radio", "public_radio", "wire"})


def _is_own_practice(block: Block, page: Page) -> bool:
    """On a newsroom's own site: wire copy, a sister paper's name, today's date are how it prints its own."""
    match = block.outlet.fragment.match if block.outlet else None
    own = page.house.outlet
    today = block.date is not None and block.date.fragment.iso == page.context.posted_on
    partly = not block.date and not block.labelled_author
    return bool(match and match.outlet.agency) or bool(own and (today or partly or own.kind in _STAFFED))


def _block_base(block: Block, page: Page, signals: Signals) -> tuple[float, str]:
    outlet, date, author = block.outlet, block.date, block.names or block.board
    if (
        outlet
        and outlet.fragment.match
        and outlet.fragment.match.outlet.agency
        and outlet.fragment.rule == "byline-affiliation"
    ) and (page.house.is_press or block.date is None or block.date.fragment.iso == page.context.posted_on):
        return 0.0, "wire-in-byline"
    if outlet and outlet.fragment.known:
        return _known_block(block, outlet, page, signals)
    if outlet:
        return _unknown_block(block, outlet, page, signals)
    if date and author:
        return _nameless_block(block, date, page, signals)
    if author and block.labelled_author and not block.house and _reads_on_elsewhere(signals):
        return 0.6, "byline-and-hook"
    return 0.0, "incomplete"


def _reads_on_elsewhere(signals: Signals) -> bool:
    """A call to read the whole article, or to go on reading behind a link that leaves the blog."""
    if signals.hook:
        return True
    weak = signals.weak_hook
    return bool(
        weak and weak.originals and re.search(r"\b(?:continue|keep|go on) reading\b", weak.line.text, re.IGNORECASE)
    )


def _sure(outlet: Piece, parts: int, block: Block, signals: Signals) -> float:
    """How sure the name is, seen among its neighbours: "Fortune" between a date and a byline is the magazine."""
    score, match = outlet.fragment.score, outlet.fragment.match
    if match is None or score >= 0.9:
        return score
    if match.how == "misspelt":
        return max(score, (score, 0.86, 0.92)[parts])
    supported = outlet.fragment.label or outlet.read.originals or signals.press_category or signals.hook
    if parts == 1 and not supported:
        return (
            0.4
            if outlet.fragment.printed.casefold() in _EVENT_WORDS
            else max(score, 0.7 - 0.2 * block.foot + 0.2 * (block.date is not None))
        )
    return max(score, (score, 0.92, 0.97)[parts])


_EVENT_WORDS = frozenset({"time", "hour", "people", "life", "public"})


def _heads_a_section(outlet: Piece, signals: Signals) -> bool:
    """Whether the short form of a title, with nothing that speaks of a repost, may well be a category: "Auto News"."""
    match, reposting = outlet.fragment.match, signals.press_category or signals.hook is not None
    return match is not None and not reposting and may_be_section(outlet.fragment.printed, match)


def _follows_quotation(piece: Piece, page: Page) -> bool:
    """The line before is in quotation marks: this one credits the quotation."""
    before = next((r.line.text for r in page.reads if r.index == piece.at - 1 and r.line.zone == "content"), "")
    return before[:1] in '“"«„‘' and before.rstrip()[-1:] in '”"»“’' if before else False


def _known_block(block: Block, outlet: Piece, page: Page, signals: Signals) -> tuple[float, str]:
    parts = bool(block.date) + bool(block.names or block.board)
    sure = _sure(outlet, parts, block, signals)
    glued = any(f.part == "text" for f in outlet.read.parsed.fragments)
    plain = not (outlet.fragment.label or outlet.read.originals)
    if plain and block.date is None and _heads_a_section(outlet, signals):
        return 0.35, "block:section"
    if parts == 2:
        return 0.98 * sure - 0.05 * glued, "block:known-outlet+date+author"
    if parts == 1:
        return 0.96 * sure - 0.1 * glued - 0.08 * block.foot, "block:known-outlet+" + (
            "date" if block.date else "author"
        )
    if glued or outlet.read.line.listed or (outlet.read.line.alt and not outlet.read.originals):
        return 0.3, "block:known-outlet-among-words"
    if block.paragraphs_before > 1 or block.foot:
        return (0.8 if outlet.fragment.label or signals.hook else 0.4), "block:known-outlet-late"
    if plain and ((outlet.fragment.match and outlet.fragment.match.outlet.common) or _follows_quotation(outlet, page)):
        return 0.35, "block:bare-word"
    alone = 0.86 if not signals.own_title else 0.45
    return alone * sure + (0.06 if outlet.fragment.label or outlet.read.originals else 0), "block:known-outlet"


def _unknown_block(block: Block, outlet: Piece, page: Page, signals: Signals) -> tuple[float, str]:
    shape = outlet.fragment.score
    support = (
        0.08 * signals.press_category
        + 0.06 * (signals.hook is not None)
        + 0.06 * bool(outlet.fragment.label)
        + 0.05 * bool(outlet.read.originals)
    )
    own_date = block.date is not None and block.date.fragment.iso == page.context.posted_on
    if any(f.part == "text" for f in outlet.read.parsed.fragments) or outlet.read.line.alt:
        return 0.0, "block:unknown-among-words"
    if fold(outlet.fragment.printed) == fold(page.context.title or ""):
        return 0.0, "block:headline-again"
    if block.paragraphs_before > 4:
        support -= 0.1
    if block.date and block.names:
        if shape < 0.6 and not support and not block.labelled_author:
            return 0.4, "block:unsupported-shape"
        order = 0.06 if outlet.at <= block.date.at and outlet.at <= block.authors[0].at else -0.04
        return 0.7 + 0.12 * shape + support + order - (
            0.12 if shape > 0.6 else 0.24
        ) * own_date, "block:unknown-outlet+date+author"
    if outlet.fragment.label and (block.date or block.names) and shape >= 0.4:
        return 0.66 + 0.15 * shape + support, "block:labelled-unknown-outlet"
    if block.date and (signals.press_category or signals.hook or shape >= 0.9) and shape >= 0.4:
        return 0.48 + 0.15 * shape + support - 0.2 * own_date, "block:unknown-outlet+date"
    if block.labelled_author and shape >= 0.9:
        return 0.48 + support, "block:unknown-outlet+byline"
    return 0.0, "block:unknown-outlet"


def _nameless_block(block: Block, date: Piece, page: Page, signals: Signals) -> tuple[float, str]:
    """Date and author under the title: the outlet stood there as a logo or a link, and is lost."""
    if block.house or any(p.fragment.byline and p.fragment.byline.role for p in block.authors):
        return 0.0, "in-house"
    iso, posted = day_of(date.fragment.iso), day_of(page.context.posted_on)
    same_day = date.fragment.iso == page.context.posted_on
    if signals.press_category:
        return 0.82, "block:date+author-in-press-category"
    if signals.hook and (signals.hook.originals or not same_day):
        return 0.74, "block:date+author-and-hook"
    earlier = iso is not None and posted is not None and 2 <= (posted - iso).days <= 30
    if block.labelled_author and earlier and block.paragraphs_before == 0 and not page.house.is_press:
        return 0.56, "block:date+byline-before-the-post"
    if block.labelled_author and _on_a_reposting_blog(page) and block.paragraphs_before == 0:
        return 0.58, "block:date+byline-on-a-known-blog"
    return 0.0, "block:date+author"


def _on_a_reposting_blog(page: Page) -> bool:
    """A blog we have a profile of, in its plain old layout: its own pieces there carry a byline without a date."""
    plain = not any(r.line.zone == "breadcrumb" for r in page.reads)
    return bool(page.context.house_names) and plain and not page.house.is_press
