"""Whether two posts carry the same article: runs of words they share, and what their readings say of it. Pure.

A post is known by the runs of five words in it. A few of these, chosen by winnowing (Schleimer, Wilkerson and Aiken,
"Winnowing: Local Algorithms for Document Fingerprinting", 2003), are its fingerprint, by which the posts are found
that may share something: any stretch of 36 words that two texts have in common leaves a mark in both. What is found so
is then compared by all its runs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final
from zlib import crc32

from archive.model import Kind

RUN_WORDS: Final = 5
WINDOW: Final = 32
"""Neighbouring runs of which one is kept; a stretch of RUN_WORDS + WINDOW - 1 words can't be missed."""
LONGEST_WORDS: Final = 20_000
"""Words of a text that are compared; an article has some hundreds."""
LINE_WORDS: Final = 8
"""Shorter lines are headings, bylines, dates and links to the rest: they tell no article from another."""
FEWEST_RUNS: Final = 20
"""Texts of less than this are too short to be told apart by their words."""

NEARLY_ALL: Final = 0.7
"""From this share of all their runs on, two texts are one, whatever else is read of them if they are long enough."""
LONG: Final = 100
"""Runs of a text that can't be the blog's own standing words alone."""
WITHIN: Final = 0.8
"""From this share of the shorter text on, it is a part of the longer one, if nothing read of them speaks against it."""
WITHIN_AGREED: Final = 0.6
"""The same where outlet and day of both are known and agree."""

_NO_WORD: Final = bytes(32 if sign < 128 and not chr(sign).isalnum() and sign != 10 else sign for sign in range(256))
_PUNCTUATION: Final = re.compile(rb"\xe2\x80[\x80-\xbf]|\xc2[\x80-\xbf]|\xe3\x80[\x80-\xbf]")
"""Dashes, quotes and spaces beyond ASCII in UTF-8: U+0080 to U+00BF, U+2000 to U+203F, U+3000 to U+303F."""
_UNSPACED: Final = re.compile(r"([\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff])")
"""Scripts that put no spaces between words: each of their letters counts as one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """What is compared of a post."""

    site_id: int
    kind: Kind
    outlet: str | None
    original_on: str | None
    runs: frozenset[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """How much two texts share, 0 to 1."""

    shared: float
    """The share of the shorter text that stands in the longer one."""
    alike: float
    """The share of all their words that both have."""


def words_of(text: str) -> list[bytes]:
    """The words of the text's longer lines, without case and signs.

    It works on bytes, which takes a third of the time: every post of every crawl comes through here.
    """
    if not text.isascii():
        text = _UNSPACED.sub(r" \1 ", unicodedata.normalize("NFKC", text).replace("’", "'"))
    plain = _PUNCTUATION.sub(b" ", text.lower().encode("utf-8", "replace")).translate(_NO_WORD, b"'")
    lines = map(bytes.split, plain.split(b"\n"))
    return [word for line in lines if len(line) >= LINE_WORDS for word in line][:LONGEST_WORDS]


def runs_of(words: Sequence[bytes]) -> frozenset[int]:
    """Every run of five words, each as a number of 32 bits."""
    printed, ends = b"".join(words), list(accumulate(map(len, words)))
    return frozenset(crc32(printed[start:end]) for start, end in zip([0, *ends], ends[RUN_WORDS - 1 :], strict=False))


def fingerprint(words: Sequence[bytes]) -> list[int]:
    """The runs by which a text is found, in ascending order: of WINDOW neighbours the one whose first word ranks first.

    Words rank by their CRC, which is as good as chance and the same everywhere.
    """
    ranks = list(map(crc32, words[: max(0, len(words) - RUN_WORDS + 1)]))
    if not ranks:
        return []
    place = ranks.index(min(ranks[:WINDOW]))
    places = {place}
    for last, rank in enumerate(ranks[WINDOW:], WINDOW):
        if rank < ranks[place]:
            place = last
        elif place <= last - WINDOW:
            first = last - WINDOW + 1
            place = ranks.index(min(ranks[first : last + 1]), first)
        else:
            continue
        places.add(place)
    return sorted({crc32(b"".join(words[place : place + RUN_WORDS])) for place in places})


def likeness(one: Side, other: Side) -> Likeness | None:
    """How alike the two are when they carry the same article; None when they do not, or nothing shows it.

    Nearly the same text is the same article, whatever was read of it: agencies' copy appears under many outlets. A text
    that is only a part of another is the same article unless outlet or day differ: two stories may quote one statement.
    """
    a, b = one.runs, other.runs
    shorter = min(len(a), len(b))
    if shorter < FEWEST_RUNS or not _may_be_one(one, other):
        return None
    common = len(a & b)
    found = Likeness(shared=round(common / shorter, 3), alike=round(common / len(a | b), 3))
    if found.alike >= NEARLY_ALL and shorter >= LONG:
        return found
    is_part = found.shared >= (WITHIN_AGREED if _agree(one, other) else WITHIN)
    return found if is_part and not _differ(one, other) else None


def _may_be_one(one: Side, other: Side) -> bool:
    """An article is the press's: two posts of the blog's own are one only where two blogs show them."""
    return "repost" in (one.kind, other.kind) or one.site_id != other.site_id


def _agree(one: Side, other: Side) -> bool:
    outlet, day = one.outlet, one.original_on
    return outlet is not None and outlet == other.outlet and day is not None and day == other.original_on


def _differ(one: Side, other: Side) -> bool:
    """Whether what was read speaks against one article: another outlet or day, or a release beside a story on it."""
    if "press_release" in (one.kind, other.kind) or "repost" not in (one.kind, other.kind):
        return True
    outlets, days = {one.outlet, other.outlet}, (one.original_on, other.original_on)
    if None not in outlets and len(outlets) > 1:
        return True
    first, second = days
    # A day printed to the month agrees with every day in it.
    return first is not None and second is not None and not (first.startswith(second) or second.startswith(first))
