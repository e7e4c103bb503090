"""A post's way into the archive: look at it and its reading once more, store it. One transaction a post."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from scrapy.crawler import Crawler

from archive.model import Post, Reading
from archive.store.values import instant, now
from crawler.items import PostItem
from crawler.keeper import disk_trouble_named

DOUBTFUL_BELOW: Final = 0.7
"""A repost read with less confidence than this goes to the review queue."""
COMPARED_TOGETHER: Final = 16
"""Posts after which as many are compared with the others: it takes no longer than what lies with the reader lasts."""


class ChecksPipeline:
    """Names what looks wrong with a post or its reading; refuses nothing, since a thin page is kept too."""

    def process_item(self, item: PostItem) -> PostItem:
        item.doubts = tuple(name for name, is_doubtful in CHECKS if is_doubtful(item.post, item.reading))
        return item


Check = Callable[[Post, Reading], bool]

CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("no headline", lambda post, _: not post.title),
    ("no date", lambda post, _: not post.posted_on),
    ("no text", lambda post, _: not post.text.strip()),
    ("unsure of where it is from", lambda _, reading: reading.kind == "repost" and reading.confidence < DOUBTFUL_BELOW),
    ("a repost without an outlet", lambda _, reading: reading.kind == "repost" and not reading.outlet),
)


class StorePipeline:
    """Writes the post, its revision if it changed, its evidence and its frontier entry in one transaction."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._since_compared = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        return cls(crawler)

    def process_item(self, item: PostItem) -> PostItem:
        keeper, tally = self.crawler.keeper, self.crawler.tally
        seen_at = instant(item.kept.exchange.at) if item.kept else now()
        with keeper.commit(item.kept) as store:
            saved = store.posts.save(
                keeper.site_id,
                keeper.run_id,
                item.post,
                item.reading,
                capture_id=item.kept.capture_id if item.kept else None,
                seen_at=seen_at,
                aliases=item.aliases,
                hold=True,
            )
            store.frontier.finish(keeper.site_id, item.key)
            store.frontier.add(keeper.site_id, self.crawler.requisites.seeds(item.requisites, item.post.url))
            if saved.outcome in ("changed", "held") and item.kept:
                tally.lying_validators += store.custody.kept_its_validators(item.kept.exchange.url)
        tally.count_post(saved, item)
        self._since_compared += 1
        if self._since_compared >= COMPARED_TOGETHER:
            self._since_compared = 0
            with disk_trouble_named():
                keeper.store.likenesses.compare_some(COMPARED_TOGETHER)
        return item
