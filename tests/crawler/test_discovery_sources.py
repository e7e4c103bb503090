"""Sitemaps, feeds and REST: what real blogs send, and what nobody should."""

from __future__ import annotations

import gzip
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html

from crawler import feeds, rest, sitemaps
from crawler.discovery import SOURCES, Sighting
from crawler.feeds import feed_sightings, feed_urls, paged_feed_url, read_feed
from crawler.rest import ignored_modified_after, posts_url, read_posts, read_terms, rest_roots, route_url, terms_url
from crawler.sitemaps import (
    category_children,
    holds,
    post_children,
    read_sitemap,
    sitemap_sightings,
    sitemap_urls,
)

MAP = "https://blog.example/wp-sitemap.xml"

INDEX = b"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="https://blog.example/wp-sitemap-index.xsl" ?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://blog.example/wp-sitemap-posts-post-1.xml</loc></sitemap>
<sitemap><loc>https://blog.example/wp-sitemap-posts-post-2.xml</loc></sitemap>
<sitemap><loc>https://blog.example/wp-sitemap-posts-page-1.xml</loc></sitemap>
<sitemap><loc>https://blog.example/wp-sitemap-taxonomies-category-1.xml</loc></sitemap>
<sitemap><loc>https://blog.example/wp-sitemap-users-1.xml</loc></sitemap>
</sitemapindex>"""

POSTS = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://blog.example/port-expands/ </loc><lastmod>2024-05-06T09:30:00-04:00</lastmod>
<image:image><image:loc>https://blog.example/ship.jpg</image:loc></image:image></url>
<url><loc><![CDATA[https://blog.example/?p=7&x=1]]></loc><lastmod>2023-01-02</lastmod></url>
<url><loc>/relative-path/</loc></url>
<url><loc>mailto:desk@blog.example</loc></url>
<url><priority>0.5</priority></url>
</urlset>"""


def entries(body: bytes) -> list[tuple[str, str | None]]:
    return [(entry.url, entry.lastmod) for entry in read_sitemap(body, MAP).entries]


READABLE = [
    pytest.param(POSTS, id="as-it-is"),
    pytest.param(gzip.compress(POSTS), id="gzip"),
    pytest.param(b"\n\n  " + POSTS, id="blank-lines-before-the-declaration"),
    pytest.param(b"\xef\xbb\xbf" + POSTS, id="byte-order-mark"),
    pytest.param(POSTS.replace(b' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', b""), id="no-namespace"),
    pytest.param(POSTS.removesuffix(b"</urlset>"), id="cut-off"),
    pytest.param(POSTS.replace(b"<priority>", b"<name>Ports & Yards</name><priority>"), id="bare-ampersand"),
]


@pytest.mark.parametrize("body", READABLE)
def test_a_sitemap_is_read_however_it_is_wrapped(body: bytes) -> None:
    assert entries(body) == [
        ("https://blog.example/port-expands/", "2024-05-06T13:30:00Z"),
        ("https://blog.example/?p=7&x=1", "2023-01-02"),
        ("https://blog.example/relative-path/", None),
    ]


def test_a_sitemap_may_be_plain_text() -> None:
    found = read_sitemap(b"https://blog.example/a/\nhttps://blog.example/b/\n\nnonsense\n", MAP)
    assert (found.kind, [entry.url for entry in found.entries]) == (
        "text",
        ["https://blog.example/a/", "https://blog.example/b/"],
    )


NOT_SITEMAPS = [
    pytest.param(b"", id="empty"),
    pytest.param(b"<!doctype html><html><body><h1>Not found</h1></body></html>", id="web-page"),
    pytest.param(b"<rss><channel/></rss>", id="feed"),
    pytest.param(b"\x1f\x8bnot gzip at all", id="damaged-gzip"),
    pytest.param(b'{"code":"rest_no_route"}', id="json"),
    pytest.param(b"\x00\x01\x02\xff", id="noise"),
]


@pytest.mark.parametrize("body", NOT_SITEMAPS)
def test_what_is_no_sitemap_is_called_none(body: bytes) -> None:
    found = read_sitemap(body, MAP)
    assert (found.kind, found.entries) == ("none", ())
    assert found.problem


def test_a_cut_gzip_file_gives_what_came_and_says_so() -> None:
    whole = gzip.compress(POSTS)
    found = read_sitemap(whole[: len(whole) - 60], MAP)
    assert found.problem == "cut off"
    assert [entry.url for entry in found.entries][:1] == ["https://blog.example/port-expands/"]


