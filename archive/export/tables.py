"""Clippings as CSV, JSON Lines and Atom, a row at a time: a text is never held longer than its row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from archive.clippings import LISTS
from archive.export.citations import read_reference, to_text
from archive.export.selection import COLUMNS

FORMULA: Final = re.compile(r"[\s\x00-\x1f\ufeff\u200b-\u200f]*[=+\-@＝＋－＠]|[\t\r\n]")
"""How a cell begins that a spreadsheet may run: spaces before the sign do not stop every one of them."""

UNLIKE: Final = frozenset({"id", "uid", "url", "title", "original_url", "text"})
"""Columns that hardly ever say the same twice."""
REMEMBERED: Final = 4_096
"""Fields of the other columns that are remembered."""


def iter_csv(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """RFC 4180 lines under a line of names, from rows as `Selection.iter_rows` gives them; unknown is an empty cell.

    Written out here because `csv.writer` looks at each character of a text by itself, which takes five times as long.
    What stands in many rows, such as an outlet's name, is made a field once.
    """
    yield ",".join(COLUMNS) + "\r\n"
    short = lru_cache(maxsize=REMEMBERED, typed=True)(_field)
    short_list = lru_cache(maxsize=REMEMBERED)(_list_field)
    fields = [_field if name in UNLIKE else short_list if name in LISTS else short for name in COLUMNS]
    for row in rows:
        yield ",".join([field(value) for field, value in zip(fields, row, strict=True)]) + "\r\n"


def _list_field(stored: str) -> str:
    return _field(json.loads(stored))


def _field(value: Any) -> str:
    if value is None:
        return ""
    text = str(cell(value))
    if "," in text or '"' in text or "\n" in text or "\r" in text or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def cell(value: Any) -> Any:
    """*value* as a cell no spreadsheet takes for a formula: an apostrophe before it, which spreadsheets do not show.

    A value that already begins with apostrophes before a formula gets one more, so that taking one away always gives
    the value back. Lists are joined by `; `; a backslash stands before a `;` of their own.

    >>> cell("=1+1"), cell("'-5"), cell("a=b"), cell(["Ann Ash", "Bo Birch"])
    ("'=1+1", "''-5", 'a=b', 'Ann Ash; Bo Birch')
    """
    if isinstance(value, list):
        value = "; ".join(re.sub(r"[\\;]", r"\\\g<0>", item) for item in value)
    if isinstance(value, str) and not value[:1].isalnum() and FORMULA.match(value.lstrip("'")):
        return f"'{value}"
    return value


_LINE_END: Final = re.compile("[\x85\u2028\u2029]")
"""Characters some readers take for the end of a line, though JSON lets them stand."""


def iter_jsonl(lines: Iterable[str]) -> Iterator[str]:
    """One JSON object a line, from `Selection.iter_lines`: the columns of `clippings`; unknown is null."""
    for line in lines:
        if "\u2028" in line or "\u2029" in line or "\x85" in line:
            line = _LINE_END.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
        yield f"{line}\n"


_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def iter_atom(records: Iterable[Mapping[str, Any]], *, title: str, made_at: str) -> Iterator[str]:
    """An Atom feed (RFC 4287) named *title*, its entries in the order of the records.

    An entry's `updated` is the record's `noticed_at` where it has one, else when we last saw it change. It has no
    `published`: that would need an hour nobody printed.
    """
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"<id>{_urn(f'clipfile:{title}')}</id>\n{_element('title', title)}{_element('updated', made_at)}"
    yield "<author><name>Clipfile</name></author>\n<generator>Clipfile</generator>\n"
    for record in records:
        yield "".join(_entry(record))
    yield "</feed>\n"


def _entry(record: Mapping[str, Any]) -> Iterator[str]:
    reference = read_reference(record)
    yield "<entry>\n"
    yield _element("id", _urn(f"clipfile:{record['uid']}"))
    yield _element("title", record["title"] or "(no headline)")
    yield _element("updated", record.get("noticed_at") or record["changed_at"] or record["first_seen_at"])
    for name in reference.printed_authors or (reference.container or record["site"],):
        yield f"<author>{_element('name', name)}</author>\n"
    yield _link("alternate", record["url"])
    if record["original_url"]:
        yield _link("via", record["original_url"])
    for category in record["categories"]:
        yield f"<category term={quoteattr(_xml(category))}/>\n"
    yield _element("summary", to_text(reference))
    yield _element("content", record["text"])
    yield "</entry>\n"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_xml(text))}</{name}>\n"


def _link(rel: str, href: str) -> str:
    return f'<link rel="{rel}" href={quoteattr(_xml(href))}/>\n'


def _xml(text: str) -> str:
    """*text* without the characters XML 1.0 has no way to write."""
    return _NOT_XML.sub("", text)


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, name).urn
