"""What an export promises: what the query finds, safe in a spreadsheet, in a file that is whole or not there."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from judging import sample_archive
from sqlite_utils import Database

from archive.cli import clipfile
from archive.clippings import LISTS
from archive.database import open_database, open_readonly
from archive.errors import CannotWriteError, UsageError
from archive.export.files import replacing
from archive.export.selection import COLUMNS, select
from archive.export.subset import COPIED, LEFT_OUT, write_subset
from archive.export.tables import cell, iter_atom, iter_csv
from archive.export.writing import FORMATS, TEXT_FORMATS, export_file, iter_text
from archive.folder import ArchiveFolder
from archive.search import search

ATOM = "{http://www.w3.org/2005/Atom}"
MADE_AT = "2026-11-01T00:00:00Z"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> ArchiveFolder:
    """The sample blog, with a capture of one post that points back to an earlier capture of another run."""
    folder = ArchiveFolder(path=tmp_path_factory.mktemp("sample"))
    store = sample_archive(folder.db_path)
    with store.atomic():
        other_run = store.custody.start_run(1, "full", {})
        columns = "id, run_id, url, captured_at, role, status, warc_file, warc_offset, warc_length, payload_sha256"
        for id, run_id, original in ((1, other_run, None), (2, 1, 1)):
            store.db.execute(
                f"insert into captures ({columns}, payload_bytes, revisit_of) "
                "values (?, ?, 'https://harbor.example/x/', '2026-10-01T10:00:00Z', 'post', 200, 'a.warc.gz', 0, 1, "
                "'00', 1, ?)",
                [id, run_id, original],
            )
        store.db.execute("update posts set capture_id = 2 where url like '%/steel-duty-doubles/'")
    store.close()
    return folder


@pytest.fixture(autouse=True)
def long_cells() -> Iterator[None]:
    """One post of the sample blog is longer than Python's own limit of a cell."""
    limit = csv.field_size_limit(10_000_000)
    yield
    csv.field_size_limit(limit)


def run(*args: str) -> Any:
    return CliRunner().invoke(clipfile, list(args))


def export(folder: ArchiveFolder, query: str, format: str, target: Path) -> int:
    return export_file(folder, query, format, target, lambda done: None)


def rows_of_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def value_of(cell: str) -> str:
    """What docs/citing-and-exporting.md tells a program to do with a cell."""
    return cell[1:] if cell.startswith("'") and cell != cell.lstrip("'") and starts_formula(cell.lstrip("'")) else cell


def starts_formula(cell: str) -> bool:
    """As cautiously as possible: white space and invisible signs before the sign do not count."""
    seen = re.sub(r"^[\s\x00-\x1f\ufeff\u200b-\u200f]+", "", cell)
    return seen[:1] in tuple("=+-@＝＋－＠") or cell[:1] in ("\t", "\r", "\n")


# --- what is exported -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["", "outlet:freep", "steel -podcast", "is:gone", "lag>7d", "zzzz", '"', "year:2012.."]
)
def test_an_export_holds_what_the_search_finds(sample: ArchiveFolder, query: str) -> None:
    db = sample.open_readonly()
    found = sorted(hit.id for hit in search(db, query, limit=1000, fold=False).hits)
    assert [record["id"] for record in select(db, query).iter_records()] == found
    assert select(db, query).count() == len(found)


def test_a_record_is_the_row_of_the_view(sample: ArchiveFolder) -> None:
    db = sample.open_readonly()
    assert tuple(column.name for column in db["clippings"].columns) == COLUMNS
    lists = ("authors", "categories", "tags")
    for record, row in zip(select(db).iter_records(), db.query("select * from clippings order by id"), strict=True):
        plain = {name: json.loads(value) if name in lists else value for name, value in row.items()}
        assert {name: record[name] for name in COLUMNS} == plain


