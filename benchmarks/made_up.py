"""An archive of made-up posts, their words by Zipf's law, so that queries can be drawn by how many posts have them."""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Final

from archive.database import open_database
from archive.schema import COUNTED_ANEW, FTS_TABLE, WORDS_TABLE

VOCABULARY: Final = 50_000
WORDS: Final = 480
"""Of a post: about 3 KB of text."""
URN: Final = 1_000_000
"""Words are drawn blindly from an urn with each as often as Zipf's law has it: five times as fast as weighing them."""
REPEATED: Final = 25
"""Every so many posts one carries the article of the post before it."""
SEED: Final = 7
BUILDING_KIB: Final = 1_000_000
"""Of SQLite's page cache while an archive is made: its indexes are merged again and again."""

MadeUp = tuple[int, str, str, str, str, str]
"""Id, headline, text, outlet, author, day."""


def vocabulary() -> list[str]:
    """Words that can be spoken, some of them forms of one another, the commonest first; the same on every machine."""
    chance = random.Random(SEED)
    onsets = "b c d f g h l m n p r s t v w br cr st tr pl ch".split()
    nuclei = "a e i o u ea ou".split()
    endings = ["", "", "", "", "s", "ing", "ed", "er", "al"]
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        syllables = (chance.choice(onsets) + chance.choice(nuclei) for _ in range(chance.choice((2, 2, 3, 3, 4))))
        found["".join(syllables) + chance.choice(("", "n", "t", "r")) + chance.choice(endings)] = None
    return list(found)


def names(words: list[str]) -> list[str]:
    """Two thousand authors."""
    return [f"{words[i + 500].title()} {words[i + 3000].title()}" for i in range(2_000)]


def urn_of(words: list[str], size: int = URN) -> list[str]:
    """The commonest word stands twice as often in it as the second, three times as often as the third."""
    share = size / sum(1 / place for place in range(1, len(words) + 1))
    return list(chain.from_iterable(repeat(word, max(1, round(share / place))) for place, word in enumerate(words, 1)))


def made_up_posts(posts: int, words: list[str], authors: list[str]) -> Iterator[MadeUp]:
    chance = random.Random(SEED)
    urn = urn_of(words)
    outlets = urn_of([f"The {words[i * 7 + 100].title()} Times" for i in range(200)], 20_000)
    text = outlet = author = day = ""
    for id in range(1, posts + 1):
        title = " ".join(chance.choices(urn, k=8)).capitalize()
        if id % REPEATED:
            text = " ".join(chance.choices(urn, k=WORDS))
            day = f"{2008 + chance.randrange(18)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            outlet, author = chance.choice(outlets), chance.choice(authors)
        yield id, title, text, outlet, author, day


@contextmanager
def archive_of(posts: int, *, is_toy: bool) -> Iterator[Path]:
    """The database of an archive of that size; of a toy nothing is left behind."""
    if not is_toy:
        yield kept(posts)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        build(path, posts, vocabulary())
        yield path


def kept(posts: int) -> Path:
    """The archive of that size, made once and kept among the machine's temporary files until it is made otherwise."""
    made_by = hashlib.sha256(repr((INSERT_POST, FOLLOWING, WORDS, URN, REPEATED, SEED)).encode()).hexdigest()[:12]
    path = Path(tempfile.gettempdir()) / f"clipfile-search-{posts}-{made_by}" / "archive.db"
    if not path.exists():
        unfinished = path.with_name("unfinished.db")
        unfinished.parent.mkdir(exist_ok=True)
        for old in unfinished.parent.glob("unfinished.db*"):
            old.unlink()
        build(unfinished, posts, vocabulary())
        unfinished.rename(path)
    open_database(path).close()  # brought forward to the schema of today
    return path


def build(path: Path, posts: int, words: list[str]) -> None:
    """An archive of *posts* made-up reposts, written in one transaction, its indexes afterwards as a whole."""
    db = open_database(path)
    for pragma in ("synchronous = off", "journal_mode = off", f"cache_size = -{BUILDING_KIB}"):
        db.execute(f"pragma {pragma}").fetchall()
    triggers = db.execute(
        "select name, sql from sqlite_master where type = 'trigger' and tbl_name = 'posts'"
    ).fetchall()
    at = "2026-01-01T00:00:00Z"
    with db.atomic():
        for name, _ in triggers:
            db.execute(f"drop trigger {name}")
        db.execute("insert into sites (id, name, url, added_at) values (1, 'made-up', 'https://b.example/', ?)", [at])
        authors = names(words)
        db.conn.executemany("insert into authors (id, name) values (?, ?)", enumerate(authors, 1))
        db.conn.executemany(
            "insert into categories (id, site_id, name) values (?, 1, ?)", [(i, words[i].title()) for i in range(1, 11)]
        )
        db.conn.executemany(INSERT_POST, (row(at, *made_up) for made_up in made_up_posts(posts, words, authors)))
        chance = random.Random(SEED)
        db.conn.executemany(
            "insert into post_categories (post_id, category_id, position) values (?, ?, 1)",
            ((id, chance.randrange(1, 11)) for id in range(1, posts + 1)),
        )
        for statement in FOLLOWING:
            db.execute(statement)
        for _, sql in triggers:
            db.execute(sql)
        db.execute("delete from counts")
        db.execute(f"insert into counts {COUNTED_ANEW}")
    for pragma in ("optimize", "journal_mode = wal"):
        db.execute(f"pragma {pragma}").fetchall()
    db.close()


INSERT_POST: Final = """
    insert into posts (
        id, uid, site_id, url, title, kind, outlet, outlet_printed, authors, original_on, posted_on, language, words,
        text, html, confidence, first_seen_at, last_seen_at, checked_at
    ) values (?, ?, 1, ?, ?, 'repost', ?, ?, ?, ?, ?, 'en-US', ?, ?, ?, 0.9, ?, ?, ?)
"""
FOLLOWING: Final = (
    """
    insert into post_authors (post_id, author_id, position)
    select posts.id, authors.id, 1 from posts join authors on authors.name = posts.authors ->> 0
    """,
    "insert into fingerprints (post_id, is_stale) select id, 0 from posts",
    f"""
    insert into likenesses (post_id, other_id, shared, alike)
    select id - 1, id, 1, 1 from posts where id % {REPEATED} = 0
    union all select id, id - 1, 1, 1 from posts where id % {REPEATED} = 0
    order by 1
    """,
    *(f"insert into {table}({table}) values ('rebuild')" for table in (FTS_TABLE, WORDS_TABLE)),
)


def row(at: str, id: int, title: str, text: str, outlet: str, author: str, day: str) -> tuple[Any, ...]:
    names = json.dumps([author])
    url = f"https://b.example/{id}/"
    return (id, f"{id:016x}", url, title, outlet, outlet, names, day, day, WORDS, text, f"<p>{text}</p>", at, at, at)
