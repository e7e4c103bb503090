"""A crawl killed before each of its calls that write, one after the other (needs strace).

    python -m tests.hostile.boundaries               every call of a crawl of two posts
    python -m tests.hostile.boundaries --every 40    one in forty

Each crawl is forked from a process that has everything imported, and strace is attached before it begins.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

from archive.database import open_database
from tests.hostile.children import EnduranceError, finish, import_everything, last_words, work
from tests.hostile.endurance import blog, check, contents, crawl_words
from tests.hostile.tracing import CALLS, calls_of, traced

POSTS: Final = 2


def kill_at_each(url: str, folder: Path, every: int) -> Counter[str]:
    """Kills so many before each kind of call; every crawl behind a kill must end as if there had been none."""
    begun = folder / "begun"  # what every first crawl does to a new database is the migrations' kills' business
    begun.mkdir()
    open_database(begun / "archive.db").close()
    undisturbed = folder / "undisturbed"
    shutil.copytree(begun, undisturbed)
    if code := traced(crawl_words(url, undisturbed), folder, ["-e", f"trace={','.join(CALLS)}"]):
        raise EnduranceError(f"exit {code} when nobody disturbed it: {last_words(folder)}")
    wanted, done = contents(undisturbed), Counter[str]()
    for name, times in calls_of(folder / "strace.log", undisturbed).items():
        for when in range(1, times + 1, every):
            archive, where = folder / "killed", f"killed before {name} number {when} of {times}"
            shutil.copytree(begun, archive)
            how = ["-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={when}"]
            code = traced(crawl_words(url, archive), folder, how)
            if code not in (0, -signal.SIGKILL):  # 0: this time there were fewer such calls
                raise EnduranceError(f"{where}: exit {code}: {last_words(folder)}")
            if finish(lambda: work(crawl_words(url, archive), folder / "children.log")):  # noqa: B023  runs at once
                raise EnduranceError(f"{where}: the next crawl does not go on: {last_words(folder)}")
            check(archive, wanted, where)
            shutil.rmtree(archive)
            done[name if code else "ended by itself"] += 1
    return done


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.boundaries", description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    chosen = parser.parse_args()
    import_everything()
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, blog(POSTS) as url:
        done = kill_at_each(url, Path(folder), chosen.every)
    told = {"kills before": done, "in all": done.total(), "seconds": round(time.monotonic() - began_s, 1)}
    json.dump(told, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
