"""Cells of Datasette's own tables: JSON arrays as words, posts as links to their page."""

from __future__ import annotations

import json
import re
from typing import Final

from markupsafe import Markup, escape

from archive.browse.instance import Place

LISTS: Final = frozenset({"authors", "categories", "tags", "house_names", "changes", "candidates"})
UID: Final = re.compile(r"[0-9a-f]{16}")
"""A post's uid, wherever a table or query shows one under that name, opens the post's own page."""


def cell(place: Place, column: str, value: object) -> Markup | None:
    """How the value is shown; None leaves it to Datasette."""
    if column in LISTS and isinstance(value, str):
        return as_list(value)
    if column == "uid" and isinstance(value, str) and UID.fullmatch(value):
        return Markup('<a href="{}">{}</a>').format(place.page(f"posts/{value}"), value)
    return None


def as_list(value: str) -> Markup | None:
    """Printed names parted by middle dots, a blank for none; None when *value* is not a JSON array of strings.

    >>> as_list('["Marta Quill", "<b>"]')
    Markup('Marta Quill · &lt;b&gt;')
    """
    try:
        words = json.loads(value)
    except ValueError:
        return None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return None
    # Datasette takes no words at all for no answer
    return Markup(" · ").join(escape(word) for word in words) or Markup("\u00a0")
