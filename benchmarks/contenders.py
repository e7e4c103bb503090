"""The crawlers Clipfile is measured beside, each a spider one would write.

`python -m benchmarks.contenders NAME URL FOLDER` runs one. All follow the same links: the blog page, its pagination,
the categories, theirs, and every post a listing shows. Scrapy's defaults hold, but robots.txt is not asked and
no delay kept, so that nothing but work is measured.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class Bare(scrapy.Spider):
    """Follows the links and keeps nothing: what Scrapy itself costs."""

    name = "bare"

    def __init__(self, start: str, folder: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.start_urls = [start]
        self.folder = Path(folder)

    def parse(self, response: Response) -> Iterator[scrapy.Request]:
        yield from response.follow_all(css="h2.entry-title a", callback=self.parse_post)
        yield from response.follow_all(css="a.next.page-numbers, .widget_categories a")

    def parse_post(self, response: Response) -> None:
        pass


class Plain(Bare):
    """The plain thing: BeautifulSoup on each page, a row a post by sqlite-utils. No WARC, no provenance, no search."""

    name = "plain"

    def __init__(self, start: str, folder: str, **kwargs: Any) -> None:
        from sqlite_utils import Database

        super().__init__(start, folder, **kwargs)
        self.table = Database(self.folder / "posts.db")["posts"]

    def parse_post(self, response: Response) -> None:
        from bs4 import BeautifulSoup

        soup = BeautifulSoup(response.body, "lxml")
        first: Any = soup.select_one  # as one writes it: a page without these parts would be an error
        content = first(".entry-content")
        self.table.insert(
            {
                "url": response.url,
                "title": first("h1.entry-title").get_text(strip=True),
                "posted_on": first("time.entry-date")["datetime"],
                "author": first(".byline a").get_text(strip=True),
                "category": first(".cat-links a").get_text(strip=True),
                "text": content.get_text("\n", strip=True),
                "html": str(content),
            },
            pk="url",
        )


class Trafilatura(Plain):
    """The same with a general extractor in BeautifulSoup's place."""

    name = "trafilatura"

    def parse_post(self, response: Response) -> None:
        from trafilatura import bare_extraction

        found: Any = bare_extraction(response.text, url=response.url, with_metadata=True)
        self.table.insert(
            {
                "url": response.url,
                "title": found.title,
                "posted_on": found.date,
                "author": found.author,
                "category": ", ".join(found.categories or ()),
                "text": found.text,
            },
            pk="url",
        )


SPIDERS = {spider.name: spider for spider in (Bare, Plain, Trafilatura)}


def main(name: str, start: str, folder: str) -> None:
    process = CrawlerProcess({"LOG_LEVEL": "WARNING", "ROBOTSTXT_OBEY": False, "DOWNLOAD_DELAY": 0})
    process.crawl(SPIDERS[name], start=start, folder=folder)
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:4])
