"""The decision: is the post a repost, of what, and how sure are we?

Blocks, attribution sentences, the headline, links and calls to read on each make an offer (`Offer`); offers that agree
strengthen each other, the strongest consistent one is taken, and what speaks for a press release, a recap, an event or the blog's
own paper can forbid them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from archive.dates import day_of, fold
from archive.model import Completeness, Kind, PageContext
from archive.outlets import Match
from archive.provenance.blocks import Block, Piece
from archive.provenance.house import House
from archive.provenance.names import person_shape, recase
from archive.provenance.press import known, press
from archive.provenance.roles import Read, dateline, is_own_title, is_press_category
from archive.provenance.sentences import Attribution

ACCEPT = 0.5
"""Offers weaker than this are shown by `explain` and not taken."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """A value with the words behind it."""

    value: str
    printed: str
    where: str
    rule: str
    confidence: float


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One way to read the page as a repost."""

    rule: str
    confidence: float
    outlet: Value | None = None
    match: Match | None = None
    date: Value | None = None
    authors: tuple[Value, ...] = ()
    agency: Value | None = None
    url: Value | None = None
    lines: tuple[int, ...] = ()
    block: Block | None = None

    @property
    def outlet_key(self) -> str | None:
        if self.match:
            return self.match.outlet.id
        return fold(self.outlet.value) if self.outlet else None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything the decision looks at."""

    context: PageContext
    house: House
    reads: Sequence[Read]
    foot_from: int
    """Index of the first line counted as the foot."""
    blocks: Sequence[Block] = ()
    attributions: Sequence[Attribution] = ()

    def where(self, index: int) -> str:
        return next((r.line.where for r in self.reads if r.index == index), "")

    @property
    def head(self) -> list[Read]:
        return [r for r in self.reads if r.index < self.foot_from]


@dataclass(frozen=True, kw_only=True)
class Signals:
    """What the page as a whole says, beside any offer."""

    press_category: bool
    own_title: bool
    hook: Read | None
    weak_hook: Read | None
    release: str | None
    """The rule that shows a press release, None otherwise."""
    round_up: bool
    own_paper: bool
    """An attribution names the blog's own paper."""
    letter: bool
    event: bool


def read_signals(page: Page) -> Signals:
    """Weigh the page as a whole."""
    reads = page.reads
    return Signals(
        press_category=is_press_category([*page.context.categories, *_crumbs(reads)]),
        own_title=is_own_title(page.context.title),
        hook=next((r for r in reads if r.has("hook") and not r.has("caption")), None),
        weak_hook=next((r for r in reads if r.has("weak-hook") and not r.has("hook")), None),
        release=_release(reads),
        round_up=_is_round_up(page),
        own_paper=any(a.house for a in page.attributions)
        and not any(a.outlet and not a.house for a in page.attributions),
        letter=any(r.has("salutation") for r in reads),
        event=sum(r.has("event") for r in reads) >= 2,
    )


def _crumbs(reads: Iterable[Read]) -> list[str]:
    crumb = next((r.line.text for r in reads if r.line.zone == "breadcrumb"), "")
    return [part.strip() for part in re.split(r"[>»›/|→]", crumb)[1:]]


def _release(reads: Sequence[Read]) -> str | None:
    if found := next((r for r in reads if r.has("release")), None):
        return found.roles["release"]
    if any(r.has("release-end") for r in reads):
        return "hash-marks"
    dated = any(_dated_dateline(r) for r in reads[:25])
    contact = any(r.has("contact") for r in reads)
    return "media-contact" if contact else "dated-dateline" if dated else None


def _dated_dateline(read: Read) -> bool:
    match = dateline(read.line.text) if read.line.zone == "content" else None
    inner = (match["inner"] or "") if match else ""
    return bool(match and (match["date"] or re.search(r"\d{4}|[A-Z][a-z]+\.? \d", inner)))


def _is_round_up(page: Page) -> bool:
    """Three or more headings that begin with an outlet, or blocks of several outlets, each with text below it."""
    headed = {m.outlet.id for r in page.reads if not r.is_paragraph and (m := _heading_outlet(r)) is not None}
    blocks = {
        b.outlet.fragment.match.outlet.id
        for b in page.blocks
        if b.outlet and b.outlet.fragment.match and b.date and not b.foot
    }
    return len(headed) >= 3 or len(blocks) >= 3 or (len(headed | blocks) >= 2 and is_own_title(page.context.title))


