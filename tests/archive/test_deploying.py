"""The container's files: what they copy is there, what they call can be called, and a stop ends a crawl in order."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from archive.cli import clipfile

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FOR_EVER = "while :; do /bin/sleep 0.05; done"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


def instructions(name: str) -> list[str]:
    """The words behind each instruction of that name, with continued lines joined."""
    lines = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()
    return [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")]


def check_command(words: list[str]) -> None:
    """Raises where `clipfile` does not know the command, or one of its options."""
    command = clipfile.get_command(click.Context(clipfile), words[0])
    assert command is not None, words
    command.make_context(words[0], [*words[1:]], resilient_parsing=False)


def test_what_the_image_copies_is_there() -> None:
    copied = [shlex.split(line) for line in instructions("COPY") if "--from" not in line]
    sources = [word for words in copied for word in words[:-1] if not word.startswith("--")]
    assert {"archive", "crawler", "pyproject.toml", "deploy/crawl-regularly"} <= set(sources)
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_what_the_image_copies_is_sent_to_the_builder_and_no_archive_is() -> None:
    sent = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [shlex.split(line) for line in instructions("COPY") if "--from" not in line]
    assert set(sent) == {word for words in copied for word in words[:-1] if not word.startswith("--")}


def test_the_image_has_what_runs_and_nothing_for_tests() -> None:
    """The names it takes from pyproject.toml, and their versions and digests from constraints.txt."""
    made = "".join(line for line in instructions("RUN") if "needed.txt" in line)
    (names,) = re.findall(r"python -c '(.+?)'", made)
    done = subprocess.run([sys.executable, "-c", names], cwd=ROOT, capture_output=True, text=True, check=True)
    needed = [re.split(r"[<>=]", line)[0] for line in done.stdout.splitlines()]
    assert {"scrapy", "datasette", "apprise"} <= set(needed)
    assert not {"pytest", "mypy", "playwright"} & set(needed)
    pinned = (ROOT / "constraints.txt").read_text()
    assert [name for name in (*needed, "pip", "setuptools") if f"\n{name}==" not in f"\n{pinned}"] == []


def test_what_the_package_needs_to_be_built_is_copied() -> None:
    """The readme and the licence are named in pyproject.toml: without them there is no wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    copied = " ".join(instructions("COPY")).split()
    assert {project["readme"], *project["license-files"]} <= set(copied)


def test_the_image_answers_as_clipfile_and_its_health_is_status() -> None:
    assert [json.loads(line) for line in instructions("ENTRYPOINT")] == [["clipfile"]]
    (health,) = re.findall(r"CMD (\[.+\])", " ".join(instructions("HEALTHCHECK")))
    for words in (json.loads(health)[1:], *(json.loads(line) for line in instructions("CMD"))):
        check_command(words)


def test_the_image_runs_as_nobody_and_writes_to_its_volume_alone() -> None:
    assert instructions("USER") == ["clipfile"]
    assert instructions("VOLUME") == ["/archive"]
    assert "CLIPFILE_ARCHIVE=/archive" in instructions("ENV")[0]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return told


def test_both_services_share_one_volume_and_can_do_no_more_than_they_must(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"crawl", "browse"}
    for service in compose["services"].values():
        assert service["volumes"] == ["archive:/archive"]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert "archive" in compose["volumes"]


def test_the_services_call_what_the_image_has(compose: dict[str, Any]) -> None:
    services = compose["services"]
    check_command(services["browse"]["command"])
    assert services["browse"]["ports"] == ["127.0.0.1:8001:8001"], "shown to this machine only"
    (entrypoint,) = services["crawl"]["entrypoint"]
    assert f"deploy/{Path(entrypoint).name} {entrypoint}" in " ".join(instructions("COPY"))
    script = (DEPLOY / Path(entrypoint).name).read_text()
    assert set(services["crawl"]["environment"]) == set(re.findall(r"\$\{(CLIPFILE_\w+):", script))


def test_a_stopped_container_passes_the_stop_on_to_its_crawl(tmp_path: Path) -> None:
    """So that the crawl ends in order: the next one goes on from there."""
    said = tmp_path / "said"
    for name, text in {
        "hostname": "echo here",
        "sleep": "exec /bin/true",
        "clipfile": f"trap 'echo stopped >> {said}; exit 3' TERM\necho \"$@\" >> {said}\n"
        f"[ $1 = crawl ] || exit\n{FOR_EVER}",
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    environ = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "CLIPFILE_SITE": "a blog"}
    with subprocess.Popen(["sh", str(DEPLOY / "crawl-regularly")], env=environ) as process:
        while not said.exists() or "crawl" not in said.read_text():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert said.read_text().splitlines() == [
        "schedule a blog --every daily --kind container",  # so that status knows when a run is overdue
        "crawl a blog",
        "stopped",
    ]


def test_a_container_without_a_site_says_so() -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CLIPFILE_")}
    done = subprocess.run(
        ["sh", str(DEPLOY / "crawl-regularly")], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "says which site to crawl" in done.stderr
