"""Which posts REST no longer has, in a few requests: it is asked for a hundred numbers in the middle of the list.

REST never shows a deletion, only how many posts there are in all. A page of its list, in the order of numbers, tells
which of the known posts in it are gone, and by the place it stands at how many are gone before it and behind it. The
search goes on only where the counts differ: about log2(N / 100) requests for the first gap in N posts, and never more
than there are pages, since none is asked for twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from archive.store.frontier import Seed
from crawler import rest
from crawler.discovery import Sighting
from crawler.findings import ID_FIELDS, Findings, Hint, Known, named, seed
from crawler.profiles import SiteProfile

NO_LIMIT: Final = 2**63
"""Above every number."""
MOST_GONE: Final = 1_000
"""As many are searched for, since their numbers are kept with each question. Where more are gone, all are asked for."""


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


class Stretch(NamedTuple):
    """The posts with numbers between *above* and *below*; in REST's list they stand from place *start* to before *end*.

    Places count from 0; each stretch begins with a page of the list, and ends with one or with the list.
    """

    above: int
    below: int
    start: int
    end: int

    def known(self, numbers: Sequence[int]) -> Sequence[int]:
        """Those of the *numbers*, which are in order, that belong here."""
        return numbers[bisect_right(numbers, self.above) : bisect_left(numbers, self.below)]

    @property
    def page(self) -> int:
        """The page in the middle, counted from 1 as WordPress does."""
        return (self.start // rest.PER_PAGE + (self.end - 1) // rest.PER_PAGE) // 2 + 1

    def around(self, listed: Sequence[int]) -> tuple[Stretch, Stretch, Stretch] | None:
        """What lies before that page, on it and behind it; None where *listed* is no page of the list as it was."""
        place = (self.page - 1) * rest.PER_PAGE
        end = min(place + rest.PER_PAGE, self.end)
        if len(listed) != end - place or listed[0] <= self.above or listed[-1] >= self.below:
            return None
        return (
            self._replace(below=listed[0], end=place),
            Stretch(listed[0] - 1, listed[-1] + 1, place, end),
            self._replace(above=listed[-1], start=end),
        )


@dataclass(kw_only=True)
class Search:
    """How far a search has come; small enough to travel with each question."""

    open: list[Stretch] = field(default_factory=list)
    """Where more or fewer posts are known than REST has there."""
    gone: list[int] = field(default_factory=list)

    def take(self, stretches: Iterable[Stretch], numbers: Sequence[int]) -> None:
        """Go on into each stretch where the counts differ; where REST has nothing, all that is known is gone."""
        for stretch in stretches:
            known = stretch.known(numbers)
            if stretch.start == stretch.end:
                self.gone += known
            elif len(known) != stretch.end - stretch.start:
                self.open.append(stretch)

    def read(self, listed: Sequence[int], numbers: Sequence[int]) -> bool:
        """Go on with what the middle page of the first open stretch lists; False where that is no answer to it."""
        stretch, *others = self.open
        parts = stretch.around(listed)
        if parts is None:
            return False
        before, inside, behind = parts
        self.gone += sorted(set(inside.known(numbers)) - set(listed))
        self.open = []
        self.take((before, behind), numbers)
        self.open += others
        return True


def from_rest_total(
    body: bytes, status: int, headers: Mapping[str, str], url: str, hint: Hint, profile: SiteProfile, held: Held
) -> Findings:
    """The posts that were made last, and how many there are in all: what `modified_after` does not show.

    WordPress gives a post that is dated back its own day as the day it was changed. Where REST has more or fewer posts
    than it has shown, it is searched for where.
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
        found.seeds.append(seed("rest-total", following, **{**hint, "page": hint["page"] + 1}))
    elif answer.total != held.held_by_rest() + len(new):
        shown = [*held.shown_by_rest(), *(Shown(url=each.url, wordpress_id=each.wordpress_id) for each in new)]
        _begin(found, hint["root"], answer.total, shown)
    return found


def _begin(found: Findings, root: str, total: int, shown: Sequence[Shown]) -> None:
    by_number = _by_number(shown)
    if by_number is None or len(by_number) - total > MOST_GONE:
        found.seeds.append(all_ids(root))
        return
    search = Search()
    search.take([Stretch(0, NO_LIMIT, 0, total)], sorted(by_number))
    _go_on(found, root, total, search, by_number)


def _by_number(shown: Iterable[Shown]) -> dict[int, Shown] | None:
    """Number → post, the last one shown of those that had it; None where the number of one isn't known."""
    by_number = {each.wordpress_id: each for each in shown}
    return None if None in by_number else {number: each for number, each in by_number.items() if number is not None}


def all_ids(root: str) -> Seed:
    """Every post by id, a hundred at a time."""
    return seed("rest-ids", rest.posts_url(root, fields=ID_FIELDS), root=root, page=1)


def _go_on(found: Findings, root: str, total: int, search: Search, by_number: Mapping[int, Shown]) -> None:
    """Ask the next page; where none is left to ask, all that REST still has was seen."""
    if search.open:
        url = rest.posts_url(root, search.open[0].page, fields=ID_FIELDS)
        found.seeds.append(seed("rest-probe", url, root=root, total=total, open=search.open, gone=search.gone))
        return
    left = [by_number[number] for number in sorted(by_number.keys() - set(search.gone))]
    found.sightings += [Sighting(url=each.url, source="rest", wordpress_id=each.wordpress_id) for each in left]
    found.walked = {"rest"}


def from_rest_probe(
    body: bytes, status: int, headers: Mapping[str, str], url: str, hint: Hint, profile: SiteProfile, held: Held
) -> Findings:
    """One page of the list of posts by number. Posts on it that REST never showed are taken.

    The question is left to the next run where the answer is none, where posts came or went meanwhile, or where an
    earlier Clipfile asked it, in other words.
    """
    answer = rest.read_posts(body, headers, status=status, url=url)
    known, by_number, total = held.known(), _by_number(held.shown_by_rest()), hint["total"]
    if "open" not in hint or known is None or by_number is None or answer.total != total:
        return Findings()
    listed = rest.numbers(body)
    if any(number >= following for number, following in pairwise(listed)):  # not in the order that was asked for
        return Findings(seeds=[all_ids(hint["root"])])
    search = Search(open=[Stretch(*each) for each in hint["open"]], gone=[*hint["gone"]])
    if not search.read(listed, sorted(by_number)):
        return Findings()
    found = Findings()
    found.sight((each for each in answer.sightings if each.wordpress_id not in by_number), profile, known=known)
    found.sightings += [each for each in answer.protected if each.wordpress_id not in by_number]
    _go_on(found, hint["root"], total, search, by_number)
    return found
