"""Listings in many themes: every post of the page, and nothing else of it."""

from __future__ import annotations

import time

import pytest
from lxml import html

from archive.urls import canonical_url
from crawler.addresses import paged_url
from crawler.categories import find_categories
from crawler.guard import Origin
from crawler.listings import Listing, end_reason, read_listing
from crawler.pages import parse_page
from crawler.polite import PoliteFetch
from crawler.profiles import SiteProfile, load_profile
from crawler.sample.content import posts
from crawler.sample.server import SampleBlog

BLOG = load_profile("https://blog.example/blog/")
URL = "https://blog.example/category/media-coverage/"

POSTS = (
    ("battery-plant-opens", "Battery Plant Opens in Monroe", "Bridge Michigan"),
    ("tool-makers-retool", "Tool Makers Retool for Electric Axles", "Crain’s Detroit Business"),
    ("port-expands", "Port Expands Its Vehicle Terminal", "The Detroit News"),
    ("apprentices-wanted", "Apprentices Wanted at Six Plants", "Axios Detroit"),
)
SLUGS = [slug for slug, _, _ in POSTS]

EXCERPT = "A supplier on the river said Tuesday that it will hire forty people before the spring and"

MENU = """
<header class="site-header"><a href="/"><img alt="Harbor Auto Alliance" src="/logo.png"></a>
<nav><ul class="menu"><li class="menu-item"><a href="/about/">About</a></li>
<li><a href="/programs/">Our Programs and Initiatives</a></li>
<li><a href="/feature-axios-detroit/">Feature: Axios Detroit, May 5, 2024</a></li></ul></nav></header>"""

SIDEBAR = """
<aside class="sidebar"><section class="widget widget_recent_entries"><h2>Recent Posts</h2><ul>
<li><a href="/an-old-post/">An Old Post in the Sidebar</a> <span class="post-date">March 3, 2019</span></li>
<li><a href="/another-old-post/">Another Old Post in the Sidebar</a></li></ul></section></aside>"""

FOOTER = """
<footer class="site-footer"><h3><a href="/newsletter-archive-page/">Get the Weekly Newsletter Today</a></h3>
<p>Copyright 2024 <a href="/privacy-policy/">Privacy</a></p></footer>"""


def page(main: str, *, before: str = MENU, after: str = SIDEBAR + FOOTER) -> str:
    return f"<!doctype html><html lang='en-US'><body class='archive has-sidebar'>{before}{main}{after}</body></html>"


def classic(posts: tuple[tuple[str, str, str], ...]) -> str:
    """Articles with `post_class()`, date and categories in the entry's footer."""
    cards = "".join(
        f"""<article id="post-{n}" class="post-{n} post type-post status-publish hentry category-media-coverage">
        <header class="entry-header"><h2 class="entry-title">
        <a href="https://blog.example/{slug}/" rel="bookmark">{title}</a></h2></header>
        <div class="entry-content">
        <p>{EXCERPT} … <a href="https://blog.example/{slug}/#more-{n}" class="more-link">Continue reading</a></p></div>
        <footer class="entry-footer">Posted <a href="https://blog.example/{slug}/" rel="bookmark">
        <time datetime="2024-05-0{n}">May {n}, 2024</time></a>
        in <a href="/category/media-coverage/" rel="category tag">Media Coverage</a>
        by <a href="/author/jane/" rel="author">Jane</a>
        </footer></article>"""
        for n, (slug, title, _) in enumerate(posts, 1)
    )
    return page(f'<main id="main"><h1 class="page-title">Category: Media Coverage</h1>{cards}</main>')


