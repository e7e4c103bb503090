"""The keeper: a run's hand on the archive."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from archive.folder import ArchiveFolder
from archive.verifying import Verification
from archive.warc import Exchange, cut_back
from crawler.keeper import Keeper


def an_exchange(number: int) -> Exchange:
    return Exchange(
        url=f"https://harbor.example/{number}/",
        at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        status=200,
        reason="OK",
        response_headers=(("Content-Type", "image/png"),),
        body=bytes([number]) * 1500,
        ip=None,
    )


def test_a_run_killed_behind_the_turn_of_a_file_leaves_no_capture_that_no_row_speaks_of(tmp_path: Path) -> None:
    folder = ArchiveFolder(path=tmp_path)
    with folder.writing("a test") as store:
        with store.atomic():
            site_id = store.custody.save_site("harbor", "https://harbor.example/")
            run_id = store.custody.start_run(site_id, "full", {})
        keeper = Keeper(
            store, folder.warc_path, site_name="harbor", site_id=site_id, run_id=run_id, info={}, max_file_bytes=8000
        )
        for number in range(4):
            keeper.keep(an_exchange(number), "image")
        with keeper.commit():
            pass
        for number in range(4, 9):
            keeper.keep(an_exchange(number), "image")
        names = {path.name for path in folder.warc_path.iterdir()}
        assert len(names) > 2
        assert store.custody.committed_warc().keys() == names
        keeper._warc.close()  # as a kill does: nothing is committed any more
        assert cut_back(folder.warc_path, store.custody.committed_warc())
    found = [(each.severity, each.what) for each in Verification(folder).problems()]
    assert found == []
