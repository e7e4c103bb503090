"""A disk that fills up, or can only be read: one clear line, a valid archive, and the next run goes on."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crawling import clipfile, clippings, crawl

from crawler.sample.server import SampleBlog
from crawler.spiders.blog import BATCH

pytestmark = pytest.mark.slow

KIB = 1024


def limited(archive: Path, size: int) -> Callable[[], None]:
    """No file of the process may grow beyond *size*; that nobody has to be root for."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return limit


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that can be made larger; mounting one takes rights that few have."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() or not shutil.which("mount") or mount("-t", "tmpfs", "-o", "size=1m", "clipfile", str(place)):
        pytest.skip("a small disk can't be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def mount(*words: str) -> int:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode


def crawl_until_full(url: str, archive: Path, preparation: Callable[[], None] | None = None) -> None:
    """The crawl must end by itself, with the code and the line that say what to do."""
    command = [sys.executable, "-m", "archive.cli", "crawl", url, "--archive", str(archive), "--allow-private"]
    ended = subprocess.run(
        [*command, "--delay", "0"], capture_output=True, text=True, timeout=240, preexec_fn=preparation, check=False
    )
    assert ended.returncode == 74, ended.stdout + ended.stderr
    (line,) = ended.stderr.strip().splitlines()
    assert line.startswith("clipfile: ")
    assert "free some space" in line


def check_that_it_goes_on(blog: SampleBlog, archive: Path, asked_before: int) -> None:
    with_room = crawl(blog.url, archive)
    assert with_room.code == 0, with_room.out + with_room.err
    checked = clipfile("verify", "--archive", str(archive))
    assert checked.code == 0, checked.out + checked.err
    held = clippings(archive)
    assert len(held) == 126
    posts = {row["url"].removeprefix(blog.url.rstrip("/")) for row in held}
    asked = Counter(path for _, path, _ in blog.requests[asked_before:] if path in posts)
    assert sum(count - 1 for count in asked.values()) <= BATCH, "only what was on its way is fetched again"


@pytest.mark.parametrize(
    "size", [pytest.param(96 * KIB, id="at the start"), pytest.param(1_200 * KIB, id="in the middle")]
)
def test_files_that_may_not_grow_end_the_run_cleanly(tmp_path: Path, size: int) -> None:
    archive = tmp_path / "data"
    with SampleBlog() as blog:
        crawl_until_full(blog.url, archive, limited(archive, size))
        check_that_it_goes_on(blog, archive, 0)


def test_a_disk_that_is_full_ends_the_run_cleanly(small_disk: Path) -> None:
    archive = small_disk / "data"
    with SampleBlog() as blog:
        crawl_until_full(blog.url, archive)
        checked = clipfile("verify", "--archive", str(archive))
        assert checked.code == 0, checked.out + checked.err
        assert mount("-o", "remount,size=100m", str(small_disk)) == 0
        check_that_it_goes_on(blog, archive, 0)


READING = (
    "search crane", "show 1", "export --format csv", "status", "verify", "rebuild --into ELSEWHERE",
    "export --format wacz --output OUT",
)  # fmt: skip
WRITING = (
    "crawl URL --allow-private", "reread", "import WARC", "merge OTHER", "correct 1 --outlet Quay", "rebuild",
    "export --format csv --output INSIDE",
)  # fmt: skip


def test_on_a_disk_that_can_only_be_read_an_archive_is_read_and_whoever_writes_is_told(
    small_disk: Path, tmp_path: Path
) -> None:
    archive, other = small_disk / "data", tmp_path / "other"
    with SampleBlog() as blog:
        assert mount("-o", "remount,size=100m", str(small_disk)) == 0
        for place in (archive, other):
            assert crawl(blog.url, place, "--limit", "2").code in (0, 3)
        assert mount("-o", "remount,ro", str(small_disk)) == 0
        given = {
            "URL": blog.url, "ELSEWHERE": str(tmp_path / "new"), "OUT": str(tmp_path / "out.wacz"), "OTHER": str(other),
            "WARC": str(other / "warc"), "INSIDE": str(small_disk / "out.csv"),
        }  # fmt: skip
        asked = len(blog.requests)
        for words in READING:
            done = clipfile(*(given.get(word, word) for word in words.split()), "--archive", str(archive))
            assert (done.code, done.err) in ((0, ""), (3, "")), (words, done)
        for words in WRITING:
            done = clipfile(*(given.get(word, word) for word in words.split()), "--archive", str(archive))
            assert done.code == 74, (words, done)
            (line,) = done.err.splitlines()
            assert line.startswith("clipfile: "), words
            assert "Read-only file system" in line, words
        assert len(blog.requests) == asked, "nothing is fetched that can't be kept"
