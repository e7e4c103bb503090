"""The only writer of an archive: runs and captures (custody), the frontier, posts with their readings, corrections.

One `Store` holds one connection. Callers group what belongs together in `with store.atomic():`; nothing here commits.
Modules beside it also read: who imports one of them, as a search does, does not pay for the writers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from archive.store.posts import SavedPost
    from archive.store.store import CORRECTIONS_FILE, DECISIONS_FILE, Store

__all__ = ["CORRECTIONS_FILE", "DECISIONS_FILE", "SavedPost", "Store"]

_HOMES: Final = {**dict.fromkeys(__all__, "archive.store.store"), "SavedPost": "archive.store.posts"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