def test_csv_and_json_lines_are_read_back_as_the_same_rows(sample: ArchiveFolder, tmp_path: Path) -> None:
    records = list(select(sample.open_readonly()).iter_records())
    for format in ("csv", "jsonl"):
        assert export(sample, "", format, tmp_path / f"all.{format}") == len(records) > 100
    lines = (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [{name: one[name] for name in COLUMNS} for one in records]
    table = rows_of_csv((tmp_path / "all.csv").read_bytes().decode())
    assert [value_of(row["title"]) for row in table] == [one["title"] or "" for one in records]
    assert [value_of(row["text"]) for row in table] == [one["text"] for one in records]
    assert [row["authors"] for row in table] == ["; ".join(one["authors"]) for one in records]


def test_an_atom_feed_links_repost_and_original(sample: ArchiveFolder, tmp_path: Path) -> None:
    export(sample, "has:original-link", "atom", tmp_path / "feed.atom")
    feed = ElementTree.parse(tmp_path / "feed.atom").getroot()
    assert feed.findtext(f"{ATOM}title") == "Clippings: has:original-link"
    records = list(select(sample.open_readonly(), "has:original-link").iter_records())
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(records) > 3
    for entry, record in zip(entries, records, strict=True):
        links = {link.get("rel"): link.get("href") for link in entry.findall(f"{ATOM}link")}
        assert links == {"alternate": record["url"], "via": record["original_url"]}
        assert entry.findtext(f"{ATOM}updated") == record["first_seen_at"]
        assert [author.findtext(f"{ATOM}name") for author in entry.findall(f"{ATOM}author")]
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)


# --- any text at all --------------------------------------------------------------------------------------------------

anything = st.text(max_size=30) | st.builds(
    "{}{}".format, st.text("'\t\r\n \ufeff\u200b", max_size=3), st.text("=+-@＝＋－＠a1(", max_size=4)
)


def a_row(title: str, text: str, tags: list[str]) -> dict[str, Any]:
    row = {**dict.fromkeys(COLUMNS), "title": title, "text": text, "tags": tags, "authors": [text], "categories": []}
    facts = {"uid": "0" * 16, "kind": "repost", "url": "https://b.example/", "site": "b", "outlet": title}
    extra = {"site_title": title, "outlet_kind": None, "captured_at": None, "last_seen_at": MADE_AT}
    return {**row, **facts, **extra, "first_seen_at": MADE_AT}


@given(title=anything, text=anything, tags=st.lists(anything, max_size=3))
def test_no_cell_starts_a_formula_and_every_cell_is_read_back(title: str, text: str, tags: list[str]) -> None:
    record = a_row(title, text, tags)
    stored = [json.dumps(record[name]) if name in LISTS else record[name] for name in COLUMNS]
    [row] = rows_of_csv("".join(iter_csv([stored])))
    assert not [value for value in row.values() if starts_formula(value)]
    assert value_of(row["title"]) == title
    assert value_of(row["text"]) == text
    joined = value_of(row["tags"])
    parts = [re.sub(r"\\(.)", r"\1", part) for part in re.findall(r"(?:^|(?<=; ))(?:\\.|[^\\;])*", joined, re.DOTALL)]
    assert parts == (tags or [""])


@pytest.fixture(scope="module")
def one_post(tmp_path_factory: pytest.TempPathFactory) -> Database:
    db = open_database(tmp_path_factory.mktemp("one") / "archive.db")
    db["sites"].insert({"id": 1, "name": "b", "url": "https://b.example/", "added_at": MADE_AT})
    at = dict.fromkeys(("first_seen_at", "last_seen_at", "checked_at"), MADE_AT)
    db["posts"].insert({"id": 1, "uid": "0" * 16, "site_id": 1, "url": "https://b.example/1/", "kind": "own", **at})
    return db


@given(title=anything, text=anything, confidence=st.floats(0, 1))
def test_a_json_line_is_one_line(one_post: Database, title: str, text: str, confidence: float) -> None:
    authors, confidence = json.dumps([title], ensure_ascii=False), round(confidence, 4)
    sql = "update posts set title = ?, text = ?, authors = ?, confidence = ?"
    one_post.execute(sql, [title, text, authors, confidence])
    [line] = "".join(iter_text(select(one_post), "", "jsonl")).splitlines()
    found = json.loads(line)
    assert tuple(found) == COLUMNS
    assert [found[name] for name in ("title", "text", "authors", "confidence")] == [title, text, [title], confidence]
    assert (found["outlet"], found["tags"]) == (None, [])


