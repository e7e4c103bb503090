"""A line cut into the parts that may name an outlet, a date or authors, and what stays unexplained."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from archive.dates import PrintedDate, find_dates, resolve
from archive.model import Line, PageContext
from archive.outlets import Match, remembering_outlets
from archive.provenance.house import House
from archive.provenance.links import DOMAIN
from archive.provenance.names import Byline, cut_label, is_role, person_shape, read_byline
from archive.provenance.press import known, outlet_shape, press, without_tail
from archive.provenance.words import METADATA_WORDS

Part = Literal["outlet", "date", "author", "role", "place", "domain", "label", "house", "text"]

LONGEST_METADATA = 170
"""Longer lines are running text."""


class Fragment(NamedTuple):
    """A part of a line with what it may mean."""

    part: Part
    printed: str
    score: float = 1.0
    match: Match | None = None
    """The outlet in the authority file, for outlets and domains."""
    date: PrintedDate | None = None
    iso: str | None = None
    byline: Byline | None = None
    label: str | None = None
    """An introducing word, lower case: from, by, source, published …"""
    rule: str = ""

    @property
    def known(self) -> bool:
        return self.match is not None


class Parsed(NamedTuple):
    """A line read as metadata: its fragments in printed order and how much of it they explain."""

    fragments: tuple[Fragment, ...]
    explained: float
    """Share of the letters that fragments other than `text` account for, 0–1."""
    alternatives: tuple[Fragment, ...] = ()
    """Other readings: a bare name could be a publication's."""

    def of(self, *parts: Part) -> list[Fragment]:
        return [f for f in self.fragments if f.part in parts]


_TIME = re.compile(
    r"(?:\b(?:at|um|à|a las|alle|às)\s+)?\b\d{1,2}(?::|h|\.)\d\d(?::\d\d)?\s*(?:[ap]\.?\s?m\b\.?)?(?:\s*(?:E[SD]?T|"
    r"C[SD]?T|P[SD]?T|GMT|UTC|Uhr)\b)?"
    r"|\b\d{1,2}\s*[ap]\.?\s?m\b\.?",
    re.IGNORECASE,
)
_DATE_LABEL = re.compile(
    r"(?:\b(?:originally |first |date )?(?:published|posted|publication date|printed|aired|appeared|date|dated|"
    r"publié(?:e)?|paru(?:e)?|publicado|"
    r"publicada|pubblicato|veröffentlicht|erschienen|datum|data|fecha|del|vom|am|du|de|on|il|le|el|em|den|in its|"
    r"print edition|issue(?: of)?)"
    r"\s*(?:on|:|le|il|el|am|em)?\s*)+$",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\b(?:updated|last modified|modified|mis à jour|aktualisiert|actualizado|aggiornato)\s*(?:on|:|le|am)?\s*$",
    re.IGNORECASE,
)
_AFTER_DATE = re.compile(r"^\s*(?:issue|edition|ausgabe|numéro|número|print edition)\b\.?", re.IGNORECASE)
_SOURCE_LABEL = re.compile(
    r"^\W{0,3}(?P<label>from|source|sources|via|outlet|publication|published (?:in|by|on|at)|posted in|originally "
    r"(?:published|posted|appeared)? ?(?:in|by|on|for|from|at)|"
    r"as (?:seen|published|featured|printed) (?:in|on)|appeared in|repost(?:ed)? from|reprinted from|republished "
    r"from|courtesy(?: of)?|article (?:from|by|in)|"
    r"story (?:from|by)|taken from|repost from|original(?:ly)?(?: from)?|excerpted from|special to|quelle|aus|"
    r"erschienen in|fuente|fonte|font|tratto da|da|publié (?:dans|par|sur)|paru dans|"
    r"publicado (?:en|em|no|na)|medio|zeitung|journal|newspaper|paper|magazine|press coverage|media coverage|in the "
    r"news|press)(?:\s*:\s*|\s+)(?-i:the\s+(?=[a-z])|"
    r"dem\s+|der\s+)?",
    re.IGNORECASE,
)
_LABELS_NEEDING_COLON = frozenset(
    "outlet publication medio zeitung journal newspaper paper press magazine original originally da aus sources".split()
)
_SPLIT = re.compile(
    r"\s*(?:\||;|•|·|\s/\s|(?<=[^\W_])/(?=[^\W_])|\s[–—-]{1,2}\s|(?<=[^\W_])[–—](?=\s?[A-Z])|\s?[–—]\s|:\s+(?=\S)|"
    r":$|(?=originally for\s))\s*"
)
_PARTING = re.compile(r"[|;•·/–—:-]|originally for\s", re.IGNORECASE)
"""Stands in every match of _SPLIT: to look for it takes a tenth of the time."""
_LABEL_COLON = re.compile(
    r"^(?P<word>by|from|author|authors|source|published|date|written by|via|por|par|von|autor|auteur|autore|fuente|"
    r"fonte|quelle|font|outlet|"
    r"publication|photo|credit|story by|text|publisher|reviewed|review|isbn|pages|title|category|interview|contact|"
    r"media contact|when|where|location|time|tags?)\s*:\s*",
    re.IGNORECASE,
)
_PAPER_NOUN = re.compile(
    r"(?:the |il |el |la |le |o |a |der |die |das )?(?:revista|diario|diário|jornal|periódico|journal|quotidien|"
    r"magazine|rivista|quotidiano|settimanale|zeitschrift|"
    r"zeitung|magazin|site|blog|portal|newspaper|semanario|diari)\s+",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){0,2}")
