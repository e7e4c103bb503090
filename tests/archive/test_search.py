"""What search promises: the right posts, the best first, shown safely, and no string that makes it fail."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging import BLOG, JUDGED, RANKERS, mean_ndcg, sample_archive, slug_of
from making import SEEN_AT, a_post, a_reading, a_run
from sqlite_utils import Database
from test_query import ANYTHING

from archive.commands.search import search_command
from archive.database import open_readonly
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.search import Results, Run, as_html, as_text, bounds, candidates, facets, search, to_json
from archive.search.columns import kept_columns
from archive.search.likeliest import likeliest
from archive.search.stems import stem
from archive.store import Store


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The sample blog, opened for reading."""
    path = tmp_path_factory.mktemp("sample") / "archive.db"
    sample_archive(path).close()
    db = open_readonly(path)
    yield db
    db.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "archive.db")
    yield opened
    opened.close()


def save(store: Store, slug: str, text: str, title: str = "Notes from the yard", **facts: object) -> int:
    site_id, run_id = a_run(store)
    reading = {
        key: facts.pop(key)
        for key in ("outlet", "outlet_printed", "authors", "original_on", "kind", "confidence")
        if key in facts
    }
    with store.atomic():
        post = a_post(slug, title=title, text=text, **facts)
        return store.posts.save(site_id, run_id, post, a_reading(**reading), capture_id=None, seen_at=SEEN_AT).id


def slugs(found: Results) -> list[str]:
    return [slug_of(hit.url) for hit in found.hits]


def found(db: Database, query: str, **options: object) -> set[str]:
    return set(slugs(search(db, query, limit=200, fold=False, **options)))  # type: ignore[arg-type]


# --- which posts answer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "answers"),
    [
        pytest.param("outlet:freep after:2024", {"steel-duty-doubles"}, id="alias-of-an-outlet"),
        pytest.param('outlet:"the VERGE"', {"lidar-in-the-snow"}, id="outlet-in-other-case"),
        pytest.param("author:lefebvre", {"l-atelier-qui-repare-les-moules"}, id="author-without-accents"),
        pytest.param("author:aristegui", {"aprendices-en-la-prensa"}, id="part-of-a-name"),
        pytest.param("title:choir", {"foundry-reopens-in-muskegon"}, id="title"),
        pytest.param("title:recycl*", {"battery-recycling-pays"}, id="prefix-in-the-title"),
        pytest.param("kind:press_release after:2000", set(), id="own-posts-have-no-date-of-an-article"),
        pytest.param("kind:press_release posted:2024", {"release-apprentice-compact"}, id="kind-and-repost-date"),
        pytest.param("lang:it", {"colonnine-in-portineria", "lo-stampo-e-la-pioggia"}, id="language-of-any-country"),
        pytest.param("year:2017 outlet:dbusiness", {"the-winter-issue-on-robots"}, id="month-alone-is-in-its-year"),
        pytest.param("on:2017-01", {"the-winter-issue-on-robots"}, id="month"),
        pytest.param("on:2025-03-17", {"steel-duty-doubles"}, id="day"),
        pytest.param("lag:1000d..", {"tool-and-die-second-life-again"}, id="lag"),
        pytest.param(
            "moules -outlet:echos", {"la-tribune-du-nickel", "des-bornes-au-bord-du-fleuve"}, id="without-an-outlet"
        ),
        pytest.param("mule -author:nobody", {"canal-town-hydrogen"}, id="without-an-author-nobody-is"),
        pytest.param("bulbs OR mule", {"sodium-cells-leave-the-lab", "canal-town-hydrogen"}, id="or"),
        pytest.param('"mule barn" OR title:lidar', {"canal-town-hydrogen", "lidar-in-the-snow"}, id="words-or-title"),
        pytest.param('"mule barn" OR on:2025-03-17', {"canal-town-hydrogen", "steel-duty-doubles"}, id="words-or-day"),
        pytest.param("waescherei OR wascherei", {"zellen-aus-der-waescherei"}, id="umlaut"),
        pytest.param("tulip*", {"sodium-cells-leave-the-lab", "olafsen-on-the-record"}, id="prefix"),
        pytest.param("NEAR(mule barn, 2)", {"canal-town-hydrogen"}, id="near"),
        pytest.param("NEAR(mule hydrogen, 1)", set(), id="not-so-near"),
        pytest.param('"barn mule"', set(), id="phrase-in-its-order"),
        pytest.param("Мул", set(), id="other-script"),
    ],
)
def test_a_query_finds_exactly(sample: Database, query: str, answers: set[str]) -> None:
    assert found(sample, query) == answers


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("after:2020", "original_on >= '2020'"),
        ("before:2017-01-24", "original_on < '2017-01-24'"),
        ("year:2012..2013", "original_on >= '2012' and original_on < '2014'"),
        ("posted:>2024-06-30", "posted_on > '2024-06-30'"),
        ("kind:own", "kind = 'own'"),
        ("is:doubtful", "kind = 'repost' and confidence < 0.7"),
        ("has:original-link", "original_url is not null"),
        ("-kind:repost", "kind <> 'repost'"),
        ("-outlet:freep", "outlet is not 'Detroit Free Press'"),
        ("category:talent", "id in (select post_id from post_categories where category_id = 1)"),
    ],
)
def test_a_filter_is_its_condition(sample: Database, query: str, condition: str) -> None:
    if query == "category:talent":
        (id,) = sample.execute("select id from categories where name = 'Talent'").fetchone()
        condition = condition.replace("= 1", f"= {id}")
    urls = sample.execute(f"select url from posts where {condition}").fetchall()
    assert urls
    assert found(sample, query) == {slug_of(url) for (url,) in urls}


