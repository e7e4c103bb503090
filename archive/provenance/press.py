"""Printed words → outlets: what the authority file knows, and what only looks like a publication's name."""

from __future__ import annotations

import re

from archive.dates import fold
from archive.outlets import Match, Outlets, load_outlets, remembering_outlets
from archive.provenance.names import person_shape
from archive.provenance.words import (
    MEDIA_WORDS,
    NEVER_IN_NAMES,
    ORGANISATION_WORDS,
    RARE_IN_NAMES,
    ROLE_WORDS,
    SECTION_WORDS,
)

_CONNECTING = frozenset(
    "of the and & for on in de la le les du des da do dos del della di el los las der die das und et e y i al "
    "at".split()
)
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday source original open first".split())
_GENERIC = frozenset(
    "news media business press radio magazine newsletter podcast network tv television journal broadcasting newspaper "
    "newspapers today review wire presse prensa imprensa stampa".split()
)
_NEVER_FIRST = frozenset("of and & for on in de du des da do dos del di und et e y at".split())
_CALL_SIGN = re.compile(
    r"[WK][A-Z]{2,3}(?:[- ](?:TV|FM|AM|DT))?(?:[ -]\d{1,4}(?:\.\d)?)?(?: (?:AM|FM|TV|News|Radio|Detroit))*(?:, \d+)?"
)
_DOMAIN_NAME = re.compile(r"[A-Z0-9][\w-]*\.(?:com|org|net|fr|de|es|it|news|tv|info)", re.IGNORECASE)
_GERMAN_ENDINGS = (("en ", "e "), ("en", "e"), ("n", ""), ("s", ""))
_AFTER_NAME = re.compile(
    r"\s*(?:\(.*|[,;:–—|]\s.*|\s(?:online|online edition|print edition|website|web ?site|blog|newspaper|magazine|"
    r"staff|opinion|op-ed|editorials?)"
    r"(?:\s+(?:page|section|writer|reporter|edition))?)\s*$",
    re.IGNORECASE,
)


def press() -> Outlets:
    """The authority file in use."""
    return load_outlets()


@remembering_outlets(maxsize=4096)
def known(printed: str) -> Match | None:
    """The outlet that *printed* names, in the authority file; declined German forms count too."""
    text = printed.strip(" .,;:–—-\"“”«»()|*'’‘")
    if not 2 <= len(text) <= 70 or text.isdigit() or text.startswith(_INTRODUCED):
        return None
    return press().find(text) or _declined(text)


_INTRODUCED = ("By ", "By:", "From ", "From:")
"""What no outlet's name begins with: bylines and labels need not be compared with all of them for a slip."""


def _declined(text: str) -> Match | None:
    if not text.endswith(("en", "n", "s")) and "en " not in text:
        return None
    for old, new in _GERMAN_ENDINGS:
        if old in text and (match := press().find(_replace_end(text, old, new))) and match.outlet.language == "de":
            return match
    return None


def _replace_end(text: str, old: str, new: str) -> str:
    return text.replace(old, new, 1) if old.endswith(" ") else text[: -len(old)] + new if text.endswith(old) else text


@remembering_outlets(maxsize=4096)
def known_prefix(text: str) -> tuple[Match, str] | None:
    """The known outlet that the first words of *text* name, longest first, and those words as printed."""
    words = text.split()
    for count in range(min(len(words), 8), 0, -1):
        candidate = " ".join(words[:count])
        apart = count == len(words) or not words[count][:1].isupper()
        if (match := known(candidate)) is not None and match.confidence >= (0.55 if apart else 0.8):
            return match, candidate.strip(' .,;:–—-"“”«»()|*')
    return None


def may_be_section(printed: str, match: Match) -> bool:
    """Whether *printed*, a short form of the outlet's name, is made of words that blogs call their sections by, too."""
    return match.how == "alias" and SECTION_WORDS.issuperset(fold(printed).split())


def without_tail(text: str) -> str:
    """*text* without a section, a place in brackets or a word such as "online" after the name."""
    return _AFTER_NAME.sub("", text)


@remembering_outlets(maxsize=1)
def _shared_names() -> frozenset[str]:
    """Names that several outlets share ("Público" of Lisbon and of Madrid), so that none of them can be told by it."""
    return frozenset(fold(o.name.partition(" (")[0]) for o in press() if " (" in o.name)


@remembering_outlets(maxsize=4096)
def outlet_shape(text: str) -> float:
    """How much *text*, which no file knows, looks like a publication's name, 0–1.

    >>> outlet_shape("Huron Valley Courier") > 0.8, outlet_shape("Software Jobs"), outlet_shape("He said so.")
    (True, 0.0, 0.0)
    """
    words = text.split()
    if (
        not 1 <= len(words) <= 7
        or len(text) > 60
        or text[-1:] in ".!?:;,…"
        or not (text[0].isupper() or text[0].isdigit())
    ):
        return 0.0
    if _CALL_SIGN.fullmatch(text) or _DOMAIN_NAME.fullmatch(text):
        return 0.9
    if any(not (w[0].isupper() or w[0].isdigit() or w.casefold() in _CONNECTING) for w in words) or (
        text[0].isdigit() and len(words) < 2
    ):
        return 0.0
    keys = [fold(w) for w in words]
    if any(k in ROLE_WORDS for k in keys) or keys[-1] in _CONNECTING or keys[0] in _NEVER_FIRST:
        return 0.0
    content = [k for k in keys if k not in _CONNECTING]
    media = any(k in MEDIA_WORDS for k in keys)
    if any(k in NEVER_IN_NAMES and not (media and k in _DAYS) for k in content):
        return 0.0
    if fold(text) in _shared_names():
        return 0.9
    if media:
        return 0.9 if len(words) > 1 else 0.0 if keys[0] in _GENERIC else 0.4
    if any(k in ORGANISATION_WORDS for k in content):
        return 0.2
    rare = sum(k in RARE_IN_NAMES for k in content)
    if rare and rare >= len(content) - (len(content) > 2):
        return 0.0
    if keys[0] == "the" and len(words) > 1:
        return 0.6
    return 0.3 if person_shape(text) else 0.45