@given(title=anything, text=anything)
def test_an_atom_feed_of_any_text_is_well_formed(title: str, text: str) -> None:
    feed = ElementTree.fromstring("".join(iter_atom([a_row(title, text, [text])], title=title, made_at=MADE_AT)))
    assert len(feed.findall(f"{ATOM}entry")) == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('=HYPERLINK("http://evil.example")', '\'=HYPERLINK("http://evil.example")'),
        ("+1 313 555 0100", "'+1 313 555 0100"),
        ("-30 degrees", "'-30 degrees"),
        ("@harbor", "'@harbor"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        (" =1", "' =1"),
        ("'=1", "''=1"),
        ("'90s cars", "'90s cars"),
        ("up 3 = more", "up 3 = more"),
        (-5, -5),
        (None, None),
        (["Ann; Ash", "Bo"], r"Ann\; Ash; Bo"),
        (["=Ann"], "'=Ann"),
    ],
)
def test_a_cell_is_escaped_only_where_a_spreadsheet_would_run_it(value: Any, expected: Any) -> None:
    assert cell(value) == expected


# --- the subset -------------------------------------------------------------------------------------------------------


def test_every_table_is_copied_or_left_out_on_purpose(sample: ArchiveFolder) -> None:
    tables = {name for name in sample.open_readonly().table_names() if not re.match(r"posts_fts|_?sqlite_", name)}
    assert set(COPIED) | LEFT_OUT | {"posts"} == tables
    assert not set(COPIED) & LEFT_OUT


def test_a_subset_is_an_archive_that_answers_as_the_whole(sample: ArchiveFolder, tmp_path: Path) -> None:
    subset = ArchiveFolder(path=tmp_path)
    count = export(sample, "outlet:freep", "sqlite", subset.db_path)
    whole, part = sample.open_readonly(), open_database(subset.db_path)
    rows = "select * from clippings where outlet = 'Detroit Free Press' order by id"
    assert list(part.query("select * from clippings order by id")) == list(whole.query(rows))
    assert count == part["posts"].count > 3
    for query in ("steel", "author:pasco", "NEAR(steel duty)", "st*"):
        asked = search(whole, f"({query}) outlet:freep", limit=100)
        assert {hit.id for hit in search(part, query, limit=100).hits} == {hit.id for hit in asked.hits}
    assert not part.execute("pragma foreign_key_check").fetchall()
    part.execute("insert into posts_fts(posts_fts, rank) values ('integrity-check', 1)")


def test_a_subset_brings_the_custody_of_its_posts_and_nothing_of_the_others(
    sample: ArchiveFolder, tmp_path: Path
) -> None:
    export(sample, "outlet:freep", "sqlite", tmp_path / "with.db")
    export(sample, "outlet:axios", "sqlite", tmp_path / "without.db")
    with_capture, without = open_readonly(tmp_path / "with.db"), open_readonly(tmp_path / "without.db")
    assert [row["id"] for row in with_capture["captures"].rows] == [1, 2]
    assert without["captures"].count == 0
    assert [row["name"] for row in without["outlets"].rows] == ["Axios Detroit"]


def test_a_subset_is_one_file(sample: ArchiveFolder, tmp_path: Path) -> None:
    export(sample, "steel", "sqlite", tmp_path / "steel.db")
    assert [path.name for path in tmp_path.iterdir()] == ["steel.db"]


