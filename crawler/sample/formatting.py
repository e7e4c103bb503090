"""What WordPress does to a post between the editor and the page: paragraphs, block comments, excerpts."""

from __future__ import annotations

import html
import re

BLOCK_TAGS = "address|article|aside|blockquote|div|dl|fieldset|figure|form|h[1-6]|hr|iframe|ol|p|pre|section|table|ul"
PAGE_BREAK = "<!--nextpage-->"

_BLOCK = re.compile(rf"<(?:{BLOCK_TAGS})[\s>]", re.I)
_BLOCK_COMMENT = re.compile(r"<!-- /?wp:.*?-->\n?", re.S)
_TAG = re.compile(r"<[^>]+>")

EDITOR_BLOCKS = (
    ("<h", "heading"),
    ('<figure class="wp-block-image', "image"),
    ('<figure class="wp-block-embed', "embed"),
    ("<blockquote", "quote"),
    ("<table", "table"),
    ("<ul", "list"),
    ("<", "html"),
)
"""How a chunk of HTML begins → the block the editor files it under; chunks without a tag are paragraphs."""


def chunks(text: str) -> list[str]:
    """The blank-line separated parts of what an editor typed."""
    return [chunk.strip() for chunk in re.split(r"\n\s*\n", text.strip()) if chunk.strip()]


def is_block(chunk: str) -> bool:
    return _BLOCK.match(chunk) is not None


def as_blocks(text: str) -> str:
    """What the block editor saves: every chunk between comments that name its block."""
    return "\n\n".join(_as_block(chunk) for chunk in chunks(text))


def _as_block(chunk: str) -> str:
    if chunk == PAGE_BREAK:
        return f"<!-- wp:nextpage -->\n{chunk}\n<!-- /wp:nextpage -->"
    if not is_block(chunk):
        return f"<!-- wp:paragraph -->\n{_paragraph(chunk, '<br>')}\n<!-- /wp:paragraph -->"
    name = next(name for start, name in EDITOR_BLOCKS if chunk.startswith(start))
    return f"<!-- wp:{name} -->\n{chunk}\n<!-- /wp:{name} -->"


def the_content(saved: str) -> str:
    """The HTML a theme prints for a saved post: block comments go, classic text gets its paragraphs."""
    if "<!-- wp:" in saved:
        return _BLOCK_COMMENT.sub("", saved).strip()
    return "\n".join(chunk if is_block(chunk) else _paragraph(chunk, "<br />\n") for chunk in chunks(saved))


def _paragraph(chunk: str, line_break: str) -> str:
    return f"<p>{chunk.replace(chr(10), line_break)}</p>"


def pages_of(saved: str) -> list[str]:
    """The parts of a post divided by page breaks; most posts have one."""
    return re.split(rf"(?:<!-- /?wp:nextpage -->|{PAGE_BREAK}|\n)*{PAGE_BREAK}(?:\s*<!-- /wp:nextpage -->)?", saved)


def plain(markup: str) -> str:
    """The words of some HTML, white space folded."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


def trimmed(text: str, words: int) -> str:
    parts = text.split()
    return text if len(parts) <= words else " ".join(parts[:words]) + " […]"
