"""The canary: does what a run read look like what earlier runs read, or did the blog change under the reader?

Two questions. *Paired*: of the posts that were read before, how many lost a value they had? A blog edits one byline now
and then; it doesn't take the outlet from every post at once. *Overall*: how many of all the posts read have a headline,
a date, an outlet …, against the last good runs? Both are asked with a test of chance, so that three posts without an
outlet in a small run raise no alarm on a blog where every third post has none.

Pure: `archive.store.held` keeps the readings that wait for the verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, lgamma, log, log1p
from statistics import median
from typing import Any, Final

from archive.model import Post, Reading

CHANCE: Final = 0.001
"""An alarm is raised when mere chance would do the same less often than this."""
USUAL_LOSS: Final = 0.02
"""Share of posts that lose a value by an honest edit between two looks."""
FEWEST_LOST: Final = 3
"""Fewer losses are single edits, however unlikely."""
SMALLEST_FALL: Final = 0.15
"""A fill rate that falls by less is no concern, however many posts show it."""
BASELINE_POSTS: Final = 50
"""Posts of good runs needed before fill rates are compared."""
WORDS_FALL: Final = 0.5
"""Bodies this much shorter than they were, in the median, are cut off."""
LISTING_FALL: Final = 0.5
FEWEST_SEEN: Final = 10
"""Posts, or listing pages, a median or a mean needs."""
EXAMPLES: Final = 3

Facts = Callable[[Post, Reading], bool]

FILLED: Final[Mapping[str, Facts]] = {
    "title": lambda post, _: bool(post.title),
    "posted_on": lambda post, _: bool(post.posted_on),
    "text": lambda post, _: bool(post.text.strip()),
    "site_author": lambda post, _: bool(post.site_author),
    "categories": lambda post, _: bool(post.categories),
    "outlet": lambda _, reading: bool(reading.outlet),
    "authors": lambda _, reading: bool(reading.authors),
    "original_on": lambda _, reading: bool(reading.original_on),
    "repost": lambda _, reading: reading.kind == "repost",
}
"""Field → whether a post has it; `repost` is the share of that kind."""


@dataclass(kw_only=True)
class Measure:
    """What the posts of one run, or of several, look like."""

    posts: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    layouts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    words: list[int] = field(default_factory=list)
    """Length of each body; in a baseline, the medians of its runs."""
    listing_pages: int = 0
    listed: int = 0

    def see(self, post: Post, reading: Reading) -> None:
        self.posts += 1
        self.filled.update(name for name, is_filled in FILLED.items() if is_filled(post, reading))
        self.layouts[post.layout or "none"] += 1
        self.kinds[reading.kind] += 1
        self.words.append(post.words)

    def see_listing(self, posts: int) -> None:
        """One page of a listing, and how many posts were found on it."""
        self.listing_pages += 1
        self.listed += posts

    def as_json(self) -> dict[str, Any]:
        """As it stands in a run's report."""
        return {
            "posts": self.posts,
            "filled": {name: self.filled[name] for name in FILLED},
            "layouts": dict(self.layouts.most_common()),
            "kinds": dict(self.kinds.most_common()),
            "words": round(median(self.words)) if self.words else None,
            "listing_pages": self.listing_pages,
            "listed": self.listed,
        }


def baseline(reports: Iterable[Mapping[str, Any]]) -> Measure:
    """The last good runs, newest first, as one measure; as many of them as it takes to know the blog."""
    whole = Measure()
    for told in reports:
        whole.posts += told["posts"]
        whole.filled.update(told["filled"])
        whole.layouts.update(told["layouts"])
        whole.kinds.update(told["kinds"])
        whole.words += [told["words"]] if told["words"] is not None and told["posts"] >= FEWEST_SEEN else []
        whole.listing_pages += told["listing_pages"]
        whole.listed += told["listed"]
        if whole.posts >= ENOUGH_POSTS and whole.listing_pages >= FEWEST_SEEN:
            break
    return whole


