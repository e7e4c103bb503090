"""`python -m tests.licences > docs/licences.md`: what Clipfile needs when it runs, and under which licences.

Read from the metadata of the installed packages, beginning with Clipfile's own requirements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

from packaging.requirements import Requirement

EXTRAS: Final = ("", "browse", "notify")
"""What somebody may install to use Clipfile; `test` and `lint` are for working on it."""

FORBIDDEN: Final = re.compile(r"\bA?GPL|(?<!Lesser )General Public License|Affero", re.IGNORECASE)

SPELLED_OUT: Final = {"BSD License": "BSD", "Apache Software License": "Apache-2.0", "MIT License": "MIT"}
TELLING_WORDS: Final = (
    ("GNU", "GPL or one of its kin"),
    ("Neither the name", "BSD-3-Clause"),
    ("Redistributions in binary form", "BSD-2-Clause"),
    ("Permission is hereby granted, free of charge", "MIT"),
)
_LIBRARY: Final = "License :: OSI Approved :: "


HEAD: Final = """\
# Licences: what Clipfile needs when it runs

Clipfile itself is under the MIT licence. It needs the packages below, with the extras `browse` and `notify`; none is
under the GPL or AGPL, and a test keeps it so. Their versions and digests are in `constraints.txt`. This page is
written by `make licences` from what is installed, and a test compares.

`make audit` looks the pinned versions up in the public list of known vulnerabilities.

| package | version | licence |
| --- | --- | --- |"""


def closure() -> dict[str, Distribution]:
    """Every package that is installed for the run-time requirements, by name."""
    found: dict[str, Distribution] = {}
    waiting = list(requirements(distribution("clipfile"), EXTRAS))
    while waiting:
        wanted = waiting.pop()
        name = wanted.name.lower().replace("_", "-")
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # not for this platform or version of Python
        if name not in found:
            found[name] = package
            waiting += requirements(package, ("", *wanted.extras))
    return dict(sorted(found.items()))


def requirements(package: Distribution, extras: tuple[str, ...]) -> Iterator[Requirement]:
    for text in package.requires or ():
        wanted = Requirement(text)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras):
            yield wanted


def licence(package: Distribution) -> str:
    """The licence by the package's own word: an SPDX expression, its classifiers, or the first line it wrote."""
    said = package.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    classified = [line.removeprefix(_LIBRARY) for line in said.get_all("Classifier") or () if line.startswith(_LIBRARY)]
    if classified:
        return ", ".join(SPELLED_OUT.get(name, name) for name in classified)
    written = (said.get("License") or "").strip().splitlines()
    return written[0][:60] if written else _by_its_text(package)


def _by_its_text(package: Distribution) -> str:
    """For a package whose metadata says nothing: the licence whose words its LICENSE file has."""
    files = [file for file in package.files or () if file.name.upper().startswith(("LICENSE", "COPYING"))]
    text = " ".join(" ".join(file.read_text().split()) for file in files)
    return next((name for words, name in TELLING_WORDS if words in text), "not said")


def page() -> str:
    rows = [f"| {name} | {package.version} | {licence(package)} |" for name, package in closure().items()]
    return "\n".join([HEAD, *rows, ""])


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
