"""Head and foot blocks: runs of short lines that may name outlet, date and authors, and the best consistent assignment.

Every run of metadata lines is a candidate. Within it each combination of at most one outlet, one date and one group
of authors is scored by small named features (`WEIGHTS`); the best combination is the run's offer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

from archive.model import PageContext
from archive.provenance.fragments import Fragment, Part
from archive.provenance.house import House
from archive.provenance.press import press
from archive.provenance.role_rules import Role
from archive.provenance.roles import Read

WEIGHTS: dict[str, float] = {
    "outlet-known": 4.0,
    "outlet-shape": 3.0,
    "outlet-labelled": 1.0,
    "outlet-alone": 0.5,
    "outlet-linked": 0.8,
    "outlet-linked-home": 1.5,
    "outlet-agency": -1.2,
    "outlet-in-caption": -4.0,
    "outlet-as-logo": -0.6,
    "outlet-glued-to-text": -1.2,
    "date": 2.0,
    "date-labelled": 0.4,
    "date-updated": -2.5,
    "date-of-the-post-itself": -1.4,
    "author-labelled": 1.6,
    "author-bare": 1.1,
    "author-after-outlet": 0.5,
    "author-in-caption": -3.5,
    "author-of-the-house": -3.0,
    "author-behind-dash": -2.6,
    "author-as-heading": -2.0,
    "author-is-site-author": -0.8,
    "outlet-date-adjacent": 1.5,
    "outlet-author-adjacent": 1.0,
    "date-author-adjacent": 0.7,
    "apart": -1.0,
    "unused-outlet": -0.8,
    "unused-author": -0.6,
    "unused-date": -0.3,
    "house-in-run": -1.5,
    "event-in-run": -3.0,
    "one-of-many-outlets": -2.0,
    "unexplained-in-line": -0.8,
    "paragraph-before": -0.25,
}
LONGEST_RUN = 9
_SKIPPABLE: tuple[Role, ...] = (
    "credit",
    "chrome",
    "alt",
    "echo",
    "category",
    "caption",
    "site-date",
    "site-author",
    "weak-hook",
    "label",
)


Feature = tuple[str, float]
"""Name, and what it adds to the score."""


def _feature(name: str, factor: float) -> Feature:
    return name, WEIGHTS[name] * factor


def _weighted(features: Iterable[tuple[str, float]]) -> list[Feature]:
    """Features told with how much of each there is → with what they weigh."""
    return [(name, WEIGHTS[name] * factor) for name, factor in features]


_AFTER_OUTLET = _feature("author-after-outlet", 1)
_UNUSED_AUTHOR = _feature("unused-author", 0), _feature("unused-author", 1)
_UNUSED_DATE = _feature("unused-date", 0), _feature("unused-date", 1)
"""When none is left or one is used; when one is left and none used."""


class Piece(NamedTuple):
    """A fragment and the line it stands in."""

    at: int
    """Index of the line."""
    read: Read
    fragment: Fragment


@dataclass(frozen=True, kw_only=True)
class Block:
    """One run's assignment with its score and the features that made it."""

    reads: tuple[Read, ...]
    outlet: Piece | None = None
    date: Piece | None = None
    authors: tuple[Piece, ...] = ()
    score: float = 0.0
    features: tuple[Feature, ...] = ()
    agency: Piece | None = None
    paragraphs_before: int = 0
    foot: bool = False
    event: bool = False
    listing: bool = False
    """Several outlets with dates of their own: references or press mentions."""
    house: bool = False
    """The blog's own name stands among the lines."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for p in self.authors if p.fragment.byline for n in p.fragment.byline.names))

    @property
    def labelled_author(self) -> bool:
        return any(p.fragment.label for p in self.authors)

    @property
    def board(self) -> bool:
        return any(p.fragment.byline and p.fragment.byline.board for p in self.authors)


def find_blocks(reads: Sequence[Read], context: PageContext, house: House) -> list[Block]:
    """The best assignment of every run in *reads*, best first; a run with next to no text below it is a foot."""
    found = []
    paragraphs = [r.index for r in reads if r.is_paragraph]
    for run, before in _runs(reads):
        foot = before >= 2 and sum(index > run[0].index for index in paragraphs[-3:]) <= 1
        if (best := _best(run, 0 if foot else before, context, house, foot=foot)) is not None:
            found.append(best)
    return sorted(found, key=lambda b: -b.score)


def _runs(reads: Sequence[Read]) -> Iterator[tuple[list[Read], int]]:
    """Runs of metadata lines, with the number of paragraphs of running text before each."""
    run: list[Read] = []
    paragraphs, skipped = 0, 0
    for read in reads:
        if run and read.index - run[-1].index > skipped + 8:
            yield run, paragraphs
            run = []
        if _is_metadata(read):
            if run and skipped > 2:
                yield run, paragraphs
                run = []
            run.append(read)
            skipped = 0
        elif (
            run
            and not read.is_paragraph
            and len(run) < LONGEST_RUN
            and (read.has(*_SKIPPABLE) or skipped == 0)
            and len(read.line.text) < 130
        ):
            skipped += 1 if not read.has(*_SKIPPABLE) else 0
            skipped += 0 if read.has(*_SKIPPABLE) else 1
        else:
            if run:
                yield run, paragraphs
            run, skipped = [], 0
        paragraphs += read.is_paragraph
        if len(run) >= LONGEST_RUN:
            yield run, paragraphs
            run, skipped = [], 0
    if run:
        yield run, paragraphs


def _is_metadata(read: Read) -> bool:
    if not read.metadata:
        return False
    if "quote-person" in read.roles and not _signs_off(read):
        return False
    if not _NO_METADATA.isdisjoint(read.roles):
        return False
    return read.parsed.explained >= 0.34 and any(f.part in _METADATA for f in read.parsed.fragments)


_NO_METADATA: frozenset[Role] = frozenset(
    ("text", "references", "release", "contact", "salutation", "site-date", "site-author", "chrome", "credit")
)
_METADATA: frozenset[Part] = frozenset(("outlet", "date", "author", "domain", "house"))


def _signs_off(read: Read) -> bool:
    """ "— NAME, OUTLET, DATE" below an article; a quotation is signed without a date."""
    parts = {f.part for f in read.parsed.fragments if f.part != "outlet" or f.known}
    return {"outlet", "date"} <= parts


def _best(run: list[Read], before: int, context: PageContext, house: House, *, foot: bool) -> Block | None:
    pieces = [Piece(read.index, read, fragment) for read in run for fragment in read.parsed.fragments]
    likely = [p for p in pieces if p.fragment.part == "outlet"]
    outlets = likely or [Piece(read.index, read, fragment) for read in run for fragment in read.parsed.alternatives]
    dates = [p for p in pieces if p.fragment.part == "date" and p.fragment.iso][:4]
    authors = [p for p in pieces if p.fragment.part == "author"]
    outlets = outlets[:6]
    scorer = _Scorer(run, before, context, house, outlets, dates, authors)
    choices = [
        (o, d, a)
        for o, d, a in product([None, *outlets], [None, *dates], [(), *_groups(authors)])
        if (o or d or a) and _consistent(o, d, a)
    ]
    best = max(choices, key=lambda choice: scorer.score(*choice), default=None)
    return scorer.block(*best, foot=foot) if best else None


def _consistent(outlet: Piece | None, date: Piece | None, authors: tuple[Piece, ...]) -> bool:
    """A bare name is taken for the outlet only in the order outlet, date, author, and never for the author too."""
    if outlet is None or outlet.fragment.rule != "name-like-outlet":
        return True
    if not date or not authors or any(a.at == outlet.at for a in authors):
        return False
    doubtful = outlet.fragment.score > 0.4
    return all(_follows(outlet, date, author, doubtful=doubtful) for author in authors)


def _follows(outlet: Piece, date: Piece, author: Piece, *, doubtful: bool) -> bool:
    """Whether *author* stands where an author does; *doubtful*: the outlet's name is an odd one for a person."""
    near = 0 < author.at - outlet.at < 3
    return outlet.at < date.at < author.at or (near and (author.fragment.label is not None or doubtful))


