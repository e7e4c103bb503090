"""Who says what about a post, and who is believed."""

from typing import Any

import pytest

from crawler.jsonld import read_objects
from crawler.pages import (
    Page,
    SelectorSyntaxError,
    is_protected,
    page_kind,
    parse_page,
    permalink,
    read_links,
    read_post,
)

URL = "https://blog.example/second-shift/"
PROSE = "<p>Owners of small tool shops say that a second shift is closer than it has been in ten long years.</p>" * 3


def page(
    head: str = "", body: str = "", *, url: str = URL, body_class: str = "single single-post", lang: str = "en"
) -> Page:
    markup = f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body class="{body_class}">{body}</body></html>'
    return parse_page(markup.encode(), url=url)


def article(meta: str = "", content: str = PROSE, title: str = "Second Shift", after: str = "") -> str:
    headline = f'<h1 class="entry-title">{title}</h1>'
    return f'<article class="post hentry">{headline}{meta}<div class="entry-content">{content}</div>{after}</article>'


# ------------------------------------------------------------------------------------------------------- title

TITLES = [
    pytest.param("<title>Second Shift - Lakeshore Council</title>", "Second Shift", id="h1 within the title tag"),
    pytest.param(
        '<title>x</title><meta property="og:title" content="Second Shift | Lake">',
        "Second Shift",
        id="h1 within og:title",
    ),
    pytest.param("<title>Lake » Second Shift</title>", "Second Shift", id="the site's name first"),
    pytest.param("", "Second Shift", id="no word but the headline's own"),
]


@pytest.mark.parametrize(("head", "title"), TITLES)
def test_the_headline_is_read_as_printed(head: str, title: str) -> None:
    assert read_post(page(head, f"<header><h1>Lake</h1></header>{article()}")).title == title


UNPRINTED = [
    pytest.param(
        '<title>Second Shift - Lake</title><meta property="og:site_name" content="Lake">',
        "Second Shift",
        id="og:site_name",
    ),
    pytest.param("<title>Second Shift | Blog</title>", "Second Shift", id="the host's name"),
    pytest.param("<title>Growth - Slow and Steady</title>", "Growth - Slow and Steady", id="no site's name at all"),
]


@pytest.mark.parametrize(("head", "title"), UNPRINTED)
def test_a_title_that_is_printed_nowhere_loses_the_sites_name_only(head: str, title: str) -> None:
    assert read_post(page(head, f"<div>{PROSE}</div>")).title == title


@pytest.mark.parametrize("title", ["Lake Council", "– Lake Council"])
def test_an_untitled_post_is_not_called_by_the_sites_name(title: str) -> None:
    site = '<p class="wp-block-site-title"><a href="/">Lake Council</a></p>'
    assert read_post(page(f"<title>{title}</title>", f"{site}<div>{PROSE}</div>")).title is None


def test_a_hidden_duplicate_of_the_headline_is_not_read_twice() -> None:
    hidden = '<h1 class="entry-title" style="display:none">Second Shift</h1>'
    post = read_post(page("", f"{hidden}{article(content='<h2>Second Shift</h2>' + PROSE)}"))
    assert [line.text for line in post.lines].count("Second Shift") == 1


def test_an_unmarked_headline_is_found_by_its_words() -> None:
    body = f"<div class=x><span>Second Shift</span><div>May 3, 2021</div></div><div>{PROSE}</div>"
    post = read_post(page("<title>Second Shift - Lake</title>", body, body_class=""))
    assert (post.title, post.posted_on, post.text.count("\n")) == ("Second Shift", "2021-05-03", 2)


# -------------------------------------------------------------------------------------------------------- days


def ld(**facts: Any) -> str:
    import json

    return f'<script type="application/ld+json">{json.dumps({"@type": "BlogPosting", **facts})}</script>'


