"""A WACZ 1.1.1: the captures with their index, one line for each post, and the digest of everything, in one file.

It is written by us because the tool that makes such files finds no pages in captures that no browser made. WARC files
and the index go into the zip as they are, so that a reader can fetch one record out of it; nothing is held in memory.
A part of an archive (a query's posts, one run) keeps the records bit for bit, each WARC file's own `warcinfo` before
them, and the originals its revisits point to.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from archive.errors import DamagedArchiveError
from archive.export.belonging import Belongings
from archive.export.cdxj import INDEX, TABLE_HEAD, Index, table_line
from archive.export.selection import Selection
from archive.progress import Done
from archive.warc.records import GZIP_HEADER, DamagedRecordError, RawRecord, WarcFile, bare
from archive.warc.tail import has_our_name

WACZ_VERSION: Final = "1.1.1"
STEP_BYTES: Final = 1 << 20
HEAD_BYTES: Final = 1 << 18
"""Of a record's block that is looked at for the index."""
REQUEST_BYTES: Final = 1 << 17
"""How far before an answer its request is looked for."""
PAGES_HEAD: Final = {"format": "json-pages-1.0", "id": "pages", "title": "Posts", "hasText": True}


@dataclass(kw_only=True)
class _Zip:
    """The package being written, and the list of what is in it."""

    file: zipfile.ZipFile
    at: datetime
    resources: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, pieces: Iterable[bytes], *, packed: bool = False, listed: bool = True) -> str:
        """Write a member piece by piece; its digest, labelled."""
        member = zipfile.ZipInfo(name, self.at.timetuple()[:6])
        member.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        member.external_attr = 0o644 << 16
        digest, size = hashlib.sha256(), 0
        with self.file.open(member, "w", force_zip64=True) as out:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                out.write(piece)
        label = f"sha256:{digest.hexdigest()}"
        if listed:
            basename = name.rpartition("/")[2]
            self.resources.append({"name": basename.lower(), "path": name, "hash": label, "bytes": size})
        return label


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What of an archive goes along."""

    selection: Selection
    """Posts; of a run, those among them that it captured."""
    run_id: int | None = None
    is_whole: bool = False
    """All WARC files as they are, not only what belongs to the posts."""
    holds_back: bool = False
    """Some posts are withheld: what else tells of them, such as listings and feeds, must not go along either."""


def write_wacz(db: Database, warc_folder: Path, part: Part, title: str, target: Path, progress: Done) -> int:
    """Write the package and give the number of posts in it; *progress* is told how many are dealt with.

    What a crawl writes meanwhile stays out. Raises DamagedArchiveError, with file and offset, when a record that
    belongs to it can't be read.
    """
    db.execute("begin")
    try:
        with (
            zipfile.ZipFile(target, "w", allowZip64=True) as file,
            closing(Index()) as index,
            closing(Belongings(db, warc_folder)) as belongings,
        ):
            package = _Zip(file=file, at=datetime.now(UTC))
            count = _add_pages(package, db, part, belongings, progress)
            warcs = _whole_files(db, warc_folder, index) if part.is_whole else _parts(warc_folder, belongings, index)
            for name, pieces in warcs:
                package.add(f"archive/{name}", pieces)
            _add_index(package, index)
            _add_description(package, title)
        return count
    finally:
        db.conn.rollback()


# ------------------------------------------------------------------------------------------------------------- pages


def _add_pages(package: _Zip, db: Database, part: Part, belongings: Belongings, progress: Done) -> int:
    """`pages.jsonl`: one line for each post, whose captures are noted on the way where only some go along."""
    count = 0
    if part.run_id is not None and not part.holds_back:
        belongings.add_run(part.run_id)

    def lines() -> Iterator[bytes]:
        nonlocal count
        yield _line(PAGES_HEAD)
        for record in part.selection.iter_records():
            page = _page_of(db, record, part.run_id)
            if page is None:
                continue
            if not part.is_whole:
                belongings.add_post(record["id"], part.run_id, alone=part.holds_back)
            yield _line(page)
            count += 1
            progress(count)

    package.add("pages/pages.jsonl", lines(), packed=True)
    return count


def _line(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _page_of(db: Database, record: dict[str, Any], run_id: int | None) -> dict[str, Any] | None:
    """The line about a post, under the address and instant of its capture; None when the run has no capture of it."""
    capture = next(iter(db.query(_CAPTURE, {"id": record["id"], "run": run_id})), None)
    if capture is None:
        if run_id is not None:
            return None
        capture = {"url": record["url"], "captured_at": record["last_seen_at"]}
    page = {
        "id": record["uid"],
        "url": capture["url"],
        "ts": capture["captured_at"],
        "title": record["title"] or record["url"],
        "text": record["text"],
        "kind": record["kind"],
        "outlet": record["outlet"],
        "authors": record["authors"],
        "original_on": record["original_on"],
        "original_url": record["original_url"],
        "posted_on": record["posted_on"],
    }
    return {name: value for name, value in page.items() if value not in (None, [])}


_CAPTURE: Final = """
    select captures.url, captures.captured_at
    from posts
    join captures as shown on shown.id = posts.capture_id
    join captures on captures.id = shown.id or captures.url = shown.url
    where posts.id = :id and captures.status = 200
        and (captures.run_id = :run or (:run is null and captures.id = shown.id))
    order by captures.id desc
    limit 1
