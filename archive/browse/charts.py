"""Charts as plain geometry: stacked columns in groups, each with the table behind it. Templates draw them as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from markupsafe import Markup, escape

from archive.browse.words import MONTHS, counted, tone

WIDTH: Final = 960
TWO_THIRDS: Final = 640
HALF: Final = 480
"""Of charts with something beside them."""
HEIGHT: Final = 220
LEFT: Final = 34
TOP: Final = 8
BOTTOM: Final = 22
LABEL_WIDTH: Final = 40
MAX_BAR: Final = 48.0
REST: Final = "Others"
SERIES_SHOWN: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """What is counted for one span of time or one class: how many of each series, and where a click on it leads."""

    label: str
    counts: Mapping[str, int]
    href: str | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Columns under one label, and where a click on the label leads."""

    label: str
    columns: Sequence[Column]
    href: str | None = None

    @property
    def total(self) -> int:
        return sum(column.total for column in self.columns)


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A column from top to bottom, or the label under several: what a pointer or the keyboard can reach."""

    x: float
    width: float
    name: str
    total: int
    href: str | None

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnGroup:
    label: Area
    is_labelled: bool
    """False where labels would stand too close."""
    columns: Sequence[Area]
    """Those that count anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    title: str
    noun: str
    """What one counts, singular."""
    layers: Sequence[tuple[str, str]]
    """Class in the style sheet and outline of all bars of one series: thousands of elements would be slow to draw."""
    groups: Sequence[DrawnGroup]
    ticks: Sequence[tuple[float, int]]
    legend: Sequence[tuple[str, str]]
    """Series → its class in the style sheet."""
    columns: Sequence[Column]
    """For the table: those that count anything."""
    width: int

    height: int = HEIGHT
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM

    @property
    def is_by_columns(self) -> bool:
        """Whether the columns lead somewhere of their own, beside the labels of their groups."""
        return any(group.label.href and column.href for group in self.groups for column in group.columns)

    def areas(self, group: DrawnGroup) -> Markup:
        """What lies over the group's columns and answers to pointer and keyboard; where labels lead somewhere, too, the
        tabulator goes by them alone.

        Made here, as the rows below, because a page can have hundreds of them.
        """
        shape = f'height="{self.bottom}"/>'
        stop = ' tabindex="-1"' if group.label.href else ""
        found = []
        for area in group.columns:
            words = escape(f"{area.name}: {counted(area.total, self.noun)}")
            inside = f'<title>{words}</title><rect class="reach" x="{area.x}" y="0" width="{area.width}" {shape}'
            opening = f'<a href="{escape(area.href)}" aria-label="{words}"{stop}>' if area.href else "<g>"
            found.append(f"{opening}{inside}</{'a' if area.href else 'g'}>")
        return Markup("".join(found))

    def rows(self) -> Markup:
        """The table: a line for each column, a cell for each of the legend and, of several, their sum."""
        names = [name for name, _ in self.legend]
        return Markup("\n".join(self._row(column, names) for column in self.columns))

    def _row(self, column: Column, names: Sequence[str]) -> str:
        words = escape(column.label)
        head = f'<a href="{escape(column.href)}">{words}</a>' if column.href else words
        counts = [column.counts.get(name) or "" for name in names] + ([column.total] if len(names) > 1 else [])
        cells = "".join(f'<td class="n">{count}</td>' for count in counts)
        return f'<tr><th scope="row">{head}</th>{cells}</tr>'


def stacked(title: str, noun: str, groups: Sequence[Group], series: Mapping[str, str], *, width: int = WIDTH) -> Chart:
    """The chart; *series* with their classes from the bottom up, what is not in it drawn as the rest."""
    classes = {**series, REST: "tone-rest"}
    groups = [replace(group, columns=[_shown(column, classes) for column in group.columns]) for group in groups]
    columns = [column for group in groups for column in group.columns]
    steps = ticks(max((column.total for column in columns), default=0))
    scale = (HEIGHT - TOP - BOTTOM) / max(steps[-1], 1)
    slot = (width - LEFT) / max(len(columns), 1)
    used = set().union(*(column.counts for column in columns))
    return Chart(
        title=title,
        noun=noun,
        layers=_layers(columns, slot, scale, classes),
        groups=_drawn(groups, slot, width),
        ticks=[(round(HEIGHT - BOTTOM - step * scale, 1), step) for step in steps],
        legend=[(name, css) for name, css in classes.items() if name in used],
        columns=[column for column in columns if column.counts],
        width=width,
    )


