"""Pages and style sheets as text, by the charset a browser would take."""

from __future__ import annotations

import codecs
import re
from typing import Final

BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WESTERN: Final = frozenset({"iso8859-1", "ascii"})
"""Read as Windows-1252, as browsers do."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)


def as_text(body: bytes, content_type: str) -> str:
    """The body as text: a byte order mark, the header, UTF-8 where it fits, what the page declares, Windows-1252."""
    for mark, charset in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    declared = _CHARSET.search(content_type) or _CHARSET.search(body[:2048].decode("latin-1"))
    for charset in (*([_known(declared[1])] if declared else []), "utf-8"):
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    return body.decode("cp1252", "replace")


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if not codec._is_text_encoding else "cp1252" if codec.name in WESTERN else codec.name