def test_gone_changed_corrected_and_attachments_are_found(store: Store) -> None:
    ids = [save(store, slug, "One text.") for slug in ("gone", "changed", "corrected", "plain")]
    store.db.execute("update posts set gone_at = '2026-04-01T00:00:00Z' where id = ?", [ids[0]])
    save(store, "changed", "Another text.")
    with store.atomic():
        store.corrections.make(ids[2], {"outlet": "MLive"}, note=None, made_by=None)
        store.db.execute(
            "insert into images (post_id, position, url, role) values (?, 1, 'https://b.example/a.PDF', 'attachment')",
            [ids[3]],
        )
    states = {query: found(store.db, query) for query in ("is:gone", "is:changed", "is:corrected", "has:pdf")}
    assert states == {
        "is:gone": {"gone"},
        "is:changed": {"changed"},
        "is:corrected": {"corrected"},
        "has:pdf": {"plain"},
    }


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        pytest.param("Harbor Gazette", {"own-name", "other-name"}, id="its-own-name"),
        pytest.param("gazette", {"own-name", "other-name", "unknown"}, id="a-word-of-both"),
        pytest.param("lock keeper", {"unknown"}, id="printed-for-no-outlet"),
        pytest.param("herald", {"other-name", "herald"}, id="printed-for-another"),
        pytest.param("tribune", set(), id="nowhere"),
    ],
)
def test_an_outlet_is_found_by_its_name_and_by_what_is_printed_for_it(
    store: Store, name: str, answers: set[str]
) -> None:
    save(store, "own-name", FILLER, outlet="Harbor Gazette", outlet_printed="Harbor Gazette")
    save(store, "other-name", FILLER, outlet="Harbor Gazette", outlet_printed="The Herald")
    save(store, "herald", FILLER, outlet="Herald of the Strait", outlet_printed="Herald of the Strait")
    save(store, "unknown", FILLER, outlet=None, outlet_printed="Lock Keeper Gazette")
    save(store, "neither", FILLER, outlet=None, outlet_printed=None)
    assert found(store.db, f'outlet:"{name}"') == answers
    assert found(store.db, f'river outlet:"{name}"') == answers


def test_names_that_are_printed_are_looked_up_in_an_index(store: Store) -> None:
    save(store, "post", FILLER, outlet="Harbor Gazette", outlet_printed="The Herald")
    where = _plan(store.db, "outlet:herald")
    steps = store.db.execute(f"explain query plan select id from posts where {where.where}", where.values).fetchall()
    assert not [step for *_, step in steps if step.startswith("SCAN")]
    assert any("posts_by_printed" in step for *_, step in steps)


def test_search_says_what_a_name_was_taken_for(sample: Database) -> None:
    assert search(sample, "outlet:freep").understood.notes == ("outlet “freep”: Detroit Free Press",)
    assert "no author is called “xyzzy”" in search(sample, "author:xyzzy").understood.notes


def test_nothing_asked_lists_the_newest(sample: Database) -> None:
    every = search(sample, "", limit=5)
    assert (every.total, every.sort) == (sample["posts"].count, "newest")
    assert slugs(every)[0] == "wards-on-wiring"


