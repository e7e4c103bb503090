"""Whole pages of eight kinds of theme, read as a person reads them."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from archive.model import Image, Post
from crawler.pages import Page, PageKind, page_kind, parse_page, read_post

PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a careful reader notes down from one saved page."""

    name: str
    url: str
    title: str
    layout: str
    kind: PageKind
    posted_on: str | None
    first: str
    """How the body begins, line by line."""
    last: str
    between: str
    """Words from the middle of the body."""
    head: tuple[str, ...] = ()
    crumb: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()
    """Words that stand on the page, but not in the post."""
    modified_at: str | None = None
    site_author: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = "en-US"
    wordpress_id: int | None = None
    images: tuple[Image, ...] = field(default=())


UPLOADS = "wp-content/uploads"
SHOWN = [
    Shown(
        name="block-theme",
        url="https://lakeshore.example/tool-shops-weigh-a-second-shift/",
        title="Tool Shops Weigh a Second Shift",
        layout="block-theme",
        kind="post",
        posted_on="2024-10-02",
        site_author="Nell Abara",
        categories=("Media Coverage",),
        tags=("tooling", "night work"),
        wordpress_id=2041,
        head=("October 2, 2024", "by", "Nell Abara"),
        first="Bridge Michigan\nOct. 1, 2024\nInes Tabor\nOwners of small tool shops along the lake say",
        between="A night bus from the county\n“We could start on Monday, if someone drove.”\nOskar Lind, shop owner",
        last="The council will ask again in spring.\nRead the full article",
        noise=("Ferry Returns", "Leave a Reply", "We drive, call us.", "Events: May 9", "Designed with", "More posts"),
        images=(
            Image(url=f"https://lakeshore.example/{UPLOADS}/2024/10/press-line.jpg", alt="A press line"),
            Image(
                url=f"https://lakeshore.example/{UPLOADS}/2024/10/lathe-1024x683.jpg",
                alt="A lathe at night",
                caption="The night lathe in Ludington. (Mara Quist/Bridge Michigan)",
                credit="Mara Quist/Bridge Michigan",
                candidates=(
                    f"https://lakeshore.example/{UPLOADS}/2024/10/lathe-300x200.jpg",
                    f"https://lakeshore.example/{UPLOADS}/2024/10/lathe-1024x683.jpg",
                    f"https://lakeshore.example/{UPLOADS}/2024/10/lathe.jpg",
                ),
            ),
            Image(url=f"https://lakeshore.example/{UPLOADS}/2024/10/survey.pdf", role="attachment", alt="The survey"),
        ),
    ),
    Shown(
        name="classic",
        url="https://harborchamber.example/battery-plant-hires/",
        title="Battery Plant Hires Its First Hundred",
        layout="entry-content",
        kind="post",
        posted_on="2024-03-05",  # the plugin's 2024-03-06T01:30Z was the evening before, by the theme's own markup
        modified_at="2025-01-20T14:02:09Z",
        site_author="Chamber Web Team",
        categories=("In the News",),
        tags=("batteries", "jobs"),
        wordpress_id=318,
        first="The Detroit News\nMarch 5, 2024\nJan Okafor\nThe first hundred people begin work",
        between="on Monday — most of them from the next street.",
        last="Read the original article at The Detroit News.",
        noise=(
            "Print Friendly",
            "Share this",
            "Harbor Bridge",
            "web team",
            "Good news.",
            "Ferry Prices",
            "Feature: Crain",
        ),
        images=(
            Image(url=f"https://harborchamber.example/{UPLOADS}/2024/03/plant-gate-1200x600.jpg", alt="Plant gate"),
            Image(
                url=f"https://harborchamber.example/{UPLOADS}/2024/03/line-300x200.jpg",
                caption="The line on its first day. Photo courtesy of The Detroit News",
                credit="Photo courtesy of The Detroit News",
            ),
        ),
    ),
    Shown(
        name="elementor",
        url="https://autobund.example/zulieferer-suchen-fahrer/",
        title="Zulieferer suchen Fahrer",
        layout="elementor",
        kind="post",
        posted_on="2023-06-14",
        modified_at="2023-06-15T07:00:00Z",
        site_author="Redaktion Nord",
        categories=("Presseschau",),
        language="de-DE",
        wordpress_id=77,
        crumb=("Startseite", "Presseschau", "Zulieferer suchen Fahrer"),
        head=("14. Juni 2023", "Redaktion Nord"),
        first="Handelsblatt, 13. Juni 2023\nVon Ute Brandt\nWer heute Teile baut",
        between="dass jeder dritte Auftrag auf einen Fahrer wartet.",
        last="Dieser Artikel erschien zuerst im Handelsblatt.",
        noise=("Strom wird knapp", "Facebook", "Newsletter der Woche", "© 2023"),
    ),
    Shown(
        name="divi",
        url="https://roundtable.example/charging-corridor-clears-a-vote/",
        title="Charging Corridor Clears a Vote",
        layout="entry-content",
        kind="post",
        posted_on="2021-08-19",
        site_author="Dana Pell",
        categories=("Policy", "In the Press"),
        wordpress_id=5120,
        head=("by Dana Pell | Aug 19, 2021 | Policy, In the Press",),
        first="Automotive News\nAugust 18, 2021\nBy Leo Marsh\nThe corridor along the interstate",
        between="one of them drives electric.",
        last="Work begins when the snow is gone.",
        noise=("Follow", "Our magazine", "Bus Lanes", "a short word"),
        images=(
            Image(
                url=f"https://roundtable.example/{UPLOADS}/2021/08/charger.jpg",
                candidates=(
                    f"https://roundtable.example/{UPLOADS}/2021/08/charger-480x320.jpg",
                    f"https://roundtable.example/{UPLOADS}/2021/08/charger.jpg",
                ),
            ),
        ),
    ),
    Shown(
        name="beaver",
        url="https://straitsforum.example/ferry-line-turns-electric/",
        title="Ferry Line Turns Electric",
        layout="beaver",
        kind="post",
        posted_on="2022-11-04",
        site_author="Kit Moran",
        categories=("Water",),
        tags=("ferries", "batteries"),
        wordpress_id=640,
        head=("November 4, 2022 | By Kit Moran",),
        first="From MLive\nNovember 2, 2022\nThe ferry that has crossed the straits since 1961",
        between="The old engine goes to a museum",
        last="Tickets will cost what they cost now.",
        noise=("Rail Talks", "Straits Business Forum", "summer without any"),
        images=(Image(url=f"https://straitsforum.example/{UPLOADS}/2022/11/ferry.jpg", alt="The ferry in ice"),),
    ),
    Shown(
        name="agency",
        url="https://makers.example/steel-mill-tries-hydrogen/",
        title="Steel Mill Tries Hydrogen",
        layout="density",
        kind="post",
        posted_on="2022-04-12",
        categories=("Media Coverage",),
        language=None,
        crumb=("Great Lakes Makers", "Blog", "Media Coverage", "Steel Mill Tries Hydrogen"),
        head=("April 12, 2022",),
        first="Crain’s Detroit Business\nApril 11, 2022\nWen Adeyemi\nA mill on the river has run",
        between="nobody has been asked who will carry the difference.",
        last="together with a decision about the second furnace.",
        noise=("cookies", "Stay in touch", "Foundry Wins", "thirty years", "All rights", "Join"),
        images=(Image(url=f"https://makers.example/{UPLOADS}/2022/04/mill.jpg", alt="The mill at dawn"),),
    ),
    Shown(
        name="blogger",
        url="https://cuaderno.example/2010/08/vuelve-el-tren.html",
        title="Vuelve el tren de carga",
        layout="entry-content",
        kind="post",
        posted_on="2010-08-02",
        site_author="Xela Rey",
        tags=("tren", "puerto"),
        language="es",
        first="La Voz de Galicia, 1 de agosto de 2010\nEl tren de carga vuelve",
        between="aunque solo dos días por semana.",
        last="Los estibadores lo esperan con pan y con dudas.",
        noise=("Publicado por", "Etiquetas", "Ya era hora", "El País"),
        images=(Image(url="https://1.bp.example/tren-320.jpg"),),
    ),
    Shown(
        name="bare",
        url="https://mill.example/old/roll.html",
        title="Old Mill Rolls Again",
        layout="density",
        kind="other",
        posted_on=None,
        language=None,
        first="Reprinted from the Flint Journal, May 9, 2003\nThe old mill’s rollers turned on Friday",
        between="the café across the street",
        last="Photo: Flint Journal",
        noise=("Home", "Links"),
    ),
]
EACH = pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.name)


