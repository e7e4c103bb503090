"""How an archive is: each site's health from its last runs, what is overdue, what is kept back, and the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from archive.folder import ArchiveFolder
from archive.gaps import count_missing
from archive.schedules import Scheduled, load_schedules
from archive.scheduling import read_cadence
from archive.store.values import instant

GRACE: Final = 0.5
"""A run is overdue when this share of its period has passed beyond the time it was expected."""
LEAST_GRACE: Final = timedelta(hours=1)
DOUBTFUL_BELOW: Final = 0.7
LEAST_FREE_BYTES: Final = 500_000_000
"""Below this a crawl may not end."""

CODES: Final = {"damaged": 5, "suspect": 4, "failed": 1, "overdue": 3, "partial": 3, "full": 3, "ok": 0}
"""State → exit code, worst first. `full` is the disk."""

STATES: Final = {"suspect": "suspect", "failed": "failed", "partial": "partial", "interrupted": "partial"}
"""Status of the last run → the site's state; everything else is well."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteStatus:
    site: str
    state: str
    """ok, or the worst of `states`."""
    states: tuple[str, ...]
    """suspect, failed, partial, overdue: one for each of `troubles`."""
    troubles: tuple[str, ...]
    last_run: Mapping[str, Any] | None
    """Its row of `runs_report`; None before the first."""
    last_good_at: str | None
    """When a run last ended well, UTC."""
    next_at: str | None
    """When the next run is expected, UTC; None without a schedule."""
    every: str | None
    posts: int
    gone: int
    missing: int
    """Posts the blog's own sources show and the archive lacks."""
    doubtful: int
    """Reposts read with little confidence."""
    kept_back: int
    """Posts whose newest reading is not trusted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveStatus:
    archive: str
    sites: tuple[SiteStatus, ...]
    troubles: tuple[str, ...]
    """Of the archive as a whole."""
    state: str
    database_bytes: int
    warc_bytes: int
    free_bytes: int

    @property
    def code(self) -> int:
        return CODES[self.state]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "code": self.code}


def find_status(folder: ArchiveFolder, at: datetime | None = None) -> ArchiveStatus:
    """The archive as it is at *at* (None: now). Errors of the file as `archive.database.open_readonly`."""
    at = at or datetime.now(UTC)
    db = folder.open_readonly()
    try:
        sites = tuple(_site_statuses(db, folder, at))
        damage = tuple(_damage(db, folder.warc_path))
    finally:
        db.close()
    free = shutil.disk_usage(folder.path).free
    full = (f"only {free // 1_000_000:,} MB are free on its disk",) if free < LEAST_FREE_BYTES else ()
    states = [site.state for site in sites] + ["damaged"] * bool(damage) + ["full"] * bool(full)
    return ArchiveStatus(
        archive=str(folder.path),
        sites=sites,
        troubles=(*damage, *full),
        state=worst(states),
        database_bytes=sum(path.stat().st_size for path in folder.path.glob("archive.db*")),
        warc_bytes=sum(path.stat().st_size for path in folder.warc_path.glob("*")),
        free_bytes=free,
    )


def worst(states: list[str]) -> str:
    return next((state for state in CODES if state in states), "ok")


def _damage(db: Database, warc: Path) -> Iterator[str]:
    """What a glance shows: `clipfile verify` reads every byte."""
    for name, committed in db.execute("select name, committed_bytes from warc_files order by name"):
        path = warc / name
        if not path.is_file():
            yield f"{path} is missing"
        elif (length := path.stat().st_size) < committed:
            yield f"{path} has {length:,} bytes, and {committed:,} were written"


def _site_statuses(db: Database, folder: ArchiveFolder, at: datetime) -> Iterator[SiteStatus]:
    schedules = _schedules(folder)
    for row in db.query(SITES, {"doubtful": DOUBTFUL_BELOW}):
        schedule = schedules.get(row["name"]) or schedules.get(row["url"])
        yield _site_status(db, row, schedule, count_missing(db, row["id"]), at)


def _schedules(folder: ArchiveFolder) -> dict[str, Scheduled]:
    """What the settings say, and over it what was installed."""
    said = {
        site: Scheduled(every=every, kind="", period_s=round(read_cadence(every, site).period.total_seconds()))
        for site, every in folder.settings().schedule.items()
    }
    return {**said, **load_schedules(folder.path)}


SITES: Final = """
    select
        sites.id, sites.name, sites.url,
        (select count(*) from posts where site_id = sites.id) as posts,
        (select count(*) from posts where site_id = sites.id and gone_at is not null) as gone,
        (
            select count(*) from posts
            where site_id = sites.id and kind = 'repost' and confidence < :doubtful
        ) as doubtful,
        (
            select count(*) from held join posts as kept on kept.id = held.post_id
            where kept.site_id = sites.id and held.suspect_run_id is not null
        ) as kept_back
    from sites
    order by sites.name
"""


def _site_status(
    db: Database, row: Mapping[str, Any], schedule: Scheduled | None, missing: int, at: datetime
) -> SiteStatus:
    site = row["name"]
    run = next(
        db.query("select * from runs_report where site = ? and mode <> 'import' order by id desc limit 1", [site]), None
    )
    good = next(
        db.query(
            "select finished_at from runs_report where site = ? and status = 'done' and mode <> 'import' "
            "order by id desc limit 1",
            [site],
        ),
        None,
    )
    next_at = _next_at(run, schedule)
    found = dict(_site_troubles(run, row["kept_back"], next_at, schedule, at))
    return SiteStatus(
        site=site,
        state=worst(list(found)),
        states=tuple(found),
        troubles=tuple(found.values()),
        last_run=run,
        last_good_at=good["finished_at"] if good else None,
        next_at=instant(next_at) if next_at else None,
        every=schedule.every if schedule else None,
        posts=row["posts"],
        gone=row["gone"],
        missing=missing,
        doubtful=row["doubtful"],
        kept_back=row["kept_back"],
    )


def _next_at(run: Mapping[str, Any] | None, schedule: Scheduled | None) -> datetime | None:
    if run is None or schedule is None:
        return None
    return datetime.fromisoformat(run["started_at"]) + timedelta(seconds=schedule.period_s)


def _site_troubles(
    run: Mapping[str, Any] | None, kept_back: int, next_at: datetime | None, schedule: Scheduled | None, at: datetime
) -> Iterator[tuple[str, str]]:
    """(state, words) of what is wrong with a site."""
    state = STATES.get(run["status"]) if run else None
    if run is not None and state is not None:
        yield state, f"run {run['id']} was {run['status']}{': ' + run['reason'] if run['reason'] else ''}"
    if kept_back and state != "suspect":
        yield "suspect", f"what is newly read of {kept_back:,} posts is not trusted since a suspect run"
    if run is not None and datetime.fromisoformat(run["started_at"]) > at + LEAST_GRACE:
        yield "overdue", f"run {run['id']} began at {run['started_at']}, which is still to come: a clock was wrong"
    elif next_at is not None and schedule is not None:
        grace = max(LEAST_GRACE, timedelta(seconds=GRACE * schedule.period_s))
        if at > next_at + grace:
            yield "overdue", f"a run was expected at {instant(next_at)} ({schedule.every})"
