"""The posts of the sample blog, with what a careful reader concludes about each.

The blog of the invented Harbor Auto Alliance reposts press articles among its own news, in every layout Clipfile knows
of. Outlets and places are real; articles, people and firms are invented. `posts(1)` is the blog as first seen,
`posts(2)` the same blog weeks later, edited, and `posts(3)` that one under a theme which hides where articles are from.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from zoneinfo import ZoneInfo

from crawler.sample.formatting import PAGE_BREAK, as_blocks, plain
from crawler.sample.prose import paragraphs

ZONE = ZoneInfo("America/Detroit")
THEME_SINCE = ((2023, "block"), (2018, "corporate"), (2014, "builder"), (0, "classic"))
"""First year of each template: redesigns never touched the older posts."""
BLOCK_EDITOR_SINCE = 2023

Gone = int | Literal["home"]
"""How a removed post answers: a status, or a redirect to the home page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What a careful reader concludes; the outlet by its canonical name, dates as precise as printed."""

    kind: str
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    original_on: str | None = None
    original_url: str | None = None
    image_credit: str | None = None
    agency: str | None = None
    completeness: str | None = None
    """full, excerpt or pointer for a repost, None for anything else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SamplePost:
    """One post as WordPress would store it."""

    id: int
    slug: str
    """As WordPress stores it: percent-encoded in lower case where it is not ASCII."""
    title: str
    """Plain text, not HTML."""
    posted_at: datetime
    modified_at: datetime
    author: str
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    content: str
    """What the editor saved: classic text with blank lines between paragraphs, or blocks between comments."""
    block: str
    """The part of `content` above the article that says where it is from; '' when there is none."""
    theme: str
    layout: str
    """Which of the layouts found on real blogs this post shows."""
    featured_image: str | None
    """Path below the uploads folder."""
    excerpt: str
    status: str
    language: str
    opening: str
    ending: str
    """First and last paragraph of the article in plain text, without lines about its origin; '' where it has none."""
    expected: Expected

    def url(self, base_url: str) -> str:
        return f"{base_url.rstrip('/')}/{self.slug}/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """The whole blog at one moment."""

    number: int
    as_of: datetime
    posts: tuple[SamplePost, ...]
    """Newest first, as WordPress lists them."""
    gone: dict[str, Gone]
    moved: dict[str, str]
    """Old slug → new slug, answered by a 301."""
    theme: str | None
    """One theme for all posts, or None where each keeps its own."""
    brand: tuple[str, str] | None = None
    """Old and new spelling of the house's name, applied to titles, texts and category names."""


def posts(edition: int = 1) -> tuple[SamplePost, ...]:
    """All public posts of an edition, newest first."""
    return edition_of(edition).posts


@cache
def edition_of(number: int) -> Edition:
    """The blog as of an edition; raises ValueError for one that does not exist."""
    if number == 1:
        return Edition(
            number=1,
            as_of=_local(datetime(2026, 10, 1, 6)),
            posts=_newest_first(_written(1)),
            gone={},
            moved={},
            theme=None,
        )
    if number == 2:
        return _second()
    if number == 3:
        return replace(edition_of(2), number=3, as_of=_local(datetime(2026, 11, 14, 6)), theme="redesign")
    raise ValueError(f"the sample blog has editions 1 to 3, not {number}")


def expected_labels(edition: int, base_url: str) -> Iterator[dict[str, Any]]:
    """For every post, newest first, what `clipfile inspect --jsonl` should say about its page."""
    for post in posts(edition):
        label = post.expected
        yield {
            "url": post.url(base_url),
            "id": post.id,
            "title": post.title,
            "kind": label.kind,
            "is_repost": label.kind == "repost",
            "completeness": label.completeness,
            "outlet": label.outlet,
            "original_authors": list(label.authors),
            "original_date": label.original_on,
            "original_url": label.original_url,
            "image_credit": label.image_credit,
            "agency": label.agency,
            "site_date": post.posted_at.date().isoformat(),
            "site_author": post.author,
            "categories": list(post.categories),
            "language": post.language,
            "layout": post.layout,
        }


def expected_as_jsonl(edition: int, base_url: str) -> str:
    """`expected_labels` as JSON Lines."""
    return "".join(json.dumps(label, ensure_ascii=False) + "\n" for label in expected_labels(edition, base_url))


@cache
def site() -> dict[str, Any]:
    """Name, users, categories and static pages of the blog."""
    return tomllib.loads(files("crawler.sample").joinpath("data/site.toml").read_text("utf-8"))


# --- writing the posts ------------------------------------------------------------------------------------------------


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    folder = files("crawler.sample").joinpath("data/posts")
    tables = [
        tomllib.loads(path.read_text("utf-8"))["post"] for path in folder.iterdir() if path.name.endswith(".toml")
    ]
    return tuple(sorted((row for table in tables for row in table), key=lambda row: row["id"]))


@cache
def _written(edition: int) -> tuple[SamplePost, ...]:
    return tuple(_post(row) for row in _rows() if row.get("edition", 1) <= edition)


