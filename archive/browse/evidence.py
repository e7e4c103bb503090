"""The printed words behind each value, shown where they stand on the page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from archive.browse.rows import Row

FIELDS: Final = ("kind", "outlet", "agency", "authors", "original_on", "original_url", "image_credit", "completeness")
"""What is read from a page and has evidence, in the order of the provenance card."""
OPTIONAL: Final = frozenset({"agency", "original_url", "image_credit", "completeness"})
"""Left out of the card where the page says nothing about them; the others are shown as not known."""
NEIGHBOURS: Final = 1
LINE_LENGTH: Final = 220
HEAD_LINES: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A stretch of a printed line; *marks* are the fields whose evidence it is."""

    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One value of the provenance card, with everything that was found to say so."""

    field: str
    value: Any
    confidence: float | None
    evidence: Sequence[Mapping[str, Any]]
    """Rows of `evidence`, each with `lines`: the page's lines around the printed words, as runs."""
    corrections: Sequence[Row]

    @property
    def corrected(self) -> bool:
        return any(not correction["undone_at"] for correction in self.corrections)


def facts(found: Mapping[str, Any]) -> list[Fact]:
    """The provenance card of a dossier (`archive.clippings.dossier`)."""
    lines = found["text"].splitlines()
    return [
        fact for field in FIELDS if (fact := _fact(field, found, lines)).value or fact.evidence or field not in OPTIONAL
    ]


def _fact(field: str, found: Mapping[str, Any], lines: Sequence[str]) -> Fact:
    evidence = [
        {**row, "lines": in_context(lines, row["printed"], field)} for row in found["evidence"] if row["field"] == field
    ]
    return Fact(
        field=field,
        value=found[field],
        confidence=max((row["confidence"] for row in evidence), default=None),
        evidence=evidence,
        corrections=[
            {**row, "value": json.loads(row["value"]) if row["value"] else None}
            for row in found["corrections"]
            if row["field"] == field
        ],
    )


def head(found: Mapping[str, Any]) -> list[list[Run]]:
    """The first lines of the text with all that was read from them marked; [] when nothing was."""
    printed = [(row["printed"], row["field"]) for row in found["evidence"] if row["field"] != "kind"]
    lines = [marked(shortened(line), printed) for line in found["text"].splitlines()[:HEAD_LINES]]
    last = max((n for n, line in enumerate(lines) if any(run.marks for run in line)), default=-1)
    return lines[: last + 1]


def in_context(lines: Sequence[str], printed: str, field: str) -> list[list[Run]]:
    """The line that carries the printed words, marked, between its neighbours; the words alone when none does."""
    words = " ".join(printed.split())
    if not words:
        return []
    folded = [" ".join(line.split()) for line in lines]
    # a photo's credit can name the outlet, too: the line that says nothing else is the one that was read
    at = folded.index(words) if words in folded else next((n for n, line in enumerate(folded) if words in line), None)
    if at is None:
        return [[Run(text=words, marks=(field,))]]
    around = range(max(0, at - NEIGHBOURS), min(len(lines), at + NEIGHBOURS + 1))
    return [
        marked(shortened(lines[n], words), [(words, field)]) if n == at else [Run(text=shortened(lines[n]))]
        for n in around
    ]


def shortened(line: str, around: str = "") -> str:
    """The line with white space folded, cut to a length for reading, *around* left in.

    >>> shortened("a " * 300, "")[-3:]
    'a …'
    """
    line = " ".join(line.split())
    if len(line) <= LINE_LENGTH:
        return line
    at = max(line.find(around), 0)
    start = 0 if at + len(around) < LINE_LENGTH else max(0, at - LINE_LENGTH // 2)
    end = max(start + LINE_LENGTH, at + len(around))
    before, after = "… " if start else "", " …" if end < len(line) else ""
    return f"{before}{line[start:end].strip()}{after}"


def marked(line: str, printed: Sequence[tuple[str, str]]) -> list[Run]:
    """The line as runs, each occurrence of printed words (words, field) marked with its fields.

    >>> [(run.text, run.marks) for run in marked("By Ana Ruiz, WDET", [("Ana Ruiz", "authors"), ("WDET", "outlet")])]
    [('By ', ()), ('Ana Ruiz', ('authors',)), (', ', ()), ('WDET', ('outlet',))]
    """
    owners: dict[str, list[str]] = {}
    for words, field in printed:
        if folded := " ".join(words.split()):
            owners.setdefault(folded, []).append(field)
    if not owners:
        return [Run(text=line)]
    longest_first = sorted(owners, key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", line)
    return [Run(text=piece, marks=tuple(dict.fromkeys(owners.get(piece, ())))) for piece in pieces if piece]
