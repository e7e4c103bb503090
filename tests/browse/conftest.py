"""Archives filed once for all tests, the site over them, here and served, and a browser where there is one."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the tests' own helpers, wherever the run was started

from filing import harbor_line, hostile
from serving_site import CHROMIUM, FLAGS, Trap, served

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True, kw_only=True, slots=True)
class Got:
    """An answer of the site."""

    status: int
    headers: dict[str, str]
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


Getter = Callable[..., Got]

# While a browser is open, Playwright's event loop runs in the tests' own thread.
THREAD = ThreadPoolExecutor(1)
RUNNER = asyncio.Runner()
SITES: list[Any] = []


@pytest.fixture(scope="session", autouse=True)
def closed_at_the_end() -> Iterator[None]:
    yield
    THREAD.submit(RUNNER.close).result()
    for site in SITES:
        for database in site.databases.values():
            database.close()


@pytest.fixture(scope="session")
def harbor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return harbor_line(tmp_path_factory.mktemp("harbor"))


@pytest.fixture(scope="session")
def hostile_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile(tmp_path_factory.mktemp("hostile"))


def getter(*databases: Path, **options: Any) -> Getter:
    """Asks a site over these databases that is made at the first question, without a network."""
    from datasette.app import Datasette
    from datasette.plugins import pm

    from archive.browse import plugin

    if not pm.is_registered(plugin):
        pm.register(plugin, name="clipfile")
    started: list[Any] = []

    async def ask(path: str, method: str, **sent: Any) -> Got:
        if not started:
            started.append(Datasette([str(database) for database in databases], **options))
            SITES.extend(started)
            await started[0].invoke_startup()
        answer = await started[0].client.request(method, path, follow_redirects=False, **sent)
        return Got(status=answer.status_code, headers=dict(answer.headers), text=answer.text)

    def get(path: str, method: str = "GET", **sent: Any) -> Got:
        return THREAD.submit(lambda: RUNNER.run(ask(path, method, **sent))).result()

    return get


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
