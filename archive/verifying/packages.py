"""A WACZ by itself: the zip, its list of digests, every WARC file in it, the index and the list of pages."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from isal import igzip_lib, isal_zlib

from archive.errors import UnusableFileError
from archive.fixity import Finding, Part, check_warcs
from archive.warc.facts import RecordFacts
from archive.warc.packages import DESCRIPTION, Package
from archive.warc.reading import ANSWERS, read_date
from archive.warc.rules import Severity

DIGEST: Final = "datapackage-digest.json"
PAGES: Final = "pages/pages.jsonl"
INDEXES: Final = (".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz")
UNLISTED: Final = (DESCRIPTION, DIGEST)
STEP_BYTES: Final = 256 * 1024
LINE_BYTES: Final = 64 * 1024 * 1024
"""Longer than any line of an index, or than the text of any page."""

_LINE = re.compile(r"(\S+) (\d{14}) (\{.*\})")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index."""

    file: str
    """Without its folder."""
    offset: int
    length: int
    at: str
    """Fourteen digits."""
    url: str


def check_package(path: Path, *, jobs: int = 1) -> Iterator[Finding]:
    """What is wrong with a WACZ, the zip first; a zip that can't be opened is one finding."""
    try:
        with (
            Package(path) as package,
            tempfile.TemporaryDirectory(prefix="clipfile-wacz-") as scratch,
            closing(Entries(Path(scratch) / "entries.db")) as entries,
        ):
            yield from _PackageCheck(package, Path(scratch), entries, jobs).findings()
    except UnusableFileError as error:
        yield Finding(severity="error", file=path.name, offset=error.offset or 0, what=error.problem)


class _PackageCheck:
    def __init__(self, package: Package, scratch: Path, entries: Entries, jobs: int) -> None:
        self._package, self._scratch, self._entries, self._jobs = package, scratch, entries, jobs
        self._digests: dict[str, str] = {}

    def findings(self) -> Iterator[Finding]:
        yield from self._missing()
        yield from self._contents()
        yield from self._index()
        yield from self._warcs({name: self._scratch / Path(name).name for name in self._package.warcs()})
        yield from self._pages()

    def _finding(self, name: str | None, what: str, *, url: str | None = None, severity: Severity = "error") -> Finding:
        member = self._package.members.get(name or "")
        file = f"{self._package.path.name}/{name}" if name else self._package.path.name
        return Finding(severity=severity, what=what, file=file, offset=member.header_offset if member else 0, url=url)

    def _missing(self) -> Iterator[Finding]:
        names = self._package.members
        if not self._package.warcs():
            yield self._finding(None, "there is no WARC file in it")
        if not any(name.startswith("indexes/") and name.endswith(INDEXES) for name in names):
            yield self._finding(None, "there is no index in it")
        for name, severity in MUST_BE_THERE.items():
            if name not in names:
                yield self._finding(None, f"{name} is missing", severity=severity)

    def _contents(self) -> Iterator[Finding]:
        """Every member against the list of digests, and the list against its own digest."""
        listed = self._package.listed() if DESCRIPTION in self._package.members else {}
        for name in self._package.members:
            try:
                size = self._read(name)
            except UnusableFileError as error:
                yield self._finding(name, error.problem)
                continue
            if name in listed:
                told = listed[name]
                if told.bytes != size or told.sha256 != self._digests[name]:
                    yield self._finding(name, f"{DESCRIPTION} gives it another length or digest")
            elif name not in UNLISTED and not name.endswith("/"):
                yield self._finding(name, f"{DESCRIPTION} does not list it")
        for name in listed.keys() - self._package.members.keys():
            yield self._finding(name, f"{DESCRIPTION} lists it, and it is not in the package")
        yield from self._digest()

    def _read(self, name: str) -> int:
        """Read a member, and keep it where it is a WARC file; returns its length in bytes."""
        digest, size = hashlib.sha256(), 0
        keep = self._scratch / Path(name).name if name in self._package.warcs() else None
        with keep.open("wb") if keep else tempfile.TemporaryFile() as file:
            for piece in self._package.pieces(name):
                digest.update(piece)
                size += len(piece)
                if keep:
                    file.write(piece)
        self._digests[name] = digest.hexdigest()
        return size

    def _digest(self) -> Iterator[Finding]:
        if DIGEST not in self._digests or DESCRIPTION not in self._digests:
            return
        try:
            told = json.loads(self._package.text(DIGEST))["hash"]
        except (ValueError, KeyError, TypeError, RecursionError):
            yield self._finding(DIGEST, "it names no digest")
            return
        if told != f"sha256:{self._digests[DESCRIPTION]}":
            yield self._finding(DIGEST, f"it gives {DESCRIPTION} another digest")

    def _index(self) -> Iterator[Finding]:
        """Findings about the index's own lines; what they say is kept to be compared with the records."""
        for name in sorted(n for n in self._digests if n.startswith("indexes/") and n.endswith(INDEXES)):
            for number, line in enumerate(self._lines(name), 1):
                entry = read_entry(line)
                if entry is None and line.strip() and not line.startswith("!"):
                    yield self._finding(name, f"line {number} of the index makes no sense")
                elif entry is not None:
                    self._entries.add(entry)

    def _lines(self, name: str) -> Iterator[str]:
        """The lines of a member, unpacked; in the place of what can't be read, one that makes no sense."""
        pieces = self._package.pieces(name)
        try:
            for line in lines_of(gunzipped(pieces) if name.endswith(".gz") else pieces):
                yield line.decode("utf-8", "replace")
        except ValueError as error:
            yield f"({error})"

    def _warcs(self, warcs: Mapping[str, Path]) -> Iterator[Finding]:
        """The files, checked, and the index beside their records."""
        names = {path.name: f"{self._package.path.name}/{name}" for name, path in warcs.items()}
        whole = [path for path in warcs.values() if path.is_file()]
        for found in check_warcs(whole, jobs=self._jobs, witnesses=self._entries.witness):
            yield replace(found, file=names[found.file or ""])
        for file, lines in self._entries.elsewhere({path.name for path in whole}):
            yield self._finding(None, f"the index has {lines} lines about {file}, which is not in the package")

    def _pages(self) -> Iterator[Finding]:
        if PAGES not in self._digests:
            return
        lines = self._lines(PAGES)
        if not str(_object(next(lines, "")).get("format", "")).startswith("json-pages"):
            yield self._finding(PAGES, "it does not begin as a list of pages")
        for number, line in enumerate(lines, 2):
            page = _object(line)
            if not isinstance(page.get("url"), str) or read_date(str(page.get("ts", ""))) is None:
                yield self._finding(PAGES, f"line {number} names no page and moment")


