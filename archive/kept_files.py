"""From the address a page writes to the captures of the file it means: the spellings of one address, then redirects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from sqlite_utils import Database

from archive.charsets import as_text
from archive.errors import ArchiveError
from archive.holdings import POINTER, load_exchange
from archive.requisites import Requisite, asked_for, page_requisites, style_requisites
from archive.warc import decode_body

MOST_HOPS: Final = 5
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of a page or style sheet that is looked through."""
MOST_IMPORTS: Final = 8
REDIRECTS: Final = range(300, 400)

Row = Mapping[str, Any]


class KeptFiles:
    """The files an archive has captured, by the addresses that lead to them."""

    def __init__(self, db: Database, warc_folder: Path) -> None:
        self._db, self._folder = db, warc_folder

    def find(self, url: str) -> Row | None:
        """The newest capture of the file at *url*, redirects followed; None when the archive has none."""
        chain = list(self.chain(url))
        return chain[-1] if chain and chain[-1]["status"] == 200 else None

    def chain(self, url: str) -> Iterator[Row]:
        """The captures that lead from *url* to the file: redirects, then the file itself, as far as they are held."""
        seen: set[str] = set()
        address: str | None = url
        while address and address not in seen and len(seen) < MOST_HOPS:
            seen.add(address)
            row = self._newest(address)
            if row is None:
                return
            yield row
            address = self._target(row) if row["status"] in REDIRECTS else None

    def _newest(self, url: str) -> Row | None:
        """With the whole file, when there is one: a redirect or a failure may have come later."""
        names = spellings(url)
        marks = ", ".join("?" * len(names))
        sql = f"""
            select {POINTER} where captures.url in ({marks}) and captures.status < 400 and captures.status <> 304
            order by captures.status = 200 desc, captures.id desc
            limit 1
        """
        return next(iter(self._db.query(sql, list(names))), None)

    def _target(self, row: Row) -> str | None:
        try:
            exchange = load_exchange(self._folder, row)
        except ArchiveError:
            return None
        location = next((value for name, value in exchange.response_headers if name.lower() == "location"), "")
        return asked_for(str(row["url"]), location) if location else None

    def body(self, row: Row, max_bytes: int) -> tuple[bytes, str]:
        """The decoded body of a row of `POINTER` and the Content-Type it was sent with.

        Errors as `archive.holdings.load_exchange` and `archive.warc.decode_body`.
        """
        exchange = load_exchange(self._folder, row)
        sent_as = next((value for name, value in exchange.response_headers if name.lower() == "content-type"), "")
        return decode_body(exchange, max_bytes=max_bytes), sent_as

    def named_by(self, row: Row, *, is_page: bool) -> list[Requisite]:
        """The files a page or style sheet names, in the row of its capture.

        Nothing when that can't be read, which is for `clipfile verify` to tell.
        """
        try:
            body, sent_as = self.body(row, MOST_BYTES)
        except ArchiveError:
            return []
        named: Any = page_requisites if is_page else style_requisites
        found: list[Requisite] = named(as_text(body, sent_as), row["url"], every=True)
        return found


def files_of_post(db: Database, warc_folder: Path, post_id: int) -> list[dict[str, Any]]:
    """The files that the post's page needs, as it names them: where each is kept, or why it was skipped.

    Those that are neither, such as an image's other sizes, are left out.
    """
    page = next(iter(db.query(f"select {POINTER} where captures.id = (select capture_id from posts where id = ?)",
                              [post_id])), None)  # fmt: skip
    if page is None:
        return []
    files = KeptFiles(db, warc_folder)
    waiting = [(each, 0) for each in files.named_by(page, is_page=True)]
    found: dict[str, dict[str, Any]] = {}
    for each, imports in waiting:
        if each.url in found:
            continue
        row = files.find(each.url)
        found[each.url] = {"url": each.url, "role": each.role, **(_place(row) if row else _skip(db, each.url))}
        if row and each.role == "stylesheet" and imports < MOST_IMPORTS:
            waiting += [(one, imports + 1) for one in files.named_by(row, is_page=False)]
    return [file for file in found.values() if file["warc_file"] or file["reason"]]


PLACE: Final = ("captured_at", "warc_file", "warc_offset", "payload_sha256", "payload_bytes")


def _place(row: Row) -> dict[str, Any]:
    return {**{name: row[name] for name in PLACE}, "reason": None}


def _skip(db: Database, url: str) -> dict[str, Any]:
    sql = "select reason from skips where url = ? order by id desc limit 1"
    reason = next((row["reason"] for row in db.query(sql, [url])), None)
    return {**dict.fromkeys(PLACE), "reason": reason}


def spellings(url: str) -> tuple[str, ...]:
    """*url* and the others under which one file is usually served: http and https, with `www.` and without.

    >>> spellings("http://blog.example/a b.png")[0]
    'http://blog.example/a%20b.png'
    """
    first = asked_for(url, url) or url
    parts = urlsplit(first)
    if parts.port:
        return (first,)
    hosts = (
        parts.netloc,
        parts.netloc.removeprefix("www.") if parts.netloc.startswith("www.") else f"www.{parts.netloc}",
    )
    others = (urlunsplit(parts._replace(scheme=scheme, netloc=host)) for host in hosts for scheme in ("https", "http"))
    return tuple(dict.fromkeys((first, *others)))
