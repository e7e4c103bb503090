"""A strict check of WARC files: everything WARC 1.1 demands, every digest computed again, every reference followed.

Common checkers compare the digests that are there and pass over what is missing, cut or contradictory. Here digests
must be there, lengths must be exact, a gzip member must hold one record and nothing else, requests and responses must
find each other, revisits their originals, and HTTP messages must be what they say. Files are read once, record by
record, in flat memory, several at a time; a witness sees every record on the way and may compare it with what it knows.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, Protocol

from archive.warc.facts import RecordFacts, computed_sha256, facts_of
from archive.warc.form import facts_in_form
from archive.warc.ledger import LOST, Ledger, bad_references, ids_used_twice, key
from archive.warc.messages import Message
from archive.warc.reading import ANSWERS
from archive.warc.records import GZIP_HEADER, DamagedRecordError, RawRecord, WarcFile
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

Check = Literal["record", "pointer", "database", "search", "posts"]
"""`record`: a WARC file by itself; `pointer`: database against WARC files; `database`: the file and its structure;
`search`: the full-text index; `posts`: what a post's rows say of each other, and the counts of them."""

IN_FORM_BYTES: Final = 16 * 1024 * 1024
"""Longer records, which are few, are read in pieces by the rules alone."""
WORTH_PROCESSES_BYTES: Final = 8 * 1024 * 1024
"""Below this, starting processes takes longer than all the rest."""
PART_BYTES: Final = 16 * 1024 * 1024
"""Length a part of a file is meant to have: small enough that no process is left alone with the last one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    severity: Severity
    """`error`: damaged or not valid. `warning`: odd or unchecked, but it may have been captured so."""
    check: Check = "record"
    what: str
    file: str | None = None
    """Name of the WARC file or database."""
    offset: int | None = None
    """Byte in that file; None when it is not about one place."""
    url: str | None = None
    """What it is a capture or post of; None when that can't be read or there is no address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A file, or a stretch of one of ours that begins with a request, so that every pair lies in one part."""

    path: Path
    start: int = 0
    end: int | None = None
    """None: the end of the file."""


class Witness(Protocol):
    """Knows something of its own about the records of a part."""

    def see(self, facts: RecordFacts) -> Iterator[Finding]:
        """Told of every whole record, in their order."""

    def ended(self) -> Iterator[Finding]:
        """What it knows of and did not see."""


Witnesses = Callable[[Part], Witness | None]
"""Makes the witness of a part; asked for one part after the other. It goes to the process that checks the part, so it
must pickle."""
Advance = Callable[[int, int], None]
"""Told how many bytes, and how many records, were gone through more."""


def nobody(_: Part) -> None:
    """There is no witness."""


def check_warc(path: Path) -> Iterator[Finding]:
    """What is wrong with one file, in the order of its records. An original in another file is not looked for."""
    return _PartCheck(Part(path=path)).findings()


def check_warcs(
    paths: Iterable[Path],
    *,
    jobs: int = 1,
    witnesses: Witnesses = nobody,
    advance: Advance = lambda _bytes, _records: None,
) -> Iterator[Finding]:
    """What is wrong with these files, and between them: ids used twice, revisits whose original is in none of them.

    With *jobs* > 1, files are checked in as many processes, long ones of ours in parts; the findings are the same, in
    the same order.
    """
    surveyed: list[tuple[Path, Ledger]] = []
    for part, findings, ledger in _surveys(list(paths), jobs, witnesses):
        yield from findings
        surveyed.append((part.path, ledger))
        advance((part.end or part.path.stat().st_size) - part.start, len(ledger.ids))
    ledgers = [ledger for _, ledger in surveyed]
    for number, offset in ids_used_twice(ledgers):
        yield _finding_at(surveyed[number][0], offset, "a record with the same id is elsewhere in these files")
    for number, offset, what in bad_references(ledgers):
        path = surveyed[number][0]
        # whoever made an imported file may have kept the original in one that nobody gave us
        severity: Severity = "error" if has_our_name(path.name) or what != LOST else "warning"
        yield _finding_at(path, offset, what, severity)


