"""Any bytes become a page or one named error: charsets, bombs, rubbish."""

import time
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.charset import to_utf8
from crawler.markup import COUNTED_BYTES, MAX_DEPTH, Reason
from crawler.page_limits import DEFAULT_LIMITS, PageLimits
from crawler.pages import UnreadablePageError, page_kind, parse_page, read_links, read_post

URL = "https://blog.example/a-post/"
UMLAUT = "<html><body><p>Süddeutsche “Zeitung”</p></body></html>"


def words(body: bytes, content_type: str | None = None) -> str:
    return "".join(parse_page(body, url=URL, content_type=content_type).tree.itertext()).strip()


CHARSETS = [
    pytest.param(UMLAUT.encode(), None, id="utf-8, undeclared"),
    pytest.param(UMLAUT.encode(), "text/html; charset=iso-8859-1", id="utf-8, the server says latin-1"),
    pytest.param(
        b"<meta charset=windows-1252>" + UMLAUT.encode(), "text/html;charset=UTF-8", id="utf-8, meta disagrees"
    ),
    pytest.param(
        UMLAUT.encode("utf-8-sig"), "text/html; charset=windows-1252", id="byte order mark against the header"
    ),
    pytest.param(UMLAUT.encode("utf-16"), "text/html", id="utf-16 with a mark"),
    pytest.param(UMLAUT.encode("utf-16-be"), "text/html", id="utf-16 without"),
    pytest.param(UMLAUT.encode("cp1252"), None, id="windows-1252, undeclared"),
    pytest.param(UMLAUT.encode("cp1252"), "text/html; charset=ISO-8859-1", id="windows-1252, called latin-1"),
    pytest.param(UMLAUT.encode("cp1252"), "text/html; charset=utf-8", id="windows-1252, called utf-8"),
    pytest.param(UMLAUT.encode("cp1252"), "text/html; charset=hex", id="a codec that is no charset"),
    pytest.param(
        b'<?xml version="1.0" encoding="windows-1252"?>' + UMLAUT.encode("cp1252"), None, id="XML declaration"
    ),
    pytest.param(
        UMLAUT.encode().replace("ü".encode(), b"\xfc"), "text/html; charset=utf-8", id="one byte wrong in utf-8"
    ),
    pytest.param(UMLAUT.replace("S", "S\0").encode(), None, id="NUL bytes"),
]


@pytest.mark.parametrize(("body", "content_type"), CHARSETS)
def test_words_come_out_whatever_the_charset_is_and_is_called(body: bytes, content_type: str | None) -> None:
    assert words(body, content_type) == "Süddeutsche “Zeitung”"


OTHER_ALPHABETS = [
    pytest.param("<meta charset=shift_jis><p>デトロイトの工場", "cp932", None, id="Shift_JIS"),
    pytest.param("<p>デトロイトの工場", "iso2022_jp", "text/html; charset=ISO-2022-JP", id="ISO-2022-JP"),
    pytest.param('<html lang="ru"><p>Завод в Детройте', "cp1251", None, id="Russian, undeclared"),
]


@pytest.mark.parametrize(("markup", "charset", "content_type"), OTHER_ALPHABETS)
def test_other_alphabets_are_read(markup: str, charset: str, content_type: str | None) -> None:
    assert words(markup.encode(charset), content_type) == markup.rpartition(">")[2]


UNREADABLE = [
    pytest.param(b"", None, "empty", id="nothing"),
    pytest.param(b" \n\t", None, "empty", id="white space"),
    pytest.param(b"<!-- only this -->", None, "empty", id="a comment"),
    pytest.param(b"%PDF-1.4 <html>", "text/html", "not-html", id="PDF served as HTML"),
    pytest.param(b"\x89PNG\r\n\x1a\n<", None, "not-html", id="PNG"),
    pytest.param(b'{"id": 4, "content": "<p>x</p>"}', "text/html", "not-html", id="JSON"),
    pytest.param(b"<p>x</p>", "application/json", "not-html", id="by its type"),
    pytest.param(b'<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>', "text/xml", "not-html", id="feed"),
    pytest.param(b"just words", "text/html", "not-html", id="text without a tag"),
    pytest.param(b"<div>" * 100_000, None, "too-nested", id="100,000 levels"),
    pytest.param(b"<p " + b" ".join(b"a%d" % n for n in range(100_000)) + b">", None, "too-many-attributes", id="bomb"),
    pytest.param(b"</p " + b"a " * 60_000 + b">", None, "too-many-attributes", id="bomb in an end tag"),
    pytest.param(b"<!--><p " + b"a " * 60_000 + b">-->", None, "too-many-attributes", id="bomb behind a short comment"),
    pytest.param(b"<p a='>' " + b"b='>' " * 30_000 + b">", None, "too-many-attributes", id="bomb of quoted signs"),
]


