"""Commands in forked children that have everything imported: a kill meets their work, not their start."""

from __future__ import annotations

import importlib
import os
import select
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

HUNG_S: Final = 120.0


class EnduranceError(AssertionError):
    """An archive came out of it other than it should."""


def import_everything() -> None:
    """What a child would else import in each of its short lives; not Twisted's reactor, of which each has its own."""
    from archive.cli import COMMANDS

    import_parts()
    for module, _ in COMMANDS.values():
        importlib.import_module(module)


def import_parts() -> None:
    """What a crawl imports: its spider, and all that takes part in it."""
    from scrapy.settings import Settings
    from scrapy.utils.conf import build_component_list
    from scrapy.utils.misc import load_object

    settings = Settings()
    settings.setmodule("crawler.settings")
    for kind in ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "ITEM_PIPELINES"):
        for component in build_component_list(settings.getwithbase(kind)):
            load_object(component)
    importlib.import_module("crawler.running")


def work(words: list[str], log: Path) -> None:
    """The command, in a child that has no other business."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.closerange(3, 256)
    from archive import cli

    sys.argv = ["clipfile", *words]
    cli.main()


def forked(job: Callable[[], Any]) -> int:
    """Start *job* in a child; returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        job()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        os._exit(code)


def wait(pid: int, timeout_s: float) -> int | None:
    """Exit code of the child, or None when it still runs after that time."""
    handle = os.pidfd_open(pid)
    try:
        if not select.select([handle], [], [], timeout_s)[0]:
            return None
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        os.close(handle)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def last_words(folder: Path) -> str:
    """The end of what the children printed."""
    return (folder / "children.log").read_text(encoding="utf-8", errors="replace")[-800:]


def finish(job: Callable[[], Any]) -> int:
    pid = forked(job)
    code = wait(pid, HUNG_S)
    if code is None:
        kill(pid)
        raise EnduranceError(f"still running after {HUNG_S:.0f} s")
    return code
