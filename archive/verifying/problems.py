"""What a check of the archive finds, in a line."""

from __future__ import annotations

from archive.fixity import Finding


def render(found: Finding) -> str:
    """The finding on one line: what, of which page, where."""
    place = f"{found.file} at byte {found.offset}" if found.offset is not None else found.file
    about = " · ".join(part for part in (found.url, place) if part)
    return f"{found.severity}: {found.what}" + (f"  [{about}]" if about else "")
