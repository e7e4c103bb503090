"""What `clipfile inspect` shows a person of one page."""

from __future__ import annotations

import click
import pytest

from crawler.commands.explaining import explain_page
from crawler.profiles import load_profile
from crawler.reading import read_bytes

TEXT = "The yard has been closed since the flood, and the council wants to know by June what opening it would cost. "
HEAD = "<p>Huron Valley Courier</p><p>March 4, 2021</p><p>By Maya Lindqvist</p>"


@pytest.fixture
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def shown(head: str, paragraphs: int = 3) -> list[str]:
    url = "https://blog.example/yard/"
    content = head + f"<p>{TEXT * 3}</p>" * paragraphs
    html = (
        "<html lang=en><body><article class='post'><h1>The Yard Waits</h1>"
        f"<div class='entry-content'>{content}</div></article></body></html>"
    )
    return [click.unstyle(line) for line in explain_page(read_bytes(html.encode(), url, load_profile(url)))]


@pytest.mark.usefixtures("_wide")
def test_the_verdict_comes_first_with_the_line_each_value_stands_in() -> None:
    lines = shown(HEAD)
    assert lines[0] == "The Yard Waits"
    assert lines[1].startswith("repost, 0.")
    at = next(line for line in lines if "  Huron Valley Courier" in line and line.lstrip()[0] in "0123456789>")
    number = at.lstrip("> ").split()[0]
    assert any(line.strip().startswith("outlet  Huron Valley Courier") and f"line {number}," in line for line in lines)


@pytest.mark.usefixtures("_wide")
def test_the_lines_the_reading_stands_on_are_marked_and_the_sums_are_shown() -> None:
    lines = shown(HEAD)
    assert [line.split()[-1] for line in lines if line.startswith("> ")] == ["Courier", "2021", "Lindqvist"]
    assert any("outlet-shape +" in line and "date +2.0" in line for line in lines)


@pytest.mark.usefixtures("_wide")
def test_a_page_that_says_nothing_is_told_so_with_its_rule() -> None:
    lines = shown("")
    assert lines[1] == "own, 0.95 sure: no-provenance"
    assert "  nothing on the page reads like the head or foot of a repost" in lines


@pytest.mark.usefixtures("_wide")
def test_what_was_not_looked_at_is_counted_and_no_line_is_wider_than_the_terminal() -> None:
    lines = shown(HEAD, paragraphs=40)
    assert any("lines of the article, not looked at" in line for line in lines)
    assert max(map(len, lines)) <= 100


@pytest.mark.usefixtures("_wide")
def test_control_characters_of_a_page_never_reach_the_terminal() -> None:
    assert not any(
        "\x1b" in line or "\u202e" in line for line in shown("<p>Huron\u202e \x9b31mCourier</p><p>May 2, 2021</p>")
    )
