"""The sample blog as a server: addresses, listings, feeds, sitemaps, REST and files as WordPress answers them."""

from __future__ import annotations

import gzip
import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from crawler.sample import SampleBlog, edition_of, posts


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> object:
        return json.loads(self.body)


def ask(blog: SampleBlog, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
    """One request on a connection of its own; header names with underscores for hyphens."""
    connection = http.client.HTTPConnection(urlsplit(blog.url).netloc, timeout=5)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def blog() -> Iterator[SampleBlog]:
    with SampleBlog() as running:
        yield running


@pytest.fixture(scope="module")
def second() -> Iterator[SampleBlog]:
    with SampleBlog(edition=2) as running:
        yield running


# --- addresses --------------------------------------------------------------------------------------------------------

EMOJI_SLUG = "%f0%9f%9a%8b-tram-day"

ROUTES = [
    ("/", 200, None),
    ("/blog/", 200, None),
    ("/blog/page/13/", 200, None),
    ("/blog/page/14/", 404, None),
    ("/blog/page/1/", 301, "blog/"),
    ("/blog/page/0/", 404, None),
    ("/talent-loop/", 200, None),
    ("/talent-loop/?utm_source=letter", 200, None),
    ("/talent-loop", 301, "talent-loop/"),
    ("/Talent-LOOP/", 301, "talent-loop/"),
    ("/talent-l/", 301, "talent-loop/"),
    ("/talent-loop/2/", 301, "talent-loop/"),
    ("/two-page-history/2/", 200, None),
    ("/two-page-history/3/", 301, "two-page-history/"),
    ("/?p=1903", 301, "talent-loop/"),
    ("/?p=9", 404, None),
    ("/?p=x", 404, None),
    ("/?s=goose", 200, None),
    ("/category/media-coverage/", 200, None),
    ("/category/media-coverage/page/9/", 200, None),
    ("/category/media-coverage/page/10/", 404, None),
    ("/category/nothing/", 404, None),
    ("/tag/tool-and-die/", 200, None),
    ("/author/ramberley/page/2/", 200, None),
    ("/author/nobody/", 404, None),
    ("/2022/", 200, None),
    ("/2022/03/", 200, None),
    ("/2022/03", 301, "2022/03/"),
    ("/2022/04/", 404, None),
    ("/about/", 200, None),
    ("/events/", 200, None),
    ("/about/2/", 404, None),
    ("/nothing-of-the-kind/", 404, None),
    (f"/{EMOJI_SLUG}/", 200, None),
    (f"/{EMOJI_SLUG.upper()}/", 301, f"{EMOJI_SLUG}/"),
    ("/robots.txt", 200, None),
    ("/sitemap.xml", 301, "wp-sitemap.xml"),
    ("/wp-sitemap.xml", 200, None),
    ("/wp-sitemap-posts-post-2.xml", 404, None),
    ("/wp-sitemap-users-1.xml", 200, None),
    ("/feed/", 200, None),
    ("/feed", 301, "feed/"),
    ("/feed/?paged=13", 200, None),
    ("/feed/?paged=14", 404, None),
    ("/category/talent/feed/", 200, None),
    ("/wp-json/", 200, None),
    ("/wp-json/wp/v2/posts", 200, None),
    ("/wp-json/wp/v2/posts/1903", 200, None),
    ("/wp-json/wp/v2/posts/9", 404, None),
    ("/wp-json/wp/v2/nonsense", 404, None),
    ("/wp-content/uploads/2021/02/boule.png", 200, None),
    ("/wp-content/uploads/2021/02/boule-300x169.png", 200, None),
    ("/wp-content/uploads/2018/12/harbor-annual-report-2018.pdf", 200, None),
    ("/wp-content/uploads/2021/02/nothing.png", 404, None),
    ("/wp-content/themes/block/style.css", 200, None),
    ("/wp-content/themes/none/style.css", 404, None),
    ("/wp-admin/", 404, None),
]


@pytest.mark.parametrize(("path", "status", "location"), ROUTES, ids=[route[0] for route in ROUTES])
def test_addresses_answer_as_wordpress_does(blog: SampleBlog, path: str, status: int, location: str | None) -> None:
    answer = ask(blog, path)
    assert answer.status == status
    assert answer.headers.get("location") == (blog.url + location if location is not None else None)


AFTERWARDS = [
    pytest.param("/water-tower-vote/", 404, None, id="deleted"),
    pytest.param("/golf-outing-2026/", 410, None, id="deleted for good"),
    pytest.param("/covid-office-hours/", 302, "", id="sent to the front page"),
    pytest.param("/ferries-plug-in/", 301, "ferries-plug-in-2/", id="posted anew"),
    pytest.param("/port-of-monroe-boxes/", 301, "boxes-at-last-in-the-port-of-monroe/", id="moved"),
    pytest.param("/salt-season-opens/", 200, None, id="added"),
]


@pytest.mark.parametrize(("path", "status", "location"), AFTERWARDS)
def test_removed_and_moved_posts_answer(second: SampleBlog, path: str, status: int, location: str | None) -> None:
    answer = ask(second, path)
    assert answer.status == status
    assert answer.headers.get("location") == (second.url + location if location is not None else None)


def test_pages_offer_no_validators(blog: SampleBlog) -> None:
    for path in ("/talent-loop/", "/blog/", "/wp-json/wp/v2/posts", "/wp-sitemap.xml"):
        assert not {"etag", "last-modified"} & ask(blog, path).headers.keys(), path


def test_related_posts_change_from_view_to_view(blog: SampleBlog) -> None:
    related = {ask(blog, "/talent-loop/").text.partition('class="related-posts"')[2] for _ in range(4)}
    assert len(related) == 4


def test_a_listing_page_links_ten_posts_and_together_they_link_all(blog: SampleBlog) -> None:
    pages = [ask(blog, "/blog/"), *(ask(blog, f"/blog/page/{number}/") for number in range(2, 14))]
    found = [re.findall(r'<h3><a href="([^"]+)">', answer.text) for answer in pages]
    assert [len(cards) for cards in found[:-1]] == [10] * 12
    assert [url for cards in found for url in cards] == [post.url(blog.url) for post in posts(1)]


def test_load_more_hides_the_pages_but_they_are_there(blog: SampleBlog) -> None:
    first = ask(blog, "/category/industry-transition/").text
    assert "page-numbers" not in first
    assert "/category/industry-transition/page/2/" not in first
    assert ask(blog, "/category/industry-transition/page/2/").status == 200
    more = ask(blog, "/wp-admin/admin-ajax.php", "POST", "action=load_more&term=5&page=2")
    assert more.text.count('class="card"') == sum("Industry Transition" in p.categories for p in posts(1)) - 10


def test_admin_ajax_answers_anything_else_with_0(blog: SampleBlog) -> None:
    assert ask(blog, "/wp-admin/admin-ajax.php", "POST", "action=heartbeat").body == b"0"


# --- sources ----------------------------------------------------------------------------------------------------------


def rest_ids(blog: SampleBlog, query: str) -> list[int]:
    return [row["id"] for row in ask(blog, f"/wp-json/wp/v2/posts?{query}").json()]


def test_rest_walks_every_post(blog: SampleBlog) -> None:
    first = ask(blog, "/wp-json/wp/v2/posts?per_page=100&_fields=id,link,title.rendered")
    assert (first.headers["x-wp-total"], first.headers["x-wp-totalpages"]) == (str(len(posts(1))), "2")
    assert 'page=2>; rel="next"' in first.headers["link"]
    rest = ask(blog, "/wp-json/wp/v2/posts?per_page=100&_fields=id,link,title.rendered&page=2")
    rows = [*first.json(), *rest.json()]
    assert [row["id"] for row in rows] == [post.id for post in posts(1)]
    assert rows[0].keys() == {"id", "link", "title"}


REST_REFUSALS = [
    ("per_page=101", 400, "rest_invalid_param"),
    ("per_page=0", 400, "rest_invalid_param"),
    ("page=14", 400, "rest_post_invalid_page_number"),
    ("orderby=colour", 400, "rest_invalid_param"),
    ("modified_after=yesterday", 400, "rest_invalid_param"),
    ("categories=media", 400, "rest_invalid_param"),
]


@pytest.mark.parametrize(("query", "status", "code"), REST_REFUSALS, ids=[case[0] for case in REST_REFUSALS])
def test_rest_refuses_what_wordpress_refuses(blog: SampleBlog, query: str, status: int, code: str) -> None:
    answer = ask(blog, f"/wp-json/wp/v2/posts?{query}")
    assert (answer.status, answer.json()["code"]) == (status, code)


# Post 2606 was modified on 2026-10-02 at 16:40 in Detroit, which is 20:40 in UTC.
MODIFIED_AFTER = [
    pytest.param("2026-10-02T16:40:00", False, id="exclusive, site-local without a zone"),
    pytest.param("2026-10-02T16:39:59", True, id="site-local, a second before"),
    pytest.param("2026-10-02T20:39:59Z", True, id="UTC, a second before"),
    pytest.param("2026-10-02T20:40:00Z", False, id="UTC, exclusive"),
]


@pytest.mark.parametrize(("moment", "listed"), MODIFIED_AFTER)
def test_modified_after_means_site_time_unless_told(second: SampleBlog, moment: str, listed: bool) -> None:
    found = rest_ids(second, f"modified_after={moment}&per_page=100&orderby=modified&order=asc")
    assert (found[0] == 2606) == listed


def test_modified_after_shows_edits_and_additions_only(second: SampleBlog) -> None:
    found = set(rest_ids(second, f"modified_after={edition_of(1).as_of.isoformat().replace('+', '%2B')}&per_page=100"))
    assert {2701, 2704, 2606, 1202} <= found
    assert not {2002, 2208, 2603} & found


def test_rest_embeds_and_filters(blog: SampleBlog) -> None:
    row = ask(blog, "/wp-json/wp/v2/posts?slug=talent-loop&_embed=1").json()[0]
    assert row["_embedded"]["author"][0]["name"] == "Ruth Amberley"
    assert [term["name"] for term in row["_embedded"]["wp:term"][0]] == ["Media Coverage", "Talent"]
    assert (row["date"], row["date_gmt"]) == ("2019-10-08T08:40:00", "2019-10-08T12:40:00")
    assert set(rest_ids(blog, "categories=7&per_page=100")) == {p.id for p in posts(1) if "Auto Show" in p.categories}
    assert rest_ids(blog, "after=2008-01-01T00:00:00&before=2009-01-01T00:00:00") == [801]


@pytest.mark.parametrize("name", ["categories", "tags", "users", "media", "pages"])
def test_rest_has_the_other_collections(blog: SampleBlog, name: str) -> None:
    answer = ask(blog, f"/wp-json/wp/v2/{name}?per_page=100")
    assert answer.status == 200
    assert len(answer.json()) == min(int(answer.headers["x-wp-total"]), 100) > 1


def test_sitemap_and_feed_list_every_post(blog: SampleBlog) -> None:
    urls = {post.url(blog.url) for post in posts(1)}
    assert blog.url + "wp-sitemap-posts-post-1.xml" in ask(blog, "/wp-sitemap.xml").text
    assert set(re.findall("<loc>(.*?)</loc>", ask(blog, "/wp-sitemap-posts-post-1.xml").text)) == urls
    pages = [ask(blog, f"/feed/?paged={number}").text for number in range(1, 14)]
    assert {url for feed in pages for url in re.findall("<item>.*?<link>(.*?)</link>", feed, re.DOTALL)} == urls


def test_the_feed_answers_304_to_its_own_validators(blog: SampleBlog) -> None:
    first = ask(blog, "/feed/").headers
    for validators in (
        {"If_None_Match": first["etag"]},
        {"If_Modified_Since": first["last-modified"]},
        {"If_None_Match": first["etag"], "If_Modified_Since": first["last-modified"]},
    ):
        assert ask(blog, "/feed/", **validators).status == 304, validators
    assert ask(blog, "/feed/", If_None_Match='"other"', If_Modified_Since=first["last-modified"]).status == 200
    assert ask(blog, "/feed/", If_Modified_Since="rubbish").status == 200


def test_a_compressed_feed_has_a_weak_tag_that_never_matches(blog: SampleBlog) -> None:
    answer = ask(blog, "/feed/", Accept_Encoding="gzip")
    assert answer.headers["etag"].startswith('W/"')
    assert gzip.decompress(answer.body).startswith(b"<?xml")
    assert ask(blog, "/feed/", Accept_Encoding="gzip", If_None_Match=answer.headers["etag"]).status == 200


def test_a_post_dated_back_is_not_on_the_feeds_first_page(second: SampleBlog) -> None:
    assert "glass-works-on-the-raisin" not in ask(second, "/feed/").text
    assert "glass-works-on-the-raisin" in ask(second, "/wp-sitemap-posts-post-1.xml").text


@pytest.mark.parametrize(
    ("path", "signature", "content_type"),
    [
        ("2021/02/boule.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("2018/12/harbor-annual-report-2018.pdf", b"%PDF-1.4", "application/pdf"),
    ],
)
def test_uploads_are_files_with_validators(blog: SampleBlog, path: str, signature: bytes, content_type: str) -> None:
    answer = ask(blog, f"/wp-content/uploads/{path}")
    assert answer.body.startswith(signature)
    assert answer.headers["content-type"] == content_type
    again = ask(blog, f"/wp-content/uploads/{path}", If_None_Match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    since = ask(blog, f"/wp-content/uploads/{path}", If_Modified_Since=answer.headers["last-modified"])
    assert since.status == 304


# --- options ----------------------------------------------------------------------------------------------------------


def test_closed_sources_are_closed_everywhere() -> None:
    with SampleBlog(rest="closed", sitemap=False, feed=False) as blog:
        assert ask(blog, "/wp-json/").status == ask(blog, "/wp-json/wp/v2/posts").status == 401
        assert ask(blog, "/wp-sitemap.xml").status == ask(blog, "/feed/").status == 404
        assert "Sitemap:" not in ask(blog, "/robots.txt").text
        front = ask(blog, "/")
        assert "wp-json" not in front.text
        assert "/feed/" not in front.text
        assert "link" not in front.headers


def test_stale_sources_still_tell_of_the_first_edition() -> None:
    with SampleBlog(edition=2, rest="stale", sitemap="stale", feed="stale") as blog:
        assert "water-tower-vote" in ask(blog, "/wp-sitemap-posts-post-1.xml").text
        assert "salt-season-opens" not in ask(blog, "/feed/").text
        assert rest_ids(blog, "per_page=1") == [posts(1)[0].id]
        assert ask(blog, "/water-tower-vote/").status == 404


def test_without_categories_months_lead_to_every_post() -> None:
    with SampleBlog(categories=False) as blog:
        front = ask(blog, "/").text
        assert "/category/" not in front
        assert ask(blog, "/category/media-coverage/").status == 404
        assert ask(blog, "/wp-json/wp/v2/categories").json() == []
        months = {urlsplit(url).path for url in re.findall(r'href="([^"]+/\d{4}/\d\d/)"', front)}
        found = {url for month in months for url in re.findall(r'<h3><a href="([^"]+)">', ask(blog, month).text)}
        assert found == {post.url(blog.url) for post in posts(1)}


def test_sitemaps_can_be_without_times() -> None:
    with SampleBlog() as new, SampleBlog(lastmod=False) as old:
        assert "<lastmod>" in ask(new, "/wp-sitemap-posts-post-1.xml").text
        assert "<lastmod>" not in ask(old, "/wp-sitemap-posts-post-1.xml").text


# --- the server -------------------------------------------------------------------------------------------------------


def test_requests_are_logged_in_order() -> None:
    with SampleBlog() as blog:
        ask(blog, "/?p=1903")
        ask(blog, "/talent-loop/", "HEAD")
        assert blog.requests == [("GET", "/?p=1903", 301), ("HEAD", "/talent-loop/", 200)]


def test_head_has_the_headers_of_get_and_no_body(blog: SampleBlog) -> None:
    head = ask(blog, "/about/", "HEAD")
    assert (head.body, head.headers["content-length"]) == (b"", str(len(ask(blog, "/about/").body)))


def test_connections_are_kept_and_pages_compressed_when_asked(blog: SampleBlog) -> None:
    connection = http.client.HTTPConnection(urlsplit(blog.url).netloc, timeout=5)
    connection.request("GET", "/about/", headers={"Accept-Encoding": "gzip"})
    packed = connection.getresponse()
    assert packed.getheader("Content-Encoding") == "gzip"
    whole = gzip.decompress(packed.read())
    socket = connection.sock
    connection.request("GET", "/about/")
    assert connection.getresponse().read() == whole
    assert connection.sock is socket
    connection.close()


def test_another_edition_can_be_put_at_the_same_address() -> None:
    with SampleBlog() as blog:
        address = blog.url
        assert ask(blog, "/water-tower-vote/").status == 200
        blog.publish(2)
        assert ask(blog, "/water-tower-vote/").status == 404
        assert blog.url == address


def test_stopping_cuts_kept_connections_and_frees_the_port() -> None:
    blog = SampleBlog().start()
    port = urlsplit(blog.url).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/about/")
    connection.getresponse().read()
    blog.stop()
    assert connection.sock.recv(1) == b""
    connection.close()
    blog.stop()
    with SampleBlog(edition=2, port=port) as again:
        assert ask(again, "/salt-season-opens/").status == 200


def test_a_blog_that_is_not_running_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        _ = SampleBlog().url


def test_too_large_a_body_is_refused(blog: SampleBlog) -> None:
    assert ask(blog, "/wp-admin/admin-ajax.php", "POST", Content_Length="99999999").status == 413
