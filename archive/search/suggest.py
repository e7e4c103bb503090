"""Where a query finds nothing: the nearest words the archive does have, and names and dates that may be meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from sqlite_utils import Database

from archive.outlets import load_outlets
from archive.query import And, Filter, Node, Not, Or, Query, Term, filters
from archive.schema import FTS_TABLE, VOCABULARY_TABLE, WORDS_TABLE
from archive.search.passages import fold_keeping_length
from archive.search.plan import is_one_word, quoted
from archive.search.results import Suggestion
from archive.text import fold

SUGGESTIONS: Final = 5
_SHORTEST: Final = 4  # letters; in a shorter word one slip makes any word of any other
_LONGEST_WORD: Final = 40  # letters; each letter has fifty slips, and a word of a thousand took seconds
_LONGEST: Final = 12  # words of a query; each costs hundreds of look-ups, and a thousand took a second
_TRIED: Final = 5_000  # terms of the vocabulary compared with one word
_COUNTED: Final = 1_000  # posts; words are told apart by how common they are up to here
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def suggest(db: Database, query: Query) -> tuple[Suggestion, ...]:
    """Up to SUGGESTIONS queries that find something, nearest to *query* first; none for one of many words."""
    if query.tree is None or sum(1 for _ in _words(query.tree)) > _LONGEST:
        return ()
    found: dict[str, Suggestion] = {}
    for tree, reason in _variants(db, query.tree):
        text = str(tree)
        if text not in found and text != str(query):
            found[text] = Suggestion(query=text, reason=reason)
        if len(found) == SUGGESTIONS:
            break
    return tuple(found.values())


def _variants(db: Database, tree: Node) -> Iterator[tuple[Node, str]]:
    yield from _as_outlet(db, tree)
    yield from _respelled(db, tree)
    yield from _names(db, tree)
    yield from _by_posting(tree)
    yield from _fewer(db, tree)


def _swapped(tree: Node, old: Node, new: Node) -> Node:
    """*tree* with *new* wherever *old* stands."""
    match tree:
        case And() | Or():
            return replace(tree, parts=tuple(_swapped(part, old, new) for part in tree.parts))
        case Not():
            return replace(tree, part=_swapped(tree.part, old, new))
    return new if tree == old else tree


def _words(tree: Node) -> Iterator[Term]:
    match tree:
        case Term():
            yield tree
        case And() | Or():
            for part in tree.parts:
                yield from _words(part)


# --- words ------------------------------------------------------------------------------------------------------------


def _respelled(db: Database, tree: Node) -> Iterator[tuple[Node, str]]:
    """All unknown words put right at once, then the other spellings of each."""
    best, others = tree, []
    for term in _words(tree):
        for word in filter(is_one_word, term.text.split()):
            if _holds(db, word) or not (near := nearest_words(db, word)):
                continue
            first, *rest = near
            best = _swapped(best, term, replace(term, text=term.text.replace(word, first)))
            others += [_swapped(tree, term, replace(term, text=term.text.replace(word, other))) for other in rest]
    if best != tree:
        yield best, "spelled as in the archive"
    for other in others:
        yield other, "spelled as in the archive"


def nearest_words(db: Database, word: str, limit: int = 3) -> list[str]:
    """Words of the archive one slip from *word*, else two, the commonest first; none for very short or long ones."""
    folded = fold_keeping_length(word)
    if not _SHORTEST <= len(folded) <= _LONGEST_WORD or not folded.isalpha():
        return []
    known = _known(db, _one_slip(folded)) or _known(db, _two_slips(db, folded))
    return sorted(known, key=lambda other: (-known[other], other))[:limit]


def _known(db: Database, words: Iterable[str]) -> dict[str, int]:
    """Those of *words* that the archive has, with in how many posts (counted up to a bound)."""
    sql = f"select count(*) from (select 1 from {WORDS_TABLE} where {WORDS_TABLE} match ? limit {_COUNTED})"
    found = {word for word in set(words) if _holds(db, word)}
    return {word: db.execute(sql, [quoted(word)]).fetchone()[0] for word in found}


def _holds(db: Database, word: str) -> bool:
    """Whether any post has *word* in exactly these letters."""
    sql = f"select 1 from {WORDS_TABLE} where {WORDS_TABLE} match ? limit 1"
    return db.execute(sql, [quoted(word)]).fetchone() is not None


def _one_slip(word: str) -> Iterator[str]:
    """Every word with one letter more, less, changed, or changed round with its neighbour."""
    for i in range(len(word) + 1):
        before, after = word[:i], word[i:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in _LETTERS)


def _two_slips(db: Database, word: str) -> Iterator[str]:
    """Words of the archive that begin as *word* does and are two slips from it."""
    start = word[:3]
    sql = f"select distinct term from {VOCABULARY_TABLE} where term >= ? and term < ?"
    rows = db.execute(sql, [start, start[:-1] + chr(ord(start[-1]) + 1)])
    for (term,) in islice(rows, _TRIED):
        if abs(len(term) - len(word)) <= 2 and _distance(word, term) <= 2:
            yield term


def _distance(a: str, b: str) -> int:
    """Letters to put in, take out or change to make *b* of *a*."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


