"""`clipfile crawl`: the whole road from a blog's category pages to a searchable archive, in one command."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from archive import report
from archive.commands.options import archive_option, echo_json, json_option
from archive.errors import ArchiveError, LockedError
from archive.folder import ArchiveFolder
from archive.notifying import tell
from archive.settings import REQUISITES
from crawler import settings as defaults
from crawler.commands.serving import origin, served
from crawler.profiles import SiteProfile, load_profile, user_folders
from crawler.reading_room import open_room

if TYPE_CHECKING:
    from crawler.extensions import RunEnd

EXIT_CODES: Final = {"done": 0, "limited": 0, "partial": 3, "interrupted": 3, "suspect": 4, "failed": 1}


@click.command("crawl")
@click.argument("site", default="michauto")
@archive_option
@click.option("--full", is_flag=True, help="Fetch every post again, also where nothing seems to have changed.")
@click.option("--recheck", is_flag=True, help="Ask for every post again, conditionally where the blog allows it.")
@click.option(
    "--limit", type=click.IntRange(min=1), help="Stop after this many posts; the next crawl goes on from there."
)
@click.option("--delay", type=click.FloatRange(min=0), help="Seconds between two requests (default: the site's, or 1).")
@click.option("--category", "categories", multiple=True, metavar="SLUG", help="Only this category; may be repeated.")
@click.option(
    "--requisites",
    type=click.Choice(REQUISITES),
    help="Files the pages need: none, shown (one size of each image) or every size (default: the archive's, or shown).",
)
@click.option("--no-requisites", "requisites", flag_value="none", help="The same as --requisites none.")
@click.option(
    "--allow-private",
    is_flag=True,
    help="Let SITE be on a private or loopback address: exactly its scheme, host and port.",
)
@click.option(
    "-s",
    "--set",
    "chosen",
    multiple=True,
    metavar="NAME=VALUE",
    callback=lambda _, __, words: settings_of(words),
    help="A setting for this crawl, as docs/manners.md lists them; may be repeated.",
)
@json_option
def crawl_command(
    site: str,
    folder: ArchiveFolder,
    full: bool,
    recheck: bool,
    limit: int | None,
    delay: float | None,
    categories: tuple[str, ...],
    requisites: str | None,
    allow_private: bool,
    chosen: dict[str, str],
    as_json: bool,
) -> int:
    """Crawl SITE into the archive: a known site's name (clipfile sites lists them) or any http(s) address of a blog.

    Pages are kept as they were served before anyone reads them. A crawl that was cut short goes on where it stood when
    it is run again.
    """
    profile = load_profile(site, user_folders(folder.path))
    settings = {
        "CLIPFILE_ARCHIVE": str(folder.path),
        "CONTACT": folder.contact(),
        "LOG_LEVEL": "ERROR",  # what else went wrong is in the report, in our words
        "CLIPFILE_LIMIT": limit or 0,
        "CLIPFILE_FULL": full,
        "CLIPFILE_RECHECK": recheck,
        "CLIPFILE_REQUISITES": requisites or folder.settings().requisites,
        **delays(profile, delay),
        **chosen,
    }
    end = told_of(folder, lambda: run(folder, profile, settings, categories, allow_private=allow_private))
    if as_json:
        echo_json({**end.run, "report": end.report})
    else:
        click.echo(report.render(end.run, end.report))
    tell_people(folder)
    return EXIT_CODES[end.run["status"]]


def settings_of(words: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE words as settings. Raises BadParameter for a name that neither we nor Scrapy have."""
    pairs = {name.strip().upper(): value.strip() for name, _, value in (word.partition("=") for word in words)}
    for name in pairs.keys() - (known := setting_names() if pairs else set()):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise click.BadParameter(f"there is no setting {name!r}{hint}")
    return pairs


def setting_names() -> set[str]:
    from scrapy.settings import default_settings

    return {name for name in (*vars(defaults), *vars(default_settings)) if name.isupper()}


def told_of(folder: ArchiveFolder, work: Callable[[], RunEnd]) -> RunEnd:
    """Do the work; a failure is told to people too, but for that of a run which found another at it."""
    try:
        return work()
    except LockedError:
        raise
    except ArchiveError:
        tell_people(folder)
        raise


def tell_people(folder: ArchiveFolder) -> None:
    """That nobody could be told is said here, and changes nothing of how the run ended."""
    try:
        tell(folder)
    except ArchiveError as error:
        click.echo(f"clipfile: {error}", err=True)


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


def run(
    folder: ArchiveFolder,
    profile: SiteProfile,
    settings: dict[str, Any],
    categories: tuple[str, ...],
    *,
    allow_private: bool,
) -> RunEnd:
    """Crawl to the end, with the archive reserved from the start: a second run is told so before it imports Scrapy.

    That takes half a second, in which the process that reads gets ready as well.
    """
    with folder.reserved(f"a crawl of {profile.name}"), served(profile, folder) as (found, is_ours):
        if allow_private or is_ours:
            settings["ALLOW_PRIVATE_ORIGIN"] = origin(found.start_urls[0])
        room = open_room(folder.outlets_path, lambda name: settings.get(name, getattr(defaults, name)))
        try:
            from crawler.running import run_process

            return run_process(found, settings, categories, room)
        finally:
            room.close()
