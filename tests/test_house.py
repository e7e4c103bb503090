"""The house itself: imports point one way, and what the pages list is what the code has."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from archive.cli import COMMANDS, EXIT_CODES
from archive.database import open_database
from archive.dictionary import DESCRIPTIONS

ROOT = Path(__file__).parent.parent
ARCHIVE = sorted((ROOT / "archive").rglob("*.py"))
NEVER_IN_ARCHIVE = {"crawler", "scrapy", "twisted"}
STDLIB_ONLY = ("model", "errors", "urls", "dates")


def imports(path: Path) -> set[str]:
    """Top-level names of everything the module imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", ARCHIVE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_archive_never_imports_the_crawler(path: Path) -> None:
    assert not imports(path) & NEVER_IN_ARCHIVE


@pytest.mark.parametrize("name", STDLIB_ONLY)
def test_the_innermost_modules_import_only_the_standard_library(name: str) -> None:
    foreign = imports(ROOT / "archive" / f"{name}.py") & {"lxml", "bs4", "click", "sqlite_utils", "nh3", "warcio"}
    assert not foreign


def test_nothing_imports_the_command_line() -> None:
    importers = [
        path.name
        for folder in ("archive", "crawler")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^from archive\.cli import|^import archive\.cli", path.read_text(), re.MULTILINE)
    ]
    assert not importers


def test_every_table_and_column_is_described(tmp_path: Path) -> None:
    db = open_database(tmp_path / "archive.db")
    real = {
        name: {column.name for column in db[name].columns}
        for name in [*db.table_names(), *db.view_names()]
        if not name.startswith(("posts_fts", "_sqlite", "sqlite_"))
    }
    described = {name: set(columns) for name, (_, columns) in DESCRIPTIONS.items()}
    assert described == real


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"clipfile {command}" in (ROOT / "docs" / "cli.md").read_text()


@pytest.mark.parametrize(("code", "meaning"), EXIT_CODES.items())
def test_every_exit_code_is_documented(code: int, meaning: str) -> None:
    assert f"| {code} | {meaning} |" in (ROOT / "docs" / "cli.md").read_text()


def test_the_data_model_page_is_what_the_dictionary_says() -> None:
    page = (ROOT / "docs" / "data-model.md").read_text()
    missing = [
        f"{table}.{column}"
        for table, (_, columns) in DESCRIPTIONS.items()
        for column, text in columns.items()
        if f"| `{column}` | {text} |" not in page
    ]
    assert not missing


def test_the_oldest_python_is_the_same_for_pip_make_and_readers() -> None:
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert oldest
    assert f"sys.version_info < ({oldest[1].replace('.', ', ')})" in (ROOT / "Makefile").read_text()
    assert f"Python {oldest[1]} or later" in (ROOT / "README.md").read_text()
