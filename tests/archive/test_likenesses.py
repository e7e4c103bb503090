"""Several reposts of one article are found, and stories that only share words stay apart."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from making import SEEN_AT, a_post, a_reading, a_run

from archive.clippings import reposts
from archive.database import open_database
from archive.folder import ArchiveFolder
from archive.likeness import WINDOW, Side, fingerprint, likeness, runs_of, words_of
from archive.search import search
from archive.store import Store
from archive.store.likenesses import reposts_of
from crawler.sample import posts
from crawler.sample.formatting import plain
from crawler.sample.prose import paragraphs

LOCK = """\
The second lock at Harsens Cut will open two years late, the river authority said on Monday, because nobody had
measured the old one since 1938.
Engineers found that the wall they meant to build against leans eleven inches toward Canada. It has to be pinned to
the rock before a single barge can be poured its concrete, said Orla Steenbergen, who runs the works.
“We were handed drawings of a wall that was never built,” she said. “The one that stands there is somebody's second
thought, and he did not write it down.”
Shippers had hoped to send their first deep-draft carriers through in the spring. Some now book trains to Duluth and
others, the smaller ones, simply wait at anchor off Algonac and paint their hulls.
The authority has asked for forty million dollars more. A vote is due in June, after the ice."""

LOCK_ELSEWHERE = """\
A river lock that should have opened next spring will not take ships before 2029, officials conceded this week.
The delay at Harsens Cut goes back to a wall from the thirties which leans by nearly a foot, according to people who
have seen the survey. Pinning it down costs forty million dollars that the authority does not have.
“We were handed drawings of a wall that was never built,” said Orla Steenbergen, who oversees the project.
For Algonac's harbor hotels the news is not all bad: crews at anchor sleep ashore, and they tip.
Councilman Perry Duquette wants hearings. He said he had asked about it twice since 2021 and was sent a calendar."""

RELEASE = """\
ALGONAC, Mich. — The Huron Basin River Authority today announced a revised schedule for the second lock at Harsens Cut,
following the completion of a geotechnical survey of the western approach wall.
The Authority remains committed to delivering this critical infrastructure safely and transparently, and thanks its
partners in the shipping community for their continued patience and cooperation throughout this process."""

STORY_WITH_RELEASE = f"""\
Nobody at the river authority wanted to say the word late on Monday, so a press officer read a statement instead, twice.
{RELEASE.splitlines()[-2]}
{RELEASE.splitlines()[-1]}
What the statement leaves out is a wall. It leans, by eleven inches, and three engineers who quit last year say they
had told the board so in a memorandum which the board's secretary filed under parking.
The memorandum, seen by this newspaper, runs to four pages and has a drawing of a pencil laid on the wall, rolling."""

OTHER_STORY_WITH_RELEASE = f"""\
Grain is the first to feel a late lock. At the elevators in Port Huron they were counting rail cars on Monday afternoon.
{RELEASE.splitlines()[-2]}
{RELEASE.splitlines()[-1]}
Farmers here sell by the boatload. A boat that has to unload a third of its beans to clear the sill earns a third less,
and Tilda Vanderploeg, who farms nine hundred acres near Croswell, has done that sum on the back of the announcement.
She has a second sum on the front. It has to do with Brazil."""

ABOUT_THE_BLOG = """\
The Harbor Alliance connects makers, shippers and schools around the lake and speaks for them in Lansing and Washington.
To learn how your company can take part in its work, write to the office on Jefferson Avenue or call during the day."""

LONG_STORY = "\n".join(paragraphs(71, "ports", 600))

EDITED = (
    LOCK.replace("two years late", "two years behind schedule")
    .replace("said on Monday", "announced Monday")
    .replace("leans eleven inches", "leans nearly a foot")
    .replace("A vote is due in June, after the ice.", "The board votes in June.")
)


class Case(NamedTuple):
    id: str
    same: bool
    one: str
    other: str
    outlets: tuple[str | None, str | None] = ("The Detroit News", "The Detroit News")
    days: tuple[str | None, str | None] = ("2026-02-27", "2026-02-27")
    kinds: tuple[str, str] = ("repost", "repost")


PAIRS = [
    Case("the same text twice", True, LOCK, LOCK),
    Case("with the blog's introduction", True, f"{ABOUT_THE_BLOG}\n{LOCK}", LOCK),
    Case("an edited text", True, LOCK, EDITED),
    Case("the first paragraphs", True, LOCK, "\n".join(LOCK.splitlines()[:4])),
    Case("an excerpt that leads elsewhere", True, LOCK,
         "\n".join([*LOCK.splitlines()[2:6], "Read the rest of this story at the outlet's own site today."])),
    Case("an excerpt whose outlet was not read", True, LONG_STORY, "\n".join(LONG_STORY.splitlines()[:3]),
         outlets=("Bridge Michigan", None), days=("2026-02-27", None)),
    Case("a month printed instead of a day", True, LOCK, "\n".join(LOCK.splitlines()[:4]),
         days=("2026-02-27", "2026-02")),
    Case("other lines and signs", True, LOCK, LOCK.replace("\n", " ").replace("“", '"').replace("”", '"').upper()),
    Case("agencies' copy under two outlets", True, LOCK, LOCK, outlets=("The Detroit News", "MLive")),
    Case("an outlet read wrongly", True, LOCK, EDITED, outlets=("The Detroit News", "Detroit Free Press")),
    Case("read as the blog's own once", True, LOCK, LOCK, outlets=("MLive", None), kinds=("repost", "own")),
    Case("the same event in another outlet", False, LOCK, LOCK_ELSEWHERE, outlets=("The Detroit News", "MLive")),
    Case("the same event, outlets unknown", False, LOCK, LOCK_ELSEWHERE, outlets=(None, None), days=(None, None)),
    Case("the same event in the same outlet", False, LOCK, LOCK_ELSEWHERE),
    Case("one statement in two stories", False, STORY_WITH_RELEASE, OTHER_STORY_WITH_RELEASE),
    Case("a release and a story on it", False, RELEASE, STORY_WITH_RELEASE, kinds=("press_release", "repost"),
         outlets=(None, "MLive")),
    Case("a part of another outlet's text", False, LOCK, "\n".join(LOCK.splitlines()[:4]),
         outlets=("The Detroit News", "MLive")),
    Case("a part of another day's text", False, LOCK, "\n".join(LOCK.splitlines()[:4]),
         days=("2026-02-27", "2026-03-08")),
    Case("nothing but the blog's own words", False, f"{LOCK_ELSEWHERE}\n{ABOUT_THE_BLOG}",
         f"{RELEASE}\n{ABOUT_THE_BLOG}"),
    Case("two notes and the blog's own words", False,
         f"What a lock costs, in one chart.\n{ABOUT_THE_BLOG}", f"Why trains to Duluth are full.\n{ABOUT_THE_BLOG}",
         outlets=("MLive", "Crain’s Detroit Business")),
    Case("two texts of the same phrases", False, "\n".join(paragraphs(8, "ports", 400)),
         "\n".join(paragraphs(9, "ports", 400))),
    Case("nothing", False, "", ""),
]  # fmt: skip


def side(case: Case, number: int, site_id: int = 1) -> Side:
    return Side(
        site_id=site_id,
        kind=case.kinds[number],  # type: ignore[arg-type]
        outlet=case.outlets[number],
        original_on=case.days[number],
        runs=runs_of(words_of((case.one, case.other)[number])),
    )


@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case.id)
def test_one_article_is_told_from_two(case: Case) -> None:
    found = likeness(side(case, 0), side(case, 1))
    assert (found is not None) == case.same, found
    assert found == likeness(side(case, 1), side(case, 0))


def test_the_blogs_own_notices_are_one_only_on_two_blogs() -> None:
    case = Case("", True, LOCK, LOCK, outlets=(None, None), days=(None, None), kinds=("own", "own"))
    assert likeness(side(case, 0), side(case, 1)) is None
    assert likeness(side(case, 0), side(case, 1, site_id=2)) is not None


def test_a_shared_stretch_of_36_words_is_always_found() -> None:
    stretch = " ".join(LOCK.split()[:36])
    for seed in range(40):
        before, after = (" ".join(paragraphs(seed * 2 + each, "ports", 120)) for each in (0, 1))
        one, other = f"{before} {stretch} {after}", f"{after} {stretch} {before}"
        marks = set(fingerprint(words_of(one))) & set(fingerprint(words_of(other)))
        assert marks & runs_of(words_of(stretch)), seed


def test_a_fingerprint_is_a_small_part_of_the_text() -> None:
    words = words_of(LONG_STORY)
    assert 1.4 / WINDOW < len(fingerprint(words)) / len(words) < 2.8 / WINDOW


@pytest.mark.parametrize(
    "text", ["港口于周一重新开放，今年冬天进行了修理，第一艘货轮已经通过。" * 3, "การเปิดท่าเรืออีกครั้งหลังการซ่อมแซม" * 3]
)
def test_scripts_without_spaces_have_words_too(text: str) -> None:
    assert len(runs_of(words_of(text))) > 10


# --- in an archive ----------------------------------------------------------------------------------------------------


@pytest.fixture
def store() -> Any:
    store = Store(open_database(Path(":memory:")))
    yield store
    store.db.close()


def save(store: Store, slug: str, text: str, site: str = "blog", **facts: Any) -> int:
    site_id, run_id = a_run(store, site)
    reading = a_reading(**{name: facts.pop(name) for name in ("outlet", "original_on", "kind") if name in facts})
    post = a_post(slug, url=f"https://{site}.example/{slug}/", text=text, **facts)
    with store.atomic():
        return store.posts.save(site_id, run_id, post, reading, capture_id=None, seen_at=SEEN_AT).id


def test_reposts_are_found_on_two_blogs_and_within_one(store: Store) -> None:
    full = save(store, "lock", LOCK)
    elsewhere = save(store, "lock", LOCK, site="chamber", posted_on="2026-03-02")
    excerpt = save(
        store, "lock-excerpt", "\n".join(LOCK.splitlines()[:4]), title="A wall leans", posted_on="2026-03-04"
    )
    apart = save(store, "lock-mlive", LOCK_ELSEWHERE, outlet="MLive")
    assert store.likenesses.compare_stale() == 4
    assert reposts_of(store.db.conn, full) == [elsewhere, excerpt]
    assert reposts_of(store.db.conn, excerpt) == [full, elsewhere]
    assert reposts_of(store.db.conn, apart) == []
    assert [(post["id"], post["title"]) for post in reposts(store.db, full)][1] == (excerpt, "A wall leans")


def test_an_edit_and_a_correction_are_compared_anew(store: Store) -> None:
    full, excerpt = save(store, "lock", LOCK), save(store, "part", "\n".join(LOCK.splitlines()[:4]))
    store.likenesses.compare_stale()
    assert reposts_of(store.db.conn, full) == [excerpt]
    with store.atomic():
        store.corrections.make(excerpt, {"outlet": "MLive"}, note=None, made_by=None)
    assert store.likenesses.compare_stale() == 1
    assert reposts_of(store.db.conn, full) == []
    with store.atomic():
        store.corrections.undo(excerpt)
    store.likenesses.compare_stale()
    assert reposts_of(store.db.conn, full) == [excerpt]
    save(store, "part", LOCK_ELSEWHERE)
    store.likenesses.compare_stale()
    assert reposts_of(store.db.conn, full) == []
    assert store.likenesses.compare_stale() == 0


def test_boilerplate_of_many_posts_leads_to_none_of_them(store: Store) -> None:
    for number in range(30):
        own = "\n".join(paragraphs(500 + number, "ports", 40))
        save(store, f"note-{number}", f"{own}\n{ABOUT_THE_BLOG}", outlet=None, original_on=None, kind="own")
    store.likenesses.compare_stale()
    assert store.db.execute("select count(*) from likenesses").fetchone() == (0,)


def test_an_archive_from_before_is_compared_as_a_whole(store: Store) -> None:
    full, again = save(store, "lock", LOCK), save(store, "again", LOCK)
    store.db.execute("delete from fingerprints")
    store.db.execute("insert into fingerprints(post_id) select id from posts")  # as the migration does
    store.likenesses.compare_stale()
    assert reposts_of(store.db.conn, again) == [full]


REPOSTED_TWICE = {
    ("tool-and-die-second-life", "tool-and-die-second-life-again"),
    ("excerpt-on-the-robot-hall", "the-robot-hall-in-full"),
}


def test_the_sample_blogs_reposts_of_one_article_are_all_found_and_nothing_else(store: Store) -> None:
    for post in posts(2):
        reading = {"outlet": post.expected.outlet, "original_on": post.expected.original_on, "kind": post.expected.kind}
        save(store, post.slug, plain(post.content), posted_on=post.posted_at.date().isoformat(), **reading)
    store.likenesses.compare_stale()
    rows = store.db.execute(
        """
        select one.url, other.url
        from likenesses
        join posts as one on one.id = post_id join posts as other on other.id = other_id
        """
    )
    found = {tuple(sorted(url.rstrip("/").rpartition("/")[2] for url in pair)) for pair in rows}
    assert found == REPOSTED_TWICE


# --- in a search ------------------------------------------------------------------------------------------------------


def test_an_article_is_one_hit_that_names_its_other_reposts(store: Store) -> None:
    full = save(store, "lock", LOCK)
    again = save(store, "again", LOCK, title="The wall that leans", posted_on="2026-03-09")
    save(store, "other", LOCK_ELSEWHERE, outlet="MLive")
    store.likenesses.compare_stale()
    found = search(store.db, "wall Harsens")
    assert found.total == 3
    assert len(found.hits) == 2
    assert {also.id for hit in found.hits for also in hit.also} | {found.hits[0].id} >= {full, again}
    assert len(search(store.db, "wall Harsens", fold=False).hits) == 3
    assert {hit.id for hit in search(store.db, "is:duplicate", fold=False).hits} == {full, again}


@pytest.mark.parametrize("sort", ["newest", "oldest", "lag", "relevance"])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_show_every_article_once(store: Store, sort: Any, limit: int) -> None:
    ids = []
    for number in range(3):
        text = "\n".join(paragraphs(900 + number, "ports", 200)) + " freighter"
        for day in ("2026-03-01", "2026-03-05", None):
            ids.append(save(store, f"{number}-{day}", text, posted_on=day, original_on=f"2026-02-1{number}"))
    save(store, "alone", f"{LOCK} freighter")
    store.likenesses.compare_stale()
    shown, cursor = [], None
    while True:
        page = search(store.db, "freighter", sort=sort, limit=limit, cursor=cursor)
        shown += page.hits
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(shown) == 4
    assert sorted(len(hit.also) for hit in shown) == [0, 2, 2, 2]
    assert {hit.id for hit in shown} | {also.id for hit in shown for also in hit.also} >= set(ids)


def test_a_batch_cut_short_is_done_again(store: Store) -> None:
    full, again = save(store, "lock", LOCK), save(store, "again", LOCK)
    store.db.execute("create temp trigger full_disk before insert on likenesses begin select raise(abort, 'full'); end")
    with pytest.raises(sqlite3.IntegrityError):
        store.likenesses.compare_stale()
    store.db.execute("drop trigger full_disk")
    assert store.likenesses.compare_stale() == 2
    assert reposts_of(store.db.conn, full) == [again]


def test_closing_an_archive_says_how_far_the_comparing_is(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    with ArchiveFolder(path=tmp_path).writing("a test", lambda *step: told.append(step)) as store, store.atomic():
        a_run(store)
        save(store, "one", LOCK)
        save(store, "two", LOCK)
    assert told == [("comparing articles", 2, 2)]
