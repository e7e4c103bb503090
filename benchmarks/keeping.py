"""Keeping: memory of what goes through whole archives, over their size; bytes that an unchanged second crawl adds."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from archive.requisites import ROLES
from archive.warc import Exchange, Original, WarcWriter
from archive.warc.records import WarcFile
from benchmarks.blog import Blog
from benchmarks.crawl import ROOT, environment, serving
from benchmarks.measure import promise, table, weigh
from benchmarks.rereading import CLIPFILE, make_archive

NAME = "keeping"
DESCRIPTION = "memory of what goes through whole archives, over their size; bytes of an unchanged second crawl"

POSTS: Final = {"toy": (5, 10), "small": (360, 1080), "full": (360, 1800)}
"""Up to the first of these, memory grows because caches and buffers fill, as they do in any archive."""
CRAWLED: Final = {"toy": 12, "small": 60, "full": 200}
ADDED_MAX: Final = 0.02
PAGES: Final = {"toy": 5, "small": 100, "full": 200}
FILLER_BYTES: Final = 500_000
"""Of what does not compress, in each page: few posts then make a large archive."""
FAR_BYTES: Final = 5e9
PEAK_BYTES_MAX: Final = 300e6


def run(size: str) -> dict[str, Any]:
    smaller, larger = (costs(posts) for posts in POSTS[size])
    rows, promises = [], []
    for name in smaller.peaks:
        slope = (larger.peaks[name] - smaller.peaks[name]) / (larger.warc_bytes - smaller.warc_bytes)
        far = larger.peaks[name] + slope * (FAR_BYTES - larger.warc_bytes)
        peaks = [round(each.peaks[name] / 1e6) for each in (smaller, larger)]
        rows.append([name, *peaks, f"{slope * 100:.1f}", round(far / 1e6)])
        promises.append(promise(f"{name} of 5 GB by that slope, MB", far / 1e6, at_most=PEAK_BYTES_MAX / 1e6))
    sizes = [f"MB at {each.warc_bytes / 1e6:.0f} MB" for each in (smaller, larger)]
    columns = ("command", *sizes, "MB more for each 100 MB", "at 5 GB")
    first, second = crawled_twice(CRAWLED[size])
    share = second.total / first.total
    promises.append(promise("bytes a second full crawl adds ÷ the first one's", share, at_most=ADDED_MAX))
    return {
        "tables": [
            table("Peak memory of the largest process", columns, rows),
            table(f"Two full crawls of {CRAWLED[size]} posts", STORED, stored(first, second, CRAWLED[size])),
            table("A page captured again", ("bytes of request and revisit a page", ""), again(PAGES[size])),
        ],
        "promises": promises if size != "toy" else [promise("commands that ended", len(rows), at_least=7)],
        "notes": [
            "Pages are long and few; beside this, an import keeps about 200 bytes and a merge 100 for each capture."
        ],
    }


@dataclass(frozen=True, kw_only=True)
class Costs:
    warc_bytes: int
    peaks: dict[str, int]
    """Bytes, by command."""


def costs(posts: int) -> Costs:
    """Each command over an archive of so many pages."""
    folder = Path(tempfile.mkdtemp(prefix="clipfile-bench-keeping-"))
    try:
        # in a process of its own: what this one holds would count as the peak of those it starts
        making = [sys.executable, "-m", "benchmarks.keeping", str(folder), str(posts)]
        subprocess.run(making, cwd=ROOT, env=environment(), check=True)
        warc = next((folder / "one" / "warc").iterdir())
        shutil.copy2(warc, folder / "foreign.warc.gz")
        one = ("--archive", str(folder / "one"))
        wacz = ("--format", "wacz", "--output")
        commands = {
            "verify": ("verify", *one),
            "reread": ("reread", "--dry-run", *one),
            "import": ("import", str(folder / "foreign.warc.gz"), "--archive", str(folder / "imported")),
            "merge": ("merge", str(folder / "two"), *one),
            "export to WACZ": ("export", *wacz, str(folder / "all.wacz"), *one),
            "export of a run": ("export", "--run", "1", *wacz, str(folder / "run.wacz"), *one),
            "rebuild": ("rebuild", *one, "--into", str(folder / "anew")),
        }
        peaks = {name: peak(words, folder) for name, words in commands.items()}
        return Costs(warc_bytes=warc.stat().st_size, peaks=peaks)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def peak(words: tuple[str, ...], folder: Path) -> int:
    """Peak bytes of the command's largest process."""
    weight = weigh([*CLIPFILE, *words], folder / "out.txt", cwd=folder, env=environment())
    if weight.error:
        raise RuntimeError(weight.error)
    return weight.peak_bytes


@dataclass(frozen=True, kw_only=True)
class Stored:
    """Bytes that one crawl added."""

    pages: int
    """Of WARC: everything but requisites."""
    requisites: int
    database: int

    @property
    def total(self) -> int:
        return self.pages + self.requisites + self.database

    @property
    def without_requisites(self) -> int:
        return self.pages + self.database


