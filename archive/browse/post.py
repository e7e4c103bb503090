"""One post: its headline and text, where it is from with the words that say so, and how we came to hold it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html import escape
from itertools import islice
from typing import Any, Final

from sqlite_utils import Database

from archive.browse.answer import Answer, Ask
from archive.browse.correcting import DONE
from archive.browse.evidence import facts, head
from archive.browse.readable import readable
from archive.browse.rows import Row, row, rows
from archive.browse.words import lag_days, web_url
from archive.clippings import dossier, find_post_id
from archive.export.citations import read_reference, to_text
from archive.export.page_metadata import page_json_ld, page_tags
from archive.export.selection import get_record
from archive.kept_files import KeptFiles
from archive.store.corrections import CORRECTABLE
from archive.store.withholdings import refuse_withheld, withheld_today

LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
SHOWN_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml"})
MAX_IMAGES: Final = 60
MAX_LEAD: Final = 3


def post_page(ask: Ask, db: Database) -> Answer:
    post_id = find_post_id(db, ask.parts["post"])
    refuse_withheld(db.conn, post_id)
    found = dossier(db, post_id)
    record = get_record(db, post_id)
    body = row(db, "select html, outlet_id from posts where id = ?", [post_id]) or {}
    image_at = image_finder(ask, db)
    return ask.page(
        "post.html",
        section="posts",
        said=DONE.get(ask.get("said")),
        shown=shown_values(found) if ask.editing else None,
        known_outlets=known_outlets(db) if ask.editing else [],
        post=found,
        language=found["language"] if LANGUAGE.fullmatch(found["language"] or "") else None,
        outlet_id=body["outlet_id"],
        reposts=[other for other in found["reposts"] if other["id"] not in withheld_today(db.conn)],
        facts=facts(found),
        head=head(found),
        lead=lead_pictures(found, body["html"], image_at),
        html=readable(body["html"], found["text"], image_at),
        files=attached_files(ask, db, found),
        lag_days=lag_days(found["original_on"], found["posted_on"]),
        history=[{**revision, "changes": json.loads(revision["changes"])} for revision in found["history"]],
        links=linked_names(db, post_id),
        absences=rows(db, "select noticed_at, how, capture_id from absences where post_id = ? order by id", [post_id]),
        citation=to_text(read_reference(record)),
        tags=page_tags(record),
        json_ld=page_json_ld(record),
    )


def shown_values(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a form begins with; an address that is none of the web's is not offered."""
    return {**{field: found[field] for field in CORRECTABLE}, "original_url": web_url(found["original_url"])}


def known_outlets(db: Database) -> list[str]:
    """What a form offers while one types."""
    sql = "select name from outlets where id in (select outlet_id from posts) order by name limit 500"
    return [name for (name,) in db.execute(sql)]


def image_finder(ask: Ask, db: Database) -> Callable[[str], str | None]:
    """Address of an image on the blog → where this site shows the archive's copy of it; None when there is none.

    By what its server and its page say of it; whether it is an image is seen when it is shown.
    """
    files = KeptFiles(db, ask.place.warc_folder)
    looked_up: dict[str, str | None] = {}

    def image_at(url: str) -> str | None:
        if url not in looked_up and len(looked_up) < MAX_IMAGES:
            held = files.find(url)
            is_image = held is not None and (held["role"] == "image" or media_type(held["content_type"]) in SHOWN_TYPES)
            looked_up[url] = ask.place.page(f"captures/{held['id']}/image") if held and is_image else None
        return looked_up.get(url)

    return image_at


def lead_pictures(found: Mapping[str, Any], html: str, image_at: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """The post's own picture, which most themes print outside the text, where the archive has it."""
    beside = (image for image in found["images"] if image["role"] == "image" and escape(image["url"]) not in html)
    shown = ({**image, "src": image_at(image["url"])} for image in islice(beside, MAX_LEAD))
    return [image for image in shown if image["src"]]


def attached_files(ask: Ask, db: Database, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documents a post offers, each with its capture where the archive has one."""
    files = KeptFiles(db, ask.place.warc_folder)
    attached = islice((image for image in found["images"] if image["role"] == "attachment"), MAX_IMAGES)
    return [{**each, "capture": held["id"] if (held := files.find(each["url"])) else None} for each in attached]


def media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def linked_names(db: Database, post_id: int) -> dict[str, list[Row]]:
    """Authors and categories with their numbers, in printed order."""
    return {
        "authors": rows(
            db,
            """select authors.id, authors.name from post_authors join authors on authors.id = post_authors.author_id
            where post_id = ? order by position""",
            [post_id],
        ),
        "categories": rows(
            db,
            """select categories.id, categories.name
            from post_categories join categories on categories.id = post_categories.category_id
            where post_id = ? order by position""",
            [post_id],
        ),
    }