def test_the_protocols_limit_of_entries_holds() -> None:
    found = read_sitemap(b"<urlset>" + b"<url><loc>/a/</loc></url>" * 50_001, MAP)
    assert (len(found.entries), found.problem) == (50_000, "more than 50,000 entries")


def test_a_gzip_bomb_stops_at_the_protocols_limit() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (sitemaps.MAX_BYTES + 1000))
    assert read_sitemap(bomb, MAP).problem == "larger than 52,428,800 bytes"


HOSTILE = [
    pytest.param(
        b'<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]><urlset><url><loc>https://blog.example/&j;</loc></url></urlset>",
        id="entity-bomb",
    ),
    pytest.param(
        b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/hostname">]><urlset><url><loc>https://blog.example/&x;</loc></url></urlset>',
        id="external-entity",
    ),
    pytest.param(b"<urlset " + b"".join(b'a%d="" ' % n for n in range(100_000)) + b"/>", id="100000-attributes"),
    pytest.param(b"<urlset>" + b"<url>" * 100_000, id="100000-nested-tags"),
]


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_xml_costs_little_and_gives_nothing(body: bytes) -> None:
    began = time.process_time()
    for found in (read_sitemap(body, MAP).entries, read_feed(body, MAP).items):
        assert all(len(entry.url) < 200 for entry in found)
    assert time.process_time() - began < 2


CHILDREN = [
    ("wp-sitemap-posts-post-3.xml", "posts"),
    ("post-sitemap.xml", "posts"),
    ("post-sitemap12.xml", "posts"),
    ("sitemap-pt-post-2024-05.xml", "posts"),
    ("sitemap-posts.xml", "posts"),
    ("wp-sitemap-posts-page-1.xml", "pages"),
    ("page-sitemap.xml", "pages"),
    ("category-sitemap.xml", "categories"),
    ("wp-sitemap-taxonomies-category-1.xml", "categories"),
    ("wp-sitemap-taxonomies-post_tag-1.xml", "other"),
    ("wp-sitemap-users-1.xml", "other"),
    ("post_tag-sitemap.xml", "other"),
    ("author-sitemap.xml", "other"),
    ("image-sitemap-1.xml", "other"),
    ("sitemap-tax-post_tag.xml", "other"),
    ("sitemap-1.xml", "unknown"),
    ("wp-sitemap-posts-coverage-1.xml", "unknown"),
]


@pytest.mark.parametrize(("name", "kind"), CHILDREN, ids=[name for name, _ in CHILDREN])
def test_a_child_sitemaps_name_says_what_it_lists(name: str, kind: str) -> None:
    assert holds(f"https://blog.example/{name}?x=1") == kind


def test_an_index_leads_to_its_posts_and_categories() -> None:
    index = read_sitemap(INDEX, MAP)
    assert index.kind == "index"
    assert [entry.url[-20:] for entry in post_children(index)] == ["map-posts-post-1.xml", "map-posts-post-2.xml"]
    assert [entry.url for entry in category_children(index)] == [
        "https://blog.example/wp-sitemap-taxonomies-category-1.xml"
    ]


def test_where_no_child_is_known_to_hold_posts_all_but_the_others_are_taken() -> None:
    body = INDEX.replace(b"posts-post-", b"part-").replace(b"wp-sitemap-part", b"part")
    assert [entry.url for entry in post_children(read_sitemap(body, MAP))] == [
        "https://blog.example/part-1.xml",
        "https://blog.example/part-2.xml",
    ]


def test_robots_lines_are_asked_before_the_usual_places() -> None:
    robots = "User-agent: *\nSITEMAP:https://blog.example/a.xml.gz\r\nSitemap: /b.xml # ours\nNoSitemap: /c.xml"
    assert sitemap_urls("https://blog.example/blog/", robots) == (
        "https://blog.example/a.xml.gz",
        "https://blog.example/b.xml",
        "https://blog.example/wp-sitemap.xml",
        "https://blog.example/sitemap_index.xml",
        "https://blog.example/sitemap.xml",
    )


def test_a_sitemaps_entries_become_sightings() -> None:
    first = sitemap_sightings(read_sitemap(POSTS, MAP))[0]
    assert first == Sighting(
        url="https://blog.example/port-expands/", source="sitemap", listed_in=MAP, lastmod="2024-05-06T13:30:00Z"
    )


# ------------------------------------------------------------------------------------------------- feeds

