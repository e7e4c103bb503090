"""A blog theme of 2010: `hentry` microformats, a sidebar with widgets, no JSON-LD, "Print Friendly" above the text."""

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
    link,
    menu,
    page_links,
    pagination,
    plain_image,
    share_bar,
)


def post(view: PostView) -> str:
    older = f'<link rel="prev" title="{e(view.older.text)}" href="{e(view.older.url)}" />\n' if view.older else ""
    newer = f'<link rel="next" title="{e(view.newer.text)}" href="{e(view.newer.url)}" />\n' if view.newer else ""
    body = f"""<article id="post-{view.id}" class="post-{view.id} post type-post status-publish format-standard hentry">
<h1 class="entry-title">{e(view.title)}</h1>
<div class="entry-meta"><span class="meta-prep">Posted on</span> <a href="{view.url}" rel="bookmark">
<time class="entry-date published"
 datetime="{iso(view.posted_at)}">{day(view.posted_at)}</time></a>
<time class="updated screen-reader-text" datetime="{iso(view.modified_at)}"></time>
<span class="by-author">by <span class="author vcard">{link(view.author, ' class="url fn n" rel="author"')}</span>
</span></div>
<div class="entry-content">
<div class="printfriendly pf-alignright">
<a href="#" rel="nofollow" onclick="window.print();return false;">Print Friendly and PDF</a></div>
{_image(view)}{view.content}
{page_links(view)}{share_bar(view.url)}</div>
<div class="entry-utility">{_filed(view)} Bookmark the <a href="{view.url}" rel="bookmark">permalink</a>.</div>
</article>
<nav id="nav-below" class="navigation">{_neighbours(view)}</nav>
{RELATED}
{comments(view)}"""
    return _document(
        view.site,
        body,
        title=view.title,
        head=older + newer + canonical(view.url),
        classes="single single-post",
        language=view.language,
    )


def _image(view: PostView) -> str:
    return plain_image(view.image_url, "", "attachment-post-thumbnail wp-post-image") + "\n" if view.image_url else ""


def _filed(view: PostView) -> str:
    filed = ", ".join(link(category, ' rel="category tag"') for category in view.categories)
    tagged = ", ".join(link(tag, ' rel="tag"') for tag in view.tags)
    return (f"This entry was posted in {filed}." if filed else "") + (f" Tagged {tagged}." if tagged else "")


def _neighbours(view: PostView) -> str:
    older = (
        f'<div class="nav-previous"><a href="{view.older.url}" rel="prev">&larr; {e(view.older.text)}</a></div>'
        if view.older
        else ""
    )
    newer = (
        f'<div class="nav-next"><a href="{view.newer.url}" rel="next">{e(view.newer.text)} &rarr;</a></div>'
        if view.newer
        else ""
    )
    return older + newer


def listing(view: ListingView) -> str:
    cards = "\n".join(_card(card) for card in view.cards)
    body = f'<h1 class="page-title">{e(view.heading)}</h1>\n{cards}\n{pagination(view)}'
    return _document(view.site, body, title=view.heading, classes="archive")


def _card(card: Card) -> str:
    return f"""<div class="post type-post hentry"><h2 class="entry-title">
<a href="{card.url}" rel="bookmark">{e(card.title)}</a></h2>
<div class="entry-meta">
<span class="entry-date">{day(card.posted_at)}</span> by
<span class="author vcard">{link(card.author, ' class="url fn n"')}</span></div>
<div class="entry-summary"><p>{e(card.excerpt)} <a href="{card.url}">Continue reading &rarr;</a></p></div></div>"""


def page(view: PageView) -> str:
    body = f"""<div class="page hentry"><h1 class="entry-title">{e(view.title)}</h1>
<div class="entry-content">{view.content}</div></div>"""
    return _document(
        view.site, body, title=view.title, head=canonical(view.url) if view.url else "", classes=view.css_class
    )


def _document(site: SiteView, body: str, *, title: str, classes: str, head: str = "", language: str = "en-US") -> str:
    whole = f"""<div id="page" class="hfeed"><header id="branding"><div class="site-title">
<a href="{site.base_url}/" rel="home">{e(site.name)}</a></div>
<div id="site-description">{e(site.tagline)}</div><nav id="access">{menu(site)}</nav></header>
<div id="main"><div id="content" role="main">
{body}
</div>{_sidebar(site)}</div>{footer(site)}</div>"""
    return document(site, title=title, body=whole, theme="classic", head=head, classes=classes, language=language)


def _sidebar(site: SiteView) -> str:
    recent = "".join(
        f'<li><a href="{card.url}">{e(card.title)}</a> <span class="post-date">{day(card.posted_at)}</span></li>'
        for card in site.recent
    )
    months = "".join(f"<li>{link(month)}</li>" for month in site.months)
    return f"""<div id="secondary" class="widget-area"><aside class="widget widget_recent_entries">
<h3 class="widget-title">Recent Posts</h3><ul>{recent}</ul></aside>
<aside class="widget widget_archive"><h3 class="widget-title">Archives</h3><ul>{months}</ul></aside>
<aside class="widget widget_text"><h3 class="widget-title">In the press</h3><div class="textwidget">
<p>Feature: The Detroit News, June 4, 2025</p></div></aside></div>"""
