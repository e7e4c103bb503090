"""Every way to read the page as a repost: by a block, a sentence, the headline, a link, a wire's dateline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.outlets import Match
from archive.provenance.block_offers import from_block
from archive.provenance.offer import Offer, Value
from archive.provenance.page import Page, Signals, title_lines
from archive.provenance.press import known, may_be_section, press
from archive.provenance.roles import Read
from archive.provenance.sentences import Attribution


def offers(page: Page, signals: Signals) -> list[Offer]:
    """Every way to read the page as a repost, strongest first."""
    found = [
        *(offer for block in page.blocks if (offer := from_block(block, page, signals)) is not None),
        *(_from_attribution(a, page, signals) for a in page.attributions if not a.house),
        *_from_title(page, signals),
        *_from_dateline(page),
        *_from_hook(page, signals),
        *_from_widget(page),
    ]
    return sorted(found, key=lambda o: -o.confidence)


def _from_attribution(a: Attribution, page: Page, signals: Signals) -> Offer:
    where = page.where(a.index)
    confidence = a.strength - 0.25 * (signals.own_title and a.strength < 0.95) - 0.2 * (signals.release is not None)
    wire = a.match is not None and a.match.outlet.agency
    if page.house.outlet is not None and a.strength < 0.93:
        confidence -= 0.3
    if page.house.is_press and wire:
        confidence -= 0.4
    return Offer(
        rule=a.rule,
        confidence=max(0.0, min(confidence, 0.98)),
        outlet=_attributed(a.match.outlet.name if a.match else a.outlet, a.outlet, a, where, confidence),
        match=a.match,
        date=_attributed(a.iso, a.date_printed, a, where, confidence),
        authors=tuple(_sentence_authors(a, where, confidence)),
        lines=(a.index,),
    )


def _attributed(value: str | None, printed: str | None, a: Attribution, where: str, confidence: float) -> Value | None:
    if not value or not printed:
        return None
    return Value(value=value, printed=printed, where=where, rule=f"sentence:{a.rule}", confidence=max(0.0, confidence))


def _sentence_authors(a: Attribution, where: str, confidence: float) -> Iterator[Value]:
    for name in a.byline.names if a.byline else ():
        yield Value(
            value=name,
            printed=a.byline_printed or name,
            where=where,
            rule=f"sentence:{a.rule}",
            confidence=confidence * 0.97,
        )


_TITLE_PREFIX = re.compile(r"^(?P<outlet>[^:|–—]{3,40}):\s+(?P<rest>\S.{10,})$")
_TITLE_SUFFIX = re.compile(r"^(?P<rest>.{12,}?\S)\s+(?:[|–—-]|::|via:?|from|\()\s*(?P<outlet>[^|–—]{3,45}?)\)?$")
_TITLE_VIA = re.compile(
    r"^(?P<rest>.{10,}?)\s*\b(?:via:?|repost from|originally (?:in|from|for))\s*(?P<outlet>.{3,45})$", re.IGNORECASE
)
_TITLE_PATTERNS: tuple[tuple[re.Pattern[str], float, tuple[str, ...]], ...] = (
    (_TITLE_VIA, 0.9, ("via", "repost", "originally")),
    (_TITLE_SUFFIX, 0.76, ("|", "–", "—", ":", " -", " (", " via", " from")),
    (_TITLE_PREFIX, 0.62, (":",)),
)
"""Each with its strength, and what stands, one of it, in every headline it matches, in lower case."""


_QUOTED = frozenset({"wire", "broadcaster"})
"""Kinds of outlets that headlines name as whoever said so: "BBC: league to start again"."""


def _from_title(page: Page, signals: Signals) -> Iterator[Offer]:
    """ "Corp! Magazine: …", "… – Houston Chronicle", "… via:OUTLET", in the headline or a line that repeats it."""
    if signals.own_title:
        return
    for text, where, index in title_lines(page):
        lower = text.lower()
        for pattern, strength, signs in _TITLE_PATTERNS:
            match = pattern.match(text) if any(map(lower.__contains__, signs)) else None
            found = known(match["outlet"]) if match else None
            if match and found and found.confidence >= 0.85 and not page.house.owns(match["outlet"]):
                quoted = pattern is _TITLE_PREFIX and found.outlet.kind in _QUOTED and not signals.press_category
                printed = match["outlet"].strip()
                doubtful = pattern is not _TITLE_VIA and not signals.press_category and may_be_section(printed, found)
                confidence = strength * found.confidence - 0.3 * (page.house.is_press + doubtful) - 0.2 * quoted
                value = Value(
                    value=found.outlet.name, printed=printed, where=where, rule="headline", confidence=confidence
                )
                yield Offer(rule="headline", confidence=confidence, outlet=value, match=found, lines=(index,))
                break


_AGENCIES = {
    "ap": "AP",
    "afp": "AFP",
    "reuters": "Reuters",
    "dpa": "dpa",
    "efe": "EFE",
    "upi": "UPI",
    "ansa": "ANSA",
    "lusa": "Lusa",
    "bloomberg": "Bloomberg",
    "cns": "Capital News Service",
}


def _from_dateline(page: Page) -> Iterator[Offer]:
    """ "LANSING, Mich. (AP) — …": wire copy, on a blog that is no paper."""
    for read, match in page.datelines:
        if not match["inner"] or read.index >= page.foot_from or page.house.is_press:
            continue
        found = known(match["inner"])
        if found and (found.outlet.agency or match["inner"].casefold() in _AGENCIES):
            value = Value(
                value=found.outlet.name,
                printed=match["inner"],
                where=read.line.where,
                rule="dateline-agency",
                confidence=0.78,
            )
            yield Offer(rule="dateline-agency", confidence=0.78, outlet=value, match=found, lines=(read.index,))
            return


def _from_hook(page: Page, signals: Signals) -> Iterator[Offer]:
    """A call to read the whole article elsewhere; its link's host may name the outlet."""
    if signals.own_title:
        return
    for read, strength in ((signals.hook, 0.62), (signals.weak_hook, 0.0)):
        if read is None:
            continue
        outlet = next(((press().by_host(u), u) for u in read.originals if press().by_host(u)), None)
        short = page.context.words and page.context.words < 250
        if outlet and outlet[0] and not page.house.owns(outlet[0].name):
            confidence = 0.84 if strength else 0.7 if short or signals.press_category else 0.4
            match = Match(outlet=outlet[0], how="domain", confidence=confidence)
            value = Value(
                value=outlet[0].name, printed=outlet[1], where=read.line.where, rule="link-host", confidence=confidence
            )
            yield Offer(rule="hook+link-host", confidence=confidence, outlet=value, match=match, lines=(read.index,))
        elif strength and (read.originals or signals.press_category) and not page.house.is_press:
            yield Offer(rule="hook", confidence=strength, lines=(read.index,))
    yield from _from_bare_links(page)


