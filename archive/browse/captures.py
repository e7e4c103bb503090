"""Captures: what was received, with its digest, and the page as it was served, locked in a frame."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.captured_html import FileAt, self_contained
from archive.browse.headers import CAPTURED
from archive.browse.post import SHOWN_TYPES, media_type
from archive.browse.rows import Row, row
from archive.browse.sniffing import SVG, font_type, image_type
from archive.charsets import as_text
from archive.errors import ArchiveError, UsageError, WithheldError
from archive.kept_files import KeptFiles
from archive.requisites import ROLES, Role
from archive.store.withholdings import refuse_withheld, withheld_today
from archive.warc import Exchange, decode_body, read_exchange

PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
MAX_PAGE_BYTES: Final = 8 * 1024 * 1024
FILES: Final = frozenset(ROLES) - {"attachment"}
"""Roles of captures without a post's words in them."""
STYLES: Final = frozenset({"text/css", ""})
MAX_FILE_BYTES: Final = 16 * 1024 * 1024
CACHED: Final = {"cache-control": "private, max-age=3600"}
"""A capture never changes; an hour is for the eyes, not for disks that are shared."""


def capture_page(ask: Ask, db: Database) -> Answer:
    """Our page around the frame: what was asked for, when, and the digest of what came."""
    capture = find_capture(db, int(ask.parts["capture"]))
    post = post_of(db, capture)
    kind = media_type(capture["content_type"])
    shown, saved = kind in PAGES | SHOWN_TYPES, kind == "application/pdf"
    return ask.page("capture.html", section="posts", capture=capture, post=post, shown=shown, saved=saved)


def capture_content(ask: Ask, db: Database) -> Answer:
    """The content itself: pages made self-contained, images as they are, everything else as text.

    Images are those whose bytes say so. An attachment is handed over as a file, for no browser to open by itself.
    """
    capture = find_capture(db, int(ask.parts["capture"]))
    refuse_withheld_words(db, capture)
    body, sent_as = content_of(ask, db, capture)
    kind = media_type(sent_as)
    if kind not in PAGES and (image := image_type(body, kind)):
        return captured(body, image) if image != SVG else captured(drawn(body), "text/html; charset=utf-8")
    if kind not in PAGES and body.startswith(b"%PDF-"):
        name = {"content-disposition": f'attachment; filename="capture-{capture["id"]}.pdf"'}
        return replace(captured(body, "application/pdf"), headers={**CACHED, **name})
    text = as_text(body[:MAX_PAGE_BYTES], sent_as)
    if kind not in PAGES:
        return captured(text, "text/plain; charset=utf-8")
    page = self_contained(text, url=capture["url"], file_at=file_finder(ask, db))
    return captured(page, "text/html; charset=utf-8")


def capture_image(ask: Ask, db: Database) -> Answer:
    """An image's bytes, for a page of ours to show. A drawing that is opened by itself is handed over as a file."""
    capture = find_capture(db, int(ask.parts["capture"]))
    body, sent_as = content_of(ask, db, capture)
    image = image_type(body, media_type(sent_as))
    if image is None or media_type(sent_as) in PAGES:
        raise UsageError(f"capture {capture['id']} is no image")
    name = {"content-disposition": f'attachment; filename="capture-{capture["id"]}.svg"'} if image == SVG else {}
    return replace(captured(body, image), headers={**CACHED, **name})


def drawn(body: bytes) -> str:
    """A drawing inside an image, where it is only looked at: opened by itself, a browser connects to what it frames."""
    return f'<!doctype html><img alt="" src="data:{SVG};base64,{base64.b64encode(body).decode()}">'


def content_of(ask: Ask, db: Database, capture: Mapping[str, Any]) -> tuple[bytes, str]:
    exchange = whole_exchange(ask, db, capture)
    sent_as = capture["content_type"] or ""
    most = MAX_PAGE_BYTES if media_type(sent_as) in PAGES else MAX_FILE_BYTES
    return decode_body(exchange, max_bytes=most), sent_as


def file_finder(ask: Ask, db: Database) -> FileAt:
    """The archive's copies of what a page names, each read once; only what can be what it is needed as."""
    files = KeptFiles(db, ask.place.warc_folder)

    @lru_cache(maxsize=64)
    def file_at(address: str, role: Role) -> tuple[bytes, str] | None:
        held = files.find(address)
        if held is None:
            return None
        try:
            body, sent_as = files.body(held, MAX_FILE_BYTES)
        except ArchiveError:  # damaged: the page is shown without it, and clipfile verify names it
            return None
        if role == "stylesheet":
            is_style = media_type(sent_as) in STYLES
            return (as_text(body, sent_as).encode("utf-8", "replace"), "text/css") if is_style else None
        found = font_type(body) if role == "font" else image_type(body, media_type(sent_as))
        return (body, found) if found else None

    return file_at


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
    is_file = capture["role"] in FILES or media_type(capture["content_type"]) in SHOWN_TYPES
    is_alone = is_file or post_of(db, capture) is not None
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
