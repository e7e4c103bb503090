"""What a page is asked and what it gives back, free of Datasette."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from archive.browse.headers import OURS
from archive.browse.instance import Place
from archive.browse.rendering import render

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    body: str | bytes
    status: int = 200
    content_type: str = HTML
    policy: str = OURS
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Ask:
    """One request: the archive, the parts of its path, its parameters, and the database as it stands for this page."""

    place: Place
    parts: Mapping[str, str]
    query: Any
    """Datasette's MultiParams: `get(name)` and `getlist(name)`."""
    db: Database = None  # type: ignore[assignment]

    def get(self, name: str, longest: int = 200) -> str:
        """The parameter, cut to a length no honest reader needs; '' when it is not there."""
        return str(self.query.get(name) or "")[:longest]

    def page(self, template: str, /, status: int = 200, **values: Any) -> Answer:
        return Answer(body=render(template, self.place, **values), status=status)

    def trouble(self, status: int, headline: str, advice: str) -> Answer:
        return self.page("error.html", status=status, headline=headline, advice=advice)


def page_not_found(ask: Ask, reason: str) -> Answer:
    return ask.trouble(404, "Nothing is filed here", f"{reason[:1].upper()}{reason[1:]}.")
