"""Datasette's own tables of an archive: what is searched for there comes best first, and stays a table."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from asking import Getter, getter
from filing import a_page, file_away

HEADLINES = re.compile(r'<td class="col-title[^>]*>(?:<[^>]+>)?([^<]+)')
BEST, PASSING, LATEST = "Dry dock, dry dock", "A dock in passing", "The latest"


@pytest.fixture(scope="module")
def docks(tmp_path_factory: pytest.TempPathFactory) -> Getter:
    """Three reposts that name a dock, the newer the less; and thirty that do not."""
    long = " ".join(f"word{n}" for n in range(400))
    pages = [
        a_page("a", title=BEST, text="A dock is a dock.", posted_on="2020-01-01", original_on="2020-01-01"),
        a_page("b", title=PASSING, text=f"{long} dock.", posted_on="2021-01-01", original_on="2021-01-01"),
        a_page(
            "c", title=LATEST, text=f"{long} dock.", posted_on="2022-01-01", original_on="2022-01-01", outlet="Grist"
        ),
        *(a_page(f"n{n}", title=f"Ferry {n}", text="Ferries plug in.") for n in range(30)),
    ]
    return getter(file_away(tmp_path_factory.mktemp("docks"), pages))


def headlines(get: Getter, path: str) -> list[str]:
    """Of the table the path leads to, from the top."""
    answer = get(path)
    while answer.status == 302:
        path = answer.headers["location"]
        answer = get(path)
    assert answer.status == 200, answer.text
    return [unescape(headline).strip() for headline in HEADLINES.findall(answer.text)]


FORM = "_filter_op=exact&_filter_value=&_sort=posted_on&_sort_by_desc=on"
"""What Datasette's form sends beside what was typed, on a page nobody has sorted."""


@pytest.mark.parametrize(
    "path",
    [
        "posts?_search=dock",
        "clippings?_search=dock",
        f"posts?_search=dock&_filter_column=&{FORM}",
        f"posts?_search=dock&_filter_column=kind&{FORM.replace('value=', 'value=repost')}",
        "clippings?_search=dock&kind=repost&_facet=outlet",
        "clippings_ranked?_search=dock",
    ],
)
def test_words_searched_in_a_table_are_answered_best_first(path: str, docks: Getter) -> None:
    assert headlines(docks, f"/archive/{path}") == [BEST, PASSING, LATEST]


@pytest.mark.parametrize(
    "path",
    [
        "posts?_search=dock&_sort_desc=posted_on",
        "clippings?_search=dock&_sort_desc=posted_on",
        "posts?_search=dock&site_id=1",
        "clippings_ranked?_search=dock&_sort_desc=posted_on",
    ],
)
def test_an_order_that_was_chosen_stands(path: str, docks: Getter) -> None:
    assert headlines(docks, f"/archive/{path}") == [LATEST, PASSING, BEST]


def test_a_ranked_table_is_filtered_counted_and_paged_like_any(docks: Getter) -> None:
    assert headlines(docks, "/archive/posts?_search=dock&outlet=Grist") == [LATEST]
    first = headlines(docks, "/archive/clippings_ranked?_search=dock&_size=2&_facet=outlet")
    second = headlines(docks, "/archive/clippings_ranked?_search=dock&_size=2&_next=2")
    assert (first, second) == ([BEST, PASSING], [LATEST])
    facets = docks("/archive/clippings_ranked.json?_search=dock&_facet=outlet&_extra=facet_results").json()
    outlets = facets["facet_results"].get("results", facets["facet_results"])["outlet"]["results"]
    assert {(each["value"], each["count"]) for each in outlets} == {("The Detroit News", 2), ("Grist", 1)}


@pytest.mark.parametrize("words", ["", "%20", "%22"], ids=["nothing", "a blank", "a quote"])
@pytest.mark.parametrize("table", ["posts", "clippings", "clippings_ranked"])
def test_an_empty_search_box_shows_the_table(words: str, table: str, docks: Getter) -> None:
    assert len(headlines(docks, f"/archive/{table}?_search={words}&_filter_column=&{FORM}&kind=repost")) == 25


@pytest.mark.parametrize(
    "path",
    [
        "posts?_nocol=posted_on",
        "posts?_nocol=posted_on&_sort=posted_on",
        "posts?_col=title&_col=site_id",
        "posts?_search=dock&_sort_desc=posted_on&_nocol=posted_on&_size=2",
    ],
)
def test_a_column_may_be_hidden_though_rows_are_sorted_by_it(path: str, docks: Getter) -> None:
    assert headlines(docks, f"/archive/{path}")


def test_the_search_box_keeps_what_was_searched_for(docks: Getter) -> None:
    table = docks("/archive/clippings_ranked?_search=%22dock%22+%3Cb%3E&_nofacet=1").text
    box = re.search(r'<input id="_search"[^>]*value="([^"]*)"', table)
    assert box
    assert unescape(box[1]) == '"dock" <b>'


def test_programs_are_answered_as_they_ask(docks: Getter) -> None:
    newest_first = docks("/archive/posts.json?_search=dock&_shape=array").json()
    ranked = docks("/archive/clippings_ranked.json?_search=dock&_shape=array").json()
    assert [row["title"] for row in newest_first] == [LATEST, PASSING, BEST]
    assert [row["title"] for row in ranked] == [BEST, PASSING, LATEST]
    assert docks("/archive/clippings_ranked.csv?_search=dock").text.count("\r\n") == 4


def test_words_found_in_a_table_are_a_click_from_another_order_and_from_our_page(docks: Getter) -> None:
    ranked = docks("/archive/clippings_ranked?_search=dock&_nofacet=1").text
    assert "/archive/clippings?_search=dock&amp;_sort_desc=posted_on" in ranked
    assert "/archive/-/search?q=dock" in ranked
    newest = docks("/archive/posts?_search=dock&_sort_desc=posted_on&_nofacet=1").text
    assert "/archive/clippings_ranked?_search=dock" in newest
    assert "/archive/-/search?q=dock" not in docks("/archive/posts?_nofacet=1").text


def test_any_sqlite_tool_gets_hits_best_first_with_passages(tmp_path: Path) -> None:
    from archive.database import open_readonly

    db = open_readonly(file_away(tmp_path, [a_page("a", text="One word."), a_page("b", title="Tugs", text="A tug.")]))
    sql = "select title, snippet(query, 3, '[', ']', '…', 4) from clippings_ranked where query match ? order by rank"
    assert db.execute(sql, ["tug"]).fetchall() == [("Tugs", "…Marta Quill\nA [tug].")]
    db.close()
