"""The blog every crawler of `crawl.py` is pointed at: WordPress-like pages of 60 to 100 kB, the same on every machine.

`theme.py` prints what stands around the posts, as much of everything as real pages of that size hold. Two posts of
three are reposts, in several of the layouts such blogs use. There is no REST, no sitemap and no feed, so that every
crawler has to follow the same links. Texts are invented.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from html import escape

from benchmarks import theme
from benchmarks.theme import BLOG_NAME, image
from crawler.sample.prose import paragraphs, phrases

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
        self._start, self._styles = self._encoded(theme.head_start()), self._encoded(theme.styles())
        self._menus = {kind: self._encoded(theme.menu(kind)) for kind in ("single single-post", "archive category")}
        self._foot = self._encoded(_sidebar(self.posts) + theme.foot())
        self.answers: dict[str, tuple[bytes, ...]] = {"/robots.txt": (b"User-agent: *\nDisallow: /wp-admin/\n",)}
        for post in self.posts:
            self.answers[post.path] = self._page(
                "single single-post", _post_head(post), _post_body(post, self.posts), post.number
            )
        self._add_listing("/blog/", "Blog", self.posts)
        for slug, name in CATEGORIES.items():
            self._add_listing(f"/category/{slug}/", name, [post for post in self.posts if post.category == slug])

    def _add_listing(self, root: str, name: str, posts: list[BlogPost]) -> None:
        pages = max(1, -(-len(posts) // POSTS_PER_PAGE))
        for number in range(1, pages + 1):
            shown = posts[(number - 1) * POSTS_PER_PAGE : number * POSTS_PER_PAGE]
            path = root if number == 1 else f"{root}page/{number}/"
            body = _listing_body(root, name, shown, number, pages)
            head = f"<title>{escape(name)} - {BLOG_NAME}</title>"
            self.answers[path] = self._page("archive category", head, body, number)

    def _page(self, kind: str, head: str, body: str, number: int) -> tuple[bytes, ...]:
        own = theme.page_styles(number).encode()
        return (
            *(self._start, self._encoded(head), self._styles, own),
            *(self._menus[kind], self._encoded(body), self._foot),
        )

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
<meta property='og:locale' content='en_US'><meta property='og:url' content='{post.path}'>
<meta property='og:description' content="{description}"><meta property='og:site_name' content='{BLOG_NAME}'>
<meta property='article:publisher' content='https://facebook.example/harborworks'>
<meta property='og:image:width' content='1200'><meta property='og:image:height' content='800'>
<meta property='og:image:type' content='image/jpeg'><meta name='author' content='Web Editor'>
<meta name='twitter:card' content='summary_large_image'><meta name='twitter:site' content='@harborworks'>
<meta name='twitter:label1' content='Written by'><meta name='twitter:data1' content='Web Editor'>
<meta name='twitter:label2' content='Est. reading time'><meta name='twitter:data2' content='4 minutes'>
<meta property='article:published_time' content='{post.posted_on}T14:00:00+00:00'>
<meta property='article:modified_time' content='{post.posted_on}T15:30:00+00:00'>
<script type='application/ld+json' class='yoast-schema-graph'>{json.dumps(graph)}</script>
"""


