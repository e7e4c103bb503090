"""WARC records as they lie in a file: framing written and read, with nothing assumed about what is inside.

Reading takes gzip files of one member a record and uncompressed ones, WARC 1.0 and 1.1, and works at any offset. A
block longer than `KEEP_BYTES` is not held in memory; `iter_block` reads it again in pieces.
"""

from __future__ import annotations

import itertools
import os
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from isal import igzip_lib, isal_zlib

from archive.errors import DamagedArchiveError

GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Every member of ours begins with these bytes: no time, no name, no flags. So a changed bit here is seen, too."""

KEEP_BYTES: Final = 64 * 1024 * 1024
HEAD_BYTES: Final = 64 * 1024
STEP_BYTES: Final = 256 * 1024
FIRST_STEP_BYTES: Final = 16 * 1024
"""Most records are a request of 300 bytes or a page of 20 KB: what lies behind them should not be read each time."""

LEVEL: Final = 2
"""ISA-L's level, of 0 to 3, for what came uncompressed; measured in docs/captures.md."""

VERSIONS: Final = ("WARC/1.0", "WARC/1.1")
_VERSION_LINE = re.compile(rb"(WARC/\d[^\r\n]{0,16})\r?\n")
RECORD_END: Final = b"\r\n\r\n"
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_LINE_END = re.compile(r"\r?\n")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BEHIND = {b"WARC/": "more than one record in a gzip member: rewrite the file first (`warcio recompress OLD NEW`)"}
_MEMBER_START = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")

Fields = tuple[tuple[str, str], ...]


