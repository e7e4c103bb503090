"""A crawl killed at random moments: nothing lost, nothing twice, no finished page fetched again, a valid WARC."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from crawling import clippings, crawl

from archive.fixity import check_warcs
from crawler.sample.server import SampleBlog
from crawler.spiders.blog import BATCH

KILLS = 50
ROUNDS = 5
IN_FLIGHT = BATCH
"""What a kill may catch under way: asked for, not yet stored."""

pytestmark = pytest.mark.slow


def contents(archive: Path) -> list[dict[str, Any]]:
    """The clippings without what a clock or a row number decides."""
    volatile = ("id", "first_seen_at", "last_seen_at")
    return [{name: value for name, value in row.items() if name not in volatile} for row in clippings(archive)]


def crawl_with_kills(url: str, archive: Path, kills: int, moments: random.Random) -> int:
    """Crawl until it ends by itself after at most *kills* kills; returns how many there were."""
    command = [sys.executable, "-m", "archive.cli", "crawl", url, "--archive", str(archive)]
    for killed in range(kills):
        running = subprocess.Popen(
            [*command, "--allow-private", "--delay", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            running.wait(timeout=moments.uniform(0.5, 1.6))
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        else:
            return killed
    ended = crawl(url, archive)
    assert ended.code == 0, ended.err
    return kills


def test_killed_at_random_moments_a_crawl_ends_as_if_undisturbed(tmp_path: Path) -> None:
    seed = int(os.environ.get("CLIPFILE_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}; CLIPFILE_SEED={seed} repeats it")  # noqa: T201
    moments = random.Random(seed)
    with SampleBlog(latency_s=0.02) as blog:
        assert crawl(blog.url, tmp_path / "undisturbed").code == 0
        wanted = contents(tmp_path / "undisturbed")
        for number in range(ROUNDS):
            archive, asked_before = tmp_path / f"killed-{number}", len(blog.requests)
            kills = crawl_with_kills(blog.url, archive, KILLS // ROUNDS, moments)
            assert contents(archive) == wanted, f"seed {seed}, round {number}"
            assert list(check_warcs(sorted((archive / "warc").glob("*.warc.gz")))) == [], f"seed {seed}, round {number}"
            posts = {url.removeprefix(blog.url.rstrip("/")) for url in (row["url"] for row in wanted)}
            asked = Counter(path for _, path, _ in blog.requests[asked_before:] if path in posts)
            again = sum(count - 1 for count in asked.values())
            assert again <= kills * IN_FLIGHT, f"seed {seed}, round {number}: {again} pages fetched again"


def test_a_torn_tail_is_cut_back_and_the_report_says_so(tmp_path: Path) -> None:
    with SampleBlog() as blog:
        assert crawl(blog.url, tmp_path, "--limit", "3").code == 0
        (path,) = (tmp_path / "warc").iterdir()
        whole = path.read_bytes()
        path.write_bytes(whole + whole[: len(whole) // 3])
        told = crawl(blog.url, tmp_path, "--limit", "3")
    assert f"after a crash, cut back to the last whole record:\n    · {path.name}: " in told.out
    assert path.read_bytes() == whole
