"""The sample blog over HTTP, on loopback, with the standard library only."""

from __future__ import annotations

import gzip
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from crawler.sample.blog import Options, Source
from crawler.sample.exchange import Request, Response, text
from crawler.sample.wordpress import WordPress

GZIP_FROM_BYTES = 256
GZIP_TYPES = ("text/", "application/json", "application/rss+xml", "application/xml")
GZIP_LEVEL = 1
LARGEST_BODY_BYTES = 1 << 16
NOT_RUNNING = "the sample blog is not running: call start() or use it in a with statement"


class SampleBlog:
    """A running sample blog.

    >>> with SampleBlog(edition=1) as blog:
    ...     blog.url.startswith("http://127.0.0.1:")
    True

    `requests` is what it was asked, in order: method, path with query, status. `rest`, `sitemap` and `feed` are "open",
    "closed" or "stale" (answered from the first edition); `True` and `False` mean open and closed. Without `categories`
    only author and date archives lead to posts. `theme` gives every page one theme, `latency_s` delays each answer.
    """

    def __init__(
        self,
        edition: int = 1,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        rest: Source | bool = "open",
        sitemap: Source | bool = "open",
        feed: Source | bool = "open",
        categories: bool = True,
        lastmod: bool = True,
        theme: str | None = None,
        latency_s: float = 0.0,
    ) -> None:
        self.options = Options(
            edition=edition,
            rest=_source(rest),
            sitemap=_source(sitemap),
            feed=_source(feed),
            categories=categories,
            lastmod=lastmod,
            theme=theme,
        )
        self.requests: list[tuple[str, str, int]] = []
        self.latency_s = latency_s
        self._address = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Address of the front page, with a closing slash; raises RuntimeError before `start`."""
        if self._server is None:
            raise RuntimeError(NOT_RUNNING)
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/"

    def start(self) -> Self:
        self._server = _Server(self._address, _Handler)
        self._server.blog = self
        self._server.wordpress = WordPress(self.options, self.url)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sample-blog", daemon=True
        )
        self._thread.start()
        return self

    def publish(self, edition: int) -> None:
        """Put another edition at the same address, under the same options."""
        if self._server is None:
            raise RuntimeError(NOT_RUNNING)
        self.options = replace(self.options, edition=edition)
        self._server.wordpress = WordPress(self.options, self.url)

    def stop(self) -> None:
        """End the server and every open connection; a second call does nothing."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.hang_up()
            self._server.server_close()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _source(value: Source | bool) -> Source:
    return ("open" if value else "closed") if isinstance(value, bool) else value


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    blog: SampleBlog
    wordpress: WordPress

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.connections: set[socket.socket] = set()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that hung up: a crawl may be killed at any moment, and the blog must not care."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Cut kept-alive connections, which would go on asking the stopped blog."""
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # one write an answer
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_POST = do_GET  # noqa: N815

    def _answer(self) -> None:
        blog = self.server.blog
        if blog.latency_s:
            time.sleep(blog.latency_s)
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self._respond(headers)
        blog.requests.append((self.command, self.path, response.status))
        self._send(response, gzipped="gzip" in headers.get("accept-encoding", ""))

    def _respond(self, headers: Mapping[str, str]) -> Response:
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY_BYTES:
            self.close_connection = True
            return text("", status=413)
        body = self.rfile.read(int(length))
        method = "GET" if self.command == "HEAD" else self.command
        return self.server.wordpress.answer(Request(method=method, target=self.path, headers=headers, body=body))

    def _send(self, response: Response, *, gzipped: bool) -> None:
        headers, body = dict(response.headers), response.body
        if gzipped and len(body) >= GZIP_FROM_BYTES and headers["Content-Type"].startswith(GZIP_TYPES):
            body = _gzip(body)
            headers["Content-Encoding"] = "gzip"
        if headers.get("Content-Type", "").startswith(GZIP_TYPES):
            headers["Vary"] = "Accept-Encoding"
        # As nginx does: a compressed answer's tag becomes weak, and sent back so it never matches again.
        if "Content-Encoding" in headers and "ETag" in headers:
            headers["ETag"] = f"W/{headers['ETag']}"
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if response.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and response.status != 304:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: `SampleBlog.requests` is the log."""


@lru_cache(maxsize=2048)
def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, GZIP_LEVEL, mtime=0)
