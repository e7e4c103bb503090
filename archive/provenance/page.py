"""The page as the decision sees it: lines, blocks, attributions, and what speaks for or against a repost."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from archive.dates import fold
from archive.model import PageContext
from archive.outlets import Match
from archive.provenance.blocks import Block
from archive.provenance.house import House
from archive.provenance.press import known
from archive.provenance.role_rules import Role
from archive.provenance.roles import Read, dateline, is_own_title, is_press_category
from archive.provenance.sentences import Attribution

DATELINE_LINES = 30


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything the decision looks at."""

    context: PageContext
    house: House
    reads: Sequence[Read]
    foot_from: int
    """Index of the first line counted as the foot."""
    blocks: Sequence[Block] = ()
    attributions: Sequence[Attribution] = ()

    def where(self, index: int) -> str:
        return next((r.line.where for r in self.reads if r.index == index), "")

    @cached_property
    def head(self) -> list[Read]:
        return [r for r in self.reads if r.index < self.foot_from]

    @cached_property
    def linked(self) -> list[Read]:
        """Lines with a link or a printed address: no other leads to an original."""
        return [r for r in self.reads if r.line.links or "http" in r.line.text]

    @cached_property
    def datelines(self) -> list[tuple[Read, re.Match[str]]]:
        """Lines that begin with a place and a date, or something in brackets."""
        return [
            (read, match)
            for read in self.reads[:DATELINE_LINES]
            if read.line.zone == "content" and (match := dateline(read.line.text)) is not None
        ]


@dataclass(frozen=True, kw_only=True)
class Signals:
    """What the page as a whole says, beside any offer."""

    press_category: bool
    own_title: bool
    hook: Read | None
    weak_hook: Read | None
    release: str | None
    """The rule that shows a press release, None otherwise."""
    round_up: bool
    own_paper: bool
    """An attribution names the blog's own paper."""
    letter: bool
    event: bool


def read_signals(page: Page) -> Signals:
    """Weigh the page as a whole."""
    reads, said = page.reads, _by_role(page.reads)
    hooks = said["hook"]
    return Signals(
        press_category=is_press_category([*page.context.categories, *_crumbs(reads)]),
        own_title=is_own_title(page.context.title),
        hook=next((r for r in hooks if not r.has("caption")), None),
        weak_hook=next((r for r in said["weak-hook"] if not r.has("hook")), None),
        release=_release(page, said),
        round_up=_is_round_up(page),
        own_paper=any(a.house for a in page.attributions)
        and not any(a.outlet and not a.house for a in page.attributions),
        letter=bool(said["salutation"]),
        event=len(said["event"]) >= 2,
    )


def _by_role(reads: Sequence[Read]) -> Mapping[Role, list[Read]]:
    found: defaultdict[Role, list[Read]] = defaultdict(list)
    for read in reads:
        for role in read.roles:
            found[role].append(read)
    return found


def _crumbs(reads: Iterable[Read]) -> list[str]:
    crumb = next((r.line.text for r in reads if r.line.zone == "breadcrumb"), "")
    return [part.strip() for part in _CRUMB_SIGN.split(crumb)[1:]]


_CRUMB_SIGN = re.compile(r"[>»›/|→]")


def _release(page: Page, said: Mapping[Role, list[Read]]) -> str | None:
    if said["release"]:
        return said["release"][0].roles["release"]
    if said["release-end"]:
        return "hash-marks"
    if said["contact"]:
        return "media-contact"
    return "dated-dateline" if any(_is_dated(match) for _, match in page.datelines) else None


def _is_dated(match: re.Match[str]) -> bool:
    return bool(match["date"] or re.search(r"\d{4}|[A-Z][a-z]+\.? \d", match["inner"] or ""))


def _is_round_up(page: Page) -> bool:
    """Three or more headings that begin with an outlet, or blocks of several outlets, each with text below it."""
    headlike = (r for r in page.reads if not r.is_paragraph and ":" in r.line.text)
    headed = {m.outlet.id for r in headlike if (m := _heading_outlet(r)) is not None}
    blocks = {
        b.outlet.fragment.match.outlet.id
        for b in page.blocks
        if b.outlet and b.outlet.fragment.match and b.date and not b.foot
    }
    return len(headed) >= 3 or len(blocks) >= 3 or (len(headed | blocks) >= 2 and is_own_title(page.context.title))


def _heading_outlet(read: Read) -> Match | None:
    head, _, rest = read.line.text.partition(":")
    return known(head) if len(rest) > 3 and 3 <= len(head) < 40 and len(rest.split()) > 3 else None


def title_lines(page: Page, *, headings: bool = True) -> Iterator[tuple[str, str, int]]:
    """The headline, lines that repeat it with something added, and (*headings*) the first headings below it."""
    title = fold(page.context.title or "")
    for read in page.head[:14]:
        text = read.line.text
        if (
            read.line.zone == "title"
            or (headings and read.index < 10 and "heading" in read.roles)
            or (12 < len(title) <= len(text) < 220 and title in fold(text))
        ) and len(text) < 300:
            yield text, read.line.where, read.index