def _finding_at(path: Path, offset: int, what: str, severity: Severity = "error") -> Finding:
    with WarcFile(path) as file:
        url = file.record_at(offset).url()
    return Finding(severity=severity, url=url, file=path.name, offset=offset, what=what)


class _PartCheck:
    """One pass over one file, or over a part of one of ours."""

    def __init__(self, part: Part, witness: Witness | None = None) -> None:
        self.ledger = Ledger()
        self._path, self._start, self._end = part.path, part.start, part.end
        self._witness = witness
        self._ours = part.start > 0 or has_our_name(part.path.name)
        self._now = datetime.now(UTC)
        self._ids: set[int] = set()
        self._requests: dict[str, RecordFacts] = {}
        """Requests whose answer has not come yet, under its id."""
        self._answers: dict[str, RecordFacts] = {}
        """Answers whose request has not come yet; only in files of ours, which have them all."""

    def findings(self) -> Iterator[Finding]:
        with WarcFile(self._path) as file:
            if not file.size:
                yield self._finding(0, None, ("error", "an empty file"))
            yield from self._through(file)
        for request in self._requests.values():
            yield self._finding(request.offset, request.url, ("error", "no record answers this request"))
        for answer in self._answers.values():
            yield self._finding(answer.offset, answer.url, ("error", "the request to this answer is missing"))
        if self._witness:
            yield from self._witness.ended()

    def _through(self, file: WarcFile) -> Iterator[Finding]:
        """Record by record; for each stretch that is none, one finding, and on with the next whole record behind it."""
        offset: int | None = self._start
        end = file.size if self._end is None else self._end
        lost = False
        while offset is not None and offset < end:
            try:
                facts = yield from self._record(file, offset)
            except DamagedRecordError as error:
                if not lost:
                    yield self._finding(offset, None, ("error", error.problem))
                lost, offset = True, file.next_start(offset)
            else:
                lost, offset = False, offset + facts.length

    def _record(self, file: WarcFile, offset: int) -> Generator[Finding, None, RecordFacts]:
        facts = self._in_form(file, offset) if self._ours and offset else None
        if facts is None:
            raw = file.record_at(offset)
            message = read_message(raw)
            facts = facts_of(raw, message)
            for fault in self._faults(file, raw, message):
                yield self._finding(offset, facts.url, fault)
            if self._witness and facts.sha256 is None:
                facts = facts._replace(sha256=computed_sha256(raw, message))
        for fault in self._faults_between(facts):
            yield self._finding(offset, facts.url, fault)
        if self._witness:
            yield from self._witness.see(facts)
        return facts

    def _finding(self, offset: int, url: str | None, fault: Fault) -> Finding:
        return Finding(severity=fault[0], url=url, file=self._path.name, offset=offset, what=fault[1])

    def _in_form(self, file: WarcFile, offset: int) -> RecordFacts | None:
        inflated = file.inflated(offset, IN_FORM_BYTES)
        if inflated is None:
            return None
        data, end = inflated
        return facts_in_form(data, (self._path.name, offset, end - offset), self._method_of, self._now)

    def _method_of(self, answer_id: str) -> str:
        return self._requests[answer_id].method if answer_id in self._requests else "GET"

    def _faults(self, file: WarcFile, raw: RawRecord, message: Message | None) -> Iterator[Fault]:
        """Of a record by itself."""
        yield from self._place_faults(file, raw)
        yield from header_faults(raw, ours=self._ours, now=self._now)
        yield from digest_faults(raw, message, ours=self._ours)
        yield from message_faults(raw, message, self._method_of(raw.id))
        if raw.type == "warcinfo":
            yield from info_faults(raw, ours=self._ours)
        elif raw.type == "revisit":
            yield from revisit_faults(raw, ours=self._ours)

    def _place_faults(self, file: WarcFile, raw: RawRecord) -> Iterator[Fault]:
        if raw.offset == 0:
            self._ours = raw.type == "warcinfo" and made_by_us(raw)
            if raw.type != "warcinfo" and has_our_name(raw.file):
                yield "error", f"the file begins with a {raw.type} record, not with warcinfo"
        if self._ours and file.raw(raw.offset, len(GZIP_HEADER)) != GZIP_HEADER:
            yield "error", "the gzip header is not as it was written"

    def _faults_between(self, facts: RecordFacts) -> Iterator[Fault]:
        """Of a record beside those before it."""
        id_key = key(facts.id)
        if id_key in self._ids:
            yield "error", f"a second record with the id {facts.id}"
        else:
            self._ids.add(id_key)
            self.ledger.ids.append(id_key)
            self.ledger.id_offsets.append(facts.offset)
        yield from self._request_faults(facts) if facts.type == "request" else self._answer_faults(facts)
        self.ledger.note(facts, id_key)

    def _request_faults(self, request: RecordFacts) -> Iterator[Fault]:
        if not request.concurrent and self._ours:
            yield "error", "the request does not say which record answers it"
        for answer_id in request.concurrent:
            if answer_id in self._answers:
                yield from _differences(request, self._answers.pop(answer_id))
                continue
            is_past = key(answer_id) in self._ids
            if answer_id in self._requests or (self._ours and is_past):
                yield "error", "a second request for one answer"
            elif not is_past:
                self._requests[answer_id] = request

    def _answer_faults(self, answer: RecordFacts) -> Iterator[Fault]:
        if answer.id in self._requests:
            yield from _differences(answer, self._requests.pop(answer.id))
        elif self._ours and answer.type in ANSWERS:
            self._answers[answer.id] = answer


