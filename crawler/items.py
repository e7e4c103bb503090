"""What the spider hands to the pipelines: a post as its page shows it, with what is needed to store it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.model import PageContext, Post, Reading
from archive.requisites import Requisite
from crawler.keeper import Kept

__all__ = ["Post", "PostItem"]


@dataclass(kw_only=True)
class PostItem:
    """A post on its way through the pipelines; `reading` is filled by the first of them, `outcome` by the last."""

    post: Post
    context: PageContext
    key: str
    """Its key in the frontier, finished in the transaction that stores it."""
    kept: Kept | None
    aliases: tuple[str, ...] = ()
    """Other addresses that led here: redirects, short links."""
    reading: Reading | None = None
    requisites: tuple[Requisite, ...] = ()
    """What its page needs to be seen as it was."""
    doubts: tuple[str, ...] = ()
    """What the checks found odd, for the report."""
    signals: Mapping[str, str] = field(default_factory=dict)
