"""Captures: what was received, with its digest, and the page as it was served, locked in a frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.captured_html import self_contained
from archive.browse.headers import CAPTURED
from archive.browse.post import SHOWN_TYPES, image_capture, media_type
from archive.browse.rows import Row, row
from archive.charsets import as_text
from archive.errors import UsageError, WithheldError
from archive.store.withholdings import refuse_withheld, withheld_today
from archive.warc import Exchange, decode_body, read_exchange

PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
MAX_PAGE_BYTES: Final = 8 * 1024 * 1024
MAX_IMAGE_BYTES: Final = 16 * 1024 * 1024
CACHED: Final = {"cache-control": "private, max-age=3600"}
"""A capture never changes; an hour is for the eyes, not for disks that are shared."""


def capture_page(ask: Ask, db: Database) -> Answer:
    """Our page around the frame: what was asked for, when, and the digest of what came."""
    capture = find_capture(db, int(ask.parts["capture"]))
    post = post_of(db, capture)
    shown = media_type(capture["content_type"]) in PAGES | SHOWN_TYPES
    return ask.page("capture.html", section="posts", capture=capture, post=post, shown=shown)


def capture_content(ask: Ask, db: Database) -> Answer:
    """The content itself: pages made self-contained, images as they are, everything else as text."""
    capture = find_capture(db, int(ask.parts["capture"]))
    refuse_withheld_words(db, capture)
    exchange = whole_exchange(ask, db, capture)
    kind = media_type(header(exchange, "content-type"))
    if kind in SHOWN_TYPES:
        return captured(decode_body(exchange, max_bytes=MAX_IMAGE_BYTES), kind)
    text = as_text(decode_body(exchange, max_bytes=MAX_PAGE_BYTES), header(exchange, "content-type"))
    if kind not in PAGES:
        return captured(text, "text/plain; charset=utf-8")

    def image_at(url: str) -> tuple[bytes, str] | None:
        return image_content(ask, db, url)

    def style_at(url: str) -> str | None:
        return style_content(ask, db, url)

    page = self_contained(text, base_url=capture["url"], image_at=image_at, style_at=style_at)
    return captured(page, "text/html; charset=utf-8")


def post_of(db: Database, capture: Mapping[str, Any]) -> Row | None:
    """The post whose page was captured. Raises WithheldError for one that is withheld."""
    post = row(
        db,
        """select id, uid, title from posts where id = coalesce(
            (select post_id from revisions where capture_id = :id),
            (select post_id from post_urls where url = :url),
            (select id from posts where capture_id = :original)
        )""",
        {"id": capture["id"], "url": capture["url"], "original": capture["revisit_of"]},
    )
    if post:
        refuse_withheld(db.conn, post["id"])
    return post


def refuse_withheld_words(db: Database, capture: Mapping[str, Any]) -> None:
    """Raise WithheldError where words of a withheld post may stand: its own page, and lists and feeds of many posts."""
    is_alone = post_of(db, capture) is not None or media_type(capture["content_type"]) in SHOWN_TYPES
    if not is_alone and withheld_today(db.conn):
        raise WithheldError("posts that are withheld may stand in this answer")


def captured(body: str | bytes, content_type: str) -> Answer:
    encoded = body.encode("utf-8", "replace") if isinstance(body, str) else body
    return Answer(body=encoded, content_type=content_type, policy=CAPTURED, headers=CACHED)


def find_capture(db: Database, number: int) -> Row:
    found = row(
        db,
        "select captures.*, runs.id as run from captures join runs on runs.id = run_id where captures.id = ?",
        [number],
    )
    if found is None:
        raise UsageError(f"the archive has no capture {number}")
    return found


def whole_exchange(ask: Ask, db: Database, capture: Mapping[str, Any]) -> Exchange:
    """The exchange with its payload: a revisit's stands in the capture it refers to. Its digest is checked again."""
    held = find_capture(db, capture["revisit_of"]) if capture["revisit_of"] else capture
    return read_exchange(ask.place.warc_folder, held["warc_file"], held["warc_offset"])


def image_content(ask: Ask, db: Database, url: str) -> tuple[bytes, str] | None:
    number = image_capture(db, url)
    if not number:
        return None
    exchange = whole_exchange(ask, db, find_capture(db, number))
    return decode_body(exchange, max_bytes=MAX_IMAGE_BYTES), media_type(header(exchange, "content-type"))


def style_content(ask: Ask, db: Database, url: str) -> str | None:
    found = row(
        db,
        """
        select * from captures
        where url = ? and status = 200 and content_type like 'text/css%' order by id desc limit 1
        """,
        [url],
    )
    if found is None:
        return None
    exchange = whole_exchange(ask, db, found)
    return as_text(decode_body(exchange, max_bytes=MAX_PAGE_BYTES), header(exchange, "content-type"))


def header(exchange: Exchange, name: str) -> str:
    return next((value for key, value in exchange.response_headers if key.lower() == name), "")
