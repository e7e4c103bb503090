"""Names that a person joined: wherever one is read, the other counts. Nothing is merged: a join can be taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from archive.errors import UsageError
from archive.store.values import now, to_json

Noun = Literal["outlet", "author"]
NOUNS: Final[tuple[Noun, ...]] = ("outlet", "author")

EXPORTED: Final = ("variant", "name", "note", "made_at", "made_by", "undone_at")
"""What `corrections.jsonl` says of each join, behind its noun under `join`."""


class JoinError(UsageError):
    """A join that would lead a name back to itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Join:
    id: int
    noun: Noun
    variant: str
    name: str
    note: str | None
    made_at: str
    made_by: str | None
    undone_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """Variant → the name that counts, which may be a variant itself."""

    outlets: Mapping[str, str] = field(default_factory=dict)
    authors: Mapping[str, str] = field(default_factory=dict)

    def names(self, noun: Noun) -> Mapping[str, str]:
        return self.outlets if noun == "outlet" else self.authors

    def outlet(self, name: str) -> str:
        return final(self.outlets, name)

    def author(self, name: str) -> str:
        return final(self.authors, name)


def final(names: Mapping[str, str], name: str) -> str:
    """The name that counts in the end for *name*.

    >>> final({"D. News": "Det. News", "Det. News": "The Detroit News"}, "D. News")
    'The Detroit News'
    """
    seen = {name}
    while (other := names.get(name)) is not None and other not in seen:
        seen.add(other)
        name = other
    return name


def load_joined(db: sqlite3.Connection) -> Joined:
    """The joins that stand."""
    names: dict[str, dict[str, str]] = {noun: {} for noun in NOUNS}
    for noun, variant, name in db.execute("select noun, variant, name from joins where undone_at is null"):
        names[noun][variant] = name
    return Joined(outlets=names["outlet"], authors=names["author"])


class Joins:
    def __init__(self, connection: sqlite3.Connection, apply: Callable[[int], None]) -> None:
        self._db = connection
        self._apply = apply

    def make(
        self, noun: Noun, variant: str, name: str, *, note: str | None = None, made_by: str | None = None
    ) -> list[int]:
        """From now on *variant* counts as *name*, in every post and every one to come; returns the posts it changed.

        An earlier join of *variant* is undone. Raises JoinError when *name* already counts as *variant*.
        """
        if final(load_joined(self._db).names(noun), name) == variant:
            raise JoinError(f"“{name}” already counts as “{variant}”", hint=f"undo that first: clipfile {noun}s join")
        self._end(noun, variant)
        affected = self.posts_of(noun, variant)
        self._db.execute(
            "insert into joins (noun, variant, name, note, made_at, made_by) values (?, ?, ?, ?, ?, ?)",
            (noun, variant, name, note, now(), made_by),
        )
        return self._applied(noun, affected, variant)

    def undo(self, noun: Noun, variant: str) -> list[int] | None:
        """*variant* stands for itself again; returns the posts that carry it, None when it was joined to nothing."""
        name = final(load_joined(self._db).names(noun), variant)
        if not self._end(noun, variant):
            return None
        self._applied(noun, self.posts_of(noun, name), name)
        return self.posts_of(noun, variant)

    def history(self, noun: Noun) -> list[Join]:
        """Every join, undone ones too, oldest first."""
        columns = ("id", "noun", *EXPORTED)
        rows = self._db.execute(f"select {', '.join(columns)} from joins where noun = ? order by id", (noun,))
        return [Join(**dict(zip(columns, row, strict=True))) for row in rows]

    def posts_of(self, noun: Noun, name: str) -> list[int]:
        """Posts that carry *name* now."""
        return [row[0] for row in self._db.execute(POSTS_OF[noun], (name,))]

    def export(self) -> Iterator[str]:
        """Every join ever made as a line of JSON."""
        for row in self._db.execute(f"select noun, {', '.join(EXPORTED)} from joins order by id"):
            yield to_json(dict(zip(("join", *EXPORTED), row, strict=True)))

    def restore(self, stored: Mapping[str, Any]) -> list[int] | None:
        """Take back one line of `export`, not yet applied; returns the posts it bears on, None for one of no sense."""
        try:
            noun, values = stored["join"], [stored[name] for name in EXPORTED]
        except KeyError:
            return None
        if noun not in NOUNS:
            return None
        marks = ", ".join("?" * (len(EXPORTED) + 1))
        self._db.execute(f"insert into joins (noun, {', '.join(EXPORTED)}) values ({marks})", (noun, *values))
        return self.posts_of(noun, stored["variant"])

    def _applied(self, noun: Noun, post_ids: list[int], former: str) -> list[int]:
        """Apply to the posts; a name that no post carries any more leaves the table, so that nothing finds it."""
        for post_id in post_ids:
            self._apply(post_id)
        if not self.posts_of(noun, former):
            self._db.execute(f"delete from {noun}s where name = ?", (former,))
        return post_ids

    def _end(self, noun: Noun, variant: str) -> int:
        cursor = self._db.execute(
            "update joins set undone_at = ? where noun = ? and variant = ? and undone_at is null",
            (now(), noun, variant),
        )
        return cursor.rowcount


POSTS_OF: Final[dict[Noun, str]] = {
    "outlet": "select id from posts where outlet = ? order by id",
    "author": """
        select post_authors.post_id
        from post_authors join authors on authors.id = post_authors.author_id
        where authors.name = ?
        order by post_authors.post_id
    """,
}
