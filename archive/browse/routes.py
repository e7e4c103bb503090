"""From a request to a page: what stands at which address, who may see it, and what is said when it goes wrong."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from datasette import Response
from datasette.utils import tilde_decode
from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.captures import capture_content, capture_image, capture_page
from archive.browse.correcting import correct_post
from archive.browse.coverage import coverage_page
from archive.browse.editing import LONGEST_FORM_BYTES, find_editing, headers_of, is_from_our_form
from archive.browse.exporting import post_citation, search_export
from archive.browse.files import asset
from archive.browse.headers import OURS, secured
from archive.browse.home import home_page
from archive.browse.instance import ASSETS, place_of, was_changed
from archive.browse.kept import Kept
from archive.browse.listings import author_page, authors_page, category_page, outlet_page, outlets_page, period_page
from archive.browse.post import post_page
from archive.browse.revisions import revisions_page
from archive.browse.rows import PAGE_SECONDS, one_view
from archive.browse.runs import health_page, run_page, runs_page
from archive.browse.searching import search_json, search_page
from archive.browse.watching import NAMED, watch_feed
from archive.errors import ArchiveError, UsageError, WithheldError

Page = Callable[[Ask, Database], Answer]
View = Callable[..., Any]

PAGES: Final[tuple[tuple[str, Page], ...]] = (
    (r"", home_page),
    (r"search", search_page),
    (r"search\.json", search_json),
    (r"search\.(?P<format>csv|jsonl|atom|bibtex|ris|csl)", search_export),
    (NAMED, watch_feed),
    (r"posts/(?P<post>[0-9a-f]{1,16})", post_page),
    (r"posts/(?P<post>[0-9a-f]{1,16})/revisions", revisions_page),
    (r"posts/(?P<post>[0-9a-f]{1,16})/cite\.(?P<format>bibtex|ris|csl)", post_citation),
    (r"captures/(?P<capture>\d{1,12})", capture_page),
    (r"captures/(?P<capture>\d{1,12})/content", capture_content),
    (r"captures/(?P<capture>\d{1,12})/image", capture_image),
    (r"outlets", outlets_page),
    (r"outlets/(?P<outlet>\d{1,12})", outlet_page),
    (r"authors", authors_page),
    (r"authors/(?P<author>\d{1,12})", author_page),
    (r"categories/(?P<category>\d{1,12})", category_page),
    (r"years/(?P<period>\d{4}(-\d\d)?)", period_page),
    (r"coverage", coverage_page),
    (r"runs", runs_page),
    (r"runs/(?P<run>\d{1,12})", run_page),
    (r"health", health_page),
)
"""What follows `/DATABASE/-/` → the page."""

SECONDS: Final[dict[Page, float]] = {search_page: 2.0, search_json: 2.0}
"""How long a page may read, where that is not `PAGE_SECONDS`."""

KEPT: Final = frozenset(
    {home_page, outlets_page, outlet_page, authors_page, author_page, category_page, period_page, coverage_page}
)
"""Pages that count much and have no form: as they are until the archive changes."""
_pages: Kept[Answer] = Kept(most=64)

CACHED: Final = {"cache-control": "public, max-age=31536000, immutable"}

log = logging.getLogger("clipfile.browse")


def routes(*, root: str | None) -> list[tuple[str, View]]:
    """Our addresses for Datasette; with *root*, the only database there is, the site's root leads to its home."""
    pages = [(rf"/(?P<database>[^/]+)/-/{pattern}$", view_of(page)) for pattern, page in PAGES]
    icons = [(r"/favicon\.ico$", icon)] if root else []
    return [
        *([(r"/$", to_home(root)), (rf"/{NAMED}$", to_watch(root))] if root else []),
        *icons,
        (r"/(?P<database>[^/]+)/-/posts/(?P<post>[0-9a-f]{1,16})/correct$", correction),
        (rf"{ASSETS}/(?P<name>[a-z.]{{1,40}})$", file),
        *pages,
    ]


def to_home(database: str) -> View:
    async def redirect(datasette: Any) -> Response:
        place = place_of(datasette, database)
        return Response.redirect(place.page() if place else "/-/databases")

    return redirect


def to_watch(database: str) -> View:
    """The short address of a watch's feed."""

    async def redirect(request: Any, datasette: Any) -> Response:
        place = place_of(datasette, database)
        path = f"watch/{request.url_vars['watch']}.atom"
        return Response.redirect(place.page(path) if place else "/-/databases")

    return redirect


