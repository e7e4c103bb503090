"""What the site answers, asked without a browser: pages, headers, errors, and Datasette's own pages beside them."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from asking import Getter, getter
from filing import BLOG, PICTURE, Page, a_page, file_away, png

from archive.browse.files import FOLDER
from archive.browse.metadata import QUERIES
from archive.folder import ArchiveFolder
from archive.model import Image

PATHS = [
    "",
    "search",
    "posts/1",
    "posts/1/revisions",
    "captures/1",
    "outlets",
    "outlets/1",
    "authors",
    "authors/1",
    "categories/1",
    "years/2026",
    "years/2026-02",
    "coverage",
    "runs",
    "runs/1",
    "health",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path or "home")
def test_a_page_is_there_and_carries_its_headers(path: str, get: Getter) -> None:
    answer = get(f"/archive/-/{path}")
    policy = answer.headers["content-security-policy"]
    assert answer.status == 200
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["referrer-policy"] == "no-referrer"


ANSWERS = [
    pytest.param("/archive", "GET", id="database"),
    pytest.param("/archive/clippings", "GET", id="table"),
    pytest.param("/archive/posts/1", "GET", id="row"),
    pytest.param("/archive/posts/999999", "GET", id="no such row"),
    pytest.param("/archive/nothing", "GET", id="no such table"),
    pytest.param("/x/y", "GET", id="no such database"),
    pytest.param("/archive/clippings.json", "GET", id="JSON"),
    pytest.param("/archive/clippings.csv", "GET", id="CSV"),
    pytest.param("/archive/clippings.csv?_stream=1", "GET", id="CSV as a stream"),
    pytest.param("/archive/clippings.json?_sort=nothing", "GET", id="an error in JSON"),
    pytest.param("/archive?sql=select+nothing", "GET", id="SQL that fails"),
    pytest.param("/archive/-/query?sql=select+nothing", "GET", id="SQL that fails, in 1.0"),
    pytest.param("/archive.db", "GET", id="the database itself"),
    pytest.param("/archive/", "GET", id="a slash too many"),
    pytest.param("/-/static/app.css", "GET", id="a file of Datasette's"),
    pytest.param("/-/static/nothing.css", "GET", id="no such file"),
    pytest.param("/-/clipfile/nothing.css", "GET", id="no such file of ours"),
    pytest.param("/-/databases", "GET", id="databases"),
    pytest.param("/-/versions.json", "GET", id="versions"),
    pytest.param("/", "GET", id="the root"),
    pytest.param("/favicon.ico", "GET", id="icon"),
    pytest.param("/archive/-/posts/999", "GET", id="no such post"),
    pytest.param("/archive/-/search?q=" + "x+" * 3000, "GET", id="a long search"),
    pytest.param("/archive/-/search?from=2011&to=2012", "GET", id="a redirect"),
    pytest.param("/archive/clippings", "POST", id="a form of another site"),
    pytest.param("/archive/-/posts/1/correct", "POST", id="a correction"),
]


@pytest.mark.parametrize(("path", "method"), ANSWERS)
def test_every_answer_carries_headers(path: str, method: str, get: Getter) -> None:
    headers = get(path, method=method).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "object-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] in ("DENY", "SAMEORIGIN")
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("posts/999", "no post"),
        ("posts/ffffffffffffffff", "no post"),
        ("outlets/999", "no outlet 999"),
        ("authors/999", "no author 999"),
        ("categories/999", "no category 999"),
        ("captures/999", "no capture 999"),
        ("runs/999", "no run 999"),
        ("posts/1/revisions?from=7", "no revision 7"),
    ],
)
def test_what_is_not_there_is_said_in_plain_words(path: str, words: str, get: Getter) -> None:
    answer = get(f"/archive/-/{path}")
    assert answer.status == 404
    assert words in answer.text
    assert "Traceback" not in answer.text


def test_the_root_leads_home_when_the_archive_is_all_there_is(get: Getter) -> None:
    answer = get("/")
    assert (answer.status, answer.headers["location"]) == (302, "/archive/-/")


def test_other_databases_are_left_as_they_are(harbor: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("create table authors (authors text)")
    connection.execute("insert into authors values ('[\"one\"]')")
    connection.commit()
    connection.close()
    get = getter(harbor, other)
    assert get("/").status == 200
    assert get("/archive/-/").status == 200
    assert get("/other/-/").status == 404
    table = get("/other/authors")
    assert "content-security-policy" not in table.headers
    assert "[&#34;one&#34;]" in table.text


def test_the_site_is_for_reading_only(get: Getter) -> None:
    assert get("/archive/-/search", method="DELETE").status == 405


def test_a_database_kept_from_the_public_is_kept_from_it_here(harbor: Path) -> None:
    closed = getter(harbor, metadata={"databases": {"archive": {"allow": {"id": "root"}}}})
    assert closed("/archive/-/posts/1").status == 404


def test_a_post_is_found_by_number_and_by_uid(get: Getter) -> None:
    by_number = get("/archive/-/posts/1").text
    uid = get("/archive/posts/1.json?_shape=array").json()[0]["uid"]
    assert get(f"/archive/-/posts/{uid}").text == by_number


def test_a_picture_is_served_as_what_it_is_under_the_strictest_policy(get: Getter) -> None:
    number = get(f"/archive/captures.json?_shape=array&url={PICTURE}").json()[0]["id"]
    answer = get(f"/archive/-/captures/{number}/content")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("query", QUERIES)
def test_a_question_worth_asking_is_answered(query: str, get: Getter) -> None:
    answer = get(f"/archive/{query}.json?words=dock&_shape=array")
    assert answer.status == 200, answer.text
    expected = {"missing_posts": 0, "edits_in_one_sweep": 0, "gone_posts": 0, "silent_edits": 1, "search": 1}
    assert min(len(answer.json()), 1) == expected.get(query, 1)


def test_tables_say_what_they_mean_and_offer_questions_in_any_datasette(get: Getter) -> None:
    database = get("/archive").text
    assert "How many days until an outlet" in database
    assert 'href="/archive/_sqlite_migrations"' not in database
    table = get("/archive/clippings").text
    assert "One row per post: what the page shows" in table
    assert "Day the article first appeared, ISO 8601" in table


def test_metadata_of_ones_own_stands(harbor: Path) -> None:
    own = {"databases": {"archive": {"tables": {"clippings": {"description": "In my own words."}}}}}
    table = getter(harbor, metadata=own)("/archive/clippings?_nofacet=1").text
    assert "In my own words." in table
    assert "One row per post" not in table


def test_an_articles_other_reposts_stand_at_each_and_are_one_hit(tmp_path: Path) -> None:
    words = (f"Mill number {n} on the river sold its looms to a museum in {n + 1900}." for n in range(30))
    text = "\n".join(words)
    pages = [
        a_page("looms", title="Looms for sale", text=text, posted_on="2026-03-01"),
        a_page("looms-again", title="From the files: looms for sale", text=text, posted_on="2026-03-05"),
        a_page("dock"),
    ]
    get = getter(file_away(tmp_path, pages))
    assert "Other reposts of this article" in get("/archive/-/posts/1").text
    assert "From the files: looms for sale" in get("/archive/-/posts/1").text
    assert "Other reposts" not in get("/archive/-/posts/3").text
    found = get("/archive/-/search?q=is:duplicate").text
    assert found.count('<article class="clip">') == 1
    assert "The same article, also reposted" in found


def test_each_edit_is_a_step_from_the_next(tmp_path: Path) -> None:
    folder = ArchiveFolder(path=file_away(tmp_path, [a_page("dock", text="One freighter.")]).parent)
    with folder.writing("a test") as store:
        for day, text in ((10, "Two freighters."), (17, "Three freighters.")):
            with store.atomic():
                run = store.custody.start_run(1, "full", {})
                page = a_page("dock", text=text)
                seen_at = f"2026-03-{day}T00:00:00Z"
                store.posts.save(1, run, page.post, page.reading, capture_id=None, seen_at=seen_at)
    get = getter(folder.db_path)
    last = get("/archive/-/posts/1/revisions").text
    assert "<del>Two</del>" in last
    assert "<ins>Three</ins>" in last
    assert 'type="range" min="2" max="3" value="3"' in last
    before = re.search(r'href="([^"]+)" rel="prev"', last)
    assert before
    assert "<del>One" in get(unescape(before[1])).text


def test_an_outlets_month_lists_its_posts_of_that_time_alone(get: Getter) -> None:
    page = get("/archive/-/outlets/1").text
    month = re.search(r'href="([^"]+in=2012-03#posts)" aria-label="March 2012: 1 article"', page)
    assert month
    listed = get(unescape(month[1]).split("#")[0]).text
    assert "Posts of March 2012" in listed
    assert re.findall(r'class="headline"><a [^>]+><bdi>(.*?)</bdi>', listed) == ["A lock at the Soo in year 2"]
    assert get("/archive/-/outlets/1?in=2012'--").text.count('class="headline"') == page.count('class="headline"')


def test_json_columns_read_as_words_in_datasettes_tables(get: Getter) -> None:
    cells = get("/archive/clippings?id=1&_nofacet=1").text
    assert '<td class="col-authors type-str">Marta Quill</td>' in cells
    assert "/archive/-/posts/" in cells
    assert "[]" not in get("/archive/clippings?id=8&_nofacet=1").text.split("<tbody>")[1]


def test_files_may_be_kept_for_ever_and_are_named_by_content(get: Getter) -> None:
    page = get("/archive/-/").text
    address = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    assert "?" in address
    assert "immutable" in get(address).headers["cache-control"]
    assert get("/-/clipfile/..%2fplugin.py").status in (302, 404)
    assert get("/-/clipfile/nothing.css").status == 404


def test_own_styles_and_scripts_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 60_000


def test_an_empty_archive_says_what_to_do(tmp_path: Path) -> None:
    from archive.database import open_database

    open_database(tmp_path / "archive.db").close()
    get = getter(tmp_path / "archive.db")
    assert "clipfile crawl sample" in get("/archive/-/").text
    for path in ("search", "outlets", "authors", "coverage", "runs", "health", "years/2020"):
        assert get(f"/archive/-/{path}").status == 200


def test_a_damaged_capture_is_reported_and_the_post_still_reads(tmp_path: Path) -> None:
    from filing import harbor_line

    database = harbor_line(tmp_path / "data")
    for warc in (tmp_path / "data" / "warc").iterdir():
        warc.write_bytes(b"not a WARC file")
    get = getter(database)
    assert get("/archive/-/posts/1").status == 200
    broken = get("/archive/-/captures/1/content")
    assert broken.status == 500
    assert "can’t be read" in broken.text


def test_a_post_is_shown_with_its_own_picture_and_the_files_it_offers(tmp_path: Path) -> None:
    lead, report, lost = (f"{BLOG}/up/{name}" for name in ("lead.png", "report.pdf", "lost.pdf"))
    page = a_page("lead", html="<p>The dry dock took its first freighter.</p>")
    images = (
        Image(url=lead, alt="A <b>dock</b>", caption="Photo: Ada Finch"),
        Image(url=report, role="attachment", alt="The report"),
        Image(url=lost, role="attachment", alt="Its annex"),
    )
    files = ((lead, png(), "image/png", "image"), (report, b"%PDF-1.4", "application/pdf", "attachment"))
    shown = Page(post=replace(page.post, images=images), reading=page.reading, served=page.served, files=files)
    get = getter(file_away(tmp_path, [shown]))
    post = get("/archive/-/posts/1").text
    assert '<figure><img src="/archive/-/captures/2/image" alt="A &lt;b&gt;dock&lt;/b&gt;">' in post
    assert "Photo: Ada Finch" in post
    assert '<a href="/archive/-/captures/3"><bdi>The report</bdi></a>' in post
    assert "<bdi>Its annex</bdi>, not in the archive" in post
    assert get("/archive/-/captures/2/image").headers["content-type"] == "image/png"
    assert "iframe" not in get("/archive/-/captures/3").text
    assert get("/archive/-/captures/3/content").headers["content-disposition"].startswith("attachment")
    assert get("/archive/-/captures/3/image").status == 404
