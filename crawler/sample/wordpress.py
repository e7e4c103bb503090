"""Which address of the sample blog answers what: WordPress' rewrite rules, redirects and habits, without a socket."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import unquote

from crawler.sample import feeds, uploads
from crawler.sample.blog import Blog, Options, Term, http_date, page_count
from crawler.sample.content import SamplePost, site
from crawler.sample.exchange import Request, Response, redirect, text
from crawler.sample.formatting import pages_of
from crawler.sample.rest import Rest
from crawler.sample.themes import THEMES, asset, css_of
from crawler.sample.views import RELATED_CHOICES, Views, with_related

ROBOTS = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n"
Answer = Callable[..., Response | None]


class WordPress:
    """One blog under one set of options, answering requests; everything it renders is kept."""

    def __init__(self, options: Options, base_url: str) -> None:
        self.blog = Blog(options, base_url)
        self.views = Views(self.blog)
        self.rest = Rest(self.blog)
        self._kept: dict[tuple[str, int], Response] = {}
        self._views_of_posts = 0
        link = f'<{self.blog.url("/wp-json/")}>; rel="https://api.w.org/"'
        self._page_headers = {"Link": link} if options.rest != "closed" else {}
        self.routes: tuple[tuple[re.Pattern[str], Answer], ...] = tuple(
            (re.compile(pattern), answer)
            for pattern, answer in (
                (r"/", self._front),
                (r"/robots\.txt", self._robots),
                (r"/wp-sitemap[\w-]*\.xml", self._sitemap),
                (r"/sitemap\.xml", self._old_sitemap),
                (r"/wp-json(?:/.*)?", self._rest),
                (r"/wp-admin/admin-ajax\.php", self._ajax),
                (r"/wp-content/uploads/(?P<path>.+)", self._upload),
                (r"/wp-content/themes/(?P<theme>\w+)/style\.css", self._style),
                (r"/wp-content/themes/\w+/assets/(?P<name>[\w-]+\.\w+)", self._asset),
                (r"/feed/", self._feed),
                (r"/category/(?P<slug>[^/]+)/feed/", partial(self._term_feed, "categories", "category")),
                (r"/tag/(?P<slug>[^/]+)/feed/", partial(self._term_feed, "tags", "tag")),
                (r"/author/(?P<slug>[^/]+)/feed/", partial(self._term_feed, "users", "author")),
                (r"/blog/(?:page/(?P<page>\d+)/)?", self._blog),
                (r"/category/(?P<slug>[^/]+)/(?:page/(?P<page>\d+)/)?", partial(self._term, "categories", "category")),
                (r"/tag/(?P<slug>[^/]+)/(?:page/(?P<page>\d+)/)?", partial(self._term, "tags", "tag")),
                (r"/author/(?P<slug>[^/]+)/(?:page/(?P<page>\d+)/)?", partial(self._term, "users", "author")),
                (r"/(?P<year>\d{4})/(?:(?P<month>\d\d)/)?(?:page/(?P<page>\d+)/)?", self._month),
                (r"/(?P<slug>[^/]+)/(?:(?P<part>\d+)/)?", self._post),
            )
        )

    def answer(self, request: Request) -> Response:
        """What WordPress answers; HEAD is the server's business."""
        if request.method == "POST":
            return self._ajax(request) if request.path == "/wp-admin/admin-ajax.php" else text("", status=405)
        if moved := self._tidied(request):
            return redirect(self.blog.url(moved))
        for pattern, answer in self.routes:
            if match := pattern.fullmatch(request.path):
                found = answer(request, **match.groupdict())
                return found if found is not None else self._missing()
        return self._missing()

    def _tidied(self, request: Request) -> str | None:
        """The address with its closing slash or without `page/1/`, when it lacks the one or has the other."""
        path, mark, query = request.target.partition("?")
        tidy = re.sub(r"/page/1/?$", "/", path)
        last = tidy.rsplit("/", 1)[-1]
        if last and "." not in last and not tidy.startswith("/wp-json"):
            tidy += "/"
        return tidy + mark + query if tidy != path else None

    def _keep(self, key: str, render: Callable[[], str], choice: int = 0, status: int = 200) -> Response:
        if (key, choice) not in self._kept:
            self._kept[key, choice] = text(render(), status=status, headers=self._page_headers)
        return self._kept[key, choice]

    def _missing(self) -> Response:
        return self._keep("(missing)", self.views.missing, status=404)

    # --- files and machine-readable sources ---------------------------------------------------------------------------

    def _robots(self, request: Request) -> Response:
        line = f"\nSitemap: {self.blog.url('/wp-sitemap.xml')}\n" if self.blog.options.sitemap != "closed" else ""
        return text(ROBOTS + line, "text/plain; charset=utf-8")

    def _sitemap(self, request: Request) -> Response | None:
        return None if self.blog.options.sitemap == "closed" else feeds.sitemap(self.blog, request.path)

    def _old_sitemap(self, request: Request) -> Response | None:
        return None if self.blog.options.sitemap == "closed" else redirect(self.blog.url("/wp-sitemap.xml"))

    def _rest(self, request: Request) -> Response:
        return self.rest.answer(request)

    def _feed(self, request: Request) -> Response | None:
        return self._paged_feed(request, self.blog.posts_seen_by(self.blog.options.feed), "/feed/", site()["name"])

    def _term_feed(self, kind: str, folder: str, request: Request, *, slug: str) -> Response | None:
        term: Term | None = getattr(self.blog, kind).get(slug)
        return self._paged_feed(request, term.posts, f"/{folder}/{slug}/feed/", term.name) if term else None

    def _paged_feed(self, request: Request, posts: tuple[SamplePost, ...], path: str, title: str) -> Response | None:
        page = request.query.get("paged", "1")
        if self.blog.options.feed == "closed" or not page.isdigit() or not int(page):
            return None
        return feeds.feed(self.blog, posts, path, title, int(page), request.headers)

    def _upload(self, request: Request, *, path: str) -> Response | None:
        """A static file with validators, as the web server in front of WordPress serves it."""
        original = re.sub(r"-\d+x\d+(?=\.png$)", "", path)
        if original not in self.blog.uploads or original in uploads.LOST:
            return None
        body = uploads.file_for(path)
        headers = {
            "ETag": f'"{hashlib.md5(body).hexdigest()[:16]}"',
            "Last-Modified": http_date(self.blog.posts[-1].posted_at),
            "Content-Type": uploads.content_type(path),
        }
        wanted, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
        unchanged = wanted == headers["ETag"] if wanted else since == headers["Last-Modified"]
        return Response(status=304, headers=headers) if unchanged else Response(body=body, headers=headers)

    def _style(self, request: Request, *, theme: str) -> Response | None:
        return text(css_of(theme), "text/css") if theme in THEMES else None

    def _asset(self, request: Request, *, name: str) -> Response | None:
        found = asset(name)
        return Response(body=found[0], headers={"Content-Type": found[1]}) if found else None

    def _ajax(self, request: Request) -> Response:
        """ "Load more" of a category listing: the cards of one page, or WordPress' bare 0."""
        form = replace(request, target="/?" + request.body.decode("ascii", "replace")).query
        term = next((term for term in self.blog.categories.values() if str(term.id) == form.get("term")), None)
        page = form.get("page", "")
        if form.get("action") != "load_more" or term is None or not page.isdigit():
            return text("0", status=400)
        return text(self.views.more_cards(term, int(page)))

    # --- pages --------------------------------------------------------------------------------------------------------

    def _front(self, request: Request) -> Response | None:
        if (number := request.query.get("p")) is not None:
            post = self.blog.by_id.get(int(number)) if number.isdigit() else None
            return redirect(post.url(self.blog.base_url)) if post else None
        if words := request.query.get("s"):
            return self._search(words)
        return self._keep("/", self.views.front)

    def _search(self, words: str) -> Response:
        found = tuple(post for post in self.blog.posts if words.lower() in f"{post.title} {post.content}".lower())
        return text(self.views.listing(found[:10], heading=f"Search results for “{words}”", path="/", page=1))

    def _blog(self, request: Request, *, page: str | None) -> Response | None:
        return self._listing(self.blog.posts, "News", "/blog/", page)

    def _term(self, kind: str, folder: str, request: Request, *, slug: str, page: str | None) -> Response | None:
        term: Term | None = getattr(self.blog, kind).get(slug)
        return self._listing(term.posts, term.name, f"/{folder}/{slug}/", page, term) if term else None

    def _month(self, request: Request, *, year: str, month: str | None, page: str | None) -> Response | None:
        posts = self.blog.in_month(int(year), int(month) if month else None)
        heading = f"{posts[0].posted_at:%B %Y}" if posts and month else year
        return self._listing(posts, heading, f"/{year}/{month}/" if month else f"/{year}/", page) if posts else None

    def _listing(
        self, posts: tuple[SamplePost, ...], heading: str, path: str, page: str | None, term: Term | None = None
    ) -> Response | None:
        number = int(page or 1)
        if not 1 <= number <= page_count(posts):
            return None
        render = partial(self.views.listing, posts, heading=heading, path=path, page=number, term=term)
        return self._keep(f"{path}page/{number}/", render)

    def _post(self, request: Request, *, slug: str, part: str | None) -> Response | None:
        """A post, a static page, or what WordPress does about an address that is neither."""
        stored = _stored(slug)
        if stored in self.blog.pages:
            return self._keep(f"/{stored}/", partial(self.views.static, stored)) if part is None else None
        post = self.blog.by_slug.get(stored)
        if post is None:
            return self._elsewhere(stored)
        if stored != slug and unquote(slug) != unquote(stored):
            return redirect(post.url(self.blog.base_url))
        return self._rendered(post, part)

    def _rendered(self, post: SamplePost, part: str | None) -> Response:
        """The page of a post, with other related posts on each view; a part that is not there is the whole post."""
        if part is not None and not 2 <= int(part) <= len(pages_of(post.content)):
            return redirect(post.url(self.blog.base_url))
        number = int(part or 1)
        self._views_of_posts += 1
        choice = self._views_of_posts % RELATED_CHOICES
        return self._keep(
            f"{post.slug}/{number}",
            lambda: with_related(self.views.post(post, number), self.views.related(post, choice)),
            choice,
        )

    def _elsewhere(self, slug: str) -> Response | None:
        """Old slugs and removed posts, then the guess: the first post whose slug begins so."""
        edition = self.blog.edition
        if slug in edition.moved:
            return redirect(self.blog.url(f"/{edition.moved[slug]}/"))
        if edition.gone.get(slug) == "home":
            return redirect(self.blog.url("/"), 302)
        if edition.gone.get(slug) == 410:
            return text("<!DOCTYPE html><title>Gone</title><h1>Gone</h1>", status=410)
        guessed = self.blog.guess(slug)
        return redirect(guessed.url(self.blog.base_url)) if guessed else None


def _stored(slug: str) -> str:
    """*slug* as WordPress stores it: lower case, percent-encoded outside ASCII."""
    encoded = "".join(f"%{byte:02x}" if byte > 127 else chr(byte) for byte in unquote(slug).encode())
    return encoded.lower()
