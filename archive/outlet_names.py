"""The forms in which an outlet's name is printed, and how words of a text lead to one of them."""

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
    kind: str
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
    """The name is also an ordinary word (Time, Fortune, The Hill): it counts only exactly as printed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """An outlet and how the printed words led to it."""

    outlet: Outlet
    how: How
    confidence: float


# --- the forms in which a name is printed -----------------------------------------------------------------------------

ARTICLES: Mapping[str, frozenset[str]] = {
    "en": frozenset({"the"}),
    "de": word_set("der die das dem den des"),
    "fr": word_set("le la les l"),
    "es": word_set("el la los las"),
    "ca": word_set("el la els les l"),
    "it": word_set("il lo la i gli le l"),
    "pt": word_set("o a os as"),
    "gl": word_set("o a os as"),
    "nl": word_set("de het"),
}
ANY_ARTICLE = frozenset().union(*ARTICLES.values())
# Articles grown together with a preposition, which in running text stand where the title's own article would.
_CONTRACTED: Mapping[str, frozenset[str]] = {
    "fr": word_set("du au"),
    "es": word_set("del al"),
    "ca": word_set("del al"),
    "it": word_set("del della dell sul sulla sull dal dalla dall nel nella nell al alla all"),
    "pt": word_set("do da no na pelo pela ao"),
}
# English and German print the article of a one-word title with a capital, or else mean the word (the hill, die Zeit).
_CAPITAL_ARTICLES = frozenset({"en", "de"})

CONFIDENCE: Mapping[How, float] = {"name": 1.0, "alias": 0.97, "programme": 0.93, "domain": 0.95}
_COMMON_CONFIDENCE = 0.75
_BARE_LETTERS = 7  # "Guardian" alone is The Guardian, "Hill" alone is nothing
_ACRONYM_LETTERS = 4  # up to here a name counts only as printed: AP, not ap

_NO_APOSTROPHES = str.maketrans("", "", APOSTROPHES)
LEADING_WORD = re.compile(rf"([^\W\d_]+)(?:\s+|[{APOSTROPHES}])(?=\w)")
_ADJECTIVE = re.compile(r"\b([A-ZÄÖÜ][a-zäöüß]{2,}e)(?= [A-ZÄÖÜ])")


class Form(NamedTuple):
    """One way to print an outlet's name."""

    outlet: Outlet
    how: How
    full: str
    article: str
    """The leading article of `full`, '' for none; `rest` is what follows it."""
    rest: str
    strict: bool
    """Counts only with just these capitals, or all in capitals."""
    confidence: float

    @property
    def match(self) -> Match:
        return Match(outlet=self.outlet, how=self.how, confidence=self.confidence)

    @property
    def is_common(self) -> bool:
        return self.outlet.common and " " not in self.rest

    def allows(self, printed: str, wanted: str) -> bool:
        """Whether the capitals of *printed*, which has the letters of *wanted*, are such that the outlet is meant."""
        return (
            not self.strict or (letters := _letters(printed)) == (exact := _letters(wanted)) or letters == exact.upper()
        )


def name_key(text: str) -> str:
    """The form folded and without spaces, so that "Wards Auto" is "WardsAuto" and "A.P." is "AP"."""
    return fold(text).replace(" ", "")


def _letters(text: str) -> str:
    """Letters and digits alone, in the case they are printed in."""
    return "".join(WORD.findall(unaccented(text).translate(_NO_APOSTROPHES)))


def split_article(title: str, language: str) -> tuple[str, str]:
    """The leading article of a title, '' when there is none, and the rest.

    >>> split_article("The Detroit News", "en")
    ('The', 'Detroit News')
    >>> split_article("L’Équipe", "fr")
    ('L', 'Équipe')
    """
    leading = LEADING_WORD.match(title)
    if leading and leading[1].lower() in ARTICLES.get(language, ()):
        return leading[1], title[leading.end() :]
    return "", title


def inflected(title: str) -> str | None:
    """The oblique case of a German title with an adjective in it, None for others.

    >>> inflected("Süddeutsche Zeitung"), inflected("Frankfurter Allgemeine Zeitung"), inflected("Berliner Zeitung")
    ('Süddeutschen Zeitung', 'Frankfurter Allgemeinen Zeitung', None)
    """
    oblique = _ADJECTIVE.sub(r"\1n", title)
    return oblique if oblique != title else None


def _form(outlet: Outlet, how: How, full: str) -> Form:
    article, rest = split_article(full, outlet.language)
    common = outlet.common and " " not in rest
    strict = common or len(rest) <= _ACRONYM_LETTERS
    return Form(outlet, how, full, article, rest, strict, _COMMON_CONFIDENCE if common else CONFIDENCE[how])