_EDGES = ' \t.,;:–—-|/•·*()[]"“”«»~'
_CHUNK_EDGES = _EDGES.replace(".", "").replace("(", "")
_DIGIT = re.compile(r"\d")


def parse(line: Line, context: PageContext, house: House, *, label: str | None = None) -> Parsed:
    """Read *line* as metadata, as if *label* stood before it; a line of running text yields nothing explained."""
    text = _LOGO.sub("", line.text) if line.alt else f"{label}: {line.text}" if label else line.text
    if len(text) > LONGEST_METADATA or not text:
        return _NOTHING
    if label is None and _is_prose(text):
        return Parsed(fragments=(Fragment(part="text", printed=text),), explained=0.0)
    if not _DIGIT.search(text):
        return _without_dates(text, house)
    dates = [] if "://" in text else find_dates(text, context.language, context.date_order)
    fragments: list[Fragment] = []
    at = 0
    for date in dates:
        label, before = _date_label(text[at : date.start])
        fragments += _chunks(before, house)
        fragments.append(_dated(date, label, context))
        at = date.end
    fragments += _chunks(_AFTER_DATE.sub("", text[at:]) if dates else text[at:], house)
    return _parsed(fragments)


@remembering_outlets(maxsize=2048)
def _without_dates(text: str, house: House) -> Parsed:
    """A line without a figure says the same on every page: categories, bylines, outlets and captions come again."""
    return _parsed(_chunks(text, house))


def _parsed(found: list[Fragment]) -> Parsed:
    fragments = list(_headline_before_source(found))
    return Parsed(
        fragments=tuple(fragments), alternatives=tuple(_alternatives(fragments)), explained=_explained(fragments)
    )


_ENOUGH_ORDINARY_WORDS = 4


def _is_prose(text: str) -> bool:
    """Whether half of *text*'s words, and four at least, are such as neither names nor dates nor labels are made of.

    The beginning of a sentence, such as stands above a section or for a picture, is told by one word less.
    """
    words = text.split()
    if len(words) < _ENOUGH_ORDINARY_WORDS:
        return False
    ordinary = sum([word.islower() and word.strip(_EDGES) not in METADATA_WORDS for word in words])
    if ordinary >= _ENOUGH_ORDINARY_WORDS and 2 * ordinary >= len(words):
        return True
    enough = ordinary >= _ENOUGH_ORDINARY_WORDS - 1 and 2 * ordinary >= len(words) - 1
    return enough and text[1:].islower() and not _SIGN.search(text)


_SIGN = re.compile(r"[^\w ’'-]")


_LOGO = re.compile(r"(?<=\S)\s+logo$", re.IGNORECASE)
_NOTHING = Parsed(fragments=(), explained=0.0)


def _headline_before_source(fragments: list[Fragment]) -> Iterable[Fragment]:
    """In "Harbor Plans – Repost from OUTLET" the bare words before the label are a headline, no author."""
    labelled = next(
        (i for i, f in enumerate(fragments) if f.part == "outlet" and (f.label or "").startswith(_HEADLINE_BEFORE)), 0
    )
    for i, fragment in enumerate(fragments):
        bare = i < labelled and fragment.part == "author" and fragment.label is None and not _is_surely_named(fragment)
        yield Fragment(part="text", printed=fragment.printed) if bare else fragment


