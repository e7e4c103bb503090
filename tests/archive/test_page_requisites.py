"""What a page and its style sheets need to be seen as they were, told from the words of their markup."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.css import iter_links, with_links
from archive.requisites import MOST, page_requisites, style_requisites

PAGE = "https://blog.example/2024/dock/"
UPLOADS = "https://blog.example/wp-content/uploads"

NAMED = [
    pytest.param('<img src="a.png">', [f"image {PAGE}a.png"], id="an image"),
    pytest.param("<IMG SRC=/a.png>", ["image https://blog.example/a.png"], id="capitals, no quotes"),
    pytest.param('<img src="a b&amp;c.png#top">', [f"image {PAGE}a%20b&c.png"], id="an address to be escaped"),
    pytest.param('<img src="//cdn.example/é.png">', ["image https://cdn.example/%C3%A9.png"], id="accents"),
    pytest.param(
        '<img src="data:image/gif;base64,AA" data-src="real.jpg"><noscript><img src="real.jpg"></noscript>',
        [f"image {PAGE}real.jpg"],
        id="a lazy image and its twin",
    ),
    pytest.param(
        '<img src="640.jpg" srcset="300.jpg 300w, 640.jpg 640w, 2048.jpg 2048w" sizes="(max-width: 9px) 9px, 640px">',
        [f"image {PAGE}640.jpg"],
        id="the size its place takes",
    ),
    pytest.param(
        '<img src="full.jpg" srcset="300.jpg 300w, 1024.jpg 1024w, 1536.jpg 1536w">',
        [f"image {PAGE}full.jpg", f"image {PAGE}1536.jpg"],
        id="the size that fills a screen",
    ),
    pytest.param(
        '<picture><source type="image/webp" srcset="a.webp, a@2x.webp 2x"><img src="a.jpg"></picture>',
        [f"image {PAGE}a.webp", f"image {PAGE}a.jpg"],
        id="a picture in two formats",
    ),
    pytest.param('<img width="1" height="1" src="https://count.example/?p=1">', [], id="a tracking pixel"),
    pytest.param('<img src=""><img><body><input type=image>', [], id="nothing named"),
    pytest.param('<link rel="stylesheet" href="s.css?ver=3">', [f"stylesheet {PAGE}s.css?ver=3"], id="a style sheet"),
    pytest.param('<link rel="alternate stylesheet" href="s.css">', [], id="one nobody sees"),
    pytest.param(
        '<link rel="icon" href="/i.png"><link rel="shortcut icon" href="/f.ico"><link rel=preconnect href=//x.example>',
        ["icon https://blog.example/i.png", "icon https://blog.example/f.ico"],
        id="icons",
    ),
    pytest.param(
        '<link rel=preload as=font href="f.woff2"><link rel=preload as=script href="s.js"><script src="s.js"></script>',
        [f"font {PAGE}f.woff2"],
        id="no script",
    ),
    pytest.param('<video poster="p.jpg" src="film.mp4">', [f"image {PAGE}p.jpg"], id="a poster, not the film"),
    pytest.param('<use xlink:href="icons.svg#mail"/>', [f"image {PAGE}icons.svg"], id="a drawing used again"),
    pytest.param(
        '<base href="/assets/"><img src="a.png">', ["image https://blog.example/assets/a.png"], id="a base of its own"
    ),
    pytest.param(
        '<base href="https://evil.example/"><img src="a.png">', [f"image {PAGE}a.png"], id="another host's base"
    ),
    pytest.param(
        "<style>@import 'b.css'; p { background: url(p.png) }</style><p style=\"background:url('q.png')\">",
        [f"stylesheet {PAGE}b.css", f"image {PAGE}p.png", f"image {PAGE}q.png"],
        id="styles in the page",
    ),
    pytest.param(
        "<!-- <img src=a.png> --><script>x='<img src=\"b.png\">'</script><template><img src=c.png></template>"
        '<textarea><img src="d.png"></textarea><!--[if IE]><link rel=stylesheet href=e.css><![endif]-->',
        [],
        id="markup that is none",
    ),
    pytest.param('<img src="javascript:x"><img src="mailto:a@b"><img src="http://[">', [], id="no addresses"),
]


@pytest.mark.parametrize(("markup", "wanted"), NAMED)
def test_a_page_names_what_it_needs(markup: str, wanted: list[str]) -> None:
    assert [f"{each.role} {each.url}" for each in page_requisites(markup, PAGE)] == wanted


def test_every_size_and_format_is_named_when_asked_for() -> None:
    markup = (
        '<img src="a-640.jpg" data-orig-file="a.jpg" srcset="a-300.jpg 300w, a-640.jpg 640w">'
        "<style>@font-face { src: url(f.eot); src: url(f.woff2) format('woff2'), url(f.ttf) }</style>"
    )
    shown = [each.url.removeprefix(PAGE) for each in page_requisites(markup, PAGE)]
    every = [each.url.removeprefix(PAGE) for each in page_requisites(markup, PAGE, every=True)]
    assert shown == ["a-640.jpg", "f.woff2"]
    assert every == ["a-640.jpg", "a-300.jpg", "a.jpg", "f.eot", "f.woff2", "f.ttf"]


def test_a_style_sheet_names_what_it_needs_relative_to_itself() -> None:
    css = """
        @charset "utf-8"; @import url("../base/reset.css") screen; @import 'print.css' print;
        /* @import "no.css"; */ .logo::after { content: "url(no.png)"; background: URL( '../logo (1).png' ) }
        @font-face { font-family: Dock; src: url(dock.eot?#iefix), url("dock.woff") }
        a { cursor: url(data:image/png;base64,AA), url(hand\\.cur), auto }
    """
    found = [f"{each.role} {each.url}" for each in style_requisites(css, "https://blog.example/theme/css/style.css")]
    assert found == [
        "stylesheet https://blog.example/theme/base/reset.css",
        "stylesheet https://blog.example/theme/css/print.css",
        "image https://blog.example/theme/logo%20(1).png",
        "font https://blog.example/theme/css/dock.woff",
        "image https://blog.example/theme/css/hand.cur",
    ]


def test_addresses_are_replaced_where_they_stand() -> None:
    css = "@import 'a.css' print; p { background: red url(b.png) /* url(c.png) */; content: 'url(d.png)' }"
    assert with_links(css, lambda address, is_import: f'new "{address}') == (
        '@import url("new \\22 a.css") print; '
        "p { background: red url(\"new \\22 b.png\") /* url(c.png) */; content: 'url(d.png)' }"
    )


@given(st.text(alphabet="""url(@import)"'\\ /*;{}-ax.\n""", max_size=60))
def test_any_style_sheet_keeps_no_address_but_ours(css: str) -> None:
    replaced = with_links(css, lambda address, is_import: "data:,")
    assert {address for address, _ in iter_links(replaced)} <= {"data:,"}


