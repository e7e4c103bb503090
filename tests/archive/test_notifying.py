"""Who is told what, and that nobody is told twice. Messages go to a server of the test's own on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from making import a_post, a_reading, a_run

from archive import notifying
from archive.folder import ArchiveFolder
from archive.notifying import CannotTellError, metrics, news, tell
from archive.status import find_status
from archive.store import Store

pytest.importorskip("apprise")
# of Apprise's own making, on Python before 3.13
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

COUNTS = dict.fromkeys(("requests", "bytes", "seen", "new", "changed", "gone", "errors"), 0)


@dataclass
class Mailbox:
    url: str = ""
    received: list[tuple[str, str]] = field(default_factory=list)
    """(path, body)"""
    status: int = 200
    first: list[int] = field(default_factory=list)
    """Statuses of the first answers, before all the others."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for path, body in self.received if path == "/notices"]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.received.append((self.path, body.decode()))
            self.send_response(box.first.pop(0) if box.first else box.status)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    box.url = f"127.0.0.1:{server.server_port}"
    yield box
    server.shutdown()
    thread.join()
    server.server_close()


def settings(folder: ArchiveFolder, text: str) -> None:
    folder.path.mkdir(exist_ok=True)
    (folder.path / "clipfile.toml").write_text(text)


def ended(folder: ArchiveFolder, status: str, reason: str | None = None, told: str | None = None) -> None:
    with folder.writing("a test") as store:
        end_run(store, status, reason, told)


def end_run(store: Store, status: str, reason: str | None, told: str | None) -> None:
    site_id, run_id = a_run(store)
    with store.atomic():
        store.posts.save(site_id, run_id, a_post(), a_reading(), capture_id=None, seen_at="2026-03-02T09:00:00Z")
        store.custody.finish_run(run_id, status, reason=reason, report=COUNTS)
        if told:
            store.notices.save_news(site_id, run_id, told)


def test_a_trouble_is_told_once_and_once_that_it_is_over(folder: ArchiveFolder, mailbox: Mailbox) -> None:
    settings(folder, f'[notify]\nurls = ["json://{mailbox.url}/notices"]\n')
    for status, reason in (
        ("suspect", "60 posts lost their outlet"),
        ("suspect", "61 posts lost theirs"),
        ("done", None),
    ):
        ended(folder, status, reason)
        tell(folder)
        tell(folder)
    first, last = mailbox.messages
    assert first["title"] == "Clipfile: trouble with the crawl of blog"
    assert first["message"] == "blog\n! run 1 was suspect: 60 posts lost their outlet"
    assert last["title"] == "Clipfile: the end of trouble with the crawl of blog"
    assert last["message"].startswith("blog\n✓ over: run 1 was suspect")


def test_a_trouble_that_comes_back_is_told_again(folder: ArchiveFolder, mailbox: Mailbox) -> None:
    settings(folder, f'[notify]\nurls = ["json://{mailbox.url}/notices"]\n')
    for status in ("partial", "done", "partial"):
        ended(folder, status)
        tell(folder)
    assert len(mailbox.messages) == 3


def test_news_is_told_once_and_only_where_it_is_wanted(folder: ArchiveFolder, mailbox: Mailbox) -> None:
    settings(folder, f'[notify]\nurls = ["json://{mailbox.url}/notices"]\n')
    ended(folder, "done", told="1 new post:\n  The dock opens")
    tell(folder)
    tell(folder)
    (message,) = mailbox.messages
    assert message["message"] == "blog\n· 1 new post:\n  The dock opens"
    settings(folder, f'[notify]\nurls = ["json://{mailbox.url}/notices"]\nnews = false\n')
    ended(folder, "done", told="2 new posts")
    tell(folder)
    assert len(mailbox.messages) == 1


def test_what_could_not_be_sent_is_sent_next_time(folder: ArchiveFolder, mailbox: Mailbox) -> None:
    settings(folder, f'[notify]\nurls = ["json://{mailbox.url}/notices"]\n')
    ended(folder, "failed", "nothing answered")
    mailbox.status = 500
    with pytest.raises(CannotTellError, match="could not be sent"):
        tell(folder)
    mailbox.status, mailbox.received = 200, []
    tell(folder)
    assert len(mailbox.messages) == 1


def test_where_one_address_fails_the_others_are_not_told_again(folder: ArchiveFolder, mailbox: Mailbox) -> None:
    here = f"json://{mailbox.url}/notices"
    settings(folder, f'[notify]\nurls = ["{here}", "json://127.0.0.1:9/notices"]\n')
    ended(folder, "failed", "nothing answered")
    for _ in range(2):
        with pytest.raises(CannotTellError, match="address 2 of"):
            tell(folder)
    assert len(mailbox.messages) == 1
    settings(folder, f'[notify]\nurls = ["{here}", "json://{mailbox.url}/others"]\n')
    tell(folder)
    tell(folder)
    assert [path for path, _ in mailbox.received] == ["/notices", "/others"]


