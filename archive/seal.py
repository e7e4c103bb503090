"""The seal: digests of the database file as Clipfile left it, so that a bit that changes later has a place.

SQLite checks that its pages hang together, not that the words on them are those that were written. The seal lies beside
the database as text (`archive.db.seal`): a line for each 64 KiB with offset, length and SHA-256, and a last line over
the lines themselves, so that anyone can check it with `dd` and `sha256sum`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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


def seal(file: Path) -> None:
    """Write the seal of a closed *file*. A disk that refuses leaves none: then nobody takes half a seal for damage."""
    path = seal_path(file)
    try:
        lines = "".join(f"{offset} {length} {digest}\n" for offset, length, digest in _stretches(file))
        path.write_text(f"{lines}{_total(lines)}\n", encoding="ascii")
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def break_seal(file: Path) -> None:
    """Whoever is about to write to *file* says so first: from here on the seal would only tell of the past."""
    with suppress(OSError):
        seal_path(file).unlink(missing_ok=True)


def is_sealed(file: Path) -> bool:
    return seal_path(file).is_file()


def check_seal(file: Path) -> Iterator[Broken]:
    """Where a sealed *file* differs from what was sealed, in order. Raises OSError when either can't be read."""
    *lines, total = seal_path(file).read_text(encoding="ascii", errors="replace").splitlines() or [""]
    text = "".join(f"{line}\n" for line in lines)
    if total != _total(text) or not all(map(_LINE.fullmatch, lines)):
        yield Broken(
            offset=0, length=0, what=f"{seal_path(file).name} is damaged, so the file can't be compared with it"
        )
        return
    sealed = {int(offset): (int(length), digest) for offset, length, digest in (line.split() for line in lines)}
    for offset, length, digest in _stretches(file):
        if sealed.pop(offset, None) != (length, digest):
            what = f"bytes {offset} to {offset + length - 1} are not those that were written"
            yield Broken(offset=offset, length=length, what=what)
    if sealed:
        start = min(sealed)
        missing = sum(length for length, _ in sealed.values())
        yield Broken(offset=start, length=missing, what=f"the last {missing} bytes are missing")


def _stretches(file: Path) -> Iterator[tuple[int, int, str]]:
    offset = 0
    with file.open("rb") as opened:
        while stretch := opened.read(STRETCH_BYTES):
            yield offset, len(stretch), hashlib.sha256(stretch).hexdigest()
            offset += len(stretch)


def _total(lines: str) -> str:
    return f"all {hashlib.sha256(lines.encode('ascii', 'replace')).hexdigest()}"