FEED = "https://blog.example/feed/"

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">
<channel><title>Harbor Auto Alliance</title>
<atom:link href="https://blog.example/feed/" rel="self" type="application/rss+xml" />
<link>https://blog.example</link>
<item><title>Ports &amp;#038; Yards &#8211; a View</title><link>https://proxy.example/~r/1</link>
<feedburner:origLink>https://blog.example/ports-yards/</feedburner:origLink>
<dc:creator><![CDATA[Web Desk]]></dc:creator><pubDate>Mon, 06 May 2024 13:30:00 +0000</pubDate>
<category><![CDATA[Media Coverage]]></category><category><![CDATA[Ports & Yards]]></category>
<guid isPermaLink="false">https://blog.example/?p=412</guid>
<content:encoded><![CDATA[<p>Text with <a href="x">links</a></p>]]></content:encoded></item>
<item><title></title><guid>https://blog.example/only-a-guid/</guid><pubDate>yesterday</pubDate></item>
<item><title>No address</title><guid isPermaLink="false">tag:blog</guid></item>
</channel></rss>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbor</title><link rel="next" href="/feed/atom/?paged=2"/>
<entry><title type="html">Port &lt;em&gt;Expands&lt;/em&gt;</title><link rel="replies" href="/port-expands/#comments"/>
<link rel="alternate" href="/port-expands/"/><id>https://blog.example/?p=9</id><author><name>Web Desk</name></author>
<published>2024-05-06T09:30:00-04:00</published><updated>2024-06-01T00:00:00Z</updated>
<category term="media" label="Media"/></entry></feed>"""

RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Harbor</title></channel>
<item rdf:about="https://blog.example/port-expands/"><title>Port Expands</title>
<link>https://blog.example/port-expands/</link><dc:date>2024-05-06T13:30:00Z</dc:date>
<dc:creator>Web Desk</dc:creator><dc:subject>Media</dc:subject></item></rdf:RDF>"""


def test_an_rss_item_is_read_whole() -> None:
    feed = read_feed(RSS, FEED)
    assert (feed.kind, feed.title, feed.problem) == ("rss", "Harbor Auto Alliance", None)
    assert feed.items[0] == feeds.FeedItem(
        url="https://blog.example/ports-yards/",
        title="Ports & Yards – a View",
        posted_at="2024-05-06T13:30:00Z",
        creator="Web Desk",
        categories=("Media Coverage", "Ports & Yards"),
        wordpress_id=412,
    )


def test_an_item_without_link_has_its_guid_and_one_without_either_is_left_out() -> None:
    second = read_feed(RSS, FEED).items[1:]
    assert [(item.url, item.title, item.posted_at) for item in second] == [
        ("https://blog.example/only-a-guid/", None, None)
    ]


def test_an_atom_entry_is_read_whole() -> None:
    feed = read_feed(ATOM, FEED)
    assert (feed.kind, feed.next_url) == ("atom", "https://blog.example/feed/atom/?paged=2")
    assert feed_sightings(feed) == (
        Sighting(
            url="https://blog.example/port-expands/",
            source="feed",
            listed_in=FEED,
            title="Port Expands",
            lastmod="2024-06-01T00:00:00Z",
            posted_at="2024-05-06T13:30:00Z",
            wordpress_id=9,
        ),
    )
    assert feed.items[0].categories == ("Media",)


def test_an_rdf_item_stands_beside_its_channel() -> None:
    (item,) = read_feed(RDF, FEED).items
    assert (item.url, item.creator, item.categories) == ("https://blog.example/port-expands/", "Web Desk", ("Media",))


@pytest.mark.parametrize("body", NOT_SITEMAPS[:2] + NOT_SITEMAPS[3:] + [pytest.param(POSTS, id="sitemap")])
def test_what_is_no_feed_is_called_none(body: bytes) -> None:
    assert (read_feed(body, FEED).kind, read_feed(body, FEED).items) == ("none", ())


def test_a_cut_feed_gives_the_items_that_came() -> None:
    assert [item.url for item in read_feed(RSS[: RSS.index(b"<item><title></title>") + 20], FEED).items] == [
        "https://blog.example/ports-yards/"
    ]


def test_the_comments_feed_is_no_source_of_posts() -> None:
    tree = html.document_fromstring(
        """<head><link rel="alternate" type="application/rss+xml" title="Posts" href="/rss.xml">
        <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
        <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/3"></head><body></body>"""
    )
    assert feed_urls(tree, "https://blog.example/") == ("https://blog.example/rss.xml", "https://blog.example/feed/")
    assert feed_urls(None, "https://blog.example/blog/") == ("https://blog.example/feed/",)


