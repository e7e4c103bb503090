"""What an address alone says: whether a post may live there, which page of a listing it is, whether it is a trap."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from archive.urls import absolute, canonical_url
from crawler.profiles import SiteProfile

AddressKind = Literal["post", "candidate", "no"]


address_key = lru_cache(maxsize=2_048)(canonical_url)
"""`canonical_url`, remembered: a blog's pages share most of their links."""


def resolved(base: str, href: str) -> str | None:
    """*href* against *base* as `archive.urls.absolute` says; what is the same on every page of a blog is remembered."""
    href = href.strip()
    if href.startswith(("https://", "http://")):
        return _known(href, href)
    if href.startswith("/") and (origin := _ORIGIN.match(base)):
        return _known(origin[0], href)
    return None if href.startswith("#") else absolute(base, href)


_known = lru_cache(maxsize=2_048)(absolute)
_ORIGIN = re.compile(r"https?://[^/?#]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Whether a post may live at an address: surely (`post`), perhaps (`candidate`: fetch it and see), or `no`."""

    kind: AddressKind
    reason: str

    @property
    def may_be_post(self) -> bool:
        return self.kind != "no"


_MACHINERY = "WordPress' own machinery"
CALENDAR: Final = "calendar"
_ARCHIVE = "archive of a category, tag or author"

# Where WordPress and its plugins keep what is not a post; the path is matched decoded and in lower case
_NOT_POSTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (r"^/$", "home page"),
        (r"/wp-(admin|login|json|content|includes|cron|signup|activate|comments-post|trackback)\b", _MACHINERY),
        (r"/xmlrpc\.php$", _MACHINERY),
        (r"/(login|log-in|logout|register|my-account|cart|checkout)/?$", "account or shop"),
        (r"/(feed|rss|rss2|atom|rdf)(/|$)", "feed"),
        (r"/(category|categories|tag|tags|author|authors|topic|topics|taxonomy)/[^/]", _ARCHIVE),
        (r"/(embed|trackback|amp|print)/?$", "another form of a post"),
        (r"/attachment/", "attachment"),
        (r"^(/[^/]+)?/(19|20)\d\d(/\d\d?){0,2}/?$", "date archive"),
        (r"/page/\d+/?$", "page of a listing"),
        (r"/comment-page-\d+/?$", "page of comments"),
        (r"/search(/|$)", "search"),
        (r"\.(?!html?$|php$|aspx?$)[a-z][a-z0-9]{1,4}$", "file"),
        (r"/(sitemap[^/]*|robots)\.(xml|txt)", "sitemap"),
        (r"/index\.(php|html?)$", "home page"),
        (r"^/(contact|contact-us|about|about-us|privacy|privacy-policy|terms|terms-of-use|terms-of-service|accessibility|"
         r"cookie-policy|sitemap|blog|news|events|donate|subscribe|newsletter|faq|staff|team|board|careers|jobs|membership|join|media)/?$",
         "static page"),
    )
)  # fmt: skip

_NOT_POST_QUERIES = {
    "s": "search",
    "feed": "feed",
    "cat": _ARCHIVE,
    "tag": _ARCHIVE,
    "author": _ARCHIVE,
    "category_name": _ARCHIVE,
    "m": "date archive",
    "paged": "page of a listing",
    "page_id": "static page",
    "attachment_id": "attachment",
    "rest_route": _MACHINERY,
    "replytocom": "another form of a post",
    "add-to-cart": "account or shop",
    "preview": "another form of a post",
    "ical": CALENDAR,
    "tribe-bar-date": CALENDAR,
    "eventdisplay": CALENDAR,
}

_DATED_PATH = re.compile(r"/(19|20)\d\d/\d\d?(/\d\d?)?/[^/]+/?$")
_LISTING_QUERY = re.compile(r"(paged?|pg|_page|sf_paged|wpv_paged|e-page-\w+|query-\d*-?page)", re.IGNORECASE)


