"""Manners: robots.txt, pace and pauses, redirects, limits, and the words for what is not fetched."""

from __future__ import annotations

import asyncio
import re
import ssl
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import exceptions as scrapy_errors
from scrapy.http import TextResponse
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager
from twisted.internet import error as net
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawler.guard import ForbiddenAddressError, Origin
from crawler.identity import user_agent
from crawler.middlewares import read_retry_after
from crawler.robots import FRESH_S, PARSED_BYTES, RobotsMiddleware, Rules, after_failure, read_robots
from crawler.skip_reasons import SkipReason, status_reason
from crawler.skips import Skipped, reason_of

MANNERS_PAGE = Path(__file__).parents[2] / "docs" / "manners.md"
SETTINGS_FILE = Path(__file__).parents[2] / "crawler" / "settings.py"

# ------------------------------------------------------------------------------------------- what an answer means

PRIVATE = b"User-agent: *\nDisallow: /private\n"
BARRED = "https://blog.example/private/memo"

ANSWERS = [
    pytest.param(200, PRIVATE, "rules", False, id="a file"),
    pytest.param(204, b"", "rules", True, id="an empty file"),
    pytest.param(200, b"\xef\xbb\xbf" + PRIVATE, "rules", False, id="a byte order mark"),
    pytest.param(200, PRIVATE.decode().encode("utf-16"), "rules", False, id="UTF-16 with its mark"),
    pytest.param(200, PRIVATE.replace(b"\n", b"\r\n"), "rules", False, id="CR LF"),
    pytest.param(200, PRIVATE.replace(b"\n", b"\r"), "rules", False, id="CR alone"),
    pytest.param(200, b"\xff\xfe\xfd\xfc" * 9, "rules", True, id="rubbish"),
    pytest.param(200, b"<!DOCTYPE html><p>User-agent: *\n<p>Disallow: /private", "none", True, id="a web page instead"),
    pytest.param(200, b"User-agent: Clipfile\nDisallow: /private", "rules", False, id="our own group"),
    pytest.param(200, b"User-agent: otherbot\nDisallow: /", "rules", True, id="another's group"),
    pytest.param(200, PRIVATE + b"\nUser-agent: clipfile\nDisallow: /x", "rules", True, id="our group replaces all's"),
    pytest.param(200, PRIVATE + b"Allow: /private/memo", "rules", True, id="the longest match wins"),
    pytest.param(200, b"User-agent: *\nDisallow: /*/memo$", "rules", False, id="wildcard and end"),
    pytest.param(200, b"User-agent: *\nDisallow: /%70rivate", "rules", False, id="percent-encoded"),
    pytest.param(200, PRIVATE + b"#" * PARSED_BYTES, "rules", False, id="a rule before 500 KiB"),
    pytest.param(200, b"#" * PARSED_BYTES + b"\n" + PRIVATE, "rules", True, id="a rule behind 500 KiB"),
    pytest.param(301, b"", "none", True, id="a redirect that leads nowhere"),
    pytest.param(401, b"", "none", True, id="401"),
    pytest.param(403, b"", "none", True, id="403"),
    pytest.param(404, PRIVATE, "none", True, id="404, whatever its body says"),
    pytest.param(410, b"", "none", True, id="410"),
    pytest.param(429, b"", "unreachable", False, id="429 wants to be left alone"),
    pytest.param(500, b"", "unreachable", False, id="500"),
    pytest.param(503, b"", "unreachable", False, id="503"),
    pytest.param(999, b"", "unreachable", False, id="a status of its own"),
]


@pytest.mark.parametrize(("status", "body", "state", "allowed"), ANSWERS)
def test_an_answer_to_the_request_for_robots_txt(status: int, body: bytes, state: str, allowed: bool) -> None:
    rules = read_robots(status, body, "clipfile")
    assert (rules.state, rules.allows(BARRED)) == (state, allowed)


HERE = Origin.of("https://blog.example/")
THERE = Origin.of("http://127.0.0.1/")

FAILURES = [
    pytest.param(scrapy_errors.DownloadTimeoutError("slow"), "unreachable", id="time-out"),
    pytest.param(scrapy_errors.CannotResolveHostError("no name"), "unreachable", id="no such host"),
    pytest.param(scrapy_errors.DownloadConnectionRefusedError("no"), "unreachable", id="refused"),
    pytest.param(Skipped(SkipReason.INCOMPLETE), "unreachable", id="cut transfer"),
    pytest.param(Skipped(SkipReason.DECOMPRESSION_RATIO), "unreachable", id="bomb"),
    pytest.param(Skipped(SkipReason.RETRY_AFTER_TOO_LONG), "unreachable", id="told to come back in a year"),
    pytest.param(ForbiddenAddressError(THERE, "loopback"), "unreachable", id="redirect to a forbidden address"),
    pytest.param(Skipped(SkipReason.REDIRECT_LIMIT), "none", id="more than five redirects"),
    pytest.param(Skipped(SkipReason.REDIRECT_LOOP), "none", id="redirects in a circle"),
    pytest.param(RuntimeError("?"), "unreachable", id="something nobody thought of"),
]


