"""The main road, walked whole: the command, a real server, the archive it leaves."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from crawling import clipfile, clippings, crawl, opened
from sampled import Sampled

from crawler.sample import expected_labels
from crawler.sample.server import SampleBlog


@pytest.fixture
def blog(sampled: Sampled) -> SampleBlog:
    return sampled.blog


@pytest.fixture
def archive(sampled: Sampled) -> Path:
    """To be looked at, not to be changed."""
    return sampled.first.path


def labels(blog: SampleBlog, edition: int = 1) -> dict[str, dict[str, Any]]:
    return {label["url"]: label for label in expected_labels(edition, blog.url)}


def test_every_post_is_found_once(blog: SampleBlog, archive: Path) -> None:
    urls = [row["url"] for row in clippings(archive)]
    assert sorted(urls) == sorted(labels(blog))


def test_headlines_and_dates_are_those_of_the_pages(blog: SampleBlog, archive: Path) -> None:
    found = {row["url"]: (row["title"], row["posted_on"]) for row in clippings(archive)}
    wrong = {
        url: (found[url], label["title"], label["site_date"])
        for url, label in labels(blog).items()
        if found[url] != (label["title"] or None, label["site_date"])
    }
    assert not wrong


def test_every_row_points_at_a_capture_in_the_warc(archive: Path) -> None:
    with opened(archive) as db:
        files = {row["warc_file"]: row["last"] for row in db.query(
            "select warc_file, max(warc_offset + warc_length) as last from captures group by warc_file"
        )}  # fmt: skip
        homeless = db.execute("select count(*) from posts where capture_id is null").fetchone()[0]
    assert homeless == 0
    for name, last in files.items():
        assert (archive / "warc" / name).stat().st_size >= last


def test_robots_sitemaps_feeds_and_rest_are_captured_too(archive: Path) -> None:
    with opened(archive) as db:
        roles = {row[0] for row in db.execute("select distinct role from captures")}
    assert roles >= {"robots", "listing", "sitemap", "feed", "rest-posts", "rest-categories", "post"}


def test_a_second_crawl_finds_what_was_added_edited_and_taken_away(sampled: Sampled) -> None:
    report = json.loads(sampled.both.ended.out)["report"]
    before, after = labels(sampled.blog, 1), labels(sampled.blog, 2)
    new = after.keys() - before.keys()
    assert report["new"] == len([url for url in new if after[url]["id"] not in {b["id"] for b in before.values()}])
    assert report["changed"] >= 12, "the rename alone touches twelve posts"
    assert report["missing"] == 4, "a 404, a 410, one sent to the home page, one taken down and posted anew"
    assert report["gone"] == 0, "once is not enough to call a post gone"
    with opened(sampled.both.path) as db:
        assert db.execute("select count(*) from posts where revision_count > 1").fetchone()[0] == report["changed"]


def test_a_second_crawl_of_the_same_blog_changes_nothing(sampled: Sampled, tmp_path: Path) -> None:
    archive = sampled.first.copied(tmp_path / "data")
    before = clippings(archive)
    ended = crawl(sampled.blog.url, archive, "--json")
    report = json.loads(ended.out)["report"]
    assert (report["new"], report["changed"], report["missing"]) == (0, 0, 0)
    volatile = ("last_seen_at",)
    strip = [{k: v for k, v in row.items() if k not in volatile} for row in clippings(archive)]
    assert strip == [{k: v for k, v in row.items() if k not in volatile} for row in before]


def test_gaps_counts_every_source_and_names_what_is_missing(archive: Path) -> None:
    (site,) = json.loads(clipfile("gaps", "--archive", str(archive), "--json").out)
    counts = site["counts"]
    assert counts["category"] == counts["sitemap"] == counts["rest"] == counts["archive"]
    assert site["missing"] == []


def test_the_report_is_kept_and_told_again(archive: Path) -> None:
    told = clipfile("runs", "1", "--archive", str(archive)).out
    assert "reposts by outlet:" in told
    assert "126 new" in told


def test_an_archive_from_the_future_is_left_alone(sampled: Sampled, tmp_path: Path) -> None:
    archive = sampled.first.copied(tmp_path / "data")
    with closing(sqlite3.connect(archive / "archive.db")) as db, db:
        db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('clipfile', 'm999', '')")
    ended = crawl(sampled.blog.url, archive)
    assert ended.code == 1
    assert "newer Clipfile" in ended.err