def blocks(posts: tuple[tuple[str, str, str], ...]) -> str:
    """A block theme's query loop; terms carry `rel="tag"` whatever they are."""
    cards = "".join(
        f"""<li class="wp-block-post post-{n} post type-post"><div class="wp-block-group">
        <h2 class="wp-block-post-title"><a href="https://blog.example/{slug}/" target="_self">{title}</a></h2>
        <div class="wp-block-post-date"><time datetime="2024-05-0{n}T09:00:00-04:00">
        <a href="https://blog.example/{slug}/">May {n}</a></time></div>
        <div class="taxonomy-category wp-block-post-terms">
        <a href="/topics/media-coverage/" rel="tag">Media Coverage</a></div>
        <div class="wp-block-post-excerpt"><p>{EXCERPT}</p></div></div></li>"""
        for n, (slug, title, _) in enumerate(posts, 1)
    )
    related = (
        '<div class="wp-block-latest-posts"><li><h3><a href="/a-third-old-post/">A Third Old Post</a></h3></li></div>'
    )
    return page(f'<main class="wp-block-group"><ul class="wp-block-post-template">{cards}</ul></main>{related}')


def elementor(posts: tuple[tuple[str, str, str], ...]) -> str:
    """Every widget is called a widget; cards have no date; a button hides the pages."""
    cards = "".join(
        f"""<article class="elementor-post elementor-grid-item post-{n}">
        <a class="elementor-post__thumbnail__link" href="https://blog.example/{slug}/">
        <div class="elementor-post__thumbnail"><img data-src="/x.jpg" src="data:image/gif;base64,R0"></div></a>
        <div class="elementor-post__text"><h3 class="elementor-post__title">
        <a href="https://blog.example/{slug}/">{title}</a></h3>
        <div class="elementor-post__excerpt"><p>{EXCERPT}</p></div>
        <a class="elementor-post__read-more" href="https://blog.example/{slug}/">Read More »</a></div></article>"""
        for n, (slug, title, _) in enumerate(posts, 1)
    )
    more = f'<div class="e-load-more-anchor" data-page="1" data-max-page="9" data-next-page="{URL}page/2/"></div>'
    return page(
        f"""<div class="elementor elementor-location-archive">
        <div class="elementor-widget elementor-widget-archive-posts">
        <div class="elementor-widget-container"><div class="elementor-posts-container">{cards}</div>{more}
        <div class="elementor-button-wrapper"><a href="#" class="elementor-button" role="button">Load More</a></div>
        </div></div></div>
        <div class="elementor-widget elementor-widget-wp-widget-recent-posts"><h5>Recent</h5><ul>
        <li><a href="/an-old-post/">An Old Post in the Sidebar</a></li></ul></div>""",
        after=FOOTER,
    )


def divi(posts: tuple[tuple[str, str, str], ...]) -> str:
    """`et_pb_post` articles in a content area beside a sidebar inside one wrapper that is named after it."""
    cards = "".join(
        f"""<article class="et_pb_post clearfix">
        <a class="entry-featured-image-url" href="https://blog.example/{slug}/"><img src="/{n}.jpg" alt=""></a>
        <h2 class="entry-title"><a href="https://blog.example/{slug}/">{title}</a></h2>
        <p class="post-meta">
        <span class="published">May {n}, 2024</span> |
        <a href="/category/media-coverage/" rel="category tag">Media Coverage</a></p>
        <div class="post-content"><p>{EXCERPT}</p></div></article>"""
        for n, (slug, title, _) in enumerate(posts, 1)
    )
    return page(
        f"""<div id="main-content"><div class="container"><div id="content-area" class="sidebar"><div id="left-area">
        <h1>Media Coverage</h1>{cards}</div>
        <div id="sidebar"><div class="et_pb_widget"><h4>Search</h4><h3><a href="/an-old-post/">An Old Post Here</a>
        </h3></div></div>
        </div></div></div>""",
        after=FOOTER,
    )


def soup(posts: tuple[tuple[str, str, str], ...]) -> str:
    """No heading, article, time or class that says anything; one link is the whole card."""
    cards = "".join(
        f"""<div class="c-7f"><a href="/{slug}/"><div><img src="/{n}.jpg"></div><div>{title}</div>
        <div>May {n}, 2024</div><div>{EXCERPT}</div></a></div>"""
        for n, (slug, title, _) in enumerate(posts, 1)
    )
    return page(f'<div class="x1"><div>Media Coverage</div><div class="x2">{cards}</div></div>', after=FOOTER)


