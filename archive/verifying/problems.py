"""What a check of the archive can find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archive.warc.rules import Severity

Check = Literal["record", "pointer", "database", "search", "posts"]
"""`record`: a WARC file by itself; `pointer`: database against WARC files; `database`: the file and its structure;
`search`: the full-text index; `posts`: what a post's rows say of each other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is not as it should be, with its place."""

    severity: Severity
    """`error`: damage. `warning`: odd or unchecked, but nothing is lost."""
    check: Check
    what: str
    file: str | None = None
    """Name of the WARC file or database."""
    offset: int | None = None
    """Byte in that file; None when it is not about one place."""
    url: str | None = None
    """What it is a capture or post of, where that is known."""


def render(problem: Problem) -> str:
    """The problem on one line: what, of which page, where."""
    place = f"{problem.file} at byte {problem.offset}" if problem.offset is not None else problem.file
    about = " · ".join(part for part in (problem.url, place) if part)
    return f"{problem.severity}: {problem.what}" + (f"  [{about}]" if about else "")
