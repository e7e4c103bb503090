"""Captures in: what WarcWriter leaves on disk, and that other people's tools read it."""

from __future__ import annotations

import gzip
import hashlib
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecord
from warc_making import AT, GZIP, HTML, PAGE, a_crawl, a_writer, an_exchange, members, original_of, write_warc

from archive.errors import CannotWriteError
from archive.fixity import check_warcs
from archive.warc import Exchange, Original, WarcWriter, iter_exchanges, read_exchange
from archive.warc.records import GZIP_HEADER, RawRecord, WarcFile


def records_of(path: Path) -> list[RawRecord]:
    with WarcFile(path) as file:
        return list(file)


def test_every_file_begins_by_saying_who_wrote_it_how_and_what_is_lost(tmp_path: Path) -> None:
    path, _ = write_warc(tmp_path, [an_exchange()], info={"operator": "Ann <a@b.example>", "robots": "RFC 9309"})
    info = records_of(path)[0]
    lines = dict(line.split(": ", 1) for line in (info.block or b"").decode().splitlines())
    assert (info.type, info.get("warc-filename")) == ("warcinfo", path.name)
    assert lines["software"].startswith("Clipfile/")
    assert lines["format"] == "WARC File Format 1.1"
    assert lines["isPartOf"] == "blog"
    assert (lines["operator"], lines["robots"]) == ("Ann <a@b.example>", "RFC 9309")
    assert "order of header fields" in lines["description"]


def test_settings_of_many_lines_stay_one_field(tmp_path: Path) -> None:
    path, _ = write_warc(tmp_path, [], info={"crawl settings": "DELAY=1\r\nrobots: none"})
    assert b"\r\ncrawl-settings: DELAY=1 robots: none\r\n" in (records_of(path)[0].block or b"")


def test_each_record_is_a_gzip_member_of_its_own(tmp_path: Path) -> None:
    path, _ = write_warc(tmp_path, a_crawl())
    assert len(members(path)) == 1 + 2 * len(a_crawl())
    assert all(member.startswith(GZIP_HEADER) for member in members(path))
    assert b"".join(members(path)) == path.read_bytes()


def test_the_request_comes_first_and_names_its_response(tmp_path: Path) -> None:
    path, (record,) = write_warc(tmp_path, [an_exchange()])
    _, request, response = records_of(path)
    assert (request.type, response.type) == ("request", "response")
    assert request.get("warc-concurrent-to") == f"<{record.record_id}>" == response.get("warc-record-id")
    assert request.get("warc-date") == response.get("warc-date") == "2026-03-02T09:00:00Z"
    assert response.end == path.stat().st_size == record.offset + record.length


def test_a_response_carries_address_protocol_and_three_digests(tmp_path: Path) -> None:
    path, (record,) = write_warc(tmp_path, [an_exchange(body=b"hello", response_headers=(HTML,))])
    response = records_of(path)[-1]
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\n\r\nhello"
    assert response.block == block
    assert dict(response.first) | {"warc-record-id": ""} == {
        "warc-type": "response",
        "warc-record-id": "",
        "warc-date": "2026-03-02T09:00:00Z",
        "warc-target-uri": "https://blog.example/yard-reopens/",
        "warc-ip-address": "192.0.2.7",
        "warc-protocol": "http/1.1",
        "warc-payload-digest": "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N",  # printf hello | sha1sum, in base32
        "warc-payload-digest-sha256": "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "warc-block-digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
        "content-type": "application/http; msgtype=response",
        "content-length": "64",
    }
    assert record.payload_sha1 == "VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"
    assert record.payload_bytes == 5


POST = (("Host", "blog.example"), ("Content-Length", "7"))
ROUND_TRIPS = [
    pytest.param({}, id="a page"),
    pytest.param({"body": b""}, id="an empty page"),
    pytest.param({"body": gzip.compress(PAGE), "response_headers": (HTML, GZIP)}, id="gzip"),
    pytest.param({"body": bytes(200_000), "response_headers": (("Content-Type", "image/png"),)}, id="stored in pieces"),
    pytest.param({"status": 404, "reason": "Not Found"}, id="404"),
    pytest.param({"status": 599, "reason": ""}, id="a status without words"),
    pytest.param({"method": "POST", "request_body": b"q=ships", "request_headers": POST}, id="a request with a body"),
    pytest.param({"method": "HEAD", "body": b"", "response_headers": (("Content-Length", "90"),)}, id="HEAD"),
    pytest.param({"response_headers": (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))}, id="a header twice"),
    pytest.param({"response_headers": ()}, id="no headers"),
    pytest.param({"response_headers": (("X-Motto", "caf\xe9 \xa7"),)}, id="bytes beyond ASCII in a header"),
    pytest.param({"protocol": "HTTP/2"}, id="HTTP/2"),
    pytest.param({"protocol": "HTTP/1.0"}, id="HTTP/1.0"),
    pytest.param({"ip": "2001:db8::7"}, id="IPv6"),
    pytest.param({"ip": None}, id="no address"),
    pytest.param({"truncated": "time"}, id="cut by time"),
    pytest.param({"url": "https://blog.example/?p=42&lang=en"}, id="a query"),
]


