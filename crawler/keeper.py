"""Bytes first: keeps each exchange in the WARC, then writes what was made of it, in the one order that survives a kill.

The WARC is synced to disk before the transaction that points into it begins; on start, whatever lies in a WARC file
behind the last committed position belongs to no row and is cut off (`archive.warc.cut_back`).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from archive.errors import CannotWriteError
from archive.store import Store
from archive.warc import Cut, Exchange, Original, Record, WarcWriter, cut_back
from archive.warc.writing import MAX_BYTES


@dataclass(kw_only=True, slots=True, eq=False)
class Kept:
    """An exchange in the WARC; `capture_id` is set by the commit that writes its row."""

    exchange: Exchange
    record: Record
    role: str
    capture_id: int | None = None
    is_on_disk: bool = False


class Keeper:
    """One run's hand on the archive."""

    def __init__(
        self,
        store: Store,
        warc_folder: Path,
        *,
        site_name: str,
        site_id: int,
        run_id: int,
        info: Mapping[str, str],
        max_file_bytes: int = MAX_BYTES,
    ) -> None:
        self.store = store
        self.site_id = site_id
        self.run_id = run_id
        self.requests = 0
        self.bytes = 0
        self._pending: list[Kept] = []
        self._one_sync = asyncio.Lock()
        self.cuts: list[Cut] = cut_back(warc_folder, store.custody.committed_warc())
        self._warc = WarcWriter(
            warc_folder,
            site=site_name,
            started_at=datetime.now(UTC),
            info={**store.custody.run_facts(run_id), **info},
            max_bytes=max_file_bytes,
            find_original=self._find_original,
            begun=self._claim,
        )

    def _claim(self, name: str, size: int) -> None:
        """Put a new file's name into the database before anything is in it.

        Else a run killed before it commits leaves captures in it that no row speaks of, nor ever will.
        """
        with disk_trouble_named(), self.store.atomic():
            self.store.custody.commit_warc(self.run_id, {name: size})

    def keep(self, exchange: Exchange, role: str) -> Kept:
        """Write the exchange to the WARC; its row follows with the next commit."""
        with disk_trouble_named():
            original = self.store.custody.original_at(exchange.url) if exchange.status == 304 else None
            record = self._warc.write(exchange, role=role, original=original)
        kept = Kept(exchange=exchange, record=record, role=role)
        self.requests += 1
        self.bytes += record.payload_bytes
        self._pending.append(kept)
        return kept

    async def on_disk(self, wanted: Kept) -> None:
        """Wait until *wanted* is on disk, while the crawl goes on with other answers; one sync serves all who wait."""
        async with self._one_sync:
            if wanted.is_on_disk or wanted.capture_id is not None:
                return
            kept_so_far = list(self._pending)
            with disk_trouble_named():
                await asyncio.to_thread(self._warc.syncing())
            for kept in kept_so_far:
                kept.is_on_disk = True

    @contextmanager
    def commit(self, wanted: Kept | None = None) -> Iterator[Store]:
        """One durable transaction: captures kept so far, and whatever the caller adds to them.

        With *wanted*, a capture that is on disk already, only those up to it are committed: nobody waits for the disk.
        """
        batch = self._on_disk_with(wanted)
        with disk_trouble_named():
            if batch is None:
                self._warc.sync()
                batch = list(self._pending)
            with self.store.atomic():
                for kept in batch:
                    kept.capture_id = self.store.custody.save_capture(
                        self.run_id, kept.exchange, kept.record, kept.role
                    )
                ends = {kept.record.file: kept.record.offset + kept.record.length for kept in batch}
                self.store.custody.commit_warc(self.run_id, ends)
                yield self.store
        del self._pending[: len(batch)]

    def _on_disk_with(self, wanted: Kept | None) -> list[Kept] | None:
        """The pending captures that are on disk, oldest first; None when *wanted* is not committed by them."""
        if wanted is None:
            return None
        batch = list(takewhile(lambda kept: kept.is_on_disk, self._pending))
        return batch if wanted.capture_id is not None or wanted in batch else None

    def close(self) -> None:
        """Commit what is still pending and let the WARC go. Raises CannotWriteError when the disk refuses."""
        if self._pending:
            with self.commit():
                pass
        self._warc.close()

    def _find_original(self, payload_sha256: str) -> Original | None:
        for kept in self._pending:
            if kept.record.payload_sha256 == payload_sha256 and not kept.record.revisit:
                return Original(
                    url=kept.exchange.url,
                    at=kept.exchange.at,
                    record_id=kept.record.record_id,
                    payload_sha256=payload_sha256,
                )
        return self.store.custody.find_original(payload_sha256)


@contextmanager
def disk_trouble_named() -> Iterator[None]:
    """A full or failing disk as the CannotWriteError a person can act on, whichever of the two files met it."""
    try:
        yield
    except OSError as error:
        raise CannotWriteError(f"the archive can't be written: {error.strerror or error}", hint=GO_ON) from error
    except sqlite3.OperationalError as error:
        raise CannotWriteError(f"the archive can't be written: {error}", hint=GO_ON) from error


GO_ON = "free some space, then run the same crawl again: it goes on from here"
