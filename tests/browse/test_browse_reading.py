"""Reading in a real browser: evidence, edits, captures, by mouse, by keyboard, on a phone and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = {
    "home": "",
    "search": "search?q=dock",
    "post": "posts/1",
    "post of the blog": "posts/8",
    "edits": "posts/1/revisions",
    "capture": "captures/1",
    "outlets": "outlets",
    "outlet": "outlets/1",
    "authors": "authors",
    "author": "authors/1",
    "category": "categories/1",
    "year": "years/2026",
    "month": "years/2026-02",
    "coverage": "coverage",
    "runs": "runs",
    "run": "runs/1",
    "health": "health",
    "not found": "posts/999",
}


@pytest.fixture
def phone(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(chromium: Any) -> Iterator[Any]:
    """A browser without JavaScript."""
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_the_first_page_leads_to_a_post_and_its_evidence(page: Any, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="Dry dock reopens after repairs").click()
    outlet = page.locator("details.fact").nth(1)
    assert not outlet.locator("blockquote").is_visible()
    outlet.locator("summary").click()
    assert outlet.locator("blockquote mark").inner_text() == "The Detroit News"
    assert "head-block" in outlet.inner_text()


def test_evidence_opens_with_the_keyboard_alone(page: Any, site: str) -> None:
    page.goto(f"{site}/archive/-/posts/1")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('details.fact summary')"):
            break
    page.keyboard.press("Enter")
    assert page.locator("details.fact[open] .evidence").first.is_visible()


def a_step_reaches_a_headline(page: Any) -> bool:
    page.keyboard.press("Tab")
    return bool(page.evaluate("document.activeElement.closest('.headline') !== null"))


def test_from_the_search_box_the_keyboard_reaches_a_hit_in_a_few_steps(page: Any, site: str) -> None:
    page.goto(f"{site}/archive/-/search")
    page.keyboard.press("/")
    page.keyboard.type("freighters")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("/")
    assert any(a_step_reaches_a_headline(page) for _ in range(14))
    page.keyboard.press("Enter")
    page.wait_for_url("**/posts/**")


def test_the_first_tab_stop_skips_to_the_page(page: Any, site: str) -> None:
    page.goto(f"{site}/archive/-/posts/1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_key_leads_to_the_search_box_but_stays_a_letter_in_it(page: Any, site: str) -> None:
    page.goto(site)
    page.keyboard.press("/")
    page.keyboard.type("a/b")
    assert page.locator("#q").input_value() == "a/b"


def test_edits_stand_side_by_side_with_the_words_that_differ(page: Any, site: str) -> None:
    page.goto(f"{site}/archive/-/posts/1/revisions")
    assert [each.inner_text().strip() for each in page.locator("h2:text('Headline') + .pair del").all()] == [
        "a winter of",
    ]


def test_the_picture_comes_from_the_archive(page: Any, site: str) -> None:
    page.goto(f"{site}/archive/-/posts/1")
    picture = page.get_by_role("img", name="The dock at dawn")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete", arg=picture.element_handle())
    assert picture.evaluate("image => image.naturalWidth") == 4
    assert page.get_by_text("Image not in the archive: A crane").is_visible()


def test_the_captured_page_is_shown_with_its_picture_and_without_its_script(page: Any, site: str) -> None:
    page.goto(f"{site}/archive/-/captures/1")
    frame = page.frame_locator("iframe")
    assert frame.locator("#printed").inner_text() == "The Detroit News / February 27, 2026"
    assert frame.locator("img").evaluate("image => image.naturalWidth") == 4
    assert frame.locator("head").evaluate("() => document.title") == "Dry dock"


def test_the_timeline_opens_months_and_years(page: Any, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="April 2013: 1 article", exact=True).click()
    assert page.url.endswith("/archive/-/years/2013-04")
    assert page.locator("h1").inner_text() == "April 2013"
    page.goto(site)
    page.get_by_role("link", name="2013: 1 article", exact=True).click()
    assert page.locator("h1").inner_text() == "2013"


def test_arrow_keys_go_through_the_months_of_a_timeline(page: Any, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="2012: 1 article", exact=True).focus()
    names = []
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        names.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert names == ["March 2012: 1 article", "2013: 1 article", "April 2013: 1 article", "2013: 1 article"]
    page.keyboard.press("ArrowRight")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "April 2013"


def test_without_javascript_months_are_reached_by_keyboard_in_the_table(plain: Any, site: str) -> None:
    plain.goto(site)
    plain.get_by_text("The same as a table").focus()
    plain.keyboard.press("Enter")
    plain.keyboard.press("Tab")
    plain.keyboard.press("Tab")
    plain.keyboard.press("Enter")
    assert plain.locator("h1").inner_text() == "January 2010"


def test_without_javascript_one_reads_searches_and_compares(plain: Any, site: str) -> None:
    plain.goto(site)
    plain.fill("#q", "two freighters")
    plain.keyboard.press("Enter")
    plain.get_by_role("link", name="Dry dock reopens after repairs").click()
    plain.get_by_role("link", name="What was edited").click()
    plain.get_by_role("button", name="Compare").click()
    assert plain.locator("del").count()


def test_results_follow_the_typing_and_so_does_the_address(page: Any, site: str) -> None:
    page.goto(f"{site}/archive/-/search")
    page.locator("#q").press_sequentially("ferries")
    page.get_by_text("1 clipping", exact=True).first.wait_for()
    assert page.get_by_role("link", name="Ferries plug in").is_visible()
    assert page.url.endswith("search?q=ferries")
    assert page.locator("#q").input_value() == "ferries"


def test_a_facet_narrows_and_its_chip_widens_again(page: Any, site: str) -> None:
    page.goto(f"{site}/archive/-/search?q=piece")
    page.get_by_label("Narrow the result").get_by_role("link", name="Grist").click()
    assert page.locator("#count").inner_text() == "1 clipping"
    page.get_by_label("Conditions in force").get_by_role("link").click()
    assert page.locator("#count").inner_text() == "6 clippings"


def test_a_year_is_chosen_with_the_slider(page: Any, site: str) -> None:
    page.goto(f"{site}/archive/-/search?q=piece")
    slider = page.get_by_label("First year")
    slider.focus()
    with page.expect_navigation():
        slider.press("End")
    assert "year" in page.url


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_pages_fit_a_phone(path: str, phone: Any, site: str) -> None:
    phone.goto(f"{site}/archive/-/{path}")
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_pages_load_nothing_but_themselves_and_break_no_rule_of_their_own(path: str, page: Any, site: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith((site, "data:")) or complaints.append(request.url))
    page.goto(f"{site}/archive/-/{path}")
    expected = "Failed to load resource: the server responded with a status of 404 (Not Found)"
    frame = "Blocked script execution"  # what a captured page is told, in so many words
    assert [each for each in complaints if each != expected and not each.startswith(frame)] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)], ids=["light", "dark and narrow"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_pages_keep_the_rules_of_accessibility(
    path: str, scheme: str, width: int, page: Any, site: str, axe: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site}/archive/-/{path}")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { iframes: false })")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
