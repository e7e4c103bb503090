"""Completeness: what each source of posts showed, what the archive holds, and why the rest is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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


def find_gaps(db: Database, site: str | None = None) -> list[SiteGaps]:
    """Per site (None: all), counts by source and the missing posts. Compares addresses in their canonical spelling."""
    sites = db.query("select id, name from sites where :site is null or name = :site order by name", {"site": site})
    return [_site_gaps(db, row["id"], row["name"]) for row in sites]


def _site_gaps(db: Database, site_id: int, name: str) -> SiteGaps:
    shown = db.execute(
        """
        select source, sum(last_run_id = latest) as shown
        from sightings join (
            select source as asked, max(last_run_id) as latest from sightings where site_id = :site group by source
        ) on asked = source
        where site_id = :site
        group by source
        order by source
        """,
        {"site": site_id},
    ).fetchall()
    held = db.execute("select count(*) from posts where site_id = ? and gone_at is null", [site_id]).fetchone()[0]
    return SiteGaps(site=name, counts={**dict(shown), "archive": held}, missing=tuple(_missing(db, site_id)))


def _missing(db: Database, site_id: int) -> Iterator[Gap]:
    rows: Iterator[dict[str, Any]] = db.query(
        """
        select
            min(sightings.url) as url,
            group_concat(distinct sightings.source) as sources,
            (select reason from skips where skips.key = sightings.key order by skips.id desc limit 1) as reason,
            (select detail from skips where skips.key = sightings.key order by skips.id desc limit 1) as detail
        from sightings
        left join post_urls on post_urls.url = sightings.key
        where sightings.site_id = :site and post_urls.post_id is null and sightings.last_run_id >= (
            select max(last_run_id) from sightings as same where same.site_id = :site and same.source = sightings.source
        )
        group by sightings.key
        order by sightings.key
        """,
        {"site": site_id},
    )
    for row in rows:
        sources = tuple(sorted(row["sources"].split(",")))
        yield Gap(url=row["url"], sources=sources, reason=row["reason"] or "not-fetched", detail=row["detail"])
