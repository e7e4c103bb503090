"""The rows that names stand in: outlets, and a post's authors, categories and tags."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from archive.model import Reading
from archive.outlets import load_outlet, load_outlets

NAME_TABLES: Final = {
    "author": ("authors", "post_authors"),
    "category": ("categories", "post_categories"),
    "tag": ("tags", "post_tags"),
}


class Names:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def save(self, noun: str, post_id: int, names: Iterable[str], site_id: int | None = None) -> None:
        """Link the post to these authors, categories or tags and to no others."""
        self._db.execute(f"delete from {NAME_TABLES[noun][1]} where post_id = ?", (post_id,))
        self.add(noun, post_id, names, site_id)

    def add(self, noun: str, post_id: int, names: Iterable[str], site_id: int | None = None) -> None:
        """Link the post to its authors, categories or tags, in printed order; names are rows of their own table."""
        table, link = NAME_TABLES[noun]
        for position, name in enumerate(dict.fromkeys(names), 1):
            self._db.execute(
                f"insert into {link} (post_id, {noun}_id, position) values (?, ?, ?)",
                (post_id, self._name_id(table, name, site_id), position),
            )

    def _name_id(self, table: str, name: str, site_id: int | None) -> int:
        columns, values = (("name",), (name,)) if site_id is None else (("site_id", "name"), (site_id, name))
        where = " and ".join(f"{column} = ?" for column in columns)
        row = self._db.execute(f"select id from {table} where {where}", values).fetchone()
        if row is None:
            marks = ", ".join("?" * len(columns))
            return int(
                self._db.execute(f"insert into {table} ({', '.join(columns)}) values ({marks})", values).lastrowid or 0
            )
        return int(row[0])

    def outlet_id(self, reading: Reading, *, is_corrected: bool) -> int | None:
        """The row of the reading's outlet. The reader named its key, where it has one; a person gives only a name."""
        if reading.outlet is None:
            return None
        key = reading.outlet_id
        if key is None and is_corrected and (named := load_outlets().named(reading.outlet)):
            key = named.id
        row = self._db.execute(
            "select id, name, key from outlets where name = ? or key = ? order by name = ? desc",
            (reading.outlet, key, reading.outlet),
        ).fetchone()
        if row is not None and row[1] == reading.outlet and (row[2] is not None or key is None):
            return int(row[0])
        known = load_outlet(key) if key else None
        facts = (known and known.kind, known.domains[0] if known and known.domains else None, known and known.wikidata)
        if row is None:
            cursor = self._db.execute(
                "insert into outlets (name, key, kind, domain, wikidata) values (?, ?, ?, ?, ?)",
                (reading.outlet, key, *facts),
            )
            return int(cursor.lastrowid or 0)
        if row[1] != reading.outlet:  # the authority file has another name for it now
            self._db.execute("update outlets set name = ? where id = ?", (reading.outlet, row[0]))
        if row[2] is None and key is not None:  # the authority file knows it now
            self._db.execute(
                "update or ignore outlets set key = ?, kind = ?, domain = ?, wikidata = ? where id = ?",
                (key, *facts, row[0]),
            )
        return int(row[0])