def _drawn(groups: Sequence[Group], slot: float, width: int) -> list[DrawnGroup]:
    every = max(1, -(-LABEL_WIDTH * len(groups) // (width - LEFT)))
    starts = accumulate((len(group.columns) * slot for group in groups), initial=float(LEFT))
    return [
        DrawnGroup(
            label=_area(x, slot * len(group.columns), group),
            is_labelled=number % every == 0,
            columns=[_area(x + n * slot, slot, column) for n, column in enumerate(group.columns) if column.total],
        )
        for number, (group, x) in enumerate(zip(groups, starts, strict=False))
    ]


def _area(x: float, width: float, what: Group | Column) -> Area:
    return Area(x=round(x, 1), width=round(width, 1), name=what.label, total=what.total, href=what.href)


def _shown(column: Column, classes: Mapping[str, str]) -> Column:
    """The column with what is in no class of its own counted as the rest; what counts nothing is left out."""
    counts: dict[str, int] = {}
    for name, count in column.counts.items():
        if count:
            shown = name if name in classes else REST
            counts[shown] = counts.get(shown, 0) + count
    return replace(column, counts=counts)


def _layers(columns: Sequence[Column], slot: float, scale: float, classes: Mapping[str, str]) -> list[tuple[str, str]]:
    outlines: dict[str, list[str]] = {css: [] for css in classes.values()}
    width = min(slot * 0.82, MAX_BAR)
    across = f"h{width:.2f}v"
    for number, column in enumerate(columns):
        left, y = f"M{LEFT + number * slot + (slot - width) / 2:.2f} ", float(HEIGHT - BOTTOM)
        for name, css in classes.items():
            if count := column.counts.get(name, 0):
                height = f"{count * scale:.2f}"
                outlines[css].append(f"{left}{y:.2f}v-{height}{across}{height}z")
                y -= count * scale
    return [(css, "".join(bars)) for css, bars in outlines.items() if bars]


def outlet_series(counts: Iterable[tuple[str, str, int]], shown: int = SERIES_SHOWN) -> dict[str, str]:
    """The largest outlets, each with its own colour; a second shade of it where a larger one has the same.

    >>> outlet_series([("2026-01", "Grist", 1), ("2026-02", "WDET", 2)])
    {'WDET': 'tone-6', 'Grist': 'tone-4'}
    """
    totals: Counter[str] = Counter()
    for _, name, count in counts:
        totals[name] += count
    classes: dict[str, str] = {}
    for name in sorted(totals, key=lambda name: (-totals[name], name))[:shown]:
        css = f"tone-{tone(name)}"
        classes[name] = css if css not in classes.values() else f"{css} second"
    return classes


def ticks(highest: int) -> list[int]:
    """Round numbers from 0 to at least *highest*, three to five of them.

    >>> ticks(0), ticks(3), ticks(17), ticks(130)
    ([0, 1], [0, 1, 2, 3], [0, 5, 10, 15, 20], [0, 50, 100, 150])
    """
    sizes = (factor * 10**power for power in range(12) for factor in (1, 2, 5))
    step = next(size for size in sizes if size * 4 >= highest)
    return [step * n for n in range(max(1, -(-highest // step)) + 1)]


def by_month(counts: Iterable[tuple[str, str, int]], href: Callable[[str], str]) -> list[Group]:
    """(month `YYYY-MM`, series, count) rows as one group a year, of twelve columns; years between are there, empty.

    *href* gives the address of a year or month.
    """
    found: dict[str, dict[str, int]] = {}
    for month, name, count in counts:
        found.setdefault(month, {})[name] = count
    years = sorted({int(month[:4]) for month in found if month[:4].isdecimal()})
    return [
        Group(
            label=str(year),
            href=href(str(year)),
            columns=[
                Column(label=f"{name} {year}", counts=found.get(month, {}), href=href(month))
                for name, month in ((MONTHS[n], f"{year}-{n + 1:02d}") for n in range(12))
            ],
        )
        for year in (range(years[0], years[-1] + 1) if years else ())
    ]
