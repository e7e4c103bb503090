"""The fields of the query language: which there are, and the normal form of their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from archive.text import collapse

_DATE: Final = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")
_SPAN: Final = re.compile(r"(?P<op><=|>=|<|>|=)?(?P<from>[^.<>=]*)(?P<dots>\.\.)?(?P<to>[^.<>=]*)")
_DAYS: Final = re.compile(r"(\d{1,5})\s*(d|w|m|y|day|week|month|year)?s?", re.IGNORECASE)
_DAYS_IN: Final = {"d": 1, "w": 7, "m": 30, "y": 365}

KINDS: Final = {
    "repost": "repost",
    "own": "own",
    "press_release": "press_release",
    "press-release": "press_release",
    "press release": "press_release",
    "release": "press_release",
    "other": "other",
}
STATES: Final = ("gone", "changed", "doubtful", "corrected", "duplicate", "withheld")
PARTS: Final = {
    "image": "image",
    "images": "image",
    "pdf": "pdf",
    "original-link": "original-link",
    "link": "original-link",
}


def day_span(value: str) -> tuple[str | None, str | None]:
    """First day and the day after the last of a date filter's value, as ISO prefixes that compare as strings.

    >>> day_span("2024-06"), day_span("2023..2024-06"), day_span(">=2024")
    (('2024-06', '2024-07'), ('2023', '2024-07'), ('2024', None))
    """
    found = _SPAN.fullmatch(value)
    if found is None:
        raise ValueError(value)
    start, end = found["from"], found["to"]
    match found["op"]:
        case ">":
            return _after(start), None
        case ">=":
            return _first(start), None
        case "<":
            return None, _first(start)
        case "<=":
            return None, _after(start)
    if found["dots"]:
        return (_first(start) if start else None), (_after(end) if end else None)
    return start, _after(start)


def lag_span(value: str) -> tuple[int | None, int | None]:
    """Least and greatest number of days of a `lag` filter's value.

    >>> lag_span(">7d"), lag_span("1w..30d"), lag_span("<2w")
    ((8, None), (7, 30), (None, 13))
    """
    found = _SPAN.fullmatch(value)
    if found is None:
        raise ValueError(value)
    first, last = (_days(found[part]) if found[part] else None for part in ("from", "to"))
    if found["dots"]:
        return first, last
    days = first or 0
    return {">": (days + 1, None), ">=": (days, None), "<": (None, days - 1), "<=": (None, days)}.get(
        found["op"] or "=", (days, days)
    )


def _days(text: str) -> int:
    found = _DAYS.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return int(found[1]) * _DAYS_IN[(found[2] or "d")[0].lower()]


def _iso(text: str) -> str | None:
    """*text* as an ISO date of the precision given; None when there is no such day."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    numbers = [int(part) for part in found.groups() if part]
    try:
        date(*[*numbers, 1, 1][:3])
    except ValueError:
        return None
    return "-".join(f"{number:0{width}}" for number, width in zip(numbers, (4, 2, 2), strict=False))


def _first(iso: str) -> str:
    """The spelling that sorts before every date in *iso*: "2017" comes before "2017-01" and "2017-01-01"."""
    return iso.removesuffix("-01").removesuffix("-01") if len(iso) > 4 else iso


def _after(iso: str) -> str:
    """The ISO date of the same precision that follows."""
    year, month, day = (*(int(part) for part in iso.split("-")), 0, 0)[:3]
    if day:
        following = date.fromordinal(min(date(year, month, day).toordinal() + 1, date.max.toordinal()))
        return following.isoformat()
    if month:
        return f"{year + month // 12:04}-{month % 12 + 1:02}"
    return f"{year + 1:04}"


def _read_day(text: str) -> str | None:
    return _iso(text)


def _read_days(text: str) -> str | None:
    """A date, `A..B`, `A..`, `..B`, `>A`, `>=A`, `<A` or `<=A`."""
    return _read_span(text, _iso)


def _read_lag(text: str) -> str | None:
    return _read_span(text, lambda part: f"{_days(part)}d" if _DAYS.fullmatch(part.strip()) else None)


def _read_span(text: str, read: Callable[[str], str | None]) -> str | None:
    found = _SPAN.fullmatch(text.strip())
    if found is None or (found["op"] and found["dots"]) or (found["to"] and not found["dots"]):
        return None
    ends = [read(found[part]) if found[part].strip() else "" for part in ("from", "to")]
    if None in ends or not any(ends) or (not found["dots"] and not ends[0]):
        return None
    operator = found["op"] or ""
    return f"{'' if operator == '=' else operator}{ends[0]}{found['dots'] or ''}{ends[1]}"


def _read_name(text: str) -> str | None:
    name = collapse(text.replace('"', " "))
    return name if searchable(name) else None


def _read_id(text: str) -> str | None:
    text = text.strip().lower()
    return text if re.fullmatch(r"[0-9]{1,15}|[0-9a-f]{16}", text) else None


def _one_of(known: Mapping[str, str]) -> Callable[[str], str | None]:
    return lambda text: known.get(collapse(text).lower())


FIELDS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "outlet": _read_name,
    "author": _read_name,
    "title": _read_name,
    "category": _read_name,
    "tag": _read_name,
    "site": _read_name,
    "kind": _one_of(KINDS),
    "lang": lambda text: text.strip().lower() if re.fullmatch(r"\s*[A-Za-z]{2,3}(-[A-Za-z0-9]+)*\s*", text) else None,
    "id": _read_id,
    "after": _read_day,
    "before": _read_day,
    "on": _read_days,
    "year": _read_days,
    "posted": _read_days,
    "lag": _read_lag,
    "is": _one_of({state: state for state in STATES}),
    "has": _one_of(PARTS),
}
"""Field → what makes its value normal, or None when the value can't be meant."""

HINTS: Final = {
    "kind": f"one of {', '.join(dict.fromkeys(KINDS.values()))}",
    "is": f"one of {', '.join(STATES)}",
    "has": f"one of {', '.join(dict.fromkeys(PARTS.values()))}",
    "lang": "a language such as en or pt-BR",
    "id": "a post's number or uid",
    "lag": "days such as >7d or 1w..30d",
    **dict.fromkeys(("after", "before"), "a date such as 2024, 2024-06 or 2024-06-30"),
    **dict.fromkeys(("on", "year", "posted"), "a date such as 2024-06, or two as in 2023..2024-06"),
}


def searchable(text: str) -> bool:
    """Whether *text* has a letter or digit, without which nothing can be looked up."""
    return any(character.isalnum() for character in text)