ENOUGH_POSTS: Final = 500
"""A baseline reaches no further back than it must: blogs change slowly and honestly, too."""


# ------------------------------------------------------------------------------------------------- what a post lost


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """A value that a post had and that the new reading lacks, or has another in its place."""

    field: str
    before: str
    after: str | None


def losses(before: tuple[Post, Reading], after: tuple[Post, Reading]) -> tuple[Loss, ...]:
    """What the newer reading of a post lost: values that are gone, or replaced by something altogether different.

    A corrected spelling or an author more is an edit and no loss. A date that changed is one: dates are hardly ever set
    right, and a wrong one looks as good as a right one.
    """
    return tuple(
        Loss(field=name, before=shown(old), after=shown(new) or None)
        for name, (value, is_lost) in LOSSES.items()
        if (old := value(*before)) and is_lost(old, new := value(*after))
    )


def _differs(old: Any, new: Any) -> bool:
    return bool(old != new)


def _is_gone(_: Any, new: Any) -> bool:
    return not new


def _nothing_in_common(old: Any, new: Any) -> bool:
    return not (_words(old) & _words(new))


def _less_than_a_third_in_common(old: str, new: str) -> bool:
    words = _words(old)
    return 3 * len(words & _words(new)) < len(words)


def _words(value: str | Collection[str] | None) -> set[str]:
    text = value if isinstance(value, str) else " ".join(value or ())
    return set(text.casefold().split())


LOSSES: Final[Mapping[str, tuple[Callable[[Post, Reading], Any], Callable[[Any, Any], bool]]]] = {
    "title": (lambda post, _: post.title, _nothing_in_common),
    "posted_on": (lambda post, _: post.posted_on, _differs),
    "text": (lambda post, _: post.text, _less_than_a_third_in_common),
    "site_author": (lambda post, _: post.site_author, _is_gone),
    "categories": (lambda post, _: post.categories, _is_gone),
    "outlet": (lambda _, reading: reading.outlet, _nothing_in_common),
    "authors": (lambda _, reading: reading.authors, _nothing_in_common),
    "original_on": (lambda _, reading: reading.original_on, _differs),
    "original_url": (lambda _, reading: reading.original_url, _is_gone),
}

SHOWN_CHARACTERS: Final = 80


def shown(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value or "")
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"


