"""A WACZ by itself: the zip, its list of digests, every WARC file in it, the index and the list of pages."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tempfile
import zlib
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from archive.errors import UnusableFileError
from archive.fixity import Finding, check_warcs
from archive.warc.packages import DESCRIPTION, Package
from archive.warc.reading import ANSWERS, read_date
from archive.warc.records import DamagedRecordError, RawRecord, WarcFile
from archive.warc.rules import Severity

DIGEST: Final = "datapackage-digest.json"
PAGES: Final = "pages/pages.jsonl"
INDEXES: Final = (".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz")
UNLISTED: Final = (DESCRIPTION, DIGEST)

_LINE = re.compile(r"(\S+) (\d{14}) (\{.*\})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of the index."""

    at: str
    """Fourteen digits."""
    url: str
    file: str
    offset: int
    length: int


def check_package(path: Path) -> Iterator[Finding]:
    """What is wrong with a WACZ, the zip first; a zip that can't be opened is one finding."""
    try:
        with Package(path) as package, tempfile.TemporaryDirectory(prefix="clipfile-wacz-") as scratch:
            yield from _PackageCheck(package, Path(scratch)).findings()
    except UnusableFileError as error:
        yield Finding(severity="error", url=None, file=path.name, offset=error.offset or 0, what=error.problem)


class _PackageCheck:
    def __init__(self, package: Package, scratch: Path) -> None:
        self._package, self._scratch = package, scratch
        self._digests: dict[str, str] = {}

    def findings(self) -> Iterator[Finding]:
        yield from self._missing()
        yield from self._contents()
        entries = yield from self._index()
        warcs = {name: self._scratch / Path(name).name for name in self._package.warcs()}
        for name, found in self._warcs(warcs):
            yield replace(found, file=f"{self._package.path.name}/{name}")
        for name, path in warcs.items():
            yield from self._indexed(name, path, entries.pop(path.name, {}))
        for file, lines in entries.items():
            yield self._finding(None, f"the index has {len(lines)} lines about {file}, which is not in the package")
        yield from self._pages()

    def _finding(self, name: str | None, what: str, *, url: str | None = None, severity: Severity = "error") -> Finding:
        member = self._package.members.get(name or "")
        file = f"{self._package.path.name}/{name}" if name else self._package.path.name
        return Finding(severity=severity, url=url, file=file, offset=member.header_offset if member else 0, what=what)

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

    def _index(self) -> Generator[Finding, None, dict[str, dict[int, Entry]]]:
        """Findings about the index's own lines; returns file → offset → line."""
        entries: dict[str, dict[int, Entry]] = {}
        for name in sorted(n for n in self._digests if n.startswith("indexes/") and n.endswith(INDEXES)):
            for number, line in enumerate(self._lines(name), 1):
                entry = read_entry(line)
                if entry is None and line.strip() and not line.startswith("!"):
                    yield self._finding(name, f"line {number} of the index makes no sense")
                elif entry is not None:
                    entries.setdefault(Path(entry.file).name, {})[entry.offset] = entry
        return entries

    def _lines(self, name: str) -> list[str]:
        text = self._package.text(name)
        try:
            data = gzip.decompress(text) if name.endswith(".gz") else text
        except (OSError, EOFError, zlib.error):
            data = b"damaged"
        return data.decode("utf-8", "replace").splitlines()

    def _warcs(self, warcs: Mapping[str, Path]) -> Iterator[tuple[str, Finding]]:
        names = {path.name: name for name, path in warcs.items()}
        whole = [path for path in warcs.values() if path.is_file()]
        for found in check_warcs(whole):
            yield names[found.file], found

    def _indexed(self, name: str, path: Path, entries: dict[int, Entry]) -> Iterator[Finding]:
        """The index against the records of one file, both ways."""
        for raw in _records(path):
            entry = entries.pop(raw.offset, None)
            if entry is not None and (what := _differences(entry, raw)):
                yield replace(self._finding(name, what, url=raw.url()), offset=raw.offset)
            elif entry is None and raw.type in ANSWERS and (raw.url() or "").lower().startswith("http"):
                yield replace(self._finding(name, "the index has no line about this record", url=raw.url()),
                              offset=raw.offset)  # fmt: skip
        for offset, entry in entries.items():
            what = "the index says a record begins here, and none does"
            yield replace(self._finding(name, what, url=entry.url), offset=offset)

    def _pages(self) -> Iterator[Finding]:
        if PAGES not in self._digests:
            return
        lines = self._package.text(PAGES).decode("utf-8", "replace").splitlines()
        if not lines or not str(_object(lines[0]).get("format", "")).startswith("json-pages"):
            yield self._finding(PAGES, "it does not begin as a list of pages")
        for number, line in enumerate(lines[1:], 2):
            page = _object(line)
            if not isinstance(page.get("url"), str) or read_date(str(page.get("ts", ""))) is None:
                yield self._finding(PAGES, f"line {number} names no page and moment")


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
            file=str(facts["filename"]),
            offset=int(facts["offset"]),
            length=int(facts["length"]),
        )
    except (KeyError, ValueError, TypeError):
        return None


def _differences(entry: Entry, raw: RawRecord) -> str | None:
    at = read_date(raw.get("warc-date") or "")
    if entry.length != raw.length:
        return f"the index gives this record {entry.length} bytes, it has {raw.length}"
    if at is not None and entry.at != f"{at:%Y%m%d%H%M%S}":
        return f"the index gives this record the instant {entry.at}"
    # the address of a request with a body stands in the index with that body behind it
    if raw.url() and not entry.url.startswith(raw.url() or ""):
        return f"the index gives this record the address {entry.url}"
    return None


def _records(path: Path) -> Iterator[RawRecord]:
    """Whole records; what is damaged between them was named already."""
    if not path.is_file():
        return
    with WarcFile(path) as file:
        offset: int | None = 0
        while offset is not None and offset < file.size:
            try:
                record = file.record_at(offset)
            except DamagedRecordError:
                offset = file.next_start(offset)
            else:
                yield record
                offset = record.end
