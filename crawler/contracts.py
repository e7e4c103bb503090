"""What `scrapy check` asks of the spider beside Scrapy's own contracts: does a page say what it is known to say?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.contracts import Contract
from scrapy.exceptions import ContractFail
from scrapy.http import Response

from archive.urls import canonical_url
from crawler.items import PostItem
from crawler.profiles import SiteProfile


def is_checking() -> bool:
    """Whether this is `scrapy check`, which crawls no blog and fills no archive."""
    return os.environ.get("SCRAPY_CHECK") == "true"


def default_site() -> str:
    """The blog that is crawled when none is named; `scrapy check` looks at the sample blog's pages."""
    return "sample" if is_checking() else "michauto"


class CheckedSpider(scrapy.Spider):
    """A spider whose reading of pages `scrapy check` can ask about."""

    profile: SiteProfile

    def parse_page(self, response: Response) -> Iterator[PostItem]:
        """A post's page as an item that no run fetched and no archive keeps.

        @url http://127.0.0.1:8421/sodium-cells-leave-the-lab/
        @returns items 1 1
        @reads kind repost
        @reads outlet Bloomberg
        @reads original_on 2026-01-19
        @reads authors Philippa Nunn
        """
        from crawler.reading import read_bytes  # a crawl imports nothing that reads: another process does that

        header = response.headers.get("Content-Type")
        content_type = header.decode("latin-1") if header else None
        read = read_bytes(response.body, response.url, self.profile, content_type)
        yield PostItem(post=read.post, reading=read.reading, key=canonical_url(read.post.url), kept=None)


class ReadsContract(Contract):
    """`@reads FIELD VALUE`: the reading of every item has that value; authors are joined by commas.

    @reads outlet The Harbor Courier
    """

    name = "reads"

    def post_process(self, output: list[Any]) -> None:
        field, wanted = self.args[0], " ".join(self.args[1:])
        for item in output:
            value = getattr(item.reading, field)
            found = ", ".join(value) if isinstance(value, tuple) else str(value)
            if found != wanted:
                raise ContractFail(f"{field} is {found!r}, {wanted!r} was expected")
