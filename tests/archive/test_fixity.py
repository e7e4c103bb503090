"""The strict check: every kind of damage is named with its place, and good files are left in peace."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from base64 import b32encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warc_making import AT, GZIP, HTML, PAGE, a_crawl, a_writer, an_exchange, members, original_of, remade, write_warc

from archive.fixity import Finding, check_warc, check_warcs
from archive.warc import Exchange, Original
from archive.warc.facts import facts_of
from archive.warc.form import facts_in_form
from archive.warc.records import WarcFile
from archive.warc.rules import read_message

Members = list[bytes]
Mutation = Callable[[Members], Members]

# where the records of `a_crawl` stand in its file
INFO, ROBOTS, GZIPPED, PLAIN, REVISIT, GONE, HEAD = 0, 2, 4, 6, 8, 12, 16
REQUEST = PLAIN - 1
LAST = 18


def field(index: int, name: str, value: str | None) -> Mutation:
    """The named WARC field gets another value, or goes; the gzip member is whole."""
    line = f"{name}: {value}\r\n".encode() if value is not None else b""
    return record(index, lambda raw: re.sub(rb"(?m)^%s: [^\r]*\r\n" % name.encode(), lambda _: line, raw, count=1))


def added(index: int, line: str) -> Mutation:
    return record(index, lambda raw: raw.replace(b"\r\nContent-Type:", f"\r\n{line}\r\nContent-Type:".encode(), 1))


def record(index: int, change: Callable[[bytes], bytes]) -> Mutation:
    """The record is changed; the gzip member is whole."""
    return lambda parts: [*parts[:index], remade(parts[index], change), *parts[index + 1 :]]


def block(index: int, change: Callable[[bytes], bytes]) -> Mutation:
    """The block is changed, and length and all digests say what it has become: only the HTTP message is wrong."""
    return record(index, lambda raw: redigested(*raw[:-4].split(b"\r\n\r\n", 1), change))


def redigested(head: bytes, old: bytes, change: Callable[[bytes], bytes]) -> bytes:
    new = change(old)
    payload = new.partition(b"\r\n\r\n")[2]
    values = {
        b"WARC-Block-Digest": b"sha256:" + hashlib.sha256(new).hexdigest().encode(),
        b"WARC-Payload-Digest": b"sha1:" + b32encode(hashlib.sha1(payload).digest()),
        b"WARC-Payload-Digest-SHA256": b"sha256:" + hashlib.sha256(payload).hexdigest().encode(),
        b"Content-Length": b"%d" % len(new),
    }
    for name, value in values.items():
        head = re.sub(rb"(?m)^%s: [^\r]*" % name, lambda _, v=value, n=name: n + b": " + v, head)
    return head + b"\r\n\r\n" + new + b"\r\n\r\n"


def weakly(raw: bytes) -> bytes:
    """The record with its block digest in SHA-1."""
    digest = b32encode(hashlib.sha1(raw[:-4].partition(b"\r\n\r\n")[2]).digest())
    return re.sub(rb"(?m)^WARC-Block-Digest: [^\r]*", lambda _: b"WARC-Block-Digest: sha1:" + digest, raw, count=1)


def added_digest(raw: bytes, digest: str) -> bytes:
    line = f"\r\nWARC-Block-Digest-SHA256: sha256:{digest}\r\nContent-Type:".encode()
    return raw.replace(b"\r\nContent-Type:", line, 1)


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old, new, 1)


def flipped(index: int, at: int, bit: int = 1) -> Mutation:
    def flip(parts: Members) -> Members:
        damaged = bytearray(parts[index])
        damaged[at] ^= bit
        return [*parts[:index], bytes(damaged), *parts[index + 1 :]]

    return flip


def without(index: int) -> Mutation:
    return lambda parts: parts[:index] + parts[index + 1 :]


def joined(parts: Members) -> Members:
    """Two records in one gzip member."""
    both = b"".join(zlib.decompress(part, 31) for part in parts[PLAIN : PLAIN + 2])
    return [*parts[:PLAIN], gzip.compress(both, mtime=0), *parts[PLAIN + 2 :]]


def renamed(parts: Members) -> Members:
    """The plain page's pair once more, with an id of its own for the request only."""
    other = "<urn:uuid:00000000-0000-4000-8000-000000000000>"
    return [*parts, *field(0, "WARC-Record-ID", other)([parts[REQUEST]])]


