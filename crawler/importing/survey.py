"""What is in files from elsewhere: every answer of theirs, laid out in a small database of its own.

A file is read whole before anything of it is kept, so that a damaged one leaves no trace; and what several files hold
of one post has to be known together, since the order of capture decides which text is the newer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

from archive.errors import DamagedArchiveError, FixityError, UnusableFileError
from archive.store.values import instant
from archive.urls import canonical_url
from archive.warc import Exchange, Record, iter_exchanges
from archive.warc.digests import read_label
from archive.warc.records import DamagedRecordError
from crawler import settings
from crawler.importing.sources import Source
from crawler.kinds import page_kind
from crawler.limits import BodyLimits, whole_body
from crawler.pages import UnreadablePageError, parse_page
from crawler.profiles import site_key
from crawler.skips import Skipped

LIMITS: Final = BodyLimits(decoded_bytes=settings.DOWNLOAD_MAXSIZE, ratio=settings.DECOMPRESSION_MAXRATIO)
REDIRECTS: Final = (301, 302, 303, 307, 308)
PAGE_TYPES: Final = ("text/html", "application/xhtml+xml")

Advance = Callable[[int], None]
"""Told how many bytes of a file are read."""

ANSWERS: Final = """
create table answers (
    file text, offset integer, length integer, at text, url text, key text, site text, status integer, revisit integer,
    kind text, content_type text, etag text, last_modified text, sha256 text, sha1 text, bytes integer,
    refers_url text, refers_at text, in_frame integer,
    primary key (file, offset)
) without rowid;
create index answers_by_url on answers(url, at);
create index answers_by_sha256 on answers(sha256);
create index answers_by_sha1 on answers(sha1);
create table redirects (target text, url text, primary key (target, url)) without rowid;
"""
COLUMNS: Final = 19


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteCount:
    """What the files hold of one host."""

    site: str
    """As `crawler.profiles.site_key` spells it."""
    answers: int
    pages: int
    posts: int
    """Pages that look like a post."""
    first_at: str
    last_at: str


class Survey:
    """The answers of several files, in order of capture where that is asked for. Lies in *path*, for this once."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("pragma journal_mode = off")
        self.db.execute("pragma synchronous = off")
        for statement in ANSWERS.split(";"):
            self.db.execute(statement)

    def close(self) -> None:
        self.db.close()

    def read(self, source: Source, advance: Advance = lambda _: None) -> int:
        """Lay out a file's answers; returns how many there are. Raises UnusableFileError for a damaged file."""
        marks = ", ".join("?" * COLUMNS)
        self.db.execute("begin")
        try:
            for count, (exchange, record) in enumerate(iter_exchanges(source.path), 1):
                self.db.execute(f"insert into answers values ({marks})", _row(source.name, exchange, record))
                self._note_redirect(exchange)
                advance(record.offset)
                if not count % 1_000:
                    self.db.execute("commit")
                    self.db.execute("begin")
        except (DamagedArchiveError, FixityError) as error:
            self.db.execute("commit")
            self.forget(source)
            raise _unusable(source, error) from error
        self.db.execute("commit")
        return int(self.db.execute("select count(*) from answers where file = ?", (source.name,)).fetchone()[0])

    def forget(self, source: Source) -> None:
        self.db.execute("delete from answers where file = ?", (source.name,))

    def _note_redirect(self, exchange: Exchange) -> None:
        places = [value for name, value in exchange.response_headers if name.lower() == "location"]
        target = _key(_joined(exchange.url, places[-1])) if exchange.status in REDIRECTS and places else None
        if target:
            self.db.execute("insert or ignore into redirects values (?, ?)", (target, exchange.url))

    def sites(self) -> list[SiteCount]:
        """Every host in the files, the one with most posts first."""
        rows = self.db.execute(
            """
            select site, count(*) as answers, count(kind) as pages,
                sum(kind = 'post' and not in_frame) as posts, min(at) as first_at, max(at) as last_at
            from answers
            where site is not null
            group by site
            order by posts desc, pages desc, answers desc, site
            """
        )
        return [SiteCount(**{**dict(row), "posts": row["posts"] or 0}) for row in rows]

    def answers(self, files: Sequence[str], where: str = "true") -> Iterator[sqlite3.Row]:
        """The files' answers in order of capture; of one second, originals before the revisits that name them."""
        marks = ", ".join("?" * len(files))
        sql = f"select * from answers where file in ({marks}) and {where} order by at, revisit, file, offset"
        return self.db.execute(sql, tuple(files))

    def original_of(self, answer: sqlite3.Row) -> sqlite3.Row | None:
        """The answer whose payload a revisit stands for: by address and instant, else by digest."""
        for where, values in (
            ("url = ? and at = ?", (answer["refers_url"], answer["refers_at"])),
            ("sha256 = ?", (answer["sha256"],)),
            ("sha1 = ?", (answer["sha1"],)),
        ):
            if values[0] is not None:
                sql = f"select * from answers where {where} and not revisit order by at, file, offset limit 1"
                row: sqlite3.Row | None = self.db.execute(sql, values).fetchone()
                if row is not None:
                    return row
        return None

    def aliases(self, url: str) -> list[str]:
        """Addresses from which the files were led to *url*, over two redirects at most."""
        led = "select url from redirects where target = ?"
        direct = [row[0] for row in self.db.execute(led, (canonical_url(url),))]
        further = [row[0] for first in direct if (key := _key(first)) for row in self.db.execute(led, (key,))]
        return list(dict.fromkeys((*direct, *further)))