@pytest.mark.parametrize(("body", "content_type", "reason"), UNREADABLE)
def test_what_is_no_page_says_why(body: bytes, content_type: str | None, reason: str) -> None:
    started = time.process_time()
    with pytest.raises(UnreadablePageError) as failure:
        parse_page(body, url=URL, content_type=content_type)
    assert (failure.value.reason, failure.value.url) == (reason, URL)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "body", [b"<p>" + b"x" * DEFAULT_LIMITS.bytes, b"<br>" * (DEFAULT_LIMITS.tags + 1)], ids=["bytes", "tags"]
)
def test_a_page_over_a_limit_is_too_large(body: bytes) -> None:
    with pytest.raises(UnreadablePageError, match="too-large"):
        parse_page(body, url=URL)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        pytest.param(PageLimits(bytes=20), "too-large", id="bytes"),
        pytest.param(PageLimits(tags=3), "too-large", id="tags"),
        pytest.param(PageLimits(attributes=1), "too-many-attributes", id="attributes"),
    ],
)
def test_the_limits_of_a_page_can_be_set(limits: PageLimits, reason: Reason) -> None:
    body = b"<p><b id=a class=c>One</b> and two</p>" + b" " * COUNTED_BYTES
    assert parse_page(body, url=URL)
    with pytest.raises(UnreadablePageError) as failure:
        parse_page(body, url=URL, limits=limits)
    assert failure.value.reason == reason


def test_what_follows_an_embedded_film_is_not_inside_it() -> None:
    page = parse_page(b'<p>before</p><embed src="film.swf"><p>after</p>', url=URL)
    assert [paragraph.getparent().tag for paragraph in page.tree.iter("p")] == ["body", "body"]


HARMLESS = [
    pytest.param(
        b"<p " + b"a " * DEFAULT_LIMITS.attributes + b">" + b" " * COUNTED_BYTES + b"x",
        id="just as many attributes as allowed",
    ),
    pytest.param(b"<script>if (a <b" + b" b" * 60_000 + b") {}</script><p>x", id="a script is no tag"),
    pytest.param(b"<!-- <p " + b"a " * 60_000 + b"> --><p>x", id="nor is a comment"),
    pytest.param(b"<p title='" + b"a " * 60_000 + b"'>x", id="nor a long value"),
]


@pytest.mark.parametrize("body", HARMLESS)
def test_a_page_with_much_on_it_is_no_bomb(body: bytes) -> None:
    assert words(body).endswith("x")


def test_one_attribute_more_than_allowed_is_too_many() -> None:
    page = b"<p " + b"a " * (DEFAULT_LIMITS.attributes + 1) + b">" + b" " * COUNTED_BYTES + b"x"
    with pytest.raises(UnreadablePageError, match="too-many-attributes"):
        parse_page(page, url=URL)


def test_a_short_page_is_read_however_many_attributes_a_tag_has() -> None:
    assert words(b"<p " + b" ".join(b"a%d" % n for n in range(5_000)) + b">x") == "x"


AWKWARD = [
    b"<a/b=" * 50_000,
    b"<" * 200_000,
    b"<!-" * 50_000,
    b"<a b='" * 20_000,
    b"<script>" * 20_000,
    b"</scrip" * 50_000,
]


@pytest.mark.parametrize("body", AWKWARD)
def test_no_markup_makes_the_look_for_bombs_slow(body: bytes) -> None:
    started = time.process_time()
    try:
        parse_page(body, url=URL)
    except UnreadablePageError:
        pass
    assert time.process_time() - started < 2


