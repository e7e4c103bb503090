"""The room a crawl reads its pages in: what its process knows before the first page, and what a page may cost.

Nothing here imports what reads, nor Scrapy: a crawl opens the room before anything else, so that its process gets ready
while Scrapy is being imported; and the crawl itself, which names the functions below, never holds what they need.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.room import Bounds, Room

if TYPE_CHECKING:
    from crawler.handover import ListingRead, PostLinks, PostRead, Sent, Unreadable
    from crawler.profiles import SiteProfile


def open_room(outlets: Path, setting: Callable[[str], Any]) -> Room:
    """*outlets* is the archive's own authority file; *setting* gives the value of a setting by its name."""
    bounds = Bounds(cpu_s=float(setting("READING_CPU_MAX")), memory_bytes=int(setting("READING_MEMORY_MAX")))
    return Room(get_ready, outlets, bounds=bounds)


def get_ready(outlets: Path) -> None:
    """What a process does before its first page: import what reads, and the outlets it is to know."""
    import crawler.desk  # noqa: F401
    from archive.outlets import load_outlets, use_outlets

    use_outlets(outlets)
    load_outlets()


def read_post_page(
    pages: Sequence[Sent], profile: SiteProfile, said: Mapping[str, Any] | None, choice: str
) -> PostRead | Unreadable:
    from crawler import desk

    return desk.read_post_page(pages, profile, said, choice)


def read_post_links(page: Sent, profile: SiteProfile, bases: Collection[str]) -> PostLinks:
    from crawler import desk

    return desk.read_post_links(page, profile, bases)


def read_listing_page(
    page: Sent, profile: SiteProfile, hint: Mapping[str, Any], bases: Collection[str], link_header: str
) -> ListingRead | Unreadable:
    from crawler import desk

    return desk.read_listing_page(page, profile, hint, bases, link_header)
