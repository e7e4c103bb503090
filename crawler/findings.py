"""What the answers that are not posts tell a run: which posts there are, by which source, and where to look next.

Each function takes one answer and returns `Findings`; the spider stores them in one transaction. Nothing here fetches.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from archive.store.frontier import SOURCE_PRIORITY, Seed
from archive.text import fold
from archive.urls import absolute, canonical_url
from crawler import feeds, rest, sitemaps
from crawler.addresses import judge_address, listing_root, page_number, paged_url
from crawler.categories import Category, rest_categories
from crawler.discovery import Sighting, Source, sighting_key, unique
from crawler.handover import ListingRead, PostLinks
from crawler.listings import Listing, end_reason
from crawler.profiles import SiteProfile
from crawler.skip_reasons import SkipReason

PRIORITIES: Final = {
    "listing": 1,
    "rest-categories": 0,
    "rest-posts": 1,
    "rest-total": 1,
    "rest-ids": 1,
    "rest-probe": 1,
    "sitemap": 1,
    "feed": 2,
    "post": SOURCE_PRIORITY,
    "recheck": SOURCE_PRIORITY + 1,
}
"""Sources are asked before posts are fetched, so that the progress line knows how many there are."""

Hint = Mapping[str, Any]


class Refused(NamedTuple):
    """An address that a source shows and that is not followed, or that did not answer as it should."""

    url: str
    reason: SkipReason
    detail: str
    role: str = "post"


@dataclass(kw_only=True)
class Findings:
    """What to store when an answer was read."""

    seeds: list[Seed] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    endless: list[tuple[str, str]] = field(default_factory=list)
    """Spaces without end that were seen and not entered: address, and how they are known."""
    states: dict[Source, str] = field(default_factory=dict)
    """Source → `open`, or why it is of no use in this run."""
    walked: set[Source] = field(default_factory=set)
    """Sources whose last page this was: what they no longer show may be gone."""
    broken: set[Source] = field(default_factory=set)
    """Sources of which a part did not come: what they no longer show says nothing."""
    has_categories: bool = False

    def sight(
        self, found: Iterable[Sighting], profile: SiteProfile, bases: Collection[str] = (), known: Known | None = None
    ) -> int:
        """Take posts that lie within the blog, and queue those that are not *known* as they are; returns how many."""
        before = len(self.seeds)
        for sighting in unique(s for s in found if sighting_key(s.url) is not None):
            if judge_address(sighting.url, profile, bases=bases).may_be_post:
                self.sightings.append(sighting)
                if known is None or not known.is_unchanged(sighting):
                    self.seeds.append(post_seed(sighting))
        return len(self.seeds) - before


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the archive knows of the blog's posts, for telling those that changed from those that did not.

    Looked up post by post: most runs are shown a few, and there may be many thousands.
    """

    lastmod: Callable[[str, str], tuple[str | None] | None]
    """Of a source and a key, when the post last changed by that source's word; None: it never showed the post."""
    headline: Callable[[str], tuple[str | None] | None]
    """Of a key; None: no such post is held."""
    shown_title: Callable[[str, str], str | None]
    """Of a source and a key, the words by which that source last showed the post."""
    checked_at: Callable[[str], str | None] = lambda key: None
    """Of a key, when the post's page was last asked for; None: no such post is held."""
    categories: Callable[[str], tuple[str, ...]] | None = None
    """Of a key, to be compared with REST's; None: they are not compared."""

    def is_unchanged(self, sighting: Sighting) -> bool:
        """By the source's own date where it gives one, by the words of its card where a listing shows it."""
        shown, post = self.lastmod(sighting.source, sighting.key), self.headline(sighting.key)
        if shown is None and post is None:
            return False
        if post and self._was_moved(sighting):
            return False
        if sighting.lastmod is not None:
            is_as_before = shown is not None and sighting.lastmod == shown[0]
            return is_as_before and not self._may_change_unseen(sighting.lastmod, sighting.key)
        if sighting.source in LISTINGS and sighting.title:
            headline = (post[0] if post else None) or ""
            if before := self.shown_title(sighting.source, sighting.key):
                return fold(sighting.title) in (fold(before), fold(headline)) or is_cut(sighting.title, headline)
            return not headline or same_headline(sighting.title, headline)
        return True

    def _may_change_unseen(self, lastmod: str, key: str) -> bool:
        """Whether the post was last asked for on the very day its source names: it may have been edited again since.

        A day lasts till the next noon in UTC where clocks are twelve hours behind.
        """
        if len(lastmod) > len("2024-05-06"):
            return False
        checked_at = self.checked_at(key)
        return checked_at is not None and checked_at < day_after(lastmod)

    def _was_moved(self, sighting: Sighting) -> bool:
        """Whether REST has the post in other categories: moving many at once leaves no modified date behind."""
        if self.categories is None:
            return False
        names = category_names(sighting.rest or {})
        return bool(names) and set(names) != set(self.categories(sighting.key))


