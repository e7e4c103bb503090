"""What an unchanged page costs when it is captured again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from warc_making import AT, HTML, an_exchange, members, write_warc

LINKS = tuple(
    ("Link", f'<https://blog.example/wp-json/wp/v2/posts/{n}>; rel="alternate"; type="application/json"')
    for n in (1, 2)
)
HEADERS = (("Date", "Mon, 02 Mar 2026 09:00:00 GMT"), HTML, ("Server", "nginx"), ("Vary", "Accept-Encoding"), *LINKS)
ASKED = (
    ("Host", "blog.example"),
    ("User-Agent", "Clipfile/0.1 (+mailto:archive@library.example)"),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Language", "en"),
    ("Accept-Encoding", "gzip, deflate"),
)


@pytest.mark.parametrize("page_bytes", [60_000, 100_000])
def test_an_unchanged_page_adds_its_request_and_a_pointer_and_no_more(tmp_path: Path, page_bytes: int) -> None:
    """What the two take does not depend on the page (docs/captures.md says of what it is made)."""
    page = (
        "<p>The dry dock took its first freighter on Monday, and the cranes went back to work.</p>" * 2_000
    ).encode()
    facts = {"body": page[:page_bytes], "response_headers": HEADERS, "request_headers": ASKED}
    again = an_exchange(at=AT + timedelta(days=7), **facts)
    path, records = write_warc(tmp_path, [an_exchange(**facts), again])
    assert [record.revisit for record in records] == [False, True]
    request, revisit = members(path)[-2:]
    assert len(request) + len(revisit) < 1_350