def test_nothing_searchable_finds_nothing(sample: Database) -> None:
    assert search(sample, "🚋 ???").total == 0


# --- the best first ---------------------------------------------------------------------------------------------------


def test_the_judged_queries_are_ranked_well(sample: Database) -> None:
    assert len(JUDGED) >= 40
    means = {name: mean_ndcg(sample, ranker) for name, ranker in RANKERS.items()}
    print("nDCG@10: " + ", ".join(f"{name} {value:.3f}" for name, value in means.items()))  # noqa: T201
    assert means["Clipfile"] >= 0.93
    assert means["Clipfile"] > means["plain FTS5"] > means["Datasette table search"]


def test_every_judged_post_exists(sample: Database) -> None:
    known = {slug_of(url) for (url,) in sample.execute("select url from posts")}
    assert not {slug for gains in JUDGED.values() for slug in gains} - known


FILLER = "The yard had a quiet week and the crane stood still while the river rose by a hand."


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        pytest.param("testing", f"{FILLER} Testing began.", f"{FILLER} Tests began.", id="as-spelled"),
        pytest.param("plant", f"{FILLER} A plant.", f"{FILLER} Planting was planned and planted.", id="its-own-stem"),
        pytest.param("dry dock", f"The dry dock. {FILLER}", f"A dry day. {FILLER} The dock.", id="together"),
        pytest.param("crane dock", f"{FILLER} Dock, dock.", f"{FILLER} {FILLER * 20} Dock.", id="more-in-less"),
    ],
)
def test_the_better_answer_comes_first(store: Store, query: str, better: str, worse: str) -> None:
    for number in range(3):
        save(store, f"filler-{number}", FILLER)
    save(store, "better", better)
    save(store, "worse", worse)
    assert slugs(search(store.db, query))[:2] == ["better", "worse"]


def test_a_word_in_the_headline_says_more(store: Store) -> None:
    save(store, "headline", FILLER, title="The lockmaster")
    save(store, "text", f"{FILLER} A lockmaster.")
    assert slugs(search(store.db, "lockmaster")) == ["headline", "text"]


@pytest.mark.parametrize("commoner", ["plants", "plant"])
def test_a_word_as_spelled_comes_first_though_many_posts_have_it_more_often_otherwise(
    store: Store, commoner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "FIRST", 4)
    monkeypatch.setattr(bounds, "WEIGHED", 12)
    for number in range(8):
        save(store, f"often-{number}", f"{FILLER} {commoner} and {commoner}.")
    for number in range(8):
        save(store, f"once-{number}", f"{FILLER} A plant, and more.")
    leading = slugs(search(store.db, "plant", limit=4, fold=False))
    assert {slug.partition("-")[0] for slug in leading} == {"once" if commoner == "plants" else "often"}


def test_an_outlet_in_the_words_says_more(store: Store) -> None:
    save(store, "from", FILLER, outlet="Bridge Michigan")
    save(store, "about", f"{FILLER} A bridge in Michigan, told to Bridge Michigan.", outlet="MLive")
    assert slugs(search(store.db, "bridge michigan"))[0] == "from"


def test_of_a_common_word_only_likely_posts_are_ranked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "NEWEST", 5)
    headline = save(store, "headline", FILLER, title="The river rose")
    for number in range(60):
        save(store, f"post-{number}", FILLER)
    whole = slugs(search(store.db, "river", limit=1))
    bounded = likeliest(candidates.Answers(db=store.db, plan=_plan(store.db, "river"), units=_units("river"), few=10))
    assert whole == ["headline"]
    assert bounded[0] == headline
    assert len(bounded) == 61, "the others follow, the newest first"


