"""How we came to hold the bytes: sites, runs, captures and the WARC files they are in, sightings, skips."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from archive.store.values import instant, now, to_json
from archive.urls import canonical_url
from archive.warc import Exchange, Original, Record

UNFINISHED: Final = ("running", "interrupted", "limited")
"""Statuses of a run that left work in the frontier: the next run of the site goes on from there."""


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

    def site_url(self, name: str) -> str | None:
        """Where the site was crawled last time; None when it is new."""
        row = self._db.execute("select url from sites where name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def interrupted_run(self, site_id: int) -> int | None:
        """The site's last run when it left work undone, else None."""
        row = self._db.execute(
            "select id, status from runs where site_id = ? order by id desc limit 1", (site_id,)
        ).fetchone()
        return int(row[0]) if row and row[1] in UNFINISHED else None

    def finished_runs(self, site_id: int) -> int:
        """How many runs of the site came to their end, whole or in part."""
        sql = "select count(*) from runs where site_id = ? and status in ('done', 'partial', 'suspect')"
        return int(self._db.execute(sql, (site_id,)).fetchone()[0])

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

    def finish_run(self, run_id: int, status: str, *, reason: str | None, report: Mapping[str, Any]) -> None:
        """Close the run with its counts, taken from *report*, which is kept whole beside them."""
        self._db.execute(
            """
            update runs
            set status = ?, finished_at = ?, reason = ?, report = ?, requests = ?, bytes = ?,
                posts_seen = ?, posts_new = ?, posts_changed = ?, posts_gone = ?, errors = ?
            where id = ?
            """,
            (
                status,
                now(),
                reason,
                to_json(report),
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
        """Record which source showed which post, and when first and last."""
        self._db.executemany(
            """
            insert into sightings (site_id, key, url, source, listed_in, first_run_id, last_run_id)
            values (?, ?, ?, ?, ?, ?, ?)
            on conflict (site_id, source, key) do update set
                last_run_id = excluded.last_run_id,
                listed_in = coalesce(listed_in, excluded.listed_in)
            """,
            [(site_id, s.key, s.url, s.source, s.listed_in, run_id, run_id) for s in sightings],
        )

    def save_skip(self, run_id: int, url: str, role: str, reason: str, detail: str | None = None) -> None:
        self._db.execute(
            "insert into skips (run_id, url, key, reason, detail, role, skipped_at) values (?, ?, ?, ?, ?, ?, ?)",
            (run_id, url, canonical_url(url), reason, detail, role, now()),
        )
