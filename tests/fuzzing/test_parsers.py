"""A few inputs of every kind for each parser; `python -m tests.fuzzing` makes as many as one likes."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.fixity import check_warcs
from tests.fuzzing.__main__ import LONGEST_S
from tests.fuzzing.targets import TARGETS, make
from tests.fuzzing.warcs import WHOLE, damaged

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_takes_anything(name: str) -> None:
    target = TARGETS[name]
    pieces = st.lists(st.one_of(st.sampled_from(target.pieces), st.text(max_size=8)), max_size=30).map("".join)
    encoded = pieces.map(lambda text: text.encode("utf-8", "surrogatepass"))
    inputs = st.one_of(encoded, st.binary(max_size=200)) if target.is_bytes else pieces

    @FEW
    @given(inputs)
    def takes(case: str | bytes) -> None:
        target.read(case)

    takes()


@pytest.mark.parametrize("name", TARGETS)
def test_the_long_command_makes_inputs_of_the_right_kind(name: str) -> None:
    target, moments = TARGETS[name], random.Random(1)
    for _ in range(30):
        case = make(target, moments)
        assert isinstance(case, bytes) == target.is_bytes
        target.read(case)


FOUND: list[tuple[str, str | bytes]] = [
    ("urls", "https://a[::1]@b[c:d:80"),
    ("urls", "http://%[::1]\\.é@[x:%?//127.0.0.1"),
    ("queries", "outlet:x " + "NEAR " * 1_000 + "dock"),
    ("queries", "dock " + "ß" * 1_000),
    ("dates", "mars31-2024-02-31" + " " * 3_000 + "Monday.@Z.Monday12/31/24September"),
    ("dates", "Monday12/31/24’24" + "\r" * 3_000 + "1 January"),
    ("sitemaps", b"<urlset><url><loc>https://blog.example/&#xD800;</loc></url></urlset>"),
    ("sitemaps", "<urlset><url><loc>https://blog.example/&#57343;</loc></url></urlset>".encode("utf-16")),
    ("feeds", b"<rss><channel><item><link href='&#xdfff;'/>&#x0D800;"),
    ("pages", b"<template><a href='<t\x0cme'><article class='post'>x</p><svg>"),
]
"""Inputs that the long command found to raise, or to take more than a second."""


@pytest.mark.parametrize(("name", "case"), FOUND, ids=[f"{name}-{n}" for n, (name, _) in enumerate(FOUND)])
def test_what_was_found_once_stays_mended(name: str, case: str) -> None:
    began_s = time.thread_time()
    TARGETS[name].read(case)
    assert time.thread_time() - began_s < LONGEST_S


@pytest.mark.parametrize("case", sorted((Path(__file__).parent / "corpus").glob("*.html")), ids=lambda path: path.stem)
def test_the_seeds_of_page_fuzzing_are_read(case: Path) -> None:
    TARGETS["pages"].read(case.read_bytes())


def test_a_damaged_warc_is_told_of_and_nothing_is_raised(tmp_path: Path) -> None:
    path = tmp_path / "damaged.warc"

    @FEW
    @given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=0, max_size=6), st.booleans())
    def told(at: int, put: bytes, is_cut: bool) -> None:
        path.write_bytes(damaged(at, put, is_cut=is_cut))
        list(check_warcs([path]))

    told()
