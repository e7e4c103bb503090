"""The archive for Python programs and notebooks: `from archive import Archive`. It only ever reads.

>>> with Archive("data") as archive:  # doctest: +SKIP
...     found = archive.search('outlet:"Detroit News" after:2015 "tool and die"')
...     frame = pandas.DataFrame(found.to_rows())
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from archive.clippings import find_post_id
from archive.export.citations import CITATIONS, read_reference
from archive.export.selection import COLUMNS, Row, get_record, select
from archive.export.writing import export_file
from archive.folder import DEFAULT_FOLDER, ArchiveFolder
from archive.model import Kind
from archive.search import Hit, Results, Sort, as_text, search
from archive.store.withholdings import refuse_withheld

CitationFormat = Literal["csl", "bibtex", "ris", "text"]
ExportFormat = Literal["csv", "jsonl", "atom", "sqlite", "bibtex", "ris", "csl"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Clipping:
    """A post with its provenance: a row of the view `clippings`, described column by column in docs/data-model.md."""

    id: int
    uid: str
    site: str
    url: str
    title: str | None
    kind: Kind
    outlet: str | None
    outlet_printed: str | None
    authors: tuple[str, ...]
    original_on: str | None
    original_url: str | None
    image_credit: str | None
    posted_on: str | None
    modified_at: str | None
    site_author: str | None
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    language: str | None
    words: int
    text: str
    confidence: float
    first_seen_at: str
    last_seen_at: str
    changed_at: str | None
    gone_at: str | None
    revisions: int

    def to_row(self) -> dict[str, Any]:
        """The clipping as a dict of plain values; lists of names are lists."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found(Results):
    """One page of what a search found: a sequence of its hits, with the totals, facets and notes of the search."""

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __getitem__(self, place: int) -> Hit:
        return self.hits[place]

    def to_rows(self) -> list[dict[str, Any]]:
        """The hits as flat dicts for a data frame; `snippet` is the passage that answers, as plain text.

        `also` is a list of the addresses of the article's other reposts; the other columns are those of `Hit`.
        """
        return [_row(hit) for hit in self.hits]


class Archive:
    """An archive's folder, opened for reading. Raises NotAnArchiveError when nothing was crawled there yet.

    Close it, or use it in a `with` statement; it sees what a crawl stores meanwhile. What is withheld from the public
    is not there unless it is asked for *include_withheld*; a hit then says why it is withheld.
    """

    def __init__(self, path: str | PathLike[str] = DEFAULT_FOLDER, *, include_withheld: bool = False) -> None:
        self._folder = ArchiveFolder(path=Path(path))
        self._public = not include_withheld
        self._db = self._folder.open_readonly()

    def search(
        self,
        query: str = "",
        *,
        limit: int = 20,
        sort: Sort = "relevance",
        cursor: str | None = None,
        facets: bool = False,
        fold: bool = True,
    ) -> Found:
        """The clippings that answer *query*, best first; the query language is that of `clipfile search`.

        Without words to weigh the newest come first. *cursor* is the `next_cursor` of the page before. With *fold*, of
        several reposts of one article the first is a hit, and its `also` names the others.
        """
        results = search(
            self._db, query, limit=limit, sort=sort, cursor=cursor, facets=facets, fold=fold, public=self._public
        )
        return Found(**{part.name: getattr(results, part.name) for part in fields(results)})

    def iter_clippings(self, query: str = "") -> Iterator[Clipping]:
        """Every clipping that *query* finds, whole, in the order of their ids; one is held at a time."""
        return map(_clipping, select(self._db, query, public=self._public).iter_records())

    def get_clipping(self, post: int | str) -> Clipping:
        """The clipping of that id, uid or address. UsageError when there is none, WithheldError when it is withheld."""
        return _clipping(self._record(post))

    def cite(self, post: int | str, format: CitationFormat = "text", *, repost: bool = False) -> str:
        """The reference of the article, or of the blog's page with *repost*, as `clipfile cite` prints it."""
        return CITATIONS[format](read_reference(self._record(post), repost=repost))

    def export(self, target: str | PathLike[str], query: str = "", *, format: ExportFormat) -> int:
        """Write every clipping *query* finds to the file *target*, whole or not at all; give their number."""
        return export_file(self._folder, query, format, Path(target), lambda done: None, public=self._public)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Archive({str(self._folder.path)!r})"

    def _record(self, post: int | str) -> Row:
        post_id = find_post_id(self._db, str(post))
        if self._public:
            refuse_withheld(self._db.conn, post_id)
        return get_record(self._db, post_id)


def _clipping(record: Row) -> Clipping:
    values: dict[str, Any] = {name: _frozen(record[name]) for name in COLUMNS}
    return Clipping(**values)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _row(hit: Hit) -> dict[str, Any]:
    row = asdict(hit)
    del row["heading"]
    also = [post.url for post in hit.also]
    return {**row, "authors": list(hit.authors), "snippet": as_text(hit.snippet), "also": also}
