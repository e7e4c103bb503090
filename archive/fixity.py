"""A strict check of WARC files: everything WARC 1.1 demands, every digest computed again, every reference followed.

Common checkers compare the digests that are there and pass over what is missing, cut or contradictory. Here digests
must be there, lengths must be exact, a gzip member must hold one record and nothing else, requests and responses must
find each other, revisits their originals, and HTTP messages must be what they say. Files are read once, record by
record, in flat memory; several can be checked at a time.
"""

from __future__ import annotations

import hashlib
import itertools
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from archive.warc.digests import read_label
from archive.warc.reading import read_date
from archive.warc.records import GZIP_HEADER, DamagedRecordError, RawRecord, WarcFile, bare
from archive.warc.rules import (
    Fault,
    Severity,
    digest_faults,
    header_faults,
    info_faults,
    message_faults,
    read_message,
    revisit_faults,
)
from archive.warc.tail import has_our_name, made_by_us

ANSWERS: Final = ("response", "revisit")
PAIRED: Final = (*ANSWERS, "resource", "metadata")
"""What a request may be concurrent to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    severity: Severity
    """`error`: damaged or not valid. `warning`: odd, but it may have been captured so."""
    url: str | None
    """What the record is a capture of; None when it can't be read or has no address."""
    file: str
    offset: int
    what: str


def check_warc(path: Path) -> Iterator[Finding]:
    """What is wrong with one file, in the order of its records. An original in another file is not looked for."""
    return _FileCheck(path).findings()


def check_warcs(paths: Iterable[Path], *, jobs: int = 1) -> Iterator[Finding]:
    """What is wrong with these files, and between them: ids used twice, revisits whose original is in none of them.

    With *jobs* > 1, files are checked in as many processes, long ones of ours in parts; the findings are the same, in
    the same order.
    """
    ledgers: list[tuple[Path, _Ledger]] = []
    for part, findings, ledger in _surveys(list(paths), jobs):
        yield from findings
        ledgers.append((part.path, ledger))
    yield from _duplicate_ids(ledgers)
    yield from _lost_originals(ledgers)


@dataclass(slots=True)
class _Ledger:
    """What a file's records say about themselves and others, as 64-bit keys: a few dozen bytes a capture."""

    ids: array[int] = field(default_factory=lambda: array("Q"))
    id_offsets: array[int] = field(default_factory=lambda: array("Q"))
    originals: array[int] = field(default_factory=lambda: array("Q"))
    """Four for each response: its id, its address and instant, its payload's SHA-1 and SHA-256; 0 for what is not
    said."""
    references: array[int] = field(default_factory=lambda: array("Q"))
    """Five for each revisit: its offset, then the same four of what it refers to."""


def _key(text: str | bytes | None) -> int:
    """64 bits standing for *text*; 0 for None."""
    if text is None:
        return 0
    octets = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(octets, digest_size=8).digest(), "big")


def _address_key(uri: str | None, date: str | None) -> int:
    at = read_date(date or "")
    return _key(f"{bare(uri)} {at.timestamp():.0f}") if uri and at else 0


def _payload_keys(raw: RawRecord) -> tuple[int, int]:
    """By SHA-1 and by SHA-256, which stand in two fields of ours, and in one or none of other writers'."""
    labels = (raw.get("warc-payload-digest"), raw.get("warc-payload-digest-sha256"))
    digests = dict(digest for label in labels if label and (digest := read_label(label)))
    return _key(digests.get("sha1")), _key(digests.get("sha256"))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """A file, or a stretch of one of ours that begins with a request, so that every pair lies in one part."""

    path: Path
    start: int = 0
    end: int | None = None
    """None: the end of the file."""


