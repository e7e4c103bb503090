"""The sample blog's posts: their layouts and labels, what changes between editions, and how themes print them."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from crawler.sample import edition_of, expected_as_jsonl, posts
from crawler.sample.blog import Options
from crawler.sample.content import SamplePost
from crawler.sample.exchange import Request
from crawler.sample.formatting import as_blocks, pages_of, plain, the_content
from crawler.sample.themes import THEMES
from crawler.sample.wordpress import WordPress

BASE = "http://blog.example/"


def by_id(edition: int) -> dict[int, SamplePost]:
    return {post.id: post for post in posts(edition)}


def page(options: Options, path: str) -> str:
    """A page without a server."""
    answer = WordPress(options, BASE).answer(Request(target=path))
    assert answer.status == 200, path
    return answer.body.decode()


# --- posts ------------------------------------------------------------------------------------------------------------

LAYOUTS = """
outlet / date / author; outlet / By / date (swapped); outlet / date, no author, heading under it;
title / date / outlet / By:; blog intro + hook; blog intro + quotes + headshots; From OUTLET / date / By;
From: OUTLET / By / date; From the OUTLET / date / By; From OUTLET / From: AUTHOR; OUTLET: DATE; DATE – OUTLET;
DATE-OUTLET without a year; DATE: OUTLET; X – Repost from OUTLET; TITLE via: OUTLET; AUTHORoriginally for OUTLET;
By X, OUTLET; author with affiliation; labelled fields; OUTLET | DATE | domain; Feature: OUTLET, DATE;
one line together; glued teaser block; outlet only as a link; outlet logo as image alt; table block; div soup;
Word spans; foot: originally appeared in; foot: Source; foot: republished with permission;
foot: read the full article at; foot: first published in; The Conversation's republication line;
ProPublica's republication line; agency dateline (AP); agency double provenance; special to the outlet;
title starts with the outlet; columnist in the title, credit above the outlet; broadcaster's programme; audio pointer;
video pointer; excerpt only; misspelt outlet; unknown small outlet; missing year; month-only date; numeric date;
two equal dates; editorial staff byline; all-caps byline; section heading where the author should be;
same article reposted twice; director's op-ed published elsewhere; own news; own post naming an outlet in its title;
own post with Name | role; own byline with job titles; own series with a sponsor line;
own series with the date in the title; recap of an interview; round-up of outlets; reading list; event notice;
press release; magazine piece with a byline; guest post; letter; testimony with a hook; interview;
repost of our own older post; very long post; gallery; PDF attachment; video embed; right-to-left title; emoji slug;
page break; no title; markup in the title
"""


def test_no_layout_has_been_lost() -> None:
    names = {name.strip() for name in LAYOUTS.split(";")}
    assert len(names) > 80
    assert not names - {post.layout for post in posts(1)}


def test_ids_and_slugs_name_one_post_each() -> None:
    for edition in (1, 2, 3):
        found = posts(edition)
        assert len({post.id for post in found}) == len({post.slug for post in found}) == len(found) >= 90


def test_posts_come_newest_first_in_the_time_of_detroit() -> None:
    moments = [post.posted_at for post in posts(1)]
    assert moments == sorted(moments, reverse=True)
    assert {str(moment.tzinfo) for moment in moments} == {"America/Detroit"}
    assert moments[-1].year == 2008


def test_every_kind_is_there() -> None:
    kinds = [post.expected.kind for post in posts(1)]
    assert kinds.count("repost") >= 60
    assert kinds.count("own") >= 25
    assert kinds.count("press_release") >= 4
    assert "other" in kinds


@pytest.mark.parametrize("language", ["es", "fr", "de", "it", "pt"])
def test_every_language_has_several_reposts(language: str) -> None:
    assert sum(p.language.startswith(language) and p.expected.kind == "repost" for p in posts(1)) >= 2


@pytest.mark.parametrize("edition", [1, 2])
def test_only_reposts_have_an_origin_and_every_repost_an_outlet(edition: int) -> None:
    for post in posts(edition):
        label = post.expected
        if label.kind == "repost":
            assert label.outlet, post.slug
            assert label.completeness in ("full", "excerpt", "pointer"), post.slug
            assert (label.original_on or "") <= post.posted_at.date().isoformat(), post.slug
        else:
            origin = (label.outlet, label.original_on, label.original_url, label.agency, label.completeness)
            assert origin == (None,) * 5, post.slug
            assert label.authors == (), post.slug


def test_what_is_expected_can_be_read_on_the_page() -> None:
    for post in posts(2):
        words = plain(f"{post.title} {the_content(post.content)}").replace("\xa0", " ").casefold()
        for name in (*post.expected.authors, post.expected.image_credit or ""):
            assert name.casefold() in words, (post.slug, name)
        assert (post.expected.original_url or "") in unescape(post.content), post.slug


def test_an_event_is_reposted_from_several_outlets_in_one_week() -> None:
    reposts = [post for post in posts(1) if "gateway plant" in post.tags]
    assert len({post.expected.outlet for post in reposts}) == 4
    assert (reposts[0].posted_at - reposts[-1].posted_at).days < 7


def test_texts_are_the_same_on_every_machine() -> None:
    foundry = by_id(1)[1102]
    assert foundry.opening.startswith("The old engine-block foundry on the lake reopened with twelve robots")
    assert foundry == by_id(2)[1102]


def test_one_post_is_longer_than_most_readers_expect() -> None:
    assert max(len(post.content) for post in posts(1)) > 200_000


def test_labels_are_one_line_a_post_with_its_address() -> None:
    labels = [json.loads(line) for line in expected_as_jsonl(2, BASE).splitlines()]
    assert [label["url"] for label in labels] == [post.url(BASE) for post in posts(2)]
    salt = next(label for label in labels if label["id"] == 2701)
    assert (salt["url"], salt["outlet"]) == ("http://blog.example/salt-season-opens/", "Detroit Free Press")
    assert (salt["original_authors"], salt["original_date"]) == (["Marta Dziedzic"], "2026-10-05")
    assert (salt["site_date"], salt["site_author"]) == ("2026-10-06", "Ruth Amberley")


# --- editions ---------------------------------------------------------------------------------------------------------


def test_the_second_edition_adds_and_removes_posts() -> None:
    before, after = by_id(1), by_id(2)
    assert after.keys() - before.keys() == set(range(2701, 2708))
    assert {before[number].slug for number in before.keys() - after.keys()} == set(edition_of(2).gone)


def test_the_second_edition_renames_the_house_in_old_posts() -> None:
    before, after = by_id(1), by_id(2)
    renamed = [number for number, post in before.items() if "HARBORauto" in post.title + post.content]
    assert len(renamed) >= 10
    for number in renamed:
        assert after[number].title == before[number].title.replace("HARBORauto", "HarborAuto")
        assert after[number].modified_at > before[number].modified_at
    assert not any("HARBORauto" in post.title + post.content for post in after.values())


EDITS = [
    pytest.param(2606, "title", True, id="title"),
    pytest.param(2505, "slug", True, id="slug"),
    pytest.param(2301, "content", True, id="text"),
    pytest.param(1403, "expected", True, id="byline"),
    pytest.param(2002, "content", False, id="text, straight in the database"),
    pytest.param(2208, "categories", False, id="category, in bulk"),
]


@pytest.mark.parametrize(("number", "field", "noticed"), EDITS)
def test_the_second_edition_edits_posts(number: int, field: str, noticed: bool) -> None:
    before, after = by_id(1)[number], by_id(2)[number]
    assert getattr(before, field) != getattr(after, field)
    assert (before.modified_at != after.modified_at) == noticed


def test_nothing_else_changes_in_the_second_edition() -> None:
    before, after = by_id(1), by_id(2)
    untouched = [n for n in before.keys() & after.keys() if before[n].modified_at == after[n].modified_at]
    changed = {n for n in untouched if (before[n].title, before[n].content) != (after[n].title, after[n].content)}
    assert changed == {2002}


def test_there_is_no_fourth_edition() -> None:
    with pytest.raises(ValueError, match="editions 1 to 3"):
        edition_of(4)


@pytest.mark.parametrize("path", ["/{slug}/", "/wp-json/wp/v2/posts/{id}", "/category/policy-advocacy/feed/"])
def test_the_third_edition_hides_where_articles_are_from(path: str) -> None:
    post = by_id(3)[2301]
    target = path.format(slug=post.slug, id=post.id)
    assert "Ingrid Pasco and Tobias Fenn" in page(Options(edition=2), target)
    assert "Ingrid Pasco and Tobias Fenn" not in page(Options(edition=3), target)


def test_the_third_edition_hides_every_block_and_nothing_else() -> None:
    blog = WordPress(Options(edition=3), BASE).blog
    for post in posts(3):
        shown, block = plain(blog.content_of(post)), plain(the_content(post.block))
        assert shown == " ".join(plain(the_content(post.content)).replace(block, "", 1).split()), post.slug


# --- themes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_prints_title_and_text_of_every_post(theme: str) -> None:
    wordpress = WordPress(Options(theme=theme), BASE)
    for post in posts(1):
        words = plain(wordpress.answer(Request(target=f"/{post.slug}/")).body.decode())
        assert plain(post.title.replace("<", "&lt;")) in words, post.slug
        assert post.opening in words, post.slug
        assert post.ending in words or len(pages_of(post.content)) > 1, post.slug


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_lists_its_posts_with_a_link(theme: str) -> None:
    listing = page(Options(theme=theme), "/blog/")
    for post in posts(1)[:10]:
        assert f'href="{post.url(BASE)}"' in listing
    assert f'href="{BASE}blog/page/2/"' in listing


MARKUP = [
    pytest.param("classic", ["entry-title", "hentry", "<time"], ["ld+json", "og:title"], id="classic"),
    pytest.param("corporate", ["ld+json", "og:title", "&gt;"], ["<h1", "<article", "<body class"], id="corporate"),
    pytest.param("block", ["wp-block-post-content", "canonical"], ["ld+json", "og:title"], id="block"),
    pytest.param("builder", ["et_pb_post_content", "ld+json"], ["<article", "<time"], id="builder"),
    pytest.param("redesign", ["hb-text", "ld+json"], ["entry-content", "og:title"], id="redesign"),
]


@pytest.mark.parametrize(("theme", "present", "absent"), MARKUP)
def test_themes_differ_in_what_they_offer(theme: str, present: list[str], absent: list[str]) -> None:
    printed = page(Options(theme=theme), "/talent-loop/").lower()
    assert [mark for mark in present if mark not in printed] == []
    assert [mark for mark in absent if mark in printed] == []


def test_each_post_keeps_the_theme_of_its_year() -> None:
    themes = {post.posted_at.year: post.theme for post in posts(1)}
    assert [themes[year] for year in (2009, 2015, 2020, 2025)] == ["classic", "builder", "corporate", "block"]


def test_json_ld_names_the_blogs_author_and_day() -> None:
    printed = page(Options(theme="corporate"), "/talent-loop/")
    found = re.search(r'<script type="application/ld\+json".*?>(.*?)</script>', printed, re.DOTALL)
    assert found
    article = json.loads(found[1])["@graph"][0]
    assert (article["author"]["name"], article["datePublished"]) == ("Ruth Amberley", "2019-10-08T12:40:00+00:00")


def test_the_builders_json_ld_is_sometimes_broken() -> None:
    wordpress, scripts = WordPress(Options(theme="builder"), BASE), []
    for slug in ("harborauto-maps-the-suppliers", "kettering-lab-crash-barrier"):
        printed = wordpress.answer(Request(target=f"/{slug}/")).body.decode()
        scripts += re.findall(r'<script type="application/ld\+json">(.*?)</script>', printed, re.DOTALL)
    assert json.loads(scripts[0])[0]["author"] == [{"@type": "Person", "name": "Dana Wexcombe"}]
    with pytest.raises(ValueError, match="control character"):
        json.loads(scripts[1])


# --- formatting -------------------------------------------------------------------------------------------------------


def test_classic_text_gets_paragraphs_and_line_breaks() -> None:
    typed = "MLive\nMay 1, 2014\n\n<h3>Heading</h3>\n\nText."
    assert the_content(typed) == "<p>MLive<br />\nMay 1, 2014</p>\n<h3>Heading</h3>\n<p>Text.</p>"


def test_blocks_are_saved_between_comments_and_shown_without_them() -> None:
    saved = as_blocks("MLive\nMay 1, 2024\n\n<h3>Heading</h3>")
    assert saved.startswith("<!-- wp:paragraph -->\n<p>MLive<br>May 1, 2024</p>\n<!-- /wp:paragraph -->")
    assert "wp:heading" in saved
    assert the_content(saved).split() == "<p>MLive<br>May 1, 2024</p> <h3>Heading</h3>".split()


@pytest.mark.parametrize("save", [str, as_blocks])
def test_page_breaks_divide_a_post(save: type[str]) -> None:
    parts = [plain(part) for part in pages_of(save("One.\n\n<!--nextpage-->\n\nTwo."))]
    assert parts == ["One.", "Two."]
