"""After a crash: WARC files taken back to the bytes that are known to be good."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.errors import CannotWriteError, DamagedArchiveError
from archive.warc.records import DamagedRecordError, RawRecord, WarcFile

OUR_NAME: Final = re.compile(
    r"(?!import-[0-9a-f]{16}-)(?P<site>.+)-(?P<started>\d{8}T\d{6}Z)-(?P<serial>\d{5,})\.warc\.gz"
)
SOFTWARE: Final = "Clipfile"


def has_our_name(file: str) -> bool:
    """Whether a file is called as a run of Clipfile's calls them; what was imported, perhaps from
    another archive of ours, keeps its own name behind a mark."""
    return OUR_NAME.fullmatch(file) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """A WARC file was made shorter; `to_bytes` is 0 when it held no whole record and is gone."""

    file: str
    from_bytes: int
    to_bytes: int


def cut_back(folder: Path, committed: Mapping[str, int]) -> list[Cut]:
    """Take every WARC file of ours in *folder* back to its committed length and say what was cut.

    A file of ours that *committed* does not know loses a torn last exchange only; it is removed when not one whole
    exchange is in it. Foreign files and files that are somewhere else now are left alone. Raises DamagedArchiveError,
    before anything is cut, when a file is shorter than its committed length; CannotWriteError when the disk refuses.
    """
    files = sorted(path for path in folder.glob("*.warc.gz") if path.is_file())
    sizes = {path: path.stat().st_size for path in files}
    for path, size in sizes.items():
        if size < committed.get(path.name, 0):
            raise DamagedArchiveError(
                f"{path.name} has {size} bytes where {committed[path.name]} were committed",
                hint="put the file back from a copy, or run `clipfile verify` to see what is lost",
            )
    ends = {path: committed[path.name] if path.name in committed else _uncommitted_end(path) for path in files}
    return [_cut(path, sizes[path], end) for path, end in ends.items() if end is not None and end < max(sizes[path], 1)]


def last_whole_record(path: Path) -> int:
    """The end of the last whole record, in bytes from the start of the file; 0 when it holds none.

    Damage with whole records behind it is no torn tail: it stays, for `archive.fixity` to name.
    """
    with WarcFile(path) as file:
        return max((record.end for record in file.whole_records()), default=0)


def _last_whole_exchange(path: Path) -> int:
    """As `last_whole_record`, but a request whose response was torn off goes, too: it is a record of nothing.

    0 when only the description of the file stands in it.
    """
    with WarcFile(path) as file:
        answers = (record for record in file.whole_records() if record.type not in ("warcinfo", "request"))
        return max((record.end for record in answers), default=0)


def _uncommitted_end(path: Path) -> int | None:
    """Where to cut a file no database row speaks of; None when it is not ours."""
    return _last_whole_exchange(path) if OUR_NAME.fullmatch(path.name) and _is_ours(path) else None


def _is_ours(path: Path) -> bool:
    """Its first record names Clipfile; a file torn inside that record is taken for ours by its name."""
    with WarcFile(path) as file:
        try:
            first = file.record_at(0)
        except DamagedRecordError as error:
            return error.cut or not file.size or not file.raw(0, 64).strip(b"\0")  # zeros: allocated, never written
    return made_by_us(first)


def made_by_us(warcinfo: RawRecord) -> bool:
    software = re.search(rb"(?im)^software:(.*)$", warcinfo.block or b"")
    return software is not None and SOFTWARE.encode() in software.group(1)


def _cut(path: Path, size: int, end: int) -> Cut:
    try:
        if end:
            _truncate(path, end)
        else:
            path.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise CannotWriteError(f"{path} could not be cut back to {end} bytes: {error.strerror}") from error
    return Cut(file=path.name, from_bytes=size, to_bytes=end)


def _truncate(path: Path, size: int) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.ftruncate(descriptor, size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """A file made, or removed, is only so for good when its folder is on disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