def only_read_more(posts: tuple[tuple[str, str, str], ...]) -> str:
    """The title is not linked: only a button leads to the post."""
    cards = "".join(
        f"""<div class="card"><div class="card-body"><h5 class="card-title">{title}</h5><p>{EXCERPT}</p>
        <a class="btn" href="/{slug}/">Read more</a></div></div>"""
        for slug, title, _ in posts
    )
    return page(f'<div class="wrap"><h1>Media Coverage</h1><div class="cards">{cards}</div></div>', after=FOOTER)


def bootstrap(posts: tuple[tuple[str, str, str], ...]) -> str:
    """A large first card of its own markup, then rows of columns; promotions of static pages below."""
    (hero_slug, hero_title, _), *rest = posts
    columns = [
        f"""<div class="col-md-4"><div class="card"><a href="/{slug}/"><img src="/x.jpg"></a><div class="card-body">
        <span class="badge"><a href="/category/media-coverage/">Media Coverage</a></span><h4>
        <a href="/{slug}/">{title}</a></h4>
        <small>May 4, 2024</small><p>{EXCERPT}</p></div></div></div>"""
        for slug, title, _ in rest
    ]
    rows = "".join(f'<div class="row">{"".join(columns[i : i + 2])}</div>' for i in range(0, len(columns), 2))
    return page(
        f"""<main><section class="hero"><h1><a href="/{hero_slug}/">{hero_title}</a></h1><p>May 5, 2024 {EXCERPT}</p>
        </section>
        <section class="grid">{rows}</section>
        <section class="promos"><div class="promo"><h4><a href="/become-a-member-today/">Become a Member Today</a>
        </h4><p>Join us.</p></div>
        <div class="promo"><h4><a href="/visit-the-showroom/">Visit the Showroom</a></h4><p>See cars.</p></div>
        </section></main>""",
        after=FOOTER,
    )


def whole_posts(posts: tuple[tuple[str, str, str], ...]) -> str:
    """The listing prints whole posts, whose texts link to other posts and pages."""
    cards = "".join(
        f"""<div class="post hentry"><h2 class="title"><a href="/{slug}/">{title}</a></h2>
        <div class="byline">By <a href="/author/jane/">Jane</a> on May {n}, 2024</div>
        <div class="body"><p>{EXCERPT}</p>
        <p>As <a href="/an-earlier-story/">an earlier story on the plant</a> said,
        <a href="/programs/">programs</a> help.</p>
        <h3>What comes next</h3><ul><li><a href="/a-linked-report-of-ours/">A linked report of ours on jobs</a></li>
        </ul></div></div>"""
        for n, (slug, title, _) in enumerate(posts, 1)
    )
    return page(f'<div id="content">{cards}</div>')


def plain_list(posts: tuple[tuple[str, str, str], ...]) -> str:
    """A list of dates, outlets and linked titles."""
    rows = "".join(
        f'<li><a href="/{slug}/">{title}</a> – {outlet}, May {n}</li>'
        for n, (slug, title, outlet) in enumerate(posts, 1)
    )
    return page(f'<div id="content"><h1>In the News</h1><p>All coverage.</p><ul class="coverage">{rows}</ul></div>')


def table(posts: tuple[tuple[str, str, str], ...]) -> str:
    rows = "".join(
        f'<tr><td>May {n}, 2024</td><td><a href="/{slug}/">{title}</a></td><td>{outlet}</td></tr>'
        for n, (slug, title, outlet) in enumerate(posts, 1)
    )
    return page(f'<div id="content"><h1>In the News</h1><table>{rows}</table></div>')


THEMES = [
    pytest.param(theme, id=theme.__name__)
    for theme in (classic, blocks, elementor, divi, soup, only_read_more, bootstrap, whole_posts, plain_list, table)
]


def listing(markup: str, url: str = URL, profile: SiteProfile = BLOG, **options: object) -> Listing:
    return read_listing(html.document_fromstring(markup), url, profile, **options)


def slugs(found: Listing) -> list[str]:
    return [post.url.rstrip("/").rpartition("/")[2] for post in found.posts]


@pytest.mark.parametrize("theme", THEMES)
def test_a_listing_shows_its_posts_in_order_and_nothing_else(theme) -> None:
    assert slugs(listing(theme(POSTS))) == SLUGS


