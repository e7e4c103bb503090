"""A crawl of a real WordPress keeps every public post, nothing else, and reads each as it was typed."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from awkward import HIDDEN_WORDS
from bench import THEMES, TruePost, WordPress
from crawling import clipfile

from archive.urls import canonical_url

pytestmark = pytest.mark.wordpress

WRONG_SHARE = 0.01

DOORS = {
    "all doors open": (),
    "no REST": ("rest",),
    "no sitemaps": ("sitemaps",),
    "categories only": ("rest", "sitemaps", "feeds"),
}
ROADS = [pytest.param((theme, closed), id=f"{theme}, {name}") for theme in THEMES for name, closed in DOORS.items()]

COMPLETE_SOURCES = {"category": None, "rest": "rest", "sitemap": "sitemaps"}
"""Source as `clipfile gaps` names it → the door that closes it."""

# WordPress prints typed quotes, dashes and dots as it sees fit, and marks no one can see are not words.
ONE_SPELLING = str.maketrans(
    dict.fromkeys("‘’‚‛′`", "'")
    | dict.fromkeys("“”„″", '"')
    | dict.fromkeys("‐‑‒–—―", "-")
    | dict.fromkeys("\u200b\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff", None)
    | {"…": "...", "×": "x"}
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Crawl:
    """What one crawl left behind, beside what WordPress holds."""

    truth: tuple[TruePost, ...]
    clippings: tuple[dict, ...]
    gaps: dict
    sources: tuple[str, ...]
    """Sources that were open and claim to show every post."""

    @property
    def public(self) -> dict[str, TruePost]:
        return {canonical_url(post.permalink): post for post in self.truth if post.public}

    @property
    def protected(self) -> set[str]:
        return {canonical_url(post.permalink) for post in self.truth if post.status == "password"}

    def wrong(self, is_right: Callable[[TruePost, dict], bool]) -> list[str]:
        """Addresses of public posts that are missing or not right."""
        kept = {canonical_url(clipping["url"]): clipping for clipping in self.clippings}
        return [url for url, post in self.public.items() if url not in kept or not is_right(post, kept[url])]


@pytest.fixture(scope="module", params=ROADS)
def crawl(request: pytest.FixtureRequest, wordpress: WordPress, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    theme, closed = request.param
    wordpress.theme(theme)
    wordpress.close(*closed)
    archive = tmp_path_factory.mktemp("archive")
    done = clipfile("crawl", f"{wordpress.url}/", "--archive", str(archive), "--allow-private", "--delay", "0")
    assert done.code == 0, done.out[-2000:] + done.err[-4000:]
    (gaps,) = json.loads(clipfile("gaps", "--archive", str(archive), "--json").out)
    sources = tuple(source for source, door in COMPLETE_SOURCES.items() if door not in closed)
    return Crawl(truth=wordpress.truth, clippings=load_clippings(archive), gaps=gaps, sources=sources)


def load_clippings(archive: Path) -> tuple[dict, ...]:
    with closing(sqlite3.connect(archive / "archive.db")) as database:
        database.row_factory = sqlite3.Row
        rows = database.execute("select url, title, posted_on, categories, text from clippings")
        return tuple(dict(row) for row in rows)


def fold(text: str | None) -> str:
    """*text* in one spelling of quotes, dashes and white space, the way a reader would hear it."""
    return " ".join(re.sub(r"-+", "-", (text or "").translate(ONE_SPELLING)).split())


def title_is_right(post: TruePost, clipping: dict) -> bool:
    """A post without a title may have none, or the word its theme prints instead."""
    return fold(clipping["title"]) in ({fold(post.title)} if post.title else {"", "Untitled"})


def first_sentence_is_right(post: TruePost, clipping: dict) -> bool:
    return post.first is None or fold(clipping["text"]).startswith(fold(post.first))


def last_sentence_is_right(post: TruePost, clipping: dict) -> bool:
    return post.last is None or fold(clipping["text"]).endswith(fold(post.last))


FIELDS = [
    pytest.param(title_is_right, id="title"),
    pytest.param(lambda post, clipping: clipping["posted_on"] == post.posted_on, id="post date"),
    pytest.param(
        lambda post, clipping: sorted(json.loads(clipping["categories"])) == sorted(post.categories), id="categories"
    ),
    pytest.param(first_sentence_is_right, id="first sentence"),
    pytest.param(last_sentence_is_right, id="last sentence"),
]


def test_blog_is_large_enough_to_judge_by(crawl: Crawl) -> None:
    assert len(crawl.public) >= 150


def test_every_public_post_is_kept(crawl: Crawl) -> None:
    assert crawl.wrong(lambda post, clipping: True) == []


def test_no_post_is_kept_twice(crawl: Crawl) -> None:
    kept = Counter(canonical_url(clipping["url"]) for clipping in crawl.clippings)
    assert [url for url, times in kept.items() if times > 1] == []


def test_nothing_but_public_posts_is_kept(crawl: Crawl) -> None:
    kept = {canonical_url(clipping["url"]) for clipping in crawl.clippings}
    assert sorted(kept - crawl.public.keys()) == []


def test_no_word_of_a_hidden_post_is_kept(crawl: Crawl) -> None:
    assert [clipping["url"] for clipping in crawl.clippings if HIDDEN_WORDS in clipping["text"]] == []


@pytest.mark.parametrize("is_right", FIELDS)
def test_field_is_right_in_99_of_100_posts(crawl: Crawl, is_right: Callable[[TruePost, dict], bool]) -> None:
    wrong = crawl.wrong(is_right)
    allowed = int(len(crawl.public) * WRONG_SHARE)
    assert len(wrong) <= allowed, wrong


def test_gaps_counts_what_each_open_source_shows(crawl: Crawl) -> None:
    """A post behind a password is public to listings, and a crawl may count it there or not."""
    counts = crawl.gaps["counts"]
    public, listed = len(crawl.public), len(crawl.public) + len(crawl.protected)
    assert counts["archive"] == public
    assert [source for source in crawl.sources if not public <= counts.get(source, 0) <= listed] == [], counts


def test_gaps_names_only_posts_behind_a_password(crawl: Crawl) -> None:
    assert {canonical_url(gap["url"]) for gap in crawl.gaps["missing"]} <= crawl.protected
