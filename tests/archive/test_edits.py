"""What is said of an edit: which part changed, which words, and what many posts have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from making import a_post, a_reading, a_run

from archive.canary import Measure
from archive.edits import Content, Replacement, changed_parts, explained, group_edits, inline_diff, replacements
from archive.store import Store

LATER = "2026-03-09T09:00:00Z"
TEXT = (
    "The Detroit News\nBy Marta Quill\nThe dry dock took its first freighter on Monday.\nShops nearby expect more work."
)


def content(title: str = "Dry dock reopens", text: str = TEXT, **more: object) -> Content:
    facts = {"categories": ["Ports"], "tags": [], "images": ["https://blog.example/wp-content/uploads/dock.jpg"]}
    head = more.pop("head", ("The Detroit News", "By Marta Quill"))
    return Content(title=title, text=text, facts={**facts, **more}, head=frozenset(head), reader="1")  # type: ignore[arg-type]


PARTS = [
    pytest.param(content(), (), id="nothing"),
    pytest.param(content(text=TEXT.replace(" ", "  ")), (), id="white space"),
    pytest.param(content(title="Dry dock is open"), ("title",), id="headline"),
    pytest.param(content(text=TEXT.replace("Monday", "Tuesday")), ("body",), id="a word of the text"),
    pytest.param(
        content(text=TEXT.replace("Marta Quill", "Ida Bell"), head=("The Detroit News", "By Ida Bell")),
        ("head",), id="the byline",
    ),
    pytest.param(
        content(text=TEXT.replace("Marta Quill", "Ida Bell").replace("Monday", "Tuesday"), head=("By Ida Bell",)),
        ("head", "body"), id="byline and text",
    ),
    pytest.param(content(head=("Detroit Free Press",)), ("head",), id="a head that stands outside the text"),
    pytest.param(content(text="\n".join(TEXT.splitlines()[::-1])), ("body",), id="paragraphs in another order"),
    pytest.param(content(text=TEXT.replace("first", "“first”")), ("body",), id="quotes where none were"),
    pytest.param(content(title="Dry dock re‑opens"), ("title",), id="a hyphen where none was"),
    pytest.param(content(text=TEXT.replace("dry dock", "dry\u00a0dock")), (), id="a space that does not break"),
    pytest.param(content(categories=["Harbors"]), ("categories",), id="category"),
    pytest.param(content(tags=["ports"]), ("tags",), id="tags"),
    pytest.param(content(images=["https://i0.wp.com/blog.example/wp-content/uploads/dock-300x200.jpg?ssl=1"]), (),
                 id="the same image in another size"),
    pytest.param(content(images=["https://blog.example/wp-content/uploads/crane.jpg"]), ("images",),
                 id="another image"),
]  # fmt: skip


@pytest.mark.parametrize(("after", "parts"), PARTS)
def test_an_edit_says_which_parts_it_changed(after: Content, parts: tuple[str, ...]) -> None:
    assert changed_parts(content(), after) == parts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('He said "more work" - soon...', "He said “more work” – soon…", id="typographer's signs"),
        pytest.param("Crain's list", "Crain’s list", id="apostrophe"),
        pytest.param("soft\u00adened", "softened", id="soft hyphen"),
    ],
)
def test_typography_alone_is_cosmetic(before: str, after: str) -> None:
    assert changed_parts(content(text=before), content(text=after)) == ("cosmetic",)


def test_a_change_of_case_is_no_cosmetics() -> None:
    assert changed_parts(content(title="MICHauto reports"), content(title="MichAuto reports")) == ("title",)


REPLACED = [
    pytest.param("MICHauto’s report on MICHauto", "MichAuto’s report on MichAuto",
                 {("MICHauto", "MichAuto"): 2}, id="a name"),
    pytest.param("the Detroit Regional Chamber says", "the Detroit Chamber says",
                 {("Detroit Regional Chamber", "Detroit Chamber"): 1}, id="a word taken out, with its neighbours"),
    pytest.param("the Chamber says", "the Regional Chamber says", {("the Chamber", "the Regional Chamber"): 1},
                 id="a word put in, with its neighbours"),
    pytest.param("One paragraph.", "One paragraph.\nSubscribe to our letter.", {("", "Subscribe to our letter."): 1},
                 id="a paragraph put in"),
    pytest.param("One paragraph.\nSubscribe.", "One paragraph.", {("Subscribe.", ""): 1}, id="a paragraph taken out"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "found"), REPLACED)
def test_replaced_words_are_found(before: str, after: str, found: dict[tuple[str, str], int]) -> None:
    assert replacements(content(text=before), content(text=after)) == found


def test_a_word_diff_marks_what_differs_and_nothing_else() -> None:
    (stretches,) = inline_diff("First.\nThe dock took two ships.", "First.\nThe dock took three ships.")
    assert [(s.is_same, s.old, s.new) for s in stretches] == [
        (True, "The dock took ", "The dock took "), (False, "two", "three"), (True, " ships.", " ships."),
    ]  # fmt: skip


BRAND = Replacement("MICHauto", "MichAuto")


def test_one_replacement_in_many_posts_is_one_event() -> None:
    found = {number: Counter({BRAND: 1}) for number in range(200)}
    found[7] += Counter({Replacement("two", "three"): 1})
    (group,) = group_edits(found)
    assert (group.replacement, len(group.revisions)) == (BRAND, 200)
    assert explained(found, [group]) == set(range(200)) - {7}, "a post that was edited beside it is still told of"


def test_the_same_words_in_two_posts_are_chance() -> None:
    found = {number: {BRAND: 1} for number in range(2)}
    assert group_edits(found) == []
    assert len(group_edits(found, known=[BRAND])) == 1, "but not when they go on with an event"


# ------------------------------------------------------------------------------------------------- in an archive


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "archive.db")
    yield opened
    opened.close()


def run(store: Store, *posts: tuple[object, object]) -> dict[str, object]:
    """A run that reads *posts*; returns what its report says in the end."""
    site_id, run_id = a_run(store)
    measure = Measure()
    known = 0
    with store.atomic():
        for post, reading in posts:
            saved = store.posts.save(
                site_id,
                run_id,
                post,
                reading,
                capture_id=None,
                seen_at=LATER,
                hold=True,  # type: ignore[arg-type]
            )
            measure.see(post, reading)  # type: ignore[arg-type]
            known += saved.outcome != "new"
        found = store.concluding.conclude(site_id, run_id, measure, known=known)
        counts = dict.fromkeys(("requests", "bytes", "seen", "new", "changed", "gone", "errors"), 0)
        status = "suspect" if found.verdict.is_suspect else "done"
        store.custody.finish_run(run_id, status, reason=found.verdict.reason, report={**counts, **found.told})
    return {**found.told, "status": status}


def blog(
    count: int, text: str = "MICHauto counts ships.", outlet: str | None = "The Detroit News"
) -> list[tuple[object, object]]:
    return [
        (a_post(f"post-{n}", title=f"Ship {n} is in", text=f"{text} Number {n}."), a_reading(outlet=outlet))
        for n in range(count)
    ]


def values(store: Store) -> list[tuple[object, ...]]:
    return store.db.execute(
        "select url, title, text, outlet, authors, original_on from clippings order by url"
    ).fetchall()


def test_a_rebrand_is_one_grouped_edit_and_a_revision_each(store: Store) -> None:
    run(store, *blog(200))
    told = run(store, *blog(200, "MichAuto counts ships."))
    assert told["status"] == "done"
    assert [(e["before"], e["after"], e["posts"]) for e in told["edits"]] == [("MICHauto", "MichAuto", 200)]  # type: ignore[attr-defined]
    assert told["changes"] == []
    assert store.db.execute("select count(*) from revisions where number = 2").fetchone()[0] == 200


def test_a_rebrand_over_two_runs_stays_one_event(store: Store) -> None:
    run(store, *blog(6))
    run(store, *blog(4, "MichAuto counts ships."))
    told = run(store, *blog(6, "MichAuto counts ships."))
    assert [(e["posts"], e["posts_so_far"]) for e in told["edits"]] == [(2, 6)]  # type: ignore[attr-defined]


def test_an_older_text_that_comes_back_is_said_to(store: Store) -> None:
    run(store, *blog(1, "One."))
    run(store, *blog(1, "Two."))
    run(store, *blog(1, "One."))
    rows = store.db.execute("select number, same_as from revisions order by number").fetchall()
    assert rows == [(1, None), (2, None), (3, 1)]


def test_a_suspect_run_changes_no_value_of_any_post(store: Store) -> None:
    run(store, *blog(30))
    before = values(store)
    thin = [
        (a_post(f"post-{n}", title="Harbor News", text="Menu"), a_reading(outlet=None, authors=())) for n in range(30)
    ]
    told = run(store, *thin)
    assert told["status"] == "suspect"
    assert values(store) == before
    assert told["kept_back"] == 30
    assert store.db.execute("select count(*) from revisions").fetchone()[0] == 30


def test_what_was_kept_back_is_let_go_when_the_blog_reads_well_again(store: Store) -> None:
    run(store, *blog(30))
    run(store, *blog(30, outlet=None))
    told = run(store, *blog(30))
    assert (told["status"], told["kept_back"]) == ("done", 0)


def test_a_person_can_say_that_the_blog_really_changed(store: Store) -> None:
    run(store, *blog(30))
    run(store, *blog(30, outlet=None))
    assert {row[3] for row in values(store)} == {"The Detroit News"}
    with store.atomic():
        assert store.concluding.accept(1) == 30
    assert {row[3] for row in values(store)} == {None}


def test_later_runs_do_not_store_what_a_suspect_one_kept_back(store: Store) -> None:
    run(store, *blog(30))
    run(store, *blog(30, outlet=None))
    told = run(store, *blog(2, outlet=None))
    assert told["status"] == "done", "two posts are too few for an alarm"
    assert {row[3] for row in values(store)} == {"The Detroit News"}
    assert len(store.posts.held.addresses(1)) == 30, "all are asked for again once a run went well"


def test_an_honest_loss_is_stored_when_the_run_is_judged(store: Store) -> None:
    run(store, *blog(30))
    told = run(store, *blog(1, outlet=None), *blog(30)[1:])
    assert told["status"] == "done"
    assert [row[3] for row in values(store)].count(None) == 1


def test_a_run_that_goes_on_with_another_judges_for_both(store: Store) -> None:
    run(store, *blog(30))
    site_id, killed = a_run(store)
    with store.atomic():
        for post, reading in blog(20, outlet=None):
            store.posts.save(site_id, killed, post, reading, capture_id=None, seen_at=LATER, hold=True)  # type: ignore[arg-type]
        resuming = store.custody.start_run(site_id, "full", {}, resumes_id=killed)
        found = store.concluding.conclude(site_id, resuming, Measure(), known=0)
    assert found.verdict.reason == "20 of 20 known posts lost their outlet"


def test_another_readers_word_on_the_same_page_is_no_change_of_the_blog(store: Store) -> None:
    run(store, *blog(30))
    newer = [(post, a_reading(outlet=None, reader="newer")) for post, _ in blog(30)]
    assert run(store, *newer)["status"] == "done"
    assert {row[3] for row in values(store)} == {None}
