"""The search page."""

from __future__ import annotations

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask


def search_page(ask: Ask, db: Database) -> Answer:
    return ask.page("search.html", section="search")
