"""Telling people and machines how the archive is: notices by Apprise, metrics for Prometheus, a call to a health check.

Every trouble is told once as long as it lasts, and once that it is over (`archive.store.notices`).
"""

from __future__ import annotations

import hashlib
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from archive.errors import ArchiveError, CannotWriteError
from archive.folder import ArchiveFolder
from archive.report import edit_words, plural
from archive.settings import Settings
from archive.status import ArchiveStatus, SiteStatus, find_status
from archive.store import Store
from archive.store.notices import Notice

NAMED: Final = 8
"""Posts a notice names; the rest are counted."""
PING_TIMEOUT_S: Final = 10
PING_PAUSES_S: Final = (0.0, 2.0, 10.0)
"""Before each try: a health check that is missed for a moment's trouble of the network would alarm for nothing."""


class CannotTellError(ArchiveError):
    """Nobody could be told. What was to be told stays, and is told next time."""


def tell(folder: ArchiveFolder, status: ArchiveStatus | None = None) -> None:
    """Send what was not sent yet, write the metrics, call the health check, each where `clipfile.toml` asks for it.

    Raises CannotTellError after all three were tried.
    """
    settings = folder.settings()
    if not (settings.notify_urls or settings.ping_url or settings.textfile):
        return
    status = status or find_status(folder)
    troubles = []
    for act in (send_notices, write_metrics, ping):
        try:
            act(folder, settings, status)
        except ArchiveError as error:
            troubles.append(str(error))
    if troubles:
        raise CannotTellError("; ".join(troubles))


# ------------------------------------------------------------------------------------------------- notices


def send_notices(folder: ArchiveFolder, settings: Settings, status: ArchiveStatus) -> None:
    if not settings.notify_urls:
        return
    with folder.writing("telling people") as store:
        with store.atomic():
            for site in status.sites:
                run_id = site.last_run["id"] if site.last_run else None
                site_id = store.db.execute("select id from sites where name = ?", [site.site]).fetchone()[0]
                store.notices.save_troubles(site_id, run_id, dict(zip(site.states, site.troubles, strict=True)))
        unsent = store.notices.unsent()
        told = [notice for notice in unsent if settings.notify_news or notice.level != "news"]
        places = range(len(settings.notify_urls))
        troubles = [trouble for place in places if (trouble := send(store, told, place, settings))]
        if not troubles:
            with store.atomic():
                store.notices.mark_sent([notice.id for notice in unsent])
    if troubles:
        raise CannotTellError("; ".join(troubles))


def send(store: Store, told: Sequence[Notice], place: int, settings: Settings) -> str | None:
    """To one address, by Apprise, what it does not have yet; returns why that could not be, None when it could.

    Apprise's own complaints may show a password, so they are not repeated.
    """
    try:
        import apprise
    except ImportError as error:
        raise CannotTellError("notices need Apprise", hint="pip install 'clipfile[notify]'") from error
    url, sender = settings.notify_urls[place], apprise.Apprise()
    mark = hashlib.sha256(url.encode()).hexdigest()[:16]
    due = [notice for notice in told if mark not in notice.sent_to]
    if not sender.add(url):
        return f"address {place + 1} of notify.urls is none that Apprise knows"
    if due and not sender.notify(title=title(due), body=body(due)):
        return f"a notice could not be sent to address {place + 1} of notify.urls"
    with store.atomic():
        store.notices.mark_sent_to([notice.id for notice in due], mark)
    return None


def title(notices: Sequence[Notice]) -> str:
    sites = ", ".join(dict.fromkeys(notice.site for notice in notices))
    levels = {notice.level for notice in notices}
    return f"Clipfile: {next(words for level, words in TITLES.items() if level in levels)} of {sites}"


TITLES: Final = {
    "trouble": "trouble with the crawl",
    "recovery": "the end of trouble with the crawl",
    "watch": "new clippings",
    "news": "news",
}


def body(notices: Sequence[Notice]) -> str:
    parts = []
    for site, of_site in groupby(sorted(notices, key=lambda notice: notice.site), key=lambda notice: notice.site):
        parts.append("\n".join([site, *(f"{MARKS[notice.level]} {notice.words}" for notice in of_site)]))
    return "\n\n".join(parts)


MARKS: Final = {"trouble": "!", "recovery": "✓", "watch": "·", "news": "·"}


def news(report: Mapping[str, Any]) -> str | None:
    """What a run found that is worth telling; None when nothing is."""
    return "\n".join(_news(report)) or None


