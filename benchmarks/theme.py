"""What a theme and its plugins print around a post: head, menus, sidebar, related posts, footer, scripts.

Pages of 60 to 100 kB that hold as much of everything as saved pages of WordPress sites of that size do
(`python -m benchmarks.density FOLDER` counts them; docs/reading-pages.md compares). Addresses begin with the blog's
root; `Blog` makes them whole, as WordPress prints them.
"""

from __future__ import annotations

import json
import random
from html import escape

BLOG_NAME = "Harbor Works"
STYLE_BYTES = 5_000
SCRIPT_BYTES = 3_500
PAGE_STYLE_BYTES = 16_000
"""At most, of the styles that builders print for one page."""
IMAGE_WIDTHS = (300, 768, 1024, 1536, 2048)
ICONS = {
    "facebook": "M12 2C6.5 2 2 6.5 2 12c0 5 3.7 9.1 8.4 9.9v-7H7.9V12h2.5V9.8c0-2.5 1.5-3.9 3.8-3.9z",
    "x": "M18.2 2.3h3.3l-7.2 8.3 8.5 11.2h-6.7l-5.2-6.8-6 6.8H1.7l7.7-8.8L1.3 2.3H8l4.7 6.2z",
    "linkedin": "M19.7 3H4.3A1.3 1.3 0 0 0 3 4.3v15.4A1.3 1.3 0 0 0 4.3 21h15.4a1.3 1.3 0 0 0 1.3-1.3V4.3z",
    "email": "M20 4H4c-1.1 0-2 .9-2 2v12c0 1.1.9 2 2 2h16c1.1 0 2-.9 2-2V6c0-1.1-.9-2-2-2z",
}
AREAS = ("About", "Programs", "Membership", "Events", "Advocacy", "News")


def head_start() -> str:
    return (
        "<!DOCTYPE html>\n<html lang='en-US' prefix='og: https://ogp.me/ns#'>\n<head>\n<meta charset='UTF-8'>\n"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        "<link rel='profile' href='https://gmpg.org/xfn/11'>\n<link rel='pingback' href='/xmlrpc.php'>\n"
        "<meta name='robots' content='index, follow, max-image-preview:large, max-snippet:-1'>\n"
        "<!-- This site is optimized with an SEO plugin -->\n"
    )


def styles() -> str:
    """Everything of the head that all pages share."""
    sheets = "".join(
        f"<link rel='stylesheet' id='plugin-{n}-css' type='text/css' media='all'"
        f" href='/wp-content/plugins/plugin-{n}/assets/css/style.min.css?ver={n}.1'>\n"
        for n in range(16)
    )
    scripts = "".join(
        f"<script type='text/javascript' src='/wp-includes/js/module-{n}.min.js?ver=3.7' id='module-{n}-js'></script>\n"
        for n in range(6)
    )
    icons = "".join(
        f"<link rel='icon' href='/wp-content/uploads/icon-{size}x{size}.png' sizes='{size}x{size}'>\n"
        for size in (32, 192, 270)
    )
    metas = "".join(f"<meta name='{name}' content='f3c1e0a{name}'>\n" for name in ("site-verification", "theme-color"))
    return (
        "<link rel='dns-prefetch' href='https://stats.example'>\n"
        "<link rel='alternate' type='application/rss+xml' title='Feed' href='/feed/'>\n"
        "<link rel='alternate' type='application/rss+xml' title='Comments Feed' href='/comments/feed/'>\n"
        f"<script>window._wpemojiSettings={{}};{javascript(1_500)}</script>\n<style id='wp-emoji-styles-inline-css'>"
        f"{css(1, 700)}</style>\n{sheets}<style id='global-styles-inline-css'>{css(0, STYLE_BYTES)}</style>\n{scripts}"
        f"<meta name='generator' content='WordPress 6.6.2'>\n{metas}{icons}"
        "<!-- Tag manager snippet added by plugin -->\n<script async src='https://stats.example/tag.js'></script>\n"
        f"<script id='tag-js-after'>{javascript(600)}</script>\n<style id='wp-custom-css'>{css(2, 900)}</style>\n"
    )


