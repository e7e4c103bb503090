"""Printed names of persons taken apart for reference managers, which sort by family name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archive.text import word_set

PARTICLES: Final = word_set("af al av bin da das de del della den der di do dos du el ibn la le ten ter van von zu zur")
SUFFIXES: Final = word_set("jr sr ii iii iv")
NO_PERSON: Final = word_set(
    "and bureau board by desk editorial editors for news of press reports service staff team the"
)
"""Words that no person's name has: such a byline is kept whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """A name in its parts; a name that can't be taken apart safely is all `family`, and `given` is None."""

    family: str
    given: str | None = None
    particle: str | None = None
    suffix: str | None = None

    @property
    def inverted(self) -> str:
        """`van der Leek, Anton`; the suffix is left to the format."""
        family = f"{self.particle} {self.family}" if self.particle else self.family
        return f"{family}, {self.given}" if self.given else family


def read_name(printed: str) -> Name:
    """The parts of a printed name; the last word is the family name, with the small words before it as its particle.

    >>> read_name("Anton van der Leek").inverted
    'van der Leek, Anton'
    >>> read_name("Gordon Eppley Jr.")
    Name(family='Eppley', given='Gordon', particle=None, suffix='Jr.')
    >>> read_name("The Detroit News Editorial Board").given is None
    True
    """
    words = printed.split()
    suffix = words.pop() if len(words) > 2 and words[-1].strip(".,").casefold() in SUFFIXES else None
    if not _is_person(words):
        return Name(family=printed)
    words[-1] = words[-1].rstrip(",")
    start = len(words) - 1
    while start > 1 and words[start - 1] in PARTICLES:
        start -= 1
    return Name(
        family=words[-1], given=" ".join(words[:start]), particle=" ".join(words[start:-1]) or None, suffix=suffix
    )


def _is_person(words: list[str]) -> bool:
    """Two words or more, each with letters that have case: elsewhere the family name may well come first."""
    return (
        len(words) > 1
        and all(word.lower() != word.upper() and word.strip(".,").casefold() not in NO_PERSON for word in words)
        and not any(sign in word for word in words[:-1] for sign in ",;:/&@")
        and not any(sign.isdigit() or sign in ";:/&@" for word in words for sign in word)
    )
