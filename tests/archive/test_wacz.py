"""WACZ packages: what goes along, whole or in part, and that it is bit for bit what was captured."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator
from making import a_post, a_reading

from archive.errors import UsageError
from archive.export.cdxj import BLOCK_LINES, Index, table_line
from archive.export.writing import export_file
from archive.folder import ArchiveFolder
from archive.store import Store
from archive.verifying.packages import check_package
from archive.warc import DamagedRecordError, Exchange, WarcWriter
from archive.warc.records import GZIP_HEADER, WarcFile

BLOG = "https://blog.example"
DOCK = f'<link rel=stylesheet href=/style.css><h1>Dock</h1><img src="{BLOG.replace("https", "http")}/old.png">'
LOCK = '<link rel=stylesheet href=/style.css><h1>Lock</h1><img src="/lock.png">'

FIRST: Sequence[tuple[str, str, int, Mapping[str, str], bytes]] = (
    ("/blog/", "listing", 200, {"Content-Type": "text/html"}, b"<a href=/dock/>Dock</a><a href=/lock/>Lock</a>"),
    ("/dock/", "post", 200, {"Content-Type": "text/html"}, DOCK.encode()),
    ("/lock/", "post", 200, {"Content-Type": "text/html"}, LOCK.encode()),
    ("/style.css", "stylesheet", 200, {"Content-Type": "text/css"}, b"@import 'more.css'; p { color: red }"),
    ("/more.css", "stylesheet", 200, {"Content-Type": "text/css"}, b"p { background: url(sea.png) }"),
    ("/sea.png", "image", 200, {"Content-Type": "image/png"}, b"\x89PNG sea"),
    ("/old.png", "image", 301, {"Content-Type": "text/html", "Location": "/new.png"}, b"moved"),
    ("/new.png", "image", 200, {"Content-Type": "image/png"}, b"\x89PNG new"),
    ("/lock.png", "image", 200, {"Content-Type": "image/png"}, b"\x89PNG lock"),
)
SECOND: Sequence[tuple[str, str, int, Mapping[str, str], bytes]] = (
    ("/dock/", "post", 200, {"Content-Type": "text/html"}, DOCK.encode()),
)
BELONGS_TO_DOCK = {"/dock/", "/style.css", "/more.css", "/sea.png", "/old.png", "/new.png"}


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    """Two posts with the files their pages need, captured in one run, the first looked at again in another."""
    made = ArchiveFolder(path=tmp_path / "data")
    with made.writing("a test") as store:
        with store.atomic():
            site_id = store.custody.save_site("blog", f"{BLOG}/", title="Harbor Line")
        for number, captures in enumerate((FIRST, SECOND)):
            one_run(store, made.warc_path, site_id, datetime(2026, 3, 2 + 7 * number, 9, 0, tzinfo=UTC), captures)
    return made


def one_run(store: Store, warc_path: Path, site_id: int, at: datetime, captures: Sequence[tuple[Any, ...]]) -> None:
    with store.atomic():
        run_id = store.custody.start_run(site_id, "full", {})
    find = store.custody.find_original
    with WarcWriter(warc_path, site="blog", started_at=at, info={}, find_original=find) as warc, store.atomic():
        for path, role, status, headers, body in captures:
            exchange = Exchange(
                url=BLOG + path,
                at=at,
                status=status,
                reason="",
                response_headers=tuple(headers.items()),
                body=body,
                ip=None,
            )
            record = warc.write(exchange, role=role)
            capture_id = store.custody.save_capture(run_id, exchange, record, role)
            store.custody.commit_warc(run_id, {record.file: record.offset + record.length})
            if role == "post":
                post = a_post(path.strip("/"), title=path.strip("/").title(), text=f"About the {path.strip('/')}.")
                seen_at = f"{at:%Y-%m-%dT%H:%M:%SZ}"
                store.posts.save(site_id, run_id, post, a_reading(), capture_id=capture_id, seen_at=seen_at)


def export(folder: ArchiveFolder, query: str = "", **how: Any) -> Path:
    target = folder.path / "out.wacz"
    export_file(folder, query, "wacz", target, lambda _: None, **how)
    return target


def index_of(package: Path) -> list[tuple[str, str, dict[str, str]]]:
    with zipfile.ZipFile(package) as file:
        lines = gzip.decompress(file.read("indexes/index.cdx.gz")).decode().splitlines()
    return [(key, at, json.loads(facts)) for key, at, facts in (line.split(" ", 2) for line in lines)]


def paths_in(package: Path) -> list[str]:
    return sorted(facts["url"].removeprefix(BLOG) for _, _, facts in index_of(package))


def pages_of(package: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(package) as file:
        return [json.loads(line) for line in file.read("pages/pages.jsonl").decode().splitlines()]


def records(package: Path, folder: Path) -> Iterator[tuple[str, str | None]]:
    with zipfile.ZipFile(package) as file:
        for name in file.namelist():
            if name.startswith("archive/"):
                path = Path(file.extract(name, folder))
                with WarcFile(path) as warc:
                    yield from ((raw.type, raw.url()) for raw in warc)


def test_the_whole_archive_goes_along_bit_for_bit(folder: ArchiveFolder) -> None:
    package = export(folder)
    with zipfile.ZipFile(package) as file:
        kept = {path.name: path.read_bytes() for path in folder.warc_path.iterdir()}
        assert {name: file.read(f"archive/{name}") for name in kept} == kept
    assert list(check_package(package)) == []


@pytest.mark.parametrize("query", ["", "dock"], ids=["whole", "a part"])
def test_fastwarc_reads_each_record_in_a_package_and_finds_its_digest_true(folder: ArchiveFolder, query: str) -> None:
    with zipfile.ZipFile(export(folder, query)) as file:
        packed = [file.read(name) for name in file.namelist() if name.startswith("archive/")]
    for data in packed:
        verdicts = [
            record.verify_block_digest()
            for record in ArchiveIterator(BytesIO(data), strict_mode=True, parse_http=False)
        ]
        assert verdicts == [True] * data.count(GZIP_HEADER)
        assert len(verdicts) > 2


def test_captures_and_index_lie_in_the_zip_as_they_are(folder: ArchiveFolder) -> None:
    with zipfile.ZipFile(export(folder)) as file:
        packed = {member.filename: member.compress_type for member in file.infolist()}
    stored = {name for name, how in packed.items() if how == zipfile.ZIP_STORED}
    assert {name for name in packed if name.startswith(("archive/", "indexes/"))} == stored


def test_each_post_is_a_line_that_a_reader_can_open(folder: ArchiveFolder) -> None:
    package = export(folder)
    head, dock, lock = pages_of(package)
    assert (head["format"], head["hasText"]) == ("json-pages-1.0", True)
    assert {name: dock[name] for name in ("url", "ts", "title", "text", "outlet", "authors", "original_on")} == {
        "url": f"{BLOG}/dock/",
        "ts": "2026-03-02T09:00:00Z",
        "title": "Dock",
        "text": "About the dock.",
        "outlet": "The Detroit News",
        "authors": ["Marta Quill"],
        "original_on": "2026-02-27",
    }
    opened = {(facts["url"], at) for _, at, facts in index_of(package)}
    assert {(page["url"], "20260302090000") for page in (dock, lock)} <= opened


def test_the_index_is_in_the_order_of_its_keys(folder: ArchiveFolder) -> None:
    keys = [f"{key} {at}" for key, at, _ in index_of(export(folder))]
    assert keys == sorted(keys)
    assert keys[0] == "example,blog)/blog 20260302090000"


def test_what_a_query_finds_goes_along_with_the_files_it_needs_and_nothing_else(
    folder: ArchiveFolder, tmp_path: Path
) -> None:
    package = export(folder, "title:dock")
    assert set(paths_in(package)) == BELONGS_TO_DOCK
    assert [page["title"] for page in pages_of(package)[1:]] == ["Dock"]
    assert list(check_package(package)) == []
    types = [kind for kind, _ in records(package, tmp_path)]
    assert types[:3] == ["warcinfo", "request", "response"]
    assert types.count("request") == types.count("response") + types.count("revisit")


def test_a_run_goes_along_with_what_its_revisits_point_to(folder: ArchiveFolder, tmp_path: Path) -> None:
    package = export(folder, run_id=2)
    found = list(records(package, tmp_path))
    assert ("revisit", f"{BLOG}/dock/") in found
    assert ("response", f"{BLOG}/dock/") in found, "the original"
    assert set(paths_in(package)) == BELONGS_TO_DOCK
    assert [page["ts"] for page in pages_of(package)[1:]] == ["2026-03-09T09:00:00Z"]
    assert list(check_package(package)) == []


def test_a_run_that_is_not_there_is_refused(folder: ArchiveFolder) -> None:
    with pytest.raises(UsageError, match="no run 7"):
        export(folder, run_id=7)


@pytest.mark.parametrize("run_id", [None, 1], ids=["all", "a run"])
def test_nothing_of_a_withheld_post_goes_along(folder: ArchiveFolder, run_id: int | None) -> None:
    with folder.writing("a test") as store, store.atomic():
        store.withholdings.make(2, until_on=None, reason="rights", made_by=None)
    package = export(folder, run_id=run_id)
    assert set(paths_in(package)) == BELONGS_TO_DOCK, "nor the listing, which tells of it"
    assert list(check_package(package)) == []
    assert "/lock/" in paths_in(export(folder, run_id=run_id, public=False))


def test_what_a_crawl_has_not_committed_stays_out(folder: ArchiveFolder) -> None:
    first = min(folder.warc_path.iterdir())
    kept = first.read_bytes()
    first.write_bytes(kept + kept[:300])
    with zipfile.ZipFile(export(folder)) as file:
        assert file.read(f"archive/{first.name}") == kept


@pytest.mark.parametrize("query", ["", "title:dock"], ids=["whole", "part"])
def test_a_damaged_record_is_named_and_no_package_is_left(folder: ArchiveFolder, query: str) -> None:
    first = min(folder.warc_path.iterdir())
    damaged = bytearray(first.read_bytes())
    with WarcFile(first) as warc:
        record = next(raw for raw in warc if raw.type == "response" and raw.url() == f"{BLOG}/dock/")
    damaged[record.offset + 40] ^= 0xFF
    first.write_bytes(bytes(damaged))
    with pytest.raises(DamagedRecordError, match=f"{first.name} at byte {record.offset}"):
        export(folder, query)
    assert [path.name for path in folder.path.iterdir() if "wacz" in path.name] == []


def test_an_interrupted_export_leaves_nothing(folder: ArchiveFolder) -> None:
    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    target = folder.path / "out.wacz"
    target.write_bytes(b"an earlier one")
    with pytest.raises(KeyboardInterrupt):
        export_file(folder, "", "wacz", target, interrupt)
    assert target.read_bytes() == b"an earlier one"
    assert [path.name for path in folder.path.iterdir() if "wacz" in path.name] == ["out.wacz"]


def test_a_long_index_is_read_block_by_block(folder: ArchiveFolder) -> None:
    with WarcFile(min(folder.warc_path.iterdir())) as warc:
        record = next(raw for raw in warc if raw.type == "response")
    index = Index()
    for number in range(BLOCK_LINES + 1):
        index.add(record, "one.warc.gz", number)
    blocks = list(index.blocks())
    index.close()
    assert [len(gzip.decompress(block).splitlines()) for block, _ in blocks] == [BLOCK_LINES, 1]
    first, facts = table_line(*blocks[1], offset=len(blocks[0][0])).split(" {", 1)
    assert first == "example,blog)/blog 20260302090000"
    assert json.loads("{" + facts)["offset"] == len(blocks[0][0])