def _news(report: Mapping[str, Any]) -> Iterator[str]:
    if new := report["new"]:
        yield f"{plural(new, 'new post')}:"
        yield from _named(
            [f"{post['title']}{' — ' + post['outlet'] if post['outlet'] else ''}" for post in report["arrivals"]], new
        )
    yield from (f"edited across the blog: {edit_words(edit)}" for edit in report["edits"])
    if changes := report["changes"]:
        yield f"{plural(len(changes), 'post')} edited:"
        yield from _named([f"{post['title']}: {', '.join(post['changes'])}" for post in changes], len(changes))
    if gone := report["gone"]:
        yield f"{plural(gone, 'post')} gone from the blog"


def _named(words: Sequence[str], count: int) -> Iterator[str]:
    yield from (f"  {each}" for each in words[:NAMED])
    if count > NAMED:
        yield f"  and {count - NAMED:,} more"


# ------------------------------------------------------------------------------------------------- machines


def ping(folder: ArchiveFolder, settings: Settings, status: ArchiveStatus) -> None:
    """Call the health check; `/fail` is how Healthchecks and its kin are told of trouble. The words go along."""
    if settings.ping_url is None:
        return
    is_well = status.state in ("ok", "partial")
    words = "\n".join(trouble for site in status.sites for trouble in site.troubles) or "ok"
    request = urllib.request.Request(
        settings.ping_url if is_well else f"{settings.ping_url.rstrip('/')}/fail", data=words.encode(), method="POST"
    )
    for pause_s in PING_PAUSES_S:
        time.sleep(pause_s)
        trouble = call(request)
        if trouble is None or (isinstance(trouble, urllib.error.HTTPError) and trouble.code < 500):
            break
    if trouble is not None:
        raise CannotTellError(f"the health check could not be called: {trouble}") from trouble


def call(request: urllib.request.Request) -> OSError | None:
    """What went wrong, None when nothing did."""
    try:
        with urllib.request.urlopen(request, timeout=PING_TIMEOUT_S):
            return None
    except urllib.error.HTTPError as error:
        error.close()
        return error
    except OSError as error:
        return error


def write_metrics(folder: ArchiveFolder, settings: Settings, status: ArchiveStatus) -> None:
    """In one rename, so that the collector never reads half a file."""
    if settings.textfile is None:
        return
    path = folder.path / settings.textfile
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_text(metrics(status), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise CannotWriteError(f"{path} can't be written: {error.strerror or error}") from error


def metrics(status: ArchiveStatus) -> str:
    """Prometheus' text format."""
    return "".join(_metrics(status))


def _metrics(status: ArchiveStatus) -> Iterator[str]:
    for name, words, value in SITE_METRICS:
        yield f"# HELP clipfile_{name} {words}\n# TYPE clipfile_{name} gauge\n"
        for site in status.sites:
            if (found := value(site)) is not None:
                yield f'clipfile_{name}{{site="{_label(site.site)}"}} {found:.0f}\n'
    for name, words, size in (
        ("database_bytes", "Size of the database", status.database_bytes),
        ("captures_bytes", "Size of the WARC files", status.warc_bytes),
        ("free_bytes", "Free space on the archive's disk", status.free_bytes),
        ("status_code", "Exit code of clipfile status", status.code),
    ):
        yield f"# HELP clipfile_{name} {words}\n# TYPE clipfile_{name} gauge\nclipfile_{name} {size}\n"


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(moment: str | None) -> float | None:
    return datetime.fromisoformat(moment).timestamp() if moment else None


def _of_run(column: str) -> Any:
    return lambda site: float(site.last_run[column]) if site.last_run else None


def _last_run_at(site: SiteStatus) -> float | None:
    return _seconds(site.last_run["started_at"]) if site.last_run else None


SITE_METRICS: Final[tuple[tuple[str, str, Any], ...]] = (
    ("last_run_timestamp_seconds", "When the last run began", _last_run_at),
    ("last_good_run_timestamp_seconds", "When a run last ended well", lambda site: _seconds(site.last_good_at)),
    ("next_run_timestamp_seconds", "When the next run is expected", lambda site: _seconds(site.next_at)),
    ("well", "1 when the site is in no trouble", lambda site: float(site.state == "ok")),
    ("posts", "Posts held", lambda site: float(site.posts)),
    ("posts_gone", "Posts gone from the blog", lambda site: float(site.gone)),
    ("posts_missing", "Posts the blog shows and the archive lacks", lambda site: float(site.missing)),
    ("posts_doubtful", "Reposts read with little confidence", lambda site: float(site.doubtful)),
    ("posts_kept_back", "Posts whose newest reading is not trusted", lambda site: float(site.kept_back)),
    ("run_requests", "Requests of the last run", _of_run("requests")),
    ("run_errors", "Errors of the last run", _of_run("errors")),
    ("run_posts_new", "New posts of the last run", _of_run("posts_new")),
    ("run_posts_changed", "Changed posts of the last run", _of_run("posts_changed")),
)
