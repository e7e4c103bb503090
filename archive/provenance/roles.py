"""What a line is by itself: the site's own date, a photo credit, a call to read on, the head of a press release …

Every feature is one small function or one row of a table; `explain` shows their names beside each line.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from archive.dates import find_dates, fold, resolve
from archive.model import Line, PageContext
from archive.provenance.fragments import Parsed, label_of_next, parse
from archive.provenance.house import House
from archive.provenance.links import original_links, same_site
from archive.provenance.names import cut_label, person_shape
from archive.provenance.openings import Glance, beginnings, glance, lowered, openings
from archive.provenance.press import known_prefix
from archive.provenance.words import PRESS_CATEGORIES
from archive.urls import host_of

Role = Literal[
    "breadcrumb", "title", "echo", "site-date", "site-author", "category", "credit", "hook", "weak-hook", "release",
        "release-end",
        "contact",
    "dateline", "salutation", "event", "quoted", "caption", "alt", "attribution", "quote-person", "references",
        "chrome",
        "text",
        "metadata",
        "heading",
        "place",
        "label",
]  # fmt: skip

RULES: tuple[tuple[Role, str, str], ...] = (
    (
        "release",
        "for-immediate-release",
        r"^\W*(?:for immediate release|news release|press release|media release|media advisory|media alert|"
        r"zur sofortigen veröffentlichung|pressemitteilung|communiqué de presse|comunicado de (?:prensa|imprensa)|"
        r"comunicato stampa|nota de (?:prensa|imprensa)|nota de premsa)\b.{0,40}$",
    ),
    (
        "release",
        "source-is-an-office",
        r"^\W*source:? .{0,30}\b(?:senator|representative|congress(?:man|woman)?|governor|minister|office of|"
        r"department of|ministry of|city of|university of|pr ?newswire|business ?wire|globe ?newswire)\b.{0,60}$",
    ),
    (
        "contact",
        "media-contact",
        r"^\W*(?:(?:media|press|news) )?contacts?\s*(?:\(s\))?\s*:|^\W*(?:media|press) (?:contact|inquiries|"
        r"relations)\b|^\W*(?:pressekontakt|contact presse|contacto de prensa)\b",
    ),
    ("release-end", "hash-marks", r"^\W*(?:#\s*#\s*#|-\s*30\s*-)\W*$"),
    ("release-end", "hash-marks", r"#\s?#\s?#+\s*$"),
    (
        "salutation",
        "dear",
        r"^(?:dear|to whom it may concern|estimad[oa]s?|sehr geehrte|cher|chère|madame, monsieur|gentile|prezad[oa])"
        r"\b.{0,60}[,:]$",
    ),
    (
        "event",
        "event-words",
        r"^\W*(?:when|where|location|venue|time|cost|register|registration|rsvp|date and time|date & time|tickets?|"
        r"admission|doors open|"
        r"wann|wo|uhrzeit|lieu|quand|où|cuándo|dónde|lugar|hora|quando|dove|ora|data e ora|local)\s*:",
    ),
    # Begins with the figure itself, so that the search skips to one.
    (
        "event",
        "time-span",
        r"\d(?<!\w\d)\d?(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:[–—-]|to)\s*\d{1,2}(?::\d\d)?\s*[ap]\.?m\b",
    ),
    (
        "credit",
        "photo-credit",
        r"^\W{0,3}(?:(?:lead |header |cover |featured |main )?(?:photos?|images?|pictures?|illustrations?|graphics?|"
        r"pictured|foto|fotos|imagen|imagem|immagine|bild|(?:beitrags|titel|symbol|artikel)bild|"
        r"crédit(?:s)? photo|cr[ée]dito|credit|photo credit|image credit|image source|bildquelle|grafik|graphic|getty|"
        r"shutterstock|photographer|video)\b"
        r"\s*(?:\(?s\)?)?\s*(?:credits?|source|courtesy(?: of)?|by|from|provided by|via|©|:|/|—|–|-|di|de|por|von|par)|"
        r"credit\S|©|\(c\)\s|pro(?=[A-Z]\w+ \w+.*flickr))",
    ),
    ("quote-person", "name-behind-dash", r"^[–—-]{1,2}\s?[A-Z][\w’'.-]+ [A-Z].{3,120}$"),
    (
        "references",
        "list-heading",
        r"^\W*(?:references|sources|notes|footnotes|further reading|works cited|bibliography|related (?:articles|"
        r"coverage|stories|reading)|in the press|more coverage|"
        r"quellen|literatur|références|sources et références|bibliographie|referencias|bibliografía|riferimenti|"
        r"referências)\W*$",
    ),
    (
        "credit",
        "courtesy-photo",
        r"^\W{0,3}(?:courtesy (?:photo|image)|(?:ap|file|stock|courtesy|submitted|staff|contributed) (?:photo|image)"
        r"|getty images|istock|adobe stock|shutterstock|unsplash)\b.{0,80}$|"
        r"\b(?:getty images|shutterstock|istock(?:photo)?|adobe stock|flickr|wikimedia commons|unsplash|cc by(?:-\w\w)"
        r"*)\W*$",
    ),
    (
        "credit",
        "photo-words",
        r"\b(?:photo|image|picture|illustration|foto)s? ?(?:credit|courtesy|by|:)\s*\S.{0,80}$|\(photo\b.{0,120}\)$",
    ),
    (
        "hook",
        "read-the-full-article",
        r"^(?!.*\b(?:subscribe|subscribers?|sign (?:in|up)|log ?in|register|members? only|become a member)\b)"
        r".*?(?:\b(?:read|view|see|find|visit|listen(?: to)?|watch|hear|check out|continue reading|access|click(?: "
        r"here)?)\b.{0,40}?\b(?:full|original|complete|entire|whole|rest of (?:the|this))\b"
        r"(?!.{0,25}\b(?:report|agenda|list|schedule|statement|study|results?|survey|letter|release|bill|"
        r"transcript|text of|pdf|document|paper|book|guide)\b)"
        r".{0,30}\b(?:article|story|piece|column|interview|editorial|op-?ed|post|text|segment|episode|broadcast|"
        r"conversation|coverage|essay|commentary|source|it)\b|"
        r"^\W*(?:(?:read|view|see|the|link to)\s)?\s*(?:the )?(?:original|full|complete) (?:article|story|post|source|"
        r"piece|op-?ed|column|interview|text)\b.{0,30}$|"
        r"\b(?:this|the) (?:full|original|complete) (?:article|story|piece|interview|column) (?:is|can|may)\b|"
        r"\blisten to the (?:whole|full|entire)\b|\b(?:in|read) the (?:full )?(?:article|story|piece|op-?ed|column|"
        r"interview|editorial) below\b)",
    ),
    (
        "hook",
        "lire-la-suite",
        r"\b(?:lire (?:l['’]article|la tribune|l['’]entretien|l['’]interview|l['’]intégralité|la suite (?:de "
        r"l['’]article )?(?:sur|dans))|à lire (?:ici|en intégralité)|article (?:complet|original|intégral)|"
        r"(?:leer|lee|ver|vea|consulta|acceder)\b.{0,20}\b(?:artículo|noticia|entrevista|tribuna|texto)"
        r"\b.{0,20}(?:complet[oa]|original|íntegr[oa]|aquí)?|artículo (?:original|completo)|noticia (?:original|"
        r"completa)|"
        r"(?:zum|den|der|hier zum|hier geht(?:'|’)?s zum|lesen sie (?:den|das))\s+(?:ganzen |vollständigen |kompletten "
        r"|original-?)?(?:artikel|beitrag|interview|bericht|originalartikel)|originalartikel|"
        r"(?:leggi|leggere|continua a leggere|vai al)\b.{0,15}\b(?:l['’]articolo|tutto l['’]articolo|articolo|"
        r"intervista|originale)\b|articolo (?:completo|originale|integrale)|"
        r"(?:leia|ler|veja|acesse|confira)\b.{0,15}\b(?:matéria|artigo|reportagem|entrevista|texto|notícia|íntegra)\b|"
        r"(?:matéria|artigo) (?:original|completa?)|llegir (?:l['’]article|la notícia|l['’]entrevista))",
    ),
    (
        "weak-hook",
        "click-here",
        r"\b(?:click here|(?:read|see|view|watch|listen to|find) (?:the|this|it|more)|continue reading|read more|"
        r"listen (?:here|now)|watch (?:here|now)|more here|keep reading|full story|en savoir plus|leer más|"
        r"weiterlesen|leggi tutto|saiba mais|llegir més|lire (?:la suite|plus))\b",
    ),
    (
        "chrome",
        "page-furniture",
        r"^\W*(?:print friendly.*|share(?: this)?:?.*|skip to .*|tweet|email|facebook|twitter|linkedin|pinterest|"
        r"\d+ min(?:ute)?s? read|\d* ?comments?:?.{0,20}|no comments.*|post a comment|leave a (?:reply|comment)|"
        r"comments are closed\.?|back to top|tags?:.*|categories:.*|filed under.*|posted in.*|related(?: posts?| "
        r"articles?)?:?|subscribe.*|follow us.*|like this:?.*|loading.*|advertisement|print|pdf|text size.*|menu|"
        r"search|home|"
        r"(?:facebook|twitter|google\+?|reddit|email|linkedin|print|share|whatsapp|pinterest){2,})\W*$",
    ),
    (
        "chrome",
        "image-file",
        r"^\S{0,60}\b(?:\w+[-_]){1,8}\w*(?:\.(?:jpe?g|png|gif|webp).{0,30}|\d+x\d+)$|^file \d{6,}.*|"
        r"^.{0,80}\bheadshot$|^\S+\.(?:jpe?g|png|gif|webp)$",
    ),
)
_FIRST_WORDS: dict[str, str] = {
    "for-immediate-release": "for news press media zur pressemitteilung communiqué comunicado comunicato nota",
    "source-is-an-office": "source",
    "media-contact": "contact media press news pressekontakt",
    "dear": "dear to estimado sehr cher chère madame gentile prezado",
    "event-words": "when where location venue time cost register registration rsvp date tickets admission doors wann "
    "wo uhrzeit lieu quand où cuándo dónde lugar hora quando dove ora data local",
    "photo-credit": "lead header cover featured main photo image picture illustration graphic foto fotos imagem "
    "immagine bild bildquelle beitragsbild titelbild symbolbild artikelbild crédit credit grafik getty "
    "shutterstock video c",
    "list-heading": "references sources notes footnotes further works bibliography related in more quellen literatur "
    "références bibliographie referencias riferimenti referências",
    "page-furniture": "print share skip tweet email facebook twitter linkedin pinterest no post comment leave back tag "
    "tags categories filed posted related subscribe follow like loading advertisement pdf text menu search home google "
    "reddit whatsapp",
    "image-file": "file",
    "hash-marks": "30",
}
"""Rule → words one of which is the first of every line of the kind: the pattern is tried on no other line, but for
those of the next two tables. Looking for them all at once costs less than one pattern."""
_WORDS: dict[str, str] = {
    "time-span": "am pm m " + " ".join(f"{number}{half}m" for number in range(60) for half in "ap"),
    "photo-credit": "flickr",
    "courtesy-photo": "photo image courtesy stock istock shutterstock flickr commons unsplash cc",
    "photo-words": "photo image picture illustration foto fotos",
    "read-the-full-article": "full original complete entire whole rest below",
    "lire-la-suite": "lire leer lee ver vea consulta acceder original complet artikel beitrag bericht interview leggi "
    "articolo vai leia ler veja acesse confira matéria artigo llegir",
    "click-here": "click read reading see view watch listen find more story savoir leer lesen weiterlesen leggi "
    "saiba llegir lire",
    "page-furniture": "read comment",
    "image-file": "headshot jpg jpeg png gif webp",
}
_SIGNS: dict[str, str] = {
    "photo-credit": "©",
    "name-behind-dash": "^– ^— ^-",
    "hash-marks": "#",
    "image-file": "- _",
}
"""Words and signs one of which stands in every line of the kind, behind `^` at its beginning."""
_ALSO: dict[str, str] = {
    "read-the-full-article": "article story piece column interview editorial op oped post text segment episode "
    "broadcast conversation coverage essay commentary source it listen",
    "lire-la-suite": "article tribune entretien interview intégralité suite ici artículo noticia entrevista tribuna "
    "texto artikel beitrag bericht originalartikel articolo originale matéria artigo reportagem notícia íntegra",
}
"""And another word with one of these, where the others are common."""
_COMPILED = tuple(
    (role, name, openings(_ALSO.get(name, "")), re.compile(pattern if role == "quote-person" else lowered(pattern)))
    for role, name, pattern in RULES
)
_MARKS: dict[str, frozenset[str]] = {
    name: beginnings(_FIRST_WORDS.get(name, ""))
    | openings(_WORDS.get(name, ""))
    | frozenset(_SIGNS.get(name, "").split())
    for _, name, _ in RULES
}
_BY_MARK: dict[str, frozenset[int]] = {
    mark: frozenset(number for number, (_, name, _) in enumerate(RULES) if mark in _MARKS[name])
    for mark in frozenset().union(*_MARKS.values())
}
"""Word's opening or sign → numbers of the rules that it makes worth trying."""
_SIGN = re.compile(r"[#©_-]")
_DASHES = frozenset("–—-")

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
    seen, told = (_by_table if len(line.text) <= REMEMBERED_CHARS else _by_table.__wrapped__)(line.text)
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


REMEMBERED_CHARS = 60
"""What a theme prints on every page is short; a sentence is hardly met again."""


@lru_cache(maxsize=1024)
def _by_table(text: str) -> tuple[Glance, Mapping[Role, str]]:
    """A glance at a short line, and its roles by the rules that this makes worth trying."""
    seen = glance(text)
    marks = (seen.openings & _ALL_MARKS).union(_SIGN.findall(text))
    if text[:1] in _DASHES:
        marks |= {f"^{text[:1]}"}
    found: dict[Role, str] = {}
    for role, name, also, pattern in _rules(marks):
        if role in found or (also and also.isdisjoint(seen.openings)):
            continue
        if pattern.search(text if role == "quote-person" else seen.lower):
            found[role] = name
    if "hook" in found:
        found.pop("chrome", None)
    return seen, found


_ALL_MARKS = frozenset(_BY_MARK)


@lru_cache(maxsize=4096)
def _rules(marks: frozenset[str]) -> Sequence[tuple[Role, str, frozenset[str], re.Pattern[str]]]:
    """Few words and signs tell anything, so that lines have mostly the same ones."""
    return tuple(_COMPILED[number] for number in sorted({n for mark in marks for n in _BY_MARK[mark]}))


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
