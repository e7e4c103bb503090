"""Archives filed once for all tests, the site over them, here and served, and a browser where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import Getter, close_sites, getter
from filing import harbor_line, hostile
from serving_site import CHROMIUM, FLAGS, Trap, served

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session", autouse=True)
def closed_at_the_end() -> Iterator[None]:
    yield
    close_sites()


@pytest.fixture(scope="session")
def harbor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return harbor_line(tmp_path_factory.mktemp("harbor"))


@pytest.fixture(scope="session")
def hostile_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="session")
def get(harbor: Path) -> Getter:
    return getter(harbor)


@pytest.fixture(scope="session")
def site(harbor: Path) -> Iterator[str]:
    with served(harbor) as url:
        yield url


@pytest.fixture(scope="session")
def hostile_site(hostile_archive: Path) -> Iterator[str]:
    with served(hostile_archive) as url:
        yield url


@pytest.fixture(scope="session")
def trap() -> Iterator[Trap]:
    set_up = Trap()
    yield set_up
    set_up.close()


@pytest.fixture(scope="session")
def chromium(trap: Trap) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, trap.flag])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not installed (make axe)")
    return AXE.read_text()