DAYS = [
    pytest.param(
        ld(datePublished="2024-03-05T23:30:00-05:00"), "", "2024-03-05", id="JSON-LD with an offset: its own day"
    ),
    pytest.param(
        ld(datePublished="2024-03-06T01:30:00Z"), "March 5, 2024", "2024-03-05", id="UTC, the evening before is printed"
    ),
    pytest.param(
        ld(datePublished="2024-03-06T13:30:00Z"), "March 5, 2024", "2024-03-06", id="UTC, no zone prints that day"
    ),
    pytest.param(ld(datePublished="2024-03-06T13:30:00Z"), "", "2024-03-06", id="UTC alone"),
    pytest.param("", '<time datetime="2024-03-05T23:30:00-05:00">yesterday</time>', "2024-03-05", id="time element"),
    pytest.param(
        "", '<abbr class="published" title="2010-08-02T19:44:00+02:00">19:44</abbr>', "2010-08-02", id="hAtom"
    ),
    pytest.param(
        '<meta property="article:published_time" content="2024-03-05T10:00:00-05:00">', "", "2024-03-05", id="OpenGraph"
    ),
    pytest.param("", '<p class="date">Posted on 5 March 2024 by staff</p>', "2024-03-05", id="printed"),
    pytest.param("", "", None, id="nowhere"),
    pytest.param(ld(datePublished="0000-00-00 00:00:00"), "", None, id="the year nought"),
    pytest.param(ld(datePublished="9999-12-31T23:59:59-23:59"), "", None, id="the year 9999"),
    pytest.param(ld(datePublished="2024-02-31"), "", None, id="31 February"),
]


@pytest.mark.parametrize(("head", "meta", "day"), DAYS)
def test_the_day_of_the_post_is_the_blogs_own(head: str, meta: str, day: str | None) -> None:
    assert read_post(page(head, article(f'<div class="entry-meta">{meta}</div>'))).posted_on == day


def test_a_day_printed_in_the_body_is_not_the_posts() -> None:
    assert read_post(page("", article(content=f"<p>The Detroit News<br>March 5, 2024</p>{PROSE}"))).posted_on is None


def test_a_comments_day_is_not_the_posts() -> None:
    comments = '<div id="comments"><article><time datetime="2024-03-05T10:00:00Z">March 5</time></article></div>'
    assert read_post(page("", article() + comments)).posted_on is None


def test_the_footer_of_a_comment_is_no_footer_of_the_post() -> None:
    footer = '<footer><b class="fn">Ottilie</b><time datetime="2024-03-05T10:00:00-05:00">x</time></footer>'
    post = read_post(page("", article(after=f'<div class="comments-area"><article>{footer}Nice.</article></div>')))
    assert (post.posted_on, post.site_author) == (None, None)


def test_the_day_in_the_permalink_is_the_last_resort() -> None:
    post = read_post(page("", article(), url="https://blog.example/2019/07/04/second-shift/"))
    assert (post.posted_on, post.signals["posted_on"]) == ("2019-07-04", "html")


MODIFIED = [
    pytest.param(ld(dateModified="2024-03-05T10:00:00-05:00"), "", "2024-03-05T15:00:00Z", id="to UTC"),
    pytest.param(
        "", '<time class="updated" datetime="2024-03-05T10:00:00+01:00">x</time>', "2024-03-05T09:00:00Z", id="hentry"
    ),
    pytest.param(ld(dateModified="2024-03-05"), "", None, id="a bare day is no instant"),
]


@pytest.mark.parametrize(("head", "meta", "instant"), MODIFIED)
def test_the_last_edit_is_a_utc_instant(head: str, meta: str, instant: str | None) -> None:
    assert read_post(page(head, article(meta))).modified_at == instant


# --------------------------------------------------------------------------------------------------------- REST

REST = {
    "id": 41,
    "date": "2024-03-05T21:00:00",
    "modified_gmt": "2024-04-01T08:00:00",
    "title": {"rendered": "Second Shift &#8211; <em>again</em>"},
    "content": {"rendered": PROSE, "protected": False},
    "_embedded": {
        "author": [{"name": "Nell Abara"}],
        "wp:term": [
            [{"name": "Media &amp; Press", "taxonomy": "category"}],
            [{"name": "tooling", "taxonomy": "post_tag"}],
        ],
        "wp:featuredmedia": [{"source_url": "https://blog.example/wp-content/uploads/x.jpg", "alt_text": "A press"}],
    },
}


