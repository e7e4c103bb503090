"""The themes of the sample blog: a post in five kinds of markup, with the noise that surrounds posts on real sites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from crawler.sample.themes import block, builder, classic, corporate, redesign
from crawler.sample.themes.common import ListingView, PageView, PostView


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    post: Callable[[PostView], str]
    listing: Callable[[ListingView], str]
    page: Callable[[PageView], str]


THEMES = {
    "corporate": Theme(post=corporate.post, listing=corporate.listing, page=corporate.page),
    "classic": Theme(post=classic.post, listing=classic.listing, page=classic.page),
    "block": Theme(post=block.post, listing=block.listing, page=block.page),
    "builder": Theme(post=builder.post, listing=builder.listing, page=builder.page),
    "redesign": Theme(post=redesign.post, listing=redesign.listing, page=redesign.page),
}


ASSET_TYPES = {"css": "text/css", "svg": "image/svg+xml", "woff": "font/woff", "woff2": "font/woff2"}


def asset(name: str) -> tuple[bytes, str] | None:
    """Content and type of a file the stylesheets name; None when there is none."""
    path = files("crawler.sample.themes").joinpath("assets", name)
    return (path.read_bytes(), ASSET_TYPES[name.rpartition(".")[2]]) if path.is_file() else None


def css_of(theme: str) -> str:
    """The stylesheet of a theme: what all share, then its own."""
    folder = files("crawler.sample.themes").joinpath("css")
    return "".join(folder.joinpath(f"{name}.css").read_text("utf-8") for name in ("base", theme))
