"""From the blog's data to what a theme prints: posts, listings, static pages."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cache

from crawler.sample.blog import Blog, Term, in_pages, page_count
from crawler.sample.content import SamplePost, site
from crawler.sample.formatting import pages_of, the_content
from crawler.sample.themes import THEMES
from crawler.sample.themes.common import (
    RELATED,
    Anchor,
    Card,
    ListingView,
    PageView,
    PostView,
    SiteView,
    e,
    link,
    related_cards,
)

CARD_WORDS = 15
RELATED_CHOICES = 4
"""How many different sets of related posts a page shows in turn."""

COMMENTS = (
    ("Bartholomew", "I worked on that line in 1984 and it was louder than you say."),
    ("Ottilie from Alpena", "Shared with my class. They want to see the boat."),
    ("tool_guy_58", "Nobody asked the second shift."),
)


class Views:
    """Renders the pages of one blog with the theme each of them has."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self._site: SiteView | None = None

    @property
    def site(self) -> SiteView:
        if self._site is None:
            blog = self.blog
            self._site = SiteView(
                name=site()["name"],
                tagline=site()["tagline"],
                base_url=blog.base_url,
                categories=tuple(_anchor(term) for term in blog.categories.values()),
                recent=tuple(self.card(post) for post in blog.posts[:4]),
                months=self._months(),
                feed=blog.options.feed != "closed",
                rest=blog.options.rest != "closed",
            )
        return self._site

    def _months(self) -> tuple[Anchor, ...]:
        months = dict.fromkeys((post.posted_at.year, post.posted_at.month) for post in self.blog.posts)
        return tuple(
            Anchor(text=f"{datetime(year, month, 1):%B} {year}", url=self.blog.url(f"/{year}/{month:02}/"))
            for year, month in months
        )

    def card(self, post: SamplePost) -> Card:
        categories = self.blog.categories_of(post)
        return Card(
            title=post.title,
            url=post.url(self.blog.base_url),
            posted_at=post.posted_at,
            excerpt=self.blog.excerpt_of(post, CARD_WORDS),
            image_url=self.image_url(post),
            category=_anchor(categories[0]) if categories else None,
            author=_anchor(self.blog.author_of(post)),
        )

    def image_url(self, post: SamplePost) -> str | None:
        return self.blog.url(f"/wp-content/uploads/{post.featured_image}") if post.featured_image else None

    def post(self, post: SamplePost, part: int = 1) -> str:
        """The page of a post, with `RELATED` still in it where the theme shows related posts."""
        older, newer = self.blog.neighbours_of(post)
        saved = pages_of(post.content)
        url = post.url(self.blog.base_url)
        view = PostView(
            site=self.site,
            id=post.id,
            url=url,
            title=post.title,
            posted_at=post.posted_at,
            modified_at=post.modified_at,
            author=_anchor(self.blog.author_of(post)),
            categories=tuple(_anchor(term) for term in self.blog.categories_of(post)),
            tags=tuple(_anchor(term) for term in self.blog.tags_of(post)),
            content=self.blog.content_of(post, saved[part - 1]),
            image_url=self.image_url(post),
            language=post.language,
            older=self._neighbour(older),
            newer=self._neighbour(newer),
            parts=tuple(Anchor(text=str(n), url=url if n == 1 else f"{url}{n}/") for n in range(1, len(saved) + 1))
            if len(saved) > 1
            else (),
            comments=_comments(post),
        )
        return THEMES[self.blog.theme_of(post)].post(view)

    def _neighbour(self, post: SamplePost | None) -> Anchor | None:
        return Anchor(text=post.title, url=post.url(self.blog.base_url)) if post else None

    def related(self, post: SamplePost, choice: int) -> str:
        chance = random.Random(post.id * RELATED_CHOICES + choice)
        return related_cards(
            tuple(self.card(other) for other in chance.sample(self.blog.posts, 3) if other is not post)
        )

    def listing(
        self, posts: tuple[SamplePost, ...], *, heading: str, path: str, page: int, term: Term | None = None
    ) -> str:
        view = ListingView(
            site=self.site,
            url=self.blog.url(path),
            heading=heading,
            cards=tuple(self.card(post) for post in in_pages(posts, page)),
            page=page,
            pages=page_count(posts),
            load_more=bool(term and term.load_more),
            term_id=term.id if term else None,
        )
        return THEMES[self.blog.site_theme].listing(view)

    def more_cards(self, term: Term, page: int) -> str:
        """What "load more" gets back: the next cards and nothing else."""
        cards = (self.card(post) for post in in_pages(term.posts, page))
        return "".join(
            f'<div class="card"><a href="{card.url}">{e(card.title)}</a><p>{e(card.excerpt)}</p></div>'
            for card in cards
        )

    def front(self) -> str:
        latest = "".join(
            f'<div class="card"><h3>{link(Anchor(text=card.title, url=card.url))}</h3><p>{e(card.excerpt)}</p></div>'
            for card in (self.card(post) for post in self.blog.posts[:6])
        )
        blog = Anchor(text="All news", url=self.blog.url("/blog/"))
        content = f"""<p>We speak for the companies that make, move and mend vehicles around the lakes.</p>
<h2>Latest</h2><div class="cards">{latest}</div><p>{link(blog)}</p>"""
        return self._page(title=site()["tagline"], content=content, path="/", css_class="home page")

    def static(self, slug: str) -> str:
        row = self.blog.pages[slug]
        return self._page(title=row["title"], content=the_content(row["content"]), path=f"/{slug}/")

    def missing(self) -> str:
        content = '<p>It may have been loaded onto another boat. Try the <a href="/blog/">blog</a>.</p>'
        return self._page(title="That page has sailed", content=content, path=None, css_class="error404")

    def _page(self, *, title: str, content: str, path: str | None, css_class: str = "page") -> str:
        url = self.blog.url(path) if path else None
        view = PageView(site=self.site, url=url, title=title, content=content, css_class=css_class)
        return THEMES[self.blog.site_theme].page(view)


def with_related(page: str, related: str) -> str:
    return page.replace(RELATED, related, 1)


def _anchor(term: Term) -> Anchor:
    return Anchor(text=term.name, url=term.url)


@cache
def _comments(post: SamplePost) -> tuple[tuple[str, datetime, str], ...]:
    """Every fourth post was commented on, days after it appeared."""
    count = 2 if post.id % 4 == 1 else 0
    first = post.id % len(COMMENTS)
    chosen = [COMMENTS[(first + n) % len(COMMENTS)] for n in range(count)]
    return tuple(
        (name, post.posted_at + timedelta(days=1 + n, hours=3), words) for n, (name, words) in enumerate(chosen)
    )
