"""What is handed to the process that reads pages, and what comes back: values that can be pickled, trees left behind.

The crawl imports these and nothing that reads (`crawler.desk` does that), which saves it the memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.model import Post, Reading
from archive.requisites import Requisite
from crawler.categories import Archive, Category
from crawler.listings import Listing

if TYPE_CHECKING:
    from crawler.kinds import PageKind
    from crawler.markup import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A page as it was sent: what reading begins with."""

    body: bytes
    url: str
    content_type: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """Bytes that are no page, or one the parser can't be trusted with; `reason` is a skip reason."""

    reason: Reason
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PostRead:
    """What a post's page says."""

    kind: PageKind = "other"
    is_protected: bool = False
    post: Post | None = None
    """Without its lines; None for a page that is no post, or one behind a password."""
    reading: Reading | None = None
    """None, too, while pages of the post are missing."""
    requisites: tuple[Requisite, ...] = ()
    """What the page needs to be seen as it was."""
    further: tuple[str, ...] = ()
    """Addresses of the post's further pages, where only its first was given."""
    filed_under: frozenset[str] = frozenset()
    """Where the post's links to its categories lead, as written: two categories may have one name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostLinks:
    """Where a post's page leads to."""

    url: str
    categories: tuple[Category, ...]
    archives: tuple[Archive, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingRead:
    """What one page of a listing shows, and which other sources of the blog it names."""

    url: str
    categories: tuple[Category, ...]
    listing: Listing
    rest_roots: tuple[str, ...]
    feeds: tuple[str, ...]
    look: tuple[str, ...]
    """How the blog looks (crawler/theme.py), where the hint asks for it."""
