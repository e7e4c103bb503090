"""The site over an archive, asked in this process, without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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


def close_sites() -> None:
    THREAD.submit(RUNNER.close).result()
    for site in SITES:
        for database in site.databases.values():
            database.close()
