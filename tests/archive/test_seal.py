"""The seal of the database: what was not written keeps the digest it was sealed with."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from archive.seal import STRETCH_BYTES, check_seal, seal_path
from archive.store import Store

ROW = "insert into skips (run_id, url, key, reason, role, skipped_at) values (1, ?, ?, 'error', 'post', '')"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An archive of a few megabytes."""
    path = tmp_path / "archive.db"
    store = Store.open(path)
    with store.atomic():
        site_id = store.custody.save_site("harbor", "https://harbor.example/")
        store.custody.start_run(site_id, "full", {})
    add(store, 3_000)
    store.close()
    return path


def add(store: Store, rows: int) -> None:
    with store.atomic():
        store.db.conn.executemany(ROW, ((f"https://harbor.example/{n}/", "k" * 900) for n in range(rows)))


def write(file: Path, rows: int) -> None:
    store = Store.open(file)
    add(store, rows)
    store.close()


def rot(file: Path, offset: int) -> None:
    """A bit turns over on the disk, which tells no clock."""
    times = file.stat()
    with file.open("r+b") as opened:
        opened.seek(offset)
        (byte,) = opened.read(1)
        opened.seek(offset)
        opened.write(bytes([byte ^ 4]))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("rows", [pytest.param(1, id="a few pages"), pytest.param(20_000, id="a log begun anew")])
def test_what_was_written_is_sealed(file: Path, rows: int) -> None:
    write(file, rows)
    assert list(check_seal(file)) == []


def test_a_bit_that_turned_over_between_two_runs_is_not_sealed_over(file: Path) -> None:
    rot(file, 1_500_000)
    write(file, 1)
    (broken,) = check_seal(file)
    assert broken.offset == 1_500_000 // STRETCH_BYTES * STRETCH_BYTES


def test_what_somebody_else_wrote_is_sealed_as_it_stands(file: Path) -> None:
    db = sqlite3.connect(file)
    db.execute("delete from skips where id % 3 = 0")
    db.commit()
    db.close()
    os.utime(file, ns=(seal_path(file).stat().st_mtime_ns + 1,) * 2)
    write(file, 1)
    assert list(check_seal(file)) == []
