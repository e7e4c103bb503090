"""Posts that REST no longer has are found by halving, in a few requests however long the blog is."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.deletions import Shown, from_rest_probe, from_rest_total
from crawler.findings import Findings

ROOT = "https://blog.example/wp-json/"


@dataclass(frozen=True)
class Known:
    """What an archive holds by REST's word."""

    shown: Sequence[Shown]

    def held_by_rest(self) -> int:
        return len(self.shown)

    def shown_by_rest(self) -> Sequence[Shown]:
        return self.shown


def shown(ids: Sequence[int | None]) -> list[Shown]:
    return [Shown(url=f"https://blog.example/post-{number}/", wordpress_id=number) for number in ids]


def look(known: list[Shown], there: Sequence[int]) -> tuple[Findings, int]:
    """Ask a blog that has the ids *there* until nothing more is asked: what was found, after how many requests."""
    keys: set[str] = set()
    found = from_rest_total({"X-WP-Total": str(len(there))}, {"root": ROOT}, Known(known))
    while found.seeds and found.seeds[0].role == "rest-probe":
        (seed,) = found.seeds
        assert seed.key not in keys, "the frontier would take it for done"
        keys.add(seed.key)
        place = int(parse_qs(urlsplit(seed.url).query)["offset"][0])
        body = json.dumps([{"id": number} for number in there[place : place + 1]])
        found = from_rest_probe(body.encode(), seed.hint or {}, known)
    return found, 1 + len(keys)


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
        pytest.param(range(1, 5_001), range(1, 5_003), id="there are more than we know"),
        pytest.param([None, *range(2, 5_001)], range(2, 5_001), id="a number is not known"),
        pytest.param(range(2, 10_002, 2), [*range(2, 9_990, 2), 9_991], id="one that we never heard of"),
    ],
)
def test_all_ids_are_asked_for_where_halving_does_not_pay(ids: Sequence[int | None], there: Sequence[int]) -> None:
    found, _ = look(shown(list(ids)), list(there))
    assert [seed.role for seed in found.seeds] == ["rest-ids"]


def test_as_many_as_there_were_ask_for_nothing() -> None:
    assert look(shown([1, 2, 3]), [1, 2, 3])[0] == Findings()


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b'{"code": "rest_forbidden"}', b"[{}]", b"[1]", b'[{"id": "x"}]']
)
def test_an_answer_that_is_none_is_asked_for_by_the_next_run(body: bytes) -> None:
    hint = {"root": ROOT, "total": 2, "low": 0, "high": 3, "gone": []}
    assert from_rest_probe(body, hint, shown([1, 2, 3])) == Findings()
