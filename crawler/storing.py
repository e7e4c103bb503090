"""What an answer brought, written to the archive in the same transaction that takes its URL off the frontier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scrapy.http import Response

from archive.model import Post
from archive.store import Store
from archive.store.frontier import Seed
from archive.store.values import instant, now, to_json
from archive.urls import canonical_url
from crawler.findings import Findings, Refused
from crawler.keeper import Keeper
from crawler.skip_reasons import NO_POST, SkipReason
from crawler.tally import Tally
from crawler.trails import Trails
from crawler.traps import Traps


class Storing:
    """One run's writing hand; it also judges which of the addresses an answer brought are worth following."""

    def __init__(
        self, keeper: Keeper, tally: Tally, in_scope: Callable[[str], bool], *, traps: Traps, urls_max: int
    ) -> None:
        self.keeper, self.tally, self.in_scope, self.traps, self.urls_max = keeper, tally, in_scope, traps, urls_max
        self.trails = Trails()
        self.urls = 0
        """Addresses this run took up."""
        self.has_categories = False
        self.kept_in_mind = ""

    def store(self, found: Findings, *, done: Seed | None = None) -> None:
        """Everything an answer brought, and its URL off the frontier, in one transaction."""
        self.has_categories = self.has_categories or found.has_categories
        self.tally.sources.update(found.states)
        self.tally.walked |= found.walked
        self.tally.broken |= found.broken
        with self.keeper.commit() as store:
            site_id, run_id = self.keeper.site_id, self.keeper.run_id
            seeds = self.followed(found, done)
            self.urls += store.frontier.add(site_id, seeds)
            for seed in seeds:
                if seed.role == "post" and seed.hint:
                    store.frontier.hint(site_id, seed.key, seed.hint)
            store.custody.save_sightings(site_id, run_id, found.sightings)
            for url, reason, detail, role in found.refused:
                store.custody.save_skip(run_id, url, role, reason, detail)
            self.keep_in_mind(store)
            if done:
                store.frontier.finish(site_id, done.key)
        for url, reason, detail, _ in found.refused:
            self.tally.count_skip(url, reason, detail)

    def keep_in_mind(self, store: Store) -> None:
        """What is known of the blog's sources, where that has changed: a run that is killed hands it to the next."""
        if (sources := to_json(self.tally.sources_so_far())) != self.kept_in_mind:
            store.custody.save_sources(self.keeper.run_id, sources)
            self.kept_in_mind = sources

    def followed(self, found: Findings, done: Seed | None) -> list[Seed]:
        """What of the findings is worth asking for; spaces without end are named in the report."""
        seeds = [seed for seed in found.seeds if self.in_scope(seed.url) and not self.is_trap(seed, found)]
        role = done.role if done else ""
        is_news = self.trails.is_news(role, (sighting.key for sighting in found.sightings))
        seeds, endless = self.trails.place(seeds, done, is_news=is_news)
        if done and endless:
            found.endless.append((done.url, endless))
            if done.role == "rest-posts":
                self.tally.sources["rest"] = "lying: its pages repeat themselves"
        if len(seeds) > (room := max(0, self.urls_max - self.urls)):
            first = seeds[room]
            found.refused.append(
                Refused(first.url, SkipReason.TOO_MANY, f"and {len(seeds) - room - 1:,} more", first.role)
            )
            seeds = seeds[:room]
        for url, why in found.endless:
            self.tally.count_endless(url, why, trail=self.trails.trail_of(done) if done else None)
        return [a_link_further(seed, done) if seed.role == "listing" else seed for seed in seeds]

    def is_trap(self, seed: Seed, found: Findings) -> bool:
        """Whether following what a page links may never end; noted once an address, as a skip."""
        if seed.role not in ("post", "listing"):
            return False
        judged = self.traps.judge(seed.url, is_listing=seed.role == "listing")
        if judged.is_news:
            found.refused.append(Refused(seed.url, SkipReason.TRAP, judged.reason or "", seed.role))
            found.endless.append((seed.url, judged.reason or ""))
        return judged.reason is not None

    def skip(self, seed: Seed, reason: SkipReason, detail: str = "") -> None:
        with self.keeper.commit() as store:
            store.custody.save_skip(self.keeper.run_id, seed.url, seed.role, reason, detail)
            self.keep_in_mind(store)
            store.frontier.finish(self.keeper.site_id, seed.key)
        self.tally.count_skip(seed.url, reason, detail)
        if seed.role == "post" and reason in NO_POST:
            self.trails.count(seed, is_dud=True)

    def is_done(self, key: str) -> bool:
        return self.keeper.store.frontier.is_done(self.keeper.site_id, key)

    def led_to_another(self, seed: Seed, post: Post, response: Response) -> bool:
        """Whether a known post's address redirects to another known post: WordPress guesses so for what was deleted."""
        posts, site_id = self.keeper.store.posts, self.keeper.site_id
        if canonical_url(response.url) == seed.key:
            return False
        was, now_at = posts.find(site_id, seed.url), posts.find(site_id, post.url)
        return was is not None and now_at is not None and was != now_at

    def same_again(self, seed: Seed, post: Post, response: Response) -> None:
        """An address that leads to a post which is stored already: an alias, or another post's that moved there."""
        posts, site_id = self.keeper.store.posts, self.keeper.site_id
        moved, here = posts.find(site_id, seed.url), posts.find(site_id, post.url)
        if moved is not None and moved != here:
            self.absent(seed, f"leads to {post.url}", SkipReason.NOT_A_POST, response)
            return
        with self.keeper.commit() as store:
            if here is not None:
                store.posts.add_addresses(here, {seed.url})
            store.frontier.finish(site_id, seed.key)

    def not_modified(self, seed: Seed, response: Response) -> None:
        post_id = self.keeper.store.posts.find(self.keeper.site_id, seed.url)
        with self.keeper.commit() as store:
            if post_id is not None:
                store.posts.touch(post_id, answered_at(response))
            store.frontier.finish(self.keeper.site_id, seed.key)
        self.tally.unchanged += 1

    def absent(self, seed: Seed, how: str, reason: SkipReason, response: Response) -> None:
        """A post that is not where it was, or never was where a source says."""
        post_id = self.keeper.store.posts.find(self.keeper.site_id, seed.url)
        if post_id is None:
            self.skip(seed, reason, how)
            return
        with self.keeper.commit() as store:
            kept = response.meta.get("capture")
            gone = store.posts.save_absence(
                post_id, self.keeper.run_id, how, noticed_at=answered_at(response), capture_id=kept and kept.capture_id
            )
            store.frontier.finish(self.keeper.site_id, seed.key)
        self.tally.count_absence(seed.url, how, gone=gone)


def links_from_start(seed: Seed) -> int:
    return int((seed.hint or {}).get("links", 0))


def a_link_further(listing: Seed, parent: Seed | None) -> Seed:
    """The listing with how far it is from where the run began: chains of listings are walked no further than that."""
    links = links_from_start(parent) + 1 if parent else 0
    return replace(listing, hint={**(listing.hint or {}), "links": links})


def answered_at(response: Response) -> str:
    """When the answer was captured: what is written of it can then be written again from the capture."""
    kept = response.meta.get("capture")
    return instant(kept.exchange.at) if kept else now()