CROWDS = [
    pytest.param("<p class='entry-content posted-on byline author vcard'>x</p>", id="every line a theme's"),
    pytest.param("<div class='entry-content'>xy</div>", id="every block a body"),
    pytest.param("<h1>a</h1>", id="every block a headline"),
    pytest.param("<a rel='category tag author' href='/category/x/'>a</a>", id="every word a category"),
    pytest.param("<figure><img src=/a.jpg><figcaption>photo by photo: (A / B </figcaption></figure>", id="captions"),
    pytest.param("<div class=c><a href=/>x</a></div>", id="cards"),
    pytest.param("<nav class=breadcrumb>a > b</nav>", id="breadcrumbs"),
    pytest.param("a<br>", id="breaks"),
]


@pytest.mark.parametrize("crowd", CROWDS)
def test_reading_takes_time_in_proportion_to_the_page(crowd: str) -> None:
    def cost_s(times: int) -> float:
        page = parse_page(("<div>" * 100 + crowd * times).encode(), url=URL)
        started = time.process_time()
        read_post(page)
        return time.process_time() - started

    assert min(cost_s(2000) for _ in range(2)) < 16 * min(cost_s(500) for _ in range(3))


SCRAPS = st.text(max_size=8) | st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<div class='entry-content'>",
            "</div>",
            "<article>",
            "<h1>",
            "</h1>",
            "<br>",
            "<table><tr><td>",
        ),
        *(
            "<a href='/x' rel='category tag'>",
            "<time datetime='0000-00-00'>",
            "<base href='//evil.example/'>",
            "<form>",
        ),
        *("<link rel=canonical href=':'>", "<script type='application/ld+json'>", "</script>", '{"@type":"Article",'),
        *(
            '"author": [{}]}',
            "<img src=data:, srcset=',, 3x'>",
            "<noscript>",
            "&#0;",
            "&nbsp;",
            "\x00",
            "\ud7ff",
            "<!--",
        ),
        *("-->", "<body class='postid-99999999999999999999 single'>", "<meta property='og:title' content='a - b'>"),
        *(
            "<html lang='_'>",
            "<title>",
            "</title>",
            "<nav class=breadcrumb>",
            "a > b",
            "March 5, 2024",
            "<li>",
            "<aside>",
        ),
    ]
)


def test_a_refused_page_does_not_tell_on_the_next() -> None:
    with pytest.raises(UnreadablePageError, match="too-nested"):
        parse_page(b"<div>" * 300 + b"Dredging begins.", url=URL)
    assert read_post(parse_page(b"<p>Dredging begins.", url=URL)).text == "Dredging begins."


def test_a_form_feed_is_a_space() -> None:
    page = parse_page(b"Harbor\x0cNotes <title>Harbor\x0cNotes</title>\x0c<p>Dredging\x0cbegins.", url=URL)
    assert read_post(page).text == "Harbor Notes\nDredging begins."


@given(
    st.lists(SCRAPS, max_size=40).map(lambda scraps: " ".join(scraps).encode("utf-8", "replace"))
    | st.binary(max_size=200)
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_read_or_refused_by_name(body: bytes) -> None:
    try:
        page = parse_page(body, url=URL)
    except UnreadablePageError:
        return
    post = read_post(page)
    assert post.url
    assert "<script" not in post.html
    assert post.words == len(post.text.split())
    assert page_kind(page) in ("post", "listing", "page", "other")
    assert all(link.href.startswith("http") for link in read_links(page))


@given(st.binary(max_size=300), st.none() | st.text(max_size=30).map("text/html; charset={}".format))
@settings(max_examples=300, deadline=None)
def test_any_bytes_in_any_charset_become_text(body: bytes, content_type: str | None) -> None:
    markup, _ = to_utf8(body, content_type)
    assert "\0" not in markup.decode("utf-8")


def test_the_documentation_lists_every_reason_and_limit() -> None:
    document = (Path(__file__).parents[2] / "docs" / "reading-pages.md").read_text("utf-8")
    limits = (
        f"{limit:,}" for limit in (DEFAULT_LIMITS.bytes, DEFAULT_LIMITS.tags, MAX_DEPTH, DEFAULT_LIMITS.attributes)
    )
    assert [
        words for words in (*(f"`{reason}`" for reason in get_args(Reason)), *limits) if words not in document
    ] == []
