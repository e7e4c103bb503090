"""Later runs: a handful of requests on an unchanged blog, every change found by the cheapest open source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from crawling import Ended, crawl, opened
from sampled import Sampled

DOORS = [
    pytest.param({}, "rest", 6, id="REST"),
    pytest.param({"rest": False}, "sitemap", 4, id="sitemap"),
    pytest.param({"rest": False, "lastmod": False}, "feed", 4, id="feed"),
    pytest.param({"rest": False, "sitemap": False, "feed": False}, "blog", 2 * 11 + 2, id="listings"),
]


def report(ended: Ended) -> dict[str, Any]:
    assert ended.code == 0, ended.err
    told: dict[str, Any] = json.loads(ended.out)
    return told


@pytest.mark.slow
@pytest.mark.parametrize(("doors", "source", "most"), DOORS)
def test_an_unchanged_blog_costs_a_handful_of_requests_and_no_post_page(
    sampled: Sampled, tmp_path: Path, doors: dict[str, Any], source: str, most: int
) -> None:
    with sampled.crawled(tmp_path / "data", **doors) as blog:
        asked = len(blog.requests)
        again = report(crawl(blog.url, tmp_path / "data", "--json"))
        statuses = {path: status for _, path, status in blog.requests[asked:]}
    assert again["mode"] == "delta"
    assert f"by {source}" in again["report"]["plan"]
    assert len(statuses) <= most
    assert again["posts_seen"] == 0
    assert source != "feed" or statuses["/feed/"] == 304, "its ETag is weak where it is compressed, and is sent without"


@pytest.mark.slow
@pytest.mark.parametrize(("doors", "source", "most"), DOORS[:2])
def test_edits_additions_and_deletions_are_found_by_the_next_run(
    sampled: Sampled, tmp_path: Path, doors: dict[str, Any], source: str, most: int
) -> None:
    """All but the two edits that leave no date behind, as WordPress leaves none when its database is changed."""
    with sampled.crawled(tmp_path / "data", **doors) as blog:
        crawl(blog.url, tmp_path / "data")
        blog.publish(2)
        run = report(crawl(blog.url, tmp_path / "data", "--json"))
        asked = len(blog.requests)
        quiet = report(crawl(blog.url, tmp_path / "data", "--json"))
        requests = len(blog.requests) - asked
    assert run["mode"] == "delta"
    assert run["posts_new"] >= 6
    assert run["posts_changed"] == 16
    assert run["report"]["missing"] >= 3
    assert quiet["posts_seen"] == 0, "what was found is not found again"
    assert requests <= most


@pytest.mark.slow
def test_what_leaves_no_date_behind_is_found_when_every_page_is_fetched(sampled: Sampled, tmp_path: Path) -> None:
    archive = sampled.both.copied(tmp_path / "data")
    with sampled.published(2) as blog:
        full = report(crawl(blog.url, archive, "--full", "--json"))
    assert full["mode"] == "full"
    assert full["posts_changed"] >= 2


@pytest.mark.slow
def test_a_missing_post_is_not_asked_for_in_every_run(sampled: Sampled, tmp_path: Path) -> None:
    with sampled.crawled(tmp_path / "data", rest=False) as blog:
        blog.publish(2)
        crawl(blog.url, tmp_path / "data")
        crawl(blog.url, tmp_path / "data")
    with opened(tmp_path / "data") as db:
        checks = {row[0] for row in db.execute("select count(*) from absences group by post_id")}
    assert checks == {1}
