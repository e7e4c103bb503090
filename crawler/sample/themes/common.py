"""What every theme is given to print, and the pieces of markup that plugins and WordPress itself add to all of them."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crawler.sample.uploads import SITE_ICON

RELATED = "<!--related-->"
"""Stands where a theme shows related posts; the server puts another choice there on each view."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """A name with the address it leads to."""

    text: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A post as listings and "recent posts" show it."""

    title: str
    url: str
    posted_at: datetime
    excerpt: str
    image_url: str | None
    category: Anchor | None
    author: Anchor


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteView:
    """The blog around a page."""

    name: str
    tagline: str
    base_url: str
    categories: tuple[Anchor, ...]
    recent: tuple[Card, ...]
    months: tuple[Anchor, ...]
    feed: bool
    rest: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PostView:
    """A post as a theme prints it; `title` is plain text, `content` is HTML."""

    site: SiteView
    id: int
    url: str
    title: str
    posted_at: datetime
    modified_at: datetime
    author: Anchor
    categories: tuple[Anchor, ...]
    tags: tuple[Anchor, ...]
    content: str
    image_url: str | None
    language: str
    older: Anchor | None
    newer: Anchor | None
    parts: tuple[Anchor, ...]
    """Links to the pages of a post with page breaks; empty for all others."""
    comments: tuple[tuple[str, datetime, str], ...]
    """Name, time and words of each comment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingView:
    """One page of an archive of posts."""

    site: SiteView
    url: str
    """Address of the first page."""
    heading: str
    cards: tuple[Card, ...]
    page: int
    pages: int
    load_more: bool
    """Numbered links are absent; a button asks admin-ajax for the next posts."""
    term_id: int | None = None

    def page_url(self, number: int) -> str:
        return self.url if number == 1 else f"{self.url}page/{number}/"


@dataclass(frozen=True, kw_only=True, slots=True)
class PageView:
    """A static page, the front page or an error page; `content` is HTML."""

    site: SiteView
    url: str | None
    title: str
    content: str
    css_class: str = "page"


def e(text: str) -> str:
    """*text* as HTML, safe in attributes too."""
    return html.escape(text, quote=True)


def day(moment: datetime) -> str:
    """As these themes print a day: `March 9, 2022`."""
    return f"{moment:%B} {moment.day}, {moment.year}"


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def link(anchor: Anchor, attributes: str = "") -> str:
    return f'<a href="{e(anchor.url)}"{attributes}>{e(anchor.text)}</a>'


def document(
    site: SiteView,
    *,
    title: str,
    body: str,
    theme: str,
    head: str = "",
    classes: str | None = None,
    language: str = "en-US",
) -> str:
    """A whole page: WordPress' own head, the theme's stylesheet, and the cookie banner a plugin adds.

    Without *classes* the body element has none, as in themes that forget to ask WordPress for them.
    """
    body_tag = f'<body class="{classes} wp-theme-{theme}">' if classes else "<body>"
    direction = ' dir="rtl"' if language.split("-")[0] in ("ar", "he", "fa") else ""
    full_title = f"{title} – {site.name}" if title else site.name
    return f"""<!DOCTYPE html>
<html lang="{language}"{direction}>
<head>
<meta charset="UTF-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>{e(full_title)}</title>
{_discovery_links(site)}<link rel="stylesheet" id="{theme}-style-css" media="all"
 href="{site.base_url}/wp-content/themes/{theme}/style.css?ver=3.2" />
<meta name="generator" content="WordPress 6.8.3" />
{_icons(site)}{head}</head>
{body_tag}
<a class="skip-link screen-reader-text" href="#content">Skip to content</a>
{body}
{COOKIE_BANNER}
{LAZY_LOADER}
</body>
</html>
"""


def _icons(site: SiteView) -> str:
    """The site's icon, as WordPress cuts it from one picture."""
    stem = f"{site.base_url}/wp-content/uploads/{SITE_ICON.removesuffix('.png')}"
    return (
        f'<link rel="icon" href="{stem}-32x32.png" sizes="32x32" />\n'
        f'<link rel="apple-touch-icon" href="{stem}-180x180.png" />\n'
    )


def _discovery_links(site: SiteView) -> str:
    feed = f'<link rel="alternate" type="application/rss+xml" title="Feed" href="{site.base_url}/feed/" />\n'
    rest = f'<link rel="https://api.w.org/" href="{site.base_url}/wp-json/" />\n'
    return (feed if site.feed else "") + (rest if site.rest else "")


LAZY_LOADER = "<script>document.querySelectorAll('img[data-src]').forEach(i => { i.src = i.dataset.src })</script>"

