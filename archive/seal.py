"""The seal: digests of the database file as Clipfile left it, so that a bit that changes later has a place.

SQLite checks that its pages hang together, not that the words on them are those that were written. The seal lies beside
the database as text (`archive.db.seal`): a line for each 64 KiB with offset, length and SHA-256, and a last line over
the lines themselves, so that anyone can check it with `dd` and `sha256sum`.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

STRETCH_BYTES: Final = 64 * 1024

_LINE = re.compile(r"(\d+) (\d+) ([0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """A stretch of the file that is not what was sealed; `length` is 0 when the seal itself is what is damaged."""

    offset: int
    length: int
    what: str


def seal_path(file: Path) -> Path:
    return file.with_name(f"{file.name}.seal")


Digests = Mapping[int, tuple[int, str]]
"""Offset → length and SHA-256 of a stretch."""


def seal(file: Path, known: Digests | None = None) -> None:
    """Write the seal of a closed *file*. A disk that refuses leaves none: then nobody takes half a seal for damage.

    Of a stretch that is *known*, the digest is kept and the bytes are not read.
    """
    path = seal_path(file)
    try:
        stretches = _stretches(file) if known is None else _stretches_beside(file, known)
        lines = "".join(f"{offset} {length} {digest}\n" for offset, length, digest in stretches)
        path.write_text(f"{lines}{_total(lines)}\n", encoding="ascii")
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def break_seal(file: Path) -> Digests | None:
    """Whoever is about to write to *file* says so first: from here on the seal would only tell of the past.

    Returns what was sealed, for what will not be written; None when *file* was written to since by anybody else.
    """
    path, known = seal_path(file), None
    with suppress(OSError):
        if path.stat().st_mtime_ns >= file.stat().st_mtime_ns:
            known = _sealed(path)
        path.unlink()
    return known


def unwritten(file: Path, known: Digests | None) -> Digests | None:
    """The stretches of an open *file* that its write-ahead log holds no page of; None when the log does not tell.

    The log was empty when the seal was broken, and tells of every page written since unless it was begun anew.
    """
    try:
        with file.with_name(f"{file.name}-wal").open("rb") as log:
            magic, _, page_bytes, begun_anew = WAL_HEADER.unpack(log.read(WAL_HEADER.size))
            if known is None or magic not in WAL_MAGIC or begun_anew:
                return None
            written = {(number - 1) * page_bytes // STRETCH_BYTES * STRETCH_BYTES for number in _pages(log, page_bytes)}
    except (OSError, struct.error):
        return None
    return {offset: digest for offset, digest in known.items() if offset not in written}


WAL_MAGIC: Final = (0x377F0682, 0x377F0683)
WAL_HEADER: Final = struct.Struct(">IIII16x")
"""Magic, format, page size in bytes, and how often the log was begun anew (SQLite file format, section 4.1)."""
FRAME_HEADER: Final = struct.Struct(">I20x")


def _pages(log: BinaryIO, page_bytes: int) -> Iterator[int]:
    """Number of each page in the log, counted from 1; a page may come more than once."""
    log.seek(32)
    while len(header := log.read(FRAME_HEADER.size)) == FRAME_HEADER.size:
        yield FRAME_HEADER.unpack(header)[0]
        log.seek(page_bytes, os.SEEK_CUR)


def is_sealed(file: Path) -> bool:
    return seal_path(file).is_file()


def check_seal(file: Path) -> Iterator[Broken]:
    """Where a sealed *file* differs from what was sealed, in order. Raises OSError when either can't be read."""
    known = _sealed(seal_path(file))
    if known is None:
        yield Broken(
            offset=0, length=0, what=f"{seal_path(file).name} is damaged, so the file can't be compared with it"
        )
        return
    sealed = dict(known)
    for offset, length, digest in _stretches(file):
        if sealed.pop(offset, None) != (length, digest):
            what = f"bytes {offset} to {offset + length - 1} are not those that were written"
            yield Broken(offset=offset, length=length, what=what)
    if sealed:
        start = min(sealed)
        missing = sum(length for length, _ in sealed.values())
        yield Broken(offset=start, length=missing, what=f"the last {missing} bytes are missing")


def _sealed(path: Path) -> Digests | None:
    """What a seal says; None when it is damaged."""
    *lines, total = path.read_text(encoding="ascii", errors="replace").splitlines() or [""]
    if total != _total("".join(f"{line}\n" for line in lines)) or not all(map(_LINE.fullmatch, lines)):
        return None
    return {int(offset): (int(length), digest) for offset, length, digest in (line.split() for line in lines)}


def _stretches_beside(file: Path, known: Digests) -> Iterator[tuple[int, int, str]]:
    """As `_stretches`, reading only what is not *known*."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        for offset in range(0, size, STRETCH_BYTES):
            length, digest = known.get(offset, (0, ""))
            if length != min(STRETCH_BYTES, size - offset):
                opened.seek(offset)
                stretch = opened.read(STRETCH_BYTES)
                length, digest = len(stretch), hashlib.sha256(stretch).hexdigest()
            yield offset, length, digest


def _stretches(file: Path) -> Iterator[tuple[int, int, str]]:
    offset = 0
    with file.open("rb") as opened:
        while stretch := opened.read(STRETCH_BYTES):
            yield offset, len(stretch), hashlib.sha256(stretch).hexdigest()
            offset += len(stretch)


def _total(lines: str) -> str:
    return f"all {hashlib.sha256(lines.encode('ascii', 'replace')).hexdigest()}"
