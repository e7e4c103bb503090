"""From the tree of a query to SQL: what the full-text indexes look up, and what is a condition on the post.

Every value is bound. Words reach FTS5 only as quoted strings, in which it knows no operators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from unicodedata import ucd_3_2_0

from sqlite_utils import Database

from archive.query import And, Filter, Near, Node, Not, Or, Query, Term
from archive.query_fields import day_span, lag_span
from archive.schema import DAY, FTS_TABLE, LAG, WORDS_TABLE
from archive.search import bounds
from archive.search.names import Names
from archive.search.passages import fold_keeping_length
from archive.search.vocabulary import words_beginning

DOUBTFUL_BELOW: Final = 0.7
"""A repost read with less confidence than this is for a person to check."""


Spelled = dict[str, tuple[str, ...] | None]
"""Beginning of a word, folded → the archive's words that begin so; None where they are many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a query means in SQL: all parts that are given must hold."""

    match: str | None
    """Expression for the stemmed index."""
    words: str | None
    """Expression for the index of words as spelled: prefixes."""
    where: str
    """Condition on a row of `posts`; '' when there is none."""
    values: dict[str, Any]
    """Values of the named parameters in `where`."""
    notes: tuple[str, ...]
    days: str = ""
    """What `where` says of the day that posts are sorted by: a walk by date need not leave these days."""
    by_days_alone: bool = False
    """`where` says no more than that."""
    alternatives: bool = False
    """The query is a choice between words: a post need not have all of them."""
    unwanted: tuple[str, ...] = ()
    """What of `match` must not be there, as expressions of their own."""
    plain: bool = False
    """Words and choices between words alone: a post that has all of them answers, as far as words go."""
    spelled: Spelled = field(default_factory=dict)
    nothing: bool = False
    """The query asks for something, and nothing of it can be searched."""

    @property
    def has_words(self) -> bool:
        return bool(self.match or self.words)

    @property
    def is_everything(self) -> bool:
        """Every post answers."""
        return not (self.match or self.words or self.where or self.nothing)


WITHHELD: Final = "select post_id from withheld"


def plan(db: Database, query: Query, *, public: bool = False) -> Plan:
    """What *query* means in *db*; *public* leaves out what is withheld from the public."""
    maker = _Maker(db)
    hidden = f"posts.id not in ({WITHHELD})" if public and db.execute(f"{WITHHELD} limit 1").fetchone() else ""
    if query.tree is None:
        return Plan(match=None, words=None, where=hidden, values={}, notes=query.notes, nothing=not query.empty)
    match, words, where = maker.top(query.tree)
    return Plan(
        match=match,
        words=words,
        unwanted=maker.unwanted,
        where=" and ".join(filter(None, (where, hidden))),
        days=" and ".join(maker.days),
        by_days_alone=bool(maker.days) and len(maker.days) == len(maker.rest) and not hidden,
        values=maker.values,
        alternatives=isinstance(query.tree, Or),
        plain=_is_plain(query.tree),
        spelled=maker.spelled,
        notes=(*query.notes, *dict.fromkeys(maker.names.notes)),
    )


def _is_plain(node: Node) -> bool:
    """Filters are conditions of their own; what must not be there, or only so far apart, is more than words."""
    return isinstance(node, Term | Filter) or (isinstance(node, And | Or) and all(map(_is_plain, node.parts)))


def quoted(text: str) -> str:
    """*text* as a string of FTS5."""
    return '"' + text.replace('"', '""') + '"'


def beginning(text: str, spelled: Iterable[str] | None = None) -> str:
    """Expression for what begins with *text*: few words, *spelled*, are looked up as such.

    Of a beginning FTS5 gathers the posts of every word before it hands out the first.
    """
    return f"({' OR '.join(map(quoted, spelled))})" if spelled else f"{quoted(text)} *"


