"""The decision: is the post a repost, of what, and how sure are we?

Blocks, attribution sentences, the headline, links and calls to read on each make an offer (`Offer`); offers that agree
strengthen each other, the strongest consistent one is taken, and what speaks for a press release, a recap, an event or
the blog's own paper can forbid them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.model import Completeness, Kind
from archive.provenance.block_offers import author_values, piece_value
from archive.provenance.blocks import Block
from archive.provenance.names import person_shape, recase
from archive.provenance.offer import Offer, Value
from archive.provenance.page import Page, Signals, title_lines
from archive.provenance.press import known

ACCEPT = 0.5
"""Offers weaker than this are shown by `explain` and not taken."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The decision, before it is written as a Reading."""

    kind: Kind
    confidence: float
    rule: str
    offer: Offer | None = None


def choose(page: Page, signals: Signals, ranked: Sequence[Offer]) -> Choice:
    """Take the strongest offer that nothing forbids, enriched by those that agree with it."""
    best = _strongest(ranked)
    verdict = _forbidden(page, signals, best)
    if verdict is not None:
        return verdict
    if best is None or best.confidence < ACCEPT:
        return Choice(
            kind="other" if _is_guest(page) else "own", confidence=_own_confidence(best), rule="no-provenance"
        )
    merged = _merge(best, ranked, page)
    return Choice(kind="repost", confidence=merged.confidence, rule=merged.rule, offer=merged)


def _strongest(ranked: Sequence[Offer]) -> Offer | None:
    """The best offer; one that two ways of reading agree on comes before a lonely one of like strength."""

    def weight(offer: Offer) -> float:
        agreeing = sum(
            o is not offer and o.outlet_key == offer.outlet_key and o.outlet_key is not None and o.confidence > 0.4
            for o in ranked
        )
        return offer.confidence + 0.04 * min(agreeing, 2) + (0.1 if offer.outlet else 0)

    return max(ranked, key=weight, default=None)


def _forbidden(page: Page, signals: Signals, best: Offer | None) -> Choice | None:
    strength = best.confidence if best else 0.0
    if signals.release and strength < (0.93 if signals.release in ("for-immediate-release", "media-contact") else 0.8):
        return Choice(kind="press_release", confidence=0.9, rule=signals.release)
    if signals.round_up:
        return Choice(kind="own", confidence=0.85, rule="round-up")
    if signals.own_paper and strength < 0.95:
        return Choice(kind="own", confidence=0.9, rule="own-paper")
    if signals.letter and strength < 0.93:
        return Choice(kind="own", confidence=0.88, rule="letter")
    if signals.event and strength < 0.9:
        return Choice(kind="own", confidence=0.85, rule="event")
    return None


def _own_confidence(best: Offer | None) -> float:
    return 0.95 if best is None else max(0.5, 0.95 - best.confidence * 0.7)


def _is_guest(page: Page) -> bool:
    texts = [page.context.title or "", *(r.line.text for r in page.head[:12] if len(r.line.text) < 160)]
    return any(
        re.search(r"\bguest (?:post|blog|column|author|contributor|commentary)\b", t, re.IGNORECASE) for t in texts
    )


def _merge(best: Offer, ranked: Sequence[Offer], page: Page) -> Offer:
    """Fill what *best* leaves open from offers about the same outlet, then from the head's byline."""
    merged = best
    for other in ranked:
        if other is best or other.confidence < 0.3:
            continue
        same = other.outlet_key == best.outlet_key or other.outlet_key is None or best.outlet_key is None
        if not same:
            continue
        agrees = other.outlet_key is not None and other.outlet_key == best.outlet_key
        merged = merged._replace(
            outlet=merged.outlet or other.outlet,
            match=merged.match or other.match,
            date=merged.date or other.date,
            authors=merged.authors or other.authors,
            agency=merged.agency or other.agency,
            confidence=min(0.99, merged.confidence + (0.03 if agrees else 0.0)),
        )
    merged = merged._replace(authors=merged.authors or tuple(_loose_authors(page, merged)))
    return merged._replace(date=merged.date or _loose_date(page, merged))


def _loose_authors(page: Page, offer: Offer) -> Iterator[Value]:
    """A byline in the head of a repost whose outlet was named elsewhere, or a name in the headline."""
    beside = {i for line in offer.lines for i in range(line - 3, line + 3)}
    for block in page.blocks:
        if block.foot and block.names and beside & {p.at for p in block.authors} and not block.house:
            yield from author_values(block, offer.confidence * 0.85)
            return
        if block.foot or not block.names or block.paragraphs_before > 1 or block.house or block.score < 0.6:
            continue
        if block.labelled_author or _is_presented(block):
            yield from author_values(block, offer.confidence * 0.85)
            return
    yield from _headline_author(page, offer)


def _is_presented(block: Block) -> bool:
    """A bare name alone on its line, with the person's employer or office beside it."""
    beside = {f.part for r in block.reads for f in r.parsed.fragments}
    return len(block.reads) == 1 and bool(beside & {"role", "place"})


def _headline_author(page: Page, offer: Offer) -> Iterator[Value]:
    if offer.match is None:
        return
    for text, where, _ in title_lines(page, headings=False):
        for name in (_HONORIFIC.sub("", text.partition(": ")[0]), text.rpartition(": ")[2]):
            if ": " in text and person_shape(name) > 0.6 and known(name) is None:
                yield Value(value=recase(name), printed=name, where=where, rule="headline-name", confidence=0.6)
                return


_HONORIFIC = re.compile(r"^(?:Dr|Prof|Sen|Rep|Gov)\.\s")


def _loose_date(page: Page, offer: Offer) -> Value | None:
    """A date beside the byline of a repost whose outlet was named elsewhere."""
    if not offer.authors:
        return None
    for block in page.blocks:
        near = not block.foot and block.paragraphs_before == 0 and block.date and block.names and not block.house
        if near and block.date and set(block.names) & {a.value for a in offer.authors}:
            return piece_value(block.date, block.date.fragment.iso or "", offer.confidence * 0.85)
    return None


def completeness(page: Page, signals: Signals) -> Completeness:
    """How much of the article stands on the page: a call to listen, or to read on, below a short text says not all."""
    words = page.context.words
    hook = signals.hook or signals.weak_hook
    if hook and words < 60:
        return "pointer"
    audio = hook and re.search(
        r"\b(?:listen|watch|hear|écouter|escuchar|anhören|ascolta|ouça)\b", hook.line.text, re.IGNORECASE
    )
    if audio and words < 200:
        return "pointer"
    at_foot = hook is not None and hook.index >= page.foot_from
    return (
        "excerpt"
        if at_foot
        and (words < 450 or re.search(r"\bfull|complete|entire|rest|continue\b", hook.line.text if hook else "", re.I))
        else "full"
    )
