"""Capture: what the keeper is given of each exchange, and which bodies may be read at all."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import brotli
import pytest
from manners_crawl import crawl, page, redirect, serving
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from archive.warc import Exchange
from crawler.capture import exchange_of
from crawler.limits import BodyLimits, whole_body
from crawler.skips import Skipped

TEXT = ("<p>Crain's Detroit Business, March 3, 2025. The plant in Hamtramck adds a second shift.</p>" * 40).encode()
GZIPPED = gzip.compress(TEXT, mtime=0)
LIMITS = BodyLimits(decoded_bytes=4_000_000, ratio=200)
ZEROS = b"\0" * 6_000_000


def exchange(body: bytes, *encodings: str, status: int = 200, truncated: str | None = None, sent: Any = ()) -> Exchange:
    return Exchange(
        url="https://blog.example/",
        at=datetime(2026, 11, 22, tzinfo=UTC),
        request_headers=sent,
        status=status,
        reason="",
        response_headers=tuple(("Content-Encoding", name) for name in encodings),
        body=body,
        ip=None,
        truncated=truncated,
    )


WHOLE = [
    pytest.param(exchange(TEXT), TEXT, id="no coding"),
    pytest.param(exchange(TEXT, "identity"), TEXT, id="identity"),
    pytest.param(exchange(TEXT, "utf-8"), TEXT, id="a charset where a coding should stand"),
    pytest.param(exchange(GZIPPED, "gzip"), TEXT, id="gzip"),
    pytest.param(exchange(GZIPPED, "x-gzip"), TEXT, id="gzip by its old name"),
    pytest.param(exchange(GZIPPED + b"\0" * 9, "gzip"), TEXT, id="gzip with padding behind it"),
    pytest.param(exchange(GZIPPED + gzip.compress(b"more"), "gzip"), TEXT + b"more", id="gzip in two members"),
    pytest.param(exchange(zlib.compress(TEXT), "deflate"), TEXT, id="deflate"),
    pytest.param(exchange(zlib.compress(TEXT)[2:-4], "deflate"), TEXT, id="deflate without its wrapping"),
    pytest.param(exchange(brotli.compress(TEXT), "br"), TEXT, id="brotli, though nobody asked for it"),
    pytest.param(exchange(gzip.compress(GZIPPED), "gzip, gzip"), TEXT, id="compressed by the server and by a proxy"),
    pytest.param(exchange(b"", "gzip"), b"", id="empty"),
    pytest.param(exchange(b"part", status=206, sent=(("Range", "bytes=0-3"),)), b"part", id="a part we asked for"),
    pytest.param(exchange(b"first half", truncated="length"), b"first half", id="cut by us"),
    pytest.param(exchange(gzip.compress(b"\0" * 900_000), "gzip"), b"\0" * 900_000, id="repetitive but small"),
]


@pytest.mark.parametrize(("sent", "body"), WHOLE)
def test_a_whole_body_is_decoded(sent: Exchange, body: bytes) -> None:
    assert whole_body(sent, LIMITS) == body


FAULTY = [
    pytest.param(exchange(GZIPPED[:-9], "gzip"), "incomplete", id="gzip cut in its data"),
    pytest.param(exchange(GZIPPED[:-1], "gzip"), "incomplete", id="gzip cut in its last byte"),
    pytest.param(exchange(zlib.compress(TEXT)[:-1], "deflate"), "incomplete", id="deflate cut"),
    pytest.param(exchange(brotli.compress(TEXT)[:-2], "br"), "incomplete", id="brotli cut"),
    pytest.param(exchange(GZIPPED[:-20], "gzip", truncated="length"), "incomplete", id="gzip cut by us"),
    pytest.param(exchange(TEXT, truncated="disconnect"), "incomplete", id="shorter than announced"),
    pytest.param(exchange(TEXT, "gzip"), "bad-encoding", id="says gzip, is text"),
    pytest.param(exchange(GZIPPED, "br"), "bad-encoding", id="says brotli, is gzip"),
    pytest.param(exchange(GZIPPED[:-8] + b"\1" * 8, "gzip"), "bad-encoding", id="gzip with a wrong checksum"),
    pytest.param(exchange(GZIPPED, *["gzip"] * 3), "bad-encoding", id="three codings"),
    pytest.param(exchange(b"part", status=206), "partial-content", id="a part nobody asked for"),
    pytest.param(exchange(gzip.compress(ZEROS), "gzip"), "decompression-ratio", id="gzip bomb"),
    pytest.param(exchange(brotli.compress(ZEROS), "br"), "decompression-ratio", id="brotli bomb"),
    pytest.param(exchange(gzip.compress(gzip.compress(ZEROS)), "gzip, gzip"), "decompression-ratio", id="nested bomb"),
    pytest.param(exchange(gzip.compress(bytes(range(256)) * 20_000, 0), "gzip"), "decompressed-too-large", id="large"),
]


@pytest.mark.parametrize(("sent", "reason"), FAULTY)
def test_a_body_that_is_not_whole_or_too_large_is_given_up_with_its_reason(sent: Exchange, reason: str) -> None:
    with pytest.raises(Skipped) as skipped:
        whole_body(sent, LIMITS)
    assert skipped.value.reason == reason


def test_an_exchange_tells_what_went_over_the_wire() -> None:
    request = Request("https://blog.example/a/", headers={"User-Agent": "Clipfile"})
    headers = {"Content-Encoding": "gzip", "X-Name": ["first", "second"], "X-Odd": b"caf\xe9"}
    response = Response(request.url, status=404, headers=headers, body=GZIPPED, ip_address="192.0.2.1")
    told = exchange_of(request, response)
    assert told.request_headers == (("Host", "blog.example"), ("User-Agent", "Clipfile"))
    assert ("X-Name", "second") in told.response_headers
    assert ("X-Odd", "café") in told.response_headers
    assert (told.status, told.reason, told.body, told.ip) == (404, "Not Found", GZIPPED, "192.0.2.1")
    assert told.at.tzinfo is UTC


def test_a_status_nobody_has_heard_of_has_no_reason_phrase() -> None:
    request = Request("http://blog.example:8080/")
    told = exchange_of(request, HtmlResponse(request.url, status=299))
    assert told.reason == ""
    assert told.request_headers[0] == ("Host", "blog.example:8080")


# ------------------------------------------------------------------------------------------------- in a whole crawl

ROUTES = {
    "/robots.txt": page("User-agent: *\nDisallow:"),
    "/gzip": page(GZIPPED, "Content-Encoding: gzip", "X-Twice: one", "X-Twice: two"),
    "/latin": page(gzip.compress("<p>Mañana</p>".encode("latin-1")), "Content-Encoding: gzip")
    .replace(b"; charset=utf-8", b"; charset=iso-8859-1"),
    "/cut": page(GZIPPED[:-20], "Content-Encoding: gzip"),
    "/healed": [page(GZIPPED[:-20], "Content-Encoding: gzip"), page("whole at last")],
    "/short": page("abc").replace(b"Content-Length: 3", b"Content-Length: 300"),
    "/unannounced": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nuntil the end",
    "/moved": redirect("/gzip", status="301 Moved Permanently"),
    "/broken-error": page("not gzip", "Content-Encoding: gzip", status="404 Not Found"),
}  # fmt: skip


@pytest.fixture(scope="module")
def captured() -> Iterator[dict[str, Any]]:
    with serving(dict(ROUTES)) as blog:
        settings = {"ALLOW_PRIVATE_ORIGIN": blog.origin}
        paths = [path for path in ROUTES if path != "/robots.txt"]
        results = crawl(
            {
                "run": {"urls": [blog.origin + path for path in paths], "settings": settings, "meta": {"role": "post"}},
                "full": {"urls": [f"{blog.origin}/latin"], "settings": settings, "disk_full": True},
            }
        )
        run = results["run"]
        strip = len(blog.origin)
        yield {
            "outcomes": {url[strip:]: outcome for url, outcome in run["outcomes"].items()},
            "kept": [{**kept, "url": kept["url"][strip:]} for kept in run["kept"]],
            "full": results["full"],
        }


def kept_of(captured: dict[str, Any], url: str) -> list[dict[str, Any]]:
    return [kept for kept in captured["kept"] if kept["url"] == url]


def test_every_exchange_is_kept_under_its_role(captured: dict[str, Any]) -> None:
    assert {(kept["url"], kept["role"]) for kept in captured["kept"]} == {
        (path, "robots" if path == "/robots.txt" else "post") for path in ROUTES
    }


def test_the_body_is_kept_as_sent_and_read_decoded(captured: dict[str, Any]) -> None:
    assert kept_of(captured, "/gzip")[0]["body"] == GZIPPED.hex()
    assert captured["outcomes"]["/gzip"] == [200, TEXT.decode()[:200]]


def test_the_charset_of_a_compressed_page_is_heeded(captured: dict[str, Any]) -> None:
    assert captured["outcomes"]["/latin"] == [200, "<p>Mañana</p>"]


def test_headers_address_and_protocol_are_kept(captured: dict[str, Any]) -> None:
    (kept,) = kept_of(captured, "/unannounced")
    assert (kept["ip"], kept["protocol"], kept["status"]) == ("127.0.0.1", "HTTP/1.0", 200)
    sent = dict(kept["sent"])
    assert sent["Accept-Encoding"] == "gzip, deflate"
    assert sent["User-Agent"].startswith("Clipfile/")
    twice = [value for name, value in kept_of(captured, "/gzip")[0]["received"] if name == "X-Twice"]
    assert twice == ["one", "two"]


def test_a_redirect_is_kept_and_followed(captured: dict[str, Any]) -> None:
    assert kept_of(captured, "/moved")[0]["status"] == 301
    assert captured["outcomes"]["/moved"] == [200, TEXT.decode()[:200]]


def test_a_cut_body_is_kept_each_time_retried_and_given_up(captured: dict[str, Any]) -> None:
    assert len(kept_of(captured, "/cut")) == 3
    assert captured["outcomes"]["/cut"][0] == "incomplete"
    assert [kept["truncated"] for kept in kept_of(captured, "/short")] == ["disconnect"] * 3
    assert captured["outcomes"]["/short"][0] == "incomplete"


def test_a_body_that_is_whole_the_second_time_is_read(captured: dict[str, Any]) -> None:
    assert captured["outcomes"]["/healed"] == [200, "whole at last"]


def test_a_body_that_ends_with_the_connection_is_whole(captured: dict[str, Any]) -> None:
    assert captured["outcomes"]["/unannounced"] == [200, "until the end"]
    assert kept_of(captured, "/unannounced")[0]["truncated"] is None


def test_the_body_of_an_error_need_not_be_readable(captured: dict[str, Any]) -> None:
    assert captured["outcomes"]["/broken-error"][0] == 404
    assert len(kept_of(captured, "/broken-error")) == 1


def test_a_run_that_can_not_keep_what_it_fetches_ends(captured: dict[str, Any]) -> None:
    assert captured["full"]["finish"] == "cannot-keep"
