"""What is fuzzed: each parser, the pieces its inputs are made of, and what it may refuse with."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.dates import find_dates, resolve
from archive.model import Post, Reading
from archive.provenance.names import read_byline
from archive.query import parse
from archive.search import search
from archive.store import Store
from archive.urls import absolute, canonical_url
from crawler.charset import to_utf8
from crawler.discovery import read_instant
from crawler.feeds import read_feed
from crawler.guard import check_url, literal_address
from crawler.pages import UnreadablePageError, parse_page, read_post
from crawler.rest import read_posts, read_terms
from crawler.robots import read_robots
from crawler.sitemaps import read_sitemap
from crawler.skips import Skipped

URL: Final = "https://blog.example/2024/05/a-post/"
LETTERS: Final = (
    "aZ0 \t\n\r\0\x1b\x85\xa0éßİıſ漢ツ😀\u0301\u200b\u202e\u2028\ufeff\ufffd,.;:!?'\"’“”«»()[]{}<>/\\|&%#@=+-*~^$_`"
)


@cache
def small_archive() -> Database:
    """One post to search in: what SQLite makes of a query does not depend on how many there are."""
    store = Store.open(Path(tempfile.mkdtemp(prefix="clipfile-fuzzing-")) / "archive.db")
    with store.atomic():
        site_id = store.custody.save_site("blog", "https://blog.example/")
        run_id = store.custody.start_run(site_id, "full", {})
        post = Post(
            url=URL, title="Tool and die at the dock", text="The crane’s tool and die shop took a freighter.", html=""
        )
        reading = Reading(kind="repost", outlet="The Harbour Gazette", authors=("Nora Kvist",), confidence=0.9)
        store.posts.save(site_id, run_id, post, reading, capture_id=None, seen_at="2024-05-06T09:00:00Z")
    return store.db


def queries(text: str) -> None:
    """Read, printed again, and asked of SQLite."""
    str(parse(text))
    search(small_archive(), text, limit=3)


def urls(text: str) -> None:
    """ValueError is the answer for what can't be an address; a spelling, once made, stays."""
    literal_address(text)
    found = absolute(URL, text)
    for url in (text, found or URL):
        try:
            canonical = canonical_url(url)
        except ValueError:
            continue
        assert canonical_url(canonical) == canonical, f"{url!r} → {canonical!r}"
    try:
        check_url(found or text, None)
    except Skipped:
        pass


def dates(text: str) -> None:
    for printed in find_dates(text):
        assert text[printed.start : printed.end] == printed.text
        resolve(printed, "2024-05-06")
    read_instant(text)


def bylines(text: str) -> None:
    read_byline(text)


def charsets(data: bytes) -> None:
    for declared in (None, "text/html; charset=utf-8", "text/html; charset=shift_jis", "text/html; charset=utf-7"):
        to_utf8(data, declared)[0].decode("utf-8")


def robots(data: bytes) -> None:
    rules = read_robots(200, data, "clipfile")
    rules.allows(URL)
    assert rules.crawl_delay_s is None or rules.crawl_delay_s >= 0
    tuple(rules.sitemaps)


def feeds(data: bytes) -> None:
    read_feed(data, URL)


def sitemaps(data: bytes) -> None:
    read_sitemap(data, URL)


def rest(data: bytes) -> None:
    read_posts(data, {"X-WP-Total": data[:9].decode("latin-1")}, url=URL)
    read_terms(data)


def pages(data: bytes) -> None:
    try:
        read_post(parse_page(data, url=URL, content_type="text/html"))
    except UnreadablePageError:
        pass


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    read: Callable[..., None]
    pieces: tuple[str, ...]
    """What its inputs are put together from, beside single letters."""
    is_bytes: bool = False


_XML: Final = (
    "<?xml version='1.0'?>",
    "<urlset>",
    "</urlset>",
    "<url>",
    "<loc>https://blog.example/a/</loc>",
    "</url>",
    "<lastmod>",
    "2024-05-06T01:00:00+25:99",
    "<sitemapindex>",
    "<rss><channel>",
    "<item>",
    "<link>",
    "</item>",
    "<feed>",
    "<entry>",
    "<link href='//x' rel='next'/>",
    "<guid isPermaLink='false'>",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&b;",
    "&#x0;",
    "&#xD800;",
    "<pubDate>Mon, 99 Foo 2024</pubDate>",
    "\x1f\x8b\x08",
    "xmlns:a='b'",
    "<a:b>",
    "<!--",
    "-->",
)