@pytest.mark.parametrize(("error", "state"), FAILURES)
def test_no_answer_to_the_request_for_robots_txt(error: Exception, state: str) -> None:
    assert after_failure(error, HERE).state == state


def test_a_host_that_is_itself_forbidden_is_not_blamed_on_its_robots_txt() -> None:
    with pytest.raises(ForbiddenAddressError):
        after_failure(ForbiddenAddressError(HERE, "loopback"), HERE)


DELAYS = [("2.5", 2.5), ("1e3", 1000.0), ("0", 0.0), ("-5", None), ("nan", None), ("inf", None), ("soon", None)]


@pytest.mark.parametrize(("printed", "delay_s"), DELAYS)
def test_crawl_delay_is_seconds_or_nothing(printed: str, delay_s: float | None) -> None:
    rules = read_robots(200, f"User-agent: *\nCrawl-delay: {printed}\nDisallow:".encode(), "clipfile")
    assert rules.crawl_delay_s == delay_s


def test_sitemaps_are_named_once_in_printed_order() -> None:
    text = b"Sitemap: https://blog.example/b.xml\nUser-agent: *\nSitemap: https://blog.example/a.xml\n" * 2
    assert read_robots(200, text, "clipfile").sitemaps == ("https://blog.example/b.xml", "https://blog.example/a.xml")


def test_robots_txt_is_asked_for_again_after_a_day() -> None:
    asked: list[str] = []
    now_s = [0.0]

    async def download_async(request: Any) -> TextResponse:
        asked.append(request.url)
        return TextResponse(request.url, body=PRIVATE if len(asked) == 1 else b"")

    settings = Settings()
    settings.setmodule("crawler.settings")
    engine = SimpleNamespace(download_async=download_async)
    robots = RobotsMiddleware(
        SimpleNamespace(settings=settings, engine=engine, signals=SignalManager()), clock=lambda: now_s[0]
    )

    async def ask_at(at_s: float) -> Rules:
        now_s[0] = at_s
        return await robots.rules(BARRED)

    async def ask() -> list[bool]:
        return [(await ask_at(at_s)).allows(BARRED) for at_s in (0.0, FRESH_S - 1, FRESH_S + 1, FRESH_S + 2)]

    assert asyncio.run(ask()) == [False, False, True, True]
    assert asked == ["https://blog.example/robots.txt"] * 2


# ---------------------------------------------------------------------------------------------------- Retry-After

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WAITS = [
    pytest.param("120", 120, id="seconds"),
    pytest.param(" 0 ", 0, id="nought"),
    pytest.param("Sun, 22 Nov 2026 12:02:00 GMT", 120, id="a date"),
    pytest.param("Sunday, 22-Nov-26 12:02:00 GMT", 120, id="a date of 1987"),
    pytest.param("Sun Nov 22 12:02:00 2026", 120, id="a date of C"),
    pytest.param("Sun, 22 Nov 2026 11:00:00 GMT", 0, id="a date gone by"),
    pytest.param("99999999999999999999", 999_999_999_999, id="absurd"),
    pytest.param("-5", None, id="negative"),
    pytest.param("1.5", None, id="a fraction"),
    pytest.param("١٢٠", None, id="digits of another script"),
    pytest.param("soon", None, id="a word"),
    pytest.param("Sun, 99 Nov 2026 12:00:00 GMT", None, id="an impossible date"),
    pytest.param("", None, id="empty"),
    pytest.param(None, None, id="no header"),
]


@pytest.mark.parametrize(("value", "wait_s"), WAITS)
def test_retry_after_is_seconds_or_a_date(value: str | None, wait_s: float | None) -> None:
    assert read_retry_after(value, NOW) == wait_s


# --------------------------------------------------------------------------------------------------- skip reasons


def lost(*causes: Exception) -> Exception:
    """As Scrapy raises what Twisted tells."""
    error = scrapy_errors.DownloadFailedError("lost")
    error.__cause__ = ResponseFailed([Failure(cause) for cause in causes])
    return error


TROUBLE = [
    pytest.param(Skipped(SkipReason.OFF_SITE, "there"), "off-site", id="our own"),
    pytest.param(scrapy_errors.CannotResolveHostError(), "dns", id="no such name"),
    pytest.param(net.DNSLookupError(), "dns", id="no such name, in Twisted's words"),
    pytest.param(scrapy_errors.DownloadConnectionRefusedError(), "connection-refused", id="refused"),
    pytest.param(scrapy_errors.DownloadTimeoutError(), "timeout", id="time-out"),
    pytest.param(net.TCPTimedOutError(), "timeout", id="time-out on connecting"),
    pytest.param(scrapy_errors.DownloadCancelledError(), "response-too-large", id="larger than the limit"),
    pytest.param(scrapy_errors.ResponseDataLossError(), "incomplete", id="cut body"),
    pytest.param(lost(net.ConnectionDone()), "connection-lost", id="hung up"),
    pytest.param(lost(net.ConnectionLost()), "connection-lost", id="reset"),
    pytest.param(lost(net.ConnectionLost(), ssl.SSLError("alert")), "tls", id="handshake"),
    pytest.param(net.NoRouteError(), "connection-lost", id="no route"),
    pytest.param(scrapy_errors.NotSupported(), "not-http", id="no handler"),
    pytest.param(RuntimeError("?"), "error", id="anything else"),
]


