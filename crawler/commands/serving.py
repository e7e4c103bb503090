"""The blog a command works on, served on this machine while it does when it is the sample blog."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from archive.errors import ArchiveError
from archive.folder import ArchiveFolder
from crawler.profiles import SiteProfile

SAMPLE: Final = "sample"
SAMPLE_EDITIONS: Final = 2
"""The sample blog changes once, so that a second crawl has something to find; then it stays as it is."""


@contextmanager
def served(profile: SiteProfile, folder: ArchiveFolder) -> Iterator[tuple[SiteProfile, bool]]:
    """*profile*, and whether it is ours: the sample blog is served here until the block ends, at its own address."""
    if profile.name != SAMPLE:
        yield profile, False
        return
    from crawler.sample.server import SampleBlog

    edition, port = sample_edition_and_port(profile, folder)
    blog = SampleBlog(edition=edition, port=port)
    try:
        blog.start()
    except OSError as error:
        raise ArchiveError(
            f"the sample blog can't be served on port {port}: {error.strerror or error}",
            hint="end the program that uses the port, then run this again",
        ) from error
    try:
        yield profile.at(blog.url), True
    finally:
        blog.stop()


def sample_edition_and_port(profile: SiteProfile, folder: ArchiveFolder) -> tuple[int, int]:
    """The second edition from the second finished crawl on; always the first crawl's port, which is in every URL."""
    default_port = urlsplit(profile.start_urls[0]).port or 0
    if not folder.db_path.exists():
        return 1, default_port
    db = folder.open_readonly()
    row = db.execute(
        """
        select sites.url, count(runs.id)
        from sites left join runs on runs.site_id = sites.id
            and runs.status in ('done', 'partial') and runs.mode <> 'import'
        where sites.name = ?
        group by sites.id
        """,
        [SAMPLE],
    ).fetchone()
    db.close()
    if row is None:
        return 1, default_port
    return min(row[1] + 1, SAMPLE_EDITIONS), urlsplit(row[0]).port or default_port


def origin(url: str) -> str:
    """Scheme, host and port of *url*: the one server `--allow-private` allows."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
