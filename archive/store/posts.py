"""Posts with their readings: one row a post, a revision for each change, evidence for each value."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from archive.canary import losses
from archive.edits import changed_parts, content_of
from archive.model import Post, Reading
from archive.store.corrections import corrected
from archive.store.edits import content_from_row, find_same
from archive.store.held import Held, Waiting
from archive.store.joins import load_joined
from archive.store.names import Names
from archive.store.values import now, reading_from_json, reading_to_json, to_json
from archive.urls import canonical_url, uid

Outcome = Literal["new", "changed", "unchanged", "held"]

GONE_AFTER_CHECKS: Final = 3
GONE_AFTER_DAYS: Final = 14

EVER: Final = "9999"
"""Later than any instant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedPost:
    id: int
    outcome: Outcome
    changes: tuple[str, ...] = ()
    """What differs from the revision before: title, head, body, categories, tags, images; or only `cosmetic`."""


class Posts:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self.held = Held(connection)
        self.names = Names(connection)

    def find(self, site_id: int, url: str, wordpress_id: int | None = None, title: str | None = None) -> int | None:
        """The post that lives or lived at *url*, else the one of that WordPress id and headline (it has a new slug)."""
        row = self._db.execute(
            "select post_id from post_urls where url = ?",
            (canonical_url(url),),
        ).fetchone()
        if row is None and wordpress_id is not None:
            row = self._db.execute(
                "select id from posts where site_id = ? and wordpress_id = ? and title is ?",
                (site_id, wordpress_id, title),
            ).fetchone()
        return int(row[0]) if row else None

    def save(
        self,
        site_id: int,
        run_id: int,
        post: Post,
        reading: Reading,
        *,
        capture_id: int | None,
        seen_at: str,
        aliases: Iterable[str] = (),
        hold: bool = False,
    ) -> SavedPost:
        """Store what *post* shows and what *reading* concludes: a new post, a new revision of one, or the same again.

        *aliases* are other addresses that led here. The post keeps the uid of the first address it was seen under.
        With *hold*, what would change a post that is known is put aside until `Store.concluding` has judged the run.
        """
        aliases = tuple(aliases)
        post_id = self.find(site_id, post.url, post.wordpress_id, post.title) or self.find_moved(aliases, post)
        if post_id is None:
            saved = self._insert(site_id, run_id, post, reading, capture_id, seen_at)
        else:
            saved = self._update(post_id, run_id, post, reading, capture_id, seen_at, hold)
        self.add_addresses(saved.id, {post.url, *aliases})
        return saved

    def find_moved(self, aliases: Collection[str], post: Post) -> int | None:
        """The post that lived at one of the addresses which now lead here, under the same headline."""
        for alias in aliases:
            row = self._db.execute(
                """
                select posts.id
                from post_urls join posts on posts.id = post_urls.post_id
                where post_urls.url = ? and posts.title is ?
                """,
                (canonical_url(alias), post.title),
            ).fetchone()
            if row is not None:
                return int(row[0])
        return None

    def add_addresses(self, post_id: int, aliases: set[str]) -> None:
        """Remember that these addresses lead to the post."""
        self._db.executemany(
            "insert into post_urls (url, post_id) values (?, ?) on conflict (url) do nothing",
            [(key, post_id) for key in {canonical_url(url) for url in aliases}],
        )

    def not_seen_in(self, run_id: int, site_id: int) -> list[str]:
        """Addresses of the site's posts, not yet gone, that this run has not stored and not found absent."""
        rows = self._db.execute(
            """
            select posts.url
            from posts
            where posts.site_id = :site_id and posts.gone_at is null
                and posts.last_seen_at not between (select started_at from runs where id = :run_id) and :now
                and not exists (select 1 from absences where post_id = posts.id and run_id = :run_id)
            """,
            {"site_id": site_id, "run_id": run_id, "now": now()},
        )
        return [row[0] for row in rows]

    def touch(self, post_id: int, seen_at: str) -> None:
        """The post was asked for and is as it was (304)."""
        self._db.execute(
            "update posts set last_seen_at = ?, checked_at = ?, gone_at = null where id = ?",
            (seen_at, seen_at, post_id),
        )

    def checked_before(
        self, site_id: int, instant: str, *, young: tuple[str, str] | None = None, to_come: str = EVER
    ) -> list[tuple[str, str, str, str | None]]:
        """(URL, uid, checked_at, posted_on) of posts, not gone, whose page was last asked for before *instant*.

        *young* is a day and an instant: posts since that day count when they were last asked for before that instant.
        Posts asked for after *to_come* were so by a clock that was wrong, and count as well.
        """
        since, sooner = young or (EVER, instant)
        rows = self._db.execute(
            """
            select url, uid, checked_at, posted_on
            from posts
            where site_id = :site and gone_at is null and checked_at < max(:instant, :sooner)
                and (checked_at < :instant or (posted_on >= :since and checked_at < :sooner))
            union all
            select url, uid, checked_at, posted_on
            from posts
            where site_id = :site and gone_at is null and checked_at > :to_come
            order by checked_at, uid
            """,
            {"site": site_id, "instant": instant, "since": since, "sooner": sooner, "to_come": to_come},
        )
        return rows.fetchall()

    def headline(self, site_id: int, key: str) -> tuple[str | None] | None:
        """Headline of the post at a canonical URL, alone in a tuple; None when no post of the site lives there."""
        row: tuple[str | None] | None = self._db.execute(
            """
            select posts.title
            from post_urls join posts on posts.id = post_urls.post_id
            where post_urls.url = ? and posts.site_id = ?
            """,
            (key, site_id),
        ).fetchone()
        return row

    def checked_at(self, site_id: int, key: str) -> str | None:
        """When the page of the post at a canonical URL was last asked for; None when no post lives there."""
        row = self._db.execute(
            """
            select posts.checked_at
            from post_urls join posts on posts.id = post_urls.post_id
            where post_urls.url = ? and posts.site_id = ?
            """,
            (key, site_id),
        ).fetchone()
        return row[0] if row else None

    def category_names(self, site_id: int, key: str) -> tuple[str, ...]:
        """Categories of the post at a canonical URL, in their order; () where none are held."""
        rows = self._db.execute(
            """
            select categories.name
            from post_urls
            join post_categories on post_categories.post_id = post_urls.post_id
            join categories on categories.id = post_categories.category_id
            where post_urls.url = ? and categories.site_id = ?
            order by post_categories.position
            """,
            (key, site_id),
        )
        return tuple(row[0] for row in rows)

    def save_absence(self, post_id: int, run_id: int, how: str, *, noticed_at: str, capture_id: int | None) -> bool:
        """Note that the post was not where it was. True when this makes it *gone*: enough checks over enough days.

        Nobody can have seen it later than now: a clock that was ahead would else keep it from ever being gone.
        """
        self._db.execute(
            """
            update posts
            set last_seen_at = strftime('%Y-%m-%dT%H:%M:%SZ', :at, '-1 second')
            where id = :id and last_seen_at > :at
            """,
            {"at": noticed_at, "id": post_id},
        )
        self._db.execute(
            "insert into absences (post_id, run_id, noticed_at, how, capture_id) values (?, ?, ?, ?, ?)",
            (post_id, run_id, noticed_at, how, capture_id),
        )
        cursor = self._db.execute(
            """
            update posts
            set gone_at = :at
            where id = :id and gone_at is null and (
                select count(distinct run_id) >= :checks and julianday(:at) - julianday(min(noticed_at)) >= :days
                from absences
                where post_id = :id and noticed_at > posts.last_seen_at
            )
            """,
            {"at": noticed_at, "id": post_id, "checks": GONE_AFTER_CHECKS, "days": GONE_AFTER_DAYS},
        )
        return cursor.rowcount == 1

    def apply_reading(self, post_id: int, reading: Reading | None = None) -> None:
        """Lay the live corrections and joins over *reading* (None: the stored one) and write the result to the post."""
        if reading is None:
            reading = self.stored_reading(post_id)
        effective = corrected(reading, self._live_corrections(post_id), load_joined(self._db))
        self._db.execute(
            f"update posts set {', '.join(f'{column} = ?' for column in READING_COLUMNS)} where id = ?",
            (*self._reading_values(effective, is_corrected=effective is not reading), post_id),
        )
        self.names.save("author", post_id, effective.authors)

    def stored_reading(self, post_id: int) -> Reading:
        """The reader's own reading of the newest revision, without corrections."""
        row = self._db.execute(
            "select reading from revisions where post_id = ? order by number desc limit 1", (post_id,)
        ).fetchone()
        return reading_from_json(row[0])

    def save_reading(self, post_id: int, reading: Reading) -> bool:
        """Replace the reading of the newest revision. False when it says the same as the stored one."""
        row = self._db.execute(
            "select id, reading from revisions where post_id = ? order by number desc limit 1", (post_id,)
        ).fetchone()
        stored = reading_to_json(reading)
        if row[1] == stored:
            return False
        self._db.execute("update revisions set reading = ? where id = ?", (stored, row[0]))
        self.show_reading(post_id, reading)
        return True

    def reread(self, post_id: int, post: Post, reading: Reading) -> None:
        """Put another reading of the same page in the place of the newest revision's: it is no edit of the blog's.

        The address stays, and so do corrections.
        """
        self.show(post_id, post)
        self._db.execute(
            """
            update revisions set title = ?, text = ?, facts = ?
            where post_id = ? and number = (select max(number) from revisions where post_id = ?)
            """,
            (post.title, post.text, to_json(facts_of(post)), post_id, post_id),
        )
        self.save_reading(post_id, reading)

    def show(self, post_id: int, post: Post, capture_id: int | None = None) -> None:
        """Let the post's row show this state of its page; the address stays. *capture_id*: None leaves it, too."""
        (site_id,) = self._db.execute("select site_id from posts where id = ?", (post_id,)).fetchone()
        columns = [column for column in PAGE_COLUMNS if column != "url"]
        values = dict(zip(PAGE_COLUMNS, _page_values(post), strict=True))
        self._db.execute(
            f"""
            update posts
            set {", ".join(f"{column} = ?" for column in columns)}, capture_id = coalesce(?, capture_id)
            where id = ?
            """,
            (*(values[column] for column in columns), capture_id, post_id),
        )
        self._save_details(site_id, post_id, post)

    def show_reading(self, post_id: int, reading: Reading) -> None:
        """Let the post's row show this reading, with its evidence and with what people corrected."""
        self._save_evidence(post_id, reading)
        self.apply_reading(post_id, reading)

    def _insert(
        self, site_id: int, run_id: int, post: Post, reading: Reading, capture_id: int | None, seen_at: str
    ) -> SavedPost:
        effective = corrected(reading, {}, load_joined(self._db))
        columns = (
            *PAGE_COLUMNS,
            *READING_COLUMNS,
            "uid",
            "site_id",
            "first_seen_at",
            "last_seen_at",
            "checked_at",
            "capture_id",
        )
        values = (
            *_page_values(post),
            *self._reading_values(effective, is_corrected=effective is not reading),
            uid(canonical_url(post.url)),
            site_id,
            seen_at,
            seen_at,
            seen_at,
            capture_id,
        )
        cursor = self._db.execute(
            f"insert into posts ({', '.join(columns)}) values ({', '.join('?' * len(columns))})", values
        )
        post_id = int(cursor.lastrowid or 0)
        self._save_revision(post_id, 1, run_id, post, reading, capture_id, seen_at, ())
        self._add_details(site_id, post_id, post)
        self._add_evidence(post_id, reading)
        self.names.add("author", post_id, effective.authors)
        return SavedPost(id=post_id, outcome="new")

    def save_waiting(self, waiting: Waiting) -> Outcome:
        """Store a reading that was held."""
        saved = self.save(
            waiting.site_id, waiting.run_id, waiting.post, waiting.reading,
            capture_id=waiting.capture_id, seen_at=waiting.seen_at,
        )  # fmt: skip
        return saved.outcome

    def _update(
        self, post_id: int, run_id: int, post: Post, reading: Reading, capture_id: int | None, seen_at: str, hold: bool
    ) -> SavedPost:
        number, site_id, *stored = self._db.execute(
            """
            select revisions.number, posts.site_id, revisions.title, revisions.text, revisions.facts, revisions.reading
            from revisions join posts on posts.id = revisions.post_id
            where revisions.post_id = ?
            order by revisions.number desc
            limit 1
            """,
            (post_id,),
        ).fetchone()
        changes = changed_parts(content_from_row(stored), content_of(post.title, post.text, facts_of(post), reading))
        self._db.execute(
            "update posts set last_seen_at = ?, checked_at = ?, gone_at = null, url = ? where id = ?",
            (seen_at, seen_at, post.url, post_id),
        )
        if hold and (changes or self._reads_otherwise(stored[-1], reading)):
            lost = losses((self.held.standing(post_id), reading_from_json(stored[-1])), (post, reading))
            self.held.hold(post_id, run_id, post, reading, lost, capture_id=capture_id, seen_at=seen_at)
            return SavedPost(id=post_id, outcome="held", changes=changes)
        self.held.drop(post_id)
        if not changes:
            self.save_reading(post_id, reading)
            return SavedPost(id=post_id, outcome="unchanged")
        self._db.execute(
            f"""
            update posts
            set {", ".join(f"{column} = ?" for column in PAGE_COLUMNS)},
                changed_at = ?, capture_id = ?, revision_count = ?
            where id = ?
            """,
            (*_page_values(post), seen_at, capture_id, number + 1, post_id),
        )
        self._save_revision(post_id, number + 1, run_id, post, reading, capture_id, seen_at, changes)
        self._save_details(site_id, post_id, post)
        self.show_reading(post_id, reading)
        return SavedPost(id=post_id, outcome="changed", changes=changes)

    def _reads_otherwise(self, stored: str, reading: Reading) -> bool:
        """Whether the same reader concludes something else; another reader's word on it is no change of the page."""
        return reading_from_json(stored).reader == reading.reader and stored != reading_to_json(reading)

    def _save_revision(
        self,
        post_id: int,
        number: int,
        run_id: int,
        post: Post,
        reading: Reading,
        capture_id: int | None,
        seen_at: str,
        changes: tuple[str, ...],
    ) -> None:
        same_as = None
        if number > 1:
            content = content_of(post.title, post.text, facts_of(post), reading)
            same_as = find_same(self._db, post_id, content)
        self._db.execute(
            """
            insert into revisions (
                post_id, number, same_as, run_id, capture_id, seen_at, title, text, facts, changes, reading
            )
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (
                post_id,
                number,
                same_as,
                run_id,
                capture_id,
                seen_at,
                post.title,
                post.text,
                to_json(facts_of(post)),
                to_json(changes),
                reading_to_json(reading),
            ),
        )

    def _save_details(self, site_id: int, post_id: int, post: Post) -> None:
        for table in ("post_categories", "post_tags", "images"):
            self._db.execute(f"delete from {table} where post_id = ?", (post_id,))
        self._add_details(site_id, post_id, post)

    def _add_details(self, site_id: int, post_id: int, post: Post) -> None:
        """Of a post that has none yet."""
        self.names.add("category", post_id, post.categories, site_id)
        self.names.add("tag", post_id, post.tags, site_id)
        self._db.executemany(
            """
            insert into images (post_id, position, url, role, alt, caption, credit, candidates)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                (
                    post_id,
                    position,
                    image.url,
                    image.role,
                    image.alt,
                    image.caption,
                    image.credit,
                    to_json(image.candidates),
                )
                for position, image in enumerate(post.images, 1)
            ],
        )

    def _save_evidence(self, post_id: int, reading: Reading) -> None:
        self._db.execute("delete from evidence where post_id = ?", (post_id,))
        self._add_evidence(post_id, reading)

    def _add_evidence(self, post_id: int, reading: Reading) -> None:
        self._db.executemany(
            """
            insert into evidence (post_id, field, value, printed, place, rule, confidence)
            values (?, ?, ?, ?, ?, ?, ?)
            """,
            [(post_id, e.field, e.value, e.printed, e.where, e.rule, e.confidence) for e in reading.evidence],
        )

    def _reading_values(self, reading: Reading, *, is_corrected: bool) -> tuple[Any, ...]:
        return (
            reading.kind,
            reading.completeness,
            reading.outlet,
            self.names.outlet_id(reading, is_corrected=is_corrected),
            reading.outlet_printed,
            reading.agency,
            to_json(reading.authors),
            reading.original_on,
            reading.original_url,
            reading.image_credit,
            reading.confidence,
            reading.reader,
        )

    def _live_corrections(self, post_id: int) -> dict[str, Any]:
        rows = self._db.execute(
            "select field, value from corrections where post_id = ? and undone_at is null order by id", (post_id,)
        )
        return {field: json.loads(value) for field, value in rows}


PAGE_COLUMNS: Final = (
    "url", "title", "posted_on", "modified_at", "site_author", "language", "words", "text", "html", "wordpress_id",
    "layout",
)  # fmt: skip

READING_COLUMNS: Final = (
    "kind", "completeness", "outlet", "outlet_id", "outlet_printed", "agency", "authors", "original_on", "original_url",
    "image_credit", "confidence", "reader",
)  # fmt: skip


def _page_values(post: Post) -> tuple[Any, ...]:
    return (
        post.url, post.title, post.posted_on, post.modified_at, post.site_author, post.language,
        post.words, post.text, post.html, post.wordpress_id, post.layout,
    )  # fmt: skip


def facts_of(post: Post) -> dict[str, Any]:
    """What a revision records beside headline and text, and is compared by."""
    return {
        "categories": list(post.categories),
        "tags": list(post.tags),
        "images": [image.url for image in post.images],
    }
