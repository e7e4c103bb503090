"""The authority file of outlets: which printed forms, programmes and hosts belong to which publication.

`outlets.toml` holds the knowledge; here is how a printed form finds its entry. Three questions are answered: which
outlet a whole printed string names (`find`), whose host an address is on (`by_host`), and which outlets running text
mentions (`mentions`). Precision comes first: what could as well be a person, a company or a headline stays None.
"""

from __future__ import annotations

import pkgutil
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from archive.errors import UsageError
from archive.outlet_mentions import Mentions, Span
from archive.outlet_names import CONFIDENCE, STATIONS, How, Match, Names, Outlet, Spellings, altered
from archive.text import APOSTROPHES, collapse, fold, visible, word_set
from archive.urls import host_of

__all__ = [
    "BUILT_IN",
    "KINDS",
    "PLATFORMS",
    "Match",
    "Outlet",
    "Outlets",
    "OutletsFileError",
    "load_outlet",
    "load_outlets",
    "read_outlets",
    "remembering_outlets",
    "use_outlets",
]

BUILT_IN = Path(__file__).with_name("outlets.toml")

KINDS = word_set(
    "newspaper magazine wire releases broadcaster radio public_radio tv newsletter website trade journal podcast"
)

# Many publications live here, so the bare host says nothing about which; a subdomain may be one outlet's own.
PLATFORMS = word_set(
    "amazonaws.com apple.com apple.news archive.org blogspot.com bsky.app cloudfront.net facebook.com feedburner.com "
    "flipboard.com ghost.io github.io go.com google.com instagram.com issuu.com libsyn.com linkedin.com medium.com "
    "msn.com podbean.com soundcloud.com spotify.com squarespace.com substack.com threads.net tumblr.com twitter.com "
    "typepad.com vimeo.com webflow.io wixsite.com wordpress.com x.com yahoo.com youtu.be youtube.com"
)


class OutletsFileError(UsageError):
    """A file of outlets can't be read: which file, which entry, what was expected."""

    def __init__(self, path: Path, entry: str | None, problem: str) -> None:
        super().__init__(
            f"{path}{f', entry {entry!r}' if entry else ''}: {problem}", hint="docs/outlets.md shows the form"
        )
        self.path, self.entry, self.problem = path, entry, problem


# --- reading the file -------------------------------------------------------------------------------------------------

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\Z")
_WIKIDATA = re.compile(r"Q[1-9][0-9]*\Z")
_TEXTS = ("name", "kind", "wikidata", "language", "place")
_LISTS = ("domains", "aliases", "programmes")
_FLAGS = ("agency", "common")


def read_outlets(text: str, path: Path) -> list[Outlet]:
    """Entries of an outlets file in file order; *path* is named in errors. Raises OutletsFileError."""
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise OutletsFileError(path, None, f"is not valid TOML: {error}") from error
    return [_read_entry(id, entry, path) for id, entry in entries.items()]


def _read_entry(id: str, entry: Any, path: Path) -> Outlet:
    if problem := _problem_in(id, entry):
        raise OutletsFileError(path, id, problem)
    return _outlet(id, entry)


def _outlet(id: str, entry: Mapping[str, Any]) -> Outlet:
    values: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in entry.items()}
    return Outlet(id=id, **values)


