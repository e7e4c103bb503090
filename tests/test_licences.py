"""Which licences the packages that run with us are under."""

from __future__ import annotations

from pathlib import Path

from tests.licences import FORBIDDEN, closure, licence, page

ROOT = Path(__file__).parent.parent


def test_the_licences_page_is_what_is_installed() -> None:
    assert page() == (ROOT / "docs" / "licences.md").read_text(encoding="utf-8"), "make licences writes it anew"


def test_nothing_that_runs_with_us_is_under_the_gpl() -> None:
    assert {name: licence(package) for name, package in closure().items() if FORBIDDEN.search(licence(package))} == {}
    assert len(closure()) > 40


def test_every_package_says_its_licence() -> None:
    assert [name for name, package in closure().items() if licence(package) == "not said"] == []


def test_every_package_is_pinned_with_its_digest() -> None:
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in pinned.splitlines() if "==" in line]
    assert all(line.endswith("\\") for line in lines), "each pin is followed by its digests"
    names = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    assert set(closure()) <= names
