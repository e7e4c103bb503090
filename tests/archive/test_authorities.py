"""Outlets and authors of the archive: how they are listed, which no file knows, and joining that can be taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from making import a_post, a_reading, a_run

from archive.authorities import Entry, as_toml, list_authors, list_outlets, outlets_alike, people_alike, unknown_outlets
from archive.commands.authors import authors_command
from archive.commands.outlets import outlets_command
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.model import Evidence, Reading
from archive.outlets import Outlets, OutletsFileError, load_outlets, read_outlets, use_outlets
from archive.provenance.press import known
from archive.search import search
from archive.search.names import Names
from archive.store import Store
from archive.verifying.database import check_posts

OWN_FILE = """
[huron-valley-courier]
name = "Huron Valley Courier"
kind = "newspaper"
domains = ["huronvalleycourier.example"]
aliases = ["HV Courier"]
"""


def by(author: str, printed: str) -> Evidence:
    return Evidence(
        field="authors", value=author, printed=printed, where="content/p[2]", rule="byline", confidence=0.95
    )


def from_outlet(name: str, printed: str | None = None, **facts: Any) -> Reading:
    return a_reading(outlet=name, outlet_printed=printed or name, **facts)


def keep(folder: ArchiveFolder, *readings: Reading) -> None:
    """A post for each reading, numbered as they come."""
    with folder.writing("a test") as store:
        site_id, run_id = a_run(store)
        with store.atomic():
            for reading in readings:
                count = store.db.execute("select count(*) from posts").fetchone()[0]
                store.posts.save(
                    site_id,
                    run_id,
                    a_post(f"post-{count + 1}"),
                    reading,
                    capture_id=None,
                    seen_at="2026-03-02T09:00:00Z",
                )


def outlets(folder: ArchiveFolder, *arguments: str) -> Result:
    return CliRunner().invoke(
        outlets_command, ["--archive", str(folder.path), *arguments], catch_exceptions=False, standalone_mode=False
    )


def authors(folder: ArchiveFolder, *arguments: str) -> Result:
    return CliRunner().invoke(
        authors_command, ["--archive", str(folder.path), *arguments], catch_exceptions=False, standalone_mode=False
    )


def column(folder: ArchiveFolder, name: str) -> list[Any]:
    return [row[0] for row in folder.open_readonly().execute(f"select {name} from posts order by id")]


def problems(folder: ArchiveFolder) -> list[str]:
    return [p.what for p in check_posts(folder.open_readonly().conn, folder.db_path) if "uid" not in p.what]


@pytest.fixture(autouse=True)
def _with_our_outlets_alone(tmp_path: Path) -> None:
    use_outlets(tmp_path / "none.toml")


# --- the user's own outlets -------------------------------------------------------------------------------------------


def with_own_file(folder: ArchiveFolder, text: str = OWN_FILE) -> ArchiveFolder:
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.outlets_path.write_text(text)
    return folder


def test_an_archives_own_outlets_count_once_it_is_opened(folder: ArchiveFolder) -> None:
    assert known("HV Courier") is None
    keep(with_own_file(folder))
    match = known("HV Courier")
    assert match is not None
    assert match.outlet.name == "Huron Valley Courier"


def test_another_archive_does_not_have_them(folder: ArchiveFolder, tmp_path: Path) -> None:
    keep(with_own_file(folder))
    keep(ArchiveFolder(path=tmp_path / "other"))
    assert known("HV Courier") is None
    assert load_outlets().get("huron-valley-courier") is None


def test_a_file_that_is_changed_counts_as_changed_when_the_archive_is_opened_again(folder: ArchiveFolder) -> None:
    keep(with_own_file(folder))
    with_own_file(folder, OWN_FILE.replace("HV Courier", "Courier of the Valley"))
    folder.open_readonly().close()
    assert (known("HV Courier"), known("Courier of the Valley") is not None) == (None, True)


def test_a_file_with_a_mistake_stops_whatever_opens_the_archive_before_anything_is_made(folder: ArchiveFolder) -> None:
    with_own_file(folder, '[courier]\nkind = "gazette"\nname = "Courier"\n')
    with pytest.raises(OutletsFileError, match="kind 'gazette' is none of"):
        keep(folder)
    assert not folder.db_path.exists()


def test_an_outlet_gets_its_key_when_the_file_learns_it(folder: ArchiveFolder) -> None:
    keep(folder, from_outlet("Huron Valley Courier"))
    keep(with_own_file(folder), from_outlet("Huron Valley Courier", outlet_id="huron-valley-courier"))
    rows = folder.open_readonly().execute("select key, name, domain from outlets").fetchall()
    assert rows == [("huron-valley-courier", "Huron Valley Courier", "huronvalleycourier.example")]


# --- the lists --------------------------------------------------------------------------------------------------------


def test_outlets_are_listed_with_reposts_days_and_printed_forms(folder: ArchiveFolder) -> None:
    keep(
        folder,
        from_outlet("The Detroit News", "The Detriot News", original_on="2019-04-02"),
        from_outlet("The Detroit News", original_on="2021-05"),
        from_outlet("The Detroit News", original_on="2020-01-01"),
        from_outlet("MLive", original_on="2022-01-01"),
        a_reading(kind="own", outlet=None, outlet_printed=None),
    )
    first, second = list_outlets(folder.open_readonly())
    assert (first.name, first.reposts, first.first, first.last) == ("The Detroit News", 3, "2019-04-02", "2021-05")
    assert {v.printed: v.count for v in first.variants} == {"The Detroit News": 2, "The Detriot News": 1}
    assert (first.key, second.name) == ("detroit-news", "MLive")
    assert "The Detriot News ×1" in outlets(folder).output


def test_authors_are_listed_with_the_forms_their_names_were_printed_in(folder: ArchiveFolder) -> None:
    keep(
        folder,
        a_reading(authors=("Rick Haglund",), evidence=(by("Rick Haglund", "RICK HAGLUND"),)),
        a_reading(
            authors=("Rick Haglund", "Ada Finch"),
            evidence=(by("Rick Haglund", "Rick Haglund"), by("Ada Finch", "Ada Finch")),
        ),
    )
    entries = {entry.name: entry for entry in list_authors(folder.open_readonly())}
    assert {v.printed: v.count for v in entries["Rick Haglund"].variants} == {"RICK HAGLUND": 1, "Rick Haglund": 1}
    assert [v.printed for v in entries["Ada Finch"].variants] == ["Ada Finch"]


ALIKE = [
    pytest.param("Rick Haglund", "Rick J. Haglund", True, id="middle initial"),
    pytest.param("R. Haglund", "Rick Haglund", True, id="initial"),
    pytest.param("Inés Valdovinos", "Ines Valdovinos", True, id="accent"),
    pytest.param("Rick Haglund", "Rick Haglung", False, id="another ending"),
    pytest.param("Rick Haglund", "Rick Hagulnd", True, id="letters changed round"),
    pytest.param("Rick Haglund", "Nick Haglund", False, id="another first name"),
    pytest.param("Rick Haglund", "Haglund", False, id="last name alone"),
    pytest.param("Ken Martin Jr.", "Ken Martin", True, id="suffix missing"),
    pytest.param("Ken Martin Jr.", "Ken Martin III", False, id="father and grandson"),
    pytest.param("Ann Wall", "Ann Ball", False, id="short last names"),
]


@pytest.mark.parametrize(("one", "other", "alike"), ALIKE)
def test_names_that_could_be_one_persons_are_told(one: str, other: str, alike: bool) -> None:
    assert people_alike(one, other) is people_alike(other, one) is alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        pytest.param("The Huron Courier", "Huron Courier", True, id="article"),
        pytest.param("Huron Courier", "Huron Courrier", True, id="slip"),
        pytest.param("Huron Courier", "Huron Valley Courier", False, id="a word more"),
        pytest.param("Times Herald", "Times Journal", False, id="another word"),
    ],
)
def test_names_that_could_be_one_outlets_are_told(one: str, other: str, alike: bool) -> None:
    assert outlets_alike(one, other) is outlets_alike(other, one) is alike


def test_names_that_could_be_one_are_shown_with_the_command_that_joins_them(folder: ArchiveFolder) -> None:
    keep(folder, a_reading(authors=("Rick O'Hara",)), a_reading(authors=("Rick J. O'Hara",)))
    assert """clipfile authors join 'Rick J. O'"'"'Hara' 'Rick O'"'"'Hara'""" in authors(folder).output


# --- outlets no file knows --------------------------------------------------------------------------------------------


def test_unknown_outlets_come_with_posts_hosts_and_an_entry_to_paste(folder: ArchiveFolder) -> None:
    link = "https://www.huronvalleycourier.example/2021/yard"
    keep(
        folder,
        from_outlet("Huron Valley Courier", original_url=link, original_on="2021-03-04"),
        from_outlet("Huron Valley Courier", "HURON VALLEY COURIER", original_on="2021-06"),
        from_outlet("The Detroit News"),
    )
    (found,) = unknown_outlets(folder.open_readonly())
    assert (found.name, found.hosts, [post["id"] for post in found.posts]) == (
        "Huron Valley Courier",
        ("huronvalleycourier.example",),
        [1, 2],
    )
    assert found.toml.splitlines() == [
        "[huron-valley-courier]",
        'name = "Huron Valley Courier"',
        'domains = ["huronvalleycourier.example"]',
    ]


def test_what_is_printed_is_a_file_of_outlets_as_it_stands(folder: ArchiveFolder) -> None:
    keep(
        folder,
        from_outlet('The "Quiet" Courier\\', original_url="https://a.substack.com/p/1"),
        from_outlet("Ведомости Порта", original_url="https://www.facebook.com/x"),
        from_outlet("Harbor\x1b[31m Gazette", "Harbor Gazette No. 7", original_url="https://freep.com/x"),
    )
    printed = outlets(folder, "--unknown").output
    entries = read_outlets(printed, folder.outlets_path)
    assert {entry.name for entry in entries} == {'The "Quiet" Courier\\', "Ведомости Порта", "Harbor[31m Gazette"}
    assert {entry.id: entry.domains for entry in entries} == {
        "the-quiet-courier": ("a.substack.com",),
        "outlet": (),
        "harbor-31m-gazette": (),
    }
    assert len(Outlets(entries)) == 3


def test_an_outlet_that_was_put_into_the_file_is_unknown_no_more(folder: ArchiveFolder) -> None:
    keep(folder, from_outlet("Huron Valley Courier"))
    with_own_file(folder, outlets(folder, "--unknown").output)
    assert unknown_outlets(folder.open_readonly()) == []
    assert outlets(folder, "--unknown").output.startswith("#")


def test_an_entry_never_takes_the_id_of_another_outlet() -> None:
    entry = Entry(name="Detroit News!", reposts=1, first=None, last=None, variants=(), joined=())
    assert as_toml(entry, [], "detroit-news-2").startswith("[detroit-news-2]")


# --- joining ----------------------------------------------------------------------------------------------------------


def test_joined_outlets_count_as_one_until_that_is_undone(folder: ArchiveFolder) -> None:
    keep(folder, from_outlet("Huron Courier"), from_outlet("HV Courier"), from_outlet("MLive"))
    assert (
        "“HV Courier” counts as “Huron Courier”: 1 post"
        in outlets(folder, "join", "Huron Courier", "HV Courier").output
    )
    assert column(folder, "outlet") == ["Huron Courier", "Huron Courier", "MLive"]
    assert column(folder, "outlet_printed") == ["Huron Courier", "HV Courier", "MLive"], "what was printed stays"
    entry = list_outlets(folder.open_readonly())[0]
    assert (entry.reposts, entry.joined) == (2, ("HV Courier",))
    assert problems(folder) == []
    outlets(folder, "join", "--undo", "HV Courier")
    assert column(folder, "outlet") == ["Huron Courier", "HV Courier", "MLive"]
    assert problems(folder) == []


def test_a_join_holds_for_posts_to_come_and_for_re_readings(folder: ArchiveFolder) -> None:
    keep(folder, a_reading(authors=("Rick Haglund",)), a_reading(authors=("R. Haglund", "Ada Finch")))
    authors(folder, "join", "Rick Haglund", "R. Haglund", "--note", "he says so", "--by", "mk")
    keep(folder, a_reading(authors=("R. Haglund",)))
    with folder.writing("a test") as store, store.atomic():
        store.posts.reread(1, a_post("post-1"), a_reading(authors=("R. Haglund", "Rick Haglund")))
    stored = [json.loads(names) for names in column(folder, "authors")]
    assert stored == [["Rick Haglund"], ["Rick Haglund", "Ada Finch"], ["Rick Haglund"]]
    assert [entry.name for entry in list_authors(folder.open_readonly())] == ["Rick Haglund", "Ada Finch"]
    assert problems(folder) == []


def test_a_joined_outlet_is_found_by_search_under_the_name_that_counts(folder: ArchiveFolder) -> None:
    keep(folder, from_outlet("Huron Courier"), from_outlet("Valley Gazette"))
    outlets(folder, "join", "Huron Courier", "Valley Gazette")
    db = folder.open_readonly()
    assert Names(db).outlets("Huron Courier") == (["Huron Courier"], [])
    assert Names(db).outlets("Valley Gazette") == ([], ["Valley Gazette"]), "by what is printed"


def test_a_joined_author_is_found_by_search_under_either_name(folder: ArchiveFolder) -> None:
    keep(folder, a_reading(authors=("Rick Haglund",)), a_reading(authors=("Ricarda Finch",)))
    authors(folder, "join", "Rick Haglund", "Ricarda Finch")
    db = folder.open_readonly()
    for query in ("author:finch", "author:haglund", 'author:"Rick Haglund"'):
        assert {hit.id for hit in search(db, query, fold=False).hits} == {1, 2}, query
    authors(folder, "join", "--undo", "Ricarda Finch")
    assert {hit.id for hit in search(folder.open_readonly(), "author:finch").hits} == {2}


def test_a_join_with_a_known_outlet_has_its_key(folder: ArchiveFolder) -> None:
    keep(folder, from_outlet("Motown Paper"))
    outlets(folder, "join", "freep", "Motown Paper")
    rows = folder.open_readonly().execute("select key, name from outlets").fetchall()
    assert rows == [("detroit-free-press", "Detroit Free Press")]


def test_joins_lead_on_and_never_round(folder: ArchiveFolder) -> None:
    keep(folder, from_outlet("Alpha Courier"), from_outlet("Beta Courier"), from_outlet("Gamma Courier"))
    outlets(folder, "join", "Beta Courier", "Alpha Courier")
    outlets(folder, "join", "Gamma Courier", "Beta Courier")
    assert column(folder, "outlet") == ["Gamma Courier"] * 3
    with folder.writing("a test") as store, pytest.raises(UsageError, match="already counts as"):
        store.joins.make("outlet", "Gamma Courier", "Alpha Courier")
    outlets(folder, "join", "--undo", "Beta Courier")
    assert column(folder, "outlet") == ["Beta Courier", "Beta Courier", "Gamma Courier"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        pytest.param(("Huron Courier",), "needs two names", id="one name"),
        pytest.param(("Huron Courier", "Harbor Gazette"), "has no outlet 'Harbor Gazette'", id="not in the archive"),
        pytest.param(("Huron Courier", "huron courier"), "is that outlet already", id="itself"),
        pytest.param(("--undo", "Huron Courier"), "joined to no other outlet", id="never joined"),
    ],
)
def test_a_join_that_makes_no_sense_is_refused(folder: ArchiveFolder, names: tuple[str, ...], words: str) -> None:
    keep(folder, from_outlet("Huron Courier"))
    with pytest.raises(UsageError, match=words):
        outlets(folder, "join", *names)


def test_joins_come_back_from_the_file_of_corrections(folder: ArchiveFolder, tmp_path: Path) -> None:
    keep(folder, from_outlet("Huron Courier"), from_outlet("HV Courier"), from_outlet("Valley Gazette"))
    outlets(folder, "join", "Huron Courier", "HV Courier", "Valley Gazette")
    outlets(folder, "join", "--undo", "Valley Gazette")
    exported = (folder.path / "corrections.jsonl").read_text()
    assert len(exported.splitlines()) == 2, "an undone join is one line, not two"
    fresh = ArchiveFolder(path=tmp_path / "fresh")
    keep(fresh, from_outlet("Huron Courier"), from_outlet("HV Courier"), from_outlet("Valley Gazette"))
    with fresh.writing("a test") as store, store.atomic():
        assert store.corrections.restore(exported) == []
    assert column(fresh, "outlet") == ["Huron Courier", "Huron Courier", "Valley Gazette"]
    assert problems(fresh) == []
    assert (fresh.path / "corrections.jsonl").read_text() == exported


def test_the_archive_may_be_named_on_either_side_of_join(folder: ArchiveFolder) -> None:
    keep(folder, from_outlet("Huron Courier"), from_outlet("HV Courier"))
    arguments = ["join", "Huron Courier", "HV Courier", "--archive", str(folder.path), "--json"]
    result = CliRunner().invoke(outlets_command, arguments, catch_exceptions=False)
    told = json.loads(result.output)
    assert told["changed"] == {"HV Courier": [2]}
    assert told["joins"][0]["name"] == "Huron Courier"


def test_a_store_without_joins_changes_nothing(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "archive.db")
    assert store.joins.undo("author", "Ada Finch") is None
    assert store.joins.history("author") == []
    store.close()