MUTANTS = [
    # the file
    pytest.param(lambda parts: [], 0, "an empty file", id="emptied"),
    pytest.param(lambda parts: [*parts[:LAST], parts[LAST][:-1]], LAST, "ends inside", id="last byte gone"),
    pytest.param(lambda parts: [*parts[:LAST], parts[LAST][:9]], LAST, "ends inside", id="cut in a gzip header"),
    pytest.param(lambda parts: [*parts[:LAST], parts[LAST][:-8]], LAST, "ends inside", id="cut before the check sum"),
    pytest.param(lambda parts: [*parts, b"\0" * 512], LAST + 1, "not a gzip member", id="zeros at the end"),
    pytest.param(lambda parts: [*parts, b"some text"], LAST + 1, "not a gzip member", id="rubbish at the end"),
    pytest.param(lambda parts: [*parts[:4], b"\0", *parts[4:]], 4, "not a gzip member", id="a byte between members"),
    pytest.param(
        lambda parts: [parts[0][5:], *parts[1:]], 0, "not a WARC record|not a gzip", id="begins in the middle"
    ),
    pytest.param(without(INFO), 0, "begins with a request record", id="warcinfo gone"),
    pytest.param(without(REQUEST), PLAIN - 1, "request to this answer is missing", id="request gone"),
    pytest.param(without(ROBOTS), 1, "no record answers this request", id="response gone"),
    pytest.param(lambda parts: parts + parts[PLAIN : PLAIN + 1], LAST + 1, "a second record with the id", id="twice"),
    pytest.param(renamed, LAST + 1, "a second request for one answer", id="a second request"),
    pytest.param(joined, PLAIN, "more than one record in a gzip member", id="two records in a member"),
    # gzip
    pytest.param(flipped(PLAIN, 4), PLAIN, "gzip header is not as it was written", id="bit in gzip's time"),
    pytest.param(flipped(PLAIN, 8, 2), PLAIN, "gzip header is not as it was written", id="bit in gzip's level"),
    pytest.param(flipped(PLAIN, 0), PLAIN, "not a gzip member", id="bit in gzip's first byte"),
    pytest.param(flipped(PLAIN, 400, 8), PLAIN, "damaged gzip member|not a WARC", id="bit in the compressed bytes"),
    pytest.param(flipped(GZIPPED, -100, 4), GZIPPED, "damaged gzip member", id="bit in a stored body"),
    pytest.param(flipped(PLAIN, -2), PLAIN, "damaged gzip member", id="bit in gzip's length"),
    pytest.param(flipped(PLAIN, -7), PLAIN, "damaged gzip member", id="bit in gzip's check sum"),
    # the WARC header
    pytest.param(record(PLAIN, swap(b"WARC/1.1", b"WARC/0.9")), PLAIN, "WARC/0.9, where", id="another version"),
    pytest.param(record(PLAIN, swap(b"WARC/1.1", b"ARC/1.1")), PLAIN, "not a WARC record", id="no version"),
    pytest.param(record(PLAIN, swap(b"\r\nWARC-Date", b"\nWARC-Date")), PLAIN, "end with CR LF", id="a bare line feed"),
    pytest.param(record(PLAIN, swap(b"WARC-Date: ", b"WARC-Date ")), PLAIN, "no proper name", id="a colon gone"),
    pytest.param(field(PLAIN, "WARC-Type", None), PLAIN, "WARC-Type is missing", id="no type"),
    pytest.param(field(PLAIN, "WARC-Type", "answer"), PLAIN, "WARC-Type is answer", id="unknown type"),
    pytest.param(field(PLAIN, "WARC-Type", "resource"), PLAIN, "an HTTP message in a resource", id="wrong type"),
    pytest.param(field(PLAIN, "WARC-Record-ID", None), PLAIN, "WARC-Record-ID is missing", id="no id"),
    pytest.param(field(PLAIN, "WARC-Record-ID", "<urn:uuid:x>"), PLAIN, "not one of ours", id="malformed id"),
    pytest.param(field(PLAIN, "WARC-Date", None), PLAIN, "WARC-Date is missing", id="no date"),
    pytest.param(field(PLAIN, "WARC-Date", "2026-02-31T09:00:00Z"), PLAIN, "WARC-Date is 2026-02-31", id="31 February"),
    pytest.param(field(PLAIN, "WARC-Date", "2026-03-02 09:00"), PLAIN, "WARC-Date is 2026-03-02 09:00", id="odd date"),
    pytest.param(field(PLAIN, "WARC-Date", "9999-03-02T09:00:00Z"), PLAIN, "in the future", id="year 9999"),
    pytest.param(field(PLAIN, "WARC-Date", "1970-01-01T00:00:00Z"), PLAIN, "before the web", id="year 1970"),
    pytest.param(
        field(PLAIN, "WARC-Date", "2026-03-02T10:00:00Z"), PLAIN, "differ in address or date", id="other date"
    ),
    pytest.param(field(PLAIN, "WARC-Target-URI", None), PLAIN, "WARC-Target-URI is missing", id="no address"),
    pytest.param(field(PLAIN, "WARC-Target-URI", "blog"), PLAIN, "WARC-Target-URI is blog", id="malformed address"),
    pytest.param(
        field(PLAIN, "WARC-Target-URI", "https://blog.example/z/"), PLAIN, "differ in address", id="other address"
    ),
    pytest.param(
        field(REQUEST, "WARC-Target-URI", "https://blog.example/z/"),
        REQUEST,
        "request is for /tool",
        id="other request",
    ),
    pytest.param(field(PLAIN, "WARC-IP-Address", "300.1.2.3"), PLAIN, "WARC-IP-Address is 300", id="no IP address"),
    pytest.param(field(PLAIN, "Content-Type", "text/html"), PLAIN, "Content-Type of a response", id="content type"),
    pytest.param(field(PLAIN, "Content-Length", None), PLAIN, "Content-Length is missing", id="no length"),
    pytest.param(field(PLAIN, "Content-Length", "12"), PLAIN, "goes on behind its Content-Length", id="short length"),
    pytest.param(field(PLAIN, "Content-Length", "99999"), PLAIN, "Content-Length is 99999", id="long length"),
    pytest.param(field(PLAIN, "Content-Length", "many"), PLAIN, "Content-Length is many", id="no number"),
    pytest.param(
        added(PLAIN, "WARC-Date: 2026-03-02T09:00:00Z"), PLAIN, "warc-date is there 2 times", id="a field twice"
    ),
    pytest.param(added(PLAIN, "WARC-Filename: x"), PLAIN, "does not belong in a response", id="a field out of place"),
    pytest.param(added(PLAIN, "WARC-Truncated: bored"), PLAIN, "the reason 'bored'", id="unknown reason to cut"),
    pytest.param(record(PLAIN, lambda raw: raw[:-2]), PLAIN, "no line breaks behind", id="end of record gone"),
    pytest.param(record(PLAIN, lambda raw: raw + b"\r\n"), PLAIN, "goes on behind its record", id="end of record long"),
    pytest.param(field(REQUEST, "WARC-Concurrent-To", None), REQUEST, "does not say which record", id="pair untied"),
    pytest.param(field(REQUEST, "WARC-Concurrent-To", "<urn:x:y>"), REQUEST, "no record answers", id="pair mistied"),
    pytest.param(field(INFO, "WARC-Filename", "other.warc.gz"), INFO, "written as other", id="file renamed"),
    pytest.param(block(INFO, swap(b"format: ", b"format ")), INFO, "not made of named fields", id="warcinfo malformed"),
    # digests
    *(
        pytest.param(field(PLAIN, name, None), PLAIN, f"{name.lower()} is missing", id=f"no {name}")
        for name in (
            "WARC-Block-Digest",
            "WARC-Payload-Digest",
            "WARC-Payload-Digest-SHA256",
        )
    ),
    *(
        pytest.param(field(PLAIN, name, value), PLAIN, f"{name.lower()} is 0000.* where the bytes", id=f"wrong {name}")
        for name, value in (
            ("WARC-Block-Digest", "sha256:" + "0" * 64),
            ("WARC-Payload-Digest", "sha1:" + "A" * 32),
            ("WARC-Payload-Digest-SHA256", "sha256:" + "0" * 64),
        )
    ),
    pytest.param(field(PLAIN, "WARC-Block-Digest", "sha1:ABC"), PLAIN, "no digest that can be", id="malformed digest"),
    pytest.param(field(PLAIN, "WARC-Block-Digest", "crc32:ABC"), PLAIN, "no digest that can be", id="weak digest"),
    pytest.param(record(PLAIN, lambda raw: weakly(raw)), PLAIN, "block-digest-sha256 is missing", id="SHA-1 alone"),
    pytest.param(
        record(PLAIN, lambda raw: added_digest(weakly(raw), "0" * 64)), PLAIN, "sha256 is 0000.*", id="old form, wrong"
    ),
    pytest.param(
        field(REQUEST, "WARC-Block-Digest", None), REQUEST, "block-digest is missing", id="request undigested"
    ),
    pytest.param(field(INFO, "WARC-Block-Digest", None), INFO, "block-digest is missing", id="warcinfo undigested"),
    pytest.param(record(PLAIN, swap(b"mill", b"mall")), PLAIN, "warc-payload-digest is .* where", id="a word changed"),
    pytest.param(record(GONE, swap(b"404", b"200")), GONE, "warc-block-digest is .* where", id="a status changed"),
    pytest.param(record(REQUEST, swap(b"Clipfile", b"Browser1")), REQUEST, "block-digest is", id="a request changed"),
    pytest.param(record(REVISIT, swap(b"200 OK", b"200 KO")), REVISIT, "warc-block-digest is", id="a revisit changed"),
    # the HTTP message, everything else being consistent
    pytest.param(block(PLAIN, swap(b"HTTP/1.1 200 OK\r\n", b"")), PLAIN, "not an HTTP message", id="no status line"),
    pytest.param(block(PLAIN, swap(b"HTTP/1.1 200", b"HTTP/1.1 2x0")), PLAIN, "not an HTTP message", id="no status"),
    pytest.param(block(PLAIN, swap(b"\r\n\r\n", b"\r\n")), PLAIN, "not an HTTP message", id="no empty line"),
    pytest.param(
        block(PLAIN, swap(b"Server: nginx", b"Server nginx")), PLAIN, "header line .* malformed", id="no colon"
    ),
    pytest.param(block(PLAIN, swap(b"Server:", b"Ser ver:")), PLAIN, "header line .* malformed", id="blank in a name"),
    pytest.param(
        block(GZIPPED, lambda old: old.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + PAGE),
        GZIPPED,
        "Content-Encoding is gzip; the body is not gzip",
        id="decoded under a gzip header",
    ),
    pytest.param(block(GZIPPED, lambda old: old[:-9]), GZIPPED, "HTTP Content-Length is", id="body cut"),
    pytest.param(
        block(GZIPPED, lambda old: re.sub(rb"Content-Length: \d+\r\n", b"", old)[:-9]),
        GZIPPED,
        "ends before its encoded stream",
        id="body cut, no length",
    ),
    pytest.param(
        block(GZIPPED, swap(b"Content-Encoding: gzip\r\n", b"")), GZIPPED, "no Content-Encoding says", id="gzip unsaid"
    ),
    pytest.param(
        block(PLAIN, swap(b"Server: nginx", b"Transfer-Encoding: chunked")), PLAIN, "chunked, the body", id="unchunked"
    ),
    pytest.param(
        block(PLAIN, swap(b"Server: nginx", b"Content-Length: 9")), PLAIN, "HTTP Content-Length is 9", id="HTTP length"
    ),
    pytest.param(block(HEAD, lambda old: old + b"body"), HEAD, "answer to HEAD has none", id="a body after HEAD"),
    pytest.param(
        block(PLAIN, swap(b"200 OK", b"204 OK")), PLAIN, "a 204 answer to GET has none", id="a body after 204"
    ),
    pytest.param(block(REQUEST, swap(b"GET", b"GE T")), REQUEST, "not an HTTP message", id="no request line"),
    pytest.param(block(REQUEST, swap(b"GET /", b"GET /q/")), REQUEST, "request is for /q/", id="request for another"),
    pytest.param(block(REQUEST, swap(b"Host: b", b"Host: c")), REQUEST, "to host clog.example", id="another host"),
    # revisits
    pytest.param(field(REVISIT, "WARC-Profile", None), REVISIT, "WARC-Profile is missing", id="no profile"),
    pytest.param(field(REVISIT, "WARC-Profile", "http://x/y"), REVISIT, "WARC-Profile is http", id="unknown profile"),
    pytest.param(
        field(REVISIT, "WARC-Refers-To-Target-URI", None), REVISIT, "does not say what it refers to", id="no original"
    ),
    pytest.param(
        field(REVISIT, "WARC-Refers-To", "<urn:uuid:00000000-0000-4000-8000-000000000000>"),
        REVISIT,
        "original of this revisit is in none",
        id="orphan",
    ),
    pytest.param(
        field(REVISIT, "WARC-Refers-To-Date", "2026-03-01T09:00:00Z"), REVISIT, "original differ", id="original's date"
    ),
    pytest.param(
        field(REVISIT, "WARC-Refers-To-Date", "2027-03-01T09:00:00Z"),
        REVISIT,
        "before its original",
        id="later original",
    ),
    pytest.param(field(REVISIT, "WARC-Refers-To-Date", "soon"), REVISIT, "WARC-Refers-To-Date is soon", id="no date"),
    pytest.param(
        field(REVISIT, "WARC-Payload-Digest", "sha1:" + "A" * 32), REVISIT, "original differ", id="another payload"
    ),
    pytest.param(
        field(REVISIT, "WARC-Payload-Digest", None), REVISIT, "payload-digest is missing", id="no payload digest"
    ),
    pytest.param(
        block(REVISIT, lambda old: old + PAGE), REVISIT, "a revisit record with a body", id="revisit with a body"
    ),
    pytest.param(lambda parts: parts[:5] + parts[7:], 6, "original of this revisit is in none", id="original gone"),
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_warc(tmp_path_factory.mktemp("good"), a_crawl())[0]


@pytest.mark.parametrize(("mutation", "index", "problem"), MUTANTS)
def test_every_kind_of_damage_is_named_with_its_place(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mutation: Mutation, index: int, problem: str
) -> None:
    parts = mutation(members(good))
    path = tmp_path / good.name
    path.write_bytes(b"".join(parts))
    findings = list(check_warcs([path]))
    named = [finding for finding in findings if re.search(problem, finding.what)]
    assert named, findings
    assert named[0].file == path.name
    assert named[0].offset == sum(map(len, parts[:index]))
    monkeypatch.setattr("archive.fixity.facts_in_form", lambda *_: None)
    assert list(check_warcs([path])) == findings, "records held against their form are judged otherwise than by rules"


def test_records_are_recognised_by_the_form_in_which_they_are_written(good: Path) -> None:
    with WarcFile(good) as file:
        raws = list(file)[1:]
        told = {raw.offset: facts_of(raw, read_message(raw)) for raw in raws}
        methods = {answer: facts.method for facts in told.values() for answer in facts.concurrent}
        for raw in raws:
            data, end = file.inflated(raw.offset, 1 << 20) or (b"", 0)
            facts = facts_in_form(data, (good.name, raw.offset, end - raw.offset), methods.__getitem__, now())
            assert facts == told[raw.offset]


def now() -> datetime:
    return datetime.now(UTC)


def test_files_written_before_block_digests_were_sha_256_alone_are_good(good: Path, tmp_path: Path) -> None:
    def as_before(raw: bytes) -> bytes:
        return added_digest(weakly(raw), hashlib.sha256(raw[:-4].partition(b"\r\n\r\n")[2]).hexdigest())

    path = tmp_path / good.name
    path.write_bytes(b"".join(remade(member, as_before) for member in members(good)))
    assert list(check_warcs([path])) == []


def test_damage_is_named_with_the_address_it_is_a_capture_of(good: Path, tmp_path: Path) -> None:
    path = tmp_path / good.name
    path.write_bytes(b"".join(record(PLAIN, swap(b"mill", b"mall"))(members(good))))
    assert {finding.url for finding in check_warc(path)} == {"https://blog.example/tool-and-die/"}
    assert {finding.severity for finding in check_warc(path)} == {"error"}


def test_records_behind_a_damaged_one_are_still_checked(good: Path, tmp_path: Path) -> None:
    path = tmp_path / good.name
    parts = record(GONE, swap(b"404", b"200"))(flipped(ROBOTS, 200)(members(good)))
    path.write_bytes(b"".join(parts))
    offsets = {sum(map(len, parts[:index])) for index in (ROBOTS, GONE)}
    assert offsets <= {finding.offset for finding in check_warc(path)}


def test_a_flipped_bit_anywhere_that_changes_anything_is_found(good: Path, tmp_path: Path) -> None:
    """Deflate pads blocks to whole bytes: a bit in that padding means nothing, to any reader."""
    whole = good.read_bytes()
    truth = [zlib.decompress(part, 31) for part in members(good)]
    path = tmp_path / good.name
    for at in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        path.write_bytes(damaged)
        assert next(check_warc(path), None) or records_in(path) == truth, f"bit {at % 8} of byte {at}"


@settings(max_examples=300, deadline=None)
@given(index=st.integers(0, LAST), at=st.integers(0, 1500), new=st.binary(max_size=6), gone=st.integers(0, 6))
def test_no_change_inside_a_record_breaks_the_check(good: Path, index: int, at: int, new: bytes, gone: int) -> None:
    path = good.parent / "changed.warc.gz"
    change = record(index, lambda raw: raw[:at] + new + raw[at + gone :])
    path.write_bytes(b"".join(change(members(good))))
    assert all(finding.file == path.name for finding in check_warcs([path]))


def records_in(path: Path) -> list[bytes]:
    return [zlib.decompress(part, 31) for part in members(path)]


GOOD_FILES = [
    pytest.param([], id="nothing but warcinfo"),
    pytest.param(a_crawl(), id="a crawl"),
    pytest.param(a_crawl() + a_crawl(), id="a crawl twice"),
    pytest.param([an_exchange(body=b"<p>plain", response_headers=(HTML, GZIP))], id="a server that lies about gzip"),
    pytest.param([an_exchange(response_headers=(("Content-Encoding", "utf-8"),))], id="a coding nobody knows"),
    pytest.param([an_exchange(response_headers=(("Transfer-Encoding", "chunked"),))], id="chunking removed"),
    pytest.param([an_exchange(response_headers=(("Content-Length", "7"),))], id="a wrong length"),
    pytest.param([an_exchange(response_headers=(("Bad Name", "x"), ("X-Fold", "a\r\n b")))], id="malformed headers"),
    pytest.param([an_exchange(status=304, body=b"", response_headers=(("Content-Length", "8"),))], id="304"),
    pytest.param([an_exchange(status=204, reason="No Content", body=b"")], id="204"),
    pytest.param([an_exchange(reason="")], id="no reason phrase"),
    pytest.param([an_exchange(method="POST", request_body=b"q=a")], id="POST"),
    pytest.param([an_exchange(url="http://[2001:db8::1]:8000/?a=b%20c&d=é", request_headers=())], id="an odd address"),
    pytest.param([an_exchange(url="https://blog.example", request_headers=())], id="an address without a path"),
    pytest.param([an_exchange(protocol="HTTP/2", ip=None)], id="HTTP/2"),
    pytest.param(
        [an_exchange(body=gzip.compress(PAGE)[:-9], response_headers=(GZIP,), truncated="disconnect")], id="cut"
    ),
    pytest.param([an_exchange(body=gzip.compress(PAGE), response_headers=())], id="a gzip file"),
]


@pytest.mark.parametrize("exchanges", GOOD_FILES)
def test_good_files_are_left_in_peace(tmp_path: Path, exchanges: list[Exchange]) -> None:
    path, _ = write_warc(tmp_path, exchanges)
    assert list(check_warcs([path])) == []


def test_a_304_agrees_with_its_original_in_another_file(tmp_path: Path) -> None:
    feed = an_exchange("feed")
    first, (record,) = write_warc(tmp_path, [feed])
    with a_writer(tmp_path) as writer:
        later = an_exchange("feed", status=304, reason="Not Modified", body=b"", at=AT + timedelta(days=1))
        writer.write(later, original=original_of(feed, record))
    files = sorted(tmp_path.iterdir())
    assert list(check_warcs(files)) == []
    (lost,) = check_warcs([path for path in files if path != first])
    assert lost.url == "https://blog.example/feed/"
    assert lost.what == "the original of this revisit is in none of the files"


def test_an_original_known_by_address_and_instant_alone_is_found(tmp_path: Path) -> None:
    page = an_exchange("page")
    write_warc(tmp_path, [page])
    digest = hashlib.sha256(PAGE).hexdigest()
    nameless = Original(url=page.url, at=page.at, record_id=None, payload_sha256=digest)
    write_warc(tmp_path, [])
    with a_writer(tmp_path, known={digest: nameless}) as writer:
        assert writer.write(an_exchange("copy", at=AT + timedelta(days=1))).revisit
    assert list(check_warcs(sorted(tmp_path.iterdir()))) == []


def test_a_file_kept_twice_is_noticed(good: Path, tmp_path: Path) -> None:
    copy = tmp_path / good.name
    copy.write_bytes(good.read_bytes())
    whats = {finding.what for finding in check_warcs([good, copy])}
    assert whats == {"a record with the same id is elsewhere in these files"}


def test_several_processes_find_the_same_in_the_same_order(good: Path, tmp_path: Path) -> None:
    paths = []
    for number, index in enumerate((PLAIN, GONE)):
        path = tmp_path / f"{number}-{good.name}"
        path.write_bytes(b"".join(flipped(index, 100)(members(good))))
        paths.append(path)
    alone: list[Finding] = list(check_warcs(paths))
    assert alone
    assert list(check_warcs(paths, jobs=2)) == alone
