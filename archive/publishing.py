"""A public edition: a database of what may be said of the clippings in the open, and none of their texts.

Reposts are third parties' press. So headline, outlet, authors, dates and links go out, with a few words from the
beginning of each text and no more; what is withheld does not. Plain Datasette shows the file well.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from archive.export.citations import read_reference, to_text
from archive.export.files import replacing
from archive.export.selection import Selection, select
from archive.export.writing import exporting
from archive.folder import ArchiveFolder
from archive.progress import Done
from archive.text import collapse

SNIPPET: Final = 160
"""Characters of a text that are shown, unless another number is asked for."""
MOST_SNIPPET: Final = 500
LEAST_HIDDEN: Final = 3
"""Of a short text no more than one part in so many is shown, whatever number is asked for."""
LINE_WORDS: Final = 8
"""Shorter lines at the head of a text are outlet, date and byline, which have columns of their own."""

SCHEMA: Final = """
create table outlets (name text primary key, clippings integer not null, first_on text, last_on text) without rowid;
create table clippings (
    id integer primary key,
    uid text not null unique,
    title text,
    outlet text references outlets(name),
    authors text not null,
    original_on text,
    original_url text,
    site text not null,
    posted_on text,
    repost_url text not null,
    kind text not null,
    categories text not null,
    language text,
    words integer not null,
    snippet text,
    reference text not null,
    gone_on text
);
create index clippings_by_outlet on clippings(outlet, original_on);
create index clippings_by_original_on on clippings(original_on);
create index clippings_by_posted_on on clippings(posted_on);
create table authors (name text primary key, clippings integer not null) without rowid;
create table clipping_authors (
    clipping_id integer not null references clippings(id),
    author text not null references authors(name),
    primary key (clipping_id, author)
) without rowid;
create index clipping_authors_by_author on clipping_authors(author);
create table same_article (
    clipping_id integer not null references clippings(id),
    other_id integer not null references clippings(id),
    primary key (clipping_id, other_id)
) without rowid;
create table about (name text primary key, value text not null) without rowid;
create virtual table clippings_fts using fts5(
    title, outlet, authors, snippet,
    content="clippings", content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
"""

COLUMNS: Final[dict[str, str]] = {
    "id": "Number of the clipping in the archive",
    "uid": "The same in every archive: first 16 hex digits of the SHA-256 of the repost's address",
    "title": "Headline, as the blog shows it",
    "outlet": "Publication the article first appeared in",
    "authors": "JSON array of its authors",
    "original_on": "Day the article first appeared, to the precision printed",
    "original_url": "Where the outlet had it",
    "site": "The blog that reposted it",
    "posted_on": "Day of the repost",
    "repost_url": "Where the blog had it",
    "kind": "repost, own, press_release or other",
    "categories": "JSON array of the blog's categories",
    "language": "Language the page declares",
    "words": "Length of the archived text in words",
    "snippet": "First words of the text; the text itself is not in this file",
    "reference": "The article as a reference",
    "gone_on": "Day on which the post was declared gone from the blog",
}

INSERT: Final = f"insert into clippings ({', '.join(COLUMNS)}) values ({', '.join('?' * len(COLUMNS))})"


def publish(folder: ArchiveFolder, query: str, target: Path, *, snippet: int, progress: Done) -> int:
    """Write the public edition of what *query* finds to *target*, whole or not at all; the number of clippings.

    *snippet* is the most characters shown of a text. Beside it a file of the same name ending in `.metadata.json` tells
    Datasette what the columns mean. Raises what `archive.export.writing.exporting` raises.
    """
    described = target.with_name(f"{target.stem}.metadata.json")
    with exporting(folder, target) as db, replacing(target) as beside, replacing(described) as beside_described:
        count = _write(select(db, query, public=True), query, beside, snippet, progress)
        beside_described.write_text(json.dumps(metadata(target.stem), ensure_ascii=False, indent=2) + "\n")
    return count


def _write(selection: Selection, query: str, path: Path, snippet: int, progress: Done) -> int:
    with closing(sqlite3.connect(path, isolation_level=None)) as public:
        public.execute("pragma journal_mode = memory")
        public.executescript(f"begin; {SCHEMA}")
        count = 0
        for count, record in enumerate(selection.iter_records(), start=1):
            public.execute(INSERT, _row(record, snippet))
            progress(count)
        _derive(public)
        _link(public, selection)
        about = {
            "what this is": "A public edition of an archive of republished press: where each article first appeared, "
            "who wrote it and when, and where it was reposted. The texts are not in it.",
            "made at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "made of": query.strip() or "all clippings",
            "clippings": str(count),
            "snippets": f"up to {snippet} characters, never more than a third of a text",
        }
        public.executemany("insert into about values (?, ?)", about.items())
        public.execute("commit")
        public.execute("vacuum")  # nothing was ever deleted in it; this makes sure of that, and the file small
    return count


def _row(record: Mapping[str, Any], snippet: int) -> tuple[Any, ...]:
    values = {
        **record,
        "authors": json.dumps(record["authors"], ensure_ascii=False),
        "categories": json.dumps(record["categories"], ensure_ascii=False),
        "repost_url": record["url"],
        "snippet": read_snippet(record["text"], snippet),
        "reference": to_text(read_reference(record)),
        "gone_on": record["gone_at"] and record["gone_at"][:10],
    }
    return tuple(values[name] for name in COLUMNS)


def read_snippet(text: str, most: int) -> str | None:
    """The first words of the text's first whole line, at most *most* characters and a third of the text.

    >>> read_snippet("The Ledger\\nMay 3\\nNobody had measured the wall at the lock since 1938. So it leaned.", 30)
    'Nobody had measured the…'
    """
    allowed = min(most, len(text) // LEAST_HIDDEN)
    line = next((line for line in map(collapse, text.splitlines()) if len(line.split()) >= LINE_WORDS), "")
    if len(line) <= allowed:
        return line or None
    words = line[: allowed + 1].rpartition(" ")[0].rstrip(" ,;:–—-")
    return f"{words}…" if words else None


def _derive(public: sqlite3.Connection) -> None:
    """What can be counted from the clippings, so that every name leads to its clippings."""
    public.execute(
        """
        insert into outlets
        select outlet, count(*), min(original_on), max(original_on)
        from clippings
        where outlet is not null
        group by outlet
        """
    )
    public.execute(
        """
        insert or ignore into clipping_authors
        select clippings.id, author.value from clippings, json_each(clippings.authors) as author
        """
    )
    public.execute("insert into authors select author, count(*) from clipping_authors group by author")
    public.execute("insert into clippings_fts(clippings_fts) values ('rebuild')")


def _link(public: sqlite3.Connection, selection: Selection) -> None:
    """Which of the clippings carry the same article."""
    chosen = selection.ids
    sql = f"select post_id, other_id from likenesses where post_id in ({chosen}) and other_id in ({chosen})"
    pairs = selection.db.execute(sql, selection.values)
    public.executemany("insert into same_article values (?, ?)", pairs)


def metadata(database: str) -> dict[str, Any]:
    """What Datasette shows beside the tables, in the shape 0.65 and 1.0 read."""
    tables = {
        "clippings": {
            "description": "Reposted articles: where each first appeared, and where it was reposted.",
            "columns": COLUMNS,
            "facets": ["outlet", "site", "kind"],
            "sort_desc": "original_on",
            "label_column": "title",
        },
        "outlets": {"description": "Publications the articles first appeared in.", "sort_desc": "clippings"},
        "authors": {"description": "Authors of the articles.", "sort_desc": "clippings"},
        "same_article": {"description": "Clippings that carry the same article, each pair in both directions."},
        "about": {"description": "What this file is."},
        "clipping_authors": {"hidden": True},
    }
    return {"title": "Clippings", "databases": {database: {"tables": tables}}}
