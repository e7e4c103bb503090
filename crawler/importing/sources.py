"""Files from elsewhere, made ready to be read: found in folders, taken out of packages, named by their content."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.errors import CannotWriteError, UnusableFileError, UsageError
from archive.warc.packages import WARC_ENDINGS, Package, is_package

PREFIX: Final = "import-"
DIGITS: Final = 16
"""Of the file's SHA-256, in its name."""
STEP_BYTES: Final = 1 << 20
STEM_CHARACTERS: Final = 80

_WARC = re.compile(rb"WARC/\d")
_NOT_OURS_TO_READ: Final = {
    b"filedesc:/": "an ARC file, from before WARC: convert it to WARC first",
    b"%PDF": "a PDF file",
    b"SQLite format": "a database; clipfile merge joins archives",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A WARC file from elsewhere, bit for bit as it was."""

    was: str
    """Name of the file that was given, with the name inside the package behind it."""
    path: Path
    """Where it can be read now."""
    name: str
    """What it is called in `warc/`: by its content, so that the same file is the same name, and by its own name."""
    bytes: int
    sha256: str


def find_inputs(paths: Sequence[Path]) -> list[Path]:
    """The WARC and WACZ files that are meant: files as they are given, those below folders in order of their names.

    Raises UsageError for what is not there, and for a folder without any.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"there is no file {path}")
        inside = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and _is_meant(p))
        if not inside:
            raise UsageError(f"there is no WARC or WACZ file in {path}")
        found |= dict.fromkeys(inside)
    return list(found)


def _is_meant(path: Path) -> bool:
    return path.name.lower().endswith((*WARC_ENDINGS, ".wacz"))


def staged(path: Path, folder: Path, *, only_look: bool = False) -> Iterator[Source]:
    """The WARC files in *path*, copied to *folder* under the names they will have.

    With *only_look* a WARC file is read where it is; what is in a package has to be taken out of it all the same.

    Raises UnusableFileError for a file that is neither WARC nor a whole, harmless WACZ, or that is not what its package
    says; OSError becomes CannotWriteError.
    """
    try:
        _refuse_others(path)
        folder.mkdir(parents=True, exist_ok=True)
        if is_package(path):
            yield from _from_package(path, folder)
        else:
            yield _looked_at(path) if only_look else _from_file(path, folder)
    except OSError as error:
        raise CannotWriteError(f"{path} can't be copied to {folder}: {error.strerror or error}") from error


def _refuse_others(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(64)
    if not start:
        raise UnusableFileError(path.name, 0, "an empty file")
    for sign, words in _NOT_OURS_TO_READ.items():
        if start.startswith(sign):
            raise UnusableFileError(path.name, 0, words)
    if not (start.startswith((b"\x1f\x8b", b"PK")) or _WARC.match(start)):
        raise UnusableFileError(path.name, 0, "neither a WARC nor a WACZ file")


def _looked_at(path: Path) -> Source:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    return Source(was=path.name, path=path, name=_stored_name(path, path.name, sha256), bytes=size, sha256=sha256)


def _from_file(path: Path, folder: Path) -> Source:
    temporary, digest, size = folder / "copying", hashlib.sha256(), 0
    with path.open("rb") as given, temporary.open("wb") as copy:
        while piece := given.read(STEP_BYTES):
            digest.update(piece)
            copy.write(piece)
            size += len(piece)
        os.fsync(copy.fileno())
    return _named(temporary, path.name, path.name, size, digest.hexdigest())


def _from_package(path: Path, folder: Path) -> Iterator[Source]:
    with Package(path) as package:
        listed = package.listed()
        names = package.warcs()
        if not names:
            raise UnusableFileError(path.name, None, "there is no WARC file in this package")
        for name in names:
            temporary = folder / "copying"
            with temporary.open("wb") as copy:
                sha256 = package.unpack(name, copy)
                size = copy.tell()
                os.fsync(copy.fileno())
            told = listed.get(name)
            if told and told.sha256 and told.sha256 != sha256:
                at = package.members[name].header_offset
                raise UnusableFileError(
                    path.name, at, f"{name} has the digest sha256:{sha256}, not the one datapackage.json gives it"
                )
            yield _named(temporary, f"{path.name}/{name}", Path(name).name, size, sha256)


def _named(temporary: Path, was: str, name: str, size: int, sha256: str) -> Source:
    path = temporary.rename(temporary.with_name(_stored_name(temporary, name, sha256)))
    return Source(was=was, path=path, name=path.name, bytes=size, sha256=sha256)


def content_of(name: str) -> str:
    """The part of a stored name that is the same for the same bytes."""
    return name[: len(PREFIX) + DIGITS]


def _stored_name(path: Path, name: str, sha256: str) -> str:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    stem = re.sub(r"(?i)\.warc(\.gz)?$|\.gz$", "", name)
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", stem)[:STEM_CHARACTERS].strip("-.") or "unnamed"
    return f"{PREFIX}{sha256[:DIGITS]}-{stem}.warc{'.gz' if is_gzip else ''}"
