"""What a saved search found, as a feed: each clipping once, from when it was found on, whatever becomes of it later."""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.exporting import NEWS, TYPES
from archive.errors import UsageError
from archive.export.selection import get_record
from archive.export.tables import iter_atom
from archive.watches import find_watch, hits

NAMED: Final = r"watch/(?P<watch>[a-z0-9][a-z0-9._-]{0,39})\.atom"


def watch_feed(ask: Ask, db: Database) -> Answer:
    try:
        watch = find_watch(db, ask.parts["watch"])
    except UsageError:
        return ask.trouble(404, "There is no such watch", "clipfile watch list names those there are.")
    found = hits(db, watch, limit=NEWS, public=True)
    records = ({**get_record(db, hit["id"]), "noticed_at": hit["noticed_at"]} for hit in found)
    made_at = found[0]["noticed_at"] if found else watch.added_at
    body = "".join(iter_atom(records, title=f"{watch.name}: {watch.query}", made_at=made_at))
    return Answer(body=body, content_type=TYPES["atom"])
