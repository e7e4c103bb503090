"""What a line is by itself: the site's own date, a photo credit, a call to read on, the head of a press release …

Every feature is one small function or one row of a table; `explain` shows their names beside each line.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from archive.dates import find_dates, fold, resolve
from archive.model import Line, PageContext
from archive.provenance.fragments import Parsed, parse
from archive.provenance.house import House
from archive.provenance.labels import label_of_next
from archive.provenance.links import original_links, same_site
from archive.provenance.names import cut_label, person_shape
from archive.provenance.openings import Glance
from archive.provenance.press import known_prefix
from archive.provenance.role_rules import Role, read_words
from archive.provenance.words import PRESS_CATEGORIES
from archive.urls import host_of

SHORT = 220
"""Longer lines are paragraphs of an article, whatever they begin with."""

_DATELINE = re.compile(
    r"^(?:[A-ZÀ-Þ][A-ZÀ-Þ.’' -]{2,30}(?:,\s*[A-Z][\w.]{1,12})?|[A-Z][a-z]++(?: [A-Z][a-z]++)?,\s(?:[A-Z][a-z]{1,5}\.|"
    r"[A-Z]{2}))\s*"
    r"(?P<paren>\((?P<inner>[^)]{2,40})\))?\s*(?:,?\s*(?P<date>[A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?))?\s*(?:[–—]|"
    r"--?|:)\s*"
)
_THEME = re.compile(
    r"(?:^|[\s_-])(?:entry-meta|entry-date|posted-on|post-date|post-meta|meta|published|updated|byline|author|vcard|"
    r"date|time|postmetadata|post-info|"
    r"blog-date|article-date|dateline|timestamp|et_pb_title_meta_container|wp-block-post-date|"
    r"wp-block-post-author\S*|td-post-date|date-header|publish-date|"
    r"submitted|post-author|entry-author|cat-links|post-details|single-meta)(?:$|[\s_-])"
)
_TEASER = re.compile(
    r"(?:^|\s)widget(?:$|[\s_-])|"  # never Elementor's `elementor-widget-…`: it calls every part of a post so
    r"(?:^|[\s_-])(?:related|sidebar|recent|newsletter|comment(?:s|list)?|footer|nav|menu|share|"
    r"social|promo|advert)(?:$|[\s_-])"
)
_OWN_TITLE = re.compile(
    r"^(?:recap|news coverage|media coverage|press coverage|in case you missed|icymi|week in|this week|last week|"
    r"round-?up|press clips|save the date|event|webinar|"
    r"podcast|media mentions|in the news|weekly|photos?|video recap|reminder|register|join us)\b|\bop-?ed in\b|"
    r"\b(?:named|nominated|selected|honou?red|recogni[sz]ed|"
    r"featured|quoted|listed|ranked|appears?|appeared) (?:to|as|by|among|in|on|one)\b|\|\s*this week in\b|\brecap\b",
)
"""For text in lower case."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What is known of a page before its lines are read, its names folded once for all of them."""

    context: PageContext
    house: House
    title: str
    categories: frozenset[str]
    site_author: str
    initials: frozenset[str]
    """How they begin, and a byline, small and capital: a line with another plain first letter is none of them."""


@dataclass(kw_only=True, eq=False)
class Read:
    """A line with everything its own words say."""

    index: int
    line: Line
    page: Setting
    roles: dict[Role, str] = field(default_factory=dict)
    """Role → name of the rule that gave it."""
    glance: Glance | None = None
    """How a short line's words begin; None for a long one, of which it is seldom asked."""
    label: str | None = None
    """What the line before says this one is."""
    metadata: bool = False
    """Whether the line may name an outlet, a date or authors."""
    is_paragraph: bool = False
    """Whether the line is running text."""

    @cached_property
    def parsed(self) -> Parsed:
        """The line cut into fragments, when somebody asks: a theme's own lines are never asked for theirs."""
        return parse(self.line, self.page.context, self.page.house, label=self.label) if self.metadata else _EMPTY

    @cached_property
    def originals(self) -> tuple[str, ...]:
        """Links in the line that leave the blog."""
        linked = self.line.links or "http" in self.line.text
        return tuple(original_links(self.line, self.page.house.host)) if linked else ()

    def has(self, *roles: Role) -> bool:
        return not self.roles.keys().isdisjoint(roles)


_PLAIN = frozenset(string.ascii_letters + string.digits)
"""What a folded text begins with if the text does."""


def setting(context: PageContext, house: House) -> Setting:
    title, site_author = fold(context.title or ""), fold(context.site_author or "")
    categories = frozenset(map(fold, context.categories))
    begun = "".join([words[:1] for words in (title, site_author, "by", "posted by", *categories)])
    return Setting(
        context=context,
        house=house,
        title=title,
        categories=categories,
        site_author=site_author,
        initials=frozenset(begun + begun.upper()),
    )


def read_line(index: int, line: Line, page: Setting, *, before: Line | None = None) -> Read:
    """Say what *line* is by itself; of the line *before* it only whether that is a label for this one."""
    if line.zone in ("breadcrumb", "title"):
        return Read(index=index, line=line, page=page, roles={line.zone: "zone"})
    if len(line.text) > SHORT:
        return _paragraph(index, line, page)
    if label_of_next(line):
        roles: dict[Role, str] = {"label": "label-of-the-next-line"}
        return Read(index=index, line=line, page=page, roles=roles)
    seen, told = read_words(line.text)
    roles = dict(told)
    if "chrome" in roles and _is_posted_in_an_outlet(line.text, page.context):
        del roles["chrome"]
    roles |= _by_context(line, page)
    if is_running_text(line.text):
        roles.setdefault("text", "sentence")
    return Read(
        index=index,
        line=line,
        page=page,
        roles=roles,
        glance=seen,
        label=label_of_next(before) if before else None,
        metadata=_NO_METADATA.isdisjoint(roles),
        is_paragraph="text" in roles,
    )


