"""Where each answer led, and what came of it: a space without end gives itself away by bringing nothing new.

`traps.py` knows such spaces by their addresses. Here they are known by what they bring, however they spell themselves:
sources that repeat themselves, listings that only lead to more listings, posts that are all one page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from archive.store.frontier import SOURCE_PRIORITY, Seed
from crawler.addresses import listing_root, page_number

AHEAD_PAGES: Final = 5
"""Pages of one listing that are walked before its posts are looked at; the rest waits until they were."""
DUDS_MOST: Final = 20
"""Addresses of one trail that were no post, or a page known from another address, before it is given up; only where
they are most of what it brought."""
BARREN_LEADS_MOST: Final = 40
"""Listings a run walks that were found only on listings which showed nothing new. The next page of a listing is none:
what else shows its posts, and which of them is read first, is chance, and it ends by itself where it repeats itself."""
BARREN_ANSWERS_MOST: Final = {"sitemap": 30, "feed": 1, "rest-posts": 1, "rest-ids": 1}
"""Answers in a row without anything new, after which such a source is not asked on: WordPress splits its sitemaps by
year and kind, and some of them are empty; a page of REST or of a feed never repeats the one before."""

LATE_PRIORITY: Final = SOURCE_PRIORITY + 2
"""After the posts that were found sooner, but for the last hundreds of them."""


class Trails:
    """One run's memory of what led where. A trail is everything that hangs from one listing of the start page."""

    def __init__(self) -> None:
        self._trails: dict[str, str] = {}
        self._steps: dict[str, int] = {}
        self._posts: Counter[str] = Counter()
        self._duds: Counter[str] = Counter()
        self._shown: defaultdict[str, set[int]] = defaultdict(set)
        self._barren: Counter[str] = Counter()
        self._followed: set[str] = set()

    def is_news(self, role: str, keys: Iterable[str]) -> bool:
        """Whether an answer of that role shows a post which none of its kind showed before in this run."""
        shown, before = self._shown[role], len(self._shown[role])
        shown.update(map(hash, keys))
        return len(shown) > before

    def place(self, seeds: Iterable[Seed], parent: Seed | None, *, is_news: bool) -> tuple[list[Seed], str | None]:
        """Which of the *seeds* that the answer to *parent* leads to are followed, and when; and why the others are not.

        Posts always are; *parent* is None where a run begins.
        """
        if parent is None:
            return list(seeds), None
        self._barren[parent.role] = 0 if is_news else self._barren[parent.role] + 1
        placed: list[Seed] = []
        refused: str | None = None
        for seed in seeds:
            if seed.role == parent.role and (why := self._endless(seed, parent, is_news=is_news)):
                refused = why
            else:
                placed.append(self._later(seed, parent) if seed.role == "listing" else seed)
        return placed, refused

    def _endless(self, seed: Seed, parent: Seed, *, is_news: bool) -> str | None:
        if seed.role != "listing":
            most = BARREN_ANSWERS_MOST.get(seed.role)
            return f"{seed.role} without end" if most and self._barren[seed.role] >= most else None
        is_next_page = listing_root(seed.url) == listing_root(parent.url)
        is_lead = not (is_news or is_next_page or seed.key in self._followed or (parent.hint or {}).get("start"))
        self._barren["leads"] += is_lead
        if is_lead and self._barren["leads"] > BARREN_LEADS_MOST:
            return "listings without end"
        self._followed.add(seed.key)
        return None

    def _later(self, seed: Seed, parent: Seed) -> Seed:
        """The listing with its place on a trail: what lies far from the start waits until nearer posts were read."""
        root, above = listing_root(seed.url), listing_root(parent.url)
        if root not in self._steps:
            same = root == above or (parent.hint or {}).get("start")
            self._steps[root] = 1 if same else self._steps.get(above, 0) + 1
            self._trails[root] = root if self._steps[root] <= 1 else self._trails.get(above, above)
        is_late = self._steps[root] > 1 or page_number(seed.url) > AHEAD_PAGES
        return replace(seed, priority=LATE_PRIORITY) if is_late else seed

    def trail_of(self, seed: Seed) -> str | None:
        """The trail a listing lies on, or a post was found on; None for what no listing led to."""
        place = seed.url if seed.role == "listing" else seed.found_in
        root = listing_root(place) if place else None
        return self._trails.get(root, root) if root else None

    def count(self, seed: Seed, *, is_dud: bool) -> None:
        """A post's address was looked at."""
        if trail := self.trail_of(seed):
            (self._duds if is_dud else self._posts)[trail] += 1

    def is_given_up(self, seed: Seed) -> bool:
        """Whether nearly everything that the seed's trail led to was no post."""
        trail = self.trail_of(seed)
        return trail is not None and self._duds[trail] >= DUDS_MOST and self._duds[trail] > 4 * self._posts[trail]