class _FileCheck:
    """One pass over one file, or over a part of one of ours."""

    def __init__(self, path: Path, start: int = 0, end: int | None = None) -> None:
        self.ledger = _Ledger()
        self._path, self._start, self._end = path, start, end
        self._ours = start > 0
        self._now = datetime.now(UTC)
        self._ids: set[int] = set()
        self._requests: dict[str, tuple[RawRecord, str]] = {}
        """Requests whose answer has not come yet, under its id, with their method."""
        self._answers: dict[str, tuple[str | None, str | None, int]] = {}
        """Address, instant and offset of answers whose request has not come yet; only in files of ours, which have
        them all."""

    def findings(self) -> Iterator[Finding]:
        with WarcFile(self._path) as file:
            if not file.size:
                yield self._finding(0, None, ("error", "an empty file"))
            for item in self._records(file):
                yield from [item] if isinstance(item, Finding) else self._of_record(file, item)
        yield from self._without_partner()

    def _records(self, file: WarcFile) -> Iterator[RawRecord | Finding]:
        """Whole records; for each stretch that is none, one finding, and on with the next whole record behind it."""
        offset: int | None = self._start
        end = file.size if self._end is None else self._end
        lost = False
        while offset is not None and offset < end:
            try:
                record = file.record_at(offset)
            except DamagedRecordError as error:
                if not lost:
                    yield self._finding(offset, None, ("error", error.problem))
                lost, offset = True, file.next_start(offset)
            else:
                yield record
                lost, offset = False, record.end

    def _finding(self, offset: int, url: str | None, fault: Fault) -> Finding:
        return Finding(severity=fault[0], url=url, file=self._path.name, offset=offset, what=fault[1])

    def _of_record(self, file: WarcFile, raw: RawRecord) -> Iterator[Finding]:
        for fault in self._faults(file, raw):
            yield self._finding(raw.offset, raw.url(), fault)

    def _faults(self, file: WarcFile, raw: RawRecord) -> Iterator[Fault]:
        message = read_message(raw)
        yield from self._place_faults(file, raw)
        yield from header_faults(raw, ours=self._ours, now=self._now)
        yield from digest_faults(raw, message, ours=self._ours)
        yield from self._id_faults(raw)
        method = self._requests[raw.id][1] if raw.id in self._requests else "GET"
        yield from message_faults(raw, message, method)
        if raw.type == "warcinfo":
            yield from info_faults(raw, ours=self._ours)
        elif raw.type == "revisit":
            yield from revisit_faults(raw, ours=self._ours)
        yield from self._pair_faults(raw, message.start[0] if message else "GET")
        self._note(raw)

    def _place_faults(self, file: WarcFile, raw: RawRecord) -> Iterator[Fault]:
        if raw.offset == 0:
            self._ours = raw.type == "warcinfo" and made_by_us(raw)
            if raw.type != "warcinfo" and has_our_name(raw.file):
                yield "error", f"the file begins with a {raw.type} record, not with warcinfo"
        if self._ours and file.raw(raw.offset, len(GZIP_HEADER)) != GZIP_HEADER:
            yield "error", "the gzip header is not as it was written"

    def _id_faults(self, raw: RawRecord) -> Iterator[Fault]:
        key = _key(raw.id)
        if key in self._ids:
            yield "error", f"a second record with the id {raw.id}"
        else:
            self._ids.add(key)
            self.ledger.ids.append(key)
            self.ledger.id_offsets.append(raw.offset)

    def _pair_faults(self, raw: RawRecord, method: str) -> Iterator[Fault]:
        if raw.type == "request":
            concurrent = [bare(value) for name, value in raw.fields if name.lower() == "warc-concurrent-to"]
            if not concurrent and self._ours:
                yield "error", "the request does not say which record answers it"
            for answer_id in concurrent:
                yield from self._take_request(raw, method, answer_id)
        elif raw.id in self._requests:
            request, _ = self._requests.pop(raw.id)
            yield from _differences(raw, request.url(), request.get("warc-date"))
        elif self._ours and raw.type in ANSWERS:
            self._answers[raw.id] = raw.url(), raw.get("warc-date"), raw.offset

    def _take_request(self, raw: RawRecord, method: str, answer_id: str) -> Iterator[Fault]:
        if answer_id in self._answers:
            yield from _differences(raw, *self._answers.pop(answer_id)[:2])
        elif answer_id in self._requests or (self._ours and _key(answer_id) in self._ids):
            yield "error", "a second request for one answer"
        elif _key(answer_id) not in self._ids:
            self._requests[answer_id] = raw, method

    def _without_partner(self) -> Iterator[Finding]:
        for request, _ in self._requests.values():
            yield self._finding(request.offset, request.url(), ("error", "no record answers this request"))
        for url, _, offset in self._answers.values():
            yield self._finding(offset, url, ("error", "the request to this answer is missing"))

    def _note(self, raw: RawRecord) -> None:
        """For what can only be known when all files are read."""
        if raw.type in ("response", "resource"):
            address = _address_key(raw.url(), raw.get("warc-date"))
            self.ledger.originals.extend((_key(raw.id), address, *_payload_keys(raw)))
        elif raw.type == "revisit":
            refers_to = raw.get("warc-refers-to")
            record_id = _key(bare(refers_to)) if refers_to else 0
            address = _address_key(raw.get("warc-refers-to-target-uri"), raw.get("warc-refers-to-date"))
            self.ledger.references.extend((raw.offset, record_id, address, *_payload_keys(raw)))


def _differences(raw: RawRecord, url: str | None, date: str | None) -> Iterator[Fault]:
    if (raw.url(), raw.get("warc-date")) != (url, date):
        yield "error", "request and answer differ in address or date"


