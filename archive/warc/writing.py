"""Exchanges into WARC 1.1 files: one gzip member a record, digests on everything, a new file when one is full.

The order on disk is request, then response: the response is the last member of its exchange, so that the end of the
newest response is the end of everything a database row can speak of.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from archive.errors import CannotWriteError
from archive.warc.bodies import content_codings
from archive.warc.digests import sha1_label
from archive.warc.facts import ROLE_FIELD
from archive.warc.messages import escaped, request_block, response_head
from archive.warc.records import Fields, member
from archive.warc.tail import SOFTWARE, sync_folder
from archive.warc.values import Exchange, Headers, Original, Record

COMPRESSED_TYPES: Final = (
    *("image/jpeg", "image/png", "image/webp", "image/avif", "image/gif"),
    *("video/", "audio/", "font/woff"),
)

IDENTICAL: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

PROTOCOLS: Final = {"HTTP/1.0": "http/1.0", "HTTP/1.1": "http/1.1", "HTTP/2": "h2", "HTTP/2.0": "h2", "HTTP/3": "h3"}
"""How WARC-Protocol spells them (a proposed field in use; ALPN's names)."""

DESCRIPTION: Final = (
    "What the HTTP client hands over is kept, which is not every byte on the wire. Lost before we see it: upper and "
    "lower case and the order of header fields, the reason phrase (the standard one is written), chunked framing and "
    "other connection fields (Connection, Keep-Alive, Transfer-Encoding), interim 1xx answers; of requests, Host, "
    "Content-Length (both are written anew) and Connection. Bodies are kept as they were encoded. A field that does "
    "not fit the stored body is renamed X-Archive-Orig-NAME; one that is no HTTP field becomes "
    "X-Archive-Orig-Malformed."
)


MAX_BYTES: Final = 1 << 30
"""What a file may grow to, as web archives are used to it."""


class WarcWriter:
    """Writes one run's exchanges into *folder*. A context manager; not for several threads at once.

    Each file begins with a warcinfo record made from *info*: the standard's names are `operator`, `robots`,
    `http-header-user-agent`, `http-header-from`, `hostname`; any other name is kept, too. *find_original* takes the
    SHA-256 of a payload and names the capture that holds it already, or None. *begun* is told of each file's name and
    length when its description is on disk and nothing else is in it. A name in use is never written to: the serial goes
    up. Raises CannotWriteError when the disk refuses; what was written before that stays whole.
    """

    def __init__(
        self,
        folder: Path,
        *,
        site: str,
        started_at: datetime,
        info: Mapping[str, str],
        max_bytes: int = MAX_BYTES,
        find_original: Callable[[str], Original | None],
        begun: Callable[[str, int], None] = lambda *_: None,
    ) -> None:
        self._folder, self._begun = folder, begun
        self._stem = f"{re.sub(r'[^A-Za-z0-9._-]+', '-', site)}-{started_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        self._site, self._info, self._max_bytes, self._find_original = site, dict(info), max_bytes, find_original
        self._serial = 0
        self._written_before = 0
        self._file = self._next_file()
        self._warcinfo_bytes = self._file.size

    def __enter__(self) -> WarcWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def position(self) -> tuple[str, int]:
        """The file being written and its length: a record boundary, though on disk only after `sync`."""
        return self._file.path.name, self._file.size

    @property
    def written_bytes(self) -> int:
        """By this writer, in all its files."""
        return self._written_before + self._file.size

    def write(self, exchange: Exchange, *, original: Original | None = None, role: str | None = None) -> Record:
        """Append the exchange and say where its response or revisit record lies.

        *role* is what it was fetched as; it goes into a field of our own, so that the file alone says how it was read.

        A payload that *find_original* knows, and a 304 whose *original* the caller names, become revisit records. A 304
        without one is kept as the plain response it is.
        """
        sha256 = hashlib.sha256(exchange.body).hexdigest()
        if original is None and _may_be_revisit(exchange):
            original = self._find_original(sha256)
        answer = _Answer(exchange, sha256, original, role)
        response = answer.member()
        request = _request_member(exchange, answer.record_id)
        self._make_room(len(request) + len(response))
        offset = self._file.append(request + response) + len(request)
        return answer.record(self._file.path.name, offset, len(response))

    def sync(self) -> None:
        """Everything written so far is on disk when this returns."""
        self._file.sync()

    def syncing(self) -> Callable[[], None]:
        """A call that syncs what is written now; another thread may make it while this one writes on."""
        return self._file.syncing()

    def close(self) -> None:
        """Sync and close; closing twice does nothing."""
        self._file.close()

    def _make_room(self, size: int) -> None:
        """The next file is begun before the full one is let go: should that fail, nothing has changed."""
        if self._file.size + size > self._max_bytes and self._file.size > self._warcinfo_bytes:
            full, self._file = self._file, self._next_file()
            self._warcinfo_bytes = self._file.size
            self._written_before += full.size
            full.close()

    def _next_file(self) -> _File:
        file, self._serial = _create(self._folder, self._stem, self._serial)
        try:
            file.append(_warcinfo_member(file.path.name, self._site, self._info))
            file.sync()
            self._begun(file.path.name, file.size)
        except BaseException:
            file.discard()
            raise
        self._serial += 1
        return file


class _File:
    """A file that only grows, by whole records: what can't be written whole is taken back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._torn = False
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o644)

    def append(self, data: bytes) -> int:
        """The offset at which *data* now stands."""
        if self._torn or self._fd < 0:
            raise CannotWriteError(f"{self.path} can't be written on", hint="an earlier write failed or it was closed")
        offset, rest = self.size, memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except BaseException as error:
            self._take_back()
            if isinstance(error, OSError):
                raise _cannot_write(self.path, error) from error
            raise
        self.size += len(data)
        return offset

    def _take_back(self) -> None:
        try:
            os.ftruncate(self._fd, self.size)
            os.lseek(self._fd, self.size, os.SEEK_SET)
        except OSError:
            self._torn = True

    def syncing(self) -> Callable[[], None]:
        """Syncs through a descriptor of its own: the file may be full and closed before it is done."""
        descriptor = os.dup(self._fd)

        def sync() -> None:
            try:
                os.fsync(descriptor)
            except OSError as error:
                self._torn = True
                raise _cannot_write(self.path, error) from error
            finally:
                os.close(descriptor)

        return sync

    def sync(self) -> None:
        """After a failed fsync nobody knows what is on disk, and asking again would say all is well: so no more
        writing."""
        try:
            os.fsync(self._fd)
        except OSError as error:
            self._torn = True
            raise _cannot_write(self.path, error) from error

    def close(self) -> None:
        if self._fd < 0:
            return
        try:
            self.sync()
        finally:
            os.close(self._fd)
            self._fd = -1

    def discard(self) -> None:
        os.close(self._fd)
        self._fd = -1
        self.path.unlink()


def _cannot_write(path: Path, error: OSError) -> CannotWriteError:
    return CannotWriteError(
        f"{path}: {error.strerror}", hint="what was captured before is whole; make room and crawl again"
    )


def _create(folder: Path, stem: str, serial: int) -> tuple[_File, int]:
    """The first free name from *serial* on, and the serial it has."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            try:
                file = _File(folder / f"{stem}-{serial:05d}.warc.gz")
            except FileExistsError:
                serial += 1
            else:
                sync_folder(folder)
                return file, serial
    except OSError as error:
        raise _cannot_write(folder, error) from error


def _may_be_revisit(exchange: Exchange) -> bool:
    """A cut payload is not taken for the whole one that happens to begin so."""
    return bool(exchange.body) and exchange.truncated is None


class _Answer:
    """The response of an exchange on its way to being a record."""

    def __init__(self, exchange: Exchange, sha256: str, original: Original | None, role: str | None) -> None:
        not_modified = exchange.status == 304
        self.record_id = _new_id()
        self._exchange, self._original, self._role = exchange, original, role
        self._profile = (NOT_MODIFIED if not_modified else IDENTICAL) if original else None
        self._sha256 = original.payload_sha256 if original and not_modified else sha256
        self._sha1 = None if original and not_modified else sha1_label(exchange.body)

    def member(self) -> bytes:
        head = response_head(self._exchange)
        body = b"" if self._profile else self._exchange.body
        kind = "revisit" if self._profile else "response"
        fields = (
            *_common_fields(kind, self.record_id, self._exchange),
            *(((ROLE_FIELD, self._role),) if self._role else ()),
            *self._revisit_fields(),
            *((("WARC-Payload-Digest", self._sha1),) if self._sha1 else ()),
            ("WARC-Payload-Digest-SHA256", f"sha256:{self._sha256}"),
            *_block_fields("application/http; msgtype=response", head, body),
        )
        return member(fields, head, body, store=bool(body) and _is_compressed(self._exchange.response_headers))

    def _revisit_fields(self) -> Fields:
        """WARC 1.1, 6.7: `WARC-Truncated: length` says that the payload was left out, not that it was lost."""
        original, truncated = self._original, self._exchange.truncated
        if original is None:
            return (("WARC-Truncated", truncated),) if truncated else ()
        refers_to = (("WARC-Refers-To", f"<{original.record_id}>"),) if original.record_id else ()
        return (
            ("WARC-Profile", self._profile or ""),
            *refers_to,
            ("WARC-Refers-To-Target-URI", escaped(original.url)),
            ("WARC-Refers-To-Date", instant(original.at)),
            *((("WARC-Truncated", "length"),) if self._profile == IDENTICAL else ()),
        )

    def record(self, file: str, offset: int, length: int) -> Record:
        return Record(
            file=file,
            offset=offset,
            length=length,
            payload_sha256=self._sha256,
            payload_bytes=len(self._exchange.body),
            revisit=self._original is not None,
            record_id=self.record_id,
            payload_sha1=self._sha1.removeprefix("sha1:") if self._sha1 else None,
            refers_to=self._original,
        )


def _request_member(exchange: Exchange, response_id: str) -> bytes:
    block = request_block(exchange)
    fields = (
        *_common_fields("request", _request_id(response_id), exchange),
        ("WARC-Concurrent-To", f"<{response_id}>"),
        *_block_fields("application/http; msgtype=request", block),
    )
    return member(fields, block)


def _warcinfo_member(name: str, site: str, info: Mapping[str, str]) -> bytes:
    from importlib.metadata import version  # a quarter of what reading WARC files takes to import

    known = {
        "software": f"{SOFTWARE}/{version('clipfile')}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": site,
        "description": DESCRIPTION,
    }
    lines = [f"{_name(name)}: {' '.join(value.split())}\r\n" for name, value in {**known, **info}.items()]
    block = "".join(lines).encode("utf-8")
    fields = (
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", f"<{_new_id()}>"),
        ("WARC-Date", instant(datetime.now(UTC))),
        ("WARC-Filename", name),
        *_block_fields("application/warc-fields", block),
    )
    return member(fields, block)


def _common_fields(kind: str, record_id: str, exchange: Exchange) -> Fields:
    return (
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<{record_id}>"),
        ("WARC-Date", instant(exchange.at)),
        ("WARC-Target-URI", escaped(exchange.url)),
        *((("WARC-IP-Address", exchange.ip),) if exchange.ip else ()),
        ("WARC-Protocol", PROTOCOLS.get(exchange.protocol, exchange.protocol.lower())),
    )


def _block_fields(content_type: str, head: bytes, body: bytes = b"") -> Fields:
    sha256 = hashlib.sha256(head)
    sha256.update(body)
    return (
        ("WARC-Block-Digest", f"sha256:{sha256.hexdigest()}"),
        ("Content-Type", content_type),
        ("Content-Length", str(len(head) + len(body))),
    )


def _is_compressed(headers: Headers) -> bool:
    types = (value.lower() for name, value in headers if name.lower() == "content-type")
    return bool(content_codings(headers)) or next(types, "").startswith(COMPRESSED_TYPES)


def _new_id() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def _request_id(response_id: str) -> str:
    """The response's with its last digit changed: as unique as that, and next to it twenty bytes less in the file."""
    return f"{response_id[:-1]}{int(response_id[-1], 16) ^ 1:x}"


def _name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)


def instant(at: datetime) -> str:
    """WARC-Date, to the second: the precision every CDX index and our own database keep."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
