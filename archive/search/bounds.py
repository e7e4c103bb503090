"""How far a search goes: what bounds its work, however large the archive."""

from __future__ import annotations

from typing import Final

FEW: Final = 2_000
"""Up to so many answers, all are known by their ids and every one is ranked."""
SAMPLED: Final = 200
"""How many of the newest posts with a word tell how frequent it is."""
PASSING: Final = 20_000
PASSING_SHARE: Final = 0.1
"""Up to so many posts that pass the filters, or that share of all, are gathered first; of more, each is tried."""
TRIED: Final = 50_000
"""Answers are counted if no more posts than these, found by their words, have to be tried against the filters."""
HEADS: Final = 400
NEWEST: Final = 100
"""Of more answers so many are ranked: the newest with the words in their head, and the newest whatever they are."""
HEADS_RANKED: Final = 3_500
"""About so many of the newest heads are ranked in one walk."""
HEADS_COUNTED: Final = 2_000
"""Of a word whose list is too long for that, it is counted in so many of the newest heads."""
KEPT: Final = 1_000
"""How far a result sorted by relevance can be paged through."""
WEIGHED: Final = 60
"""So many of the likeliest posts are read and weighed; those behind them keep the index's order."""
FIRST: Final = 24
"""A page and the reposts folded into it. Of one word no more are weighed at first: where all of these have it as it is
spelled, no spelling lifts one behind them above its rank."""
PREFIXED: Final = 2 * WEIGHED
"""Of a prefix so many of the newest answers with it in their head go first."""
SPELLED: Final = 8
"""A prefix of so many words at most is looked up in heads by their stems."""
COUNTED: Final = 100_000
"""Answers are counted up to here."""
SURELY: Final = 1.25
"""Of so many times as many answers as a bound has, as far as can be told, it is first asked whether they pass it."""
DENSE: Final = 0.05
"""From this share of all posts on, facets are counted from columns that are kept in memory."""
TRYING: Final = 400
"""To try whether a single post has a word takes as long as to hand out so many answers one after another."""

STEPS: Final = 300_000
"""A walk through the index passes about so many entries at most; where there are more, it ends before the oldest."""
RANKED_STEPS: Final = 100_000
"""To rank a single post, FTS5 counts all that have each word: of several words with more entries, heads are read."""
HEAD_STEPS: Final = 4
"""Of several words each is counted twice, once among heads alone, which takes longer."""