@pytest.mark.parametrize("heads_ranked", [20, 1_000])
@pytest.mark.parametrize("steps", [300_000, 70], ids=["ranked", "read"])
def test_of_many_headlines_with_a_word_an_old_one_that_has_it_twice_leads(
    store: Store, heads_ranked: int, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "HEADS", 12)
    monkeypatch.setattr(bounds, "NEWEST", 6)
    monkeypatch.setattr(bounds, "WEIGHED", 8)
    monkeypatch.setattr(bounds, "HEADS_RANKED", heads_ranked)
    for number in range(10):
        save(store, f"before-{number}", FILLER)
    twice = save(store, "twice", FILLER, title="A river, the River Rouge, ran out of its bed and into the city")
    for number in range(60):
        save(store, f"post-{number}", FILLER, title="The river" if number % 3 else "Weirs")
    monkeypatch.setattr(bounds, "STEPS", steps)
    answers = candidates.Answers(db=store.db, plan=_plan(store.db, "river"), units=_units("river"), few=10)
    assert answers.since <= twice
    found = likeliest(answers)
    assert found[0] == twice if heads_ranked > 60 or steps == 70 else twice not in found[:12]
    assert found[1:12] == sorted(found[1:12], reverse=True), "of equals the newer leads"


@pytest.mark.parametrize("query", ["river", "river OR weir", "title:river"])
@pytest.mark.parametrize("posts", [9, 10, 11, 40])
def test_answers_are_counted_up_to_a_bound_and_no_farther(
    store: Store, query: str, posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(posts):
        save(store, f"post-{number}", FILLER, title="The river")
    monkeypatch.setattr(bounds, "COUNTED", 10)
    answers = candidates.Answers(db=store.db, plan=_plan(store.db, query), units=_units(query), few=5)
    assert (answers.total, answers.total_is_exact) == (min(posts, 10), posts <= 10)


def _plan(db: Database, query: str) -> candidates.Plan:
    from archive.query import parse
    from archive.search.plan import plan

    return plan(db, parse(query))


def _units(query: str) -> tuple[candidates.Unit, ...]:
    from archive.query import parse, terms
    from archive.search.passages import units_of

    return units_of(terms(parse(query).tree))


# --- by date, page by page --------------------------------------------------------------------------------------------

DAY = "coalesce(original_on, posted_on)"


@pytest.mark.parametrize("query", ["steel", "outlet:freep", "", "batter* OR lock", "steel -lock"])
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("newest", f"{DAY} desc, id desc"),
        ("oldest", f"{DAY}, id"),
        ("lag", "julianday(posted_on) - julianday(original_on) desc, id desc"),
    ],
)
def test_pages_by_date_are_the_whole_result_in_order(sample: Database, query: str, sort: str, order: str) -> None:
    ids: list[int] = []
    cursor = None
    while True:
        page = search(sample, query, limit=7, sort=sort, cursor=cursor, fold=False)  # type: ignore[arg-type]
        ids += [hit.id for hit in page.hits]
        if (cursor := page.next_cursor) is None:
            break
    assert len(ids) == len(set(ids)) == page.total
    marks = ", ".join(map(str, ids))
    if sort == "lag":
        order = f"length(original_on) = 10 desc, {order}"
    wanted = [id for (id,) in sample.execute(f"select id from posts where id in ({marks}) order by {order}")]
    known = len(wanted) if sort != "lag" else sum(1 for id in wanted if _lag_known(sample, id))
    assert ids[:known] == wanted[:known]


def _lag_known(db: Database, id: int) -> bool:
    return bool(db.execute("select length(original_on) = 10 from posts where id = ?", [id]).fetchone()[0])


@pytest.mark.parametrize("query", ["steel", "the", "port", "lock OR ferry", "batter*"])
@pytest.mark.parametrize(("first", "weighed"), [(24, 60), (4, 20)])
def test_pages_by_relevance_are_the_whole_result(
    sample: Database, query: str, first: int, weighed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "FIRST", first)
    monkeypatch.setattr(bounds, "WEIGHED", weighed)
    whole = [hit.id for hit in search(sample, query, limit=200, fold=False).hits]
    ids: list[int] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = search(sample, query, limit=9, cursor=cursor, fold=False)
        ids += [hit.id for hit in page.hits]
        cursor = page.next_cursor
    assert ids == whole
    assert len(whole) == page.total


@pytest.mark.parametrize("few", [1, 5, 40, 10_000])
@pytest.mark.parametrize(
    "query", ["steel", "the -lock", '"tool and die"', "batter*", "steel year:2012..2022", "the kind:own"]
)
@pytest.mark.parametrize("sort", ["newest", "oldest", "lag"])
@pytest.mark.parametrize("trying", [0, 400])
def test_bounded_work_finds_the_same(
    sample: Database, few: int, query: str, sort: str, trying: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "FIRST", 4)
    monkeypatch.setattr(bounds, "TRYING", trying)

    def answers(few: int) -> candidates.Answers:
        return candidates.Answers(db=sample, plan=_plan(sample, query), units=_units(query), few=few)

    every = answers(10_000)
    bounded = answers(few)
    first = every.sorted(sort, 10, None)
    assert bounded.sorted(sort, 10, None) == first
    among = [id for id, _ in first[::3]]
    assert bounded.sorted(sort, 10, None, [*among, -1]) == first[::3]
    assert bounded.total == every.total or (bounded.total == few and not bounded.total_is_exact)


