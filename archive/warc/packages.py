"""WACZ packages: WARC files in a zip with their index and a list of digests, opened as a file from a stranger.

A zip can name files outside its folder, say little and unpack to much, or be encrypted. Nothing is unpacked under a
name of the zip's choosing, nothing beyond what the zip says it holds, and a package with such names is refused.
"""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from archive.errors import UnusableFileError

DESCRIPTION: Final = "datapackage.json"
WARC_ENDINGS: Final = (".warc", ".warc.gz")
STEP_BYTES: Final = 1 << 20
TEXT_BYTES: Final = 64 * 1024 * 1024
"""What a description or list of pages may be long."""
MOST_RATIO: Final = 1_000
"""WARC files are compressed already; text that unpacks to more than this many times its size is a bomb."""
RATIO_FREE_BYTES: Final = 1 << 20

_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_package(path: Path) -> bool:
    """By its first bytes; a zip may be empty."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def member_fault(member: zipfile.ZipInfo) -> str | None:
    """Why a member of a zip is not to be touched; None when it is."""
    return next((what for what, is_so in MEMBER_FAULTS if is_so(member)), None)


def _leads_out(member: zipfile.ZipInfo) -> bool:
    name = member.orig_filename
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name or "\\" in name


def _is_link(member: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > max(RATIO_FREE_BYTES, member.compress_size * MOST_RATIO)


MEMBER_FAULTS: Final = (
    ("its name leads out of the package", _leads_out),
    ("it is a symbolic link", _is_link),
    ("it is encrypted", lambda member: bool(member.flag_bits & 0x1)),
    ("it is packed in a way that is not read", lambda member: member.compress_type not in _METHODS),
    ("it unpacks to more than a thousand times its size", _is_bomb),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A file as the description lists it; None for what it does not say."""

    path: str
    bytes: int | None
    sha256: str | None


class Package:
    """A WACZ opened for reading. A context manager. Raises UnusableFileError for what is no whole, harmless zip."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            end = path.stat().st_size
            raise UnusableFileError(path.name, end, f"the zip is cut, or none at all ({error})") from error
        self.members: dict[str, zipfile.ZipInfo] = {}
        try:
            self._take_members()
        except UnusableFileError:
            self._zip.close()
            raise

    def _take_members(self) -> None:
        for member in self._zip.infolist():
            fault = "it is in the package twice" if member.filename in self.members else member_fault(member)
            if fault:
                raise UnusableFileError(self.path.name, member.header_offset, f"{member.orig_filename}: {fault}")
            self.members[member.filename] = member

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def warcs(self) -> list[str]:
        """Names of the WARC files in it, in order."""
        return sorted(n for n in self.members if n.startswith("archive/") and n.lower().endswith(WARC_ENDINGS))

    def pieces(self, name: str) -> Iterator[bytes]:
        """A member, unpacked, in pieces; its check sum is compared at the end."""
        member = self.members[name]
        try:
            with self._zip.open(member) as file:
                while piece := file.read(STEP_BYTES):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise UnusableFileError(self.path.name, member.header_offset, f"{name} is damaged ({error})") from error

    def text(self, name: str) -> bytes:
        """A small member, whole."""
        if self.members[name].file_size > TEXT_BYTES:
            raise UnusableFileError(self.path.name, self.members[name].header_offset, f"{name} is too long")
        return b"".join(self.pieces(name))

    def unpack(self, name: str, file: IO[bytes]) -> str:
        """Write a member to *file*; returns its SHA-256 in hex."""
        digest = hashlib.sha256()
        for piece in self.pieces(name):
            digest.update(piece)
            file.write(piece)
        return digest.hexdigest()

    def listed(self) -> dict[str, Listed]:
        """What the description says of each file, by path. Raises UnusableFileError when there is none that says it."""
        if DESCRIPTION not in self.members:
            raise UnusableFileError(self.path.name, None, f"there is no {DESCRIPTION} in it, so it is no WACZ")
        at = self.members[DESCRIPTION].header_offset
        try:
            described = json.loads(self.text(DESCRIPTION))
            return {listed.path: listed for listed in map(_listed, described["resources"])}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UnusableFileError(self.path.name, at, f"{DESCRIPTION} is not one of a WACZ ({error!r})") from error


def _listed(resource: dict[str, Any]) -> Listed:
    size, digest = resource.get("bytes"), str(resource.get("hash") or "")
    return Listed(
        path=str(resource["path"]),
        bytes=size if isinstance(size, int) else None,
        sha256=digest.removeprefix("sha256:").lower() if digest.startswith("sha256:") else None,
    )