def _unusable(source: Source, error: DamagedArchiveError) -> UnusableFileError:
    if isinstance(error, DamagedRecordError):
        return UnusableFileError(source.was, error.offset, error.problem)
    if isinstance(error, FixityError):
        offset = int(error.where.rpartition(" ")[2])
        what = f"{error.url} has the digest {error.found}, where {error.expected} was stored"
        return UnusableFileError(source.was, offset, what)
    return UnusableFileError(source.was, None, error.message)


def _row(file: str, exchange: Exchange, record: Record) -> tuple[Any, ...]:
    headers = {name.lower(): value for name, value in exchange.response_headers}
    refers = record.refers_to
    sha256 = record.payload_sha256 if len(record.payload_sha256) == 64 else _named_sha256(record.payload_sha256)
    return (
        file, record.offset, record.length, instant(exchange.at), exchange.url, _key(exchange.url),
        site_key(exchange.url), exchange.status, record.revisit, _kind(exchange, headers, record),
        headers.get("content-type"), headers.get("etag"), headers.get("last-modified"), sha256, record.payload_sha1,
        record.payload_bytes, refers.url if refers else None, instant(refers.at) if refers else None,
        _is_in_frame(exchange),
    )  # fmt: skip


def _named_sha256(label: str) -> str | None:
    read = read_label(label)
    return read[1].hex() if read and read[0] == "sha256" else None


def _kind(exchange: Exchange, headers: dict[str, str], record: Record) -> str | None:
    """post, listing, page or other; None for what is no page, `revisit` for one whose page is elsewhere."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if exchange.status != 200 or exchange.method != "GET" or (kind and kind not in PAGE_TYPES):
        return None
    if record.revisit:
        return "revisit"
    try:
        body = whole_body(exchange, LIMITS)
        return page_kind(parse_page(body, url=exchange.url, content_type=headers.get("content-type")))
    except (Skipped, UnreadablePageError):
        return "other"


def _is_in_frame(exchange: Exchange) -> bool:
    """Whether a browser fetched it for a frame of another page: an advertisement, a video."""
    return any(n.lower() == "sec-fetch-dest" and v in ("iframe", "frame") for n, v in exchange.request_headers)


def _key(url: str) -> str | None:
    try:
        return canonical_url(url)
    except ValueError:
        return None


def _joined(base: str, place: str) -> str:
    try:
        return urljoin(base, place)
    except ValueError:
        return ""
