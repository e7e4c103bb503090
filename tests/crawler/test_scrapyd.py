"""Clipfile as an egg in a real scrapyd on loopback, as docs/scheduling.md says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crawling import clippings

from crawler.sample.server import SampleBlog

pytest.importorskip("scrapyd", reason="scrapyd has a venv of its own, which .ci/run makes")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90

CONFIGURATION = """\
[scrapyd]
bind_address = 127.0.0.1
http_port = {port}
eggs_dir = {folder}/eggs
logs_dir = {folder}/logs
dbs_dir = {folder}/dbs
items_dir = {folder}/items
poll_interval = 0.2
"""


@pytest.fixture(scope="module")
def egg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as docs/scheduling.md says, in a copy of the tree: setuptools leaves its traces."""
    copy = tmp_path_factory.mktemp("egg")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for name in ("archive", "crawler"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [sys.executable, "-c", "import setuptools; setuptools.setup()", "-q", "bdist_egg"],
        cwd=copy, check=True, capture_output=True, timeout=PATIENCE_S,
    )  # fmt: skip
    return next((copy / "dist").glob("*.egg"))


@pytest.fixture(scope="module")
def scrapyd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("scrapyd")
    port = free_port()
    (folder / "scrapyd.conf").write_text(CONFIGURATION.format(port=port, folder=folder))
    with (folder / "log").open("w") as log:
        # a folder of its own, so that the project comes from the egg and from nowhere else
        server = subprocess.Popen(
            [sys.executable, "-m", "scrapyd"], cwd=folder, stdout=log, stderr=log,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(f"{url}/daemonstatus.json"))
            yield url
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE_S)


def free_port() -> int:
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port


def wait_until(is_so: Callable[[], bool]) -> None:
    """Another process can only be asked again and again."""
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        return get(url)["status"] == "ok"
    except OSError:
        return False


def get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def post(url: str, fields: list[tuple[str, str]]) -> dict[str, Any]:
    with urllib.request.urlopen(url, urllib.parse.urlencode(fields).encode(), timeout=PATIENCE_S) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def deploy(scrapyd: str, egg: Path) -> dict[str, Any]:
    """What `scrapyd-deploy` sends: a form with the egg in it."""
    boundary = "clipfile-egg"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (("project", "clipfile"), ("version", "1"))
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="egg"; filename="clipfile.egg"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + egg.read_bytes()
        + b"\r\n"
    )
    request = urllib.request.Request(
        f"{scrapyd}/addversion.json", data=b"".join([*parts, f"--{boundary}--\r\n".encode()]),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_scrapyd_runs_the_egg_and_the_archive_is_filled(scrapyd: str, egg: Path, tmp_path: Path) -> None:
    deployed = deploy(scrapyd, egg)
    assert (deployed["status"], deployed.get("spiders")) == ("ok", 1), deployed
    assert get(f"{scrapyd}/listspiders.json?project=clipfile")["spiders"] == ["blog"]
    archive = tmp_path / "data"
    with SampleBlog() as blog:
        fields = [
            ("project", "clipfile"), ("spider", "blog"), ("site", blog.url),
            ("setting", f"CLIPFILE_ARCHIVE={archive}"), ("setting", f"ALLOW_PRIVATE_ORIGIN={blog.url}"),
            ("setting", "DOWNLOAD_DELAY=0"), ("setting", "AUTOTHROTTLE_ENABLED=0"), ("setting", "CLIPFILE_LIMIT=5"),
        ]  # fmt: skip
        scheduled = post(f"{scrapyd}/schedule.json", fields)
        assert scheduled["status"] == "ok", scheduled
        wait_until(lambda: bool(get(f"{scrapyd}/listjobs.json?project=clipfile")["finished"]))
    assert len(clippings(archive)) == 5