def page_styles(number: int) -> str:
    """The styles one page has for itself."""
    size = random.Random(number).randrange(2_000, PAGE_STYLE_BYTES)
    return f"<style id='page-{number}-inline-css' type='text/css'>{css(number, size)}</style>"


def menu(kind: str) -> str:
    """From the end of the head to where the content begins; *kind* is what `body_class` says of the page."""
    columns = "".join(_menu_column(number, name) for number, name in enumerate(AREAS, 1))
    return f"""</head>
<body class='{kind} wp-custom-logo wp-embed-responsive group-blog has-sidebar'>
<!-- Tag manager (noscript) -->
<noscript><iframe src='https://stats.example/ns.html' height='0' width='0' style='display:none'></iframe></noscript>
<div id='page' class='site hfeed'><a class='skip-link screen-reader-text' href='#content'>Skip to content</a>
<div class='top-bar'><div class='container'><div class='row'>
<div class='col-md-6 top-bar-text'><p>Find us at the old ferry terminal</p></div>
<div class='col-md-6 top-bar-links'>
{"".join(_social(name) for name in ("facebook", "linkedin"))}</div></div></div></div>
<header id='masthead' class='site-header sticky-header' itemscope itemtype='https://schema.org/WPHeader'>
<div class='container'><div class='header-inner'><div class='site-branding'>
<a href='/' class='custom-logo-link' rel='home'><img width='240' height='80' src='/wp-content/uploads/logo.png'
 class='custom-logo' alt='{BLOG_NAME}' decoding='async'></a></div><!-- .site-branding -->
<nav id='site-navigation' class='main-navigation' aria-label='Primary menu'>
<button class='menu-toggle' aria-controls='primary-menu' aria-expanded='false'><span class='bar'></span></button>
<div class='menu-main-container'><ul id='primary-menu' class='menu'>{columns}</ul></div></nav><!-- #site-navigation -->
<div class='header-search'><form role='search' method='get' class='search-form' action='/'><label>
<span class='screen-reader-text'>Search for:</span><input type='search' class='search-field' name='s'></label>
<button type='submit' class='search-submit'>{_icon("x")}</button></form></div></div></div></header><!-- #masthead -->
<div id='content' class='site-content'><div class='container'><div class='row'>
"""


def _menu_column(number: int, name: str) -> str:
    items = "\n\t\t\t".join(_menu_item(f"{number}{item:02}", f"{name} item {item}") for item in range(1, 8))
    return (
        f"<li id='menu-item-{number}' class='menu-item menu-item-type-custom menu-item-object-custom"
        f" menu-item-has-children menu-item-{number}'><a href='/{name.lower()}/' aria-haspopup='true'>{name}</a>\n"
        f"<ul class='sub-menu'>\n{items}\n</ul></li>\n"
    )


def _menu_item(number: str, name: str) -> str:
    return (
        f"<li id='menu-item-{number}' class='menu-item menu-item-type-post_type menu-item-object-page"
        f" menu-item-{number}'><a href='/programs/area-{number}/' class='menu-link'>{name}</a></li>"
    )


def image(number: int, width: int, alt: str = "A freighter at the dock", names: str = "") -> str:
    name = f"/wp-content/uploads/2026/0{1 + number % 9}/harbor-{number % 2_000}"
    sources = ", ".join(f"{name}-{size}x{size * 2 // 3}.jpg {size}w" for size in IMAGE_WIDTHS)
    return (
        f"<img loading='lazy' decoding='async' width='{width}' height='{width * 2 // 3}'"
        f" src='{name}-{width}x{width * 2 // 3}.jpg' alt='{alt}'"
        f" class='attachment-large size-large wp-image-{number}{names}'"
        f" srcset='{sources}' sizes='(max-width: {width}px) 100vw, {width}px'>"
    )


