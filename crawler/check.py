"""What a blog offers a crawl: `clipfile sites check`. Looks at a dozen addresses and stores nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin

from protego import Protego

from archive import provenance
from archive.errors import ArchiveError, NotABlogError, UnreachableError
from archive.model import PageContext, Post, Reading
from crawler import feeds, rest, sitemaps
from crawler.addresses import paged_url
from crawler.categories import Category, find_categories, merge_categories, rest_categories
from crawler.listings import Listing, end_reason, read_listing
from crawler.pages import Page, UnreadablePageError, page_kind, parse_page, read_post
from crawler.polite import Answer
from crawler.profiles import SiteProfile

Fetch = Callable[[str], Answer]
State = Literal["good", "none", "closed", "doubtful"]

ROBOTS_AGENT = "clipfile"
SAMPLE_POSTS = 3
"""Posts read to see which signals the blog's pages carry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckRow:
    """One line of the table."""

    subject: str
    state: State
    found: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteCheck:
    """What was found on one blog."""

    site: str
    url: str
    rows: tuple[CheckRow, ...]
    categories: tuple[Category, ...]
    posts: tuple[str, ...]
    """Addresses of the posts that were read."""


@dataclass(kw_only=True)
class _Findings:
    """What earlier looks found, for the later ones."""

    profile: SiteProfile
    ask: Fetch
    start: Page
    link_header: str
    robots_sitemaps: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    listing: Listing | None = None
    read: list[str] = field(default_factory=list)


def check_site(profile: SiteProfile, fetch: Fetch) -> SiteCheck:
    """Look at a blog's sources, categories, pagination and a few posts.

    robots.txt is asked first and obeyed. Raises UnreachableError when the start page does not come, or may not be
    fetched, and NotABlogError when it is no page at all.
    """
    url = profile.start_urls[0]
    robots, robots_row = _read_robots(url, fetch)
    ask = _well_behaved(profile, robots, fetch)
    answer = ask(url)
    if answer.status != 200:
        raise UnreachableError(f"{url} answers {answer.status}")
    findings = _Findings(
        profile=profile,
        ask=ask,
        start=_page(answer, profile),
        link_header=answer.headers.get("link", ""),
        robots_sitemaps=tuple(robots.sitemaps) if robots else (),
    )
    rows = (robots_row, *(row for look in _LOOKS for row in look(findings)))
    return SiteCheck(site=profile.name, url=url, rows=rows, categories=findings.categories, posts=tuple(findings.read))


def _page(answer: Answer, profile: SiteProfile) -> Page:
    try:
        content_type = answer.headers.get("content-type")
        return parse_page(answer.body, url=answer.url, content_type=content_type, limits=profile.page_limits)
    except UnreadablePageError as why:
        raise NotABlogError(f"{answer.url} is no page a blog could be read from", hint=str(why)) from why


# ------------------------------------------------------------------------------------------------- robots.txt


def _read_robots(url: str, fetch: Fetch) -> tuple[Protego | None, CheckRow]:
    """The rules and their row; no rules where there is no file. Raises UnreachableError where RFC 9309 says to stop."""
    answer = fetch(urljoin(url, "/robots.txt"))
    if answer.status >= 500 or answer.status == 429:
        raise UnreachableError(
            f"{answer.url} answers {answer.status}, so nothing of the blog may be fetched (RFC 9309)", hint="try later"
        )
    if answer.status != 200:
        return None, CheckRow(subject="robots.txt", state="none", found=f"answers {answer.status}: all is allowed")
    robots = Protego.parse(answer.body[: 500 * 1024].decode("utf-8-sig", "replace"))
    delay = robots.crawl_delay(ROBOTS_AGENT)
    found = ["the start page is allowed" if robots.can_fetch(url, ROBOTS_AGENT) else "the start page is forbidden"]
    found += [f"asks for {delay:g} s between requests"] if delay else []
    state: State = "good" if robots.can_fetch(url, ROBOTS_AGENT) else "closed"
    return robots, CheckRow(subject="robots.txt", state=state, found="; ".join(found))


def _well_behaved(profile: SiteProfile, robots: Protego | None, fetch: Fetch) -> Fetch:
    """*fetch*, but for what robots.txt forbids and for answers of another site."""

    def ask(url: str) -> Answer:
        if robots is not None and not robots.can_fetch(url, ROBOTS_AGENT):
            raise UnreachableError(f"{url} is forbidden by robots.txt")
        answer = fetch(url)
        if not profile.in_scope(answer.url):
            raise UnreachableError(
                f"{url} leads to another site: {answer.url}", hint="give that address if it is meant"
            )
        return answer

    return ask


