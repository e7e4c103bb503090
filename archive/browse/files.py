"""The style sheet, the script and the icon: read once, named by their content so that browsers may keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "assets"
TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def asset(name: str) -> tuple[bytes, str] | None:
    """Content and type of the file of that name; None when there is none."""
    path = FOLDER / name
    if Path(name).name != name or path.suffix not in TYPES or not path.is_file():
        return None
    return path.read_bytes(), TYPES[path.suffix]


@cache
def fingerprint(name: str) -> str:
    found = asset(name)
    return hashlib.sha256(found[0]).hexdigest()[:10] if found else ""