"""


# ------------------------------------------------------------------------------------------------------------- records


def _whole_files(db: Database, folder: Path, index: Index) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and bytes of each WARC file, as far as it is committed; the index is filled while they are read."""
    for name, committed in db.execute("select name, committed_bytes from warc_files order by name").fetchall():
        yield name, _whole_file(folder / name, committed, index)


def _parts(folder: Path, belongings: Belongings, index: Index) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The same of what belongs to the export."""
    for name in belongings.files():
        yield name, _chosen_records(folder / name, belongings.offsets(name), index)


def _whole_file(path: Path, committed: int, index: Index) -> Iterator[bytes]:
    with _opened(path) as file:
        if file.size < committed:
            raise DamagedRecordError(path.name, file.size, f"the file ends before its {committed} bytes", cut=True)
        offset = 0
        while offset < committed:
            record = file.record_at(offset)
            index.add(record, path.name, offset)
            yield from _bytes_of(file, record)
            offset = record.end


def _chosen_records(path: Path, offsets: Iterable[int], index: Index) -> Iterator[bytes]:
    """The file's `warcinfo`, then each wanted answer behind its request."""
    at = 0
    with _opened(path) as file:
        first = file.record_at(0)
        if first.type == "warcinfo":
            at += first.length
            yield from _bytes_of(file, first)
        for offset in offsets:
            answer = file.record_at(offset)
            if request := _request_before(file, answer):
                at += request.length
                yield from _bytes_of(file, request)
            index.add(answer, path.name, at)
            at += answer.length
            yield from _bytes_of(file, answer)


def _opened(path: Path) -> WarcFile:
    try:
        return WarcFile(path, keep_bytes=HEAD_BYTES)
    except OSError as error:
        raise DamagedArchiveError(f"{path}: {error.strerror}", hint="clipfile verify names what is damaged") from error


def _bytes_of(file: WarcFile, record: RawRecord) -> Iterator[bytes]:
    for at in range(record.offset, record.end, STEP_BYTES):
        yield file.raw(at, min(STEP_BYTES, record.end - at))


def _request_before(file: WarcFile, answer: RawRecord) -> RawRecord | None:
    """The request of an answer, which our files have right before it; None in others' files."""
    if not has_our_name(file.path.name):
        return None
    start = max(0, answer.offset - REQUEST_BYTES)
    before = file.raw(start, answer.offset - start)
    place = before.rfind(GZIP_HEADER)
    while place >= 0:
        try:
            record = file.record_at(start + place)
        except DamagedRecordError:
            pass
        else:
            concurrent = bare(record.get("warc-concurrent-to") or "")
            is_it = record.end == answer.offset and record.type == "request" and concurrent == answer.id
            return record if is_it else None
        place = before.rfind(GZIP_HEADER, 0, place)
    return None


# --------------------------------------------------------------------------------------------- index and description


def _add_index(package: _Zip, index: Index) -> None:
    table = [TABLE_HEAD]
    offset = 0

    def blocks() -> Iterator[bytes]:
        nonlocal offset
        for block, first in index.blocks():
            table.append(table_line(block, first, offset))
            offset += len(block)
            yield block

    package.add(f"indexes/{INDEX}", blocks())
    package.add("indexes/index.idx", (line.encode() for line in table))


def _add_description(package: _Zip, title: str) -> None:
    description = {
        "profile": "data-package",
        "wacz_version": WACZ_VERSION,
        "title": title,
        "created": package.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "software": f"Clipfile/{version('clipfile')}",
        "resources": package.resources,
    }
    text = json.dumps(description, ensure_ascii=False, indent=2).encode("utf-8", "replace")
    digest = package.add("datapackage.json", [text], packed=True, listed=False)
    told = json.dumps({"path": "datapackage.json", "hash": digest}, indent=2).encode()
    package.add("datapackage-digest.json", [told], packed=True, listed=False)
