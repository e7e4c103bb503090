"""The embedded sample blog: an invented WordPress blog on loopback, for trying Clipfile and for its tests."""

from crawler.sample.content import Expected, SamplePost, edition_of, expected_as_jsonl, expected_labels, posts
from crawler.sample.server import SampleBlog

__all__ = ["Expected", "SampleBlog", "SamplePost", "edition_of", "expected_as_jsonl", "expected_labels", "posts"]
