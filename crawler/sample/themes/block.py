"""A block theme as WordPress ships them: `wp-block-*` classes, inline styles, a canonical link and no JSON-LD."""

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
    iso,
    link,
    load_more_button,
    menu,
    page_links,
    pagination,
    plain_image,
)

INLINE_STYLES = """<style id="global-styles-inline-css">
:root{--wp--preset--color--base:#f9f9f9;--wp--preset--color--contrast:#111111;--wp--preset--spacing--40:1.5rem}
.wp-block-button__link{background:var(--wp--preset--color--contrast);color:#fff;padding:8px 18px}
.is-layout-constrained>*{max-width:720px}</style>
<script type="importmap" id="wp-importmap">
{"imports":{"@wordpress/interactivity":"/wp-includes/js/dist/script-modules/interactivity/index.min.js"}}</script>
"""


def post(view: PostView) -> str:
    image = plain_image(view.image_url, view.title, "wp-post-image") if view.image_url else ""
    lead = f'<figure class="wp-block-post-featured-image">{image}</figure>' if image else ""
    body = f"""<main class="wp-block-group is-layout-flow" id="content">
{_breadcrumb(view)}
<h1 class="wp-block-post-title">{e(view.title)}</h1>
<div class="wp-block-template-part"><div class="wp-block-post-date">
<time datetime="{iso(view.posted_at)}">{day(view.posted_at)}</time></div>
<div class="wp-block-post-author-name">{link(view.author, ' class="wp-block-post-author-name__link"')}</div>
{_terms("category", view.categories)}</div>
{lead}<div class="entry-content alignfull wp-block-post-content has-global-padding is-layout-constrained">
{view.content}
{page_links(view)}</div>
{_terms("post_tag", view.tags)}
{_neighbours(view)}
{RELATED}
{comments(view, "div")}
</main>"""
    return _document(
        view.site,
        body,
        title=view.title,
        head=canonical(view.url),
        classes="wp-singular post-template-default single single-post",
        language=view.language,
    )


def _breadcrumb(view: PostView) -> str:
    if not view.categories:
        return ""
    trail = (Anchor(text=view.site.name, url=f"{view.site.base_url}/"), view.categories[0])
    items = "".join(f"<li>{link(anchor)}</li>" for anchor in trail)
    here = f'<li><span aria-current="page">{e(view.title)}</span></li>'
    return f'<nav class="wp-block-breadcrumbs" aria-label="Breadcrumbs"><ol>{items}{here}</ol></nav>'


def _terms(taxonomy: str, terms: tuple[Anchor, ...]) -> str:
    links = '<span class="wp-block-post-terms__separator">, </span>'.join(link(term, ' rel="tag"') for term in terms)
    return f'<div class="taxonomy-{taxonomy} wp-block-post-terms">{links}</div>' if terms else ""


def _neighbours(view: PostView) -> str:
    links = _neighbour("prev", view.older) + _neighbour("next", view.newer)
    return f'<nav class="wp-block-group" aria-label="Post navigation">{links}</nav>'


def _neighbour(relation: str, anchor: Anchor | None) -> str:
    attributes = f' rel="{relation}"'
    return f'<div class="wp-block-post-navigation-link">{link(anchor, attributes)}</div>' if anchor else ""


def listing(view: ListingView) -> str:
    cards = "".join(_card(card) for card in view.cards)
    body = f"""<main class="wp-block-group" id="content"><h1 class="wp-block-query-title">{e(view.heading)}</h1>
<div class="wp-block-query">
<ul class="wp-block-post-template">{cards}</ul>
{load_more_button(view)}{pagination(view, "wp-block-query-pagination")}</div></main>"""
    return _document(view.site, body, title=view.heading, classes="archive")


def _card(card: Card) -> str:
    return f"""<li class="wp-block-post post type-post hentry"><h2 class="wp-block-post-title">
<a href="{card.url}" target="_self">{e(card.title)}</a></h2>
<div class="wp-block-post-excerpt"><p class="wp-block-post-excerpt__excerpt">{e(card.excerpt)}</p></div>
<div class="wp-block-post-date"><time datetime="{iso(card.posted_at)}">
<a href="{card.url}">{day(card.posted_at)}</a></time></div></li>"""


def page(view: PageView) -> str:
    body = f"""<main class="wp-block-group" id="content"><h1 class="wp-block-post-title">{e(view.title)}</h1>
<div class="entry-content wp-block-post-content">{view.content}</div></main>"""
    return _document(
        view.site, body, title=view.title, head=canonical(view.url) if view.url else "", classes=view.css_class
    )


def _document(site: SiteView, body: str, *, title: str, classes: str, head: str = "", language: str = "en-US") -> str:
    whole = f"""<div class="wp-site-blocks"><header class="wp-block-template-part"><p class="wp-block-site-title">
<a href="{site.base_url}/" rel="home">{e(site.name)}</a></p>
<nav class="wp-block-navigation" aria-label="Menu">{menu(site)}</nav></header>
{body}
</div>{footer(site)}"""
    return document(
        site, title=title, body=whole, theme="block", head=INLINE_STYLES + head, classes=classes, language=language
    )
