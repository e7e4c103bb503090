"""One crawl as a Scrapy process: its settings, from the command's to the project's, and how it ended."""

from __future__ import annotations

import logging
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.extensions import RunEnd
from crawler.profiles import SiteProfile
from crawler.room import Room
from crawler.spiders.blog import BlogSpider


def run_process(profile: SiteProfile, overrides: dict[str, Any], categories: tuple[str, ...], room: Room) -> RunEnd:
    """Crawl to the end, and close *room*. Raises the ArchiveError that kept it from beginning or finding a blog."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(overrides, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    logging.getLogger("scrapy").setLevel(settings["LOG_LEVEL"])  # else several records a page are made and thrown away
    crawler = process.create_crawler(BlogSpider)
    crawl = process.crawl(crawler, profile=profile, categories=categories, room=room)
    process.start()
    if (error := crawl.exception()) is not None:
        raise error
    if crawler.spider is not None and crawler.spider.fatal is not None:
        raise crawler.spider.fatal
    end: RunEnd = crawler.run_end
    return end
