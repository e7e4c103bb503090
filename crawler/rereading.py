"""The present reader over stored captures: what it would say of each post that is not what the archive says now.

Nothing is fetched. Each worker process opens the archive for reading, takes posts by number, and sends back only what
differs, so that memory stays flat and two cores do nearly twice the work. A plain module and no spider: there is
nothing to schedule, pace or retry, and a reactor can't use a second core.
"""

from __future__ import annotations

import gc
import json
import os
import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from archive import provenance
from archive.errors import ArchiveError
from archive.fixity import HOW_STARTED
from archive.folder import ArchiveFolder
from archive.holdings import POINTER, load_exchange
from archive.model import Evidence, Image, Post, Reading
from archive.outlets import load_outlets
from archive.store.values import reading_from_json
from archive.urls import canonical_url
from archive.warc import Exchange, decode_body
from crawler.hints import Hints
from crawler.pages import Page, UnreadablePageError, parse_page, read_post
from crawler.parts import further_parts, join_parts
from crawler.profiles import SiteProfile, profile_of, user_folders
from crawler.reading import context_of
from crawler.resthints import build_hints

PAGE_FIELDS: Final = (
    "title", "text", "html", "posted_on", "modified_at", "site_author", "categories", "tags", "language", "images",
    "wordpress_id", "layout",
)  # fmt: skip
"""What is read from the page itself, as `Post` names it."""

READING_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "kind": ("kind",),
    "completeness": ("completeness",),
    "outlet": ("outlet", "outlet_id", "outlet_printed"),
    "outlet_printed": ("outlet_printed",),
    "agency": ("agency",),
    "authors": ("authors",),
    "original_on": ("original_on",),
    "original_url": ("original_url",),
    "image_credit": ("image_credit",),
    "confidence": ("confidence",),
    "evidence": (),
}
"""Field of a change → what of `Reading` goes with it: an outlet is accepted with its key and its printed name."""

FIELDS: Final = (*READING_FIELDS, *PAGE_FIELDS)

CHUNK: Final = 16
"""Posts a worker takes at a time: few, so that results come steadily; enough that sending them costs nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One field that the present reader reads otherwise."""

    field: str
    before: Any
    after: Any
    rules: tuple[str, ...] = ()
    """Rules of the reader of provenance that speak for the new value, or spoke for the one that is gone."""

    @property
    def manner(self) -> str:
        """added, removed or changed."""
        if self.before in (None, (), ""):
            return "added"
        return "removed" if self.after in (None, (), "") else "changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reread:
    """One post, read anew."""

    post_id: int
    url: str
    title: str | None
    changes: tuple[Change, ...] = ()
    is_older: bool = False
    """The stored reading was made by another version of the reader, whether or not it says the same."""
    stored: tuple[Post, Reading] | None = None
    fresh: tuple[Post, Reading] | None = None
    """Both without lines; None when nothing differs."""
    trouble: str | None = None
    """Why the capture can't be read any more."""

    @property
    def differs(self) -> bool:
        return bool(self.changes) or self.is_older


def reread(folder: ArchiveFolder, post_ids: Sequence[int] | None = None, *, jobs: int = 1) -> Iterator[Reread]:
    """Every post (or those of *post_ids*) read anew from the capture its newest revision was read from, in order.

    Nothing is written. With *jobs* > 1 as many processes read: see `readers` on what must not be open then.
    """
    with readers(folder, jobs=jobs) as read_anew:
        yield from read_anew(post_ids)


@contextmanager
def readers(folder: ArchiveFolder, *, jobs: int) -> Iterator[Callable[[Sequence[int] | None], Iterator[Reread]]]:
    """What reads posts anew, in order; given None, all of them.

    With *jobs* > 1 processes are started at once. A forked one must not inherit an open connection to the database it
    will read (https://sqlite.org/howtocorrupt.html, 2.6): the caller has none.
    """
    with tempfile.TemporaryDirectory(prefix="clipfile-reread-") as scratch:
        hints = Path(scratch) / "hints.db"
        with _reading(folder, hints, jobs) as read_all:
            yield lambda ids: read_all(_gather(folder, hints, ids))


def _gather(folder: ArchiveFolder, hints: Path, post_ids: Sequence[int] | None) -> Sequence[int]:
    """The posts to read; what REST said of them is in *hints* then."""
    db = folder.open_readonly()
    try:
        build_hints(hints, db.conn, folder.warc_path, Profiles(folder, db.conn).of_site)
        return [row[0] for row in db.execute(ORDER)] if post_ids is None else post_ids
    finally:
        db.close()


ORDER: Final = """
    select posts.id from posts left join captures on captures.id = posts.capture_id
    order by captures.warc_file, captures.warc_offset
"""
"""As the captures lie on disk; a read-ahead that is used is the cheapest there is."""


