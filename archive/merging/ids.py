"""Numbers of rows there → numbers of the same rows here."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Ids:
    sites: dict[int, int] = field(default_factory=dict)
    new_sites: set[int] = field(default_factory=set)
    """Of theirs: sites that we did not have."""
    runs: dict[int, int] = field(default_factory=dict)
    new_runs: set[int] = field(default_factory=set)
    """Of theirs: runs that we did not have. Whatever belongs to the others was joined before."""
    captures: dict[int, int] = field(default_factory=dict)
    posts: dict[int, int] = field(default_factory=dict)
    revisions: dict[int, int] = field(default_factory=dict)
    """Only of those that came in."""

    def run(self, theirs: int | None) -> int | None:
        return None if theirs is None else self.runs[theirs]

    def capture(self, theirs: int | None) -> int | None:
        return None if theirs is None else self.captures.get(theirs)
