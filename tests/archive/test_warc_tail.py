"""After a crash: wherever the writing stopped, what is left is valid and nothing committed is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from warc_making import a_crawl, an_exchange, write_warc

from archive.errors import DamagedArchiveError
from archive.fixity import check_warcs
from archive.warc import Cut, cut_back, iter_exchanges, last_whole_record


def test_a_kill_at_any_byte_behind_the_committed_length_is_undone(tmp_path: Path) -> None:
    path, records = write_warc(tmp_path, [an_exchange("kept"), an_exchange("lost", body=b"<p>never committed")])
    whole, committed = path.read_bytes(), records[0].offset + records[0].length
    for end in range(committed, len(whole) + 1):
        path.write_bytes(whole[:end])
        cuts = cut_back(tmp_path, {path.name: committed})
        assert cuts == ([Cut(file=path.name, from_bytes=end, to_bytes=committed)] if end > committed else [])
        assert path.read_bytes() == whole[:committed]
    assert list(check_warcs([path])) == []


def test_a_kill_at_any_byte_of_a_file_nobody_knows_leaves_whole_exchanges(tmp_path: Path) -> None:
    path, records = write_warc(tmp_path, [an_exchange("kept"), an_exchange("torn", body=b"<p>half written")])
    whole = path.read_bytes()
    boundary = records[0].offset + records[0].length
    for end in (*range(0, boundary, 17), *range(boundary, len(whole) + 1)):
        path.write_bytes(whole[:end])
        cut_back(tmp_path, {})
        expected = max((good for good in (0, boundary, len(whole)) if good <= end), default=0)
        assert (path.stat().st_size if path.exists() else 0) == expected, f"cut at byte {end}"
        assert not path.exists() or list(check_warcs([path])) == []


def test_a_file_nobody_knows_that_holds_whole_records_is_kept_and_reported(tmp_path: Path) -> None:
    path, _ = write_warc(tmp_path, [an_exchange()])
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\x1f\x8b\x08\x00torn")
    assert cut_back(tmp_path, {}) == [Cut(file=path.name, from_bytes=size + 8, to_bytes=size)]
    assert cut_back(tmp_path, {}) == []


@pytest.mark.parametrize("size", [100, None], ids=["torn", "with its description alone"])
def test_a_file_of_ours_without_one_whole_exchange_is_removed(tmp_path: Path, size: int | None) -> None:
    path, _ = write_warc(tmp_path, [])
    path.write_bytes(path.read_bytes()[:size])
    left = path.stat().st_size
    assert cut_back(tmp_path, {}) == [Cut(file=path.name, from_bytes=left, to_bytes=0)]
    assert not path.exists()


@pytest.mark.parametrize("torn", [b"", bytes(4096)], ids=["empty", "zeros"])
def test_a_file_that_never_got_its_bytes_is_removed(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "blog-20260302T090000Z-00000.warc.gz"
    path.write_bytes(torn)
    assert cut_back(tmp_path, {}) == [Cut(file=path.name, from_bytes=len(torn), to_bytes=0)]


def test_zeros_behind_the_last_record_are_cut(tmp_path: Path) -> None:
    path, _ = write_warc(tmp_path, [an_exchange()])
    whole = path.read_bytes()
    path.write_bytes(whole + bytes(5000))
    cut_back(tmp_path, {})
    assert path.read_bytes() == whole


FOREIGN = [
    pytest.param("crawl-00000.warc.gz", b"\x1f\x8b\x08\x00torn", id="another name"),
    pytest.param("blog-20260302T090000Z-00000.warc.gz", b"not a WARC at all, though it is named so", id="no WARC"),
    pytest.param("notes.txt", b"", id="no WARC's name"),
]


@pytest.mark.parametrize(("name", "content"), FOREIGN)
def test_files_that_are_not_ours_are_left_alone(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert cut_back(tmp_path, {}) == []
    assert (tmp_path / name).read_bytes() == content


def test_damage_with_whole_records_behind_it_is_no_torn_tail(tmp_path: Path) -> None:
    path, _ = write_warc(tmp_path, a_crawl())
    good = bytearray(path.read_bytes())
    good[2000] ^= 0xFF
    path.write_bytes(good)
    assert cut_back(tmp_path, {}) == []
    assert last_whole_record(path) == len(good)


def test_a_file_shorter_than_committed_stops_everything_before_anything_is_cut(tmp_path: Path) -> None:
    path, _ = write_warc(tmp_path, [an_exchange()])
    other = tmp_path / "blog-20260302T090000Z-00001.warc.gz"
    shutil.copy(path, other)
    size = path.stat().st_size
    with pytest.raises(DamagedArchiveError, match=f"{size} bytes where {size + 1} were committed"):
        cut_back(tmp_path, {other.name: size + 1, path.name: 10})
    assert path.stat().st_size == size


def test_a_folder_that_is_not_there_has_nothing_to_cut(tmp_path: Path) -> None:
    assert cut_back(tmp_path / "warc", {"gone.warc.gz": 12}) == []


def test_what_was_cut_can_be_written_on_beside(tmp_path: Path) -> None:
    path, records = write_warc(tmp_path, [an_exchange("a"), an_exchange("b", body=b"torn")])
    cut_back(tmp_path, {path.name: records[0].offset + records[0].length})
    again, _ = write_warc(tmp_path, [an_exchange("b", body=b"torn")])
    urls = [exchange.url for file in (path, again) for exchange, _ in iter_exchanges(file)]
    assert urls == ["https://blog.example/a/", "https://blog.example/b/"]
