"""Site profiles: what a person knows about a blog that its pages don't say.

A profile is a TOML file named after the site (docs/sites.md lists the keys). Any http(s) address works without one.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cssselect import HTMLTranslator, SelectorError

from archive.errors import UnknownSiteError, UsageError
from archive.urls import DEFAULT_PORTS, canonical_url, host_of
from crawler.page_limits import DEFAULT_LIMITS, PageLimits

DateOrder = Literal["mdy", "dmy", "ymd"]

BUILT_IN_FOLDER: Traversable = files("crawler") / "sites"
"""May lie in a zip: an egg is one."""

SELECTOR_NAMES = (
    *("title", "content", "date", "modified", "author", "categories", "tags"),
    *("listing_post", "listing_link", "listing_next"),
)
"""What a profile may point at with a CSS selector; everything else is read automatically."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteProfile:
    """One blog: where to start, what belongs to it, and what overrides automatic reading."""

    name: str
    title: str
    start_urls: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    """Further hosts (`host` or `host:port`) that belong to the blog; the start pages' own sites always do."""
    asset_hosts: tuple[str, ...] = ()
    """Further hosts that serve images, style sheets and fonts to the blog's pages."""
    paths: tuple[str, ...] = ()
    """Path prefixes a post or listing must have; () means the whole site."""
    house_names: tuple[str, ...] = ()
    """The blog's own names, magazines and organisation: never an original outlet."""
    language: str | None = None
    date_order: DateOrder | None = None
    timezone: str | None = None
    delay_s: float | None = None
    """Seconds between two requests; None leaves the crawler's own default."""
    listing_paths: tuple[str, ...] = ()
    """Listings to walk beside those discovery finds, as addresses relative to the first start page."""
    include_categories: tuple[str, ...] = ()
    """Slugs of the only categories to walk; () means all that are found."""
    exclude_categories: tuple[str, ...] = ()
    selectors: Mapping[str, str] = field(default_factory=dict)
    page_limits: PageLimits = DEFAULT_LIMITS

    def in_scope(self, url: str) -> bool:
        """Whether *url* belongs to this blog by scheme, host, port and path; `www.` and http/https make no difference.

        >>> load_profile("https://blog.example/news/").in_scope("http://www.blog.example/2024/05/a-post/")
        True
        >>> load_profile("http://127.0.0.1:8000/").in_scope("http://127.0.0.1:9000/")
        False
        """
        key = site_key(url)
        if key is None or key not in self.sites:
            return False
        path = urlsplit(url).path or "/"
        return not self.paths or any(_below(path, prefix) for prefix in self.paths)

    @property
    def sites(self) -> frozenset[str]:
        """The origins that belong to the blog, as `site_key` spells them."""
        return _site_keys(self.start_urls, self.hosts)

    @property
    def asset_sites(self) -> frozenset[str]:
        """The origins of `asset_hosts`, as `site_key` spells them."""
        return _site_keys((), self.asset_hosts)

    @property
    def listing_urls(self) -> tuple[str, ...]:
        """Start pages, then the profile's further listings, as absolute addresses."""
        return (*self.start_urls, *(urljoin(self.start_urls[0], path) for path in self.listing_paths))

    def takes_category(self, slug: str) -> bool:
        """Whether the profile's include and exclude lists let a category through."""
        slug = slug.casefold()
        wanted = not self.include_categories or slug in map(str.casefold, self.include_categories)
        return wanted and slug not in map(str.casefold, self.exclude_categories)

    def at(self, url: str) -> SiteProfile:
        """The same blog served at another address: start pages and scope move there (the sample blog, a mirror)."""
        moved = tuple(urljoin(url, urlsplit(start).path or "/") for start in self.start_urls)
        return replace(self, start_urls=moved, hosts=())


@lru_cache(maxsize=2_048)  # a blog's pages share most of their links
def site_key(url: str) -> str | None:
    """Scheme, host and port in the spelling scopes are compared in, or None when *url* is no http(s) address.

    >>> site_key("http://www.blog.example/a/"), site_key("http://blog.example:8080/")
    ('https://blog.example', 'http://blog.example:8080')
    """
    try:
        parts = urlsplit(canonical_url(url))
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}"


