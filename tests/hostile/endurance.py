"""Kills and failing disks: an archive that is cut short at any moment ends as if it had not been.

    python -m tests.hostile.endurance kills --count 300       processes killed at random moments
    python -m tests.hostile.endurance writes --count 100      a system call that writes fails (needs strace)

Each child is forked from a process that has everything imported, so that it is killed at its work, not at its start.
The random seed is printed; --seed repeats a round.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from archive.database import open_database
from archive.folder import ArchiveFolder
from archive.verifying import Verification
from tests.hostile.children import EnduranceError, finish, forked, import_everything, kill, last_words, wait, work
from tests.hostile.tracing import calls_of, traced

KILLS_A_ROUND: Final = 10
POSTS: Final = 24
"""Of the blog whose archive is killed at; each kill shall cost little."""
VOLATILE: Final = ("id", "first_seen_at", "last_seen_at")
FAILING_CALLS: Final = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate")
ERRORS: Final = ("ENOSPC", "EIO")


@dataclass(kw_only=True)
class Figures:
    """What was done, and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    rounds: Counter[str] = field(default_factory=Counter)
    exits: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


# ------------------------------------------------------------------------------------------------- what must hold


def contents(archive: Path) -> list[dict[str, Any]]:
    """The clippings without what a clock or a row number decides."""
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        db.row_factory = sqlite3.Row
        rows = [dict(row) for row in db.execute("select * from clippings order by url")]
    return [{name: value for name, value in row.items() if name not in VOLATILE} for row in rows]


def check(archive: Path, wanted: list[dict[str, Any]], where: str) -> None:
    """Nothing lost, twice, partial or invalid; the index equal to the content."""
    found = contents(archive)
    if found != wanted:
        lost = {row["url"] for row in wanted} - {row["url"] for row in found}
        raise EnduranceError(f"{where}: {len(found)} clippings for {len(wanted)}, lost {sorted(lost)[:5]}")
    problems = list(Verification(ArchiveFolder(path=archive)).problems())
    if errors := [problem for problem in problems if problem.severity == "error"]:  # a missing seal is a warning
        raise EnduranceError(f"{where}: {errors[:3]}")
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        if twice := db.execute("select url from posts group by url having count(*) > 1").fetchall():
            raise EnduranceError(f"{where}: {twice[:3]}")