@pytest.mark.parametrize("theme", THEMES)
def test_each_post_comes_with_its_title(theme) -> None:
    found = listing(theme(POSTS))
    for post, (_, title, _) in zip(found.posts, POSTS, strict=True):
        assert post.title == title


@pytest.mark.parametrize("theme", THEMES)
def test_the_last_page_may_show_a_single_post(theme) -> None:
    shape = listing(theme(POSTS)).shape
    assert slugs(listing(theme(POSTS[:1]), shape=shape)) == SLUGS[:1]


@pytest.mark.parametrize("theme", THEMES)
def test_a_category_may_hold_a_single_post(theme) -> None:
    assert slugs(listing(theme(POSTS[:1]))) == SLUGS[:1]


@pytest.mark.parametrize("theme", THEMES)
def test_a_page_past_the_end_shows_no_post(theme) -> None:
    assert slugs(listing(theme(()) if theme is not bootstrap else page("<main><h1>Nothing found</h1></main>"))) == []


def test_hidden_pages_behind_elementors_button_are_found() -> None:
    found = listing(elementor(POSTS))
    assert (found.next_url, found.pages_total, found.load_more) == (f"{URL}page/2/", 9, True)


def test_a_theme_that_wraps_its_listing_in_a_widget_is_read_all_the_same() -> None:
    items = "".join(f'<li><h4><a href="/{slug}/">{title}</a></h4></li>' for slug, title, _ in POSTS)
    markup = page(f'<div class="widget"><ul class="wp-block-latest-posts">{items}</ul></div>', after=FOOTER)
    assert slugs(listing(markup)) == SLUGS


def test_related_posts_below_the_listing_are_left_out_by_their_heading() -> None:
    other = "".join(
        f'<div class="tile"><h4><a href="/old-{n}/">Old Story {n}</a></h4><time>May {n}, 2019</time></div>'
        for n in range(9)
    )
    cards = "".join(
        f'<div class="tile"><h4><a href="/{slug}/">{title}</a></h4><time>May 1, 2024</time></div>'
        for slug, title, _ in POSTS
    )
    markup = page(
        f"<main><section>{cards}</section><section><h3>You might also like</h3><div>{other}</div></section></main>"
    )
    assert slugs(listing(markup)) == SLUGS


def test_static_pages_in_a_mixed_listing_are_left_out_by_their_type() -> None:
    markup = classic(POSTS).replace("post-2 post type-post", "post-2 page type-page")
    assert slugs(listing(markup)) == [SLUGS[0], *SLUGS[2:]]


@pytest.mark.parametrize("theme", [pytest.param(blocks, id="blocks"), pytest.param(bootstrap, id="bootstrap")])
def test_a_post_without_a_title_is_found_among_titled_ones(theme) -> None:
    untitled = theme((*POSTS[:2], ("untitled-note", "", ""), POSTS[3]))
    untitled = untitled.replace('<a href="https://blog.example/untitled-note/" target="_self"></a>', "")
    untitled = untitled.replace('<h4><a href="/untitled-note/"></a></h4>', "")
    found = listing(untitled)
    assert slugs(found) == [*SLUGS[:2], "untitled-note", SLUGS[3]]
    assert found.posts[2].title is None


def test_a_post_may_be_linked_from_its_own_footer_alone() -> None:
    note = """<article class="post-9 post type-post format-aside"><div class="body"><p>Mind the stones.</p></div>
    <footer class="entry-footer"><a href="https://blog.example/low-water/">Continue reading</a></footer></article>"""
    found = listing(classic(POSTS).replace("</main>", f"{note}</main>"))
    assert slugs(found) == [*SLUGS, "low-water"]
    assert found.posts[-1].title is None


def test_a_profile_may_point_at_posts_and_links() -> None:
    selectors = {"listing_post": ".tip", "listing_link": "a.go", "listing_next": "a.on"}
    profile = SiteProfile(name="b", title="B", start_urls=("https://blog.example/blog/",), selectors=selectors)
    markup = page(
        """<div class="tip"><a href="/not-this/">x</a><a class="go" href="/this-one/">One</a></div>
        <div class="tip"><a class="go" href="https://elsewhere.example/x/">Out</a></div>
        <div class="other"><h2><a href="/nor-this/">Nor This</a></h2></div><a class="on" href="?from=20">on</a>"""
    )
    found = listing(markup, profile=profile)
    assert (slugs(found), found.next_url) == (["this-one"], f"{URL}?from=20")


