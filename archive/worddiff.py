"""Two texts side by side: paragraphs paired, the words that differ marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, Literal

Change = Literal["same", "changed", "removed", "added"]

MAX_PARAGRAPHS: Final = 2_000
MAX_WORDS: Final = 3_000
"""Of one paragraph; longer ones are shown whole, as changed."""
ALIKE: Final = 0.35
"""Share of words two paragraphs need in common to be shown as one that changed."""

_WORDS = re.compile(r"\s+|[^\w\s]|\w+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    text: str
    differs: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A paragraph before and after; one side is empty where it was added or removed."""

    change: Change
    before: Sequence[Piece] = ()
    after: Sequence[Piece] = ()


def side_by_side(before: str, after: str) -> list[Pair]:
    """
    >>> found = side_by_side("A\\nOne two.", "A\\nOne three.")
    >>> [(pair.change, [piece.text for piece in pair.after if piece.differs]) for pair in found]
    [('same', []), ('changed', ['three'])]
    """
    old, new = before.splitlines()[:MAX_PARAGRAPHS], after.splitlines()[:MAX_PARAGRAPHS]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [pair for tag, a, b, c, d in matcher.get_opcodes() for pair in _pairs(tag, old[a:b], new[c:d])]


def _pairs(tag: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    if tag == "equal":
        for line in new:
            yield Pair(change="same", before=(Piece(text=line),), after=(Piece(text=line),))
        return
    waiting = list(new)
    for line in old:
        at = next((n for n, other in enumerate(waiting) if _alike(line, other)), None)
        if at is None:
            yield Pair(change="removed", before=(Piece(text=line, differs=True),))
            continue
        yield from (Pair(change="added", after=(Piece(text=other, differs=True),)) for other in waiting[:at])
        yield word_diff(line, waiting[at])
        waiting = waiting[at + 1 :]
    yield from (Pair(change="added", after=(Piece(text=other, differs=True),)) for other in waiting)


def _alike(old: str, new: str) -> bool:
    first, second = set(old.split()), set(new.split())
    return bool(first and second) and len(first & second) / max(len(first), len(second)) >= ALIKE


def word_diff(old: str, new: str) -> Pair:
    """The two paragraphs with what differs marked, word by word."""
    first, second = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(first), len(second)) > MAX_WORDS * 2:
        return Pair(change="changed", before=(Piece(text=old, differs=True),), after=(Piece(text=new, differs=True),))
    codes = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    return Pair(
        change="changed",
        before=_joined([("".join(first[a:b]), tag != "equal") for tag, a, b, _, _ in codes]),
        after=_joined([("".join(second[c:d]), tag != "equal") for tag, _, _, c, d in codes]),
    )


def in_stretches(pairs: Sequence[Pair]) -> list[tuple[bool, list[Pair]]]:
    """The pairs in order, cut where unchanged paragraphs meet changed ones: (whether unchanged, pairs)."""
    return [(same, list(stretch)) for same, stretch in groupby(pairs, key=lambda pair: pair.change == "same")]


def _joined(pieces: Sequence[tuple[str, bool]]) -> tuple[Piece, ...]:
    return tuple(Piece(text=text, differs=differs) for text, differs in pieces if text)
