"""One screen on an archive's health: states, times, and the exit code a monitor reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from making import a_post, a_reading, a_run

from archive.commands.status import lines
from archive.errors import NotAnArchiveError, UsageError
from archive.folder import ArchiveFolder
from archive.gaps import find_gaps
from archive.schedules import Scheduled, save_schedule
from archive.settings import SettingsError
from archive.status import find_status
from archive.store import Store
from crawler.discovery import Sighting

COUNTS = dict.fromkeys(("requests", "bytes", "seen", "new", "changed", "gone", "errors"), 0)


def ended(store: Store, status: str, reason: str | None = None, site: str = "blog") -> int:
    site_id, run_id = a_run(store, site)
    with store.atomic():
        store.posts.save(site_id, run_id, a_post(site), a_reading(), capture_id=None, seen_at="2026-03-02T09:00:00Z")
        store.custody.finish_run(run_id, status, reason=reason, report=COUNTS)
    return run_id


@pytest.mark.parametrize(
    ("run", "state", "code"),
    [
        ("done", "ok", 0),
        ("limited", "ok", 0),
        ("running", "ok", 0),
        ("partial", "partial", 3),
        ("interrupted", "partial", 3),
        ("suspect", "suspect", 4),
        ("failed", "failed", 1),
    ],
)
def test_the_last_run_says_how_a_site_is(folder: ArchiveFolder, run: str, state: str, code: int) -> None:
    with folder.writing("a test") as store:
        ended(store, "done")
        ended(store, run, "a reason")
    status = find_status(folder)
    assert (status.sites[0].state, status.code) == (state, code)


def test_the_worst_site_speaks_for_the_archive(folder: ArchiveFolder) -> None:
    with folder.writing("a test") as store:
        ended(store, "partial", site="first")
        ended(store, "suspect", site="second")
        ended(store, "done", site="third")
    status = find_status(folder)
    assert [site.state for site in status.sites] == ["partial", "suspect", "ok"]
    assert status.code == 4


def test_what_was_kept_back_keeps_a_site_suspect_after_the_next_good_run(folder: ArchiveFolder) -> None:
    with folder.writing("a test") as store:
        run_id = ended(store, "suspect")
        with store.atomic():
            store.posts.held.hold(1, run_id, a_post(), a_reading(), [], capture_id=None, seen_at="2026-03-03T09:00:00Z")
            store.posts.held.mark_suspect(1, run_id)
            _, quiet = a_run(store)
            store.custody.finish_run(quiet, "done", reason=None, report=COUNTS)
    (site,) = find_status(folder).sites
    assert (site.state, site.kept_back) == ("suspect", 1)


@pytest.mark.parametrize(
    ("hours", "state"),
    [
        pytest.param(20, "ok", id="not due yet"),
        pytest.param(30, "ok", id="a little late"),
        pytest.param(37, "overdue", id="half a period late"),
    ],
)
def test_a_run_that_did_not_come_is_overdue(folder: ArchiveFolder, hours: int, state: str) -> None:
    with folder.writing("a test") as store:
        ended(store, "done")
    save_schedule(folder.path, "blog", Scheduled(every="daily", kind="cron", period_s=86_400))
    (site,) = find_status(folder, datetime.now(UTC) + timedelta(hours=hours)).sites
    assert site.state == state
    assert site.every == "daily"


def test_a_run_that_is_still_to_come_was_dated_by_a_wrong_clock(folder: ArchiveFolder) -> None:
    """Else a clock set back by years would keep a site from being overdue for as long."""
    with folder.writing("a test") as store:
        ended(store, "done")
    save_schedule(folder.path, "blog", Scheduled(every="daily", kind="cron", period_s=86_400))
    status = find_status(folder, datetime.now(UTC) - timedelta(days=1_500))
    (site,) = status.sites
    assert (site.state, status.code) == ("overdue", 3)
    assert "a clock was wrong" in site.troubles[0]


def test_the_settings_say_when_runs_are_expected_where_others_start_them(folder: ArchiveFolder) -> None:
    with folder.writing("a test") as store:
        ended(store, "done")
    (folder.path / "clipfile.toml").write_text('[schedule]\nblog = "hourly"\n')
    assert find_status(folder, datetime.now(UTC) + timedelta(days=2)).code == 3


def test_posts_that_are_missing_are_counted_as_the_gaps_name_them(folder: ArchiveFolder) -> None:
    with folder.writing("a test") as store:
        site_id, run_id = a_run(store)
        with store.atomic():
            store.posts.save(site_id, run_id, a_post(), a_reading(), capture_id=None, seen_at="2026-03-02T09:00:00Z")
            urls = [a_post().url, *(f"https://blog.example/{slug}/" for slug in ("lost", "late", "lost"))]
            shown = [Sighting(url=url, source=source) for url in urls for source in ("rest", "sitemap")]
            store.custody.save_sightings(site_id, run_id, shown)
    (site,) = find_status(folder).sites
    (gaps,) = find_gaps(folder.open_readonly())
    assert site.missing == len(gaps.missing) == 2


def test_a_shortened_capture_file_is_damage(folder: ArchiveFolder) -> None:
    with folder.writing("a test") as store:
        ended(store, "done")
        with store.atomic():
            store.custody.commit_warc(1, {"blog.warc.gz": 100})
    folder.warc_path.mkdir()
    (folder.warc_path / "blog.warc.gz").write_bytes(b"x" * 90)
    status = find_status(folder)
    assert (status.state, status.code) == ("damaged", 5)
    assert "has 90 bytes, and 100 were written" in status.troubles[0]


def test_the_screen_names_troubles_times_and_counts(folder: ArchiveFolder) -> None:
    with folder.writing("a test") as store:
        ended(store, "suspect", "60 of 60 known posts lost their outlet")
    screen = "\n".join(lines(find_status(folder)))
    for words in ("suspect", "run 1 was suspect: 60 of 60 known posts lost their outlet", "1 post, 0 gone, 0 missing",
                  "last good  none yet", "not scheduled here", "of captures"):  # fmt: skip
        assert words in screen


def test_a_folder_without_an_archive_is_said_to_be_one(folder: ArchiveFolder) -> None:
    with pytest.raises(NotAnArchiveError):
        find_status(folder)


SETTINGS = [
    pytest.param("contact = 3", SettingsError, "contact must be text, not 3", id="a number for text"),
    pytest.param('[notify]\nurls = "mailto://x"', SettingsError, r"notify.urls must be a list", id="no list"),
    pytest.param('[notify]\nurl = []', UsageError, "did you mean notify.urls", id="a name misspelt"),
    pytest.param('[health]\nping = "ftp://x"', SettingsError, "must be an http", id="another scheme"),
    pytest.param('[schedule]\nblog = 1', SettingsError, "schedule must be a table", id="a number for a time"),
    pytest.param("notify = true", SettingsError, r"\[notify\] must be a table", id="no table"),
    pytest.param("contact =", UsageError, "can't be read", id="no TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error", "words"), SETTINGS)
def test_a_wrong_setting_is_named(folder: ArchiveFolder, text: str, error: type[Exception], words: str) -> None:
    folder.path.mkdir()
    (folder.path / "clipfile.toml").write_text(text)
    with pytest.raises(error, match=words):
        folder.settings()


def test_an_error_about_an_address_does_not_show_its_password(folder: ArchiveFolder) -> None:
    folder.path.mkdir()
    (folder.path / "clipfile.toml").write_text('[notify]\nurls = "mailto://press:secret@mail.example"\n')
    with pytest.raises(SettingsError) as found:
        folder.settings()
    assert "secret" not in str(found.value)
