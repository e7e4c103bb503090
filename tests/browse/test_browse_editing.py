"""Setting readings right in the browser, as `clipfile correct` does: for whoever sits here, and for nobody else."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from asking import Got
from click.testing import CliRunner
from filing import a_page, harbor_line
from serving_site import served

from archive.browse.editing import PLUGIN, is_asked_here
from archive.cli import clipfile
from archive.commands.serve import datasette_version, write_settings
from archive.database import open_readonly
from archive.errors import UsageError
from archive.folder import ArchiveFolder

Ask = Callable[..., Got]
QUIET = 9
"""The doubtful post of the harbor archive, read as from the outlet “Date”."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> ArchiveFolder:
    """One for all tests of this file, each of which corrects a post of its own; a doubtful one is left to nobody."""
    folder = ArchiveFolder(path=harbor_line(tmp_path_factory.mktemp("edited")).parent)
    murky = a_page("murky", title="The murky show", outlet="Date", confidence=0.55)
    with folder.writing("a test") as store, store.atomic():
        run = store.custody.start_run(1, "full", {})
        store.posts.save(1, run, murky.post, murky.reading, capture_id=None, seen_at="2026-03-20T00:00:00Z")
    return folder


@pytest.fixture(scope="module")
def editable(archive: ArchiveFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    ours = {"plugins": {PLUGIN: {"edit": True}}}
    files = write_settings(tmp_path_factory.mktemp("settings"), datasette_version(), ours)
    with served(archive.db_path, options=tuple(files)) as url:
        yield url


def asking(url: str, path: str, form: dict[str, str] | None = None, **headers: str) -> Got:
    """GET, or POST of *form*; *headers* with underscores, None left out."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    sent = {name.replace("_", "-"): value for name, value in headers.items() if value}
    body = urlencode(form) if form is not None else None
    if form is not None:
        sent["content-type"] = "application/x-www-form-urlencoded"
    connection.request("POST" if form is not None else "GET", path, body=body, headers=sent)
    answer = connection.getresponse()
    got = Got(status=answer.status, headers=dict(answer.headers), text=answer.read().decode())
    connection.close()
    return got


def leave(url: str, post: int) -> tuple[str, dict[str, str]]:
    """The token of the post's form and the headers a browser sends with it."""
    page = asking(url, f"/archive/-/posts/{post}")
    cookie = page.headers["set-cookie"].split(";")[0]
    token = re.search(r'name="token" value="(\w+)"', page.text)
    assert token
    return token[1], {"cookie": cookie, "origin": url}


def values(archive: ArchiveFolder, post: int) -> dict[str, Any]:
    db = open_readonly(archive.db_path)
    found = next(db.query("select kind, outlet, authors, original_on, confidence from posts where id = ?", [post]))
    db.close()
    return found


def test_a_correction_stands_over_the_next_crawl_until_it_is_taken_back(archive: ArchiveFolder, editable: str) -> None:
    token, headers = leave(editable, 2)
    shown = '{"kind": "repost", "outlet": "Bridge Michigan", "authors": ["Lena Marchand"], "original_on": "2010-01-14"}'
    form = {"token": token, "do": "save", "shown": shown, "kind": "repost", "outlet": "freep", "original_on": ""}
    form["authors"] = "Ana Ruiz\r\nBo Lind"
    path = "/archive/-/posts/2/correct"
    assert asking(editable, path, form, **headers).status == 303
    corrected = {"outlet": "Detroit Free Press", "authors": '["Ana Ruiz","Bo Lind"]', "original_on": None}
    assert corrected.items() <= values(archive, 2).items()
    with archive.writing("a test") as store, store.atomic():
        run = store.custody.start_run(1, "full", {})
        page = a_page("clip-0", outlet="Grist", title="Salt under the river, edited", text="Other words.")
        store.posts.save(1, run, page.post, page.reading, capture_id=None, seen_at="2026-04-01T00:00:00Z")
    assert values(archive, 2)["outlet"] == "Detroit Free Press"
    assert asking(editable, path, {"token": token, "undo": "outlet"}, **headers).status == 303
    assert values(archive, 2)["outlet"] == "Grist"
    assert values(archive, 2)["authors"] == '["Ana Ruiz","Bo Lind"]'


FOREIGN = [
    pytest.param({"origin": "https://evil.example"}, {}, id="a form of another site"),
    pytest.param({"origin": "null"}, {}, id="a form of a locked frame"),
    pytest.param({"origin": ""}, {}, id="no origin"),
    pytest.param({"sec_fetch_site": "cross-site"}, {}, id="said to be cross-site"),
    pytest.param({"cookie": ""}, {}, id="another browser"),
    pytest.param({"cookie": "clipfile-form=" + "a" * 32}, {}, id="a cookie made up"),
    pytest.param({}, {"token": ""}, id="no token"),
    pytest.param({}, {"token": "0" * 64}, id="a token made up"),
    pytest.param({"host": "evil.example", "origin": "http://evil.example"}, {}, id="a name led here"),
    pytest.param({"host": "127.0.0.1:1", "origin": "http://127.0.0.1:1"}, {}, id="another port"),
]


@pytest.mark.parametrize(("headers", "fields"), FOREIGN)
def test_what_no_form_of_ours_sent_changes_nothing(
    headers: dict[str, str], fields: dict[str, str], archive: ArchiveFolder, editable: str
) -> None:
    token, own = leave(editable, 3)
    before = values(archive, 3)
    form = {"token": token, "do": "own", **fields}
    answer = asking(editable, "/archive/-/posts/3/correct", form, **{**own, **headers})
    assert answer.status == 403
    assert values(archive, 3) == before


def test_a_name_led_here_sees_no_form(editable: str) -> None:
    page = asking(editable, "/archive/-/posts/3", host="evil.example")
    assert page.status == 200
    assert "/correct" not in page.text
    assert "set-cookie" not in page.headers


def test_without_edit_there_is_no_form_and_a_form_is_refused(site: str) -> None:
    assert "/correct" not in asking(site, "/archive/-/posts/1").text
    answer = asking(site, "/archive/-/posts/1/correct", {"do": "own"}, origin=site)
    assert answer.status == 403
    assert "for reading only" in answer.text


HERE, THERE = ("127.0.0.1", 50_000), ("192.0.2.7", 50_000)
ASKED = [
    pytest.param(HERE, ("127.0.0.1", 8001), "127.0.0.1:8001", True, id="loopback"),
    pytest.param(HERE, ("127.0.0.1", 8001), "localhost:8001", True, id="localhost"),
    pytest.param(("::1", 50_000), ("::1", 8001), "[::1]:8001", True, id="IPv6"),
    pytest.param(THERE, ("192.0.2.1", 8001), "192.0.2.1:8001", False, id="the network"),
    pytest.param(THERE, ("192.0.2.1", 8001), "localhost:8001", False, id="the network, named localhost"),
    pytest.param(HERE, ("192.0.2.1", 8001), "127.0.0.1:8001", False, id="an address of the network"),
    pytest.param(HERE, ("127.0.0.1", 8001), "127.0.0.1.evil.example:8001", False, id="a name led here"),
    pytest.param(HERE, ("127.0.0.1", 8001), "127.0.0.1:x", False, id="no port"),
    pytest.param(HERE, ("127.0.0.1", 8001), "", False, id="no host"),
    pytest.param(None, None, "127.0.0.1:8001", False, id="nobody knows"),
]


@pytest.mark.parametrize(("client", "server", "host", "here"), ASKED)
def test_only_this_machine_asks_from_here(client: object, server: object, host: str, here: bool) -> None:
    assert is_asked_here({"client": client, "server": server}, host) is here


def test_edit_is_refused_on_an_address_others_reach(archive: ArchiveFolder) -> None:
    said = CliRunner().invoke(clipfile, ["serve", "--edit", "--host", "0.0.0.0", "--archive", str(archive.path)])
    assert isinstance(said.exception, UsageError)
    assert "this machine alone" in str(said.exception)


def test_while_a_crawl_writes_one_is_told_to_wait(archive: ArchiveFolder, editable: str) -> None:
    token, headers = leave(editable, 4)
    with archive.writing("a crawl"):
        answer = asking(editable, "/archive/-/posts/4/correct", {"token": token, "do": "own"}, **headers)
    assert answer.status == 409
    assert "a crawl (process" in answer.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"do": "save", "original_on": "yesterday"}, "is no date"),
        ({"do": "save", "kind": "leaflet"}, "is no kind of post"),
        ({"do": "save"}, "Nothing was changed"),
        ({"undo": "colour"}, "is no field"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_can_not_be_meant_is_said_in_words(fields: dict[str, str], words: str, editable: str) -> None:
    token, headers = leave(editable, 5)
    answer = asking(editable, "/archive/-/posts/5/correct", {"token": token, **fields}, **headers)
    assert answer.status == 422
    assert words in answer.text


def test_a_form_as_long_as_a_book_is_not_read(editable: str) -> None:
    token, headers = leave(editable, 5)
    form = {"token": token, "do": "save", "note": "x" * 40_000}
    assert asking(editable, "/archive/-/posts/5/correct", form, **headers).status == 413


@pytest.mark.browser
def test_the_queue_is_settled_with_one_click(page: Any, archive: ArchiveFolder, editable: str) -> None:
    page.goto(f"{editable}/archive/-/health")
    doubt = page.locator(".doubt", has_text="The quiet show")
    doubt.get_by_role("button", name="Right as read").click()
    assert page.get_by_role("status").inner_text().startswith("Confirmed")
    assert page.locator(".doubt", has_text="The quiet show").count() == 0
    assert values(archive, QUIET)["confidence"] == 1.0


@pytest.mark.browser
def test_a_value_is_set_right_with_the_keyboard_and_taken_back(
    page: Any, archive: ArchiveFolder, editable: str
) -> None:
    page.goto(f"{editable}/archive/-/posts/6")
    page.get_by_text("Set it right").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Outlet").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Bridge Michigan")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert values(archive, 6)["outlet"] == "Bridge Michigan"
    fact = page.locator("details.fact", has_text="corrected")
    fact.locator("summary").click()
    fact.get_by_role("button", name="Take back").click()
    assert page.get_by_role("status").inner_text().startswith("Taken back")
    assert values(archive, 6)["outlet"] == "The Detroit News"


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forms_keep_the_rules_of_accessibility(scheme: str, width: int, page: Any, editable: str, axe: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    for path in ("posts/7", "health"):
        page.goto(f"{editable}/archive/-/{path}")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert page.get_by_label("Authors, one a line").first.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, { iframes: false })")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
