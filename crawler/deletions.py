"""Which posts REST no longer has, in a few requests: the list of known posts is halved until the first gap is found.

REST never shows a deletion, only how many posts there are in all. Asked for the one post at a place in the order of
ids, it answers with the id we know, or, behind a gap, with a later one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from archive.store.frontier import Seed
from crawler import rest
from crawler.discovery import Sighting
from crawler.findings import ID_FIELDS, Findings, Hint, Known, named, seed
from crawler.profiles import SiteProfile


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A post that REST has shown since it was last walked to its end."""

    url: str
    wordpress_id: int | None
    """None where an older Clipfile saw it, which did not note it."""


class Held(Protocol):
    """What the archive holds by REST's word."""

    def known(self) -> Known | None: ...
    def held_by_rest(self) -> int: ...
    def shown_by_rest(self) -> list[Shown]: ...


def from_rest_total(
    body: bytes, status: int, headers: Mapping[str, str], url: str, hint: Hint, profile: SiteProfile, held: Held
) -> Findings:
    """The posts that were made last, and how many there are in all: what `modified_after` does not show.

    WordPress gives a post that is dated back its own day as the day it was changed. Where REST has fewer posts than it
    has shown, some are gone, and are looked for in the cheaper of two ways.
    """
    answer = rest.read_posts(body, headers, status=status, url=url)
    found, known = Findings(), held.known()
    if answer.total is None or known is None:
        return found
    sightings = [named(sighting, hint["names"]) for sighting in answer.sightings]
    new = [each for each in (*sightings, *answer.protected) if known.lastmod("rest", each.key) is None]
    found.sight(sightings, profile, known=known)
    found.sightings += answer.protected
    if new and len(new) == len(sightings) + len(answer.protected) and len(new) == rest.NEWEST:
        following = rest.newest_url(hint["root"], hint["page"] + 1)
        return _with(found, seed("rest-total", following, **{**hint, "page": hint["page"] + 1}))
    if answer.total == held.held_by_rest() + len(new):
        return found
    shown = [*held.shown_by_rest(), *(Shown(url=each.url, wordpress_id=each.wordpress_id) for each in new)]
    return _with(found, _search(hint["root"], answer.total, shown))


def _with(found: Findings, asked: Seed) -> Findings:
    found.seeds.append(asked)
    return found


def _search(root: str, total: int, shown: Sequence[Shown]) -> Seed:
    missing = len(shown) - total
    halvings = missing * len(shown).bit_length()
    if missing < 0 or halvings >= len(shown) / rest.PER_PAGE or any(each.wordpress_id is None for each in shown):
        return all_ids(root)
    return _probe(root, total, low=0, high=len(shown), gone=())


def all_ids(root: str) -> Seed:
    """Every post by id, a hundred at a time."""
    return seed("rest-ids", rest.posts_url(root, fields=ID_FIELDS), root=root, page=1)


def _probe(root: str, total: int, *, low: int, high: int, gone: Sequence[int]) -> Seed:
    asked = seed(
        "rest-probe",
        rest.post_at_url(root, (low + high) // 2),
        root=root,
        total=total,
        low=low,
        high=high,
        gone=list(gone),
    )
    return replace(asked, key=f"{asked.key} {len(gone)}")  # the same place may be asked for again, behind the next gap


def from_rest_probe(body: bytes, hint: Hint, shown: Sequence[Shown]) -> Findings:
    """The post at one place; *shown* is in the order of ids. When no gap is left, all that REST still has was seen.

    An answer that is none leaves the question to the next run.
    """
    root, total, low, high, gone = (hint[name] for name in ("root", "total", "low", "high", "gone"))
    found_gone = set(gone)
    left = [each for each in shown if each.wordpress_id not in found_gone]
    middle = (low + high) // 2
    try:
        known, found = left[middle].wordpress_id, _first_id(body)
    except (ValueError, TypeError, LookupError):
        return Findings()
    if found is not None and known is not None and found < known:  # one that we never heard of: nothing to halve
        return Findings(seeds=[all_ids(root)])
    low, high = (middle + 1, high) if found == known else (low, middle)
    if low < high:
        return Findings(seeds=[_probe(root, total, low=low, high=high, gone=gone)])
    gone = [*gone, left.pop(low).wordpress_id]
    if len(left) > total:
        return Findings(seeds=[_probe(root, total, low=low, high=len(left), gone=gone)])
    seen = [Sighting(url=each.url, source="rest", wordpress_id=each.wordpress_id) for each in left]
    return Findings(sightings=seen, walked={"rest"})


def _first_id(body: bytes) -> int | None:
    """None: there is no post at that place. Raises ValueError, TypeError or LookupError when it is no list of posts."""
    rows: Any = json.loads(body)
    return int(rows[0]["id"]) if rows != [] else None
