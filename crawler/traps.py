"""Address spaces without end: what they have in common is counted over a run, and named when it is too much."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from crawler.addresses import MAX_LISTING_PAGES, is_counted, listing_root, shape_of, trap_reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    reason: str | None
    """Why following the address may never end; None when it may be followed."""
    is_news: bool = False
    """A trap that was not named before."""


class Traps:
    """One run's count of address shapes."""

    def __init__(self, listing_pages: int = MAX_LISTING_PAGES) -> None:
        self._listing_pages = listing_pages
        self._shapes: Counter[str] = Counter()
        self._judged: dict[int, str | None] = {}
        """Hash of an address → why it is not followed, of those whose judgement is not always the same."""

    def judge(self, url: str, *, is_listing: bool) -> Judged:
        """Judge an address, the same way each time it comes.

        A listing's pages are counted by their number, not by their shape: a long blog has many, and they do end.
        """
        address = listing_root(url) if is_listing else url
        endless = trap_reason(url, {}, self._listing_pages)
        key = hash(address)
        if key in self._judged and endless is None:
            return Judged(reason=self._judged[key])
        is_news = self._judged.get(key) is None
        reason = endless or trap_reason(address, self._shapes, self._listing_pages)
        if counts := is_counted(address):
            self._shapes[shape_of(address)] += 1
        if counts or reason:  # not what nearly all addresses are: those of posts, of which a long blog has many
            self._judged[key] = reason
        return Judged(reason=reason, is_news=is_news and reason is not None)