def judge_address(url: str, profile: SiteProfile, *, bases: Collection[str] = ()) -> Verdict:
    """Whether a post may live at *url*. *bases* are path prefixes of categories this blog was seen to use."""
    if not profile.in_scope(url):
        return Verdict(kind="no", reason="outside the blog")
    if address_key(url) in _start_keys(profile.listing_urls):
        return Verdict(kind="no", reason="start page")
    parts = urlsplit(url)
    path, query = unquote(parts.path or "/").lower(), _query(parts.query)
    if query.get("p", "").isdigit() and path.rstrip("/") in ("", "/index.php"):
        return Verdict(kind="candidate", reason="short link by number")
    refused = next((reason for name, reason in _NOT_POST_QUERIES.items() if name in query), None)
    refused = refused or _path_refusal(path, bases) or (CALENDAR if is_calendar(url) else None)
    if refused:
        return Verdict(kind="no", reason=refused)
    return _accepted(path, profile)


@lru_cache(maxsize=64)  # asked for every link of every page
def _start_keys(listing_urls: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(canonical_url, listing_urls))


def _path_refusal(path: str, bases: Collection[str]) -> str | None:
    if any(path.startswith(base) for base in bases):
        return _ARCHIVE
    return next((reason for pattern, reason in _NOT_POSTS if pattern.search(path)), None)


def _accepted(path: str, profile: SiteProfile) -> Verdict:
    if _DATED_PATH.search(path):
        return Verdict(kind="post", reason="dated address")
    for start in profile.start_urls:
        home = urlsplit(start).path.rstrip("/") + "/"
        if home != "/" and path.startswith(home) and path.rstrip("/") + "/" != home:
            return Verdict(kind="post", reason=f"below {home}")
    return Verdict(kind="candidate", reason="an address a post or a static page may have")


def _query(query: str) -> dict[str, str]:
    return {name.lower(): value for name, value in parse_qsl(query, keep_blank_values=True)}


@lru_cache(maxsize=2_048)
def page_number(url: str) -> int:
    """Which page of a listing *url* is; 1 when it doesn't say.

    >>> page_number("https://blog.example/category/news/page/20/"), page_number("https://blog.example/?paged=3")
    (20, 3)
    """
    parts = urlsplit(url)
    numbers = [found.group(1)] if (found := _PAGE_PATH.search(parts.path)) else []
    if parts.query:
        numbers += [value for name, value in parse_qsl(parts.query) if _LISTING_QUERY.fullmatch(name)]
    return next((int(text) for text in numbers if text.isascii() and text.isdigit() and len(text) < 7), 1) or 1


_PAGE_PATH = re.compile(r"/page/(\d{1,6})/?$", re.IGNORECASE)


@lru_cache(maxsize=2_048)
def listing_root(url: str) -> str:
    """The first page's address of the listing *url* is a page of, without fragment.

    >>> listing_root("https://blog.example/category/news/page/20/?utm_source=x#top")
    'https://blog.example/category/news/?utm_source=x'
    """
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, True) if not _LISTING_QUERY.fullmatch(name)]
    return urlunsplit((parts.scheme, parts.netloc, _PAGE_PATH.sub("/", parts.path) or "/", urlencode(query), ""))


def paged_url(url: str, number: int) -> str:
    """Address of page *number* of the listing, as WordPress makes it where a theme shows no links.

    >>> paged_url("https://blog.example/category/news/page/2/", 3)
    'https://blog.example/category/news/page/3/'
    >>> paged_url("https://blog.example/?cat=7", 2)
    'https://blog.example/?cat=7&paged=2'
    >>> paged_url("https://blog.example/blog/?query-4-page=2", 3)
    'https://blog.example/blog/?query-4-page=3'
    """
    root = urlsplit(listing_root(url))
    if number <= 1:
        return urlunsplit(root)
    used = next((name for name, _ in parse_qsl(urlsplit(url).query) if _LISTING_QUERY.fullmatch(name)), None)
    if used or root.query:
        query = f"{root.query}&" * bool(root.query) + urlencode({used or "paged": number})
        return urlunsplit(root._replace(query=query))
    return urlunsplit(root._replace(path=f"{root.path.rstrip('/')}/page/{number}/"))


