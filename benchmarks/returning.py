"""A WordPress blog that can change, for what comes back to it: `python -m benchmarks.returning POSTS` serves it.

REST, sitemaps with `lastmod`, a feed with validators, listings and posts answer as WordPress does: only the feed says
304, unless `/-/set?validators=1` puts a cache in front that answers conditional requests for posts too. It prints its
port and runs until stdin ends. `/-/set?closed=rest,feed` closes doors, `/-/change?edits=3&additions=2&removals=1`
changes posts of every age, `/-/reset` and `/-/counts` are as in `server.py`. Texts are invented.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import md5
from html import escape
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from benchmarks.server import Counts, serve
from crawler.sample.prose import paragraphs, phrases

CATEGORIES: Final = {2: "media-coverage", 3: "policy", 4: "talent", 5: "events"}
OUTLETS: Final = ("The Detroit News", "Bridge Michigan", "Automotive News", "MLive", "Crain’s Detroit Business")
PER_PAGE: Final = 10
PER_SITEMAP: Final = 2_000
NEWEST: Final = datetime(2026, 10, 1, 14, tzinfo=UTC)
REASONS: Final = {200: "OK", 304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    number: int
    title: str
    posted_at: datetime
    modified_at: datetime
    version: int = 1

    @property
    def path(self) -> str:
        return f"/post-{self.number}-what-comes-next/"

    @property
    def category(self) -> int:
        return 2 + self.number % len(CATEGORIES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    body: bytes = b""
    kind: str = "text/html; charset=UTF-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


MISSING: Final = Answer(status=404, body=b"<!DOCTYPE html><title>Page not found</title><h1>Not found</h1>")


class ReturningBlog:
    """Its posts, and what each address answers."""

    def __init__(self, posts: int, home: str) -> None:
        self.home = home
        self.entries = {number: _entry(number, number % posts, posts) for number in range(1, posts + 1)}
        self.closed: set[str] = set()
        self.validators = False
        self.posts_asked_for = 0
        self._next = posts + 1

    def change(self, edits: int, additions: int, removals: int, texts: int = 0) -> dict[str, list[str]]:
        """Change posts of every age, each a different one, as an editor does today. Returns their addresses.

        Of the *edits* the headline changes too; of as many more as *texts* says only the text does.
        """
        now = datetime.now(UTC).replace(microsecond=0)
        chosen = _spread(sorted(self.entries), edits + texts + removals)
        edited, removed = chosen[: edits + texts], chosen[edits + texts :]
        for place, number in enumerate(edited):
            was = self.entries[number]
            title = f"{was.title}, and then" if place < edits else was.title
            self.entries[number] = replace(was, title=title, modified_at=now, version=was.version + 1)
        gone = [self.entries.pop(number) for number in removed]
        added = [self._add(place, additions, now) for place in range(additions)]
        return {
            "edited": [self.home + self.entries[number].path for number in edited],
            "removed": [self.home + entry.path for entry in gone],
            "added": [self.home + entry.path for entry in added],
        }

    def _add(self, place: int, of: int, now: datetime) -> Entry:
        """A post of today, or one dated back as far as 2012."""
        entry = _entry(self._next, place, of)
        self.entries[self._next] = entry = replace(entry, modified_at=now)
        self._next += 1
        return entry

    # ------------------------------------------------------------------ answers

    def answer(self, target: str, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(target)
        asked = dict(parse_qsl(parts.query))
        for pattern, door, reply in ROUTES:
            if found := re.fullmatch(pattern, parts.path):
                if door in self.closed:
                    return CLOSED.get(door, MISSING)
                return reply(self, {**found.groupdict(), **asked}, headers)
        return MISSING

    def robots(self, asked: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        words = f"User-agent: *\nDisallow: /wp-admin/\n\nSitemap: {self.home}/wp-sitemap.xml\n"
        return Answer(body=words.encode(), kind="text/plain")

    def newest_first(self) -> list[Entry]:
        return sorted(self.entries.values(), key=lambda entry: (entry.posted_at, entry.number), reverse=True)

    def terms(self, asked: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        rows = [
            {
                "id": number, "count": sum(entry.category == number for entry in self.entries.values()),
                "name": category_name(slug), "slug": slug, "link": f"{self.home}/category/{slug}/", "parent": 0,
            }
            for number, slug in CATEGORIES.items()
        ]  # fmt: skip
        return _json(rows, len(rows), 100)

    def posts(self, asked: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        after = datetime.fromisoformat(asked["modified_after"]) if "modified_after" in asked else None
        shown = [entry for entry in self.entries.values() if after is None or entry.modified_at > after]
        shown.sort(key=lambda entry: (entry.modified_at if after else NEWEST, entry.number))
        size, page = int(asked.get("per_page", "10")), int(asked.get("page", "1"))
        if page > 1 and (page - 1) * size >= len(shown):
            body = json.dumps({"code": "rest_post_invalid_page_number", "message": "", "data": {"status": 400}})
            return Answer(body=body.encode(), kind="application/json", status=400)
        fields = {name.split(".")[0] for name in asked.get("_fields", "").split(",")}
        rows = [self._row(entry, fields) for entry in shown[(page - 1) * size : page * size]]
        return _json(rows, len(shown), size)

    def _row(self, entry: Entry, fields: set[str]) -> dict[str, Any]:
        posted, modified = (f"{at:%Y-%m-%dT%H:%M:%S}" for at in (entry.posted_at, entry.modified_at))
        whole = {
            "id": entry.number, "date": posted, "date_gmt": posted, "modified_gmt": modified,
            "link": self.home + entry.path, "slug": entry.path.strip("/"), "status": "publish", "type": "post",
            "title": {"rendered": escape(entry.title)}, "author": 1, "categories": [entry.category], "tags": [],
            "sticky": False, "content": {"protected": False}, "excerpt": {"protected": False},
        }  # fmt: skip
        return {name: value for name, value in whole.items() if name in fields}

    def sitemap_index(self, asked: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        files = range(1, 1 + max(1, -(-len(self.entries) // PER_SITEMAP)))
        rows = "".join(f"<sitemap><loc>{self.home}/wp-sitemap-posts-post-{n}.xml</loc></sitemap>" for n in files)
        return _xml(f'<sitemapindex xmlns="{SITEMAPS}">{rows}</sitemapindex>')

    def sitemap(self, asked: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        number = int(asked["number"])
        entries = sorted(self.entries.values(), key=lambda entry: entry.number)
        rows = "".join(
            f"<url><loc>{self.home}{entry.path}</loc><lastmod>{entry.modified_at.isoformat()}</lastmod></url>"
            for entry in entries[(number - 1) * PER_SITEMAP : number * PER_SITEMAP]
        )
        return _xml(f'<urlset xmlns="{SITEMAPS}">{rows}</urlset>')

    def feed(self, asked: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        changed = max(entry.modified_at for entry in self.entries.values())
        marks = {"ETag": f'"{md5(changed.isoformat().encode()).hexdigest()}"', "Last-Modified": _http(changed)}
        if _is_known(headers, marks):
            return Answer(status=304, headers=marks)
        page = int(asked.get("paged", "1"))
        items = "".join(
            f"<item><title>{escape(entry.title)}</title><link>{self.home}{entry.path}</link>"
            f"<guid isPermaLink='false'>{self.home}/?p={entry.number}</guid>"
            f"<pubDate>{format_datetime(entry.posted_at)}</pubDate></item>"
            for entry in self.newest_first()[(page - 1) * PER_PAGE : page * PER_PAGE]
        )
        if not items:
            return MISSING
        answer = _xml(f"<rss version='2.0'><channel><title>Harbor</title>{items}</channel></rss>")
        return replace(answer, kind="application/rss+xml; charset=UTF-8", headers=marks)

    def listing(self, asked: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        root, page = asked["root"], int(asked.get("page") or "1")
        slug = root.removeprefix("/category/").strip("/")
        entries = [e for e in self.newest_first() if root == "/blog/" or CATEGORIES[e.category] == slug]
        shown = entries[(page - 1) * PER_PAGE : page * PER_PAGE]
        if not shown:
            return MISSING
        following = page * PER_PAGE < len(entries)
        return Answer(body=_page(slug, _listing(self.home, root, slug, shown, page, following), self.home))

    def post(self, asked: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        entry = self.entries.get(int(asked["number"]))
        if entry is None:
            return MISSING
        marks = {"ETag": f'"{entry.number}-{entry.version}"', "Last-Modified": _http(entry.modified_at)}
        if self.validators and _is_known(headers, marks):
            return Answer(status=304, headers=marks)
        body = _page(escape(entry.title), _post(self.home, entry), self.home)
        return Answer(body=body, headers=marks if self.validators else {})


SITEMAPS: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
CLOSED: Final = {"rest": Answer(status=401, kind="application/json", body=b'{"code":"rest_forbidden"}')}
ROUTES: Final[tuple[tuple[str, str, Callable[..., Answer]], ...]] = (
    (r"/robots\.txt", "robots", ReturningBlog.robots),
    (r"/wp-json/wp/v2/categories", "rest", ReturningBlog.terms),
    (r"/wp-json/wp/v2/posts", "rest", ReturningBlog.posts),
    (r"/wp-sitemap\.xml", "sitemap", ReturningBlog.sitemap_index),
    (r"/wp-sitemap-posts-post-(?P<number>\d+)\.xml", "sitemap", ReturningBlog.sitemap),
    (r"/feed/", "feed", ReturningBlog.feed),
    (r"(?P<root>/blog/|/category/[a-z-]+/)(page/(?P<page>\d+)/)?", "listings", ReturningBlog.listing),
    (r"/post-(?P<number>\d+)-what-comes-next/", "posts", ReturningBlog.post),
)
"""Path, the door it belongs to, and who answers."""


def _entry(number: int, place: int, of: int) -> Entry:
    """Posts lie evenly between 2012 and now."""
    posted_at = NEWEST - timedelta(days=round(5_000 * place / max(1, of)), hours=number % 5)
    topics = sorted(phrases()["topics"])
    title = f"What comes next for {topics[number % len(topics)]} ({number})"
    return Entry(number=number, title=title, posted_at=posted_at, modified_at=posted_at + timedelta(hours=1))


def _spread(numbers: list[int], count: int) -> list[int]:
    return [numbers[place * len(numbers) // count] for place in range(count)]


def category_name(slug: str) -> str:
    return slug.replace("-", " ").title()


def _http(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _is_known(headers: Mapping[str, str], marks: Mapping[str, str]) -> bool:
    if "if-none-match" in headers:
        return headers["if-none-match"] == marks["ETag"]
    return headers.get("if-modified-since") == marks["Last-Modified"]


def _json(rows: list[dict[str, Any]], total: int, size: int) -> Answer:
    pages = max(1, -(-total // size))
    return Answer(
        body=json.dumps(rows).encode(), kind="application/json; charset=UTF-8",
        headers={"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)},
    )  # fmt: skip


def _xml(body: str) -> Answer:
    return Answer(body=f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode(), kind="application/xml; charset=UTF-8")


def _page(title: str, body: str, home: str) -> bytes:
    links = "".join(
        f"<li class='cat-item'><a href='{home}/category/{slug}/'>{category_name(slug)}</a></li>"
        for slug in CATEGORIES.values()
    )
    return f"""<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8"><title>{title} - Harbor Works</title>
