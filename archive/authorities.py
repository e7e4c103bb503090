"""The archive's outlets and authors as lists: how often, from when to when, and in which forms they were printed."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from sqlite_utils import Database

from archive.errors import UsageError
from archive.outlets import PLATFORMS, Outlets, load_outlets
from archive.schema import DAY
from archive.store.joins import Joined, Noun, load_joined
from archive.terminal import printable
from archive.text import fold, is_slip
from archive.urls import host_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """A form in which a name was printed."""

    printed: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One outlet or author of the archive."""

    name: str
    reposts: int
    first: str | None
    """Day of the first article, or of its post where the article's is not known."""
    last: str | None
    variants: tuple[Variant, ...]
    """Most frequent first, the name itself among them."""
    joined: tuple[str, ...]
    """Names that a person joined to it."""
    key: str | None = None
    """Of an outlet, in the authority file as it is now; None when it is not in it."""
    alike: tuple[str, ...] = ()
    """Other names of the archive that could be the same one; nobody has said so."""


def list_outlets(db: Database) -> list[Entry]:
    """Every outlet with a repost, the most reposted first."""
    joined, outlets = load_joined(db.conn), load_outlets()
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for outlet, printed, count in db.execute(PRINTED_OUTLETS):
        forms[outlet][printed] += count
    rows = db.execute(OUTLETS).fetchall()
    alike = alike_names([name for name, *_ in rows], _keys_of_outlet, outlets_alike)
    return [_entry(row, forms, joined, "outlet", alike, _key(outlets, row[0])) for row in rows]


def list_authors(db: Database) -> list[Entry]:
    """Every author of a repost, the most reposted first."""
    joined = load_joined(db.conn)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for author, value, printed, count in db.execute(PRINTED_AUTHORS):
        if joined.author(value) == author:
            forms[author][printed] += count
    rows = db.execute(AUTHORS).fetchall()
    alike = alike_names([name for name, *_ in rows], _keys_of_person, people_alike)
    return [_entry(row, forms, joined, "author", alike) for row in rows]


OUTLETS: Final = f"""
    select outlet, count(*), min({DAY}), max({DAY})
    from posts
    where kind = 'repost' and outlet is not null
    group by outlet
    order by count(*) desc, outlet
"""
PRINTED_OUTLETS: Final = """
    select outlet, outlet_printed, count(*)
    from posts
    where kind = 'repost' and outlet is not null and outlet_printed is not null
    group by outlet, outlet_printed
"""
AUTHORS: Final = f"""
    select authors.name, count(*), min({DAY}), max({DAY})
    from post_authors join authors on authors.id = post_authors.author_id join posts on posts.id = post_authors.post_id
    where posts.kind = 'repost'
    group by authors.id
    order by count(*) desc, authors.name
"""
PRINTED_AUTHORS: Final = """
    select authors.name, evidence.value, evidence.printed, count(*)
    from post_authors join authors on authors.id = post_authors.author_id
    join posts on posts.id = post_authors.post_id
    join evidence on evidence.post_id = posts.id and evidence.field = 'authors'
    where posts.kind = 'repost'
    group by authors.id, evidence.value, evidence.printed
"""


def _entry(
    row: Sequence[Any],
    forms: dict[str, Counter[str]],
    joined: Joined,
    noun: Noun,
    alike: dict[str, tuple[str, ...]],
    key: str | None = None,
) -> Entry:
    name, reposts, first, last = row
    names = joined.names(noun)
    return Entry(
        name=name,
        reposts=reposts,
        first=first,
        last=last,
        variants=tuple(Variant(printed=printed, count=count) for printed, count in forms[name].most_common()),
        joined=tuple(
            sorted(variant for variant in names if variant != name and _counts_as(joined, noun, variant) == name)
        ),
        key=key,
        alike=alike.get(name, ()),
    )


def _counts_as(joined: Joined, noun: Noun, name: str) -> str:
    return joined.outlet(name) if noun == "outlet" else joined.author(name)


def _key(outlets: Outlets, name: str) -> str | None:
    match = outlets.find(name)
    return match.outlet.id if match and match.how != "misspelt" else None


# --- names that could be the same -------------------------------------------------------------------------------------

