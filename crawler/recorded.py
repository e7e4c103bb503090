"""What a run's WARC files say of the run, beside its captures: written into `warcinfo`, read back by the rebuilding."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.warc.reading import read_date
from archive.warc.records import DamagedRecordError, RawRecord, WarcFile
from crawler.page_limits import PageLimits
from crawler.profiles import SiteProfile, profile_of


@dataclass(frozen=True, kw_only=True)
class RecordedRun:
    """A run as its files tell of it."""

    number: int
    site: str
    start_url: str
    mode: str
    started_at: datetime
    resumes: int | None
    info: Mapping[str, str]
    files: tuple[Path, ...] = ()
    is_gone_on_with: bool = False
    """It was cut short, and a later run took over what it had left."""

    def profile(self, folders: Sequence[Path]) -> SiteProfile:
        """What was known of the blog then; where the file does not say, what is known of it now."""
        if "profile" not in self.info:
            return profile_of(self.site, self.start_url, folders)
        facts: dict[str, Any] = json.loads(self.info["profile"])
        known: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in facts.items()}
        if limits := facts.get("page_limits"):
            known["page_limits"] = PageLimits(**limits)
        return SiteProfile(**known)

    @property
    def categories(self) -> tuple[str, ...]:
        """Slugs of the only categories that were asked for; () for a run over the whole blog."""
        return tuple(self.info.get("categories", "").split())


def site_facts(profile: SiteProfile, categories: Sequence[str] = ()) -> dict[str, str]:
    """Fields of `warcinfo` from which the run can be read again as it was: the profile, and what it was limited to."""
    facts = {"profile": json.dumps(asdict(profile), ensure_ascii=False)}
    return facts | ({"categories": " ".join(categories)} if categories else {})


def read_run(path: Path) -> RecordedRun | None:
    """The run that wrote a WARC file; None when it does not say: a foreign file, or its first record is damaged."""
    with WarcFile(path) as file:
        try:
            first = file.record_at(0)
        except DamagedRecordError:
            return None
    return _run_of(first, path)


def _run_of(first: RawRecord, path: Path) -> RecordedRun | None:
    info = read_info(first.block or b"") if first.type == "warcinfo" else {}
    started_at = read_date(info.get("run-started-at", ""))
    if started_at is None or not info.get("run", "").isdecimal():
        return None
    return RecordedRun(
        number=int(info["run"]),
        site=info["isPartOf"],
        start_url=info["start-url"],
        mode=info.get("run-mode", "full"),
        started_at=started_at.astimezone(UTC),
        resumes=int(info["run-resumes"]) if info.get("run-resumes") else None,
        info=info,
        files=(path,),
    )


def read_info(block: bytes) -> dict[str, str]:
    """The fields of a `warcinfo` block; of one that is there several times, the last."""
    lines = (line.partition(":") for line in block.decode("utf-8", "replace").splitlines())
    return {name.strip(): value.strip() for name, colon, value in lines if colon}