@contextmanager
def _reading(folder: ArchiveFolder, hints: Path, jobs: int) -> Iterator[Callable[[Sequence[int]], Iterator[Reread]]]:
    """What reads posts, in order. Processes get ready at once: *hints* need be there only when they are given posts."""
    load_outlets()  # once, for every forked process
    gc.freeze()  # what is there now stays: collecting garbage need not look through it, nor copy it in each process
    try:
        if jobs == 1:
            yield lambda ids: _Reader(folder, hints).read_all(ids)
            return
        with ProcessPoolExecutor(jobs, mp_context=get_context(HOW_STARTED)) as pool:
            for _ in range(jobs):
                pool.submit(load_outlets)
            yield partial(_in_processes, pool, folder, hints, jobs)
    finally:
        gc.unfreeze()


def _in_processes(
    pool: ProcessPoolExecutor, folder: ArchiveFolder, hints: Path, jobs: int, ids: Sequence[int]
) -> Iterator[Reread]:
    """The chunks in order; never more on their way than keep every process busy."""
    chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
    on_their_way: deque[Future[list[Reread]]] = deque()
    for chunk in islice(chunks, 2 * jobs):
        on_their_way.append(pool.submit(_read_chunk, folder, hints, chunk))
    while on_their_way:
        done = on_their_way.popleft().result()
        for chunk in islice(chunks, 1):
            on_their_way.append(pool.submit(_read_chunk, folder, hints, chunk))
        yield from done


def _read_chunk(folder: ArchiveFolder, hints: Path, ids: Sequence[int]) -> list[Reread]:
    return list(_reader(folder, hints).read_all(ids))


@cache
def _reader(folder: ArchiveFolder, hints: Path) -> _Reader:
    """Of a worker process: opened once, used for every chunk."""
    return _Reader(folder, hints)


class Profiles:
    """The profiles of the archive's sites as they are now, by the number of the site."""

    def __init__(self, folder: ArchiveFolder, db: sqlite3.Connection) -> None:
        self._folders = user_folders(folder.path)
        self._sites = {row[0]: (row[1], row[2]) for row in db.execute("select id, name, url from sites")}
        self.of_site = cache(self._of_site)

    def _of_site(self, site_id: int) -> SiteProfile:
        return profile_of(*self._sites[site_id], self._folders)


class _Reader:
    """Reads posts of one archive, one after another."""

    def __init__(self, folder: ArchiveFolder, hints: Path) -> None:
        self._db: sqlite3.Connection = folder.open_readonly().conn
        self._db.row_factory = sqlite3.Row
        self._warc = folder.warc_path
        self._profiles = Profiles(folder, self._db)
        self._hints = Hints(hints, self._db)

    def read_all(self, ids: Iterable[int]) -> Iterator[Reread]:
        for post_id in ids:
            yield self.read(post_id)

    def read(self, post_id: int) -> Reread:
        row = self._db.execute(STORED, (post_id,)).fetchone()
        about: dict[str, Any] = {"post_id": post_id, "url": row["url"], "title": row["title"]}
        try:
            fresh = self._fresh(row)
        except (ArchiveError, UnreadablePageError) as error:
            return Reread(**about, trouble=str(error))
        stored = stored_post(self._db, row), reading_from_json(row["reading"])
        found = tuple(changes(stored, fresh))
        is_older = stored[1].reader != fresh[1].reader
        if not found and not is_older:
            return Reread(**about)
        return Reread(**about, changes=found, is_older=is_older, stored=stored, fresh=fresh)

    def _fresh(self, row: sqlite3.Row) -> tuple[Post, Reading]:
        capture = self._capture("captures.id = ?", row["capture_id"])
        if capture is None:
            raise ArchiveError("no capture of it is stored")
        profile = self._profiles.of_site(row["site_id"])
        page = self._page(capture, profile)
        said = self._hints.of(capture["run_id"], canonical_url(capture["url"]))
        post = read_post(page, selectors=profile.selectors, rest=said)
        if further := further_parts(page, post.url):
            post = join_parts([post, *(self._part(url, capture, profile) for url in further)])
        reading = provenance.read(post.lines, context_of(post, profile))
        return replace(post, lines=()), reading

    def _part(self, url: str, first: sqlite3.Row, profile: SiteProfile) -> Post:
        where = "captures.url = ? and captures.run_id = ? and captures.id > ? and captures.status = 200"
        capture = self._capture(where, url, first["run_id"], first["id"])
        if capture is None:
            raise ArchiveError(f"its further page {url} is not stored")
        return read_post(self._page(capture, profile), selectors=profile.selectors)

    def _capture(self, where: str, *values: Any) -> sqlite3.Row | None:
        sql = f"select {POINTER} where {where} order by captures.id limit 1"
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def _page(self, capture: sqlite3.Row, profile: SiteProfile) -> Page:
        return page_of(load_exchange(self._warc, capture), profile)


