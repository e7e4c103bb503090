"""The sample blog as data: which posts, terms, people and addresses it has under the options of one server."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

from crawler.sample.content import Edition, SamplePost, edition_of, site
from crawler.sample.formatting import plain, the_content, trimmed
from crawler.sample.uploads import SITE_ICON

POSTS_PER_PAGE = 10
"""WordPress' default, for listings and feeds."""

Source = Literal["open", "stale", "closed"]
"""How a source of addresses behaves: truthful, answered from the first edition, or not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What a server makes of the blog; the defaults are an honest WordPress of 2026."""

    edition: int = 1
    rest: Source = "open"
    sitemap: Source = "open"
    feed: Source = "open"
    categories: bool = True
    """False: no category pages, menus or breadcrumbs; only author and date archives lead to posts."""
    lastmod: bool = True
    """False: sitemaps without modification times, as before WordPress 6.5."""
    theme: str | None = None
    """One theme for every page instead of the edition's own choice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A category, a tag or an author: something with an archive page."""

    id: int
    slug: str
    name: str
    url: str
    posts: tuple[SamplePost, ...]
    load_more: bool = False


class Blog:
    """The posts of an edition with the addresses and archives WordPress gives them."""

    def __init__(self, options: Options, base_url: str) -> None:
        self.options = options
        self.base_url = base_url.rstrip("/")
        self.edition: Edition = edition_of(options.edition)
        self.posts = self.edition.posts
        self.by_slug = {post.slug: post for post in self.posts}
        self.by_id = {post.id: post for post in self.posts}
        self.pages: dict[str, dict[str, Any]] = {page["slug"]: page for page in site()["pages"]}

    def url(self, path: str = "/") -> str:
        return self.base_url + path

    def posts_seen_by(self, source: Source) -> tuple[SamplePost, ...]:
        return edition_of(1).posts if source == "stale" else self.posts

    def theme_of(self, post: SamplePost) -> str:
        return self.options.theme or self.edition.theme or post.theme

    @property
    def site_theme(self) -> str:
        """The theme of listings and static pages."""
        return self.options.theme or self.edition.theme or "corporate"

    @cached_property
    def categories(self) -> dict[str, Term]:
        """Categories that have posts, by slug."""
        if not self.options.categories:
            return {}
        terms = [self._category(row) for row in site()["categories"]]
        return {term.slug: term for term in terms if term.posts}

    def _category(self, row: dict[str, Any]) -> Term:
        name = row["name"].replace(*self.edition.brand) if self.edition.brand else row["name"]
        return Term(
            id=row["id"],
            slug=row["slug"],
            name=name,
            url=self.url(f"/category/{row['slug']}/"),
            posts=tuple(post for post in self.posts if name in post.categories),
            load_more=row.get("load_more", False),
        )

    @cached_property
    def tags(self) -> dict[str, Term]:
        names = sorted({name for post in self.posts for name in post.tags})
        return {
            slug_of(name): Term(
                id=100 + number,
                slug=slug_of(name),
                name=name,
                url=self.url(f"/tag/{slug_of(name)}/"),
                posts=tuple(post for post in self.posts if name in post.tags),
            )
            for number, name in enumerate(names)
        }

    @cached_property
    def users(self) -> dict[str, Term]:
        return {
            user["login"]: Term(
                id=user["id"],
                slug=user["login"],
                name=user["name"],
                url=self.url(f"/author/{user['login']}/"),
                posts=tuple(post for post in self.posts if post.author == user["name"]),
            )
            for user in site()["users"]
        }

    def author_of(self, post: SamplePost) -> Term:
        return next(user for user in self.users.values() if user.name == post.author)

    def categories_of(self, post: SamplePost) -> list[Term]:
        """In the post's own order, its main category first."""
        by_name = {term.name: term for term in self.categories.values()}
        return [by_name[name] for name in post.categories if name in by_name]

    def tags_of(self, post: SamplePost) -> list[Term]:
        return [term for term in self.tags.values() if term.name in post.tags]

    def content_of(self, post: SamplePost, saved: str | None = None) -> str:
        """The HTML of a post, or of the *saved* part of it; the redesign moves the lines about its origin away."""
        content = the_content(post.content if saved is None else saved)
        block = the_content(post.block)
        return content.replace(block, hidden(block)) if block and self.site_theme == "redesign" else content

    def excerpt_of(self, post: SamplePost, words: int = 55) -> str:
        return post.excerpt or trimmed(plain(self.content_of(post)), words)

    def neighbours_of(self, post: SamplePost) -> tuple[SamplePost | None, SamplePost | None]:
        """The older and the newer post."""
        place = self.posts.index(post)
        older = self.posts[place + 1] if place + 1 < len(self.posts) else None
        return older, self.posts[place - 1] if place else None

    def in_month(self, year: int, month: int | None) -> tuple[SamplePost, ...]:
        return tuple(p for p in self.posts if p.posted_at.year == year and month in (None, p.posted_at.month))

    def guess(self, slug: str) -> SamplePost | None:
        """WordPress' guess at a mistyped or deleted address: the first post whose slug begins so."""
        found = (post for post in sorted(self.posts, key=lambda post: post.id) if post.slug.startswith(slug.lower()))
        return next(found, None)

    @cached_property
    def uploads(self) -> frozenset[str]:
        """Paths of the files that posts show or link to, below the uploads folder."""
        linked = (path for post in self.posts for path in re.findall(r'/wp-content/uploads/([^"]+)', post.content))
        return frozenset([SITE_ICON, *linked, *(post.featured_image for post in self.posts if post.featured_image)])


def last_modified(posts: Iterable[SamplePost]) -> datetime:
    """When any of the posts last changed; a deletion does not count, or moves it back."""
    return max(post.modified_at for post in posts).astimezone(UTC)


def hidden(block: str) -> str:
    """The redesign prints provenance with a script, from words turned around so that no reader sees them."""
    words = html.escape(plain(block)[::-1])
    return f'<div class="hb-origin" data-hb="{words}"></div>'


def slug_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def in_pages(posts: tuple[SamplePost, ...], page: int, size: int = POSTS_PER_PAGE) -> tuple[SamplePost, ...]:
    return posts[(page - 1) * size : page * size]


def page_count(posts: tuple[SamplePost, ...], size: int = POSTS_PER_PAGE) -> int:
    return max(1, -(-len(posts) // size))


def http_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
