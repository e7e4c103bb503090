"""A blog of script-smuggling vectors, crawled, served and opened in a browser: nothing runs, nothing is loaded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving_site import Trap, served
from test_browse_hostile import harm

from tests.hostile.server import serving
from tests.hostile.vector_blog import BATCHES, VectorBlog
from tests.hostile.watched import clipfile

pytestmark = pytest.mark.browser

LISTS = ["", "search", "search?sort=newest", "outlets", "authors", "coverage", "years/2024", "runs", "runs/1", "health"]
DATASETTES = ["clippings", "posts", "evidence", "images", "categories", "tags", "authors", "outlets", "sightings"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vectors") / "data"
    with serving(VectorBlog()) as blog:
        assert isinstance(blog, VectorBlog)
        words = ("--archive", str(folder), "--allow-private", "--delay", "0")
        code, told = clipfile("crawl", blog.url, *words)
    assert code == 0, told
    return folder


@pytest.fixture(scope="module")
def vector_site(archive: Path) -> Iterator[str]:
    with served(archive / "archive.db") as url:
        yield url


def rows(archive: Path, sql: str) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(archive / "archive.db")
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def test_the_vectors_are_in_every_field(archive: Path) -> None:
    """But for those of names and dates, which take nothing that is none."""
    kept = rows(archive, "select title, categories, tags, site_author, text from clippings")
    assert len(kept) == len(BATCHES)
    for column in range(5):
        assert sum("bitten" in (row[column] or "") for row in kept) >= len(BATCHES) // 2, column
    assert rows(archive, "select count(*) from images where alt like '%bitten%'") > [(100,)]


def test_nothing_runs_and_nothing_is_loaded(archive: Path, page: Any, trap: Trap, vector_site: str) -> None:
    posts = [row[0] for row in rows(archive, "select id from posts")]
    captures = [row[0] for row in rows(archive, "select id from captures where role = 'post'")]
    paths = [
        *(f"/archive/-/{name}" for name in LISTS),
        *(f"/archive/{name}" for name in DATASETTES),
        *(f"/archive/-/posts/{number}" for number in posts),
        *(f"/archive/-/captures/{number}/content" for number in captures),
    ]
    assert harm(page, trap, paths, vector_site) == []
