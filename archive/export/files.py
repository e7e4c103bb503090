"""Files written whole or not at all: beside their place, synced, then renamed into it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from archive.errors import UsageError
from archive.folder import ArchiveFolder

SQLITES_OWN: Final = ("-journal", "-wal", "-shm")
"""What a database that could not be finished leaves beside it."""


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside *target* to write to; it takes the target's place at the end, or is removed when anything fails."""
    target = target.resolve()
    start = f".{target.name[:200]}."
    beside = target.with_name(f"{start}{os.getpid()}.part")
    _clear_strays(target.parent, start)
    try:
        beside.touch()  # said before any work, and not by SQLite, which makes folders and has fewer words for it
        yield beside
        _sync(beside)
        beside.replace(target)
        _sync(target.parent)
    finally:
        for path in (beside, *(Path(f"{beside}{ending}") for ending in SQLITES_OWN)):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _clear_strays(folder: Path, start: str) -> None:
    """Remove what processes that were killed left beside the same target."""
    stray = re.compile(rf"{re.escape(start)}(\d{{1,9}})\.part({'|'.join(SQLITES_OWN)})?")
    for path in folder.iterdir() if folder.is_dir() else ():
        if (found := stray.fullmatch(path.name)) and not _is_alive(int(found[1])):
            path.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # another user's
    return True


def refuse_archive_files(target: Path, folder: ArchiveFolder) -> None:
    """Raise UsageError when *target* is a folder, or a file the archive itself lives in."""
    place, home = target.resolve(), folder.path.resolve()
    if place.is_dir():
        raise UsageError(f"{target} is a folder", hint="name a file")
    own = place.parent == home and place.name.startswith(("archive.db", "writer.lock", "clipfile.toml"))
    if own or folder.warc_path.resolve() in place.parents:
        raise UsageError(f"{target} is a part of the archive", hint="name another file")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
