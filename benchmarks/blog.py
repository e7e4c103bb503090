"""The blog every crawler of `crawl.py` is pointed at: WordPress-like pages of 60 to 100 KB, the same on every machine.

What a real page of that size is made of: inline styles and scripts (a third), a mega menu, the post, a sidebar, related
posts, a footer full of links. Two posts of three are reposts, in several of the layouts such blogs use. There is no
REST, no sitemap and no feed, so that every crawler has to follow the same links. Texts are invented.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from html import escape

from crawler.sample.prose import paragraphs, phrases

BLOG_NAME = "Harbor Works"
POSTS_PER_PAGE = 10
CATEGORIES = {
    "media-coverage": "Media Coverage",
    "industry-transition": "Industry Transition",
    "policy-advocacy": "Policy/Advocacy",
    "talent": "Talent",
}
OUTLETS = (
    "Crain’s Detroit Business",
    "The Detroit News",
    "Detroit Free Press",
    "Bridge Michigan",
    "Automotive News",
    "Axios Detroit",
    "MLive",
    "DBusiness",
    "Reuters",
)
STYLE_BYTES = 6_000
SCRIPT_BYTES = 5_000


_ROOTED = re.compile(r"""((?:href|src|action)='|srcset='|, |\?u=|"@id": ")/(?=\S)""")
"""Where an address of the blog itself begins, in the markup below."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlogPost:
    number: int
    title: str
    slug: str
    category: str
    posted_on: date
    is_repost: bool

    @property
    def path(self) -> str:
        return f"/{self.slug}/"


class Blog:
    """All answers of the blog, by path. Pages share their unchanging parts, so that 20,000 of them fit in memory.

    *home* is its address without the closing slash: WordPress writes every link whole.
    """

    def __init__(self, posts: int, home: str) -> None:
        self._home = home
        self.posts = [_post(number) for number in range(1, posts + 1)]
        self._shared = [self._encoded(part) for part in (_head_start(), _styles(), _menu(), _foot())]
        self.answers: dict[str, tuple[bytes, ...]] = {"/robots.txt": (b"User-agent: *\nDisallow: /wp-admin/\n",)}
        for post in self.posts:
            self.answers[post.path] = self._page(_post_head(post), _post_body(post, self.posts), post.number)
        self._add_listing("/blog/", "Blog", self.posts)
        for slug, name in CATEGORIES.items():
            self._add_listing(f"/category/{slug}/", name, [post for post in self.posts if post.category == slug])

    def _add_listing(self, root: str, name: str, posts: list[BlogPost]) -> None:
        pages = max(1, -(-len(posts) // POSTS_PER_PAGE))
        for number in range(1, pages + 1):
            shown = posts[(number - 1) * POSTS_PER_PAGE : number * POSTS_PER_PAGE]
            path = root if number == 1 else f"{root}page/{number}/"
            body = _listing_body(root, name, shown, number, pages)
            self.answers[path] = self._page(f"<title>{escape(name)} - {BLOG_NAME}</title>", body, number)

    def _page(self, head: str, body: str, number: int) -> tuple[bytes, ...]:
        start, styles, menu, foot = self._shared
        filler = (
            f"<style id='page-{number}-inline-css'>{_css(number, random.Random(number).randrange(0, 24_000))}</style>"
        )
        return start, self._encoded(head), styles, filler.encode(), menu, self._encoded(body), foot

    def _encoded(self, markup: str) -> bytes:
        return _ROOTED.sub(rf"\1{self._home}/", markup).encode()


def _post(number: int) -> BlogPost:
    chance = random.Random(number)
    topic = _topic(number)
    words = f"{chance.choice(phrases()['topics'][topic]['subjects'])} and what {chance.choice(TITLE_ENDS)}"
    title = (
        words.replace("{place}", "Wayne County").replace("{firm}", "Kestrel Axle").replace("{institute}", "institute")
    )
    return BlogPost(
        number=number,
        title=f"{title} ({number})",
        slug=f"{topic}-{number}-what-comes-next",
        category=chance.choice(list(CATEGORIES)),
        posted_on=date(2026, 10, 1) - timedelta(days=number % 5_000),
        is_repost=chance.random() < 0.66,
    )


TITLE_ENDS = ("comes next", "it means for Michigan", "the numbers hide", "nobody expected", "the state can do about it")


def _topic(number: int) -> str:
    topics = sorted(phrases()["topics"])
    return topics[number % len(topics)]


def _spelled(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _head_start() -> str:
    return (
        "<!DOCTYPE html>\n<html lang='en-US'>\n<head>\n<meta charset='UTF-8'>\n"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        "<link rel='preconnect' href='https://fonts.example'>\n"
    )


def _post_head(post: BlogPost) -> str:
    title, description = escape(post.title, quote=True), escape(_text(post)[0][:150], quote=True)
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "Article",
                "@id": f"{post.path}#article",
                "headline": post.title,
                "datePublished": f"{post.posted_on}T14:00:00+00:00",
                "dateModified": f"{post.posted_on}T15:30:00+00:00",
                "author": {"@type": "Person", "name": "Web Editor"},
                "articleSection": [CATEGORIES[post.category]],
                "inLanguage": "en-US",
            },
            {"@type": "WebPage", "@id": post.path, "name": f"{post.title} - {BLOG_NAME}", "description": description},
            {
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {"@type": "ListItem", "position": 1, "name": "Home"},
                    {"@type": "ListItem", "position": 2, "name": "Blog"},
                    {"@type": "ListItem", "position": 3, "name": post.title},
                ],
            },
            {"@type": "Organization", "name": BLOG_NAME, "sameAs": ["https://social.example/harborworks"]},
        ],
    }
    return f"""<title>{title} - {BLOG_NAME}</title>