LAST_DAY: Final = date.max - timedelta(days=1)


def day_after(day: str) -> str:
    """The instant by which a day is over on all of the earth.

    >>> day_after("2024-12-31")
    '2025-01-01T12:00:00Z'
    """
    return f"{min(date.fromisoformat(day), LAST_DAY) + timedelta(days=1)}T12:00:00Z"


def category_names(row: Mapping[str, Any]) -> list[str]:
    """Names of the categories in a row that `named` has seen."""
    terms = row.get("_embedded", {}).get("wp:term", [[]])[0]
    return [term["name"] for term in terms]


LISTINGS: Final[frozenset[Source]] = frozenset({"category", "blog", "date-archive", "author-archive"})

SHORTEST_HEADLINE: Final = 20
"""Letters from which a cut headline on a card is taken for its beginning."""


def same_headline(shown: str, stored: str) -> bool:
    """Whether a listing's words may be the post's headline: cards cut them and add to them.

    >>> same_headline("Dry dock reopens after a winter …", "Dry dock reopens after a winter of repairs")
    True
    >>> same_headline("Dry dock stays shut", "Dry dock reopens after a winter of repairs")
    False
    """
    short, long = sorted((fold(shown), fold(stored)), key=len)
    return short == long or (len(short) >= SHORTEST_HEADLINE and short in long)


def is_cut(shown: str, headline: str) -> bool:
    """Whether the words are the headline's beginning, and say that they are cut: a post may stand on several cards.

    >>> is_cut("Dry dock reopens after …", "Dry dock reopens after a winter of repairs")
    True
    >>> is_cut("Dry dock reopens", "Dry dock reopens after a winter of repairs")
    False
    """
    words = shown.rstrip(" ]")
    return words.endswith(("…", "...")) and fold(headline).startswith(fold(words.rstrip(" .…[")))


def post_seed(sighting: Sighting) -> Seed:
    return Seed(
        key=sighting.key,
        url=sighting.url,
        role="post",
        priority=PRIORITIES["post"],
        found_in=sighting.listed_in,
        hint={"rest": dict(sighting.rest)} if sighting.rest else None,
    )


def seed(role: str, url: str, *, found_in: str | None = None, **hint: Any) -> Seed:
    """A source to ask. Its key names the role too: an address can be a listing and a post's permalink at once."""
    return Seed(
        key=f"{role} {canonical_url(url)}",
        url=url,
        role=role,
        priority=PRIORITIES[role],
        found_in=found_in,
        hint=hint or None,
    )


def first_seeds(profile: SiteProfile, categories: tuple[str, ...]) -> list[Seed]:
    """Where a crawl begins: the profile's listings, or only the categories asked for by slug."""
    if categories:
        return [seed("listing", profile.start_urls[0], slugs=list(categories))]
    return [seed("listing", url, source="blog", start=True) for url in profile.listing_urls]


