"""Where an article is from, read from whole pages in markup that no known theme wrote: from bytes to the reading."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from archive.model import Reading
from crawler.profiles import load_profile
from crawler.reading import read_bytes

URL = "https://harborcouncil.example/quiet-vote/"
PARAGRAPH = (
    "<p>The committee heard that the number of permits had fallen again this year, although nobody could say why, and "
    "the mayor promised to look into the matter before the end of the month, as residents had asked her to do.</p>"
)
TEXT = PARAGRAPH * 4


class Repost(NamedTuple):
    body: str
    outlet: str
    authors: tuple[str, ...] = ()
    on: str | None = None
    language: str = "en"


REPOSTS = {
    "a table of labels and values": Repost(
        "<table><tr><td>Source</td><td>Huron Valley Courier</td></tr><tr><td>Author</td><td>Dana Whitlow</td></tr>"
        f"<tr><td>Date</td><td>August 17, 2021</td></tr></table>{TEXT}",
        "Huron Valley Courier",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "a list of definitions": Repost(
        "<dl><dt>Publication</dt><dd>The Detroit News</dd><dt>Written by</dt><dd>Dana Whitlow</dd><dt>Published</dt>"
        f"<dd>August 17, 2021</dd></dl>{TEXT}",
        "The Detroit News",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "definitions with colons, an outlet no file knows": Repost(
        "<dl><dt>Outlet:</dt><dd>Marlow Ledger</dd><dt>Author:</dt><dd>Dana Whitlow</dd><dt>Date:</dt>"
        f"<dd>Aug. 17, 2021</dd></dl>{TEXT}",
        "Marlow Ledger",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "widgets of a page builder": Repost(
        '<div class="elementor-element elementor-widget-heading"><div class="elementor-widget-container">'
        '<h5 class="elementor-heading-title">Automotive News</h5></div></div><div class="elementor-element '
        'elementor-widget-text-editor"><div class="elementor-widget-container"><span>August 17, 2021</span></div></div>'
        '<div class="elementor-element elementor-widget-text-editor"><div class="elementor-widget-container">'
        f"<p>Dana Whitlow</p></div></div>{TEXT}",
        "Automotive News",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "no-break spaces": Repost(
        f"<p>Crain’s&nbsp;Detroit&nbsp;Business&nbsp;&nbsp;|&nbsp;Aug.&nbsp;17,&nbsp;2021&nbsp;|&nbsp;Dana&nbsp;Whitlow</p>{TEXT}",
        "Crain’s Detroit Business",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "zero-width spaces and soft hyphens": Repost(
        f"<p>Bridge\u200b Michigan<br>\u200bAug\u00ad. 17, 2021<br>Dana\u200b Whitlow</p>{TEXT}",
        "Bridge Michigan",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "line breaks without end, no year": Repost(
        f"<p><br><br>MLive<br><br><br>August 17<br><br>By Dana Whitlow<br><br></p>{TEXT}",
        "MLive",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "the outlet last": Repost(
        f"<p>Dana Whitlow</p><p>August 17, 2021</p><p>Detroit Free Press</p>{TEXT}",
        "Detroit Free Press",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "a logo whose alternative text says so": Repost(
        '<p><a href="https://www.freep.com/story/x"><img src="/l.png" alt="Detroit Free Press logo"></a></p>'
        f"<p>August 17, 2021</p><p>By Dana Whitlow</p>{TEXT}",
        "Detroit Free Press",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "spans within spans": Repost(
        "<p><span><span><b>Wall Street Journal</b></span></span></p><p><span><span>August 17, 2021</span></span></p>"
        f"<p><span>Dana <span>Whitlow</span></span></p>{TEXT}",
        "The Wall Street Journal",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "signed off at the foot": Repost(
        f"{TEXT}<p>— Dana Whitlow, The Detroit News, Aug. 17, 2021</p>",
        "The Detroit News",
        ("Dana Whitlow",),
        "2021-08-17",
    ),
    "an editor's note with the author's office": Repost(
        "<p><i>Editor’s note: This op-ed by Council director Maria Holt first ran in the Lansing State Journal on "
        f"Aug. 17, 2021.</i></p>{TEXT}",
        "Lansing State Journal",
        ("Maria Holt",),
        "2021-08-17",
    ),
    "the kind of piece before the outlet": Repost(
        f"<p>Feature: Car and Driver, August 17, 2021</p>{TEXT}", "Car and Driver", (), "2021-08-17"
    ),
    "a guest column": Repost(
        f"<p>Guest Column: The Detroit News</p><p>August 17, 2021</p><p>By Maria Holt</p>{TEXT}",
        "The Detroit News",
        ("Maria Holt",),
        "2021-08-17",
    ),
    "a copyright line that gives permission": Repost(
        f"{TEXT}<p>© 2021 The Washington Post. Reprinted with permission.</p>", "The Washington Post"
    ),
    "an outlet no file knows, in a sentence": Repost(
        f"{TEXT}<p>This article was originally published in the Marlow Valley Beacon on August 17, 2021.</p>",
        "Marlow Valley Beacon",
        (),
        "2021-08-17",
    ),
    "originally for, glued to the name": Repost(
        f"<p>Dana Whitloworiginally for Dome Magazine</p>{TEXT}", "Dome Magazine", ("Dana Whitlow",)
    ),
    "a sentence behind Jr.": Repost(
        f"{TEXT}<p>First published in WardsAuto on August 17, 2021, by Omar Reyes Jr. Reprinted with permission.</p>",
        "WardsAuto",
        ("Omar Reyes Jr.",),
        "2021-08-17",
    ),
    "the blog's own day beside a line of republication": Repost(
        f"<p>August 19, 2021</p><p>Odile Warrington, Wayne State University</p>{TEXT}"
        "<p>This article is republished from The Conversation under a Creative Commons license.</p>",
        "The Conversation",
        ("Odile Warrington",),
    ),
    "Spanish": Repost(
        f"<p>Artículo de Lucía Peralta publicado en El Mundo el 17 de agosto de 2021</p>{TEXT}",
        "El Mundo",
        ("Lucía Peralta",),
        "2021-08-17",
        "es",
    ),
    "French": Repost(
        f"<p>Le Monde – 17 août 2021 – par Claire Dubois</p>{TEXT}", "Le Monde", ("Claire Dubois",), "2021-08-17", "fr"
    ),
    "German": Repost(
        f"{TEXT}<p>Dieser Beitrag erschien zuerst am 17.08.2021 in der Frankfurter Rundschau.</p>",
        "Frankfurter Rundschau",
        (),
        "2021-08-17",
        "de",
    ),
    "Italian": Repost(
        f"<p>di Carla Rossi – Corriere della Sera, 17 agosto 2021</p>{TEXT}",
        "Corriere della Sera",
        ("Carla Rossi",),
        "2021-08-17",
        "it",
    ),
    "Portuguese": Repost(
        f"<p>Folha de S.Paulo, 17 de agosto de 2021. Por Ana Lima</p>{TEXT}",
        "Folha de S.Paulo",
        ("Ana Lima",),
        "2021-08-17",
        "pt",
    ),
}

NOT_REPOSTS = {
    "congratulations to somebody featured": "<p>Congratulations to our member Dana Whitlow, featured in Crain’s "
    f"Detroit Business on August 17, 2021!</p>{TEXT}",
    "an event": "<p>When: Tuesday, August 24, 2021, 6–8 p.m.</p><p>Where: Detroit News Hall, 1 Harbor St.</p>"
    f"<p>Register: https://tickets.example/</p>{TEXT}",
    "references": f"{TEXT}<p>References</p><ul><li>The Detroit News, “Permits,” Aug. 1, 2021</li>"
    "<li>Bridge Michigan, “Harbors,” July 2, 2021</li></ul>",
    "as seen in": f"{TEXT}<p>As seen in Forbes, CNN and The New York Times.</p>",
    "where the author's work has appeared": f"{TEXT}<p>Dana Whitlow is a writer whose work has appeared in "
    "The Atlantic, Wired and the Detroit Free Press.</p>",
    "an older post of one's own": "<p>This post was originally published on our blog on August 17, 2019.</p>" + TEXT,
    "a photo of the press": "<figure><img src='a.jpg'><figcaption>Photo courtesy of Bridge Michigan</figcaption>"
    f"</figure>{TEXT}",
    "a picture of a front page": "<p>Beitragsbild: Titelseite der FAZ vom 17.8.2021.</p>" + TEXT,
    "the headline again as a link": "<p><a href='/quiet-vote/'>Quiet Vote on Harbor Permits in Town</a></p>"
    f"<p>August 18, 2021</p><p>Dana Whitlow</p>{TEXT}",
    "the blog's own byline and day": f"<p>August 17, 2021</p><p>Dana Whitlow</p>{TEXT}",
    "a writer of the house": f"<p>By Dana Whitlow | Staff Writer</p>{TEXT}",
    "a table of an event": "<table><tr><td>Date</td><td>August 24, 2021</td></tr><tr><td>Venue</td>"
    f"<td>Harbor Hall</td></tr></table>{TEXT}",
}


def page(body: str, language: str = "en") -> bytes:
    title = "Quiet Vote on Harbor Permits in Town"
    return f"""<!DOCTYPE html><html lang="{language}"><head><title>{title} - Harbor Council</title>
<meta property="article:published_time" content="2021-08-19T12:00:00+00:00">
<meta property="og:site_name" content="Harbor Council"></head><body class="single single-post"><main>
<article class="post type-post hentry"><h1 class="entry-title">{title}</h1>
<div class="entry-meta"><a rel="author" href="/author/web/">Web Team</a></div>
<div class="entry-content">{body}</div></article></main></body></html>""".encode()


def reading_of(body: str, language: str = "en") -> Reading:
    return read_bytes(page(body, language), URL, load_profile(URL)).reading


@pytest.mark.parametrize("case", REPOSTS.values(), ids=REPOSTS.keys())
def test_a_repost_is_read_whole(case: Repost) -> None:
    reading = reading_of(case.body, case.language)
    assert (reading.kind, reading.outlet) == ("repost", case.outlet)
    assert (reading.authors, reading.original_on) == (case.authors, case.on)


@pytest.mark.parametrize("body", NOT_REPOSTS.values(), ids=NOT_REPOSTS.keys())
def test_nothing_is_claimed_of_a_post_of_ones_own(body: str) -> None:
    reading = reading_of(body)
    assert reading.kind != "repost"
    assert (reading.outlet, reading.authors, reading.original_on) == (None, (), None)
