"""What Clipfile adds to Datasette, on hooks that 0.65 and 1.0 share. Databases that are no archive are left alone."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar, cast

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.utils import tilde_decode
from markupsafe import Markup

from archive.browse.cells import cell
from archive.browse.describing import describe, everything
from archive.browse.headers import App, guarded
from archive.browse.instance import ASSETS, archives, only_archive, place_of
from archive.browse.rendering import make_ready
from archive.browse.routes import routes
from archive.browse.tables import SEARCHED, led, ranking_clause
from archive.database import CACHE_KIB
from archive.schema import RANKED_VIEW

Function = TypeVar("Function", bound=Callable[..., Any])


def hook(function: Function) -> Function:
    return cast(Function, hookimpl(function))


@hook
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    return routes(root=only_archive(datasette))


@hook
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """What a page counts, it reads again and again within one view: more of it stays in memory."""
    if place_of(datasette, database) is not None:
        conn.execute(f"pragma cache_size = -{CACHE_KIB}")


@hook
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    def is_ours(path: str) -> bool:
        base = datasette.setting("base_url")
        first = path.removeprefix(base).lstrip("/").split("/")[0]
        name = tilde_decode(first.removesuffix(".json"))
        return only_archive(datasette) is not None or path.startswith(ASSETS) or place_of(datasette, name) is not None

    return lambda app: guarded(led(app, datasette), is_ours)


@hook
def filters_from_request(request: Any, database: str, table: str, datasette: Any) -> FilterArguments | None:
    if place_of(datasette, database) is None:
        return None
    clauses, values = ranking_clause(table, request.args)
    return FilterArguments(clauses, values)


@hookimpl(optionalhook=True)  # type: ignore[untyped-decorator]
def get_metadata(datasette: Any) -> dict[str, Any]:
    """Datasette 0.65."""
    return everything(datasette, archives(datasette))


@hook
def startup(datasette: Any) -> Callable[[], Any]:
    async def ready() -> None:
        make_ready()
        if hasattr(datasette, "set_resource_metadata"):  # Datasette 1.0
            for database in archives(datasette):
                await describe(datasette, database)

    return ready


@hookimpl(optionalhook=True)  # type: ignore[untyped-decorator]
def skip_csrf(scope: dict[str, Any]) -> bool:
    """Datasette 0.65 only: our one form has a token of its own, which our pages can have without Datasette's help."""
    return re.search(r"/-/posts/[0-9a-f]{1,16}/correct$", scope["path"]) is not None


@hook
def menu_links(datasette: Any) -> list[dict[str, str]]:
    places = [place for name in archives(datasette) if (place := place_of(datasette, name))]
    several = len(places) > 1
    return [
        {"href": place.page(path), "label": f"{words}: {place.database}" if several else words}
        for place in places
        for words, path in (("Clippings", ""), ("Search", "search"), ("Runs and health", "runs"))
    ]


@hook
def extra_template_vars(view_name: str, database: str | None, request: Any, datasette: Any) -> dict[str, str]:
    """Datasette 1.0a41 forgets what was searched for when it draws the search box above a table."""
    is_ours = view_name == "table" and database and place_of(datasette, database)
    return {"search": request.args["_search"]} if is_ours and "_search" in request.args else {}


@hook
def table_actions(datasette: Any, database: str, table: str, request: Any) -> list[dict[str, str]]:
    return other_ways(datasette, database, table, request)


@hookimpl(optionalhook=True)  # type: ignore[untyped-decorator]
def view_actions(datasette: Any, database: str, view: str, request: Any) -> list[dict[str, str]]:
    """Datasette 1.0, which asks for views apart."""
    return other_ways(datasette, database, view, request)


def other_ways(datasette: Any, database: str, table: str, request: Any) -> list[dict[str, str]]:
    """From words found in a table to the same in another order, and to our own page."""
    place = place_of(datasette, database)
    words = (request.args.get("_search") or "") if request else ""
    if place is None or table not in {*SEARCHED, RANKED_VIEW} or not words:
        return []
    ours = {"href": place.page("search", q=words), "label": "The same search on a page, with passages"}
    if table != RANKED_VIEW:
        return [{"href": place.table(RANKED_VIEW, _search=words), "label": "The same search, best hits first"}, ours]
    newest = place.table("clippings", _search=words, _sort_desc="posted_on")
    return [{"href": newest, "label": "The same search, newest first"}, ours]


@hook
def render_cell(value: object, column: str, database: str, datasette: Any) -> Markup | None:
    place = place_of(datasette, database)
    return cell(place, column, value) if place else None


@hook
def extra_css_urls(database: str | None, datasette: Any) -> list[str]:
    place = place_of(datasette, database) if database else None
    return [place.asset("tables.css")] if place else []
