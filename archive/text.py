"""Printed words made comparable: without what nobody sees, with one kind of space, and folded for looking up."""

from __future__ import annotations

import re
import unicodedata

# Soft hyphen, Mongolian and Arabic marks, zero-width spaces and joiners, bidi controls, word joiners, byte order mark.
INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_INVISIBLE = re.compile(f"[{INVISIBLE}]")

APOSTROPHES = "'’‘ʼ`´′"
_APOSTROPHES = str.maketrans("", "", APOSTROPHES)

# Letters whose stroke or ligature Unicode does not take apart.
_UNDIVIDED = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ı": "i"}
)

WORD = re.compile(r"[^\W_]+|&")
_ASCII_WORD = re.compile(r"[a-z0-9]+|&")
_MAY_COMBINE = re.compile("[\u0300-\u1fff\u2070-\U0010ffff]")
"""No combining mark stands outside of these; curly quotes and dashes do."""


def word_set(text: str) -> frozenset[str]:
    """The words of a table that is easier to read as a sentence."""
    return frozenset(text.split())


def visible(text: str) -> str:
    """*text* without zero-width characters, soft hyphens and bidi controls.

    >>> visible("Detroit\\u200b Free\\u00ad Press\\ufeff")
    'Detroit Free Press'
    """
    return text if text.isascii() else _INVISIBLE.sub("", text)


def collapse(text: str) -> str:
    """*text* on one line: every run of white space, no-break spaces included, is one space; none at either end."""
    return " ".join(text.split())


def unaccented(text: str) -> str:
    """*text* in compatibility form without combining marks, upper and lower case kept.

    >>> unaccented("Süddeutsche, L’Équipe, Jyllands-Posten på Ærø")
    'Suddeutsche, L’Equipe, Jyllands-Posten pa AEro'
    """
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    if _MAY_COMBINE.search(decomposed):
        decomposed = "".join([c for c in decomposed if not unicodedata.combining(c)])
    return decomposed.translate(_UNDIVIDED)


def fold(text: str) -> str:
    """The form in which two printings of one name are equal: case, accents, quotes and punctuation do not count.

    Apostrophes vanish, `&` is "and", every other sign parts words.

    >>> fold("CRAIN’S  Detroit\\u00a0Business:")
    'crains detroit business'
    >>> fold("U.S. News & World Report")
    'u s news and world report'
    """
    if text.isascii():
        words = _ASCII_WORD.findall(text.lower().replace("'", "").replace("`", ""))
    else:
        words = WORD.findall(unaccented(visible(text).translate(_APOSTROPHES)))
    return " ".join(["and" if word == "&" else word for word in words]).casefold()


_SHORT_WORD = 4  # letters: in these only two neighbours changed round are a slip, else "News" would be "Newt"


def is_slip(word: str, right: str, *, slips: int = 1) -> bool:
    """Whether *word* is *right* with a letter too many, too few or wrong, or two changed round, its last letter right.

    A different ending is not a slip but another word: "advanced", "Guardians".

    >>> is_slip("dusiness", "business"), is_slip("Detriot", "Detroit"), is_slip("advanced", "advance")
    (True, True, False)
    """
    if not word or not right or word[-1] != right[-1] or abs(len(word) - len(right)) > slips:
        return False
    if len(right) <= _SHORT_WORD:
        return sorted(word) == sorted(right) and _distance(word, right) == 1
    return _distance(word, right) <= slips


def _distance(a: str, b: str) -> int:
    """Optimal string alignment distance: insertions, deletions, substitutions, neighbours changed round."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