@pytest.mark.parametrize("facts", ROUND_TRIPS)
def test_what_was_written_is_read_back(tmp_path: Path, facts: dict[str, object]) -> None:
    exchange = an_exchange(**facts)
    path, (record,) = write_warc(tmp_path, [exchange])
    assert list(iter_exchanges(path)) == [(exchange, record)]
    alone = read_exchange(tmp_path, record.file, record.offset)
    assert (alone.status, alone.response_headers, alone.body) == (
        exchange.status,
        exchange.response_headers,
        exchange.body,
    )


FITTED = [
    pytest.param(
        (("Transfer-Encoding", "chunked"),),
        b"whole",
        (("X-Archive-Orig-Transfer-Encoding", "chunked"), ("Content-Length", "5")),
        id="chunking was removed",
    ),
    pytest.param(
        (("Content-Length", "9000"),),
        b"short",
        (("X-Archive-Orig-Content-Length", "9000"), ("Content-Length", "5")),
        id="length announced and not sent",
    ),
    pytest.param(
        (("Content-Length", "5"), ("Content-Length", "7")),
        b"fivex",
        (("X-Archive-Orig-Content-Length", "5"), ("X-Archive-Orig-Content-Length", "7"), ("Content-Length", "5")),
        id="two lengths",
    ),
    pytest.param((("Content-Length", "5"),), b"fivex", (("Content-Length", "5"),), id="a true length"),
    pytest.param(
        (("Content-Encoding", "gzip"),),
        b"<p>plain",
        (("X-Archive-Orig-Content-Encoding", "gzip"),),
        id="gzip announced, plain sent",
    ),
    pytest.param(
        (("content-encoding", "br"),),
        b"<!doctype html><p>plain",
        (("X-Archive-Orig-content-encoding", "br"),),
        id="brotli announced, plain sent",
    ),
    pytest.param(
        (("Content-Encoding", "gzip"),),
        gzip.compress(PAGE)[:-30],
        (("Content-Encoding", "gzip"),),
        id="gzip cut short is still gzip",
    ),
    pytest.param((("Content-Encoding", "utf-8"),), b"x", (("Content-Encoding", "utf-8"),), id="a coding nobody knows"),
    pytest.param((("X-A", "one\r\n two\r\nX-B: y"),), b"", (("X-A", "one two X-B: y"),), id="line breaks in a value"),
    pytest.param((("Bad Name", "v"),), b"", (("X-Archive-Orig-Malformed", "Bad Name: v"),), id="no field name"),
]


@pytest.mark.parametrize(("sent", "body", "stored"), FITTED)
def test_header_fields_that_do_not_fit_the_stored_body_are_moved_aside(
    tmp_path: Path, sent: tuple[tuple[str, str], ...], body: bytes, stored: tuple[tuple[str, str], ...]
) -> None:
    path, _ = write_warc(tmp_path, [an_exchange(response_headers=sent, body=body)])
    ((exchange, _),) = iter_exchanges(path)
    assert exchange.response_headers == stored
    assert exchange.body == body


def test_the_host_is_added_to_a_request_that_lacks_it(tmp_path: Path) -> None:
    path, _ = write_warc(tmp_path, [an_exchange(url="https://u:p@blog.example:8443/a b?c", request_headers=())])
    assert records_of(path)[1].block == b"GET /a%20b?c HTTP/1.1\r\nHost: blog.example:8443\r\n\r\n"
    assert records_of(path)[1].url() == "https://u:p@blog.example:8443/a%20b?c"


