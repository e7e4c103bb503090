"""How values stand in the database: JSON in one spelling, instants in UTC, readings as JSON and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from archive.model import Evidence, Reading


def instant(moment: datetime) -> str:
    """A UTC ISO instant to the second, as every `*_at` column holds it.

    >>> instant(datetime(2026, 11, 22, 10, 45, tzinfo=UTC))
    '2026-11-22T10:45:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_stopped_at: datetime | None = None


def now() -> str:
    return instant(_stopped_at or datetime.now(UTC))


@contextmanager
def clock_set() -> Iterator[Callable[[datetime], None]]:
    """For making anew what happened before: in the block, `now` is the moment the function was given last."""

    def set_clock(moment: datetime) -> None:
        global _stopped_at
        _stopped_at = moment

    global _stopped_at
    try:
        yield set_clock
    finally:
        _stopped_at = None


_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def to_json(value: Any) -> str:
    """JSON without escapes for letters, so that full-text search sees the names as they are spelled."""
    return _JSON.encode(value)


def reading_to_json(reading: Reading) -> str:
    """As `dataclasses.asdict` would spell it, without its copy of every value: that took a sixth of saving a post."""
    return to_json({**_shallow(reading), "evidence": [_shallow(each) for each in reading.evidence]})


def _shallow(value: Reading | Evidence) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def reading_from_json(stored: str) -> Reading:
    facts = json.loads(stored)
    evidence = tuple(Evidence(**row) for row in facts.pop("evidence"))
    return Reading(**{**facts, "authors": tuple(facts["authors"]), "evidence": evidence})
