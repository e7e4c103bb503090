"""Possessive repeats for every Python that runs Clipfile.

Patterns that meet hostile bytes repeat their groups possessively: no input makes them go back, or pile up what they
could go back to. Python before 3.11.5 misreads such a repeat of a group (CPython's gh-106052), but not an atomic group,
which matches the same and costs memory for each round. That of a single character or class is read right everywhere.
"""

from __future__ import annotations

import re
import sys
from typing import AnyStr, Final

MISREADS: Final = sys.version_info < (3, 11, 5)

_STEP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(|\)|[^\\\[()]+", re.S)
_POSSESSIVE = re.compile(r"([*+?]|\{[\d,]*\})\+")


def possessive(pattern: AnyStr) -> AnyStr:
    """*pattern*, where this Python misreads it with its possessive groups as atomic ones."""
    if not MISREADS:
        return pattern
    return atomic(pattern) if isinstance(pattern, str) else atomic(pattern.decode("latin-1")).encode("latin-1")


def atomic(pattern: str) -> str:
    """*pattern* with every group that is repeated possessively within an atomic group.

    >>> atomic("a(?:b|[)]*+)*+(c)")
    'a(?>(?:b|[)]*+)*)(c)'
    """
    done, opened, at = "", [], 0
    while at < len(pattern):
        step = _STEP.match(pattern, at)
        assert step, f"no pattern: {pattern[at:]}"
        done, at = done + step[0], step.end()
        if step[0] == "(":
            opened.append(len(done) - 1)
        elif step[0] == ")":
            begun = opened.pop()
            if repeat := _POSSESSIVE.match(pattern, at):
                done, at = f"{done[:begun]}(?>{done[begun:]}{repeat[1]})", repeat.end()
    return done
