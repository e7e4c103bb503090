"""Outlets named in running text, found in one pass from left to right.

Capitals and neighbours tell a name from a word: "The Hill" is one, "the hill" and "The Hill Group" are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from archive.outlet_names import (
    CONFIDENCE,
    NO_ARTICLES,
    Form,
    Match,
    Names,
    Outlet,
    name_key,
    split_article,
)
from archive.text import APOSTROPHES, WORD, unaccented, word_set

Span = tuple[int, int, Match]
Words = Sequence[re.Match[str]]

# What stands for the title's own article in running text: declined, or grown together with a preposition.
_OTHER_ARTICLES: Mapping[str, frozenset[str]] = {
    "de": word_set("der die das dem den des"),
    "fr": word_set("du au"),
    "it": word_set("sul sulla sull dal dalla dall nel nella nell"),
    "pt": word_set("do da no na pelo pela"),
}
# Where the article of an ordinary word has a capital when the title is meant; French prints "le Monde" too.
_CAPITAL_ARTICLES = frozenset({"en", "de", "es", "ca"})
# Where words other than names have no capitals, so that "El Mundo" or "dans le Monde" is hardly anything but the title.
_PLAIN_CAPITALS = frozenset({"es", "ca", "fr", "it", "pt"})
# A capital beside an ordinary word makes it part of something else ("Time Warner"), unless it is one of these.
_LINKING = word_set(
    "in from via by for to with on at source courtesy original originally of and or see read the this that our a an as "
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday "
    "de en para por dans sur pour aus bei und et y e"
)
_GAPS = frozenset({"", " ", "-", ".", "! ", "\u00a0", "\u2010", "\u2011", "–", " + ", "/", *APOSTROPHES})
_ABBREVIATED = 3  # letters: "St. Louis", "U.S. News", not "Detroit. News"
_SPACE = frozenset({" "})
_ARTICLE_GAPS = frozenset({" ", *APOSTROPHES})
# Signs that, without a space, make a name part of something else: "Post-Herald", "@time", "forbes.fr".
_BEFORE_OTHERS = frozenset("-@#_")
_AFTER_OTHERS = re.compile(r"[-_@.\u2010\u2011](?!(?:AM|FM|TV|DT)\b)\w")
_MAGAZINE = re.compile(r" [Mm]agazine\b")
_COMMON_IN_TEXT = 0.6
_PLAIN_IN_TEXT = 0.7
_SHORT_IN_TEXT = 0.8  # acronyms, aliases of one word, "the Guardian"
_ADJECTIVE = re.compile(r"(?<=[a-zäöüß]{2}e)(?= [A-ZÄÖÜ])")


@dataclass(slots=True)
class Group:
    """The names that begin with one word."""

    by_letters: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Letters of all words → the names' keys, and the names in full."""
    following: set[str] = field(default_factory=set)
    """With what letters a second word begins; '' where a name has no other word."""
    longest: int = 0
    """Letters of the longest name."""

    def add(self, letters: str, first: str, form: tuple[str, str]) -> None:
        self.by_letters.setdefault(letters, []).append(form)
        self.following.add(letters[len(first) :][:1])
        self.longest = max(self.longest, len(letters))


class Mentions:
    """The names of an authority file, each under its first word and then under the letters of all its words."""

    def __init__(self, names: Names, hosts: Mapping[str, Outlet]) -> None:
        self._names = names
        self._hosts = hosts
        self._by_first: dict[str, Group] = {}
        for key, outlet, _, full in names:
            self._add_name(key, full, outlet.language)
        for host in hosts:
            self._add(host, name_key(host), (host, host))

    def _add_name(self, key: str, full: str, language: str) -> None:
        article, rest = split_article(full, language)
        self._add(rest, key[len(name_key(article)) :], (key, full))
        if language == "de" and (oblique := _ADJECTIVE.sub("n", rest)) != rest:
            self._add(oblique, name_key(oblique), (key, full))

    def _add(self, printed: str, letters: str, form: tuple[str, str]) -> None:
        first = WORD.search(printed)
        for word in _printings(first[0]) if first else ():
            self._by_first.setdefault(word, Group()).add(letters, _fold_word(word), form)

    def find_in(self, text: str) -> list[Span]:
        """Every mention in *text* in order, the longest where several begin."""
        spelled = WORD.findall(text)
        begun = [at for at, word in enumerate(spelled) if word in self._by_first and self._is_spelled(spelled, at)]
        words = list(WORD.finditer(text)) if begun else []
        found: list[Span] = []
        after = 0
        for at in begun:
            if at >= after:
                after, span = self._longest_at(text, words, at)
                found += [span] if span else []
        return found

    def _is_spelled(self, words: Sequence[str], first: int) -> bool:
        """Whether the words from *first* on have the letters of a name, whatever stands between them: a quick look."""
        group = self._by_first[words[first]]
        second = _fold_word(words[first + 1])[:1] if first + 1 < len(words) else ""
        if group.following.isdisjoint(("", second)):
            return False
        letters = ""
        for word in words[first:]:
            letters += _fold_word(word)
            if letters in group.by_letters:
                return True
            if len(letters) >= group.longest:
                break
        return False

    def _longest_at(self, text: str, words: Words, first: int) -> tuple[int, Span | None]:
        """The longest mention that begins with the word *first*, and the number of the word after it."""
        group = self._by_first[words[first][0]]
        best: tuple[int, Span | None] = (first + 1, None)
        letters = ""
        for last in range(first, len(words)):
            if last > first and not _joins(text, words[last - 1], words[last]):
                break
            letters += _fold_word(words[last][0])
            for key, full in group.by_letters.get(letters, ()):
                if span := self._span(key, full, Place(text, words, first, last)):
                    best = (last + 1, span)
                    break
            if len(letters) >= group.longest:
                break
        return best

    def _span(self, key: str, full: str, place: Place) -> Span | None:
        """The mention of a name or host at *place*, where its letters are; None when something else is meant."""
        if place.text[place.start - 1 : place.start] in _BEFORE_OTHERS or _AFTER_OTHERS.match(place.text, place.end):
            return None
        if outlet := self._hosts.get(key):
            match = Match(outlet=outlet, how="domain", confidence=CONFIDENCE["domain"])
            return (place.start, place.end, match) if place.printed.lower() == key else None
        form = next(form for form in self._names.forms(key) if form.full == full)
        return _mention(form, place)


