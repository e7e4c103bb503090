"""What an edit of the blog's changed: which part of a post, which words, and which posts saw the same replacement.

Pure: texts in, values out. `archive.store.edits` keeps what is found here.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from archive.model import Reading
from archive.worddiff import Pair, Piece, side_by_side, word_diff

GROUP_FROM: Final = 3
"""The same replacement in this many posts is one event; two may be chance."""

HEAD_FIELDS: Final = frozenset({"outlet", "authors", "original_on", "original_url", "agency", "image_credit"})
"""Evidence of these fields stands in the lines that say where an article is from."""


class Replacement(NamedTuple):
    """Words that gave way to others. One side is empty where a paragraph was added or taken out."""

    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What a revision is compared by."""

    title: str | None
    text: str
    facts: Mapping[str, Sequence[str]]
    """Categories, tags and images."""
    head: frozenset[str] = frozenset()
    """Words the page prints about where the article is from, as the evidence of its reading quotes them."""
    reader: str = ""


def printed_head(reading: Reading) -> frozenset[str]:
    """The words of the page that a reading rests on."""
    return frozenset(folded(found.printed) for found in reading.evidence if found.field in HEAD_FIELDS)


def changed_parts(before: Content, after: Content) -> tuple[str, ...]:
    """Which parts differ: title, head, body, categories, tags, images; `cosmetic` where only typography does.

    White space, the order of categories, and an image's size, host or query are no change. The head is compared apart
    from the text only when both were read by the same reader: otherwise the difference is ours, not the blog's.
    """
    found: dict[str, None] = {}
    found.update(dict.fromkeys(_text_parts("title", before.title or "", after.title or "")))
    found.update(dict.fromkeys(_body_parts(before, after)))
    found.update(dict.fromkeys(name for name in after.facts if _named(name, before) != _named(name, after)))
    substance = [part for part in PARTS if part in found]
    return tuple(substance or (["cosmetic"] if found else []))


PARTS: Final = ("title", "head", "body", "categories", "tags", "images")


def _text_parts(name: str, before: str, after: str) -> tuple[str, ...]:
    if folded(before) == folded(after):
        return ()
    return ("cosmetic",) if plain(before) == plain(after) else (name,)


def _body_parts(before: Content, after: Content) -> Iterator[str]:
    same = _text_parts("body", before.text, after.text)
    if same == ("body",):
        yield from _head_or_body(before, after)
    else:
        yield from same
        if before.reader == after.reader and before.head != after.head:
            yield "head"


def _head_or_body(before: Content, after: Content) -> Iterator[str]:
    """Tell the lines that say where it is from, which a reading quotes, from all others."""
    sides = ((before, after), (after, before))
    lines = [(line, side.head) for side, other in sides for line in _lines(side.text) - _lines(other.text)]
    in_head = [_is_head(line, head) for line, head in lines]
    if any(in_head):
        yield "head"
    if not in_head or not all(in_head):  # none: the same paragraphs in another order
        yield "body"


def _lines(text: str) -> set[str]:
    return {plain(line) for line in text.splitlines()}


HEAD_SHARE: Final = 4
"""Quoted words are at least one part in so many of a line of the head; a paragraph may mention the outlet too."""


def _is_head(line: str, head: Collection[str]) -> bool:
    quoted = (plain(printed) for printed in head)
    return any(words in line and HEAD_SHARE * len(words) >= len(line) for words in quoted if words)


def _named(name: str, content: Content) -> list[str]:
    values = content.facts.get(name, ())
    return sorted(map(image_key, values) if name == "images" else values)


_SIZED = re.compile(r"-\d+x\d+(?=\.\w+$)|-scaled(?=\.\w+$)")


def image_key(url: str) -> str:
    """The same for one upload in every size, behind every image host.

    >>> image_key("https://i0.wp.com/blog.example/wp-content/uploads/2019/05/dock-300x200.jpg?resize=300")
    'uploads/2019/05/dock.jpg'
    """
    path = url.split("?", 1)[0].split("#", 1)[0]
    _, found, upload = path.rpartition("/wp-content/")
    return _SIZED.sub("", upload if found else path)


_TYPOGRAPHY = str.maketrans({
    **dict.fromkeys("‘’‚‛′`´", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‐‑‒–—―−", "-"), "…": "...",
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""), "\u00a0": " ", "\u202f": " ",
})  # fmt: skip
_SPACED = re.compile(r"\s*([-.,;:!?\"'()])\s*")