def _is_surely_named(fragment: Fragment) -> bool:
    """One person and nothing else, by a name that is nothing but a name."""
    byline = fragment.byline
    return byline is not None and len(byline.names) == 1 and not byline.rest and person_shape(byline.printed[0]) == 1


_HEADLINE_BEFORE = ("repost", "via", "from", "source", "reprint", "republish")


def _alternatives(fragments: list[Fragment]) -> Iterable[Fragment]:
    """ "Tech Century" reads like a person; on a line of its own it may be the outlet."""
    byline = fragments[0].byline if len(fragments) == 1 else None
    if byline and len(byline.names) == 1 and byline.label in (None, "from"):
        printed = byline.printed[0]
        score = 0.45 if person_shape(printed) < 1 else 0.2
        if "," not in printed and len(printed.split()) <= 4:
            yield Fragment(part="outlet", printed=printed, score=score, rule="name-like-outlet")


def _explained(fragments: Iterable[Fragment]) -> float:
    lengths = [(len(f.printed), f.part != "text") for f in fragments]
    total = sum(length for length, _ in lengths)
    return sum(length for length, counts in lengths if counts) / total if total else 0.0


def _date_label(before: str) -> tuple[str | None, str]:
    if match := _UPDATED.search(before):
        return "updated", before[: match.start()]
    match = _DATE_LABEL.search(before)
    return (match.group().strip().casefold(), before[: match.start()]) if match else (None, before)


def _dated(date: PrintedDate, label: str | None, context: PageContext) -> Fragment:
    iso = resolve(date, context.posted_on)
    return Fragment(
        part="date", printed=date.text, date=date, iso=iso, label=label, score=1.0 if iso else 0.0, rule="date"
    )


def _chunks(text: str, house: House) -> list[Fragment]:
    text = (_TIME.sub(" ", text) if _DIGIT.search(text) else text).strip(_CHUNK_EDGES)
    if not text.strip(_EDGES):
        return []
    if ":" in text:
        if section := _in_section(text, house):
            return section
        if _foreign_label(text):
            return [Fragment(part="text", printed=text)]
    whole = _whole(text, house)
    return whole if whole is not None else [f for chunk in _split(text) for f in _one(chunk, house)]


_SECTION = re.compile(
    r"(?P<label>feature|featured|column|guest (?:column|commentary|essay|opinion)|"
    r"op-?ed|opinion|editorial|commentary|interview|article|story|report|analysis|"
    r"reportaje|tribuna|columna|tribune|chronique|kolumne|kommentar|gastbeitrag|editoriale|intervista|coluna|artigo)"
    r"\s*:\s+",
    re.IGNORECASE,
)


def _in_section(text: str, house: House) -> list[Fragment] | None:
    """ "Feature: OUTLET": the kind of piece is named first, and nothing follows but the outlet."""
    label = _SECTION.match(text)
    bare = text[label.end() :].strip(_EDGES) if label else ""
    match = known(bare) if bare else None
    if label is None or match is None or match.confidence < 0.8:
        return None
    return [_outlet(bare, match, house, label=label["label"].casefold(), rule="section-outlet")]


def _foreign_label(text: str) -> bool:
    """ "Employer: …", "Client: …", "Speaker: …": what follows is something else than outlet or author."""
    label, colon, rest = text.partition(": ")
    plain = colon and rest and len(label) < 26 and re.fullmatch(r"[A-Z][^\W\d_]*(?: [^\W\d_]+)?", label)
    if not plain or _LABEL_COLON.match(text) or _SOURCE_LABEL.match(text) or cut_label(text)[0]:
        return False
    return known(label) is None and not person_shape(label) and outlet_shape(label) < 0.9


def _split(text: str) -> list[str]:
    label = _LABEL_COLON.match(text)
    head, rest = (text[: label.end()], text[label.end() :]) if label else ("", text)
    parts = [p for p in _SPLIT.split(rest) if p and p.strip(_EDGES)] if _PARTING.search(rest) else [rest]
    return [head + parts[0], *parts[1:]] if parts else [text]