_PRINTED_LINK = re.compile(
    r"^\W*(?:link|url|full story|original|source|article|read more|more|lien|enlace)\s*:?\s*https?://", re.IGNORECASE
)


def _from_bare_links(page: Page) -> Iterator[Offer]:
    """ "Link: https://paper.example/…" printed at the foot."""
    for read in page.linked:
        if "://" not in read.line.text or not _PRINTED_LINK.match(read.line.text):
            continue
        found = next(((press().by_host(u), u) for u in read.originals if press().by_host(u)), None)
        if found and found[0]:
            value = Value(
                value=found[0].name,
                printed=_printed_url(read, found[1]),
                where=read.line.where,
                rule="printed-link",
                confidence=0.84,
            )
            yield Offer(
                rule="printed-link",
                confidence=0.84,
                outlet=value,
                match=Match(outlet=found[0], how="domain", confidence=0.84),
                lines=(read.index,),
            )


def _printed_url(read: Read, url: str) -> str:
    return url if url in read.line.text else read.line.text


_CONVERSATION_IMAGE = re.compile(r"\bfile[ -](?:19|20)\d{6}[ -]\d+[ -]\w+\.(?:jpe?g|png)\?ixlib", re.IGNORECASE)


def _from_widget(page: Page) -> Iterator[Offer]:
    """The Conversation's republication widget leaves its image file's name, which only its server gives out."""
    short = (r for r in page.head if "?" in r.line.text and len(r.line.text) < 120)
    read = next((r for r in short if _CONVERSATION_IMAGE.search(r.line.text)), None)
    found = known("The Conversation") if read else None
    if read and found:
        value = Value(
            value=found.outlet.name,
            printed=read.line.text,
            where=read.line.where,
            rule="republish-widget",
            confidence=0.85,
        )
        yield Offer(rule="republish-widget", confidence=0.85, outlet=value, match=found, lines=(read.index,))
