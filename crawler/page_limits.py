"""What a page may be like to be parsed at all: a parser can't be interrupted, so it is asked before."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PageLimits:
    """Crawls, imports, rebuildings and readings anew must agree on them, so a site's profile sets them, no crawl."""

    bytes: int = 5_000_000
    """The longest real posts stay under 1 MB; a tree costs about ten times its markup."""
    tags: int = 250_000
    """A real post of 300 KB has 10,000; each costs some microseconds and a few hundred bytes."""
    attributes: int = 1000
    """On one tag of a page of more than 100,000 bytes. libxml2 compares each with each, letter by letter."""


DEFAULT_LIMITS = PageLimits()