def test_rest_is_believed_before_anything_on_the_page() -> None:
    contradicted = ld(headline="No", datePublished="2020-01-01T00:00:00+01:00", author={"name": "No"}, keywords="no")
    post = read_post(page(contradicted, article()), rest=REST)
    assert (post.title, post.posted_on, post.modified_at) == (
        "Second Shift – again",
        "2024-03-05",
        "2024-04-01T08:00:00Z",
    )
    assert (post.site_author, post.categories, post.tags) == ("Nell Abara", ("Media & Press",), ("tooling",))
    assert (post.wordpress_id, post.images[0].alt) == (41, "A press")
    assert {post.signals[name] for name in ("title", "posted_on", "site_author", "tags")} == {"rest"}


def test_rest_says_where_the_body_is_when_the_theme_does_not() -> None:
    promises = f"<div class=zz><p>{'We promise you the moon and all its metals. ' * 40}</p></div>"
    post = read_post(page("", f"<h1>Second Shift</h1><div class=yy>{PROSE}</div>{promises}"), rest=REST)
    assert (post.layout, post.text.count("\n"), "moon" in post.text) == ("rest", 2, False)


@pytest.mark.parametrize(
    "rest", [{}, {"title": None, "_embedded": [], "date": 5}, {"title": {"rendered": 7}, "id": True}]
)
def test_rest_that_lies_about_its_shape_is_passed_over(rest: dict[str, Any]) -> None:
    assert read_post(page("", article()), rest=rest).title == "Second Shift"


# ------------------------------------------------------------------------------------------------------ JSON-LD

BROKEN = [
    pytest.param('{"@type": "Article", "name": "x",}', id="comma before a brace"),
    pytest.param('<!-- {"@type": "Article", "name": "x"} -->', id="HTML comment"),
    pytest.param('//<![CDATA[\n{"@type": "Article", "name": "x"}\n//]]>', id="CDATA"),
    pytest.param('/* <![CDATA[ */ {"@type": "Article", "name": "x"} /* ]]> */', id="commented CDATA"),
    pytest.param('\ufeff{"@type": "Article", "name": "x"};', id="byte order mark and semicolon"),
    pytest.param('{"@type": "Article", "text": "a\n\tb", "name": "x"}', id="line break in a string"),
    pytest.param("{&quot;@type&quot;: &quot;Article&quot;, &quot;name&quot;: &quot;x&quot;}", id="entities"),
    pytest.param('[[{"@graph": [{"@type": "Article", "name": "x"}]}]]', id="graph in arrays"),
]


@pytest.mark.parametrize("text", BROKEN)
def test_json_ld_is_read_where_what_was_meant_is_sure(text: str) -> None:
    assert [found["name"] for found in read_objects(text)] == ["x"]


@pytest.mark.parametrize("text", ["", "{", '{"@type": ', "[" * 100_000, "null", "function() {}", '"x"'])
def test_json_ld_past_repair_says_nothing(text: str) -> None:
    assert list(read_objects(text)) == []


def test_the_article_of_this_address_speaks_when_there_are_several() -> None:
    both = ld(headline="Other", url="https://blog.example/other/", keywords="no") + ld(url=URL, keywords="a, b")
    assert read_post(page(both, article())).tags == ("a", "b")


def test_an_author_is_followed_by_reference() -> None:
    graph = ld(author=[{"@id": "#p"}], **{"@graph": [{"@type": "Person", "@id": "#p", "name": "Kit Moran"}]})
    assert read_post(page(graph, article())).site_author == "Kit Moran"


# ---------------------------------------------------------------------------------------- authors and categories

AUTHORS = [
    pytest.param(
        '<span class="byline">by <span class="author vcard"><a class="fn" href="/author/jo/">Jo Park</a></span></span>',
        id="hentry",
    ),
    pytest.param('<a rel="author" href="/jo">Jo Park</a>', id="rel"),
    pytest.param(
        '<span itemprop="author" itemscope><meta itemprop="name" content="Jo Park">x</span>', id="microdata, in a meta"
    ),
    pytest.param('<div class="post-author">Posted by Jo Park</div>', id="class"),
    pytest.param('<p>by <a href="https://blog.example/author/jo/">Jo Park</a></p>', id="link to the author's page"),
]


