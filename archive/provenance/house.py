"""What belongs to the blog itself: its names, its hosts, its own paper. None of it is ever an original outlet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from archive.dates import fold
from archive.model import Line, PageContext
from archive.outlets import Outlet, remembering_outlets
from archive.provenance.press import known, press
from archive.provenance.words import ORGANISATION_WORDS
from archive.urls import host_of

_GENERIC_LABELS = frozenset("www blog blogs news m wordpress blogspot archive web site home the".split())
_GENERIC_CRUMBS = frozenset("home blog news start startseite accueil inicio início inici you are here".split())
_PAPERLIKE = re.compile(
    r"times|news|post(?!er)|tribune|herald|journal|gazette|daily|press(?!e?mitteil)|chronicle|sentinel|courier|zeitung|kurier|"
    r"observer|examiner|telegraph|diario|giornale|jornal|nachrichten|anzeiger|radio|magazine|democrat|weekly",
    re.IGNORECASE,
)
_TRIM = re.compile(
    r"\b(?:the|inc|llc|magazine|blog|news|online|website|com|org|weekly|daily|newspaper|press|media|group)\b"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class House:
    """The blog's own names and hosts: one for all pages of a blog, told from others by being another."""

    host: str
    names: frozenset[str]
    """Folded, without spaces."""
    outlet: Outlet | None
    """The publication whose own site this is, when the authority file knows the host."""

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Telling labels of the host: `detroitchamber` of www.detroitchamber.com."""
        return tuple(p for p in self.host.replace("-", "").split(".")[:-1] if len(p) > 3 and p not in _GENERIC_LABELS)

    @cached_property
    def is_press(self) -> bool:
        """Whether the site looks like a publication's own, by the authority file or by its address."""
        return self.outlet is not None or any(_PAPERLIKE.search(label) for label in self.labels)

    def owns(self, name: str) -> bool:
        """Whether *name* is the blog's own.

        A name is the blog's when the host spells it, wholly or all but a word such as "Magazine".
        """
        key = _squash(name)
        if not key:
            return False
        match = known(name)
        if key in self.names or key in self.labels or (match and self.outlet and match.outlet.id == self.outlet.id):
            return True
        if match is not None:
            return False
        bare = _squash(_TRIM.sub(" ", fold(name)))
        if key.startswith(self.labels) and self._begins(name) and _is_body(name):
            return True
        return any(_same_name(k, label) for k in {key, bare} if len(k) > 3 for label in self.labels) or any(
            len(own) > 5 and len(key) - len(own) < 16 and (key.startswith(own) or key.endswith(own))
            for own in self.names
        )

    def _begins(self, name: str) -> bool:
        """Whether the first words of *name* are what the host spells."""
        words = name.split()
        return any(_squash(" ".join(words[:n])) in self.labels for n in range(1, 4))

    def in_text(self, text: str) -> bool:
        """Whether one of the blog's names stands somewhere in *text*."""
        key = _squash(text)
        return any(len(own) > 5 and own in key for own in self.names) or any(
            len(label) > 6 and label in key for label in self.labels
        )


def read_house(lines: Sequence[Line], context: PageContext) -> House:
    """Collect the blog's own names from what the caller knows, the breadcrumb's root and the host."""
    return _house(host_of(context.url), (*context.house_names, *_breadcrumb_roots(lines)))


@remembering_outlets(maxsize=64)
def _house(host: str, names: tuple[str, ...]) -> House:
    """All pages of a blog are of one house."""
    squashed = frozenset(key for key in map(_squash, names) if len(key) > 2)
    return House(host=host, names=squashed, outlet=press().by_host(host) if host else None)


def _breadcrumb_roots(lines: Sequence[Line]) -> Iterable[str]:
    first = next((line for line in lines if line.zone == "breadcrumb"), None)
    if first is None:
        return
    root = _BETWEEN_CRUMBS.split(first.text, maxsplit=1)[0].rstrip()
    if fold(root) not in _GENERIC_CRUMBS and len(root) < 60:
        yield root


_BETWEEN_CRUMBS = re.compile(r"[>»›/|→]")


def _is_body(name: str) -> bool:
    return any(fold(word) in ORGANISATION_WORDS for word in name.split())


def _same_name(key: str, label: str) -> bool:
    """Equal, or one the beginning or end of the other for the better part."""
    longer, shorter = sorted((key, label), key=len, reverse=True)
    most = len(shorter) > 6 and 3 * len(shorter) >= 2 * len(longer)
    return key == label or (most and (longer.startswith(shorter) or longer.endswith(shorter)))


@lru_cache(maxsize=2048)
def _squash(name: str) -> str:
    return _NOT_SPELLED.sub("", _ARTICLE.sub("", fold(name).replace("&", "and")))


_ARTICLE = re.compile(r"^the\s+")
_NOT_SPELLED = re.compile(r"[^a-z0-9]")
