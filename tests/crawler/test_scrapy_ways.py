"""Scrapy's own ways: `scrapy crawl`, items in a feed, `scrapy check`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import clippings

from archive.folder import ArchiveFolder
from archive.verifying import Verification
from crawler.sample.server import SampleBlog

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PATIENCE_S = 240


SAMPLE_PORT = 8421
"""Where the sample blog's profile says it is: a contract names a whole address."""


@pytest.fixture
def sample() -> Iterator[SampleBlog]:
    try:
        blog = SampleBlog(port=SAMPLE_PORT).start()
    except OSError:
        pytest.skip(f"port {SAMPLE_PORT} is taken")
    yield blog
    blog.stop()


def check(blog: SampleBlog) -> subprocess.CompletedProcess[str]:
    return scrapy("check", "-v", "-s", f"ALLOW_PRIVATE_ORIGIN={blog.url}", "-s", "DOWNLOAD_DELAY=0")


def test_the_contracts_hold_on_the_sample_blog(sample: SampleBlog) -> None:
    done = check(sample)
    assert done.returncode == 0, done.stderr
    assert "Ran 5 contracts" in done.stderr
    assert "OK" in done.stderr


def test_a_contract_breaks_where_the_page_says_something_else(sample: SampleBlog) -> None:
    sample.publish(3)
    done = check(sample)
    assert done.returncode == 1
    assert "outlet is 'None', 'Bloomberg' was expected" in done.stderr


def test_items_go_to_a_feed_as_scrapy_writes_them_and_captures_turn_to_the_next_file(tmp_path: Path) -> None:
    with SampleBlog() as blog:
        done = scrapy(
            "crawl", "blog", "-a", f"site={blog.url}", "-o", str(tmp_path / "items.jsonl"),
            "-s", f"CLIPFILE_ARCHIVE={tmp_path / 'data'}", "-s", f"ALLOW_PRIVATE_ORIGIN={blog.url}",
            "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "CLIPFILE_LIMIT=5",
            "-s", "WARC_FILE_MAXSIZE=60000",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    items = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text().splitlines()]
    assert len(items) == 5
    stored = {row["url"]: row for row in clippings(tmp_path / "data")}
    for item in items:
        row = stored[item["post"]["url"]]
        assert (item["post"]["title"], item["reading"]["outlet"]) == (row["title"], row["outlet"])
    files = sorted((tmp_path / "data" / "warc").iterdir())
    assert len(files) > 1
    assert max(path.stat().st_size for path in files) <= 60_000
    assert list(Verification(ArchiveFolder(path=tmp_path / "data")).problems()) == []


def scrapy(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
