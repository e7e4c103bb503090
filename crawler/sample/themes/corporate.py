"""An agency's theme for an association: breadcrumb and date in a hero, no `h1`, `article`, `time` or body class.

The only `article` and `time` elements are those of the comments. An SEO plugin adds JSON-LD and OpenGraph.
"""

from __future__ import annotations

from crawler.sample.themes.common import (
    RELATED,
    Anchor,
    Card,
    ListingView,
    PageView,
    PostView,
    SiteView,
    canonical,
    comments,
    day,
    document,
    e,
    footer,
    lazy_image,
    link,
    load_more_button,
    menu,
    open_graph,
    page_links,
    pagination,
    seo_graph,
    share_bar,
)


def post(view: PostView) -> str:
    image = f'<div class="lead-image">{lazy_image(view.image_url, "", "lead")}</div>\n' if view.image_url else ""
    hero = f"""<div class="hero"><div class="crumbs">{_crumbs(view)}</div>
<h2 class="hero-title">{e(view.title)}</h2>
<div class="mobile-title" aria-hidden="true" style="display:none">{e(view.title)}</div>
<div class="when">{day(view.posted_at)}</div></div>"""
    body = f"""{hero}
<div class="cms" id="content">
{image}{view.content}
{page_links(view)}</div>
<div class="wrap">{share_bar(view.url)}<div class="posted-by">Posted by {link(view.author)}</div></div>
{RELATED}
<div class="wrap">{comments(view)}</div>"""
    head = canonical(view.url) + open_graph(view) + seo_graph(view)
    return _document(view.site, body, title=view.title, head=head, language=view.language)


def _crumbs(view: PostView) -> str:
    home = Anchor(text=view.site.name, url=f"{view.site.base_url}/")
    blog = Anchor(text="Blog", url=f"{view.site.base_url}/blog/")
    trail = [link(anchor) for anchor in (home, blog, *view.categories[:1])]
    return " &gt; ".join([*trail, f"<span>{e(view.title)}</span>"])


def listing(view: ListingView) -> str:
    cards = "".join(_card(card) for card in view.cards)
    body = f"""<div class="hero"><h2 class="hero-title">{e(view.heading)}</h2></div>
<div class="grid" data-page="{view.page}">{cards}</div>{load_more_button(view)}
<div class="wrap">{pagination(view)}</div>"""
    return _document(view.site, body, title=view.heading)


def _card(card: Card) -> str:
    image = (
        f'<a class="thumb" href="{card.url}" tabindex="-1">{lazy_image(card.image_url, "")}</a>'
        if card.image_url
        else ""
    )
    category = f'<div class="label">{link(card.category)}</div>' if card.category else ""
    return f"""<div class="card">{image}{category}<h3><a href="{card.url}">{e(card.title)}</a></h3>
<div class="when">{day(card.posted_at)} | {link(card.author)}</div><p>{e(card.excerpt)}</p>
<a class="more" href="{card.url}">Read More</a></div>"""


def page(view: PageView) -> str:
    body = f"""<div class="hero"><h2 class="hero-title">{e(view.title)}</h2></div>
<div class="cms" id="content">{view.content}</div>"""
    return _document(view.site, body, title=view.title, head=canonical(view.url) if view.url else "")


def _document(site: SiteView, body: str, *, title: str, head: str = "", language: str = "en-US") -> str:
    promo = f'<li class="promo"><a href="{site.base_url}/about/">Feature: The Detroit News, June 4, 2025</a></li>'
    whole = f"""<div class="topbar">{menu(site).replace("</ul>", promo + "</ul>")}</div>
<div class="brand"><a href="{site.base_url}/">{e(site.name)}</a></div>
{body}
{footer(site)}"""
    return document(site, title=title, body=whole, theme="corporate", head=head, classes=None, language=language)
