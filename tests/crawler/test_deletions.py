"""Posts that REST no longer has are found by a few pages of its list, however long the blog is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.store.frontier import Seed
from crawler.deletions import Shown, from_rest_probe, from_rest_total
from crawler.findings import Findings, Known
from crawler.profiles import SiteProfile
from crawler.rest import NEWEST, PER_PAGE

ROOT = "https://blog.example/wp-json/"


PROFILE = SiteProfile(name="blog", title="Blog", start_urls=("https://blog.example/",))


@dataclass(frozen=True)
class Archive:
    """What an archive holds by REST's word."""

    shown: Sequence[Shown]

    def held_by_rest(self) -> int:
        return len(self.shown)

    def shown_by_rest(self) -> list[Shown]:
        return list(self.shown)

    def known(self) -> Known:
        keys = {each.url for each in self.shown}

        def lookup(*words: str) -> tuple[str | None] | None:
            return ("2020-01-01T00:00:00Z",) if words[-1] in keys else None

        return Known(lastmod=lookup, headline=lookup, shown_title=lambda source, key: None)


def shown(ids: Sequence[int | None]) -> list[Shown]:
    return [Shown(url=f"https://blog.example/post-{number}/", wordpress_id=number) for number in ids]


def row(number: int) -> dict[str, object]:
    return {"id": number, "link": f"https://blog.example/post-{number}/", "modified_gmt": "2020-01-01T00:00:00"}


def total(known: Sequence[Shown], there: Sequence[int], page: int = 1) -> Findings:
    """What the newest posts and the count tell, of a blog that has the ids *there*."""
    newest = sorted(there, reverse=True)[(page - 1) * NEWEST : page * NEWEST]
    body = json.dumps([row(number) for number in newest]).encode()
    hint = {"root": ROOT, "names": {}, "page": page}
    return from_rest_total(body, 200, {"X-WP-Total": str(len(there))}, ROOT, hint, PROFILE, Archive(known))