def expression(node: Node) -> str | None:
    """*node* for the stemmed index; None when it is more than words, or only says what must not be there."""
    match node:
        case Term():
            if _in_words(node) or (node.in_title and node.prefix and is_one_word(node.text)):
                return None
            return f"{'title : ' if node.in_title else ''}{quoted(node.text)}{' *' if node.prefix else ''}"
        case Near():
            return f"NEAR({' '.join(quoted(text) for text in node.texts)}, {node.distance})"
        case Or():
            found = [expression(part) for part in node.parts]
            return None if None in found else f"({' OR '.join(filter(None, found))})"
        case And():
            wanted = [expression(part) for part in node.parts if not isinstance(part, Not)]
            unwanted = [expression(part.part) for part in node.parts if isinstance(part, Not)]
            return None if None in wanted + unwanted or not wanted else _excluding(wanted, unwanted)
    return None


def _excluding(wanted: Iterable[str | None], unwanted: Iterable[str | None]) -> str:
    positive, negative = " AND ".join(filter(None, wanted)), " OR ".join(filter(None, unwanted))
    return f"(({positive}) NOT ({negative}))" if negative else f"({positive})"


def _in_words(node: Node) -> bool:
    """A prefix of one word is looked up among words as spelled: no stem of "univers*" would find "university"."""
    return isinstance(node, Term) and node.prefix and not node.in_title and is_one_word(node.text)


def is_one_word(text: str) -> bool:
    """Whether FTS5 surely takes *text* for one word; it knows the letters of Unicode 6.1, Python the latest.

    >>> is_one_word("Übermut"), is_one_word("crain's")
    (True, False)
    """
    return all(ucd_3_2_0.category(character)[0] in "LN" for character in text)


