"""Bytes first: every exchange goes to the WARC as it came, before anyone looks at it; then its body is decoded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from scrapy.responsetypes import responsetypes

from archive.errors import ArchiveError
from archive.warc import Exchange
from crawler.guard import Origin
from crawler.limits import BodyLimits, whole_body
from crawler.skips import Skipped

logger = logging.getLogger(__name__)

# WARC 1.1 §5.13: Scrapy's flags on a response, in the standard's words
_TRUNCATED: Final = {"dataloss": "disconnect", "download_stopped": "length"}


class CaptureMiddleware:
    """Gives each exchange to `crawler.keeper`, and the next middleware a decoded body or the reason there is none.

    `request.meta["capture"]` is what the keeper returned; `request.meta["incomplete"]` is a Skipped when the body can't
    be trusted, which `PatienceMiddleware` retries or raises. Both tell of a request's last exchange only.
    """

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._limits = BodyLimits(
            decoded_bytes=crawler.settings.getint("DOWNLOAD_MAXSIZE"),
            ratio=crawler.settings.getfloat("DECOMPRESSION_MAXRATIO"),
        )
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> CaptureMiddleware:
        return cls(crawler)

    def process_request(self, request: Any) -> None:
        request.meta.pop("capture", None)
        request.meta.pop("incomplete", None)

    def process_response(self, request: Any, response: Any) -> Any:
        exchange = exchange_of(request, response)
        self._keep(exchange, request)
        try:
            return _readable(response, whole_body(exchange, self._limits))
        except Skipped as skipped:
            request.meta["incomplete"] = skipped
            return response

    def _keep(self, exchange: Exchange, request: Any) -> None:
        keeper = getattr(self._crawler, "keeper", None)
        if keeper is None:
            logger.debug("No archive is open, not captured: %s", exchange.url)
            return
        try:
            request.meta["capture"] = keeper.keep(exchange, request.meta.get("role", "other"))
        except ArchiveError:
            self._stop()
            raise

    def _stop(self) -> None:
        """A run that can't keep what it fetches has no business fetching more."""
        if self._closing is None:
            closing = self._crawler.engine.close_spider_async(reason="cannot-keep")
            self._closing = asyncio.get_running_loop().create_task(closing)


def _readable(response: Any, body: bytes) -> Any:
    """The response with its decoded body, of the class Scrapy would give to that body."""
    if b"Content-Encoding" not in response.headers:
        return response
    headers = response.headers.copy()
    del headers[b"Content-Encoding"]
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    # an undeclared charset is guessed from the body, which has only now become readable
    charset = {"encoding": None} if hasattr(kind, "encoding") else {}
    return response.replace(cls=kind, headers=headers, body=body, **charset)


def exchange_of(request: Any, response: Any) -> Exchange:
    """The exchange as it can still be told here: chunk framing, header case, order and the reason phrase are gone."""
    return Exchange(
        url=response.url,
        at=datetime.now(UTC),
        method=request.method,
        # Host is added by Twisted, below every middleware
        request_headers=(("Host", Origin.of(response.url).netloc), *_pairs(request.headers)),
        status=response.status,
        reason=_phrase(response.status),
        response_headers=tuple(_pairs(response.headers)),
        body=response.body,
        ip=str(response.ip_address) if response.ip_address else None,
        protocol=response.protocol or "HTTP/1.1",
        truncated=next((word for flag, word in _TRUNCATED.items() if flag in response.flags), None),
    )


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    for name, values in headers.items():
        for value in values:
            yield name.decode("latin-1"), value.decode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