def test_the_length_is_added_to_a_request_with_a_body(tmp_path: Path) -> None:
    asked = an_exchange(method="POST", request_body=b"q=ships", request_headers=(("Host", "blog.example"),))
    path, _ = write_warc(tmp_path, [asked])
    block = b"POST /yard-reopens/ HTTP/1.1\r\nHost: blog.example\r\nContent-Length: 7\r\n\r\nq=ships"
    assert records_of(path)[1].block == block


def test_an_instant_of_another_zone_is_kept_in_utc_to_the_second(tmp_path: Path) -> None:
    at = datetime(2026, 3, 2, 4, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=-5)))
    path, _ = write_warc(tmp_path, [an_exchange(at=at)])
    ((exchange, _),) = iter_exchanges(path)
    assert exchange.at == datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)


def test_a_payload_held_already_becomes_a_revisit_of_it(tmp_path: Path) -> None:
    first, second = an_exchange("a"), an_exchange("b", response_headers=(HTML, ("X-Served", "again")))
    path, (original, revisit) = write_warc(tmp_path, [first, second])
    raw = records_of(path)[-1]
    assert (raw.type, raw.get("warc-profile")) == (
        "revisit",
        "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
    )
    assert raw.get("warc-refers-to") == f"<{original.record_id}>"
    assert raw.get("warc-refers-to-target-uri") == "https://blog.example/a/"
    assert raw.get("warc-refers-to-date") == "2026-03-02T09:00:00Z"
    assert raw.get("warc-truncated") == "length"
    assert raw.block == b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nX-Served: again\r\n\r\n"
    assert (revisit.revisit, revisit.payload_sha256, revisit.payload_bytes) == (
        True,
        original.payload_sha256,
        len(PAGE),
    )
    read = read_exchange(tmp_path, revisit.file, revisit.offset)
    assert (read.response_headers, read.body, read.truncated) == (second.response_headers, b"", None)
    *_, (_, again) = iter_exchanges(path)
    assert again.refers_to == original_of(first, original)