def same_listing(url: str, other: str) -> bool:
    """Whether two addresses are pages of one listing."""
    try:
        return address_key(listing_root(url)) == address_key(listing_root(other))
    except ValueError:
        return False


# ------------------------------------------------------------------------------------------------- traps

MAX_URL_CHARACTERS = 2_000
MAX_PARAMETERS = 8
MAX_PATH_SEGMENTS = 12
MAX_LISTING_PAGES = 2_000
MAX_OF_ONE_SHAPE = 40
"""How many addresses that differ only in parameters' values, or in a calendar's numbers, a run asks for."""

_SESSION = re.compile(
    r"(^|[;&?])(phpsessid|jsessionid|aspsessionid\w*|session_?id|sid|osCsid|zenid|cfid|cftoken)=", re.IGNORECASE
)
_CALENDAR = re.compile(
    r"/(calendar|events?|kalender|agenda)/.*(19|20)\d\d[-/]\d\d?|/(19|20)\d\d-\d\d(-\d\d)?/?$", re.IGNORECASE
)
_CALENDAR_NAMES = frozenset(
    {"month", "year", "day", "week", "date", "ical", "tribe-bar-date", "eventdisplay", "cal_date", "calendar"}
)


def shape_of(url: str) -> str:
    """The address with every number and parameter value blanked out: what endless spaces have in common.

    >>> shape_of("https://blog.example/events/2031-07/?view=list&day=3")
    'https://blog.example/events/#-#/?day&view'
    """
    parts = urlsplit(url)
    names = "&".join(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
    path = re.sub(r"\d+", "#", re.sub(r";[^/]*", "", parts.path) or "/")
    return f"{parts.scheme}://{parts.netloc}{path}" + f"?{names}" * bool(names)


def trap_reason(url: str, seen_counts: Mapping[str, int], listing_pages: int = MAX_LISTING_PAGES) -> str | None:
    """Why following *url* may never end, or None.

    *seen_counts* holds how many addresses of each `shape_of` were asked for in this run, of those that `is_counted`.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    reasons = (
        (len(url) > MAX_URL_CHARACTERS, f"address longer than {MAX_URL_CHARACTERS:,} characters"),
        (bool(_SESSION.search(parts.query) or _SESSION.search(parts.path)), "session number in the address"),
        (len(names) > MAX_PARAMETERS, f"more than {MAX_PARAMETERS} parameters"),
        (len(segments) > MAX_PATH_SEGMENTS or _repeats(segments), "growing path"),
        (page_number(url) > listing_pages, f"listing of more than {listing_pages:,} pages"),
        (is_counted(url) and seen_counts.get(shape_of(url), 0) >= MAX_OF_ONE_SHAPE, _endless(url)),
    )
    return next((reason for trapped, reason in reasons if trapped), None)


def is_counted(url: str) -> bool:
    """Whether there may be no end of addresses like this one, but for their numbers and parameters' values."""
    names = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    return bool(names - {"p"}) or is_calendar(url)


def is_calendar(url: str) -> bool:
    """Whether *url* is a day, week or month of a calendar, which goes on for ever in both directions."""
    parts = urlsplit(url)
    return bool(_CALENDAR.search(parts.path)) or not _CALENDAR_NAMES.isdisjoint(_query(parts.query))


def _endless(url: str) -> str:
    return "endless calendar" if is_calendar(url) else "endless combinations of parameters"


def _repeats(segments: list[str]) -> bool:
    """/a/a/a/ or /a/b/a/b/a/b/: a relative link that lengthens its own address."""
    return any(segments[-3 * size :] == segments[-size:] * 3 for size in range(1, len(segments) // 3 + 1)) or any(
        segments.count(segment) > 3 for segment in segments if not segment.isdigit()
    )
