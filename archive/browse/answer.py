"""What a page is asked and what it gives back, free of Datasette."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.browse.editing import Editing
from archive.browse.headers import OURS
from archive.browse.instance import Place
from archive.browse.rendering import render


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    body: str | bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    policy: str = OURS
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One request: the archive it is for, the parts of its path and its parameters."""

    place: Place
    parts: Mapping[str, str]
    query: Any
    """Datasette's MultiParams: `get(name)` and `getlist(name)`."""
    address: str = ""
    """Path and parameters as they were sent."""
    editing: Editing | None = None
    """None: the site is for reading only."""

    def get(self, name: str, longest: int = 200) -> str:
        """The parameter, cut to a length no honest reader needs; '' when it is not there."""
        return str(self.query.get(name) or "")[:longest]

    def number(self, name: str) -> int | None:
        value = self.get(name, 12)
        return int(value) if value.isascii() and value.isdecimal() else None

    def page(self, template: str, /, status: int = 200, **values: Any) -> Answer:
        return Answer(body=render(template, self.place, editing=self.editing, **values), status=status)

    def trouble(self, status: int, headline: str, advice: str) -> Answer:
        return self.page("error.html", status=status, headline=headline, advice=advice)

    def redirect(self, address: str) -> Answer:
        return Answer(body="", status=302, headers={"location": address})
