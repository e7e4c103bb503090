"""One recorded run, over again: its answers go to the code that first read them, in the order in which they came.

What stands around that code in a crawl (the keeper, robots.txt, Scrapy's engine) has a small stand-in here each.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
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
from archive.store.frontier import Seed
from archive.urls import canonical_url
from archive.warc import Exchange, Record, read_exchange
from archive.warc.digests import read_label
from archive.warc.facts import ROLE_FIELD
from archive.warc.reading import ANSWERS
from archive.warc.records import RawRecord
from crawler import settings
from crawler.guard import Origin
from crawler.items import PostItem
from crawler.keeper import Kept
from crawler.limits import BodyLimits, whole_body
from crawler.modes import PastRun, Plan, choose_plan
from crawler.pipelines import ChecksPipeline, StorePipeline
from crawler.profiles import SiteProfile
from crawler.recorded import RecordedRun
from crawler.requisites import Requisites, requisite_key
from crawler.robots import Rules, read_robots
from crawler.room import Room
from crawler.skips import Skipped
from crawler.spiders.blog import BlogSpider
from crawler.tally import Tally

LIMITS_OF_A_RUN: Final = ("REQUISITES_MAX", "LISTING_PAGES_MAX", "SITE_URLS_MAX")
REDIRECTS: Final = (301, 302, 303, 307, 308)
LIMITS: Final = BodyLimits(decoded_bytes=settings.DOWNLOAD_MAXSIZE, ratio=settings.DECOMPRESSION_MAXRATIO)
TURNS: Final = 8
"""Times the event loop goes round after an answer, so that a post that waited for its last page gets stored."""
PENDING_BYTES: Final = 16 * 1024 * 1024


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
            self._tally.go_on_with(custody.load_sources(resumes))
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

    def take(self, raw: RawRecord, damaged: list[str], set_clock: Callable[[datetime], None]) -> None:
        """One record of the run's files: an answer is read as it was when it came, anything else is passed by."""
        if raw.type not in ANSWERS:
            return
        try:
            exchange = read_exchange(self._warc, raw.file, raw.offset)
        except ArchiveError as error:
            damaged.append(str(error))
            return
        self._last_at = exchange.at
        set_clock(exchange.at)
        role = raw.get(ROLE_FIELD.lower()) or "other"
        kept = self._keep(raw, exchange, role)
        self._loop.run_until_complete(self._answer(kept.exchange, kept))
        self.keeper.make_room()
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
        self._pending_bytes = 0
        self._positions: dict[str, int] = {}

    def keep(self, kept: Kept, end: int) -> Kept:
        self.requests += 1
        self.bytes += kept.record.payload_bytes
        self._pending.append(kept)
        self._pending_bytes += len(kept.exchange.body)
        self._positions[kept.record.file] = end
        return kept

    def make_room(self) -> None:
        """Commit answers that nothing else has committed, before their bodies fill memory."""
        if self._pending_bytes > PENDING_BYTES:
            with self.commit():
                pass

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
        self._pending_bytes = 0
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