def delta_seeds(profile: SiteProfile, source: Source, since: str | None, doors: Mapping[str, Any]) -> list[Seed]:
    """Where a run that only wants what changed begins; *doors* are the addresses the last whole run found open.

    One listing page is looked at for a redesign, which leaves no modified date behind.
    """
    asked = _asked(profile, source, since, doors)
    look = seed("listing", doors.get("look") or profile.listing_urls[0], look=True)
    return [*asked, *([look] if look.key not in {each.key for each in asked} else [])]


def _asked(profile: SiteProfile, source: Source, since: str | None, doors: Mapping[str, Any]) -> list[Seed]:
    start = profile.start_urls[0]
    if source == "rest":
        root = doors.get("rest") or rest.rest_roots(start)[0]
        url = rest.terms_url(root, "categories")
        return [seed("rest-categories", url, root=root, others=[], names={}, page=1, since=since)]
    if source == "sitemap":
        return [seed("sitemap", url, depth=0) for url in doors.get("sitemap") or sitemaps.sitemap_urls(start)[:1]]
    if source == "feed":
        return [seed("feed", doors.get("feed") or feeds.feed_urls(None, start)[0], delta=True)]
    return [
        seed("listing", url, source=name, delta=True)
        for name, urls in doors.get("listings", {}).items()
        for url in urls
    ]


def source_seeds(
    page: ListingRead | None, url: str, profile: SiteProfile, *, link_header: str, robots_sitemaps: Collection[str]
) -> list[Seed]:
    """The sources beside the category pages, from what the start page and robots.txt say and WordPress usually has."""
    maps = [*robots_sitemaps] or list(sitemaps.sitemap_urls(url))
    named = page.rest_roots if page else rest.rest_roots(url, link_header=link_header)
    roots = [root for root in named if profile.in_scope(root)]
    feed = (page.feeds if page else feeds.feed_urls(None, url))[:1]
    return [
        *(seed("sitemap", found, depth=0, optional=not robots_sitemaps) for found in maps if profile.in_scope(found)),
        *(seed("feed", found, optional=True) for found in feed if profile.in_scope(found)),
        *(
            seed("rest-categories", rest.terms_url(root, "categories"), root=root, others=roots[1:], names={}, page=1)
            for root in roots[:1]
        ),
    ]


def from_listing(
    page: ListingRead,
    requested_url: str,
    profile: SiteProfile,
    hint: Hint,
    *,
    seen: set[int],
    bases: set[str],
    known: Known | None = None,
) -> Findings:
    """One page of a category, blog, date or author listing; *seen* and *bases* grow by what it shows.

    A delta (hint `delta`) goes on only while a page shows something new or changed.
    """
    if hint.get("slugs"):
        return Findings(seeds=list(_chosen_categories(page, profile, hint["slugs"])))
    source: Source = hint.get("source", "blog")
    found = Findings(states={source: "open"})
    if not hint.get("only") and not hint.get("delta"):
        _take_categories(found, page.categories, page.url, bases)
    listing = page.listing
    if listing.calendar:
        found.endless.append((listing.calendar, "calendar, not entered"))
    end = end_reason(listing, requested_url, 200, seen)
    seen.update(map(hash, listing.keys))
    news = found.sight(listing.posts, profile, bases, known)
    if end is None and (news or not hint.get("delta")):
        found.seeds += _next_pages(listing, page.url, profile, hint)
    return found


def _next_pages(listing: Listing, url: str, profile: SiteProfile, hint: Hint) -> list[Seed]:
    """The page after this one: by its link, or by the address WordPress would give it where a theme hides its pages.

    A listing whose pages have links ends where they end; one without is asked on until it answers with nothing new.
    """
    carried = {**hint, "shape": listing.shape, "start": False}
    if listing.next_url:
        return [seed("listing", listing.next_url, found_in=url, **{**carried, "linked": True})]
    if hint.get("linked") and not listing.load_more:
        return []
    guess = paged_url(listing_root(url), page_number(url) + 1)
    return (
        [seed("listing", guess, found_in=url, **{**carried, "linked": False, "guessed": True})]
        if profile.in_scope(guess)
        else []
    )