# ------------------------------------------------------------------------------------------------- kills


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Something that writes, in an archive that `prepare` makes anew; `check` compares it with one nobody disturbed."""

    name: str
    prepare: Callable[[Path], None]
    run: Callable[[Path], None]
    check: Callable[[Path, Path, str], None]


def kill_at_random(operation: Operation, folder: Path, kills: int, moments: random.Random, figures: Figures) -> None:
    """Rounds of up to ten kills each, every round ended by one run that nobody disturbs."""
    undisturbed = folder / f"{operation.name}-undisturbed"
    operation.prepare(undisturbed)
    began_s = time.monotonic()
    if code := finish(lambda: operation.run(undisturbed)):
        raise EnduranceError(f"{operation.name}: exit {code} when nobody disturbed it: {last_words(folder)}")
    took_s = time.monotonic() - began_s
    while figures.kills[operation.name] < kills:
        place = folder / f"{operation.name}-{figures.rounds[operation.name]}"
        where = f"{operation.name}, round {figures.rounds[operation.name]}"
        operation.prepare(place)
        for _ in range(min(KILLS_A_ROUND, kills - figures.kills[operation.name])):
            pid = forked(lambda: operation.run(place))  # noqa: B023  runs before the next round
            ended = wait(pid, moments.uniform(0.005, took_s))
            if ended is not None:
                break  # before it could be killed; the last run shows how
            kill(pid)
            figures.kills[operation.name] += 1
        code = finish(lambda: operation.run(place))  # noqa: B023
        if code:
            raise EnduranceError(f"{where}: exit {code} after the last kill: {last_words(folder)}")
        operation.check(place, undisturbed, where)
        shutil.rmtree(place)
        figures.rounds[operation.name] += 1


def operations(url: str, folder: Path) -> Iterator[Operation]:
    """The six roads on which an archive is written, each with its archives prepared once and copied."""
    log = folder / "children.log"
    finished, half = folder / "finished", folder / "half"

    def command(*words: str) -> None:
        work(list(words), log)

    for made, limit in ((finished, ()), (half, ("--limit", str(POSTS // 2)))):
        if finish(lambda: command(*crawl_words(url, made), *limit)):  # noqa: B023  runs at once
            raise EnduranceError(f"the blog can't be crawled: {last_words(folder)}")

    def forget(place: Path) -> None:
        """An archive whose readings are not what the reader makes of its captures."""
        shutil.copytree(finished, place)
        with ArchiveFolder(path=place).writing("a test") as store, store.atomic():
            store.db.execute("""
                update revisions set reading = json_set(reading, '$.kind', 'own', '$.outlet', null, '$.confidence', 0.0)
                where reading ->> 'kind' = 'repost'
            """)
            store.db.execute("update posts set outlet_id = null, kind = 'own', confidence = 0.0 where kind = 'repost'")

    def check_contents(place: Path, undisturbed: Path, where: str) -> None:
        check(place, contents(undisturbed), where)
        if len(contents(place)) != POSTS:
            raise EnduranceError(f"{where}: {len(contents(place))} posts")
        if left := [name for name in ("importing", "merging") if (place / name).exists()]:
            raise EnduranceError(f"{where}: left lying about: {left}")

    def check_export(place: Path, undisturbed: Path, where: str) -> None:
        strays = [path.name for path in place.iterdir() if "out.csv" in path.name and path.name != "out.csv"]
        if strays or (place / "out.csv").read_bytes() != (undisturbed / "out.csv").read_bytes():
            raise EnduranceError(f"{where}: a partial export, or one left lying about: {strays}")

    def check_schema(place: Path, undisturbed: Path, where: str) -> None:
        if differences := set(schema(place)) ^ set(schema(undisturbed)):
            raise EnduranceError(f"{where}: another schema than an archive's: {sorted(differences)[:4]}")

    yield Operation(
        name="crawl",
        prepare=Path.mkdir,
        run=lambda place: command(*crawl_words(url, place)),
        check=check_contents,
    )
    yield Operation(
        name="reread",
        prepare=forget,
        run=lambda place: command("reread", "--archive", str(place)),
        check=check_contents,
    )
    yield Operation(
        name="merge",
        prepare=lambda place: copy(half, place),
        run=lambda place: command("merge", str(finished), "--archive", str(place)),
        check=check_contents,
    )
    yield Operation(
        name="import",
        prepare=Path.mkdir,
        run=lambda place: command("import", str(finished / "warc"), "--archive", str(place)),
        check=check_contents,
    )
    yield Operation(
        name="export",
        prepare=lambda place: copy(finished, place),
        run=lambda place: command(
            "export", "--format", "csv", "--output", str(place / "out.csv"), "--archive", str(place)
        ),
        check=check_export,
    )
    yield Operation(
        name="migration",
        prepare=Path.mkdir,
        run=lambda place: open_database(place / "archive.db").close(),
        check=check_schema,
    )


def copy(archive: Path, place: Path) -> None:
    shutil.copytree(archive, place)


def schema(place: Path) -> list[tuple[str, str]]:
    """Without the statistics that SQLite gathers of tables with rows."""
    with closing(sqlite3.connect(place / "archive.db")) as db:
        sql = "select name, sql from sqlite_master where sql is not null and name not like 'sqlite_stat%'"
        return sorted(db.execute(sql))


# ------------------------------------------------------------------------------------------------- failing calls


def fail_calls(url: str, folder: Path, count: int, moments: random.Random, figures: Figures) -> None:
    """Let one writing call fail in each of *count* crawls; each must say so, and the next one go on from there."""
    if finish(lambda: work(crawl_words(url, folder / "wanted"), folder / "children.log")):
        raise EnduranceError("the blog can't be crawled")
    wanted = contents(folder / "wanted")
    traced(crawl_words(url, folder / "counted"), folder, ["-e", f"trace={','.join(FAILING_CALLS)}"])
    calls = calls_of(folder / "strace.log", folder / "counted")
    number = 0
    while figures.kills.total() < count:
        name, error = moments.choice(FAILING_CALLS), moments.choice(ERRORS)
        when = moments.randint(1, calls[name])
        archive, where = folder / f"failed-{number}", f"{error} at {name} number {when}"
        how = ["-e", f"trace={name}", "-e", f"inject={name}:error={error}:when={when}"]
        code = traced(crawl_words(url, archive), folder, how)
        number += 1
        figures.exits[f"exit {code}"] += 1
        if code == 0:
            check(archive, wanted, where)
        if finish(lambda: work(crawl_words(url, archive), folder / "children.log")):  # noqa: B023
            raise EnduranceError(f"{where}: the next crawl does not go on: {last_words(folder)}")
        check(archive, wanted, f"{where}, and the next crawl")
        shutil.rmtree(archive)
        was_met = "INJECTED" in (folder / "strace.log").read_text(encoding="utf-8", errors="replace")
        figures.kills[f"{error} at {name}"] += was_met


def crawl_words(url: str, archive: Path) -> list[str]:
    return ["crawl", url, "--allow-private", "--delay", "0", "--archive", str(archive)]


# ------------------------------------------------------------------------------------------------- the command


@contextmanager
def blog(posts: int) -> Iterator[str]:
    """The address of a blog in a process of its own: a child may not be forked beside a server's threads."""
    command = [sys.executable, "-m", "tests.hostile.endurance", "serve", "--count", str(posts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def serve(posts: int) -> None:
    from tests.hostile.blog import HealthyBlog
    from tests.hostile.server import serving

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with serving(HealthyBlog(posts)) as healthy:
        print(f"{healthy.origin}/blog/", flush=True)  # noqa: T201
        stop.wait()


def endure(what: str, count: int, seed: int, folder: Path) -> Figures:
    figures, moments = Figures(), random.Random(seed)
    began_s = time.monotonic()
    import_everything()
    if what == "writes":
        with blog(8) as url:
            fail_calls(url, folder, count, moments, figures)
    else:
        with blog(POSTS) as url:
            todo = list(operations(url, folder))
            for number, operation in enumerate(todo):
                share = count // len(todo) + (number < count % len(todo))
                kill_at_random(operation, folder, share, moments, figures)
    figures.seconds = time.monotonic() - began_s
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.endurance", description=__doc__)
    parser.add_argument("what", choices=("kills", "writes", "serve"))
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    if chosen.what == "serve":
        serve(chosen.count)
        return
    with tempfile.TemporaryDirectory() as folder:
        print(f"seed {chosen.seed}", flush=True)  # noqa: T201
        figures = endure(chosen.what, chosen.count, chosen.seed, Path(folder))
    told = {name: value for name, value in vars(figures).items() if value}
    print(json.dumps(told, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
