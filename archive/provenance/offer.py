"""An offer: one way to read the page as a repost, with the printed words behind each of its values."""

from __future__ import annotations

from typing import NamedTuple

from archive.dates import fold
from archive.outlets import Match
from archive.provenance.blocks import Block


class Value(NamedTuple):
    """A value with the words behind it."""

    value: str
    printed: str
    where: str
    rule: str
    confidence: float


class Offer(NamedTuple):
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
