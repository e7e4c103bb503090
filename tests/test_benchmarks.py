"""Every benchmark still runs, on as little as it can: so that none rots between two releases."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "benchmarks").glob("*.py"))
QUICK = {"reading"}
"""Done within two seconds at toy size."""


def names() -> list[str]:
    found = (re.search(r'^NAME = "(\w+)"', path.read_text(), re.MULTILINE) for path in MODULES)
    return [match[1] for match in found if match]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow, id=name) for name in names()]
)
def test_a_benchmark_runs_and_says_what_must_hold(name: str) -> None:
    command = [sys.executable, "-m", "benchmarks", name, "--size", "toy"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "| what must hold" in done.stdout


@pytest.mark.parametrize("name", names())
def test_each_benchmark_has_its_block_in_the_page_on_performance(name: str) -> None:
    page = (ROOT / "docs" / "performance.md").read_text()
    assert f"<!-- {name} -->" in page
    assert f"<!-- /{name} -->" in page


def beside_itself(*words: str) -> str:
    command = [sys.executable, "-m", "benchmarks.before", str(ROOT), "--rounds", "1", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_version_is_measured_beside_the_one_before() -> None:
    shown = beside_itself()
    assert "| provenance.read " in shown
    assert "60 of 60 pages are read alike" in shown


@pytest.mark.slow
def test_both_versions_crawl_as_well() -> None:
    assert "| CPU ms a page " in beside_itself("--crawls", "1", "--posts", "20")


def test_an_unknown_benchmark_is_named_with_those_there_are() -> None:
    command = [sys.executable, "-m", "benchmarks", "craw"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "no benchmark is called craw; there are: " in done.stderr
