"""Captures in and out: HTTP exchanges as WARC 1.1 records, one gzip member each (docs/captures.md).

Writing is `WarcWriter`; reading is `read_exchange` for one record and `iter_exchanges` for a file, ours or foreign;
`cut_back` takes a file back to its committed length after a crash.
"""

from __future__ import annotations

from archive.warc.bodies import UndecodableBodyError, decode_body
from archive.warc.reading import iter_exchanges, read_exchange
from archive.warc.records import DamagedRecordError
from archive.warc.tail import Cut, cut_back, last_whole_record
from archive.warc.values import Exchange, Original, Record
from archive.warc.writing import WarcWriter

__all__ = [
    "Cut",
    "DamagedRecordError",
    "Exchange",
    "Original",
    "Record",
    "UndecodableBodyError",
    "WarcWriter",
    "cut_back",
    "decode_body",
    "iter_exchanges",
    "last_whole_record",
    "read_exchange",
]
