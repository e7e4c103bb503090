"""A correction sent from a form: read, stored as `clipfile correct` stores it, and told of on the next page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from archive.browse.answer import Answer, Ask
from archive.clippings import find_post_id
from archive.errors import ArchiveError, LockedError, UsageError
from archive.folder import ArchiveFolder
from archive.reviewing import Amendment, amend, confirmed, correct, field_named, values_of
from archive.store import Store
from archive.store.corrections import CORRECTABLE

LINE_LENGTH: Final = 1_000
DONE: Final = {
    "corrected": "Corrected. What was read stays beside it, and the correction stands over every later crawl.",
    "confirmed": "Confirmed: what was read stands, whatever a later crawl reads.",
    "undone": "Taken back: what was read stands again.",
}
"""What is said on the page after."""


def folder_of(ask: Ask) -> ArchiveFolder | None:
    """The archive's directory; None where the database stands by itself under another name."""
    folder = ArchiveFolder(path=ask.place.path.parent)
    return folder if folder.db_path == ask.place.path else None


def correct_post(ask: Ask, form: Mapping[str, str]) -> Answer:
    """Do what the form says, and lead back to the page it was on."""
    folder = folder_of(ask)
    if folder is None:
        return ask.trouble(409, "This can’t be corrected here", "The database is not part of an archive’s directory.")
    try:
        done, uid = _correct(folder, ask.parts["post"], form)
    except LockedError as error:
        return ask.trouble(409, "A crawl is writing just now", f"Try again when it has ended: {error}.")
    except UsageError as error:
        said = f"{error.message[:1].upper()}{error.message[1:]}"
        return ask.trouble(422, "That can’t be meant", f"{said}: {error.hint}." if error.hint else f"{said}.")
    except ArchiveError as error:
        return ask.trouble(500, "That could not be stored", str(error))
    back = ("health", "doubtful") if form.get("back") == "health" else (f"posts/{uid}", "set-right")
    return Answer(body="", status=303, headers={"location": f"{ask.place.page(back[0], said=done)}#{back[1]}"})


def _correct(folder: ArchiveFolder, post: str, form: Mapping[str, str]) -> tuple[str, str]:
    """What was done, and the post's uid."""
    with folder.writing("a correction made in the browser") as store:
        post_id = find_post_id(store.db, post)
        uid = str(store.db.execute("select uid from posts where id = ?", [post_id]).fetchone()[0])
        return _store(store, post_id, form), uid


def _store(store: Store, post_id: int, form: Mapping[str, str]) -> str:
    if field := form.get("undo"):
        fields = CORRECTABLE if field == "all" else (field_named(field),)
        with store.atomic():
            store.corrections.undo(post_id, fields)
        return "undone"
    now = values_of(store.db, post_id)
    confirm = form.get("do") == "confirm"
    amendment = confirmed(now) if confirm else read_form(now, form)
    correct(store, post_id, amendment, note=_line(form, "note"), made_by=_line(form, "made_by"))
    return "confirmed" if confirm else "corrected"


def read_form(now: Mapping[str, Any], form: Mapping[str, str]) -> Amendment:
    """What the form's fields say otherwise than the values it was shown with; an emptied field says "there is none".

    Raises UsageError where nothing was changed, or to something that can't be meant.
    """
    if form.get("do") == "own":
        return amend(now, {"kind": "own"})
    shown = _shown(form.get("shown", ""))
    typed = {field: as_typed(form[field]) for field in CORRECTABLE if field in form}
    changed = {field: words for field, words in typed.items() if words != as_typed(shown.get(field))}
    if not changed:
        raise UsageError("nothing was changed", hint="“Right as read” says that all of it is right")
    given = {field: words.split("\n") if field == "authors" else words for field, words in changed.items() if words}
    if given.get("kind", "repost") != "repost":  # what was said of the repost falls with it
        given = {"kind": given["kind"]}
        return amend(now, given)
    return amend(now, given, [field for field, words in changed.items() if not words])


def as_typed(value: object) -> str:
    """A value as its field in the form has it: names one a line.

    >>> as_typed(["Ana Ruiz", "Bo Lind"]), as_typed(" WDET \\r\\n"), as_typed(None)
    ('Ana Ruiz\\nBo Lind', 'WDET', '')
    """
    lines = value if isinstance(value, list) else str(value or "").splitlines()
    return "\n".join(line.strip()[:LINE_LENGTH] for line in map(str, lines) if line.strip())


def _shown(sent: str) -> Mapping[str, Any]:
    try:
        found = json.loads(sent)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _line(form: Mapping[str, str], name: str) -> str | None:
    return " ".join(form.get(name, "").split())[:LINE_LENGTH] or None