def _heading_outlet(read: Read) -> Match | None:
    head, colon, rest = read.line.text.partition(":")
    return known(head) if colon and len(rest) > 3 and 3 <= len(head) < 40 and len(rest.split()) > 3 else None


# --- offers -----------------------------------------------------------------------------------------------------------


def offers(page: Page, signals: Signals) -> list[Offer]:
    """Every way to read the page as a repost, strongest first."""
    found = [
        *(offer for block in page.blocks if (offer := _from_block(block, page, signals)) is not None),
        *(_from_attribution(a, page, signals) for a in page.attributions if not a.house),
        *_from_title(page, signals),
        *_from_dateline(page),
        *_from_hook(page, signals),
        *_from_widget(page),
    ]
    return sorted(found, key=lambda o: -o.confidence)


def _from_block(block: Block, page: Page, signals: Signals) -> Offer | None:
    confidence, rule = _block_confidence(block, page, signals)
    if confidence <= 0:
        return None
    outlet = block.outlet
    return Offer(
        rule=rule,
        confidence=confidence,
        outlet=_value(outlet, _name(outlet), confidence if not outlet.fragment.known else min(1.0, confidence * 1.02))
        if outlet
        else None,
        match=outlet.fragment.match if outlet else None,
        date=_value(block.date, block.date.fragment.iso or "", confidence) if block.date else None,
        authors=tuple(_author_values(block, confidence)),
        agency=_value(block.agency, _name(block.agency), confidence) if block.agency else None,
        lines=tuple(r.index for r in block.reads),
        block=block,
    )


def _name(piece: Piece) -> str:
    match = piece.fragment.match
    return match.outlet.name if match else piece.fragment.printed


def _value(piece: Piece, value: str, confidence: float) -> Value:
    printed = piece.fragment.printed
    line = piece.read.line
    return Value(
        value=value,
        printed=printed if printed in line.text else line.text,
        where=line.where,
        rule=piece.fragment.rule,
        confidence=confidence,
    )


def _author_values(block: Block, confidence: float) -> Iterator[Value]:
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
    if page.house.is_press and not (block.outlet and block.outlet.fragment.label):
        base -= (
            0.5 if block.outlet and block.outlet.fragment.match and block.outlet.fragment.match.outlet.agency else 0.2
        )
    return max(0.0, min(base, 0.99)), rule


def _block_base(block: Block, page: Page, signals: Signals) -> tuple[float, str]:
    outlet, date, author = block.outlet, block.date, block.names or block.board
    if outlet and outlet.fragment.known:
        return _known_block(block, outlet, page, signals)
    if outlet:
        return _unknown_block(block, outlet, page, signals)
    if date and author:
        return _nameless_block(block, date, page, signals)
    if author and block.labelled_author and signals.hook and not block.house:
        return 0.6, "byline-and-hook"
    return 0.0, "incomplete"


def _follows_quotation(piece: Piece, page: Page) -> bool:
    """The line before is in quotation marks: this one credits the quotation."""
    before = next((r.line.text for r in page.reads if r.index == piece.at - 1 and r.line.zone == "content"), "")
    return before[:1] in '“"«„‘' and before.rstrip()[-1:] in '”"»“’' if before else False


def _known_block(block: Block, outlet: Piece, page: Page, signals: Signals) -> tuple[float, str]:
    parts = bool(block.date) + bool(block.names or block.board)
    sure = (
        max(outlet.fragment.score, (0.75, 0.9, 0.96)[parts]) if outlet.fragment.score > 0.7 else outlet.fragment.score
    )
    glued = any(f.part == "text" for f in outlet.read.parsed.fragments)
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
    plain = not (outlet.fragment.label or outlet.read.originals)
    if plain and (outlet.fragment.match and outlet.fragment.match.outlet.common or _follows_quotation(outlet, page)):
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
    return 0.0, "block:date+author"