<meta name='description' content="{description}">
<link rel='canonical' href='{post.path}'>
<meta property='og:type' content='article'><meta property='og:title' content="{title}">
<meta property='og:description' content="{description}"><meta property='og:site_name' content='{BLOG_NAME}'>
<meta property='article:published_time' content='{post.posted_on}T14:00:00+00:00'>
<meta property='article:modified_time' content='{post.posted_on}T15:30:00+00:00'>
<script type='application/ld+json' class='yoast-schema-graph'>{json.dumps(graph)}</script>
"""


@cache
def _text(post: BlogPost) -> list[str]:
    words = 450 + random.Random(post.number).randrange(900)
    return paragraphs(post.number, _topic(post.number), words)


def _provenance(post: BlogPost) -> str:
    """Outlet, date and author in one of the layouts seen on such blogs; nothing for the blog's own posts."""
    if not post.is_repost:
        return ""
    chance = random.Random(-post.number)
    outlet, day = chance.choice(OUTLETS), _spelled(post.posted_on - timedelta(days=chance.randrange(4)))
    author = chance.choice(phrases()["shared"]["people"])
    layouts = (
        f"<p>{outlet}<br>\n{day}<br>\n{author}</p>",
        f"<p><strong>{outlet}</strong></p>\n<p>{day}</p>\n<p>By {author}</p>",
        f"<h4>From {outlet}</h4>\n<p>{day}<br>By: {author}</p>",
        f"<div><div>{outlet}</div><div>{author}</div><div>{day}</div></div>",
        f"<p><em>{day} – {outlet}</em></p>\n<p>By {author}</p>",
    )
    return chance.choice(layouts) + "\n"


