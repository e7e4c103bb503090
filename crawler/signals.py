"""What each signal of a page says about its post: a reader for each, joined in the order in which they are trusted."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lxml import etree
from lxml.etree import _Element
from lxml.html import fromstring

from archive.dates import find_dates
from archive.model import Line
from archive.provenance.lines import fold_space, read_lines, words_of
from archive.text import fold
from archive.urls import canonical_url
from crawler.content import Anatomy
from crawler.headline import without_site
from crawler.jsonld import resolved, strings, types_of
from crawler.markup import Page, asks_for, declared_language

YEARS = range(1990, 2100)
"""A post of another year is a mistake of the page's."""

ARTICLES = frozenset(
    "Article BlogPosting NewsArticle Report SocialMediaPosting TechArticle OpinionNewsArticle AnalysisNewsArticle "
    "ReportageNewsArticle AdvertiserContentArticle ScholarlyArticle PressRelease".split()
)
NO_CATEGORY = frozenset(
    fold(word)
    for word in (
        "home",
        "start",
        "blog",
        "the blog",
        "our blog",
        "inicio",
        "accueil",
        "startseite",
        "posts",
        "you are here",
    )
)
"""What stands in breadcrumbs beside categories."""


FIELDS = ("title", "posted_at", "modified_at", "site_author", "categories", "tags", "language", "wordpress_id")
"""`posted_at` and `modified_at` are ISO days or times as given, with or without a zone."""


class Signal(dict[str, Any]):
    """What one source says of the post, by field; where it is silent, None or ().

    A field is read when it is first asked for: the most trusted signal that speaks is the last to be asked.
    """

    def __init__(self, **readers: Callable[[], Any]) -> None:
        super().__init__()
        self.readers = readers

    def __missing__(self, name: str) -> Any:
        read = self.readers.get(name)
        self[name] = said = read() if read else None
        return said


def join(signals: Mapping[str, Signal]) -> tuple[dict[str, Any], dict[str, str]]:
    """Take each field from the first of *signals* (most trusted first) that has it; and its name, by field."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name in FIELDS:
        for source, signal in signals.items():
            if name in signal.readers and (value := signal[name]):
                values[name], sources[name] = value, source
                break
    return values, sources


# ------------------------------------------------------------------------------------------------------ REST


def from_rest(rest: Mapping[str, Any] | None) -> Signal:
    """One object of `/wp-json/wp/v2/posts`, with `_embed` when categories and author are to be known."""
    if not rest:
        return Signal()
    embedded = _mapping(rest.get("_embedded"))
    terms = [_mapping(term) for group in _list(embedded.get("wp:term")) for term in _list(group)]
    authors = [name for author in _list(embedded.get("author")) for name in strings(_mapping(author).get("name"))]
    return Signal(
        title=lambda: plain(_mapping(rest.get("title")).get("rendered")),
        posted_at=lambda: read_iso(rest.get("date")),
        modified_at=lambda: read_iso(f"{rest['modified_gmt']}Z" if isinstance(rest.get("modified_gmt"), str) else None),
        site_author=lambda: authors[0] if authors else None,
        categories=lambda: _names(terms, "category"),
        tags=lambda: _names(terms, "post_tag"),
        wordpress_id=lambda: _number(rest.get("id")),
    )


def plain(markup: Any) -> str | None:
    """The words of a scrap of HTML, on one line."""
    if not isinstance(markup, str) or not markup.strip():
        return None
    if "<" not in markup:
        return fold_space(html.unescape(markup)) or None
    try:
        return fold_space(fromstring(f"<div>{markup}</div>").text_content()) or None
    except (etree.ParserError, ValueError):
        return None


def _names(terms: list[Mapping[str, Any]], taxonomy: str) -> tuple[str, ...]:
    return _unique(name for term in terms if term.get("taxonomy") == taxonomy for name in strings(term.get("name")))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    """Each once, and none that is empty."""
    return tuple(dict.fromkeys(filter(None, values)))


# --------------------------------------------------------------------------------------------------- JSON-LD


def find_article(page: Page) -> Mapping[str, Any] | None:
    """The page's JSON-LD object for its post: the one that names this address, else the first article."""
    articles = [found for found in page.json_ld if types_of(found) & ARTICLES]
    own = {_address(page.url), _address(page.canonical)} - {None} if len(articles) > 1 else set()
    for article in articles if own else ():
        named = [article.get(key) for key in ("url", "@id", "mainEntityOfPage")]
        named = [value.get("@id") if isinstance(value, Mapping) else value for value in named]
        if any(isinstance(value, str) and _address(value) in own for value in named):
            return article
    return articles[0] if articles else None


