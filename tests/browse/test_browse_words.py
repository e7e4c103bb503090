"""The site's pure parts: diffs, evidence in context, cleaning, captured markup, charts."""

from __future__ import annotations

import base64
import re

import pytest

from archive.browse.captured_html import self_contained
from archive.browse.charts import Column, Group, by_month, stacked
from archive.browse.evidence import in_context, marked
from archive.browse.readable import readable
from archive.browse.sniffing import image_type
from archive.browse.words import lag_days, shown_url, web_url
from archive.charsets import as_text
from archive.worddiff import side_by_side

DIFFS = [
    pytest.param("A\nB", "A\nB", [("same", "A", "A"), ("same", "B", "B")], id="unchanged"),
    pytest.param("A", "A\nnew words", [("same", "A", "A"), ("added", "", "[new words]")], id="added"),
    pytest.param("old words\nA", "A", [("removed", "[old words]", ""), ("same", "A", "A")], id="removed"),
    pytest.param(
        "The dock took its first freighter.",
        "The dock took two freighters.",
        [("changed", "The dock took [its first freighter].", "The dock took [two freighters].")],
        id="words replaced",
    ),
    pytest.param(
        "apples pears", "steel rails", [("removed", "[apples pears]", ""), ("added", "", "[steel rails]")], id="unlike"
    ),
]


@pytest.mark.parametrize(("before", "after", "pairs"), DIFFS)
def test_paragraphs_are_paired_and_differing_words_marked(
    before: str, after: str, pairs: list[tuple[str, str, str]]
) -> None:
    def shown(pieces: object) -> str:
        joined = "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in pieces)  # type: ignore[attr-defined]
        return joined.replace("][", "").replace("[ ", " [").replace("] [", " ")

    assert [(pair.change, shown(pair.before), shown(pair.after)) for pair in side_by_side(before, after)] == pairs


def test_printed_words_are_shown_between_the_lines_around_them() -> None:
    lines = ["Photo: A", "The Detroit News", "March 1", "Text"]
    assert [[(run.text, run.marks) for run in line] for line in in_context(lines, "The Detroit  News", "outlet")] == [
        [("Photo: A", ())],
        [("The Detroit News", ("outlet",))],
        [("March 1", ())],
    ]


def test_the_line_that_says_nothing_else_is_the_evidence_not_one_that_says_it_too() -> None:
    found = in_context(["Photo: A/The Detroit News", "The Detroit News", "May 1"], "The Detroit News", "outlet")
    assert [line[0].marks for line in found] == [(), ("outlet",), ()]


def test_words_the_text_does_not_have_stand_alone() -> None:
    (line,) = in_context(["Text"], "Posted in News", "kind")
    assert [(run.text, run.marks) for run in line] == [("Posted in News", ("kind",))]


def test_words_that_speak_for_two_values_carry_both_marks() -> None:
    runs = marked("By Ana, WDET", [("WDET", "outlet"), ("WDET", "kind"), ("By Ana, W", "x")])
    assert [(run.text, run.marks) for run in runs if run.marks] == [("By Ana, W", ("x",))]


CLEANED = [
    pytest.param("<p onclick=x>a</p>", "<p>a</p>", id="handlers go"),
    pytest.param("<script>x</script>b", "b", id="scripts go with their words"),
    pytest.param("<svg><a href=x>y</a></svg>b", "b", id="drawings go"),
    pytest.param("<a href='javascript:x'>y</a>", '<a rel="noopener noreferrer nofollow">y</a>', id="no script links"),
    pytest.param(
        "<a href='/-/logout'>y</a>", '<a rel="noopener noreferrer nofollow">y</a>', id="no links to this site"
    ),
    pytest.param("<h1>a</h1><h6>b</h6>", "<h3>a</h3><h3>b</h3>", id="headings keep the page's order"),
    pytest.param(
        "<img src=http://b/held.png>", '<img src="/held" alt="Image without a description" loading="lazy">', id="held"
    ),
    pytest.param(
        "<img src=http://b/x.png alt=Crane>",
        '<span class="missing-image">Image not in the archive: Crane</span>',
        id="not held",
    ),
    pytest.param("<a href=http://b/></a>c", "c", id="empty links go"),
    pytest.param("<p style='x' class=y id=z>a</p>", "<p>a</p>", id="no styles, classes or ids"),
]


@pytest.mark.parametrize(("html", "clean"), CLEANED)
def test_archived_markup_is_made_readable_and_harmless(html: str, clean: str) -> None:
    assert str(readable(html, "", {"http://b/held.png": "/held"}.get)) == clean


