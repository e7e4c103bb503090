"""JSON-LD as blogs really print it → flat objects."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from archive.patterns import possessive
from archive.provenance.lines import fold_space

MAX_OBJECTS = 2000
"""No page needs more; a script of empty brackets would have hundreds of thousands."""

_OPENINGS = ("<!--", "<![CDATA[", "//<![CDATA[", "// <![CDATA[", "/* <![CDATA[ */", "/*<![CDATA[*/")
_CLOSINGS = ("-->", "]]>", "//]]>", "// ]]>", "/* ]]> */", "/*]]>*/", ";")
_TRAILING_COMMA = re.compile(possessive(r'("(?:[^"\\]|\\.)*+")|,(?=\s*[}\]])'), re.S)
_DECODER = json.JSONDecoder(strict=False)


def read_objects(text: str) -> Iterator[Mapping[str, Any]]:
    """Yield every object of one script that says what it is, arrays and `@graph` opened; none when past repair."""
    yield from _flat(_load(text))


def _load(text: str) -> Any:
    """The script's value, with what is surely meant put right; None when it still is not JSON."""
    for attempt in _readings(text.strip().lstrip("\ufeff")):
        try:
            return _DECODER.raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _readings(text: str) -> Iterator[str]:
    """The script as it stands, then mended: unwrapped, without commas before brackets, with quotes for entities."""
    yield text
    for opening in _OPENINGS:
        text = text.removeprefix(opening).lstrip()
    for closing in (*_CLOSINGS[::-1], *_CLOSINGS):
        text = text.removesuffix(closing).rstrip()
    yield text
    mended = _TRAILING_COMMA.sub(lambda found: found[1] or "", text)
    yield mended
    yield html.unescape(mended)


def _flat(value: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [value]
    for _ in range(MAX_OBJECTS):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value[:MAX_OBJECTS]))
        elif isinstance(value, dict):
            if "@type" in value or "@id" in value:
                yield value
            waiting.append(value.get("@graph"))


def types_of(found: Mapping[str, Any]) -> frozenset[str]:
    """Names of an object's types, without the vocabulary's address.

    >>> sorted(types_of({"@type": ["schema:Article", "https://schema.org/SocialMediaPosting"]}))
    ['Article', 'SocialMediaPosting']
    """
    given = found.get("@type")
    if isinstance(given, str) and len(given) <= TYPE_CHARS:
        return _type(given)
    return frozenset(_VOCABULARY.sub("", name) for name in ([given] if isinstance(given, str) else strings(given)))


TYPE_CHARS = 100


@lru_cache(maxsize=256)
def _type(given: str) -> frozenset[str]:
    """The name of one type: pages share a handful of them."""
    return frozenset([_VOCABULARY.sub("", given)])


_VOCABULARY = re.compile(r".*[/:#]", re.S)


def strings(value: Any) -> list[str]:
    """The strings of a value that may be one, several or an object's name, as printed, without empty ones."""
    values = value if isinstance(value, list) else [value]
    named = (v.get("name") if isinstance(v, dict) else v for v in values)
    return [folded for v in named if isinstance(v, str) and (folded := fold_space(html.unescape(v)))]


def resolved(value: Any, objects: Iterable[Mapping[str, Any]]) -> list[Any]:
    """*value* as a list, references by `@id` followed to the object of the page that bears it."""
    by_id = {o["@id"]: o for o in objects if isinstance(o.get("@id"), str) and len(o) > 1}
    values = value if isinstance(value, list) else [value]
    return [by_id.get(v["@id"], v) if isinstance(v, dict) and isinstance(v.get("@id"), str) else v for v in values]
