"""Addresses, categories, traps, honest and lying sources: what discovery concludes without fetching anything."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crawler.addresses import (
    MAX_OF_ONE_SHAPE,
    is_calendar,
    judge_address,
    listing_root,
    page_number,
    paged_url,
    same_listing,
    shape_of,
    trap_reason,
)
from crawler.categories import (
    Category,
    find_archives,
    find_categories,
    merge_categories,
    rest_categories,
    sitemap_categories,
)
from crawler.discovery import (
    Sighting,
    SourceState,
    changed_since,
    delta_source,
    judge_source,
    read_instant,
    sighting_key,
    unique,
)
from crawler.findings import Known
from crawler.profiles import SiteProfile, load_profile
from crawler.rest import RestTerm
from crawler.sitemaps import read_sitemap
from crawler.traps import Traps

BLOG = load_profile("https://blog.example/blog/")

ADDRESSES = [
    pytest.param("/a-post/", "candidate", "an address a post or a static page may have", id="slug"),
    pytest.param("/2024/05/a-post/", "post", "dated address", id="month-and-slug"),
    pytest.param("/2024/05/06/a-post", "post", "dated address", id="day-and-slug"),
    pytest.param("/blog/a-post/", "post", "below /blog/", id="below-the-start-page"),
    pytest.param("/?p=412", "candidate", "short link by number", id="short-link"),
    pytest.param("/index.php?p=412", "candidate", "short link by number", id="short-link-index"),
    pytest.param(
        "/%D0%BF%D0%BE%D1%80%D1%82/", "candidate", "an address a post or a static page may have", id="cyrillic"
    ),
    pytest.param("/a-post.html", "candidate", "an address a post or a static page may have", id="html-suffix"),
    pytest.param("/archives/412", "candidate", "an address a post or a static page may have", id="number"),
    pytest.param("/story-of-v2.0/", "candidate", "an address a post or a static page may have", id="dot-in-slug"),
    pytest.param("/", "no", "home page", id="home"),
    pytest.param("/blog/", "no", "start page", id="start"),
    pytest.param("/blog/?utm_source=x", "no", "start page", id="start-with-tracking"),
    pytest.param("/category/news/", "no", "archive of a category, tag or author", id="category"),
    pytest.param("/blog/category/news/", "no", "archive of a category, tag or author", id="category-below"),
    pytest.param("/tag/ports/", "no", "archive of a category, tag or author", id="tag"),
    pytest.param("/author/jane/page/2/", "no", "archive of a category, tag or author", id="author"),
    pytest.param("/?cat=7", "no", "archive of a category, tag or author", id="category-number"),
    pytest.param("/sections/press/", "no", "archive of a category, tag or author", id="own-base"),
    pytest.param("/2024/05/", "no", "date archive", id="month"),
    pytest.param("/2024/", "no", "date archive", id="year"),
    pytest.param("/news/2024/05/", "no", "date archive", id="month-below"),
    pytest.param("/?m=202405", "no", "date archive", id="month-query"),
    pytest.param("/blog/page/2/", "no", "page of a listing", id="page"),
    pytest.param("/?paged=2", "no", "page of a listing", id="paged"),
    pytest.param("/feed/", "no", "feed", id="feed"),
    pytest.param("/a-post/feed/", "no", "feed", id="comments-feed"),
    pytest.param("/a-post/embed/", "no", "another form of a post", id="embed"),
    pytest.param("/a-post/comment-page-2/", "no", "page of comments", id="comments"),
    pytest.param("/wp-content/uploads/2024/05/a.pdf", "no", "WordPress' own machinery", id="upload"),
    pytest.param("/wp-login.php", "no", "WordPress' own machinery", id="login"),
    pytest.param("/wp-json/wp/v2/posts", "no", "WordPress' own machinery", id="rest"),
    pytest.param("/files/report.pdf", "no", "file", id="pdf"),
    pytest.param("/?s=ports", "no", "search", id="search"),
    pytest.param("/?page_id=2", "no", "static page", id="page-number"),
    pytest.param("/about/", "no", "static page", id="about"),
    pytest.param("/?attachment_id=9", "no", "attachment", id="attachment"),
    pytest.param("/events/2031-07/", "no", "calendar", id="calendar"),
    pytest.param("https://other.example/a-post/", "no", "outside the blog", id="elsewhere"),
]


@pytest.mark.parametrize(("path", "kind", "reason"), ADDRESSES)
def test_an_address_says_whether_a_post_may_live_there(path: str, kind: str, reason: str) -> None:
    url = path if path.startswith("http") else f"https://blog.example{path}"
    verdict = judge_address(url, BLOG, bases={"/sections/"})
    assert (verdict.kind, verdict.reason) == (kind, reason)


@given(st.text(max_size=40))
def test_no_words_make_an_address_raise(text: str) -> None:
    for url in (text, f"https://blog.example/{text}", f"https://{text}/", f"https://blog.example/?{text}"):
        sighting_key(url)
        judge_address(url, BLOG)
        if sighting_key(url):
            assert page_number(paged_url(url, 7)) == 7
            trap_reason(url, {})
            same_listing(url, paged_url(url, 2))


PAGES = [
    pytest.param("https://blog.example/blog/", 3, "https://blog.example/blog/page/3/", id="path"),
    pytest.param("https://blog.example/blog", 2, "https://blog.example/blog/page/2/", id="no-slash"),
    pytest.param("https://blog.example/blog/page/9/", 1, "https://blog.example/blog/", id="back-to-the-first"),
    pytest.param("https://blog.example/?cat=7", 2, "https://blog.example/?cat=7&paged=2", id="query"),
    pytest.param("https://blog.example/2020/12/", 2, "https://blog.example/2020/12/page/2/", id="month"),
    pytest.param("https://blog.example/n/?e-page-3f=2", 3, "https://blog.example/n/?e-page-3f=3", id="widget"),
]


@pytest.mark.parametrize(("url", "number", "expected"), PAGES)
def test_a_listings_pages_are_addressed_as_wordpress_does(url: str, number: int, expected: str) -> None:
    assert paged_url(url, number) == expected
    assert page_number(expected) == number
    assert same_listing(url, expected)
    assert not same_listing(expected, "https://blog.example/category/other/page/3/")


# ------------------------------------------------------------------------------------------------- traps

TRAPS = [
    pytest.param("https://blog.example/a/?PHPSESSID=3f9a", "session number in the address", id="session"),
    pytest.param("https://blog.example/a/;jsessionid=3F9A", "session number in the address", id="session-in-path"),
    pytest.param("https://blog.example/news/news/news/", "growing path", id="path-repeats"),
    pytest.param("https://blog.example/a/b/a/b/a/b/", "growing path", id="pair-repeats"),
    pytest.param("https://blog.example/" + "x/y/z/" * 4 + "q/", "growing path", id="deep"),
    pytest.param(
        "https://blog.example/?" + "&".join(f"f{n}=1" for n in range(9)), "more than 8 parameters", id="parameters"
    ),
    pytest.param("https://blog.example/" + "a" * 2000, "address longer than 2,000 characters", id="long"),
    pytest.param("https://blog.example/blog/page/2001/", "listing of more than 2,000 pages", id="pages"),
    pytest.param("https://blog.example/2024/05/a-post/", None, id="post"),
    pytest.param("https://blog.example/?p=412", None, id="short-link"),
    pytest.param("https://blog.example/category/a/b/c/page/20/", None, id="nested-category"),
]


@pytest.mark.parametrize(("url", "reason"), TRAPS)
def test_a_trap_is_told_by_its_address(url: str, reason: str | None) -> None:
    assert trap_reason(url, {}) == reason


ENDLESS = [
    pytest.param("https://blog.example/events/{:04}-07/", "endless calendar", id="calendar-path"),
    pytest.param("https://blog.example/agenda/?month={}", "endless calendar", id="calendar-query"),
    pytest.param("https://blog.example/shop/?colour={}&size=2", "endless combinations of parameters", id="filters"),
]


@pytest.mark.parametrize(("pattern", "reason"), ENDLESS)
def test_an_endless_space_is_left_within_a_hundred_requests(pattern: str, reason: str) -> None:
    seen: Counter[str] = Counter()
    for number in range(2024, 2124):
        found = trap_reason(pattern.format(number), seen)
        if found:
            assert found == reason
            return
        seen[shape_of(pattern.format(number))] += 1
    pytest.fail("never called a trap")


def test_short_links_by_number_are_no_endless_space() -> None:
    assert trap_reason("https://blog.example/?p=9999", {shape_of("https://blog.example/?p=1"): 5_000}) is None
    assert not is_calendar("https://blog.example/2024/05/a-post/")


# ------------------------------------------------------------------------------------------------- categories

PAGE = """<html><body class="single">
<nav class="menu"><ul><li class="menu-item menu-item-object-category"><a href="/media-coverage/">Media Coverage</a></li>
<li class="menu-item menu-item-object-page"><a href="/about/">About</a></li></ul></nav>
<div class="yoast-breadcrumb breadcrumbs"><a href="/">Harbor</a> › <a href="/blog/">Blog</a> ›
<a href="/in-the-news/">In the News</a></div>
<main><h1>Port Expands</h1><p>Filed in <a href="/topics/ports/" rel="category tag">Ports</a>,
<a href="/topics/trucks/page/3/">Trucks</a>
<a href="https://elsewhere.example/category/x/" rel="category tag">Else</a></p>
<h3><a href="/topics/a-post-among-topics/">A Post Among Topics</a></h3>
<span class="tags-links"><a href="/tag/steel/" rel="tag">Steel</a></span>
<ul class="wp-block-categories"><li class="cat-item cat-item-4">
<a href="/category/policy/feed/">feed</a><a href="/category/policy/">Policy &amp; Advocacy</a></li></ul></main>
<select name="cat"><option value="-1">Choose</option><option value="7">Auto Show (12)</option></select>
</body></html>"""


def categories(markup: str, profile: SiteProfile = BLOG, **options: object) -> list[tuple[str, str | None, str]]:
    found = find_categories(html.document_fromstring(markup), "https://blog.example/port-expands/", profile, **options)
    return [(category.url.removeprefix("https://blog.example"), category.name, category.found_in) for category in found]


def test_categories_are_found_in_menus_breadcrumbs_links_and_lists() -> None:
    assert categories(PAGE) == [
        ("/media-coverage/", "Media Coverage", "menu"),
        ("/in-the-news/", "In the News", "breadcrumb"),
        ("/topics/ports/", "Ports", "rel"),
        ("/topics/trucks/", "Trucks", "path"),
        ("/category/policy/", "Policy & Advocacy", "rel"),
        ("/?cat=7", "Auto Show", "rel"),
    ]


def test_known_bases_find_categories_whose_links_say_nothing() -> None:
    markup = (
        '<main><a href="/sections/ports/">Ports</a><a href="/sections/">All</a><a href="/a-post/">A Post</a></main>'
    )
    assert categories(markup, bases={"/sections/"}) == [("/sections/ports/", "Ports", "path")]


def test_a_profile_takes_and_leaves_categories() -> None:
    profile = SiteProfile(name="b", title="B", start_urls=("https://blog.example/",), exclude_categories=("policy",))
    assert not [row for row in categories(PAGE, profile) if "policy" in row[0]]


@pytest.mark.parametrize(
    ("path", "base"),
    [
        ("/category/ports/", "/category/"),
        ("/blog/category/ports/", "/blog/category/"),
        ("/ports/", "/ports/"),
        ("/news/ports/", "/news/ports/"),
        ("/?cat=7", "/category/"),
    ],
)
def test_only_a_prefix_named_for_categories_shuts_out_posts(path: str, base: str) -> None:
    assert Category(url=f"https://blog.example{path}", slug="ports", found_in="rel").base == base


def test_the_best_word_on_a_category_wins_and_no_name_is_lost() -> None:
    crumb = Category(url="http://blog.example/ports", slug="ports", found_in="breadcrumb", name="Ports")
    sure = Category(url="https://blog.example/ports/", slug="ports", found_in="rest", count=12, wordpress_id=4)
    assert merge_categories([crumb, sure]) == (
        Category(url=sure.url, slug="ports", found_in="rest", name="Ports", count=12, wordpress_id=4),
    )


def test_rest_and_sitemap_tell_categories_too() -> None:
    terms = [
        RestTerm(id=4, name="Ports", slug="ports", url="https://blog.example/category/ports/", count=12),
        RestTerm(id=5, name="Empty", slug="empty", url="https://blog.example/category/empty/", count=0),
        RestTerm(id=6, name="Else", slug="else", url="https://elsewhere.example/category/else/", count=3),
    ]
    assert [category.slug for category in rest_categories(terms, BLOG)] == ["ports"]
    body = b"<urlset><url><loc>https://blog.example/category/ports/</loc></url></urlset>"
    sitemap = read_sitemap(body, "https://blog.example/category-sitemap.xml")
    assert [category.slug for category in sitemap_categories(sitemap, BLOG)] == ["ports"]


def test_a_blog_without_categories_is_walked_by_month_and_author() -> None:
    markup = """<ul><li><a href="/2020/12/">December 2020</a></li><li><a href="/2021/01/">January 2021</a></li>
    <li><a href="/2020/">2020</a></li><li><a href="/2021/01/05/">the 5th</a></li></ul>
    <select><option value="">Month</option><option value="https://blog.example/2021/02/">February</option></select>
    <a href="/author/jane/page/2/">Jane</a><a href="https://elsewhere.example/2020/11/">x</a>"""
    found = find_archives(html.document_fromstring(markup), "https://blog.example/", BLOG)
    assert [(archive.source, archive.url.removeprefix("https://blog.example")) for archive in found] == [
        ("date-archive", "/2021/02/"),
        ("date-archive", "/2021/01/"),
        ("date-archive", "/2020/12/"),
        ("author-archive", "/author/jane/"),
    ]


# ------------------------------------------------------------------------------------------------- instants, sources

INSTANTS = [
    pytest.param("2024-05-06T09:30:00.123-04:00", None, "2024-05-06T13:30:00Z", id="fraction"),
    pytest.param("2024-05-06T09:30Z", None, "2024-05-06T09:30:00Z", id="no-seconds"),
    pytest.param("2024-11-03T01:30:00", "America/Detroit", "2024-11-03T05:30:00Z", id="blogs-own-zone"),
    pytest.param("2024-11-03T02:30:00", "America/Detroit", "2024-11-03T07:30:00Z", id="clocks-were-put-back"),
    pytest.param("2024-03-10T02:30:00", "America/Detroit", "2024-03-10T07:30:00Z", id="an-hour-that-was-skipped"),
    pytest.param("2024-07-01T01:30:00", "America/Detroit", "2024-07-01T05:30:00Z", id="summer-time"),
    pytest.param("Mon, 06 May 2024 09:30:00 EST", None, "2024-05-06T14:30:00Z", id="rss"),
    pytest.param("2024-05-06 09:30:00", None, "2024-05-06", id="no-zone"),
    pytest.param("2024-02-31", None, None, id="no-such-day"),
    pytest.param("0000-00-00T00:00:00Z", None, None, id="draft"),
    pytest.param("0001-01-01T00:00:00+05:00", None, None, id="before-time"),
    pytest.param("9999-12-31T23:59:59-05:00", None, None, id="after-time"),
    pytest.param("", None, None, id="empty"),
    pytest.param(None, None, None, id="none"),
]


@pytest.mark.parametrize(("text", "zone", "instant"), INSTANTS)
def test_an_instant_is_utc_or_as_much_as_was_said(text: str | None, zone: str | None, instant: str | None) -> None:
    assert read_instant(text, zone) == instant


@given(st.text(max_size=60))
def test_no_words_make_an_instant_raise(text: str) -> None:
    read_instant(text)
    read_instant(text, "America/Detroit")


DAYS = [
    pytest.param("2024-05-06", "2024-05-06", "2024-05-06T15:00:00Z", False, id="asked for on that day"),
    pytest.param("2024-05-06", "2024-05-06", "2024-05-07T11:00:00Z", False, id="still that day in Hawaii"),
    pytest.param("2024-05-06", "2024-05-06", "2024-05-07T13:00:00Z", True, id="asked for when it was over"),
    pytest.param("2024-05-07", "2024-05-06", "2024-06-01T13:00:00Z", False, id="another day"),
    pytest.param("2024-05-06T09:00:00Z", "2024-05-06T09:00:00Z", "2024-05-06T10:00:00Z", True, id="an instant"),
    pytest.param("9999-12-31", "9999-12-31", "2024-05-06T10:00:00Z", False, id="the last of all days"),
]


@pytest.mark.parametrize(("lastmod", "before", "checked_at", "is_unchanged"), DAYS)
def test_a_post_may_be_edited_twice_on_the_day_its_sitemap_names(
    lastmod: str, before: str, checked_at: str, is_unchanged: bool
) -> None:
    known = Known(
        lastmod=lambda source, key: (before,),
        headline=lambda key: ("A headline",),
        shown_title=lambda source, key: None,
        checked_at=lambda key: checked_at,
    )
    sighting = Sighting(url="https://blog.example/a/", source="sitemap", lastmod=lastmod)
    assert known.is_unchanged(sighting) is is_unchanged


def test_a_post_of_unknown_change_may_always_have_changed() -> None:
    assert changed_since(None, "2024-05-06T12:00:00Z")
    assert changed_since("2024-05-06T12:00:00Z", "2024-05-06T12:00:00Z")
    assert not changed_since("2024-05-06T11:59:59Z", "2024-05-06T12:00:00Z")


def keys(*slugs: object) -> set[str]:
    return {f"https://blog.example/{slug}/" for slug in slugs}


ALL = keys(*range(40))
MOST = ALL - keys(1, 2, 3)

JUDGED = [
    pytest.param("rest", ALL, {}, "open", "40 posts", id="agrees"),
    pytest.param("rest", (), {"closed": "needs a login"}, "closed", "needs a login", id="closed"),
    pytest.param(
        "rest", ALL, {"broken_promise": "ignores modified_after"}, "lying", "ignores modified_after", id="promise"
    ),
    pytest.param("sitemap", (), {}, "empty", "answers, but shows no posts", id="empty"),
    pytest.param(
        "sitemap",
        MOST,
        {"others": {"rest": ALL, "category": ALL}},
        "lying",
        "hides 3 posts that other sources show",
        id="hides",
    ),
    pytest.param("sitemap", MOST, {"others": {"rest": ALL}}, "open", "37 posts", id="one-other-proves-nothing"),
    pytest.param(
        "sitemap", MOST, {"others": {"rest": ALL, "blog": ALL}, "walked_to_end": False}, "open", "37 posts", id="cut"
    ),
    pytest.param(
        "feed", keys(1, 2), {"others": {"rest": ALL, "category": ALL}}, "open", "2 posts", id="feeds-are-short"
    ),
    pytest.param("sitemap", ALL, {"dead": keys(1, 2, 3)}, "lying", "shows 3 posts that are not there", id="ghosts"),
    pytest.param("sitemap", ALL, {"dead": keys(1)}, "open", "40 posts", id="one-ghost-is-an-accident"),
]


@pytest.mark.parametrize(("name", "seen", "facts", "status", "detail"), JUDGED)
def test_a_source_is_open_closed_empty_or_lying(name, seen, facts, status, detail) -> None:
    state = judge_source(name, seen, **facts)
    assert (state.status, state.detail) == (status, detail)


@pytest.mark.parametrize(
    ("open_sources", "dated", "chosen"),
    [
        (("category", "feed", "rest", "sitemap"), True, "rest"),
        (("category", "feed", "sitemap"), True, "sitemap"),
        (("category", "feed", "sitemap"), False, "feed"),
        (("category", "sitemap"), False, "category"),
        (("link",), True, None),
    ],
)
def test_the_cheapest_honest_source_says_what_changed(open_sources, dated: bool, chosen: str | None) -> None:
    states = {name: SourceState(name=name, status="open", detail="") for name in open_sources}
    states |= {
        name: SourceState(name=name, status="lying", detail="") for name in ("rest", "feed") if name not in states
    }
    assert delta_source(states, dated_sitemap=dated) == chosen


def test_one_post_under_many_addresses_is_sighted_once() -> None:
    urls = ("https://blog.example/a/", "http://www.blog.example/a?utm_source=x", "https://blog.example/a#more-1")
    assert len(unique(Sighting(url=url, source="link") for url in urls)) == 1


def test_a_listings_root_keeps_what_is_not_its_page_number() -> None:
    assert listing_root("https://blog.example/?cat=7&paged=3") == "https://blog.example/?cat=7"


def test_a_trap_is_judged_the_same_each_time_and_is_news_once() -> None:
    traps = Traps(listing_pages=20)
    months = [f"https://blog.example/events/2031-{number:02}/" for number in range(MAX_OF_ONE_SHAPE + 2)]
    first = [traps.judge(url, is_listing=False) for url in months]
    assert [(judged.reason, judged.is_news) for judged in first[-3:]] == [
        (None, False),
        ("endless calendar", True),
        ("endless calendar", True),
    ]
    again = [traps.judge(url, is_listing=False) for url in months]
    assert [judged.reason for judged in again] == [judged.reason for judged in first]
    assert not any(judged.is_news for judged in again)
    pages = [traps.judge(f"https://blog.example/news/page/{number}/", is_listing=True) for number in (20, 21, 20, 21)]
    assert [(judged.reason is None, judged.is_news) for judged in pages] == [
        (True, False),
        (False, True),
        (False, False),  # what was found endless once is left where it is named again
        (False, False),
    ]
