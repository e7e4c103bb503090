"""A database made anew from the WARC files alone: every recorded answer goes once more to the code that first read it.

Nothing is reasoned out backwards from old pages. The spider's own methods are given the stored answers in the order in
which they came, run by run, on an empty database, with the clock set to each answer's instant; the frontier that grows
on the way holds the hints it held then. What no answer says can't come back: docs/keeping.md lists it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from archive.store import Store
from archive.store.decisions import ACCEPTED, MERGED, Decision, read_decisions
from archive.store.values import clock_set, instant
from archive.warc.records import DamagedRecordError, RawRecord, WarcFile
from archive.watches import look
from crawler import settings
from crawler.importing.again import take_again
from crawler.importing.taking import MODE, taken_files
from crawler.reading_room import get_ready
from crawler.recorded import RecordedRun, read_run
from crawler.replaying import Replay
from crawler.room import Bounds, opened

BOUNDS: Final = Bounds(cpu_s=settings.READING_CPU_MAX, memory_bytes=settings.READING_MEMORY_MAX)

Progress = Callable[[int, int], None]


@dataclass(kw_only=True)
class Rebuilt:
    """What came of it."""

    runs: int = 0
    captures: int = 0
    posts: int = 0
    revisions: int = 0
    corrections: int = 0
    lost_corrections: int = 0
    """Of posts no capture shows; they stay in corrections.jsonl."""
    left_out: list[str] = field(default_factory=list)
    """Files that tell of no run of ours, and that no import took."""
    damaged: list[str] = field(default_factory=list)
    """Places of records that can't be read, and why."""


def rebuild(
    warc: Path,
    store: Store,
    *,
    sites: tuple[Path, ...],
    outlets: Path,
    corrections: str,
    decisions: str = "",
    progress: Progress = lambda *_: None,
) -> Rebuilt:
    """Fill the empty *store* from the files in *warc*, then lay *corrections* (the text of corrections.jsonl) over it.

    *decisions* (the text of decisions.jsonl) are made again when their time comes. *sites* are the folders of site
    profiles, for runs that did not record theirs; *outlets* is the archive's own authority file.
    """
    rebuilt = Rebuilt()
    decided = Decided(store, read_decisions(decisions.splitlines()))
    runs = recorded_runs(warc, rebuilt, decided.renumbered)
    total = sum(path.stat().st_size for run in runs for path in run.files)
    done = 0
    store.db.execute("pragma synchronous = off")  # what a power cut leaves of it is thrown away
    with clock_set() as set_clock, opened(get_ready, outlets, bounds=BOUNDS) as (loop, room):
        numbers: dict[tuple[str, int], int] = {}
        for run in runs:
            decided.before(run.started_at, set_clock)
            set_clock(run.started_at)
            if run.mode == MODE:
                rebuilt.damaged += take_again(store, warc, run, run.profile(sites))
                rebuilt.runs += 1
                continue
            replay = Replay(store, warc, run, run.profile(sites), numbers, loop, room)
            for path in run.files:
                for raw in readable_records(path, rebuilt):
                    replay.take(raw, rebuilt.damaged, set_clock)
                    progress(done + raw.end, total)
                done += path.stat().st_size
            replay.finish()
            rebuilt.runs += 1
        decided.before(None, set_clock)
    with store.atomic():
        lost = store.corrections.restore(corrections)
        look(store, None)
    _count(store, rebuilt)
    rebuilt.lost_corrections = len(lost)
    return rebuilt


def _count(store: Store, rebuilt: Rebuilt) -> None:
    for table in ("captures", "posts", "revisions", "corrections"):
        setattr(rebuilt, table, store.db.execute(f"select count(*) from {table}").fetchone()[0])


def recorded_runs(warc: Path, rebuilt: Rebuilt, renumbered: Callable[[RecordedRun], RecordedRun]) -> list[RecordedRun]:
    """The runs that wrote the files in *warc*, in the order in which they ran, each with its files in theirs."""
    runs: dict[tuple[str, int, datetime], RecordedRun] = {}
    for path in sorted(path for path in warc.iterdir() if path.is_file()):
        run = read_run(path)
        if run is None:
            rebuilt.left_out.append(path.name)
            continue
        run = renumbered(run)
        key = run.site, run.number, run.started_at
        known = runs.get(key)
        runs[key] = replace(known, files=(*known.files, path)) if known else run
    imported = {file.name for run in runs.values() if run.mode == MODE for file in taken_files(run.info)}
    rebuilt.left_out = [name for name in rebuilt.left_out if name not in imported]
    # a file taken from another archive of ours tells of a run, too, but of one of that archive
    ours = [replace(run, files=tuple(file for file in run.files if file.name not in imported)) for run in runs.values()]
    resumed = {(run.site, run.resumes) for run in ours if run.files}
    told = (replace(run, is_gone_on_with=(run.site, run.number) in resumed) for run in ours if run.files)
    return sorted(told, key=lambda run: (run.started_at, run.number))


def readable_records(path: Path, rebuilt: Rebuilt) -> Iterator[RawRecord]:
    """The file's whole records; where one is damaged, its place is noted, and the next whole one follows."""
    with WarcFile(path) as file:
        offset: int | None = 0
        lost = False
        while offset is not None and offset < file.size:
            try:
                record = file.record_at(offset)
            except DamagedRecordError as error:
                if not lost:
                    rebuilt.damaged.append(str(error))
                lost, offset = True, file.next_start(offset)
            else:
                yield record
                lost, offset = False, record.end


class Decided:
    """What people decided about runs, decided again at its time."""

    def __init__(self, store: Store, decisions: Sequence[Decision]) -> None:
        self._store, self._waiting = store, list(decisions)
        merged = (run for each in decisions if each.what == MERGED for run in each.facts.get("runs", ()))
        self._numbers: dict[str, dict[str, Any]] = {run["file"]: run for run in merged}

    def renumbered(self, run: RecordedRun) -> RecordedRun:
        """A run of one file, with the number it was given when archives were merged."""
        given = self._numbers.get(run.files[0].name)
        return replace(run, number=given["number"], resumes=given["resumes"]) if given else run

    def before(self, moment: datetime | None, set_clock: Callable[[datetime], None]) -> None:
        """Make the decisions that were made before *moment*; None: all that are left."""
        while self._waiting and (moment is None or self._waiting[0].made_at <= instant(moment)):
            decision = self._waiting.pop(0)
            set_clock(datetime.fromisoformat(decision.made_at))
            with self._store.atomic():
                if decision.what == ACCEPTED:
                    self._accept(decision.facts["site"])
                self._store.decisions.save(decision)

    def _accept(self, site: str) -> None:
        row = self._store.db.execute("select id from sites where name = ?", [site]).fetchone()
        if row is not None:
            self._store.concluding.accept(row[0])


def put_aside(path: Path, at: datetime) -> Path | None:
    """Rename an old database with all that belongs to it, so that nothing is lost; None when there is none."""
    if not path.exists():
        return None
    aside = path.with_name(f"{path.stem}-before-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}{path.suffix}")
    for ending in ("", "-wal", "-shm", ".seal"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(aside.with_name(aside.name + ending))
    return aside
