"""Clipfile's archive: what serves any collection of press articles, with or without the crawler that filled it.

>>> from archive import Archive
>>> Archive("data").search('outlet:freep "tool and die"').to_rows()  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.api import Archive

__all__ = ["Archive"]


def __getattr__(name: str) -> Any:
    """`Archive` when it is asked for: importing a module of this package must not cost the database and the search."""
    if name == "Archive":
        from archive.api import Archive

        return Archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
