"""What every test shares: no network beyond loopback, an archive's folder of one's own, the sample blog crawled."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import pytest_socket
from hypothesis import settings
from sampled import Sampled

from archive.folder import ArchiveFolder

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
WITH_THE_SAMPLES_OWN_PORT = {"test_benchmarks.py", "test_scrapy_ways.py"}
"""Files whose tests crawl it by its name, at the address its profile says."""

LONG = {"hostile", "wordpress"}
"""Folders whose tests take long, as do those that share something."""

# Hypothesis goes by the clock, which on a busy machine says nothing of us; where time matters, tests measure the CPU's
settings.register_profile("by what they do", deadline=None)
settings.load_profile("by what they do")


def pytest_runtest_setup() -> None:
    pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@cache
def shared_by(path: Path) -> str | None:
    """What there is one of, for this file's tests and those of others."""
    if path.name in WITH_THE_SAMPLES_OWN_PORT:
        return "the sample blog's own port"
    return "the sample blog's archives" if "from sampled import" in path.read_text() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that of several processes none waits for another at the end."""
    items.sort(key=lambda item: not (item.path.parent.name in LONG or shared_by(item.path)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n`: a file's tests run in one process, and so do all that share something else.

    What they make is then made once, and nothing is wanted by two at once. Files are begun in their own order: by
    their number of tests, as xdist would have it, the few tests that crawl would come last.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByWhatIsShared(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = super()._split_scope(nodeid)
            return shared_by(config.rootpath / path) or path

    config.option.loadscopereorder = False
    return ByWhatIsShared(config, log)


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(path=tmp_path / "data")


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sampled]:
    running = Sampled(tmp_path_factory.mktemp("sampled"))
    yield running
    running.stop()
