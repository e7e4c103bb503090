"""What a person looks over and sets right: the doubtful readings, most doubtful first, and corrections as typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, get_args
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.clippings import clipping
from archive.errors import UsageError
from archive.model import Completeness, Kind
from archive.outlets import load_outlets
from archive.schema.review import TO_LOOK_OVER
from archive.search.plan import DOUBTFUL_BELOW
from archive.store import Store
from archive.store.corrections import CORRECTABLE
from archive.text import collapse, visible

# --- doubtful readings ------------------------------------------------------------------------------------------------

WEIGHED: Final = ("outlet", "authors", "original_on", "original_url")
"""Fields whose weakest evidence counts: a reading is no surer than they are."""

NEVER_SURE: Final = 0.5
"""How sure a repost without an outlet is at most: a logo without words, or a post that is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """One reading that someone should look at."""

    id: int
    uid: str
    site: str
    url: str
    title: str | None
    sure: float
    """0–1, of the least sure thing about it; what the list is ordered by."""
    doubts: tuple[str, ...]
    """What is doubtful, in words."""
    values: Mapping[str, Any]
    """What was read: kind, completeness, outlet, authors, original_on, original_url, image_credit."""
    evidence: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """The first of the doubtful readings, and how many there are."""

    total: int
    doubts: tuple[Doubt, ...]


def find_doubts(db: Database, *, limit: int, site: str | None = None) -> Review:
    """Most doubtful first. A reading that a person corrected or confirmed is not doubtful any more.

    Raises UsageError for a *site* the archive does not hold.
    """
    rows = sorted(_candidates(db, site), key=lambda row: (_sure(row), row["id"]))
    return Review(total=len(rows), doubts=tuple(_doubt(db, row) for row in rows[:limit]))


def _candidates(db: Database, site: str | None) -> Iterator[dict[str, Any]]:
    if site is not None and not db.execute("select 1 from sites where name = ?", [site]).fetchone():
        raise UsageError(f"the archive has no site {site!r}", hint="clipfile runs lists what was crawled")
    for row in db.query(CANDIDATES, {"site": site}):
        if any(applies(row) for _, applies in DOUBTS):
            yield row


CANDIDATES: Final = f"""
    select posts.id, posts.uid, sites.name as site, posts.url, posts.title, posts.kind, posts.outlet, posts.confidence,
        posts.posted_on, posts.words,
        (
            select min(confidence) from evidence
            where post_id = posts.id and field in {WEIGHED}
        ) as weakest
    from posts join sites on sites.id = posts.site_id
    where sites.name = coalesce(:site, sites.name)
        and not exists (select 1 from corrections where post_id = posts.id and undone_at is null)
        and posts.id in (
            select id from posts where {TO_LOOK_OVER}
            union all
            select post_id from evidence where confidence < {DOUBTFUL_BELOW} and field in {WEIGHED}
        )
"""
"""What may be doubtful; `DOUBTS` says whether it is."""

Row = Mapping[str, Any]

DOUBTS: Final[tuple[tuple[str, Callable[[Row], bool]], ...]] = (
    (
        "unsure of where it is from",
        lambda row: row["kind"] == "repost" and row["confidence"] < DOUBTFUL_BELOW,
    ),
    (
        "unsure of a value",
        lambda row: (
            row["kind"] == "repost"
            and row["weakest"] is not None
            and row["weakest"] < DOUBTFUL_BELOW <= row["confidence"]
        ),
    ),
    ("a repost without an outlet", lambda row: row["kind"] == "repost" and not row["outlet"]),
    ("perhaps a repost", lambda row: row["kind"] != "repost" and row["confidence"] < DOUBTFUL_BELOW),
    ("no headline", lambda row: not row["title"]),
    ("no date", lambda row: not row["posted_on"]),
    ("no text", lambda row: not row["words"]),
)
"""What can be doubtful about a reading or the page it was read from."""

UNREAD: Final = {"no headline": "title", "no date": "date", "no text": "content"}
"""Doubt about the page itself, which no correction mends → the selector of the site's profile that does."""


def _sure(row: Row) -> float:
    weakest = row["weakest"] if row["kind"] == "repost" and row["weakest"] is not None else 1.0
    most = NEVER_SURE if row["kind"] == "repost" and not row["outlet"] else 1.0
    return float(min(row["confidence"], weakest, most))


def _doubt(db: Database, row: Row) -> Doubt:
    return Doubt(
        **{name: row[name] for name in ("id", "uid", "site", "url", "title")},
        sure=_sure(row),
        doubts=tuple(words for words, applies in DOUBTS if applies(row)),
        values=values_of(db, row["id"]),
        evidence=tuple(db.query(EVIDENCE, [row["id"]])),
    )


EVIDENCE: Final = "select field, value, printed, place, rule, confidence from evidence where post_id = ? order by id"


def values_of(db: Database, post_id: int) -> dict[str, Any]:
    """The fields a correction may replace, as the archive has them now."""
    found = clipping(db, post_id)
    found |= next(db.query("select completeness from posts where id = ?", [post_id]))
    return {field: found[field] for field in CORRECTABLE}


# --- corrections as they are typed ------------------------------------------------------------------------------------

KINDS: Final = get_args(Kind)
PARTS: Final = get_args(Completeness)
OF_A_REPOST: Final = ("completeness", "outlet", "authors", "original_on", "original_url")
"""Who says one of these says that the post is a repost."""

