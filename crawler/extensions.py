"""What runs beside a crawl: opens and closes the archive, keeps the tally, shows progress, writes the report."""

from __future__ import annotations

import gc
import linecache
import shutil
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from twisted.internet.task import LoopingCall

from archive.commands.watching import Watcher
from archive.errors import ArchiveError
from archive.folder import ArchiveFolder
from archive.model import READER
from archive.notifying import news
from archive.report import plural
from archive.watches import look
from archive.watches import news as watched_words
from crawler.contracts import is_checking
from crawler.keeper import Keeper, disk_trouble_named
from crawler.modes import PastRun, Plan, choose_plan
from crawler.profiles import SiteProfile
from crawler.reading_room import open_room
from crawler.recorded import site_facts
from crawler.requisites import Requisites
from crawler.skip_reasons import HARMLESS
from crawler.tally import Tally

PROGRESS_EVERY_S: Final = 0.5
LOG_EVERY_S: Final = 30.0

RECORDED_SETTINGS: Final = (
    "DOWNLOAD_DELAY",
    "CONCURRENT_REQUESTS_PER_DOMAIN",
    "DOWNLOAD_MAXSIZE",
    "DOWNLOAD_TIMEOUT",
    "USER_AGENT",
    "CLIPFILE_LIMIT",
    "REQUISITE_MAXSIZE",
    "REQUISITES_MAX",
)
"""What a reader of the archive may want to know about how it was crawled, years later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunEnd:
    """How a run ended: its row of `runs_report`, and its whole report."""

    run: dict[str, Any]
    report: dict[str, Any]


class ArchiveExtension:
    """Holds the archive open for writing while the crawl runs.

    Sets `crawler.keeper`, `tally`, `plan` and `room` before the engine starts, so that every component finds them; an
    archive that can't be written ends the crawl here, with the ArchiveError that says why.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.folder = ArchiveFolder(path=Path(crawler.settings["CLIPFILE_ARCHIVE"]))
        self.profile: SiteProfile = crawler.spider.profile
        self.failure: str | None = None
        self.resources = ExitStack()
        watcher = Watcher()
        self.resources.callback(watcher.clear)
        work = self.folder.writing(f"a crawl of {self.profile.name}", watcher.show)
        self.store = self.resources.enter_context(work)
        self.tally = Tally(limit=crawler.settings.getint("CLIPFILE_LIMIT"))
        self.site_id, self.run_id, self.plan = self._begin()
        self.tally.plan = self.plan.words
        self.keeper = Keeper(
            self.store,
            self.folder.warc_path,
            site_name=self.profile.name,
            site_id=self.site_id,
            run_id=self.run_id,
            info=self._warcinfo(),
            max_file_bytes=crawler.settings.getint("WARC_FILE_MAXSIZE"),
        )
        self.room = crawler.spider.given_room or open_room(self.folder.outlets_path, crawler.settings.get)
        self.resources.callback(self.room.close)
        crawler.keeper, crawler.tally, crawler.plan, crawler.room = self.keeper, self.tally, self.plan, self.room
        crawler.requisites = Requisites(self.keeper, self.tally, self.profile, crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveExtension:
        if not crawler.settings["CLIPFILE_ARCHIVE"] or not hasattr(crawler.spider, "profile") or is_checking():
            raise NotConfigured("this spider does not fill an archive")
        extension = cls(crawler)
        crawler.signals.connect(settle_down, signal=signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(extension.count_error, signal=signals.spider_error)
        crawler.signals.connect(extension.count_error, signal=signals.item_error)
        return extension

    def _begin(self) -> tuple[int, int, Plan]:
        profile = self.profile
        with self.store.atomic():
            site_id = self.store.custody.save_site(
                profile.name,
                profile.start_urls[0],
                title=profile.title,
                language=profile.language,
                house_names=profile.house_names,
            )
            interrupted = self.store.custody.interrupted_run(site_id)
            if interrupted is None or not self.store.frontier.counts(site_id):
                interrupted = None
                self.store.frontier.clear(site_id)
            self.tally.resumed = sum(done for done, _ in self.store.frontier.counts(site_id).values())
            plan = self._plan(site_id, interrupted)
            run_id = self.store.custody.start_run(site_id, plan.mode, self._settings(), resumes_id=interrupted)
            if interrupted is not None:
                self.store.custody.take_over(interrupted, run_id)
                self.tally.go_on_with(self.store.custody.load_sources(interrupted))
        return site_id, run_id, plan

    def _plan(self, site_id: int, interrupted: int | None) -> Plan:
        """The plan of this run; one that goes on with another keeps to that one's mode, as the frontier is its own."""
        settings, custody = self.crawler.settings, self.store.custody
        if interrupted is not None:
            mode, why = custody.mode_of(interrupted), f"goes on with run {interrupted}"
            return Plan(mode=mode, why=why, resumed=True)
        past = [PastRun(mode=mode, started_at=at, report=told) for mode, at, told in custody.past_runs(site_id)]
        return choose_plan(
            past,
            full=settings.getbool("CLIPFILE_FULL"),
            recheck=settings.getbool("CLIPFILE_RECHECK"),
            newest=custody.newest_lastmod(site_id, "rest"),
        )

    def _settings(self) -> dict[str, Any]:
        return {name: self.crawler.settings.get(name) for name in RECORDED_SETTINGS}

    def _warcinfo(self) -> dict[str, str]:
        settings = self.crawler.settings
        return {
            "software": f"Clipfile/{version('clipfile')} Scrapy/{version('scrapy')}",
            "robots": "obeyed as RFC 9309"
            if settings.getbool("RESPECT_ROBOTS", True)
            else "ignored at the operator's word",
            "http-header-user-agent": str(settings["USER_AGENT"]),
            "operator": str(settings.get("CONTACT") or "not given"),
            "reader": READER,
            "isPartOf": self.profile.name,
            **site_facts(self.profile, self.crawler.spider.categories),
            "requisites": settings["CLIPFILE_REQUISITES"],
            "settings": ", ".join(f"{name}={value}" for name, value in self._settings().items()),
        }

    def count_error(self, failure: Any) -> None:
        """An exception while a page was handled: it stays in the frontier, and the run says so."""
        self.tally.errors += 1
        self.failure = f"{failure.type.__name__}: {failure.getErrorMessage()}"

    def spider_closed(self, spider: Spider, reason: str) -> None:
        """Judge the run and close the archive. Where the disk refuses even that, the next run goes on with this one."""
        try:
            with disk_trouble_named():
                self._finish(spider, reason)
        except ArchiveError as error:
            spider.fatal = getattr(spider, "fatal", None) or error

    def _finish(self, spider: Spider, reason: str) -> None:
        status, why = self._outcome(spider, reason)
        try:
            self.keeper.close()
            with self.store.atomic():
                told: dict[str, Any] = {}
                if status in ("done", "partial", "limited"):
                    status, why, told = self._conclude(status, why)
                    told["watched"] = look(self.store, self.run_id)
                facts = {**self.tally.report(requests=self.keeper.requests, received_bytes=self.keeper.bytes), **told}
                facts["cuts"] = [asdict(cut) for cut in self.keeper.cuts]
                self.store.custody.finish_run(self.run_id, status, reason=why, report=facts)
                if told and status != "limited":  # nothing is left to go on with, and the next run begins with nothing
                    self.store.frontier.clear(self.site_id)
                if told and (words := news(facts)):
                    self.store.notices.save_news(self.site_id, self.run_id, words)
                if watched := told.get("watched"):
                    self.store.notices.save_watched(self.site_id, self.run_id, watched_words(watched))
            run = next(self.store.db.query("select * from runs_report where id = ?", [self.run_id]))
            self.crawler.run_end = RunEnd(run=run, report=facts)
        finally:
            self.resources.close()

    def _conclude(self, status: str, why: str | None) -> tuple[str, str | None, dict[str, Any]]:
        """Status and reason after the canary was heard, and what the report says of it and of grouped edits."""
        found = self.store.concluding.conclude(self.site_id, self.run_id, self.tally.measure, known=self.tally.known)
        self.tally.count_released(found.released)
        if found.verdict.is_suspect:
            return "suspect", found.verdict.reason, found.told
        return status, why, found.told

    def _outcome(self, spider: Spider, reason: str) -> tuple[str, str | None]:
        """Run status and its reason. `interrupted` keeps the frontier, so that the next run goes on from there."""
        fatal = getattr(spider, "fatal", None)
        if reason != "finished":
            return "interrupted", str(fatal) if fatal else STOPPED.get(reason, reason)
        if fatal:
            return "failed", str(fatal)
        waiting = sum(left for _, left in self.store.frontier.counts(self.site_id).values())
        if waiting and self.tally.limit:
            return "limited", f"stopped at its limit of {plural(self.tally.limit, 'post')}, {waiting:,} pages wait"
        failed = self.tally.errors + sum(count for name, count in self.tally.skips.items() if name not in HARMLESS)
        if failed:
            return "partial", self.failure or f"{plural(failed, 'page')} failed"
        return "done", None


def settle_down() -> None:
    """Everything is imported now, and stays: garbage collection need not look at it again, least of all at the end.

    Scrapy asks of each class it has renamed where it was made, and so keeps the source of a dozen modules.
    """
    linecache.clearcache()
    gc.freeze()


STOPPED: Final = {
    "shutdown": "stopped by the operator",
    "closespider_timeout": "it took longer than CLOSESPIDER_TIMEOUT",
    "closespider_pagecount": "it fetched more than CLOSESPIDER_PAGECOUNT pages",
    "memusage_exceeded": "it needed more memory than MEMUSAGE_LIMIT_MB",
}


class ProgressExtension:
    """One line that says how far the crawl is and what it waits for; a log line now and then where nobody watches."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.is_watched = sys.stderr.isatty()
        self.loop = LoopingCall(self.show)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProgressExtension:
        if not hasattr(crawler, "tally"):
            raise NotConfigured("nothing to show")
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    def spider_opened(self, spider: Spider) -> None:
        self.loop.start(PROGRESS_EVERY_S if self.is_watched else LOG_EVERY_S, now=False)

    def spider_closed(self, spider: Spider) -> None:
        if self.loop.running:
            self.loop.stop()
        if self.is_watched:
            sys.stderr.write("\r\x1b[K")

    def show(self) -> None:
        line = self.line()
        if self.is_watched:
            sys.stderr.write(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}")
            sys.stderr.flush()
        else:
            sys.stderr.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {self.crawler.spider.name}: {line}\n")

    def line(self) -> str:
        tally, keeper = self.crawler.tally, self.crawler.keeper
        counts = keeper.store.frontier.counts(keeper.site_id)
        done, waiting = counts.get("post", (0, 0))
        rate = keeper.requests / tally.elapsed_s if tally.elapsed_s else 0.0
        waits = f", {tally.waits_for}" if tally.waits_for else ""
        return f"{done:,} of {done + waiting:,} posts, {tally.new:,} new, {rate:.1f} pages/s{waits}"
