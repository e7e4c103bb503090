"""Lines as a reader sees them, across every markup an editor produces."""

import time

import pytest
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring, fragment_fromstring

from archive.model import Line
from archive.provenance.lines import fold_space, read_lines

BASE = "https://blog.example/a-post/"


def lines_of(markup: str) -> list[Line]:
    return read_lines(fragment_fromstring(f"<div>{markup}</div>"), zone="content", base_url=BASE)


def texts(markup: str) -> list[str]:
    return [line.text for line in lines_of(markup)]


BLOCK = ["The Detroit News", "Aug. 17, 2021", "Vince Golle"]

MARKUPS = [
    pytest.param("<p>The Detroit News<br />Aug. 17, 2021<br>Vince Golle</p>", id="breaks"),
    pytest.param("<p>The Detroit News</p><p>Aug. 17, 2021</p><p>Vince Golle</p>", id="paragraphs"),
    pytest.param("<h4>The Detroit News</h4><p>Aug. 17, 2021<br>\n Vince Golle</p>", id="heading"),
    pytest.param(
        "<div><div>The Detroit News</div><div>Aug. 17, 2021</div>Vince Golle</div>", id="div soup with a tail"
    ),
    pytest.param(
        "<table><tr><td>The Detroit News<td>Aug. 17, 2021<tr><td>Vince Golle</table>", id="table, tags left open"
    ),
    pytest.param("<ul><li>The Detroit News<li>Aug. 17, 2021<li>Vince Golle</ul>", id="list"),
    pytest.param(
        '<div class="wp-block-columns"><div class="wp-block-column"><p>The Detroit News</p></div>'
        '<div class="wp-block-column"><p>Aug. 17, 2021</p><p>Vince Golle</p></div></div>',
        id="columns",
    ),
    pytest.param(
        "<p>The&nbsp;Detroit News<br>Aug.&#8239;17, 2021<br>Vince&#8203; Gol&shy;le</p><p>&nbsp;</p>", id="spaces"
    ),
    pytest.param(
        "<p><b>The</b> <b>Detroit</b> News<br><span><span>Aug. 17, </span>2021</span><br><em>Vince Golle</em>",
        id="spans",
    ),
    pytest.param(
        "<blockquote><p>The Detroit News</p>Aug. 17, 2021<footer>Vince Golle</footer></blockquote>", id="quote"
    ),
    pytest.param("<p>The Detroit News<!-- x --><br>Aug. <!-- y -->17, 2021<br>Vince Golle</p>", id="comments"),
    pytest.param("<pre>The Detroit News\nAug. 17, 2021\n\nVince Golle</pre>", id="preformatted"),
    pytest.param(
        '<i style="display: block">The Detroit News</i><i style="display:block">Aug. 17, 2021</i>Vince Golle',
        id="inline tags set as blocks",
    ),
    pytest.param(
        '<div><span class="posted-by">The Detroit News</span>'
        '<span class="posted-on"><span class="sr-only">Posted on</span><time>Aug. 17, 2021</time></span>'
        '<span class="byline">Vince <a href="/x">Golle</a></span></div>',
        id="a theme's glued spans",
    ),
]


@pytest.mark.parametrize("markup", MARKUPS)
def test_three_lines_are_three_lines_in_every_markup(markup: str) -> None:
    assert texts(markup) == BLOCK


def test_words_glued_by_the_editor_stay_glued() -> None:
    assert texts("<p>August 18, 2021<strong>The Detroit News</strong> Aug. 17</p>") == [
        "August 18, 2021The Detroit News Aug. 17"
    ]


HIDDEN = [
    pytest.param('<p hidden="">x</p>', id="attribute"),
    pytest.param('<p style="color:red; display : none">x</p>', id="display none"),
    pytest.param('<p style="visibility:hidden">x</p>', id="visibility"),
    pytest.param('<span class="screen-reader-text">x</span>', id="screen readers only"),
    pytest.param('<span aria-hidden="true">x</span>', id="aria-hidden"),
    pytest.param(
        '<time class="published">y</time><time class="updated">x</time>', id="second day of WordPress' own themes"
    ),
    pytest.param("<script>x</script>", id="script"),
    pytest.param("<style>x</style>", id="style"),
    pytest.param("<noscript><p>x</p></noscript>", id="noscript"),
    pytest.param("<template><p>x</p></template>", id="template"),
    pytest.param("<svg><text>x</text></svg>", id="svg"),
    pytest.param("<button>x</button>", id="button"),
]


@pytest.mark.parametrize("markup", HIDDEN)
def test_what_cannot_be_seen_is_no_line_but_what_follows_it_is(markup: str) -> None:
    assert texts(f"{markup} after") in (["after"], ["y after"])


def test_a_block_hidden_on_phones_only_is_seen() -> None:
    assert texts('<p class="hidden md:block">seen</p><p class="d-none d-md-block">seen too</p>') == ["seen", "seen too"]


