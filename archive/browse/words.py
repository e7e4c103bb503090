"""Values as a page prints them: dates, counts, shares, addresses."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

MONTHS: Final = "January February March April May June July August September October November December".split()
TONES: Final = 12
"""Colours an outlet can have; the style sheet names them tone-0 to tone-11."""

KINDS: Final = {
    "repost": "Repost",
    "own": "The blog’s own post",
    "press_release": "Press release",
    "other": "Other",
}
FIELDS: Final = {
    "kind": "Kind",
    "outlet": "Outlet",
    "agency": "Agency",
    "authors": "Authors",
    "original_on": "First published",
    "original_url": "Original",
    "image_credit": "Image credit",
    "completeness": "Carries",
}
CARRIES: Final = {"full": "the whole article", "excerpt": "an excerpt", "pointer": "a pointer to it"}


def day(iso: str | None) -> str:
    """An ISO date in words, to the precision it has.

    >>> day("2026-02-27"), day("2026-02"), day("2026"), day(None)
    ('27 February 2026', 'February 2026', '2026', '')
    """
    parts = (iso or "").split("T")[0].split("-")
    try:
        year, *rest = (int(part) for part in parts)
        return " ".join([*(str(part) for part in rest[1:2]), *(MONTHS[part - 1] for part in rest[:1]), str(year)])
    except (ValueError, IndexError):
        return iso or ""


def short_day(iso: str) -> str:
    """For the axis of a chart.

    >>> short_day("2026-11-22T10:45:00Z")
    '22 Nov'
    """
    _, month, number = iso[:10].split("-")
    return f"{int(number)} {MONTHS[int(month) - 1][:3]}"


def instant(iso: str | None) -> str:
    """A UTC instant in words.

    >>> instant("2026-11-22T10:45:00Z")
    '22 November 2026, 10:45 UTC'
    """
    return f"{day(iso)}, {iso[11:16]} UTC" if iso and "T" in iso else day(iso)


def lag_days(original_on: str | None, posted_on: str | None) -> int | None:
    """Days between first publication and repost; None when either day is not known."""
    if not original_on or not posted_on or len(original_on) != 10:
        return None
    try:
        return (date.fromisoformat(posted_on) - date.fromisoformat(original_on)).days
    except ValueError:
        return None


def lag(days: int | None) -> str:
    """
    >>> lag(0), lag(1), lag(12), lag(-2), lag(None)
    ('the same day', 'the next day', '12 days later', '2 days earlier', '')
    """
    if days is None:
        return ""
    if days < 0:
        return f"{counted(-days, 'day')} earlier"
    return ("the same day", "the next day")[days] if days < 2 else f"{days:,} days later"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """
    >>> counted(1, "post"), counted(1200, "post"), counted(2, "category", "categories")
    ('1 post', '1,200 posts', '2 categories')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def sureness(confidence: float) -> str:
    return "sure" if confidence >= 0.9 else "likely" if confidence >= 0.7 else "doubtful"


def tone(name: str | None) -> int:
    """The colour of an outlet, for ever: it hangs on the name alone."""
    return int.from_bytes(sha256((name or "").encode()).digest()[:4], "big") % TONES


def web_url(url: str | None) -> str | None:
    """*url* if a link may lead there: http and https only, so that no archived `javascript:` is ever clicked."""
    try:
        parts = urlsplit((url or "").strip())
        return (url or "").strip() if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def shown_url(url: str | None) -> str:
    """*url* so that it can't look like another: the host in punycode, what is invisible or turns the text escaped.

    >>> shown_url("https://www.аpple.com/x")
    'https://www.xn--pple-43d.com/x'
    >>> shown_url("https://a.example/\\u202egpj.exe")
    'https://a.example/%E2%80%AEgpj.exe'
    """
    text = "".join(_escaped(letter) if unicodedata.category(letter)[0] in "CZ" else letter for letter in url or "")
    try:
        host = urlsplit(text).hostname or ""
        return text if host.isascii() else text.replace(host, host.encode("idna").decode(), 1)
    except (ValueError, UnicodeError):
        return text.encode("ascii", "backslashreplace").decode()


def _escaped(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "replace"))


def listed(names: Sequence[str]) -> str:
    """
    >>> listed(["Ana"]), listed(["Ana", "Bo"]), listed(["Ana", "Bo", "Cy"])
    ('Ana', 'Ana and Bo', 'Ana, Bo and Cy')
    """
    return " and ".join([*([", ".join(names[:-1])] if len(names) > 1 else []), *names[-1:]])