def _whole(text: str, house: House) -> list[Fragment] | None:
    """Read *text* in one piece where that is clear: a known name, or a byline that mentions where its author works."""
    bare = text.strip(_EDGES)
    match = known(bare) if not _TWO_NAMES.search(bare) else None
    return [_outlet(bare, match, house)] if match else None


_TWO_NAMES = re.compile(r"\s[/|–—]\s|\bBy\s")


def _one(chunk: str, house: House) -> list[Fragment]:
    for reader in (_labelled_outlet, _known_outlet, _address, _author, _job_at_outlet, _mentioned, _shape):
        if found := reader(chunk, house):
            return found
    return [Fragment(part="text", printed=chunk.strip())]


def _outlet(
    printed: str, match: Match, house: House, *, label: str | None = None, rule: str = "known-outlet"
) -> Fragment:
    part: Part = "house" if house.owns(printed) or (house.outlet and house.outlet.id == match.outlet.id) else "outlet"
    return Fragment(part=part, printed=printed, match=match, score=match.confidence, label=label, rule=rule)


def _labelled_outlet(chunk: str, house: House) -> list[Fragment] | None:
    label = _SOURCE_LABEL.match(chunk)
    if not label:
        return None
    word = label["label"].casefold()
    if (word in _LABELS_NEEDING_COLON or word.endswith((" coverage", " news"))) and ":" not in label.group():
        return None
    rest = _ARTICLE.sub("", chunk[label.end() :].strip(_EDGES))
    if not rest:
        return [Fragment(part="label", printed=chunk.strip(), label=word)]
    found = _known_outlet(rest, house) or _address(rest, house)
    if found:
        return [_with_label(found[0], word), *found[1:]]
    if word == "from" and person_shape(rest):
        return None
    if house.owns(rest):
        return [Fragment(part="house", printed=rest)]
    shape = outlet_shape(rest)
    return [Fragment(part="outlet", printed=rest, score=shape, label=word, rule="labelled-outlet")] if shape else None


_ARTICLE = re.compile(r"^(?:the|dem|der|la|el|le|il)\s+(?=[A-Z].* )")


def _with_label(fragment: Fragment, label: str) -> Fragment:
    return Fragment(
        part=fragment.part,
        printed=fragment.printed,
        score=fragment.score,
        match=fragment.match,
        label=label,
        rule=f"labelled-{fragment.rule}",
    )


def _known_outlet(chunk: str, house: House) -> list[Fragment] | None:
    bare = chunk.strip(_EDGES)
    if match := known(bare):
        return [_outlet(bare, match, house)]
    if "," not in bare and house.owns(bare):
        return [Fragment(part="house", printed=bare)]
    head, comma, tail = bare.partition(", ")
    if comma and (match := known(head)) and _PLACE.fullmatch(tail) and not person_shape(tail):
        return [_outlet(head, match, house), Fragment(part="place", printed=tail)]
    if comma and (match := known(head)) and (signed := _author(tail, house)):
        return [_outlet(head, match, house), *signed]
    noun = _PAPER_NOUN.match(bare)
    if noun and (match := known(bare[noun.end() :])):
        return [_outlet(bare[noun.end() :], match, house)]
    shorter = without_tail(bare)
    if shorter != bare and (match := known(shorter)) and not _names_another(bare[len(shorter) :], match):
        return [_outlet(shorter, match, house), Fragment(part="place", printed=bare[len(shorter) :])]
    return None


def _names_another(text: str, match: Match) -> bool:
    """Whether *text* goes on to name a second outlet that is no wire service: then the line is a list of mentions."""
    return any(m.outlet.id != match.outlet.id and not m.outlet.agency for _, _, m in press().mentions(text))


def _address(chunk: str, house: House) -> list[Fragment] | None:
    found = DOMAIN.fullmatch(chunk.strip(_EDGES)) if "." in chunk else None
    if not found:
        return None
    outlet = press().by_host(found[1].casefold())
    match = Match(outlet=outlet, how="domain", confidence=0.9) if outlet else None
    return [Fragment(part="domain", printed=chunk.strip(_EDGES), match=match)]


