"""The reading room: whatever a page does to the process that reads it, the others are read and the run ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from crawling import clippings, opened
from manners_crawl import Connection, page, serving

from crawler import desk
from crawler.handover import PostRead, Sent
from crawler.profiles import load_profile
from crawler.reading_room import get_ready
from crawler.room import Bounds, CostlyPageError, NoReadingRoomError, ReaderFault, Room

ROOT = Path(__file__).parents[2]
NO_OUTLETS = Path("/nonexistent/outlets.toml")
BLOG = load_profile("https://blog.example/")


def post_page(title: str, body: str) -> str:
    return (
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body class='single single-post'>"
        f"<article class='post type-post'><h1 class='entry-title'>{title}</h1><time datetime='2026-03-02'>March 2, 2026"
        f"</time><div class='entry-content'><p>The ferry to the dry dock runs again.</p>{body}</div></article></body>"
    )


needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")

HEALTHY = Sent(body=post_page("The ferry runs", "").encode(), url="https://blog.example/ferry/", content_type=None)
ENDLESS = "<p>The <b>ferry</b> left at <a href='/nine/'>nine</a></p>" * 40_000
"""Two megabytes of honest markup: seconds of work, and some two hundred megabytes."""
LONG = Sent(body=post_page("Endless", ENDLESS).encode(), url="https://blog.example/endless/", content_type=None)
ATTRIBUTES = b"<p " + b" ".join(b"a%d" % number for number in range(40_000)) + b">"
"""libxml2 compares each with each; it took 16 s, in which nothing can interrupt it."""


NOT_IN_THE_CRAWL = (
    *("archive.provenance", "crawler.pages", "crawler.desk", "crawler.rereading", "bs4", "nh3", "multiprocessing"),
    *("aiohttp", "requests", "tldextract", "scrapy.extensions.telnet", "scrapy.extensions.remote_control"),
)
"""What reads pages, and what Scrapy imports for components that take no part."""


def test_the_crawl_itself_imports_neither_what_reads_nor_what_is_switched_off() -> None:
    script = (
        "import sys\n"
        "from hostile.children import import_parts\n"
        "import_parts()\n"
        f"print([name for name in {NOT_IN_THE_CRAWL} if name in sys.modules])"
    )
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, check=True
    )
    assert done.stdout == b"[]\n"


def in_room(work: Callable[[Room], Coroutine[Any, Any, Any]], **bounds: Any) -> Any:
    async def whole() -> Any:
        room = Room(get_ready, NO_OUTLETS, bounds=Bounds(**bounds))
        try:
            return await work(room)
        finally:
            room.close()

    return asyncio.run(whole())


async def read(room: Room, sent: Sent = HEALTHY) -> str | None:
    found = await room.do(desk.read_post_page, (sent,), BLOG, None, "none")
    assert isinstance(found, PostRead)
    assert found.post is not None
    return found.post.title


COSTLY = [
    pytest.param(
        lambda room: room.do(lxml.html.document_fromstring, ATTRIBUTES),
        {"cpu_s": 0.5}, "reading-too-long", id="attributes without end",
    ),
    pytest.param(
        lambda room: read(room, LONG), {"memory_bytes": 60 << 20}, "reading-too-much-memory", id="a huge tree"
    ),
    pytest.param(lambda room: room.do(os._exit, 7), {}, "reading-broke-off", id="a crash"),
]  # fmt: skip


@pytest.mark.parametrize(("bomb", "bounds", "reason"), COSTLY)
def test_a_page_that_breaks_its_bounds_is_named_and_the_pages_around_it_are_read(
    bomb: Callable[[Room], Coroutine[Any, Any, Any]], bounds: dict[str, Any], reason: str
) -> None:
    async def work(room: Room) -> list[Any]:
        pieces = (read(room), bomb(room), read(room), read(room), read(room))
        return await asyncio.gather(*pieces, return_exceptions=True)

    first, broken, *others = in_room(work, **bounds)
    assert isinstance(broken, CostlyPageError), broken
    assert broken.reason == reason
    assert [first, *others] == ["The ferry runs"] * 4


def test_a_process_killed_from_outside_costs_no_page() -> None:
    async def work(room: Room) -> list[Any]:
        reads = [asyncio.create_task(read(room)) for _ in range(12)]
        await reads[0]
        os.kill(room.process_ids[0], signal.SIGKILL)
        return await asyncio.gather(*reads)

    assert in_room(work) == ["The ferry runs"] * 12


def test_what_the_work_itself_raises_is_told_and_ends_nothing() -> None:
    async def work(room: Room) -> str | None:
        with pytest.raises(ReaderFault, match="ZeroDivisionError"):
            await room.do(divmod, 1, 0)
        return await read(room)

    assert in_room(work) == "The ferry runs"


def test_a_room_without_a_process_says_so_instead_of_waiting() -> None:
    async def work() -> None:
        room = Room(os.stat, NO_OUTLETS)
        try:
            for _ in range(2):
                with pytest.raises(NoReadingRoomError, match="FileNotFoundError"):
                    await room.do(abs, -1)
        finally:
            room.close()

    asyncio.run(work())


def test_who_reads_needs_no_scrapy() -> None:
    async def work(room: Room) -> Any:
        await read(room)
        return await room.do(eval, "[name for name in ('scrapy', 'twisted') if name in __import__('sys').modules]")

    assert in_room(work) == []


@needs_linux
def test_it_ends_with_the_process_that_opened_it_however_that_ended() -> None:
    script = (
        "import asyncio, os, signal\n"
        "from crawler.room import Room\n"
        "async def work():\n"
        "    room = Room(abs, -1)\n"
        "    await room.do(abs, -1)\n"
        "    print(*room.process_ids, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(work())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL
    # its end of the socket is the last thing the killed process let go; the reader is gone soon after
    has_ended(int(done.stdout))


def has_ended(pid: int) -> None:
    """Return when the process is gone or waits to be fetched; a test that hangs here has failed."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    import select

    ended, _, _ = select.select([descriptor], [], [], 60)
    os.close(descriptor)
    assert ended, "it lives on"


