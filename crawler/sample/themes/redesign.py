"""The theme of the third edition: new markup everywhere, and provenance that only a script can show.

`Blog.content_of` takes the lines that say where an article is from out of the text, for the page, the feed and REST
alike; this theme's script would print them. Whoever reads the HTML finds reposts without outlet, author or date.
"""

from __future__ import annotations

from crawler.sample.themes.common import (
    RELATED,
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
    iso,
    lazy_image,
    link,
    load_more_button,
    menu,
    page_links,
    pagination,
    seo_graph,
)

SCRIPT = """<script>
document.querySelectorAll('[data-hb]').forEach(n => { n.textContent = [...n.dataset.hb].reverse().join('') })
</script>"""


def post(view: PostView) -> str:
    kicker = " ".join(link(category) for category in view.categories)
    image = f'<div class="hb-lead">{lazy_image(view.image_url, "")}</div>' if view.image_url else ""
    body = f"""<main id="content"><section class="hb-story"><div class="hb-kicker">{kicker}</div>
<h1>{e(view.title)}</h1>
<div class="hb-when"><time datetime="{iso(view.posted_at)}">{day(view.posted_at)}</time> · {link(view.author)}</div>
{image}<div class="hb-text">
{view.content}
{page_links(view)}</div></section>
{RELATED}
{comments(view)}</main>{SCRIPT}"""
    return _document(
        view.site, body, title=view.title, head=canonical(view.url) + seo_graph(view), language=view.language
    )


def listing(view: ListingView) -> str:
    tiles = "".join(_tile(card) for card in view.cards)
    body = f"""<main id="content"><h1>{e(view.heading)}</h1><div class="hb-tiles">{tiles}</div>
{load_more_button(view)}{pagination(view)}</main>"""
    return _document(view.site, body, title=view.heading)


def _tile(card: Card) -> str:
    return f"""<div class="hb-tile"><a href="{card.url}"><h2>{e(card.title)}</h2><p>{e(card.excerpt)}</p></a>
<small>{day(card.posted_at)}</small></div>"""


def page(view: PageView) -> str:
    body = f'<main id="content"><section class="hb-story"><h1>{e(view.title)}</h1>{view.content}</section></main>'
    return _document(view.site, body, title=view.title, head=canonical(view.url) if view.url else "")


def _document(site: SiteView, body: str, *, title: str, head: str = "", language: str = "en-US") -> str:
    home = f'<a class="screen-reader-text" href="{site.base_url}/">{e(site.name)}</a>'
    whole = f'<header class="hb-top">{home}{menu(site)}</header>\n{body}\n{footer(site)}'
    return document(site, title=title, body=whole, theme="redesign", head=head, classes="hb", language=language)
