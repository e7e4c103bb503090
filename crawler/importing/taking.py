"""Surveyed files into the archive: a row for each answer, and each post with the moment it was captured."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from archive import provenance
from archive.errors import ArchiveError
from archive.holdings import as_served
from archive.model import Post
from archive.report import plural
from archive.store import SavedPost, Store
from archive.urls import canonical_url
from archive.warc import Exchange, Record, read_exchange
from crawler.desk import listing_of
from crawler.findings import Findings, from_listing
from crawler.importing.survey import LIMITS, Survey
from crawler.items import PostItem
from crawler.limits import whole_body
from crawler.pages import Page, UnreadablePageError, is_protected, page_kind, parse_page, read_post
from crawler.parts import further_parts, join_parts, part_number
from crawler.pipelines import ChecksPipeline
from crawler.profiles import SiteProfile
from crawler.reading import context_of
from crawler.skip_reasons import HARMLESS, SkipReason
from crawler.skips import Skipped
from crawler.tally import Tally

MODE: Final = "import"
FILES_FIELD: Final = "imported-files"
REST_FIELD: Final = "imported-rest"
"""Fields of the `warcinfo` an import leaves behind: its files as JSON, and whether it took what is of no site, too."""

ONLY: Final = {"only": True}
"""A listing is read for its posts alone."""

Advance = Callable[[], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What an import says of a file in the run's report and in its `warcinfo`."""

    name: str
    was: str
    bytes: int
    sha256: str


