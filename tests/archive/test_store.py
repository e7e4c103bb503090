"""What the store promises: one row a post, a revision for each change, corrections that last, search that follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from making import SEEN_AT, a_post, a_reading, a_run

from archive.model import Post, Reading
from archive.store import SavedPost, Store
from archive.store.frontier import Seed
from archive.urls import canonical_url, uid

LATER = "2026-03-09T09:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "archive.db")
    yield opened
    opened.close()


def save(
    store: Store, post: Post, reading: Reading | None = None, *, seen_at: str = SEEN_AT, **more: object
) -> SavedPost:
    site_id, run_id = a_run(store)
    with store.atomic():
        return store.posts.save(site_id, run_id, post, reading or a_reading(), capture_id=None, seen_at=seen_at, **more)


def clipping(store: Store) -> dict[str, object]:
    (row,) = store.db.query("select * from clippings")
    return row


def matches(store: Store, words: str) -> list[int]:
    return [row[0] for row in store.db.execute("select rowid from posts_fts where posts_fts match ?", [words])]


def test_a_new_post_is_one_clipping_with_its_provenance(store: Store) -> None:
    saved = save(store, a_post())
    row = clipping(store)
    assert saved.outcome == "new"
    assert row["uid"] == uid("https://blog.example/yard-reopens/")
    assert (row["site"], row["outlet"], row["original_on"]) == ("blog", "The Detroit News", "2026-02-27")
    assert json.loads(str(row["authors"])) == ["Marta Quill"]
    assert json.loads(str(row["categories"])) == ["Media Coverage"]
    assert row["gone_at"] is None
    assert row["revisions"] == 1


def test_the_same_page_again_is_no_revision(store: Store) -> None:
    save(store, a_post())
    saved = save(store, a_post(), seen_at=LATER)
    assert saved.outcome == "unchanged"
    assert clipping(store)["last_seen_at"] == LATER
    assert clipping(store)["changed_at"] is None


@pytest.mark.parametrize(
    ("facts", "changes"),
    [
        pytest.param({"title": "Dry dock is open again"}, ("title",), id="headline"),
        pytest.param({"text": "The dry dock took two freighters."}, ("body",), id="text"),
        pytest.param({"categories": ("Ports",)}, ("categories",), id="category"),
        pytest.param({"tags": ()}, ("tags",), id="tags"),
    ],
)
def test_a_change_is_a_revision_that_says_what_changed(
    store: Store, facts: dict[str, object], changes: tuple[str, ...]
) -> None:
    save(store, a_post())
    saved = save(store, a_post(**facts), seen_at=LATER)
    assert (saved.outcome, saved.changes) == ("changed", changes)
    assert (clipping(store)["revisions"], clipping(store)["changed_at"]) == (2, LATER)


def test_the_revision_before_keeps_its_text(store: Store) -> None:
    first = a_post()
    save(store, first)
    save(store, a_post(text="Rewritten."), seen_at=LATER)
    texts = [row["text"] for row in store.db.query("select text from revisions order by number")]
    assert texts == [first.text, "Rewritten."]


def test_full_text_search_follows_every_change(store: Store) -> None:
    save(store, a_post())
    assert matches(store, "freighter")
    save(store, a_post(text="Nothing about ships."), seen_at=LATER)
    assert not matches(store, "freighter")
    assert matches(store, "ships")
    assert matches(store, "quill"), "authors are searched too"
    store.db.execute("insert into posts_fts(posts_fts, rank) values ('integrity-check', 1)")


@pytest.mark.parametrize(
    "other",
    [
        "http://www.blog.example/yard-reopens",
        "https://blog.example/yard-reopens/?utm_source=mail",
        "https://blog.example/?p=17",
    ],
)
def test_one_post_under_many_addresses_is_one_post(store: Store, other: str) -> None:
    save(store, a_post(), aliases=["https://blog.example/?p=17"])
    site_id, _ = a_run(store)
    assert store.posts.find(site_id, other) == 1


def test_a_post_that_moved_to_a_new_slug_stays_one_post(store: Store) -> None:
    save(store, a_post(wordpress_id=17))
    saved = save(store, a_post("dry-dock-open", wordpress_id=17), seen_at=LATER)
    assert saved.id == 1
    assert clipping(store)["url"] == "https://blog.example/dry-dock-open/"
    assert clipping(store)["uid"] == uid(canonical_url("https://blog.example/yard-reopens/")), "an id never changes"


def test_a_correction_stands_over_every_later_reading_until_it_is_undone(store: Store) -> None:
    saved = save(store, a_post())
    with store.atomic():
        store.corrections.make(
            saved.id, {"outlet": "Bridge Detroit", "authors": ["Ada Finch"]}, note="print edition", made_by="mk"
        )
    assert clipping(store)["outlet"] == "Bridge Detroit"
    assert matches(store, "bridge")
    save(store, a_post(text="Edited by the blog."), a_reading(outlet="MLive"), seen_at=LATER)
    assert clipping(store)["outlet"] == "Bridge Detroit"
    with store.atomic():
        undone = store.corrections.undo(saved.id)
    assert undone == 2
    assert clipping(store)["outlet"] == "MLive"
    assert json.loads(str(clipping(store)["authors"])) == ["Marta Quill"]
    assert len(store.corrections.history(saved.id)) == 2, "what was undone is still on record"


def test_a_post_is_gone_only_after_three_checks_over_two_weeks(store: Store) -> None:
    saved = save(store, a_post())
    days = ("2026-03-05T09:00:00Z", "2026-03-12T09:00:00Z", "2026-03-20T09:00:00Z")
    verdicts = []
    for day in days:
        _, run_id = a_run(store)
        with store.atomic():
            verdicts.append(store.posts.save_absence(saved.id, run_id, "HTTP 404", noticed_at=day, capture_id=None))
    assert verdicts == [False, False, True]
    assert clipping(store)["gone_at"] == days[-1]


def test_a_post_that_comes_back_is_not_gone(store: Store) -> None:
    saved = save(store, a_post())
    for day in ("2026-03-05T09:00:00Z", "2026-03-12T09:00:00Z", "2026-03-20T09:00:00Z"):
        _, run_id = a_run(store)
        with store.atomic():
            store.posts.save_absence(saved.id, run_id, "HTTP 404", noticed_at=day, capture_id=None)
    save(store, a_post(), seen_at="2026-04-01T09:00:00Z")
    assert clipping(store)["gone_at"] is None


def test_a_post_last_seen_by_a_clock_that_was_ahead_is_gone_as_soon_as_any(store: Store) -> None:
    saved = save(store, a_post(), seen_at="2030-06-01T09:00:00Z")
    verdicts = []
    for day in ("2026-03-05T09:00:00Z", "2026-03-12T09:00:00Z", "2026-03-20T09:00:00Z"):
        _, run_id = a_run(store)
        with store.atomic():
            verdicts.append(store.posts.save_absence(saved.id, run_id, "HTTP 404", noticed_at=day, capture_id=None))
    assert verdicts == [False, False, True]


def test_checks_by_a_clock_that_was_ahead_do_not_make_two_weeks(store: Store) -> None:
    saved = save(store, a_post(), seen_at="2026-03-01T09:00:00Z")
    verdicts = []
    for day in ("2026-03-05T09:00:00Z", "2030-06-01T09:00:00Z", "2026-03-06T09:00:00Z"):
        _, run_id = a_run(store)
        with store.atomic():
            verdicts.append(store.posts.save_absence(saved.id, run_id, "HTTP 404", noticed_at=day, capture_id=None))
    assert verdicts == [False, False, False]


def test_a_post_missed_in_a_year_to_come_is_looked_for_again(store: Store) -> None:
    saved = save(store, a_post(), seen_at="2026-03-01T09:00:00Z")
    site_id, run_id = a_run(store)
    with store.atomic():
        store.posts.save_absence(saved.id, run_id, "HTTP 404", noticed_at="2099-06-01T09:00:00Z", capture_id=None)
    assert store.custody.missing(site_id, missed_before="2026-03-05T09:00:00Z") == [a_post().url]


def test_a_post_asked_for_in_a_year_to_come_is_due(store: Store) -> None:
    save(store, a_post(), seen_at="2099-03-01T09:00:00Z")
    site_id, run_id = a_run(store)
    due = store.posts.checked_before(site_id, "2026-03-05T09:00:00Z", to_come="2026-04-06T09:00:00Z")
    assert [url for url, *_ in due] == [a_post().url]
    assert store.posts.not_seen_in(run_id, site_id) == [a_post().url]


@pytest.mark.parametrize(
    ("before", "after", "lies"),
    [
        pytest.param(('"a"', None, "old"), ('"a"', None, "new"), True, id="one ETag for two pages"),
        pytest.param((None, "Mon", "old"), ('"a"', "Mon", "new"), True, id="one Last-Modified"),
        pytest.param(('"a"', None, "old"), ('"b"', None, "new"), False, id="another ETag"),
        pytest.param((None, None, "old"), (None, None, "new"), False, id="no validators"),
        pytest.param(('"a"', None, "old"), ('"a"', None, "old"), False, id="the same page"),
    ],
)
def test_a_cache_lies_that_gives_another_page_the_same_validators(
    store: Store, before: tuple[str | None, ...], after: tuple[str | None, ...], lies: bool
) -> None:
    _, run_id = a_run(store)
    for day, (etag, last_modified, digest) in enumerate((before, after), 1):
        store.db.execute(
            """
            insert into captures (run_id, url, captured_at, role, status, warc_file, warc_offset, warc_length,
                payload_sha256, payload_bytes, etag, last_modified)
            values (?, 'https://blog.example/a/', ?, 'post', 200, 'w', 0, 0, ?, 0, ?, ?)
            """,
            [run_id, f"2026-03-0{day}T09:00:00Z", digest, etag, last_modified],
        )
    assert store.custody.kept_its_validators("https://blog.example/a/") is lies


def test_what_a_transaction_began_is_undone_whole_when_it_fails(store: Store) -> None:
    site_id, run_id = a_run(store)

    def cut_short() -> None:
        with store.atomic():
            store.posts.save(site_id, run_id, a_post(), a_reading(), capture_id=None, seen_at=SEEN_AT)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power"):
        cut_short()
    assert store.db.execute("select count(*) from posts").fetchone()[0] == 0
    assert not matches(store, "freighter")


def test_the_frontier_gives_sources_before_posts_and_nothing_twice(store: Store) -> None:
    site_id, _ = a_run(store)
    seeds = [
        Seed(key="p1", url="https://blog.example/p1/", role="post", priority=5),
        Seed(key="list", url="https://blog.example/blog/", role="listing", priority=1),
        Seed(key="p2", url="https://blog.example/p2/", role="post", priority=5, hint={"rest": {"id": 2}}),
    ]
    with store.atomic():
        assert store.frontier.add(site_id, seeds) == 3
        assert store.frontier.add(site_id, seeds) == 0
    assert [seed.key for seed in store.frontier.waiting(site_id, 10)] == ["list", "p1", "p2"]
    assert [seed.key for seed in store.frontier.waiting(site_id, 1, beside={"list"})] == ["p1"]
    store.frontier.finish(site_id, "p1")
    assert [seed.key for seed in store.frontier.waiting(site_id, 10)] == ["list", "p2"]
    assert store.frontier.waiting(site_id, 10)[1].hint == {"rest": {"id": 2}}
    with store.atomic():
        assert store.frontier.add(site_id, seeds[:1]) == 0, "what is done is not queued again"


def test_a_run_that_never_ended_is_known_as_interrupted(store: Store) -> None:
    site_id, run_id = a_run(store)
    assert store.custody.interrupted_run(site_id) == run_id
    counts = dict.fromkeys(("requests", "bytes", "seen", "new", "changed", "gone", "errors"), 0)
    with store.atomic():
        store.custody.finish_run(run_id, "done", reason=None, report=counts)
    assert store.custody.interrupted_run(site_id) is None