def test_a_304_is_a_revisit_of_the_original_the_caller_names(tmp_path: Path) -> None:
    original = Original(url="https://blog.example/feed/", at=AT, record_id=None, payload_sha256="ab" * 32)
    later = an_exchange("feed", status=304, reason="Not Modified", body=b"", at=AT + timedelta(days=1))
    with a_writer(tmp_path) as writer:
        record = writer.write(later, original=original)
        raw = records_of(tmp_path / record.file)[-1]
    assert raw.get("warc-profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert (raw.get("warc-refers-to"), raw.get("warc-payload-digest")) == (None, None)
    assert raw.get("warc-refers-to-target-uri") == "https://blog.example/feed/"
    assert (record.revisit, record.payload_sha256, record.payload_bytes) == (True, "ab" * 32, 0)


NO_REVISITS = [
    pytest.param({"status": 304, "reason": "Not Modified", "body": b""}, id="a 304 nobody can place"),
    pytest.param({"body": b""}, id="nothing is not a payload"),
    pytest.param({"truncated": "length"}, id="a cut payload"),
]


@pytest.mark.parametrize("facts", NO_REVISITS)
def test_some_answers_are_never_revisits(tmp_path: Path, facts: dict[str, object]) -> None:
    _, records = write_warc(tmp_path, [an_exchange("a", **facts), an_exchange("b", **facts)])
    assert [record.revisit for record in records] == [False, False]


def test_a_full_file_is_followed_by_the_next_with_its_own_warcinfo(tmp_path: Path) -> None:
    with a_writer(tmp_path, max_bytes=4000) as writer:
        records = [writer.write(an_exchange(f"post-{n}", body=PAGE + bytes([n]))) for n in range(6)]
        written = writer.written_bytes
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == [f"blog-20260302T090000Z-{n:05d}.warc.gz" for n in range(len(files))]
    assert len(files) > 1
    assert [records_of(path)[0].type for path in files] == ["warcinfo"] * len(files)
    assert all(path.stat().st_size <= 4000 for path in files)
    assert sum(path.stat().st_size for path in files) == written
    assert {record.file for record in records} == {path.name for path in files}


def test_an_exchange_larger_than_a_file_gets_a_file_of_its_own(tmp_path: Path) -> None:
    with a_writer(tmp_path, max_bytes=100) as writer:
        first, second = writer.write(an_exchange("a")), writer.write(an_exchange("b", body=b"x"))
    assert (first.file, second.file) == ("blog-20260302T090000Z-00000.warc.gz", "blog-20260302T090000Z-00001.warc.gz")


def test_a_name_in_use_is_never_written_to(tmp_path: Path) -> None:
    taken = tmp_path / "blog-20260302T090000Z-00000.warc.gz"
    taken.write_bytes(b"somebody else's")
    path, _ = write_warc(tmp_path, [an_exchange()])
    assert (path.name, taken.read_bytes()) == ("blog-20260302T090000Z-00001.warc.gz", b"somebody else's")


def test_a_site_named_by_its_address_makes_a_plain_file_name(tmp_path: Path) -> None:
    with a_writer(tmp_path, site="http://127.0.0.1:8000/blog/") as writer:
        assert writer.position[0] == "http-127.0.0.1-8000-blog--20260302T090000Z-00000.warc.gz"


def test_the_position_is_always_the_end_of_the_last_response(tmp_path: Path) -> None:
    with a_writer(tmp_path) as writer:
        for exchange in a_crawl():
            record = writer.write(exchange)
            assert writer.position == (record.file, record.offset + record.length)
        writer.sync()
        assert (tmp_path / record.file).stat().st_size == writer.position[1] == writer.written_bytes


@contextmanager
def disk_full_at(limit: int) -> Iterator[None]:
    """No file grows beyond *limit*: the kernel takes a part of a write, then none."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def write_ten(writer: WarcWriter) -> None:
    for n in range(10):
        writer.write(an_exchange(f"post-{n}", body=PAGE + bytes([n])))


@pytest.mark.parametrize("limit", [1500, 2000, 2500, 2501, 2502, 3000])
def test_a_full_disk_leaves_whole_exchanges_and_says_so(tmp_path: Path, limit: int) -> None:
    with a_writer(tmp_path) as writer:
        with disk_full_at(limit), pytest.raises(CannotWriteError, match="File too large"):
            write_ten(writer)
        path = tmp_path / writer.position[0]
        assert path.stat().st_size == writer.position[1] <= limit
        record = writer.write(an_exchange("room-again"))
    assert records_of(path)[-1].id == record.record_id


def test_a_disk_full_between_two_files_leaves_no_half_begun_one(tmp_path: Path) -> None:
    with a_writer(tmp_path, max_bytes=2000) as writer:
        first = writer.write(an_exchange("a"))
        with disk_full_at(300), pytest.raises(CannotWriteError, match="File too large"):
            writer.write(an_exchange("b"))
        assert [path.name for path in tmp_path.iterdir()] == [first.file]
        second = writer.write(an_exchange("b"))
    assert (first.file, second.file) == ("blog-20260302T090000Z-00000.warc.gz", "blog-20260302T090000Z-00001.warc.gz")
    assert list(check_warcs(sorted(tmp_path.iterdir()))) == []


def test_a_folder_that_cannot_be_one_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "warc").write_text("a file")
    with pytest.raises(CannotWriteError, match="warc"):
        a_writer(tmp_path / "warc")


def test_nothing_is_written_after_closing(tmp_path: Path) -> None:
    with a_writer(tmp_path) as writer:
        writer.write(an_exchange())
    writer.close()
    with pytest.raises(CannotWriteError):
        writer.write(an_exchange("late"))


def test_warcio_and_fastwarc_accept_every_file(tmp_path: Path) -> None:
    with a_writer(tmp_path, max_bytes=6000, known={}) as writer:
        for exchange in a_crawl() * 2:
            writer.write(exchange)
    write_warc(tmp_path, a_crawl(), site="revisits")
    files = sorted(tmp_path.iterdir())
    warcio = [sys.executable, "-m", "warcio.cli", "check", *map(str, files)]
    assert subprocess.run(warcio, capture_output=True, text=True, check=False).stdout == ""
    for path in files:
        with path.open("rb") as stream:
            verdicts = [is_good(record) for record in ArchiveIterator(stream, strict_mode=True, parse_http=False)]
        assert verdicts == [True] * len(members(path))


def is_good(record: WarcRecord) -> bool:
    block = record.verify_block_digest()
    if record.headers["WARC-Type"] != "response":
        return block
    record.parse_http()
    return block and record.verify_payload_digest()


def test_a_crawl_written_twice_at_the_same_time_gives_two_sets_of_files(tmp_path: Path) -> None:
    with a_writer(tmp_path) as one, a_writer(tmp_path) as other:
        exchanges: list[Exchange] = a_crawl()
        for exchange in exchanges:
            one.write(exchange)
            other.write(exchange)
    assert [len(list(iter_exchanges(path))) for path in sorted(tmp_path.iterdir())] == [len(exchanges)] * 2