_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv"})
_SLIP_LETTERS: Final = 5
"""Shorter names differ by one letter without being misspelt: Wall and Ball."""


def alike_names(
    names: Iterable[str], keys: Callable[[str], Iterable[str]], is_alike: Callable[[str, str], bool]
) -> dict[str, tuple[str, ...]]:
    """Name → the others that could be the same, in the order given. Only names that share a key are compared."""
    order = {name: place for place, name in enumerate(names)}
    by_key: dict[str, list[str]] = defaultdict(list)
    for name in order:
        for key in set(keys(name)):
            by_key[key].append(name)
    found: dict[str, set[str]] = defaultdict(set)
    for shared in by_key.values():
        for one, other in combinations(shared, 2):
            if is_alike(one, other):
                found[one].add(other)
                found[other].add(one)
    return {name: tuple(sorted(others, key=order.__getitem__)) for name, others in found.items()}


def _keys_of_person(name: str) -> Iterator[str]:
    """What two names of one person share: all letters, last name and initial, or first name and an end of the last."""
    words = [word for word in _bare(name) if word not in _SUFFIXES]
    yield "".join(words)
    if len(words) > 1:
        first, last = words[0], words[-1]
        yield from (f"{first[0]} {last}", f"{first} {last[:2]}…", f"{first} …{last[-2:]}")


def _keys_of_outlet(name: str) -> Iterator[str]:
    """All letters, or all words but one."""
    words = _bare(name)
    yield "".join(words)
    if len(words) > 1:
        yield from (" ".join([*words[:at], "…", *words[at + 1 :]]) for at in range(len(words)))


def people_alike(one: str, other: str) -> bool:
    """Whether two names could be one person's: accents, a middle name, an initial or one slip apart.

    >>> people_alike("Rick Haglund", "Rick J. Haglund"), people_alike("R. Haglund", "Rick Haglund")
    (True, True)
    >>> people_alike("Rick Haglund", "Nick Haglund"), people_alike("Ken Martin Jr.", "Ken Martin III")
    (False, False)
    """
    a, b = _bare(one), _bare(other)
    if (set(a) & _SUFFIXES) != (set(b) & _SUFFIXES) and set(a) & _SUFFIXES and set(b) & _SUFFIXES:
        return False
    a, b = ([word for word in words if word not in _SUFFIXES] for words in (a, b))
    if not a or not b:
        return False
    if "".join(a) == "".join(b):
        return True
    if len(a) < 2 or len(b) < 2:
        return False
    firsts, lasts = (a[0], b[0]), (a[-1], b[-1])
    if lasts[0] == lasts[1]:
        return firsts[0] == firsts[1] or (min(map(len, firsts)) == 1 and firsts[0][0] == firsts[1][0])
    return firsts[0] == firsts[1] and min(map(len, lasts)) >= _SLIP_LETTERS and is_slip(lasts[0], lasts[1])


def outlets_alike(one: str, other: str) -> bool:
    """Whether two names could be one outlet's: an article, accents or one slip in a long word apart.

    >>> outlets_alike("The Huron Courier", "Huron Courier"), outlets_alike("Huron Courier", "Huron Courrier")
    (True, True)
    >>> outlets_alike("Times Herald", "Times Journal")
    False
    """
    a, b = _bare(one), _bare(other)
    if "".join(a) == "".join(b):
        return True
    different = [(x, y) for x, y in zip(a, b, strict=False) if x != y]
    if len(a) != len(b) or len(different) != 1:
        return False
    x, y = different[0]
    return min(len(x), len(y)) >= _SLIP_LETTERS and is_slip(x, y)


def _bare(name: str) -> list[str]:
    words = fold(name).split()
    return words[1:] if len(words) > 1 and words[0] == "the" else words


# --- outlets the file does not know -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """An outlet that was read without being in the authority file."""

    name: str
    reposts: int
    first: str | None
    last: str | None
    variants: tuple[Variant, ...]
    alike: tuple[str, ...]
    hosts: tuple[str, ...]
    """Where its posts link to for the original, most often first."""
    posts: tuple[dict[str, Any], ...]
    """id, url and title of each."""
    toml: str
    """Its entry for the user's own file."""