class Place(NamedTuple):
    """Some words of a text, by their numbers."""

    text: str
    words: Words
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.words[self.first].start()

    @property
    def end(self) -> int:
        return self.words[self.last].end()

    @property
    def printed(self) -> str:
        return self.text[self.start : self.end]

    def word_before(self, gaps: frozenset[str] = _SPACE) -> re.Match[str] | None:
        """The word in front, when nothing but one of *gaps* stands between."""
        before = self.words[self.first - 1] if self.first else None
        return before if before and self.text[before.end() : self.start] in gaps else None

    def word_after(self) -> re.Match[str] | None:
        after = self.words[self.last + 1] if self.last + 1 < len(self.words) else None
        return after if after and self.text[self.end : after.start()] in _SPACE else None


def _joins(text: str, word: re.Match[str], following: re.Match[str]) -> bool:
    """Whether two words may belong to one name by what stands between them."""
    gap = text[word.end() : following.start()]
    return gap in _GAPS or (gap == ". " and len(word[0]) <= _ABBREVIATED)


def _mention(form: Form, place: Place) -> Span | None:
    if not _has_capitals(form, place.printed):
        return None
    start = _start(form, place)
    if start is None:
        return None
    magazine = _MAGAZINE.match(place.text, place.end) if form.outlet.kind == "magazine" else None
    if _is_word_like(form) and not magazine and _has_company(place, alone=not form.article):
        return None
    if magazine:
        return start, magazine.end(), replace(form.match, confidence=CONFIDENCE["alias"])
    return start, place.end, replace(form.match, confidence=_confidence(form, place.text[start : place.end]))


def _confidence(form: Form, printed: str) -> float:
    if form.common:
        plain = form.outlet.language in _PLAIN_CAPITALS and form.article != "" and not printed.isupper()
        return _PLAIN_IN_TEXT if plain else _COMMON_IN_TEXT
    short = form.short or (_is_word_like(form) and printed[0].islower())
    return min(form.confidence, _SHORT_IN_TEXT) if short or _is_word_alias(form) else form.confidence


def _has_capitals(form: Form, printed: str) -> bool:
    if form.common or form.short:
        return form.allows(printed, form.rest)
    expected, found = WORD.findall(form.rest), WORD.findall(printed)
    if len(expected) != len(found):
        return bool(found[0][:1] == expected[0][:1])
    capitals = (f[:1].isupper() or not e[:1].isupper() for e, f in zip(expected, found, strict=True))
    return all(capitals)


def _start(form: Form, place: Place) -> int | None:
    """Where the mention begins: at the article of the title, or at its first word when it can do without; else None."""
    if not form.article:
        return place.start
    before = place.word_before(_ARTICLE_GAPS)
    word, language = before[0].lower() if before else "", form.outlet.language
    if before and word == form.article.lower():
        return before.start() if before[0][0].isupper() or not (form.common and language in _CAPITAL_ARTICLES) else None
    if form.common:
        return None
    return place.start if " " in form.rest or word in _OTHER_ARTICLES.get(language, NO_ARTICLES) else None


def _is_word_like(form: Form) -> bool:
    """Whether the form could be a word of an ordinary headline rather than a name."""
    return form.common or _is_word_alias(form) or (form.article != "" and " " not in form.rest)


def _is_word_alias(form: Form) -> bool:
    return form.how == "alias" and " " not in form.rest


def _has_company(place: Place, *, alone: bool) -> bool:
    """Whether a neighbour makes the word part of a longer name, or beginning a sentence explains its capital."""
    after = place.word_after()
    if after and _continues_name(after[0]):
        return True
    before = place.word_before() if alone else None
    if before:
        return _continues_name(before[0])
    return alone and after is not None and after[0][0].islower()


def _continues_name(neighbour: str) -> bool:
    return not neighbour[0].islower() and neighbour.lower() not in _LINKING


def _printings(word: str) -> frozenset[str]:
    """*word* as a text may have it: as stated, with a capital, all in capitals, without accents."""
    return frozenset((word, word[:1].upper() + word[1:], word.upper(), unaccented(word)))


@lru_cache(maxsize=4096)
def _fold_word(word: str) -> str:
    return "and" if word == "&" else unaccented(word).casefold()
