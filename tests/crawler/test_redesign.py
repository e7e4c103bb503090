"""The blog is redesigned and hides where articles are from: the run says so, and the archive keeps what it knew."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from crawling import Ended, clipfile, clippings, crawl, opened
from sampled import Sampled

from crawler.pages import parse_page
from crawler.sample.server import SampleBlog
from crawler.theme import is_redesign, theme_of

KNOWN = ("title", "outlet", "authors", "original_on", "original_url", "posted_on", "site_author", "categories", "text")


@dataclass(frozen=True, kw_only=True)
class Redesigned:
    archive: Path
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]
    code: int
    report: dict[str, Any]
    reason: str
    told: str
    repaired: dict[str, Any]
    restored: list[dict[str, Any]]


@pytest.fixture(scope="module")
def redesigned(sampled: Sampled, tmp_path_factory: pytest.TempPathFactory) -> Redesigned:
    """Crawled as it was, after the redesign, and after the blog took the redesign back."""
    archive = sampled.second.copied(tmp_path_factory.mktemp("redesign") / "data")
    before = known(archive)
    with sampled.published(3) as blog:
        ended = crawl(blog.url, archive, "--full", "--json")
    after = known(archive)
    told = clipfile("runs", "2", "--archive", str(archive)).out
    with sampled.published(2) as blog:
        repaired = crawl(blog.url, archive, "--full", "--json")
    run = json.loads(ended.out)
    return Redesigned(
        archive=archive, before=before, after=after, code=ended.code, report=run["report"], reason=run["reason"],
        told=told, repaired=json.loads(repaired.out), restored=known(archive),
    )  # fmt: skip


def known(archive: Path) -> list[dict[str, Any]]:
    return [{name: row[name] for name in ("url", *KNOWN)} for row in clippings(archive)]


def test_the_run_is_suspect_and_exits_4(redesigned: Redesigned) -> None:
    assert redesigned.code == 4
    assert "known posts lost their outlet" in redesigned.reason


def test_no_good_value_is_lost(redesigned: Redesigned) -> None:
    assert redesigned.after == redesigned.before


def test_nothing_wrong_is_put_where_nothing_was(redesigned: Redesigned) -> None:
    with opened(redesigned.archive) as db:
        assert db.execute("select count(*) from revisions where run_id = 2").fetchone()[0] == 0


def test_the_report_shows_three_posts_before_and_after(redesigned: Redesigned) -> None:
    examples = redesigned.report["canary"]["examples"]
    assert len(examples) == 3
    stood = {row["url"]: row for row in redesigned.before}
    for example in examples:
        outlets = {loss["field"]: (loss["before"], loss["after"]) for loss in example["losses"]}
        assert outlets["outlet"] == (stood[example["url"]]["outlet"], None)
        assert f"outlet: {outlets['outlet'][0]} → nothing" in redesigned.told


def test_the_blog_as_it_was_is_well_again(redesigned: Redesigned) -> None:
    assert redesigned.repaired["status"] == "done"
    assert redesigned.repaired["report"]["kept_back"] == 0
    assert redesigned.repaired["report"]["changed"] == 0
    assert redesigned.restored == redesigned.before


def test_a_blog_that_is_edited_is_not_suspect(sampled: Sampled) -> None:
    check_edited(sampled.both.ended)


@pytest.mark.slow
def test_nor_is_it_when_every_page_is_fetched_again(sampled: Sampled, tmp_path: Path) -> None:
    archive = sampled.first.copied(tmp_path / "data")
    with sampled.published(2) as blog:
        check_edited(crawl(blog.url, archive, "--full", "--json"))


def check_edited(ended: Ended) -> None:
    assert ended.code == 0, ended.out
    (edit,) = json.loads(ended.out)["report"]["edits"]
    assert (edit["before"], edit["after"]) == ("HARBORauto", "HarborAuto")
    assert edit["posts"] >= 12


@pytest.mark.parametrize(
    ("editions", "is_another"),
    [pytest.param((1, 2), False, id="edited"), pytest.param((2, 3), True, id="redesigned")],
)
def test_the_front_page_alone_shows_a_redesign(editions: tuple[int, int], is_another: bool) -> None:
    looks = [theme_of(front_page(edition)) for edition in editions]
    assert is_redesign(*looks) == is_another


def front_page(edition: int) -> Any:
    from urllib.request import urlopen

    with SampleBlog(edition=edition) as blog, urlopen(f"{blog.url}blog/") as answer:
        return parse_page(answer.read(), url=blog.url, content_type="text/html; charset=UTF-8").tree


@pytest.mark.parametrize(
    "doors",
    [
        pytest.param({}, id="REST"),
        pytest.param({"rest": False}, id="sitemap", marks=pytest.mark.slow),
        pytest.param({"rest": False, "sitemap": False, "feed": False}, id="listings", marks=pytest.mark.slow),
    ],
)
def test_the_next_delta_notices_a_redesign_that_changed_no_date(
    sampled: Sampled, tmp_path: Path, doors: dict[str, Any]
) -> None:
    archive = tmp_path / "data"
    with sampled.crawled(archive, 2, **doors) as blog:
        before = known(archive)
        blog.publish(3)
        first = crawl(blog.url, archive, "--json")
        asked = len(blog.requests)
        second = crawl(blog.url, archive, "--json")
        paths = [path for _, path, _ in blog.requests[asked:]]
    for ended in (first, second):
        run = json.loads(ended.out)
        assert (ended.code, run["mode"], run["status"]) == (4, "delta", "suspect"), run["reason"]
    assert json.loads(first.out)["report"]["redesigned"]
    assert known(archive) == before
    assert len(paths) <= 60, "a suspect blog is asked for a few posts, not for all of them"


def test_a_redesign_that_reads_as_well_is_looked_into_once(tmp_path: Path) -> None:
    archive = tmp_path / "data"
    with SampleBlog(theme="classic") as blog:
        crawl(blog.url, archive)
        before = known(archive)
        blog.options = replace(blog.options, theme="corporate")
        blog.publish(1)
        first, second = (crawl(blog.url, archive, "--json") for _ in range(2))
    seen = [(ended.code, (run := json.loads(ended.out))["mode"], run["posts_seen"]) for ended in (first, second)]
    assert seen[1] == (0, "delta", 0)
    assert seen[0][:2] == (0, "delta")
    assert 10 <= seen[0][2] <= 20
    assert [row["outlet"] for row in known(archive)] == [row["outlet"] for row in before]