def _problem_in(id: str, entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return 'expected a table with at least a name, such as { name = "The Courier" }'
    if not _ID.match(id):
        return "expected an id of lower-case letters, digits and hyphens"
    for key, value in entry.items():
        if problem := _problem_with(key, value):
            return problem
    return None if "name" in entry else "name is missing"


def _problem_with(key: str, value: Any) -> str | None:
    if key in _LISTS:
        if not isinstance(value, list) or not all(isinstance(v, str) and fold(v) for v in value):
            return f"{key} must be a list of strings that are not empty, found {value!r}"
        return next((p for v in value if (p := _problem_with_domain(v))), None) if key == "domains" else None
    if key in _FLAGS:
        return None if isinstance(value, bool) else f"{key} must be true or false, found {value!r}"
    if key not in _TEXTS:
        return f"unknown key {key!r}; known are {', '.join((*_TEXTS, *_LISTS, *_FLAGS))}"
    if not isinstance(value, str) or not fold(value):
        return f"{key} must be a string that is not empty, found {value!r}"
    if key == "kind" and value not in KINDS:
        return f"kind {value!r} is none of {', '.join(sorted(KINDS))}"
    if key == "wikidata" and not _WIKIDATA.match(value):
        return f"wikidata must look like Q9684, found {value!r}"
    return None


def _problem_with_domain(domain: str) -> str | None:
    if not _DOMAIN.match(domain):
        return f"domains must be bare hosts such as 'example.com', found {domain!r}"
    if domain in PLATFORMS:
        return f"{domain} carries many publications; name the outlet's own subdomain"
    return None


@cache
def _built_in() -> Outlets:
    # Its entries are checked by a test, not at every start: that would double the time it takes to load.
    entries = tomllib.loads(_built_in_text())
    return Outlets(_outlet(id, entry) for id, entry in entries.items())


def load_outlets(extra: Path | None = None) -> Outlets:
    """The authority file that comes with Clipfile, with the user's own file *extra* laid over it.

    Without *extra* it is the one in use (`use_outlets`). An entry of *extra* replaces the built-in one of the same id
    or name, and takes its other forms and its hosts from any built-in entry that had them. Raises OutletsFileError when
    *extra* can't be read.
    """
    if extra is not None:
        return _laid_over(extra, _text_of(extra))
    return _laid_over(*_in_use) if _in_use else _built_in()


def load_outlet(id: str) -> Outlet | None:
    """One entry of the file in use. Of the built-in file no other is read: all of them take a tenth of a second."""
    if _in_use or _built_in.cache_info().currsize:
        return load_outlets().get(id)
    return entry_in(_built_in_text(), id)


def _built_in_text() -> str:
    """By the loader, since the file may lie in a zip: an egg is one."""
    return (pkgutil.get_data("archive", BUILT_IN.name) or b"").decode()


def entry_in(text: str, id: str) -> Outlet | None:
    """The entry of that id in an outlets file whose entries have a line each."""
    line = re.search(rf"^{re.escape(id)} = .*$", text, re.MULTILINE)
    return _outlet(id, tomllib.loads(line[0])[id]) if line else None


_in_use: tuple[Path, str] | None = None
"""The user's own file and its text, when this process works on an archive that has one."""


def use_outlets(path: Path) -> None:
    """From now on `load_outlets()` in this process is the built-in file with *path* laid over it, if *path* is there.

    Whatever opens an archive calls this with the archive's own file, so that everything that asks for outlets, down to
    the reader of provenance, asks the right ones. Raises OutletsFileError for a file with a mistake.
    """
    global _in_use
    wanted = (path, _text_of(path)) if path.is_file() else None
    if wanted == _in_use:
        return
    if wanted:
        _own(*wanted)
    _in_use = wanted
    for forget in _memories:
        forget()


P = ParamSpec("P")
T = TypeVar("T")
_memories: list[Callable[[], None]] = []


def remembering_outlets(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """`functools.lru_cache` for a function whose answer rests on the outlets in use: forgotten when others come in."""

    def remember(function: Callable[P, T]) -> Callable[P, T]:
        remembering = lru_cache(maxsize)(function)
        _memories.append(remembering.cache_clear)
        return cast(Callable[P, T], remembering)

    return remember


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutletsFileError(path, None, f"can't be read: {error}") from error


@lru_cache(maxsize=1)
def _own(path: Path, text: str) -> Outlets:
    return Outlets(read_outlets(text, path), where=path)


@lru_cache(maxsize=1)
def _laid_over(path: Path, text: str) -> Outlets:
    own = _own(path, text)
    others = (o for o in _built_in() if o.id not in own.by_id and not own.states(o.name))
    return Outlets([*own, *(_without_forms_of(own, other) for other in others)], where=path)


def _without_forms_of(own: Outlets, outlet: Outlet) -> Outlet:
    """*outlet* without the aliases, programmes and domains that the user's file gives to another."""
    return replace(
        outlet,
        aliases=tuple(a for a in outlet.aliases if not own.states(a)),
        programmes=tuple(p for p in outlet.programmes if not own.states(p)),
        domains=tuple(d for d in outlet.domains if d not in own.hosts),
    )


# --- the authority file in memory -------------------------------------------------------------------------------------

# Words that stand beside a name without making it another thing.
_BESIDE = word_set(
    "the online digital print edition magazine newspaper website staff newsroom opinion editorial editorials board "
    "podcast blog sunday weekend international exclusive subscription required paywall guest column commentary special "
    "to for"
)
_BESIDE_STATION = word_set(
    "am fm tv hd radio news newsradio newstalk talk channel local public station abc cbs nbc fox npr pbs affiliate on "
    "of television show program"
)
_REGIONS = word_set(
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa "
    "ri sc sd tn tx ut vt va wa wv wi wy dc mich ill ind wis minn calif mass conn fla uk us usa"
)
_EDGES = ' .,;:|/\\*•·–—-_~#"“”„«»‹›()[]<>' + APOSTROPHES
_PLACED = re.compile(r"(?P<name>[^()\[\],]+)(?:[(\[](?P<inside>[^()\[\]]+)|,(?P<after>[^,]+(?:,[^,]{1,6})?))\Z")
_BEHIND = re.compile(r"[(\[,]")
_HOSTED = re.compile(r" (?:with|w/|hosted by|con|avec|mit) (?=[^\W\d_a-z])")

_LONGEST = 120  # characters; no outlet's printed form is longer


class Outlets:
    """An authority file in memory. Two entries of one file can't share a printed form or a host."""

    def __init__(self, outlets: Iterable[Outlet], *, where: Path = BUILT_IN) -> None:
        self.by_id: dict[str, Outlet] = {}
        self.hosts: dict[str, Outlet] = {}
        self._names = Names()
        for outlet in outlets:
            if problem := self._add(outlet):
                raise OutletsFileError(where, outlet.id, problem)
        self._find_cached = lru_cache(maxsize=4096)(self._find)

    def __len__(self) -> int:
        return len(self.by_id)

    def __iter__(self) -> Iterator[Outlet]:
        return iter(self.by_id.values())

    def get(self, id: str) -> Outlet | None:
        return self.by_id.get(id)

    def _add(self, outlet: Outlet) -> str | None:
        """File *outlet* under its id, forms and hosts; what stands in the way when another entry has one of them."""
        self.by_id[outlet.id] = outlet
        for how, printed in _stated(outlet):
            if (owner := self._names.add(outlet, how, printed)) is not outlet:
                return f"{printed!r} already names {owner.id!r}"
        for host in outlet.domains:
            if (owner := self.hosts.setdefault(host, outlet)) is not outlet:
                return f"{host} already belongs to {owner.id!r}"
        return None

    def named(self, name: str) -> Outlet | None:
        """The outlet whose canonical name is exactly *name*."""
        match = self.find(name)
        return match.outlet if match and match.outlet.name == name else None

    def states(self, printed: str) -> bool:
        """Whether *printed* is a form that the file itself spells out."""
        return printed in self._names

    def by_host(self, host_or_url: str) -> Outlet | None:
        """The outlet whose home domain *host_or_url* is on, subdomains included."""
        address = host_or_url.strip()
        if "@" in address:
            return None
        host = host_of(address if "://" in address else f"//{address}").rstrip(".")
        while host:
            if outlet := self.hosts.get(host):
                return outlet
            host = host.partition(".")[2]
        return None

    def mentions(self, text: str) -> list[Span]:
        """Start, end and match of every outlet named in running text: in order, never overlapping, longest first.

        *text* is one line, white space collapsed. Capitals count: "the hill" and "time" mention nothing.
        """
        return self._mentions.find_in(text)

    @cached_property
    def _mentions(self) -> Mentions:
        return Mentions(self._names, self.hosts)

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings(self._names)

    def find(self, printed: str) -> Match | None:
        """The outlet that the whole of *printed* names; None when it names none, or something else could be meant."""
        return self._find_cached(printed)

    def _find(self, printed: str) -> Match | None:
        if len(printed) > _LONGEST:
            return None
        text = collapse(visible(printed)).strip(_EDGES)
        readings = (self._names.named_by, self._as_host, self._placed, self._hosted, self._accompanied, self._misspelt)
        return next((match for reading in readings if (match := reading(text))), None)

    def _as_host(self, text: str) -> Match | None:
        outlet = self.by_host(text) if "." in text and " " not in text else None
        return Match(outlet=outlet, how="domain", confidence=CONFIDENCE["domain"]) if outlet else None

    def _placed(self, text: str) -> Match | None:
        """A name with its town, host or department behind it: "Press-Republican (Plattsburgh, N.Y.)"."""
        parts = _PLACED.match(text) if _BEHIND.search(text) else None
        match = self._names.named_by(parts["name"].strip()) if parts else None
        if not parts or not match:
            return None
        behind = (parts["inside"] or parts["after"]).strip()
        known = _BESIDE | _REGIONS | set(fold(match.outlet.place or "").split())
        belongs = self.by_host(behind) is match.outlet or all(len(w) == 1 or w in known for w in fold(behind).split())
        return altered(match) if belongs else None

    def _hosted(self, text: str) -> Match | None:
        """A programme with its host: "Detroit Today with Stephen Henderson"."""
        programme, *host = _HOSTED.split(text, maxsplit=1)
        match = self._names.named_by(programme) if host else None
        return match if match and (match.how == "programme" or match.outlet.kind == "podcast") else None

    def _accompanied(self, text: str) -> Match | None:
        """A name among words that add nothing to it: "WDIV’s Flashpoint", "NewsRadio 760 WJR", "U.S. News / AP"."""
        spans = self.mentions(text)
        if not spans:
            return None
        outlets = {match.outlet.id: match.outlet for _, _, match in spans}
        named = [outlet for outlet in outlets.values() if not outlet.agency] or list(outlets.values())
        if len(named) != 1 or not _adds_nothing(fold(_cut(text, spans)).split(), named[0]):
            return None
        best = max((m for _, _, m in spans if m.outlet is named[0]), key=lambda match: match.confidence)
        return altered(best if best.outlet.common else replace(best, confidence=CONFIDENCE[best.how]))

    def _misspelt(self, text: str) -> Match | None:
        return self._spellings.nearest(text)


def _stated(outlet: Outlet) -> Iterator[tuple[How, str]]:
    yield "name", outlet.name
    for alias in outlet.aliases:
        yield "alias", alias
    for programme in outlet.programmes:
        yield "programme", programme


def _adds_nothing(words: Iterable[str], outlet: Outlet) -> bool:
    """Whether *words* beside the name of *outlet* leave it what it is: its town, its frequency, its shows, "staff"."""
    known = _BESIDE | set(fold(outlet.place or "").split())
    if outlet.kind not in STATIONS:
        return all(word in known or word == "s" for word in words)
    known |= _BESIDE_STATION | set(fold(" ".join(outlet.programmes)).split())
    return all(word in known or word == "s" or word.isdigit() for word in words)


def _cut(text: str, spans: Sequence[Span]) -> str:
    """*text* without *spans*."""
    ends = [0, *(end for _, end, _ in spans)]
    starts = [*(start for start, _, _ in spans), len(text)]
    return " ".join(text[end:start] for end, start in zip(ends, starts, strict=True))
