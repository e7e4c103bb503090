"""An archive that knows a blog of any length without having crawled it: its posts are filed by the store.

The texts are those of the pages, the readings are not what the reader would say of them. What a run over an unchanged
blog costs rests on neither: it asks the sources and compares addresses, headlines, days and categories, which are the
blog's own. What is known of the sources themselves comes from a real run, which has to follow.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from archive.folder import ArchiveFolder
from archive.model import Post, Reading
from archive.store.values import instant
from benchmarks.returning import CATEGORIES, Entry, ReturningBlog, category_name, words_of
from crawler.discovery import Sighting
from crawler.profiles import load_profile
from crawler.tally import Tally

BATCH: Final = 500
"""Posts a transaction."""


def file_posts(archive: Path, posts: int, home: str) -> None:
    """The archive of a first, whole run that found every post and nothing of the blog's sources."""
    profile = load_profile(f"{home}/blog/")
    entries = list(ReturningBlog(posts, home).entries.values())
    with ArchiveFolder(path=archive).writing("a benchmark") as store:
        with store.atomic():
            site_id = store.custody.save_site(profile.name, profile.start_urls[0])
            run_id = store.custody.start_run(site_id, "full", {})
        seen_at = instant(datetime.now(UTC))
        for first in range(0, posts, BATCH):
            with store.atomic():
                batch = entries[first : first + BATCH]
                for entry in batch:
                    store.posts.save(site_id, run_id, post(entry, home), reading(), capture_id=None, seen_at=seen_at)
                store.custody.save_sightings(site_id, run_id, [each for entry in batch for each in dated(entry, home)])
        with store.atomic():
            report = Tally(new=posts).report(requests=0, received_bytes=0)
            store.custody.finish_run(run_id, "done", reason=None, report=report)


def post(entry: Entry, home: str) -> Post:
    return Post(
        url=home + entry.path,
        title=entry.title,
        text=words_of(entry),
        html=f"<p>{words_of(entry)}</p>",
        posted_on=entry.posted_at.date().isoformat(),
        categories=(category_name(CATEGORIES[entry.category]),),
        language="en-US",
        wordpress_id=entry.number,
    )


def reading() -> Reading:
    return Reading(kind="own", completeness="full", reader="filed", confidence=1.0)


def dated(entry: Entry, home: str) -> list[Sighting]:
    """What the sources that have days say of the post; that they do is why a run need not ask for it again."""
    facts = {"url": home + entry.path, "lastmod": instant(entry.modified_at), "wordpress_id": entry.number}
    return [Sighting(**facts, source="rest"), Sighting(**facts, source="sitemap")]  # type: ignore[arg-type]
