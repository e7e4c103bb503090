"""The site while a crawl writes: never locked, never torn, never behind; and over an archive nobody may write to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filing import harbor_line
from serving_site import renounce_writing, served

COUNT = re.compile(r"([\d,]+) posts kept")
START = 9
"""Posts of the harbor archive."""

WRITER = Path(__file__).parent / "writing_pairs.py"
PATHS = (
    "/archive/-/search?q=pair",
    "/archive/-/search?q=ferries&sort=newest",
    "/archive/-/posts/1",
    "/archive/-/outlets",
    "/archive/-/coverage",
    "/archive/-/health",
    "/archive/clippings?_nofacet=1",
    "/archive/-/search.csv?q=ferries",
)


def fetched(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        said = error.read().decode()
        if "That took too long" in said:  # a machine that is busy with other things
            return said
        raise


def posts_kept(site: str) -> list[int]:
    """What the first page says; [] where a busy machine had no time to count."""
    page = fetched(f"{site}/archive/-/")
    found = COUNT.search(page)
    assert found or "That took too long" in page, page[:500]
    return [int(found[1].replace(",", ""))] if found else []


@contextmanager
def a_writer(database: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that stores posts two by two, each pair in one transaction, and checkpoints, as a crawl does."""
    command = [sys.executable, str(WRITER), str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        try:
            yield writer
        finally:
            if writer.stdin and not writer.stdin.closed:
                writer.stdin.close()


class Reader(threading.Thread):
    """Asks for pages until told to stop; what the first page counts is noted, and whatever goes wrong."""

    def __init__(self, site: str, stop: threading.Event, turn: int) -> None:
        super().__init__()
        self.kept: list[int] = []
        self.answers = 0
        self.trouble: list[str] = []
        self._site, self._told, self._turn = site, stop, turn

    def run(self) -> None:
        while not self._told.is_set() and not self.trouble:
            path = PATHS[self._turn % len(PATHS)]
            self._turn += 1
            try:
                self.kept += posts_kept(self._site)
                page = fetched(self._site + path)
            except (OSError, AssertionError) as error:
                self.trouble.append(f"{path}: {error}")
                return
            self.answers += 2
            if "database is locked" in page or "Traceback" in page:
                self.trouble.append(f"{path}: {page[:500]}")


@pytest.mark.parametrize(
    ("seconds", "readers"),
    [pytest.param(2, 2, id="briefly"), pytest.param(60, 4, id="for a minute", marks=pytest.mark.slow)],
)
def test_pages_are_whole_and_new_while_posts_come_in(seconds: int, readers: int, tmp_path: Path) -> None:
    database = harbor_line(tmp_path / "data")
    stop = threading.Event()
    with served(database) as site, a_writer(database) as writer:
        assert writer.stdout
        assert writer.stdin
        assert writer.stdout.readline() == "begun\n"
        threads = [Reader(site, stop, turn) for turn in range(readers)]
        for thread in threads:
            thread.start()
        stop.wait(seconds)
        stop.set()
        for thread in threads:
            thread.join()
        writer.stdin.close()
        pairs = int(writer.stdout.readline())
        last = posts_kept(site)
    assert [each for thread in threads for each in thread.trouble] == []
    for thread in threads:
        assert thread.answers
        assert all((each - START) % 2 == 0 for each in thread.kept), "a page that saw half a pair"
        assert thread.kept == sorted(thread.kept), "a page older than the one before it"
    assert pairs > 0
    assert last == [START + 2 * pairs]


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Path]:
    """An archive in a folder nobody may write to."""
    folder = harbor_line(tmp_path / "data").parent
    files = list(folder.rglob("*"))
    for path in (*files, folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    writing = [sys.executable, "-c", f"open({str(folder / 'new')!r}, 'w')"]
    if not subprocess.run(writing, preexec_fn=renounce_writing, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("whoever runs this test may write everywhere")
    yield folder / "archive.db"
    for path in (folder, *files):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_an_archive_nobody_may_write_to_can_be_browsed(published: Path) -> None:
    with served(options=("--immutable", str(published)), may_write=False) as site:
        assert posts_kept(site) == [START]
        assert "reopens after repairs" in fetched(f"{site}/archive/-/search?q=dock")
        assert "Dry dock reopens" in fetched(f"{site}/archive/clippings?_nofacet=1")
        os.utime(published)
        with pytest.raises(urllib.error.HTTPError, match="503"):
            posts_kept(site)
    assert not published.with_name("archive.db-shm").exists()


def test_an_archive_nobody_may_write_to_can_be_searched(published: Path) -> None:
    command = [sys.executable, "-m", "archive.cli", "search", "dock", "--archive", str(published.parent)]
    found = subprocess.run(command, preexec_fn=renounce_writing, capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")
    assert "Dry dock reopens" in found.stdout