def page_of(there: Sequence[int], url: str) -> tuple[bytes, int, dict[str, str]]:
    """What WordPress answers: at most a hundred posts in the order of their numbers, or that there is no such page."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert (asked["orderby"], asked["order"]) == ("id", "asc")
    place = (int(asked["page"]) - 1) * int(asked["per_page"])
    if place >= len(there):
        return b'{"code": "rest_post_invalid_page_number"}', 400, {}
    rows = [row(number) for number in sorted(there)[place : place + int(asked["per_page"])]]
    return json.dumps(rows).encode(), 200, {"X-WP-Total": str(len(there))}


def probe(known: Sequence[Shown], there: Sequence[int], seed: Seed) -> Findings:
    """The answer to one question, whose hint was kept as JSON meanwhile."""
    hint = json.loads(json.dumps(seed.hint))
    body, status, headers = page_of(there, seed.url)
    return from_rest_probe(body, status, headers, seed.url, hint, PROFILE, Archive(known))


@dataclass
class Looked:
    """How a search ended, and what it took."""

    found: Findings
    pages: int = 0
    taken: set[str] = field(default_factory=set)
    """Posts that REST had never shown."""

    @property
    def left(self) -> set[int | None]:
        return {sighting.wordpress_id for sighting in self.found.sightings}


def look(
    known: Sequence[Shown], there: Sequence[int], meanwhile: Callable[[int], Sequence[int]] | None = None
) -> Looked:
    """Ask until nothing more is asked; *meanwhile* tells which posts are there when so many pages were asked for."""
    looked, keys, held = Looked(total(known, there)), set(), [*known]
    while True:
        looked.taken |= {seed.url for seed in looked.found.seeds if seed.role == "post"}
        probes = [seed for seed in looked.found.seeds if seed.role == "rest-probe"]
        if not probes:
            return looked
        (seed,) = probes
        assert seed.key not in keys, "the frontier would take it for done"
        keys.add(seed.key)
        looked.pages += 1
        held += [Shown(url=each.url, wordpress_id=each.wordpress_id) for each in looked.found.sightings]
        looked.found = probe(held, meanwhile(looked.pages) if meanwhile else there, seed)


def pages(posts: int) -> int:
    return -(-posts // PER_PAGE)


def roles(found: Findings) -> list[str]:
    return [seed.role for seed in found.seeds]


def test_a_post_that_is_dated_back_is_found_by_its_number() -> None:
    found = total(shown(range(1, 51)), range(1, 52))
    assert [(seed.role, seed.url) for seed in found.seeds] == [("post", "https://blog.example/post-51/")]


def test_one_that_came_and_one_that_went_are_both_found_though_the_count_is_the_same() -> None:
    looked = look(shown(range(1, 51)), range(2, 52))
    assert looked.taken == {"https://blog.example/post-51/"}
    assert looked.left == {*range(2, 52)}


def test_more_new_posts_than_one_answer_holds_are_asked_for_further() -> None:
    known, there = shown(range(1, 51)), range(1, 56 + NEWEST)
    assert roles(total(known, there)) == ["post"] * NEWEST + ["rest-total"]


@pytest.mark.parametrize(("posts", "most"), [(90, 1), (1_000, 4), (10_000, 7)])
def test_the_first_that_is_gone_is_found_in_a_few_requests(posts: int, most: int) -> None:
    """With the five requests of every delta and the posts, a deletion, an edit and an addition cost 6 each at most."""
    chance = random.Random(posts)
    ids = sorted(chance.sample(range(1, 10 * posts), posts))
    for gone in (ids[0], ids[-1], chance.choice(ids)):
        looked = look(shown(ids), [number for number in ids if number != gone])
        assert looked.left == {*ids} - {gone}
        assert looked.found.walked == {"rest"}
        assert looked.pages <= most
    assert 5 + 3 + most <= 6 * 3


@st.composite
def blogs(draw: st.DrawFn) -> tuple[list[int], set[int]]:
    """Numbers of up to 1,500 posts, and those that were deleted: here and there, and stretches of them at once."""
    posts = draw(st.integers(0, 1_500))
    ids = sorted(random.Random(draw(st.integers(0, 99))).sample(range(1, 4_000), posts))
    places = st.integers(0, max(0, posts - 1))
    at = {*draw(st.lists(places, max_size=12))}
    for first, length in draw(st.lists(st.tuples(places, st.integers(1, 400)), max_size=2)):
        at |= {*range(first, min(posts, first + length))}
    return ids, {ids[place] for place in at} if ids else set()


@given(blogs())
@settings(max_examples=60)
def test_whatever_is_gone_is_found_and_no_page_is_asked_for_twice(blog: tuple[list[int], set[int]]) -> None:
    ids, gone = blog
    there = [number for number in ids if number not in gone]
    looked = look(shown(ids), there)
    assert gone == set() or (looked.left, looked.found.walked) == ({*there}, {"rest"})
    assert looked.pages <= min(pages(len(there)), len(gone) * pages(len(there)).bit_length())


@given(blogs(), st.sets(st.integers(1, 4_000), max_size=8))
@settings(max_examples=30)
def test_posts_that_rest_never_showed_mislead_no_search(blog: tuple[list[int], set[int]], unheard: set[int]) -> None:
    """Where one came and one went in the same stretch of the list the counts are the same: a sweep sees both."""
    ids, gone = blog
    there = sorted({*ids} - gone | unheard)
    looked = look(shown(ids), there)
    assert looked.found.seeds == [] or roles(looked.found) == ["post"] * len(looked.found.seeds)
    assert looked.found.walked == set() or looked.left >= {*ids} & {*there}, "none that is there is taken for gone"
    assert looked.pages <= pages(len(there))


def test_posts_that_were_never_shown_are_found_where_there_are_more_than_we_know() -> None:
    ids = [*range(2, 2_402, 2)]
    looked = look(shown(ids), sorted([*ids, 1_111, 1_113]))
    assert looked.taken == {"https://blog.example/post-1111/", "https://blog.example/post-1113/"}
    assert looked.found.walked == {"rest"}
    assert looked.pages <= 4


def test_a_post_shown_under_two_addresses_is_one_and_the_newer_address_stays() -> None:
    known = [*shown(range(1, 1_001)), Shown(url="https://blog.example/renamed/", wordpress_id=1_000)]
    looked = look(known, range(1, 1_001))
    assert (looked.pages, looked.found.walked) == (0, {"rest"})
    assert looked.found.sightings[-1].url == "https://blog.example/renamed/"


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(shown([None, *range(2, 5_002)]), id="a number is not known"),
        pytest.param(shown(range(1, 6_002)), id="very many are gone"),
    ],
)
def test_all_pages_are_asked_for_where_a_search_does_not_pay(known: list[Shown]) -> None:
    assert roles(look(known, range(2, 5_001)).found) == ["rest-ids"]


def test_as_many_as_there_were_ask_for_nothing() -> None:
    assert look(shown([1, 2, 3]), [1, 2, 3]).found.seeds == []


def first_question(known: Sequence[Shown], there: Sequence[int]) -> Seed:
    (seed,) = total(known, there).seeds
    assert seed.role == "rest-probe"
    return seed


KNOWN = shown(range(2, 1_002))
THERE = [number for number in range(2, 1_002) if number != 950]
ASKED = first_question(KNOWN, THERE)


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param([*THERE[1:]], id="one went"),
        pytest.param([*THERE, 2_000], id="one was made"),
        pytest.param([1, *THERE], id="an older one came back"),
        pytest.param([*THERE[:300]], id="most went"),
    ],
)
def test_a_list_that_changes_during_the_search_is_left_to_the_next_run(meanwhile: list[int]) -> None:
    looked = look(KNOWN, THERE, meanwhile=lambda pages: THERE if pages == 1 else meanwhile)
    assert looked.found == Findings()


def test_a_list_in_another_order_than_was_asked_for_is_walked_whole() -> None:
    body = json.dumps([row(number) for number in range(500, 400, -1)]).encode()
    headers = {"X-WP-Total": str(len(THERE))}
    found = from_rest_probe(body, 200, headers, ASKED.url, ASKED.hint or {}, PROFILE, Archive(KNOWN))
    assert roles(found) == ["rest-ids"]


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b'{"code": "rest_forbidden"}', b"[{}]", b"[1]", b'[{"id": "x"}]', b"[]"]
)
@pytest.mark.parametrize("headers", [{"X-WP-Total": "999"}, {}], ids=["with a total", "without"])
def test_an_answer_that_is_none_is_asked_for_by_the_next_run(body: bytes, headers: dict[str, str]) -> None:
    found = from_rest_probe(body, 200, headers, ASKED.url, ASKED.hint or {}, PROFILE, Archive(KNOWN))
    assert found == Findings()


def test_a_question_that_an_earlier_clipfile_left_open_is_left_to_the_next_run() -> None:
    hint = {"root": ROOT, "total": 999, "low": 0, "high": 1_000, "gone": []}
    body = b'[{"id": 501}]'
    assert from_rest_probe(body, 200, {"X-WP-Total": "999"}, ROOT, hint, PROFILE, Archive(KNOWN)) == Findings()