class DamagedRecordError(DamagedArchiveError):
    """A WARC file is not what it should be at one place."""

    def __init__(self, file: str, offset: int, problem: str, *, cut: bool = False) -> None:
        super().__init__(f"{file} at byte {offset}: {problem}")
        self.file, self.offset, self.problem = file, offset, problem
        self.cut = cut
        """The file ends inside this record: what a power cut leaves behind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawRecord:
    """One record, whole: its header fields as printed and its block."""

    path: Path
    offset: int
    length: int
    """Bytes in the file: the gzip member, or header, block and closing line breaks."""
    gzipped: bool
    version: str
    type: str
    """In lower case; '' when it has none."""
    id: str
    """Without its angle brackets; '' when it has none."""
    fields: Fields
    first: Mapping[str, str]
    """The first field of each name, under the name in lower case."""
    block: bytes | None
    """None when it is longer than `KEEP_BYTES`."""
    block_bytes: int
    odd: tuple[str, ...] = ()
    """What is not as the standard says, though the record can be read."""

    @property
    def end(self) -> int:
        return self.offset + self.length

    @property
    def file(self) -> str:
        return self.path.name

    def get(self, name: str) -> str | None:
        """The first field of that name, in lower case; None when there is none."""
        return self.first.get(name)

    def url(self) -> str | None:
        """The target, without the angle brackets old writers put around it."""
        uri = self.get("warc-target-uri")
        return bare(uri) if uri else None


def bare(uri: str) -> str:
    """
    >>> bare("<urn:uuid:12345678-1234-5678-1234-567812345678>")
    'urn:uuid:12345678-1234-5678-1234-567812345678'
    """
    return uri.strip().removeprefix("<").removesuffix(">")


def member(fields: Fields, head: bytes, body: bytes = b"", *, store: bool = False) -> bytes:
    """One WARC 1.1 record, its block in two parts, as one gzip member.

    With *store*, the body is put into the member as it is: deflating again what is compressed already takes longer than
    all the rest and gains nothing.
    """
    lines = ["WARC/1.1", *(f"{name}: {value}" for name, value in fields), "", ""]
    start = "\r\n".join(lines).encode("utf-8") + head
    deflater = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    if store:
        deflated = (deflater.compress(start), deflater.flush(isal_zlib.Z_FULL_FLUSH), *_stored(body), _LAST_STORED_END)
    else:
        deflated = (deflater.compress(start + body + RECORD_END), deflater.flush())
    check = isal_zlib.crc32(RECORD_END, isal_zlib.crc32(body, isal_zlib.crc32(start)))
    size = len(start) + len(body) + len(RECORD_END)
    return b"".join((GZIP_HEADER, *deflated, struct.pack("<II", check, size & 0xFFFFFFFF)))


def _stored(data: bytes) -> Iterator[bytes]:
    """Deflate's stored blocks (RFC 1951, 3.2.4); they begin at a byte's edge, as Z_FULL_FLUSH leaves it."""
    for at in range(0, len(data), 0xFFFF):
        piece = data[at : at + 0xFFFF]
        yield struct.pack("<BHH", 0, len(piece), len(piece) ^ 0xFFFF)
        yield piece


_LAST_STORED_END: Final = struct.pack("<BHH", 1, len(RECORD_END), len(RECORD_END) ^ 0xFFFF) + RECORD_END


class WarcFile:
    """A WARC file opened for reading at any offset. A context manager."""

    def __init__(self, path: Path, *, keep_bytes: int = KEEP_BYTES) -> None:
        self.path = path
        self._keep_bytes = keep_bytes
        self._fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        self.size = os.fstat(self._fd).st_size
        self.gzipped = os.pread(self._fd, 2, 0) == b"\x1f\x8b"

    def __enter__(self) -> WarcFile:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def record_at(self, offset: int) -> RawRecord:
        """The record that begins at *offset*; DamagedRecordError when none does or it is not whole."""
        return _RecordReader(self, offset, self._keep_bytes).read()

    def __iter__(self) -> Iterator[RawRecord]:
        """All records in order; DamagedRecordError at the first place that is not a whole record."""
        offset = 0
        while offset < self.size:
            record = self.record_at(offset)
            yield record
            offset = record.end

    def whole_records(self, start: int = 0, end: int | None = None) -> Iterator[RawRecord]:
        """Whole records that begin from *start* on and before *end*; what is damaged between them is passed over."""
        offset: int | None = start
        end = self.size if end is None else min(end, self.size)
        while offset is not None and offset < end:
            try:
                record = self.record_at(offset)
            except DamagedRecordError:
                offset = self.next_start(offset)
            else:
                yield record
                offset = record.end

    def next_start(self, after: int) -> int | None:
        """The first offset behind *after* where a record may begin; None when there is none up to the end."""
        at = after + 1
        while at < self.size:
            window = self.raw(at, STEP_BYTES)
            found = (_MEMBER_START if self.gzipped else _VERSION_LINE).search(window)
            if found:
                return at + found.start()
            at += max(len(window) - 32, 1)
        return None

    def raw(self, offset: int, size: int) -> bytes:
        return os.pread(self._fd, size, offset)

    def inflated(self, offset: int, most_bytes: int) -> tuple[bytes, int] | None:
        """What is in the gzip member at *offset*, and where that ends.

        None when it has not the header we write, is not whole, or holds more than *most_bytes*; `record_at` says which.
        """
        compressed, step = self.raw(offset, FIRST_STEP_BYTES), FIRST_STEP_BYTES
        if not compressed.startswith(GZIP_HEADER):
            return None
        inflater, at, pieces, left = isal_zlib.decompressobj(31), offset, [], most_bytes
        try:
            while compressed and left > 0:
                at += len(compressed)
                pieces.append(inflater.decompress(compressed, left))
                if inflater.eof:
                    return b"".join(pieces), at - len(inflater.unused_data)
                left, step = left - len(pieces[-1]), min(2 * step, STEP_BYTES)
                compressed = self.raw(at, step)
        except igzip_lib.IsalError:  # type: ignore[misc]  # the stubs take it for an instance
            return None
        return None

    def pieces(self, offset: int) -> Iterator[tuple[bytes, int]]:
        """What the file holds from *offset*, decompressed to the end of the gzip member: (piece, end in the file so
        far)."""
        return self._member(offset) if self.gzipped else self._plain(offset)

    def _plain(self, offset: int) -> Iterator[tuple[bytes, int]]:
        step = FIRST_STEP_BYTES
        while piece := self.raw(offset, step):
            offset += len(piece)
            yield piece, offset
            step = min(2 * step, STEP_BYTES)

    def _member(self, offset: int) -> Iterator[tuple[bytes, int]]:
        inflater, at, step = isal_zlib.decompressobj(31), offset, FIRST_STEP_BYTES
        while not inflater.eof:
            compressed = self.raw(at, step)
            if not compressed:
                raise DamagedRecordError(self.path.name, offset, "the file ends inside this record", cut=True)
            if at == offset and not GZIP_HEADER.startswith(compressed[:3]):
                raise DamagedRecordError(self.path.name, offset, "not a gzip member")
            at, step = at + len(compressed), min(2 * step, STEP_BYTES)
            try:
                while compressed and not inflater.eof:
                    piece = inflater.decompress(compressed, 4 * STEP_BYTES)
                    compressed = inflater.unconsumed_tail
                    yield piece, at - len(inflater.unused_data)
            except igzip_lib.IsalError as error:  # type: ignore[misc]  # the stubs take it for an instance
                raise DamagedRecordError(self.path.name, offset, f"damaged gzip member ({error})") from error


class _RecordReader:
    """Reads one record from one place, then is thrown away."""

    def __init__(self, file: WarcFile, offset: int, keep_bytes: int) -> None:
        self._file, self._offset, self._keep_bytes = file, offset, keep_bytes
        self._pieces = file.pieces(offset)
        self._buffer = b""
        self._at = 0
        """How far the buffer is used: cutting off what is used would copy the rest each time."""
        self._used = 0
        self._file_end = offset

    def read(self) -> RawRecord:
        version, fields, odd = _read_header(self._head(), self._damaged)
        size = self._block_bytes(fields)
        block = self._block(size)
        self._close()
        first = {name.lower(): value for name, value in reversed(fields)}
        return RawRecord(
            path=self._file.path,
            offset=self._offset,
            length=(self._file_end if self._file.gzipped else self._offset + self._used) - self._offset,
            gzipped=self._file.gzipped,
            version=version,
            type=first.get("warc-type", "").lower(),
            id=bare(first.get("warc-record-id", "")),
            fields=fields,
            first=first,
            block=block,
            block_bytes=size,
            odd=odd,
        )

    def _damaged(self, problem: str, *, cut: bool = False) -> DamagedRecordError:
        return DamagedRecordError(self._file.path.name, self._offset, problem, cut=cut)

    def _ended(self, problem: str) -> DamagedRecordError:
        """The bytes are at their end too early: of the file when it is not compressed, else of a member that is
        whole."""
        if self._file.gzipped:
            return self._damaged(problem)
        return self._damaged("the file ends inside this record", cut=True)

    def _more(self) -> bool:
        """Add the next piece to the buffer; False at the end of the member, or of the uncompressed file."""
        for piece, end in self._pieces:
            self._file_end = end
            if piece:
                self._buffer = self._buffer[self._at :] + piece if self._at < len(self._buffer) else piece
                self._at = 0
                return True
        return False

    def _left(self) -> int:
        return len(self._buffer) - self._at

    def _use(self, size: int) -> bytes:
        used = self._buffer[self._at : self._at + size]
        self._at += len(used)
        self._used += len(used)
        return used

    def _head(self) -> bytes:
        while (end := _HEAD_END.search(self._buffer)) is None:
            if len(self._buffer) >= len("WARC/") and not self._buffer.startswith(b"WARC/"):
                raise self._damaged("not a WARC record")
            if len(self._buffer) > HEAD_BYTES:
                raise self._damaged(f"a record header of more than {HEAD_BYTES} bytes")
            if not self._more():
                raise self._ended("not a WARC record")
        return self._use(end.end())

    def _block_bytes(self, fields: Fields) -> int:
        lengths = [value for name, value in fields if name.lower() == "content-length"]
        if len(lengths) != 1 or not re.fullmatch("[0-9]{1,15}", lengths[0]):
            raise self._damaged(f"Content-Length is {', '.join(lengths) or 'missing'}")
        return int(lengths[0])

    def _block(self, size: int) -> bytes | None:
        kept: list[bytes] | None = [] if size <= self._keep_bytes else None
        missing = size
        while missing:
            if not self._left() and not self._more():
                raise self._ended(f"Content-Length is {size}, the block has {size - missing} bytes")
            piece = self._use(missing)
            missing -= len(piece)
            if kept is not None:
                kept.append(piece)
        return None if kept is None else b"".join(kept)

    def _close(self) -> None:
        while self._left() < len(RECORD_END) and self._more():
            pass
        if self._left() < len(RECORD_END) and RECORD_END.startswith(self._buffer[self._at :]):
            raise self._ended("no line breaks behind the block")
        if self._use(len(RECORD_END)) != RECORD_END:
            raise self._damaged("the block goes on behind its Content-Length, or no line breaks follow it")
        if self._file.gzipped and (self._left() or self._more()):
            raise self._damaged(_BEHIND.get(self._buffer[self._at :][:5], "the gzip member goes on behind its record"))


def _read_header(head: bytes, damaged: Callable[[str], DamagedRecordError]) -> tuple[str, Fields, tuple[str, ...]]:
    first = _VERSION_LINE.match(head)
    if first is None:
        raise damaged("not a WARC record")
    version = first.group(1).decode("ascii", "replace")
    if version not in VERSIONS:
        raise damaged(f"{version}, where {' or '.join(VERSIONS)} can be read")
    text = head[first.end() :].decode("utf-8", "replace")
    unfolded = _FOLD.sub(" ", text) if "\n " in text or "\n\t" in text else text
    fields = [line.partition(":") for line in _LINE_END.split(unfolded) if line]
    odd = tuple(problem for problem, found in _header_oddities(head, text, fields) if found)
    return version, tuple((name, value.strip(" \t")) for name, _, value in fields), odd


def _header_oddities(head: bytes, text: str, fields: list[tuple[str, str, str]]) -> Iterator[tuple[str, bool]]:
    yield "a line of the header does not end with CR LF", head.count(b"\n") != head.count(b"\r\n")
    yield "the header is not UTF-8", "\N{REPLACEMENT CHARACTER}" in text
    yield "a header field has no proper name", not _are_names([name for name, _, _ in fields])
    yield "a header field has no colon", not all(colon for _, colon, _ in fields)


def _are_names(names: list[str]) -> bool:
    return all(names) and _NAME.fullmatch("".join(names)) is not None


def iter_block(record: RawRecord) -> Iterator[bytes]:
    """The record's block in pieces, read again from the file when it was too long to keep."""
    if record.block is not None:
        yield record.block
        return
    with WarcFile(record.path) as file:
        yield from _block_again(file, record)


def _block_again(file: WarcFile, record: RawRecord) -> Iterator[bytes]:
    head, missing = b"", record.block_bytes
    pieces: Iterator[bytes] = (piece for piece, _ in file.pieces(record.offset))
    for piece in pieces:
        head += piece
        if end := _HEAD_END.search(head):
            pieces = itertools.chain((head[end.end() :],), pieces)
            break
    for piece in pieces:
        yield piece[:missing]
        missing -= min(missing, len(piece))
        if not missing:
            return