@pytest.mark.parametrize("meta", AUTHORS)
def test_the_blogs_own_author_is_read_beside_the_headline(meta: str) -> None:
    assert read_post(page("", article(meta))).site_author == "Jo Park"


def test_a_byline_in_the_body_is_the_articles_not_the_blogs() -> None:
    assert read_post(page("", article(content=f'<p class="byline">By Ann Lee, MLive</p>{PROSE}'))).site_author is None


CATEGORIES = [
    pytest.param('<a rel="category tag" href="/category/press/">In the Press</a>', ("In the Press",), id="rel"),
    pytest.param(
        '<span class="cat-links">in <a href="/c/1">In the Press</a>, <a href="/c/2">Policy</a></span>',
        ("In the Press", "Policy"),
        id="cat-links",
    ),
    pytest.param(
        '<nav class="breadcrumbs">Lake &gt; Blog &gt; In the Press &gt; Second Shift</nav>',
        ("In the Press",),
        id="breadcrumb",
    ),
    pytest.param(
        '<ol class="breadcrumb"><li>Home<li>Policy/Advocacy<li>Second Shift</ol>',
        ("Policy/Advocacy",),
        id="breadcrumb list",
    ),
    pytest.param('<p class="crumbs">Home / Policy</p>', ("Policy",), id="breadcrumb without the post"),
]


@pytest.mark.parametrize(("meta", "categories"), CATEGORIES)
def test_categories_are_read_as_printed(meta: str, categories: tuple[str, ...]) -> None:
    assert read_post(page("", article(meta))).categories == categories


def test_class_names_give_categories_when_nothing_else_does() -> None:
    body = article().replace("post hentry", "post hentry category-media-coverage category-uncategorized")
    assert read_post(page("", body)).categories == ("Media Coverage",)


def test_terms_of_related_posts_are_not_this_posts() -> None:
    related = '<div class="related-posts"><a rel="category tag" href="/category/x/">X</a></div>'
    assert read_post(page("", article(content=PROSE + related))).categories == ()


# ---------------------------------------------------------------------------------------------------- permalink

PERMALINKS = [
    pytest.param(
        "https://blog.example/?p=41",
        "https://blog.example/second-shift/",
        "https://blog.example/second-shift/",
        id="number to name",
    ),
    pytest.param(f"{URL}?utm_source=x&a=1", None, f"{URL}?a=1", id="tracking goes"),
    pytest.param("http://www.blog.example/second-shift/", URL, URL, id="www and https"),
    pytest.param(URL, "https://www.freep.com/second-shift/", URL, id="another site"),
    pytest.param(URL, "https://blog.example/", URL, id="the front page"),
    pytest.param(URL, "https://blog.example/first-shift/", URL, id="one post for all"),
    pytest.param(f"{URL}amp/", URL, URL, id="another form"),
    pytest.param(
        "https://blog.example/?p=41", "https://blog.example/?p=7", "https://blog.example/?p=41", id="another number"
    ),
]


@pytest.mark.parametrize(("url", "canonical", "expected"), PERMALINKS)
def test_canonical_is_believed_when_it_names_this_post(url: str, canonical: str | None, expected: str) -> None:
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    assert permalink(page(head, article(), url=url)) == expected


def test_base_counts_only_on_the_same_site() -> None:
    assert page('<base href="https://evil.example/x/">').base_url == URL
    assert page('<base href="/sub/">').base_url == "https://blog.example/sub/"


# ---------------------------------------------------------------------------------------------------- selectors


