"""What a search answers with: values for programs, and passages made safe for a terminal or a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any, Literal

from archive.terminal import printable

Sort = Literal["relevance", "newest", "oldest", "lag"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A stretch of a passage; `is_hit` where it is what was asked for."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Also:
    """Another post that carries the same article."""

    id: int
    uid: str
    url: str
    site: str
    title: str | None
    posted_on: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One post that answers the query."""

    id: int
    uid: str
    url: str
    title: str | None
    outlet: str | None
    authors: tuple[str, ...]
    original_on: str | None
    posted_on: str | None
    kind: str
    score: float | None
    """Higher is better, comparable within one result only; None where the result is not sorted by relevance."""
    heading: tuple[Run, ...]
    """The headline with what was found in it marked."""
    snippet: tuple[Run, ...]
    """The passage of the text that answers best; its beginning when nothing in it was asked for."""
    also: tuple[Also, ...] = ()
    """The article's other reposts, first posted first, whether they answer the query or not."""
    withheld: str | None = None
    """Until when and why the post is withheld from the public; None when it is not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FacetValue:
    value: str
    count: int
    query: str
    """What narrows the query to this value: to be added to it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """Another query that finds something where this one found nothing."""

    query: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """How the query was read."""

    query: str
    """The query in its normal form; '' when nothing was asked or nothing asked can be searched."""
    notes: tuple[str, ...]
    """What was read otherwise than written, and which outlets and authors names were taken for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    hits: tuple[Hit, ...]
    total: int
    total_is_exact: bool
    """False: there are more than `total`."""
    understood: Understood
    sort: Sort
    next_cursor: str | None
    """What continues after the last hit; None when there is no more."""
    suggestions: tuple[Suggestion, ...] = ()
    facets: dict[str, tuple[FacetValue, ...]] | None = None
    """Facet → its most frequent values, counted over the whole result; None unless asked for."""


def to_json(results: Results) -> dict[str, Any]:
    """The results as JSON values; passages are lists of `[text, is_hit]`."""
    plain = asdict(results)
    for hit in plain["hits"]:
        for passage in ("heading", "snippet"):
            hit[passage] = [[run["text"], run["is_hit"]] for run in hit[passage]]
    return plain


def as_html(runs: Sequence[Run]) -> str:
    """A passage as HTML: every word of the archive escaped, hits in `<mark>`.

    >>> as_html((Run(text="<b>steel "), Run(text="duty", is_hit=True)))
    '&lt;b&gt;steel <mark>duty</mark>'
    """
    return "".join(f"<mark>{escape(run.text)}</mark>" if run.is_hit else escape(run.text) for run in runs)


def as_text(runs: Sequence[Run], before: str = "", after: str = "") -> str:
    """A passage on one line for a terminal, hits between *before* and *after*; no control character of it survives.

    >>> as_text((Run(text="red \\x1b[31m "), Run(text="alert", is_hit=True)), "*", "*")
    'red [31m *alert*'
    """
    return "".join(f"{before}{_kept(run.text)}{after}" if run.is_hit else _kept(run.text) for run in runs).strip()


def _kept(text: str) -> str:
    """`printable` text that keeps one space at each end where there was any."""
    lead, trail = (" " if end.isspace() else "" for end in (text[:1], text[-1:]))
    return f"{lead}{printable(text)}{trail}" if text.strip() else lead
