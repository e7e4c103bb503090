"""The tables, views and triggers of an archive, as migrations; `dictionary.py` says what every column means."""

from archive.schema.counts import COUNTED_ANEW
from archive.schema.first import TABLES
from archive.schema.migrations import migrations, statements
from archive.schema.names import (
    APPLICATION_ID,
    DAY,
    FTS_COLUMNS,
    FTS_TABLE,
    FTS_WEIGHTS,
    LAG,
    RANKED_VIEW,
    VOCABULARY_TABLE,
    WORDS_TABLE,
)

__all__ = [
    "APPLICATION_ID",
    "COUNTED_ANEW",
    "DAY",
    "FTS_COLUMNS",
    "FTS_TABLE",
    "FTS_WEIGHTS",
    "LAG",
    "RANKED_VIEW",
    "TABLES",
    "VOCABULARY_TABLE",
    "WORDS_TABLE",
    "migrations",
    "statements",
]
