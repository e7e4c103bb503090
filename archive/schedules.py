"""Which sites of an archive are crawled regularly: `schedules.json`, written by `clipfile schedule`.

It is apart from the database so that a schedule can be made before the first crawl, and while one runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from archive.errors import CannotWriteError

FILE: Final = "schedules.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheduled:
    every: str
    """In the words it was asked for."""
    kind: str
    period_s: int


def load_schedules(folder: Path) -> dict[str, Scheduled]:
    """Site → its schedule. A file that can't be read is taken for none: `clipfile schedule` writes it anew."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {site: Scheduled(**said) for site, said in stored.items()}
    return {}


def save_schedule(folder: Path, site: str, scheduled: Scheduled) -> None:
    _write(folder, {**load_schedules(folder), site: scheduled})


def forget_schedule(folder: Path, site: str) -> None:
    left = {name: scheduled for name, scheduled in load_schedules(folder).items() if name != site}
    if (folder / FILE).exists():
        _write(folder, left)


def _write(folder: Path, schedules: Mapping[str, Scheduled]) -> None:
    text = json.dumps({site: asdict(scheduled) for site, scheduled in sorted(schedules.items())}, indent=2)
    try:
        (folder / FILE).write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise CannotWriteError(f"{folder / FILE} can't be written: {error.strerror or error}") from error