def test_links_are_resolved_against_the_pages_base() -> None:
    markup = page('<div class="hentry"><h2><a href="port-expands/">Port Expands</a></h2></div>')
    assert [post.url for post in listing(markup, base_url="https://blog.example/news/").posts] == [
        "https://blog.example/news/port-expands/"
    ]


def test_a_sighting_names_its_source_and_page() -> None:
    (post, *_) = listing(classic(POSTS), source="blog").posts
    assert (post.source, post.listed_in, post.title) == ("blog", URL, "Battery Plant Opens in Monroe")


def test_an_empty_or_hostile_page_shows_nothing() -> None:
    for markup in ("<p></p>", "<html></html>", "<a href='http://[x/'>a b c d</a>", "<div>" * 300):
        assert listing(markup).posts == ()


HOSTILE = [
    pytest.param("<div>" * 200 + '<h2><a href="/p-{}/">A Post</a></h2>' * 10, id="deep"),
    pytest.param(
        '<div class="sidebar">' * 200 + "<h2><a href='/p/'>A</a></h2>" * 5_000 + "<h1>x</h1>", id="deep-sidebars"
    ),
    pytest.param("".join(f'<p><a href="/p-{n}/">One of many posts</a></p>' for n in range(8_000)), id="8000-links"),
    pytest.param("".join(f'<h2><a href="/p/?a={n}">A Post</a>' for n in range(200)), id="unclosed-headings"),
    pytest.param('<a rel="category tag" href="/category/x/">x</a>' * 10_000, id="10000-categories"),
]


@pytest.mark.parametrize("markup", HOSTILE)
def test_a_hostile_page_costs_little(markup: str) -> None:
    tree = parse_page(f"<html><body>{markup}".encode(), url=URL).tree
    began_s = time.process_time()
    read_listing(tree, URL, BLOG)
    find_categories(tree, URL, BLOG)
    assert time.process_time() - began_s < 5


def nav(*hrefs: str) -> str:
    links = "".join(f'<a href="{href}">{href.rstrip("/").rpartition("/")[2]}</a>' for href in hrefs)
    return page(f"<main><nav class='pagination'>{links}</nav></main>")


PAGINATION = [
    pytest.param(nav("/category/media-coverage/page/2/", "/category/media-coverage/page/7/"), URL, 2, 7, id="numbers"),
    pytest.param(
        nav("/category/media-coverage/", f"{URL}page/2/", f"{URL}page/4/"), f"{URL}page/3/", 4, 4, id="middle"
    ),
    pytest.param(nav("/category/media-coverage/", f"{URL}page/2/"), f"{URL}page/3/", None, 3, id="last"),
    pytest.param(nav("/category/other/page/2/", "/blog/page/2/"), URL, None, None, id="other-listings"),
    pytest.param(nav("http://www.blog.example/category/media-coverage/page/2"), URL, 2, 2, id="other-spelling"),
    pytest.param(nav("https://evil.example/category/media-coverage/page/2/"), URL, None, None, id="elsewhere"),
    pytest.param(nav("/category/media-coverage/page/999999/"), URL, None, 999999, id="absurd"),
    pytest.param(page("<main></main>"), URL, None, None, id="none"),
    pytest.param(
        page(f"<main><div class='nav-previous'><a href='{URL}page/2/'>Older posts</a></div></main>"),
        URL,
        2,
        None,
        id="older",
    ),
]


@pytest.mark.parametrize(("markup", "url", "following", "total"), PAGINATION)
def test_the_next_page_is_the_same_listings_next_number(markup: str, url: str, following: int, total: int) -> None:
    found = listing(markup, url)
    assert found.next_url is None if following is None else found.next_url.rstrip("/").endswith(f"/page/{following}")
    assert found.pages_total == total


