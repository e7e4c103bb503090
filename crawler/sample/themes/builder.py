"""A page builder's markup: rows in sections in columns, modules around everything, and a schema script of its own.

Its JSON-LD is an array, and broken for every fourth post: the builder prints a line break inside a string.
"""

from __future__ import annotations

import json
from datetime import UTC

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
    open_graph,
    page_links,
    pagination,
    share_bar,
)

CATEGORY_TAG = ' rel="category tag"'


def post(view: PostView) -> str:
    image = f'<div class="et_pb_image">{lazy_image(view.image_url, "", "wp-image")}</div>' if view.image_url else ""
    body = f"""<div class="et_pb_section et_pb_section_0_tb_body et_section_regular">
<div class="et_pb_row et_pb_row_0"><div class="et_pb_column et_pb_column_4_4">
<div class="et_pb_module et_pb_post_title et_pb_bg_layout_light"><div class="et_pb_title_container">
<h1 class="entry-title">{e(view.title)}</h1>
<p class="et_pb_title_meta_container">by <span class="author vcard">{link(view.author, ' rel="author"')}</span> |
<span class="published">{day(view.posted_at)}</span>{_filed(view)}</p></div></div>
{image}</div></div></div>
<div class="et_pb_section et_pb_section_1_tb_body"><div class="et_pb_row et_pb_row_1">
<div class="et_pb_column et_pb_column_4_4 et-last-child">
<div class="et_pb_module et_pb_post_content et_pb_post_content_0_tb_body">
<div class="printfriendly pf-alignleft"><a href="#" rel="nofollow">Print Friendly and PDF</a></div>
{view.content}
{page_links(view)}</div>
<div class="et_pb_module et_pb_code"><div class="et_pb_code_inner">{share_bar(view.url)}</div></div>
<div class="et_pb_module et_pb_blurb">{RELATED}</div>
<div class="et_pb_module et_pb_comments">{comments(view)}</div></div></div></div>"""
    head = canonical(view.url) + open_graph(view) + _schema(view)
    classes = "single single-post et_divi_theme et-db et_pb_pagebuilder_layout"
    return _document(view.site, body, title=view.title, head=head, classes=classes, language=view.language)


def _filed(view: PostView) -> str:
    return "".join(f" | {link(category, CATEGORY_TAG)}" for category in view.categories)


def _schema(view: PostView) -> str:
    posting = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": view.title,
        "datePublished": iso(view.posted_at.astimezone(UTC)),
        "dateModified": iso(view.modified_at.astimezone(UTC)),
        "author": [{"@type": "Person", "name": view.author.text}],
        "description": "From our blog: notes from the docks.",
    }
    script = json.dumps([posting], ensure_ascii=False).replace("</", "<\\/")
    broken = script.replace("From our blog: ", "From our blog:\n") if view.id % 4 == 3 else script
    return f'<script type="application/ld+json">{broken}</script>\n'


def listing(view: ListingView) -> str:
    cards = "".join(_card(card) for card in view.cards)
    body = f"""<div class="et_pb_section"><div class="et_pb_row"><h1 class="archive-title">{e(view.heading)}</h1>
<div class="et_pb_module et_pb_blog_0 et_pb_blog_grid">{cards}</div>
{load_more_button(view)}{pagination(view, "wp-pagenavi")}</div></div>"""
    return _document(view.site, body, title=view.heading, classes="archive et_divi_theme")


def _card(card: Card) -> str:
    return f"""<div class="et_pb_post clearfix"><h2 class="entry-title"><a href="{card.url}">{e(card.title)}</a></h2>
<p class="post-meta">by {link(card.author)} | <span class="published">{day(card.posted_at)}</span></p>
<div class="post-content"><p>{e(card.excerpt)}</p><a href="{card.url}" class="more-link">read more</a></div></div>"""


def page(view: PageView) -> str:
    body = f"""<div class="et_pb_section"><div class="et_pb_row"><h1 class="entry-title">{e(view.title)}</h1>
<div class="et_pb_module et_pb_text"><div class="et_pb_text_inner">{view.content}</div></div></div></div>"""
    return _document(
        view.site, body, title=view.title, head=canonical(view.url) if view.url else "", classes=view.css_class
    )


def _document(site: SiteView, body: str, *, title: str, classes: str, head: str = "", language: str = "en-US") -> str:
    whole = f"""<div id="page-container"><header id="main-header"><div class="container clearfix et_menu_container">
<span class="logo"><a href="{site.base_url}/">{e(site.name)}</a></span>
<nav id="top-menu-nav">{menu(site)}</nav></div></header>
<div id="et-main-area"><div id="main-content">
{body}
</div>{footer(site)}</div></div>"""
    return document(site, title=title, body=whole, theme="builder", head=head, classes=classes, language=language)