def _post(row: dict[str, Any]) -> SamplePost:
    posted_at = _local(row["posted"])
    body = _body(row)
    saved = as_blocks if posted_at.year >= BLOCK_EDITOR_SINCE else str.strip
    block = saved(row.get("block", ""))
    parts = [saved(row.get("intro", "")), saved(_figure(row)), block, saved(_heading(row)), saved("\n\n".join(body))]
    return SamplePost(
        id=row["id"],
        slug=row["slug"],
        title=row["title"],
        posted_at=posted_at,
        modified_at=_local(row["modified"]) if "modified" in row else posted_at + timedelta(minutes=row["id"] % 3 * 47),
        author=_user_name(row["author"]),
        categories=tuple(row["categories"]),
        tags=tuple(row.get("tags", ())),
        content="\n\n".join(part for part in [*parts, saved(row.get("tail", ""))] if part),
        block=block,
        theme=row.get("theme") or next(theme for since, theme in THEME_SINCE if posted_at.year >= since),
        layout=row["layout"],
        featured_image=f"{posted_at:%Y/%m}/harbor-{row['id']}.png" if row["id"] % 5 else None,
        excerpt=row.get("lede", "") if row["id"] % 3 == 0 else "",
        status="publish",
        language=row.get("language", "en-US"),
        opening=plain(body[0]) if body else "",
        ending=plain(body[-1]) if body else "",
        expected=_expected(row),
    )


def _expected(row: dict[str, Any]) -> Expected:
    repost = row["kind"] == "repost"
    return Expected(
        kind=row["kind"],
        outlet=row.get("outlet"),
        authors=tuple(row.get("authors", ())),
        original_on=row.get("original_on"),
        original_url=row.get("original_url"),
        image_credit=row.get("image_credit"),
        agency=row.get("agency"),
        completeness=row.get("completeness", "full") if repost else None,
    )


def _body(row: dict[str, Any]) -> list[str]:
    """Paragraphs of the article; a post with `same_text_as` carries the text of another post, or more or less of it."""
    if "same_text_as" in row:
        other = next(other for other in _rows() if other["id"] == row["same_text_as"])
        return _body({**other, "words": row.get("words", other["words"])})
    if not row.get("words"):
        return [row["lede"]] if "lede" in row else []
    body = paragraphs(row["id"], row.get("topic", ""), row["words"], row.get("language", "en-US"), row.get("lede"))
    if row.get("page_break"):
        body.insert(len(body) // 2, PAGE_BREAK)
    return body


def _figure(row: dict[str, Any]) -> str:
    if "figure" not in row:
        return ""
    path, caption = row["figure"]
    image = f'<img class="size-large" src="/wp-content/uploads/{path}" alt="" width="640" height="360" />'
    credit = f'<figcaption class="wp-caption-text">{caption}</figcaption>'
    return f'<figure class="wp-caption alignnone">{image}{credit}</figure>'


def _heading(row: dict[str, Any]) -> str:
    return f"<h2>{row['heading']}</h2>" if "heading" in row else ""


def _user_name(login: str) -> str:
    return next(user["name"] for user in site()["users"] if user["login"] == login)


def _local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE)


def _newest_first(found: tuple[SamplePost, ...]) -> tuple[SamplePost, ...]:
    return tuple(sorted(found, key=lambda post: (post.posted_at, post.id), reverse=True))


# --- the second edition -----------------------------------------------------------------------------------------------


def _second() -> Edition:
    changes = tomllib.loads(files("crawler.sample").joinpath("data/edition-2.toml").read_text("utf-8"))
    edits = {edit["id"]: edit for edit in changes["edits"]}
    if unknown := edits.keys() - {post.id for post in _written(2)}:
        raise ValueError(f"edition 2 edits posts that do not exist: {sorted(unknown)}")
    old, new = brand = (changes["rebrand"]["old"], changes["rebrand"]["new"])
    swept_at = _local(changes["rebrand"]["from"])
    result = []
    for post in _written(2):
        if post.slug in changes["gone"]:
            continue
        renamed = _renamed(post, old, new, swept_at)
        swept_at += timedelta(seconds=20) if renamed.modified_at != post.modified_at else timedelta()
        result.append(_edited(renamed, edits.get(post.id, {}), changes["moved"]))
    return Edition(
        number=2,
        as_of=_local(changes["as_of"]),
        posts=_newest_first(tuple(result)),
        gone=changes["gone"],
        moved=changes["moved"],
        theme=None,
        brand=brand,
    )


def _renamed(post: SamplePost, old: str, new: str, swept_at: datetime) -> SamplePost:
    """The post after one search-and-replace over the whole blog; renaming a category does not touch its posts."""
    changed = _replaced(replace(post, title=post.title.replace(old, new)), old, new)
    touched = changed != post
    categories = tuple(name.replace(old, new) for name in post.categories)
    return replace(changed, categories=categories, modified_at=swept_at if touched else post.modified_at)


def _edited(post: SamplePost, edit: dict[str, Any], moved: dict[str, str]) -> SamplePost:
    """The post after an editor's hand; without `at` the change was made where WordPress does not notice it."""
    for before, after in edit.get("replace", ()):
        if before not in post.content:
            raise ValueError(f"edition 2 replaces {before!r} in post {post.id}, which does not say so")
        post = _replaced(post, before, after)
    return replace(
        post,
        title=edit.get("title", post.title),
        slug=moved.get(post.slug, post.slug),
        categories=tuple(edit.get("categories", post.categories)),
        modified_at=_local(edit["at"]) if "at" in edit else post.modified_at,
        expected=replace(post.expected, authors=tuple(edit.get("authors", post.expected.authors))),
    )


def _replaced(post: SamplePost, before: str, after: str) -> SamplePost:
    """The post with other words in its text, wherever the text is kept."""
    texts = {
        name: getattr(post, name).replace(before, after)
        for name in ("content", "block", "excerpt", "opening", "ending")
    }
    return replace(post, **texts)
