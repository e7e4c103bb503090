"""What `from archive import Archive` promises: typed results, plain rows, and no cost before it is used."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from judging import sample_archive

from archive import Archive
from archive.api import Clipping
from archive.errors import NotAnArchiveError, UsageError
from archive.export.selection import COLUMNS
from archive.search import search


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("sample")
    sample_archive(folder / "archive.db").close()
    with Archive(folder) as archive:
        yield archive


def test_a_search_answers_as_the_command_does(sample: Archive) -> None:
    found = sample.search("outlet:freep steel", facets=True)
    plain = search(sample._db, "outlet:freep steel", facets=True)
    assert tuple(found) == plain.hits
    assert (len(found), found[0], found.total) == (len(plain.hits), plain.hits[0], plain.total)
    assert (found.facets, found.understood, found.next_cursor) == (plain.facets, plain.understood, plain.next_cursor)


def test_rows_are_flat_and_plain(sample: Archive) -> None:
    rows = sample.search("steel", limit=5).to_rows()
    assert len(rows) == 5
    assert json.loads(json.dumps(rows)) == rows
    assert set(rows[0]) == {
        "id",
        "uid",
        "url",
        "title",
        "outlet",
        "authors",
        "original_on",
        "posted_on",
        "kind",
        "score",
        "snippet",
        "also",
        "withheld",
    }
    assert "steel" in rows[0]["snippet"].lower()


def test_pages_follow_one_another(sample: Archive) -> None:
    first = sample.search("steel", limit=3)
    second = sample.search("steel", limit=3, cursor=first.next_cursor)
    assert len({hit.id for hit in [*first, *second]}) == 6


def test_every_clipping_of_a_query_comes_whole(sample: Archive) -> None:
    clippings = list(sample.iter_clippings("kind:repost"))
    assert len(clippings) == sample.search("kind:repost").total > 50
    assert {one.kind for one in clippings} == {"repost"}
    assert all(isinstance(one.authors, tuple) for one in clippings)


def test_a_clipping_is_found_by_id_uid_and_address(sample: Archive) -> None:
    hit = sample.search("steel")[0]
    clipping = sample.get_clipping(hit.id)
    assert clipping == sample.get_clipping(hit.uid) == sample.get_clipping(hit.url)
    assert (clipping.outlet, clipping.authors) == (hit.outlet, hit.authors)
    assert json.loads(json.dumps(clipping.to_row())) == clipping.to_row()
    with pytest.raises(UsageError, match="no post '999999'"):
        sample.get_clipping(999999)


def test_a_clipping_has_the_columns_of_the_view() -> None:
    assert tuple(part.name for part in fields(Clipping)) == COLUMNS


def test_citing_and_exporting(sample: Archive, tmp_path: Path) -> None:
    hit = sample.search("outlet:freep")[0]
    assert f"clipfile-{hit.uid}" in sample.cite(hit.id, "bibtex")
    assert "First published: Detroit Free Press" in sample.cite(hit.id, repost=True)
    assert sample.export(tmp_path / "out.jsonl", "outlet:freep", format="jsonl") == sample.search("outlet:freep").total


def test_a_folder_without_an_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchiveError, match="there is no archive"):
        Archive(tmp_path)
    assert not list(tmp_path.iterdir())


def test_importing_the_package_costs_nothing_before_the_archive_is_asked_for() -> None:
    code = "import sys, archive; print([name for name in sys.modules if name.startswith(('archive.', 'sqlite'))])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_a_search_loads_nothing_that_only_writers_need() -> None:
    code = "import sys, archive.commands.search; print([name for name in sys.modules if name.startswith(WRITERS)])"
    writers = ("archive.store.posts", "archive.store.store", "archive.warc", "scrapy", "twisted", "datasette")
    shown = subprocess.run(
        [sys.executable, "-c", code.replace("WRITERS", repr(writers))], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"


def test_the_package_has_nothing_else_to_give() -> None:
    import archive

    with pytest.raises(AttributeError, match="no attribute 'Archives'"):
        _ = archive.Archives
