"""A reader's words as a tree: the one query language of the command line, the browse site and JSON.

Pure, and any string is accepted. What can't be understood is searched as words, and a note says so. The tree prints as
a query that reads as the same tree, so that a reader can be shown how it was read. docs/searching.md has the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.query_fields import FIELDS, HINTS, searchable
from archive.text import collapse, visible

LONGEST: Final = 2_000  # characters; a reader's query has some dozen, a pasted article thousands
MOST_TERMS: Final = 32
DEEPEST: Final = 12  # parentheses inside parentheses
MOST_NEAR: Final = 6  # words in one NEAR
NEAR_WORDS: Final = 10
FARTHEST: Final = 100
NOTED: Final = 40  # characters of what was read otherwise that a note repeats


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A word or a phrase to find in the text, or in the headline only."""

    text: str
    quoted: bool = False
    prefix: bool = False
    in_title: bool = False

    def __str__(self) -> str:
        words = f'"{self.text}"' if self.quoted else self.text
        return f"{'title:' if self.in_title else ''}{words}{'*' if self.prefix else ''}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """Words within *distance* words of each other, in any order."""

    texts: tuple[str, ...]
    distance: int = NEAR_WORDS

    def __str__(self) -> str:
        texts = " ".join(f'"{text}"' for text in self.texts)
        return f"NEAR({texts}, {self.distance})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """A condition on a fact of the post; *value* is in the normal form of its field."""

    name: str
    value: str

    def __str__(self) -> str:
        if self.name == "lag" and self.value[0] in "<>=":
            return f"lag{self.value}"
        plain = _PLAIN_VALUE.fullmatch(self.value) is not None
        return f"{self.name}:{self.value}" if plain else f'{self.name}:"{self.value}"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Not:
    part: Node

    def __str__(self) -> str:
        return f"-{_grouped(self.part)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class And:
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Or:
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(_grouped(part) for part in self.parts)


Node = Term | Near | Filter | Not | And | Or


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """A query as it was read."""

    tree: Node | None
    """None when there is nothing to look for: see `empty`."""
    notes: tuple[str, ...] = ()
    """What was read otherwise than written, a sentence each."""
    empty: bool = False
    """Nothing was asked, so every post answers; False with `tree` None: what was asked can't be searched."""

    def __str__(self) -> str:
        return "" if self.tree is None else str(self.tree)


def terms(node: Node | None, *, negated: bool = False) -> Iterator[Term | Near]:
    """The words and phrases that speak for a post, left to right; those under a `-` when *negated*."""
    match node:
        case Term() | Near():
            if not negated:
                yield node
        case Not():
            yield from terms(node.part, negated=not negated)
        case And() | Or():
            for part in node.parts:
                yield from terms(part, negated=negated)


def filters(node: Node | None) -> Iterator[Filter]:
    """Every filter of the tree, left to right."""
    match node:
        case Filter():
            yield node
        case Not():
            yield from filters(node.part)
        case And() | Or():
            for part in node.parts:
                yield from filters(part)


def _grouped(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) else str(node)


# --- reading the query ------------------------------------------------------------------------------------------------

_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_PLAIN_VALUE: Final = re.compile(r"[^\s\"()*]+")
_COMPARED: Final = re.compile(r"(lag|posted|on|year)((?:<=|>=|<|>|=).+)", re.IGNORECASE)
_TOKEN: Final = re.compile(
    r"""
    \s*(?:
        (?P<near>NEAR\((?P<inside>(?:"[^"]*"|[^()"])*)\))
      | (?P<open>\()
      | (?P<close>\))
      | (?P<minus>-(?=[^\s-]))
      | (?P<field>[A-Za-z]+):(?:"(?P<value>[^"]*)"(?P<begins>\*?)|(?P<bare>[^\s"()]+)|(?P<group>(?=\()))
      | "(?P<phrase>[^"]*)"(?P<star>\*?)
      | (?P<stray>")
      | (?P<word>[^\s"()]+)
    )
    """,
    re.VERBOSE,
)
_OPERATORS: Final = {"OR": "or", "AND": "and", "NOT": "not"}
_NEAR: Final = re.compile(r"NEAR(?:/(\d{1,3}))?")


def parse(text: str) -> Query:
    """Read *text*, whatever it is.

    >>> str(parse('outlet:"Axios Detroit" after:2024-6 "tool and die" -podcast'))
    'outlet:"Axios Detroit" after:2024-06 "tool and die" -podcast'
    >>> parse("NOT").notes
    ('“NOT” is searched as a word: nothing stands for it to work on',)
    """
    cleaned = visible(_UNSEEN.sub(" ", text)).translate(_QUOTES)
    reader = _Reader(cleaned[:LONGEST])
    if len(cleaned) > LONGEST:
        reader.note(f"only the first {LONGEST:,} characters were read")
    tree = reader.read()
    if tree is None and cleaned.strip() and not reader.notes:
        reader.note(f"“{collapse(cleaned)[:NOTED]}” has no letters or digits to search for")
    return Query(tree=tree, notes=tuple(reader.notes), empty=tree is None and not cleaned.strip())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Token:
    kind: str
    """open, close, or, and, not, near (between two words), node or group (a field before a parenthesis)."""
    printed: str
    node: Node | None = None
    distance: int = NEAR_WORDS


