"""Taking everything away as CSV and JSON Lines, beside SQLite's own shell: time, and memory over the number of rows."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

from archive.database import open_database
from benchmarks.crawl import ROOT
from benchmarks.measure import ROUNDS, Spread, Weight, interleaved, promise, table, weigh

NAME: Final = "export"
DESCRIPTION: Final = "all clippings as CSV and JSON Lines, beside `sqlite3 -csv` on the same view"

ROWS: Final = {"toy": (200, 400), "small": (5_000, 20_000), "full": (20_000, 200_000)}
WORDS: Final = 520
"""About 3 KB of text."""
PEAK_MB: Final = 200
TIMES_MAX: Final = 3.0
FLAT: Final = 1.1

SHELL: Final = shutil.which("sqlite3")

Weights = dict[str, list[Weight]]

OURS: Final = ("csv", "jsonl")


def run(size: str) -> dict[str, Any]:
    found = {count: measured(count, ROUNDS[size]) for count in ROWS[size]}
    fewer, more = (found[count] for count in ROWS[size])
    rows = [
        [f"{count:,}", name, str(Spread.of([one.cpu_s for one in weights])), ratio(each, name), f"{peak(weights):.0f}"]
        for count, each in found.items()
        for name, weights in each.items()
    ]
    promises = [promise("peak memory of an export, MB", max(peak(more[name]) for name in OURS), at_most=PEAK_MB)]
    for name in OURS:
        grown = peak(more[name]) / peak(fewer[name])
        promises.append(promise(f"memory of {name}, many rows to few", grown, at_most=FLAT))
        if SHELL and size != "toy":
            times = Spread.of(ratios(more, name)).median
            promises.append(promise(f"CPU of {name} to sqlite3", times, at_most=TIMES_MAX))
    notes = [] if SHELL else ["SQLite's shell is not installed: there is nothing to compare with."]
    columns = ("clippings", "by", "CPU s", "times sqlite3", "peak MB")
    return {"tables": [table("Export", columns, rows)], "promises": promises, "notes": notes}


def ratios(found: Weights, name: str) -> list[float]:
    return [one.cpu_s / beside.cpu_s for one, beside in zip(found[name], found["sqlite3"], strict=True)]


def ratio(found: Weights, name: str) -> str:
    return str(Spread.of(ratios(found, name))) if SHELL else ""


def peak(weights: list[Weight]) -> float:
    return max(one.peak_bytes for one in weights) / 1e6


def measured(rows: int, rounds: int) -> Weights:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder / "archive.db", rows)
        commands = {
            format: [sys.executable, "-m", "archive.cli", "export", "--archive", name, "--format", format]
            for format in OURS
        }
        if SHELL:
            sql = "select * from clippings order by id"
            commands["sqlite3"] = [SHELL, "-csv", "-header", str(folder / "archive.db"), sql]
        contenders = {each: partial(weighed, command, folder) for each, command in commands.items()}
        found = interleaved(contenders, rounds)
    return {each: [one[each] for one in found] for each in commands}


def weighed(command: list[str], folder: Path) -> Weight:
    weight = weigh(command, folder / "written", cwd=ROOT)
    if weight.error:
        raise RuntimeError(weight.error)
    return weight


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
