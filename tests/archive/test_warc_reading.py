"""Captures out: strict with our own files, patient with other people's, clear about damage."""

from __future__ import annotations

import gzip
import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warc_making import PAGE, a_crawl, an_exchange, members, remade, write_warc
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.errors import DamagedArchiveError, FixityError
from archive.warc import DamagedRecordError, Original, iter_exchanges, read_exchange
from archive.warc.messages import dechunk
from archive.warc.records import WarcFile, iter_block

URL = "http://paper.example/story/"
CHUNKED = b"5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n"


def foreign(path: Path, *records: dict[str, Any], gzipped: bool = True, version: str = "1.0") -> Path:
    """A WARC file as another program writes it."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=gzipped, warc_version=version)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "another/1.0"}))
        for facts in records:
            writer.write_record(foreign_record(writer, **facts))
    return path


def foreign_record(
    writer: WARCWriter, kind: str, line: str, headers: dict[str, str], body: bytes = b"", **fields: str
) -> Any:
    is_request = kind == "request"
    start, _, rest = line.partition(" ")
    http = (
        StatusAndHeaders(line, list(headers.items()), is_http_request=True)
        if is_request
        else StatusAndHeaders(rest, list(headers.items()), protocol=start)
    )
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return writer.create_warc_record(
        URL, kind, payload=io.BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=named
    )


ANSWER = {"kind": "response", "line": "HTTP/1.1 200 OK", "headers": {"Content-Type": "text/html"}, "body": b"hello"}
REQUEST = {"kind": "request", "line": "POST /story/ HTTP/1.1", "headers": {"Host": "paper.example"}}
ID = "<urn:uuid:11111111-2222-3333-4444-555555555555>"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("gzipped", [True, False], ids=["gzip", "plain"])
def test_foreign_files_of_either_version_are_read(tmp_path: Path, gzipped: bool, version: str) -> None:
    path = foreign(tmp_path / "other.warc", ANSWER, ANSWER, gzipped=gzipped, version=version)
    (exchange, record), (_, second) = iter_exchanges(path)
    assert (exchange.url, exchange.status, exchange.body) == (URL, 200, b"hello")
    assert exchange.response_headers == (("Content-Type", "text/html"),)
    assert record.payload_sha256 == hashlib.sha256(b"hello").hexdigest()
    assert (second.offset, second.file) == (record.offset + record.length, "other.warc")
    assert second.offset + second.length == path.stat().st_size


@pytest.mark.parametrize("order", ["request first", "request behind"])
@pytest.mark.parametrize("named_by", ["request", "response"])
def test_a_request_is_found_by_either_records_word_before_or_behind(tmp_path: Path, order: str, named_by: str) -> None:
    other = "<urn:uuid:99999999-2222-3333-4444-555555555555>"
    answer = ANSWER | {"WARC_Record_ID": ID} | ({"WARC_Concurrent_To": other} if named_by == "response" else {})
    request = REQUEST | {"WARC_Record_ID": other} | ({"WARC_Concurrent_To": ID} if named_by == "request" else {})
    pair = [request, answer] if order == "request first" else [answer, ANSWER, request]
    exchange, _ = next(iter_exchanges(foreign(tmp_path / "other.warc.gz", *pair)))
    assert (exchange.method, exchange.request_headers) == ("POST", (("Host", "paper.example"),))


def test_many_answers_without_requests_come_in_order(tmp_path: Path) -> None:
    answers = [ANSWER | {"body": b"%d" % n} for n in range(40)]
    bodies = [exchange.body for exchange, _ in iter_exchanges(foreign(tmp_path / "other.warc.gz", *answers))]
    assert bodies == [b"%d" % n for n in range(40)]


def test_chunking_that_others_keep_is_removed(tmp_path: Path) -> None:
    chunked = ANSWER | {"headers": {"Transfer-Encoding": "chunked"}, "body": CHUNKED}
    ((exchange, record),) = iter_exchanges(foreign(tmp_path / "other.warc.gz", chunked))
    assert exchange.body == b"hello world"
    assert record.payload_sha256 == hashlib.sha256(b"hello world").hexdigest()


def test_a_body_that_is_only_said_to_be_chunked_is_taken_as_it_is(tmp_path: Path) -> None:
    chunked = ANSWER | {"headers": {"Transfer-Encoding": "chunked"}}
    ((exchange, _),) = iter_exchanges(foreign(tmp_path / "other.warc.gz", chunked))
    assert exchange.body == b"hello"


NOT_CHUNKED = [b"", b"hello", b"5\r\nhel", b"5\r\nhelloX\r\n0\r\n\r\n", b"-5\r\nhello\r\n0\r\n\r\n", b"5\r\nhello\r\n"]


@pytest.mark.parametrize("body", NOT_CHUNKED)
def test_what_is_not_wholly_chunked_is_not_dechunked(body: bytes) -> None:
    assert dechunk(body) is None


def test_a_foreign_revisit_says_what_it_refers_to(tmp_path: Path) -> None:
    revisit = {
        "kind": "revisit",
        "line": "HTTP/1.1 200 OK",
        "headers": {"Content-Length": "5"},
        "WARC_Refers_To_Target_URI": "http://paper.example/first/",
        "WARC_Refers_To_Date": "2019-05-06T07:08:09Z",
        "WARC_Payload_Digest": "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N",
    }
    ((exchange, record),) = iter_exchanges(foreign(tmp_path / "other.warc.gz", revisit))
    assert (record.revisit, exchange.body, record.payload_bytes) == (True, b"", 5)
    assert record.payload_sha256 == "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"
    assert record.payload_sha1 == "VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"
    assert record.refers_to == Original(
        url="http://paper.example/first/",
        at=datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC),
        record_id=None,
        payload_sha256="sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N",
    )


def test_records_about_other_things_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "other.warc.gz"
    with path.open("wb") as out:
        writer = WARCWriter(out)
        for uri, kind in (("urn:pageinfo:x", "resource"), ("dns:paper.example", "response")):
            writer.write_record(writer.create_warc_record(uri, kind, payload=io.BytesIO(b"{}"), length=2))
        writer.write_record(foreign_record(writer, **ANSWER))
    assert [exchange.url for exchange, _ in iter_exchanges(path)] == [URL]


def test_a_response_that_is_no_http_message_is_all_body(tmp_path: Path) -> None:
    path = tmp_path / "other.warc"
    path.write_bytes(plain_record(b"<html>HTTP 0.9 was simple"))
    ((exchange, _),) = iter_exchanges(path)
    assert (exchange.status, exchange.body) == (0, b"<html>HTTP 0.9 was simple")


def plain_record(block: bytes, *fields: str, version: str = "WARC/1.0", end: str = "\r\n") -> bytes:
    lines = [version, "WARC-Type: response", f"WARC-Record-ID: {ID}", "WARC-Date: 2019-05-06T07:08:09Z"]
    lines += [f"WARC-Target-URI: <{URL}>", *fields, f"Content-Length: {len(block)}", "", ""]
    return end.join(lines).encode() + block + b"\r\n\r\n"


MESSAGE = b"HTTP/1.1 200 OK\r\n\r\nhello"
SHA1 = "sha1:" + hashlib.sha1(MESSAGE).hexdigest()
PATIENT = [
    pytest.param([], "\r\n", id="no digest"),
    pytest.param([f"WARC-Block-Digest: {SHA1}"], "\r\n", id="hexadecimal"),
    pytest.param([f"WARC-Block-Digest: {SHA1.upper()}"], "\r\n", id="upper case"),
    pytest.param(["WARC-Block-Digest: md5:" + hashlib.md5(MESSAGE).hexdigest()], "\r\n", id="MD5"),
    pytest.param(["WARC-Block-Digest: blake3:af1349b9f5f9a1a6"], "\r\n", id="an algorithm we don't have"),
    pytest.param(["WARC-Payload-Digest: sha1:" + hashlib.sha1(b"hello").hexdigest()], "\r\n", id="payload only"),
    pytest.param(["X-Long: one", " two"], "\r\n", id="a folded field"),
    pytest.param([], "\n", id="bare line feeds"),
]


@pytest.mark.parametrize(("fields", "end"), PATIENT)
def test_foreign_habits_are_borne(tmp_path: Path, fields: list[str], end: str) -> None:
    path = tmp_path / "other.warc"
    path.write_bytes(plain_record(MESSAGE, *fields, end=end))
    ((exchange, _),) = iter_exchanges(path)
    assert (exchange.url, exchange.body) == (URL, b"hello")


GOOD = plain_record(MESSAGE)
BAD = [
    pytest.param(b"", 0, "an empty file", id="empty"),
    pytest.param(b"Dear archivist, here are the clippings.\n" * 9, 0, "not a WARC record", id="text"),
    pytest.param(b"x", 0, "ends inside", id="one byte"),
    pytest.param(plain_record(b"", version="WARC/0.18"), 0, "WARC/0.18, where WARC/1.0 or", id="WARC 0.18"),
    pytest.param(GOOD + GOOD[:-10], len(GOOD), "ends inside", id="cut in the second record"),
    pytest.param(GOOD + GOOD[:50], len(GOOD), "ends inside", id="cut in the second header"),
    pytest.param(GOOD + b"\r\n" + GOOD, len(GOOD), "not a WARC record", id="rubbish between records"),
    pytest.param(GOOD.replace(b"Length: 24", b"Length: 20"), 0, "goes on behind its Content-Length", id="short length"),
    pytest.param(GOOD.replace(b"Length: 24", b"Length: 240"), 0, "ends inside", id="long length"),
    pytest.param(GOOD.replace(b"Length: 24", b"Length: -4"), 0, "Content-Length is -4", id="negative length"),
    pytest.param(GOOD.replace(b"Content-Length: 24\r\n", b""), 0, "Content-Length is missing", id="no length"),
    pytest.param(GOOD.replace(b"2019-05", b"2019-15"), 0, "WARC-Date is 2019-15", id="month 15"),
    pytest.param(b"WARC/1.0\r\n" + b"X: y\r\n" * 20_000, 0, "header of more than 65536 bytes", id="endless header"),
    pytest.param(gzip.compress(GOOD + GOOD), 0, "more than one record in a gzip member", id="one gzip for all"),
    pytest.param(
        gzip.compress(GOOD) + gzip.compress(GOOD)[:-9], len(gzip.compress(GOOD)), "ends inside", id="cut gzip"
    ),
    pytest.param(gzip.compress(GOOD)[:-8] + bytes(8), 0, "damaged gzip member", id="wrong check sum"),
    pytest.param(
        gzip.compress(GOOD) + b"more", len(gzip.compress(GOOD)), "not a gzip member", id="rubbish behind gzip"
    ),
    pytest.param(gzip.compress(b"no record"), 0, "not a WARC record", id="gzip of something else"),
    pytest.param(gzip.compress(GOOD[:-20]), 0, "Content-Length is 24", id="a short block in whole gzip"),
]


@pytest.mark.parametrize(("content", "offset", "problem"), BAD)
def test_a_bad_file_is_named_with_the_place(tmp_path: Path, content: bytes, offset: int, problem: str) -> None:
    path = tmp_path / "bad.warc.gz"
    path.write_bytes(content)
    with pytest.raises(DamagedRecordError, match=problem) as caught:
        list(iter_exchanges(path))
    assert (caught.value.file, caught.value.offset) == ("bad.warc.gz", offset)
    assert f"bad.warc.gz at byte {offset}" in str(caught.value)


WRONG = [
    pytest.param([f"WARC-Block-Digest: {SHA1[:-1]}0"], id="block"),
    pytest.param(["WARC-Payload-Digest: sha1:" + "0" * 40], id="payload only"),
]


@pytest.mark.parametrize("fields", WRONG)
def test_a_wrong_digest_in_a_foreign_file_is_named(tmp_path: Path, fields: list[str]) -> None:
    path = tmp_path / "bad.warc"
    path.write_bytes(GOOD + plain_record(MESSAGE, *fields))
    with pytest.raises(FixityError) as caught:
        list(iter_exchanges(path))
    assert (caught.value.url, caught.value.where) == (URL, f"bad.warc at byte {len(GOOD)}")


def test_what_came_before_the_damage_has_been_handed_over(tmp_path: Path) -> None:
    path, records = write_warc(tmp_path, a_crawl())
    path.write_bytes(path.read_bytes()[: records[-1].offset + 10])
    exchanges = iter_exchanges(path)
    assert [next(exchanges)[1].offset for _ in records[:-1]] == [record.offset for record in records[:-1]]
    with pytest.raises(DamagedRecordError, match="ends inside"):
        next(exchanges)


def test_a_changed_byte_is_noticed_when_the_capture_is_read(tmp_path: Path) -> None:
    path, (record,) = write_warc(tmp_path, [an_exchange(body=b"The mill closed.")])
    parts = members(path)
    parts[-1] = remade(parts[-1], lambda raw: raw.replace(b"closed", b"opened"))
    path.write_bytes(b"".join(parts))
    with pytest.raises(FixityError) as caught:
        read_exchange(tmp_path, record.file, record.offset)
    assert caught.value.url == "https://blog.example/yard-reopens/"
    assert caught.value.where == f"{record.file} at byte {record.offset}"


def test_a_capture_without_a_digest_is_not_trusted(tmp_path: Path) -> None:
    ours = "blog-20260302T090000Z-00000.warc.gz"
    (tmp_path / ours).write_bytes(GOOD)
    with pytest.raises(DamagedRecordError, match="no WARC-Block-Digest"):
        read_exchange(tmp_path, ours, 0)


def test_an_imported_capture_needs_none(tmp_path: Path) -> None:
    (tmp_path / "no.warc").write_bytes(GOOD)
    assert read_exchange(tmp_path, "no.warc", 0).status == 200


def test_a_pointer_to_anything_but_an_answer_is_an_error(tmp_path: Path) -> None:
    path, (record,) = write_warc(tmp_path, [an_exchange()])
    requests_offset = len(members(path)[0])
    for offset, problem in ((0, "warcinfo"), (requests_offset, "request"), (record.offset + 1, "not a gzip member")):
        with pytest.raises(DamagedRecordError, match=problem):
            read_exchange(tmp_path, record.file, offset)
    with pytest.raises(DamagedRecordError, match="ends inside"):
        read_exchange(tmp_path, record.file, path.stat().st_size)


@pytest.mark.parametrize("file", ["../secret.warc.gz", "/etc/passwd", "sub/x.warc.gz"])
def test_a_pointer_out_of_the_folder_is_refused(tmp_path: Path, file: str) -> None:
    with pytest.raises(DamagedArchiveError, match="not the name of a WARC file"):
        read_exchange(tmp_path, file, 0)


def test_a_missing_file_is_a_damaged_archive(tmp_path: Path) -> None:
    with pytest.raises(DamagedArchiveError, match="No such file"):
        read_exchange(tmp_path, "gone.warc.gz", 0)


def test_a_block_too_long_to_keep_is_read_again_in_pieces(tmp_path: Path) -> None:
    body = PAGE * 300
    path, (record,) = write_warc(tmp_path, [an_exchange(body=body)])
    with WarcFile(path, keep_bytes=1000) as file:
        raw = file.record_at(record.offset)
    assert raw.block is None
    assert b"".join(iter_block(raw)).endswith(body)
    assert (raw.block_bytes, raw.length) == (sum(map(len, iter_block(raw))), record.length)


@settings(max_examples=300)
@given(data=st.binary(max_size=400), start=st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08\x00", GOOD]))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.warc"
    path.write_bytes(start + data)
    try:
        list(iter_exchanges(path))
    except DamagedArchiveError as error:
        caught = str(error)
    else:
        return
    assert "any.warc at byte" in caught


def test_partial_dates_of_warc_1_1_are_the_beginning_of_what_they_name(tmp_path: Path) -> None:
    path = tmp_path / "old.warc"
    path.write_bytes(GOOD.replace(b"2019-05-06T07:08:09Z", b"2019-05"))
    assert next(iter_exchanges(path))[0].at == datetime(2019, 5, 1, tzinfo=UTC)
