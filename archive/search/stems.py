"""Porter's stemmer as SQLite's FTS5 has it, so that the words an index found can be found again in a text.

M. F. Porter, "An algorithm for suffix stripping" (1980), with the small departures of FTS5: words of less than three
and more than 64 bytes stay as they are, and letters outside ASCII are consonants, one for each byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

_SHORTEST, _LONGEST = 3, 64  # bytes

_STEP_2: Final = (
    "ational:ate tional:tion enci:ence anci:ance izer:ize logi:log bli:ble alli:al entli:ent eli:e ousli:ous "
    "ization:ize ation:ate ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive biliti:ble"
)
_STEP_3: Final = "ical:ic ness: icate:ic iciti:ic ful: ative: alize:al"
_STEP_4: Final = "al: ance: ence: er: ic: able: ible: ant: ement: ment: ent: ion: ou: ism: ate: iti: ous: ive: ize:"


def _table(rules: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Last letter but one → (suffix, what takes its place), in the order they are tried."""
    found: dict[str, list[tuple[str, str]]] = {}
    for rule in rules.split():
        suffix, _, end = rule.partition(":")
        found.setdefault(suffix[-2], []).append((suffix, end))
    return {letter: tuple(pairs) for letter, pairs in found.items()}


_TABLE_2, _TABLE_3, _TABLE_4 = _table(_STEP_2), _table(_STEP_3), _table(_STEP_4)


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """The stem under which FTS5's `porter` tokenizer indexes *word*, which is in lower case and without accents.

    >>> [stem(word) for word in ("batteries", "dies", "hoping", "regulation", "as")]
    ['batteri', 'di', 'hope', 'regul', 'as']
    """
    # One character a byte, as the C code sees it; undone at the end.
    letters = word if word.isascii() else word.encode(errors="replace").decode("latin-1")
    if not _SHORTEST <= len(letters) <= _LONGEST:
        return word
    for step in (_plural, _past, _final_y, _double_suffix, _suffix, _ending, _final_e):
        letters = step(letters)
    return letters if word.isascii() else letters.encode("latin-1").decode(errors="replace")


def _plural(word: str) -> str:
    if not word.endswith("s") or word.endswith("ss"):
        return word
    if (len(word) > 4 and word.endswith("sses")) or (len(word) > 3 and word.endswith("ies")):
        return word[:-2]
    return word[:-1]


def _past(word: str) -> str:
    if len(word) > 3 and word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for suffix in ("ed", "ing"):
        if len(word) > len(suffix) and word.endswith(suffix):
            return _repaired(word[: -len(suffix)]) if _has_vowel(word[: -len(suffix)]) else word
    return word


def _repaired(word: str) -> str:
    """What is left when -ed or -ing is gone, made a word again: hop(p), hat(e), fil(e)."""
    if len(word) > 2 and word.endswith(("at", "bl", "iz")):
        return f"{word}e"
    if len(word) > 1 and word[-1] == word[-2] and not _is_vowel(word[-1], False) and word[-1] not in "lsz":
        return word[:-1]
    return f"{word}e" if _measure(word) == 1 and _ends_short(word) else word


def _final_y(word: str) -> str:
    return f"{word[:-1]}i" if word.endswith("y") and _has_vowel(word[:-1]) else word


def _double_suffix(word: str) -> str:
    return _replaced(word, _TABLE_2, lambda rest, _: _measure(rest) > 0)


def _suffix(word: str) -> str:
    return _replaced(word, _TABLE_3, lambda rest, _: _measure(rest) > 0)


def _ending(word: str) -> str:
    return _replaced(
        word, _TABLE_4, lambda rest, suffix: _measure(rest) > 1 and (suffix != "ion" or rest.endswith(("s", "t")))
    )


def _final_e(word: str) -> str:
    if word.endswith("e"):
        measure = _measure(word[:-1])
        if measure > 1 or (measure == 1 and not _ends_short(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word


def _replaced(word: str, table: Mapping[str, tuple[tuple[str, str], ...]], allowed: Callable[[str, str], bool]) -> str:
    """*word* with the first suffix of *table* that it ends in replaced, where that is allowed."""
    for suffix, end in table.get(word[-2:-1], ()):
        if len(word) > len(suffix) and word.endswith(suffix):
            rest = word[: -len(suffix)]
            return rest + end if allowed(rest, suffix) else word
    return word


def _is_vowel(letter: str, after_consonant: bool) -> bool:
    return letter in "aeiou" or (after_consonant and letter == "y")


def _has_vowel(word: str) -> bool:
    return any(_is_vowel(letter, i > 0) for i, letter in enumerate(word))


def _consonants(word: str) -> list[bool]:
    found, before = [], False
    for letter in word:
        before = not _is_vowel(letter, before)
        found.append(before)
    return found


def _measure(word: str) -> int:
    """Porter's m: how many times consonants follow vowels."""
    found = _consonants(word)
    return sum(not a and b for a, b in pairwise(found))


def _ends_short(word: str) -> bool:
    """Porter's *o: ends consonant, vowel, consonant, the last of them not w, x or y."""
    return not word.endswith(("w", "x", "y")) and _consonants(word)[-3:] == [True, False, True]
