"""Datasette's own CSV with no cell a spreadsheet takes for a formula, put right on its way out, piece by piece."""

from __future__ import annotations

import codecs
import csv
import io
from typing import Final

from archive.export.tables import cell

HELD_CHARACTERS: Final = 1_000_000
"""Of a record that does not end: what is longer is taken for whole."""

csv.field_size_limit(4 * HELD_CHARACTERS)  # the module's own limit, 128 KiB, is less than a long article


class Formulas:
    """Takes a CSV file in pieces, gives it back in pieces of whole records."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._held = ""

    def feed(self, piece: bytes, *, last: bool) -> bytes:
        self._held += self._decode(piece, last)
        end = len(self._held) if last else end_of_records(self._held)
        whole, self._held = self._held[:end], self._held[end:]
        if len(self._held) > HELD_CHARACTERS:
            whole, self._held = whole + self._held, ""
        return harmless(whole).encode()


def end_of_records(text: str) -> int:
    """Behind the last line end that is in no quotes; 0 when there is none.

    >>> end_of_records('a,"b\\nc"\\r\\nd,"e\\n')
    9
    """
    end = at = 0
    for number, part in enumerate(text.split('"')):
        if number % 2 == 0 and "\n" in part:
            end = at + part.rindex("\n") + 1
        at += len(part) + 1
    return end


def harmless(records: str) -> str:
    """Whole records with an apostrophe before what would be a formula; numbers are none.

    >>> harmless('title,lag\\r\\n=1+1,-3\\r\\n')
    "title,lag\\r\\n'=1+1,-3\\r\\n"
    """
    if not records:
        return ""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(records, newline="")):
        writer.writerow([value if is_number(value) else cell(value) for value in row])
    return out.getvalue()


def is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return value[0] not in "\t\r"