<link rel="alternate" type="application/rss+xml" href="{home}/feed/">
<link rel="https://api.w.org/" href="{home}/wp-json/">
<link rel="stylesheet" href="{home}/wp-content/themes/harbor/style.css"></head><body class="wp-embed-responsive">
<header class="site-header"><nav class="main-navigation"><a href="{home}/blog/">Blog</a></nav></header>
<div class="site-content"><main class="site-main">{body}</main>
<aside class="widget-area"><section class="widget widget_categories"><ul>{links}</ul></section></aside></div>
<footer class="site-footer"><p>© 2026 Harbor Works</p></footer></body></html>""".encode()


def _listing(home: str, root: str, slug: str, shown: list[Entry], page: int, following: bool) -> str:
    cards = "".join(
        f"<article class='post-{e.number} post type-post hentry'><h2 class='entry-title'>"
        f"<a href='{home}{e.path}' rel='bookmark'>{escape(e.title)}</a></h2>"
        f"<time class='entry-date' datetime='{e.posted_at.isoformat()}'>{e.posted_at:%B %d, %Y}</time></article>"
        for e in shown
    )
    link = f"<a class='next page-numbers' href='{home}{root}page/{page + 1}/'>Next</a>" if following else ""
    return f"<h1 class='page-title'>{slug}</h1>{cards}<nav class='pagination'>{link}</nav>"


def words_of(entry: Entry) -> str:
    """The post's text, a paragraph a line."""
    topics = sorted(phrases()["topics"])
    return "\n".join(paragraphs(entry.number, topics[entry.number % len(topics)], 500))