@pytest.mark.parametrize(("error", "reason"), TROUBLE)
def test_trouble_has_a_skip_reason(error: Exception, reason: str) -> None:
    assert reason_of(Failure(error))[0] == reason


STATUSES = [(404, "not-found"), (410, "not-found"), (403, "access-denied"), (429, "rate-limited"),
            (503, "rate-limited"), (500, "server-error"), (400, "http-error"), (304, "http-error")]  # fmt: skip


@pytest.mark.parametrize(("status", "reason"), STATUSES)
def test_a_status_without_a_page_has_a_skip_reason(status: int, reason: str) -> None:
    assert status_reason(status) == reason


def test_the_detail_of_a_skip_is_short() -> None:
    assert len(reason_of(RuntimeError("x" * 10_000))[1]) <= 300
    assert len(Skipped(SkipReason.REDIRECT_OFF_SITE, "x" * 10_000).detail) <= 300


def test_the_detail_of_a_skip_commands_no_terminal() -> None:
    skipped = Skipped(SkipReason.REDIRECT_NOT_HTTP, "javascript:\x1b[2J\u202e")
    assert skipped.detail.isprintable()
    assert str(skipped).isprintable()


def test_every_skip_reason_is_explained_in_the_documentation() -> None:
    text = MANNERS_PAGE.read_text(encoding="utf-8").partition("## Skip reasons")[2]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \|$", text, re.MULTILINE)
    assert dict(rows) == {reason.value: reason.meaning for reason in SkipReason}


OPERATORS = ("CONTACT", "ALLOW_PRIVATE_ORIGIN", "RESPECT_ROBOTS", "ROBOTS_CRAWL_DELAY_MAX", "ROBOTS_TIMEOUT",
             "DOWNLOAD_DELAY", "CONCURRENT_REQUESTS_PER_DOMAIN", "AUTOTHROTTLE_MAX_DELAY", "RETRY_TIMES", "RETRY_PAUSE",
             "RETRY_AFTER_MAX", "REDIRECT_MAX_TIMES", "DOWNLOAD_MAXSIZE", "DECOMPRESSION_MAXRATIO", "HEADERS_MAXSIZE",
             "DOWNLOAD_TIMEOUT", "URLLENGTH_LIMIT", "DEPTH_LIMIT", "CLOSESPIDER_TIMEOUT", "CLOSESPIDER_PAGECOUNT",
             "MEMUSAGE_LIMIT_MB", "LISTING_PAGES_MAX", "SITE_URLS_MAX", "READING_CPU_MAX",
             "READING_MEMORY_MAX")  # fmt: skip


@pytest.mark.parametrize("name", OPERATORS)
def test_the_documentation_gives_each_limit_its_default(name: str) -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    row = re.search(rf"^\| `{name}` \| `(.*?)` \|", MANNERS_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert row, f"docs/manners.md does not list {name}"
    assert row[1] == (str(settings[name]) or '""')


def test_each_limit_has_a_setting_and_ends_in_words_that_are_stored() -> None:
    text = MANNERS_PAGE.read_text(encoding="utf-8").partition("## Limits")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| [^|]+ \| `([A-Z_]+)` \| `([a-z-]+)` \|$", text, re.MULTILINE)
    assert len(rows) >= 14
    assert {name for name, _ in rows} <= set(OPERATORS)
    assert {stored for _, stored in rows} <= {*map(str, SkipReason), "interrupted"}


SWITCHED_OFF = ("REMOTE_CONTROL_ENABLED", "TELNETCONSOLE_ENABLED", "COOKIES_ENABLED", "HTTPPROXY_ENABLED",
                "METAREFRESH_ENABLED", "COMPRESSION_ENABLED", "ROBOTSTXT_OBEY", "JOBDIR")  # fmt: skip


@pytest.mark.parametrize("name", SWITCHED_OFF)
def test_a_surprise_of_scrapy_is_switched_off_with_its_reason(name: str) -> None:
    assert re.search(rf"^{name} = (False|None)  # \S+", SETTINGS_FILE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_user_agent_says_where_its_owner_can_be_reached() -> None:
    assert re.fullmatch(
        r"Clipfile/\S+ \(.+; \+https://library\.example/crawl\)", user_agent("https://library.example/crawl")
    )
    assert user_agent("a\r\nX-Evil: b").isprintable()