def shares(path: str) -> str:
    items = "".join(
        f"<li class='share-{name}'><a rel='nofollow noopener noreferrer' class='share-{name} sd-button share-icon'"
        f" target='_blank' title='Click to share on {name.title()}' href='https://{name}.example/share?u={path}'>"
        f"{_icon(name)}<span>{name.title()}</span></a></li>"
        for name in ICONS
    )
    return (
        "<div class='sharedaddy sd-sharing-enabled'><div class='robots-nocontent sd-block sd-social sd-sharing'>"
        f"<h3 class='sd-title'>Share this:</h3><div class='sd-content'><ul>{items}</ul></div></div></div>"
    )


def _icon(name: str) -> str:
    return (
        f"<svg class='icon icon-{name}' aria-hidden='true' width='24' height='24' viewBox='0 0 24 24'>"
        f"<path d='{ICONS[name]}'></path></svg>"
    )


def _social(name: str) -> str:
    return (
        f"<a href='https://{name}.example/harborworks' class='social-link' target='_blank' rel='noopener'"
        f" aria-label='{name.title()}'><i class='fa fa-{name}' aria-hidden='true'></i></a>"
    )


def author_box() -> str:
    """What plugins print below a post about whoever put it on the blog."""
    return f"""<div class='author-box'><div class='author-avatar'>{image(7, 300, "Portrait")}</div>
<div class='author-info'><h4 class='author-title'><a href='/author/web-editor/' rel='author'>Web Editor</a></h4>
<p class='author-description'>The web team of {BLOG_NAME} keeps this page.</p></div></div><!-- .author-box -->"""


def comment_form() -> str:
    fields = "".join(
        f"<p class='comment-form-{name}'><label for='{name}'>{name.title()} <span class='required'>*</span></label>"
        f"<input id='{name}' name='{name}' type='text' size='30' maxlength='245' required></p>"
        for name in ("author", "email")
    )
    return f"""<div id='comments' class='comments-area'><div id='respond' class='comment-respond'>
<h3 id='reply-title' class='comment-reply-title'>Leave a Reply</h3>
<form action='/wp-comments-post.php' method='post' id='commentform' class='comment-form' novalidate>
<p class='comment-notes'><span id='email-notes'>Your email address will not be published.</span></p>
<p class='comment-form-comment'><label for='comment'>Comment</label>
<textarea id='comment' name='comment' cols='45' rows='8' maxlength='65525' required></textarea></p>{fields}
<p class='form-submit'><input name='submit' type='submit' id='submit' class='submit' value='Post Comment'></p></form>
</div><!-- #respond --></div><!-- #comments -->"""


def sidebar(recent: list[tuple[str, str, str]], categories: dict[str, str]) -> str:
    """Widgets: *recent* posts as path, title and printed day, categories, archives, a call to subscribe, a banner."""
    posts = "".join(
        f"<li class='recent-post-item'><div class='recent-post-thumb'><a href='{path}'>{image(n, 300)}</a></div>"
        f"<div class='recent-post-text'><a href='{path}'>{escape(title)}</a>"
        f"<span class='post-date'>{day}</span></div></li>\n"
        for n, (path, title, day) in enumerate(recent, 40)
    )
    listed = "".join(
        f"<li class='cat-item cat-item-{n}'><a href='/category/{slug}/'>{escape(name)}</a> (12)</li>"
        for n, (slug, name) in enumerate(categories.items(), 2)
    )
    months = "".join(f"<option value='/2026/0{n}/'> Month {n} &nbsp;(11)</option>" for n in range(1, 10))
    cloud = " ".join(
        f"<a href='/tag/topic-{n}/' class='tag-cloud-link tag-link-{n}' style='font-size: {8 + n % 9}pt;'>topic {n}</a>"
        for n in range(8)
    )
    return f"""<aside id='secondary' class='widget-area col-md-4' itemscope itemtype='https://schema.org/WPSideBar'>
{_widget("recent_posts_extended", "Recent Posts", f"<ul class='recent-posts'>{posts}</ul>")}
{_widget("categories", "Categories", f"<ul>{listed}</ul>")}
{_widget("archive", "Archives", f"<select name='archive-dropdown'>{months}</select>")}
{_widget("tag_cloud", "Topics", f"<div class='tagcloud'>{cloud}</div>")}
{_widget("media_image", "Our Members", f"<a href='/members/'>{image(90, 768, 'Join us')}</a>")}
</aside><!-- #secondary -->
"""