@cache
def page_of(shown: Shown) -> Page:
    return parse_page((PAGES / f"{shown.name}.html").read_bytes(), url=shown.url)


@cache
def post_of(shown: Shown) -> Post:
    return read_post(page_of(shown))


@EACH
def test_the_facts_are_those_on_the_page(shown: Shown) -> None:
    post = post_of(shown)
    fields = "title url posted_on modified_at site_author categories tags language wordpress_id layout".split()
    assert {name: getattr(post, name) for name in fields} == {name: getattr(shown, name) for name in fields}


@EACH
def test_the_body_is_whole_and_begins_and_ends_where_the_post_does(shown: Shown) -> None:
    text = post_of(shown).text
    assert text.startswith(shown.first)
    assert shown.between in text
    assert text.endswith(shown.last)


@EACH
def test_nothing_else_on_the_page_gets_into_the_post(shown: Shown) -> None:
    post = post_of(shown)
    printed = "\n".join(line.text for line in post.lines)
    assert [words for words in shown.noise if words in printed or words in post.html] == []


@EACH
def test_lines_are_breadcrumb_headline_head_and_content_in_reading_order(shown: Shown) -> None:
    post = post_of(shown)
    zones = list(dict.fromkeys(line.zone for line in post.lines))
    assert zones == [zone for zone in ("breadcrumb", "title", "head", "content") if zone in zones]
    assert " ".join(line.text for line in post.lines if line.zone == "title") == shown.title
    assert tuple(line.text for line in post.lines if line.zone == "head" and not line.alt) == shown.head


