"""A loopback server whose answers are written out byte by byte, and small crawls of it in one child process.

The reactor can be started once a process, so a test module collects its crawls, runs them all in one child and looks at
what came back. `python manners_crawl.py` is that child: jobs as JSON on stdin, results as JSON on stdout.
"""

from __future__ import annotations

import asyncio
import json
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Answer = bytes | Callable[["Connection"], None]


def page(body: str | bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole HTML answer with its length."""
    raw = body.encode() if isinstance(body, str) else body
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}", "Content-Type: text/html; charset=utf-8", *headers]
    return "\r\n".join([*head, "", ""]).encode() + raw


def redirect(location: str, status: str = "302 Found") -> bytes:
    return page("", f"Location: {location}", status=status)


class Connection(socketserver.StreamRequestHandler):
    """Answers one request with the bytes its path is given, then hangs up."""

    server: Server

    def handle(self) -> None:
        request_line = self.rfile.readline(65536).decode("latin-1").split()
        fields = iter(lambda: self.rfile.readline(65536).decode("latin-1").strip(), "")
        self.headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        if len(request_line) < 2:
            return
        self.path = request_line[1]
        self.server.requests.append((time.monotonic(), self.path, self.headers))
        answer = self.server.answer_to(self.path)
        try:
            answer(self) if callable(answer) else self.wfile.write(answer)
        except OSError:
            pass  # the crawler has hung up on us, as some tests want it to


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answers: dict[str, Answer | list[Answer]]) -> None:
        """A list of answers is given one after the other, the last one for ever."""
        super().__init__(("127.0.0.1", 0), Connection)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self.answers = answers
        self.requests: list[tuple[float, str, dict[str, str]]] = []
        self.connections = 0
        self._lock = threading.Lock()

    def answer_to(self, path: str) -> Answer:
        answer = self.answers.get(path, page("not here", status="404 Not Found"))
        if not isinstance(answer, list):
            return answer
        with self._lock:
            return answer.pop(0) if len(answer) > 1 else answer[0]

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.connections += 1
        return True

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.requests]

    def times_of(self, path: str) -> list[float]:
        return [at for at, asked, _ in self.requests if asked == path]


@contextmanager
def serving(answers: dict[str, Answer | list[Answer]]) -> Iterator[Server]:
    with Server(answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def crawl(jobs: dict[str, dict[str, Any]], *, timeout_s: float = 60) -> dict[str, dict[str, Any]]:
    """Run each job (`urls`, `settings`, and `scope`: prefixes of addresses in scope, or None) in one child process.

    A result has `outcomes` (address → `[status, text]` or `[skip reason, detail]`), `kept` (what the keeper was given),
    `sitemaps`, `finish` (why the crawl ended) and `settings` (the few the tests ask about).
    """
    child = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", __file__],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-4000:]
    return json.loads(child.stdout.splitlines()[-1])


# ------------------------------------------------------------------------------------------------------- in the child

QUICK = {
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "RETRY_PAUSE": 0.1,
    "SPIDER_MODULES": [],
    "ITEM_PIPELINES": {},
    "EXTENSIONS": {"crawler.throttle.PoliteThrottle": 0, "scrapy.extensions.corestats.CoreStats": 0},
    "LOG_LEVEL": "ERROR",
}


def child() -> None:
    from scrapy.utils.reactor import install_reactor

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor
    from twisted.internet.defer import Deferred

    jobs = json.load(sys.stdin)
    results: dict[str, Any] = {}

    async def run_all() -> None:
        await asyncio.gather(*(run(name, job, results) for name, job in jobs.items()))

    finished = Deferred.fromFuture(asyncio.ensure_future(run_all()))
    finished.addErrback(lambda failure: (failure.printTraceback(file=sys.stderr), results.clear()))
    finished.addBoth(lambda _: reactor.stop())
    reactor.run()
    sys.stdout.write(json.dumps(results) + "\n")
    sys.exit(0 if len(results) == len(jobs) else 1)


async def run(name: str, job: dict[str, Any], results: dict[str, Any]) -> None:
    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.setdict({**QUICK, **job.get("settings", {})}, priority="cmdline")
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(probe_spider())
    crawler.keeper = Keeper(fail=job.get("disk_full", False))
    outcomes: dict[str, Any] = {}
    await runner.crawl(crawler, urls=job["urls"], scope=job.get("scope"), outcomes=outcomes, meta=job.get("meta", {}))
    results[name] = {
        "outcomes": outcomes,
        "kept": crawler.keeper.kept,
        "sitemaps": list(crawler.robots.sitemaps(job["urls"][0])) if job["urls"][0].startswith("http") else [],
        "finish": crawler.stats.get_value("finish_reason"),
        "user_agent": crawler.settings["USER_AGENT"],
    }


class Keeper:
    """Remembers what it was given."""

    def __init__(self, *, fail: bool) -> None:
        self.fail = fail
        self.kept: list[dict[str, Any]] = []

    def keep(self, exchange: Any, role: str) -> int:
        from archive.errors import CannotWriteError

        if self.fail:
            raise CannotWriteError("the disk is full")
        told = {name: getattr(exchange, name) for name in ("url", "method", "status", "ip", "protocol", "truncated")}
        headers = {"sent": list(exchange.request_headers), "received": list(exchange.response_headers)}
        self.kept.append({**told, **headers, "role": role, "body": exchange.body[:200_000].hex()})
        return len(self.kept)


def probe_spider() -> type:
    import scrapy

    from crawler.skips import reason_of

    class Probe(scrapy.Spider):
        name = "probe"

        async def start(self):
            for url in self.urls:
                yield scrapy.Request(
                    url, self.answered, errback=self.failed, dont_filter=True, meta={"asked": url, **self.meta}
                )

        def in_scope(self, url: str) -> bool:
            return self.scope is None or url.startswith(tuple(self.scope))

        def answered(self, response):
            text = response.text[:200] if hasattr(response, "text") else f"{len(response.body)} bytes"
            self.outcomes[response.meta["asked"]] = [response.status, text]

        def failed(self, failure):
            reason, detail = reason_of(failure)
            self.outcomes[failure.request.meta["asked"]] = [str(reason), detail]

    return Probe


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    child()