def _address(url: str | None) -> str | None:
    try:
        return canonical_url(url) if url else None
    except ValueError:
        return None


def from_json_ld(page: Page) -> Signal:
    article = find_article(page)
    web_page = next((found for found in page.json_ld if "WebPage" in types_of(found)), {})
    # Yoast describes a post of a site without an owner by its WebPage alone; a listing's is a CollectionPage.
    dated = (article or {}, web_page)
    days = {
        "posted_at": lambda: _first_iso(found.get("datePublished") for found in dated),
        "modified_at": lambda: _first_iso(found.get("dateModified") for found in dated),
    }
    if article is None:
        return Signal(**days)
    headline = strings(article.get("headline")) or strings(article.get("name"))
    return Signal(
        **days,
        title=lambda: _without_site(headline[0], page) if headline else None,
        site_author=lambda: _article_authors(article, page),
        categories=lambda: _unique(strings(article.get("articleSection"))),
        tags=lambda: _unique(tag for words in strings(article.get("keywords")) for tag in _listed(words)),
    )


def _first_iso(given: Iterable[Any]) -> str | None:
    return next((iso for value in given if (iso := read_iso(value))), None)


def _article_authors(article: Mapping[str, Any], page: Page) -> str | None:
    authors = [name for author in resolved(article.get("author"), page.json_ld) for name in strings(author)]
    return ", ".join(dict.fromkeys(name for name in authors if not name.startswith("http"))) or None


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


# ------------------------------------------------------------------------------------- microdata, hentry, theme

_PUBLISHED = asks_for("entry-date", "published", "post-date", "dt-published", "entry-time")
_MODIFIED = asks_for("updated", "modified", "dt-updated", "entry-modified-time")
AUTHOR_CLASSES = asks_for(
    "fn",
    "p-author",
    "author-name",
    "entry-author-name",
    "wp-block-post-author__name",
    "wp-block-post-author-name",
    "elementor-post-info__item--type-author",
    "posted-by",
    "byline",
    "entry-author",
    "post-author",
    "meta-author",
)
CATEGORY_CLASSES = asks_for("cat-links", "post-categories", "entry-categories")
TAG_CLASSES = asks_for("tags-links", "post-tags", "entry-tags")
_BY = re.compile(
    r"^(?:(?:written|posted|published)\s+)?(?:by|von|por|par|di|author)\s*[:|]?\s+|^(?:posted|author)\s*:\s*", re.I
)
MOST_MARKED = 200
"""Elements of one kind that are asked about: a post has few of them, a hostile page may have any number."""
_UNLINKED_BYLINES = 6
"""From this place on AUTHOR_CLASSES name lines that an editor may have written into the body too."""


def from_microdata(page: Page, anatomy: Anatomy) -> Signal:
    """What the theme's markup says about the post: itemprop, hentry, rel, and WordPress' customary classes."""
    return Signal(
        posted_at=lambda: _published(page, anatomy),
        modified_at=lambda: _first_time(_own(_timed(page, "dateModified", _MODIFIED), anatomy)),
        site_author=lambda: _author(page, anatomy),
        categories=lambda: _unique(_terms(page, anatomy, category=True)),
        tags=lambda: _unique(_terms(page, anatomy, category=False)),
    )


def _published(page: Page, anatomy: Anatomy) -> str | None:
    marked = _first_time(_own(_timed(page, "datePublished", _PUBLISHED), anatomy))
    return marked or _first_time(_outside((e for e in page.tree.iter("time") if not _is_update(e)), anatomy))


def _timed(page: Page, item: str, names: tuple[str, ...]) -> Iterator[_Element]:
    """Elements that give a time in an attribute, by microdata and by class."""
    named = (e for e in page.with_class(*names) if e.get("datetime") or e.get("title") or e.get("content"))
    return chain(page.with_property.get(item, ()), named)


def _is_update(element: _Element) -> bool:
    names = (element.get("class") or "").split()
    return not set(_MODIFIED).isdisjoint(names) and "published" not in names


def _own(elements: Iterable[_Element], anatomy: Anatomy) -> Iterator[_Element]:
    return (element for element in islice(elements, MOST_MARKED) if anatomy.is_own(element))


def _outside(elements: Iterable[_Element], anatomy: Anatomy) -> Iterator[_Element]:
    body = anatomy.container.element
    return (element for element in _own(elements, anatomy) if body not in element.iterancestors())


def _first_time(elements: Iterable[_Element]) -> str | None:
    return _first_iso(e.get("datetime") or e.get("content") or e.get("title") for e in elements)


