"""Links to the original: redirectors and tracking taken off, printed addresses, hosts of the blog's own."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from archive.model import Line
from archive.urls import host_of, is_tracking

REDIRECTORS: dict[str, tuple[str, ...]] = {
    "google.com/url": ("q", "url"),
    "facebook.com/l.php": ("u",),
    "lm.facebook.com/l.php": ("u",),
    "l.facebook.com/l.php": ("u",),
    "l.instagram.com": ("u",),
    "linkedin.com/redir/redirect": ("url",),
    "linkedin.com/safety/go": ("url",),
    "urldefense.proofpoint.com/v2/url": ("u",),
    "out.reddit.com": ("url",),
    "t.umblr.com/redirect": ("z",),
    "youtube.com/redirect": ("q",),
    "steamcommunity.com/linkfilter": ("url",),
    "slack-redir.net/link": ("url",),
    "duckduckgo.com/l": ("uddg",),
    "news.google.com/newspapers": (),
    "getpocket.com/redirect": ("url",),
    "href.li": (),
}
"""Address (host and path) → the query parameters that hold where it leads."""

SOCIAL_HOSTS = frozenset(
    "facebook.com twitter.com x.com linkedin.com instagram.com pinterest.com youtube.com youtu.be t.co addtoany.com "
    "addthis.com reddit.com whatsapp.com api.whatsapp.com plus.google.com wordpress.com gravatar.com flickr.com "
    "creativecommons.org printfriendly.com mailchi.mp eventbrite.com zoom.us wikipedia.org en.wikipedia.org amazon.com "
    "google.com maps.google.com feedburner.google.com feeds.feedburner.com blogger.com unsplash.com pixabay.com".split()
)
"""Hosts that carry shares, images, events or shops: a link there is no original."""

BARE_URL = re.compile(r"https?://[^\s<>\"“”()\[\]]{6,400}")
DOMAIN = re.compile(
    r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]{1,40}\.){1,3}(?:com|org|net|edu|gov|fm|tv|info|io|co|us|news|media|"
    r"press|co\.uk|uk|ca|de|fr|es|it|"
    r"pt|cat|ch|at|be|eu|ie|com\.br|br|com\.mx|mx|ar|com\.ar|com\.au|au|nz|in))/?",
    re.IGNORECASE,
)


def unwrap(url: str) -> str:
    """Return where *url* leads when it is a redirector's, without tracking parameters.

    >>> unwrap("https://www.google.com/url?q=https%3A%2F%2Fpaper.example%2Fa%3Futm_source%3Dx%26id%3D7&sa=D")
    'https://paper.example/a?id=7'
    >>> unwrap("https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fpaper.example%2Fb&data=1")
    'https://paper.example/b'
    """
    for _ in range(3):
        inner = _inner(url)
        if inner is None:
            break
        url = inner
    return _without_tracking(url)


def original_links(line: Line, own_host: str) -> list[str]:
    """Addresses in *line*, linked or printed, that leave the blog and could be the article's, in order, unwrapped."""
    found = [link.href for link in line.links] + BARE_URL.findall(line.text)
    return list(
        dict.fromkeys(url for url in (unwrap(u.rstrip(".,;:")) for u in found) if may_be_original(url, own_host))
    )


def may_be_original(url: str, own_host: str) -> bool:
    """Whether *url* is a web address outside the blog, and not a share, an image or a shop."""
    host = host_of(url)
    if not host or same_site(host, own_host) or host in SOCIAL_HOSTS:
        return False
    return url.startswith(("http://", "https://")) and not _PICTURE.fullmatch(url)


_PICTURE = re.compile(r"[^?#]+\.(?:jpe?g|png|gif|webp|svg)(?:[?#].*)?", re.IGNORECASE)


def same_site(host: str, other: str) -> bool:
    """Whether two hosts belong to one site: equal, or one below the other, or siblings of one registered name.

    >>> same_site("blog.paper.example", "paper.example"), same_site("testportal.x.org", "www.x.org")
    (True, True)
    """
    return bool(host and other) and site_of(host) == site_of(other)


@lru_cache(maxsize=1024)
def site_of(host: str) -> str:
    """The registered name of *host*, as near as the last labels tell; hosted blogs keep their own label."""
    labels = host.casefold().removeprefix("www.").split(".")
    keep = 3 if len(labels) > 2 and (labels[-2] in _SECOND_LEVEL or ".".join(labels[-2:]) in _BLOG_HOSTS) else 2
    return ".".join(labels[-keep:])


_SECOND_LEVEL = frozenset("co com org net gov edu ac".split())
_BLOG_HOSTS = frozenset(
    "wordpress.com blogspot.com canalblog.com over-blog.com typepad.com tumblr.com substack.com github.io "
    "medium.com".split()
)


def _inner(url: str) -> str | None:
    if "?" not in url and "/v3/__" not in url:
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if host == "href.li":
        return parts.query if parts.query.startswith("http") else None
    if host.endswith("safelinks.protection.outlook.com"):
        return _parameter(parts.query, ("url",))
    if host.startswith("urldefense.") and "/v3/__" in parts.path:
        return _fix_scheme(url.split("/v3/__", 1)[1].split("__;", 1)[0])
    if host == "urldefense.proofpoint.com":
        coded = _parameter_raw(parts.query, "u")
        return unquote(coded.replace("-", "%").replace("_", "/")) if coded else None
    keys = REDIRECTORS.get(host + parts.path.rstrip("/")) or REDIRECTORS.get(host)
    return _parameter(parts.query, keys) if keys else None


def _fix_scheme(url: str) -> str:
    return re.sub(r"^(https?):/(?=[^/])", r"\1://", url)


def _parameter_raw(query: str, key: str) -> str | None:
    return next((value for name, value in parse_qsl(query) if name == key), None)


def _parameter(query: str, keys: tuple[str, ...]) -> str | None:
    values = parse_qs(query)
    found = next((values[key][0] for key in keys if key in values), None)
    return found if found and found.startswith("http") else None


def _without_tracking(url: str) -> str:
    if "?" not in url and "#" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not is_tracking(k)]
    query = parts.query if len(kept) == len(parse_qsl(parts.query, keep_blank_values=True)) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