def test_an_image_set_into_the_page_is_not_kept_in_memory() -> None:
    long = "A" * 1_000_000
    pages = (f"<img src='data:,{n}{long}'><p style='background:url(data:,{n}{long})'>" for n in range(20))
    tracemalloc.start()
    for page in pages:
        assert page_requisites(page, PAGE) == []
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 5_000_000


TRAPS = [
    pytest.param("<img src=x{}.png>", id="images without end"),
    pytest.param("<style>p{{background:url({}.png)}}</style>", id="backgrounds without end"),
]


@pytest.mark.parametrize("line", TRAPS)
def test_a_page_that_names_without_end_is_cut_short(line: str) -> None:
    assert len(page_requisites("".join(line.format(n) for n in range(3 * MOST)), PAGE)) == MOST


HEAVY = {
    "tags left open": "<img " * 100_000,
    "quotes left open": '<img src="' * 50_001,
    "comments left open": "<!--" * 100_000,
    "scripts left open": "<script>" * 50_000,
    "styles left open": "<style>" * 50_000,
    "a long name": "<img " + "a" * 500_000 + ">",
    "a set of blanks": "<img srcset='" + " " * 500_000 + "'>",
    "urls left open": "<style>" + "url('\\'" * 50_000 + "</style>",
    "strings left open": "<style>" + "'\\" * 100_000 + "url(",
}


@pytest.mark.parametrize("markup", HEAVY.values(), ids=HEAVY.keys())
def test_no_markup_takes_long(markup: str) -> None:
    began = time.process_time()
    page_requisites(markup, PAGE, every=True)
    assert time.process_time() - began < 2