def test_rel_next_in_the_head_counts_like_any_link() -> None:
    markup = f'<html><head><link rel="next" href="{URL}page/2/"></head><body></body></html>'
    assert listing(markup).next_url == f"{URL}page/2/"


def test_a_link_called_next_may_count_in_its_own_way_but_only_within_the_listing() -> None:
    offset = page('<main><a class="next" href="?offset=10">Next</a></main>')
    assert listing(offset).next_url == f"{URL}?offset=10"
    neighbour = page('<main><a rel="next" href="/the-next-post/">Next post</a></main>')
    assert listing(neighbour).next_url is None


@pytest.mark.parametrize(
    "button",
    [
        '<button class="btn">Load more posts</button>',
        '<a class="load-more" href="#">+</a>',
        '<div class="infinite-scroll"></div>',
        '<button data-max-pages="9" class="alm-load-more-btn">Mehr</button>',
    ],
)
def test_a_button_that_hides_the_pages_is_seen(button: str) -> None:
    found = listing(page(f"<main>{button}</main>"))
    assert (found.load_more, found.next_url) == (True, None)


def test_the_scripts_count_of_hidden_pages_is_read() -> None:
    script = '<script>var feed = {"ajaxurl":"/wp-admin/admin-ajax.php","max_page":"12"};</script>'
    assert listing(page(f"<main><button>Show more</button></main>{script}")).pages_total == 12


ENDS = [
    pytest.param(f"{URL}page/3/", 404, POSTS, (), "no such page", id="404"),
    pytest.param(URL, 200, POSTS, (), "sent back to an earlier page", id="redirect-to-the-first"),
    pytest.param(f"{URL}page/3/", 200, (), (), "no posts on it", id="empty"),
    pytest.param(f"{URL}page/3/", 200, POSTS, POSTS, "no post that earlier pages did not show", id="repeats"),
    pytest.param(f"{URL}page/3/", 200, POSTS, POSTS[:3], None, id="one-new-beside-sticky-posts"),
]


@pytest.mark.parametrize(("final_url", "status", "shown", "seen", "reason"), ENDS)
def test_a_listing_ends_where_nothing_new_comes(final_url, status, shown, seen, reason) -> None:
    hashes = {hash(f"https://blog.example/{slug}/") for slug, _, _ in seen}
    assert end_reason(listing(classic(shown), final_url), f"{URL}page/3/", status, hashes) == reason


def test_a_hidden_next_page_can_be_asked_for_by_number() -> None:
    found = listing(soup(POSTS))
    assert paged_url(found.url, found.page_number + 1) == f"{URL}page/2/"


def walk(start_url: str, profile: SiteProfile) -> dict[str, str | None]:
    """Every post of a listing with its title, followed to its end as a crawl does, by link or by number."""
    seen: dict[str, str | None] = {}
    fetch = PoliteFetch(agent="Clipfile/test", allowed=Origin.of(start_url), delay_s=0)
    url, shape = start_url, None
    while (answer := fetch(url)).status == 200:
        parsed = parse_page(answer.body, url=answer.url)
        found = read_listing(parsed.tree, answer.url, profile, base_url=parsed.base_url, shape=shape)
        if end_reason(found, url, answer.status, {hash(key) for key in seen}):
            break
        seen |= {post.key: post.title for post in found.posts}
        url, shape = found.next_url or paged_url(answer.url, found.page_number + 1), found.shape
    return seen


@pytest.mark.parametrize("theme", ["classic", "builder", "corporate", "block", "redesign"])
def test_the_sample_blogs_listings_show_all_its_posts_in_every_theme(theme: str) -> None:
    with SampleBlog(theme=theme) as blog:
        profile = load_profile("sample").at(blog.url)
        everything = {canonical_url(post.url(blog.url)): post.title for post in posts()}
        hidden = {canonical_url(p.url(blog.url)) for p in posts() if "Industry Transition" in p.categories}
        assert walk(profile.start_urls[0], profile).keys() == everything.keys()
        behind_a_button = walk(f"{blog.url}category/industry-transition/", profile)
    assert behind_a_button.keys() == hidden
    assert behind_a_button == {key: everything[key] for key in hidden}
