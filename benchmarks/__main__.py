"""`python -m benchmarks [NAME…] [--size toy|small|full]`: run them, print the tables, keep the results.

Results go to `results/NAME.json`. The tables of a full run also replace the block of that name in docs/performance.md.
A toy run only shows that a benchmark still works, and leaves nothing behind.
"""

from __future__ import annotations

import json
import pkgutil
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from tabulate import tabulate

import benchmarks
from archive.store.values import now
from benchmarks.measure import machine

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
DOCUMENT = HERE.parent / "docs" / "performance.md"


def known() -> dict[str, Any]:
    """Every benchmark by its name: the modules beside this one that have NAME, DESCRIPTION and run()."""
    found = {}
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name != "__main__":
            loaded = import_module(f"benchmarks.{module.name}")
            if hasattr(loaded, "NAME"):
                found[loaded.NAME] = loaded
    return found


@click.command()
@click.argument("names", nargs=-1)
@click.option("--size", type=click.Choice(["toy", "small", "full"]), default="full", show_default=True)
def main(names: tuple[str, ...], size: str) -> None:
    """Run the benchmarks called NAMES, or all of them."""
    modules = known()
    if unknown := [name for name in names if name not in modules]:
        raise click.UsageError(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(modules)}")
    for name in names or modules:
        click.echo(f"\n# {name}: {modules[name].DESCRIPTION} ({size})")
        result = {"name": name, "size": size, "measured_at": now(), "machine": machine(), **modules[name].run(size)}
        click.echo(render(result))
        if size != "toy":
            keep(name, result)


def keep(name: str, result: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if result["size"] == "full":
        document = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(with_block(document, name, render(result)), encoding="utf-8")


def render(result: dict[str, Any]) -> str:
    """A result as Markdown: its tables, what must hold, and what a reader should know."""
    facts = result["machine"]
    parts = [
        tabulate(shown["rows"], headers=shown["columns"], tablefmt="github", disable_numparse=True)
        for shown in result.get("tables", ())
    ]
    promises = [
        [each["what"], each["value"], each["limit"], "yes" if each["holds"] else "**no**"]
        for each in result.get("promises", ())
    ]
    if promises:
        parts.append(tabulate(promises, headers=("what must hold", "measured", "limit", "holds"), tablefmt="github"))
    conditions = (
        f"Size {result['size']}, {result['measured_at'][:10]}, {facts['cpus']} cores, "
        f"load {facts['load']} at the start, Python {facts['python']}, SQLite {facts['sqlite']}, "
        f"fsync of 20 kB {facts['fsync_ms']} ms."
    )
    return "\n\n".join([*parts, *result.get("notes", ()), conditions])


def with_block(document: str, name: str, block: str) -> str:
    """*document* with the block between its `<!-- NAME -->` marks replaced; unchanged when it has no such marks.

    >>> with_block("a <!-- x -->old<!-- /x --> z", "x", "new").split()
    ['a', '<!--', 'x', '-->', 'new', '<!--', '/x', '-->', 'z']
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    between = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
    return between.sub(lambda _: f"{begin}\n\n{block}\n\n{end}", document)


if __name__ == "__main__":
    main()