def test_a_profiles_selectors_go_before_every_signal() -> None:
    body = (
        f'<h1 class="entry-title">No</h1><div class="entry-content">{PROSE}</div>'
        '<section id="s"><b>Yes</b><i>2 May 2021</i><u>By Jo Park</u><q>One</q><q>Two</q>'
        "<div>Only this.</div></section>"
    )
    selectors = {"title": "#s b", "content": "#s > div", "date": "#s i", "author": "#s u", "categories": "#s q"}
    post = read_post(page(ld(headline="No", datePublished="2020-01-01"), body), selectors=selectors)
    assert (post.title, post.text, post.posted_on) == ("Yes", "Only this.", "2021-05-02")
    assert (post.site_author, post.categories, post.layout) == ("Jo Park", ("One", "Two"), "profile")
    assert post.signals["title"] == "profile"


def test_a_selector_that_matches_nothing_leaves_the_field_to_the_signals() -> None:
    assert read_post(page("", article()), selectors={"title": ".gone", "content": ".gone"}).title == "Second Shift"


def test_a_selector_that_is_none_names_its_field() -> None:
    with pytest.raises(SelectorSyntaxError, match="content"):
        read_post(page("", article()), selectors={"content": "div[["})


# ------------------------------------------------------------------------------------------------ body and kinds


def test_the_sites_line_at_the_head_of_the_body_moves_to_the_head() -> None:
    byline = '<span class="byline">by <span class="author vcard"><a class="fn" href="/author/x/">web</a></span></span>'
    post = read_post(page("", article(content=f"{byline}<p>The Detroit News<br>May 2, 2020</p>{PROSE}")))
    assert [line.text for line in post.lines if line.zone == "head"] == ["by web"]
    assert post.text.startswith("The Detroit News\nMay 2, 2020\nOwners")


def test_a_source_line_after_the_body_stays_with_it() -> None:
    post = read_post(page("", article(after='<p class="src">Source: <a href="https://www.mlive.com/a">MLive</a></p>')))
    assert post.text.endswith("\nSource: MLive")


def test_listings_excerpts_are_not_taken_for_a_body() -> None:
    cards = (
        '<div class="grid">'
        + '<div class="card"><h3>A</h3><div class="entry-content"><p>Short.</p></div></div>' * 3
        + "</div>"
    )
    post = read_post(page("<title>Second Shift</title>", f"<h1>Second Shift</h1><div class=q>{PROSE}</div>{cards}"))
    assert (post.layout, "Short." in post.text) == ("density", False)


KINDS = [
    pytest.param("", "", "single single-post postid-4", URL, "post", id="post by body class"),
    pytest.param("", "", "page page-id-4", "https://blog.example/about/", "page", id="page by body class"),
    pytest.param(
        "", "", "archive category category-press", "https://blog.example/category/press/", "listing", id="category"
    ),
    pytest.param("", "", "blog home", "https://blog.example/blog/", "listing", id="blog page"),
    pytest.param("", "", "error404", URL, "missing", id="not found"),
    pytest.param(
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/4">',
        "",
        "",
        URL,
        "post",
        id="REST post",
    ),
    pytest.param(
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/4">',
        "",
        "",
        URL,
        "page",
        id="REST page",
    ),
    pytest.param(ld(headline="x"), "", "", URL, "post", id="JSON-LD"),
    pytest.param('<meta property="og:type" content="article">', article(), "", URL, "post", id="OpenGraph"),
    pytest.param(
        "", "<h2><a href=/a>A</a></h2>" * 6, "", "https://blog.example/news/page/3/", "listing", id="cards and address"
    ),
    pytest.param("", "<p>Hello</p>", "", "https://blog.example/hello/", "other", id="nothing speaks"),
]


@pytest.mark.parametrize(("head", "body", "body_class", "url", "kind"), KINDS)
def test_pages_are_told_apart(head: str, body: str, body_class: str, url: str, kind: str) -> None:
    assert page_kind(page(head, body, body_class=body_class, url=url)) == kind


def test_a_post_behind_a_password_is_known() -> None:
    form = '<form class="post-password-form" method="post"><input name="post_password" type="password"></form>'
    assert is_protected(page("", article(title="Protected: Second Shift", content=form)))
    assert not is_protected(page("", article()))


# -------------------------------------------------------------------------------------------------------- links