def _author(chunk: str, house: House) -> list[Fragment] | None:
    byline = read_byline(chunk, _is_body)
    if byline is None or (
        byline.board and byline.label is None and known(_without_board(chunk)) is None and len(chunk) > 40
    ):
        return None
    found = [
        Fragment(
            part="author",
            printed=chunk.strip(),
            byline=byline,
            label=byline.label,
            score=_author_score(chunk, byline),
            rule="byline",
        )
    ]
    for rest in byline.rest:
        found += _affiliation(rest, house)
    return found


def _author_score(chunk: str, byline: Byline) -> float:
    if byline.label:
        return 1.0
    return min((person_shape(p) for p in byline.printed), default=0.6) or 0.6


def _without_board(text: str) -> str:
    return _BOARD_WORDS.sub(" ", text).strip()


_BOARD_WORDS = re.compile(r"\b(?:editorial|staff|board|team|reports?|writers?|by)\b", re.IGNORECASE)


def _affiliation(rest: str, house: House) -> list[Fragment]:
    bare = _EMPLOYED.sub("", rest.strip(_EDGES))
    if match := known(bare) or known(_without_board(bare)):
        return [_outlet(bare, match, house, rule="byline-affiliation")]
    if job := _job_at_outlet(bare, house):
        return job
    if house.in_text(bare):
        return [Fragment(part="house", printed=bare)]
    if is_role(bare):
        return [Fragment(part="role", printed=bare)]
    shape = outlet_shape(bare)
    if shape >= 0.9:
        return [Fragment(part="outlet", printed=bare, score=shape * 0.6, rule="byline-affiliation")]
    return [Fragment(part="place", printed=bare)]


_EMPLOYED = re.compile(r"^(?:special to|for|of|from|with)\s+(?:the\s+(?=[a-z]))?", re.IGNORECASE)


def _job_at_outlet(chunk: str, house: House) -> list[Fragment] | None:
    """ "UNION-TRIBUNE STAFF WRITER", "Macomb Daily Columnist": the paper and the job in one breath."""
    words = chunk.strip(_EDGES).split()
    for cut in range(len(words) - 1, 0, -1):
        if not is_role(words[cut]):
            return None
        name = " ".join(words[:cut])
        if match := known(name):
            return [
                _outlet(name, match, house, rule="job-at-outlet"),
                Fragment(part="role", printed=" ".join(words[cut:])),
            ]
    return None


def _mentioned(chunk: str, house: House) -> list[Fragment] | None:
    """A known outlet at the end of a short chunk, glued to a headline or a name: "Old steeples, Tribune-Review"."""
    if len(chunk) > 140:
        return None
    head, comma, tail = chunk.rstrip(_EDGES).rpartition(", ")
    if comma and (match := known(tail)) and match.confidence >= 0.9:
        return [*_beside(head, house), _outlet(tail, match, house, rule="glued-outlet")]
    mentions = [m for m in press().mentions(chunk) if m[2].confidence >= 0.9]
    if len(mentions) != 1:
        return None
    start, end, match = mentions[0]
    before, after = chunk[:start].strip(_EDGES), chunk[end:].strip(_EDGES)
    outlet = _outlet(chunk[start:end], match, house, rule="glued-outlet")
    pieces = [*_beside(before, house), outlet, *_beside(after, house)]
    behind_comma = not after and re.search(r"[,;:–—-]\s*$", chunk[:start].rstrip("“\"‘'"))
    return pieces if behind_comma or all(p.part != "text" for p in pieces) else None


def _beside(text: str, house: House) -> list[Fragment]:
    if not text:
        return []
    return _author(text, house) or (
        [Fragment(part="role", printed=text)]
        if is_role(text) and len(text) < 30
        else [Fragment(part="text", printed=text)]
    )


def _shape(chunk: str, house: House) -> list[Fragment] | None:
    if _LABEL_COLON.match(chunk):
        return None
    bare = chunk.strip(_EDGES) if not chunk.endswith((".", "?", "!")) else chunk.strip()
    if is_role(bare) and len(bare) < 60 and bare[:1].isupper():
        return [Fragment(part="role", printed=bare)]
    shape = outlet_shape(bare) if bare else 0.0
    return [Fragment(part="outlet", printed=bare, score=shape, rule="outlet-shape")] if shape else None


@remembering_outlets(maxsize=2048)
def _is_body(text: str) -> bool:
    """Whether *text* is an outlet (so neither a person nor a list of them)."""
    return known(text) is not None
