"""What a run fetches first and what it looks at again: from the plan to the frontier."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Final

from archive.store.frontier import Seed
from archive.store.posts import EVER
from archive.store.values import instant
from archive.urls import canonical_url
from crawler import findings
from crawler.deletions import Shown
from crawler.discovery import DATED, SOURCES, Source, SourceState, delta_source, judge_source
from crawler.findings import LISTINGS, Known
from crawler.keeper import Keeper
from crawler.modes import AHEAD, MISSING_CHECK, Plan, is_due, recheck_cuts
from crawler.profiles import SiteProfile
from crawler.skip_reasons import HARMLESS
from crawler.tally import Tally
from crawler.theme import is_redesign

FEW: Final = 20
MOST_OFF_THE_LISTS: Final = 0.1
"""Posts that may be off the lists at once, as a share of those listed."""


class Agenda:
    """One run's view of its site: what the archive knows of it, and what that means for the run's plan."""

    def __init__(
        self, keeper: Keeper, tally: Tally, plan: Plan, profile: SiteProfile, categories: tuple[str, ...]
    ) -> None:
        self.tally, self.plan, self.profile, self.categories = tally, plan, profile, categories
        self.custody, self.posts = keeper.store.custody, keeper.store.posts
        self.site_id, self.run_id = keeper.site_id, keeper.run_id

    @property
    def walks_listings(self) -> bool:
        """Whether the run follows every listing to its end, and so may judge the blog's other sources."""
        return bool(self.categories) or self.plan.mode in ("full", "sweep")

    def first_seeds(self) -> list[Seed]:
        """Where this run begins, by its plan; what failed last time is tried again."""
        if self.walks_listings:
            return findings.first_seeds(self.profile, self.categories)
        if self.plan.resumed:
            return []
        failed = self.custody.failed_urls(self.site_id, HARMLESS)
        again = [check_seed(url) for url in failed if self.profile.in_scope(url)]
        if self.plan.source is None:
            everything = self.posts.checked_before(self.site_id, EVER)
            return [*again, *(check_seed(url) for url, *_ in everything)]
        return [*again, *findings.delta_seeds(self.profile, self.plan.source, self.plan.since, self.plan.doors)]

    def look(self, look: tuple[str, ...], url: str) -> list[Seed]:
        """Note how the blog looks at *url*: the posts that show whether it reads as well, when it has another design.

        One address is looked at in every run, since a blog's front page and its listings may look different.
        """
        if not look or self.tally.look or url != self.plan.doors.get("look", url):
            return []
        self.tally.doors["look"] = url
        self.tally.look = look
        self.tally.is_redesigned = is_redesign(self.plan.look, self.tally.look)
        telling = self.posts.held.telling(self.site_id) if self.tally.is_redesigned else []
        return [check_seed(each) for each in telling if self.profile.in_scope(each)]

    def known(self) -> Known | None:
        """What tells changed posts from others; None in a full run, which fetches them all."""
        if self.plan.mode not in ("delta", "sweep"):
            return None
        return Known(
            lastmod=partial(self.custody.lastmod, self.site_id),
            headline=partial(self.posts.headline, self.site_id),
            shown_title=partial(self.custody.shown_title, self.site_id),
            checked_at=partial(self.posts.checked_at, self.site_id),
            categories=partial(self.posts.category_names, self.site_id) if self._trusts_rest_on_categories else None,
        )

    @property
    def _trusts_rest_on_categories(self) -> bool:
        """In a sweep, unless the profile says where a page shows them: then the page's word stands, and not REST's."""
        return self.plan.mode == "sweep" and "categories" not in self.profile.selectors

    def validators(self, url: str, *, is_post: bool = True) -> dict[str, str]:
        """Conditional headers from the address's last whole answer.

        nginx makes an ETag weak when it compresses, and then no longer knows it: the mark is taken off again. A post is
        asked for without them where they were once the same for another text.
        """
        if is_post and not self.plan.trusts_validators:
            return {}
        etag, last_modified = self.custody.validators(url)
        headers = {"If-None-Match": etag and etag.removeprefix("W/"), "If-Modified-Since": last_modified}
        return {name: value for name, value in headers.items() if value}

    def seeds_to_look_at_again(self) -> list[Seed]:
        """Posts that a source no longer shows, and those not asked for in a long time; asked for once all is fetched.

        A restricted run draws no conclusions from what it did not see.
        """
        if self.categories or self.tally.limit or self.plan.mode == "recheck":
            return []
        urls = [*self._missing(), *self._others()]
        urls += self.posts.held.addresses(self.site_id)  # changes a suspect run kept back: are they still what it saw?
        return [check_seed(url) for url in urls if self.profile.in_scope(url)]

    def _others(self) -> list[str]:
        """Known posts that no source of this run gives a reason to ask for: all of them, or those whose turn it is."""
        if self.plan.mode == "full":
            return self.posts.not_seen_in(self.run_id, self.site_id) if self.tally.seen else []
        if self.plan.mode == "sweep" and self._hides_edits:
            return self.posts.not_seen_in(self.run_id, self.site_id)
        return self._due()

    @cached_property
    def _hides_edits(self) -> bool:
        """Whether neither REST nor a sitemap tells when a post was edited: then only its own page shows another text.

        Not where no listing came: then the blog can't be read at present.
        """
        if not any(self.custody.count_sighted(self.site_id, each, since_run=self.run_id) for each in LISTINGS):
            return False
        return delta_source(self.judged_sources(), dated_sitemap=self.tally.dated_sitemap) not in DATED

    def _missing(self) -> list[str]:
        before = instant(datetime.now(UTC) - MISSING_CHECK)
        urls = self.custody.missing(self.site_id, missed_before=before)
        for source in self.tally.walked_whole:
            urls += self.custody.unseen(self.site_id, [source], self.run_id, missed_before=before)
        if self.plan.mode == "sweep" and not LISTINGS & self.tally.broken:
            urls += self._off_the_lists(before)
        return urls

    def _off_the_lists(self, missed_before: str) -> list[str]:
        """Posts that every listing showed no more, unless they are so many that the listings can't have been read."""
        counts = (self.custody.count_sighted(self.site_id, source, since_run=self.run_id) for source in LISTINGS)
        off = self.custody.unseen(self.site_id, LISTINGS, self.run_id, missed_before=missed_before)
        return off if len(off) <= max(FEW, MOST_OFF_THE_LISTS * max(counts)) else []

    def _due(self) -> list[str]:
        moment = datetime.now(UTC)
        before, young = recheck_cuts(moment)
        to_come = instant(moment + AHEAD)
        checked = self.posts.checked_before(self.site_id, before, young=young, to_come=to_come)
        return [url for url, uid, checked_at, posted_on in checked if is_due(uid, checked_at, posted_on, moment)]

    def judged_sources(self) -> dict[Source, SourceState]:
        """What each source turned out to be worth, set against all the others."""
        seen = {source: self.custody.sighted(self.site_id, source, since_run=self.run_id) for source in SOURCES}
        states = self.tally.sources
        return {
            source: judge_source(
                source,
                keys,
                closed=None if states.get(source) == "open" else states.get(source),
                others=seen,
                walked_to_end=source in self.tally.walked_whole or source == "category",
            )
            for source, keys in seen.items()
            if keys or source in states
        }

    def held_by_rest(self) -> int:
        """Posts REST has shown since it was last walked to its end, this run's included."""
        walked = self.custody.last_walk(self.site_id, "rest")
        return self.custody.count_sighted(self.site_id, "rest", since_run=walked)

    def shown_by_rest(self) -> list[Shown]:
        """The same posts, in the order of their numbers."""
        walked = self.custody.last_walk(self.site_id, "rest")
        rows = self.custody.numbered(self.site_id, "rest", since_run=walked)
        return [Shown(url=url, wordpress_id=number) for url, number in rows]


def check_seed(url: str) -> Seed:
    """A post to be asked for again: is it still there, and as it was?"""
    return Seed(
        key=canonical_url(url), url=url, role="post", priority=findings.PRIORITIES["recheck"], hint={"check": True}
    )
