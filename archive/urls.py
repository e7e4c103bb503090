"""One spelling for every address: what we store, compare and hash.

SURT folds the path's case and w3lib keeps too much apart (see docs/decisions.md), so the normal form is our own.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urljoin, urlsplit, urlunsplit

DEFAULT_PORTS = {"http": 80, "https": 443}

TRACKING_PARAMETERS = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid mc_cid mc_eid igshid yclid twclid _ga _gl _hsenc _hsmi mkt_tok "
    "ref_src cmpid ncid spm s_cid wt_mc trk share nb replytocom amp nonamp print pdf preview_nonce".split()
)
TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "hsa_")

_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~"


@lru_cache(maxsize=2_048)  # a blog's pages share most of their links
def canonical_url(url: str) -> str:
    """Return the spelling under which *url* is stored and compared.

    Scheme https, host lower case without `www.` and default port, path percent-encoded one way with a closing slash on
    directories (a last segment without a dot), no fragment, no tracking parameters, the rest sorted. `http` and
    `https`, `www.` and bare host are taken for one blog: WordPress answers them with one post. Addresses with a port of
    their own keep their scheme, since a different port is a different server.

    >>> canonical_url("HTTP://www.Blog.Example/2011/02/titular?utm_source=tw#more")
    'https://blog.example/2011/02/titular/'
    >>> canonical_url("http://blog.example?p=42")
    'https://blog.example/?p=42'
    >>> canonical_url("http://127.0.0.1:8000/caf%C3%A9/")
    'http://127.0.0.1:8000/caf%C3%A9/'

    Raises ValueError when *url* has no http(s) scheme or no host.
    """
    parts = urlsplit(url.strip())
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").rstrip(".")
    if scheme not in DEFAULT_PORTS or not host:
        raise ValueError(f"not an http(s) address: {url!r}")
    port = parts.port
    explicit = port is not None and port != DEFAULT_PORTS[scheme]
    host = _ascii_host(host).rstrip(".").removeprefix("www.")  # once more: other scripts have full stops, too
    if not _HOST.fullmatch(host) or (":" in host and not _is_address(host)):
        raise ValueError(f"not an http(s) address: {url!r}")
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if explicit else "")
    return urlunsplit(
        (scheme if explicit else "https", netloc, _canonical_path(parts.path), _canonical_query(parts.query), "")
    )


_HOST = re.compile(r"[^\s\0\[\]/\\@?#]+")
"""What can stand as a host and be read again as the same."""


def _ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host.lower()


def _is_address(host: str) -> bool:
    """Whether a host with colons is what alone may have some; Python's own check differs between its releases."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _canonical_path(path: str) -> str:
    path = re.sub(r"/{2,}", "/", path) or "/"
    path = quote(unquote_to_bytes(path), safe=_SAFE_IN_PATH)
    last = path.rsplit("/", 1)[-1]
    return path if not last or "." in last else path + "/"


def _canonical_query(query: str) -> str:
    kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not is_tracking(k)]
    return urlencode(sorted(kept))


def is_tracking(parameter: str) -> bool:
    """Whether a query parameter only says where the reader came from."""
    name = parameter.lower()
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)


def uid(canonical: str) -> str:
    """First 16 hex digits of the SHA-256 of a canonical URL: the same in every archive, so archives can be merged."""
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


@lru_cache(maxsize=1_024)
def host_of(url: str) -> str:
    """Host of *url*, lower case without `www.`; '' when it has none.

    >>> host_of("https://www.freep.com/story/")
    'freep.com'
    """
    if plain := _PLAIN_HOST.match(url):
        return plain[1].lower().removeprefix("www.")
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


_PLAIN_HOST = re.compile(r"https?://([A-Za-z0-9.-]+)(?:/|$)")
"""What nearly all addresses begin like: told at a glance."""


def absolute(base: str, href: str) -> str | None:
    """*href* against *base*, or None when it is not an http(s) address (mailto:, javascript:, data:, rubbish)."""
    try:
        joined = urljoin(base, href.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in DEFAULT_PORTS and parts.hostname else None