_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Amendment:
    """What a person sets right, checked and ready to be stored."""

    values: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    """What was made of the words that were typed, where it was something else than they."""


def amend(now: Mapping[str, Any], given: Mapping[str, Any], none: Collection[str] = ()) -> Amendment:
    """Check what was typed against what the archive says *now*; fields of *none* are said to have no value.

    Raises UsageError for what can't be meant: a day that is none, an address without a host, a field twice.
    """
    if "kind" in none:
        raise UsageError("every post has a kind", hint=f"--kind is one of {', '.join(KINDS)}")
    if twice := set(given) & set(none):
        raise UsageError(f"{min(twice)} is given and said to be none", hint="leave one of the two out")
    values: dict[str, Any] = {field: READ[field](value) for field, value in given.items()}
    notes: list[str] = []
    if "outlet" in values:
        values["outlet"], words = outlet_named(values["outlet"])
        notes += words
    values |= {field: [] if field == "authors" else None for field in none}
    notes += _with_kind(now, values)
    return Amendment(values={field: values[field] for field in CORRECTABLE if field in values}, notes=tuple(notes))


def confirmed(now: Mapping[str, Any]) -> Amendment:
    """What was read, said again by a person: no later reading replaces it. What is not known stays open."""
    return Amendment(values={field: value for field, value in now.items() if value})


def correct(store: Store, post_id: int, amendment: Amendment, *, note: str | None, made_by: str | None) -> None:
    """Store the amendment in one transaction, as corrections of the post."""
    with store.atomic():
        if amendment.values.get("kind", "repost") != "repost":  # what was said of the repost falls with it
            store.corrections.undo(post_id, OF_A_REPOST)
        store.corrections.make(post_id, amendment.values, note=note, made_by=made_by)


def _with_kind(now: Mapping[str, Any], values: dict[str, Any]) -> Iterator[str]:
    """Make a post a repost that is given an outlet, authors or a day; refuse to make it something else then."""
    speaking = [field for field in OF_A_REPOST if values.get(field)]
    kind = values.get("kind", now["kind"])
    if not speaking or kind == "repost":
        return
    if "kind" in values:
        raise UsageError(f"a post of kind {kind} has no {speaking[0]}", hint="only a repost has")
    values["kind"] = "repost"
    yield f"it was {kind}; with {_an(speaking[0])} it is a repost"


def _an(field: str) -> str:
    return {"authors": "authors", "outlet": "an outlet", "completeness": "a completeness"}.get(field, f"an {field}")


def field_named(typed: str) -> str:
    """The field that is meant by a word of the command line.

    >>> field_named("original-on"), field_named("author")
    ('original_on', 'authors')
    """
    name = typed.strip().lower().replace("-", "_").replace(" ", "_")
    field = {"author": "authors"}.get(name, name)
    if field not in CORRECTABLE:
        raise UsageError(f"{typed!r} is no field", hint=f"one of {', '.join(CORRECTABLE)}")
    return field


def outlet_named(printed: str) -> tuple[str, list[str]]:
    """The outlet's canonical name where the authority file knows it, else the words as typed; and what to say of it.

    >>> outlet_named("freep")
    ('Detroit Free Press', ['“freep” is Detroit Free Press'])
    """
    match = load_outlets().find(printed)
    if match is None:
        return printed, [f"no outlets file knows “{printed}”: kept as typed (docs/outlets.md says how to add it)"]
    name = match.outlet.name
    if match.how == "misspelt":
        return printed, [f"no outlets file knows “{printed}”: kept as typed. Did you mean “{name}”?"]
    return name, [] if name == printed else [f"“{printed}” is {name}"]


def read_words(printed: str) -> str:
    """One line of words, white space folded. Raises UsageError for none."""
    words = collapse(visible(printed))
    if not words:
        raise UsageError("a value is empty", hint="to say that there is none, give --none FIELD")
    return words


def read_names(printed: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(map(read_words, printed)))


def read_day(printed: str) -> str:
    """A day, month or year as ISO 8601 has it.

    >>> read_day("2021-03"), read_day(" 1998 ")
    ('2021-03', '1998')
    """
    printed = printed.strip()
    parts = _DAY.fullmatch(printed)
    try:
        if not parts:
            raise ValueError
        date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
    except ValueError:
        raise UsageError(f"{printed!r} is no date", hint="write 2021-03-04, 2021-03 or 2021") from None
    return printed


def read_address(printed: str) -> str:
    """An http(s) address with a host."""
    printed = printed.strip()
    try:
        parts = urlsplit(printed)
        is_address = (
            parts.scheme in ("http", "https") and "." in (parts.hostname or "") and not re.search(r"\s", printed)
        )
    except ValueError:
        is_address = False
    if not is_address:
        raise UsageError(f"{printed!r} is no address", hint="it begins with https:// or http://")
    return printed


def _one_of(words: Sequence[str], what: str) -> Callable[[str], str]:
    def read(printed: str) -> str:
        wanted = printed.strip().lower().replace(" ", "_").replace("-", "_")
        if wanted not in words:
            raise UsageError(f"{printed!r} is no {what}", hint=f"one of {', '.join(words)}")
        return wanted

    return read


READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "kind": _one_of(KINDS, "kind of post"),
    "completeness": _one_of(PARTS, "completeness"),
    "outlet": read_words,
    "authors": read_names,
    "original_on": read_day,
    "original_url": read_address,
    "image_credit": read_words,
}
"""Field → what makes a value of what was typed."""
