"""Running text for the sample blog: readable, invented, and the same on every machine.

Sentences are put together from `data/phrases.toml` by a generator seeded with the post's id, so that a text never
changes unless an edition changes it.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

MONTHS = tuple("January February March April May June July August September October November December".split())


@cache
def phrases() -> dict[str, Any]:
    return tomllib.loads(files("crawler.sample").joinpath("data/phrases.toml").read_text("utf-8"))


def paragraphs(seed: int, topic: str, words: int, language: str = "en-US", lede: str | None = None) -> list[str]:
    """Paragraphs of about *words* words on *topic*; the first begins with *lede*, the last ends with its own closer."""
    chance = random.Random(seed)
    local = phrases()["languages"].get(language.split("-")[0])
    sentences = _foreign(chance, local) if local else _english(chance, topic)
    result = [[lede]] if lede else [[next(sentences)]]
    count = len((lede or "").split())
    while count < words:
        if len(result[-1]) >= 2 + chance.randrange(3):
            result.append([])
        sentence = next(sentences)
        result[-1].append(sentence)
        count += len(sentence.split())
    result.append([_fill(chance, chance.choice((local or phrases()["general"])["closers"]))])
    return [" ".join(paragraph) for paragraph in result if paragraph]


def _english(chance: random.Random, topic: str) -> Iterator[str]:
    """Endless sentences: mostly of the topic, some general ones, quotes and figures between them."""
    about, general = phrases()["topics"][topic], phrases()["general"]
    own = _statements(chance, about)
    other = _statements(chance, general)
    quotes = _shuffled(chance, [*about["quotes"], *general["quotes"]])
    figures = _shuffled(chance, general["figures"])
    while True:
        for kind in chance.sample(("own", "own", "own", "other", "quote", "figure"), 6):
            match kind:
                case "own":
                    yield next(own)
                case "other":
                    yield next(other)
                case "quote":
                    yield _fill(chance, f"“{next(quotes)},” said {{person}}, {chance.choice(_shared('roles'))}.")
                case _:
                    yield _fill(chance, next(figures))


def _foreign(chance: random.Random, table: dict[str, list[str]]) -> Iterator[str]:
    statements, quotes = _statements(chance, table), _shuffled(chance, table["quotes"])
    while True:
        for _ in range(chance.randint(2, 4)):
            yield next(statements)
        yield _fill(chance, next(quotes))


def _statements(chance: random.Random, table: dict[str, list[str]]) -> Iterator[str]:
    """Subject, predicate and tail, none of them again before its list is used up; sometimes without a tail."""
    subjects, predicates, tails = (_shuffled(chance, table[part]) for part in ("subjects", "predicates", "tails"))
    while True:
        tail = f" {next(tails)}".replace(" ,", ",") if chance.random() < 0.75 else ""
        yield _fill(chance, f"{next(subjects)} {next(predicates)}{tail}.")


def _shuffled(chance: random.Random, items: list[str]) -> Iterator[str]:
    while True:
        yield from chance.sample(items, len(items))


def _shared(name: str) -> list[str]:
    return phrases()["shared"][name]


def _fill(chance: random.Random, template: str) -> str:
    """Put names and numbers into the slots; a slot's value may have slots itself."""
    draws: dict[str, Callable[[], str]] = {
        "person": lambda: chance.choice(_shared("people")),
        "firm": lambda: chance.choice(_shared("firms")),
        "institute": lambda: chance.choice(_shared("institutes")),
        "place": lambda: chance.choice(_shared("places")),
        "things": lambda: chance.choice(_shared("things")),
        "month": lambda: chance.choice(MONTHS),
        "day": lambda: str(chance.randrange(1, 29)),
        "year": lambda: str(chance.randrange(1998, 2009)),
        "count": lambda: f"{chance.randrange(120, 9800):,}",
        "percent": lambda: str(chance.randrange(11, 89)),
        "money": lambda: str(chance.randrange(3, 940)),
    }
    while "{" in template:
        before, _, rest = template.partition("{")
        slot, _, after = rest.partition("}")
        template = before + draws[slot]() + after
    return template