def _chosen_categories(page: ListingRead, profile: SiteProfile, slugs: Collection[str]) -> Iterator[Seed]:
    """The listings of the categories asked for: where the page links them, else at WordPress' usual place."""
    linked = {category.slug: category.url for category in page.categories}
    for slug in slugs:
        url = linked.get(slug) or absolute(page.url, f"/category/{slug}/")
        if url:
            yield seed("listing", url, found_in=page.url, source="category", only=True)


def _take_categories(found: Findings, categories: Collection[Category], url: str, bases: set[str]) -> None:
    bases |= {category.base for category in categories}
    found.has_categories = found.has_categories or bool(categories)
    found.seeds += [seed("listing", category.url, found_in=url, source="category") for category in categories]


def from_post_links(page: PostLinks, *, bases: set[str], has_categories: bool) -> Findings:
    """Listings a post leads to: its categories; where the blog has none, its date and author archives."""
    found = Findings()
    _take_categories(found, page.categories, page.url, bases)
    if not has_categories and not found.has_categories:
        found.seeds += [
            seed("listing", archive.url, found_in=page.url, source=archive.source) for archive in page.archives
        ]
    return found


def from_sitemap(sitemap: sitemaps.Sitemap, profile: SiteProfile, hint: Hint, known: Known | None = None) -> Findings:
    """A sitemap, or an index of them."""
    found = Findings()
    url, depth = sitemap.url, hint.get("depth", 0)
    if sitemap.kind == "index" and depth >= sitemaps.MAX_DEPTH:
        found.endless.append((url, f"sitemaps that name sitemaps more than {sitemaps.MAX_DEPTH} deep"))
    elif sitemap.kind == "index":
        children = sitemaps.post_children(sitemap)
        found.seeds += [
            seed("sitemap", child.url, found_in=url, depth=depth + 1)
            for child in children
            if profile.in_scope(child.url)
        ]
        found.states["sitemap"] = "open"
    elif sitemap.kind in ("urlset", "text"):
        found.sight(sitemaps.sitemap_sightings(sitemap), profile, known=known)
        found.states["sitemap"] = "open"
        found.walked, found.broken = ({"sitemap"}, set()) if sitemap.problem is None else (set(), {"sitemap"})
    elif not hint.get("optional"):
        found.states["sitemap"] = sitemap.problem or "not a sitemap"
    return found


def from_feed(
    feed: feeds.Feed, profile: SiteProfile, hint: Hint, *, walk: bool, known: Known | None = None
) -> Findings:
    """A page of the feed; the next one only when the feed must carry the crawl (*walk*)."""
    found, url = Findings(), feed.url
    if feed.kind == "none":
        return Findings(states={"feed": feed.problem or "not a feed"})
    found.sight(feeds.feed_sightings(feed), profile, known=known)
    found.states["feed"] = "open"
    number = hint.get("page", 1)
    if walk and found.sightings:
        following = feed.next_url or feeds.paged_feed_url(hint.get("first", url), number + 1)
        found.seeds.append(
            seed("feed", following, found_in=url, page=number + 1, first=hint.get("first", url), optional=True)
        )
    return found