def test_an_archive_with_a_broken_pointer_gives_no_subset(sample: ArchiveFolder, tmp_path: Path) -> None:
    source = tmp_path / "broken.db"
    sqlite3.connect(sample.db_path).execute("vacuum into ?", [str(source)])
    with sqlite3.connect(source) as db:
        db.execute("delete from sites")
    with pytest.raises(Exception, match="points to a row of sites"):
        write_subset(source, [1], tmp_path / "out.db", lambda done: None)


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"wacz"}))  # which has captures: test_wacz has some
def test_a_file_is_replaced_whole_with_the_usual_permissions(
    sample: ArchiveFolder, tmp_path: Path, format: str
) -> None:
    target = tmp_path / "out"
    target.write_text("the export of yesterday")
    assert export(sample, "steel", format, target) > 3
    assert b"yesterday" not in target.read_bytes()
    mask = os.umask(0)
    os.umask(mask)
    assert target.stat().st_mode & 0o777 in (0o666 & ~mask, 0o644 & ~mask)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def fail_halfway(target: Path) -> None:
    with replacing(target) as beside:
        beside.write_text("half of the n")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_an_export_that_fails_leaves_the_old_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(OSError, match="No space left"):
        fail_halfway(target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("target", ["/dev/full", "{tmp}/no/such/folder/out.csv", "{tmp}/file/out.csv"])
def test_what_the_disk_refuses_is_one_line(sample: ArchiveFolder, tmp_path: Path, target: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotWriteError, match="cannot write"):
        export(sample, "", "csv", Path(target.format(tmp=tmp_path)))


@pytest.mark.parametrize(
    ("stdout", "code", "stderr"),
    [
        pytest.param(
            "/dev/full", 74, "clipfile: cannot write to standard output: No space left on device\n", id="full"
        ),
        pytest.param("closed pipe", 0, "", id="a-reader-that-has-had-enough"),
    ],
)
def test_standard_output_that_takes_no_more(sample: ArchiveFolder, stdout: str, code: int, stderr: str) -> None:
    if stdout == "/dev/full":
        sink = os.open(stdout, os.O_WRONLY)
    else:
        source, sink = os.pipe()
        os.close(source)
    command = [sys.executable, "-m", "archive.cli", "export", "--format", "csv", "--archive", str(sample.path)]
    done = subprocess.run(command, stdout=sink, stderr=subprocess.PIPE, text=True)
    os.close(sink)
    assert (done.returncode, done.stderr) == (code, stderr)


@pytest.mark.parametrize("name", ["archive.db", "archive.db-wal", "clipfile.toml", "writer.lock", "warc/x.csv", "."])
def test_an_export_never_writes_over_the_archive(sample: ArchiveFolder, name: str) -> None:
    before = sample.db_path.read_bytes()
    with pytest.raises(UsageError):
        export(sample, "", "csv", sample.path / name)
    assert sample.db_path.read_bytes() == before


def test_a_link_is_followed_to_its_file(sample: ArchiveFolder, tmp_path: Path) -> None:
    (tmp_path / "real.csv").touch()
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    export(sample, "steel", "csv", tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").stat().st_size


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def archive(sample: ArchiveFolder) -> tuple[str, str]:
    return "--archive", str(sample.path)


@pytest.mark.parametrize("format", TEXT_FORMATS)
def test_standard_output_gets_what_a_file_gets(
    sample: ArchiveFolder, archive: tuple[str, str], tmp_path: Path, format: str
) -> None:
    export(sample, "steel", format, tmp_path / "out")
    shown = run("export", "steel", "--format", format, *archive)
    stamp = re.compile(rb"<updated>[^<]*</updated>", re.DOTALL)
    assert stamp.sub(b"", shown.stdout_bytes) == stamp.sub(b"", (tmp_path / "out").read_bytes())


def test_a_query_may_begin_with_a_hyphen_and_have_many_words(archive: tuple[str, str]) -> None:
    joined = run("export", "steel -duty", "--format", "jsonl", *archive)
    apart = run("export", "steel", "-duty", "--format", "jsonl", *archive)
    assert joined.stdout == apart.stdout != ""


def test_a_mistyped_option_is_no_query(archive: tuple[str, str]) -> None:
    result = run("export", "--ouput", "x.csv", "--format", "csv", *archive)
    assert isinstance(result.exception, UsageError)
    assert "no option --ouput" in str(result.exception)


def test_a_letter_after_a_hyphen_is_no_word_that_is_not_wanted(archive: tuple[str, str], tmp_path: Path) -> None:
    result = run("export", "steel", "-o", str(tmp_path / "x.csv"), "--format", "csv", *archive)
    assert isinstance(result.exception, UsageError)
    assert "no option -o" in str(result.exception)
    assert result.exception.hint == "did you mean --output? NOT o leaves that letter out"
    without = run("export", "steel NOT o", "--format", "csv", *archive)
    assert without.exit_code == 0
    assert without.stdout


def test_the_reader_is_told_what_was_written(archive: tuple[str, str], tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    told = run("export", "outlet:freep", "--format", "csv", "--output", str(target), "--json", *archive)
    rows = len(rows_of_csv(target.read_text(encoding="utf-8")))
    size = target.stat().st_size
    assert json.loads(told.stdout) == {"format": "csv", "clippings": rows, "output": str(target), "bytes": size}
    assert "Detroit Free Press" in told.stderr


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(("--format", "sqlite"), id="a-database-on-standard-output"),
        pytest.param(("--format", "csv", "--json"), id="a-summary-amid-the-table"),
    ],
)
def test_what_needs_a_file_says_so(archive: tuple[str, str], args: tuple[str, ...]) -> None:
    result = run("export", *args, *archive)
    assert isinstance(result.exception, UsageError)
    assert "--output FILE" in str(result.exception)


def test_cite_warns_of_a_doubtful_reading_beside_the_reference(sample: ArchiveFolder, archive: tuple[str, str]) -> None:
    doubtful = search(sample.open_readonly(), "is:doubtful").hits[0]
    result = run("cite", str(doubtful.id), "--json", *archive)
    assert "confidence of 0.50" in result.stderr
    assert json.loads(result.stdout)[0]["id"] == f"clipfile-{doubtful.uid}"


def test_cite_takes_an_address_or_uid(sample: ArchiveFolder, archive: tuple[str, str]) -> None:
    hit = search(sample.open_readonly(), "steel").hits[0]
    answers = {run("cite", name, "--format", "ris", *archive).stdout for name in (str(hit.id), hit.uid, hit.url)}
    assert len(answers) == 1


WRITTEN_DIFFERENTLY = ("csv", "sqlite", "wacz")


@pytest.mark.parametrize("format", WRITTEN_DIFFERENTLY)
def test_an_export_that_is_interrupted_leaves_nothing_and_says_one_line(
    sample: ArchiveFolder, tmp_path: Path, format: str
) -> None:
    """Interrupted from inside, when the first clipping is written: the moment is the same on every machine."""
    code = (
        "import os, signal; from archive.commands import watching; from archive import cli; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "  # whoever started us in the background ignores it
        "watching.Watcher.show = lambda *_: os.kill(os.getpid(), signal.SIGINT); cli.main()"
    )
    words = ["export", "--format", format, "--output", str(tmp_path / "out"), "--archive", str(sample.path)]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (130, "clipfile: interrupted")
    assert list(tmp_path.iterdir()) == []


def limited_files() -> None:
    """What a full disk looks like to whoever writes more than 40 KiB."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_960, 40_960))


@pytest.mark.parametrize(
    "words",
    [*(("export", "--format", format) for format in WRITTEN_DIFFERENTLY), ("publish",)],
    ids=lambda words: words[-1],
)
def test_a_disk_that_fills_up_is_one_line_and_leaves_nothing(
    sample: ArchiveFolder, tmp_path: Path, words: tuple[str, ...]
) -> None:
    command = [sys.executable, "-m", "archive.cli", *words, "--output", "out", "--archive", str(sample.path)]
    full = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, preexec_fn=limited_files)
    assert full.returncode == 74
    assert re.fullmatch(r"clipfile: cannot write (to )?out: .*\n", full.stderr)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_export_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    killed = subprocess.Popen([sys.executable, "-c", "pass"])
    killed.wait()
    stray, ours = tmp_path / f".out.csv.{killed.pid}.part", tmp_path / f".out.csv.{os.getppid()}.part"
    log = tmp_path / f"{stray.name}-wal"
    for path in (stray, log, ours):
        path.write_text("half")
    with replacing(tmp_path / "out.csv") as beside:
        beside.write_text("whole")
    assert not stray.exists()
    assert not log.exists()
    assert ours.exists(), "whoever writes it is still at work"
    assert (tmp_path / "out.csv").read_text() == "whole"