def _survey(part: _Part) -> tuple[_Part, list[Finding], _Ledger]:
    check = _FileCheck(part.path, part.start, part.end)
    return part, list(check.findings()), check.ledger


def _surveys(paths: list[Path], jobs: int) -> Iterator[tuple[_Part, list[Finding], _Ledger]]:
    parts = [part for path in paths for part in _parts(path, jobs)]
    if jobs < 2 or len(parts) < 2 or sum(path.stat().st_size for path in paths) < WORTH_PROCESSES_BYTES:
        yield from (_survey(_Part(path=path)) for path in paths)
        return
    with ProcessPoolExecutor(min(jobs, len(parts)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(_survey, parts)


WORTH_PROCESSES_BYTES: Final = 8 * 1024 * 1024
"""Below this, starting processes takes longer than all the rest."""
PART_BYTES: Final = 16 * 1024 * 1024
"""Length a part of a file is meant to have: small enough that no process is left alone with the last one."""


def _parts(path: Path, jobs: int) -> list[_Part]:
    """The file whole; a long one of ours in parts, where there is more than one process to read them."""
    size = path.stat().st_size
    if jobs < 2 or size < 2 * PART_BYTES or not has_our_name(path.name):
        return [_Part(path=path)]
    with WarcFile(path) as file:
        if not _begins_as_ours(file):
            return [_Part(path=path)]
        starts = [0, *filter(None, (_request_behind(file, at) for at in range(PART_BYTES, size, PART_BYTES)))]
    starts = sorted(set(starts))
    return [_Part(path=path, start=start, end=end) for start, end in zip(starts, [*starts[1:], None], strict=True)]


def _begins_as_ours(file: WarcFile) -> bool:
    try:
        first = file.record_at(0)
    except DamagedRecordError:
        return False
    return first.type == "warcinfo" and made_by_us(first)


def _request_behind(file: WarcFile, at: int) -> int | None:
    """Where the first whole request behind *at* begins: with it an exchange does. None when there is none."""
    offset = file.next_start(at)
    while offset is not None and offset < file.size:
        try:
            record = file.record_at(offset)
        except DamagedRecordError:
            offset = file.next_start(offset)
            continue
        if record.type == "request":
            return offset
        offset = record.end
    return None


def _duplicate_ids(ledgers: list[tuple[Path, _Ledger]]) -> Iterator[Finding]:
    """Ids in more than one file; within a file they were found on the way."""
    everywhere = sorted(itertools.chain.from_iterable(ledger.ids for _, ledger in ledgers))
    twice = {first for first, second in itertools.pairwise(everywhere) if first == second}
    seen: set[int] = set()
    for path, ledger in ledgers if twice else ():
        for key, offset in zip(ledger.ids, ledger.id_offsets, strict=True):
            if key in seen:
                yield _finding_at(path, offset, "a record with the same id is elsewhere in these files")
        seen.update(twice.intersection(ledger.ids))


def _lost_originals(ledgers: list[tuple[Path, _Ledger]]) -> Iterator[Finding]:
    wanted = {key for _, ledger in ledgers for row in _rows(ledger.references, 5) for key in row[1:3] if key}
    known: dict[int, list[_Row]] = {}
    for _, ledger in ledgers if wanted else ():
        for original in _rows(ledger.originals, 4):
            for key in wanted.intersection(original[:2]):
                known.setdefault(key, []).append(original)
    for path, ledger in ledgers:
        for offset, *reference in _rows(ledger.references, 5):
            what = _original_problem(reference, known)
            if what:
                # whoever made an imported file may have kept the original in one that nobody gave us
                severity: Severity = "error" if has_our_name(path.name) or what != LOST else "warning"
                yield _finding_at(path, offset, what, severity)


_Row = tuple[int, ...]

LOST: Final = "the original of this revisit is in none of the files"


def _rows(numbers: array[int], width: int) -> Iterator[_Row]:
    return zip(*[iter(numbers)] * width, strict=True)


def _original_problem(reference: Sequence[int], known: Mapping[int, list[_Row]]) -> str | None:
    """*reference* and the rows of *known* are id, address and instant, SHA-1, SHA-256; 0 agrees with anything."""
    record_id, address, *_ = reference
    if not record_id and not address:
        return None  # said already, of the record itself
    candidates = known.get(record_id or address, [])
    if not candidates:
        return LOST
    if any(all(a == b or not a or not b for a, b in zip(reference, row, strict=True)) for row in candidates):
        return None
    return "the revisit and its original differ in address, date or payload"


def _finding_at(path: Path, offset: int, what: str, severity: Severity = "error") -> Finding:
    with WarcFile(path) as file:
        url = file.record_at(offset).url()
    return Finding(severity=severity, url=url, file=path.name, offset=offset, what=what)