@needs_linux
@pytest.mark.slow
def test_bombs_and_a_killed_reader_cost_a_crawl_only_the_bombs(tmp_path: Path) -> None:
    """The whole road: healthy posts around parser bombs, and a reader killed in the middle of it."""
    healthy = [f"/ferry-{number}/" for number in range(8)]
    bombs = {
        "/attributes/": ("<p " + " ".join(f"a{number}" for number in range(100_000)) + ">", "too-many-attributes"),
        "/nested/": ("<div>" * 100_000, "too-nested"),
        "/endless/": (ENDLESS, "reading-too-long"),
    }
    paths = [*healthy[:4], *bombs, "/killer/", *healthy[4:]]
    crawler: list[subprocess.Popen[bytes]] = []

    def kill_the_reader(connection: Connection) -> None:
        (reader,) = Path(f"/proc/{crawler[0].pid}/task/{crawler[0].pid}/children").read_text().split()
        os.kill(int(reader), signal.SIGKILL)
        connection.wfile.write(page(post_page("The killer", "")))

    answers: dict[str, Any] = {path: page(post_page(f"Post {path}", "")) for path in healthy}
    answers |= {path: page(post_page(path, body)) for path, (body, _) in bombs.items()}
    answers["/killer/"] = kill_the_reader
    cards = "".join(f"<article class='post'><h2><a href='{path}'>Post {path}</a></h2></article>" for path in paths)
    answers["/blog/"] = page(f"<html><body><main>{cards}</main></body></html>")
    with serving(answers) as server:
        start, data = f"{server.origin}/blog/", tmp_path / "data"
        settings = {"CLIPFILE_ARCHIVE": data, "ALLOW_PRIVATE_ORIGIN": start, "DOWNLOAD_DELAY": 0,
                    "AUTOTHROTTLE_ENABLED": 0, "READING_CPU_MAX": 1.0, "LOG_LEVEL": "ERROR"}  # fmt: skip
        words = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
        command = [sys.executable, "-m", "scrapy", "crawl", "blog", "-a", f"site={start}", *words]
        crawler.append(subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE))
        _, told = crawler[0].communicate(timeout=240)
        assert crawler[0].returncode == 0, told
        kept = {row["url"].removeprefix(server.origin) for row in clippings(data)}
    with opened(data) as db:
        skips = {row["url"].removeprefix(server.origin): row["reason"] for row in db.query("select * from skips")}
        captured = {row[0].removeprefix(server.origin) for row in db.execute("select url from captures")}
    assert kept == {*healthy, "/killer/"}
    assert {path: skips[path] for path in bombs} == {path: reason for path, (_, reason) in bombs.items()}
    assert captured >= set(paths), "a bomb is captured like any other page"