def test_a_feed_is_walked_by_number() -> None:
    assert paged_feed_url("https://blog.example/feed/?paged=2", 3) == "https://blog.example/feed/?paged=3"
    assert paged_feed_url("https://blog.example/?feed=rss2", 2) == "https://blog.example/?feed=rss2&paged=2"
    assert paged_feed_url("https://blog.example/feed/?paged=2", 1) == "https://blog.example/feed/"


# ------------------------------------------------------------------------------------------------- REST

ROOT = "https://blog.example/wp-json/"


def row(**changes: object) -> dict[str, object]:
    return {
        "id": 412,
        "date_gmt": "2024-05-06T13:30:00",
        "modified_gmt": "2024-06-01T08:00:00",
        "link": "https://blog.example/ports-yards/",
        "status": "publish",
        "type": "post",
        "title": {"rendered": "Ports &#038; Yards"},
        "content": {"protected": False},
        **changes,
    }


def answer(*rows: object, **options: object) -> rest.RestPosts:
    return read_posts(json.dumps(rows).encode(), {"X-WP-Total": "415", "x-wp-totalpages": "5"}, **options)


def test_a_rest_post_becomes_a_sighting_in_utc() -> None:
    found = answer(row(), url=posts_url(ROOT))
    assert (found.total, found.total_pages, found.closed) == (415, 5, None)
    (sighting,) = found.sightings
    assert (sighting.url, sighting.title, sighting.wordpress_id) == (
        "https://blog.example/ports-yards/",
        "Ports & Yards",
        412,
    )
    assert (sighting.posted_at, sighting.lastmod) == ("2024-05-06T13:30:00Z", "2024-06-01T08:00:00Z")
    assert sighting.rest == row()


def test_a_password_protected_post_is_set_apart() -> None:
    found = answer(
        row(content={"rendered": "", "protected": True}, title={"rendered": "Protected: Yards"}), row(id=413)
    )
    assert [sighting.wordpress_id for sighting in found.protected] == [412]
    assert [sighting.wordpress_id for sighting in found.sightings] == [413]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"status": "private"}, "status is 'private'", id="private"),
        pytest.param({"status": "future"}, "status is 'future'", id="scheduled"),
        pytest.param({"type": "page"}, "type is 'page'", id="page"),
        pytest.param({"link": None}, "no address", id="no-link"),
        pytest.param({"link": "javascript:void(0)"}, "no address", id="script"),
    ],
)
def test_what_is_no_public_post_is_refused_with_a_reason(change: dict[str, object], reason: str) -> None:
    found = answer(row(**change))
    assert (found.sightings, [why for _, why in found.refused]) == ((), [reason])


CLOSED = [
    pytest.param(
        401, b'{"code":"rest_not_logged_in","message":"x"}', "needs a login (rest_not_logged_in)", id="plugin"
    ),
    pytest.param(403, b"<html>Forbidden</html>", "forbidden", id="firewall"),
    pytest.param(404, b'{"code":"rest_no_route"}', "not there (rest_no_route)", id="no-route"),
    pytest.param(200, b"<!doctype html><html></html>", "answers with a page, not with data", id="front-page"),
    pytest.param(200, b'{"namespaces":[]}', "answers with no list", id="root"),
    pytest.param(200, b"", "answers with no list", id="nothing"),
    pytest.param(200, b"[" * 100_000, "answers with no list", id="deep"),
    pytest.param(500, b"[]", "answers 500", id="server-error"),
]


@pytest.mark.parametrize(("status", "body", "reason"), CLOSED)
def test_closed_rest_says_why(status: int, body: bytes, reason: str) -> None:
    assert read_posts(body, {}, status=status).closed == reason


def test_the_page_after_the_last_is_an_end_not_a_closed_door() -> None:
    found = read_posts(b'{"code":"rest_post_invalid_page_number","data":{"status":400}}', {}, status=400)
    assert (found.past_end, found.closed) == (True, None)


def test_lying_totals_are_no_numbers() -> None:
    found = read_posts(b"[]", {"X-WP-Total": "-3", "X-WP-TotalPages": "9" * 400})
    assert (found.total, found.total_pages) == (None, None)


