"""The forms in which an outlet's name is printed, and which outlet a whole printed string names.

The index holds only the forms the file states. What printers do to a name (drop or decline its article, add "Magazine",
close up or open its words) is undone on the printed string when it is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from archive.text import APOSTROPHES, WORD, fold, is_slip, unaccented, word_set

How = Literal["name", "alias", "programme", "domain", "misspelt"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlet:
    """One publication; `name` is the form printed at its head."""

    id: str
    name: str
    kind: str = "newspaper"
    domains: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    """Shows and sections that are cited in the outlet's place."""
    wikidata: str | None = None
    agency: bool = False
    """A wire service: it supplies copy to outlets, and may be named beside one."""
    language: str = "en"
    place: str | None = None
    common: bool = False
    """The name is also an ordinary word or phrase (Time, The Hill, Rapid Growth): it counts only just as printed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """An outlet and how the printed words led to it."""

    outlet: Outlet
    how: How
    confidence: float


STATIONS = frozenset({"broadcaster", "radio", "public_radio", "tv"})

ARTICLES: Mapping[str, frozenset[str]] = {
    "en": word_set("the"),
    "de": word_set("der die das dem den des"),
    "fr": word_set("le la les l"),
    "es": word_set("el la los las"),
    "ca": word_set("el la els les l"),
    "it": word_set("il lo la i gli le l"),
    "pt": word_set("o a os as"),
    "nl": word_set("de het"),
}
NO_ARTICLES: frozenset[str] = frozenset()
_ANY_ARTICLE = NO_ARTICLES.union(*ARTICLES.values())

CONFIDENCE: Mapping[How, float] = {"name": 1.0, "alias": 0.97, "programme": 0.9, "domain": 0.95}
_COMMON_NAME = 0.75
_COMMON_WORD = 0.7
_ACRONYM = 0.85
_BARE_WORD = 0.85  # factor, for "Guardian" without its article
_ALTERED = 0.97  # factor, for a name printed without its article and the like
_BARE_LETTERS = 7  # "Guardian" alone is The Guardian, "Hill" alone is nothing
_SHORT_LETTERS = 4  # up to here a name counts only as printed: AP, not ap

_NO_APOSTROPHES = str.maketrans("", "", APOSTROPHES)
_NOT_LETTERS = bytes(c for c in range(128) if not chr(c).isalnum())
_LEADING_WORD = re.compile(rf"([^\W\d_]+)(?:\s+|[{APOSTROPHES}])(?=\w)")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_DECLINED = re.compile(r"(?<=[a-zäöüß]{2}e)n(?= [A-ZÄÖÜ])")


class Form(NamedTuple):
    """One way to print an outlet's name, as the file states it."""

    outlet: Outlet
    how: How
    full: str
    article: str
    """The leading article of `full`, '' for none; `rest` is what follows it."""
    rest: str
    common: bool
    """An ordinary word or phrase, or a programme's name that could be one."""
    short: bool
    """An acronym: too few letters to be told from a word by anything but its capitals."""
    confidence: float

    @property
    def match(self) -> Match:
        return Match(outlet=self.outlet, how=self.how, confidence=self.confidence)

    def allows(self, printed: str, wanted: str) -> bool:
        """Whether *printed*, which has the letters of *wanted*, also has its words and, where they matter, capitals."""
        if self.common or self.short:
            letters, exact = _letters(printed), _letters(wanted)
            small_article = self.article != "" and wanted == self.full and letters[1:] == exact[1:]
            if letters not in (exact, exact.upper()) and not small_article:
                return False
        return not _has_other_accents(printed, wanted) and _has_as_few_words(printed, wanted)


def make_form(outlet: Outlet, how: How, full: str) -> Form:
    article, rest = split_article(full, outlet.language)
    short = len(name_key(rest)) <= _SHORT_LETTERS
    if outlet.common and (how == "name" or " " not in rest):
        confidence = _COMMON_NAME if article or " " in rest else _COMMON_WORD
        return Form(outlet, how, full, article, rest, True, short, confidence)
    ambiguous = short and not outlet.agency and outlet.kind not in STATIONS
    confidence = _ACRONYM if ambiguous else CONFIDENCE[how]
    return Form(outlet, how, full, article, rest, how == "programme", short, confidence)


def name_key(printed: str) -> str:
    """*printed* folded and without spaces, so that "Wards Auto" is "WardsAuto" and "A.P." is "AP".

    >>> name_key("Crain’s Detroit Business"), name_key("U.S. News & World Report")
    ('crainsdetroitbusiness', 'usnewsandworldreport')
    """
    simple = printed.replace("’", "").replace("&", "and")
    if not simple.isascii():
        return fold(printed).replace(" ", "")
    return simple.lower().encode().translate(None, _NOT_LETTERS).decode()


