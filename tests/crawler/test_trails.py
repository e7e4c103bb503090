"""What leads nowhere new, again and again, is left; what brings posts is walked, however large it is."""

from __future__ import annotations

from itertools import pairwise

from archive.store.frontier import Seed
from crawler.trails import BARREN_ANSWERS_MOST, BARREN_LEADS_MOST, DUDS_MOST, LATE_PRIORITY, Trails

BLOG = "https://blog.example"


def listing(path: str, **hint: object) -> Seed:
    return Seed(key=f"listing {path}", url=BLOG + path, role="listing", priority=1, hint=hint or None)


def source(role: str, number: int) -> Seed:
    return Seed(key=f"{role} {number}", url=f"{BLOG}/{role}/{number}", role=role, priority=1)


START = listing("/", start=True)


def post(path: str, found_in: str) -> Seed:
    return Seed(key=path, url=BLOG + path, role="post", priority=5, found_in=BLOG + found_in)


def test_a_listing_goes_on_at_once_for_five_pages_and_then_after_its_posts() -> None:
    trails = Trails()
    pages = [
        listing("/category/news/", source="category"),
        *(listing(f"/category/news/page/{n}/") for n in range(2, 9)),
    ]
    placed = [trails.place([pages[0]], START, is_news=True)[0][0]]
    for parent, page in pairwise(pages):
        placed += trails.place([page], parent, is_news=True)[0]
    assert [seed.priority for seed in placed] == [1] * 5 + [LATE_PRIORITY] * 3


def test_a_trail_of_one_page_under_many_addresses_is_given_up() -> None:
    trails = Trails()
    news, filters = listing("/category/news/"), listing("/category/filters/")
    trails.place([news, filters], START, is_news=True)
    for number in range(DUDS_MOST):
        trails.count(post(f"/f{number}/", "/category/filters/page/2/"), is_dud=True)
        trails.count(post(f"/n{number}/", "/category/news/"), is_dud=number % 2 == 0)
    assert trails.is_given_up(post("/another/", "/category/filters/page/3/"))
    assert trails.is_given_up(listing("/category/filters/page/6/"))
    assert not trails.is_given_up(post("/another/", "/category/news/page/2/"))


def test_listings_that_only_lead_to_listings_end() -> None:
    trails = Trails()
    parent, followed = listing("/category/0/"), 0
    trails.place([parent], START, is_news=True)
    for number in range(1, 200):
        placed, why = trails.place([listing(f"/category/{number}/")], parent, is_news=False)
        followed += len(placed)
        if placed:
            parent = placed[0]
    assert followed == BARREN_LEADS_MOST
    assert why == "listings without end"


def test_a_listing_that_was_left_is_left_where_it_is_named_again() -> None:
    trails = Trails()
    parent, named = listing("/category/0/"), [listing(f"/category/{number}/") for number in range(1, 200)]
    trails.place([parent], START, is_news=True)
    for _ in range(2):
        placed, _ = trails.place(named, parent, is_news=False)
    assert [seed.url for seed in placed] == [seed.url for seed in named[:BARREN_LEADS_MOST]]


def test_a_blog_of_five_hundred_categories_is_walked_whole() -> None:
    trails = Trails()
    categories = [listing(f"/category/{number}/") for number in range(500)]
    placed, why = trails.place(categories, START, is_news=False)
    assert (len(placed), why) == (500, None)
    for category in categories:
        placed, why = trails.place(categories, category, is_news=False)
        assert (len(placed), why) == (500, None)


def test_a_long_category_is_walked_to_its_end_though_another_listing_showed_its_posts_before() -> None:
    trails = Trails()
    pages = [listing("/category/news/"), *(listing(f"/category/news/page/{n}/") for n in range(2, 200))]
    for parent, page in pairwise(pages):
        placed, why = trails.place([page], parent, is_news=False)
        assert ([seed.url for seed in placed], why) == ([page.url], None)


def test_a_source_that_repeats_itself_ends() -> None:
    for role, most in BARREN_ANSWERS_MOST.items():
        trails = Trails()
        answers = 0
        while trails.place([source(role, answers + 1)], source(role, answers), is_news=answers == 0)[0]:
            answers += 1
        assert answers == most, role


def test_news_is_what_its_own_kind_of_source_did_not_show_before() -> None:
    trails = Trails()
    assert trails.is_news("sitemap", ["a", "b"])
    assert not trails.is_news("sitemap", ["b"])
    assert trails.is_news("feed", ["a"])