def _author(page: Page, anatomy: Anatomy) -> str | None:
    linked = (link for link, rel in anatomy.related_links if "author" in rel)
    called = page.with_class(*AUTHOR_CLASSES[:_UNLINKED_BYLINES])
    named = page.with_class(*AUTHOR_CLASSES[_UNLINKED_BYLINES:])
    marked = _own(page.with_property.get("author", ()), anatomy)
    for element in chain(marked, linked, _own(called, anatomy), _outside(named, anatomy)):
        name = without_by(_name_in(element))
        if 1 < len(name) < 80:
            return name
    return None


def _name_in(element: _Element) -> str:
    """The name an element gives: by its own `content`, by microdata's `name` in it, or as printed."""
    for named in (element, *element.iter()):
        if named is element or named.get("itemprop") == "name":
            if content := fold_space(named.get("content") or ""):
                return content
            if named is not element:
                return _printed(named)
    return _printed(element)


def without_by(byline: str) -> str:
    """The name in a byline of the theme: "Posted by Jane Doe" is by Jane Doe."""
    return _BY.sub("", byline)


def _printed(element: _Element) -> str:
    lines = read_lines(element, zone="head", base_url="")
    return lines[0].text if lines and not lines[0].alt else ""


def _terms(page: Page, anatomy: Anatomy, *, category: bool) -> Iterator[str]:
    for link, rel in anatomy.related_links:
        if "tag" in rel and ("category" in rel or "/category/" in (link.get("href") or "")) is category:
            yield words_of(link)
    names = CATEGORY_CLASSES if category else TAG_CLASSES
    for holder in _own(page.with_class(*names), anatomy):
        for link in holder.iter("a"):
            if "tag" not in (link.get("rel") or "").lower().split():
                yield words_of(link)


# ---------------------------------------------------------------------------------------------------- OpenGraph


def from_opengraph(page: Page) -> Signal:
    return Signal(
        title=lambda: _without_site(page.meta("og:title", "twitter:title"), page),
        posted_at=lambda: read_iso(
            page.meta("article:published_time", "og:article:published_time", "date", "dc.date.issued")
        ),
        modified_at=lambda: read_iso(page.meta("article:modified_time", "og:updated_time")),
        site_author=lambda: _meta_author(page),
        categories=lambda: _unique(page.metas.get("article:section", ())),
        tags=lambda: _unique(page.metas.get("article:tag", ())),
        language=lambda: None if page.lang else declared_language(page.meta("og:locale", "content-language")),
    )


def _without_site(title: str | None, page: Page) -> str | None:
    return (without_site(title, page) or None) if title else None


def _meta_author(page: Page) -> str | None:
    labelled = "twitter:data1" if page.meta("twitter:label1") == "Written by" else "author"
    author = page.meta("author", "article:author", labelled)
    return author if author and not author.startswith("http") else None


# -------------------------------------------------------------------------------------------- what is printed

_DATE_CLASSES = re.compile(r"(?:^|[\s_-])(?:date|time|published|posted|meta|day)(?:$|[\s_-])", re.I)
_PERMALINK_DAY = re.compile(r"/((?:19|20)\d\d)/(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])/")
_BODY_CATEGORY = re.compile(r"(?:single-)?category-([a-z][\w-]*)$")
_ID_CLASS = re.compile(r"(?:postid|post)-(\d{1,10})$")


def from_text(page: Page, anatomy: Anatomy, lines: list[Line], crumbs: tuple[str, ...]) -> Signal:
    """What is left to a reader's eye: the headline, the day and the name beside it, the breadcrumb."""
    title = anatomy.title or _without_site(page.title_tag, page)
    return Signal(
        title=lambda: title,
        posted_at=lambda: printed_day(lines, page.lang),
        site_author=lambda: _linked_author(lines),
        categories=lambda: _crumb_categories(crumbs, title),
    )


def from_html(page: Page, anatomy: Anatomy) -> Signal:
    """What is declared about the page itself: its language, WordPress' numbers and slugs, the day in its address."""
    return Signal(
        posted_at=lambda: _day_in_permalink(page),
        categories=lambda: _class_categories(page, anatomy),
        language=lambda: page.lang,
        wordpress_id=lambda: _id_in_markup(page, anatomy),
    )


def _linked_author(lines: list[Line]) -> str | None:
    """The name in the head that links to an author's page of the blog."""
    links = (link for line in lines if line.zone == "head" for link in line.links)
    return next((without_by(link.text) for link in links if "/author/" in link.href), None)


def printed_day(lines: list[Line], language: str | None) -> str | None:
    """The day printed beside the headline by the theme: a line of the head that is a date, and little else."""
    for line in lines:
        if line.zone != "head" or line.alt or len(line.text) > 120:
            continue
        days = [found for found in find_dates(line.text, language) if found.iso and len(found.iso) == 10]
        if days and (_DATE_CLASSES.search(line.classes) or len(line.text) - len(days[0].text) <= 40):
            return days[0].iso
    return None


