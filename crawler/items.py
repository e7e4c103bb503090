"""What the spider hands to the pipelines: a post as its page shows it, with what is needed to store it."""

from __future__ import annotations

from dataclasses import dataclass

from archive.model import Post, Reading
from archive.requisites import Requisite
from crawler.keeper import Kept

__all__ = ["Post", "PostItem"]


@dataclass(kw_only=True)
class PostItem:
    """A post on its way through the pipelines, read and not yet stored."""

    post: Post
    """Without its lines."""
    reading: Reading
    key: str
    """Its key in the frontier, finished in the transaction that stores it."""
    kept: Kept | None
    aliases: tuple[str, ...] = ()
    """Other addresses that led here: redirects, short links."""
    requisites: tuple[Requisite, ...] = ()
    """What its page needs to be seen as it was."""
    doubts: tuple[str, ...] = ()
    """What the checks found odd, for the report."""
