"""Which run comes next, and when a post is looked at again though nobody says it changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.modes import SWEEP_EVERY, PastRun, choose_plan, is_due

OPEN = {"status": "open", "detail": "120 posts", "count": 120}
CLOSED = {"status": "closed", "detail": "needs a login", "count": 0}
LYING = {"status": "lying", "detail": "hides 30 posts that other sources show", "count": 90}


def past(mode: str, verdicts: dict[str, Any] | None = None, **report: Any) -> PastRun:
    return PastRun(mode=mode, started_at="2026-05-04T03:00:00Z", report={"verdicts": verdicts or {}, **report})


@pytest.mark.parametrize(
    ("runs", "words", "mode", "source"),
    [
        pytest.param([], {}, "full", None, id="the first run"),
        pytest.param([past("full", {"rest": OPEN, "sitemap": OPEN})], {}, "delta", "rest", id="REST is cheapest"),
        pytest.param(
            [past("full", {"rest": CLOSED, "sitemap": OPEN}, dated_sitemap=True)],
            {},
            "delta",
            "sitemap",
            id="REST closed",
        ),
        pytest.param(
            [past("full", {"rest": LYING, "sitemap": OPEN}, dated_sitemap=True)], {}, "delta", "sitemap", id="REST lies"
        ),
        pytest.param(
            [past("full", {"rest": CLOSED, "sitemap": OPEN, "feed": OPEN})],
            {},
            "delta",
            "feed",
            id="undated sitemap",
        ),
        pytest.param([past("full", {"category": OPEN})], {}, "delta", "category", id="category pages alone"),
        pytest.param([past("full", {"rest": CLOSED})], {}, "sweep", None, id="nothing to trust"),
        pytest.param(
            [past("delta")] * (SWEEP_EVERY - 1) + [past("full", {"rest": OPEN})], {}, "sweep", None, id="a sweep is due"
        ),
        pytest.param([past("full", {"rest": OPEN})], {"full": True}, "full", None, id="full asked for"),
        pytest.param([past("full", {"rest": OPEN})], {"recheck": True}, "recheck", None, id="recheck asked for"),
    ],
)
def test_the_next_run_trusts_the_cheapest_honest_source(runs, words, mode, source) -> None:
    plan = choose_plan(runs, **words)
    assert (plan.mode, plan.source) == (mode, source)
    assert plan.why


def test_a_delta_begins_before_the_latest_change_the_blog_told_of() -> None:
    plan = choose_plan([past("full", {"rest": OPEN})], newest="2026-04-30T10:00:00Z")
    assert plan.since == "2026-04-30T09:00:00Z"


@pytest.mark.parametrize(("lying", "trusted"), [(0, True), (2, False)])
def test_validators_that_lied_once_are_not_trusted_again(lying: int, trusted: bool) -> None:
    runs = [past("delta"), past("delta", lying_validators=lying), past("full", {"rest": OPEN})]
    assert choose_plan(runs).trusts_validators is trusted


def test_a_last_run_that_is_still_to_come_hides_no_change() -> None:
    """A clock was ahead, and was set back: what changed since now may not be skipped until that day."""
    before = PastRun(mode="full", started_at="2030-05-04T03:00:00Z", report={"verdicts": {"rest": OPEN}})
    plan = choose_plan([before], now=NOW)
    assert (plan.mode, plan.since) == ("delta", "2026-05-31T23:00:00Z")


NOW = datetime(2026, 6, 1, tzinfo=UTC)


def checked(days_ago: float) -> str:
    return (NOW - timedelta(days=days_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("uid", "days_ago", "posted_on", "due"),
    [
        pytest.param("ffff000000000000", 29, "2019-01-01", False, id="old, late in its interval"),
        pytest.param("ffff000000000000", 30, "2019-01-01", True, id="old, after thirty days at the latest"),
        pytest.param("0000000000000000", 15, "2019-01-01", True, id="old, early in its interval"),
        pytest.param("0000000000000000", 14, "2019-01-01", False, id="no sooner than half of it"),
        pytest.param("ffff000000000000", 7, "2026-05-20", True, id="young posts after a week"),
        pytest.param("ffff000000000000", 30, None, True, id="without a date like an old one"),
        pytest.param("0000000000000000", -0.5, "2019-01-01", False, id="by a clock that was a little ahead"),
        pytest.param("ffff000000000000", -1_500, "2019-01-01", True, id="by a clock that was years ahead"),
    ],
)
def test_a_post_is_looked_at_again_within_its_interval(uid, days_ago, posted_on, due) -> None:
    assert is_due(uid, checked(days_ago), posted_on, NOW) is due
