"""Crawls that begin with nothing: sources closed, cut short, asked for wrongly."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from crawling import clipfile, clippings, crawl
from manners_crawl import Answer, page, serving

from benchmarks.recrawl import Returning
from crawler.sample import expected_labels
from crawler.sample.server import SampleBlog

LISTINGS_ALONE = {"rest": "closed", "sitemap": "closed", "feed": "closed"}


@pytest.mark.parametrize(
    "closed",
    [
        pytest.param({"rest": "closed"}, id="REST closed", marks=pytest.mark.slow),
        pytest.param({"rest": "closed", "sitemap": "closed"}, id="REST and sitemap closed", marks=pytest.mark.slow),
        pytest.param(LISTINGS_ALONE, id="category pages alone"),
        pytest.param({"rest": "stale", "sitemap": "stale"}, id="sources that lag behind", marks=pytest.mark.slow),
        pytest.param({**LISTINGS_ALONE, "categories": False}, id="archives by date and author", marks=pytest.mark.slow),
        pytest.param({**LISTINGS_ALONE, "theme": "corporate"}, id="agency theme", marks=pytest.mark.slow),
        pytest.param({**LISTINGS_ALONE, "theme": "builder"}, id="page builder", marks=pytest.mark.slow),
    ],
)
def test_whatever_source_is_closed_the_others_carry_the_crawl(tmp_path: Path, closed: dict[str, Any]) -> None:
    edition = 2 if "stale" in closed.values() else 1
    with SampleBlog(edition=edition, **closed) as running:
        ended = crawl(running.url, tmp_path / "data")
        found = {row["url"] for row in clippings(tmp_path / "data")}
        assert sorted(found ^ {label["url"] for label in expected_labels(edition, running.url)}) == []
    assert ended.code == 0, ended.out


def test_a_long_listing_is_walked_to_its_end_while_posts_still_wait(tmp_path: Path) -> None:
    pages, on_each = 8, 6
    answers: dict[str, Answer | list[Answer]] = {}
    for number in range(1, pages + 1):
        posts = [f"/ferry-{number}-{place}/" for place in range(on_each)]
        answers |= {path: page(POST.format(path)) for path in posts}
        cards = "".join(
            f"<article class=post><h2><a href='{path}'>The ferry {path}</a></h2></article>" for path in posts
        )
        following = f"<a class='next page-numbers' href='/blog/page/{number + 1}/'>Next</a>" if number < pages else ""
        answers["/blog/" if number == 1 else f"/blog/page/{number}/"] = page(f"<main>{cards}{following}</main>")
    with serving(answers) as server:
        assert crawl(f"{server.origin}/blog/", tmp_path / "data").code == 0
        asked = server.paths()
    assert len(clippings(tmp_path / "data")) == pages * on_each
    behind_the_last_listing = asked[asked.index(f"/blog/page/{pages}/") :]
    assert sum(path.startswith("/ferry") for path in behind_the_last_listing) > on_each, "not its own posts alone"


POST = (
    "<html lang=en><body class='single-post'><article class='post'><h1>The ferry {0}</h1>"
    "<time datetime=2026-03-02>March 2, 2026</time>"
    "<div class='entry-content'><p>The ferry to the dry dock runs again.</p></div></article></body></html>"
)


def test_two_categories_of_one_name_are_both_walked(tmp_path: Path) -> None:
    """A post of the second names nothing that posts of the first did not name before."""
    first, second = "/category/news/harbor/", "/category/harbor-2/"
    filed = {**{f"/ferry-{number}/": first for number in range(30)}, "/quay-1/": second}
    hidden = {"/quay-2/": second}  # shown by its category alone
    answers: dict[str, Answer | list[Answer]] = {
        path: page(
            POST.format(path).replace("</article>", f"<a href='{category}' rel='category tag'>Harbor</a></article>")
        )
        for path, category in {**filed, **hidden}.items()
    }
    for listing, shown in {
        "/blog/": filed,
        first: [path for path in filed if filed[path] == first],
        second: ["/quay-1/", "/quay-2/"],
    }.items():
        cards = "".join(f"<article class=post><h2><a href='{path}'>{path}</a></h2></article>" for path in shown)
        answers[listing] = page(f"<main>{cards}</main>")
    with serving(answers) as server:
        assert crawl(f"{server.origin}/blog/", tmp_path / "data").code == 0
        assert {first, second} <= set(server.paths())
    assert len(clippings(tmp_path / "data")) == len(filed) + len(hidden)


def test_a_limited_crawl_goes_on_where_it_stopped(tmp_path: Path) -> None:
    posts, limit = 24, 9
    with closing(Returning(posts)) as blog:
        ended = [crawl(f"{blog.url}/blog/", tmp_path / "data", "--limit", str(limit)).code]
        fetched = [blog.ask("counts")["posts"]]
        ended.append(crawl(f"{blog.url}/blog/", tmp_path / "data").code)
        fetched.append(blog.ask("counts")["posts"])
    assert ended == [0, 0]
    assert len(clippings(tmp_path / "data")) == posts
    assert fetched == [limit, posts], "nothing finished is fetched again"


def test_a_recheck_asks_for_every_post(tmp_path: Path) -> None:
    posts = 24
    with closing(Returning(posts)) as blog:
        crawl(f"{blog.url}/blog/", tmp_path / "data")
        ended = crawl(f"{blog.url}/blog/", tmp_path / "data", "--recheck", "--json")
    run = json.loads(ended.out)
    assert (ended.code, run["mode"], run["posts_seen"], run["posts_changed"]) == (0, "recheck", posts, 0)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(["michauot"], 2, "did you mean michauto", id="a name misspelt"),
        pytest.param(["ftp://blog.example/"], 2, "not an http(s) address", id="another scheme"),
        pytest.param(["http://127.0.0.1:9/"], 1, "private, loopback", id="loopback without leave"),
        pytest.param(["http://127.0.0.1:9/", "--allow-private"], 1, "connection-refused", id="nobody listens"),
        pytest.param(["--limit", "none"], 2, "not a valid integer", id="a limit that is no number"),
    ],
)
def test_bad_input_gets_one_line_and_its_exit_code(tmp_path: Path, words: list[str], code: int, told: str) -> None:
    ended = clipfile("crawl", *words, "--archive", str(tmp_path / "data"))
    assert (ended.code, told in ended.err) == (code, True), ended.err
    assert "Traceback" not in ended.err


def test_a_server_without_a_blog_is_called_that(tmp_path: Path) -> None:
    with SampleBlog(rest=False, sitemap=False, feed=False) as running:
        ended = crawl(f"{running.url}wp-content/uploads/", tmp_path / "data")
    assert ended.code == 1
    assert ended.err.startswith("clipfile: ")
    assert ended.err.count("\n") == 1


def test_a_folder_that_cannot_be_written_ends_the_crawl_before_it_begins(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the archive should be")
    with SampleBlog() as running:
        ended = crawl(running.url, tmp_path / "data")
        assert running.requests == []
    assert ended.code == 74
    assert str(tmp_path / "data") in ended.err


def test_the_captures_say_who_made_them_and_how_to_reach_them(tmp_path: Path) -> None:
    archive = tmp_path / "data"
    archive.mkdir()
    (archive / "clipfile.toml").write_text('contact = "mailto:keeper@library.example"\n')
    with SampleBlog() as blog:
        crawl(blog.url, archive, "--limit", "1")
    (file,) = (archive / "warc").glob("*.warc.gz")
    warcinfo = gzip.decompress(file.read_bytes()).partition(b"WARC/1.1\r\nWARC-Type: request")[0].decode()
    assert "operator: mailto:keeper@library.example" in warcinfo
    assert "+mailto:keeper@library.example" in warcinfo, "the User-Agent names it too"
