"""What is kept from the public, and the public edition: of the texts nothing but their first words goes out."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from judging import sample_archive

from archive.cli import clipfile
from archive.errors import WithheldError
from archive.export.selection import select
from archive.folder import ArchiveFolder
from archive.publishing import publish, read_snippet
from archive.search import search
from archive.store import Store
from archive.store.withholdings import refuse_withheld

TOMORROW = (date.today() + timedelta(days=2)).isoformat()
PAST = "2020-01-01"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> ArchiveFolder:
    folder = ArchiveFolder(path=tmp_path_factory.mktemp("sample"))
    sample_archive(folder.db_path).close()
    return folder


@pytest.fixture
def held(tmp_path: Path, sample: ArchiveFolder) -> ArchiveFolder:
    """The sample archive with post 1 under embargo, post 2 taken down, and post 3 with an embargo that is over."""
    (tmp_path / "archive.db").write_bytes(sample.db_path.read_bytes())
    folder = ArchiveFolder(path=tmp_path)
    with folder.writing("a test") as store, store.atomic():
        store.withholdings.make(1, until_on=TOMORROW, reason="embargo", made_by=None)
        store.withholdings.make(2, until_on=None, reason="the outlet's rights", made_by="A. Rivist")
        store.withholdings.make(3, until_on=PAST, reason="embargo", made_by=None)
    return folder


def run(folder: ArchiveFolder, *words: str) -> Any:
    ran = CliRunner().invoke(clipfile, [*words, "--archive", str(folder.path)])
    if ran.exception and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran


def published(folder: ArchiveFolder, target: Path, query: str = "", snippet: int = 160) -> sqlite3.Connection:
    publish(folder, query, target, snippet=snippet, progress=lambda done: None)
    return sqlite3.connect(target)


# --- withheld ---------------------------------------------------------------------------------------------------------


def test_the_public_sees_nothing_of_what_is_withheld(held: ArchiveFolder) -> None:
    db = held.open_readonly()
    ids = {record["id"] for record in select(db, public=True).iter_records()}
    assert {1, 2} & ids == set()
    assert 3 in ids
    assert {hit.id for hit in search(db, "", limit=500, public=True).hits} == ids - hidden_by_folding(db)
    with pytest.raises(WithheldError, match="withheld: the outlet's rights"):
        refuse_withheld(db.conn, 2)


def hidden_by_folding(db: Any) -> set[int]:
    every = {hit.id for hit in search(db, "", limit=500, fold=False).hits}
    return every - {hit.id for hit in search(db, "", limit=500).hits} - {1, 2}


@pytest.mark.parametrize("query", ["the", "kind:own OR kind:repost", "steel*", '"the"'])
def test_whatever_is_asked_it_is_left_out(held: ArchiveFolder, query: str) -> None:
    db = held.open_readonly()
    hidden = search(db, query, limit=500, public=True, fold=False)
    shown = search(db, query, limit=500, fold=False, facets=True)
    assert {hit.id for hit in shown.hits} - {hit.id for hit in hidden.hits} == {hit.id for hit in shown.hits} & {1, 2}
    assert hidden.total == len(hidden.hits)


def test_at_the_desk_it_is_found_and_marked(held: ArchiveFolder) -> None:
    db = held.open_readonly()
    assert {hit.id: hit.withheld for hit in search(db, "is:withheld").hits} == {
        1: f"withheld until {TOMORROW}: embargo",
        2: "withheld: the outlet's rights",
    }
    assert "withheld: the outlet's rights" in run(held, "search", "id:2").stdout


def test_an_export_leaves_it_out_unless_it_is_asked_for(held: ArchiveFolder) -> None:
    assert run(held, "export", "id:2", "--format", "jsonl").stdout == ""
    assert json.loads(run(held, "export", "id:2", "--format", "jsonl", "--include-withheld").stdout)["id"] == 2
    target = held.path / "part.db"
    run(held, "export", "--format", "sqlite", "--output", str(target))
    assert sqlite3.connect(target).execute("select count(*) from posts where id in (1, 2)").fetchone() == (0,)


def test_a_post_is_withheld_listed_and_shown_again(held: ArchiveFolder) -> None:
    run(held, "withhold", "5", "--reason", "an error", "--by", "me")
    listed = json.loads(run(held, "withhold", "--json").stdout)
    assert {each["post_id"]: each["reason"] for each in listed}[5] == "an error"
    assert "shown again" in run(held, "withhold", "5", "--undo").stdout
    assert 5 not in {each["post_id"] for each in json.loads(run(held, "withhold", "--json").stdout)}
    again = json.loads(run(held, "withhold", "5", "--until", TOMORROW, "--json").stdout)
    assert [each["undone_at"] is None for each in again["withholdings"]] == [False, True]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("5",), "say --until"),
        (("5", "--undo", "--reason", "x"), "say --until"),
        (("5", "--until", "31.1.2027"), "is no day"),
        (("5", "--until", "2027-02-30"), "is no day"),
        (("no-such-post", "--reason", "x"), "no post"),
    ],
)
def test_what_can_not_be_is_said(held: ArchiveFolder, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(Exception, match=message):
        run(held, "withhold", *words)


def test_withholdings_come_back_with_the_corrections(
    held: ArchiveFolder, sample: ArchiveFolder, tmp_path: Path
) -> None:
    run(held, "withhold", "2", "--undo")
    exported = (held.path / "corrections.jsonl").read_text()
    other = tmp_path / "anew"
    other.mkdir()
    (other / "archive.db").write_bytes(sample.db_path.read_bytes())
    with ArchiveFolder(path=other).writing("a test") as store, store.atomic():
        assert store.corrections.restore(exported) == []
        found = store.db.execute("select post_id from withheld").fetchall()
    assert found == [(1,)]


# --- published --------------------------------------------------------------------------------------------------------


def test_nothing_of_the_texts_but_their_first_words_is_in_the_file(held: ArchiveFolder, tmp_path: Path) -> None:
    public = published(held, tmp_path / "public.db")
    shown = " ".join(text or "" for row in public.execute("select title, snippet from clippings") for text in row)
    content = (tmp_path / "public.db").read_bytes() + (tmp_path / "public.metadata.json").read_bytes()
    looked_for = 0
    for id, text in held.open_readonly().execute("select id, text from posts"):
        for start in range(0, len(text) - 40, 40):
            if (words := text[start : start + 40]) not in shown and "\n" not in words:
                looked_for += 1
                assert words.encode() not in content, (id, words)
    assert looked_for > 4_000


def test_its_index_has_the_words_that_are_shown_and_no_others(held: ArchiveFolder, tmp_path: Path) -> None:
    public = published(held, tmp_path / "public.db")
    public.execute("insert into clippings_fts(clippings_fts, rank) values ('integrity-check', 1)")


def test_withheld_posts_leave_no_trace_in_it(held: ArchiveFolder, tmp_path: Path) -> None:
    public = published(held, tmp_path / "public.db")
    titles = [row["title"] for row in held.open_readonly().query("select title from posts where id in (1, 2)")]
    content = (tmp_path / "public.db").read_bytes()
    assert titles
    assert all(title.encode() not in content for title in titles)
    assert public.execute("select count(*) from clippings where id in (1, 2)").fetchone() == (0,)
    assert public.execute("select count(*) from clippings where id = 3").fetchone() == (1,)


def test_it_says_where_each_article_is_from(held: ArchiveFolder, tmp_path: Path) -> None:
    public = published(held, tmp_path / "public.db", "outlet:freep")
    public.row_factory = sqlite3.Row
    row = dict(public.execute("select * from clippings where title like 'Tariff talks resume%'").fetchone())
    assert row["outlet"] == "Detroit Free Press"
    assert json.loads(row["authors"]) == ["Ingrid Pasco", "Tobias Fenn"]
    assert row["original_on"] == "2023-03-13"
    assert row["repost_url"] == "https://harbor.example/tariff-talks-resume-on-the-river/"
    assert "Detroit Free Press, 13 March 2023" in row["reference"]
    assert public.execute("pragma foreign_key_check").fetchall() == []
    assert public.execute("select count(*) from clippings_fts where clippings_fts match 'tariffs'").fetchone()[0]
    assert [tuple(row) for row in public.execute("select name from outlets")] == [("Detroit Free Press",)]


@pytest.mark.parametrize(
    ("text", "most", "snippet"),
    [
        (
            "The Ledger\nMay 3\n" + "One two three four five six seven eight nine. " * 9,
            30,
            "One two three four five six…",
        ),
        ("One two three four five six seven eight nine ten.", 400, "One two three…"),
        ("Only a headline.", 160, None),
        ("x" * 500, 100, None),
        ("One two three four five six seven eight nine. " * 9, 0, None),
        ("", 160, None),
    ],
)
def test_a_snippet_is_whole_words_and_a_third_at_most(text: str, most: int, snippet: str | None) -> None:
    assert read_snippet(text, most) == snippet
    assert len(snippet or "") <= max(most + 1, len(text) // 3 + 1)


def test_a_publication_that_fails_leaves_the_old_one(held: ArchiveFolder, tmp_path: Path) -> None:
    target = tmp_path / "public.db"
    published(held, target).close()
    before = target.read_bytes()

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(held, "", target, snippet=10, progress=stop)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name] == []


def test_the_command_says_what_it_published(held: ArchiveFolder, tmp_path: Path) -> None:
    target = tmp_path / "public.db"
    told = json.loads(run(held, "publish", "outlet:freep", "--output", str(target), "--json").stdout)
    assert told["withheld"] == 2
    assert told["clippings"] == sqlite3.connect(target).execute("select count(*) from clippings").fetchone()[0]
    with pytest.raises(Exception, match="part of the archive"):
        run(held, "publish", "--output", str(held.db_path))


def test_plain_datasette_shows_it(held: ArchiveFolder, tmp_path: Path) -> None:
    app = pytest.importorskip("datasette.app", reason="Datasette is not installed")
    import asyncio

    published(held, tmp_path / "public.db").close()
    described = json.loads((tmp_path / "public.metadata.json").read_text())

    async def pages() -> list[Any]:
        site = app.Datasette([str(tmp_path / "public.db")], metadata=described)
        await site.invoke_startup()
        paths = ("/public", "/public/clippings", "/public/clippings?_search=tariff", "/public/outlets", "/public/about")
        return [await site.client.get(path) for path in paths]

    answers = asyncio.run(pages())
    assert [answer.status_code for answer in answers] == [200] * 5
    assert 'name="_search"' in answers[1].text
    assert "Tariff talks resume on the river" in answers[2].text
    assert "/public/outlets/Detroit" in answers[1].text


def test_a_post_withheld_later_is_gone_from_the_next_edition(held: ArchiveFolder, tmp_path: Path) -> None:
    assert published(held, tmp_path / "one.db").execute("select 1 from clippings where id = 9").fetchone()
    store = Store.open(held.db_path)
    with store.atomic():
        store.withholdings.make(9, until_on=None, reason="rights", made_by=None)
    store.close()
    assert not published(held, tmp_path / "two.db").execute("select 1 from clippings where id = 9").fetchone()
