"""The sample blog with archives of it, crawled once for every test that begins with one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from crawling import Ended, clipfile, command, crawl

from crawler.sample.server import SampleBlog


@dataclass(frozen=True, kw_only=True)
class Crawled:
    """An archive that nobody may change, and how its last crawl ended."""

    path: Path
    ended: Ended

    def copied(self, folder: Path) -> Path:
        """*folder*, which is now the same archive, to be changed as one likes."""
        return Path(shutil.copytree(self.path, folder))


@contextmanager
def published(blog: SampleBlog, edition: int) -> Iterator[SampleBlog]:
    """The *blog* in another edition until the block ends."""
    usual = blog.options
    blog.publish(edition)
    try:
        yield blog
    finally:
        blog.options = usual
        blog.publish(usual.edition)


class Sampled:
    """A running sample blog, in its first edition unless a test publishes another for a while.

    Every archive here knows it by the address it has now, so a copy of one can be crawled on.
    """

    def __init__(self, folder: Path) -> None:
        self.blog = SampleBlog().start()
        self._folder = folder
        self._others: dict[tuple[int, bool, tuple[tuple[str, Any], ...]], tuple[SampleBlog, Path]] = {}

    def published(self, edition: int) -> AbstractContextManager[SampleBlog]:
        """The blog in another edition until the block ends."""
        return published(self.blog, edition)

    @cached_property
    def first(self) -> Crawled:
        """The first edition, with the files its pages need; crawled by the whole command."""
        return self._crawled(self._folder / "first", by=command)

    @cached_property
    def both(self) -> Crawled:
        """The first edition, then what a second crawl found new in the second."""
        folder = self.first.copied(self._folder / "both")
        with self.published(2):
            return self._crawled(folder)

    @cached_property
    def second(self) -> Crawled:
        """The second edition alone, without files."""
        with self.published(2):
            return self._crawled(self._folder / "second", files=False)

    @contextmanager
    def crawled(self, folder: Path, edition: int = 1, *, files: bool = False, **doors: Any) -> Iterator[SampleBlog]:
        """An archive of *edition* in *folder*, and the blog it is of, to be published anew; *doors* as in SampleBlog.

        It is crawled once for all who ask for the same; without *doors* it is `first` or `second`.
        """
        if doors:
            blog, archive = self._behind(edition, files, tuple(sorted(doors.items())))
        else:
            blog, archive = self.blog, (self.first if edition == 1 else self.second).path
        shutil.copytree(archive, folder)
        with published(blog, edition):
            yield blog

    def _behind(self, edition: int, files: bool, doors: tuple[tuple[str, Any], ...]) -> tuple[SampleBlog, Path]:
        if (edition, files, doors) not in self._others:
            blog = SampleBlog(edition=edition, **dict(doors)).start()
            archive = self._folder / f"other-{len(self._others)}"
            ended = crawl(blog.url, archive, files=files)
            assert ended.code == 0, ended.err
            self._others[edition, files, doors] = blog, archive
        return self._others[edition, files, doors]

    def stop(self) -> None:
        """End the blogs."""
        for blog in (self.blog, *(blog for blog, _ in self._others.values())):
            blog.stop()

    def _crawled(self, folder: Path, *, files: bool = True, by: Callable[..., Ended] = clipfile) -> Crawled:
        ended = crawl(self.blog.url, folder, "--json", files=files, by=by)
        assert ended.code == 0, ended.err
        return Crawled(path=folder, ended=ended)