def view_of(page: Page) -> View:
    async def view(request: Any, datasette: Any) -> Response:
        ask = await asked(request, datasette)
        if ask is None:
            return Response.text("There is no archive of that name here.", status=404, headers=secured(OURS))
        if request.method not in ("GET", "HEAD"):
            return Response.text("This page is for reading only.", status=405, headers=secured(OURS))
        database = datasette.get_database(ask.place.database)
        if not database.is_mutable and was_changed(ask.place):
            advice = "It was opened as one that nobody writes to. Start the site again to see what is new."
            return response(ask, ask.trouble(503, "The archive has changed", advice))
        return response(ask, await database.execute_fn(lambda connection: answered(page, ask, connection)))

    return view


async def asked(request: Any, datasette: Any) -> Ask | None:
    """None where there is no such archive, or none that the one who asks may see."""
    name = tilde_decode(request.url_vars["database"])
    place = place_of(datasette, name)
    if place is None or not await may_view(datasette, request.actor, name):
        return None
    editing = find_editing(datasette, request.scope)
    address = f"{request.path}?{request.query_string}"
    return Ask(place=place, parts=dict(request.url_vars), query=request.args, address=address, editing=editing)


def response(ask: Ask, answer: Answer) -> Response:
    leave = ask.editing.headers(ask.place.base) if ask.editing and answer.policy == OURS else {}
    headers = {**secured(answer.policy), **leave, **answer.headers}
    return Response(answer.body, status=answer.status, headers=headers, content_type=answer.content_type)


async def correction(request: Any, datasette: Any) -> Response:
    """Stores what a form of ours says, where that is allowed (`archive.browse.editing`)."""
    ask = await asked(request, datasette)
    if ask is None:
        return Response.text("There is no archive of that name here.", status=404, headers=secured(OURS))
    if request.method != "POST":
        return Response.redirect(ask.place.page(f"posts/{ask.parts['post']}"))
    if ask.editing is None:
        advice = "Start it with clipfile serve --edit, and open it on the same machine, to set readings right."
        return response(ask, ask.trouble(403, "This site is for reading only", advice))
    headers = headers_of(request.scope)
    if not headers.get("content-length", "").isdecimal() or int(headers["content-length"]) > LONGEST_FORM_BYTES:
        return response(ask, ask.trouble(413, "That is too long", "A correction is a few words."))
    form = await request.post_vars()
    if not is_from_our_form(ask.editing, headers, form.get("token", "")):
        advice = "Open the post again and send its form: this one is from another page, or from before a restart."
        return response(ask, ask.trouble(403, "That form is not known here", advice))
    return response(ask, await asyncio.to_thread(correct_post, ask, form))


def answered(page: Page, ask: Ask, connection: sqlite3.Connection) -> Answer:
    """The page, or a page that says in plain words why there is none."""
    try:
        with one_view(connection, SECONDS.get(page, PAGE_SECONDS)) as db:
            if page in KEPT:
                today = datetime.now(UTC).date()  # an embargo may end without a commit
                return _pages.get(db, f"{today} {ask.address}", lambda: page(ask, db))
            return page(ask, db)
    except UsageError as error:
        return ask.trouble(404, "Nothing is filed here", f"{error.message[:1].upper()}{error.message[1:]}.")
    except WithheldError as error:
        return ask.trouble(403, "This is withheld from the public", f"{error.message[:1].upper()}{error.message[1:]}.")
    except ArchiveError as error:
        return ask.trouble(500, "Something stored here can’t be read", str(error))
    except sqlite3.OperationalError as error:
        if "interrupt" not in str(error):
            raise
        return ask.trouble(503, "That took too long", "Ask for less at once: more words, a shorter time, one outlet.")
    except Exception:
        log.exception("a page failed: %s", ask.parts)
        return ask.trouble(500, "This page could not be made", "The archive is unharmed; the log says what went wrong.")


async def may_view(datasette: Any, actor: Any, database: str) -> bool:
    """Whether Datasette's permissions let the actor see the database; 1.0 asks for it in other words than 0.65."""
    if hasattr(datasette, "allowed"):
        from datasette.resources import DatabaseResource

        resource = DatabaseResource(database=database)
        return bool(await datasette.allowed(action="view-database", resource=resource, actor=actor))
    wanted = (("view-instance", None), ("view-database", database))
    answers = [
        await datasette.permission_allowed(actor, action, resource=name, default=True) for action, name in wanted
    ]
    return all(answers)


async def file(request: Any) -> Response:
    found = asset(request.url_vars["name"])
    if found is None:
        return Response.text("There is no such file.", status=404, headers=secured(OURS))
    return Response(found[0], headers={**secured(OURS), **CACHED}, content_type=found[1])


async def icon() -> Response:
    found = asset("icon.svg") or (b"", "")
    return Response(found[0], headers={**secured(OURS), **CACHED}, content_type=found[1])
