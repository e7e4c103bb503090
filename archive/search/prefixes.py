"""Answers to beginnings of words (`batter*`): those with such a word in headline, outlet or author come first."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlite_utils import Database

from archive.schema import FTS_TABLE
from archive.search import bounds
from archive.search.passages import Unit, has_marks
from archive.search.plan import Spelled, quoted
from archive.search.stems import stem


def heads_first(db: Database, units: Sequence[Unit], spelled: Spelled, ids: list[int]) -> list[int]:
    """*ids* with those whose headline, outlet or author has one of the words before the others."""
    if not ids:
        return []
    words = _words_of_prefixes(units, spelled)
    heads = set(_heads_read(db, units, ids) if words is None else _heads_with(db, words, ids))
    return sorted(ids, key=lambda id: id not in heads)


def _words_of_prefixes(units: Sequence[Unit], spelled: Spelled) -> list[str] | None:
    """Words whose stems are those of all that begin as asked; None when they are many, or not theirs alone.

    A stem differs from its words in the last letter at most: one that goes on behind the prefix is theirs alone.
    """
    found: dict[str, str] = {}
    for unit in units:
        if len(unit.words) > 1 or not unit.prefix or (words := spelled.get(unit.text)) is None:
            return None
        terms = {term: stem(term) for term in words}
        if not all(each[:-1].startswith(unit.text) for each in terms.values()):
            return None
        found |= {each: term for term, each in terms.items()}
    return list(found.values())


def _heads_with(db: Database, words: Sequence[str], ids: list[int]) -> list[int]:
    """The newest of *ids* with one of the words in headline, outlet or author."""
    match = f"{{title outlet authors}} : ({' OR '.join(map(quoted, words))})"
    sql = f"""
        select rowid from {FTS_TABLE}
        where {FTS_TABLE} match :match and rowid >= :oldest and +rowid in (select value from json_each(:ids))
        order by rowid desc
        limit {bounds.PREFIXED}
    """
    values = {"match": match, "oldest": min(ids), "ids": json.dumps(ids)}
    return [id for (id,) in db.execute(sql, values)] if words else []


def _heads_read(db: Database, units: Sequence[Unit], ids: list[int]) -> list[int]:
    """Those of *ids* in whose headline or outlet one of the words is read, the last stored first."""
    beginnings = {f"b{number}": f"%{unit.beginning}%" for number, unit in enumerate(units)}
    # SQLite folds ASCII letters only: a head with any other is looked at whatever stands in it.
    may_have = " or ".join(["head glob '*[^ -~]*'", *(f"head like :{name}" for name in beginnings)])
    sql = f"""
        select id, head
        from (
            select id, coalesce(title, '') || ' | ' || coalesce(outlet, '') as head
            from posts
            where id in (select value from json_each(:ids))
        )
        where {may_have}
        order by id desc
        limit {bounds.PREFIXED}
    """
    likely = db.execute(sql, {"ids": json.dumps(ids), **beginnings})
    return [id for id, head in likely if has_marks(head, units)]