def test_an_address_nobody_knows_is_named_by_its_place_only(folder: ArchiveFolder) -> None:
    settings(folder, '[notify]\nurls = ["carrierpigeon://press:secret@loft"]\n')
    ended(folder, "failed")
    with pytest.raises(CannotTellError) as found:
        tell(folder)
    assert "address 1 of notify.urls" in str(found.value)
    assert "secret" not in str(found.value)


@pytest.mark.parametrize(
    ("run", "path"), [("done", "/ping"), ("partial", "/ping"), ("suspect", "/ping/fail"), ("failed", "/ping/fail")]
)
def test_the_health_check_hears_how_the_run_ended(folder: ArchiveFolder, mailbox: Mailbox, run: str, path: str) -> None:
    settings(folder, f'[health]\nping = "http://{mailbox.url}/ping"\n')
    ended(folder, run, "a reason")
    tell(folder)
    assert [path for path, _ in mailbox.received] == [path]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "PING_PAUSES_S", (0.0, 0.0, 0.0))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("first", "calls"),
    [
        pytest.param([503], 2, id="busy for a moment"),
        pytest.param([500, 502], 3, id="busy for longer"),
        pytest.param([], 1, id="well"),
    ],
)
def test_a_health_check_is_called_again_until_it_hears(
    folder: ArchiveFolder, mailbox: Mailbox, first: list[int], calls: int
) -> None:
    mailbox.first = first
    settings(folder, f'[health]\nping = "http://{mailbox.url}/ping"\n')
    ended(folder, "done")
    tell(folder)
    assert [path for path, _ in mailbox.received] == ["/ping"] * calls


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("status", "calls"), [(404, 1), (500, 3)])
def test_a_health_check_that_says_no_is_not_called_for_ever(
    folder: ArchiveFolder, mailbox: Mailbox, status: int, calls: int
) -> None:
    mailbox.status = status
    settings(folder, f'[health]\nping = "http://{mailbox.url}/ping"\n')
    ended(folder, "done")
    with pytest.raises(CannotTellError, match=str(status)):
        tell(folder)
    assert len(mailbox.received) == calls


@pytest.mark.usefixtures("impatient")
def test_a_health_check_that_does_not_answer_keeps_nothing_else_back(folder: ArchiveFolder, mailbox: Mailbox) -> None:
    settings(folder, '[health]\nping = "http://127.0.0.1:9/ping"\ntextfile = "clipfile.prom"\n')
    ended(folder, "done")
    with pytest.raises(CannotTellError, match="health check"):
        tell(folder)
    assert (folder.path / "clipfile.prom").exists()


def test_metrics_are_prometheus_own_text(folder: ArchiveFolder) -> None:
    ended(folder, "suspect")
    told = metrics(find_status(folder))
    assert 'clipfile_well{site="blog"} 0\n' in told
    assert 'clipfile_posts{site="blog"} 1\n' in told
    assert "clipfile_status_code 4\n" in told
    began = datetime.fromisoformat(find_status(folder).sites[0].last_run["started_at"]).timestamp()  # type: ignore[index]
    assert f'clipfile_last_run_timestamp_seconds{{site="blog"}} {began:.0f}\n' in told, "to the second"
    for line in told.splitlines():
        assert line.startswith(("# HELP clipfile_", "# TYPE clipfile_", "clipfile_"))


def test_nobody_is_told_where_nobody_asked(folder: ArchiveFolder) -> None:
    ended(folder, "failed")
    tell(folder)
    with folder.writing("a test") as store:
        assert store.notices.unsent() == []


def test_while_a_crawl_runs_it_is_the_crawl_that_tells(folder: ArchiveFolder) -> None:
    settings(folder, '[notify]\nurls = ["json://127.0.0.1:9/"]\n')
    ended(folder, "failed")
    with folder.writing("a crawl"), pytest.raises(CannotTellError, match="being written by a crawl"):
        tell(folder)


def test_news_names_posts_and_groups_edits() -> None:
    report = {
        "new": 10, "gone": 1,
        "arrivals": [{"id": n, "title": f"Ship {n}", "outlet": "MLive" if n else None} for n in range(10)],
        "edits": [{"before": "MICHauto", "after": "MichAuto", "posts": 200, "posts_so_far": 200}],
        "changes": [{"id": 3, "title": "The lock", "changes": ["title", "body"]}],
    }  # fmt: skip
    assert (news(report) or "").splitlines() == [
        "10 new posts:",
        "  Ship 0",
        *(f"  Ship {n} — MLive" for n in range(1, 8)),
        "  and 2 more",
        "edited across the blog: “MICHauto” → “MichAuto” in 200 posts",
        "1 post edited:",
        "  The lock: title, body",
        "1 post gone from the blog",
    ]
    assert news({"new": 0, "gone": 0, "arrivals": [], "edits": [], "changes": []}) is None
