"""Bodies decoded: whole, within bounds, or an error that says why not."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from warc_making import PAGE, an_exchange

from archive.warc import UndecodableBodyError, decode_body
from archive.warc.bodies import DECODERS, coding_fault

RAW = zlib.compressobj(9, zlib.DEFLATED, -15)
RAW_DEFLATED = RAW.compress(PAGE) + RAW.flush()
BROTLI, ZSTD = brotli.compress(PAGE), zstandard.ZstdCompressor().compress(PAGE)

DECODED = [
    pytest.param("", PAGE, PAGE, id="no coding"),
    pytest.param("gzip", gzip.compress(PAGE), PAGE, id="gzip"),
    pytest.param("x-gzip", gzip.compress(PAGE), PAGE, id="gzip's old name"),
    pytest.param("GZIP", gzip.compress(PAGE), PAGE, id="upper case"),
    pytest.param("gzip", gzip.compress(b"one ") + gzip.compress(b"two"), b"one two", id="two gzip members"),
    pytest.param("gzip", gzip.compress(b"one") + b"\0\0\0", b"one", id="rubbish behind gzip"),
    pytest.param("deflate", zlib.compress(PAGE), PAGE, id="deflate with its wrapping"),
    pytest.param("deflate", RAW_DEFLATED, PAGE, id="deflate without"),
    pytest.param("br", BROTLI, PAGE, id="brotli"),
    pytest.param("zstd", ZSTD, PAGE, id="zstd"),
    pytest.param("deflate, gzip", gzip.compress(zlib.compress(PAGE)), PAGE, id="one in the other"),
    pytest.param("identity", PAGE, PAGE, id="identity"),
    pytest.param("utf-8", PAGE, PAGE, id="a coding nobody knows"),
    pytest.param("gzip", b"", b"", id="an empty body"),
]


@pytest.mark.parametrize(("coding", "body", "decoded"), DECODED)
def test_a_body_is_decoded(coding: str, body: bytes, decoded: bytes) -> None:
    assert decode_body(an_exchange(response_headers=(("Content-Encoding", coding),), body=body)) == decoded


UNDECODABLE = [
    pytest.param("gzip", gzip.compress(PAGE)[:-1], "ends before", id="gzip without its last byte"),
    pytest.param("gzip", gzip.compress(PAGE)[:40], "ends before", id="gzip cut early"),
    pytest.param("gzip", gzip.compress(PAGE)[:3], "ends before", id="gzip cut in its header"),
    pytest.param("deflate", zlib.compress(PAGE)[:-1], "ends before", id="deflate cut"),
    pytest.param("br", BROTLI[:-1], "ends before", id="brotli cut"),
    pytest.param("zstd", ZSTD[:-1], "ends before", id="zstd cut"),
    pytest.param("gzip", PAGE, "is not gzip", id="plain text under gzip"),
    pytest.param("deflate", PAGE, "is not deflate", id="plain text under deflate"),
    pytest.param("br", PAGE, "is not brotli", id="plain text under brotli"),
    pytest.param("zstd", PAGE, "is not zstd", id="plain text under zstd"),
    pytest.param("gzip", gzip.compress(PAGE)[:-8] + bytes(8), "is not gzip", id="a wrong check sum"),
    pytest.param("gzip", gzip.compress(b"") * 101, "more than 100 gzip members", id="too many members"),
]


@pytest.mark.parametrize(("coding", "body", "reason"), UNDECODABLE)
def test_a_body_that_is_not_what_it_says_is_refused(coding: str, body: bytes, reason: str) -> None:
    exchange = an_exchange(response_headers=(("Content-Encoding", coding),), body=body)
    with pytest.raises(UndecodableBodyError, match=reason) as caught:
        decode_body(exchange)
    assert (caught.value.url, caught.value.coding) == (exchange.url, coding)


MANY = bytes(5_000_000)
BOMBS = [
    pytest.param("gzip", gzip.compress(MANY), id="gzip"),
    pytest.param("deflate", zlib.compress(MANY), id="deflate"),
    pytest.param("br", brotli.compress(MANY, quality=5), id="brotli"),
    pytest.param("zstd", zstandard.ZstdCompressor().compress(MANY), id="zstd"),
    pytest.param("gzip, gzip", gzip.compress(gzip.compress(MANY)), id="nested"),
]


@pytest.mark.parametrize(("coding", "body"), BOMBS)
def test_a_body_that_grows_beyond_the_bound_is_refused(coding: str, body: bytes) -> None:
    exchange = an_exchange(response_headers=(("Content-Encoding", coding),), body=body)
    with pytest.raises(UndecodableBodyError, match="longer than 4,999,999 bytes"):
        decode_body(exchange, max_bytes=4_999_999)
    assert decode_body(exchange, max_bytes=5_000_000) == MANY


@pytest.mark.parametrize("coding", DECODERS)
@given(body=st.binary(max_size=200))
def test_no_body_breaks_the_decoders(coding: str, body: bytes) -> None:
    exchange = an_exchange(response_headers=(("Content-Encoding", coding),), body=body)
    try:
        assert len(decode_body(exchange, max_bytes=1000)) <= 1000
    except UndecodableBodyError:
        assert body
    coding_fault(exchange.response_headers, body)