def test_links_know_the_part_of_the_page_they_stand_in() -> None:
    body = (
        '<header class="site-header"><nav><a href="/about/">About</a></nav></header>'
        '<nav class="breadcrumbs"><a href="/blog/">Blog</a></nav>'
        '<main><h2><a href="one/?x=1#c" rel="bookmark">One</a></h2>'
        '<a href="#top">Top</a><a href="javascript:x()">No</a><a href="tel:1">No</a>'
        '<div class="nav-links"><a class="page-numbers" href="/page/2/">2</a></div>'
        '<div class="related-posts"><a href="/r/">R</a></div></main>'
        '<aside><a href="/s/"><img alt="Sponsor" src="x"></a></aside>'
        '<footer><a href="//other.example/">Other</a></footer>'
    )
    assert [(link.href, link.text, link.region) for link in read_links(page("", body))] == [
        ("https://blog.example/about/", "About", "nav"),
        ("https://blog.example/blog/", "Blog", "breadcrumb"),
        ("https://blog.example/second-shift/one/?x=1#c", "One", "main"),
        ("https://blog.example/page/2/", "2", "pagination"),
        ("https://blog.example/r/", "R", "related"),
        ("https://blog.example/s/", "Sponsor", "aside"),
        ("https://other.example/", "Other", "footer"),
    ]


# ------------------------------------------------------------------------------------------------------- images

CREDITS = [
    pytest.param("The plant. Photo: Maya Ortiz/Bridge Michigan", "Photo: Maya Ortiz/Bridge Michigan", id="label"),
    pytest.param("Photo courtesy of Bridge Michigan", "Photo courtesy of Bridge Michigan", id="courtesy"),
    pytest.param("The plant (Dana Ruiz/The Detroit News)", "Dana Ruiz/The Detroit News", id="brackets"),
    pytest.param("Das Werk. Foto: Jens Roth", "Foto: Jens Roth", id="German"),
    pytest.param("L’usine. Crédit photo : AFP", "Crédit photo : AFP", id="French"),
    pytest.param("Image by Kit Moran | Axios", "Image by Kit Moran | Axios", id="image by"),
    pytest.param("Photographers at the auto show", None, id="no credit"),
    pytest.param("A photo of the plant from 1920", None, id="a photo of something"),
]


@pytest.mark.parametrize(("caption", "credit"), CREDITS)
def test_a_credit_is_the_phrase_as_printed(caption: str, credit: str | None) -> None:
    figure = f'<figure><img src="/wp-content/uploads/a.jpg"><figcaption>{caption}</figcaption></figure>'
    assert read_post(page("", article(content=figure + PROSE))).images[0].credit == credit


LAZY = [
    pytest.param('<img src="data:image/gif;base64,R0" data-src="/a.jpg">', id="data-src"),
    pytest.param('<img src="/wp-includes/blank.gif" data-lazy-src="/a.jpg">', id="data-lazy-src"),
    pytest.param('<img src="data:," data-srcset="/a-300.jpg 300w, /a.jpg 900w">', id="data-srcset"),
    pytest.param('<img src="data:,"><noscript><img src="/a.jpg"></noscript>', id="noscript"),
    pytest.param(
        '<img src="/a.jpg"><img src="/a.jpg"><img class="emoji" src="/e.png" alt="x"><img src="/t.gif" width="1">',
        id="ornaments",
    ),
]


@pytest.mark.parametrize("markup", LAZY)
def test_images_are_found_behind_their_placeholders(markup: str) -> None:
    post = read_post(page("", article(content=f"<p>{markup}</p>{PROSE}")))
    assert [image.url for image in post.images] == ["https://blog.example/a.jpg"]
    assert 'src="https://blog.example/a.jpg"' in post.html


def test_the_featured_image_comes_first_and_once() -> None:
    head = '<meta property="og:image" content="https://blog.example/wp-content/uploads/a-1200x630.jpg">'
    inside = '<p><img src="/wp-content/uploads/a-300x200.jpg"></p>'
    assert len(read_post(page(head, article(content=inside + PROSE))).images) == 1
    assert read_post(page(head, article())).images[0].url.endswith("/a-1200x630.jpg")
