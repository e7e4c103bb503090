"""WordPress' REST interface: which addresses to ask, and what the answers say. No answer makes this raise."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from crawler.addresses import resolved
from crawler.discovery import Sighting, read_instant, sighting_key

PER_PAGE = 100
"""WordPress' own maximum."""

LISTING_FIELDS = (
    *("id", "date", "date_gmt", "modified_gmt", "link", "slug", "status", "type", "title"),
    *("author", "categories", "tags", "sticky", "content.protected", "excerpt.protected"),
)
"""What is asked for to learn which posts there are and which changed."""

POST_FIELDS = (*LISTING_FIELDS, "content", "excerpt", "featured_media", "guid", "format")
"""What is asked for when the post itself is wanted too."""

_RELATION = "https://api.w.org/"


@dataclass(frozen=True, kw_only=True, slots=True)
class RestPosts:
    """One answer of `/wp/v2/posts`."""

    sightings: tuple[Sighting, ...] = ()
    protected: tuple[Sighting, ...] = ()
    """Password-protected posts: listed by WordPress, not public, never archived."""
    refused: tuple[tuple[str, str], ...] = ()
    """Address and reason of each entry that is no public post."""
    total: int | None = None
    total_pages: int | None = None
    closed: str | None = None
    """Why REST can't be used, or None."""
    past_end: bool = False
    """A page after the last one was asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RestTerm:
    """A category, tag or user as REST lists it."""

    id: int
    name: str
    slug: str
    url: str
    count: int | None = None
    """Posts in it; users have none."""
    parent: int | None = None


def rest_roots(url: str, *, link_header: str | None = None, tree: etree._Element | None = None) -> tuple[str, ...]:
    """Where REST may answer, best first: what the page says, then the usual place, then the form without permalinks.

    >>> rest_roots("https://blog.example/blog/", link_header='<https://blog.example/api/>; rel="https://api.w.org/"')
    ('https://blog.example/api/', 'https://blog.example/wp-json/', 'https://blog.example/?rest_route=/')
    """
    found = [resolved(url, href) for href in [*_in_header(link_header or ""), *_in_head(tree)]]
    guesses = [resolved(url, "/wp-json/"), resolved(url, "/?rest_route=/")]
    return tuple(dict.fromkeys(root for root in [*found, *guesses] if root))


def _in_header(link_header: str) -> list[str]:
    return re.findall(rf'<([^<>]{{1,2000}})>\s*;[^,]*?rel="?{re.escape(_RELATION)}"?', link_header)


def _in_head(tree: etree._Element | None) -> list[str]:
    if tree is None:
        return []
    return [str(link.get("href")) for link in tree.iter("link") if link.get("rel") == _RELATION and link.get("href")]


def route_url(root: str, route: str, query: Mapping[str, str | int] | None = None) -> str:
    """Address of a REST route below *root*, in either form of root.

    >>> route_url("https://blog.example/?rest_route=/", "wp/v2/posts", {"page": 2})
    'https://blog.example/?rest_route=%2Fwp%2Fv2%2Fposts&page=2'
    """
    parts = urlsplit(root)
    asked = dict(parse_qsl(parts.query))
    if "rest_route" in asked:
        asked["rest_route"] = f"{asked['rest_route'].rstrip('/')}/{route}"
        return urlunsplit(parts._replace(query=urlencode({**asked, **(query or {})})))
    path = f"{parts.path.rstrip('/')}/{route}"
    return urlunsplit(parts._replace(path=path, query=urlencode({**asked, **(query or {})}, safe=",:")))


def posts_url(
    root: str,
    page: int = 1,
    *,
    modified_after: str | None = None,
    fields: Iterable[str] = LISTING_FIELDS,
    per_page: int = PER_PAGE,
) -> str:
    """Address of one page of posts, oldest first, so that a post added meanwhile shifts no page.

    *modified_after* is a UTC ISO instant ending in `Z`: without a zone WordPress takes it for the blog's local time.
    Raises ValueError for any other.
    """
    if modified_after is not None and not modified_after.endswith("Z"):
        raise ValueError(f"a UTC instant ending in 'Z' is expected, found {modified_after!r}")
    order = {"orderby": "modified" if modified_after else "id", "order": "asc"}
    query: dict[str, str | int] = {"per_page": per_page, "page": page, **order, "_fields": ",".join(fields)}
    if modified_after:
        query["modified_after"] = modified_after
    return route_url(root, "wp/v2/posts", query)


NEWEST: Final = 10
"""Posts asked for by their numbers, newest first: more than most blogs add between two runs."""


def newest_url(root: str, page: int = 1) -> str:
    """Address of the posts that were made last, whatever day they bear: one dated back shows in no other order."""
    query: dict[str, str | int] = {"per_page": NEWEST, "page": page, "orderby": "id", "order": "desc"}
    return route_url(root, "wp/v2/posts", {**query, "_fields": ",".join(LISTING_FIELDS)})


def terms_url(root: str, kind: str, page: int = 1) -> str:
    """Address of one page of `categories`, `tags` or `users`."""
    hide = {"hide_empty": "true"} if kind != "users" else {}
    return route_url(root, f"wp/v2/{kind}", {"per_page": PER_PAGE, "page": page, **hide})


def read_posts(body: bytes, headers: Mapping[str, str], *, status: int = 200, url: str = "") -> RestPosts:
    """The posts of one answer; *url* is the address asked, kept in each sighting."""
    code, rows, trouble = _rows(body, status)
    if code == "rest_post_invalid_page_number":
        return RestPosts(past_end=True)
    if trouble:
        return RestPosts(closed=trouble)
    open_, protected, refused = [], [], []
    for row in rows:
        sighting, reason = _sighting(row, url)
        if sighting is None:
            refused.append((str(row.get("link", "")), reason or "no address"))
        elif reason:
            protected.append(sighting)
        else:
            open_.append(sighting)
    return RestPosts(
        sightings=tuple(open_),
        protected=tuple(protected),
        refused=tuple(refused),
        total=_number(headers, "x-wp-total"),
        total_pages=_number(headers, "x-wp-totalpages"),
    )


def numbers(body: bytes) -> tuple[int, ...]:
    """Of every post in an answer, those that `read_posts` refuses included; () where one has none."""
    found = [_positive(row.get("id")) for row in _rows(body, 200)[1]]
    return tuple(number for number in found if number is not None) if None not in found else ()


def _sighting(row: Mapping[str, Any], url: str) -> tuple[Sighting | None, str | None]:
    """The row's sighting and why it may not be archived; no sighting when the row is no published post."""
    link = row.get("link")
    if not isinstance(link, str) or sighting_key(link) is None:
        return None, "no address"
    for name, expected in (("status", "publish"), ("type", "post")):
        if row.get(name, expected) != expected:
            return None, f"{name} is {row.get(name)!r}"
    sighting = Sighting(
        url=link,
        source="rest",
        listed_in=url or None,
        title=_rendered(row.get("title")),
        lastmod=_gmt(row.get("modified_gmt")),
        posted_at=_gmt(row.get("date_gmt")),
        wordpress_id=_positive(row.get("id")),
        rest=row,
    )
    return sighting, "password-protected" if _is_protected(row) else None


