"""Completeness: what each source of posts showed, what the archive holds, and why the rest is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlite_utils import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A post that some source showed and the archive does not hold."""

    url: str
    sources: tuple[str, ...]
    reason: str
    """Skip reason of the last attempt, or `not-fetched` when there was none."""
    detail: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteGaps:
    site: str
    counts: dict[str, int]
    """Source → posts it showed in the site's last run that asked it; `archive` → posts held that are not gone."""
    missing: tuple[Gap, ...]


LATEST: Final = """
    latest as materialized (
        select
            source,
            coalesce(
                (
                    select max(runs.id)
                    from runs
                    where runs.site_id = :site and runs.status in ('done', 'partial', 'suspect') and (
                        runs.mode in ('full', 'sweep')
                        or exists (select 1 from json_each(runs.report, '$.walked') where value = asked.source)
                    )
                ),
                0
            ) as run_id
        from (select distinct source from sightings where site_id = :site) as asked
    )
"""
"""Source → the run it was last walked to its end in: one that asks only for changes sees few posts."""

LOST: Final = """
    lost as materialized (
        select key
        from (select distinct key from sightings where site_id = :site) as shown
        where not exists (select 1 from post_urls where url = shown.key)
    )
"""
"""Keys that some source ever showed and the archive does not hold: few, and found along two indexes."""

STILL_SHOWN: Final = """
    sightings.site_id = :site and sightings.source = latest.source and sightings.last_run_id >= latest.run_id
"""
"""What a source has shown since then."""


def find_gaps(db: Database, site: str | None = None) -> list[SiteGaps]:
    """Per site (None: all), counts by source and the missing posts. Compares addresses in their canonical spelling."""
    sites = db.query("select id, name from sites where :site is null or name = :site order by name", {"site": site})
    return [_site_gaps(db, row["id"], row["name"]) for row in sites]


def count_missing(db: Database, site_id: int) -> int:
    """How many posts `find_gaps` would name."""
    row = db.execute(
        f"""
        with {LATEST}, {LOST}
        select count(distinct lost.key)
        from lost
        cross join sightings on sightings.key = lost.key
        cross join latest on {STILL_SHOWN}
        """,
        {"site": site_id},
    ).fetchone()
    return int(row[0])


def _site_gaps(db: Database, site_id: int, name: str) -> SiteGaps:
    shown = db.execute(
        f"""
        with {LATEST}
        select latest.source, count(*)
        from latest
        cross join sightings on {STILL_SHOWN}
        group by latest.source
        order by latest.source
        """,
        {"site": site_id},
    ).fetchall()
    held = db.execute("select count(*) from posts where site_id = ? and gone_at is null", [site_id]).fetchone()[0]
    return SiteGaps(site=name, counts={**dict(shown), "archive": held}, missing=tuple(_missing(db, site_id)))


def _missing(db: Database, site_id: int) -> Iterator[Gap]:
    rows: Iterator[dict[str, Any]] = db.query(
        f"""
        with {LATEST}, {LOST}
        select
            min(sightings.url) as url,
            group_concat(distinct sightings.source) as sources,
            (select reason from skips where skips.key = lost.key order by skips.id desc limit 1) as reason,
            (select detail from skips where skips.key = lost.key order by skips.id desc limit 1) as detail
        from lost
        cross join sightings on sightings.key = lost.key
        cross join latest on {STILL_SHOWN}
        group by lost.key
        order by lost.key
        """,
        {"site": site_id},
    )
    for row in rows:
        sources = tuple(sorted(row["sources"].split(",")))
        yield Gap(url=row["url"], sources=sources, reason=row["reason"] or "not-fetched", detail=row["detail"])
