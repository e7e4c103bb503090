"""Taking results away: exactly what a query found, or one post's citation, in the formats of `archive.export`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.clippings import find_post_id
from archive.export.citations import CITATIONS, read_reference
from archive.export.selection import Selection, get_record, select
from archive.export.writing import iter_text
from archive.query import LONGEST
from archive.store.withholdings import refuse_withheld

TYPES: Final = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "bibtex": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl": "application/vnd.citationstyles.csl+json; charset=utf-8",
}
ENDINGS: Final = {"bibtex": "bib", "csl": "json"}
"""What a saved file's name ends in, where it is not the format's own name."""
MOST: Final = 5_000
"""Clippings a page gives away at once; larger results are for `clipfile export`, which writes as it reads."""
NEWS: Final = 50


def search_export(ask: Ask, db: Database) -> Answer:
    """All clippings that answer the query; of a feed, those that came last."""
    asked, format = ask.get("q", LONGEST + 1), ask.parts["format"]
    selection = newest(select(db, asked, public=True)) if format == "atom" else select(db, asked, public=True)
    if selection.count() > MOST:
        advice = f"A page gives away up to {MOST:,} clippings: narrow the search, or use clipfile export."
        return ask.trouble(413, "That is too much at once", advice)
    body = "".join(iter_text(selection, asked, format))
    return _file(body, format, "clippings")


def newest(selection: Selection) -> Selection:
    """Those of the selection that the archive came to hold last: what a feed brings."""
    ids = f"select id from posts where id in ({selection.ids}) order by id desc limit {NEWS}"
    return replace(selection, ids=ids)


def post_citation(ask: Ask, db: Database) -> Answer:
    post_id = find_post_id(db, ask.parts["post"])
    refuse_withheld(db.conn, post_id)
    record = get_record(db, post_id)
    format = ask.parts["format"]
    return _file(CITATIONS[format](read_reference(record)), format, f"clipfile-{record['uid']}")


def _file(body: str, format: str, name: str) -> Answer:
    saved = {"content-disposition": f'attachment; filename="{name}.{ENDINGS.get(format, format)}"'}
    return Answer(body=body, content_type=TYPES[format], headers={} if format == "atom" else saved)