# ------------------------------------------------------------------------------------------------- the looks


def _look_at_rest(findings: _Findings) -> Iterator[CheckRow]:
    troubles: list[str] = []
    for root in rest.rest_roots(findings.start.url, link_header=findings.link_header, tree=findings.start.tree):
        if not findings.profile.in_scope(root):
            continue
        answer, trouble = _try(findings.ask, rest.posts_url(root))
        if answer is None:
            troubles.append(trouble)
            continue
        posts = rest.read_posts(answer.body, answer.headers, status=answer.status, url=answer.url)
        if posts.closed is None:
            terms = _rest_terms(findings, root)
            findings.categories = rest_categories(terms, findings.profile)
            total = len(posts.sightings) if posts.total is None else posts.total
            found = f"{_count(total, 'post')} at {root}, {_count(len(findings.categories), 'category')}"
            yield CheckRow(subject="REST", state="good" if total else "doubtful", found=found)
            return
        troubles.append(f"{root} {posts.closed}")
    yield CheckRow(subject="REST", state="closed", found=troubles[0] if troubles else "not found")


def _rest_terms(findings: _Findings, root: str) -> tuple[rest.RestTerm, ...]:
    answer, _ = _try(findings.ask, rest.terms_url(root, "categories"))
    return rest.read_terms(answer.body, status=answer.status) if answer else ()


def _look_at_sitemaps(findings: _Findings) -> Iterator[CheckRow]:
    named = [url for url in findings.robots_sitemaps if findings.profile.in_scope(url)]
    for url in named or sitemaps.sitemap_urls(findings.start.url):
        sitemap = _sitemap(findings, url)
        if sitemap is None or sitemap.kind == "none":
            continue
        where = "named in robots.txt" if named else "not named in robots.txt"
        children = sitemaps.post_children(sitemap) if sitemap.kind == "index" else ()
        first = _sitemap(findings, children[0].url) if children else sitemap
        yield _sitemap_row(url, where, len(children), first)
        return
    yield CheckRow(
        subject="sitemap", state="none", found="none found" if not named else "the one named does not answer"
    )


def _sitemap(findings: _Findings, url: str) -> sitemaps.Sitemap | None:
    answer, _ = _try(findings.ask, url)
    if answer is None or answer.status != 200:
        return None
    return sitemaps.read_sitemap(answer.body, answer.url, findings.profile.timezone)


def _sitemap_row(url: str, where: str, children: int, first: sitemaps.Sitemap | None) -> CheckRow:
    if first is None or not first.entries:
        return CheckRow(subject="sitemap", state="doubtful", found=f"{url} ({where}) lists nothing")
    dated = "with lastmod" if first.is_dated else "without lastmod"
    count = _count(len(first.entries), "address", "addresses")
    files = f"{_count(children, 'file')} of posts, {count} in the first" if children else count
    return CheckRow(subject="sitemap", state="good", found=f"{url} ({where}): {files}, {dated}")


def _look_at_feed(findings: _Findings) -> Iterator[CheckRow]:
    for url in feeds.feed_urls(findings.start.tree, findings.start.url):
        answer, _ = _try(findings.ask, url) if findings.profile.in_scope(url) else (None, "")
        feed = feeds.read_feed(answer.body, answer.url) if answer and answer.status == 200 else None
        if answer and feed and feed.items:
            checked = "etag" in answer.headers or "last-modified" in answer.headers
            validators = "with validators" if checked else "without validators"
            found = f"{url}: {feed.kind}, {_count(len(feed.items), 'item')}, {validators}"
            yield CheckRow(subject="feed", state="good", found=found)
            return
    yield CheckRow(subject="feed", state="none", found="none found")


def _look_at_categories(findings: _Findings) -> Iterator[CheckRow]:
    page = findings.start
    linked = find_categories(page.tree, page.url, findings.profile, base_url=page.base_url)
    findings.categories = merge_categories([*findings.categories, *linked])
    for category in findings.categories:
        count = f"{_count(category.count, 'post')}, " if category.count is not None else ""
        yield CheckRow(
            subject=f"category {category.name or category.slug}", state="good", found=f"{count}{category.url}"
        )
    if not findings.categories:
        found = "none found: date and author archives will be walked"
        yield CheckRow(subject="categories", state="none", found=found)


