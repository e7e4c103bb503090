"""The sample blog's REST interface: `/wp-json/` and the collections below `/wp-json/wp/v2/`."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from crawler.sample.blog import Blog, Term
from crawler.sample.content import ZONE, SamplePost, site
from crawler.sample.exchange import Request, Response, text
from crawler.sample.formatting import plain, the_content

JSON_TYPE = "application/json; charset=UTF-8"
MOST_PER_PAGE = 100
MEDIA_ID_FROM = 10_000
"""A featured image's id is this plus its post's."""

Row = dict[str, Any]


class BadParameterError(ValueError):
    """A parameter WordPress answers with 400."""


class Rest:
    """Answers REST requests from one blog; every row is made once."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self.posts = blog.posts_seen_by(blog.options.rest)
        self._post_rows: dict[int, Row] = {}
        self.collections: dict[str, Callable[[dict[str, str]], list[Row]]] = {
            "posts": self._posts,
            "pages": lambda query: [self._page_row(row) for row in blog.pages.values()],
            "categories": lambda query: _named(
                [self._term_row(term, "category") for term in blog.categories.values()], query
            ),
            "tags": lambda query: _named([self._term_row(term, "post_tag") for term in blog.tags.values()], query),
            "users": lambda query: _named([self._user_row(user) for user in blog.users.values()], query),
            "media": lambda query: [self._media_row(post) for post in self.posts if post.featured_image],
        }

    def answer(self, request: Request) -> Response:
        if self.blog.options.rest == "closed":
            return _error(401, "rest_not_logged_in", "You are not currently logged in.")
        parts = [part for part in request.path.removeprefix("/wp-json").split("/") if part]
        match parts:
            case []:
                return _json(self._index())
            case ["wp", "v2", name] if name in self.collections:
                return self._collection(name, request)
            case ["wp", "v2", name, number] if name in self.collections and number.isdigit():
                return self._one(name, int(number), request.query)
        return _error(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _index(self) -> Row:
        routes = {f"/wp/v2/{name}": {"methods": ["GET"]} for name in self.collections}
        return {
            "name": site()["name"],
            "description": site()["tagline"],
            "url": self.blog.base_url,
            "home": self.blog.base_url,
            "gmt_offset": "-4",
            "timezone_string": site()["timezone"],
            "namespaces": ["oembed/1.0", "wp/v2"],
            "routes": routes,
        }

    def _collection(self, name: str, request: Request) -> Response:
        query = request.query
        try:
            rows, per_page, page = self.collections[name](query), _per_page(query), _number(query, "page", 1)
        except BadParameterError as problem:
            return _error(400, "rest_invalid_param", f"Invalid parameter(s): {problem}")
        pages = -(-len(rows) // per_page)
        if page > max(pages, 1) and name in ("posts", "pages", "media"):
            return _error(400, "rest_post_invalid_page_number", "The page number is larger than the number of pages.")
        shown = [self._presented(row, query) for row in rows[(page - 1) * per_page : page * per_page]]
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        if links := self._links(request, page, pages):
            headers["Link"] = links
        return _json(shown, headers)

    def _one(self, name: str, number: int, query: dict[str, str]) -> Response:
        row = next((row for row in self.collections[name]({}) if row["id"] == number), None)
        if row is None:
            return _error(404, "rest_post_invalid_id", "Invalid post ID.")
        return _json(self._presented(row, query))

    def _links(self, request: Request, page: int, pages: int) -> str:
        targets = [("prev", page - 1)] if page > 1 else []
        targets += [("next", page + 1)] if page < pages else []
        return ", ".join(
            f'<{self.blog.url(request.path)}?{urlencode({**request.query, "page": number})}>; rel="{name}"'
            for name, number in targets
        )

    def _presented(self, row: Row, query: dict[str, str]) -> Row:
        shown = {**row, "_embedded": self._embedded(row)} if "_embed" in query and "author" in row else row
        return _fields(shown, query["_fields"]) if query.get("_fields") else shown

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _posts(self, query: dict[str, str]) -> list[Row]:
        """Posts that pass the filters, in the order asked for; every row is made once, since texts are long."""
        chosen = [post for post in self.posts if self._wanted(post, query)]
        by, order = query.get("orderby", "date"), query.get("order", "desc")
        if by not in ORDERS or order not in ("asc", "desc"):
            raise BadParameterError("orderby" if by not in ORDERS else "order")
        chosen.sort(key=ORDERS[by], reverse=order == "desc")
        return [self._post_row(post) for post in chosen]

    def _wanted(self, post: SamplePost, query: dict[str, str]) -> bool:
        row_terms = {"categories": self.blog.categories_of, "tags": self.blog.tags_of}
        return (
            all(keeps(post, query[name]) for name, keeps in FILTERS.items() if query.get(name))
            and all(
                {term.id for term in terms(post)} & _ids(query[name])
                for name, terms in row_terms.items()
                if query.get(name)
            )
            and (not query.get("author") or self.blog.author_of(post).id in _ids(query["author"]))
        )

    def _post_row(self, post: SamplePost) -> Row:
        if post.id not in self._post_rows:
            self._post_rows[post.id] = self._new_post_row(post)
        return self._post_rows[post.id]

    def _new_post_row(self, post: SamplePost) -> Row:
        blog, link = self.blog, post.url(self.blog.base_url)
        return {
            "id": post.id,
            "date": _wall(post.posted_at),
            "date_gmt": _wall(post.posted_at, UTC),
            "guid": {"rendered": blog.url(f"/?p={post.id}")},
            "modified": _wall(post.modified_at),
            "modified_gmt": _wall(post.modified_at, UTC),
            "slug": post.slug,
            "status": post.status,
            "type": "post",
            "link": link,
            "title": {"rendered": html.escape(post.title, quote=False)},
            "content": {"rendered": blog.content_of(post), "protected": False},
            "excerpt": {"rendered": f"<p>{html.escape(blog.excerpt_of(post), quote=False)}</p>\n", "protected": False},
            "author": blog.author_of(post).id,
            "featured_media": MEDIA_ID_FROM + post.id if post.featured_image else 0,
            "comment_status": "closed",
            "ping_status": "closed",
            "sticky": False,
            "template": "",
            "format": "standard",
            "meta": {"footnotes": ""},
            "categories": [term.id for term in blog.categories_of(post)],
            "tags": [term.id for term in blog.tags_of(post)],
            "_links": {
                "self": [{"href": blog.url(f"/wp-json/wp/v2/posts/{post.id}")}],
                "collection": [{"href": blog.url("/wp-json/wp/v2/posts")}],
            },
        }

    def _embedded(self, row: Row) -> Row:
        post = next(post for post in self.posts if post.id == row["id"])
        terms = [
            [self._term_row(term, "category") for term in self.blog.categories_of(post)],
            [self._term_row(term, "post_tag") for term in self.blog.tags_of(post)],
        ]
        media = {"wp:featuredmedia": [self._media_row(post)]} if post.featured_image else {}
        return {"author": [self._user_row(self.blog.author_of(post))], **media, "wp:term": terms}

    def _term_row(self, term: Term, taxonomy: str) -> Row:
        return {
            "id": term.id,
            "count": len(term.posts),
            "description": "",
            "link": term.url,
            "name": html.escape(term.name, quote=False),
            "slug": term.slug,
            "taxonomy": taxonomy,
            "meta": [],
        }

    def _user_row(self, user: Term) -> Row:
        return {
            "id": user.id,
            "name": user.name,
            "url": "",
            "description": "",
            "link": user.url,
            "slug": user.slug,
            "meta": [],
        }

    def _media_row(self, post: SamplePost) -> Row:
        url = self.blog.url(f"/wp-content/uploads/{post.featured_image}")
        return {
            "id": MEDIA_ID_FROM + post.id,
            "date": _wall(post.posted_at),
            "slug": f"harbor-{post.id}",
            "type": "attachment",
            "link": url,
            "title": {"rendered": f"harbor-{post.id}"},
            "caption": {"rendered": ""},
            "alt_text": "",
            "media_type": "image",
            "mime_type": "image/png",
            "media_details": {"width": 320, "height": 180, "file": post.featured_image},
            "post": post.id,
            "source_url": url,
        }

    def _page_row(self, row: Row) -> Row:
        content = the_content(row["content"])
        return {
            "id": row["id"],
            "date": _wall(row["changed"]),
            "modified": _wall(row["changed"]),
            "slug": row["slug"],
            "status": "publish",
            "type": "page",
            "link": self.blog.url(f"/{row['slug']}/"),
            "title": {"rendered": row["title"]},
            "content": {"rendered": content, "protected": False},
            "excerpt": {"rendered": f"<p>{plain(content)[:200]}</p>", "protected": False},
        }


# --- parameters -------------------------------------------------------------------------------------------------------

ORDERS: dict[str, Callable[[SamplePost], Any]] = {
    "date": lambda post: (post.posted_at, post.id),
    "modified": lambda post: (post.modified_at, post.id),
    "id": lambda post: post.id,
    "slug": lambda post: post.slug,
    "title": lambda post: post.title,
}


def _moment(value: str) -> datetime:
    """An ISO time; without a zone it means the site's own, which surprises callers elsewhere in the world."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as problem:
        raise BadParameterError(value) from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _ids(value: str) -> set[int]:
    try:
        return {int(part) for part in value.split(",")}
    except ValueError as problem:
        raise BadParameterError(value) from problem


FILTERS: dict[str, Callable[[SamplePost, str], bool]] = {
    "after": lambda post, value: post.posted_at > _moment(value),
    "before": lambda post, value: post.posted_at < _moment(value),
    "modified_after": lambda post, value: post.modified_at > _moment(value),
    "modified_before": lambda post, value: post.modified_at < _moment(value),
    "search": lambda post, value: value.lower() in f"{post.title} {post.content}".lower(),
    "slug": lambda post, value: post.slug in value.split(","),
    "include": lambda post, value: post.id in _ids(value),
    "exclude": lambda post, value: post.id not in _ids(value),
}


def _number(query: dict[str, str], name: str, default: int) -> int:
    value = query.get(name, str(default))
    if not value.isdigit() or int(value) < 1:
        raise BadParameterError(name)
    return int(value)


def _per_page(query: dict[str, str]) -> int:
    per_page = _number(query, "per_page", 10)
    if per_page > MOST_PER_PAGE:
        raise BadParameterError("per_page")
    return per_page


def _named(rows: list[Row], query: dict[str, str]) -> list[Row]:
    """Terms and users come by name and can be asked for by slug."""
    return sorted((row for row in rows if query.get("slug") in (None, row["slug"])), key=lambda row: row["name"])


def _fields(row: Row, wanted: str) -> Row:
    """Only the named fields; `title.rendered` keeps one key of an object."""
    result: Row = {}
    for name in (part.strip() for part in wanted.split(",")):
        outer, _, inner = name.partition(".")
        if outer not in row:
            continue
        if inner and isinstance(row[outer], dict):
            result.setdefault(outer, {}).update({inner: row[outer][inner]} if inner in row[outer] else {})
        else:
            result[outer] = row[outer]
    return result


def _wall(moment: datetime, zone: Any = None) -> str:
    """A time as REST prints it, without a zone: site-local, or UTC where *zone* says so."""
    return (moment.astimezone(zone) if zone else moment).strftime("%Y-%m-%dT%H:%M:%S")


def _json(value: Any, headers: dict[str, str] | None = None, status: int = 200) -> Response:
    return text(
        json.dumps(value, ensure_ascii=False),
        JSON_TYPE,
        status,
        {"X-Robots-Tag": "noindex", "Allow": "GET", **(headers or {})},
    )


def _error(status: int, code: str, message: str) -> Response:
    return _json({"code": code, "message": message, "data": {"status": status}}, status=status)
