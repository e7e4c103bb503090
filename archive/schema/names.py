"""What the tables of an archive are called, and expressions on them that several modules ask for."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x436C6970
"""`Clip` in ASCII: SQLite's own mark in the file header by which an archive is told from any other database."""

FTS_TABLE: Final = "posts_fts"
FTS_COLUMNS: Final = ("title", "outlet", "authors", "text")
FTS_WEIGHTS: Final = (8.0, 6.0, 5.0, 1.0)
"""bm25 weights in the order of `FTS_COLUMNS`: a word in the headline says more than one in the text."""

WORDS_TABLE: Final = "posts_fts_words"
"""The words as they are spelled, without their places: what prefixes, exact words and spelling are looked up in."""

VOCABULARY_TABLE: Final = "posts_fts_vocabulary"
"""A window on the terms of `posts_fts_words`; it stores nothing."""

AUTOMERGE: Final = 16
"""Segments of an index that are left before they are merged: a post is stored a tenth faster than with the usual 4."""

DAY: Final = "coalesce(original_on, posted_on)"
"""The day a reader means by newest and oldest: of the article, or of the post where no article's day is known."""

LAG: Final = "case when length(original_on) = 10 then julianday(posted_on) - julianday(original_on) end"
"""Days from the article to its repost; null unless both days are known."""

RANKED_VIEW: Final = "clippings_ranked"