def _look_at_listings(findings: _Findings) -> Iterator[CheckRow]:
    page = findings.start
    urls = [None, *(category.url for category in findings.categories[:1])]
    for url in urls:
        answer, _ = _try(findings.ask, url) if url else (None, "")
        page = _page(answer, findings.profile) if answer and answer.status == 200 else page
        listing = read_listing(page.tree, page.url, findings.profile, base_url=page.base_url)
        if listing.posts:
            findings.listing = listing
            found = f"{_count(len(listing.posts), 'post')} on {page.url}, each in {listing.shape}"
            yield CheckRow(subject="listing", state="good", found=found)
            yield _pagination_row(findings, listing)
            return
    yield CheckRow(subject="listing", state="doubtful", found="no posts were recognised on the start page")


def _pagination_row(findings: _Findings, listing: Listing) -> CheckRow:
    ways = ((listing.next_url, "by link"), (paged_url(listing.url, listing.page_number + 1), "by number only"))
    url, way = next((url, way) for url, way in ways if url)
    button = ", behind a “load more” button" if listing.load_more else ""
    total = f"; {_count(listing.pages_total, 'page')}" if listing.pages_total else ""
    answer, trouble = _try(findings.ask, url)
    if answer is None or answer.status != 200:
        found = trouble if answer is None else f"a second page answers {answer.status}"
        return CheckRow(subject="pagination", state="doubtful" if listing.next_url else "none", found=found)
    page = _page(answer, findings.profile)
    second = read_listing(page.tree, page.url, findings.profile, base_url=page.base_url, shape=listing.shape)
    end = end_reason(second, url, answer.status, {hash(key) for key in listing.keys})
    if end:
        return CheckRow(subject="pagination", state="none", found=f"the second page is none: {end}")
    return CheckRow(subject="pagination", state="good", found=f"{way}{button}{total}")


def _look_at_posts(findings: _Findings) -> Iterator[CheckRow]:
    for sighting in (findings.listing.posts if findings.listing else ())[:SAMPLE_POSTS]:
        answer, trouble = _try(findings.ask, sighting.url)
        if answer is None or answer.status != 200:
            found = trouble if answer is None else f"{sighting.url} answers {answer.status}"
            yield CheckRow(subject="post", state="doubtful", found=found)
            continue
        findings.read.append(sighting.url)
        yield from _post_rows(answer, findings.profile)


def _post_rows(answer: Answer, profile: SiteProfile) -> Iterator[CheckRow]:
    page = _page(answer, profile)
    post = read_post(page, selectors=profile.selectors)
    reading = provenance.read(post.lines, _context(post, profile))
    kind = page_kind(page)
    name = f"post {post.title or answer.url}"
    yield CheckRow(subject=name, state="good" if kind == "post" else "doubtful", found=_signals(post))
    yield CheckRow(subject="  read as", state="good", found=_reading(reading))


def _context(post: Post, profile: SiteProfile) -> PageContext:
    return PageContext(
        url=post.url,
        title=post.title,
        posted_on=post.posted_on,
        site_author=post.site_author,
        language=post.language or profile.language,
        categories=post.categories,
        house_names=profile.house_names,
        date_order=profile.date_order,
        words=post.words,
    )


def _signals(post: Post) -> str:
    """Which field was read from which signal, and which was not found."""
    values: Mapping[str, object] = {
        "date": post.posted_on,
        "author": post.site_author,
        "categories": ", ".join(post.categories),
        "body": f"{_count(post.words, 'word')}" if post.words else None,
    }
    signals = {"date": "posted_on", "author": "site_author", "categories": "categories"}
    parts = []
    for label, value in values.items():
        signal = post.layout if label == "body" else post.signals.get(signals[label])
        parts.append(f"{label}: {value or 'not found'}" + f" ({signal})" * bool(value and signal))
    return "; ".join(parts)


def _reading(reading: Reading) -> str:
    facts = (reading.outlet, reading.original_on, ", ".join(reading.authors))
    said = ", ".join(fact for fact in facts if fact)
    return f"{reading.kind.replace('_', ' ')}{f': {said}' if said else ''} ({reading.confidence:.2f})"


_LOOKS: tuple[Callable[[_Findings], Iterator[CheckRow]], ...] = (
    _look_at_rest,
    _look_at_sitemaps,
    _look_at_feed,
    _look_at_categories,
    _look_at_listings,
    _look_at_posts,
)


def _try(ask: Fetch, url: str) -> tuple[Answer | None, str]:
    """The answer, or why there is none: one closed door is a finding, not the end of the check."""
    try:
        return ask(url), ""
    except ArchiveError as why:
        return None, str(why)


def _count(number: int, noun: str, plural: str | None = None) -> str:
    many = plural or (f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s")
    return f"{number:,} {noun if number == 1 else many}"