def _groups(authors: list[Piece]) -> list[tuple[Piece, ...]]:
    """Each author alone, and neighbours of one kind together: two bylines on two lines."""
    singles: list[tuple[Piece, ...]] = [(a,) for a in authors[:5]]
    pairs = [
        tuple(authors[i:j])
        for i in range(min(len(authors), 4))
        for j in range(i + 2, min(len(authors), i + 3) + 1)
        if all(
            b.at - a.at <= 1 and bool(a.fragment.label) >= bool(b.fragment.label)
            for a, b in zip(authors[i:j], authors[i + 1 : j], strict=False)
        )
    ]
    return singles + pairs


def _together(name: str, one: Piece, other: Piece) -> Feature:
    """The feature *name* of two pieces that stand together; of those too far from each other, another."""
    gap = abs(one.at - other.at)
    return _feature(name, 1) if gap <= 1 else _feature(name, 0.5) if gap == 2 else _feature("apart", gap - 2)


@dataclass
class _Scorer:
    run: list[Read]
    before: int
    context: PageContext
    house: House
    outlets: list[Piece]
    dates: list[Piece]
    authors: list[Piece]

    def score(self, outlet: Piece | None, date: Piece | None, authors: tuple[Piece, ...]) -> float:
        return sum([weight for _, weight in self._features(outlet, date, authors)])

    def _features(self, outlet: Piece | None, date: Piece | None, authors: tuple[Piece, ...]) -> list[Feature]:
        found = [*self._parts[id(outlet)], *self._parts[id(date)]]
        for author in authors:
            by_name, *others = self._parts[id(author)]
            after_outlet = [_AFTER_OUTLET] if outlet and author.at >= outlet.at else []
            found += [by_name, *after_outlet, *others]
        first = authors[0] if authors else None
        if outlet and date:
            found.append(_together("outlet-date-adjacent", outlet, date))
        if outlet and first:
            found.append(_together("outlet-author-adjacent", outlet, first))
        if date and first:
            found.append(_together("date-author-adjacent", date, first))
        found += self._unused(outlet, date, authors)
        found += self._of_the_run
        return found

    @cached_property
    def _parts(self) -> dict[int, list[Feature]]:
        """The features of each piece by itself, whatever is chosen beside it."""
        return {
            id(None): [],
            **{id(piece): _weighted(self._outlet(piece)) for piece in self.outlets},
            **{id(piece): _weighted(self._date(piece)) for piece in self.dates},
            **{id(piece): _weighted(self._author(piece)) for piece in self.authors},
        }

    def block(self, outlet: Piece | None, date: Piece | None, authors: tuple[Piece, ...], *, foot: bool) -> Block:
        features = tuple(self._features(outlet, date, authors))
        return Block(
            reads=tuple(self.run), outlet=outlet, date=date, authors=authors, score=sum(w for _, w in features),
            features=features,
            agency=self._agency(outlet), paragraphs_before=self.before, foot=foot,
            event=self._has_event,
            listing=self._is_list,
            house=self._has_house,
        )  # fmt: skip

    def _outlet(self, piece: Piece) -> Iterator[tuple[str, float]]:
        fragment, line = piece.fragment, piece.read.line
        yield ("outlet-known" if fragment.known else "outlet-shape"), fragment.score
        if fragment.label:
            yield "outlet-labelled", 1
        if len(piece.read.parsed.fragments) == 1:
            yield "outlet-alone", 1
        if piece.read.originals:
            home = fragment.match and any(press().by_host(u) == fragment.match.outlet for u in piece.read.originals)
            yield ("outlet-linked-home" if home else "outlet-linked"), 1
        if fragment.match and fragment.match.outlet.agency:
            yield "outlet-agency", 1
        if line.caption or line.quoted or (line.alt and not fragment.known):
            yield "outlet-in-caption", 1
        elif line.alt:
            yield "outlet-as-logo", 1
        if any(f.part == "text" for f in piece.read.parsed.fragments):
            yield "outlet-glued-to-text", 1

    def _date(self, piece: Piece) -> Iterator[tuple[str, float]]:
        fragment = piece.fragment
        yield "date", 1
        if fragment.label == "updated":
            yield "date-updated", 1
        elif fragment.label:
            yield "date-labelled", 1
        later = [
            d
            for d in self.dates
            if d is not piece
            and (d.at, d.fragment.date.start if d.fragment.date else 0)
            > (piece.at, fragment.date.start if fragment.date else 0)
        ]
        if later and fragment.iso == self.context.posted_on:
            yield "date-of-the-post-itself", 1
        if any(f.part == "text" for f in piece.read.parsed.fragments):
            yield "unexplained-in-line", 1

    def _author(self, piece: Piece) -> Iterator[tuple[str, float]]:
        fragment, line = piece.fragment, piece.read.line
        yield ("author-labelled" if fragment.label else "author-bare"), fragment.score
        if line.caption or line.quoted or line.alt:
            yield "author-in-caption", 1
        if any(f.part == "house" for f in piece.read.parsed.fragments):
            yield "author-of-the-house", 1
        if line.text[:1] in "–—-~":
            yield "author-behind-dash", 1
        if self.context.site_author and self.context.site_author in fragment.printed:
            yield "author-is-site-author", 1
        if any(f.part == "text" for f in piece.read.parsed.fragments):
            yield "unexplained-in-line", 1
        if line.level is not None and not fragment.label and any(r.line.level is None for r in self.run):
            yield "author-as-heading", 1

    def _unused(self, outlet: Piece | None, date: Piece | None, authors: tuple[Piece, ...]) -> list[Feature]:
        author_left, date_left = bool(self.authors) and not authors, bool(self.dates) and not date
        return [*self._other_outlets[id(outlet)], _UNUSED_AUTHOR[author_left], _UNUSED_DATE[date_left]]

    @cached_property
    def _other_outlets(self) -> dict[int, list[Feature]]:
        """How many known outlets are left when one is chosen, or none; a known one leaves none to be told of."""
        known = sum(o.fragment.known for o in self.outlets)
        left = [_feature("unused-outlet", known)]
        return {id(None): left, **{id(o): [] if o.fragment.known else left for o in self.outlets}}

    @cached_property
    def _of_the_run(self) -> list[Feature]:
        """What holds whichever of its parts are chosen."""
        told = (
            ("house-in-run", self._has_house),
            ("one-of-many-outlets", self._is_list),
            ("event-in-run", self._has_event),
            ("paragraph-before", min(self.before, 10)),
        )
        return _weighted((name, float(factor)) for name, factor in told if factor)

    def _agency(self, outlet: Piece | None) -> Piece | None:
        return next(
            (o for o in self.outlets if o is not outlet and o.fragment.match and o.fragment.match.outlet.agency), None
        )

    @cached_property
    def _is_list(self) -> bool:
        """Whether the run names several outlets on lines of their own, as references and mentions do."""
        named = {
            (o.at, o.fragment.match.outlet.id)
            for o in self.outlets
            if o.fragment.match and not o.fragment.match.outlet.agency
        }
        dated = {d.at for d in self.dates}
        return len({outlet for _, outlet in named}) > 1 and len({at for at, _ in named} & dated) > 1

    @cached_property
    def _has_event(self) -> bool:
        return any(r.has("event") for r in self.run)

    @cached_property
    def _has_house(self) -> bool:
        return any(f.part == "house" for r in self.run for f in r.parsed.fragments)