def test_markup_too_deep_to_clean_is_shown_as_its_words() -> None:
    assert str(readable("<div>" * 10_000, "A <b>\nB", lambda url: None)) == "<p>A &lt;b&gt;</p>\n<p>B</p>"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


PNG = "data:image/png;base64,UE5H"
CAPTURED = [
    pytest.param('<img src="/i.png" onerror=x alt=A>', f'<img alt="A" src="{PNG}">', id="image held"),
    pytest.param("<img src=/other.png>", "<img >", id="image not held"),
    pytest.param(
        '<img src="x.gif" data-src="/i.png"><noscript><img src="/i.png"></noscript>',
        f'<img src="{PNG}"><noscript></noscript>',
        id="lazy image, once",
    ),
    pytest.param('<img src="/o.png" srcset="/o.png 1x, /i.png 2x">', f'<img src="{PNG}">', id="the size that is held"),
    pytest.param(
        '<picture><source srcset="/o.webp"><img src="/i.png"></picture>',
        f'<picture><img src="{PNG}"></picture>',
        id="the format that is held",
    ),
    pytest.param("<img src=/page.png>", "<img >", id="a page called an image"),
    pytest.param("<link rel=stylesheet href=/s.css>", "<style>p{}<\\/style></style>", id="style held"),
    pytest.param(
        '<link rel=stylesheet media="print" href=/s.css>', '<style media="print">p{}<\\/style></style>', id="print"
    ),
    pytest.param(
        "<link rel=stylesheet href=/t/deep.css>",
        '<style>@import url("data:text/css;charset=utf-8;base64,'
        f'{b64("p{background:url(" + chr(34) + PNG + chr(34) + ")}")}"); '
        'i{src:url("data:font/woff2;base64,V09G")} b{background:url("data:,")}</style>',
        id="what a style names",
    ),
    pytest.param("<link rel=stylesheet href=/loop.css>", None, id="a style that imports itself"),
    pytest.param(
        "<style>a{background:url(/i.png)} b{background:url(#c)} @import '//e.example/x.css';</style>",
        f'<style>a{{background:url("{PNG}")}} b{{background:url("#c")}} @import url("data:,");</style>',
        id="styles in the page",
    ),
    pytest.param(
        "<p style=\"background:url('/i.png')\">",
        f'<p style="background:url(&quot;{PNG}&quot;)">',
        id="styles of an element",
    ),
    pytest.param("<base href=/t/><img src=i.png>", f'<img src="{PNG}">', id="a base of the same host"),
    pytest.param("<link rel=preconnect href=//e.example>", "", id="no greeting of other hosts"),
    pytest.param("<link rel=icon href=/i.png>", "", id="no icon"),
    pytest.param(
        "<!--><link rel=preconnect href=//e.example>-->",
        "<!-->-->",
        id="nor in a comment that is none",
    ),
    pytest.param(
        "<textarea><link rel=preconnect href=//e><meta http-equiv=refresh content=0>",
        "<textarea><archived-link rel=preconnect href=//e><archived-meta http-equiv=refresh content=0>",
        id="nor in raw text",
    ),
    pytest.param(
        '<LINK title=">" rel=preconnect href=//e>',
        "",
        id="nor in disguise",
    ),
    pytest.param("<iframe src=//e></iframe>", "<archived-iframe src=//e></iframe>", id="no frames"),
    pytest.param("<base href=//e.example>", "", id="no other base"),
    pytest.param("<meta http-equiv=refresh content='0;url=//e'>", "", id="no refresh"),
    pytest.param("<meta name=author content=A>", "<meta name=author content=A>", id="the rest stays"),
]
HELD = {
    "http://b/i.png": (b"PNG", "image/png"),
    "http://b/t/i.png": (b"PNG", "image/png"),
    "http://b/t/f.woff2": (b"WOF", "font/woff2"),
    "http://b/s.css": (b"p{}</style>", "text/css"),
    "http://b/t/deep.css": (b"@import 'more.css'; i{src:url(f.woff2)} b{background:url(/o.png)}", "text/css"),
    "http://b/t/more.css": (b"p{background:url(../i.png)}", "text/css"),
    "http://b/loop.css": (b"@import 'loop.css'; p{}", "text/css"),
}
ROLES_OF_TYPES = {"image/png": "image", "font/woff2": "font", "text/css": "stylesheet"}


def held(address: str, role: str) -> tuple[bytes, str] | None:
    found = HELD.get(address)
    return found if found and ROLES_OF_TYPES[found[1]] == role else None