def stated_forms(outlet: Outlet) -> Iterator[Form]:
    yield _form(outlet, "name", outlet.name)
    for alias in outlet.aliases:
        yield _form(outlet, "alias", alias)
    for programme in outlet.programmes:
        yield _form(outlet, "programme", programme)


def made_forms(outlet: Outlet) -> Iterator[Form]:
    """Forms nobody has to write down: "Detroit News", "Fortune Magazine", "Süddeutschen Zeitung"."""
    if outlet.kind == "magazine" and not outlet.name.endswith("Magazine"):
        yield _form(outlet, "alias", f"{outlet.name} Magazine")
    if outlet.language == "de" and (oblique := inflected(outlet.name)):
        yield _form(outlet, "alias", oblique)
    for form in stated_forms(outlet):
        if form.article and (" " in form.rest or (len(form.rest) >= _BARE_LETTERS and not outlet.common)):
            yield form._replace(full=form.rest, strict=" " not in form.rest, confidence=0.95 * form.confidence)


# --- outlets in running text ------------------------------------------------------------------------------------------

Span = tuple[int, int, Match]

# A capital beside an ordinary word makes it part of something else ("Time Warner"), unless it is one of these.
_LINKING = word_set(
    "in from via by for to with on at source courtesy original originally of and or see read the this that our a an as "
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday de en para por dans sur pour aus bei"
)
_GAPS = frozenset({"", " ", "-", ". ", ".", "! ", "\u00a0", "\u2010", "\u2011", "–", *APOSTROPHES})
_COMMON_IN_TEXT = 0.6
_ARTICLE_GAPS = frozenset({" ", *APOSTROPHES})
# Signs that, without a space, make a name part of something else: "Post-Herald", "@time", "forbes.fr".
_BEFORE_OTHERS = frozenset("-@#_")
_AFTER_OTHERS = re.compile(r"[-_@.\u2010\u2011]\w")


class Running:
    """Every form by its letters, and every beginning of one, so that a text is read once from left to right."""

    def __init__(self, forms: Iterable[Form], hosts: Mapping[str, Outlet]) -> None:
        self._forms: dict[str, list[Form]] = {}
        self._beginnings: set[str] = set()
        self._first_words: set[str] = set()
        for form in forms:
            self._add(form)
        for host, outlet in hosts.items():
            self._add(Form(outlet, "domain", host, "", host, False, CONFIDENCE["domain"]))

    def _add(self, form: Form) -> None:
        words = WORD.findall(form.rest)
        self._first_words.update(
            (words[0], words[0].upper(), words[0][:1].upper() + words[0][1:], unaccented(words[0]))
        )
        so_far = ""
        for word in words[:-1]:
            so_far += _fold_word(word)
            self._beginnings.add(so_far)
        self._forms.setdefault(so_far + _fold_word(words[-1]), []).append(form)

    def mentions(self, text: str) -> list[Span]:
        if self._first_words.isdisjoint(WORD.findall(text)):
            return []
        words = list(WORD.finditer(text))
        found: list[Span] = []
        at = 0
        while at < len(words):
            width, span = self._longest_at(text, words, at) if words[at][0] in self._first_words else (1, None)
            at += width
            if span:
                found.append(span)
        return found

    def _longest_at(self, text: str, words: Sequence[re.Match[str]], at: int) -> tuple[int, Span | None]:
        """Words read and the longest mention that begins with the word *at*."""
        best: tuple[int, Span | None] = (1, None)
        so_far = ""
        for last in range(at, len(words)):
            if last > at and text[words[last - 1].end() : words[last].start()] not in _GAPS:
                break
            so_far += _fold_word(words[last][0])
            for form in self._forms.get(so_far, ()):
                if span := _span(form, text, words, at, last):
                    best = (last - at + 1, span)
                    break
            if so_far not in self._beginnings:
                break
        return best


def _fold_word(word: str) -> str:
    return "and" if word == "&" else unaccented(word).casefold()


def _span(form: Form, text: str, words: Sequence[re.Match[str]], first: int, last: int) -> Span | None:
    """The mention of *form* in the words *first* to *last*, which have its letters; None if something else is meant."""
    start, end = words[first].start(), words[last].end()
    if text[start - 1 : start] in _BEFORE_OTHERS or _AFTER_OTHERS.match(text, end):
        return None
    if form.how == "domain":
        return (start, end, form.match) if text[start:end].lower() == form.rest else None
    if not _has_capitals(form, text[start:end]):
        return None
    article = _article_before(form, text, words, first)
    if article is None or (_is_word_like(form) and _has_company(text, words, first, last, alone=not form.article)):
        return None
    return article, end, replace(form.match, confidence=_COMMON_IN_TEXT) if form.is_common else form.match


