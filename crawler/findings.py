"""What the answers that are not posts tell a run: which posts there are, by which source, and where to look next.

Each function takes one answer and returns `Findings`; the spider stores them in one transaction. Nothing here fetches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from archive.store.frontier import SOURCE_PRIORITY, Seed
from archive.urls import absolute, canonical_url
from crawler import feeds, rest, sitemaps
from crawler.addresses import judge_address, listing_root, page_number, paged_url
from crawler.categories import find_archives, find_categories, rest_categories
from crawler.discovery import Sighting, Source, sighting_key, unique
from crawler.listings import end_reason, read_listing
from crawler.pages import Page
from crawler.profiles import SiteProfile
from crawler.skips import SkipReason

PRIORITIES: Final = {
    "listing": 1,
    "rest-categories": 0,
    "rest-posts": 1,
    "sitemap": 1,
    "feed": 2,
    "post": SOURCE_PRIORITY,
    "recheck": SOURCE_PRIORITY + 1,
}
"""Sources are asked before posts are fetched, so that the progress line knows how many there are."""

Hint = Mapping[str, Any]


@dataclass(kw_only=True)
class Findings:
    """What to store when an answer was read."""

    seeds: list[Seed] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    refused: list[tuple[str, SkipReason, str]] = field(default_factory=list)
    """Posts a source shows that may not be kept: address, reason, detail."""
    states: dict[str, str] = field(default_factory=dict)
    """Source → what it turned out to be, for the report."""
    has_categories: bool = False

    def sight(self, found: Iterable[Sighting], profile: SiteProfile, bases: Collection[str] = ()) -> None:
        """Take posts that lie within the blog, and queue them."""
        for sighting in unique(s for s in found if sighting_key(s.url) is not None):
            if judge_address(sighting.url, profile, bases=bases).may_be_post:
                self.sightings.append(sighting)
                self.seeds.append(post_seed(sighting))


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
        root = profile.start_urls[0]
        slugs = [absolute(root, f"/category/{slug}/") for slug in categories]
        return [seed("listing", url, source="category", only=True) for url in slugs if url]
    return [seed("listing", url, source="blog", start=True) for url in profile.listing_urls]


def source_seeds(
    page: Page | None, url: str, profile: SiteProfile, *, link_header: str, robots_sitemaps: Collection[str]
) -> list[Seed]:
    """The sources beside the category pages, from what the start page and robots.txt say and WordPress usually has."""
    tree = page.tree if page else None
    maps = [*robots_sitemaps] or list(sitemaps.sitemap_urls(url))
    roots = [root for root in rest.rest_roots(url, link_header=link_header, tree=tree) if profile.in_scope(root)]
    return [
        *(seed("sitemap", found, depth=0, optional=not robots_sitemaps) for found in maps if profile.in_scope(found)),
        *(seed("feed", found, optional=True) for found in feeds.feed_urls(tree, url)[:1] if profile.in_scope(found)),
        *(
            seed("rest-categories", rest.terms_url(root, "categories"), root=root, others=roots[1:], names={}, page=1)
            for root in roots[:1]
        ),
    ]


def from_listing(
    page: Page, requested_url: str, profile: SiteProfile, hint: Hint, *, seen: set[str], bases: set[str]
) -> Findings:
    """One page of a category, blog, date or author listing; *seen* and *bases* grow by what it shows."""
    found = Findings()
    source: Source = hint.get("source", "blog")
    if not hint.get("only"):
        _take_categories(found, page, profile, bases)
    listing = read_listing(
        page.tree, page.url, profile, source=source, base_url=page.base_url, bases=bases, shape=hint.get("shape")
    )
    end = end_reason(listing, requested_url, 200, seen)
    seen.update(listing.keys)
    found.sight(listing.posts, profile, bases)
    if end is None:
        found.seeds += _next_pages(listing, page.url, profile, hint)
    return found


def _next_pages(listing: Any, url: str, profile: SiteProfile, hint: Hint) -> list[Seed]:
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


def _take_categories(found: Findings, page: Page, profile: SiteProfile, bases: set[str]) -> None:
    categories = find_categories(page.tree, page.url, profile, base_url=page.base_url, bases=bases)
    bases |= {category.base for category in categories}
    found.has_categories = found.has_categories or bool(categories)
    found.seeds += [seed("listing", category.url, found_in=page.url, source="category") for category in categories]


def from_post_links(page: Page, profile: SiteProfile, *, bases: set[str], has_categories: bool) -> Findings:
    """Listings a post leads to: its categories; where the blog has none, its date and author archives."""
    found = Findings()
    _take_categories(found, page, profile, bases)
    if not has_categories and not found.has_categories:
        found.seeds += [
            seed("listing", archive.url, found_in=page.url, source=archive.source)
            for archive in find_archives(page.tree, page.url, profile, base_url=page.base_url)
        ]
    return found


def from_sitemap(body: bytes, url: str, profile: SiteProfile, hint: Hint) -> Findings:
    """A sitemap, or an index of them."""
    found = Findings()
    sitemap = sitemaps.read_sitemap(body, url, profile.timezone)
    depth = hint.get("depth", 0)
    if sitemap.kind == "index" and depth < sitemaps.MAX_DEPTH:
        children = sitemaps.post_children(sitemap)
        found.seeds += [
            seed("sitemap", child.url, found_in=url, depth=depth + 1)
            for child in children
            if profile.in_scope(child.url)
        ]
        found.states["sitemap"] = "open"
    elif sitemap.kind in ("urlset", "text"):
        found.sight(sitemaps.sitemap_sightings(sitemap), profile)
        found.states["sitemap"] = "open"
    elif not hint.get("optional"):
        found.states["sitemap"] = sitemap.problem or "not a sitemap"
    return found


def from_feed(body: bytes, url: str, profile: SiteProfile, hint: Hint, *, walk: bool) -> Findings:
    """A page of the feed; the next one only when the feed must carry the crawl (*walk*)."""
    found = Findings()
    feed = feeds.read_feed(body, url)
    if feed.kind == "none":
        return Findings(states={"feed": feed.problem or "not a feed"})
    found.sight(feeds.feed_sightings(feed), profile)
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
    found.seeds += [seed("listing", category.url, source="category") for category in categories]
    if len(terms) == rest.PER_PAGE:
        following = rest.terms_url(root, "categories", hint["page"] + 1)
        found.seeds.append(seed("rest-categories", following, **{**hint, "names": names, "page": hint["page"] + 1}))
    elif not names and status >= 400 and hint["others"]:
        following, *others = hint["others"]
        found.seeds.append(
            seed(
                "rest-categories",
                rest.terms_url(following, "categories"),
                **{**hint, "root": following, "others": others},
            )
        )
    else:
        found.seeds.append(seed("rest-posts", rest.posts_url(root), root=root, names=names, page=1))
    return found


def from_rest_posts(
    body: bytes, status: int, headers: Mapping[str, str], url: str, hint: Hint, profile: SiteProfile
) -> Findings:
    """A page of REST's posts, each with the names of its categories."""
    answer = rest.read_posts(body, headers, status=status, url=url)
    if answer.closed:
        return Findings(states={"rest": f"closed: {answer.closed}"})
    found = Findings(states={"rest": "open"})
    found.sight((_named(sighting, hint["names"]) for sighting in answer.sightings), profile)
    found.refused += [(s.url, SkipReason.PASSWORD_PROTECTED, "by REST's word") for s in answer.protected]
    number = hint["page"]
    if answer.sightings and number < (answer.total_pages or 0):
        found.seeds.append(seed("rest-posts", rest.posts_url(hint["root"], number + 1), **{**hint, "page": number + 1}))
    return found


def _named(sighting: Sighting, names: Mapping[str, str]) -> Sighting:
    """The sighting with its categories' names in the form REST embeds them, so that one reader serves both."""
    row = dict(sighting.rest or {})
    known = [names[str(number)] for number in row.get("categories") or () if str(number) in names]
    row["_embedded"] = {"wp:term": [[{"taxonomy": "category", "name": name} for name in known]]}
    return replace(sighting, rest=row)