def split_article(title: str, language: str) -> tuple[str, str]:
    """The leading article of a title, '' when there is none, and the rest.

    >>> split_article("The Detroit News", "en"), split_article("L’Équipe", "fr")
    (('The', 'Detroit News'), ('L', 'Équipe'))
    """
    leading = _LEADING_WORD.match(title)
    if leading and leading[1].lower() in ARTICLES.get(language, NO_ARTICLES):
        return leading[1], title[leading.end() :]
    return "", title


def undeclined(printed: str) -> str:
    """A German title back in the nominative.

    >>> undeclined("Frankfurter Allgemeinen Zeitung"), undeclined("Berliner Zeitung")
    ('Frankfurter Allgemeine Zeitung', 'Berliner Zeitung')
    """
    return _DECLINED.sub("", printed) if "en " in printed else printed


def _letters(text: str) -> str:
    """Letters and digits alone, in the case they are printed in."""
    return "".join(WORD.findall(unaccented(text).translate(_NO_APOSTROPHES)))


def _has_other_accents(printed: str, wanted: str) -> bool:
    """Whether *printed* has an accent where *wanted* has none: accents get lost, but a new one makes another word."""
    if printed.isascii():
        return False
    accented = {char for char in printed.casefold() if char.isalpha() and unaccented(char) != char}
    return not accented <= set(wanted.casefold())


def _has_as_few_words(printed: str, wanted: str) -> bool:
    """Whether *printed* is not parted where *wanted* is one word, save at its inner capitals ("Wards Auto")."""
    words, expected = _word_count(printed), _word_count(wanted)
    if words <= expected:
        return True
    parted = all(not word[0].islower() for word in WORD.findall(printed))
    return parted and words <= _word_count(_CAMEL.sub(" ", wanted))


def _word_count(text: str) -> int:
    """Words of *text*; letters standing alone, as in "A.P.", make one word together."""
    words = fold(text).split()
    singles = sum(len(word) == 1 for word in words)
    return len(words) - max(singles - 1, 0)


class Names:
    """Stated forms by their letters; several forms of one outlet may have the same ("ABC12", "ABC 12")."""

    def __init__(self) -> None:
        self._stated: dict[str, list[tuple[Outlet, How, str]]] = {}
        self._with_article: dict[str, set[str]] = {}
        """Letters without the leading article → with it."""
        self._forms: dict[str, tuple[Form, ...]] = {}

    def add(self, outlet: Outlet, how: How, full: str) -> Outlet:
        """File *full* under *outlet*; returns the outlet that has its letters, another one if that came first."""
        key = name_key(full)
        article, rest = split_article(full, outlet.language)
        if article:
            self._with_article.setdefault(name_key(rest), set()).add(key)
        stated = self._stated.setdefault(key, [])
        if not stated or stated[0][0] is outlet:
            stated.append((outlet, how, full))
        return stated[0][0]

    def __contains__(self, printed: str) -> bool:
        return name_key(printed) in self._stated

    def __iter__(self) -> Iterator[tuple[str, Outlet, How, str]]:
        return ((key, *form) for key, stated in self._stated.items() for form in stated)

    def forms(self, key: str) -> tuple[Form, ...]:
        """The stated forms with the letters *key*, all of one outlet."""
        if key not in self._stated:
            return ()
        if key not in self._forms:
            self._forms[key] = tuple(make_form(*stated) for stated in self._stated[key])
        return self._forms[key]

    def allowed(self, printed: str) -> Form | None:
        """The stated form that *printed* is."""
        return next((form for form in self.forms(name_key(printed)) if form.allows(printed, form.full)), None)

    def named_by(self, printed: str) -> Match | None:
        """The outlet whose name is *printed*, as stated or as printers alter it."""
        key = name_key(printed)
        if key in self._stated:
            form = self.allowed(printed)
            return form.match if form else None
        if key in self._with_article and (match := self._without_article(printed, key)):
            return match
        readings = (self._with_other_article, self._as_magazine, self._declined)
        return next((match for reading in readings if (match := reading(printed))), None)

    def _with_other_article(self, printed: str) -> Match | None:
        """Such as "the Bridge Michigan", "der Süddeutschen"."""
        leading = _LEADING_WORD.match(printed)
        if not leading or leading[1].lower() not in _ANY_ARTICLE:
            return None
        rest = printed[leading.end() :]
        nominative = undeclined(rest)
        form = self.allowed(rest) or (self.allowed(nominative) if nominative != rest else None)
        theirs = ARTICLES.get(form.outlet.language, NO_ARTICLES) | ARTICLES["en"] if form else NO_ARTICLES
        return altered(form.match) if form and leading[1].lower() in theirs else None

    def _without_article(self, printed: str, key: str) -> Match | None:
        """Such as "Detroit News", "Guardian", whose letters are *key*."""
        forms = [form for whole in self._with_article[key] for form in self.forms(whole) if form.article]
        form = forms[0] if len({form.outlet.id for form in forms}) == 1 else None
        if not form or form.common or not form.allows(printed, form.rest):
            return None
        if " " in form.rest:
            return altered(form.match)
        enough = len(key) >= _BARE_LETTERS and printed[:1].isupper()
        return replace(form.match, confidence=_BARE_WORD * form.confidence) if enough else None

    def _as_magazine(self, printed: str) -> Match | None:
        """Such as "Fortune magazine", which is no longer an ordinary word."""
        name, _, last = printed.rpartition(" ")
        form = self.allowed(name) if last.lower() == "magazine" else None
        if not form or form.outlet.kind != "magazine":
            return None
        return Match(outlet=form.outlet, how="alias", confidence=CONFIDENCE["alias"])

    def _declined(self, printed: str) -> Match | None:
        """Such as "Süddeutschen Zeitung"."""
        nominative = undeclined(printed)
        form = self.allowed(nominative) if nominative != printed else None
        return altered(form.match) if form and form.outlet.language == "de" else None