@pytest.mark.parametrize(("served", "shown"), CAPTURED)
def test_a_captured_page_is_made_self_contained(served: str, shown: str | None) -> None:
    made = self_contained(served, url="http://b/post/", file_at=held)
    assert made == shown or (shown is None and made.endswith("p{}</style>"))


KINDS = [
    pytest.param(b"\x89PNG\r\n\x1a\n", "image/png", "image/png", id="png"),
    pytest.param(b"\xff\xd8\xff\xe0", "application/octet-stream", "image/jpeg", id="jpeg, called something else"),
    pytest.param(b"GIF89a/*", "text/javascript", "image/gif", id="gif that is a script, too"),
    pytest.param(b"RIFF\x00\x00\x00\x00WEBPVP8 ", "", "image/webp", id="webp"),
    pytest.param(b"<svg onload=x>", "image/svg+xml", "image/svg+xml", id="drawing"),
    pytest.param(b"<?xml version='1.0'?>\n<!-- c -->\n<svg>", "image/svg+xml", "image/svg+xml", id="with a head"),
    pytest.param(b"<svg>", "text/html", None, id="drawing, called a page"),
    pytest.param(b"<!doctype html><svg>", "image/svg+xml", None, id="page, called a drawing"),
    pytest.param(b"<script>", "image/png", None, id="page, called an image"),
    pytest.param(b"", "image/png", None, id="nothing"),
]


@pytest.mark.parametrize(("body", "declared", "kind"), KINDS)
def test_an_image_is_what_its_bytes_say(body: bytes, declared: str, kind: str | None) -> None:
    assert image_type(body, declared) == kind


CHARSETS = [
    pytest.param(b"\xef\xbb\xbfa\xc3\xa9", "text/html", "aé", id="byte order mark"),
    pytest.param(b"a\xe9", "text/html; charset=iso-8859-1", "aé", id="header"),
    pytest.param(b"<meta charset=windows-1251>\xe0", "text/html", "<meta charset=windows-1251>а", id="meta"),
    pytest.param(b"a\x93b\x94", "text/html", "a“b”", id="nothing said"),
    pytest.param("aé".encode(), "text/html; charset=no-such", "aé", id="unknown name"),
]


@pytest.mark.parametrize(("body", "content_type", "text"), CHARSETS)
def test_a_captured_page_is_read_in_its_charset(body: bytes, content_type: str, text: str) -> None:
    assert as_text(body, content_type) == text


ADDRESSES = [
    pytest.param("https://a.example/x", "https://a.example/x", id="plain"),
    pytest.param("javascript:alert(1)", None, id="script"),
    pytest.param(" \tjava\nscript:x", None, id="script in pieces"),
    pytest.param("//a.example/", None, id="no scheme"),
    pytest.param("data:text/html,x", None, id="data"),
    pytest.param("http://[", None, id="broken"),
    pytest.param(None, None, id="none"),
]


@pytest.mark.parametrize(("url", "link"), ADDRESSES)
def test_only_web_addresses_become_links(url: str | None, link: str | None) -> None:
    assert web_url(url) == link


def test_a_host_that_looks_like_another_is_shown_as_what_it_is() -> None:
    assert shown_url("https://аpple.example/") == "https://xn--pple-43d.example/"


@pytest.mark.parametrize(
    ("original_on", "posted_on", "days"),
    [
        ("2026-02-27", "2026-03-01", 2),
        ("2026-02", "2026-03-01", None),
        (None, "2026-03-01", None),
        ("2026-13-01", "2026-03-01", None),
    ],
)
def test_a_lag_is_counted_between_whole_days_only(original_on: str | None, posted_on: str, days: int | None) -> None:
    assert lag_days(original_on, posted_on) == days


def test_a_chart_stacks_its_series_and_keeps_the_rest() -> None:
    column = Column(label="2026-01", counts={"A": 3, "B": 1, "Z": 1})
    chart = stacked("Posts", "post", [Group(label="2026", columns=[column])], {"A": "tone-1", "B": "tone-2"})
    heights = [float(re.findall(r"v(-?[\d.]+)", bars)[1]) for _, bars in chart.layers]
    assert [css for css, _ in chart.layers] == ["tone-1", "tone-2", "tone-rest"]
    assert heights[0] == pytest.approx(3 * heights[1], abs=0.1)
    assert chart.columns[0].counts == {"A": 3, "B": 1, "Others": 1}


def test_years_without_any_post_keep_their_place() -> None:
    groups = by_month([("2020-05", "A", 1), ("2022-01", "A", 2)], str)
    assert [(group.label, group.total) for group in groups] == [("2020", 1), ("2021", 0), ("2022", 2)]