def crawled_twice(posts: int) -> tuple[Stored, Stored]:
    """What the first and the second `crawl --full` of an unchanged blog add, with the default settings."""
    folder = Path(tempfile.mkdtemp(prefix="clipfile-bench-keeping-"))
    try:
        with serving(posts, "--lifelike") as server:
            own = ("--archive", str(folder / "data"), "--allow-private", "--delay", "0")
            found = [Stored(pages=0, requisites=0, database=0)]
            for _ in range(2):
                command = [*CLIPFILE, "crawl", f"{server.url}/blog/", "--full", *own]
                done = subprocess.run(
                    command, cwd=folder, env=environment(), capture_output=True, text=True, check=False
                )
                if done.returncode:
                    raise RuntimeError(done.stderr[-3000:])
                found.append(held(folder / "data"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    nothing, first, both = found
    return less(first, nothing), less(both, first)


def held(archive: Path) -> Stored:
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        marks = ", ".join("?" * len(ROLES))
        sql = f"select coalesce(sum(warc_length), 0) from captures where role in ({marks})"
        (requisites,) = db.execute(sql, tuple(ROLES)).fetchone()
    warc = sum(path.stat().st_size for path in (archive / "warc").iterdir())
    return Stored(pages=warc - requisites, requisites=requisites, database=(archive / "archive.db").stat().st_size)


def less(more: Stored, fewer: Stored) -> Stored:
    return Stored(
        pages=more.pages - fewer.pages,
        requisites=more.requisites - fewer.requisites,
        database=more.database - fewer.database,
    )


STORED: Final = ("kB a post", "the first adds", "the second adds", "share")


def stored(first: Stored, second: Stored, posts: int) -> list[list[Any]]:
    names = {
        "pages, listings, requests (WARC)": "pages",
        "pictures and other files of pages (WARC)": "requisites",
        "database": "database",
        "all of it": "total",
        "all but pictures and other files": "without_requisites",
    }
    pairs = {label: (getattr(first, name), getattr(second, name)) for label, name in names.items()}
    return [
        [label, f"{old / posts / 1e3:.1f}", f"{new / posts / 1e3:.2f}", f"{new / old:.2%}"]
        for label, (old, new) in pairs.items()
    ]


HEADERS: Final = (
    ("Date", "Thu, 26 Nov 2026 23:00:00 GMT"), ("Content-Type", "text/html; charset=UTF-8"), ("Server", "nginx/1.18.0"),
    ("Vary", "Accept-Encoding"), ("X-Powered-By", "PHP/8.2.7"),
    ("Link", '<https://harbor.example/wp-json/>; rel="https://api.w.org/"'),
    ("Link", '<https://harbor.example/wp-json/wp/v2/posts/1234>; rel="alternate"; type="application/json"'),
    ("Link", "<https://harbor.example/?p=1234>; rel=shortlink"),
)  # fmt: skip
ASKED: Final = (
    ("Host", "harbor.example"), ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Language", "en"), ("User-Agent", "Clipfile/0.1 (+mailto:archive@library.example)"),
    ("Accept-Encoding", "gzip, deflate"),
)  # fmt: skip


def again(pages: int) -> list[list[Any]]:
    """Rows of the table: as written, and what else was tried."""
    with tempfile.TemporaryDirectory(prefix="clipfile-bench-keeping-") as folder:
        first, second = captured_twice(Path(folder), pages)
        records = members(second)
    plain = [zlib.decompress(member, 31) for member in records]
    rows = {
        "page and request, the first time": first,
        "as written": sum(map(len, records)),
        "zlib's level 9": sum(len(zlib.compress(record, 9)) + 12 for record in plain),
        "all records of the file in one stream": len(zlib.compress(b"".join(plain), 9)),
    }
    return [[name, round(size / pages)] for name, size in rows.items()]


def captured_twice(folder: Path, pages: int) -> tuple[int, Path]:
    """Bytes of the first crawl of some pages, and the file of the second, which finds them unchanged."""
    blog, known = Blog(pages, "https://harbor.example"), dict[str, Original]()
    begun, files = datetime(2026, 11, 1, 9, tzinfo=UTC), []
    for at in (begun, begun + timedelta(days=1)):
        with WarcWriter(folder, site="harbor", started_at=at, info={}, find_original=known.get) as writer:
            for post in blog.posts:
                exchange = Exchange(
                    url=f"https://harbor.example{post.path}", at=at, status=200, reason="OK", request_headers=ASKED,
                    response_headers=HEADERS, body=b"".join(blog.answers[post.path]), ip="192.0.2.7",
                )  # fmt: skip
                record = writer.write(exchange)
                original = Original(
                    url=exchange.url, at=at, record_id=record.record_id, payload_sha256=record.payload_sha256
                )
                known.setdefault(record.payload_sha256, original)
            files.append(folder / writer.position[0])
    return files[0].stat().st_size, files[1]


def members(path: Path) -> list[bytes]:
    """The gzip members of requests and revisits."""
    with WarcFile(path) as file:
        return [file.raw(record.offset, record.length) for record in file if record.type != "warcinfo"]


if __name__ == "__main__":
    for name in ("one", "two"):
        make_archive(Path(sys.argv[1]) / name, int(sys.argv[2]), filler_bytes=FILLER_BYTES)
