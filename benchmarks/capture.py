"""What capturing costs: the same crawl with and without its WARC files.

`python -m benchmarks.capture crawl …` is the command with a writer that writes nothing in the place of ours. No setting
does that: an archive without captures would be none.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any, Final

from archive.warc import Exchange, Original, Record, WarcWriter
from benchmarks.blog import Blog
from benchmarks.crawl import Outcome, crawl, serving
from benchmarks.measure import ROUNDS, Spread, interleaved, promise, table

NAME: Final = "capture"
DESCRIPTION: Final = "the whole crawl with and without its captures"

POSTS: Final = {"toy": 20, "small": 300, "full": 2_000}


def run(size: str) -> dict[str, Any]:
    with serving(POSTS[size]) as server:
        contenders = {name: partial(crawl, name, server) for name in ("clipfile", "no captures")}
        rounds = interleaved(contenders, ROUNDS[size])
    told = report(rounds)
    return {"posts": POSTS[size], **told, "tables": [*told["tables"], written(size)]}


def written(size: str) -> dict[str, Any]:
    """Writing alone, beside warcio's writer: what of it is the WARC's form, digests and compression."""
    blog = Blog(PAGES[size], "https://harbor.example")
    pages = [b"".join(blog.answers[post.path]) for post in blog.posts]
    packed = [gzip.compress(page, 6) for page in pages]
    contenders = {
        "WarcWriter, pages as HTML": partial(ours, pages, ""),
        "WarcWriter, pages in gzip": partial(ours, packed, "gzip"),
        "warcio's writer (SHA-1 alone), pages as HTML": partial(theirs, pages, ""),
        "warcio's writer (SHA-1 alone), pages in gzip": partial(theirs, packed, "gzip"),
    }
    rounds = interleaved(contenders, ROUNDS[size])
    rows = [
        [name, str(Spread.of([one[name][0] for one in rounds])), f"{rounds[0][name][1]:.3f}"] for name in contenders
    ]
    kilobytes = sum(map(len, pages)) / len(pages) / 1000
    return table(
        f"One page of {kilobytes:.0f} kB", ("writer", "CPU ms an exchange", "bytes written ÷ the page's"), rows
    )


PAGES: Final = {"toy": 5, "small": 100, "full": 200}
Written = tuple[float, float]


def ours(bodies: list[bytes], coding: str) -> Written:
    with tempfile.TemporaryDirectory() as folder:
        at = datetime.now(UTC)
        with WarcWriter(Path(folder), site="bench", started_at=at, info={}, find_original=lambda _: None) as writer:
            exchanges = [
                Exchange(
                    url=f"https://harbor.example/{number}/", at=at, status=200, reason="OK", body=body, ip="192.0.2.7",
                    response_headers=tuple(headers(coding)),
                )
                for number, body in enumerate(bodies)
            ]  # fmt: skip
            began = time.process_time()
            for exchange in exchanges:
                writer.write(exchange, role="post")
            return (time.process_time() - began) / len(bodies) * 1e3, writer.written_bytes / uncompressed(
                bodies, coding
            )


def theirs(bodies: list[bytes], coding: str) -> Written:
    """A request and a response record for each, as Clipfile writes them."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    began = time.process_time()
    for number, body in enumerate(bodies):
        url = f"https://harbor.example/{number}/"
        asked = StatusAndHeaders(f"GET /{number}/ HTTP/1.1", [("Host", "harbor.example")], is_http_request=True)
        answer = StatusAndHeaders("200 OK", headers(coding), protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(url, "request", http_headers=asked))
        writer.write_record(writer.create_warc_record(url, "response", payload=BytesIO(body), http_headers=answer))
    return (time.process_time() - began) / len(bodies) * 1e3, out.tell() / uncompressed(bodies, coding)


def headers(coding: str) -> list[tuple[str, str]]:
    coded = [("Content-Encoding", coding)] if coding else []
    return [("Server", "nginx"), ("Content-Type", "text/html; charset=UTF-8"), *coded]


def uncompressed(bodies: list[bytes], coding: str) -> int:
    return sum(len(gzip.decompress(body) if coding else body) for body in bodies)


def report(rounds: list[dict[str, Outcome]]) -> dict[str, Any]:
    def spread(name: str, measure: Callable[[Outcome], float]) -> Spread:
        return Spread.of([measure(one[name]) for one in rounds])

    rows = [
        [label, str(spread(name, lambda o: o.pages_per_s)), str(spread(name, lambda o: o.cpu_ms_per_page))]
        for name, label in (("clipfile", "with captures"), ("no captures", "without"))
    ]
    less = Spread.of([1 - one["clipfile"].pages_per_s / one["no captures"].pages_per_s for one in rounds])
    more = Spread.of([1 - one["no captures"].cpu_ms_per_page / one["clipfile"].cpu_ms_per_page for one in rounds])
    return {
        "tables": [table("Capturing", ("crawl", "pages/s", "CPU ms a page"), rows)],
        "promises": [
            promise("share of the pages a second that capturing takes", less.median, at_most=0.15),
            promise("share of the CPU that capturing takes", more.median, at_most=0.15),
        ],
    }


class NothingWritten:
    """Stands where `archive.warc.WarcWriter` stands: says where records would lie, and keeps none."""

    position = ("none.warc.gz", 0)

    def __init__(self, *_: Any, **__: Any) -> None:
        self._numbers = count(1)

    def write(self, exchange: Exchange, *, original: Original | None = None, role: str | None = None) -> Record:
        number = next(self._numbers)
        return Record(
            file="none.warc.gz", offset=number, length=1, payload_sha256=f"{number:064x}",
            payload_bytes=len(exchange.body), revisit=False, record_id=f"urn:uuid:{number}",
        )  # fmt: skip

    def sync(self) -> None:
        pass

    def syncing(self) -> Callable[[], None]:
        return self.sync

    close = sync


if __name__ == "__main__":
    from archive.cli import main
    from crawler import keeper

    keeper.WarcWriter = NothingWritten  # type: ignore[assignment,misc]
    sys.exit(main())