def _post(home: str, entry: Entry) -> str:
    slug = CATEGORIES[entry.category]
    text = "".join(f"<p>{escape(p, quote=False)}</p>" for p in words_of(entry).splitlines())
    outlet = OUTLETS[entry.number % len(OUTLETS)]
    person = phrases()["shared"]["people"][entry.number % len(phrases()["shared"]["people"])]
    head = f"<p>{outlet}<br>{entry.posted_at:%B} {entry.posted_at.day}, {entry.posted_at.year}<br>{person}</p>"
    return f"""<article id="post-{entry.number}" class="post-{entry.number} post type-post status-publish hentry">
<h1 class="entry-title">{escape(entry.title)}</h1><time class="entry-date published"
 datetime="{entry.posted_at.isoformat()}">{entry.posted_at:%B %d, %Y}</time>
<div class="entry-content">{head if entry.number % 3 else ""}{text}<p>Version {entry.version} of this page.</p></div>
<footer class="entry-footer"><a href="{home}/category/{slug}/" rel="category tag">{category_name(slug)}</a></footer>
</article>"""


class Answers:
    """What the blog answers as bytes of HTTP, and what the benchmark asks of the blog itself."""

    def __init__(self, blog: ReturningBlog) -> None:
        self._blog, self._counts = blog, Counts()

    def __call__(self, request: bytes) -> tuple[bytes, ...]:
        first, *lines = request.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        target = first.split(" ")[1]
        if target.startswith("/-/"):
            return _sent(Answer(body=json.dumps(self._told(target)).encode(), kind="application/json"))
        answer = self._blog.answer(target, headers)
        self._counts.add(answer.status, len(answer.body))
        self._blog.posts_asked_for += target.startswith("/post-")
        return _sent(answer)

    def _told(self, target: str) -> Any:
        parts = urlsplit(target)
        asked = dict(parse_qsl(parts.query))
        if parts.path == "/-/change":
            return self._blog.change(**{name: int(value) for name, value in asked.items()})
        if parts.path == "/-/set":
            self._blog.closed = set(asked.get("closed", "").split(","))
            self._blog.validators = asked.get("validators") == "1"
        if parts.path == "/-/reset":
            self._counts.reset()
            self._blog.posts_asked_for = 0
        return {**json.loads(self._counts.as_json()), "posts": self._blog.posts_asked_for}


def _sent(answer: Answer) -> tuple[bytes, ...]:
    lines = [f"HTTP/1.1 {answer.status} {REASONS[answer.status]}", f"Content-Type: {answer.kind}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    lines += [] if answer.status == 304 else [f"Content-Length: {len(answer.body)}"]
    return ("\r\n".join([*lines, "", ""]).encode("latin-1"), answer.body)


if __name__ == "__main__":
    asyncio.run(serve(lambda url: Answers(ReturningBlog(int(sys.argv[1]), url))))
