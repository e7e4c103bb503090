"""What records of many files say of each other, kept as numbers: ids, and originals that revisits refer to."""

from __future__ import annotations

import hashlib
import itertools
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from archive.warc.facts import RecordFacts
from archive.warc.reading import read_date

LOST: Final = "the original of this revisit is in none of the files"
DIFFERENT: Final = "the revisit and its original differ in address, date or payload"

Row = tuple[int, ...]


@dataclass(slots=True)
class Ledger:
    """Of one file, as 64-bit keys: a few dozen bytes a capture."""

    ids: array[int] = field(default_factory=lambda: array("Q"))
    id_offsets: array[int] = field(default_factory=lambda: array("Q"))
    originals: array[int] = field(default_factory=lambda: array("Q"))
    """Four for each response: its id, its address and instant, its payload's SHA-1 and SHA-256; 0 for what is not
    said."""
    references: array[int] = field(default_factory=lambda: array("Q"))
    """Five for each revisit: its offset, then the same four of what it refers to."""

    def note(self, facts: RecordFacts, id_key: int) -> None:
        if facts.type in ("response", "resource"):
            payload = _digest_key(facts.sha1), _digest_key(facts.sha256)
            self.originals.extend((id_key, _address_key(facts.url, facts.date), *payload))
        elif facts.type == "revisit":
            payload = _digest_key(facts.sha1), _digest_key(facts.sha256)
            record_id, url, date = facts.refers_to
            self.references.extend((facts.offset, key(record_id), _address_key(url, date), *payload))


def key(text: str | None) -> int:
    """64 bits standing for *text*; 0 for None."""
    if text is None:
        return 0
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _digest_key(digest: bytes | None) -> int:
    return int.from_bytes(digest[:8], "big") or 1 if digest else 0


def _address_key(url: str | None, date: str | None) -> int:
    """Our own dates are taken as they stand; others', which may have fractions of a second, to the second."""
    if not url or not date:
        return 0
    if len(date) != len("2026-11-22T10:45:00Z"):
        at = read_date(date)
        date = at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
    return key(f"{url} {date}") if date else 0


def ids_used_twice(ledgers: Sequence[Ledger]) -> Iterator[tuple[int, int]]:
    """Ids in more than one ledger, as (which ledger, offset), but for the first use of each."""
    everywhere = sorted(itertools.chain.from_iterable(ledger.ids for ledger in ledgers))
    twice = {first for first, second in itertools.pairwise(everywhere) if first == second}
    seen: set[int] = set()
    for number, ledger in enumerate(ledgers) if twice else ():
        for record_id, offset in zip(ledger.ids, ledger.id_offsets, strict=True):
            if record_id in seen:
                yield number, offset
        seen.update(twice.intersection(ledger.ids))


def bad_references(ledgers: Sequence[Ledger]) -> Iterator[tuple[int, int, str]]:
    """Revisits whose original is in none of the ledgers, or another: (which ledger, offset, what is wrong)."""
    wanted = {key for ledger in ledgers for row in _rows(ledger.references, 5) for key in row[1:3] if key}
    known: dict[int, list[Row]] = {}
    for ledger in ledgers if wanted else ():
        for original in _rows(ledger.originals, 4):
            for each in wanted.intersection(original[:2]):
                known.setdefault(each, []).append(original)
    for number, ledger in enumerate(ledgers):
        for offset, *reference in _rows(ledger.references, 5):
            if what := _problem(reference, known):
                yield number, offset, what


def _rows(numbers: array[int], width: int) -> Iterator[Row]:
    return zip(*[iter(numbers)] * width, strict=True)


def _problem(reference: Sequence[int], known: Mapping[int, list[Row]]) -> str | None:
    """*reference* and the rows of *known* are id, address and instant, SHA-1, SHA-256; 0 agrees with anything."""
    record_id, address, *_ = reference
    if not record_id and not address:
        return None  # said already, of the record itself
    candidates = known.get(record_id or address, [])
    if not candidates:
        return LOST
    if any(all(a == b or not a or not b for a, b in zip(reference, row, strict=True)) for row in candidates):
        return None
    return DIFFERENT