class Taking:
    """One site's part of some files, into the archive. Everything happens in one transaction of the caller's."""

    def __init__(
        self, store: Store, survey: Survey, profile: SiteProfile, files: Sequence[Taken], *,
        folders: Callable[[str], Path], clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self._store, self._survey, self._profile, self._files = store, survey, profile, files
        self._folder_of = folders
        """Name of a WARC file → the folder it lies in, which is not yet `warc/` while it is being imported."""
        self._names = [file.name for file in files]
        self._held: dict[tuple[str, int], int] = {}
        self._listed: set[str] = set()
        self._outcomes: dict[int, str] = {}
        self.tally = Tally(clock=clock, plan=f"import of {plural(len(files), 'WARC file')}")
        self._answers = self._bytes = 0

    def take(self, run_id: int, *, rest: bool, advance: Advance = lambda: None) -> dict[str, Any]:
        """Store what the files hold of the run's site; *rest* also takes answers that belong to no site taken before.

        Returns the run's report.
        """
        self._run_id = run_id
        (self._site_id,) = self._store.db.execute("select site_id from runs where id = ?", [run_id]).fetchone()
        self._find_held()
        for answer in self._survey.answers(self._names, "not revisit"):
            self._keep(answer, rest=rest)
        for answer in self._survey.answers(self._names, "revisit"):
            self._keep(answer, rest=rest)
        self._store.custody.commit_warc(run_id, {file.name: file.bytes for file in self._files})
        for answer in self._survey.answers(self._names, "kind = 'listing'"):
            self._read_listing(answer)
        for answer in self._survey.answers(self._names, "kind in ('post', 'other', 'page', 'revisit')"):
            advance()
            if self._profile.in_scope(answer["url"]):
                self._take_page(answer)
        files = [{"name": f.name, "was": f.was, "bytes": f.bytes, "sha256": f.sha256} for f in self._files]
        return {**self.tally.report(requests=self._answers, received_bytes=self._bytes), "imported": files}

    @property
    def status(self) -> tuple[str, str | None]:
        failed = sum(count for name, count in self.tally.skips.items() if name not in HARMLESS)
        return ("partial", f"{plural(failed, 'page')} could not be read") if failed else ("done", None)

    # ------------------------------------------------------------------ rows of captures

    def _find_held(self) -> None:
        """Rows that an earlier import of the same files, for another site, has made."""
        known = self._store.custody.committed_warc()
        for name in self._names:
            if name in known:
                rows = self._store.db.execute("select warc_offset, id from captures where warc_file = ?", [name])
                self._held.update({(name, offset): capture_id for offset, capture_id in rows.fetchall()})

    def _keep(self, answer: sqlite3.Row, *, rest: bool) -> None:
        if (answer["file"], answer["offset"]) in self._held or not (rest or self._profile.in_scope(answer["url"])):
            return
        sha256, size = answer["sha256"], answer["bytes"]
        if answer["revisit"]:
            original = self._original(answer)
            if original is None:
                return  # nothing holds its payload: a pointer to nowhere is of no use
            sha256, size = original
        exchange, record = _as_kept(answer, sha256, size)
        role = "listing" if answer["kind"] == "listing" else "other"
        capture_id = self._store.custody.save_capture(self._run_id, exchange, record, role)
        self._held[answer["file"], answer["offset"]] = capture_id
        self._answers += 1
        self._bytes += size

    def _original(self, answer: sqlite3.Row) -> tuple[str, int] | None:
        """Digest and length of the payload a revisit stands for, when some file holds it."""
        found = self._survey.original_of(answer)
        if found is not None:
            return found["sha256"], found["bytes"]
        row = self._store.db.execute(
            """
            select payload_sha256, payload_bytes
            from captures
            where revisit_of is null and ((url = ? and captured_at = ?) or payload_sha256 = ?)
            order by id
            limit 1
            """,
            [answer["refers_url"], answer["refers_at"], answer["sha256"]],
        ).fetchone()
        return (row[0], row[1]) if row else None

    # ------------------------------------------------------------------ pages

    def _read_listing(self, answer: sqlite3.Row) -> None:
        """What a listing shows as a post is one, however little its own page says so."""
        if not self._profile.in_scope(answer["url"]):
            return
        try:
            page = self._page(answer)
            found: Findings = from_listing(
                listing_of(page, self._profile, ONLY), page.url, self._profile, ONLY, seen=set(), bases=set()
            )
        except (ArchiveError, Skipped, UnreadablePageError):
            return
        self._listed |= {sighting.key for sighting in found.sightings}

    def _take_page(self, answer: sqlite3.Row) -> None:
        capture_id = self._held.get((answer["file"], answer["offset"]))
        if capture_id is None:
            self._skip(answer, SkipReason.INCOMPLETE, "a revisit whose original is in none of the files")
            return
        try:
            page = self._page(answer)
            if is_protected(page):
                raise Skipped(SkipReason.PASSWORD_PROTECTED)
            if not self._is_post(page, answer):
                raise Skipped(SkipReason.NOT_A_POST, f"a {page_kind(page)}")
            self._take_post(page, answer, capture_id)
        except UnreadablePageError as error:
            self._skip(answer, SkipReason.of(error.reason), str(error))
        except Skipped as error:
            self._skip(answer, error.reason, error.detail)

    def _is_post(self, page: Page, answer: sqlite3.Row) -> bool:
        kind = page_kind(page)
        return kind == "post" or (
            kind == "other"
            and (answer["key"] in self._listed or self._store.posts.find(self._site_id, answer["url"]) is not None)
        )

    def _take_post(self, page: Page, answer: sqlite3.Row, capture_id: int) -> None:
        post = read_post(page, selectors=self._profile.selectors)
        if part_number(answer["url"], post.url):
            raise Skipped(SkipReason.NOT_A_POST, f"a further page of {post.url}")
        if further := further_parts(page, post.url):
            post = join_parts([post, *(self._part(url, capture_id) for url in further)])
        reading = provenance.read(post.lines, context_of(post, self._profile))
        item = PostItem(post=post, reading=reading, key=canonical_url(post.url), kept=None)
        item = ChecksPipeline().process_item(item)
        saved = self._store.timeline.save(
            self._site_id, self._run_id, post, reading, capture_id=capture_id, seen_at=answer["at"],
            aliases=(answer["url"], *self._survey.aliases(answer["url"])),
        )  # fmt: skip
        self._store.db.execute("update captures set role = 'post' where id = ?", [capture_id])
        self._count(saved, item)

    def _count(self, saved: SavedPost, item: PostItem) -> None:
        """Each post once, whatever the number of its captures: new, else changed when any of them brought a change."""
        before = self._outcomes.get(saved.id)
        if before is None:
            self.tally.count_post(saved, item)
        elif before == "unchanged" and saved.outcome == "changed":
            self.tally.unchanged -= 1
            self.tally.changed += 1
        if before is None or saved.outcome == "changed":
            self._outcomes[saved.id] = before if before == "new" else saved.outcome

    def _part(self, url: str, first: int) -> Post:
        """A further page of a post, as it was captured next after the first. Raises Skipped when it was not."""
        row = self._store.db.execute(
            """
            select captures.warc_file, captures.warc_offset
            from captures join captures as first on first.id = ? and first.run_id = captures.run_id
            where captures.url = ? and captures.id > first.id and captures.status = 200
            order by captures.id
            limit 1
            """,
            [first, url],
        ).fetchone()
        answer = row and next(
            self._survey.db.execute("select * from answers where file = ? and offset = ?", tuple(row)), None
        )
        if answer is None:
            raise Skipped(SkipReason.INCOMPLETE, f"its further page {url} is in none of the files")
        return read_post(self._page(answer), selectors=self._profile.selectors)

    def _page(self, answer: sqlite3.Row) -> Page:
        exchange = self._exchange(answer["file"], answer["offset"])
        if answer["revisit"] and (where := self._payload_of(answer)):
            exchange = replace(exchange, body=self._exchange(*where).body)
        served = replace(exchange, response_headers=as_served(exchange.response_headers))
        return parse_page(
            whole_body(served, LIMITS),
            url=answer["url"],
            content_type=answer["content_type"],
            limits=self._profile.page_limits,
        )

    def _exchange(self, file: str, offset: int) -> Exchange:
        try:
            return read_exchange(self._folder_of(file), file, offset)
        except ArchiveError as error:
            raise Skipped(SkipReason.INCOMPLETE, str(error)) from error

    def _payload_of(self, answer: sqlite3.Row) -> tuple[str, int] | None:
        capture_id = self._held.get((answer["file"], answer["offset"]))
        row: tuple[str, int] | None = self._store.db.execute(
            """
            select original.warc_file, original.warc_offset
            from captures join captures as original on original.id = captures.revisit_of
            where captures.id = ?
            """,
            [capture_id],
        ).fetchone()
        return row

    def _skip(self, answer: sqlite3.Row, reason: SkipReason, detail: str = "") -> None:
        self._store.custody.save_skip(self._run_id, answer["url"], "post", reason, detail)
        self.tally.count_skip(answer["url"], reason, detail)


def _as_kept(answer: sqlite3.Row, sha256: str, size: int) -> tuple[Exchange, Record]:
    """The answer as far as its row in `captures` tells of it."""
    named = {"content-type": "content_type", "etag": "etag", "last-modified": "last_modified"}
    headers = tuple((name, answer[column]) for name, column in named.items() if answer[column] is not None)
    at = datetime.fromisoformat(answer["at"])
    exchange = Exchange(
        url=answer["url"], at=at, status=answer["status"], reason="", response_headers=headers, body=b"", ip=None
    )
    record = Record(
        file=answer["file"],
        offset=answer["offset"],
        length=answer["length"],
        payload_sha256=sha256,
        payload_bytes=size,
        revisit=bool(answer["revisit"]),
        record_id="",
    )
    return exchange, record


def told(files: Sequence[Taken]) -> str:
    """For `warcinfo`."""
    return json.dumps([[file.name, file.was, file.bytes, file.sha256] for file in files], ensure_ascii=False)


def taken_files(info: Mapping[str, str]) -> list[Taken]:
    """What `told` wrote."""
    rows = json.loads(info.get(FILES_FIELD, "[]"))
    return [Taken(name=name, was=was, bytes=size, sha256=sha256) for name, was, size, sha256 in rows]
