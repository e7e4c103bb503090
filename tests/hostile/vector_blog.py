"""A blog whose posts carry the vectors in every field a post has, and in the body, as markup and as words."""

from __future__ import annotations

import html
import json
from typing import Final
from urllib.parse import urlsplit

from tests.hostile.pages import PROSE, Card, listing
from tests.hostile.server import Answer, Server, whole
from tests.hostile.vectors import VECTORS

VECTORS_A_POST: Final = 12
BATCHES: Final = tuple(VECTORS[start : start + VECTORS_A_POST] for start in range(0, len(VECTORS), VECTORS_A_POST))


class VectorBlog(Server):
    def __init__(self) -> None:
        super().__init__(self.find)
        self.url = f"{self.origin}/blog/"

    def find(self, target: str) -> Answer:
        name = urlsplit(target).path.strip("/").rpartition("/")[2]
        if name.startswith("batch-"):
            return whole(post(BATCHES[int(name.removeprefix("batch-"))]))
        if name != "blog":
            return whole("<p>nothing</p>", status=404)
        cards = [Card(path=f"/blog/batch-{n}/", title=" ".join(batch)) for n, batch in enumerate(BATCHES)]
        return whole(listing("All posts", cards))


def post(batch: tuple[str, ...]) -> str:
    """The vectors as words in every field, as attributes where a field has one, and as markup in the body."""
    shown = [html.escape(vector) for vector in batch]
    terms = "".join(f'<a href="/blog/category/c/" rel="category tag">{words}</a>' for words in shown)
    tags = "".join(f'<a href="/blog/tag/t/" rel="tag">{words}</a>' for words in shown)
    pictures = "".join(f'<img src="/p.png?{n}" alt="{words}" title="{words}">' for n, words in enumerate(shown))
    heads = "".join(f"<p>{words}</p><p>By {words}</p>" for words in shown[:3])
    markup = "".join(f"<div>{vector}</div>" for vector in batch)
    graph = {
        "@type": "BlogPosting",
        "headline": batch[0],
        "author": [{"@type": "Person", "name": vector} for vector in batch],
        "keywords": list(batch),
        "articleSection": list(batch),
    }
    data = json.dumps(graph).replace("<", "\\u003c")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{" ".join(shown)}</title>'
        f'<meta name="author" content="{shown[0]}"><meta property="og:site_name" content="{shown[-1]}">'
        f'<script type="application/ld+json">{data}</script></head><body class="single single-post"><main>'
        f'<article class="post type-post hentry"><h1 class="entry-title">{" ".join(shown)}</h1><div class="entry-meta">'
        f'<time datetime="2024-05-06T09:00:00+00:00">May 6, 2024</time><span class="author vcard"><a rel="author">'
        f'{shown[0]}</a></span><span class="cat-links">{terms}</span><span class="tags-links">{tags}</span></div>'
        f'<div class="entry-content"><p>The Harbour Gazette {shown[0]}</p><p>May 3, 2024</p>{heads}'
        f"{''.join(f'<p>{sentence}</p>' for sentence in PROSE)}{pictures}{markup}</div></article></main></body></html>"
    )