def test_posts_are_asked_for_oldest_first_and_changes_by_the_utc_instant() -> None:
    assert posts_url(ROOT, 3, fields=("id", "link")) == (
        "https://blog.example/wp-json/wp/v2/posts?per_page=100&page=3&orderby=id&order=asc&_fields=id,link"
    )
    url = posts_url(ROOT, modified_after="2024-06-01T08:00:00Z", fields=("id",))
    assert url.endswith("orderby=modified&order=asc&_fields=id&modified_after=2024-06-01T08:00:00Z")
    with pytest.raises(ValueError, match="ending in 'Z'"):
        posts_url(ROOT, modified_after="2024-06-01T08:00:00")


def test_rest_without_permalinks_keeps_its_route_in_the_query() -> None:
    assert route_url("https://blog.example/index.php?rest_route=/", "wp/v2/tags", {"page": 1}) == (
        "https://blog.example/index.php?rest_route=%2Fwp%2Fv2%2Ftags&page=1"
    )


def test_rest_is_looked_for_where_the_blog_says_first() -> None:
    tree = html.document_fromstring('<head><link rel="https://api.w.org/" href="/blog/wp-json/"></head><body></body>')
    header = '<https://blog.example/?p=1>; rel=shortlink, <https://blog.example/api/>; rel="https://api.w.org/"'
    assert rest_roots("https://blog.example/blog/", link_header=header, tree=tree) == (
        "https://blog.example/api/",
        "https://blog.example/blog/wp-json/",
        "https://blog.example/wp-json/",
        "https://blog.example/?rest_route=/",
    )


def test_terms_are_read_and_rubbish_among_them_left_out() -> None:
    rows = [
        {
            "id": 3,
            "name": "Policy &amp; Advocacy",
            "slug": "policy",
            "link": "https://blog.example/category/policy/",
            "count": 0,
        },
        {"id": "4", "name": "x", "link": "https://blog.example/"},
        {"id": 5, "name": "Desk", "slug": "desk", "link": "https://blog.example/author/desk/"},
        "nonsense",
    ]
    terms = read_terms(json.dumps(rows).encode())
    assert [(term.id, term.name, term.slug, term.count) for term in terms] == [
        (3, "Policy & Advocacy", "policy", 0),
        (5, "Desk", "desk", None),
    ]
    assert read_terms(b'{"code":"rest_forbidden"}', status=401) == ()
    assert terms_url(ROOT, "users").endswith("wp/v2/users?per_page=100&page=1")


def test_rest_that_ignores_the_question_is_found_out() -> None:
    sightings = answer(row()).sightings
    assert ignored_modified_after(sightings, "2024-06-01T08:00:01Z")
    assert not ignored_modified_after(sightings, "2024-05-31T00:00:00Z")


# ------------------------------------------------------------------------------------------------- anything

PIECES = st.lists(
    st.sampled_from(
        [
            *(
                b"<urlset>",
                b"<sitemapindex>",
                b"<url>",
                b"<loc>",
                b"</loc>",
                b"</url>",
                b"https://blog.example/a/",
                b"<lastmod>",
            ),
            *(
                b"<rss>",
                b"<channel>",
                b"<item>",
                b"<link>",
                b"</link>",
                b"<entry>",
                b"<feed>",
                b"<guid>",
                b"<pubDate>",
                b"&x;",
            ),
            *(
                b"2024-02-31",
                b"9999-12-31T23:59:59-14:00",
                b"0001-01-01T00:00:00+14:00",
                b"<![CDATA[",
                b"]]>",
                b"http://[",
                b"\x00",
            ),
            *(
                b'[{"link":',
                b'"https://blog.example/"',
                b'"id":',
                b"1e999",
                b"}]",
                b"NaN",
                b",",
                b"null",
                b"Mon, 99 May 2024",
            ),
        ]
    )
    | st.binary(max_size=6),
    max_size=24,
).map(b"".join)


@example(b"<url>&x;")  # an entity stands where an element is expected
@given(PIECES | st.binary(max_size=200))
def test_no_bytes_make_a_source_raise(body: bytes) -> None:
    for data in (body, gzip.compress(body), b"<urlset>" + body, b"<rss><channel><item>" + body, b"[{" + body):
        sitemap_sightings(read_sitemap(data, MAP))
        feed_sightings(read_feed(data, FEED))
        read_posts(data, {}, status=200)
        read_terms(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("https://blog.example/a/"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*row(), "rendered", "name", "slug", "count"]), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(st.lists(JSON, max_size=4))
def test_no_json_makes_rest_raise(rows: list[object]) -> None:
    found = read_posts(json.dumps(rows).encode(), {})
    assert all(sighting.key and sighting.source in SOURCES for sighting in (*found.sightings, *found.protected))
    read_terms(json.dumps(rows).encode())
