"""What every command prints with `--json` is what docs/schemas/ says."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click
import pytest
from click.testing import CliRunner
from sampled import Sampled

from archive.cli import COMMANDS, clipfile
from archive.store import Store
from archive.watches import look
from crawler.sample import SampleBlog, posts

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")

SCHEMAS: Final = Path(__file__).parents[1] / "docs" / "schemas"
NO_JSON: Final = {"serve": "it prints nothing but where it is"}

CASES: Final[dict[str, tuple[Sequence[str], ...]]] = {
    "runs": (["runs"],),
    "run": (["runs", "1"],),
    "watch-list": (["watch"], ["watch", "list"]),
    "watch-add": (["watch", "add", "new", "steel -podcast", "lag>x"],),
    "watch-show": (["watch", "show", "salt"], ["watch", "show", "salt", "--all"]),
    "watch-remove": (["watch", "remove", "new"],),
    "correct": (
        ["correct", "12", "--outlet", "MLive", "--author", "Ann Ash", "--note", "why"],
        ["correct", "20", "--none", "original_on"],
        ["correct", "12", "--undo", "outlet"],
    ),
    "correct-history": (["correct", "12", "--history"],),
    "outlets-join": (["outlets", "join", "MLive", "Axios Detroit"],),
    "authors-join": (["authors", "join", "Desmond Halley", "Sunita Varga"],),
    "withhold": (["withhold", "13", "--until", "2099-01-01"], ["withhold", "13", "--undo"]),
    "withhold-list": (["withhold"],),
    "search": (
        ["search", "steel OR lock", "--facets"],
        ["search", "--sort", "newest", "--limit", "60"],
        ["search", "--sort", "lag", "is:duplicate"],
        ["search", "chargrs outlet:fripp lag>x"],
        ["search", "is:withheld"],
    ),
    "show": tuple(["show", str(number)] for number in range(1, 127, 9)),
    "cite": (["cite", "91"], ["cite", "12", "--repost"], ["cite", "40"]),
    "export": (["export", "steel", "--format", "csv", "--output", "{folder}/steel.csv"],),
    "publish": (["publish", "--output", "{folder}/public.db"],),
    "review": (["review"],),
    "outlets": (["outlets"],),
    "outlets-unknown": (["outlets", "--unknown"],),
    "authors": (["authors"],),
    "gaps": (["gaps"],),
    "status": (["status"],),
    "verify": (["verify", "--sample", "20"],),
    "inspect": (["inspect", "{folder}/page.html", "--url", "https://blog.example/a/"],),
    "sites": (["sites"],),
    "schedule": (["schedule", "sample", "--kind", "cron", "--print"],),
    "audit": (["audit", "{folder}/labelled.jsonl"],),
}
"""Schema → calls whose answers it describes, in an order in which each finds what it asks for."""

SLOW_CASES: Final[dict[str, tuple[Sequence[str], ...]]] = {
    "import": (["import", "{folder}/warc", "--dry-run"],),
    "reread": (["reread", "--dry-run"], ["reread"]),
    "rebuild": (["rebuild", "--into", "{folder}/anew"],),
    "merge": (["merge", "{folder}/anew"],),
}
ELSEWHERE: Final = {"crawl", "inspect-line", "sites-check"}
"""Described too, and checked by tests of their own below."""


@pytest.fixture(scope="module")
def crawled(sampled: Sampled, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The sample blog's archive with something corrected, withheld and watched; and what its crawl printed."""
    folder = sampled.first.copied(tmp_path_factory.mktemp("crawled") / "data")
    store = Store.open(folder / "archive.db")
    with store.atomic():
        store.withholdings.make(14, until_on=None, reason="rights", made_by=None)
        store.watches.add("salt", "salt OR steel")
        look(store, 1)
    store.close()
    page = next(post for post in posts(1) if post.slug == "steel-duty-doubles").content
    (folder / "page.html").write_text(f"<!doctype html><title>Steel</title><h1>Steel</h1><article>{page}</article>")
    labelled = {"url": "https://blog.example/a/", "html": page, "labels": {"is_repost": True, "outlet": "MLive"}}
    (folder / "labelled.jsonl").write_text(json.dumps(labelled) + "\n")
    return folder, json.loads(sampled.first.ended.out)


def command(*words: str, given: str = "") -> str:
    """What the command prints, run as a user runs it."""
    ran = subprocess.run(
        [sys.executable, "-m", "archive.cli", *words], input=given, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode in (0, 3), ran.stderr
    return ran.stdout


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


def check(name: str, answer: Any) -> None:
    jsonschema.Draft202012Validator(schema(name)).validate(answer)


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_a_schema_is_one_and_is_checked_here(path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(path.stem))
    assert path.stem in CASES.keys() | SLOW_CASES.keys() | ELSEWHERE


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and every command of a command, by the words they are called with."""
    for name, (module, _) in COMMANDS.items():
        found = getattr(importlib.import_module(module), f"{name.replace('-', '_')}_command")
        yield name, found
        if isinstance(found, click.Group):
            yield from ((f"{name} {inner}", each) for inner, each in found.commands.items())


def test_every_command_that_prints_data_has_json_and_a_schema() -> None:
    titles = " ".join(schema(path.stem)["title"] for path in SCHEMAS.glob("*.json"))
    for name, found in commands():
        options = {option for parameter in found.params for option in parameter.opts}
        assert ("--json" in options) == (name not in NO_JSON), name
        assert f"clipfile {name}" in titles or name in NO_JSON, name


@pytest.mark.parametrize("name", CASES)
def test_a_command_prints_what_its_schema_says(name: str, crawled: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = crawled
    for words in CASES[name]:
        check(name, answer(folder, words))


def answer(folder: Path, words: Sequence[str]) -> Any:
    placed = [word.replace("{folder}", str(folder)) for word in words]
    where = [] if words[0] in ("inspect", "sites") else ["--archive", str(folder)]
    ran = CliRunner().invoke(clipfile, [*placed, *where, "--json"])
    if ran.exception and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return json.loads(ran.stdout)


@pytest.mark.slow
def test_long_work_prints_what_its_schema_says(crawled: tuple[Path, dict[str, Any]]) -> None:
    for name, calls in SLOW_CASES.items():
        for words in calls:
            check(name, answer(crawled[0], words))


def test_a_crawl_prints_its_run(crawled: tuple[Path, dict[str, Any]]) -> None:
    check("crawl", crawled[1])


def test_inspect_answers_each_line_in_its_shape() -> None:
    pages = [{"url": post.url("https://harbor.example"), "html": post.content} for post in posts(1)[:12]]
    given = "".join(json.dumps(page) + "\n" for page in pages)
    lines = CliRunner().invoke(clipfile, ["inspect", "--jsonl"], input=given).stdout.splitlines()
    assert len(lines) == len(pages)
    for line in lines:
        check("inspect-line", json.loads(line))


@pytest.mark.slow
def test_a_check_of_a_blog_prints_what_its_schema_says() -> None:
    with SampleBlog(edition=1) as blog:
        check("sites-check", json.loads(command("sites", "check", blog.url, "--allow-private", "--json")))


def test_a_schema_notices_what_it_does_not_know() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check("export", {"format": "csv", "clippings": "3", "output": "x", "bytes": 1})
    with pytest.raises(jsonschema.ValidationError):
        check("export", {"format": "csv", "clippings": 3, "output": "x", "bytes": 1, "more": 1})