COOKIE_BANNER = """<div id="cookie-notice" role="dialog" aria-label="Cookie notice">
<p>We use one cookie. Our notice changed on May 25, 2024.
<a href="/privacy/">Read the notice</a> <button type="button">Accept</button></p></div>
<style>#cookie-notice{position:fixed;bottom:0;left:0;right:0;background:#fff8e1;padding:4px 20px}</style>"""


def menu(site: SiteView) -> str:
    items = [Anchor(text="Home", url=f"{site.base_url}/"), Anchor(text="About", url=f"{site.base_url}/about/")]
    items += [Anchor(text="Blog", url=f"{site.base_url}/blog/"), *site.categories]
    items += [Anchor(text="Events: October 21, 2026", url=f"{site.base_url}/events/")]
    return '<ul class="menu">' + "".join(f'<li class="menu-item">{link(item)}</li>' for item in items) + "</ul>"


BADGE = '<img src="https://badges.example/safe-harbor.png" alt="" width="88" height="31" loading="lazy" />'
"""Of another organisation, on its own host: nobody asks it for anything."""


def footer(site: SiteView) -> str:
    return f"""<footer class="site-footer"><div class="newsletter-signup"><h3>Dockside, our weekly letter</h3>
<p>What The Detroit News, Bridge Michigan and Automotive News wrote about the lakes, every Friday.</p>
<form action="{site.base_url}/" method="post"><input type="email" name="email" placeholder="you@example.com" />
<button>Subscribe</button></form></div>
{_archives(site)}<p>&copy; 2008–2026 {e(site.name)}. All rights reserved. Photos courtesy of the Alliance unless noted.
<a href="{site.base_url}/privacy/">Privacy</a></p>{BADGE}</footer>"""


def _archives(site: SiteView) -> str:
    """Months to browse by; a blog with categories leaves them out of its footer."""
    months = "".join(f"<li>{link(month)}</li>" for month in site.months)
    return "" if site.categories else f'<ul class="archives">{months}</ul>'


def lazy_image(url: str, alt: str, classes: str = "") -> str:
    """An image as a lazy-loading plugin leaves it: a placeholder, the address in data-src, and a noscript copy."""
    blank = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    rest = f'alt="{e(alt)}" width="640" height="360" class="{classes}'
    return (
        f'<img src="{blank}" data-src="{e(url)}" {rest} lazyload" /><noscript><img src="{e(url)}" {rest}" /></noscript>'
    )


def plain_image(url: str, alt: str, classes: str = "") -> str:
    """An image with the sizes WordPress offers."""
    stem, _, ending = url.rpartition(".")
    srcset = f"{stem}-300x169.{ending} 300w, {url} 640w"
    return (
        f'<img width="640" height="360" src="{e(url)}" class="{classes}" alt="{e(alt)}" '
        f'srcset="{e(srcset)}" sizes="(max-width: 640px) 100vw, 640px" decoding="async" />'
    )


def share_bar(url: str) -> str:
    return f"""<div class="sharedaddy sd-sharing-enabled"><div class="robots-nocontent sd-block sd-social">
<h3 class="sd-title">Share this:</h3>
<ul><li><a rel="nofollow" href="{e(url)}?share=facebook">Facebook</a></li><li>
<a rel="nofollow" href="{e(url)}?share=x">X</a></li>
<li><a href="mailto:?subject=A%20clipping">Email</a></li></ul></div></div>"""


def page_links(view: PostView) -> str:
    if not view.parts:
        return ""
    return (
        '<div class="page-links">Pages: '
        + " ".join(link(part, ' class="post-page-numbers"') for part in view.parts)
        + "</div>"
    )


def open_graph(view: PostView) -> str:
    image = f'<meta property="og:image" content="{e(view.image_url)}" />\n' if view.image_url else ""
    return f"""<meta property="og:locale" content="{view.language.replace("-", "_")}" />
<meta property="og:type" content="article" />
<meta property="og:title" content="{e(view.title)} – {e(view.site.name)}" />
<meta property="og:url" content="{e(view.url)}" />
<meta property="og:site_name" content="{e(view.site.name)}" />
<meta property="article:published_time" content="{iso(view.posted_at.astimezone(UTC))}" />
<meta property="article:modified_time" content="{iso(view.modified_at.astimezone(UTC))}" />
{image}<meta name="author" content="{e(view.author.text)}" />
"""


def canonical(url: str) -> str:
    return f'<link rel="canonical" href="{e(url)}" />\n'