# ------------------------------------------------------------------------------------------------- the verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A reading that waits for the verdict."""

    post_id: int
    url: str
    title: str | None
    losses: tuple[Loss, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    field: str
    words: str
    """What was expected and what was found, for a person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A post with what it lost, before and after."""

    post_id: int
    url: str
    title: str | None
    losses: tuple[Loss, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    alarms: tuple[Alarm, ...] = ()
    examples: tuple[Example, ...] = ()
    notes: tuple[str, ...] = ()
    """What is new and no fall: a layout never seen before."""

    @property
    def is_suspect(self) -> bool:
        return bool(self.alarms)

    @property
    def reason(self) -> str | None:
        """The alarms in one line; None when all is well."""
        return "; ".join(alarm.words for alarm in self.alarms) or None


def judge(run: Measure, good: Measure, *, known: int, held: Sequence[Held]) -> Verdict:
    """Compare a run with the good ones before it; *known* of its posts had been read before, *held* lost something."""
    alarms = {alarm.field: alarm for alarm in (*_falls(run, good), *_shapes(run, good), *_lost(known, held))}
    ordered = [alarms[name] for name in (*LOSSES, *FILLED, "words", "listings") if name in alarms]
    return Verdict(
        alarms=tuple(dict.fromkeys(ordered)),
        examples=tuple(_examples(held, alarms)) if alarms else (),
        notes=tuple(_new_layouts(run, good)),
    )


def _lost(known: int, held: Sequence[Held]) -> Iterator[Alarm]:
    """The paired question. A post that was held is one that was known."""
    known = max(known, len(held))
    counts = Counter(loss.field for reading in held for loss in reading.losses)
    for name, lost in counts.items():
        if lost >= FEWEST_LOST and at_least(lost, known, USUAL_LOSS) < CHANCE:
            yield Alarm(field=name, words=f"{lost} of {known} known posts lost their {FIELD_WORDS[name]}")


def _falls(run: Measure, good: Measure) -> Iterator[Alarm]:
    """The question over all posts, which new ones answer too."""
    if good.posts < BASELINE_POSTS:
        return
    for name in FILLED:
        usual = (good.filled[name] + 1) / (good.posts + 2)  # never 0 or 1: what always was may fail once by chance
        filled, posts = run.filled[name], run.posts
        if posts and usual - filled / posts >= SMALLEST_FALL and at_most(filled, posts, usual) < CHANCE:
            words = f"{filled} of {posts} posts have {FIELD_ARTICLES[name]}, usually {usual:.0%}"
            yield Alarm(field=name, words=words)


def _shapes(run: Measure, good: Measure) -> Iterator[Alarm]:
    if good.words and len(run.words) >= FEWEST_SEEN:
        usual, found = median(good.words), median(run.words)
        if found < WORDS_FALL * usual:
            yield Alarm(field="words", words=f"posts have {found:,.0f} words in the median, usually {usual:,.0f}")
    if good.listing_pages >= FEWEST_SEEN and run.listing_pages:
        usual, found = good.listed / good.listing_pages, run.listed / run.listing_pages
        if found < LISTING_FALL * usual and (run.listing_pages >= FEWEST_SEEN or not run.listed):
            yield Alarm(field="listings", words=f"a listing page shows {found:.1f} posts, usually {usual:.1f}")


def _new_layouts(run: Measure, good: Measure) -> Iterator[str]:
    if good.posts < BASELINE_POSTS:
        return
    for layout, posts in run.layouts.most_common():
        if layout not in good.layouts:
            yield f"{posts} of {run.posts} posts are laid out as {layout}, which was not seen before"


def _examples(held: Sequence[Held], alarms: Collection[str]) -> Iterator[Example]:
    """Up to three posts that lost something an alarm is about."""
    telling = [
        Example(post_id=reading.post_id, url=reading.url, title=reading.title, losses=lost)
        for reading in held
        if (lost := tuple(loss for loss in reading.losses if loss.field in alarms))
    ]
    yield from sorted(telling, key=lambda example: -len(example.losses))[:EXAMPLES]


FIELD_WORDS: Final = {
    "title": "headline",
    "posted_on": "date",
    "text": "text",
    "site_author": "site author",
    "categories": "categories",
    "outlet": "outlet",
    "authors": "authors",
    "original_on": "date of first publication",
    "original_url": "link to the original",
}

FIELD_ARTICLES: Final = {
    "title": "a headline",
    "posted_on": "a date",
    "text": "a text",
    "site_author": "a site author",
    "categories": "a category",
    "outlet": "an outlet",
    "authors": "an author",
    "original_on": "a date of first publication",
    "repost": "the look of a repost",
}


def at_most(count: int, tries: int, share: float) -> float:
    """Chance of at most *count* of *tries* where each has the chance *share*.

    >>> round(at_most(0, 3, 0.9), 6)
    0.001
    """
    return 1 - at_least(count + 1, tries, share)


def at_least(count: int, tries: int, share: float) -> float:
    """Chance of at least *count* of *tries* where each has the chance *share*, which is neither 0 nor 1.

    >>> round(at_least(3, 3, 0.02), 8)
    8e-06
    """
    if count <= 0:
        return 1.0
    return min(1.0, sum(_exactly(hits, tries, share) for hits in range(count, tries + 1)))


def _exactly(hits: int, tries: int, share: float) -> float:
    """By logarithms: the binomial coefficient of a few thousand posts is no float."""
    ways = lgamma(tries + 1) - lgamma(hits + 1) - lgamma(tries - hits + 1)
    return exp(ways + hits * log(share) + (tries - hits) * log1p(-share))