STORED: Final = """
    select posts.*, revisions.reading
    from posts join revisions on revisions.post_id = posts.id and revisions.number = posts.revision_count
    where posts.id = ?
"""


def page_of(exchange: Exchange, profile: SiteProfile) -> Page:
    """The page as the crawl parsed it. Raises UndecodableBodyError or UnreadablePageError where it passed by."""
    body = decode_body(exchange)
    types = [value for name, value in exchange.response_headers if name.lower() == "content-type"]
    content_type = types[-1] if types else None
    return parse_page(body, url=exchange.url, content_type=content_type, limits=profile.page_limits)


def stored_post(db: sqlite3.Connection, row: sqlite3.Row) -> Post:
    """The post as its rows say, without lines."""
    facts: dict[str, Any] = {name: row[name] for name in PAGE_FIELDS if name not in ("images", *NAMES)}
    for name, sql in NAMES.items():
        facts[name] = tuple(found[0] for found in db.execute(sql, (row["id"],)))
    return Post(url=row["url"], images=tuple(map(_image, db.execute(IMAGES, (row["id"],)))), **facts)


def _image(row: sqlite3.Row) -> Image:
    return Image(**{**dict(row), "candidates": tuple(json.loads(row["candidates"]))})


NAMES: Final = {
    "categories": """
        select name from post_categories join categories on categories.id = category_id
        where post_id = ? order by position
    """,
    "tags": "select name from post_tags join tags on tags.id = tag_id where post_id = ? order by position",
}
IMAGES: Final = "select url, role, alt, caption, credit, candidates from images where post_id = ? order by position"


# ------------------------------------------------------------------------------------------------------- differences


def changes(stored: tuple[Post, Reading], fresh: tuple[Post, Reading]) -> Iterator[Change]:
    """What of a post would change, in the order of `FIELDS`."""
    for field in READING_FIELDS:
        before, after = getattr(stored[1], field), getattr(fresh[1], field)
        if before != after:
            yield Change(field=field, before=before, after=after, rules=_rules(field, stored[1], fresh[1]))
    for field in PAGE_FIELDS:
        before, after = (_comparable(field, getattr(post, field)) for post in (stored[0], fresh[0]))
        if before != after:
            yield Change(field=field, before=before, after=after)


def _comparable(field: str, value: Any) -> Any:
    """Names are rows of their own, each once."""
    return tuple(dict.fromkeys(value)) if field in NAMES else value


def _rules(field: str, before: Reading, after: Reading) -> tuple[str, ...]:
    speaking = after if getattr(after, field) not in (None, ()) else before
    of = {"outlet_printed": "outlet"}.get(field, field)
    return tuple(dict.fromkeys(e.rule for e in speaking.evidence if of in (e.field, "evidence", "confidence")))


def chosen(reread: Reread, fields: Collection[str] = (), rules: Collection[str] = ()) -> tuple[Change, ...]:
    """The changes that are accepted: all, or those of *fields* and those that one of *rules* speaks for."""
    return tuple(
        change
        for change in reread.changes
        if (not fields or change.field in fields) and (not rules or set(rules) & set(change.rules))
    )


def merged(reread: Reread, accepted: Sequence[Change]) -> tuple[Post, Reading]:
    """The stored post with the accepted changes in it.

    With all of them it is the fresh one, version of the reader included; with some, the reading stays one of the older
    reader, and each value keeps the evidence it was read with.
    """
    assert reread.stored is not None
    assert reread.fresh is not None
    (post, reading), (fresh_post, fresh_reading) = reread.stored, reread.fresh
    fields = {change.field for change in accepted}
    post = replace(post, **{name: getattr(fresh_post, name) for name in PAGE_FIELDS if name in fields})
    if all(change.field in fields for change in reread.changes if change.field in READING_FIELDS):
        return post, fresh_reading
    names = [name for field in READING_FIELDS if field in fields for name in READING_FIELDS[field]]
    values = {name: getattr(fresh_reading, name) for name in names}
    return post, replace(reading, **values, evidence=_evidence(reading, fresh_reading, fields))


def _evidence(before: Reading, after: Reading, fields: Collection[str]) -> tuple[Evidence, ...]:
    if "evidence" in fields:
        return after.evidence
    kept = [e for e in before.evidence if e.field not in fields]
    return (*kept, *(e for e in after.evidence if e.field in fields))


def processors() -> int:
    """How many processes this one may use at a time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
