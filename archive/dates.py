"""Printed dates, to the precision printed: a day, a month or a year, and never a part that nobody printed.

Six languages and Catalan share one table of months, since a blog's language and its outlet's need not agree. Dates that
cannot be (30 February, 17/17/2015) are not dates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import filterfalse
from typing import Any, Literal

Order = Literal["mdy", "dmy", "ymd"]

MONTHS: tuple[str, ...] = (
    "january jan januar jänner jaenner enero ene janvier janv gennaio gen genn janeiro gener janury janurary januray",
    "february feb febr februar feber febrero février fevrier févr fevr fév fev febbraio febb fevereiro febrer "
    "febuary feburary febraury",
    "march mar märz maerz mär marzo mars março marco març mrz",
    "april apr abril abr avril avr aprile apirl",
    "may mai mayo maggio mag maio maig",
    "june jun juni junio juin giugno giu junho juny",
    "july jul juli julio juillet juil luglio lug julho juliol",
    "august aug agosto ago août aout agost augsut",
    "september sept sep septiembre setiembre septembre settembre sett set setembro setembre septmber setpember "
    "sepember",
    "october oct oktober okt octubre octobre ottobre ott outubro out ocotber octobr",
    "november nov noviembre novembre novembro novemeber novmber",
    "december dec dezember dez diciembre dic décembre decembre déc dicembre dezembro desembre des decmber decembr",
)
SEASONS = (
    "spring summer autumn fall winter holiday printemps été automne hiver frühjahr frühling sommer herbst primavera "
    "verano "
    "otoño invierno estate autunno inverno verão outono"
)
WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat "
    "lunes martes miércoles miercoles jueves viernes sábado sabado domingo lundi mardi mercredi jeudi vendredi "
    "samedi dimanche "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lunedì lunedi martedì martedi mercoledì "
    "mercoledi "
    "giovedì giovedi venerdì venerdi sabato domenica segunda-feira terça-feira quarta-feira quinta-feira sexta-feira "
    "dilluns dimarts dimecres dijous divendres dissabte diumenge mo di mi do fr sa so lun mer jeu ven sam dim"
)
AMBIGUOUS_ALONE = frozenset("mar may set out des gen mag abr ago ene mai jan sat sun march".split())
"""Months that are also common words: a date without a year in lower case is not read from them."""

LATEST_POST_DAYS = timedelta(days=1)
"""A post may stand in another time zone than the outlet it quotes."""
INFERENCE_WINDOW = timedelta(days=60)
"""A missing year is taken from the post's date only when the article is then at most this old."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedDate:
    """A date as it stands in a line; `start` and `end` include a weekday printed with it."""

    start: int
    end: int
    text: str
    year: int | None
    month: int | None = None
    day: int | None = None
    swapped: tuple[int, int] | None = None
    """Month and day the other way round, when a numeric date could be read so too."""

    @property
    def iso(self) -> str | None:
        """ISO to the printed precision; None while the year is missing.

        >>> find_dates("August 2018 Issue")[0].iso
        '2018-08'
        """
        if self.year is None:
            return None
        if self.month and self.day:
            return f"{self.year:04}-{self.month:02}-{self.day:02}"
        return "-".join(f"{part:0{width}}" for part, width in ((self.year, 4), (self.month, 2), (self.day, 2)) if part)

    @property
    def year_missing(self) -> bool:
        return self.year is None


def find_dates(text: str, language: str | None = None, order: Order | None = None) -> list[PrintedDate]:
    """Return the dates printed in *text*, left to right, without overlap.

    *order* says how ambiguous numeric dates are meant; without it the language does (mdy for en, en-US and undeclared).

    >>> [d.iso for d in find_dates("December 7, 2007, 7:58 p.m., updated 8.12.2007", "de")]
    ['2007-12-07', '2007-12-08']
    >>> find_dates("February 30, 2015")
    []
    """
    if not _DIGIT.search(text):
        return []
    return list(
        (_dates_in if len(text) <= REMEMBERED_CHARS else _dates_in.__wrapped__)(text, order or order_of(language))
    )


REMEMBERED_CHARS = 60
"""A line that is a date is asked about more than once: as the post's own day, then as the article's."""


_TAKEN = "\0"
"""Written over what is part of a date already."""


@lru_cache(maxsize=1024)
def _dates_in(text: str, wanted: Order) -> tuple[PrintedDate, ...]:
    found: list[PrintedDate] = []
    lower = left = _lower(text)
    for pattern in _patterns_for(lower):
        for match in pattern.finditer(lower):
            start, end = match.span()
            if _TAKEN in left[start:end]:
                continue
            left = left[:start] + _TAKEN * (end - start) + left[end:]
            if (read := _read(match, text, wanted)) is not None:
                found.append(read)
        if not _DIGIT.search(left):  # no date is without a figure
            break
    return tuple(sorted(found, key=lambda d: d.start))


