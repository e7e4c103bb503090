"""An archive whose every word is an attack: nothing of it runs, nothing is loaded, nothing leaves its frame."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from filing import BITES, EVIL, EVIL_FILES
from serving_site import Trap, served

from archive.browse.editing import PLUGIN
from archive.commands.serve import datasette_version, write_settings

pytestmark = pytest.mark.browser

LISTS = ["", "search", "outlets", "authors", "coverage", "years/2026", "runs", "runs/2", "health", "categories/1"]
DATASETTES = [
    "/archive",
    "/archive/clippings",
    "/archive/posts",
    "/archive/posts/1",
    "/archive/evidence",
    "/archive/images",
]


def harm(page: Any, trap: Trap, paths: list[str], own: str) -> list[str]:
    """What the pages at *paths* did that they must not: ran a script of theirs, asked something, went elsewhere."""
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: seen.append(f"window {popup.url}"))
    caught = len(trap.caught)
    for path in paths:
        page.goto(own + path, wait_until="load")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        settle(page)
        if page.evaluate("'bitten' in window"):
            seen.append(f"a script ran on {path}")
        if not page.url.startswith(f"{own}/"):
            seen.append(f"{path} led to {page.url}")
    return seen + [f"sent {sent!r}" for sent in trap.caught[caught:]]


def settle(page: Any) -> None:
    """Until the page has done what it does after loading. Where scripts are off, its callbacks are off with them."""
    if page.url.endswith("/content"):
        page.wait_for_load_state("networkidle")
    else:
        page.evaluate("new Promise((done) => { requestIdleCallback(done); })")


def test_the_trap_catches_what_a_careless_page_sends(page: Any, trap: Trap, hostile_site: str) -> None:
    page.goto("about:blank")
    before = len(trap.caught)
    with page.expect_event("requestfailed"):
        page.set_content("<img src='http://evil.example/careless.png' onerror='window.bitten=1'>")
    page.wait_for_function("window.bitten === 1")
    assert b"careless.png" in b"".join(trap.caught[before:])


@pytest.mark.parametrize("name", LISTS, ids=lambda name: name or "home")
def test_nothing_archived_runs_on_our_lists(name: str, page: Any, trap: Trap, hostile_site: str) -> None:
    assert harm(page, trap, [f"/archive/-/{name}"], hostile_site) == []


@pytest.mark.parametrize("number", range(len(BITES)), ids=lambda number: BITES[number][:24])
def test_nothing_runs_or_loads_where_a_bite_is_shown(number: int, page: Any, trap: Trap, hostile_site: str) -> None:
    bite = quote(BITES[number], safe="")
    paths = [
        f"/archive/-/posts/{number + 1}",
        f"/archive/-/posts/{number + 1}/revisions",
        f"/archive/-/outlets/{number + 1}",
        f"/archive/-/captures/{number + 1}",
        f"/archive/-/captures/{number + 1}/content",
        f"/archive/-/search?q={bite}&sort={bite}&cursor={bite}",
        f"/archive/-/{bite}",
    ]
    assert harm(page, trap, paths, hostile_site) == []


@pytest.mark.parametrize("path", DATASETTES)
def test_nothing_archived_runs_on_datasettes_own_pages(path: str, page: Any, trap: Trap, hostile_site: str) -> None:
    assert harm(page, trap, [path], hostile_site) == []


def test_nothing_archived_runs_in_the_forms(page: Any, trap: Trap, hostile_archive: Path, tmp_path: Path) -> None:
    settings = {"plugins": {PLUGIN: {"edit": True}}}
    options = write_settings(tmp_path, datasette_version(), settings)
    with served(hostile_archive, options=tuple(options)) as site:
        paths = [f"/archive/-/posts/{number}" for number in range(1, len(BITES) + 1)]
        assert harm(page, trap, ["/archive/-/health", *paths], site) == []
        assert page.locator(".correction").count()


FILES = ["the post", "its page", *(url.rpartition("/")[2] for url, *_ in EVIL_FILES)]


@pytest.mark.parametrize("name", FILES)
def test_no_file_of_a_page_runs_or_loads_anything(
    name: str, page: Any, trap: Trap, hostile_site: str, evil_captures: dict[str, int]
) -> None:
    post = f"/archive/-/posts/{len(BITES) + 1}"
    path = post if name == "the post" else f"/archive/-/captures/{evil_captures[name]}/content"
    if name.endswith(".pdf"):
        answer = page.request.get(hostile_site + path)
        assert answer.headers["content-disposition"].startswith("attachment")
    else:
        assert harm(page, trap, [path], hostile_site) == []


TYPES = {
    "drawing.svg": "text/html; charset=utf-8",
    "page.png": "text/plain; charset=utf-8",
    "page.svg": "text/plain; charset=utf-8",
    "polyglot.gif": "image/gif",
    "script.gif": "text/html; charset=utf-8",
    "picture.png": "image/png",
    "style.css": "text/plain; charset=utf-8",
}


@pytest.mark.parametrize(("name", "kind"), TYPES.items())
def test_a_file_is_served_as_what_its_bytes_are_and_locked_in(
    name: str, kind: str, page: Any, hostile_site: str, evil_captures: dict[str, int]
) -> None:
    headers = page.request.get(f"{hostile_site}/archive/-/captures/{evil_captures[name]}/content").headers
    assert (headers["content-type"], headers["x-content-type-options"]) == (kind, "nosniff")
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def test_a_drawing_is_no_page_of_this_site(page: Any, hostile_site: str, evil_captures: dict[str, int]) -> None:
    headers = page.request.get(f"{hostile_site}/archive/-/captures/{evil_captures['drawing.svg']}/image").headers
    assert headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["page.png", "page.svg", "script.gif", "style.css"])
def test_what_is_no_image_is_not_served_as_one(
    name: str, page: Any, hostile_site: str, evil_captures: dict[str, int]
) -> None:
    assert page.request.get(f"{hostile_site}/archive/-/captures/{evil_captures[name]}/image").status == 404


def test_the_held_picture_is_seen_in_a_page_full_of_traps(
    page: Any, trap: Trap, hostile_site: str, evil_captures: dict[str, int]
) -> None:
    before = len(trap.caught)
    page.goto(f"{hostile_site}/archive/-/captures/{evil_captures['its page']}")
    frame = page.frame_locator("iframe")
    assert frame.locator("#first").inner_text() == "captured"
    assert frame.locator("img").first.evaluate("each => each.naturalWidth") == 4
    page.goto(f"{hostile_site}/archive/-/posts/{len(BITES) + 1}")
    picture = page.locator(f"img[src$='/captures/{evil_captures['picture.png']}/image']")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("async each => (await each.decode(), each.naturalWidth)") == 4
    assert trap.caught[before:] == []


@pytest.fixture(scope="module")
def evil_captures(hostile_archive: Path) -> dict[str, int]:
    """Name of a hostile file → number of its capture."""
    with closing(sqlite3.connect(f"file:{hostile_archive}?mode=ro", uri=True)) as db:
        rows = db.execute("select url, id from captures where url like ? || '%' order by id", [EVIL]).fetchall()
    found = {url.rpartition("/")[2]: number for url, number in rows}
    return {**found, "its page": found[""] if "" in found else found["evil"]}


def test_a_link_in_a_captured_page_leads_nowhere(page: Any, trap: Trap, hostile_site: str) -> None:
    before = len(trap.caught)
    address = f"{hostile_site}/archive/-/captures/3"
    page.goto(address)
    page.frame_locator("iframe").locator("#out").click()
    settle(page)
    assert (page.url, trap.caught[before:]) == (address, [])


def test_the_captured_page_may_load_nothing_and_run_nothing(page: Any, hostile_site: str) -> None:
    page.goto(f"{hostile_site}/archive/-/captures/1")
    assert page.locator("iframe").get_attribute("sandbox") == ""
    policy = page.request.get(f"{hostile_site}/archive/-/captures/1/content").headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy


def test_no_link_of_ours_leads_to_a_script(page: Any, hostile_site: str) -> None:
    for number in range(len(BITES)):
        page.goto(f"{hostile_site}/archive/-/posts/{number + 1}")
        links = page.eval_on_selector_all("a[href], form[action]", "all => all.map(each => each.href || each.action)")
        schemes = {urlsplit(str(link)).scheme for link in links}
        assert schemes <= {"http", "https"}


def test_turned_letters_stay_inside_their_headline(page: Any, hostile_site: str) -> None:
    turned = next(number for number, bite in enumerate(BITES) if "\u202e" in bite) + 1
    page.goto(f"{hostile_site}/archive/-/posts/{turned}")
    assert page.locator("h1 > bdi").count() == 1