TARGETS: Final[dict[str, Target]] = {
    "queries": Target(
        read=queries,
        pieces=(
            "outlet:",
            "author:",
            "after:2024-13",
            "before:",
            '"tool and die"',
            " AND ",
            " OR ",
            " NOT ",
            " NEAR ",
            " NEAR/9 ",
            "(",
            ")",
            "-",
            "*",
            "title:",
            "kind:repost",
            " ",
            '"',
            "''",
            "crain's",
            "date:1999..2030",
            "is:gone",
            "^",
            ":",
            "::",
            "((((",
            "))))",
        ),
    ),
    "urls": Target(
        read=urls,
        pieces=(
            "http://",
            "https://",
            "//",
            "blog.example",
            "127.0.0.1",
            "0x7f.1",
            "[::1]",
            "[",
            "]",
            "@",
            ":80",
            ":99999",
            "/",
            "..",
            ".",
            "%2e",
            "%",
            "%zz",
            "?",
            "&",
            "=",
            "utm_source=x",
            "#",
            "xn--",
            "javascript:",
            " ",
            "\\",
            "１２７",
            "。",
        ),
    ),
    "dates": Target(
        read=dates,
        pieces=(
            "January",
            "Feb.",
            "mars",
            "août",
            "September",
            "31",
            "30",
            "29",
            "0",
            "1",
            "2024",
            "9999",
            "0000",
            "1066",
            ",",
            "/",
            "-",
            ".",
            "’24",
            "st",
            "de",
            "of",
            " ",
            "Monday",
            "Spring",
            "12/31/24",
            "2024-02-31",
            "T25:61",
            "Z",
            "+99:99",
        ),
    ),
    "bylines": Target(
        read=bylines,
        pieces=(
            "By",
            "by ",
            "Von ",
            "Por ",
            "Nora Kvist",
            "O’Neil",
            "van der",
            "Jr.",
            "Ph.D.",
            ",",
            " and ",
            " & ",
            " | ",
            "staff",
            "The Harbour Gazette",
            "Associated Press",
            "@nora",
            "(",
            ")",
            "/",
            "Photos by",
            " ",
            ";",
            "–",
        ),
    ),
    "charsets": Target(
        read=charsets,
        pieces=(
            "<meta charset=",
            "utf-16",
            "shift_jis",
            "\x1b$B",
            "<html lang=ja>",
            "ï»¿",
            "ÿþ",
            "þÿ",
            "<\0p\0",
            "+ADw-",
            "\xe3\x81",
            "<?xml encoding='",
            "klingon",
            "hex",
            "rot13",
            "idna",
            "'>",
            "\xed\xa0\x80",
            "\x81",
            "\x8f",
            "\xff",
        ),
        is_bytes=True,
    ),
    "robots": Target(
        read=robots,
        pieces=(
            "User-agent: ",
            "*",
            "clipfile",
            "Disallow: ",
            "Allow: ",
            "/",
            "$",
            "Crawl-delay: ",
            "1e999",
            "-1",
            "nan",
            "Sitemap: ",
            "https://x/",
            "\n",
            "\r",
            "#",
            "%",
            "%zz",
            "%E3%83%84",
            "Request-rate: 1/0",
            "Visit-time: 99-",
            "ï»¿",
            "<",
        ),
        is_bytes=True,
    ),
    "feeds": Target(read=feeds, pieces=_XML, is_bytes=True),
    "sitemaps": Target(read=sitemaps, pieces=_XML, is_bytes=True),
    "rest": Target(
        read=rest,
        pieces=(
            "[",
            "]",
            "{",
            "}",
            '"id"',
            ":",
            ",",
            "1e999",
            "-1",
            "null",
            '"link"',
            '"https://blog.example/a/"',
            '"title"',
            '{"rendered":',
            '"modified_gmt"',
            '"0000-00-00T00:00:00"',
            '"status"',
            '"publish"',
            '"code"',
            "NaN",
            '"\\ud800"',
        ),
        is_bytes=True,
    ),
    "pages": Target(
        read=pages,
        pieces=(
            "<html>",
            "<article class='post'>",
            "<h1>",
            "<p>",
            "</p>",
            "By Nora Kvist",
            "May 3, 2024",
            "<time datetime='",
            "<a href='",
            "'>",
            "<img src=",
            "<table><td>",
            "<script type='application/ld+json'>",
            '{"@type":["Article"],"author":',
            "[[[",
            "</script>",
            "<base href='http://[::1'>",
            "<link rel=canonical href=//>",
            "<br>",
            "&nbsp;",
            "&#xD800;",
            "<svg>",
            "<!--",
            "originally appeared in",
            "The Harbour Gazette",
            "<style>",
            "<template>",
            "<embed>",
            "</",
            "<meta content=",
        ),
        is_bytes=True,
    ),
}


def make(target: Target, moments: random.Random) -> str | bytes:
    """One input: pieces and letters in any order, some of it many times."""
    parts = [
        moments.choice(target.pieces) if moments.random() < 0.7 else moments.choice(LETTERS)
        for _ in range(moments.randint(0, 40))
    ]
    if parts and moments.random() < 0.1:
        parts.insert(moments.randrange(len(parts)), moments.choice(parts) * moments.choice((10, 100, 1000)))
    text = "".join(parts)
    if not target.is_bytes:
        return text
    data = bytearray(text.encode("utf-8" if moments.random() < 0.5 else "latin-1", "replace"))
    for _ in range(moments.randint(0, 3) if data else 0):
        data[moments.randrange(len(data))] = moments.randrange(256)
    return bytes(data)