def from_rest_categories(body: bytes, status: int, hint: Hint, profile: SiteProfile, bases: set[str]) -> Findings:
    """A page of REST's categories: their listings to walk, and their names for the posts that follow."""
    found = Findings()
    terms = rest.read_terms(body, status=status)
    root, names = hint["root"], {**hint["names"], **{str(term.id): term.name for term in terms}}
    categories = rest_categories(terms, profile)
    bases |= {category.base for category in categories}
    found.has_categories = bool(categories)
    if not hint.get("since"):
        found.seeds += [seed("listing", category.url, source="category") for category in categories]
    if len(terms) >= rest.PER_PAGE and len(names) > len(hint["names"]):
        following = rest.terms_url(root, "categories", hint["page"] + 1)
        found.seeds.append(seed("rest-categories", following, **{**hint, "names": names, "page": hint["page"] + 1}))
    elif not names and status >= 400 and hint["others"]:
        found.seeds += next_rest_root(hint).seeds
    else:
        asked = rest.posts_url(root, modified_after=hint.get("since"))
        found.seeds.append(seed("rest-posts", asked, root=root, names=names, page=1, since=hint.get("since")))
    return found


def next_rest_root(hint: Hint) -> Findings:
    """The next address REST may answer at, after one that did not."""
    if not hint.get("others"):
        return Findings()
    following, *others = hint["others"]
    url = rest.terms_url(following, "categories")
    return Findings(seeds=[seed("rest-categories", url, **{**hint, "root": following, "others": others})])


def from_rest_posts(
    body: bytes,
    status: int,
    headers: Mapping[str, str],
    url: str,
    hint: Hint,
    profile: SiteProfile,
    known: Known | None = None,
) -> Findings:
    """A page of REST's posts, each with the names of its categories.

    After the last page of a delta (hint `since`), REST is asked how many posts it has in all: it never shows deletions.
    """
    answer = rest.read_posts(body, headers, status=status, url=url)
    if answer.closed:
        return Findings(states={"rest": f"closed: {answer.closed}"})
    since = hint.get("since")
    if since and rest.ignored_modified_after(answer.sightings, since):
        return Findings(states={"rest": "lying: it ignores modified_after"})
    found = Findings(states={"rest": "open"})
    found.sight((named(sighting, hint["names"]) for sighting in answer.sightings), profile, known=known)
    found.sightings += answer.protected
    found.refused += [Refused(s.url, SkipReason.PASSWORD_PROTECTED, "by REST's word") for s in answer.protected]
    number = hint["page"]
    if answer.sightings and number < (answer.total_pages or 0):
        following = rest.posts_url(hint["root"], number + 1, modified_after=since)
        found.seeds.append(seed("rest-posts", following, **{**hint, "page": number + 1}))
    elif since:
        newest = rest.newest_url(hint["root"])
        found.seeds.append(seed("rest-total", newest, root=hint["root"], names=hint["names"], page=1))
    else:
        found.walked = {"rest"}
    return found


ID_FIELDS: Final = ("id", "link", "status", "type", "content.protected")


def from_rest_ids(
    body: bytes, status: int, headers: Mapping[str, str], url: str, hint: Hint, profile: SiteProfile, known: Known
) -> Findings:
    """A page of all posts by id: whatever REST no longer shows when this has ended may be gone."""
    answer = rest.read_posts(body, headers, status=status, url=url)
    found = Findings()
    found.sight(answer.sightings, profile, known=known)
    found.sightings += answer.protected
    if answer.sightings and hint["page"] < (answer.total_pages or 0):
        following = rest.posts_url(hint["root"], hint["page"] + 1, fields=ID_FIELDS)
        found.seeds.append(seed("rest-ids", following, **{**hint, "page": hint["page"] + 1}))
    elif answer.closed is None:
        found.walked = {"rest"}
    return found


def named(sighting: Sighting, names: Mapping[str, str]) -> Sighting:
    """The sighting with its categories' names in the form REST embeds them, so that one reader serves both."""
    row = dict(sighting.rest or {})
    known = [names[str(number)] for number in row.get("categories") or () if str(number) in names]
    row["_embedded"] = {"wp:term": [[{"taxonomy": "category", "name": name} for name in known]]}
    return replace(sighting, rest=row)