def unknown_outlets(db: Database) -> list[Unknown]:
    """Outlets of the archive that the authority file does not know, the most reposted first."""
    outlets = load_outlets()
    taken = set(outlets.by_id)
    return [_unknown(db, entry, outlets, taken) for entry in list_outlets(db) if entry.key is None]


def _unknown(db: Database, entry: Entry, outlets: Outlets, taken: set[str]) -> Unknown:
    posts = list(db.query(POSTS_FROM, [entry.name]))
    hosts = Counter(host for post in posts if (host := host_of(post.pop("original_url") or "")))
    ordered = tuple(host for host, _ in hosts.most_common())
    return Unknown(
        name=entry.name,
        reposts=entry.reposts,
        first=entry.first,
        last=entry.last,
        variants=entry.variants,
        alike=entry.alike,
        hosts=ordered,
        posts=tuple(posts),
        toml=as_toml(entry, [host for host in ordered if _is_its_own(host, outlets)], new_id(entry.name, taken)),
    )


POSTS_FROM: Final = """
    select id, url, title, original_url from posts where kind = 'repost' and outlet = ? order by id
"""


def _is_its_own(host: str, outlets: Outlets) -> bool:
    """A host that no known outlet has, and that is no platform of many."""
    return (
        host not in PLATFORMS
        and outlets.by_host(host) is None
        and re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", host) is not None
    )


def as_toml(entry: Entry, hosts: Sequence[str], id: str) -> str:
    """The entry as an outlets file has it; the file it is put into must not have the id yet.

    >>> entry = Entry(name="Huron Courier", reposts=1, first=None, last=None, variants=(), joined=("HC",))
    >>> print(as_toml(entry, [], "huron-courier"))
    [huron-courier]
    name = "Huron Courier"
    aliases = ["HC"]
    """
    forms = dict.fromkeys([*(variant.printed for variant in entry.variants), *entry.joined])
    aliases = [form for form in forms if fold(form) and _bare(form) != _bare(entry.name)]
    lists = {"domains": hosts, "aliases": aliases}
    values = [f"{key} = [{', '.join(map(_quoted, found))}]" for key, found in lists.items() if found]
    return "\n".join([f"[{id}]", f"name = {_quoted(entry.name)}", *values])


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are TOML's too."""
    return json.dumps(printable(text), ensure_ascii=False)


def new_id(name: str, taken: set[str]) -> str:
    """An id for *name* that is not in *taken*, which it joins.

    >>> new_id("Huron Valley Courier", {"huron-valley-courier"})
    'huron-valley-courier-2'
    """
    stem = "-".join(re.findall("[a-z0-9]+", fold(name))) or "outlet"
    number = 1
    while (id := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    taken.add(id)
    return id


# --- names as a person types them -------------------------------------------------------------------------------------


def held_name(db: Database, noun: Noun, typed: str) -> str:
    """The outlet or author of the archive that *typed* is: as spelled, else but for case, accents and an article.

    Raises UsageError when there is none, or several.
    """
    names: list[str] = [row[0] for row in db.execute(f"select name from {noun}s order by name")]
    if typed in names:
        return typed
    found = [name for name in names if _bare(name) == _bare(typed)]
    if len(found) == 1:
        return found[0]
    near = found or [name for name in names if fold(typed) and fold(typed) in fold(name)]
    hint = f"did you mean {' or '.join(near[:4])}?" if near else f"clipfile {noun}s lists them"
    raise UsageError(f"the archive has no {noun} {typed!r}", hint=hint)


def kept_name(db: Database, noun: Noun, typed: str) -> str:
    """As `held_name`; an outlet may also be one that only the authority file knows."""
    try:
        return held_name(db, noun, typed)
    except UsageError:
        match = load_outlets().find(typed) if noun == "outlet" else None
        if match is None or match.how == "misspelt":
            raise
        return match.outlet.name


def entry_words(entry: Entry | Unknown) -> Iterator[str]:
    """Printed forms that are not the name, such as `Detriot News ×2`; capitals and dots make no other form."""
    for variant in entry.variants:
        if fold(variant.printed) != fold(entry.name):
            yield f"{variant.printed} ×{variant.count}"
