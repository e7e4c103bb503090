"""The tables of docs/provenance.md on what a confidence is worth are what their command prints."""

from __future__ import annotations

import pytest

from archive.provenance.audit import Audit
from benchmarks.calibration import made_up_pages, sample_blog


def wrong_when_sure(measured: Audit) -> float:
    """Share of wrong values among those claimed at 0.9 or more."""
    sure = [band for band in measured.reliability if band.low >= 0.9]
    return sum(band.wrong for band in sure) / sum(band.claimed for band in sure)


def test_the_sample_blog_is_read_as_labelled() -> None:
    measured = sample_blog()
    assert measured.whole >= measured.posts - 1
    assert wrong_when_sure(measured) == 0


@pytest.mark.parametrize("count", [150, pytest.param(2000, marks=pytest.mark.slow)])
def test_of_the_values_claimed_with_confidence_one_in_a_hundred_is_wrong_at_most(count: int) -> None:
    assert wrong_when_sure(made_up_pages(count)) <= 0.01
