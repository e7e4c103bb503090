"""What the canary promises: silence on an honest blog, an alarm with its examples when the pages no longer read."""

from __future__ import annotations

import pytest
from making import a_post, a_reading

from archive.canary import Example, Held, Loss, Measure, at_least, baseline, judge, losses


def a_measure(posts: int, **filled: int) -> Measure:
    """So many posts that have everything, but for what *filled* says."""
    measure = Measure()
    for number in range(posts):
        lacks = {name for name, count in filled.items() if number >= count}
        post = a_post(**dict.fromkeys(lacks & {"title", "posted_on"}))
        reading = a_reading(
            outlet=None if "outlet" in lacks else "The Detroit News",
            authors=() if "authors" in lacks else ("Marta Quill",),
            kind="own" if "repost" in lacks else "repost",
        )
        measure.see(post, reading)
    return measure


def lost(count: int, field: str = "outlet") -> list[Held]:
    loss = Loss(field=field, before="The Detroit News", after=None)
    return [Held(post_id=n, url=f"https://blog.example/{n}/", title=f"Post {n}", losses=(loss,)) for n in range(count)]


NOTHING = Measure()
GOOD = baseline([a_measure(200, outlet=120, repost=120).as_json()])
"""A blog where six posts in ten are reposts."""


@pytest.mark.parametrize(
    ("run", "known", "held", "alarms"),
    [
        pytest.param(NOTHING, 0, [], [], id="a run that read nothing"),
        pytest.param(a_measure(200, outlet=120, repost=120), 200, [], [], id="the same blog again"),
        pytest.param(a_measure(3, outlet=0, repost=0), 0, [], [], id="three new posts, none a repost"),
        pytest.param(a_measure(30, outlet=15, repost=15), 0, [], [], id="a month with fewer reposts"),
        pytest.param(a_measure(30, outlet=0, repost=15), 0, [], ["outlet"], id="thirty new posts without an outlet"),
        pytest.param(a_measure(8, title=1), 0, [], ["title"], id="eight posts without headlines, where all had one"),
        pytest.param(a_measure(200, outlet=120, repost=120), 200, lost(2), [], id="two posts lost their outlet"),
        pytest.param(a_measure(200, outlet=120, repost=120), 200, lost(5), [], id="five of two hundred, by editing"),
        pytest.param(a_measure(5), 5, lost(3), ["outlet"], id="three of five known posts lost theirs"),
        pytest.param(a_measure(200), 200, lost(60), ["outlet"], id="sixty of two hundred known posts lost theirs"),
        pytest.param(a_measure(20), 20, lost(9, "posted_on"), ["posted_on"], id="dates changed in nine of twenty"),
    ],
)  # fmt: skip
def test_alarms_are_for_what_chance_and_editing_do_not_do(
    run: Measure, known: int, held: list[Held], alarms: list[str]
) -> None:
    verdict = judge(run, GOOD, known=known, held=held)
    assert [alarm.field for alarm in verdict.alarms] == alarms
    assert verdict.is_suspect == bool(alarms)


def test_the_first_run_of_a_blog_is_not_judged_by_any_other() -> None:
    assert not judge(a_measure(100, outlet=0, title=0), baseline([]), known=0, held=[]).is_suspect


def test_bodies_cut_to_half_raise_an_alarm() -> None:
    run = Measure()
    for _ in range(20):
        run.see(a_post(text="The dry dock."), a_reading())
    assert [alarm.field for alarm in judge(run, GOOD, known=0, held=[]).alarms] == ["words"]


def test_listing_pages_that_show_nothing_raise_an_alarm() -> None:
    usual = a_measure(100)
    for _ in range(12):
        usual.see_listing(10)
    run = Measure()
    run.see_listing(0)
    (alarm,) = judge(run, baseline([usual.as_json()]), known=0, held=[]).alarms
    assert alarm.words == "a listing page shows 0.0 posts, usually 10.0"


def test_an_alarm_brings_three_examples_with_before_and_after() -> None:
    verdict = judge(a_measure(5), GOOD, known=5, held=lost(5))
    assert len(verdict.examples) == 3
    assert verdict.examples[0] == Example(
        post_id=0, url="https://blog.example/0/", title="Post 0",
        losses=(Loss(field="outlet", before="The Detroit News", after=None),),
    )  # fmt: skip
    assert verdict.reason == "5 of 5 known posts lost their outlet"


def test_a_new_layout_is_a_note_and_no_alarm() -> None:
    run = Measure()
    run.see(a_post(layout="hb-story"), a_reading())
    verdict = judge(run, GOOD, known=1, held=[])
    assert (verdict.is_suspect, verdict.notes) == (
        False, ("1 of 1 posts are laid out as hb-story, which was not seen before",),
    )  # fmt: skip


def test_a_baseline_reaches_back_no_further_than_it_must() -> None:
    old, new = a_measure(600, outlet=0), a_measure(600)
    for _ in range(10):
        new.see_listing(10)
    assert baseline([new.as_json(), old.as_json()]).filled["outlet"] == 600


LOST = [
    pytest.param({}, {}, (), id="nothing changed"),
    pytest.param({"title": "Dry dock reopens"}, {}, (), id="a headline reworded"),
    pytest.param({"title": "Harbor News"}, {}, ("title",), id="another headline altogether"),
    pytest.param({"title": None}, {}, ("title",), id="no headline"),
    pytest.param({"posted_on": "2026-11-22"}, {}, ("posted_on",), id="another date"),
    pytest.param({"text": "The dry dock took its first freighter on Monday."}, {}, (), id="half the text"),
    pytest.param({"text": "We value your privacy."}, {}, ("text",), id="a cookie banner for a text"),
    pytest.param({"categories": ()}, {}, ("categories",), id="no category"),
    pytest.param({}, {"outlet": None}, ("outlet",), id="no outlet"),
    pytest.param({}, {"outlet": "Detroit News"}, (), id="an outlet spelled otherwise"),
    pytest.param({}, {"authors": ("Marta Quill", "Ida Bell")}, (), id="one author more"),
    pytest.param({}, {"authors": ("Newsroom",)}, ("authors",), id="the newsroom for an author"),
    pytest.param({}, {"original_on": None}, ("original_on",), id="no date of first publication"),
]


@pytest.mark.parametrize(("shown", "read", "fields"), LOST)
def test_a_loss_is_what_is_gone_or_has_nothing_in_common(
    shown: dict[str, object], read: dict[str, object], fields: tuple[str, ...]
) -> None:
    found = losses((a_post(), a_reading()), (a_post(**shown), a_reading(**read)))
    assert tuple(loss.field for loss in found) == fields


def test_chances_of_thousands_of_posts_can_be_reckoned() -> None:
    assert at_least(2600, 5000, 0.5) == pytest.approx(0.0024, rel=0.1)
    assert at_least(0, 5000, 0.5) == 1
