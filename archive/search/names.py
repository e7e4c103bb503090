"""Names as a reader types them → the outlets, authors, categories, tags and sites of this archive that are meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlite_utils import Database

from archive.outlets import load_outlets
from archive.store.joins import final, load_joined
from archive.text import fold

_UNSURE: Final = frozenset({"misspelt"})


class Names:
    def __init__(self, db: Database) -> None:
        self._db = db
        self.notes: list[str] = []

    def outlets(self, wanted: str) -> tuple[list[str], list[str]]:
        """Canonical names that *wanted* stands for, and names that are printed for outlets called otherwise.

        The authority file goes first: "freep" is the Detroit Free Press. Where the archive has nothing from the outlet
        it names, or it names none, every outlet with these words in its name is meant, or printed with them.
        """
        held = [name for (name,) in self._db.execute("select name from counts where subject = 'outlet' order by name")]
        if exact := [name for name in held if _bare(name) == _bare(wanted)]:
            return exact, []
        known = load_outlets().find(wanted)
        if known and known.how not in _UNSURE and known.outlet.name in held:
            self._note("outlet", wanted, [known.outlet.name])
            return [known.outlet.name], []
        names = containing(wanted, held)
        printed = containing(wanted, self._printed())
        self._note("outlet", wanted, names or printed)
        return names, printed

    def authors(self, wanted: str) -> list[int]:
        """Authors whose name, or one that was joined to it, contains *wanted*; case, accents and signs do not count."""
        rows = self._db.execute(
            # SQLite folds ASCII letters only: any name with something else in it is folded here instead.
            "select id, name from authors where name like ? escape '\\' or name glob '*[^A-Za-z ]*'",
            [f"%{'%'.join(fold(wanted).split())}%"],
        ).fetchall()
        ids = {name: id for id, name in rows if fold(wanted) in fold(name)}
        joined = load_joined(self._db.conn).authors
        meant = {final(joined, variant) for variant in joined if fold(wanted) in fold(variant)} - ids.keys()
        for name in sorted(meant):
            ids |= dict(self._db.execute("select name, id from authors where name = ?", [name]).fetchall())
        self._note("author", wanted, list(ids))
        return list(ids.values())

    def labels(self, table: str, wanted: str) -> list[int]:
        """Categories or tags of that name, else those that contain it."""
        rows = self._db.execute(f"select id, name from {table}").fetchall()
        exact = [id for id, name in rows if fold(name) == fold(wanted)]
        return exact or [id for id, name in rows if fold(wanted) in fold(name)]

    def sites(self, wanted: str) -> list[int]:
        rows = self._db.execute("select id, name, url, title from sites").fetchall()
        exact = [id for id, name, *_ in rows if fold(name) == fold(wanted)]
        return exact or [id for id, *names in rows if any(fold(wanted) in fold(name or "") for name in names)]

    def _printed(self) -> list[str]:
        """Each name that is printed for an outlet of another name, or of none."""
        rows = self._db.execute("select distinct outlet_printed from posts where outlet_printed is not outlet")
        return sorted(name for (name,) in rows if name is not None)

    def _note(self, field: str, wanted: str, found: list[str]) -> None:
        if not found:
            self.notes.append(f"no {field} is called “{wanted}”")
        elif [fold(name) for name in found] != [fold(wanted)]:
            more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
            self.notes.append(f"{field} “{wanted}”: {', '.join(found[:3])}{more}")


def _bare(name: str) -> str:
    return fold(name).removeprefix("the ")


def containing(wanted: str, names: Iterable[str]) -> list[str]:
    """Names with *wanted* in them as whole words, else those with it anywhere.

    >>> containing("times", ["Financial Times", "Timeshare Weekly"])
    ['Financial Times']
    """
    folded = {name: fold(name) for name in names}
    whole = [name for name, words in folded.items() if f" {fold(wanted)} " in f" {words} "]
    return whole or [name for name, words in folded.items() if fold(wanted) in words]
