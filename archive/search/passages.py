"""Where in a post the words of a query stand, and which passage of it shows them best."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from archive.query import Near, Term
from archive.search.results import Run
from archive.search.stems import stem

PASSAGE: Final = 240  # characters: two lines of a terminal, three of a page
_LEAD: Final = 60  # characters shown before the first hit where no sentence begins nearer
_MOST_MARKS: Final = 2_000  # hits looked at in one text; a transcript of a hearing has thousands
_WORD: Final = re.compile(r"[^\W_]+")
_BETWEEN: Final = re.compile(r"[\W_]*")
_SENTENCE: Final = re.compile(r"(?:[.!?…]['\"”’)]*\s|\n)\s*")


class Mark(NamedTuple):
    """A hit in a text: its place, the number of its unit, and whether it is spelled as asked."""

    start: int
    end: int
    unit: int
    exact: bool


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One word or phrase of a query as it is looked for in a text: by stems, the last word perhaps by its beginning."""

    words: tuple[str, ...]
    """In lower case, without accents."""
    prefix: bool = False
    in_title: bool = False

    @cached_property
    def text(self) -> str:
        return " ".join(self.words)

    @cached_property
    def stems(self) -> tuple[str, ...]:
        return tuple(map(stem, self.words))

    @cached_property
    def beginning(self) -> str:
        """What every word of the first stem begins with; a stem differs from its words in the last letter at most."""
        return self.words[0] if self.prefix and len(self.words) == 1 else self._shared(self.stems[0])

    @staticmethod
    def _shared(first: str) -> str:
        return first[:-1] if len(first) > 2 else first

    def find(self, folded: str, number: int) -> list[Mark]:
        """Where the unit stands in *folded* (see `fold_keeping_length`), left to right, no more than _MOST_MARKS."""
        found: list[Mark] = []
        beginning, start = self.beginning, -1
        # `str.find` passes over the words that nobody asked for quicker than any pattern.
        while (start := folded.find(beginning, start + 1)) >= 0 and len(found) < _MOST_MARKS:
            if start and folded[start - 1].isalnum():
                continue
            end = _WORD.match(folded, start).end()  # type: ignore[union-attr]
            if mark := self._mark(folded, start, end, number):
                found.append(mark)
            start = end - 1
        return found

    def _mark(self, folded: str, start: int, end: int, number: int) -> Mark | None:
        """The unit, if it is what begins with the word from *start* to *end*."""
        word = folded[start:end]
        if len(self.words) == 1:  # most units are one word, and most words are spelled as asked
            if word == self.words[0]:
                return Mark(start, end, number, True)
            return Mark(start, end, number, False) if self.prefix or stem(word) == self.stems[0] else None
        printed = [word]
        while self._fits(printed):
            if len(printed) == len(self.words):
                return Mark(start, end, number, tuple(printed) == self.words)
            following = _WORD.match(folded, _BETWEEN.match(folded, end).end())  # type: ignore[union-attr]
            if following is None:
                return None
            printed.append(following[0])
            end = following.end()
        return None

    def _fits(self, printed: Sequence[str]) -> bool:
        """Whether the last word of *printed* is what the unit has at its place."""
        place = len(printed) - 1
        if self.prefix and place == len(self.words) - 1:
            return printed[place].startswith(self.words[place])
        return stem(printed[place]) == self.stems[place]


def units_of(terms: Iterable[Term | Near]) -> tuple[Unit, ...]:
    """The units of a query's words, each once; the words of NEAR are units of their own."""
    found: dict[Unit, None] = {}
    for term in terms:
        for text in term.texts if isinstance(term, Near) else (term.text,):
            words = tuple(_WORD.findall(fold_keeping_length(text)))
            if words and isinstance(term, Term):
                found[Unit(words=words, prefix=term.prefix, in_title=term.in_title)] = None
            elif words:
                found[Unit(words=words)] = None
    return tuple(found)


