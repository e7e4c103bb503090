"""What is asked of Datasette's tables, led to where it is answered better.

Words: Datasette finds rows by full-text search but gives them the order of any other rows, and no hook sets another.
The view `clippings_ranked` has SQLite's own rank as a column, by which Datasette can sort as by any column: with
facets, filters, paging, JSON and CSV as ever. So a search among posts or clippings that asks for no order is led there.

Order: Datasette fails where a table with labels is sorted by a column that is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from datasette.utils import tilde_decode

from archive.browse.headers import App, Receive, Scope, Send
from archive.browse.instance import place_of
from archive.browse.metadata import TABLE_SETTINGS
from archive.dictionary import DESCRIPTIONS
from archive.schema import RANKED_VIEW

Pairs = Sequence[tuple[str, str]]

SEARCHED: Final = frozenset({"posts", "clippings"})
COLUMNS: Final = frozenset(DESCRIPTIONS["clippings"][1])
NAMING_COLUMNS: Final = ("_facet", "_facet_array", "_facet_date", "_col", "_nocol")
"""Parameters whose value is a column."""
OF_ORDER: Final = frozenset({"_sort", "_sort_desc", "_sort_by_desc"})
LEFT_ALONE: Final = OF_ORDER | {"_next", "_where", "_format", "_fts_table", "_fts_pk", "_through"}
"""Parameters with which a search stays where it is: an order was chosen, or another table's columns may be meant."""


def ranking_clause(table: str, args: Any) -> tuple[list[str], dict[str, str]]:
    """What makes the view rank: its rows matched with the words, beside Datasette's own condition on their ids."""
    words = args.get("_search") or ""
    if table != RANKED_VIEW or not is_search(words):
        return [], {}
    match = ":ranked_by" if args.get("_searchmode") == "raw" else "escape_fts(:ranked_by)"
    return [f"query match {match}"], {"ranked_by": words}


def leads_to(table: str, pairs: Pairs) -> tuple[str, Pairs] | None:
    """Table and parameters where what was asked of *table* is answered better; None where it is answered well.

    >>> leads_to("posts", [("_search", "dock"), ("kind", "repost")])
    ('clippings_ranked', [('_search', 'dock'), ('kind', 'repost')])
    >>> leads_to("posts", [("_search", "dock"), ("_sort_desc", "words")])
    >>> leads_to("clippings", [("_search", " "), ("kind", "own")])
    ('clippings', [('kind', 'own')])
    """
    asked = _with_a_shown_order(table, _without_what_a_form_adds(table, pairs))
    searches = any(name == "_search" for name, _ in asked)
    if table == RANKED_VIEW and not searches:
        # without words nothing has a rank, and sorting all of them by none takes long
        return "clippings", [pair for pair in asked if pair[0] not in OF_ORDER]
    if table in SEARCHED and searches and all(_is_of_clippings(name, value) for name, value in asked):
        return RANKED_VIEW, asked
    return (table, asked) if table in SEARCHED and asked != pairs else None


def _without_what_a_form_adds(table: str, pairs: Pairs) -> Pairs:
    """The form above a table sends its empty fields, too, and the table's usual order as though it were chosen.

    Datasette takes an empty search box for a search, which SQLite then refuses.
    """
    sent: Mapping[str, str] = dict(pairs)
    drop = set()
    if not is_search(sent.get("_search", "")):
        drop.add("_search")
    if "_filter_op" in sent and not sent.get("_filter_column"):
        drop |= {"_filter_column", "_filter_op", "_filter_value"}
    if "_filter_op" in sent and sent.get("_sort", "") in ("", TABLE_SETTINGS[table].get("sort_desc")):
        drop |= OF_ORDER
    return [pair for pair in pairs if pair[0] not in drop]


def _with_a_shown_order(table: str, pairs: Pairs) -> Pairs:
    """Posts are sorted by their number where the column they were to be sorted by is hidden."""
    if table != "posts":
        return pairs
    sent: Mapping[str, str] = dict(pairs)
    order = sent.get("_sort") or sent.get("_sort_desc") or TABLE_SETTINGS[table]["sort_desc"]
    shown = {value for name, value in pairs if name == "_col"}
    is_hidden = ("_nocol", order) in pairs or (shown and order not in shown)
    if not is_hidden or order == "id":
        return pairs
    return [*(pair for pair in pairs if pair[0] not in OF_ORDER), ("_sort_desc", "id")]


def is_search(words: str) -> bool:
    return bool(words.replace('"', "").strip())


def _is_of_clippings(name: str, value: str) -> bool:
    """Whether the parameter says the same of the view as of the table."""
    if name in NAMING_COLUMNS:
        return value in COLUMNS
    if name.startswith("_"):
        return name not in LEFT_ALONE and not name.startswith(("_filter", "_search_"))
    return name.split("__")[0] in COLUMNS


def led(app: App, datasette: Any) -> App:
    """*app*, with what `leads_to` knows better led there. Pages only: JSON and CSV are answered as asked."""

    async def leading(scope: Scope, receive: Receive, send: Send) -> None:
        target = await _target(scope, datasette) if scope["type"] == "http" and _asks_much(scope) else None
        if target is None:
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 302, "headers": [(b"location", target.encode())]})
        await send({"type": "http.response.body", "body": b""})

    return leading


def _asks_much(scope: Scope) -> bool:
    """A first look, for every request passes here."""
    return scope["method"] in ("GET", "HEAD") and (
        any(name in scope.get("query_string", b"") for name in (b"_search=", b"col="))
        or scope["path"].endswith(f"/{RANKED_VIEW}")
    )


async def _target(scope: Scope, datasette: Any) -> str | None:
    base = datasette.setting("base_url")
    database, _, table = scope["path"].removeprefix(base).lstrip("/").partition("/")
    place = place_of(datasette, tilde_decode(database)) if table in {*SEARCHED, RANKED_VIEW} else None
    if place is None:
        return None
    found = leads_to(table, parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))
    if found is None or RANKED_VIEW not in await datasette.get_database(place.database).view_names():
        return None  # an archive from before the view: its next writer makes it
    return f"{place.table(found[0])}?{urlencode(found[1])}".rstrip("?")
