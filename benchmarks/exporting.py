"""Taking everything away as CSV and JSON Lines, beside SQLite's own shell: time, and memory over the number of rows."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from archive.database import open_database
from benchmarks.measure import promise, table

NAME: Final = "export"
DESCRIPTION: Final = "all clippings as CSV and JSON Lines, beside `sqlite3 -csv` on the same view"

ROWS: Final = {"toy": (200, 400), "small": (5_000, 20_000), "full": (20_000, 200_000)}
WORDS: Final = 520
"""About 3 KB of text."""
PEAK_MB: Final = 200
TIMES_MAX: Final = 3.0
FLAT: Final = 1.1

Cost = tuple[float, float]
"""CPU seconds, peak megabytes."""


def run(size: str) -> dict[str, Any]:
    costs = {rows: measured(rows) for rows in ROWS[size]}
    fewer, more = (costs[rows] for rows in ROWS[size])
    rows = [
        [
            f"{count:,}",
            name,
            f"{cpu:.2f}",
            f"{cpu / cost['sqlite3'][0]:.1f}" if "sqlite3" in cost else "",
            f"{peak:.0f}",
        ]
        for count, cost in costs.items()
        for name, (cpu, peak) in cost.items()
    ]
    promises = [promise("peak memory of an export, MB", max(more[name][1] for name in OURS), at_most=PEAK_MB)]
    for name in OURS:
        promises.append(promise(f"memory of {name}, many rows to few", more[name][1] / fewer[name][1], at_most=FLAT))
        if "sqlite3" in more and size != "toy":
            promises.append(promise(f"CPU of {name} to sqlite3", more[name][0] / more["sqlite3"][0], at_most=TIMES_MAX))
    notes = [] if shutil.which("sqlite3") else ["SQLite's shell is not installed: there is nothing to compare with."]
    columns = ("clippings", "by", "CPU s", "times sqlite3", "peak MB")
    return {"tables": [table("Export", columns, rows)], "promises": promises, "notes": notes}


OURS: Final = ("csv", "jsonl")


def measured(rows: int) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder / "archive.db", rows)
        found: dict[str, Cost] = {}
        if shell := shutil.which("sqlite3"):
            sql = "select * from clippings order by id"
            found["sqlite3"] = cost([shell, "-csv", "-header", str(folder / "archive.db"), sql], folder)
        for format in OURS:
            ours = [sys.executable, "-m", "archive.cli", "export", "--archive", name, "--format", format]
            found[format] = cost(ours, folder)
        return found


def cost(command: list[str], folder: Path) -> Cost:
    with (folder / "written").open("wb") as written:
        running = subprocess.Popen(command, stdout=written)
        _, status, used = os.wait4(running.pid, 0)
    if status:
        raise RuntimeError(f"{command[0]} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def build(path: Path, rows: int) -> None:
    """An archive of *rows* posts, without the full-text index, which an export of everything does not read."""
    db = open_database(path)
    for trigger in ("posts_fts_insert", "fingerprints_insert"):
        db.execute(f"drop trigger {trigger}")
    db.execute("pragma synchronous = off")
    chance = random.Random(7)
    words = "the river lock opens after winter repairs and “tool” and die shops expect work, say owners, in Algonac"
    text = " ".join(chance.choices(words.split(), k=WORDS))
    with db.atomic():
        db.execute("insert into sites (id, name, url, added_at) values (1, 'blog', 'https://blog.example/', '')")
        db.execute("insert into categories (id, site_id, name) values (1, 1, 'Media Coverage')")
        for id in range(1, rows + 1):
            db.execute(POST, [id, f"{id:016x}", f"https://blog.example/{id}/", f"Dry dock {id} reopens", text])
            db.execute("insert into post_categories (post_id, category_id, position) values (?, 1, 1)", [id])
    db.execute("pragma wal_checkpoint(truncate)").fetchall()
    db.close()


POST: Final = """
    insert into posts (
        id, uid, url, title, text, site_id, kind, outlet, outlet_printed, authors, original_on, posted_on, language,
        words, confidence, first_seen_at, last_seen_at, checked_at
    )
    values (
        ?, ?, ?, ?, ?, 1, 'repost', 'The Detroit News', 'Detroit News', '["Marta Quill"]', '2026-02-27', '2026-03-01',
        'en-US', 520, 0.97, '2026-03-02T09:00:00Z', '2026-03-02T09:00:00Z', '2026-03-02T09:00:00Z'
    )
"""