@dataclass
class _Maker:
    db: Database
    values: dict[str, Any] = field(default_factory=dict)
    names: Names = field(init=False)
    rest: list[Node] = field(default_factory=list)
    """What remains for the condition."""
    days: list[str] = field(default_factory=list)
    """The same of what is said of the original's day, as conditions on the day that posts are sorted by."""
    unwanted: tuple[str, ...] = ()
    spelled: Spelled = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = Names(self.db)

    def top(self, tree: Node) -> tuple[str | None, str | None, str]:
        """Expressions for both indexes and the condition that remains."""
        parts = tree.parts if isinstance(tree, And) else (tree,)
        wanted = {part: found for part in parts if (found := expression(part)) is not None}
        prefixes = [part for part in parts if isinstance(part, Term) and _in_words(part)]
        unwanted = {
            part: found
            for part in parts
            if wanted and isinstance(part, Not) and (found := expression(part.part)) is not None
        }
        self.rest = [part for part in parts if part not in wanted and part not in prefixes and part not in unwanted]
        dated = [part for part in self.rest if isinstance(part, Filter) and part.name in ORIGINAL_DAYS]
        self.days = [_day(DAY, ORIGINAL_DAYS[part.name])(self, part.value) for part in dated]
        match = _excluding(wanted.values(), unwanted.values()) if wanted else None
        self.unwanted = tuple(unwanted.values())
        words = " AND ".join(map(self._beginning, prefixes))
        return match, words or None, " and ".join(self.condition(part) for part in self.rest)

    def condition(self, node: Node) -> str:
        if (found := expression(node)) is not None:
            return self._matching(FTS_TABLE, found)
        match node:
            case Term():
                return self._prefix(node)
            case Filter():
                return f"({CONDITIONS[node.name](self, node.value)})"
            case Not():
                return f"({self.condition(node.part)} is not true)"
            case And():
                return f"({' and '.join(self.condition(part) for part in node.parts)})"
            case Or():
                return f"({' or '.join(self.condition(part) for part in node.parts)})"
        raise TypeError(node)

    def bind(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def _matching(self, table: str, found: str) -> str:
        return f"posts.id in (select rowid from {table} where {table} match {self.bind(found)})"

    def _prefix(self, term: Term) -> str:
        found = self._matching(WORDS_TABLE, self._beginning(term))
        if not term.in_title:
            return found
        return f"({found} and (' ' || posts.title) like {self.bind(f'% {like(term.text)}%')} escape '\\')"

    def _beginning(self, term: Term) -> str:
        """Expression for the index of words as spelled."""
        folded = fold_keeping_length(term.text)
        if folded not in self.spelled:
            self.spelled[folded] = words_beginning(self.db, folded, bounds.SPELLED)
        # Other letters FTS5 may fold otherwise than we do.
        return beginning(term.text, self.spelled[folded] if term.text.isascii() else None)

    def any_of(self, column: str, found: Iterable[Any]) -> str:
        marks = ", ".join(self.bind(value) for value in found)
        return f"{column} in ({marks})" if marks else "0"

    def between(self, column: str, start: str | None, end: str | None) -> str:
        found = [f"{column} >= {self.bind(start)}"] if start else []
        return " and ".join([*found, *([f"{column} < {self.bind(end)}"] if end else [])])


def like(text: str) -> str:
    """*text* with the signs that `like` knows made plain."""
    return "".join(f"\\{c}" if c in "\\%_" else c for c in text)


# --- the fields -------------------------------------------------------------------------------------------------------


def _outlet(maker: _Maker, value: str) -> str:
    names, printed = maker.names.outlets(value)
    conditions = [maker.any_of("posts.outlet", names)] if names else []
    if printed:
        # The first half is the condition of the index that holds these names.
        differs = "posts.outlet_printed is not posts.outlet"
        conditions.append(f"{differs} and {maker.any_of('posts.outlet_printed', printed)}")
    return " or ".join(conditions) or "0"


def _author(maker: _Maker, value: str) -> str:
    found = maker.any_of("author_id", maker.names.authors(value))
    return f"posts.id in (select post_id from post_authors where {found})"


def _category(maker: _Maker, value: str) -> str:
    found = maker.any_of("category_id", maker.names.labels("categories", value))
    return f"posts.id in (select post_id from post_categories where {found})"


def _tag(maker: _Maker, value: str) -> str:
    found = maker.any_of("tag_id", maker.names.labels("tags", value))
    return f"posts.id in (select post_id from post_tags where {found})"


def _site(maker: _Maker, value: str) -> str:
    return maker.any_of("posts.site_id", maker.names.sites(value))


def _language(maker: _Maker, value: str) -> str:
    return f"lower(posts.language) = {maker.bind(value)} or posts.language like {maker.bind(f'{value}-%')}"


def _id(maker: _Maker, value: str) -> str:
    if len(value) == 16:
        return f"posts.uid = {maker.bind(value)}"
    return f"posts.id = {maker.bind(int(value))}"


def _day(column: str, operator: str = "") -> Callable[[_Maker, str], str]:
    return lambda maker, value: maker.between(column, *day_span(f"{operator}{value}"))


def _lag(maker: _Maker, value: str) -> str:
    least, most = lag_span(value)
    conditions = [f"{LAG} is not null"]
    if least is not None:
        conditions.append(f"{LAG} >= {maker.bind(least)}")
    if most is not None:
        conditions.append(f"{LAG} <= {maker.bind(most)}")
    return " and ".join(conditions)


_STATES: Final = {
    "gone": "posts.gone_at is not null",
    "changed": "posts.changed_at is not null",
    "doubtful": f"posts.kind = 'repost' and posts.confidence < {DOUBTFUL_BELOW}",
    "withheld": f"posts.id in ({WITHHELD})",
    "duplicate": "posts.id in (select post_id from likenesses)",
    "corrected": "posts.id in (select post_id from corrections where undone_at is null)",
}
_PARTS: Final = {
    "image": "exists (select 1 from images where post_id = posts.id and role = 'image')",
    "pdf": """exists (
        select 1 from images where post_id = posts.id and role = 'attachment' and lower(url) like '%.pdf%'
    )""",
    "original-link": "posts.original_url is not null",
}

ORIGINAL_DAYS: Final = {"after": ">=", "before": "<", "on": "", "year": ""}
"""Filter by the day of the original → the sign put before its value."""
CONDITIONS: Final[dict[str, Callable[[_Maker, str], str]]] = {
    "outlet": _outlet,
    "author": _author,
    "category": _category,
    "tag": _tag,
    "site": _site,
    "kind": lambda maker, value: f"posts.kind = {maker.bind(value)}",
    "lang": _language,
    "id": _id,
    **{name: _day("posts.original_on", sign) for name, sign in ORIGINAL_DAYS.items()},
    "posted": _day("posts.posted_on"),
    "lag": _lag,
    "is": lambda maker, value: _STATES[value],
    "has": lambda maker, value: _PARTS[value],
}
"""Filter → its condition on a row of `posts`."""