@pytest.mark.parametrize("few", [1, 5, 40])
@pytest.mark.parametrize(
    "query",
    [
        "steel",
        "the -lock",
        "title:the -lock",
        "title:a",
        '"of the"*',
        '"in the"',
        "the OR lock",
        "the NOT (lock OR ferry)",
        "(the OR lock) -outlet:freep",
        "batter* OR lock",
        "the batter*",
        "NEAR(the of, 3)",
        "the OR (lock city)",
        "title:the OR lock",
        'the "of the"*',
        "the year:2012..2022",
        "the OR year:2012",
    ],
)
def test_bounded_work_finds_only_answers(sample: Database, few: int, query: str) -> None:
    def answers(few: int, *, ranked: bool = False) -> candidates.Answers:
        return candidates.Answers(db=sample, plan=_plan(sample, query), units=_units(query), few=few, ranked=ranked)

    every = {id for id, _ in answers(10_000).sorted("newest", 1_000, None)}
    for one in (answers(few), answers(few, ranked=True), answers(10_000), answers(10_000, ranked=True)):
        assert set(likeliest(one)) == every
        assert one.total == len(every) or (one.total == few and not one.total_is_exact)


@pytest.mark.parametrize("steps", [1, 40, 200])
@pytest.mark.parametrize("ranked_steps", [0, 1_000_000])
@pytest.mark.parametrize(
    "query", ["the", "the of", "the -lock", "the OR (lock city)", '"of the"', "the year:2012..", "the port plant"]
)
def test_a_walk_that_ends_early_leaves_out_no_answer_and_counts_none_twice(
    sample: Database, query: str, steps: int, ranked_steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = candidates.Answers(db=sample, plan=_plan(sample, query), units=_units(query)).newest
    monkeypatch.setattr(bounds, "STEPS", steps)
    monkeypatch.setattr(bounds, "RANKED_STEPS", ranked_steps)
    for ranked in (False, True):
        one = candidates.Answers(db=sample, plan=_plan(sample, query), units=_units(query), few=10, ranked=ranked)
        assert set(likeliest(one)) == set(every)
        assert one.total == len(every) if one.total_is_exact else 0 < one.total < len(every)


def test_on_a_walk_that_ends_early_a_headline_with_the_telling_words_is_still_found(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    headline = save(store, "headline", FILLER, title="Lock and ferry")
    without = save(store, "without", "A lock, a ferry.", title="Lock or ferry", outlet=None)
    for number in range(60):
        save(
            store,
            f"post-{number}",
            f"{FILLER} {'A lock no longer waits for its ferry' if number % 5 < 2 else 'Weirs'}.",
        )
    monkeypatch.setattr(bounds, "STEPS", 60)
    monkeypatch.setattr(bounds, "RANKED_STEPS", 0)
    query = "The LOCK ferry"
    answers = candidates.Answers(db=store.db, plan=_plan(store.db, query), units=_units(query), few=10)
    assert answers.since > without > headline
    assert likeliest(answers)[0] == headline
    assert without not in likeliest(answers)


@pytest.mark.parametrize("query", ["the year:2016", "batter* year:2012..2022", "the ste* kind:own", "the OR year:2016"])
@pytest.mark.parametrize("passing", [1, 10])
@pytest.mark.parametrize("share", [0, 1])
@pytest.mark.parametrize("tried", [1, 60, 50_000])
def test_filters_that_many_pass_find_the_same(
    sample: Database, query: str, passing: int, share: float, tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(**kwargs: int) -> tuple[set[int], set[int], list[object], int, bool]:
        one = candidates.Answers(db=sample, plan=_plan(sample, query), units=_units(query), **kwargs)  # type: ignore[arg-type]
        found = set(likeliest(one)), set(one.every_id), [one.sorted(sort, 5, None) for sort in ("newest", "lag")]
        return *found, one.total, one.total_is_exact

    every = answers()
    monkeypatch.setattr(bounds, "TRYING", 0)  # posts are tried one by one wherever they may be
    monkeypatch.setattr(bounds, "PASSING", passing)
    monkeypatch.setattr(bounds, "PASSING_SHARE", share)
    monkeypatch.setattr(bounds, "TRIED", tried)
    assert answers() == every
    assert answers(whole=True) == every
    *found, total, is_exact = answers(few=2)
    assert found == list(every[:3])
    assert total == every[3] if is_exact else 0 < total < every[3]


@pytest.mark.parametrize("query", ["the", '"of the"', "the of", "the year:2012..2022", "the -lock"])
@pytest.mark.parametrize("weighed", [3, 20])
def test_answers_found_and_ranked_at_one_go_are_in_the_same_order(
    sample: Database, query: str, weighed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "WEIGHED", weighed)

    def answers(*, ranked: bool) -> candidates.Answers:
        return candidates.Answers(db=sample, plan=_plan(sample, query), units=_units(query), ranked=ranked)

    assert likeliest(answers(ranked=True)) == likeliest(answers(ranked=False))
    assert answers(ranked=True).total == answers(ranked=False).total > weighed


@pytest.mark.parametrize("beginning", ["t*", "fe*", "fer*", "ferr*", "ÉC*", "20*"])
@pytest.mark.parametrize("spelled", [0, 2, 8], ids=["gathered", "two words looked up", "all words looked up"])
def test_a_beginning_finds_the_words_that_begin_so(
    store: Store, beginning: str, spelled: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SPELLED", spelled)
    texts = (
        "The ferry to Wyandotte",
        "A fee for the École",
        "In 2026 ferries go",
        "Over there",
        "Nothing else, economy",
    )
    for number, text in enumerate(texts):
        save(store, f"post-{number}", text, title="x", outlet=None)
    asked = beginning.rstrip("*").lower().replace("é", "e")
    words = [text.lower().replace("é", "e").replace(",", "").split() for text in texts]
    wanted = {f"post-{n}" for n, each in enumerate(words) if any(word.startswith(asked) for word in each)}
    assert set(slugs(search(store.db, beginning))) == wanted
    assert set(slugs(search(store.db, f"({beginning}) OR outlet:nowhere"))) == wanted


@pytest.mark.parametrize(
    ("query", "title"),
    [
        pytest.param("ferr*", "A ferry for the strait", id="the-stem-goes-on"),
        pytest.param("universit*", "The university’s crane", id="the-stem-is-shorter"),
        pytest.param("univ*", "The university’s crane", id="the-stem-is-longer"),
    ],
)
def test_of_many_words_that_begin_so_one_in_the_headline_leads(
    store: Store, query: str, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "WEIGHED", 1)
    save(store, "headline", FILLER, title=title)
    for number in range(5):
        save(store, f"post-{number}", f"{FILLER} The ferries and universities.")
    leading = likeliest(candidates.Answers(db=store.db, plan=_plan(store.db, query), units=_units(query)))
    assert len(leading) == 6
    assert slug_of(store.db["posts"].get(leading[0])["url"]) == "headline"  # type: ignore[union-attr]


@pytest.mark.parametrize("query", ["the", "steel OR the", "the of", '"of the"'])
def test_pages_of_a_broad_result_go_on_through_all_of_it(
    sample: Database, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "WEIGHED", 4)
    monkeypatch.setattr("archive.search.Answers", partial(candidates.Answers, few=10))
    seen: list[int] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = search(sample, query, limit=9, cursor=cursor)
        seen += [hit.id for hit in page.hits]
        cursor = page.next_cursor
    assert len(seen) == len(set(seen))
    shown = {*seen, *(also.id for hit in search(sample, query, limit=1_000).hits for also in hit.also)}
    assert found(sample, query) <= {slug_of(sample["posts"].get(id)["url"]) for id in shown}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("query", "share"), [("lock OR ferry OR city", (0.05, 0.5)), ("the", (0.5, 0.99)), ("", (1, 1))]
)
def test_what_a_second_broad_result_consists_of_is_counted_from_memory_the_same(
    sample: Database, tmp_path: Path, query: str, share: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.execute("vacuum into ?", [str(tmp_path / "archive.db")])
    with sqlite3.connect(tmp_path / "archive.db") as changed:
        changed.execute("delete from posts where id = 3")
    changed.close()
    db = open_readonly(tmp_path / "archive.db")
    with monkeypatch.context() as one_by_one:
        one_by_one.setattr(facets, "DENSE", 1)
        first = search(db, query, facets=True)
        assert kept_columns(db) is None
    assert share[0] <= first.total / db["posts"].count <= share[1]
    second, third = (search(db, query, facets=True) for _ in range(2))
    assert kept_columns(db) is not None
    assert first.facets == second.facets == third.facets
    db.close()


@pytest.mark.parametrize("cursor", ["x", "", "[]", "-1", '["2024"]', '{"a": 1}', "9" * 40])
@pytest.mark.parametrize("sort", ["relevance", "newest"])
def test_a_cursor_that_is_none_is_wrong_usage(sample: Database, cursor: str, sort: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        search(sample, "steel", cursor=cursor, sort=sort)  # type: ignore[arg-type]


# --- passages, facets, suggestions ------------------------------------------------------------------------------------


def test_the_passage_is_the_best_not_the_first(store: Store) -> None:
    text = f"A dry spring. {FILLER * 8}\nAt noon the dry dock took in water. {FILLER * 8}"
    save(store, "dock", text)
    (hit,) = search(store.db, "dry dock").hits
    shown = as_text(hit.snippet, "[", "]")
    assert "At noon the [dry] [dock] took in water." in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 320


def test_a_passage_is_words_of_the_text(sample: Database) -> None:
    for query in ("steel", '"tool and die"', "übermut", "batter* the", "olafsen lock"):
        for hit in search(sample, query, limit=30).hits:
            shown = "".join(run.text for run in hit.snippet).removeprefix("… ").removesuffix(" …")
            (text,) = sample.execute("select text from posts where id = ?", [hit.id]).fetchone()
            assert shown in text


def test_hits_are_marked_in_every_form_and_accent(store: Store) -> None:
    save(store, "marks", "Übermütige Lehrlinge: naïve cafés, plants, planting.", title="PLANT")
    marked = {
        run.text for hit in search(store.db, "ubermutige naive cafe* plant").hits for run in hit.snippet if run.is_hit
    }
    assert marked == {"Übermütige", "naïve", "cafés", "plants", "planting"}
    (hit,) = search(store.db, "plant").hits
    assert hit.heading == (Run(text="PLANT", is_hit=True),)


def test_passages_are_harmless_on_a_page_and_on_a_terminal(store: Store) -> None:
    save(store, "bad", "<script>alert(1)</script> steel \x1b[31m\u202e & more", title="<b>steel</b>\x07")
    (hit,) = search(store.db, "steel").hits
    assert as_html(hit.heading) == "&lt;b&gt;<mark>steel</mark>&lt;/b&gt;\x07"
    assert "<script>" not in as_html(hit.snippet)
    assert as_text(hit.snippet, "*", "*") == "<script>alert(1)</script> *steel* [31m & more"


def test_facets_count_the_whole_result(sample: Database) -> None:
    found = search(sample, "steel", limit=1, facets=True)
    assert found.facets is not None
    assert set(found.facets) == {"outlet", "author", "year", "month", "category", "kind", "site", "language"}
    assert sum(value.count for value in found.facets["kind"]) == found.total
    for values in found.facets.values():
        for value in values:
            assert search(sample, f"steel {value.query}").total == value.count, value


def test_facets_of_nothing_are_empty(sample: Database) -> None:
    found = search(sample, "xyzzy", facets=True)
    assert found.facets is not None
    assert not any(found.facets.values())


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        pytest.param("steeel dutty", "steel duty", id="two-words"),
        pytest.param("hydrgen", "hydrogen", id="letter-missing"),
        pytest.param("ligthouses tram", "tram", id="unknown-word"),
        pytest.param("freep steel", 'outlet:"Detroit Free Press" steel', id="outlet"),
        pytest.param("author:pasko", 'author:"Ingrid Pasco"', id="author"),
        pytest.param('outlet:"Brigde Michigan"', 'outlet:"Bridge Michigan"', id="outlet-misspelt"),
        pytest.param("bucket after:2020", "bucket posted:2020..", id="own-post"),
        pytest.param("auto show January snow", "auto OR show OR January OR snow", id="any-of-the-words"),
    ],
)
def test_where_nothing_is_found_something_is_suggested(sample: Database, query: str, meant: str) -> None:
    found = search(sample, query)
    assert found.total == 0
    assert meant in [suggestion.query for suggestion in found.suggestions]
    assert all(search(sample, suggestion.query).total for suggestion in found.suggestions)


# --- any string -------------------------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(query=ANYTHING, sort=st.sampled_from(["relevance", "newest", "oldest", "lag"]))
def test_no_string_makes_search_fail(sample: Database, query: str, sort: str) -> None:
    found = search(sample, query, limit=3, sort=sort)  # type: ignore[arg-type]
    assert len(found.hits) <= 3
    assert found.total >= len(found.hits)
    json.dumps(to_json(found))


def test_a_long_query_takes_no_time_to_speak_of(sample: Database) -> None:
    found = search(sample, " OR ".join(f"steel{number} lock*" for number in range(3_000)))
    assert found.understood.notes


# --- the stemmer ------------------------------------------------------------------------------------------------------


def test_stems_are_those_of_the_index(sample: Database) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table stemmed using fts5(word, tokenize='porter unicode61 remove_diacritics 2')")
    db.execute("create virtual table terms using fts5vocab(stemmed, instance)")
    words = sorted({word for (text,) in sample.execute("select text from posts") for word in text.lower().split()})
    plain = [word for word in words if word.isascii() and word.isalpha()]
    db.executemany("insert into stemmed(rowid, word) values (?, ?)", enumerate(plain))
    wrong = {plain[id]: term for term, id in db.execute("select term, doc from terms") if stem(plain[id]) != term}
    assert len(plain) > 2_000
    assert wrong == {}


@given(
    st.text(st.sampled_from("abcdeilnostuvyz"), max_size=7),
    st.sampled_from("ational izer logi bli ing ed ll e y s ies".split()),
)
def test_stems_of_no_words_are_those_of_the_index_too(start: str, end: str) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table stemmed using fts5(word, tokenize='porter unicode61 remove_diacritics 2')")
    db.execute("create virtual table terms using fts5vocab(stemmed, instance)")
    db.execute("insert into stemmed(word) values (?)", [start + end])
    assert db.execute("select term from terms").fetchone()[0] == stem(start + end)


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> ArchiveFolder:
    folder = ArchiveFolder(path=tmp_path_factory.mktemp("data"))
    sample_archive(folder.db_path).close()
    return folder


def run(folder: ArchiveFolder, *words: str, color: bool = False) -> str:
    answer = CliRunner().invoke(search_command, [*words, "--archive", str(folder.path)], color=color)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_the_command_shows_where_a_clipping_is_from(sample_folder: ArchiveFolder) -> None:
    output = run(sample_folder, "outlet:freep", "duty", "midnight")
    assert "Steel duty doubles overnight; the phones start at five" in output
    assert "Detroit Free Press · Ingrid Pasco · 2025-03-17 · reposted 2025-03-18" in output
    assert f"{BLOG}/steel-duty-doubles/" in output
    assert "1 clipping." in output
    assert "outlet “freep”: Detroit Free Press" in output


def test_several_arguments_are_one_query_hyphens_and_all(sample_folder: ArchiveFolder) -> None:
    assert "1 clipping." in run(sample_folder, "mule", "barn", "-harness", "-title:xyz")


def test_hits_stand_out_on_a_terminal_only(sample_folder: ArchiveFolder) -> None:
    assert "\x1b[" in run(sample_folder, "hydrogen", color=True)
    assert "\x1b[" not in run(sample_folder, "hydrogen")


def test_nothing_found_is_no_failure(sample_folder: ArchiveFolder) -> None:
    output = run(sample_folder, "hydrgen")
    assert "Nothing found." in output
    assert "Did you mean: hydrogen" in output


def test_json_is_the_whole_answer(sample_folder: ArchiveFolder) -> None:
    answer = json.loads(run(sample_folder, "steel", "--json", "--limit", "2", "--facets"))
    assert [hit["id"] for hit in answer["hits"]]
    assert answer["understood"] == {"query": "steel", "notes": []}
    assert answer["facets"]["outlet"][0].keys() == {"value", "count", "query"}
    assert json.loads(run(sample_folder, "steel", "--json", "--limit", "2", "--cursor", answer["next_cursor"]))["hits"]


def test_help_shows_the_grammar(sample_folder: ArchiveFolder) -> None:
    output = run(sample_folder, "--help")
    assert all(field in output for field in ("outlet:", "author:", "after:", "lag:", "is:gone", "has:image", "NEAR"))