def _post_body(post: BlogPost, posts: list[BlogPost]) -> str:
    text = _text(post)
    middle = len(text) // 2
    blocks = [f"<p class='wp-block-paragraph'>{escape(paragraph, quote=False)}</p>" for paragraph in text]
    blocks[middle:middle] = [
        "<h2 class='wp-block-heading'>What the figures say</h2>",
        f"<figure class='wp-block-image size-large'>{_image(post.number, 1024)}"
        "<figcaption class='wp-element-caption'>Photo courtesy of the port authority</figcaption></figure>",
        "<ul class='wp-block-list'><li>Orders are up since June.</li><li>Hiring is not.</li>"
        "<li><a href='https://press.example/report'>A longer report</a> follows in winter.</li></ul>",
    ]
    category = CATEGORIES[post.category]
    related = [posts[(post.number * step + step) % len(posts)] for step in (3, 5, 7, 11, 13, 17)]
    return f"""<nav class='breadcrumbs' aria-label='Breadcrumb'><a href='/'>{BLOG_NAME}</a> &gt;
<a href='/blog/'>Blog</a> &gt; <a href='/category/{post.category}/'>{category}</a> &gt;
<span>{escape(post.title)}</span></nav>
<main id='primary' class='site-main'><article id='post-{post.number}'
 class='post-{post.number} post type-post status-publish format-standard has-post-thumbnail hentry
 category-{post.category}'>
<header class='entry-header'><h1 class='entry-title'>{escape(post.title)}</h1>
<div class='entry-meta'><span class='posted-on'><time class='entry-date published'
 datetime='{post.posted_on}T14:00:00+00:00'>
{_spelled(post.posted_on)}</time></span> <span class='byline'>by <a class='url fn n' rel='author'
 href='/author/web-editor/'>Web Editor</a></span></div></header>
<div class='post-thumbnail'>{_image(post.number, 1200)}</div>
<div class='entry-content'>
{_provenance(post)}{chr(10).join(blocks)}
<div class='sharedaddy sd-sharing'><h3>Share this:</h3><ul>{_shares(post)}</ul></div>
</div>
<footer class='entry-footer'><span class='cat-links'>Posted in <a href='/category/{post.category}/'
 rel='category tag'>{category}</a></span>
<span class='tags-links'>Tagged <a href='/tag/mobility/' rel='tag'>mobility</a>,
<a href='/tag/michigan/' rel='tag'>Michigan</a></span></footer></article>
<section class='related-posts'><h2>Related posts</h2>{"".join(_card(other) for other in related)}</section></main>
{_sidebar(posts)}"""


def _listing_body(root: str, name: str, posts: list[BlogPost], number: int, pages: int) -> str:
    following = f"<a class='next page-numbers' href='{root}page/{number + 1}/'>Next</a>" if number < pages else ""
    cards = "\n".join(_listed(post) for post in posts)
    return f"""<main id='primary' class='site-main'>
<header class='page-header'><h1 class='page-title'>{escape(name)}</h1></header>{cards}
<nav class='navigation pagination' aria-label='Posts'><div class='nav-links'>
<span aria-current='page' class='page-numbers current'>{number}</span>{following}</div></nav></main>
{_sidebar(posts)}"""


def _listed(post: BlogPost) -> str:
    return f"""<article id='post-{post.number}'
 class='post-{post.number} post type-post hentry category-{post.category}'>
{_image(post.number, 768)}<h2 class='entry-title'><a href='{post.path}' rel='bookmark'>{escape(post.title)}</a></h2>
<time class='entry-date' datetime='{post.posted_on}T14:00:00+00:00'>{_spelled(post.posted_on)}</time>
<div class='entry-summary'><p>{escape(_text(post)[0][:90])} […]</p></div></article>"""


def _card(post: BlogPost) -> str:
    return (
        f"<div class='related-card'><a href='{post.path}'>{_image(post.number, 300)}</a>"
        f"<h3><a href='{post.path}'>{escape(post.title)}</a></h3>"
        f"<span class='date'>{_spelled(post.posted_on)}</span></div>"
    )


def _image(number: int, width: int) -> str:
    name = f"/wp-content/uploads/{number % 2_000}"
    sources = ", ".join(f"{name}-{size}x{size * 2 // 3}.jpg {size}w" for size in (300, 768, 1024, 1536))
    return (
        f"<img loading='lazy' decoding='async' width='{width}' height='{width * 2 // 3}' src='{name}-{width}.jpg'"
        f" class='attachment-large wp-post-image' alt='A freighter at the dock' srcset='{sources}'"
        f" sizes='(max-width: {width}px) 100vw, {width}px'>"
    )


def _shares(post: BlogPost) -> str:
    return "".join(
        f"<li class='share-{name}'><a rel='nofollow noopener' class='share-icon' target='_blank'"
        f" href='https://{name}.example/share?u={post.path}'><span>{name.title()}</span></a></li>"
        for name in ("facebook", "x", "linkedin", "email", "print")
    )


