"""An index of the few posts whose reading may be doubtful, so that the queue of a large archive opens at once."""

from __future__ import annotations

from typing import Final

TO_LOOK_OVER: Final = """(
    confidence < 0.7
    or kind = 'repost' and coalesce(outlet, '') = ''
    or coalesce(title, '') = ''
    or coalesce(posted_on, '') = ''
    or words = 0
)"""
"""A condition on `posts`. The index serves queries that ask for it in these very words."""

LOOKING_OVER: Final = f"""
create index posts_to_look_over on posts(id) where {TO_LOOK_OVER};
create index evidence_doubtful on evidence(post_id, field) where confidence < 0.7;
"""