@lru_cache(maxsize=64)  # asked for every link of every page
def _site_keys(start_urls: tuple[str, ...], hosts: tuple[str, ...]) -> frozenset[str]:
    keys = [
        *map(site_key, start_urls),
        *(site_key(f"{scheme}://{host}/") for host in hosts for scheme in DEFAULT_PORTS),
    ]
    return frozenset(key for key in keys if key)


def _below(path: str, prefix: str) -> bool:
    return path.startswith(prefix) or path.rstrip("/") == prefix.rstrip("/")


def user_folders(archive: Path | None = None, environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where a user's own profiles are looked for, first found wins: the archive, then CLIPFILE_SITES or the config."""
    config = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "clipfile" / "sites"
    own = Path(environ["CLIPFILE_SITES"]) if environ.get("CLIPFILE_SITES") else config
    return (archive / "sites", own) if archive else (own,)


def list_profiles(folders: Sequence[Path] = ()) -> tuple[SiteProfile, ...]:
    """Every profile by name; a user's file hides a built-in one of the same name. Raises UsageError for a bad file."""
    return tuple(read_profile(path) for _, path in sorted(_profile_paths(folders).items()))


def load_profile(name_or_url: str, folders: Sequence[Path] = ()) -> SiteProfile:
    """The profile of that name, or one for any http(s) address.

    An address on a known blog takes that blog's profile, starting at the address given. Raises UnknownSiteError for a
    name nobody knows, UsageError for another scheme or a bad file.
    """
    wanted = name_or_url.strip()
    paths = _profile_paths(folders)
    if wanted.casefold() in paths:
        return read_profile(paths[wanted.casefold()])
    if site_key(wanted):
        return _profile_for_url(wanted, folders)
    if re.search(r"[./:]", wanted) and site_key(f"https://{wanted}") and not _OTHER_SCHEME.match(wanted):
        raise UsageError(f"{wanted!r} is not a whole address", hint=f"write https://{wanted}")
    if re.search(r"[/:]", wanted):
        raise UsageError(f"{wanted!r} is not an http(s) address", hint="give http://… or https://…, or a site's name")
    near = difflib.get_close_matches(wanted.casefold(), paths, n=2, cutoff=0.5)
    raise UnknownSiteError(wanted, tuple(near), tuple(sorted(paths)))


def profile_of(name: str, url: str, folders: Sequence[Path]) -> SiteProfile:
    """The profile of a site the archive holds; one that was crawled by its address alone has none but that."""
    try:
        profile = load_profile(name, folders)
    except UsageError:
        return load_profile(url, folders)
    return profile if profile.in_scope(url) else profile.at(url)


def _profile_paths(folders: Sequence[Path]) -> dict[str, Traversable]:
    found: dict[str, Traversable] = {}
    for folder in (*folders, BUILT_IN_FOLDER):
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name.endswith(".toml"):
                found.setdefault(_name_of(path), path)
    return dict(sorted(found.items()))


def _name_of(path: Traversable) -> str:
    return path.name.removesuffix(".toml").casefold()


def _profile_for_url(url: str, folders: Sequence[Path]) -> SiteProfile:
    for profile in list_profiles(folders):
        if profile.in_scope(url):
            known = canonical_url(url) in map(canonical_url, profile.start_urls)
            return (
                profile if known else replace(profile, start_urls=(url,), hosts=tuple(map(_host_of_key, profile.sites)))
            )
    parts = urlsplit(url)
    return SiteProfile(name=parts.netloc.rpartition("@")[2].lower(), title=host_of(url), start_urls=(url,))


def _host_of_key(key: str) -> str:
    return key.partition("://")[2]


def read_profile(path: Traversable) -> SiteProfile:
    """The profile in a TOML file. Raises UsageError naming the file and the key that can't be right."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
        raise UsageError(f"the site profile {path} can't be read: {why}") from why
    name = _name_of(path)
    if not _NAME.fullmatch(name):
        raise UsageError(f"the site profile {path} has no usable name", hint="letters, digits, dots and dashes only")
    return SiteProfile(name=name, **_Reader(path).read(table))


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise ValueError("a list of words is expected")
    return tuple(item.strip() for item in value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("words in quotes are expected")
    return value.strip()


def _addresses(value: object) -> tuple[str, ...]:
    urls = _texts(value)
    wrong = next((url for url in urls if site_key(url) is None), None)
    if wrong is not None or not urls:
        raise ValueError(
            f"http(s) addresses are expected, found {wrong!r}" if wrong else "at least one address is needed"
        )
    return urls


def _hosts(value: object) -> tuple[str, ...]:
    hosts = _texts(value)
    wrong = next((host for host in hosts if "/" in host or site_key(f"https://{host}/") is None), None)
    if wrong is not None:
        raise ValueError(f"a host such as 'blog.example' is expected, found {wrong!r}")
    return hosts


def _paths(value: object) -> tuple[str, ...]:
    paths = _texts(value)
    wrong = next((path for path in paths if not path.startswith("/") or path.startswith("//")), None)
    if wrong is not None:
        raise ValueError(f"paths that begin with '/' are expected, found {wrong!r}")
    return paths


def _date_order(value: object) -> str:
    if value not in ("mdy", "dmy", "ymd"):
        raise ValueError(f"'mdy', 'dmy' or 'ymd' is expected, found {value!r}")
    return str(value)


def _timezone(value: object) -> str:
    try:
        return ZoneInfo(_text(value)).key
    except (ZoneInfoNotFoundError, OSError) as why:
        raise ValueError(f"a zone such as 'America/Detroit' is expected, found {value!r}") from why


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise ValueError(f"seconds from 0 to 3600 are expected, found {value!r}")
    return float(value)


def _limit(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"a whole number from 1 on is expected, found {value!r}")
    return value


def _selector(value: object) -> str:
    try:
        HTMLTranslator().css_to_xpath(_text(value))
    except SelectorError as why:
        raise ValueError(f"not a CSS selector: {why}") from why
    return _text(value)


# TOML key → (attribute, how its value is read); the tables of a file are written with a dot
PROFILE_KEYS: dict[str, tuple[str, Callable[[object], Any]]] = {
    "title": ("title", _text),
    "start_urls": ("start_urls", _addresses),
    "house_names": ("house_names", _texts),
    "language": ("language", _text),
    "date_order": ("date_order", _date_order),
    "timezone": ("timezone", _timezone),
    "delay_s": ("delay_s", _seconds),
    "listing_paths": ("listing_paths", _paths),
    "scope.hosts": ("hosts", _hosts),
    "scope.asset_hosts": ("asset_hosts", _hosts),
    "scope.paths": ("paths", _paths),
    "categories.include": ("include_categories", _texts),
    "categories.exclude": ("exclude_categories", _texts),
    **{f"selectors.{name}": (name, _selector) for name in SELECTOR_NAMES},
    **{f"pages.{each.name}": (each.name, _limit) for each in fields(PageLimits)},
}
_NEEDED = ("title", "start_urls")
_TABLES = frozenset(key.partition(".")[0] for key in PROFILE_KEYS if "." in key)


class _Reader:
    """Reads one file's table; every complaint names the file and the key."""

    def __init__(self, path: Traversable) -> None:
        self.path = path

    def read(self, table: Mapping[str, object]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        tables: dict[str, dict[str, Any]] = {"selectors": {}, "pages": {}}
        for key, value in self._flat(table):
            attribute, read = self._known(key)
            try:
                tables.get(key.partition(".")[0], values)[attribute] = read(value)
            except ValueError as why:
                raise UsageError(f"{self.path}: {key}: {why}") from why
        missing = next((key for key in _NEEDED if key not in values), None)
        if missing:
            raise UsageError(f"{self.path}: the key {missing!r} is missing")
        return values | {"selectors": tables["selectors"], "page_limits": PageLimits(**tables["pages"])}

    def _flat(self, table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        for key, value in table.items():
            if isinstance(value, dict) and key in _TABLES:
                yield from ((f"{key}.{inner}", found) for inner, found in value.items())
            else:
                yield key, value

    def _known(self, key: str) -> tuple[str, Callable[[object], Any]]:
        if key in PROFILE_KEYS:
            return PROFILE_KEYS[key]
        near = difflib.get_close_matches(key, PROFILE_KEYS, n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known keys: {', '.join(PROFILE_KEYS)}"
        raise UsageError(f"{self.path}: unknown key {key!r}", hint=hint)
