"""The parts of a page that are not the post: menus, sidebars, share bars, related posts, comments.

Themes and plugins name them by a few hundred class names and ids. Whole names are matched, so that wrappers named after
a layout (`has-sidebar`, `content-sidebar-wrap`) are left alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, cast

from lxml.etree import _Element

Part = Literal[
    "nav",
    "breadcrumb",
    "pagination",
    "aside",
    "footer",
    "related",
    "comments",
    "share",
    "author",
    "form",
    "notice",
    "terms",
]

_WHO = (
    r"(?:site|main|primary|secondary|mobile|desktop|top|bottom|header|footer|global|left|right|blog|page|post|entry|et)"
)
NAMES: tuple[tuple[Part, str], ...] = (
    ("breadcrumb", r"(?:.*[-_])?bread-?crumbs?(?:[-_].*)?|crumbs?|aioseo-breadcrumbs"),
    (
        "pagination",
        r"(?:.*[-_])?pagination(?:[-_].*)?|page-numbers|page-links|post-page-numbers|nav-links|wp-pagenavi|pager"
        r"|nav-(?:previous|next|below|above|single)|navigation|(?:posts?|entry|single|article)[-_]nav(?:igation)?(?:[-_].*)?"
        r"|prev-next(?:[-_].*)?|adjacent-posts?|elementor-post-navigation.*|et_pb_posts?_nav.*|wp-block-post-navigation-link",
    ),
    (
        "comments",
        r"(?:post-)?comments?(?:[-_](?:area|list|section|wrapper|wrap|container|template|respond|form|title|link).*)?"
        r"|respond|reply-title|commentlist|comment-?reply.*|disqus.*|fb-comments|wp-block-(?:post-)?comments.*|et_pb_comments.*",
    ),
    (
        "share",
        r"shar(?:e|ing)(?:[-_].*)?|share-?(?:bar|buttons?|links?|this)|sharedaddy|sd-.*|.*[-_]shar(?:e|ing|er)(?:[-_].*)?"
        r"|social(?:[-_].*)?|addtoany.*|a2a_.*|heateor.*|ssba.*|sfsi.*|shareaholic.*|et_social.*|wp-block-social-links?|essb.*"
        r"|jp-(?:post-)?flair|jetpack-likes.*|likes?-(?:button|widget).*|mashsb.*|printfriendly|pf-button.*|print-?(?:link|button|friendly|post|page).*"
        r"|et_pb_social.*|wp-block-file__button|wp-block-outermost-social-sharing.*|elementor-share-buttons.*|elementor-widget-(?:share-buttons|social-icons)|simplesocial.*|ssb.*|dpsp-.*",
    ),
    (
        "related",
        r"related(?:[-_].*)?|.*[-_]related(?:[-_].*)?|relatedposts?|jp-relatedposts.*|yarpp.*|crp_.*|rp4wp.*|zemanta.*"
        r"|(?:recent|latest|popular|trending|more|similar|recommended|suggested|other)[-_]?(?:posts?|articles?|stories|news)(?:[-_].*)?"
        r"|you-?(?:may|might).*|read-?(?:next|also)|up-?next|wp-block-(?:latest-posts|query|query-loop|post-template)"
        r"|elementor-widget-(?:posts|archive-posts|loop-.*)|elementor-posts.*|et_pb_(?:blog|portfolio|posts).*|also-like.*|fl-post-grid.*",
    ),
    (
        "aside",
        rf"(?:{_WHO}[-_]?)?sidebar(?:[-_](?:\d+|area|inner|content|wrap|wrapper|container|primary|main|left|right|widgets?))?"
        r"|widget|widget[-_]area|widget_.*|widgettitle|et_pb_widget(?:_area)?.*|elementor-widget-(?:sidebar|wp-widget-.*)"
        r"|wp-block-(?:archives|categories|tag-cloud|calendar|rss)(?:[-_].*)?",
    ),
    (
        "author",
        r"(?:post-|entry-|article-)?author-?_?(?:box|bio|card|area|description|profile|section|about|block|details)(?:[-_].*)?"
        r"|(?:about|post|entry)-(?:the-)?author-(?:box|bio|info|wrap).*|about-(?:the-)?author|saboxplugin.*|pp-(?:multiple-)?author.*box.*"
        r"|wp-block-post-author-biography|elementor-(?:widget-)?author-box.*|molongui.*",
    ),
    (
        "form",
        r"(?:.*[-_])?newsletter(?:[-_].*)?|(?:.*[-_])?subscribe(?:[-_].*)?|subscri(?:ption|be).*|mc4wp.*|mailchimp.*|mc_embed.*|gform_.*|wpcf7.*"
        r"|hs-form.*|hbspt.*|sign-?up(?:[-_].*)?|opt-?in(?:[-_].*)?|jetpack_subscription.*|et_bloom.*|tnp(?:[-_].*)?|wpforms.*|nf-form.*"
        r"|search-?form.*|elementor-widget-(?:form|search.*)|wp-block-(?:search|jetpack-subscriptions).*|klaviyo.*|et_pb_(?:contact|signup).*",
    ),
    (
        "notice",
        r"(?:.*[-_])?cookies?(?:[-_].*)?|gdpr.*|cmplz.*|moove_gdpr.*|cky-.*|onetrust.*|ot-sdk.*|cybotcookie.*|consent(?:[-_].*)?|popup(?:[-_].*)?"
        r"|pum(?:[-_].*)?|modal(?:[-_].*)?|announcement(?:[-_].*)?|(?:notice|alert|promo|cta)-(?:bar|banner|box)|ads?|adsbygoogle|advert(?:isement)?s?(?:[-_].*)?"
        r"|google-auto-placed|elementor-location-popup|skip-link|skip-to-content",
    ),
    (
        "terms",
        r"(?:(?:post|entry|article)-)?(?:tags|categories)(?:-links|-list)?|tags?-links|cat-links|post_tags|tag-?cloud|wp-block-post-terms",
    ),
    (
        "footer",
        r"(?:site|page|main|global|entry|post|article|et)[-_]footer(?:[-_].*)?|footer|colophon|footer-.*|elementor-location-footer|et-l--footer"
        r"|fl-page-footer.*|copyright|site-info|back-to-top|scroll-?(?:to-?)?top",
    ),
    (
        "nav",
        rf"(?:{_WHO}[-_]?)?(?:nav|navbar|menu|navigation)(?:[-_](?:links|area|container|wrap|wrapper|inner|bar|list|items?|toggle|primary|main|\d+))?"
        r"|menu-item.*|site-header.*|masthead|mega-?menu.*|elementor-location-header|et-l--header|fl-page-header.*|wp-block-navigation.*"
        r"|elementor-widget-nav-menu|off-?canvas.*|drawer(?:[-_].*)?|language-(?:switcher|selector)|wpml-ls.*|site-branding|top-?bar|toc(?:[-_].*)?|ez-toc.*",
    ),
)
_NAMED = re.compile("|".join(f"(?P<{part}>{names})" for part, names in NAMES), re.I)

NAME_CHARS = 80
"""No theme's name is longer; a hostile page's may be."""

ROLES: dict[str, Part] = {
    "navigation": "nav",
    "menu": "nav",
    "menubar": "nav",
    "banner": "nav",
    "complementary": "aside",
    "contentinfo": "footer",
    "search": "form",
    "dialog": "notice",
    "alertdialog": "notice",
}
TAGS: dict[str, Part] = {"nav": "nav", "aside": "aside", "footer": "footer", "form": "form", "dialog": "notice"}
_WHOLE_PAGE = frozenset(["html", "body", "main", "article"])


def own_part(element: _Element) -> Part | None:
    """What *element* by its own tag, role, id and classes is; None for what may be the post."""
    tag, given = str(element.tag), element.keys()
    if tag in _WHOLE_PAGE:
        return None
    if "aria-label" in given and tag in ("nav", "ol", "div"):
        named = part_named((element.get("aria-label") or "").replace(" ", "-"))
        if named in ("breadcrumb", "pagination"):
            return named
    if "class" in given and (named := _part_of_names(element.get("class") or "")):
        return named
    if "id" in given and (named := part_named(element.get("id") or "")):
        return named
    return (ROLES.get(element.get("role") or "") if "role" in given else None) or TAGS.get(tag)


@lru_cache(maxsize=2048)
def _part_of_names(names: str) -> Part | None:
    return next((part for name in names.split() if (part := part_named(name))), None)


@lru_cache(maxsize=2048)
def part_named(name: str) -> Part | None:
    """What a class name or id says by itself."""
    if len(name) > NAME_CHARS or name.startswith(_ABOUT_THE_LAYOUT) or _SERIAL.search(name):
        return None
    found = _NAMED.fullmatch(name)
    return cast("Part", found.lastgroup) if found else None


# Names made for one element (`elementor-element-3f2a91c`, `post-1234`): asked once and never again.
_SERIAL = re.compile(r"[-_](?=[a-f]*\d)[0-9a-f]{4,}$")
_ABOUT_THE_LAYOUT = ("has-", "no-", "with-", "is-", "hide-", "show-", "without-")


# Whatever stands in these is of them: the `<footer>` of a comment is no footer of the post.
_STICKY: frozenset[Part | None] = frozenset(["comments", "related", "notice"])


class Regions:
    """Says of each element of one page which part of it the element stands in; remembers what it looked at."""

    def __init__(self) -> None:
        self._known: dict[_Element, Part | None] = {}

    def of(self, element: _Element) -> Part | None:
        """The innermost part around *element*, itself included; None in the page's main matter."""
        path: list[_Element] = []
        node: _Element | None = element
        while node is not None and node not in self._known:
            path.append(node)
            node = node.getparent()
        part = self._known[node] if node is not None else None
        for node in reversed(path):
            own = own_part(node) if part not in _STICKY else None
            part = own if own and not _wraps_the_page(node, own) else part
            self._known[node] = part
        return part


def _wraps_the_page(element: _Element, part: Part) -> bool:
    """Pages stand in forms, and some themes name the frame around everything `page-nav`."""
    if next(element.iter("main"), None) is not None:
        return True
    if part == "aside" and any("hentry" in (e.get("class") or "").split() for e in element.iter("div", "article")):
        return True  # Blogger: the posts themselves are the widget `Blog`
    return part in ("nav", "form", "aside") and next(element.iter("h1"), None) is not None and element.tag != "nav"