def altered(match: Match) -> Match:
    """*match* at the lower confidence of a name that is not printed by itself or not quite as stated."""
    return replace(match, confidence=round(_ALTERED * match.confidence, 3))


# --- misspelt names ---------------------------------------------------------------------------------------------------

_GUESSED_LETTERS = 8  # a name with fewer letters is never guessed
_TWO_SLIPS_LETTERS = 12  # so many letters must be right before one word may have two slips ("Crane’s Detroit Business")
_TRANSPOSED_WORDS = 3
_CERTAIN_LETTERS = 4  # the other words of a longer name have at least so many


class Spelling(NamedTuple):
    """A form as it should be, and its words folded."""

    outlet: Outlet
    full: str
    words: list[str]


class Spellings:
    """Names under all their words but one, and one-word names under their ends, to look up what is nearly right.

    A word that other outlets' names contain is never taken for a slip: "Business" is not DBusiness.
    """

    def __init__(self, names: Names) -> None:
        self._vocabulary: set[str] = set()
        self._by_words: dict[tuple[str, ...], Spelling] = {}
        self._but_one: dict[tuple[str, ...], list[Spelling]] = {}
        for _, outlet, how, full in names:
            self._add(Spelling(outlet, full, fold(full).split()), guessable=how != "programme" and not outlet.common)

    def _add(self, right: Spelling, *, guessable: bool) -> None:
        self._vocabulary.update(right.words)
        words = _without_article(right.words)
        if not guessable or len("".join(words)) < _GUESSED_LETTERS:
            return
        if len(words) >= _TRANSPOSED_WORDS:
            self._by_words.setdefault(tuple(sorted(words)), right)
        for key in (key for i in range(len(words)) for key in _keys_without(words, i)):
            self._but_one.setdefault(key, []).append(right._replace(words=words))

    def nearest(self, printed: str) -> Match | None:
        """The one outlet whose name *printed* is with its words transposed or a slip in one of them."""
        words = _without_article(fold(printed).split())
        if len("".join(words)) < _GUESSED_LETTERS or (len(words) > 1 and printed.islower()):
            return None
        unknown = [i for i, word in enumerate(words) if word not in self._vocabulary]
        if not unknown:
            transposed = self._by_words.get(tuple(sorted(words)))
            return _guess(printed, [transposed], 0.75) if transposed else None
        if len(unknown) > 1:
            return None
        candidates = (right for key in _keys_without(words, unknown[0]) for right in self._but_one.get(key, ()))
        return _guess(printed, (right for right in candidates if self._is_near(words, right.words, unknown[0])), 0.7)

    def _is_near(self, words: list[str], right: list[str], at: int) -> bool:
        word, meant = words[at], right[at]
        certain = sum(map(len, right)) - len(meant)
        if (certain < _TWO_SLIPS_LETTERS and word[0] != meant[0]) or 0 < certain < _CERTAIN_LETTERS:
            return False
        return is_slip(word, meant, slips=2 if certain >= _TWO_SLIPS_LETTERS else 1)


def _guess(printed: str, spellings: Iterable[Spelling], confidence: float) -> Match | None:
    outlets = {s.outlet.id: s.outlet for s in spellings if not _has_other_accents(printed, s.full)}
    if len(outlets) != 1:
        return None
    return Match(outlet=outlets.popitem()[1], how="misspelt", confidence=confidence)


def _without_article(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0] in _ANY_ARTICLE else words


def _keys_without(words: Sequence[str], at: int) -> Iterator[tuple[str, ...]]:
    """What is right of *words* when the one at *at* is wrong: all others, or one end of it when there is no other."""
    if len(words) == 1:
        yield "<", words[0][:3]
        yield ">", words[0][-3:]
    else:
        yield *words[:at], "", *words[at + 1 :]
