"""The numbers of posts that pages show are at any time those one would count."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.browse.counting import count_all, count_by_outlet, count_outlets
from archive.schema import COUNTED_ANEW, migrations

OUTLETS = st.sampled_from([None, "MLive", "Crain’s Detroit Business", ""])
DAYS = st.sampled_from([None, "", "2019", "2019-03", "2019-03-04", "2019-03-29", "2020-01-02"])
IDS = st.integers(1, 4)
STEPS = st.one_of(
    st.tuples(
        st.just(
            "insert into posts (id, uid, site_id, url, kind, outlet, original_on, first_seen_at, last_seen_at,"
            " checked_at) values (?1, ?1, 1, ?1, 'repost', ?2, ?3, '', '', '')"
            " on conflict do update set outlet = excluded.outlet"
        ),
        st.tuples(IDS, OUTLETS, DAYS),
    ),
    st.tuples(st.just("update posts set outlet = ?2, original_on = ?3 where id >= ?1"), st.tuples(IDS, OUTLETS, DAYS)),
    st.tuples(st.just("delete from posts where id = ?"), st.tuples(IDS)),
    st.tuples(
        st.just("insert or ignore into post_authors select id, ?2, ?3 from posts where id = ?1"),
        st.tuples(IDS, st.integers(1, 2), st.integers(1, 3)),
    ),
    st.tuples(st.just("update post_authors set author_id = ? where position = 1"), st.tuples(st.integers(1, 2))),
    st.tuples(st.just("delete from post_authors where post_id = ?"), st.tuples(IDS)),
)


def an_archive() -> Database:
    db = Database(sqlite3.connect(":memory:", isolation_level=None))
    migrations.apply(db)
    db.execute("pragma foreign_keys = on")
    db.execute("insert into sites (id, name, url, added_at) values (1, 'blog', 'https://blog.example/', '')")
    db.execute("insert into authors (id, name) values (1, 'Marta Quill'), (2, 'Ole Brandt')")
    return db


@pytest.fixture(scope="module")
def db() -> Database:
    return an_archive()


@given(steps=st.lists(STEPS, max_size=12))
@settings(max_examples=150)
def test_whatever_becomes_of_posts_they_are_counted_as_they_are(
    db: Database, steps: list[tuple[str, tuple[object, ...]]]
) -> None:
    db.execute("begin")
    try:
        for sql, values in steps:
            db.execute(sql, values)
            held = db.execute("select subject, name, period, posts from counts").fetchall()
            assert sorted(held) == sorted(db.execute(COUNTED_ANEW).fetchall())
    finally:
        db.execute("rollback")


def test_years_hold_their_months_and_days_and_what_is_known_by_the_year_alone() -> None:
    db = an_archive()
    for id, (outlet, day) in enumerate(
        [
            ("MLive", "2018-12-31"),
            ("MLive", "2019"),
            ("MLive", "2019-03"),
            ("Wired", "2019-03-04"),
            (None, "2020-01-01"),
        ]
    ):
        db.execute(
            "insert into posts (uid, site_id, url, kind, outlet, original_on, first_seen_at, last_seen_at, checked_at)"
            " values (?1, 1, ?1, 'repost', ?2, ?3, '', '', '')",
            [id, outlet, day],
        )
    both, years = ["MLive", "Wired"], range(2019, 2021)
    assert [tuple(each.values()) for each in count_outlets(db)] == [("MLive", 3), ("Wired", 1)]
    assert count_all(db, years, "year") == {"2019": 3, "2020": 1}
    assert count_all(db, years, "month") == {"2019-03": 2, "2020-01": 1}
    assert count_by_outlet(db, both, years, "year") == [("2019", "MLive", 2), ("2019", "Wired", 1)]
    assert count_by_outlet(db, ["Wired"], years, "month") == [("2019-03", "Wired", 1)]
    assert count_all(db, range(0), "year") == {}
