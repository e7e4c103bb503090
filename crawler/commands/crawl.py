"""`clipfile crawl`: the whole road from a blog's category pages to a searchable archive, in one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import click
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive import report
from archive.commands.options import archive_option, echo_json, json_option
from archive.errors import ArchiveError
from archive.folder import ArchiveFolder
from crawler.extensions import RunEnd
from crawler.profiles import SiteProfile, load_profile, user_folders
from crawler.sample.server import SampleBlog
from crawler.spiders.blog import BlogSpider

SAMPLE: Final = "sample"
SAMPLE_EDITIONS: Final = 2
"""The sample blog changes once, so that a second crawl has something to find; then it stays as it is."""

EXIT_CODES: Final = {"done": 0, "partial": 3, "interrupted": 3, "suspect": 4, "failed": 1}


@click.command("crawl")
@click.argument("site", default="michauto")
@archive_option
@click.option("--full", is_flag=True, help="Fetch every post again, also where nothing seems to have changed.")
@click.option(
    "--limit", type=click.IntRange(min=1), help="Stop after this many posts; the next crawl goes on from there."
)
@click.option("--delay", type=click.FloatRange(min=0), help="Seconds between two requests (default: the site's, or 1).")
@click.option("--category", "categories", multiple=True, metavar="SLUG", help="Only this category; may be repeated.")
@click.option(
    "--allow-private",
    is_flag=True,
    help="Let SITE be on a private or loopback address: exactly its scheme, host and port.",
)
@json_option
def crawl_command(
    site: str,
    folder: ArchiveFolder,
    full: bool,
    limit: int | None,
    delay: float | None,
    categories: tuple[str, ...],
    allow_private: bool,
    as_json: bool,
) -> int:
    """Crawl SITE into the archive: a known site's name (clipfile sites lists them) or any http(s) address of a blog.

    Pages are kept as they were served before anyone reads them. A crawl that was cut short goes on where it stood when
    it is run again.
    """
    with served(load_profile(site, user_folders(folder.path)), folder) as profile:
        settings = {
            "CLIPFILE_ARCHIVE": str(folder.path),
            "CLIPFILE_LIMIT": limit or 0,
            "CLIPFILE_FULL": full,
            **delays(profile, delay),
        }
        if allow_private or profile.name == SAMPLE:
            settings["ALLOW_PRIVATE_ORIGIN"] = origin(profile.start_urls[0])
        end = run(profile, settings, categories)
    if as_json:
        echo_json({**end.run, "report": end.report})
    else:
        click.echo(report.render(end.run, end.report))
    return EXIT_CODES[end.run["status"]]


def delays(profile: SiteProfile, delay: float | None) -> dict[str, Any]:
    """How long to wait between requests: the operator's word, else the profile's, else the crawler's default.

    A delay of nought switches off the throttle too: who asks for it owns the server.
    """
    chosen = profile.delay_s if delay is None else delay
    if chosen is None:
        return {}
    if chosen == 0:
        return {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 8}
    return {"DOWNLOAD_DELAY": chosen}


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def served(profile: SiteProfile, folder: ArchiveFolder) -> Iterator[SiteProfile]:
    """*profile* as it is, except for the sample blog, which is served on this machine while it is crawled."""
    if profile.name != SAMPLE:
        yield profile
        return
    edition, port = sample_edition_and_port(profile, folder)
    try:
        blog = SampleBlog(edition=edition, port=port)
        with blog:
            yield profile.at(blog.url)
    except OSError as error:
        raise ArchiveError(
            f"the sample blog can't be served on port {port}: {error.strerror or error}",
            hint="end the program that uses the port, then run this again",
        ) from error


def sample_edition_and_port(profile: SiteProfile, folder: ArchiveFolder) -> tuple[int, int]:
    """The second edition from the second finished crawl on; always the first crawl's port, which is in every URL."""
    default_port = urlsplit(profile.start_urls[0]).port or 0
    if not folder.db_path.exists():
        return 1, default_port
    db = folder.open_readonly()
    row = db.execute(
        """
        select sites.url, count(runs.id)
        from sites left join runs on runs.site_id = sites.id and runs.status in ('done', 'partial')
        where sites.name = ?
        group by sites.id
        """,
        [SAMPLE],
    ).fetchone()
    db.close()
    if row is None:
        return 1, default_port
    return min(row[1] + 1, SAMPLE_EDITIONS), urlsplit(row[0]).port or default_port


def run(profile: SiteProfile, overrides: dict[str, Any], categories: tuple[str, ...]) -> RunEnd:
    """Crawl to the end. Raises the ArchiveError that kept it from beginning or from finding a blog."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(overrides, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(BlogSpider)
    crawl = process.crawl(crawler, profile=profile, categories=categories)
    process.start()
    if (error := crawl.exception()) is not None:
        raise error
    if crawler.spider is not None and crawler.spider.fatal is not None:
        raise crawler.spider.fatal
    end: RunEnd = crawler.run_end
    return end
