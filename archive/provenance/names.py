"""Bylines → persons: who wrote it, without titles, employers and places, with suffixes, particles and hyphens kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from archive.dates import MONTHS, fold
from archive.provenance.words import (
    ALSO_FIRST_NAMES,
    ALSO_SURNAMES,
    DEGREES,
    HONORIFICS,
    MEDIA_WORDS,
    NEVER_IN_NAMES,
    ORGANISATION_WORDS,
    PARTICLES,
    RARE_IN_NAMES,
    ROLE_WORDS,
    SUFFIXES,
)

IsOrganisation = Callable[[str], bool]

BOARD = re.compile(
    r"\b(?:editorial (?:board|staff|team|desk)|staff (?:reports?|writers?)|news ?(?:room|desk|staff)|wire "
    r"(?:services?|reports?)|"
    r"the editors|our staff|(?:web|digital|news) (?:staff|desk|team)|la rédaction|rédaction|redacción|redação|"
    r"redazione|"
    r"redaktion|equipo|staff)\b",
    re.IGNORECASE,
)
BY = re.compile(
    r"^\W{0,3}(?:(?:words|text|story(?: (?:and|&) photos?)?|article|artículo|articolo|artikel|essay|commentary|"
    r"editorial|column|opinion|"
    r"op-?ed|reported|"
    r"posted|tribune|texte|testo|texto|guest (?:column|commentary|essay|opinion))\s+(?=by|de|di|por|par|von))?"
    r"(?P<label>(?:written|interview conducted|interviewed|reported) by|by|from|authors?|autore?s?|autora|autorin|"
    r"auteurs?|verfasser|por|par|von|di|"
    r"de|per|da|reporter|writer|journalist|journaliste|periodista|escrito por|escrit per|écrit par|propos "
    r"recueillis par|"
    r"geschrieben von|scritto da|a cura di)(?:\s*:\s*|\s+(?=[^\W\d_])|(?<=[Bb]y)(?=[A-Z]))",
    re.IGNORECASE,
)
WEAK_LABELS = frozenset("from de di per da reporter writer journalist journaliste periodista".split())
"""Words that introduce authors only before a capital letter or a colon, and other things just as often."""

_SEPARATORS = re.compile(r"\s*(?:;|/|\s\+\s|\||\s&\s|\s(?:and|AND|et|und|with|con|mit|avec)\s|\s[–—-]{1,2}\s|[–—])\s*")
_COMMA = re.compile(r"\s*,\s*(?:and\s+|&\s+|et\s+|y\s+|und\s+)?")
_SOFT_AND = re.compile(r"\s(?:y|e|i)\s")
_PARENTHESES = re.compile(r"\s*\([^)]*\)?\s*")
_AFFILIATION = re.compile(
    r"\s+(?:of|for|from|at|in|special to|originally for|für|pour|para|per|du|dans)\s+(?:the\s+)?(?=[A-Z@])|"
    r"(?<=[a-z])originally for\s",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(r"(?:tion|sions?|ness|ities|ology|isms?|ments|tions|ability|ously|izing|ized|ically)$")
_TOKEN = re.compile(r"(?:[^\W\d_]\.(?:-?[^\W\d_]\.)*|(?:[DLOdl][’'‘`])?[^\W\d_](?:[^\W\d_]|[’'‘`.·-](?=[^\W\d_]))*\.?)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Byline:
    """What a byline says: persons, and the words left over (an outlet, a job title, a place)."""

    names: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    """The names as they stand in the line, in the order of `names`."""
    label: str | None = None
    """The word that introduced them, in lower case: by, from, von …"""
    rest: tuple[str, ...] = ()
    board: bool = False
    """An editorial board or a staff signed, no person."""
    role: bool = False
    """A job title stands beside the name."""


def read_byline(text: str, is_organisation: IsOrganisation = lambda _: False) -> Byline | None:
    """Read *text*, a line or a part of one, as a byline; None when neither a person nor a board is named.

    *is_organisation* tells which fragments are outlets or other bodies the caller knows.

    >>> read_byline("By RICK O'DELL JR. and Ana de la Cruz, Staff Writers").names
    ("Rick O'Dell Jr.", 'Ana de la Cruz')
    """
    label, body = cut_label(text.strip(" \t*•·~"))
    body = body.strip(" .,:;")
    if not body or len(body) > 160 or not (label or _may_name(body)):
        return None
    names: list[tuple[str, str]] = []
    rest: list[str] = []
    board = role = False
    for piece in _pieces(body, is_organisation):
        if _is_suffix(piece) and names:
            names[-1] = (f"{names[-1][0]} {_suffix(piece)}", names[-1][1])
        elif (name := _person(piece, labelled=label is not None, first=not names and not rest)) and not (
            is_organisation(piece) or is_organisation(name)
        ):
            names.append((name, piece))
        else:
            rest.append(piece)
            board, role = board or bool(BOARD.search(piece)), role or is_role(piece)
    if not names and not board:
        return None
    return Byline(
        names=tuple(name for name, _ in names),
        printed=tuple(printed for _, printed in names),
        label=label,
        rest=tuple(rest),
        board=board and not names,
        role=role,
    )


def _may_name(body: str) -> bool:
    """Whether unlabelled words begin like a name, or name a board."""
    first, _, rest = body.partition(" ")
    second = rest.partition(" ")[0]
    capitals = first[0].isupper() and (second[:1].isupper() or second.casefold() in PARTICLES)
    return capitals or BOARD.search(body) is not None


def cut_label(text: str) -> tuple[str | None, str]:
    """Split an introducing "By", "Von", "Author:" … off *text*."""
    match = BY.match(text)
    if not match:
        return None, text
    label, rest = match["label"].casefold(), text[match.end() :]
    if label in WEAK_LABELS and ":" not in match.group() and not rest[:1].isupper():
        return None, text
    return label, rest


@lru_cache(maxsize=1024)
def person_shape(text: str) -> float:
    """How much *text* looks like one person's name, 0–1, by its casing and its words alone.

    >>> person_shape("Maria van den Berg"), person_shape("Ann Arbor News"), person_shape("Software Jobs")
    (1.0, 0.0, 0.0)
    """
    words = _name_words(text)
    if words is None or not 2 <= len(words) <= 6:
        return 0.0
    keys = [fold(word) for word in words]
    real = [k for w, k in zip(words, keys, strict=True) if not _is_connecting(w, k)]
    if not 2 <= len(real) <= 4 or any(k in NEVER_IN_NAMES for k in keys if k not in PARTICLES and len(k) > 1):
        return 0.0
    if any(k in ORGANISATION_WORDS or k in MEDIA_WORDS for k in real):
        return 0.0
    rare = sum(k in RARE_IN_NAMES or bool(_ABSTRACT.search(k)) for k in real)
    whole = sum(len(k) > 1 for k in real)
    if rare == whole or (rare > 1 and rare >= whole - 1 and real[0] in RARE_IN_NAMES):
        return 0.6 if whole < 4 and real[0] in ALSO_FIRST_NAMES and real[-1] in ALSO_SURNAMES else 0.0
    return 1.0 if not rare else 0.7


@lru_cache(maxsize=1024)
def is_role(text: str) -> bool:
    """Whether *text* is a job title, such as "Staff Writer" or "directora general"."""
    return any(fold(word) in ROLE_WORDS or word.casefold() in ROLE_WORDS for word in _LETTERS.findall(text))


_LETTERS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1024)
def recase(name: str) -> str:
    """Give a name printed in capitals its usual spelling; names in mixed case keep theirs.

    >>> recase("ROBERT MCDONALD"), recase("Yann OLLIVREAU"), recase("JD Vance"), recase("ANNA-LENA O’HARA III")
    ('Robert McDonald', 'Yann Ollivreau', 'JD Vance', 'Anna-Lena O’Hara III')
    """
    words = name.split()
    whole = name.isupper() and any(len(word.strip(".")) > 2 for word in words)
    return " ".join(_recase_word(word, whole=whole, first=i == 0) for i, word in enumerate(words))


def _recase_word(word: str, *, whole: bool, first: bool) -> str:
    key = word.casefold().strip(".,")
    if not word.isupper() or "." in word[:-1] or len(key) < 2:
        return word
    if key in SUFFIXES:
        return word if key not in ("jr", "sr") else word.capitalize()
    if whole and not first and key in PARTICLES:
        return word.casefold()
    if not whole and len(key) < 4:
        return word
    cased = re.sub(r"[^\W\d_]+", lambda m: m.group().capitalize(), word)
    cased = re.sub(r"^Mc([a-z])", lambda m: "Mc" + m[1].upper(), cased)
    return re.sub(r"(?<=[’'‘])([A-Z])(?=s?$)", lambda m: m[1].lower(), cased) if len(cased) > 3 else cased


def _pieces(body: str, is_organisation: IsOrganisation) -> list[str]:
    found: list[str] = []
    for part in _SEPARATORS.split(_PARENTHESES.sub(" , ", body)):
        for piece in _COMMA.split(part):
            found += [
                p
                for p in (
                    half.strip(" .:") if not _ends_abbreviated(half) else half.strip(" :") for half in _split(piece)
                )
                if p
            ]
    return found if not is_organisation(body) else [body]


def _ends_abbreviated(text: str) -> bool:
    return "." in text and _ABBREVIATED_END.search(text) is not None


_ABBREVIATED_END = re.compile(r"\b(?:jr|sr|st|[a-z])\.\s*$", re.IGNORECASE)


def _split(piece: str) -> list[str]:
    """Part "A B y C D", and "NAME of OUTLET", but not "Ortega y Gasset"."""
    match = _SOFT_AND.search(piece)
    if match and person_shape(piece[: match.start()]) and person_shape(piece[match.end() :]):
        return [piece[: match.start()], piece[match.end() :]]
    match = _AFFILIATION.search(piece)
    if match and person_shape(_strip_honorific(piece[: match.start()])):
        return [piece[: match.start()], piece[match.end() :]]
    return [piece]


def _person(piece: str, *, labelled: bool, first: bool) -> str | None:
    bare = _strip_degrees(_strip_honorific(piece)).strip(" ,:")
    bare = _strip_role(bare)
    if any(word.casefold() in ROLE_WORDS for word in bare.split()):
        return None
    if person_shape(bare) > 0.4:
        return recase(_plain_suffix(bare))
    single = labelled and first and re.fullmatch(r"[^\W\d_]{3,}", bare) and bare[0].isupper()
    if single and fold(bare) not in _NO_SINGLE_NAMES:
        return recase(bare)
    return None


_NO_SINGLE_NAMES = (
    NEVER_IN_NAMES
    | RARE_IN_NAMES
    | ORGANISATION_WORDS
    | ROLE_WORDS
    | {fold(m) for names in MONTHS for m in names.split()}
)
"""No word alone behind "By" that begins a sentence: "By June, …" """


def _strip_honorific(text: str) -> str:
    words = text.split()
    while len(words) > 1 and fold(words[0]).replace(".", "") in HONORIFICS:
        words = words[1:]
    return " ".join(words)


def _strip_degrees(text: str) -> str:
    words = text.split()
    while len(words) > 2 and words[-1].casefold().strip(".,").replace(".", "") in DEGREES:
        words = words[:-1]
    return " ".join(words)


def _strip_role(text: str) -> str:
    """Cut job titles off either end: "Columnist Nolan Reyes", "Nolan Reyes Staff Writer"."""
    words = text.split()
    while len(words) > 2 and words[0].casefold().strip(":") in ROLE_WORDS:
        words = words[1:]
    while len(words) > 2 and words[-1].casefold() in ROLE_WORDS:
        words = words[:-1]
    return " ".join(words)


def _is_suffix(piece: str) -> bool:
    return piece.casefold().strip(". ") in SUFFIXES


def _suffix(piece: str) -> str:
    key = piece.casefold().strip(". ")
    return f"{key.capitalize()}." if key in ("jr", "sr") else key.upper()


def _plain_suffix(name: str) -> str:
    return re.sub(r"\s+(jr|sr)\.?$", lambda m: f" {m[1].capitalize()}.", name, flags=re.IGNORECASE)


def _name_words(text: str) -> list[str] | None:
    """The words of *text* when every one could stand in a name; None otherwise."""
    words = text.replace(",", " ").split()
    if not words or len(text) > 60 or not words[0][0].isupper():
        return None
    for word in words:
        if not _TOKEN.fullmatch(word) or (not _has_capital(word) and word.casefold() not in PARTICLES):
            return None
    return words


def _has_capital(word: str) -> bool:
    return word[0].isupper() or (len(word) > 2 and word[1] in "’'‘`" and word[2].isupper())


def _is_connecting(word: str, key: str) -> bool:
    return (key in PARTICLES and word.islower()) or key in SUFFIXES