@EACH
def test_the_breadcrumb_is_read_as_printed(shown: Shown) -> None:
    printed = [line for line in post_of(shown).lines if line.zone == "breadcrumb"]
    assert bool(printed) == bool(shown.crumb)
    assert not shown.crumb or post_of(shown).breadcrumb == shown.crumb


@EACH
def test_images_have_their_real_address_and_printed_words(shown: Shown) -> None:
    assert post_of(shown).images == shown.images


@EACH
def test_a_post_is_told_from_other_pages(shown: Shown) -> None:
    assert page_kind(page_of(shown)) == shown.kind


@EACH
def test_reading_leaves_the_page_as_it_was(shown: Shown) -> None:
    assert read_post(page_of(shown)) == post_of(shown)


@EACH
def test_every_fact_names_the_signal_that_gave_it(shown: Shown) -> None:
    post = post_of(shown)
    given = {
        name
        for name in ("title", "posted_on", "modified_at", "site_author", "categories", "tags")
        if getattr(post, name)
    }
    assert given <= post.signals.keys()


def test_html_keeps_structure_and_drops_what_runs_or_names_itself() -> None:
    html = post_of(SHOWN[0]).html
    assert '<a href="https://lakeshore.example/bus-plan/" rel="noopener noreferrer nofollow">the county</a>' in html
    assert "<td>Open jobs</td><td>118</td>" in html
    assert "<figcaption>The night lathe in Ludington." in html
    assert [name for name in ("class=", "id=", "style=", "<object", "srcset") if name in html] == []


def test_html_shows_lazy_images_themselves() -> None:
    assert post_of(SHOWN[1]).html.count("<img") == 1
    assert f'src="https://harborchamber.example/{UPLOADS}/2024/03/line-300x200.jpg"' in post_of(SHOWN[1]).html
