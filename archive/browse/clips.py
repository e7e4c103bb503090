"""Posts as lists show them: headline, where from, by whom, when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from archive.browse.rows import Row

COLUMNS: Final = """
    posts.id, posts.uid, posts.title, posts.kind, posts.outlet, posts.outlet_id, posts.authors, posts.original_on,
    posts.posted_on, posts.confidence, posts.gone_at, posts.revision_count
"""
"""Of `posts`; all stand before its long texts, so that reading them never touches those."""


def as_clips(found: Sequence[Row]) -> list[Row]:
    return [{**clip, "authors": names(clip["authors"])} for clip in found]


def names(array: str | None) -> list[str]:
    """A JSON array's strings; [] for what is none."""
    try:
        found = json.loads(array or "[]")
    except ValueError:
        return []
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
