"""Pages of the hostile blog as an honest theme would make them; all names and stories are invented."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass

BLOG = "The Quay Bulletin"
PROSE = (
    "The ferry committee met on Tuesday and looked at the timetable for the coming winter, which has two fewer boats.",
    "Members asked who would clear the slipway after storms, since the old contract had run out without notice.",
    "A vote was put off until the harbour master can say what the repair of the second crane will cost the town.",
)


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a listing shows of a post."""

    path: str
    title: str


def headline(name: str) -> str:
    """The headline of the post with that id."""
    return f"Harbour notes on {name.replace('-', ' ')} and the winter timetable"


def last_words(name: str) -> str:
    """The sentence an archived post must end with: without it, it is half a post."""
    return f"The minutes of {name.replace('-', ' ')} end here."


def post(
    name: str,
    *,
    title: str | None = None,
    in_head: str = "",
    in_body: str = "",
    outlet: str = "The Harbour Gazette",
    day: str = "May 3, 2024",
    posted: str = '<time class="entry-date published" datetime="2024-05-06T09:00:00+00:00">May 6, 2024</time>',
    charset: str = '<meta charset="utf-8">',
    categories: str = '<a href="/blog/category/port-news/" rel="category tag">Port news</a>',
) -> str:
    """One post, whole; *title* and *outlet* are markup."""
    shown = title if title is not None else html.escape(headline(name))
    prose = "".join(f"<p>{sentence}</p>" for sentence in PROSE)
    return (
        f'<!doctype html><html lang="en"><head>{charset}<title>{shown} – {BLOG}</title>{in_head}</head>'
        f'<body class="single single-post"><header><a href="/blog/">{BLOG}</a></header><main>'
        f'<article class="post type-post hentry"><h1 class="entry-title">{shown}</h1>'
        f'<div class="entry-meta">{posted} <span class="cat-links">{categories}</span></div>'
        f'<div class="entry-content"><p>{outlet}</p><p>{day}</p><p>By Nora Kvist</p>{prose}{in_body}'
        f"<p>{last_words(name)}</p></div></article></main><footer><p>{BLOG}, the quay</p></footer></body></html>"
    )


def listing(
    title: str, cards: Iterable[Card], *, next_url: str = "", categories: Iterable[tuple[str, str]] = (), head: str = ""
) -> str:
    """A page of a listing; *categories* are addresses and names."""
    shown = "".join(
        f'<article class="post type-post hentry"><h2 class="entry-title"><a href="{html.escape(card.path)}">'
        f'{html.escape(card.title)}</a></h2><time datetime="2024-05-06">May 6, 2024</time><p>{PROSE[0]}</p></article>'
        for card in cards
    )
    links = "".join(f'<li class="cat-item"><a href="{url}">{name}</a></li>' for url, name in categories)
    onward = (
        f'<nav class="pagination"><a class="next page-numbers" href="{next_url}">Next</a></nav>' if next_url else ""
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} – {BLOG}</title>{head}</head>'
        f'<body class="blog archive"><nav class="categories"><ul>{links}</ul></nav><main><h1>{title}</h1>'
        f"{shown}{onward}</main></body></html>"
    )