@cache
def _text(post: BlogPost) -> list[str]:
    words = 250 + random.Random(post.number).randrange(700)
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
    middle, short = len(text) // 2, _short_lines(post)
    blocks = [f"<p class='wp-block-paragraph'>{_set(paragraph)}</p>" for paragraph in text]
    blocks[middle:middle] = [
        f"<h2 class='wp-block-heading'>{short[0]}</h2>",
        f"<figure class='wp-block-image size-large'>{image(post.number + 1, 1024, short[1])}"
        f"<figcaption class='wp-element-caption'>Photo courtesy of {short[2]}</figcaption></figure>",
        f"<ul class='wp-block-list'><li>{short[3]}.</li><li>{short[4]}.</li>"
        f"<li><a href='https://press.example/report'>A longer report</a>: {short[5]}.</li></ul>",
    ]
    category = CATEGORIES[post.category]
    related = [posts[(post.number * step + step) % len(posts)] for step in (3, 5, 7)]
    return f"""<nav class='breadcrumbs' aria-label='Breadcrumb'><a href='/'>{BLOG_NAME}</a> &gt;
<a href='/blog/'>Blog</a> &gt; <a href='/category/{post.category}/'>{category}</a> &gt;
<span>{escape(post.title)}</span></nav>
<div id='primary' class='content-area col-md-8'><main id='main' class='site-main'><article id='post-{post.number}'
 class='post-{post.number} post type-post status-publish format-standard has-post-thumbnail hentry
 category-{post.category}'>
<header class='entry-header'><h1 class='entry-title'>{escape(post.title)}</h1>
<div class='entry-meta'><span class='cat-label'><a href='/category/{post.category}/'>{category}</a></span>
<span class='posted-on'><i class='fa fa-clock' aria-hidden='true'></i><time class='entry-date published'
 datetime='{post.posted_on}T14:00:00+00:00'>
{_spelled(post.posted_on)}</time></span> <span class='byline'>by <a class='url fn n' rel='author'
 href='/author/web-editor/'>Web Editor</a></span></div><!-- .entry-meta --></header><!-- .entry-header -->
<div class='post-thumbnail'>{image(post.number, 1200, short[6], names=" wp-post-image")}</div>
<div class='entry-content'>
{_provenance(post)}{chr(10).join(blocks)}
{theme.shares(post.path)}
</div><!-- .entry-content -->
<footer class='entry-footer'><span class='cat-links'>Posted in <a href='/category/{post.category}/'
 rel='category tag'>{category}</a></span>
<span class='tags-links'>Tagged <a href='/tag/mobility/' rel='tag'>mobility</a>,
<a href='/tag/michigan/' rel='tag'>Michigan</a></span></footer><!-- .entry-footer -->
</article><!-- #post-{post.number} -->
{theme.author_box()}
<section class='related-posts'><h2 class='section-title'>Related posts</h2><div class='row'>
{"".join(_card(other) for other in related)}</div></section>{theme.comment_form()}</main></div><!-- #primary -->
"""


def _short_lines(post: BlogPost) -> list[str]:
    """Headings, captions and list items, of its own for each post: a reader that remembers lines must not profit."""
    sentences = " ".join(paragraphs(-post.number, _topic(post.number), 300)).split(". ")
    lengths = (6, 9, 7, 99, 99, 99, 9)
    return [
        escape(" ".join(words.split()[:count]).rstrip(",."), quote=True)
        for words, count in zip(sentences, lengths, strict=False)
    ]


def _set(paragraph: str) -> str:
    """A paragraph as editors set it: a first sentence with a link in it, a word in italics, a line broken by hand."""
    first, _, rest = escape(paragraph, quote=False).partition(". ")
    words = first.split(" ", 4)
    if len(words) < 5 or not rest:
        return escape(paragraph, quote=False)
    linked = f"{words[0]} {words[1]} <a href='https://press.example/{words[2].lower()}'>{words[2]} {words[3]}</a>"
    return f"{linked} {words[4]}. <em>{rest.partition(' ')[0]}</em> {rest.partition(' ')[2]}"


def _listing_body(root: str, name: str, posts: list[BlogPost], number: int, pages: int) -> str:
    following = f"<a class='next page-numbers' href='{root}page/{number + 1}/'>Next</a>" if number < pages else ""
    cards = "\n".join(_listed(post) for post in posts)
    return f"""<main id='primary' class='site-main'>
<header class='page-header'><h1 class='page-title'>{escape(name)}</h1></header>{cards}
<nav class='navigation pagination' aria-label='Posts'><div class='nav-links'>
<span aria-current='page' class='page-numbers current'>{number}</span>{following}</div></nav></main>
"""


def _listed(post: BlogPost) -> str:
    return f"""<article id='post-{post.number}'
 class='post-{post.number} post type-post hentry category-{post.category}'>
{image(post.number, 768)}<h2 class='entry-title'><a href='{post.path}' rel='bookmark'>{escape(post.title)}</a></h2>
<time class='entry-date' datetime='{post.posted_on}T14:00:00+00:00'>{_spelled(post.posted_on)}</time>
<div class='entry-summary'><p>{escape(_text(post)[0][:90])} […]</p></div></article>"""


def _card(post: BlogPost) -> str:
    return theme.card(post.number, post.path, post.title, _spelled(post.posted_on))


def _sidebar(posts: list[BlogPost]) -> str:
    return theme.sidebar([(post.path, post.title, _spelled(post.posted_on)) for post in posts[:5]], CATEGORIES)
