"""The crawl: takes work from the archive's frontier, fetches it, and hands each answer to the function that reads it.

Pages are read in the reading room (`crawler.reading_room`). What a post's page says goes through
the pipelines, what any other answer says through `crawler.findings`. Whatever an answer brings is stored in the same
transaction that takes its URL off the frontier.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from scrapy import exceptions, signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from archive.errors import ArchiveError, NotABlogError, UnreachableError
from archive.model import Post
from archive.requisites import ROLES
from archive.store.frontier import LAST_PRIORITY, Seed
from archive.urls import canonical_url
from crawler import deletions, feeds, findings, reading_room, sitemaps
from crawler.addresses import judge_address, listing_root
from crawler.agenda import Agenda
from crawler.answers import content_type_of, headers_of, is_conditional, link_header_of, sent
from crawler.contracts import CheckedSpider, default_site
from crawler.discovery import Source
from crawler.findings import Findings, Refused
from crawler.handover import ListingRead, PostRead, Sent, Unreadable
from crawler.items import PostItem
from crawler.profiles import SiteProfile, load_profile, user_folders
from crawler.requisites import PRIORITY as REQUISITE_PRIORITY
from crawler.requisites import in_asset_scope
from crawler.room import CostlyPageError, Room
from crawler.sitemaps import Sitemap
from crawler.skip_reasons import SkipReason, status_reason
from crawler.skips import Skipped, reason_of
from crawler.storing import Storing, links_from_start
from crawler.trails import LATE_PRIORITY
from crawler.traps import Traps

logger = logging.getLogger(__name__)

BATCH: Final = 16
"""URLs taken from the frontier at a time: enough to keep every slot busy, little enough to stay in memory."""

FEW_POSTS: Final = 40 * BATCH
"""When no more posts wait than this, listings that were to wait for them are walked beside them, one at a time: enough
that the longest ends with the posts, few enough that posts tell of a listing without end before it has led far."""

ONE_PAGE: Final = "nearly all it leads to is one page, or none"

POST_PRIORITY: Final = findings.PRIORITIES["post"]
REST_ROLES: Final = ("rest-categories", "rest-posts")

NO_PAGE: Final = (
    Skipped,
    exceptions.CannotResolveHostError,
    exceptions.DownloadCancelledError,
    exceptions.DownloadConnectionRefusedError,
    exceptions.DownloadFailedError,
    exceptions.DownloadTimeoutError,
    exceptions.ResponseDataLossError,
)
"""What a download raises when no page comes of it."""


class BlogSpider(CheckedSpider):
    """One run over one blog. `scrapy crawl blog -a site=michauto` works as well as `clipfile crawl michauto`."""

    name = "blog"

    def __init__(
        self,
        site: str | None = None,
        profile: SiteProfile | None = None,
        categories: tuple[str, ...] = (),
        room: Room | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.profile = profile or load_profile(site or default_site(), user_folders())
        self.categories = categories
        self.given_room = room
        """Opened before Scrapy was imported; None where Scrapy itself was asked for a crawl."""
        self.fatal: ArchiveError | None = None
        """What ended the run before its time; the command raises it."""
        self.on_their_way: dict[str, str] = {}
        """Key → role of what was asked for and not yet dealt with."""
        self.given_up: set[str] = set()
        self.bases: set[str] = set()
        self.has_sources = False
        self.seen_by_listing: dict[str, set[int]] = {}
        """First page of each listing → the posts it has shown, by the hashes of their keys: of a long blog, many."""
        self.filed_under: set[str] = set()
        """Categories of the posts that were read: names, and addresses as written."""
        self.listings: set[str] = set()
        """Keys of the listings that posts led to: nearly every post leads to the same."""
        self.answered = asyncio.Event()
        self.listing_turn = asyncio.Lock()
        """Listings are read one after another: each begins with the category addresses that those before it showed."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> BlogSpider:
        spider: BlogSpider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.item_stored, signal=signals.item_scraped)
        crawler.signals.connect(spider.item_failed, signal=signals.item_error)
        return spider

    def in_scope(self, url: str) -> bool:
        return self.profile.in_scope(url)

    def in_asset_scope(self, url: str) -> bool:
        return in_asset_scope(self.profile, url)

    # ------------------------------------------------------------------ the frontier's work, as requests

    async def start(self) -> AsyncIterator[Request]:
        """Requests for what waits in the frontier, until nothing waits and nothing is on its way."""
        try:
            async for request in self.requests():
                yield request
        except ArchiveError as error:
            self.cannot_keep(error)

    async def requests(self) -> AsyncIterator[Request]:
        self.keeper, self.tally, self.plan = self.crawler.keeper, self.crawler.tally, self.crawler.plan
        self.room = self.crawler.room
        settings = self.crawler.settings
        self.storing = Storing(
            self.keeper,
            self.tally,
            self.in_scope,
            traps=Traps(settings.getint("LISTING_PAGES_MAX")),
            urls_max=settings.getint("SITE_URLS_MAX"),
        )
        self.agenda = Agenda(self.keeper, self.tally, self.plan, self.profile, self.categories)
        self.known = self.agenda.known()
        self.has_sources = self.storing.has_categories = not self.agenda.walks_listings
        self.requisites = self.crawler.requisites
        self.storing.store(Findings(seeds=self.agenda.first_seeds()))
        self.add(self.requisites.failed_before())
        while True:
            self.answered.clear()
            seeds = self.next_seeds()
            for seed in seeds:
                if self.storing.trails.is_given_up(seed):
                    self.storing.skip(seed, SkipReason.TRAP, ONE_PAGE)
                    self.tally.count_endless(self.storing.trails.trail_of(seed) or seed.url, ONE_PAGE)
                    continue
                self.on_their_way[seed.key] = seed.role
                yield self.request(seed)
            if not seeds and not self.on_their_way and not self.look_again():
                break
            if not seeds and self.on_their_way:
                await self.answered.wait()
        self.conclude()

    def next_seeds(self) -> list[Seed]:
        room, since = BATCH - len(self.on_their_way), 0
        if self.tally.limit:
            left = self.tally.limit - self.tally.seen - len(self.on_their_way)
            room, since = (min(room, left), 0) if left > 0 else (room, REQUISITE_PRIORITY)  # posts count, files don't
        if room <= 0:
            return []
        before = POST_PRIORITY if self.waits_for_rest() else LAST_PRIORITY
        beside = self.on_their_way.keys() | self.given_up
        waiting = partial(self.keeper.store.frontier.waiting, self.keeper.site_id, beside=beside)
        late = waiting(1, since=LATE_PRIORITY) if before == LAST_PRIORITY and self.wants_late_listings() else []
        return [*late, *(seed for seed in waiting(room, since=since, before=before) if seed not in late)][:room]

    def wants_late_listings(self) -> bool:
        """Whether posts run out, and no listing is on its way that may show more: each waits for the one before it."""
        if self.tally.limit or "listing" in self.on_their_way.values():
            return False
        return not self.keeper.store.frontier.holds(self.keeper.site_id, FEW_POSTS, before=LATE_PRIORITY)

    def waits_for_rest(self) -> bool:
        """Posts are read with what REST says of them, so they wait for it; the blog's first page says where it is."""
        if not self.has_sources and not self.categories and not self.tally.resumed and not self.tally.skips:
            return True
        if any(role in REST_ROLES for role in self.on_their_way.values()):
            return True
        return any(
            key not in self.given_up for key in self.keeper.store.frontier.keys_waiting(self.keeper.site_id, REST_ROLES)
        )

    def request(self, seed: Seed) -> Request:
        return Request(
            seed.url,
            headers=self.validators(seed),
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"seed": seed},
            meta={
                "role": seed.role,
                "depth": links_from_start(seed),
                **({"download_maxsize": self.requisites.max_bytes} if seed.role in ROLES else {}),
            },
            dont_filter=True,  # the frontier holds each address once
        )

    def validators(self, seed: Seed) -> dict[str, str] | None:
        """A post that some source says has changed is asked for without conditions."""
        if (seed.hint or {}).get("check") or seed.role == "feed":
            return self.agenda.validators(seed.url, is_post=seed.role == "post")
        return None

    def look_again(self) -> bool:
        """Queue what should be looked at once more when all is fetched. True when that made new work."""
        return self.add(self.agenda.seeds_to_look_at_again())

    def add(self, seeds: list[Seed]) -> bool:
        """Queue what is not there yet. True when that made new work."""
        with self.keeper.commit() as store:
            return bool(store.frontier.add(self.keeper.site_id, seeds))

    # ------------------------------------------------------------------ answers

    async def parse(self, response: Response, seed: Seed) -> AsyncIterator[PostItem]:
        """Any answer: a post becomes an item, whose pipeline takes it off the frontier; the rest is read here."""
        item = None
        try:
            if seed.role == "post":
                item = await self.parse_post(response, seed)
                if item is not None and item.kept is not None:
                    await self.keeper.on_disk(item.kept)
            elif seed.role in ROLES:
                await self.requisites.take(response, content_type_of(response) or "", seed)
            else:
                self.storing.store(await self.read(response, seed), done=seed)
        except CostlyPageError as error:
            self.storing.skip(seed, SkipReason.of(error.reason), error.detail)
        except ArchiveError as error:
            self.cannot_keep(error)
            return
        except Exception:
            self.given_up.add(seed.key)
            raise
        finally:
            if item is None:
                self.arrived(seed.key)
        if item is not None:
            yield item

    def arrived(self, key: str) -> None:
        self.on_their_way.pop(key, None)
        self.answered.set()

    def item_stored(self, item: PostItem) -> None:
        self.arrived(item.key)

    def item_failed(self, item: PostItem, failure: Failure) -> None:
        self.given_up.add(item.key)
        self.arrived(item.key)
        if isinstance(failure.value, ArchiveError):
            self.cannot_keep(failure.value)

    def cannot_keep(self, error: ArchiveError) -> None:
        """The archive can't be written any more: the run ends here, and the next one goes on from the last commit."""
        self.fatal = self.fatal or error
        self.closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="cannot-keep"))

    async def read(self, response: Response, seed: Seed) -> Findings:
        hint = seed.hint or {}
        url, status, body = response.url, response.status, response.body
        if seed.role == "rest-categories":
            self.tally.doors["rest"] = hint["root"]
            return findings.from_rest_categories(body, status, hint, self.profile, self.bases)
        headers = headers_of(response)
        if seed.role == "rest-posts":
            return findings.from_rest_posts(body, status, headers, url, hint, self.profile, self.known)
        if seed.role == "rest-total":
            return deletions.from_rest_total(body, status, headers, url, hint, self.profile, self.agenda)
        if seed.role == "rest-probe":
            return deletions.from_rest_probe(body, status, headers, url, hint, self.profile, self.agenda)
        if seed.role == "rest-ids" and self.known:
            return findings.from_rest_ids(body, status, headers, url, hint, self.profile, self.known)
        if seed.role == "feed" and status == 304:
            return Findings(states={"feed": "open"})
        if status != 200:
            return self.not_there(response, seed)
        if seed.role == "sitemap":
            return self.read_sitemap(await self.room.do(sitemaps.read_sitemap, body, url, self.profile.timezone), seed)
        if seed.role == "feed":
            feed = await self.room.do(feeds.read_feed, body, url)
            walk = not {"rest", "sitemap"} & {name for name, state in self.tally.sources.items() if state == "open"}
            self.tally.doors.setdefault("feed", url)
            return findings.from_feed(feed, self.profile, hint, walk=walk, known=self.known)
        async with self.listing_turn:
            return await self.read_listing(response, seed)

    def read_sitemap(self, sitemap: Sitemap, seed: Seed) -> Findings:
        found = findings.from_sitemap(sitemap, self.profile, seed.hint or {}, self.known)
        if "sitemap" in found.states and not (seed.hint or {}).get("depth"):
            self.tally.doors.setdefault("sitemap", []).append(seed.url)
        self.tally.dated_sitemap |= any(sighting.lastmod for sighting in found.sightings)
        return found

    async def read_listing(self, response: Response, seed: Seed) -> Findings:
        hint = seed.hint or {}
        bases, link = frozenset(self.bases), link_header_of(response)
        # before posts that wait: it alone says where the next one is, or the last of them come when all posts are read
        page = await self.room.do(
            reading_room.read_listing_page, sent(response), self.profile, hint, bases, link, first=True
        )
        if isinstance(page, Unreadable):
            return Findings(refused=[Refused(seed.url, SkipReason.of(page.reason), page.detail, seed.role)])
        look = self.agenda.look(page.look, seed.url)
        if hint.get("look"):
            return Findings(seeds=look)
        seen = self.seen_by_listing.setdefault(listing_root(seed.url), set())
        found = findings.from_listing(page, seed.url, self.profile, hint, seen=seen, bases=self.bases, known=self.known)
        found.seeds += [*look, *(self.sources(page, response) if hint.get("start") else [])]
        if not hint.get("guessed") and page.url == listing_root(page.url):
            self.tally.measure.see_listing(len(found.sightings))
        if found.sightings and page.url == listing_root(page.url):
            self.tally.doors.setdefault("listings", {}).setdefault(hint.get("source", "blog"), []).append(seed.url)
        return found

    def sources(self, page: ListingRead | None, response: Response) -> list[Seed]:
        """The sources beside the listings, once a run."""
        if self.has_sources:
            return []
        self.has_sources = True
        named = self.crawler.robots.sitemaps(response.url) if hasattr(self.crawler, "robots") else ()
        link = link_header_of(response)
        return findings.source_seeds(page, response.url, self.profile, link_header=link, robots_sitemaps=named)

    def not_there(self, response: Response, seed: Seed) -> Findings:
        """A source or listing that answers with an error; nothing is amiss where we only guessed that it exists."""
        hint = seed.hint or {}
        found = Findings(seeds=self.sources(None, response) if hint.get("start") else [])
        if seed.role in ("sitemap", "feed"):
            name: Source = "sitemap" if seed.role == "sitemap" else "feed"
            if hint.get("optional"):  # where it was looked for first; it may be found elsewhere
                found.states = {name: f"closed: HTTP {response.status}"} if name not in self.tally.sources else {}
            else:
                found.states, found.broken = {name: f"closed: HTTP {response.status}"}, {name}
        elif not hint.get("guessed"):
            found.broken = {hint.get("source", "blog")}
            found.refused.append(
                Refused(seed.url, status_reason(response.status), f"HTTP {response.status}", seed.role)
            )
        return found

    async def parse_post(self, response: Response, seed: Seed) -> PostItem | None:
        if response.status == 304 and is_conditional(response):
            self.storing.not_modified(seed, response)
            return None
        if response.status != 200:
            self.storing.absent(seed, f"HTTP {response.status}", status_reason(response.status), response)
            return None
        read = await self.read_pages([sent(response)], seed)
        if isinstance(read, Unreadable):
            self.storing.skip(seed, SkipReason.of(read.reason), read.detail)
        elif read.is_protected:
            self.storing.skip(seed, SkipReason.PASSWORD_PROTECTED)
        elif read.kind == "missing":
            self.storing.absent(seed, "the page says that there is none", SkipReason.NOT_FOUND, response)
        elif self.led_away(response, seed):
            self.storing.absent(seed, f"leads to {response.url}", SkipReason.NOT_A_POST, response)
        elif read.post is None:
            self.storing.skip(seed, SkipReason.NOT_A_POST, f"a {read.kind}")
        else:
            return await self.take_post(read, read.post, response, seed)
        return None

    async def read_pages(self, pages: list[Sent], seed: Seed) -> PostRead | Unreadable:
        said, choice = (seed.hint or {}).get("rest"), self.requisites.choice
        return await self.room.do(reading_room.read_post_page, pages, self.profile, said, choice)

    async def take_post(self, read: PostRead, post: Post, response: Response, seed: Seed) -> PostItem | None:
        await self.look_for_listings(read, post, response)
        key = canonical_url(post.url)
        if key != seed.key and (self.storing.is_done(key) or self.storing.led_to_another(seed, post, response)):
            self.storing.same_again(seed, post, response)
            return None
        if twin := self.twin_of(response, seed):
            self.storing.skip(seed, SkipReason.SAME_PAGE, f"as {twin}")
            return None
        if read.further:
            whole = await self.read_parts(read.further, response, seed)
            if whole is None:
                return None
            post, read = whole
        self.storing.trails.count(seed, is_dud=False)
        assert read.reading is not None
        return PostItem(
            post=post,
            reading=read.reading,
            key=seed.key,
            kept=response.meta.get("capture"),
            aliases=(seed.url, response.url, *response.meta.get("redirect_urls", ())),
            requisites=read.requisites,
        )

    def twin_of(self, response: Response, seed: Seed) -> str | None:
        """Another address, also asked for in this run, that answered with the very same bytes; None for none.

        No two posts are the same page: the second is a server that answers so to anything, or another way to write the
        first's address.
        """
        kept = response.meta.get("capture")
        original = kept.record.refers_to if kept and kept.record.revisit else None
        if original is None or canonical_url(original.url) == seed.key:
            return None
        is_asked = self.keeper.store.frontier.find(self.keeper.site_id, canonical_url(original.url)) is not None
        return original.url if is_asked else None

    async def look_for_listings(self, read: PostRead, post: Post, response: Response) -> None:
        """Walk what a post's page leads to, in a run that walks listings and was not told of them all by REST.

        A post whose categories were all seen on others leads nowhere new; who chose categories wants no others.
        """
        if self.categories or not self.agenda.walks_listings or self.tally.sources.get("rest") == "open":
            return
        filed_under = read.filed_under.union(post.categories)
        if self.storing.has_categories and post.categories and filed_under <= self.filed_under:
            return
        self.filed_under |= filed_under
        async with self.listing_turn:
            page = await self.room.do(reading_room.read_post_links, sent(response), self.profile, frozenset(self.bases))
            found = findings.from_post_links(page, bases=self.bases, has_categories=self.storing.has_categories)
            found.seeds = [seed for seed in found.seeds if seed.key not in self.listings]
            if found.seeds:
                self.listings |= {seed.key for seed in found.seeds}
                self.storing.store(found)

    async def read_parts(self, urls: tuple[str, ...], response: Response, seed: Seed) -> tuple[Post, PostRead] | None:
        """The post with its further pages; None when one can't be had: half a post is no post."""
        try:
            parts = [sent(await self.part(url)) for url in urls]
        except NO_PAGE as error:
            reason, detail = reason_of(error)
            self.storing.skip(seed, reason, f"a further page of the post: {detail}")
            return None
        read = await self.read_pages([sent(response), *parts], seed)
        if isinstance(read, Unreadable):
            self.storing.skip(seed, SkipReason.of(read.reason), read.detail)
            return None
        assert read.post is not None
        return read.post, read

    async def part(self, url: str) -> Response:
        """A further page of a post. Raises what kept it from coming."""
        response: Response = await self.crawler.engine.download_async(Request(url, meta={"role": "post-part"}))
        if response.status != 200:
            raise Skipped(status_reason(response.status), f"HTTP {response.status} at {url}")
        return response

    def led_away(self, response: Response, seed: Seed) -> bool:
        """Whether the post's address redirects to where no post can be: how some plugins say 404, and others log in."""
        if canonical_url(response.url) == seed.key:
            return False
        return not judge_address(response.url, self.profile, bases=self.bases).may_be_post

    def failed(self, failure: Failure) -> None:
        """A request that brought no answer we may use: its reason is stored, and the run goes on."""
        seed: Seed = failure.request.cb_kwargs["seed"]
        if isinstance(failure.value, ArchiveError):
            self.cannot_keep(failure.value)
            return
        reason, detail = reason_of(failure)
        if reason is SkipReason.ERROR:
            logger.error(
                "%s: %s", seed.url, detail, exc_info=(failure.type, failure.value, failure.getTracebackObject())
            )
        if seed.role in ("sitemap", "listing"):
            self.tally.broken.add((seed.hint or {}).get("source", "blog") if seed.role == "listing" else "sitemap")
        (self.requisites.failed if seed.role in ROLES else self.storing.skip)(seed, reason, detail)
        if seed.role == "rest-categories":
            self.storing.store(findings.next_rest_root(seed.hint or {}))
        self.arrived(seed.key)

    def conclude(self) -> None:
        """Judge the sources after a whole run; name the run's end when nothing of the blog was found at all."""
        if self.agenda.walks_listings and not self.categories and not self.tally.limit:
            self.tally.verdicts = {name: asdict(state) for name, state in self.agenda.judged_sources().items()}
        if self.tally.seen or self.tally.absent or self.tally.resumed or self.categories or self.plan.mode != "full":
            return
        start = self.profile.start_urls[0]
        reasons = {skip["url"]: skip for skip in self.tally.skipped}
        if start in reasons:
            skip = reasons[start]
            words = SkipReason.of(skip["reason"]).meaning
            self.fatal = UnreachableError(
                f"nothing could be fetched from {start}: {words}", hint=skip["detail"] or None
            )
        else:
            self.fatal = NotABlogError(
                f"no posts were found at {start}", hint="clipfile sites check shows what is there"
            )