def _has_capitals(form: Form, printed: str) -> bool:
    if form.strict:
        return form.allows(printed, form.rest)
    expected, found = WORD.findall(form.rest), WORD.findall(printed)
    if len(expected) != len(found):
        return found[0][:1] == expected[0][:1]
    return all(f[0].isupper() or not e[0].isupper() for e, f in zip(expected, found, strict=True))


def _article_before(form: Form, text: str, words: Sequence[re.Match[str]], first: int) -> int | None:
    """Where the mention begins: at the article of the title, or at its first word when it can do without; else None."""
    start = words[first].start()
    if not form.article:
        return start
    before = words[first - 1] if first and text[words[first - 1].end() : start] in _ARTICLE_GAPS else None
    word, language = before[0].lower() if before else "", form.outlet.language
    needs_capital = form.is_common and language in _CAPITAL_ARTICLES
    if before and word == form.article.lower() and (before[0][0].isupper() or not needs_capital):
        return before.start()
    if " " in form.rest and not form.is_common:
        return start
    other = ARTICLES[language] | _CONTRACTED.get(language, frozenset())
    return start if word in other and word != form.article.lower() and not form.is_common else None


def _is_word_like(form: Form) -> bool:
    """Whether the form could be a word of an ordinary headline rather than a name."""
    return form.is_common or form.how == "programme" or (form.article != "" and " " not in form.rest)


def _has_company(text: str, words: Sequence[re.Match[str]], first: int, last: int, *, alone: bool) -> bool:
    """Whether a neighbour makes the word part of a longer name, or beginning a sentence explains its capital."""
    after = (
        words[last + 1] if last + 1 < len(words) and text[words[last].end() : words[last + 1].start()] == " " else None
    )
    if after and _continues_name(after[0]):
        return True
    if not alone:
        return False
    before = words[first - 1] if first and text[words[first - 1].end() : words[first].start()] == " " else None
    return _continues_name(before[0]) if before else after is not None and after[0][0].islower()


def _continues_name(neighbour: str) -> bool:
    return not neighbour[0].islower() and neighbour.lower() not in _LINKING


# --- misspelt names ---------------------------------------------------------------------------------------------------

_GUESSED_LETTERS = 8  # a name with fewer letters is never guessed
_TWO_SLIPS_LETTERS = 12  # so many letters must be right before one word may have two slips ("Crane’s Detroit Business")
_TRANSPOSED_WORDS = 3


class Spellings:
    """Names under all their words but one, and one-word names under their ends, to look up what is nearly right.

    A word that other outlets' names contain is never taken for a slip: "Business" is not DBusiness.
    """

    def __init__(self, forms: Iterable[Form]) -> None:
        self._vocabulary: set[str] = set()
        self._by_words: dict[tuple[str, ...], Form] = {}
        self._but_one: dict[tuple[str, ...], list[Form]] = {}
        for form in forms:
            self._add(form, fold(form.rest).split())

    def _add(self, form: Form, words: list[str]) -> None:
        self._vocabulary.update(words)
        if form.strict or form.how == "programme" or len("".join(words)) < _GUESSED_LETTERS:
            return
        if len(words) >= _TRANSPOSED_WORDS:
            self._by_words.setdefault(tuple(sorted(words)), form)
        for key in _keys_but_one(words):
            self._but_one.setdefault(key, []).append(form)

    def nearest(self, printed: str) -> Match | None:
        words = fold(printed).split()
        if words and words[0] in ANY_ARTICLE:
            words = words[1:]
        if len("".join(words)) < _GUESSED_LETTERS:
            return None
        if form := self._by_words.get(tuple(sorted(words))):
            return _guess(form, 0.75)
        forms = {form for key in _keys_but_one(words) for form in self._but_one.get(key, ())}
        near = {form.outlet.id: form for form in forms if self._is_near(words, fold(form.rest).split())}
        return _guess(next(iter(near.values())), 0.7) if len(near) == 1 else None

    def _is_near(self, words: list[str], right: list[str]) -> bool:
        different = [(w, r) for w, r in zip(words, right, strict=True) if w != r]
        if len(different) != 1 or different[0][0] in self._vocabulary:
            return False
        certain = sum(map(len, right)) - len(different[0][1])
        return is_slip(*different[0], slips=2 if certain >= _TWO_SLIPS_LETTERS else 1)


def _keys_but_one(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    if len(words) == 1:
        yield "<", words[0][:3]
        yield ">", words[0][-3:]
        return
    for i in range(len(words)):
        yield *words[:i], "", *words[i + 1 :]


def _guess(form: Form, confidence: float) -> Match:
    return Match(outlet=form.outlet, how="misspelt", confidence=confidence)