def _differences(facts: RecordFacts, partner: RecordFacts) -> Iterator[Fault]:
    if (facts.url, facts.date) != (partner.url, partner.date):
        yield "error", "request and answer differ in address or date"


Survey = tuple[Part, list[Finding], Ledger]


def _survey(part: Part, witness: Witness | None) -> Survey:
    check = _PartCheck(part, witness)
    return part, list(check.findings()), check.ledger


def _surveys(paths: list[Path], jobs: int, witnesses: Witnesses) -> Iterator[Survey]:
    parts = [part for path in paths for part in _parts(path)]
    if jobs < 2 or len(parts) < 2 or sum(path.stat().st_size for path in paths) < WORTH_PROCESSES_BYTES:
        yield from (_survey(part, witnesses(part)) for part in parts)
    else:
        yield from _side_by_side(parts, min(jobs, len(parts)), witnesses)


def _side_by_side(parts: Iterable[Part], jobs: int, witnesses: Witnesses) -> Iterator[Survey]:
    """No more parts are handed out than keep the processes busy: witnesses and findings wait nowhere."""
    # slow to import, and small archives need neither
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(jobs, mp_context=get_context(HOW_STARTED)) as pool:
        waiting: deque[Future[Survey]] = deque()
        for part in parts:
            waiting.append(pool.submit(_survey, part, witnesses(part)))
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        for survey in waiting:
            yield survey.result()


HOW_STARTED: Final = "fork" if sys.platform == "linux" else "spawn"
"""A forked process has everything imported already. Nothing here runs threads, which would be the reason against it."""


def _parts(path: Path) -> list[Part]:
    """The file whole; a long one of ours in parts."""
    size = path.stat().st_size
    if size < 2 * PART_BYTES or not has_our_name(path.name):
        return [Part(path=path)]
    with WarcFile(path) as file:
        if not _begins_as_ours(file):
            return [Part(path=path)]
        starts = [0, *filter(None, (_request_behind(file, at) for at in range(PART_BYTES, size, PART_BYTES)))]
    starts = sorted(set(starts))
    return [Part(path=path, start=start, end=end) for start, end in zip(starts, [*starts[1:], None], strict=True)]


def _begins_as_ours(file: WarcFile) -> bool:
    try:
        first = file.record_at(0)
    except DamagedRecordError:
        return False
    return first.type == "warcinfo" and made_by_us(first)


def _request_behind(file: WarcFile, at: int) -> int | None:
    """Where the first whole request behind *at* begins: with it an exchange does. None when there is none."""
    start = file.next_start(at)
    records = file.whole_records(start) if start is not None else iter(())
    return next((record.offset for record in records if record.type == "request"), None)