def folded(text: str) -> str:
    return " ".join(text.split())


def plain(text: str) -> str:
    """Text without its typography: straight quotes, plain hyphens, no space around punctuation. Case stays.

    >>> plain("“Tool and die” – again")
    '"Tool and die"-again'
    """
    straight = unicodedata.normalize("NFC", text).translate(_TYPOGRAPHY)
    return _SPACED.sub(r"\1", folded(straight))


# ------------------------------------------------------------------------------------------------- replaced words


def replacements(before: Content, after: Content) -> Counter[Replacement]:
    """What was put in the place of what, and how often, in headline, text and category names."""
    found: Counter[Replacement] = Counter()
    found.update(_replaced(word_diff(before.title or "", after.title or "")))
    found.update(_in_lines(before.text, after.text))
    for name in ("categories", "tags"):
        found.update(_in_lines(*("\n".join(sorted(side.facts.get(name, ()))) for side in (before, after))))
    return found


def _in_lines(before: str, after: str) -> Iterator[Replacement]:
    for pair in side_by_side(before, after):
        if pair.change != "same":
            yield from _replaced(pair)


def _replaced(pair: Pair) -> Iterator[Replacement]:
    """The differing stretches of a pair; one that was only added or taken out brings its neighbouring words along."""
    stretches = list(_stretches(pair))
    for place, (is_same, old, new) in enumerate(stretches):
        if is_same or folded(old) == folded(new):
            continue
        if pair.change == "changed" and not (old.strip() and new.strip()):
            left = _last_word(stretches[place - 1].old) if place else ""
            right = _first_word(stretches[place + 1].old) if place + 1 < len(stretches) else ""
            old, new = f"{left} {old} {right}", f"{left} {new} {right}"
        yield Replacement(folded(old), folded(new))


class Stretch(NamedTuple):
    """A run of words on both sides: the same words, or some in the place of others."""

    is_same: bool
    old: str
    new: str


def _stretches(pair: Pair) -> Iterator[Stretch]:
    old, new = list(pair.before), list(pair.after)
    while old or new:
        if old and new and not old[0].differs and not new[0].differs:
            yield Stretch(True, old.pop(0).text, new.pop(0).text)
        else:
            yield Stretch(False, _take(old), _take(new))


def _take(pieces: list[Piece]) -> str:
    """The differing pieces at the front, taken away."""
    words = ""
    while pieces and pieces[0].differs:
        words += pieces.pop(0).text
    return words


def _last_word(text: str) -> str:
    return (text.split() or [""])[-1]


def _first_word(text: str) -> str:
    return (text.split() or [""])[0]


def inline_diff(before: str, after: str) -> Iterator[list[Stretch]]:
    """The paragraphs that differ, each as its stretches in reading order."""
    for pair in side_by_side(before, after):
        if pair.change != "same":
            yield list(_stretches(pair))


# ------------------------------------------------------------------------------------------------- grouped edits


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupedEdit:
    """One replacement made across many posts: an event of the blog's, not an edit of each."""

    replacement: Replacement
    revisions: Mapping[int, int]
    """Revision → how often the words were replaced in it."""


def group_edits(
    found: Mapping[int, Mapping[Replacement, int]], known: Collection[Replacement] = ()
) -> list[GroupedEdit]:
    """Replacements that *found* (revision → what was replaced) shows in many posts, the widest first.

    *known* are the site's grouped edits so far: a sweep that takes the blog's editor several days stays one event.
    """
    by_replacement: defaultdict[Replacement, dict[int, int]] = defaultdict(dict)
    for revision, made in found.items():
        for replacement, times in made.items():
            by_replacement[replacement][revision] = times
    groups = [
        GroupedEdit(replacement=replacement, revisions=revisions)
        for replacement, revisions in by_replacement.items()
        if len(revisions) >= GROUP_FROM or replacement in known
    ]
    return sorted(groups, key=lambda group: (-len(group.revisions), group.replacement))


def explained(found: Mapping[int, Mapping[Replacement, int]], groups: Iterable[GroupedEdit]) -> set[int]:
    """The revisions that grouped edits explain wholly: nothing else was replaced in them."""
    grouped = {group.replacement for group in groups}
    return {revision for revision, made in found.items() if made and grouped.issuperset(made)}


def content_of(title: str | None, text: str, facts: Mapping[str, Any], reading: Reading) -> Content:
    return Content(title=title, text=text, facts=facts, head=printed_head(reading), reader=reading.reader)