def test_a_line_knows_its_heading_level_block_and_place() -> None:
    first, second, third = lines_of('<h3 class="Outlet">Crain’s</h3><p class="source">May 2<br>Ann Lee</p>')
    assert (first.element, first.level, first.classes, first.where) == ("h3", 3, "outlet", "content/h3[1]")
    assert (second.block, third.block) == (1, 1)
    assert (second.where, third.where) == ("content/p[1]", "content/p[1]/br[1]")
    assert third.classes == "source"


def test_where_counts_elements_of_one_tag_among_their_siblings() -> None:
    assert [line.where for line in lines_of("<p>a</p><div><p>b</p></div><p>c</p>d")] == [
        "content/p[1]",
        "content/div[1]/p[1]",
        "content/p[2]",
        "content",
    ]


WEIGHTS = [
    pytest.param("<p><b>All</b> <strong>of it</strong></p>", True, id="two elements"),
    pytest.param("<p><b>Part</b> of it</p>", False, id="part"),
    pytest.param('<p style="font-weight: 700">All</p>', True, id="style"),
    pytest.param('<p><b><span style="font-weight: 400;">Not</span></b></p>', False, id="style against the tag"),
    pytest.param("<strong><p>Around</p></strong>", True, id="around the block"),
    pytest.param("<h4>Heading</h4>", False, id="headings do not count"),
]


@pytest.mark.parametrize(("markup", "bold"), WEIGHTS)
def test_a_line_is_bold_when_every_word_is(markup: str, bold: bool) -> None:
    assert [line.bold for line in lines_of(markup)] == [bold]


def test_links_keep_their_address_and_words_on_each_line_they_cover() -> None:
    first, second = lines_of(
        '<p>From <a href="../x?y=1">The <i>Free</i><br>Press</a>, <a href="mailto:a@b">mail</a></p>'
    )
    assert [(link.href, link.text) for link in first.links] == [("https://blog.example/x?y=1", "The Free")]
    assert [(link.href, link.text) for link in second.links] == [("https://blog.example/x?y=1", "Press")]


def test_a_linked_logo_gives_its_alternative_text_as_a_line() -> None:
    (logo, date) = lines_of(
        '<p><a href="https://www.freep.com/s"><img src="l.png" alt="Detroit Free Press"></a> March 2, 2020</p>'
    )
    assert (logo.text, logo.alt, logo.element, logo.links[0].href) == (
        "Detroit Free Press",
        True,
        "img",
        "https://www.freep.com/s",
    )
    assert (date.text, date.alt) == ("March 2, 2020", False)


ORNAMENTS = [
    pytest.param('<img alt="">', id="empty alt"),
    pytest.param('<img alt="" title="charger">', id="title beside an empty alt"),
    pytest.param('<img class="emoji" alt="smile">', id="emoji"),
    pytest.param('<img width="1" height="1" alt="statistics">', id="tracking pixel"),
    pytest.param('<img alt="IMG_2034">', id="camera's name"),
    pytest.param('<img alt="press-line.jpg">', id="file name"),
]


@pytest.mark.parametrize("markup", ORNAMENTS)
def test_an_ornament_has_no_line(markup: str) -> None:
    assert texts(f"<p>{markup}</p>") == []


def test_captions_quotes_lists_and_cells_are_marked() -> None:
    caption, quote, item, cell = lines_of(
        "<figure><figcaption>Photo: X</figcaption></figure><blockquote><p>q</p></blockquote>"
        "<ul><li>i</li></ul><table><tr><td>c"
    )
    assert (caption.caption, quote.quoted, item.listed, cell.listed) == (True, True, True, True)
    assert (caption.quoted, quote.listed, item.caption, cell.quoted) == (False, False, False, False)


def test_classes_name_the_inline_element_around_a_whole_line_and_the_blocks_around_it() -> None:
    (line,) = lines_of('<div class="Meta"><p class="info"><span class="by">by <a class="url">Jo</a></span></p></div>')
    assert line.classes == "by info meta"


def test_control_and_direction_characters_do_not_print() -> None:
    assert fold_space("a\u202eb\x1b[31mc\ufeff \u00a0 d\x00") == "ab[31mc d"


def deep(levels: int) -> HtmlElement:
    root = element = fragment_fromstring("<div></div>")
    for _ in range(levels):
        element = etree.SubElement(element, "div")
    element.text = "bottom"
    return root


def test_twenty_thousand_levels_are_read_like_one() -> None:
    (line,) = read_lines(deep(20_000), zone="content", base_url=BASE)
    assert (line.text, len(line.where) < 500) == ("bottom", True)


def test_time_grows_with_the_markup_and_no_faster() -> None:
    def cost_s(size: int) -> float:
        body = document_fromstring(
            "<p class=x><b>word</b> <a href=/x>link</a><br>" * size, parser=HTMLParser(huge_tree=True)
        )
        started = time.process_time()
        read_lines(body, zone="content", base_url=BASE)
        return time.process_time() - started

    assert min(cost_s(4000) for _ in range(3)) < 12 * min(cost_s(1000) for _ in range(3))
