"""A damaged database: for every command one line that names the file and offers to make it anew, and no traceback."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from making import SEEN_AT, a_post, a_reading
from warc_making import a_crawl, write_warc

from archive import cli
from archive.folder import ArchiveFolder

PAGE = 4096
POSTS = 40


def text(data: bytearray) -> None:
    data[:] = b"Minutes of the harbor committee\n" * 999


def no_header(data: bytearray) -> None:
    data[:100] = bytes(100)


def cut_in_half(data: bytearray) -> None:
    del data[len(data) // 2 :]


def cut_to_fifty_bytes(data: bytearray) -> None:
    del data[50:]


def a_hole(data: bytearray) -> None:
    data[PAGE:-PAGE] = bytes(len(data) - 2 * PAGE)


def noise_on_each_page(data: bytearray) -> None:
    moments = random.Random(20)
    for start in range(PAGE, len(data), PAGE):
        data[start : start + 48] = moments.randbytes(48)


def schema_unreadable(data: bytearray) -> None:
    data[100:PAGE] = bytes(byte ^ 0x5A for byte in data[100:PAGE])


def words_that_are_none(data: bytearray) -> None:
    data[:] = data.replace(b"the ", b"\xff\xfe\xff\xff")


DAMAGES = (text, no_header, cut_in_half, cut_to_fifty_bytes, a_hole, noise_on_each_page, schema_unreadable)
READING = (
    "search dock", "search dock --json", "show 1", "cite 1", "export --format csv", "export --format jsonl",
    "export --format sqlite --output OUT", "watch", "publish --output OUT", "withhold 1 --reason x", "review",
    "correct 1 --outlet Quay", "outlets", "authors", "runs", "runs 1", "gaps", "status", "reread --dry-run",
    "merge OTHER", "import WARC", "serve --port 0",
)  # fmt: skip
UNDECODED = ("search dock", "show 1", "export --format csv", "review", "correct 1 --outlet Quay", "reread --dry-run")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    write_warc(folder / "warc", a_crawl())
    with ArchiveFolder(path=folder).writing("a test") as store, store.atomic():
        site_id = store.custody.save_site("blog", "https://blog.example/")
        run_id = store.custody.start_run(site_id, "full", {})
        for number in range(POSTS):
            text = "It took the first freighter of the year, and the dock was full. " * 20
            reading = a_reading(confidence=0.4)
            post = a_post(f"post-{number}", text=text, title=f"Of the dock, part {number}")
            store.posts.save(site_id, run_id, post, reading, capture_id=None, seen_at=SEEN_AT)
    return folder


class Clipfile:
    """The command through the very function that the program calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._patch, self._captured = monkeypatch, capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Exit code and both outputs."""
        self._patch.setattr("sys.argv", ["clipfile", *words])
        with pytest.raises(SystemExit) as exit:
            cli.main()
        out, err = self._captured.readouterr()
        return int(exit.value.code or 0), out, err


@pytest.fixture
def clipfile(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Clipfile:
    return Clipfile(monkeypatch, capsys)


def damaged(whole: Path, place: Path, damage: Callable[[bytearray], None]) -> Path:
    folder = place / "archive"
    shutil.copytree(whole, folder)
    data = bytearray((folder / "archive.db").read_bytes())
    damage(data)
    (folder / "archive.db").write_bytes(data)
    return folder


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.replace("_", " "))
def test_every_command_says_so_in_a_line_that_offers_to_rebuild(
    damage: Callable[[bytearray], None], whole: Path, tmp_path: Path, clipfile: Clipfile
) -> None:
    folder = damaged(whole, tmp_path, damage)
    before = (folder / "archive.db").read_bytes()
    for words in READING:
        check_line(clipfile, words, folder, whole, tmp_path)
    assert (folder / "archive.db").read_bytes() == before


@pytest.mark.parametrize("words", UNDECODED)
def test_damage_met_halfway_is_told_of_in_the_same_way(
    words: str, whole: Path, tmp_path: Path, clipfile: Clipfile
) -> None:
    check_line(clipfile, words, damaged(whole, tmp_path, words_that_are_none), whole, tmp_path)


@pytest.mark.slow
def test_a_crawl_says_so_too_and_asks_for_nothing(whole: Path, tmp_path: Path) -> None:
    """In a process of its own, as every crawl must be."""
    folder = damaged(whole, tmp_path, noise_on_each_page)
    command = [sys.executable, "-m", "archive.cli", "crawl", "https://blog.example/", "--archive", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 5
    (line,) = done.stderr.splitlines()
    assert f"`clipfile rebuild --archive {folder}`" in line


def check_line(clipfile: Clipfile, words: str, folder: Path, whole: Path, place: Path) -> None:
    given = {"OUT": str(place / "out.db"), "OTHER": str(whole), "WARC": str(whole / "warc")}
    command = [given.get(word, word) for word in words.split()]
    code, _, err = clipfile(*command, "--archive", str(folder))
    line, *more = err.splitlines()
    assert (code, more) == (5, []), (words, err)
    assert line.startswith(f"clipfile: {folder}/archive.db "), words
    assert f"`clipfile rebuild --archive {folder}`" in line, words
    assert not (place / "out.db").exists()


def test_verify_offers_it_too_and_only_when_the_database_is_at_fault(
    whole: Path, tmp_path: Path, clipfile: Clipfile
) -> None:
    folder = damaged(whole, tmp_path, words_that_are_none)
    code, out, _ = clipfile("verify", "--archive", str(folder))
    assert code == 5
    assert f"`clipfile rebuild --archive {folder}`" in out.splitlines()[-1]


def test_an_archive_without_captures_is_not_offered_what_it_can_not_have(tmp_path: Path, clipfile: Clipfile) -> None:
    (tmp_path / "archive.db").write_text("Minutes of the harbor committee\n")
    code, _, err = clipfile("search", "dock", "--archive", str(tmp_path))
    assert (code, "rebuild" in err) == (5, False)


def test_a_database_that_is_gone_is_missed_where_captures_lie(whole: Path, tmp_path: Path, clipfile: Clipfile) -> None:
    shutil.copytree(whole / "warc", tmp_path / "warc")
    code, _, err = clipfile("search", "dock", "--archive", str(tmp_path))
    assert (code, "clipfile rebuild" in err) == (5, True)
