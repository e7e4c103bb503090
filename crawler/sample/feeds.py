"""The sample blog's RSS feeds and XML sitemaps, as WordPress writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.sax.saxutils import escape

from crawler.sample.blog import Blog, Term, http_date, in_pages, last_modified, page_count
from crawler.sample.content import ZONE, SamplePost, site
from crawler.sample.exchange import Response, text

FEED_TYPE = "application/rss+xml; charset=UTF-8"
XML_TYPE = "application/xml; charset=UTF-8"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"

FEED_HEAD = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:atom="http://www.w3.org/2005/Atom"
\txmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel>
"""


def feed(
    blog: Blog, posts: tuple[SamplePost, ...], path: str, title: str, page: int, headers: Mapping[str, str]
) -> Response | None:
    """One page of a feed, a 304, or None past the end. The validators are the whole site's, whatever the feed shows."""
    if page > page_count(posts) or not posts:
        return None
    changed_at = last_modified(blog.posts_seen_by(blog.options.feed))
    validators = {
        "Last-Modified": http_date(changed_at),
        "ETag": f'"{hashlib.md5(http_date(changed_at).encode()).hexdigest()}"',
    }
    if _unchanged(headers, validators["ETag"], changed_at):
        return Response(status=304, headers=validators)
    items = "".join(_item(blog, post) for post in in_pages(posts, page))
    build = changed_at.strftime("%a, %d %b %Y %H:%M:%S +0000")
    channel = f"""\t<title>{escape(title)}</title>
\t<atom:link href="{blog.url(path)}" rel="self" type="application/rss+xml" />
\t<link>{blog.base_url}</link>
\t<description>{escape(site()["tagline"])}</description>
\t<lastBuildDate>{build}</lastBuildDate>
\t<language>{site()["language"]}</language>
\t<sy:updatePeriod>hourly</sy:updatePeriod>
\t<generator>https://wordpress.org/?v=6.8.3</generator>
"""
    return text(f"{FEED_HEAD}{channel}{items}</channel>\n</rss>\n", FEED_TYPE, headers=validators)


def _unchanged(headers: Mapping[str, str], etag: str, changed_at: datetime) -> bool:
    """As WordPress decides: both validators must hold when both are sent; a weak tag never equals the strong one."""
    wanted, since = headers.get("if-none-match"), headers.get("if-modified-since")
    same = [wanted == etag] if wanted else []
    if since:
        same.append(_instant(since) >= changed_at.replace(microsecond=0))
    return bool(same) and all(same)


def _instant(http: str) -> datetime:
    """An HTTP date; the beginning of time where it is none."""
    try:
        return parsedate_to_datetime(http).astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _item(blog: Blog, post: SamplePost) -> str:
    url = post.url(blog.base_url)
    terms = [*blog.categories_of(post), *blog.tags_of(post)]
    categories = "".join(f"\t\t<category><![CDATA[{term.name}]]></category>\n" for term in terms)
    return f"""\t<item>
\t\t<title>{escape(post.title)}</title>
\t\t<link>{url}</link>
\t\t<dc:creator><![CDATA[{post.author}]]></dc:creator>
\t\t<pubDate>{post.posted_at.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")}</pubDate>
{categories}\t\t<guid isPermaLink="false">{blog.url(f"/?p={post.id}")}</guid>
\t\t<description><![CDATA[{blog.excerpt_of(post)}]]></description>
\t\t<content:encoded><![CDATA[{blog.content_of(post)}]]></content:encoded>
\t</item>
"""


# --- sitemaps ---------------------------------------------------------------------------------------------------------


def sitemap(blog: Blog, path: str) -> Response | None:
    """The sitemap at *path*, or None when WordPress would have none there."""
    posts = blog.posts_seen_by(blog.options.sitemap)
    maps: dict[str, list[tuple[str, datetime | None]]] = {
        "/wp-sitemap-posts-post-1.xml": [(post.url(blog.base_url), post.modified_at) for post in posts],
        "/wp-sitemap-posts-page-1.xml": [
            (blog.url("/"), None),
            *((blog.url(f"/{slug}/"), _changed(row)) for slug, row in blog.pages.items()),
        ],
        "/wp-sitemap-taxonomies-category-1.xml": _archives(blog.categories.values()),
        "/wp-sitemap-taxonomies-post_tag-1.xml": _archives(blog.tags.values()),
        "/wp-sitemap-users-1.xml": _archives(blog.users.values()),
    }
    filled = {name: entries for name, entries in maps.items() if entries}
    if path == "/wp-sitemap.xml":
        entries = "".join(_entry(blog, "sitemap", blog.url(name), _newest(found)) for name, found in filled.items())
        return _xml("sitemapindex", entries)
    if path not in filled:
        return None
    return _xml("urlset", "".join(_entry(blog, "url", url, changed_at) for url, changed_at in filled[path]))


def _archives(terms: Iterable[Term]) -> list[tuple[str, datetime | None]]:
    return [(term.url, None) for term in terms]


def _changed(row: dict[str, datetime]) -> datetime:
    return row["changed"].replace(tzinfo=ZONE)


def _newest(entries: list[tuple[str, datetime | None]]) -> datetime | None:
    return max((changed_at for _, changed_at in entries if changed_at), default=None)


def _entry(blog: Blog, element: str, url: str, changed_at: datetime | None) -> str:
    lastmod = (
        f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at and blog.options.lastmod else ""
    )
    return f"<{element}><loc>{escape(url)}</loc>{lastmod}</{element}>"


def _xml(root: str, entries: str) -> Response:
    return text(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SITEMAP}">{entries}</{root}>\n', XML_TYPE)
