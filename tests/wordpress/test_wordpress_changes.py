"""Changes made through WordPress itself: which the next delta finds, which wait for a sweep, which for a recheck."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bench import WordPress, missing_parts, run_php, running_wordpress
from crawling import clipfile
from seed import sample_posts

from archive.urls import canonical_url
from crawler.modes import SWEEP_EVERY

pytestmark = pytest.mark.wordpress

POSTS = 120
"""More than REST lists on one page, so that a deletion has to be searched for."""
KINDS = ("titles", "trashed", "silent", "moved", "added")

DOORS = {
    "all doors open": (),
    "no sitemaps": ("sitemaps",),
    "no REST": ("rest",),
}
NEXT_RUN_FINDS = {
    "all doors open": {"titles", "trashed", "added"},
    "no sitemaps": {"titles", "trashed", "added"},
    "no REST": set(),  # WordPress 6.1's sitemaps have no dates, and its feed shows ten posts by their own day
}
SWEEP_FINDS = {
    "all doors open": {"moved"},
    "no sitemaps": {"moved"},
    "no REST": set(KINDS),  # no source tells of an edit, so every post is asked for
}


@dataclass(kw_only=True)
class Found:
    """Kinds of change the archive knows of after each of three runs; each holds what came new."""

    delta: set[str] = field(default_factory=set)
    sweep: set[str] = field(default_factory=set)
    recheck: set[str] = field(default_factory=set)
    delta_requests: int = 0


@pytest.fixture(scope="module")
def own_wordpress() -> Iterator[WordPress]:
    """Not the session's: it is changed; and smaller, for every post of it is asked for again and again."""
    if missing := missing_parts():
        pytest.skip("no WordPress here, .ci/wordpress installs it; missing: " + ", ".join(missing))
    oldest = sorted(sample_posts(), key=lambda post: post.date)[:POSTS]
    with running_wordpress(posts=oldest) as blog:
        yield blog


@pytest.fixture(scope="module", params=[pytest.param(name, id=name) for name in DOORS])
def came_back(
    request: pytest.FixtureRequest, own_wordpress: WordPress, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Found]:
    """Crawled, changed by an editor, and crawled by a delta, a sweep and a recheck."""
    doors: str = request.param
    archive = tmp_path_factory.mktemp("archive")
    own_wordpress.close(*DOORS[doors])
    assert crawl(own_wordpress, archive)["mode"] == "full"
    changed = change(own_wordpress, list(DOORS).index(doors))
    found = Found()
    run = crawl(own_wordpress, archive)
    assert run["mode"] == "delta"
    found.delta_requests = run["requests"]
    found.delta = known_changes(archive, changed)
    let_deltas_pass(archive)
    assert crawl(own_wordpress, archive)["mode"] == "sweep"
    found.sweep = known_changes(archive, changed) - found.delta
    crawl(own_wordpress, archive, "--recheck")
    found.recheck = known_changes(archive, changed) - found.delta - found.sweep
    return doors, found


def crawl(blog: WordPress, archive: Path, *words: str) -> dict:
    words = ("--archive", str(archive), "--json", "--allow-private", "--delay", "0", *words)
    done = clipfile("crawl", f"{blog.url}/", *words)
    assert done.code == 0, done.out[-2000:] + done.err[-4000:]
    return json.loads(done.out)


def change(blog: WordPress, turn: int) -> dict[str, list[str]]:
    """Change five old posts of the sample blog, others in each turn; returns kind → addresses."""
    public = (post for post in blog.truth if post.public and post.key.startswith("sample-"))
    old = sorted(public, key=lambda post: post.posted_on)
    title, trashed, silent, *moved = old[5 * turn : 5 * turn + 5]
    asked = {
        "titles": {title.id: f"{title.title}, corrected"},
        "trashed": [trashed.id],
        "silent": {silent.id: "<p>Somebody wrote this into the database.</p>"},
        "moved": [post.id for post in moved],
        "category": f"Moved at once {turn}",
        "added": [
            {"post_title": f"Found in a drawer {turn}", "post_content": "A find.", "post_date": "2012-05-04 10:00:00"}
        ],
    }
    added = json.loads(run_php(blog.root, "change.php", given=json.dumps(asked)))
    return {
        "titles": [title.permalink], "trashed": [trashed.permalink], "silent": [silent.permalink],
        "moved": [post.permalink for post in moved], "added": added,
    }  # fmt: skip


def known_changes(archive: Path, changed: dict[str, list[str]]) -> set[str]:
    """Kinds of which every change is in the archive."""
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        held = dict(db.execute("select url, post_id from post_urls").fetchall())
        rows = db.execute("select post_id, group_concat(changes) from revisions where number > 1 group by post_id")
        edited = dict(rows.fetchall())
        absent = {row[0] for row in db.execute("select post_id from absences")}

    def is_known(kind: str, url: str) -> bool:
        post_id = held.get(canonical_url(url))
        if kind == "added" or post_id is None:
            return post_id is not None
        if kind == "trashed":
            return post_id in absent
        return {"titles": "title", "silent": "body", "moved": "categories"}[kind] in edited.get(post_id, "")

    return {kind for kind in KINDS if all(is_known(kind, url) for url in changed[kind])}


def let_deltas_pass(archive: Path) -> None:
    """As if so many deltas had found nothing that the next run sweeps."""
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        columns = "site_id, mode, status, started_at, finished_at, settings, report"
        for _ in range(SWEEP_EVERY):
            db.execute(
                f"insert into runs ({columns}) select {columns} from runs where mode = 'delta' order by id limit 1"
            )
        db.commit()


def test_the_next_run_finds_what_its_source_tells(came_back: tuple[str, Found]) -> None:
    doors, found = came_back
    assert found.delta >= NEXT_RUN_FINDS[doors]


def test_a_delta_asks_for_little_more_than_what_changed(came_back: tuple[str, Found]) -> None:
    assert came_back[1].delta_requests <= 25


def test_the_next_sweep_finds_all_where_no_source_has_dates_and_else_what_they_show(
    came_back: tuple[str, Found],
) -> None:
    doors, found = came_back
    assert found.delta | found.sweep >= NEXT_RUN_FINDS[doors] | SWEEP_FINDS[doors]


def test_a_recheck_finds_the_rest(came_back: tuple[str, Found]) -> None:
    found = came_back[1]
    assert found.delta | found.sweep | found.recheck == set(KINDS)