class _Reader:
    """Recursive descent over the tokens of one query, bounded in terms and depth."""

    def __init__(self, text: str) -> None:
        self.notes: list[str] = []
        self._count = 0
        self._tokens = list(self._tokenise(text))
        self._next = 0

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    # -- tokens

    def _tokenise(self, text: str) -> Iterator[_Token]:
        position = 0
        while found := _TOKEN.match(text, position):
            position = found.end()
            token = self._token(found)
            if token is None:
                continue
            if token.kind == "node":
                self._count += 1
                if self._count > MOST_TERMS:
                    self.note(f"only the first {MOST_TERMS} words and conditions were read")
                    return
            yield token

    def _token(self, found: re.Match[str]) -> _Token | None:
        printed = found[0].strip()
        match found.lastgroup:
            case "open" | "close" | "minus":
                return _Token(kind="not" if found["minus"] else str(found.lastgroup), printed=printed)
            case "near" | "inside":
                return self._near(found["inside"])
            case "group":
                return _Token(kind="group", printed=found["field"])
            case "field" | "value" | "bare" | "begins":
                return self._field(found["field"], found["value"], found["bare"], printed, prefix=bool(found["begins"]))
            case "phrase" | "star":
                return self._term(found["phrase"], quoted=True, prefix=bool(found["star"]))
            case "stray":
                self.note("a quotation mark without its pair was left out")
                return None
        return self._word(printed)

    def _word(self, printed: str) -> _Token | None:
        if kind := _OPERATORS.get("OR" if printed == "|" else printed):
            return _Token(kind=kind, printed="OR" if printed == "|" else printed)
        if near := _NEAR.fullmatch(printed):
            return _Token(kind="near", printed=printed, distance=min(int(near[1] or NEAR_WORDS), FARTHEST))
        if compared := _COMPARED.fullmatch(printed):
            return self._field(compared[1], None, compared[2], printed)
        return self._term(printed.lstrip("-"), quoted=False)

    def _term(self, text: str, *, quoted: bool, prefix: bool = False, in_title: bool = False) -> _Token | None:
        if not quoted and text.endswith("*"):
            text, prefix = text.rstrip("*"), True
        text = collapse(text.replace('"', " "))
        if not searchable(text):
            if any(ord(character) > 0x7F for character in text):
                self.note(f"“{text}” has no letters or digits to search for")
            return None
        quoted = quoted or not _stays_a_word(text)
        return _Token(kind="node", printed=text, node=Term(text=text, quoted=quoted, prefix=prefix, in_title=in_title))

    def _field(
        self, name: str, value: str | None, bare: str | None, printed: str, *, prefix: bool = False
    ) -> _Token | None:
        field = name.lower()
        if field not in FIELDS:
            return self._term(printed, quoted=True)
        if field == "title":
            words = value if value is not None else (bare or "")
            return self._term(words, quoted=value is not None, prefix=prefix, in_title=True)
        normal = FIELDS[field](value if value is not None else (bare or "").rstrip("*"))
        if normal is None:
            hint = f", which takes {HINTS[field]}" if field in HINTS else ""
            self.note(f"“{printed}” is searched as words: the value does not fit {field}:{hint}")
            return self._term(printed, quoted=True)
        return _Token(kind="node", printed=printed, node=Filter(name=field, value=normal))

    def _near(self, inside: str) -> _Token | None:
        words, _, distance = inside.rpartition(",")
        if not distance.strip().isdecimal():
            words, distance = inside, str(NEAR_WORDS)
        texts = [collapse(a or b) for a, b in re.findall(r'"([^"]*)"|([^\s",]+)', words)]
        texts = [text for text in texts if searchable(text)][:MOST_NEAR]
        if len(texts) < 2:
            return self._term(" ".join(texts), quoted=True)
        reach = min(int(distance), FARTHEST) if len(distance.strip()) < 4 else FARTHEST
        return _Token(kind="node", printed=inside, node=Near(texts=tuple(texts), distance=reach))

    # -- the tree

    def read(self) -> Node | None:
        parts = []
        while self._next < len(self._tokens):
            if self._peek() == "close":
                self._next += 1
                self.note("a closing parenthesis without its pair was left out")
            elif (node := self._either(0)) is not None:
                parts.append(node)
        return _joined(And, parts)

    def _peek(self) -> str | None:
        return self._tokens[self._next].kind if self._next < len(self._tokens) else None

    def _either(self, depth: int) -> Node | None:
        """Alternatives parted by OR."""
        found = self._all(depth)
        alternatives = [found] if found is not None else []
        while self._peek() == "or":
            operator = self._tokens[self._next]
            self._next += 1
            following = self._all(depth)
            if found is None or following is None:
                alternatives.append(self._as_word(operator))
            if following is not None:
                alternatives.append(following)
            found = following
        return _joined(Or, alternatives)

    def _all(self, depth: int) -> Node | None:
        """Parts that must all hold, up to an OR or a closing parenthesis."""
        parts: list[Node] = []
        while (kind := self._peek()) not in (None, "or", "close"):
            token = self._tokens[self._next]
            if kind == "and" and (not parts or self._after_next() in (None, "or", "close", "and")):
                self._next += 1
                parts.append(self._as_word(token))
            elif kind == "and":
                self._next += 1
            elif kind == "near":
                self._next += 1
                self._join_near(token, parts)
            elif (node := self._one(depth)) is not None:
                parts.append(node)
        return _joined(And, parts)

    def _after_next(self) -> str | None:
        return self._tokens[self._next + 1].kind if self._next + 1 < len(self._tokens) else None

    def _join_near(self, operator: _Token, parts: list[Node]) -> None:
        """`a NEAR/5 b` as one node; searched as a word when it stands between anything else than words."""
        before = parts[-1] if parts else None
        after = self._tokens[self._next].node if self._peek() == "node" else None
        texts = (*_plain_texts(before), *_plain_texts(after))
        if _plain_texts(before) and _plain_texts(after) and len(texts) <= MOST_NEAR:
            self._next += 1
            parts[-1] = Near(texts=texts, distance=operator.distance)
        else:
            parts.append(self._as_word(operator))

    def _one(self, depth: int) -> Node | None:
        token = self._tokens[self._next]
        self._next += 1
        match token.kind:
            case "not":
                return self._negated(token, depth)
            case "open":
                return self._inside(depth)
            case "group":
                return self._field_group(token, depth)
        return token.node

    def _negated(self, operator: _Token, depth: int) -> Node | None:
        if self._peek() in (None, "or", "and", "close", "near"):
            return self._as_word(operator) if operator.printed == "NOT" else None
        if depth >= DEEPEST:
            self.note("negations nested too deep were left out")
            return self._one(depth)
        part = self._one(depth + 1)
        if part is None:
            return None
        return part.part if isinstance(part, Not) else Not(part=part)

    def _inside(self, depth: int) -> Node | None:
        if depth >= DEEPEST:
            self.note(f"parentheses more than {DEEPEST} deep were left out")
            return None
        node = self._either(depth + 1)
        if self._peek() == "close":
            self._next += 1
        else:
            self.note("an opening parenthesis without its pair was closed at the end")
        return node

    def _field_group(self, token: _Token, depth: int) -> Node | None:
        """`title:(a OR b)`: the field holds for each word inside."""
        field = token.printed.lower()
        self._next += 1
        inside = self._inside(depth)
        if field in FIELDS and inside is not None:
            return self._within(field, inside)
        if field not in FIELDS:
            word = self._term(token.printed, quoted=True)
            return _joined(And, [node for node in (word.node if word else None, inside) if node is not None])
        return None

    def _within(self, field: str, node: Node) -> Node:
        match node:
            case Term(text=text):
                quoted, prefix = node.quoted, node.prefix
                token = (
                    self._term(text, quoted=quoted, prefix=prefix, in_title=True)
                    if field == "title"
                    else self._field(field, text, None, f"{field}:{text}")
                )
                return node if token is None or token.node is None else token.node
            case Not():
                return Not(part=self._within(field, node.part))
            case And() | Or():
                return type(node)(parts=tuple(self._within(field, part) for part in node.parts))
        return node

    def _as_word(self, operator: _Token) -> Node:
        self.note(f"“{operator.printed}” is searched as a word: nothing stands for it to work on")
        return Term(text=operator.printed, quoted=True)


def _plain_texts(node: Node | None) -> tuple[str, ...]:
    """What of *node* can stand beside NEAR: nothing of a filter, a prefix or a word of the headline."""
    if isinstance(node, Near):
        return node.texts
    return (node.text,) if isinstance(node, Term) and not node.prefix and not node.in_title else ()


def _stays_a_word(text: str) -> bool:
    """Whether *text* printed without quotes is read as this one word again."""
    return (
        text not in _OPERATORS
        and not text.startswith("-")
        and not text.endswith("*")
        and _NEAR.fullmatch(text) is None
        and _COMPARED.fullmatch(text) is None
        and (found := _TOKEN.fullmatch(text)) is not None
        and found["word"] == text
    )


def _joined(kind: type[And] | type[Or], parts: list[Node]) -> Node | None:
    """*parts* as one node: nothing for none, the part itself for one, and never a kind directly inside its like."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))]
    if len(flat) < 2:
        return flat[0] if flat else None
    return kind(parts=tuple(flat))