def _lower(text: str) -> str:
    """*text* in lower case, letter for letter: patterns without `re.IGNORECASE` take a fraction of the time."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _patterns_for(lower: str) -> Iterator[re.Pattern[str]]:
    """The patterns worth trying: those of names where one stands, those of numbers where signs part two."""
    named = not _NAMES.isdisjoint(_LETTERS.findall(lower))
    numeric = _TWO_NUMBERS.search(lower) is not None
    return (pattern for pattern, by_name in _PATTERNS if (named if by_name else numeric))


def order_of(language: str | None) -> Order:
    """How *language* (BCP 47, None when undeclared) writes numeric dates."""
    tag = (language or "en").casefold().replace("_", "-")
    return "mdy" if tag in ("en", "en-us", "") else "dmy"


def resolve(printed: PrintedDate, posted_on: str | None) -> str | None:
    """ISO date meant by *printed* in a post of *posted_on* (ISO day, None when unknown).

    A missing year comes from the post when the article is then no older than `INFERENCE_WINDOW`; an ambiguous numeric
    date is read the way that puts it shortly before the post. None when the year stays unknown or the date is
    after the post.

    >>> resolve(find_dates("Sept. 17")[0], "2015-09-20")
    '2015-09-17'
    >>> resolve(find_dates("Dec. 30")[0], "2016-01-04")
    '2015-12-30'
    """
    posted = day_of(posted_on)
    if printed.year is None:
        return _with_year(printed, posted) if posted else None
    if posted is None:
        return printed.iso
    if printed.swapped and not _just_before(_as_date(printed.year, printed.month, printed.day), posted):
        other = _as_date(printed.year, *printed.swapped)
        if _just_before(other, posted) and other is not None:
            return other.isoformat()
    return None if is_after(printed.iso, posted_on) else printed.iso


def is_after(iso: str | None, posted_on: str | None) -> bool:
    """Whether *iso*, at its precision, lies more than a day after the post: then it is no original date."""
    posted = day_of(posted_on)
    if iso is None or posted is None:
        return False
    return iso > (posted + LATEST_POST_DAYS).isoformat()[: len(iso)]


def day_of(iso: str | None) -> date | None:
    """The day *iso* begins with; None when it is no full date."""
    try:
        return date.fromisoformat(iso[:10]) if iso else None
    except ValueError:
        return None


def _with_year(printed: PrintedDate, posted: date) -> str | None:
    if printed.month is None or printed.day is None:
        return None
    for year in (posted.year + 1, posted.year, posted.year - 1):
        day = _as_date(year, printed.month, printed.day)
        if day and posted - INFERENCE_WINDOW <= day <= posted + LATEST_POST_DAYS:
            return day.isoformat()
    return None


def _just_before(day: date | None, posted: date) -> bool:
    return day is not None and posted - timedelta(days=45) <= day <= posted + LATEST_POST_DAYS


def _as_date(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year or 2000, month or 1, day or 1)
    except ValueError:
        return None


@lru_cache(maxsize=2048)
def fold(word: str) -> str:
    """Lower case without accents or dots: the key of the month table."""
    if word.isascii():
        return word.lower().strip(". ")
    plain = unicodedata.normalize("NFKD", word.casefold())
    if _MAY_COMBINE.search(plain):
        plain = "".join(filterfalse(unicodedata.combining, plain))
    return plain.strip(". ")


_MAY_COMBINE = re.compile("[\u0300-\u1fff\u2070-\U0010ffff]")
"""No combining mark stands outside of these; curly quotes and dashes do."""


def _any_of(words: Iterable[str]) -> str:
    """A pattern for any of *words*, the longest that fits: shared beginnings are tried once, not once a word."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}
    return _branches(tree)


def _branches(node: dict[str, Any]) -> str:
    longer = "|".join(re.escape(letter) + _branches(rest) for letter, rest in node.items() if letter)
    return f"(?:{longer}){'?' if '' in node else ''}" if longer else ""


_MONTH_NUMBER = {fold(word): number for number, words in enumerate(MONTHS, 1) for word in words.split()}
_MONTH = _any_of(word for words in MONTHS for word in words.split())
_WEEKDAY = (
    rf"(?:(?<![^\W_])(?:{_any_of(WEEKDAYS.split())}|(?<![^\W\d_]\s)sun)\.?(?:\s*[,|]\s*(?:den\s+|le\s+)?|"
    rf"\s+(?:den\s+|le\s+)?))?"
)
_YEAR = r"(?P<year>(?:1[6-9]|20)\d\d)(?!\d)"
_SHORT_YEAR = r"[’'](?P<short>\d\d)(?!\d)"
_DAY = r"(?P<day>[0-3]?\d)(?!\d)"
_OF = r"(?:\s*(?:de\s+|of\s+|del\s+|d[’']\s*|-|/|\s)\s*|\s*)"
_BEFORE = r"(?<![\d$€£])"


def _bounded(pattern: str) -> str:
    """Gaps of any width would let a line of a thousand blanks be divided among them in a million ways."""
    return pattern.replace(r"\s*", r"\s{0,4}").replace(r"\s+", r"\s{1,4}")


