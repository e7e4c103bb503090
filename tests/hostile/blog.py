"""The hostile blog: healthy posts mixed with one route a fault, sources that lie, and address spaces without end.

`python -m tests.hostile` serves it for any crawler; manifest.toml says what a right one ends with.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from tests.hostile.addresses import HOSTS
from tests.hostile.faults import FAULTS, MEGABYTE, first, repeats
from tests.hostile.pages import PROSE, Card, headline, listing, post
from tests.hostile.server import Answer, Server, head, redirect, whole

MANIFEST: Final[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "manifest.toml").read_text(encoding="utf-8"))

HEALTHY: Final = tuple(f"healthy-{number}" for number in range(1, 31))
BARE: Final = (*HEALTHY[:5], "busy-for-a-year", *HEALTHY[5:10])
BUSY_FOR_A_YEAR: Final = first(whole("", "Retry-After: 31536000", status=503), whole(post("busy-for-a-year")))
CARDS_A_PAGE: Final = 20
NOT_FOUND: Final = whole("<p>Not found</p>", status=404)
XML: Final = "application/xml; charset=utf-8"

SITEMAP_INDEX: Final = (
    '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'
)
SITEMAP: Final = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
ENTITY_BOMB: Final = (
    '<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    + '<!ENTITY file SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a12;&file;</loc></url></urlset>'
)


class HostileBlog(Server):
    """The blog at `/blog/`; *canary_port* is where its forbidden addresses point.

    The *bare* one has ten healthy posts, one that asks for a pause of a year, and no source but an endless feed.
    """

    def __init__(self, canary_port: int, port: int = 0, *, bare: bool = False) -> None:
        super().__init__(self.find, port)
        self.canary_port = canary_port
        self.bare = bare
        self.url = f"{self.origin}/blog/"

    def forbidden(self, name: str, path: str = "/blog/secret/") -> str:
        return f"http://{HOSTS[name]}:{self.canary_port}{path}"

    def posts(self) -> Iterator[str]:
        """Ids of every post the listings show, healthy ones in between."""
        wicked = [*FAULTS, *self.wicked_pages(), *(f"redirect-to-{name}" for name in HOSTS)]
        return (name for name in chain(*zip_longest(wicked, HEALTHY)) if name)

    def cards(self) -> list[Card]:
        if self.bare:
            return [Card(path=f"/blog/{name}/", title=headline(name)) for name in BARE]
        shown = [Card(path=f"/blog/{name}/", title=headline(name)) for name in self.posts()]
        direct = [Card(path=self.forbidden(name, f"/blog/direct-{name}/"), title=headline(name)) for name in HOSTS]
        relative = Card(path=f"//127.0.0.1:{self.canary_port}/blog/direct/", title=headline("no scheme"))
        return [*shown, *direct, relative]

    # ------------------------------------------------------------------ routes

    def find(self, target: str) -> Answer:
        parts = urlsplit(target)
        words = parts.path.strip("/").split("/")
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        route = self._routes().get(words[0] if words[0] != "blog" else "/".join(words[:2]))
        if route is not None:
            return route(words, query)
        name = words[-1]
        if name in HEALTHY or name == "moved-here":
            return whole(post(name))
        if name.startswith("redirect-to-") and name.removeprefix("redirect-to-") in HOSTS:
            return redirect(self.forbidden(name.removeprefix("redirect-to-")))
        return {**FAULTS, **self.wicked_pages(), "busy-for-a-year": BUSY_FOR_A_YEAR}.get(name, NOT_FOUND)

    def _routes(self) -> dict[str, Callable[[list[str], dict[str, str]], Answer]]:
        routes = {
            "robots.txt": lambda _, __: whole(self._robots(), kind="text/plain"),
            "hop": lambda words, _: redirect(f"/hop/{int(words[1]) + 1}"),
            "blog": lambda _, __: whole(self._front(1)),
            "blog/page": lambda words, _: whole(self._front(int(words[2]))),
            "blog/category": self._category,
            "blog/events": self._calendar,
            "blog/endless": lambda _, __: whole(post("endless", title="The same page at every address")),
            "blog/session": lambda _, query: whole(self._session(query)),
            "blog/filter": lambda _, query: whole(self._filter(query)),
            "wp-login.php": lambda _, __: whole("<form><input type=password name=pwd></form>"),
            "wp-json": self._rest,
            "feed": self._feed,
            "blog/feed": self._feed,
            "maps": self._sitemap,
        }
        return {name: route for name, route in routes.items() if not (self.bare and name in ("wp-json", "maps"))}

    def _robots(self) -> str:
        maps = (f"{self.origin}/maps/{name}.xml" for name in ("index-1", "bomb", "large", "liar"))
        outside = (self.forbidden(name, "/sitemap.xml") for name in HOSTS)
        if self.bare:
            return ""
        return "User-agent: *\nDisallow: /blog/forbidden-by-robots/\n" + "".join(
            f"Sitemap: {url}\n" for url in (*maps, *outside)
        )

    # ------------------------------------------------------------------ listings and traps

    def _front(self, number: int) -> str:
        cards = self.cards()
        start = (number - 1) * CARDS_A_PAGE
        has_more = start + CARDS_A_PAGE < len(cards)
        if self.bare:
            return listing("All posts", cards)
        categories = [(f"/blog/category/{name}/", name) for name in ("port-news", *MANIFEST["traps"])]
        links = "".join(
            f'<link rel="{rel}" href="{self.forbidden("loopback", "/wp-json/")}">'
            for rel in ("https://api.w.org/", "alternate", "pingback", "stylesheet", "preload", "prefetch", "next")
        )
        return listing(
            "All posts",
            cards[start : start + CARDS_A_PAGE],
            next_url=f"/blog/page/{number + 1}/" if has_more else "",
            categories=categories,
            head=links,
        )

    def _category(self, words: list[str], query: dict[str, str]) -> Answer:
        name, number = words[2], int(words[-1]) if words[-1].isdigit() else 1
        make = getattr(self, f"_trap_{name.partition('-of-')[0].replace('-', '_')}", None)
        if make is not None:
            return whole(make(number, words))
        shown = [Card(path=f"/blog/{post_name}/", title=headline(post_name)) for post_name in HEALTHY[:10]]
        return whole(listing(name, shown))

    def _trap_pages(self, number: int, words: list[str]) -> str:
        """Pages without end, each with new addresses, all of one and the same post."""
        cards = [Card(path=f"/blog/endless/{number}-{n}/", title=f"Endless {number} {n}") for n in range(5)]
        return listing("Endless", cards, next_url=f"/blog/category/pages/page/{number + 1}/")

    def _trap_calendar(self, number: int, words: list[str]) -> str:
        cards = [Card(path=f"/blog/events/2031-{n:02}/", title=f"Events of month {n} of 2031") for n in range(1, 4)]
        return listing("Calendar", cards)

    def _calendar(self, words: list[str], query: dict[str, str]) -> Answer:
        year, month = (int(part) for part in words[2].split("-"))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        card = Card(path=f"/blog/events/{year}-{month:02}/", title=f"Events of month {month} of {year}")
        return whole(listing("Calendar", [card], next_url=card.path))

    def _trap_sessions(self, number: int, words: list[str]) -> str:
        return self._session({"sid": "0"})

    def _session(self, query: dict[str, str]) -> str:
        mark = int(query.get("sid") or 0) * 5
        cards = [Card(path=f"/blog/session/?sid={mark + n}", title=f"Your session {mark + n}") for n in range(1, 6)]
        return listing("Session", cards, next_url=cards[-1].path)

    def _trap_path(self, number: int, words: list[str]) -> str:
        """Each page links to itself, one folder deeper."""
        deeper = "/" + "/".join([*words, "further"]) + "/"
        cards = [Card(path=f"{deeper}post-{n}/", title=f"Further down, number {n}") for n in range(3)]
        return listing("Further", cards, next_url=deeper, categories=[(deeper, "Further")])

    def _trap_parameters(self, number: int, words: list[str]) -> str:
        return self._filter({"a": "0"})

    def _filter(self, query: dict[str, str]) -> str:
        mark = int(query.get("a") or 0) * 5
        cards = [
            Card(path=f"/blog/filter/?a={mark + n}&b={n % 7}&c={n % 11}", title=f"Filtered {mark + n}")
            for n in range(1, 6)
        ]
        many = "&".join(f"p{n}=1" for n in range(1000))
        cards.append(Card(path=f"/blog/filter/?{many}", title="Filtered by a thousand"))
        return listing("Filter", cards, next_url=cards[0].path)

    def _trap_categories(self, number: int, words: list[str]) -> str:
        """Each category names three more, and shows itself among posts that all the others show too."""
        mark = int(words[2].rpartition("-")[2]) if words[2][-1].isdigit() else 0
        more = [(f"/blog/category/categories-of-{mark * 3 + n}/", f"Deeper {mark * 3 + n}") for n in range(1, 4)]
        cards = [Card(path=f"/blog/{name}/", title=headline(name)) for name in HEALTHY[:5]]
        itself = Card(path="/" + "/".join(words) + "/", title="This very category")
        return listing("Categories", [itself, *cards], categories=more)

    # ------------------------------------------------------------------ sources that lie

    def _sitemap(self, words: list[str], query: dict[str, str]) -> Answer:
        name, _, number = words[-1].removesuffix(".xml").partition("-")
        if name == "index":
            return whole(self._sitemap_index(number), kind=XML)
        if name == "bomb":
            return whole(ENTITY_BOMB, kind=XML)
        if name == "large":
            row = f"<url><loc>{self.origin}/blog/in-a-large-map/</loc></url>".encode() * 1000
            return repeats(head(f"Content-Length: {50 * MEGABYTE}", f"Content-Type: {XML}"), row)
        return whole(self._lying_sitemap(), kind=XML)

    def _sitemap_index(self, number: str) -> str:
        """An index of three indexes, for ever; and maps that lie elsewhere."""
        children = [f"{self.origin}/maps/index-{number}{n}.xml" for n in (1, 2, 3)]
        outside = [self.forbidden(name, f"/maps/{number}.xml") for name in HOSTS]
        return SITEMAP_INDEX.format(
            "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in (*children, *outside))
        )

    def _lying_sitemap(self) -> str:
        urls = [f"{self.origin}/blog/{name}/" for name in ("never-was-1", "never-was-2", *HEALTHY[:3])]
        urls += [self.forbidden(name, "/blog/in-a-sitemap/") for name in HOSTS]
        urls += ["javascript:alert(1)", "file:///etc/passwd", "ftp://127.0.0.1/x", "http://[::1/"]
        rows = "".join(f"<url><loc>{escape(url)}</loc><lastmod>9999-99-99</lastmod></url>" for url in urls)
        return SITEMAP.format(rows)

    def _feed(self, words: list[str], query: dict[str, str]) -> Answer:
        """The same items on every page, and always another page; some items lie elsewhere."""
        number = int(query.get("paged") or 1)
        urls = [f"{self.origin}/blog/{name}/" for name in HEALTHY[:5]]
        urls += [self.forbidden(name, "/blog/in-a-feed/") for name in HOSTS]
        items = "".join(f"<item><title>{PROSE[0]}</title><link>{escape(url)}</link></item>" for url in urls)
        onward = f'<atom:link rel="next" href="{self.origin}/feed/?paged={number + 1}"/>'
        return whole(
            f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{onward}{items}</channel></rss>',
            kind=XML,
        )

    def _rest(self, words: list[str], query: dict[str, str]) -> Answer:
        """A million pages by its own word, each with the same posts; categories without end."""
        fields = ("X-WP-Total: 100000000", "X-WP-TotalPages: 1000000")
        rows: list[Any]
        if words[-1] == "categories":
            category = {"slug": "port-news", "link": f"{self.origin}/blog/category/port-news/", "count": 1}
            rows = [{"id": n, "name": f"Category {n}", **category} for n in range(1, 101)]
        else:
            urls = [f"{self.origin}/blog/{name}/" for name in HEALTHY[:5]]
            urls += [self.forbidden(name, "/blog/in-rest/") for name in HOSTS]
            facts = {"status": "publish", "type": "post", "categories": ["a", None]}
            titles = [{"rendered": headline(name)} for name in (*HEALTHY[:5], *HOSTS)]
            rows = [{"id": n, "link": url, "title": titles[n - 1], **facts} for n, url in enumerate(urls, 1)]
            rows += [None, 7, "post", {"id": -1}, {"link": 5}, {"link": "javascript:alert(1)", "id": 10**30}]
        return whole(json.dumps(rows), *fields, kind="application/json")

    # ------------------------------------------------------------------ pages that point at forbidden addresses

    def wicked_pages(self) -> dict[str, bytes]:
        urls = [self.forbidden(name, "/picture.png") for name in HOSTS]
        pictures = "".join(
            f'<img src="{url}" srcset="{url}?2 2x, {url}?3 3x" data-src="{url}?4"><object data="{url}?9"></object>'
            f'<picture><source srcset="{url}?5"></picture><video src="{url}?6" poster="{url}?7"></video>'
            f'<iframe src="{url}?8"></iframe>'
            f'<embed src="{url}?10"><div style="background:url({url}?11)">x</div><audio src="{url}?12"></audio>'
            for url in urls
        )
        heads = "".join(
            f'<link rel="stylesheet" href="{url}?13"><link rel="icon" href="{url}?14"><script src="{url}?15"></script>'
            f'<link rel="preload" as="image" href="{url}?16"><meta property="og:image" content="{url}?17">'
            f"<style>@import '{url}?18';</style>"
            for url in urls
        )
        outside = self.forbidden("loopback", "/")
        refresh, name = f"{outside}blog/refreshed/", "further-parts-elsewhere"
        parts = f'<div class="page-links">Pages: <span>1</span> <a href="{outside}blog/{name}/2/">2</a></div>'
        pages = {
            "pictures-at-forbidden-addresses": {"in_head": heads, "in_body": pictures},
            "meta-refresh": {"in_head": f'<meta http-equiv="refresh" content="0; url={refresh}">'},
            "refresh-header": {},
            "base-elsewhere": {
                "in_head": f'<base href="{outside}">',
                "in_body": '<img src="picture.png"><a href="next/">next</a>',
            },
            "canonical-forbidden": {"in_head": f'<link rel="canonical" href="{outside}blog/secret/">'},
            name: {"in_body": parts},
        }
        fields = (f"Refresh: 0; url={refresh}", f"Link: <{refresh}>; rel=preload")
        return {name: whole(post(name, **more), *fields) for name, more in pages.items()}


class HealthyBlog(Server):
    """A few posts and nothing wrong with them: a crawl of it is short."""

    def __init__(self, count: int = 8) -> None:
        super().__init__(self.find)
        self.names = HEALTHY[:count]

    def find(self, target: str) -> Answer:
        name = urlsplit(target).path.strip("/").rpartition("/")[2]
        if name in self.names:
            return whole(post(name))
        if name == "blog":
            return whole(listing("All posts", [Card(path=f"/blog/{n}/", title=headline(n)) for n in self.names]))
        return NOT_FOUND
