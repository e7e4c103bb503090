"""Which of Datasette's databases are archives, and where the pages of each live."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from datasette.utils import tilde_encode

from archive.browse.files import fingerprint
from archive.database import readonly_uri
from archive.schema import APPLICATION_ID

ASSETS: Final = "/-/clipfile"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where one archive is served: its database's name in Datasette and the path everything is under."""

    database: str
    path: Path
    base: str = "/"

    @property
    def warc_folder(self) -> Path:
        return self.path.parent / "warc"

    @property
    def tables(self) -> str:
        """Datasette's own page of the database."""
        return f"{self.base}{tilde_encode(self.database)}"

    def page(self, path: str = "", /, **query: object) -> str:
        """The address of one of our pages; parameters without a value are left out.

        Our pages stand behind `/DATABASE/-/`, a corner Datasette keeps free of tables: several archives and any
        other database can be open beside each other.
        """
        return with_query(f"{self.tables}/-/{quote(path)}", query)

    def table(self, path: str, /, **query: object) -> str:
        return with_query(f"{self.tables}/{path}", query)

    def asset(self, name: str) -> str:
        return f"{self.base}{ASSETS[1:]}/{name}?{fingerprint(name)}"


def with_query(path: str, query: Mapping[str, object]) -> str:
    pairs = [(name, value) for name, value in query.items() if value not in (None, "", ())]
    return f"{path}?{urlencode(pairs, doseq=True)}" if pairs else path


def place_of(datasette: Any, database: str) -> Place | None:
    """The archive behind that name; None when there is no such database or it is none of ours."""
    found = datasette.databases.get(database)
    if found is None or not found.path or not is_archive(str(found.path)):
        return None
    return Place(database=database, path=Path(found.path).resolve(), base=datasette.setting("base_url"))


def archives(datasette: Any) -> list[str]:
    return [name for name in datasette.databases if place_of(datasette, name)]


def only_archive(datasette: Any) -> str | None:
    """The one database open here, if it is an archive: only then is the site's root ours, too."""
    shown = [name for name in datasette.databases if not name.startswith("_")]
    return shown[0] if len(shown) == 1 and place_of(datasette, shown[0]) else None


@cache
def is_archive(path: str) -> bool:
    try:
        connection = sqlite3.connect(readonly_uri(Path(path)), uri=True)
        try:
            return bool(connection.execute("pragma application_id").fetchone()[0] == APPLICATION_ID)
        finally:
            connection.close()
    except sqlite3.Error:
        return False


_seen: dict[Path, object] = {}


def was_changed(place: Place) -> bool:
    """Whether the file is another than when first asked for: of what is opened as immutable, SQLite can't tell."""
    found = place.path.stat()
    state = (found.st_ino, found.st_mtime_ns, found.st_size)
    return _seen.setdefault(place.path, state) != state
