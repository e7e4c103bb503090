"""The values everything else passes around: what a page shows, what we conclude from it, and the words that say so.

Only the standard library is imported here. All values are frozen; a missing fact is `None`, a missing list is `()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

Kind = Literal["repost", "own", "press_release", "other"]
Completeness = Literal["full", "excerpt", "pointer"]
"""How much of the article the post carries; `pointer`: a headline or a link to audio or video, without the text."""

Zone = Literal["breadcrumb", "title", "head", "content"]
"""Where a line stands: in the breadcrumb, is the page's headline, between headline and content, or in the content."""

ImageRole = Literal["image", "attachment"]

READER: Final = "4"
"""Version of the reader (`archive.provenance`): raised whenever the same page may be read differently."""


class Link(NamedTuple):
    """A link inside a line: absolute address and the words it is on."""

    href: str
    text: str


class Line(NamedTuple):
    """One printed line of the page, with where it came from.

    A `<br>` ends a line; so does every block element. White space is folded to single spaces, zero-width characters are
    gone, nothing else is changed: `text` can be found again in the page's folded text.
    """

    text: str
    where: str
    """Address for a person and for evidence: zone and element path, such as `content/p[2]/br[1]`."""
    zone: Zone = "content"
    element: str = "p"
    """The nearest block element's tag: p, h1…h6, li, td, blockquote, figcaption, div, img …"""
    block: int = 0
    """Number of the block element in reading order; lines split by `<br>` in one paragraph share it."""
    level: int | None = None
    """Heading level 1–6, None outside headings."""
    bold: bool = False
    """Every word of the line is bold (headings are not counted as bold)."""
    italic: bool = False
    links: tuple[Link, ...] = ()
    alt: bool = False
    """The words are an image's alternative text, not printed type."""
    caption: bool = False
    """Stands in a figure's caption (or WordPress' `wp-caption-text`)."""
    quoted: bool = False
    """Stands in a block quotation or pull quote."""
    listed: bool = False
    """Stands in a list item or a table cell."""
    classes: str = ""
    """Class names of the block element and its parents up to the content container, lower case, space separated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """An image of the post, or a file attached to it (a PDF)."""

    url: str
    role: ImageRole = "image"
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    candidates: tuple[str, ...] = ()
    """All addresses of `srcset`, the chosen one included; empty when the page offers only one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One blog post exactly as the page shows it; nothing here is a conclusion about where the article came from."""

    url: str
    """The permalink as the blog itself spells it: `rel=canonical` when it names this post on this site, else the final
    address, without tracking. Compare posts by `archive.urls.canonical_url(url)`, never by this."""
    title: str | None
    text: str
    """The body as plain text, paragraphs separated by one newline; the headline is not repeated in it."""
    html: str
    """The body, sanitised for reading: no scripts, styles, forms, frames or event handlers."""
    lines: tuple[Line, ...] = ()
    """Breadcrumb, headline, head and content in reading order: what the reader of provenance works on."""
    posted_on: str | None = None
    """The day the blog posted it, ISO `YYYY-MM-DD`, in the blog's own time zone as printed or as its markup says."""
    modified_at: str | None = None
    """The blog's own word on the last edit, a UTC ISO instant."""
    site_author: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    breadcrumb: tuple[str, ...] = ()
    language: str | None = None
    """BCP 47 as the page declares it, such as `en-US`; None when it declares none."""
    images: tuple[Image, ...] = ()
    wordpress_id: int | None = None
    layout: str | None = None
    """Which container the body was found in (`entry-content`, `elementor`, `density` …)."""
    signals: Mapping[str, str] = field(default_factory=dict)
    """Field name → the signal it was read from (`rest`, `json-ld`, `microdata`, `opengraph`, `text` …)."""

    @property
    def words(self) -> int:
        """How many words the text has: one space or newline stands between two of them, since its lines are folded."""
        return self.text.count(" ") + self.text.count("\n") + bool(self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The printed words behind one value of a reading, or behind a value that was weighed and not taken."""

    field: str
    """kind, outlet, authors, original_on, original_url, image_credit, completeness or agency."""
    value: str
    printed: str
    """Words as they stand on the page (white space folded), or a link's address for `original_url`."""
    where: str
    rule: str
    """Name of the rule or feature that spoke, such as `head-block` or `attribution-sentence:en`."""
    confidence: float
    """0–1, calibrated: of the values claimed at 0.9, nine in ten are right."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What we conclude about a post. Absent is None: a wrong value is worse than none."""

    kind: Kind
    completeness: Completeness | None = None
    outlet: str | None = None
    """Canonical name from the authority file, or the printed name where the file does not know it."""
    outlet_id: str | None = None
    """Key in the authority file; None when the outlet is not in it."""
    outlet_printed: str | None = None
    agency: str | None = None
    """Wire service that supplied the copy, when one is named beside the outlet."""
    authors: tuple[str, ...] = ()
    original_on: str | None = None
    """`YYYY-MM-DD`, `YYYY-MM` or `YYYY`: never a part nobody printed (a year may come from the post's own date)."""
    original_url: str | None = None
    image_credit: str | None = None
    confidence: float = 0.0
    """Of the whole reading; low values go to the review queue."""
    evidence: tuple[Evidence, ...] = ()
    reader: str = ""
    """Version of the reader of provenance that made this reading."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageContext:
    """What the reader of provenance must know about the page beside its lines."""

    url: str
    title: str | None = None
    posted_on: str | None = None
    site_author: str | None = None
    language: str | None = None
    categories: tuple[str, ...] = ()
    house_names: tuple[str, ...] = ()
    """The blog's own names, magazines and organisation: never an original outlet."""
    date_order: Literal["mdy", "dmy", "ymd"] | None = None
    """How the blog writes ambiguous numeric dates; None: mdy for en-US and undeclared English, dmy otherwise."""
    words: int = 0
    """Length of the body in words."""
