"""A WACZ checked by itself: every kind of damage is named, and a good one is left in peace."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from foreign import a_wacz, post_at

from archive.commands.verify import verify_command
from archive.verifying.packages import check_package, gunzipped, lines_of

Members = dict[str, bytes]
WARC, INDEX, PAGES = "archive/rec-0.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"
LIST, DIGEST = "datapackage.json", "datapackage-digest.json"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wacz")
    captures = [
        post_at("crane-returns"),
        post_at("dry-dock"),
        post_at("dry-dock", "2024-07-01T10:00:00Z", words="New."),
    ]
    return a_wacz(folder / "crawl.wacz", captures)


def members_of(path: Path) -> Members:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(members: Members, method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def relisted(members: Members) -> Members:
    """With a description that is right about what the members have become: only what is inside is wrong."""
    resources = [
        {"name": name, "path": name, "bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        for name, data in members.items()
        if name not in (LIST, DIGEST)
    ]
    described = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}).encode()
    digest = {"path": LIST, "hash": f"sha256:{hashlib.sha256(described).hexdigest()}"}
    return {**members, LIST: described, DIGEST: json.dumps(digest).encode()}


def changed(name: str, change: Callable[[bytes], bytes], *, listed: bool = True) -> Callable[[Members], bytes]:
    def mutate(members: Members) -> bytes:
        members = {**members, name: change(members[name])}
        return packed(relisted(members) if listed else members)

    return mutate


def without(name: str, *, listed: bool = True) -> Callable[[Members], bytes]:
    def mutate(members: Members) -> bytes:
        members = {other: data for other, data in members.items() if other != name}
        return packed(relisted(members) if listed else members)

    return mutate


def added(name: str, data: bytes = b"x") -> Callable[[Members], bytes]:
    return lambda members: packed(relisted({**members, name: data}))


def bytes_of(change: Callable[[bytes], bytes]) -> Callable[[Members], bytes]:
    return lambda members: change(packed(members))


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old, new, 1)


def flipped(data: bytes) -> bytes:
    """A bit in the middle of the WARC file, wherever the zip has it."""
    at = data.index(b"\x1f\x8b") + 600
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def twice(members: Members) -> bytes:
    out = io.BytesIO(packed(members))
    with zipfile.ZipFile(out, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr(WARC, members[WARC])
    return out.getvalue()


def linked(members: Members) -> bytes:
    out = io.BytesIO(packed(members))
    with zipfile.ZipFile(out, "a") as file:
        link = zipfile.ZipInfo("archive/more.warc.gz")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    return out.getvalue()


def line(number: int, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def mutate(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        lines[number] = change(lines[number])
        return b"".join(lines)

    return mutate


def cut_warc(data: bytes) -> bytes:
    return data[:-20]


def wrong_digest(data: bytes) -> bytes:
    """A word of the first page is another, its gzip member whole."""
    plain = gzip.decompress(data)
    parts = plain.replace(b"came back", b"CAME back", 1).split(b"WARC/1.1\r\n")[1:]
    return b"".join(gzip.compress(b"WARC/1.1\r\n" + part, mtime=0) for part in parts)


MUTANTS = [
    # the zip
    pytest.param(bytes_of(lambda data: data[:-1]), "the zip is cut", id="last byte gone"),
    pytest.param(bytes_of(lambda data: data[: len(data) // 2]), "the zip is cut", id="second half gone"),
    pytest.param(bytes_of(lambda data: data[100:]), "cut|damaged|another", id="begins in the middle"),
    pytest.param(bytes_of(lambda data: b""), "the zip is cut, or none", id="emptied"),
    pytest.param(bytes_of(lambda data: b"<html>not found</html>"), "the zip is cut, or none", id="a page instead"),
    pytest.param(bytes_of(flipped), "is damaged|another length or digest", id="a bit in the WARC"),
    pytest.param(bytes_of(swap(b"json-pages", b"jsom-pages")), "is damaged", id="a letter in the pages"),
    pytest.param(twice, "it is in the package twice", id="a member twice"),
    pytest.param(linked, "it is a symbolic link", id="a symbolic link"),
    pytest.param(added("../evil"), "its name leads out", id="zip slip"),
    pytest.param(added("/evil"), "its name leads out", id="absolute name"),
    pytest.param(added("archive/..\\evil"), "its name leads out", id="backslashes"),
    # the description
    pytest.param(without(LIST, listed=False), "datapackage.json is missing", id="no description"),
    pytest.param(changed(LIST, lambda data: data[:-9], listed=False), "is not one of a WACZ", id="description cut"),
    pytest.param(
        changed(LIST, swap(b'"resources"', b'"rezources"'), listed=False), "is not one of a WACZ", id="no list in it"
    ),
    pytest.param(
        changed(LIST, swap(b'"hash": "sha256:', b'"hash": "sha256:0'), listed=False),
        "another length or digest",
        id="wrong digest in it",
    ),
    pytest.param(
        changed(LIST, swap(b'"bytes": ', b'"bytes": 1'), listed=False),
        "another length or digest",
        id="wrong length in it",
    ),
    pytest.param(without(DIGEST, listed=False), "datapackage-digest.json is missing", id="no digest of it"),
    pytest.param(
        changed(DIGEST, swap(b"sha256:", b"sha256:0"), listed=False),
        "gives datapackage.json another digest",
        id="wrong digest of it",
    ),
    pytest.param(changed(DIGEST, lambda _: b"{}", listed=False), "it names no digest", id="empty digest of it"),
    pytest.param(without(PAGES, listed=False), "it is not in the package", id="a listed member gone"),
    pytest.param(
        lambda members: packed({**members, "extra.txt": b"x"}), "does not list it", id="a member that is not listed"
    ),
    # the WARC files
    pytest.param(without(WARC), "there is no WARC file in it", id="no WARC"),
    pytest.param(changed(WARC, cut_warc), "the file ends inside this record", id="WARC cut"),
    pytest.param(changed(WARC, lambda data: b"\0" + data), "not a WARC record|not a gzip", id="WARC begins late"),
    pytest.param(changed(WARC, wrong_digest), "where the bytes give", id="WARC digest wrong"),
    pytest.param(changed(WARC, lambda data: b"WARC"), "ends inside|not a WARC", id="no WARC inside"),
    # the index
    pytest.param(without(INDEX), "there is no index in it", id="no index"),
    pytest.param(changed(INDEX, swap(b'"offset": "', b'"offset": "1')), "none does", id="wrong offset"),
    pytest.param(changed(INDEX, swap(b'"length": "', b'"length": "1')), "bytes, it has", id="wrong length"),
    pytest.param(changed(INDEX, swap(b"rec-0", b"rec-9")), "which is not in the package", id="wrong file"),
    pytest.param(changed(INDEX, swap(b" 2024", b" 2014")), "the instant 2014", id="wrong instant"),
    pytest.param(changed(INDEX, swap(b"/crane", b"/train")), "the address", id="wrong address"),
    pytest.param(changed(INDEX, line(1, lambda _: b"")), "no line about this record", id="a line gone"),
    pytest.param(changed(INDEX, line(1, lambda _: b"rubbish\n")), "line 2 of the index makes no sense", id="rubbish"),
    # the pages
    pytest.param(without(PAGES), "pages/pages.jsonl is missing", id="no pages"),
    pytest.param(changed(PAGES, lambda _: b"rubbish\n"), "does not begin as a list", id="pages are rubbish"),
    pytest.param(changed(PAGES, line(2, lambda _: b"{\n")), "line 3 names no page", id="a page cut"),
    pytest.param(changed(PAGES, line(1, swap(b'"ts"', b'"tz"'))), "line 2 names no page", id="a page without moment"),
]


@pytest.mark.parametrize(("mutate", "says"), MUTANTS)
def test_damage_is_noticed(good: Path, tmp_path: Path, mutate: Callable[[Members], bytes], says: str) -> None:
    path = tmp_path / "crawl.wacz"
    path.write_bytes(mutate(members_of(good)))
    found = [f"{finding.what}" for finding in check_package(path)]
    assert any(re.search(says, what) for what in found), found


def test_a_good_package_is_left_in_peace(good: Path) -> None:
    assert list(check_package(good)) == []


def test_one_that_packs_its_members_is_good_too(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "deflated.wacz"
    path.write_bytes(packed(members_of(good), zipfile.ZIP_DEFLATED))
    assert list(check_package(path)) == []


def verified(*words: str | Path) -> Result:
    return CliRunner().invoke(verify_command, [*map(str, words)], standalone_mode=False)


def test_the_command_checks_files_by_themselves(good: Path, tmp_path: Path) -> None:
    warc = tmp_path / "old.warc.gz"
    warc.write_bytes(members_of(good)[WARC])
    whole = verified(good, warc)
    assert (whole.return_value, "2 files of" in whole.stdout) == (0, True), whole.stdout
    warc.write_bytes(warc.read_bytes()[:-3])
    damaged = verified(warc, "--json")
    assert damaged.return_value == 5
    (problem,) = [p for p in json.loads(damaged.stdout)["problems"] if "ends inside" in p["what"]]
    assert (problem["file"], problem["offset"] > 0) == ("old.warc.gz", True)


def test_a_file_that_is_not_there_is_wrong_usage() -> None:
    assert "there is no file" in str(verified("nowhere.wacz").exception)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_an_index_is_read_in_pieces_wherever_they_end(size: int) -> None:
    text = b"".join(b"line %d\r\n" % number for number in range(50)) + b"the last"
    packed = b"".join(gzip.compress(text[at : at + 99], mtime=0) for at in range(0, len(text), 99))
    pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
    assert list(lines_of(gunzipped(pieces))) == [*(b"line %d" % number for number in range(50)), b"the last"]
    with pytest.raises(ValueError, match="ends before"):
        list(gunzipped([packed[:-3]]))
    with pytest.raises(ValueError, match="not gzip"):
        list(gunzipped([b"a line of text, and no gzip at all"]))
