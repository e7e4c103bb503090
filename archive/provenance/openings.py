"""How the words of a line begin: cheap to know, and enough to tell that most patterns have nothing to find in it."""

from __future__ import annotations

import re
from functools import lru_cache

BEGINNING_WORDS = 24
"""A pattern for the beginning of a line has its telling word among so many."""
_LETTERS = 4
_BETWEEN_WORDS = re.compile(r"[^\w ]")


def lowered(pattern: str) -> str:
    """*pattern* for text in lower case: without `re.IGNORECASE` a search takes a half to a tenth of the time.

    >>> lowered(r"\\bOp-?Ed\\W(?P<who>[A-Z])")
    '\\\\bop-?ed\\\\W(?P<who>[a-z])'
    """
    return _CASED.sub(lambda found: found[0] if found[0][0] in "\\(" else found[0].lower(), pattern)


_CASED = re.compile(r"\\.|\(\?P|[A-ZÀ-Þ]")


def openings(text: str) -> frozenset[str]:
    """The first four letters of every word of *text*, in lower case; a shorter word is its own opening.

    A pattern with a word in it that no word of the line begins like need not be tried.

    >>> sorted(openings("L’article, originally at L.A. Times")) == ["a", "arti", "at", "l", "orig", "time"]
    True
    """
    return _openings(text)[1]


def first_openings(text: str) -> frozenset[str]:
    """The same of the first `BEGINNING_WORDS` words."""
    return _openings(text)[0]


@lru_cache(maxsize=256)
def _openings(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Of the first words, and of all. The same line is asked about more than once, within moments."""
    # To cut words by a pattern that matches them takes four times as long.
    begun = [word[:_LETTERS] for word in _BETWEEN_WORDS.sub(" ", text.casefold()).split()]
    everywhere = frozenset(begun)
    return frozenset(begun[:BEGINNING_WORDS]) if len(begun) > BEGINNING_WORDS else everywhere, everywhere