def _is_protected(row: Mapping[str, Any]) -> bool:
    parts = (row.get("content"), row.get("excerpt"))
    return any(isinstance(part, dict) and part.get("protected") is True for part in parts)


def _rendered(value: object) -> str | None:
    text = value.get("rendered") if isinstance(value, dict) else value
    return plain(text) or None if isinstance(text, str) else None


def plain(markup: str) -> str:
    """A title or name without tags and entities, on one line.

    >>> plain("Ports &amp; <em>Yards</em>&nbsp;&#8211; news")
    'Ports & Yards – news'
    """
    return " ".join(html.unescape(re.sub(r"<[^<>]{0,2000}>", "", markup)).split())


def _gmt(value: object) -> str | None:
    """REST writes GMT instants without a zone; a draft's is 0000-00-00."""
    return read_instant(f"{value}Z") if isinstance(value, str) and len(value) == 19 else None


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else None


def _number(headers: Mapping[str, str], name: str) -> int | None:
    value = next((value for key, value in headers.items() if key.lower() == name), "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


_CLOSED_STATUS = {401: "needs a login", 403: "forbidden", 404: "not there", 410: "not there"}


def _rows(body: bytes, status: int) -> tuple[str | None, list[dict[str, Any]], str | None]:
    """WordPress' error code, the rows, and why there are none."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    code = answer.get("code") if isinstance(answer, dict) else None
    code = code if isinstance(code, str) else None
    if status >= 400 or code:
        why = _CLOSED_STATUS.get(status, f"answers {status}")
        return code, [], f"{why} ({code})" if code else why
    if not isinstance(answer, list):
        return None, [], "answers with a page, not with data" if body.lstrip()[:1] == b"<" else "answers with no list"
    return None, [row for row in answer if isinstance(row, dict)], None


def read_terms(body: bytes, *, status: int = 200) -> tuple[RestTerm, ...]:
    """Categories, tags or users of one answer; () when REST is closed for them."""
    _, rows, _ = _rows(body, status)
    return tuple(term for row in rows if (term := _term(row)))


def _term(row: Mapping[str, Any]) -> RestTerm | None:
    number, name, link = _positive(row.get("id")), row.get("name"), row.get("link")
    if number is None or not isinstance(name, str) or not isinstance(link, str) or sighting_key(link) is None:
        return None
    slug = row.get("slug") if isinstance(row.get("slug"), str) else ""
    return RestTerm(
        id=number,
        name=plain(name),
        slug=str(slug),
        url=link,
        count=count if (count := row.get("count")) == 0 else _positive(count),
        parent=_positive(row.get("parent")),
    )


def ignored_modified_after(found: Iterable[Sighting], modified_after: str) -> bool:
    """Whether REST answered with posts older than asked for: then it ignores the question and shows everything."""
    return any(sighting.lastmod is not None and sighting.lastmod < modified_after for sighting in found)
