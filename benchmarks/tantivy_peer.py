"""tantivy beside SQLite: the same posts in an index of its own, the same queries, first page with passages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

FIELDS: Final = ("title", "outlet", "authors", "text")
HEAP_BYTES: Final = 200_000_000  # what its writer may fill before it writes a segment

Rows = Iterator[tuple[int, str, str, str, str, str]]


class Peer:
    """An index in *folder* of *rows* (id, title, text, outlet, author, day). Raises ImportError without tantivy."""

    def __init__(self, folder: Path, rows: Rows) -> None:
        import tantivy

        folder.mkdir()
        self._tantivy = tantivy
        self._schema = _schema(tantivy)
        self._index = tantivy.Index(self._schema, path=str(folder))
        writer = self._index.writer(HEAP_BYTES, 1)
        for id, title, text, outlet, author, _ in rows:
            document = tantivy.Document(title=title, outlet=outlet, authors=author, text=text)
            document.add_unsigned("id", id)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def first_page(self, query: str) -> list[str]:
        """The passages of the first page. Raises ValueError for a query that is not in its language."""
        read = self._index.parse_query(query, list(FIELDS), field_boosts={"title": 8.0}, conjunction_by_default=True)
        found = self._searcher.search(read, 20)
        passages = self._tantivy.SnippetGenerator.create(self._searcher, read, self._schema, "text")
        return [passages.snippet_from_doc(self._searcher.doc(address)).to_html() for _, address in found.hits]


def _schema(tantivy: Any) -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", stored=True)
    for field in FIELDS:
        builder.add_text_field(field, stored=field in ("title", "text"), tokenizer_name="en_stem")
    return builder.build()
