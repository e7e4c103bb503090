"""A database made anew from the WARC files alone: every recorded answer goes once more to the code that first read it.

Nothing is reasoned out backwards from old pages. The spider's own methods are given the stored answers in the order in
which they came, run by run, on an empty database, with the clock set to each answer's instant; the frontier that grows
on the way holds the hints it held then. What no answer says can't come back: docs/keeping.md lists it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urljoin

from scrapy.http import Headers, Request, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import Settings

from archive.errors import ArchiveError
from archive.holdings import as_served
from archive.requisites import ROLES
from archive.store import Store
from archive.store.decisions import ACCEPTED, MERGED, Decision, read_decisions
from archive.store.frontier import Seed
from archive.store.values import clock_set, instant
from archive.urls import canonical_url
from archive.warc import Exchange, Record, read_exchange
from archive.warc.digests import read_label
from archive.warc.facts import ROLE_FIELD
from archive.warc.reading import ANSWERS
from archive.warc.records import DamagedRecordError, RawRecord, WarcFile
from archive.watches import look
from crawler import desk, settings
from crawler.guard import Origin
from crawler.importing.again import take_again
from crawler.importing.taking import MODE, taken_files
from crawler.items import PostItem
from crawler.keeper import Kept
from crawler.limits import BodyLimits, whole_body
from crawler.modes import PastRun, Plan, choose_plan
from crawler.pipelines import ChecksPipeline, StorePipeline
from crawler.profiles import SiteProfile
from crawler.recorded import RecordedRun, read_run
from crawler.requisites import Requisites, requisite_key
from crawler.robots import Rules, read_robots
from crawler.room import Bounds, Room, opened
from crawler.skips import Skipped
from crawler.spiders.blog import BlogSpider
from crawler.tally import Tally

LIMITS_OF_A_RUN: Final = ("REQUISITES_MAX", "LISTING_PAGES_MAX", "SITE_URLS_MAX")
REDIRECTS: Final = (301, 302, 303, 307, 308)
BOUNDS: Final = Bounds(cpu_s=settings.READING_CPU_MAX, memory_bytes=settings.READING_MEMORY_MAX)
LIMITS: Final = BodyLimits(decoded_bytes=settings.DOWNLOAD_MAXSIZE, ratio=settings.DECOMPRESSION_MAXRATIO)
TURNS: Final = 8
"""Times the event loop goes round after an answer, so that a post that waited for its last page gets stored."""

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
    with clock_set() as set_clock, opened(desk.get_ready, outlets, bounds=BOUNDS) as (loop, room):
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
                    replay.take(raw, rebuilt, set_clock)
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


class Replay:
    """One run, over again."""

    def __init__(
        self,
        store: Store,
        warc: Path,
        run: RecordedRun,
        profile: SiteProfile,
        numbers: dict[tuple[str, int], int],
        loop: asyncio.AbstractEventLoop,
        room: Room,
    ) -> None:
        self._store, self._warc, self._run, self._loop, self._room = store, warc, run, loop, room
        self._numbers = numbers
        """Site and number a run had → the number it has now."""
        self._robots, self._engine = _Robots(), _Engine()
        self._chains: dict[tuple[str, str], tuple[str, ...]] = {}
        """(role, address a redirect leads to) → the addresses that led there."""
        self._tries: dict[tuple[str, str], int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: Exception | None = None
        self._last_at = run.started_at
        with store.atomic():
            self.keeper = self._begin(profile)
        self._spider = self._new_spider(profile)

    def _begin(self, profile: SiteProfile) -> _Keeper:
        run, custody = self._run, self._store.custody
        site_id = custody.save_site(
            run.site, run.start_url, title=profile.title, language=profile.language, house_names=profile.house_names
        )
        resumes = self._numbers.get((run.site, run.resumes or 0))
        if resumes is None:
            self._store.frontier.clear(site_id)
        else:
            self._store.db.execute("update runs set status = 'interrupted' where id = ?", [resumes])
        self._tally = Tally(clock=lambda: self._last_at.timestamp())
        self._tally.resumed = sum(done for done, _ in self._store.frontier.counts(site_id).values())
        plan = self._plan(site_id, resumes)
        self._tally.plan = plan.words
        settings_then = {"recorded": run.info.get("settings")}
        run_id = custody.restore_run(run.number, site_id, run.mode, resumes_id=resumes, settings=settings_then)
        self._numbers[run.site, run.number] = run_id
        if resumes is not None:
            custody.take_over(resumes, run_id)
        self._crawler = SimpleNamespace(tally=self._tally, plan=plan, robots=self._robots, engine=self._engine)
        self._crawler.room = self._room
        self._crawler.keeper = _Keeper(self._store, site_id, run_id)
        self._crawler.settings = self._settings()
        self._crawler.requisites = Requisites(self._crawler.keeper, self._tally, profile, self._crawler.settings)
        keeper: _Keeper = self._crawler.keeper
        return keeper

    def _settings(self) -> Settings:
        """What the run said of its limits and of the files it fetched for its pages; where it did not, ours."""
        named = dict(pair.split("=", 1) for pair in self._run.info.get("settings", "").split(", ") if "=" in pair)
        limits = {name: named.get(name, getattr(settings, name)) for name in LIMITS_OF_A_RUN}
        return Settings({"CLIPFILE_REQUISITES": self._run.info.get("requisites", "none"), **limits})

    def _plan(self, site_id: int, resumes: int | None) -> Plan:
        """The plan the run had: its mode is on record, and the rest follows from the runs before it."""
        mode, custody = self._run.mode, self._store.custody
        if resumes is not None:
            return Plan(mode=mode, why=f"goes on with run {resumes}", resumed=True)
        past = [PastRun(mode=of, started_at=at, report=told) for of, at, told in custody.past_runs(site_id)]
        newest = custody.newest_lastmod(site_id, "rest")
        plan = choose_plan(past, full=mode == "full", recheck=mode == "recheck", newest=newest)
        return plan if plan.mode == mode else replace(plan, mode=mode)

    def _new_spider(self, profile: SiteProfile) -> BlogSpider:
        spider = BlogSpider(profile=profile, categories=self._run.categories)
        spider.crawler = self._crawler
        self._loop.run_until_complete(self._first_request(spider))
        return spider

    async def _first_request(self, spider: BlogSpider) -> None:
        """Let the spider begin as it does in a crawl, up to its first request; what it asks for came long ago."""
        requests: Any = spider.start()
        async for _ in requests:
            break
        await requests.aclose()

    def take(self, raw: RawRecord, rebuilt: Rebuilt, set_clock: Callable[[datetime], None]) -> None:
        """One record of the run's files: an answer is read as it was when it came, anything else is passed by."""
        if raw.type not in ANSWERS:
            return
        try:
            exchange = read_exchange(self._warc, raw.file, raw.offset)
        except ArchiveError as error:
            rebuilt.damaged.append(str(error))
            return
        self._last_at = exchange.at
        set_clock(exchange.at)
        role = raw.get(ROLE_FIELD.lower()) or "other"
        kept = self._keep(raw, exchange, role)
        self._loop.run_until_complete(self._answer(kept.exchange, kept))
        if failure := self._failure or self._spider.fatal:
            raise failure

    def _keep(self, raw: RawRecord, exchange: Exchange, role: str) -> Kept:
        """The capture with its row to be, and the body of its original when it is a revisit."""
        sha256 = (read_label(raw.get("warc-payload-digest-sha256") or "") or ("", b""))[1].hex()
        body, payload_bytes = exchange.body, len(exchange.body)
        if raw.type == "revisit" and exchange.status != 304 and (held := self.keeper.find_payload(sha256)):
            file, offset, payload_bytes = held
            body = read_exchange(self._warc, file, offset).body
        served = replace(exchange, body=body, response_headers=as_served(exchange.response_headers))
        record = Record(
            file=raw.file,
            offset=raw.offset,
            length=raw.length,
            payload_sha256=sha256,
            payload_bytes=payload_bytes,
            revisit=raw.type == "revisit",
            record_id=raw.id,
        )
        return self.keeper.keep(Kept(exchange=served, record=record, role=role), raw.end)

    async def _answer(self, exchange: Exchange, kept: Kept) -> None:
        """What the downloader's middlewares made of the answer, then what the spider makes of it."""
        role, url = kept.role, exchange.url
        before = self._chains.pop((role, url), ())
        if target := self._redirect(exchange):
            self._chains[role, target] = (*before, url)
        elif not self._is_tried_again(role, exchange) and (body := _body(exchange)) is not None:
            self._deliver(role, _response(exchange, body, {"role": role, "capture": kept, "redirect_urls": [*before]}))
        for _ in range(TURNS):
            await asyncio.sleep(0)
            await self._room.idle()

    def _redirect(self, exchange: Exchange) -> str | None:
        places = [value for name, value in exchange.response_headers if name.lower() == "location"]
        return urljoin(exchange.url, places[-1]) if exchange.status in REDIRECTS and places else None

    def _is_tried_again(self, role: str, exchange: Exchange) -> bool:
        """Whether the crawl asked once more instead of taking this answer."""
        if exchange.status not in settings.RETRY_HTTP_CODES:
            return False
        tries = self._tries[role, exchange.url] = self._tries.get((role, exchange.url), 0) + 1
        return tries <= settings.RETRY_TIMES

    def _deliver(self, role: str, response: Response) -> None:
        first = next(iter(response.meta["redirect_urls"]), response.url)
        if role == "robots":
            self._robots.learn(first, response)
        elif role == "post-part":
            self._engine.arrived(first, response)
        elif (seed := self._seed(role, first)) is not None:
            task = self._loop.create_task(self._read(response, seed))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        """A page that breaks the reader broke it then, too; a database that can't be written ends the rebuilding."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, ArchiveError | sqlite3.Error):
            self._failure = error
        elif error is not None:
            self._tally.errors += 1

    def _seed(self, role: str, url: str) -> Seed | None:
        """The work this is the answer to; None for what the spider does not read, such as another host's robots.txt."""
        if role in ROLES:
            return self._store.frontier.find(self.keeper.site_id, requisite_key(url))
        key = canonical_url(url) if role == "post" else f"{role} {canonical_url(url)}"
        seed = self._store.frontier.find(self.keeper.site_id, key)
        return seed or (Seed(key=key, url=url, role=role) if role == "post" else None)

    async def _read(self, response: Response, seed: Seed) -> None:
        async for item in self._spider.parse(response, seed):
            self._store_item(item)

    def _store_item(self, item: PostItem) -> None:
        for pipeline in (ChecksPipeline(), StorePipeline(self._crawler)):
            item = pipeline.process_item(item)

    def finish(self) -> None:
        """Commit what is pending and write the run's report. Posts that still wait for a page were never stored."""
        self._loop.run_until_complete(self._give_up())
        with self.keeper.commit():
            pass
        self._spider.conclude()
        waiting = sum(left for _, left in self._store.frontier.counts(self.keeper.site_id).values())
        status, reason = ("partial", f"{waiting} pages were not answered") if waiting else ("done", None)
        told: Mapping[str, Any] = {}
        with self._store.atomic():
            if not self._run.is_gone_on_with:
                status, reason, told = self._conclude(status, reason)
            report = {**self._tally.report(requests=self.keeper.requests, received_bytes=self.keeper.bytes), **told}
            self._store.custody.finish_run(self.keeper.run_id, status, reason=reason, report=report)

    def _conclude(self, status: str, reason: str | None) -> tuple[str, str | None, Mapping[str, Any]]:
        """What the end of the run made of what it had put aside (`archive.store.concluding`)."""
        site_id, run_id = self.keeper.site_id, self.keeper.run_id
        found = self._store.concluding.conclude(site_id, run_id, self._tally.measure, known=self._tally.known)
        self._tally.count_released(found.released)
        if found.verdict.is_suspect:
            return "suspect", found.verdict.reason, found.told
        return status, reason, found.told

    async def _give_up(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class _Keeper:
    """Stands where `crawler.keeper.Keeper` stands: the captures are on disk already, their rows are written anew."""

    def __init__(self, store: Store, site_id: int, run_id: int) -> None:
        self.store, self.site_id, self.run_id = store, site_id, run_id
        self.requests = 0
        self.bytes = 0
        self._pending: list[Kept] = []
        self._positions: dict[str, int] = {}

    def keep(self, kept: Kept, end: int) -> Kept:
        self.requests += 1
        self.bytes += kept.record.payload_bytes
        self._pending.append(kept)
        self._positions[kept.record.file] = end
        return kept

    async def on_disk(self, wanted: Kept) -> None:
        """They are."""

    @contextmanager
    def commit(self, wanted: Kept | None = None) -> Iterator[Store]:
        with self.store.atomic():
            for kept in self._pending:
                kept.capture_id = self.store.custody.save_capture(self.run_id, kept.exchange, kept.record, kept.role)
            self.store.custody.commit_warc(self.run_id, self._positions)
            yield self.store
        self._pending.clear()
        self._positions.clear()

    def find_payload(self, sha256: str) -> tuple[str, int, int] | None:
        for kept in self._pending:
            if kept.record.payload_sha256 == sha256 and not kept.record.revisit:
                return kept.record.file, kept.record.offset, kept.record.payload_bytes
        return self.store.custody.find_payload(sha256)


class _Robots:
    """What the middleware knew of each host's robots.txt."""

    def __init__(self) -> None:
        self._known: dict[Origin, Rules] = {}

    def learn(self, url: str, response: Response) -> None:
        self._known[Origin.of(url)] = read_robots(response.status, response.body, settings.ROBOTSTXT_USER_AGENT)

    def sitemaps(self, url: str) -> tuple[str, ...]:
        rules = self._known.get(Origin.of(url))
        return rules.sitemaps if rules else ()


class _Engine:
    """Stands where Scrapy's engine stands: what the spider asks for itself, it gets when its capture comes."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Response]] = {}

    async def download_async(self, request: Request) -> Response:
        self._waiting[request.url] = asyncio.get_running_loop().create_future()
        return await self._waiting[request.url]

    def arrived(self, url: str, response: Response) -> None:
        if waiting := self._waiting.pop(url, None):
            waiting.set_result(response)

    async def close_spider_async(self, *, reason: str) -> None:
        """The spider has its error in `fatal`; `Replay` looks there."""


def _body(exchange: Exchange) -> bytes | None:
    """Decoded; None where the crawl gave the answer up."""
    try:
        return whole_body(exchange, LIMITS)
    except Skipped:
        return exchange.body if exchange.status >= 300 else None


def _response(exchange: Exchange, body: bytes, meta: Mapping[str, Any]) -> Response:
    headers = Headers()
    for name, value in exchange.response_headers:
        if name.lower() != "content-encoding":
            headers.appendlist(name, value)
    kind = responsetypes.from_args(headers=headers, url=exchange.url, body=body)
    request = Request(exchange.url, method=exchange.method, meta=dict(meta), dont_filter=True)
    return kind(url=exchange.url, status=exchange.status, headers=headers, body=body, request=request)


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
