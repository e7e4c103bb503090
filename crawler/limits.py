"""Bodies as sent, made readable: whole and within bounds, or given up with a skip reason.

Scrapy's own decompression hands on whatever came out of a cut gzip body as a whole page, and a 206 that nobody asked
for; it stands aside (COMPRESSION_ENABLED) for this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archive.warc import Exchange, UndecodableBodyError, decode_body
from archive.warc.bodies import CUT, content_codings
from crawler.skip_reasons import SkipReason
from crawler.skips import Skipped

CODINGS_MAX: Final = 2
"""Codings one body may be wrapped in: a proxy may compress what was compressed; three times is a bomb."""

RATIO_FREE_BYTES: Final = 1024 * 1024
"""Up to this decoded size a body may be as repetitive as it likes: an empty table of 1 MB is no attack."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BodyLimits:
    decoded_bytes: int
    ratio: float
    """Decoded bytes for each byte sent."""

    def for_body(self, sent_bytes: int) -> tuple[int, SkipReason]:
        """What a body of that size may decode to, and the reason to give when it is more."""
        by_ratio = max(RATIO_FREE_BYTES, int(sent_bytes * self.ratio))
        if by_ratio < self.decoded_bytes:
            return by_ratio, SkipReason.DECOMPRESSION_RATIO
        return self.decoded_bytes, SkipReason.DECOMPRESSED_TOO_LARGE


def whole_body(exchange: Exchange, limits: BodyLimits) -> bytes:
    """The body of an exchange, decoded. Raises Skipped when it can't be had whole and within *limits*.

    A body of no announced length that ends with the connection is whole by RFC 9112 §8 (Scrapy calls it partial).
    """
    if exchange.truncated == "disconnect":
        raise Skipped(SkipReason.INCOMPLETE, f"the connection ended after {len(exchange.body):,} bytes of the body")
    if exchange.status == 206 and not any(name.lower() == "range" for name, _ in exchange.request_headers):
        raise Skipped(SkipReason.PARTIAL_CONTENT, "206 without a Range in the request")
    codings = content_codings(exchange.response_headers)
    if len(codings) > CODINGS_MAX:
        raise Skipped(SkipReason.BAD_ENCODING, f"{len(codings)} codings on one body")
    return _decoded(exchange, limits) if codings else exchange.body


def _decoded(exchange: Exchange, limits: BodyLimits) -> bytes:
    most, too_much = limits.for_body(len(exchange.body))
    try:
        return decode_body(exchange, max_bytes=most)
    except UndecodableBodyError as error:
        reasons = {CUT: SkipReason.INCOMPLETE, f"is longer than {most:,} bytes decoded": too_much}
        detail = f"the {error.coding} body of {len(exchange.body):,} bytes {error.reason}"
        raise Skipped(reasons.get(error.reason, SkipReason.BAD_ENCODING), detail) from error
