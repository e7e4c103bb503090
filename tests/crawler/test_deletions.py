"""Posts that REST no longer has are found by halving, in a few requests however long the blog is."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.urls import canonical_url
from crawler.deletions import Shown, from_rest_probe, from_rest_total
from crawler.findings import Findings, Known
from crawler.profiles import SiteProfile
from crawler.rest import NEWEST

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
        keys = {canonical_url(each.url) for each in self.shown}

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


def look(known: list[Shown], there: Sequence[int]) -> tuple[Findings, int]:
    """Ask until nothing more is asked: what was found in the end, after how many requests."""
    keys: set[str] = set()
    found = total(known, there)
    while found.seeds and found.seeds[0].role == "rest-probe":
        (seed,) = found.seeds
        assert seed.key not in keys, "the frontier would take it for done"
        keys.add(seed.key)
        place = int(parse_qs(urlsplit(seed.url).query)["offset"][0])
        body = json.dumps([{"id": number} for number in there[place : place + 1]])
        found = from_rest_probe(body.encode(), seed.hint or {}, known)
    return found, 1 + len(keys)


def roles(found: Findings) -> list[str]:
    return [seed.role for seed in found.seeds]


def test_a_post_that_is_dated_back_is_found_by_its_number() -> None:
    found = total(shown(range(1, 51)), range(1, 52))
    assert [(seed.role, seed.url) for seed in found.seeds] == [("post", "https://blog.example/post-51/")]


def test_one_that_came_and_one_that_went_are_both_found_though_the_count_is_the_same() -> None:
    found = total(shown(range(1, 51)), range(2, 52))
    assert roles(found) == ["post", "rest-ids"]


def test_more_new_posts_than_one_answer_holds_are_asked_for_further() -> None:
    known, there = shown(range(1, 51)), range(1, 56 + NEWEST)
    assert roles(total(known, there)) == ["post"] * NEWEST + ["rest-total"]


@pytest.mark.parametrize(("posts", "count"), [(5_000, 1), (5_000, 3), (10_000, 1), (10_000, 7)])
def test_what_is_gone_is_found_in_a_few_requests_each(posts: int, count: int) -> None:
    chance = random.Random(posts + count)
    ids = sorted(chance.sample(range(1, 10 * posts), posts))
    gone = set(chance.sample(ids, count))
    there = [number for number in ids if number not in gone]
    found, requests = look(shown(ids), there)
    assert {sighting.wordpress_id for sighting in found.sightings} == set(there)
    assert found.walked == {"rest"}
    assert requests <= 1 + count * posts.bit_length()


@pytest.mark.parametrize("place", [pytest.param(0, id="the first"), pytest.param(-1, id="the last")])
def test_the_ends_of_the_list_are_looked_at(place: int) -> None:
    ids = list(range(1, 5_001))
    there = list(ids)
    there.remove(ids[place])
    found, _ = look(shown(ids), there)
    assert [sighting.wordpress_id for sighting in found.sightings] == there


@pytest.mark.parametrize(
    ("ids", "there"),
    [
        pytest.param(range(1, 51), range(2, 51), id="few posts are asked for all at once"),
        pytest.param(range(1, 5_001), range(2_001, 5_001), id="many are gone"),
        pytest.param(range(2, 5_001), range(1, 5_001), id="there are more than we know"),
        pytest.param([None, *range(2, 5_001)], range(2, 5_001), id="a number is not known"),
        pytest.param(
            range(2, 10_002, 2), [*range(2, 5_002, 2), 5_001, *range(5_002, 9_996, 2)], id="one that we never heard of"
        ),
    ],
)
def test_all_ids_are_asked_for_where_halving_does_not_pay(ids: Sequence[int | None], there: Sequence[int]) -> None:
    found, _ = look(shown(list(ids)), list(there))
    assert roles(found) == ["rest-ids"]


def test_as_many_as_there_were_ask_for_nothing() -> None:
    assert look(shown([1, 2, 3]), [1, 2, 3])[0].seeds == []


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b'{"code": "rest_forbidden"}', b"[{}]", b"[1]", b'[{"id": "x"}]']
)
def test_an_answer_that_is_none_is_asked_for_by_the_next_run(body: bytes) -> None:
    hint = {"root": ROOT, "total": 2, "low": 0, "high": 3, "gone": []}
    assert from_rest_probe(body, hint, shown([1, 2, 3])) == Findings()