class Entries:
    """The lines of an index, in a file of SQLite's: there may be more of them than memory should hold."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        for statement in ("pragma journal_mode = off", "pragma synchronous = off", ENTRIES, "begin"):
            self._db.execute(statement)

    def close(self) -> None:
        self._db.close()

    def add(self, entry: Entry) -> None:
        values = entry.file, entry.offset, entry.length, entry.at, entry.url
        # SQLite's integers end at 2 ** 63; nothing in a file is so far behind
        if max(entry.offset, entry.length) < 1 << 62:
            self._db.execute("insert or replace into entries values (?, ?, ?, ?, ?)", values)

    def witness(self, part: Part) -> IndexWitness:
        found = self._db.execute(
            "select * from entries where file = ? and offset >= ? and offset < ? order by offset",
            (part.path.name, part.start, part.end if part.end is not None else 1 << 62),
        )
        return IndexWitness([Entry(*row) for row in found])

    def elsewhere(self, files: set[str]) -> Iterator[tuple[str, int]]:
        """How many lines there are about each file that is none of *files*."""
        counted = self._db.execute("select file, count(*) from entries group by file").fetchall()
        return ((file, lines) for file, lines in counted if file not in files)


ENTRIES: Final = """
    create table entries (
        file text, offset integer, length integer, at text, url text, primary key (file, offset)
    ) without rowid
"""


class IndexWitness:
    """The index against the records of one part, both ways."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = deque(entries)

    def see(self, facts: RecordFacts) -> Iterator[Finding]:
        while self._entries and self._entries[0].offset < facts.offset:
            yield _astray(self._entries.popleft())
        entry = self._entries.popleft() if self._entries and self._entries[0].offset == facts.offset else None
        what = _differences(entry, facts) if entry else None
        if entry is None and facts.type in ANSWERS and (facts.url or "").lower().startswith("http"):
            what = "the index has no line about this record"
        if what:
            yield Finding(severity="error", what=what, file=facts.file, offset=facts.offset, url=facts.url)

    def ended(self) -> Iterator[Finding]:
        yield from map(_astray, self._entries)


def _astray(entry: Entry) -> Finding:
    what = "the index says a record begins here, and none does"
    return Finding(severity="error", what=what, file=entry.file, offset=entry.offset, url=entry.url)


MUST_BE_THERE: Final[dict[str, Severity]] = {DESCRIPTION: "error", DIGEST: "warning", PAGES: "error"}


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def read_entry(line: str) -> Entry | None:
    """A line of a CDXJ index; None for one that is none."""
    found = _LINE.fullmatch(line.strip())
    facts = _object(found[3]) if found else {}
    try:
        return Entry(
            at=found[2] if found else "",
            url=str(facts["url"]),
            file=Path(str(facts["filename"])).name,
            offset=int(facts["offset"]),
            length=int(facts["length"]),
        )
    except (KeyError, ValueError, TypeError):
        return None


def _differences(entry: Entry, facts: RecordFacts) -> str | None:
    at = read_date(facts.date or "")
    if entry.length != facts.length:
        return f"the index gives this record {entry.length} bytes, it has {facts.length}"
    if at is not None and entry.at != f"{at:%Y%m%d%H%M%S}":
        return f"the index gives this record the instant {entry.at}"
    # the address of a request with a body stands in the index with that body behind it
    if facts.url and not entry.url.startswith(facts.url):
        return f"the index gives this record the address {entry.url}"
    return None


def lines_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends. Raises ValueError for one that is longer than any should be."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in lines)
        if len(rest) > LINE_BYTES:
            raise ValueError(f"a line of more than {LINE_BYTES} bytes")
    if rest:
        yield rest


def gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What is in the gzip members, one behind the other. Raises ValueError when they are damaged or cut."""
    inflater, fed = isal_zlib.decompressobj(31), False
    try:
        for piece in pieces:
            while piece:
                fed = True
                yield inflater.decompress(piece, STEP_BYTES)
                piece = inflater.unconsumed_tail or inflater.unused_data
                if inflater.eof:
                    inflater, fed = isal_zlib.decompressobj(31), False
    except igzip_lib.IsalError as error:  # type: ignore[misc]  # the stubs take it for an instance
        raise ValueError(f"is not gzip ({error})") from error
    if fed:
        raise ValueError("ends before its encoded stream does")
