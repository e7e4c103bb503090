"""A post as the bench seeds it, the sample blog's posts in that form, and how a typed body begins and ends."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bs4 import BeautifulSoup, Comment

from crawler.sample import content

BLOCKS = re.compile(
    r"^(p|h\d|ul|ol|li|table|td|th|blockquote|figure|figcaption|div|pre|section|article|header|footer)$"
)
UNREAD = re.compile(r"^(script|style|noscript|iframe)$")
SENTENCE_END = re.compile(r"(?<=[.!?…؟。])[\"”’']?(?:\s+|$)")


@dataclass(frozen=True, kw_only=True)
class SeedPost:
    """One post as an editor would type it. Dates are the blog's local time, `YYYY-MM-DD HH:MM:SS`."""

    key: str
    title: str
    content: str
    """Markup with marks the seeding fills in: {{home}}, {{image:NAME}}, {{image_id:NAME}}, {{pdf}}, {{id:KEY}}."""
    date: str
    modified: str | None = None
    slug: str = ""
    """'' lets WordPress make it from the title."""
    old_slug: str = ""
    """The address the post had before it was renamed."""
    status: str = "publish"
    password: str = ""
    author: str = "Ada Quill"
    categories: tuple[str, ...] = ("News",)
    """Paths such as `News > Policy`; none means what WordPress then chooses: Uncategorized."""
    tags: tuple[str, ...] = ()
    excerpt: str = ""
    format: str = ""
    featured: bool = False
    sticky: bool = False
    comments: int = 0


def read_ends(markup: str) -> tuple[str | None, str | None]:
    """First and last sentence of a body as typed; None when it has no words.

    A block, a `<br>` or a blank line ends a sentence, since the page's reader sees them as lines.

    >>> read_ends("<p>One ship came. Two left.</p><p>None stayed</p>")
    ('One ship came.', 'None stayed')
    """
    tree = BeautifulSoup(re.sub(r"\n\s*\n|<br\s*/?>", "\x1f", markup), "lxml")
    for node in tree.find_all(UNREAD):
        node.decompose()
    for comment in tree.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for block in tree.find_all(BLOCKS):
        block.insert_before("\x1f")
        block.insert_after("\x1f")
    lines = [" ".join(line.split()) for line in tree.get_text().split("\x1f")]
    lines = [line for line in lines if line and not line.startswith(("[", "http"))]
    if not lines:
        return None, None
    return sentences(lines[0])[0], sentences(lines[-1])[-1]


def sentences(line: str) -> list[str]:
    ends = [match.end() for match in SENTENCE_END.finditer(line)]
    bounds = [0, *ends, len(line)]
    return [line[a:b].strip() for a, b in pairwise(bounds) if line[a:b].strip()]


def sample_posts() -> list[SeedPost]:
    """The sample blog's first edition, all of it."""
    return [sample_post(post) for post in content.posts(1)]


def sample_post(post: content.SamplePost) -> SeedPost:
    return SeedPost(
        key=f"sample-{post.id}",
        title=html.escape(post.title, quote=False),
        content=post.content,
        date=f"{post.posted_at:%Y-%m-%d %H:%M:%S}",
        modified=f"{post.modified_at:%Y-%m-%d %H:%M:%S}",
        slug=post.slug,
        author=post.author,
        categories=post.categories,
        tags=post.tags,
        excerpt=post.excerpt,
        featured=post.featured_image is not None,
    )


def classic(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(paragraphs)


def blocks(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(f"<!-- wp:paragraph -->\n<p>{text}</p>\n<!-- /wp:paragraph -->" for text in paragraphs)
