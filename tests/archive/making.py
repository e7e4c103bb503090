"""Posts, readings and captures for tests, with every field a test does not speak of filled in."""

from __future__ import annotations

from typing import Any

from archive.model import Evidence, Post, Reading
from archive.store import Store

SEEN_AT = "2026-03-02T09:00:00Z"


def a_post(slug: str = "yard-reopens", **facts: Any) -> Post:
    defaults: dict[str, Any] = {
        "url": f"https://blog.example/{slug}/",
        "title": "Dry dock reopens after a winter of repairs",
        "text": "The dry dock took its first freighter on Monday.\nTool and die shops nearby expect more work.",
        "html": "<p>The dry dock took its first freighter on Monday.</p>",
        "posted_on": "2026-03-01",
        "categories": ("Media Coverage",),
        "tags": ("ports",),
        "language": "en-US",
    }
    return Post(**{**defaults, **facts})


def a_reading(**facts: Any) -> Reading:
    defaults: dict[str, Any] = {
        "kind": "repost",
        "completeness": "full",
        "outlet": "The Detroit News",
        "outlet_printed": "The Detroit News",
        "authors": ("Marta Quill",),
        "original_on": "2026-02-27",
        "confidence": 0.97,
        "evidence": (
            Evidence(
                field="outlet",
                value="The Detroit News",
                printed="The Detroit News",
                where="content/p[1]",
                rule="head-block",
                confidence=0.97,
            ),
        ),
        "reader": "test",
    }
    return Reading(**{**defaults, **facts})


def a_run(store: Store, name: str = "blog") -> tuple[int, int]:
    """(site id, run id) of a run that has just begun."""
    with store.atomic():
        site_id = store.custody.save_site(name, f"https://{name}.example/")
        return site_id, store.custody.start_run(site_id, "full", {})
