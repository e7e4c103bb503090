"""How the words of a line begin: cheap to know, and enough to tell that most patterns have nothing to find in it."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"(\w{1,4})\w*")


@lru_cache(maxsize=256)
def openings(text: str) -> frozenset[str]:
    """The first four letters of every word of *text*, in lower case; a shorter word is its own opening.

    A pattern with a word in it that no word of the line begins like need not be tried. The same line is asked about
    more than once, within moments: hence the small memory.

    >>> sorted(openings("L’article, originally at L.A. Times")) == ["a", "arti", "at", "l", "orig", "time"]
    True
    """
    return frozenset(_WORD.findall(text.casefold()))
