"""How much of everything a page holds: `python -m benchmarks.density [FOLDER]` prints medians.

Without a folder it counts the pages of the benchmarks' blog, with one the saved WordPress pages in it of their length.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from lxml import etree, html
from tabulate import tabulate

from benchmarks.blog import Blog
from crawler.pages import UnreadablePageError, parse_page, read_post

SHORTEST, LONGEST = 60_000, 100_000
TAGS = ("div", "span", "a", "li", "p", "img", "script", "link", "meta")


def counts(body: bytes) -> dict[str, int]:
    """What one page holds. Raises UnreadablePageError."""
    tree = html.document_fromstring(body)
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    named = [element.tag for element in elements]
    post = read_post(parse_page(body, url="https://blog.example/a-post/"))
    return {
        "bytes": len(body),
        "elements": len(elements),
        "attributes": sum(len(element.attrib) for element in elements),
        "bytes of attributes": sum(len(k) + len(v) + 4 for element in elements for k, v in element.attrib.items()),
        "bytes of scripts and styles": sum(len(e.text or "") for e in elements if e.tag in ("script", "style")),
        "comments": sum(1 for _ in tree.iter(etree.Comment)),
        **{f"<{tag}>": named.count(tag) for tag in TAGS},
        "characters of the post": len(post.text),
        "lines of head and post": len(post.lines),
    }


def medians(pages: Sequence[bytes]) -> dict[str, int]:
    found = []
    for body in pages:
        try:
            found.append(counts(body))
        except UnreadablePageError:
            continue
    return {name: round(statistics.median([one[name] for one in found])) for name in found[0]} if found else {}


def our_pages(count: int) -> list[bytes]:
    blog = Blog(count, "https://harbor.example")
    return [b"".join(blog.answers[post.path]) for post in blog.posts]


def saved_pages(folder: Path) -> list[bytes]:
    bodies = (path.read_bytes() for path in sorted(folder.rglob("*.html")))
    return [body for body in bodies if SHORTEST <= len(body) <= LONGEST and b"wp-content" in body]


def main() -> None:
    pages = saved_pages(Path(sys.argv[1])) if len(sys.argv) > 1 else our_pages(40)
    print(tabulate(list(medians(pages).items()), headers=("of a page", f"median of {len(pages)}"), tablefmt="github"))


if __name__ == "__main__":
    main()
