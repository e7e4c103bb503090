"""From the choice to the Reading: every value with the printed words behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.model import Evidence, Reading
from archive.provenance.choice import Choice, completeness
from archive.provenance.links import same_site
from archive.provenance.offer import Offer, Value
from archive.provenance.page import Page, Signals
from archive.provenance.press import press
from archive.provenance.roles import Read
from archive.urls import host_of

_CREDIT = re.compile(
    r"^\W{0,3}(?:(?:lead |header |cover |featured |main )?(?:photos?|images?|pictures?|illustrations?|graphics?|"
    r"foto|fotos|imagen|imagem|immagine|bild|crédits?|"
    r"cr[ée]dito|credit|courtesy|bildquelle|photographer)\b\s*(?:\(?s\)?)?\s*(?:photo|image|credits?|source)"
    r"?\s*(?:(?:is )?courtesy(?: of)?|provided by|by|from|via|of|©|:|/|—|–|-|di|de|por|von|par)*\s*|credit(?=[A-Z])|"
    r"©\s*|PRO(?=[A-Z]))"
    r"(?:the\s)?(?P<who>\S.{1,140}?)\s*[)–—-]*$",
    re.IGNORECASE,
)
_CREDIT_INSIDE = re.compile(
    r"(?:photo|image|picture|illustration|foto|bild)s?\s*(?:credit|courtesy of|courtesy|by|:|©)"
    r"\s*:?\s*(?P<who>[^()]{2,100}?)\)?$|\((?:photo|image|foto|bild)\b[^)]{0,80}?\bby (?P<by>[^)]{2,60})\)$",
    re.IGNORECASE,
)


def write_reading(page: Page, signals: Signals, choice: Choice, version: str) -> Reading:
    """The Reading for *choice*; a post that is no repost claims nothing but its kind and its image credit."""
    credit = _image_credit(page)
    telling = _kind_read(page, choice)
    kind = Evidence(
        field="kind",
        value=choice.kind,
        printed=telling.line.text[:200] if telling else "",
        where=telling.line.where if telling else "",
        rule=choice.rule,
        confidence=round(choice.confidence, 3),
    )
    if choice.offer is None:
        evidence = (kind, *_evidence("image_credit", (credit,) if credit else ()))
        return Reading(
            kind=choice.kind,
            confidence=round(choice.confidence, 3),
            image_credit=credit.value if credit else None,
            evidence=evidence,
            reader=version,
        )
    offer, url = choice.offer, _original_url(page, choice.offer, signals)
    how_much = completeness(page, signals)
    return Reading(
        kind="repost",
        completeness=how_much,
        outlet=offer.outlet.value if offer.outlet else None,
        outlet_id=offer.match.outlet.id if offer.match and offer.outlet else None,
        outlet_printed=offer.outlet.printed if offer.outlet else None,
        agency=_agency(offer),
        authors=tuple(dict.fromkeys(a.value for a in offer.authors)),
        original_on=offer.date.value if offer.date else None,
        original_url=url.value if url else None,
        image_credit=credit.value if credit else None,
        confidence=round(choice.confidence, 3),
        evidence=(
            kind,
            *_evidence("outlet", (offer.outlet,) if offer.outlet else ()),
            *_evidence("authors", offer.authors),
            *_evidence("original_on", (offer.date,) if offer.date else ()),
            *_evidence("original_url", (url,) if url else ()),
            *_evidence("agency", (offer.agency,) if offer.agency else ()),
            *_evidence("image_credit", (credit,) if credit else ()),
            *_completeness_evidence(page, signals, how_much, choice.confidence),
        ),
        reader=version,
    )


def _agency(offer: Offer) -> str | None:
    if offer.agency:
        return offer.agency.value
    return offer.match.outlet.name if offer.match and offer.match.outlet.agency else None


def _evidence(field: str, values: tuple[Value, ...]) -> Iterator[Evidence]:
    for v in values:
        yield Evidence(
            field=field,
            value=v.value,
            printed=v.printed,
            where=v.where,
            rule=v.rule,
            confidence=round(min(max(v.confidence, 0.0), 1.0), 3),
        )


def _completeness_evidence(page: Page, signals: Signals, value: str, confidence: float) -> Iterator[Evidence]:
    hook = signals.hook or signals.weak_hook
    if hook is not None:
        yield Evidence(
            field="completeness",
            value=value,
            printed=hook.line.text,
            where=hook.line.where,
            rule="hook",
            confidence=round(confidence * 0.8, 3),
        )


def _kind_read(page: Page, choice: Choice) -> Read | None:
    if choice.offer and choice.offer.lines:
        return next((r for r in page.reads if r.index == choice.offer.lines[0]), None)
    return next((r for r in page.reads if choice.rule in r.roles.values()), None)


def _original_url(page: Page, offer: Offer, signals: Signals) -> Value | None:
    """The link to the original: on the outlet's name, in the attribution, behind the call to read on; home first."""
    telling = (r for r in page.linked if r.index in offer.lines or "http" in r.line.text or r.has("hook", "weak-hook"))
    candidates = [(r, u) for r in telling for u in r.originals]
    if not candidates and offer.match is not None:
        homes = offer.match.outlet.domains
        linked = [r for home in homes for r in page.linked for link in r.line.links if home in link.href]
        candidates = [(r, u) for r in dict.fromkeys(linked) for u in r.originals if _is_home(u, offer)]
    ranked = sorted(candidates, key=lambda c: -_link_rank(c[0], c[1], offer))
    if not ranked or _contradicts(ranked[0][1], offer):
        return None
    read, url = ranked[0]
    confidence = 0.95 if _is_home(url, offer) else 0.8
    printed = (
        url
        if url in read.line.text
        else next((link.href for link in read.line.links if url == link.href), _href_of(read, url))
    )
    return Value(value=url, printed=printed, where=read.line.where, rule="link", confidence=confidence)


def _href_of(read: Read, url: str) -> str:
    """The link as it stands on the page, before unwrapping."""
    same = [
        link.href
        for link in read.line.links
        if same_site(host_of(link.href), host_of(url)) or host_of(url) in link.href
    ]
    return same[0] if same else read.line.links[0].href if read.line.links else read.line.text


def _link_rank(read: Read, url: str, offer: Offer) -> float:
    path = url.split("://", 1)[-1].partition("/")[2].strip("/")
    return (
        3 * _is_home(url, offer)
        + 1.5 * (read.index in offer.lines)
        + 1.2 * read.has("hook")
        + 0.5 * read.has("weak-hook")
        + 1.0 * bool(path)
    )


def _is_home(url: str, offer: Offer) -> bool:
    return offer.match is not None and press().by_host(url) is offer.match.outlet


def _contradicts(url: str, offer: Offer) -> bool:
    """A link to another known outlet's host is not the original of this one."""
    home = press().by_host(url)
    return home is not None and offer.match is not None and home != offer.match.outlet and not offer.match.outlet.agency


def _image_credit(page: Page) -> Value | None:
    for read in page.reads:
        if "credit" not in read.roles and not read.line.caption:
            continue
        text = read.line.text
        match = _CREDIT.match(text) or _CREDIT_INSIDE.search(text)
        if match is None:
            continue
        who = (match.groupdict().get("who") or match.groupdict().get("by") or "").strip(" .:–—-")
        if who and len(who) < 120:
            return Value(value=who, printed=who, where=read.line.where, rule="image-credit", confidence=0.85)
    return None