def _sidebar(posts: list[BlogPost]) -> str:
    recent = "".join(f"<li><a href='{post.path}'>{escape(post.title)}</a></li>" for post in posts[:6])
    categories = "".join(
        f"<li class='cat-item cat-item-{number}'><a href='/category/{slug}/'>{escape(name)}</a></li>"
        for number, (slug, name) in enumerate(CATEGORIES.items(), 2)
    )
    months = "".join(f"<option value='#{n}'>Month {n}</option>" for n in range(1, 61))
    cloud = "".join(
        f"<a href='/tag/topic-{n}/' class='tag-cloud-link' style='font-size: {8 + n % 9}pt;'>topic {n}</a> "
        for n in range(40)
    )
    return f"""<aside id='secondary' class='widget-area'>
<section class='widget widget_search'><form role='search' action='/'>
<input type='search' name='s'><button>Search</button></form></section>
{_widget("recent_entries", f"<h2 class='widget-title'>Recent Posts</h2><ul>{recent}</ul>")}
{_widget("categories", f"<h2 class='widget-title'>Categories</h2><ul>{categories}</ul>")}
{_widget("archive", f"<h2 class='widget-title'>Archives</h2><select name='archive'>{months}</select>")}
{_widget("tag_cloud", f"<div class='tagcloud'>{cloud}</div>")}</aside>"""


def _widget(name: str, inner: str) -> str:
    return f"<section class='widget widget_{name}'>{inner}</section>"


def _menu() -> str:
    columns = "".join(_menu_column(number) for number in range(1, 9))
    return (
        "</head>\n<body class='single single-post wp-custom-logo wp-embed-responsive'>\n<div id='page' class='site'>"
        "<header id='masthead' class='site-header'><div class='site-branding'>"
        f"<a href='/' class='custom-logo-link' rel='home'><img src='/logo.png' alt='{BLOG_NAME}'></a></div>"
        "<nav id='site-navigation' class='main-navigation'>"
        f"<ul id='primary-menu' class='menu'>{columns}</ul></nav></header>\n"
        "<div id='content' class='site-content'>"
    )


def _menu_column(number: int) -> str:
    items = "".join(
        f"<li id='menu-item-{number}{item:02}' class='menu-item menu-item-type-post_type menu-item-object-page"
        f" menu-item-{number}{item:02}'><a href='/programs/area-{number}/page-{item}/'>"
        f"<span class='menu-image'></span><span class='menu-text'>Program {number}.{item}</span></a></li>"
        for item in range(1, 13)
    )
    return (
        f"<li id='menu-item-{number}'"
        f" class='menu-item menu-item-type-custom menu-item-has-children menu-item-{number}'>"
        f"<a href='/programs/area-{number}/'>Area {number}</a><ul class='sub-menu'>{items}</ul></li>"
    )


def _foot() -> str:
    columns = "".join(
        f"<div class='footer-widget'><h3 class='widget-title'>Column {column}</h3><ul>"
        + "".join(f"<li><a href='/about/{column}/{item}/'>About item {item}</a></li>" for item in range(1, 13))
        + "</ul></div>"
        for column in range(1, 7)
    )
    scripts = "".join(
        f"<script src='/wp-includes/js/dist/module-{n}.min.js?ver=6.6' id='wp-module-{n}-js' defer></script>"
        for n in range(24)
    )
    return f"""</div><footer id='colophon' class='site-footer'>{columns}
<form class='newsletter'><label>Get our newsletter</label><input type='email'><button>Sign up</button></form>
<p class='copyright'>© 2026 {BLOG_NAME}. All rights reserved.</p></footer></div>
{scripts}<script id='theme-js-extra'>{_javascript(SCRIPT_BYTES)}</script>
</body></html>"""


def _styles() -> str:
    sheets = "".join(
        f"<link rel='stylesheet' id='plugin-{n}-css' media='all'"
        f" href='/wp-content/plugins/plugin-{n}/style.css?ver={n}.1'>\n"
        for n in range(20)
    )
    return f"{sheets}<style id='global-styles-inline-css'>{_css(0, STYLE_BYTES)}</style>"


def _css(seed: int, size: int) -> str:
    chance = random.Random(seed)
    rules = (
        f".wp-block-{chance.randrange(10**6)}{{margin:{chance.randrange(99)}px;color:var(--wp--preset--color--{n})}}"
        for n in range(1 + size // 70)
    )
    return "".join(rules)[:size]


def _javascript(size: int) -> str:
    return ('var themeSettings={"ajax":"/wp-admin/admin-ajax.php","breakpoints":[480,768,1024]};' * (1 + size // 80))[
        :size
    ]