def seo_graph(view: PostView) -> str:
    """The JSON-LD of an SEO plugin. It names the blog's author and the day of the repost, and knows of no other."""
    base = view.site.base_url
    crumbs = [Anchor(text="Home", url=f"{base}/"), *view.categories[:1], Anchor(text=view.title, url=view.url)]
    article: dict[str, Any] = {
        "@type": "Article",
        "@id": f"{view.url}#article",
        "isPartOf": {"@id": view.url},
        "author": {
            "name": view.author.text,
            "@id": f"{base}/#/schema/person/{view.author.text.lower().replace(' ', '')}",
        },
        "headline": view.title,
        "datePublished": iso(view.posted_at.astimezone(UTC)),
        "dateModified": iso(view.modified_at.astimezone(UTC)),
        "mainEntityOfPage": {"@id": view.url},
        "publisher": {"@id": f"{base}/#organization"},
        "articleSection": [category.text for category in view.categories],
        "keywords": [tag.text for tag in view.tags],
        "inLanguage": view.language,
    }
    page = {
        "@type": "WebPage",
        "@id": view.url,
        "url": view.url,
        "name": f"{view.title} – {view.site.name}",
        "datePublished": article["datePublished"],
        "breadcrumb": {"@id": f"{view.url}#breadcrumb"},
    }
    trail = {
        "@type": "BreadcrumbList",
        "@id": f"{view.url}#breadcrumb",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": crumb.text, "item": crumb.url}
            for place, crumb in enumerate(crumbs, 1)
        ],
    }
    organization = {"@type": "Organization", "@id": f"{base}/#organization", "name": view.site.name, "url": f"{base}/"}
    graph = {"@context": "https://schema.org", "@graph": [article, page, trail, organization]}
    script = json.dumps(graph, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json" class="yoast-schema-graph">{script}</script>\n'


def comments(view: PostView, element: str = "article") -> str:
    """The comments below a post, each with its own author and time, as WordPress prints them in HTML5 themes."""
    if not view.comments:
        return ""
    items = "".join(
        f'<li class="comment"><{element} class="comment-body"><footer class="comment-meta"><b class="fn">{e(name)}</b> '
        f'<time datetime="{iso(at)}">{day(at)}</time></footer>'
        f'<div class="comment-content"><p>{e(words)}</p></div></{element}></li>'
        for name, at, words in view.comments
    )
    heading = f"<h2>{len(view.comments)} thoughts on “{e(view.title)}”</h2>"
    return f'<div id="comments" class="comments-area">{heading}<ol class="comment-list">{items}</ol></div>'


def pagination(view: ListingView, classes: str = "pagination") -> str:
    """Numbered links as WordPress prints them: first, last, and two on each side."""
    if view.pages < 2 or view.load_more:
        return ""
    shown = [n for n in range(1, view.pages + 1) if n in (1, view.pages) or abs(n - view.page) <= 2]
    numbers = " ".join(
        f'<span aria-current="page" class="page-numbers current">{n}</span>'
        if n == view.page
        else f'<a class="page-numbers" href="{view.page_url(n)}">{n}</a>'
        for n in shown
    )
    newer = f'<a class="prev page-numbers" href="{view.page_url(view.page - 1)}">Previous</a> ' if view.page > 1 else ""
    older = (
        f' <a class="next page-numbers" href="{view.page_url(view.page + 1)}">Next</a>'
        if view.page < view.pages
        else ""
    )
    links = f'<div class="nav-links">{newer}{numbers}{older}</div>'
    return f'<nav class="navigation {classes}" aria-label="Posts">{links}</nav>'


def load_more_button(view: ListingView) -> str:
    if not view.load_more or view.page >= view.pages:
        return ""
    ajax = f"{view.site.base_url}/wp-admin/admin-ajax.php"
    script = """<script>
document.querySelector('.load-more').onclick = async ({ target: b }) => {
  const body = new URLSearchParams({ action: b.dataset.action, term: b.dataset.term, page: b.dataset.page++ })
  const more = await (await fetch(b.dataset.url, { method: 'POST', body })).text()
  b.previousElementSibling.insertAdjacentHTML('beforeend', more)
  b.hidden = !more
}</script>"""
    return (
        f'<button class="load-more" data-action="load_more" data-term="{view.term_id}" data-page="{view.page + 1}" '
        f'data-url="{ajax}">Load more</button>{script}'
    )


def related_cards(cards: tuple[Card, ...]) -> str:
    """Three cards under a post; their bylines and dates belong to other posts."""
    items = "".join(
        f'<div class="related-card">{link(Anchor(text=card.title, url=card.url))}'
        f'<p class="date">{day(card.posted_at)}</p><p>{e(card.excerpt)}</p></div>'
        for card in cards
    )
    return f'<section class="related-posts"><h3>You might also like</h3>{items}</section>'