def _from_attribution(a: Attribution, page: Page, signals: Signals) -> Offer:
    where = page.where(a.index)
    confidence = a.strength - 0.25 * (signals.own_title and a.strength < 0.95) - 0.2 * (signals.release is not None)
    own_host = page.house.outlet is not None and a.strength < 0.93
    confidence -= 0.3 * own_host
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


def _from_title(page: Page, signals: Signals) -> Iterator[Offer]:
    """ "Corp! Magazine: …", "… – Houston Chronicle", "… via:OUTLET", in the headline or a line that repeats it."""
    for text, where, index in _title_lines(page):
        for pattern, strength in ((_TITLE_VIA, 0.9), (_TITLE_SUFFIX, 0.76), (_TITLE_PREFIX, 0.62)):
            match = pattern.match(text)
            found = known(match["outlet"]) if match else None
            if (
                match
                and found
                and found.confidence >= 0.85
                and not page.house.owns(match["outlet"])
                and not signals.own_title
            ):
                confidence = strength * found.confidence - 0.3 * page.house.is_press
                printed = match["outlet"].strip()
                value = Value(
                    value=found.outlet.name, printed=printed, where=where, rule="headline", confidence=confidence
                )
                yield Offer(rule="headline", confidence=confidence, outlet=value, match=found, lines=(index,))
                break


def _title_lines(page: Page, *, headings: bool = True) -> Iterator[tuple[str, str, int]]:
    for read in page.head[:14]:
        if (
            read.line.zone == "title"
            or (headings and read.has("heading") and read.index < 10)
            or (
                page.context.title
                and len(page.context.title) > 12
                and fold(page.context.title) in fold(read.line.text)
                and len(read.line.text) < 220
            )
        ):
            yield read.line.text, read.line.where, read.index


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
    for read in page.head[:30]:
        match = dateline(read.line.text) if read.line.zone == "content" else None
        if not match or not match["inner"] or page.house.is_press:
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
        elif strength and (read.originals or signals.press_category):
            yield Offer(rule="hook", confidence=strength, lines=(read.index,))
    yield from _from_bare_links(page)


def _from_bare_links(page: Page) -> Iterator[Offer]:
    """ "Link: https://paper.example/…" printed at the foot."""
    for read in page.reads:
        if not re.match(
            r"^\W*(?:link|url|full story|original|source|article|read more|more|lien|enlace)\s*:?\s*https?://",
            read.line.text,
            re.IGNORECASE,
        ):
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
    """The Conversation's republication widget leaves the name of its image file, which only its own server gives out."""
    read = next((r for r in page.head if len(r.line.text) < 120 and _CONVERSATION_IMAGE.search(r.line.text)), None)
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


# --- the choice -------------------------------------------------------------------------------------------------------


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
        merged = replace(
            merged,
            outlet=merged.outlet or other.outlet,
            match=merged.match or other.match,
            date=merged.date or other.date,
            authors=merged.authors or other.authors,
            agency=merged.agency or other.agency,
            confidence=min(0.99, merged.confidence + (0.03 if agrees else 0.0)),
        )
    merged = replace(merged, authors=merged.authors or tuple(_loose_authors(page, merged)))
    return replace(merged, date=merged.date or _loose_date(page, merged))


def _loose_authors(page: Page, offer: Offer) -> Iterator[Value]:
    """A byline in the head of a repost whose outlet was named elsewhere, or a name in the headline."""
    beside = {i for line in offer.lines for i in range(line - 3, line + 3)}
    for block in page.blocks:
        if block.foot and block.names and beside & {p.at for p in block.authors} and not block.house:
            yield from _author_values(block, offer.confidence * 0.85)
            return
        if block.foot or not block.names or block.paragraphs_before > 1 or block.house or block.score < 0.6:
            continue
        if block.labelled_author or len(block.reads) == 1:
            yield from _author_values(block, offer.confidence * 0.85)
            return
    yield from _headline_author(page, offer)


def _headline_author(page: Page, offer: Offer) -> Iterator[Value]:
    if offer.match is None:
        return
    for text, where, _ in _title_lines(page, headings=False):
        for name in (_HONORIFIC.sub("", text.partition(": ")[0]), text.rpartition(": ")[2]):
            if ": " in text and person_shape(name) > 0.9 and known(name) is None:
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
            return _value(block.date, block.date.fragment.iso or "", offer.confidence * 0.85)
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
