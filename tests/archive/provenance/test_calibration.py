"""The table of docs/provenance.md on what a confidence is worth is what its command prints."""

from __future__ import annotations

from benchmarks.calibration import measure


def test_the_sample_blog_is_read_as_labelled() -> None:
    measured = measure()
    assert measured.whole >= measured.posts - 1
    assert sum(band.wrong for band in measured.reliability if band.low >= 0.9) == 0