_PATTERNS = tuple(
    (re.compile(_bounded(pattern)), "(?P<name>" in pattern or "(?P<season>" in pattern)
    for pattern in (
        # 2018-08-19, 2018/08/19
        rf"{_BEFORE}(?P<year>(?:1[6-9]|20)\d\d)(?P<sep>[-/.])(?P<month>[01]?\d)(?P=sep){_DAY}(?:t[\d:]+)?",
        # August 18, 2021 · Sept. 17 · January, 21, 2018 · June 3rd 2019
        rf"{_WEEKDAY}(?<![^\W\d_])(?P<name>{_MONTH})\b\.?,?\s*{_DAY}(?:st|nd|rd|th)?\b(?!\s*(?:%|percent|million|"
        rf"billion|[ap]\.?m\b|:\d))"
        rf"(?:\.?,?\s*(?:of\s+)?(?:{_YEAR}|{_SHORT_YEAR}))?",
        # 2 décembre 2020 · 28. November 2013 · 1er juin · 2 de dezembro de 2020 · 14 d'abril de 2020 · 24-Sep-2003
        rf"{_WEEKDAY}{_BEFORE}(?<![\w.,]){_DAY}(?:\.|er|º|°|ª|st|nd|rd|th)?{_OF}(?P<name>{_MONTH})(?![^\W\d_])\.?,?"
        rf"(?:(?:\s*(?:de\s+|del\s+|-|/)\s*|\s*)(?:{_YEAR}|{_SHORT_YEAR}))?",
        # November/December 2015 · août 2018 · agosto de 2018 · Aug. 2018
        rf"(?<![^\W\d_])(?P<name>{_MONTH})\b\.?(?:\s*[/–-]\s*{_MONTH}\b\.?)?,?\s*(?:de\s+|del\s+|of\s+)?{_YEAR}",
        # 6/17/21 · 28.11.2013 · 9-14-2022
        rf"{_WEEKDAY}{_BEFORE}(?<![\w.,-])(?<!\d/)(?P<first>[0-3]?\d)(?P<sep>[-/.])\s?(?P<second>[0-3]?\d)(?P=sep)\s?"
        rf"(?:{_YEAR}|(?P<two>\d\d)(?![\d/.-]*\d))",
        # 12.2. (a German day without a year)
        rf"{_WEEKDAY}{_BEFORE}(?<![\w.,/-])(?P<first>[0-3]?\d)\.\s?(?P<second>[01]?\d)\.(?!\s?\d)",
        rf"\b(?P<season>{_any_of(SEASONS.split())})\s+{_YEAR}",
    )
)
"""For text in lower case, in the order of trial; each with whether it needs a month's or season's name."""
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_TWO_NUMBERS = re.compile(r"\d[-/.]\s?\d")
_NAMES = frozenset(name for names in (*MONTHS, SEASONS) for name in names.split())
_OTHER_YEAR = re.compile(r"[.,]?\s*(?:de\s+|del\s+|of\s+)?-?\d{4,}")
"""Behind a month and day: a year is printed, and we do not believe it; it is not for us to put another there."""


def _read(match: re.Match[str], text: str, order: Order) -> PrintedDate | None:
    """The date that *match*, in *text* made lower case, is."""
    parts = match.groupdict()
    year = _year_of(parts)
    if parts.get("first"):
        return _numeric(
            match, text, int(parts["first"]), int(parts["second"]), year, order if parts.get("sep") != "." else "dmy"
        )
    if parts.get("season"):
        return _printed(match, text, year, None, None)
    name = parts.get("name")
    month = _MONTH_NUMBER.get(fold(name)) if name else int(parts["month"])
    day = int(parts["day"]) if parts.get("day") else None
    if year is None and name and text[match.start("name")].islower() and fold(name) in AMBIGUOUS_ALONE:
        return None
    if year is None and _OTHER_YEAR.match(text, match.end()):
        return None
    return _printed(match, text, year, month, day)


def _year_of(parts: dict[str, str | None]) -> int | None:
    if parts.get("year"):
        return int(parts["year"] or 0)
    two = parts.get("short") or parts.get("two")
    if two is None:
        return None
    return int(two) + (2000 if int(two) < 69 else 1900)


def _numeric(
    match: re.Match[str], text: str, first: int, second: int, year: int | None, order: Order
) -> PrintedDate | None:
    as_mdy, as_dmy = _as_date(year, first, second), _as_date(year, second, first)
    month_first = order == "mdy" if as_mdy and as_dmy else as_mdy is not None
    month, day = (first, second) if month_first else (second, first)
    swapped = (day, month) if as_mdy and as_dmy and first != second else None
    return _printed(match, text, year, month, day, swapped)


def _printed(
    match: re.Match[str],
    line: str,
    year: int | None,
    month: int | None,
    day: int | None,
    swapped: tuple[int, int] | None = None,
) -> PrintedDate | None:
    if month == 0 or day == 0 or _as_date(year, month, day) is None:
        return None
    text = line[match.start() : match.end()].rstrip(" ,")
    return PrintedDate(
        start=match.start(), end=match.start() + len(text), text=text, year=year, month=month, day=day, swapped=swapped
    )