# --- names and dates --------------------------------------------------------------------------------------------------


def _as_outlet(db: Database, tree: Node) -> Iterator[tuple[Node, str]]:
    """A word that names an outlet of the archive, such as "freep"."""
    held = {name for (name,) in db.execute("select name from outlets")}
    for term in _words(tree):
        known = load_outlets().find(term.text)
        if known and known.outlet.name in held:
            yield _swapped(tree, term, Filter(name="outlet", value=known.outlet.name)), "as the name of an outlet"


def _names(db: Database, tree: Node) -> Iterator[tuple[Node, str]]:
    """Outlets and authors spelled nearly like a name that the archive does not have."""
    for condition in filters(tree):
        table = {"outlet": "outlets", "author": "authors"}.get(condition.name)
        if table is None:
            continue
        names = [name for (name,) in db.execute(f"select name from {table} limit {_TRIED}")]
        if any(fold(condition.value) in fold(name) for name in names):
            continue
        for name in _alike(condition.value, names)[:2]:
            yield _swapped(tree, condition, replace(condition, value=name)), f"{condition.name} of that name"


def _alike(wanted: str, names: Iterable[str]) -> list[str]:
    """Names with a word nearly like each word of *wanted*, nearest first."""
    words = fold(wanted).split()
    found = []
    for name in names:
        parts = fold(name).split()
        gaps = [min(_distance(word, part) for part in parts) for word in words] if parts and words else [9]
        if all(gap <= (len(word) + 2) // 4 for gap, word in zip(gaps, words, strict=False)):
            found.append((sum(gaps), name))
    return [name for _, name in sorted(found)]


def _by_posting(tree: Node) -> Iterator[tuple[Node, str]]:
    """The day of the repost where the article's was asked for: the blog's own posts have no other."""
    spans = {"after": "{}..", "before": "<{}", "on": "{}", "year": "{}"}
    changed = tree
    for condition in filters(tree):
        if condition.name in spans:
            posted = Filter(name="posted", value=spans[condition.name].format(condition.value))
            changed = _swapped(changed, condition, posted)
    if changed != tree:
        yield changed, "by the day the blog posted it"


def _fewer(db: Database, tree: Node) -> Iterator[tuple[Node, str]]:
    """Any of the words, where all of them were wanted."""
    if isinstance(tree, And) and all(isinstance(part, Term) for part in tree.parts):
        known = [part for part in tree.parts if isinstance(part, Term) and _holds_any(db, part)]
        if len(known) == 1:
            yield known[0], "without the words that are not in the archive"
        elif known:
            yield Or(parts=tuple(known)), "any of the words"


def _holds_any(db: Database, term: Term) -> bool:
    sql = f"select 1 from {FTS_TABLE} where {FTS_TABLE} match ? limit 1"
    return db.execute(sql, [quoted(term.text)]).fetchone() is not None
