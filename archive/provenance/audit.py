"""How well the reader does on a labelled file: precision, recall, wrong values, and whether confidence is honest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from archive.errors import UsageError

FIELDS = ("outlet", "original_authors", "original_date", "original_url", "image_credit")
"""Field names as `clipfile inspect --jsonl` writes them."""
EVIDENCE_FIELD = {"original_authors": "authors", "original_date": "original_on"}
"""The same fields as evidence names them, where that differs."""
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldScore:
    """Counts for one field over all posts whose label says something about it."""

    field: str
    right: int = 0
    """Claimed, and as labelled."""
    wrong: int = 0
    """Claimed, but labelled otherwise or labelled as absent."""
    missed: int = 0
    """Labelled, but nothing claimed."""
    absent: int = 0
    """Neither labelled nor claimed: right too."""

    @property
    def precision(self) -> float | None:
        """None when nothing was claimed."""
        claimed = self.right + self.wrong
        return self.right / claimed if claimed else None

    @property
    def recall(self) -> float | None:
        """None when the file labels no value. A wrong value counts as not found."""
        labelled = self.right + self.missed + self.wrong
        return self.right / labelled if labelled else None

    @property
    def wrong_rate(self) -> float:
        """Wrong values among all posts: what a reader of the archive runs into."""
        total = self.right + self.wrong + self.missed + self.absent
        return self.wrong / total if total else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Values claimed with a confidence of at least `low` and less than `high`."""

    low: float
    high: float
    claimed: int
    wrong: int
    mean_confidence: float

    @property
    def wrong_rate(self) -> float:
        return self.wrong / self.claimed if self.claimed else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """The reader measured on one labelled file."""

    posts: int
    fields: tuple[FieldScore, ...]
    """`kind` (is it a repost?) first, then FIELDS."""
    whole: int
    """Posts with kind, outlet, authors and date all right."""
    reliability: tuple[Bin, ...]


_GOOD = frozenset({"right", "absent", "unjudged"})


def audit(predictions: Sequence[Mapping[str, Any]], labels: Sequence[Mapping[str, Any]]) -> Audit:
    """Compare *predictions* (as `clipfile inspect --jsonl` writes them) with *labels*, line by line.

    A label has any of `is_repost`, `outlet`, `original_authors`, `original_date`, `original_url`, `image_credit`; a key
    that is not there is not judged, one that is None or empty says there is none. `outlet_canonical` is accepted beside
    `outlet`.

    Raises UsageError when the two differ in length.
    """
    if len(predictions) != len(labels):
        raise UsageError(
            f"{len(predictions)} readings for {len(labels)} labels", hint="one line each, in the same order"
        )
    pairs = list(zip(predictions, labels, strict=True))
    return Audit(
        posts=len(pairs),
        fields=(_score("kind", pairs), *(_score(field, pairs) for field in FIELDS)),
        whole=sum(all(_verdict(field, p, label) in _GOOD for field in ("kind", *FIELDS[:3])) for p, label in pairs),
        reliability=tuple(_reliability(pairs)),
    )


def table_rows(measured: Audit) -> list[dict[str, str]]:
    """Rows for a table: one a field."""
    return [
        {
            "field": score.field,
            "precision": _percent(score.precision),
            "recall": _percent(score.recall),
            "wrong values": _percent(score.wrong_rate),
            "right": str(score.right),
            "wrong": str(score.wrong),
            "missed": str(score.missed),
        }
        for score in measured.fields
    ]


def reliability_rows(measured: Audit) -> list[dict[str, str]]:
    """Rows for the reliability table: of the values claimed in each band of confidence, how many were wrong."""
    return [
        {
            "confidence": f"{b.low:.2f}–{min(b.high, 1.0):.2f}",
            "claimed": str(b.claimed),
            "wrong": str(b.wrong),
            "wrong rate": _percent(b.wrong_rate),
            "expected": _percent(1 - b.mean_confidence),
        }
        for b in measured.reliability
    ]


def same(claimed: object, labelled: object) -> bool:
    """Whether two values are the same but for case, accents, quotes, spaces and a leading article.

    >>> same("The Detroit News", "DETROIT NEWS"), same(["Ana Ruiz"], ["Ana Ruíz"]), same("2021-03", "2021-03-04")
    (True, True, False)
    """
    if isinstance(claimed, (list, tuple)) or isinstance(labelled, (list, tuple)):
        return {_fold(str(v)) for v in _listed(claimed)} == {_fold(str(v)) for v in _listed(labelled)}
    return _fold(str(claimed or "")) == _fold(str(labelled or ""))


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, (list, tuple)) else () if value is None else (value,)


def _fold(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    words = re.sub(r"[^\w]+", " ", re.sub(r"['’‘`]", "", plain)).strip()
    return re.sub(r"^(?:the|le|la|el|der|die|das|il|o|a) ", "", words)


def _verdict(field: str, prediction: Mapping[str, Any], label: Mapping[str, Any]) -> str:
    """right, wrong, missed, absent, or unjudged."""
    key = "is_repost" if field == "kind" else field
    if key not in label:
        return "unjudged"
    claimed, labelled = prediction.get(key) or None, label[key] or None
    if claimed is None and labelled is None:
        return "absent"
    if claimed is None:
        return "missed"
    forms = [labelled, *([label["outlet_canonical"]] if field == "outlet" and label.get("outlet_canonical") else [])]
    printed = prediction.get("outlet_as_printed") if field == "outlet" else None
    good = labelled is not None and any(same(claimed, form) or (printed and same(printed, form)) for form in forms)
    return "right" if good else "wrong"


def _score(field: str, pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> FieldScore:
    verdicts = [_verdict(field, prediction, label) for prediction, label in pairs]
    return FieldScore(field=field, **{name: verdicts.count(name) for name in ("right", "wrong", "missed", "absent")})


def _reliability(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Iterator[Bin]:
    claims = [claim for prediction, label in pairs for claim in _claims(prediction, label)]
    for low, high in pairwise(BINS):
        inside = [(confidence, wrong) for confidence, wrong in claims if low <= confidence < high]
        mean = sum(confidence for confidence, _ in inside) / len(inside) if inside else 0.0
        yield Bin(
            low=low, high=high, claimed=len(inside), wrong=sum(wrong for _, wrong in inside), mean_confidence=mean
        )


def _claims(prediction: Mapping[str, Any], label: Mapping[str, Any]) -> Iterator[tuple[float, bool]]:
    """Confidence of each claimed value and whether it is wrong."""
    for field in FIELDS:
        verdict = _verdict(field, prediction, label)
        name = EVIDENCE_FIELD.get(field, field)
        confidences = [e["confidence"] for e in prediction.get("evidence", ()) if e["field"] == name]
        if verdict in ("right", "wrong") and confidences:
            yield min(confidences), verdict == "wrong"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
