"""How we came to hold the bytes: sites, runs, captures and the WARC files they are in, sightings, skips."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from archive.store.values import instant, now, to_json
from archive.urls import canonical_url
from archive.warc import Exchange, Original, Record

RECENTLY_MISSED: Final = "select post_id from absences where noticed_at between :before and :now"
"""What was noticed at a moment that is still to come, by a clock that was wrong, says nothing of how recent it is."""

UNFINISHED: Final = ("running", "interrupted", "limited")
"""Statuses of a run that left work in the frontier: the next run of the site goes on from there."""

NEWEST_WHOLE: Final = "where url = ? and status = 200 order by captured_at desc, id desc limit 1"

CRAWLED: Final = "runs.mode <> 'import'"
"""An import tells what others saw long ago: the next crawl does not go by it."""

RUN_FACTS: Final = ("run", "run-mode", "run-started-at", "run-resumes", "start-url")
"""Fields of `warcinfo`: number, mode, start, the interrupted run it goes on with, the blog's first start page."""


class Sighted(Protocol):
    """What is stored of a sighting; the crawler's own type says more."""

    @property
    def key(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def listed_in(self) -> str | None: ...
    @property
    def lastmod(self) -> str | None: ...
    @property
    def title(self) -> str | None: ...
    @property
    def wordpress_id(self) -> int | None: ...


class Custody:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def save_site(
        self,
        name: str,
        url: str,
        *,
        title: str | None = None,
        language: str | None = None,
        house_names: tuple[str, ...] = (),
    ) -> int:
        """Insert the site or bring its row up to date; returns its id."""
        row = self._db.execute(
            """
            insert into sites (name, url, title, language, house_names, added_at)
            values (?, ?, ?, ?, ?, ?)
            on conflict (name) do update set
                url = excluded.url,
                title = coalesce(excluded.title, title),
                language = coalesce(excluded.language, language),
                house_names = excluded.house_names
            returning id
            """,
            (name, url, title, language, to_json(house_names), now()),
        ).fetchone()
        return int(row[0])

    def interrupted_run(self, site_id: int) -> int | None:
        """The site's last crawl when it left work undone, else None."""
        row = self._db.execute(
            f"select id, status from runs where site_id = ? and {CRAWLED} order by id desc limit 1", (site_id,)
        ).fetchone()
        return int(row[0]) if row and row[1] in UNFINISHED else None

    def start_run(self, site_id: int, mode: str, settings: Mapping[str, Any], *, resumes_id: int | None = None) -> int:
        self._db.execute("update runs set status = 'interrupted' where site_id = ? and status = 'running'", (site_id,))
        cursor = self._db.execute(
            """
            insert into runs (site_id, mode, status, started_at, settings, resumes_id)
            values (?, ?, 'running', ?, ?, ?)
            """,
            (site_id, mode, now(), to_json(settings), resumes_id),
        )
        return int(cursor.lastrowid or 0)

    def restore_run(
        self, number: int, site_id: int, mode: str, *, resumes_id: int | None, settings: Mapping[str, Any]
    ) -> int:
        """As `start_run`, under the number the run had, or the next free one where another has it."""
        taken = self._db.execute("select 1 from runs where id = ?", (number,)).fetchone()
        run_id = self.start_run(site_id, mode, settings, resumes_id=resumes_id)
        if taken:
            return run_id
        self._db.execute("update runs set id = ? where id = ?", (number, run_id))
        return number

    def find_payload(self, payload_sha256: str) -> tuple[str, int, int] | None:
        """File, offset and length in bytes of the payload, where it is held whole; None when it is not."""
        row: tuple[str, int, int] | None = self._db.execute(
            """
            select warc_file, warc_offset, payload_bytes
            from captures
            where payload_sha256 = ? and revisit_of is null
            order by id
            limit 1
            """,
            (payload_sha256,),
        ).fetchone()
        return row

    def run_facts(self, run_id: int) -> dict[str, str]:
        """What the run's WARC files say of it, so that the database can be made anew from them."""
        row = self._db.execute(
            """
            select runs.id, runs.mode, runs.started_at, runs.resumes_id, sites.url
            from runs join sites on sites.id = runs.site_id
            where runs.id = ?
            """,
            (run_id,),
        ).fetchone()
        return {name: str(value) for name, value in zip(RUN_FACTS, row, strict=True) if value is not None}

    def take_over(self, interrupted: int, run_id: int) -> None:
        """What the interrupted run saw counts as seen by the run that goes on with it."""
        self._db.execute("update sightings set last_run_id = ? where last_run_id = ?", (run_id, interrupted))

    def save_sources(self, run_id: int, sources: str) -> None:
        """What the run has found of the blog's sources, as JSON, in case it is cut short."""
        self._db.execute("update runs set sources = ? where id = ?", (sources, run_id))

    def load_sources(self, run_id: int) -> dict[str, Any]:
        """What `save_sources` kept of the run; {} where it kept nothing."""
        row = self._db.execute("select sources from runs where id = ?", (run_id,)).fetchone()
        return dict(json.loads(row[0])) if row and row[0] else {}

    def finish_run(self, run_id: int, status: str, *, reason: str | None, report: Mapping[str, Any]) -> None:
        """Close the run with its counts, taken from *report*, which is kept whole beside them."""
        self._db.execute(
            """
            update runs
            set status = ?, finished_at = ?, reason = ?, report = ?,
                sources = iif(? in ('interrupted', 'limited'), sources, null), requests = ?, bytes = ?,
                posts_seen = ?, posts_new = ?, posts_changed = ?, posts_gone = ?, errors = ?
            where id = ?
            """,
            (
                status,
                now(),
                reason,
                to_json(report),
                status,
                *(report[count] for count in ("requests", "bytes", "seen", "new", "changed", "gone", "errors")),
                run_id,
            ),
        )

    def save_capture(self, run_id: int, exchange: Exchange, record: Record, role: str) -> int:
        headers = {name.lower(): value for name, value in exchange.response_headers}
        cursor = self._db.execute(
            """
            insert into captures (
                run_id, url, captured_at, role, status, content_type, warc_file, warc_offset, warc_length,
                payload_sha256, payload_bytes, revisit_of, etag, last_modified
            ) values (
                :run_id, :url, :captured_at, :role, :status, :content_type, :file, :offset, :length,
                :sha256, :bytes,
                case when :revisit then (
                    select id from captures where payload_sha256 = :sha256 and revisit_of is null order by id limit 1
                ) end,
                :etag, :last_modified
            )
            """,
            {
                "run_id": run_id,
                "url": exchange.url,
                "captured_at": instant(exchange.at),
                "role": role,
                "status": exchange.status,
                "content_type": headers.get("content-type"),
                "file": record.file,
                "offset": record.offset,
                "length": record.length,
                "sha256": record.payload_sha256,
                "bytes": record.payload_bytes,
                "revisit": record.revisit,
                "etag": headers.get("etag"),
                "last_modified": headers.get("last-modified"),
            },
        )
        return int(cursor.lastrowid or 0)

    def find_original(self, payload_sha256: str) -> Original | None:
        """The capture that holds this payload whole, for a revisit record to point at; None when it is new."""
        row = self._db.execute(
            """
            select url, captured_at
            from captures
            where payload_sha256 = ? and revisit_of is null and payload_bytes > 0
            order by id
            limit 1
            """,
            (payload_sha256,),
        ).fetchone()
        if row is None:
            return None
        at = datetime.fromisoformat(row[1])
        return Original(url=row[0], at=at, record_id=None, payload_sha256=payload_sha256)

    def original_at(self, url: str) -> Original | None:
        """The newest capture of that address with a whole answer: what a 304 says is still so."""
        row = self._db.execute(f"select captured_at, payload_sha256 from captures {NEWEST_WHOLE}", (url,)).fetchone()
        if row is None:
            return None
        return Original(url=url, at=datetime.fromisoformat(row[0]), record_id=None, payload_sha256=row[1])

    def commit_warc(self, run_id: int, positions: Mapping[str, int]) -> None:
        """Record how far each WARC file is synced; what lies behind that is cut off when the archive is opened next."""
        self._db.executemany(
            """
            insert into warc_files (name, committed_bytes, run_id)
            values (?, ?, ?)
            on conflict (name) do update set committed_bytes = excluded.committed_bytes
            """,
            [(name, size, run_id) for name, size in positions.items()],
        )

    def committed_warc(self) -> dict[str, int]:
        return dict(self._db.execute("select name, committed_bytes from warc_files").fetchall())

    def save_sightings(self, site_id: int, run_id: int, sightings: Iterable[Sighted]) -> None:
        """Record which source showed which post, and when first and last.

        Of several listings that show it in its first run, the first by its address is named: which of them is read
        first is chance.
        """
        self._db.executemany(
            """
            insert into sightings (
                site_id, key, url, source, listed_in, lastmod, title, wordpress_id, first_run_id, last_run_id
            )
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (site_id, source, key) do update set
                last_run_id = excluded.last_run_id,
                lastmod = coalesce(excluded.lastmod, lastmod),
                title = coalesce(excluded.title, title),
                wordpress_id = coalesce(excluded.wordpress_id, wordpress_id),
                listed_in = case
                    when first_run_id = excluded.first_run_id
                    then coalesce(min(listed_in, excluded.listed_in), listed_in, excluded.listed_in)
                    else coalesce(listed_in, excluded.listed_in)
                end
            """,
            [
                (site_id, s.key, s.url, s.source, s.listed_in, s.lastmod, s.title, s.wordpress_id, run_id, run_id)
                for s in sightings
            ],
        )

    def sighted(self, site_id: int, source: str, *, since_run: int = 0) -> dict[str, str | None]:
        """Key → lastmod of the posts *source* showed in that run or later."""
        rows = self._db.execute(
            "select key, lastmod from sightings where site_id = ? and source = ? and last_run_id >= ?",
            (site_id, source, since_run),
        )
        return dict(rows.fetchall())

    def lastmod(self, site_id: int, source: str, key: str) -> tuple[str | None] | None:
        """When the post last changed by *source*'s word, alone in a tuple; None when *source* never showed it."""
        row: tuple[str | None] | None = self._db.execute(
            "select lastmod from sightings where site_id = ? and source = ? and key = ?", (site_id, source, key)
        ).fetchone()
        return row

    def shown_title(self, site_id: int, source: str, key: str) -> str | None:
        """The words by which *source* last showed the post; None when it did not, or without words."""
        row = self._db.execute(
            "select title from sightings where site_id = ? and source = ? and key = ?", (site_id, source, key)
        ).fetchone()
        return row[0] if row else None

    def count_sighted(self, site_id: int, source: str, *, since_run: int) -> int:
        """How many posts *source* showed in that run or later."""
        row = self._db.execute(
            "select count(*) from sightings where site_id = ? and source = ? and last_run_id >= ?",
            (site_id, source, since_run),
        ).fetchone()
        return int(row[0])

    def numbered(self, site_id: int, source: str, *, since_run: int) -> list[tuple[str, int | None]]:
        """(Address, WordPress' number) of the posts *source* showed in that run or later, by number.

        Of several addresses under one number the last one shown comes last.
        """
        rows = self._db.execute(
            """
            select url, wordpress_id
            from sightings
            where site_id = ? and source = ? and last_run_id >= ?
            order by wordpress_id, last_run_id
            """,
            (site_id, source, since_run),
        )
        return rows.fetchall()

    def unseen(self, site_id: int, sources: Collection[str], run_id: int, *, missed_before: str) -> list[str]:
        """Addresses of posts, not gone, that one of *sources* showed before this run and none does any more.

        Without those found missing since *missed_before*: one check a few days is enough to call a post gone.
        """
        rows = self._db.execute(
            f"""
            select distinct posts.url
            from sightings
            join post_urls on post_urls.url = sightings.key
            join posts on posts.id = post_urls.post_id
            where sightings.site_id = :site and sightings.source in (select value from json_each(:sources))
                and posts.gone_at is null and posts.id not in ({RECENTLY_MISSED})
            group by posts.id
            having max(sightings.last_run_id) < :run
            """,
            {"site": site_id, "sources": to_json(list(sources)), "run": run_id, "before": missed_before, "now": now()},
        )
        return [row[0] for row in rows]

    def missing(self, site_id: int, *, missed_before: str) -> list[str]:
        """Addresses of posts, not gone, that were found missing and not looked for since *missed_before*."""
        rows = self._db.execute(
            f"""
            select distinct posts.url
            from absences cross join posts on posts.id = absences.post_id
            where posts.site_id = :site and posts.gone_at is null and absences.noticed_at > posts.last_seen_at
                and posts.id not in ({RECENTLY_MISSED})
            """,
            {"site": site_id, "before": missed_before, "now": now()},
        )
        return [row[0] for row in rows]

    def newest_lastmod(self, site_id: int, source: str) -> str | None:
        """The latest change *source* ever told of, by its own clock."""
        row = self._db.execute(
            "select max(lastmod) from sightings where site_id = ? and source = ?", (site_id, source)
        ).fetchone()
        return row[0] if row and row[0] else None

    def last_walk(self, site_id: int, source: str) -> int:
        """The last run that walked *source* to its end; 0 when none did."""
        row = self._db.execute(
            """
            select id
            from runs
            where site_id = ? and exists (select 1 from json_each(runs.report, '$.walked') where value = ?)
            order by id desc
            limit 1
            """,
            (site_id, source),
        ).fetchone()
        return int(row[0]) if row else 0

    def mode_of(self, run_id: int) -> str:
        return str(self._db.execute("select mode from runs where id = ?", (run_id,)).fetchone()[0])

    def past_runs(self, site_id: int, limit: int = 50) -> list[tuple[str, str, dict[str, Any]]]:
        """(mode, started_at, report) of the crawls that came to their end, newest first."""
        rows = self._db.execute(
            f"""
            select mode, started_at, report
            from runs
            where site_id = ? and status in ('done', 'partial', 'suspect') and report is not null and {CRAWLED}
            order by id desc
            limit ?
            """,
            (site_id, limit),
        )
        return [(mode, started_at, json.loads(report)) for mode, started_at, report in rows]

    def failed_urls(self, site_id: int, harmless: Collection[str]) -> list[str]:
        """Posts the last finished run could not get, for a reason that may have passed."""
        rows = self._db.execute(
            f"""
            select url
            from skips
            where role = 'post' and reason not in ({_marks(harmless)}) and run_id = (
                select max(id) from runs where site_id = ? and status in ('done', 'partial', 'suspect') and {CRAWLED}
            )
            """,
            (*harmless, site_id),
        )
        return [row[0] for row in rows]

    def requisites_done_with(self, urls: Sequence[str], lasting: Collection[str], *, tries: int) -> set[str]:
        """Of these addresses, those that are held, and those not worth another request: skipped for a *lasting* reason,
        or answered without the file, or not at all, that many times.
        """
        keys = {canonical_url(url): url for url in urls}
        held = self._db.execute(
            f"""
            select url from captures where url in ({_marks(urls)})
            group by url
            having max(status < 400) or count(*) >= ?
            """,
            (*urls, tries),
        )
        skipped = self._db.execute(
            f"""
            select url from skips where key in ({_marks(keys)})
            group by url
            having max(reason in ({_marks(lasting)})) or count(*) >= ?
            """,
            (*keys, *lasting, tries),
        )
        return {row[0] for row in (*held, *skipped)}

    def failed_requisites(
        self, site_id: int, roles: Collection[str], harmless: Collection[str], *, tries: int
    ) -> list[tuple[str, str]]:
        """Address and role of the files the last finished run could not get, for a reason that may have passed."""
        rows = self._db.execute(
            f"""
            select url, role
            from skips
            where role in ({_marks(roles)}) and reason not in ({_marks(harmless)}) and run_id = (
                select max(id) from runs where site_id = ? and status in ('done', 'partial', 'suspect') and {CRAWLED}
            ) and (select count(*) from skips as earlier where earlier.key = skips.key) < ?
            """,
            (*roles, *harmless, site_id, tries),
        )
        return rows.fetchall()

    def validators(self, url: str) -> tuple[str | None, str | None]:
        """(ETag, Last-Modified) the address answered with when it last sent its whole body."""
        row = self._db.execute(f"select etag, last_modified from captures {NEWEST_WHOLE}", (url,)).fetchone()
        return (row[0], row[1]) if row else (None, None)

    def kept_its_validators(self, url: str) -> bool:
        """Whether the address's last two whole answers were different pages under one ETag, or one Last-Modified."""
        rows = self._db.execute(
            """
            select etag, last_modified, payload_sha256
            from captures
            where url = ? and status = 200
            order by captured_at desc, id desc
            limit 2
            """,
            (url,),
        ).fetchall()
        if len(rows) < 2 or rows[0][2] == rows[1][2]:
            return False
        return any(new is not None and new == old for new, old in zip(rows[0][:2], rows[1][:2], strict=True))

    def save_skip(self, run_id: int, url: str, role: str, reason: str, detail: str | None = None) -> None:
        self._db.execute(
            "insert into skips (run_id, url, key, reason, detail, role, skipped_at) values (?, ?, ?, ?, ?, ?, ?)",
            (run_id, url, canonical_url(url), reason, detail, role, now()),
        )


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
