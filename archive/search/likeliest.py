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
from archive.search.rank import Weighed, head_of, weigh

_HEAD: Final = ("id", "title", "outlet", "authors", "words")


def likeliest(answers: Answers) -> list[int]:
    """Up to KEPT posts, likeliest first as far as the index can tell."""
    leading = leading_of(answers)
    return [*leading, *behind(answers, leading)]


def leading_of(answers: Answers) -> list[int]:
    """Those of the likeliest that the index tells apart."""
    match = answers.plan.match
    if match is None:
        return heads_first(answers.db, answers.units, answers.plan.spelled, answers.newest[: bounds.FEW])[: bounds.KEPT]
    if answers.all is not None and len(answers.all) <= bounds.WEIGHED:
        return answers.all
    if answers.all is not None:
        together = _together(answers, match)
        near = sorted(answers.each(together), reverse=True)[: bounds.WEIGHED // 4] if together else []
        ranked = answers.ranked_few if answers.ranked_few is not None else answers.ranked_whole(bounds.KEPT)
        return list(dict.fromkeys([*near, *ranked]))[: bounds.KEPT]
    near, heads = _found_by_telling_words(answers) or (_near(answers, match), _heads(answers, match))
    newest = _newest(answers, match)
    # Newest posts that are not ranked are as good as any: heads go before them.
    many = bounds.WEIGHED // 4 if _ranks_cheaply(answers) else 0
    first = [*near, *heads[: bounds.WEIGHED * 3 // 4 - many], *newest[:many]]
    return list(dict.fromkeys([*first, *heads, *newest]))


def _found_by_telling_words(answers: Answers) -> tuple[list[int], list[int]] | None:
    """`_near` and `_heads` of the words that most posts do not have, as far as the others are there, too.

    None where nothing is gained: no walk would end early, or the query is not words that all must be there.
    """
    plan, frequencies = answers.plan, answers.frequencies
    if len(answers.units) < 3 or not frequencies.since or plan.where:
        return None
    if (plan.match or "").lower() != _all_of(answers.units).lower():
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
    titled = _also(answers, match, f"title : ({both})", bounds.WEIGHED // 4) if len(texts) > 1 else []
    with_all = _also(answers, match, f"{both} AND {in_head}", bounds.HEADS // 2) if answers.plan.alternatives else []
    leading = [*titled, *_by_heads(answers, with_all)[: bounds.WEIGHED // 2]]
    return [*leading, *_ranked_heads(answers, f"({match}) AND {in_head}")]


def _ranked_heads(answers: Answers, match: str) -> list[int]:
    """Up to HEADS answers, best first: the newest are ranked or, where the walk would be long, fewer of them read."""
    if _is_walked_whole(answers):
        sql = f"""
            select rowid from {FTS_TABLE} where {FTS_TABLE} match :match and rowid >= :since
            order by rank, rowid desc
            limit {bounds.HEADS}
        """
        return [id for (id,) in answers.db.execute(sql, {"match": match, "since": _since_ranked(answers, match)})]
    if len(answers.units) > 1:
        return _by_heads(answers, answers.latest(match, bounds.HEADS // 2, answers.since))
    if answers.plan.where:
        return _by_heads(answers, answers.latest(match, bounds.HEADS, answers.since))
    fullest = _fullest(answers, answers.latest(match, bounds.HEADS_COUNTED, answers.since))
    return [*_by_heads(answers, fullest[: bounds.NEWEST]), *fullest[bounds.NEWEST :]]


def _since_ranked(answers: Answers, match: str) -> int:
    """The oldest of about HEADS_RANKED answers, as densely as the newest stand."""
    sample = answers.latest(match, bounds.WEIGHED)
    if len(sample) < bounds.WEIGHED:
        return 0
    posts = answers.frequencies.posts
    return posts - int((posts - sample[-1] + 1) * bounds.HEADS_RANKED / len(sample))


def _is_walked_whole(answers: Answers) -> bool:
    """Whether FTS5 may rank heads: of one word that is another walk through its list, of several several."""
    if len(answers.units) > 1:
        return _ranks_cheaply(answers)
    return _ranks_by_words_alone(answers) and answers.frequencies.steps <= bounds.STEPS


def _newest(answers: Answers, match: str) -> list[int]:
    """The newest answers, best first where FTS5 ranks them cheaply."""
    if not answers.is_counted_fast:  # so they were looked up already, to know whether they are few
        return [id for id in answers.newest[: bounds.NEWEST] if id >= answers.since]
    newest = answers.latest(match, bounds.NEWEST, answers.since)
    if not newest or not _ranks_cheaply(answers):
        return newest
    sql = f"select rowid from {FTS_TABLE} where {FTS_TABLE} match :match and rowid >= :oldest order by rank"
    return [id for (id,) in answers.db.execute(sql, {"match": match, "oldest": newest[-1]})]


def _ranks_cheaply(answers: Answers) -> bool:
    times = 1 if len(answers.units) == 1 else bounds.HEAD_STEPS
    return _ranks_by_words_alone(answers) and answers.frequencies.steps * times <= bounds.RANKED_STEPS


def _ranks_by_words_alone(answers: Answers) -> bool:
    return not answers.plan.where and not answers.plan.words and answers.is_counted_fast


def _fullest(answers: Answers, ids: Sequence[int]) -> list[int]:
    """HEADS of *ids*, in whose heads the one word seems to stand most often: what begins like it is counted there."""
    beginning = answers.units[0].beginning
    rows = rows_of(answers.db, ids, _HEAD)
    counts = {id: head_of(row).count(beginning) for id, row in rows.items()}
    return sorted(counts, key=lambda id: (-counts[id], -id))[: bounds.HEADS]


def _by_heads(answers: Answers, ids: Sequence[int]) -> list[int]:
    """*ids*, those first whose headline, outlet and authors have most of what is asked."""
    rows = [{**row, "text": None} for row in rows_of(answers.db, ids, _HEAD).values()]
    return [one.row["id"] for one in weigh(rows, answers.units, answers.frequencies.weights)]
