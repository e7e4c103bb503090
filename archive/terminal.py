"""Archived words on a terminal: a headline may carry control characters, and a terminal obeys them."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """*text* on one line without control characters, bidi overrides and lone surrogates.

    >>> printable("red \\x1b[31malert\\u202e tfel")
    'red [31malert tfel'
    """
    return " ".join(_UNSAFE.sub(lambda found: " " if found[0].isspace() else "", text).split())
