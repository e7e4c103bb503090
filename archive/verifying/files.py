"""WARC and WACZ files by themselves, wherever they lie: what the strict check finds in them, without an archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from archive.errors import UsageError
from archive.fixity import Finding, check_warcs
from archive.verifying.packages import check_package
from archive.warc.packages import is_package


def check_files(paths: Sequence[Path], *, jobs: int = 1) -> Iterator[Finding]:
    """What is wrong with these files, packages first. Raises UsageError for what is not there."""
    for path in paths:
        if not path.is_file():
            raise UsageError(f"there is no file {path}")
    packages = [path for path in paths if path.name.lower().endswith(".wacz") or is_package(path)]
    for path in packages:
        yield from check_package(path, jobs=jobs)
    yield from check_warcs([path for path in paths if path not in packages], jobs=jobs)
