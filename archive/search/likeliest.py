"""Which of a plan's answers are likeliest, as far as the indexes and headlines tell: those are then read and weighed.

Of a word that stands in most posts not every one is ranked, as `order by rank` does, but the newest and those that have
it in headline, outlet or author.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from archive.schema import FTS_TABLE
from archive.search import bounds
from archive.search.candidates import Answers, rows_of
from archive.search.passages import Unit
from archive.search.plan import quoted
from archive.search.prefixes import heads_first
from archive.search.rank import Weighed, weigh

_HEAD: Final = ("id", "title", "outlet", "authors", "words")


def likeliest(answers: Answers) -> list[int]:
    """Up to KEPT posts, likeliest first as far as the index can tell."""
    leading = leading_of(answers)
    return [*leading, *behind(answers, leading)]


def leading_of(answers: Answers) -> list[int]:
    """Those of the likeliest that the index tells apart."""
    match = answers.plan.match
    if match is None:
        return heads_first(answers.db, answers.units, answers.newest[: bounds.FEW])[: bounds.KEPT]
    if answers.all is not None and len(answers.all) <= bounds.WEIGHED:
        return answers.all
    if answers.all is not None:
        together = _together(answers, match)
        near = sorted(answers.each(together), reverse=True)[: bounds.WEIGHED // 4] if together else []
        ranked = answers.ranked_few if answers.ranked_few is not None else answers.ranked_whole(bounds.KEPT)
        return list(dict.fromkeys([*near, *ranked]))[: bounds.KEPT]
    near, heads = _found_by_telling_words(answers) or (_near(answers, match), _heads(answers, match))
    newest = _ranked(answers, match, bounds.NEWEST)
    first = [*near, *heads[: bounds.WEIGHED // 2], *newest[: bounds.WEIGHED // 4]]
    return list(dict.fromkeys([*first, *heads, *newest]))


def _found_by_telling_words(answers: Answers) -> tuple[list[int], list[int]] | None:
    """`_near` and `_heads` of the words that most posts do not have, as far as the others are there, too.

    None where nothing is gained: no walk would end early, or the query is not words that all must be there.
    """
    plan, frequencies = answers.plan, answers.frequencies
    if not frequencies.since or plan.where or (plan.match or "").lower() != _all_of(answers.units).lower():
        return None
    units = tuple(unit for unit in answers.units if frequencies.of(unit) <= frequencies.posts / 2)
    others = [unit for unit in answers.units if unit not in units]
    if len(units) < 2 or not others:
        return None
    match = _all_of(units)
    fewer = replace(answers, plan=replace(plan, match=match), units=units)
    near, heads = _near(fewer, match), _heads(fewer, match)[: bounds.WEIGHED // 2]
    kept = answers.those([*near, *heads], _all_of(others))
    return [id for id in near if id in kept], [id for id in heads if id in kept]


def _all_of(units: Iterable[Unit]) -> str:
    return f"({' AND '.join(quoted(unit.text) for unit in units)})"


def behind(answers: Answers, leading: Sequence[int]) -> Iterator[int]:
    """What follows *leading*, the last stored first; looked up when it is asked for."""
    if answers.plan.match is not None and answers.all is None:
        known = set(leading)
        yield from islice((id for id in answers.newest if id not in known), max(0, bounds.KEPT - len(leading)))


def iter_weighed(answers: Answers, ids: Sequence[int]) -> Iterator[Weighed]:
    """The first WEIGHED of *ids* read and weighed, best first, as far as they are asked for.

    Of one word the index knows how often it stands where, and no more than its spelling can change the order.
    """
    likely = ids[: bounds.WEIGHED]
    first = _read(answers, likely[: bounds.FIRST])
    if _is_ranked_by_one_word(answers):
        weighed = weigh(first, answers.units, answers.frequencies.weights)
        if all(one.as_asked for one in weighed):
            yield from weighed
            first = []
    following = _read(answers, likely[bounds.FIRST :])
    yield from weigh([*first, *following], answers.units, answers.frequencies.weights)


def _is_ranked_by_one_word(answers: Answers) -> bool:
    if answers.ranked_few is None or len(answers.ranked_few) <= bounds.WEIGHED or len(answers.units) != 1:
        return False
    return len(answers.units[0].words) == 1 and not answers.units[0].prefix


def _read(answers: Answers, ids: Sequence[int]) -> list[dict[str, Any]]:
    return list(rows_of(answers.db, ids).values())


def _near(answers: Answers, match: str) -> list[int]:
    """The newest answers in which the words of the query stand together."""
    together = _together(answers, match)
    return answers.latest(together, bounds.WEIGHED // 4, answers.since) if together else []


def _together(answers: Answers, match: str) -> str | None:
    """Expression for them; None where the query is no few words."""
    texts = [quoted(unit.text) for unit in answers.units if not unit.prefix and not unit.in_title]
    if not 2 <= len(texts) == len(answers.units) <= 4:
        return None
    return _narrowed(answers, match, f"NEAR({' '.join(texts)}, {len(texts)})")


def _also(answers: Answers, match: str, condition: str, limit: int) -> list[int]:
    """The newest answers that meet the condition, too: that all words are there, in some way."""
    return answers.latest(_narrowed(answers, match, condition), limit, answers.since)


def _narrowed(answers: Answers, match: str, condition: str) -> str:
    """*match* and a condition that all words are there; where these are words alone, that says everything."""
    is_all = answers.plan.plain and not any(unit.prefix or unit.in_title for unit in answers.units)
    return condition if is_all else f"({match}) AND {condition}"


def _heads(answers: Answers, match: str) -> list[int]:
    """Answers with one of the words in headline, outlet or author, likeliest first; those with all words lead."""
    units = answers.units
    texts = [quoted(unit.text) for unit in units if not unit.prefix]
    if not texts:
        return []
    in_head = f"{{title outlet authors}} : ({' OR '.join(texts)})"
    if match.lower() == f"({texts[0]})" and not units[0].in_title:
        return _ranked_heads(answers, in_head)  # the same, and looked up once instead of twice
    both = " AND ".join(texts)
    titled = _also(answers, match, f"title : ({both})", bounds.WEIGHED // 4)
    with_all = _also(answers, match, f"{both} AND {in_head}", bounds.HEADS) if answers.plan.alternatives else []
    leading = [*titled, *_by_heads(answers, with_all)[: bounds.WEIGHED // 2]]
    return [*leading, *_ranked_heads(answers, f"({match}) AND {in_head}")]


def _ranked_heads(answers: Answers, match: str) -> list[int]:
    """The newest HEADS answers, best first; where there seem to be hardly more, the best of all in one walk."""
    if not _ranks_cheaply(answers):
        many = bounds.HEADS if len(answers.units) == 1 else bounds.HEADS // 2
        return _by_heads(answers, answers.latest(match, many, answers.since))
    sample = answers.latest(match, bounds.WEIGHED)
    if len(sample) < bounds.WEIGHED or answers.frequencies.expected(len(sample), sample[-1]) < 2 * bounds.HEADS:
        sql = f"select rowid from {FTS_TABLE} where {FTS_TABLE} match ? order by rank limit {bounds.HEADS}"
        return [id for (id,) in answers.db.execute(sql, [match])]
    return _ranked(answers, match, bounds.HEADS)


def _ranked(answers: Answers, match: str, within: int) -> list[int]:
    """The newest *within* answers, best first where FTS5 ranks them cheaply."""
    newest = answers.latest(match, within, answers.since)
    if not newest or not _ranks_cheaply(answers):
        return newest
    sql = f"select rowid from {FTS_TABLE} where {FTS_TABLE} match :match and rowid >= :oldest order by rank"
    return [id for (id,) in answers.db.execute(sql, {"match": match, "oldest": newest[-1]})]


def _ranks_cheaply(answers: Answers) -> bool:
    if answers.plan.where or answers.plan.words or not answers.is_counted_fast:
        return False
    times = 1 if len(answers.units) == 1 else bounds.HEAD_STEPS
    return answers.frequencies.steps * times <= bounds.RANKED_STEPS


def _by_heads(answers: Answers, ids: Sequence[int]) -> list[int]:
    """*ids*, those first whose headline, outlet and authors have most of what is asked."""
    rows = [{**row, "text": None} for row in rows_of(answers.db, ids, _HEAD).values()]
    return [one.row["id"] for one in weigh(rows, answers.units, answers.frequencies.weights)]