class _Folding(dict[int, str]):
    """Letter → the letter it is looked up as: lower case, no accent, always one character."""

    def __missing__(self, code: int) -> str:
        letter = unicodedata.normalize("NFKD", chr(code))[0].lower()
        self[code] = letter if len(letter) == 1 else chr(code)
        return self[code]


_FOLDING: Final = _Folding()


def fold_keeping_length(text: str) -> str:
    """*text* in lower case without accents, every character at its place.

    >>> fold_keeping_length("Übermut, naïve")
    'ubermut, naive'
    """
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def find_marks(text: str, units: Sequence[Unit], *, in_title: bool = False) -> list[Mark]:
    """Every hit in *text*, in reading order; units that are asked of the headline only are looked for only there."""
    folded = fold_keeping_length(text)
    marks: list[Mark] = []
    for number, unit in enumerate(units):
        if in_title or not unit.in_title:
            marks += unit.find(folded, number)
    return sorted(marks) if len(units) > 1 else marks


def has_marks(text: str, units: Iterable[Unit]) -> bool:
    """Whether a word of *units* stands in *text*."""
    folded = fold_keeping_length(text)
    return any(unit.find(folded, 0) for unit in units)


def runs(text: str, marks: Iterable[Mark], start: int = 0, end: int | None = None) -> tuple[Run, ...]:
    """*text* from *start* to *end* as runs, hits marked; overlapping hits are one."""
    end = len(text) if end is None else end
    found: list[Run] = []
    position = start
    for mark in marks:
        if mark.end <= position or mark.start >= end:
            continue
        at = max(mark.start, position)
        if at > position:
            found.append(Run(text=text[position:at]))
        found.append(Run(text=text[at : min(mark.end, end)], is_hit=True))
        position = min(mark.end, end)
    if position < end:
        found.append(Run(text=text[position:end]))
    return tuple(found)


def best_passage(text: str, marks: Sequence[Mark], weights: Sequence[float]) -> tuple[Run, ...]:
    """The stretch of *text* with the most of what was asked for: different units first, then nearness and number."""
    start, end = _bounds(text, _best_window(marks, weights))
    opening = (Run(text="… "),) if start else ()
    closing = (Run(text=" …"),) if end < len(text) else ()
    return (*opening, *runs(text, marks, start, end), *closing)


def _best_window(marks: Sequence[Mark], weights: Sequence[float]) -> tuple[int, int] | None:
    """First and last character of the best group of hits that fits a passage; None when there are no hits."""
    best, window, left = -1.0, None, 0
    counts = [0] * len(weights)
    for right, mark in enumerate(marks):
        counts[mark.unit] += 1
        while mark.end - marks[left].start > PASSAGE - _LEAD and left < right:
            counts[marks[left].unit] -= 1
            left += 1
        value = sum(w * (1 + 0.1 * min(n, 4)) for w, n in zip(weights, counts, strict=True) if n)
        value += 0.2 * mark.exact
        if value > best + 1e-9:
            best, window = value, (marks[left].start, mark.end)
    return window


def _bounds(text: str, window: tuple[int, int] | None) -> tuple[int, int]:
    """Where the passage begins (a sentence, or a word not far before the first hit) and ends (between words)."""
    if window is None:
        return 0, _word_end(text, PASSAGE)
    first, last = window
    earliest = max(0, min(first, last - PASSAGE + _LEAD // 2))
    sentences = [found.end() for found in _SENTENCE.finditer(text, max(0, earliest - 1), first)]
    if earliest == 0:
        start = 0
    elif sentences:
        start = sentences[0]
    else:
        start = _word_start(text, max(earliest, first - _LEAD))
    return start, _word_end(text, max(start + PASSAGE, last))


def _word_start(text: str, position: int) -> int:
    """The first place from *position* on where a word begins."""
    while 0 < position < len(text) and not text[position - 1].isspace():
        position += 1
    return position


def _word_end(text: str, position: int) -> int:
    """The last place before *position* where a word ends; *position* itself inside a very long word."""
    if position >= len(text):
        return len(text)
    space = max(text.rfind(" ", 0, position + 1), text.rfind("\n", 0, position + 1))
    return space if space > position - 40 else position