def _widget(name: str, title: str, inner: str) -> str:
    return (
        f"<section id='{name}-2' class='widget widget_{name} clearfix'><div class='widget-inner'>"
        f"<div class='widget-title-wrap'><h2 class='widget-title'><span>{title}</span></h2></div>\n\t\t"
        f"<div class='widget-content'>{inner}</div></div></section><!-- .widget -->"
    )


def card(number: int, path: str, title: str, day: str) -> str:
    """One of the related posts."""
    return f"""<div class='col-md-4 related-card'>
    <div class='card-inner'><div class='card-media'><a href='{path}' title='{escape(title, quote=True)}'>
{image(number, 768)}<span class='card-overlay'></span></a></div>
    <div class='card-body'><div class='card-meta'><span class='card-date'>{day}</span></div>
    <h3 class='card-title'><a href='{path}'>{escape(title)}</a></h3>
    <div class='card-more'><a class='more-link' href='{path}'>Read More
    <span class='screen-reader-text'>of it</span></a></div></div></div></div><!-- .related-card -->"""


def foot() -> str:
    """From the end of the sidebar to the end of the page: the footer, the cookie notice, the scripts."""
    columns = "\n".join(
        f"<div class='col-md-3 footer-widget'><div class='textwidget'><h3 class='widget-title'>{name}</h3><ul>"
        + "".join(
            f"<li class='page_item page-item-{item}'><a href='/{name.lower()}/{item}/'>{name} item {item}</a></li>\n"
            for item in range(1, 7)
        )
        + "</ul></div></div>"
        for name in AREAS[:3]
    )
    scripts = "\n".join(
        f"<script type='text/javascript' src='/wp-content/plugins/plugin-{n}/script.min.js?ver=6.6' id='plugin-{n}-js'"
        " defer></script>"
        for n in range(10)
    )
    inline = "\n".join(
        f"<script type='text/javascript' id='plugin-{n}-js-extra'>\n/* <![CDATA[ */\n{javascript(SCRIPT_BYTES // 4)}\n"
        "/* ]]> */\n</script>"
        for n in range(4)
    )
    rules = json.dumps({"prefetch": [{"source": "document", "where": {"and": [{"href_matches": "/*"}]}}]})
    return f"""</div></div></div><!-- #content --><footer id='colophon' class='site-footer'><div class='container'>
<div class='row footer-widgets'>{columns}<div class='col-md-3 footer-widget'><h3 class='widget-title'>Newsletter</h3>
<div class='mc4wp-form'><form class='mc4wp-form-fields' method='post'><p><label>Get our newsletter</label>
<input type='email' name='EMAIL' placeholder='Your email address' required></p><p><input type='submit' value='Sign up'>
</p></form></div></div></div><div class='footer-social'>{"".join(_social(name) for name in ICONS)}</div>
<div class='site-info'><p class='copyright'>© 2026 {BLOG_NAME}. All rights reserved.</p>
<p><a href='/privacy-policy/'>Privacy</a> <a href='/terms/'>Terms</a></p></div></div></footer><!-- #colophon -->
</div><!-- #page -->
<div id='cookie-notice' class='cookie-notice-hidden' role='dialog' aria-label='Cookies'><div class='cookie-container'>
<span id='cn-text'>We use cookies to understand how this site is used. Updated January 5, 2026.</span>
<span class='cookie-buttons'><a href='#' class='cn-button'>Ok</a></span></div></div>
<script type='speculationrules'>{rules}</script>
{scripts}
{inline}
</body></html>
<!-- Page cached by a plugin -->"""


def css(seed: int, size: int) -> str:
    chance = random.Random(seed)
    rules = (
        f".wp-block-{chance.randrange(10**6)}{{margin:{chance.randrange(99)}px;color:var(--wp--preset--color--{n})}}"
        for n in range(1 + size // 60)
    )
    return "".join(rules)[:size]


def javascript(size: int) -> str:
    settings = 'var themeSettings={"ajax":"/wp-admin/admin-ajax.php","breakpoints":[480,768,1024]};'
    return (settings * (1 + size // len(settings)))[:size]
