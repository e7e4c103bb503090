"""The search page: results, facets, years, chips and what is said of the query, without a browser."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from asking import Getter, getter
from filing import a_page, file_away

from archive.folder import ArchiveFolder

HEADLINES = re.compile(r'class="headline"><a href="[^"]+"><bdi>(.*?)</bdi>', re.DOTALL)


def found(get: Getter, query: str, more: str = "") -> list[str]:
    text = get(f"/archive/-/search?q={quote(query)}{more}").text
    return [re.sub(r"<[^>]+>", "", headline) for headline in HEADLINES.findall(text)]


def test_words_are_found_and_marked(get: Getter) -> None:
    page = get("/archive/-/search?q=two+freighters").text
    assert found(get, "two freighters") == ["Dry dock reopens after repairs"]
    assert "<mark>freighters</mark>" in page


def test_nothing_asked_shows_all_newest_first(get: Getter) -> None:
    page = get("/archive/-/search").text
    assert "9 clippings" in page
    assert found(get, "")[0] == "Winter Summit"


@pytest.mark.parametrize(
    ("sort", "first"),
    [("newest", "Batteries for towns in year 5"), ("oldest", "Salt under the river in year 0")],
)
def test_results_are_sorted_as_asked(sort: str, first: str, get: Getter) -> None:
    assert found(get, "piece", f"&sort={sort}")[0] == first


def test_a_facet_narrows_the_query(get: Getter) -> None:
    page = get("/archive/-/search?q=tool").text
    assert 'href="/archive/-/search?q=tool+outlet%3A%22Bridge+Michigan%22"' in page
    assert found(get, 'tool outlet:"Bridge Michigan"', "&sort=oldest") == [
        "Salt under the river in year 0",
        "Batteries for towns in year 5",
    ]


def test_a_condition_in_force_can_be_taken_away(get: Getter) -> None:
    page = get('/archive/-/search?q=tool+outlet:"Bridge+Michigan"').text
    assert re.search(r'href="/archive/-/search\?q=tool" aria-label="Take away outlet:&#34;Bridge Michigan&#34;"', page)


@pytest.mark.parametrize(
    ("query", "chosen", "leads_to"),
    [
        ("tool", "from=2012&to=2014", "q=tool+year%3A2012..2014"),
        ("tool year:2010", "from=2012&to=", "q=tool+year%3A2012.."),
        ("tool", "from=2012&to=2012", "q=tool+year%3A2012"),
        ("tool OR die", "from=&to=2012", "q=%28tool+OR+die%29+year%3A..2012"),
        ("tool", "from=x&to=y", "q=tool"),
    ],
)
def test_chosen_years_become_part_of_the_query(query: str, chosen: str, leads_to: str, get: Getter) -> None:
    answer = get(f"/archive/-/search?q={quote(query)}&{chosen}")
    assert (answer.status, answer.headers["location"]) == (302, f"/archive/-/search?{leads_to}")


def test_what_was_read_otherwise_is_said(get: Getter) -> None:
    page = get("/archive/-/search?q=kind:novel+tool").text
    assert "is searched as words" in page


def test_nothing_found_suggests_what_would_be(get: Getter) -> None:
    page = get("/archive/-/search?q=frieghter").text
    assert "Nothing found" in page
    assert "Did you mean" in page


@pytest.mark.parametrize("query", ['"', "NOT", "a AND", "(((", "outlet:", "*", "'; drop table posts; --", "\x00"])
def test_any_words_may_be_asked(query: str, get: Getter) -> None:
    assert get(f"/archive/-/search?q={quote(query)}").status == 200


def test_a_cursor_that_is_none_begins_at_the_beginning(get: Getter) -> None:
    assert found(get, "piece", "&cursor=nonsense") == found(get, "piece")


@pytest.mark.parametrize("order", ["", "&sort=newest"], ids=["best first", "newest first"])
def test_what_is_stored_while_one_reads_repeats_nothing_on_the_next_page(order: str, tmp_path: Path) -> None:
    folder = ArchiveFolder(path=file_away(tmp_path, [a_page(f"tug-{n}", title=f"Tug {n}") for n in range(30)]).parent)
    get = getter(folder.db_path)
    first = get(f"/archive/-/search?q=tug{order}").text
    more = re.search(r'href="([^"]+)" rel="next"', first)
    assert more
    better = a_page("tugs", title="Tug, tug, tug", text="A tug.", original_on="2026-03-01", posted_on="2026-03-02")
    with folder.writing("a test") as store, store.atomic():
        run = store.custody.start_run(1, "full", {})
        store.posts.save(1, run, better.post, better.reading, capture_id=None, seen_at="2026-04-01T00:00:00Z")
    second = get(unescape(more[1])).text
    shown = [re.sub(r"<[^>]+>", "", headline) for page in (first, second) for headline in HEADLINES.findall(page)]
    assert sorted(shown) == sorted(f"Tug {n}" for n in range(30))


def test_programs_get_the_same_result(get: Getter) -> None:
    result = get("/archive/-/search.json?q=two+freighters").json()
    assert [hit["title"] for hit in result["hits"]] == ["Dry dock reopens after repairs"]
    assert result["total"] == 1


def test_a_word_without_end_is_answered_all_the_same(get: Getter) -> None:
    assert get(f"/archive/-/search?q={'a' * 5000}").status in (200, 503)


@pytest.mark.parametrize(
    ("format", "content_type", "words"),
    [
        ("csv", "text/csv", "Dry dock reopens after repairs"),
        ("jsonl", "application/x-ndjson", '"title": "Dry dock reopens after repairs"'),
        ("atom", "application/atom+xml", "<title>Dry dock reopens after repairs</title>"),
        ("bibtex", "application/x-bibtex", "{Dry dock reopens after repairs}"),
        ("ris", "application/x-research-info-systems", "Dry dock reopens after repairs"),
        ("csl", "application/vnd.citationstyles.csl+json", "Dry dock reopens after repairs"),
    ],
)
def test_exactly_this_result_is_taken_away(format: str, content_type: str, words: str, get: Getter) -> None:
    answer = get(f"/archive/-/search.{format}?q=two+freighters")
    assert answer.headers["content-type"].startswith(content_type)
    assert words.replace(" ", "") in answer.text.replace(" ", "")
    assert "Ferries" not in answer.text


def test_a_post_is_cited_for_reference_managers(get: Getter) -> None:
    answer = get("/archive/-/posts/1/cite.ris")
    assert "AU  - Quill, Marta" in answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
