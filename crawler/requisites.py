"""What a run fetches beside its posts: the files their pages need, each once over the archive's life.

They wait in the frontier behind the posts, so that a run which was cut short goes on with them, and go the same way as
every other request: guarded, paced, by robots.txt, captured. One that can't be had is a skip, and its post is none the
worse. `archive.requisites` says what a page names; here is decided what of it is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, cast
from urllib.parse import urlsplit

from scrapy.http import Response

from archive.charsets import as_text
from archive.requisites import ROLES, Requisite, Role, style_requisites
from archive.store.frontier import SOURCE_PRIORITY, Seed
from archive.urls import host_of
from crawler.keeper import Keeper
from crawler.profiles import SiteProfile, site_key
from crawler.skip_reasons import HARMLESS, SkipReason, status_reason
from crawler.tally import Tally

PRIORITY: Final = SOURCE_PRIORITY + 3
"""After posts and what is asked for again: a run that ends early has the words, if not the pictures."""

MOST_IMPORTS: Final = 4
"""Style sheets that import one another, one inside the other."""
TRIES: Final = 3
"""Answers without the file, or failures, over the archive's life, after which it is left alone."""
REMEMBERED: Final = 20_000

IMAGE_NETWORK: Final = frozenset({"i0.wp.com", "i1.wp.com", "i2.wp.com", "i3.wp.com"})
"""WordPress.com's image network: the path begins with the host of the blog it serves."""
CORE_NETWORK: Final = "c0.wp.com"
"""Its copies of WordPress' own style sheets and fonts."""

LASTING: Final = frozenset(
    {SkipReason.RESPONSE_TOO_LARGE, SkipReason.DECOMPRESSED_TOO_LARGE, SkipReason.DECOMPRESSION_RATIO}
)
"""Skips that would be the same the next time."""


def in_asset_scope(profile: SiteProfile, url: str) -> bool:
    """Whether a file at *url* may belong to the blog: its own hosts and those below them, the networks that serve blogs
    of its kind, the profile's `asset_hosts`. The profile's paths, which limit posts, do not count.
    """
    key = site_key(url)
    if key is None:
        return False
    if key in profile.sites or key in profile.asset_sites:
        return True
    host = host_of(url)
    if host in IMAGE_NETWORK:
        served = urlsplit(url).path.split("/")[1:2]
        return served[0].removeprefix("www.") in {host_of(site) for site in profile.sites} if served else False
    return host == CORE_NETWORK or any(_is_below(key, site) for site in profile.sites)


def _is_below(key: str, site: str) -> bool:
    """Whether one origin is a subdomain of the other, scheme and port alike; numbers have none."""
    scheme, _, host = site.partition("://")
    return key.startswith(f"{scheme}://") and key.endswith(f".{host}") and not host[-1:].isdigit()


class Requisites:
    """One run's dealings with requisites: which are still to be fetched, and what came of them."""

    def __init__(self, keeper: Keeper, tally: Tally, profile: SiteProfile, settings: Any) -> None:
        self._keeper, self._tally, self._profile = keeper, tally, profile
        self._custody = keeper.store.custody
        self.choice = str(settings.get("CLIPFILE_REQUISITES") or "none")
        self._left = settings.getint("REQUISITES_MAX")
        self.max_bytes = settings.getint("REQUISITE_MAXSIZE")
        self._seen: set[str] = set()

    def seeds(self, found: Iterable[Requisite], found_in: str, imports: int = 0) -> list[Seed]:
        """What of *found* is to be fetched: in scope, not held, within bounds. The rest is skipped or passed by.

        Writes the skips: to be called inside the transaction that stores what named the requisites.
        """
        news = [each for each in found if each.url not in self._seen]
        if len(self._seen) > REMEMBERED:
            self._seen.clear()
        self._seen.update(each.url for each in news)
        done_with = self._custody.requisites_done_with([each.url for each in news], LASTING, tries=TRIES)
        return list(self._wanted((each for each in news if each.url not in done_with), found_in, imports))

    def _wanted(self, news: Iterable[Requisite], found_in: str, imports: int) -> Iterator[Seed]:
        for each in news:
            if not in_asset_scope(self._profile, each.url):
                self._skip(each.url, each.role, SkipReason.OFF_SITE, f"named in {found_in}")
            elif self._left <= 0 or imports > MOST_IMPORTS:
                self._skip(each.url, each.role, SkipReason.TOO_MANY_REQUISITES, f"named in {found_in}")
            else:
                self._left -= 1
                yield requisite_seed(each, found_in, imports)

    def failed_before(self) -> list[Seed]:
        """Those the last finished run could not get, for a reason that may have passed."""
        if self.choice == "none":
            return []
        failed = self._custody.failed_requisites(self._keeper.site_id, ROLES, HARMLESS | LASTING, tries=TRIES)
        return [requisite_seed(Requisite(url, cast("Role", role)), None) for url, role in failed]

    async def take(self, response: Response, content_type: str, seed: Seed) -> None:
        """Store an answer: it is counted, and what a style sheet names is queued."""
        if kept := response.meta.get("capture"):
            await self._keeper.on_disk(kept)
        with self._keeper.commit(kept) as store:
            if response.status == 200:
                self._tally.count_requisite(len(response.body))
                store.frontier.add(self._keeper.site_id, self._named_by(response, content_type, seed))
            else:
                self._skip(seed.url, seed.role, status_reason(response.status), f"HTTP {response.status}")
            store.frontier.finish(self._keeper.site_id, seed.key)

    def _named_by(self, response: Response, content_type: str, seed: Seed) -> list[Seed]:
        if seed.role != "stylesheet":
            return []
        text = as_text(response.body, content_type)
        found = style_requisites(text, response.url, every=self.choice == "every")
        return self.seeds(found, response.url, (seed.hint or {}).get("imports", 0) + 1)

    def failed(self, seed: Seed, reason: SkipReason, detail: str) -> None:
        with self._keeper.commit() as store:
            self._skip(seed.url, seed.role, reason, detail)
            store.frontier.finish(self._keeper.site_id, seed.key)

    def _skip(self, url: str, role: str, reason: SkipReason, detail: str) -> None:
        self._custody.save_skip(self._keeper.run_id, url, role, reason, detail)
        self._tally.count_skipped_requisite(url, reason, detail)


def requisite_seed(requisite: Requisite, found_in: str | None, imports: int = 0) -> Seed:
    return Seed(
        key=requisite_key(requisite.url),
        url=requisite.url,
        role=requisite.role,
        priority=PRIORITY,
        found_in=found_in,
        hint={"imports": imports} if imports else None,
    )


def requisite_key(url: str) -> str:
    """One for each address, whatever it is needed as; its spelling counts, as file servers tell upper from lower case.

    >>> requisite_key("https://blog.example/a/Dock.PNG")
    'requisite https://blog.example/a/Dock.PNG'
    """
    return f"requisite {url}"