def _paragraph(index: int, line: Line, page: Setting) -> Read:
    """A line too long to be anything but running text."""
    roles: dict[Role, str] = {"text": "sentence"}
    if "#" in line.text[-12:] and _HASH_MARKS.search(line.text[-12:]):
        roles = {"release-end": "hash-marks", **roles}
    return Read(index=index, line=line, page=page, roles=roles, is_paragraph=True)


def _is_posted_in_an_outlet(text: str, context: PageContext) -> bool:
    """ "Posted in OUTLET on DATE": no theme's line of categories names an outlet and a day that is not the post's."""
    posted = _POSTED_IN.match(text)
    if posted is None or known_prefix(text[posted.end() :]) is None:
        return False
    days = [resolve(date, context.posted_on) for date in find_dates(text, context.language, context.date_order)]
    return any(day is not None and day != context.posted_on for day in days)


_POSTED_BY = re.compile(r"^(?:posted )?by:?\s*")
_POSTED_IN = re.compile(r"posted in:?\s+", re.IGNORECASE)
_NO_METADATA: frozenset[Role] = frozenset(
    ("text", "chrome", "credit", "release", "contact", "salutation", "echo", "hook")
)
_EMPTY = Parsed(fragments=(), explained=0.0)
_HASH_MARKS = re.compile(r"#\s?#\s?#+\s*$")


def is_running_text(text: str) -> bool:
    """Whether *text* is a sentence or more of running text, rather than a head line.

    >>> is_running_text("By Ana Ruiz, The Daily Courier")
    False
    >>> is_running_text("The board met on Tuesday, and nobody knew what it wanted.")
    True
    """
    if len(text) > 170:
        return True
    words = text.split()
    if len(words) < 9 or (len(words) <= 14 and text.rstrip("”\"’') ")[-1:] not in ".!?:…"):
        return False
    lower = sum([word[0].islower() for word in words])
    if lower < 4 or lower * 2 < len(words) - 1:
        return False
    return len(words) > 14 or len(text) >= 120 or not cut_label(text)[0]


_DATELINE_CHARS = 90
_DATED_OR_BRACKETED = re.compile(r"[(\d]")


def dateline(text: str) -> re.Match[str] | None:
    """The opening words naming the place of a report, with an agency or a date in them; None when there are none."""
    match = _DATELINE.match(text, 0, _DATELINE_CHARS)
    if match is None or not _DATED_OR_BRACKETED.search(text, 0, _DATELINE_CHARS):
        return None
    return match if len(text) > match.end() + 10 else None


@lru_cache(maxsize=256)
def is_own_title(title: str | None) -> bool:
    """Whether the headline is one of the blog's own kinds: a recap, a round-up, an honour, an event."""
    return bool(title and _OWN_TITLE.search(title.lower()))


def is_press_category(names: Sequence[str]) -> bool:
    """Whether the post is filed under what the press wrote."""
    return any(_is_press_name(fold(name)) for name in names)


@lru_cache(maxsize=1024)
def _is_press_name(folded: str) -> bool:
    return folded.strip() in _PRESS or any(map(folded.__contains__, _LONG_PRESS))


_PRESS = frozenset(fold(name) for name in PRESS_CATEGORIES)
_LONG_PRESS = tuple(name for name in _PRESS if len(name) > 9)


def _by_context(line: Line, page: Setting) -> dict[Role, str]:
    found: dict[Role, str] = {}
    initial = line.text[:1]
    text = fold(line.text) if initial in page.initials or initial not in _PLAIN else None
    if text and text == page.title:
        found["echo"] = "title-again"
    if text in page.categories:
        found["category"] = "category-name"
    if line.caption:
        found["caption"] = "caption"
    if line.alt:
        found["alt"] = "alt-text"
    if line.quoted:
        found["quoted"] = "quotation"
    if line.level is not None:
        found["heading"] = f"h{line.level}"
    printed_by = _printed_by(line.classes) if line.classes else None
    if printed_by == "teaser":
        found["chrome"] = "teaser-class"
    elif printed_by == "theme" or (line.links and _is_author_link(line, page.house)):
        found["site-date" if any(map(str.isdigit, line.text)) else "site-author"] = "theme-class"
    elif text and page.site_author and line.zone == "head" and _POSTED_BY.sub("", text) == page.site_author:
        found["site-author"] = "same-as-site-author"
    return found


@lru_cache(maxsize=1024)
def _printed_by(classes: str) -> Literal["teaser", "theme"] | None:
    """What of the theme prints a line, by its class names."""
    return "teaser" if _TEASER.search(classes) else "theme" if _THEME.search(classes) else None


def _is_author_link(line: Line, house: House) -> bool:
    return person_or_by(line.text) and all(
        _AUTHORS_PAGE.search(link.href) and same_site(host_of(link.href), house.host) for link in line.links
    )


_AUTHORS_PAGE = re.compile(r"/(?:author|authors|profile|user|users|autor|auteur|team|staff)/")


def person_or_by(text: str) -> bool:
    """Whether the line is nothing but a name or a byline."""
    return len(text) < 60 and (text.casefold().startswith(("by", "von", "por", "par", "di ")) or person_shape(text) > 0)