def _day_in_permalink(page: Page) -> str | None:
    found = _PERMALINK_DAY.search(urlsplit(page.url).path)
    return read_iso("-".join(found.groups())) if found else None


def _crumb_categories(crumbs: tuple[str, ...], title: str | None) -> tuple[str, ...]:
    """What stands between the site's name and the post's own: `MichAuto > Blog > Media Coverage > Title`."""
    if len(crumbs) < 2:
        return ()
    own = fold(title or "")
    last = fold(crumbs[-1]).removesuffix("…")
    middle = crumbs[1:-1] if own.startswith(last) or last.startswith(own[:20]) else crumbs[1:]
    return tuple(crumb for crumb in middle if fold(crumb) not in NO_CATEGORY)


def _class_categories(page: Page, anatomy: Anatomy) -> tuple[str, ...]:
    """WordPress writes the slugs of a post's categories into the classes of its `<article>`: better than nothing."""
    names = (anatomy.scope.get("class") or "").split() if anatomy.scope is not page.body else []
    slugs = [found[1] for name in (*names, *page.body_classes) if (found := _BODY_CATEGORY.match(name))]
    return _unique(slug.replace("-", " ").title() for slug in slugs if slug != "uncategorized" and not slug.isdigit())


def _id_in_markup(page: Page, anatomy: Anatomy) -> int | None:
    """Number of the post by body class, article id, short link or the link to its REST object."""
    for name in page.body_classes:
        if name.startswith("postid-") and (found := _ID_CLASS.match(name)):
            return int(found[1])
    for element in (anatomy.scope, anatomy.container.element):
        for name in (element.get("id") or "", *(element.get("class") or "").split()):
            if found := _ID_CLASS.match(name):
                return int(found[1])
    return _id_in_links(page)


_REST_POST = re.compile(r"/wp/v2/posts/(\d{1,10})$")


def _id_in_links(page: Page) -> int | None:
    for link in page.head_links:
        if "alternate" in link.rel and (found := _REST_POST.search(link.href)):
            return int(found[1])
    short = page.linked("shortlink")
    numbers = parse_qs(urlsplit(short).query).get("p", []) if short else []
    return next((int(n) for n in numbers if n.isascii() and n.isdigit() and 0 < len(n) < 11), None)


# ------------------------------------------------------------------------------------------------------- time

_ISO = re.compile(
    r"\s*(\d{4})-?(\d\d)-?(\d\d)(?:[T\s]+(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?\s*$",
    re.I,
)


def read_iso(value: Any) -> str | None:
    """*value* when it is a day or time of a year that a blog can have, spelled one way; None otherwise.

    >>> read_iso("2021-08-18T01:02:03-0400"), read_iso("2021-08-18"), read_iso("2021-02-31"), read_iso("0000-00-00")
    ('2021-08-18T01:02:03-04:00', '2021-08-18', None, None)
    """
    found = _ISO.match(value) if isinstance(value, str) else None
    if found is None or int(found[1]) not in YEARS:
        return None
    day = f"{found[1]}-{found[2]}-{found[3]}"
    zone = (found[7] or "").upper()
    zone = "+00:00" if zone in ("Z", "UTC", "GMT") else f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}" if zone else ""
    iso = f"{day}T{found[4]}:{found[5]}:{found[6] or '00'}{zone}" if found[4] else day
    try:
        datetime.fromisoformat(iso)
    except ValueError:
        return None
    return iso


def is_local(given: str | None) -> bool:
    """Whether *given* is a day or time of a place, and not one in UTC."""
    return given is not None and not given.endswith("+00:00")


def local_day(posted_at: str, local: str) -> str:
    """The day of *posted_at*, a time in UTC, where the page has the day or time *local* too.

    It is *local*'s, if the sun can have stood so: no place is more than 14 hours ahead of UTC or 12 behind.
    """
    instant = datetime.fromisoformat(posted_at)
    earliest, latest = (instant - timedelta(hours=12)).date(), (instant + timedelta(hours=14)).date()
    return local[:10] if earliest <= date.fromisoformat(local[:10]) <= latest else posted_at[:10]


def utc_instant(given: str | None) -> str | None:
    """A time with a zone as a UTC instant; None for a bare day or a time of no known zone.

    >>> utc_instant("2021-08-18T01:02:03-04:00"), utc_instant("2021-08-18")
    ('2021-08-18T05:02:03Z', None)
    """
    if given is None or len(given) < 25:
        return None
    return datetime.fromisoformat(given).astimezone(UTC).isoformat()[:19] + "Z"
