"""Charts as plain geometry: stacked columns in groups, each with the table behind it. Templates draw them as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from markupsafe import Markup

from archive.browse.words import tone

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
    """What is counted for one span of time or one class: how many of each series."""

    label: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Columns under one label, and where a click on them leads."""

    label: str
    columns: Sequence[Column]
    href: str | None = None

    @property
    def total(self) -> int:
        return sum(column.total for column in self.columns)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    css: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnGroup:
    x: float
    width: float
    label: str
    name: str
    """The label, or what says more than it: that of its only column."""
    total: int
    href: str | None
    labelled: bool
    bars: Sequence[Bar]

    @property
    def drawn(self) -> Markup:
        """All bars; made here because a page can have thousands, of numbers and of our own class names only."""
        return Markup(
            "".join(
                f'<rect class="{bar.css}" x="{bar.x}" y="{bar.y}" width="{bar.width}" height="{bar.height}"/>'
                for bar in self.bars
            )
        )

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    title: str
    noun: str
    """What one counts, singular."""
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

    def cells(self, column: Column) -> Markup:
        """The column's numbers as cells of the table, one for each of the legend."""
        counts = (column.counts.get(name) or "" for name, _ in self.legend)
        return Markup("".join(f'<td class="n">{count}</td>' for count in counts))


def stacked(title: str, noun: str, groups: Sequence[Group], series: Mapping[str, str], *, width: int = WIDTH) -> Chart:
    """The chart; *series* with their classes from the bottom up, what is not in it drawn as the rest."""
    classes = {**series, REST: "tone-rest"}
    groups = [replace(group, columns=[_shown(column, classes) for column in group.columns]) for group in groups]
    columns = [column for group in groups for column in group.columns if column.counts]
    highest = max((column.total for column in columns), default=0)
    steps = ticks(highest)
    scale = (HEIGHT - TOP - BOTTOM) / max(steps[-1], 1)
    slot = (width - LEFT) / max(sum(len(group.columns) for group in groups), 1)
    widths = [slot * len(group.columns) for group in groups]
    starts = [LEFT, *(LEFT + end for end in accumulate(widths))]
    every = max(1, -(-LABEL_WIDTH * len(groups) // (width - LEFT)))
    drawn = [
        DrawnGroup(
            x=round(x, 1),
            width=round(group_width, 1),
            label=group.label,
            name=group.columns[0].label if len(group.columns) == 1 else group.label,
            total=group.total,
            href=group.href,
            labelled=number % every == 0,
            bars=[
                bar
                for n, column in enumerate(group.columns)
                for bar in _bars(column, x + n * slot, slot, scale, classes)
            ],
        )
        for number, (group, x, group_width) in enumerate(zip(groups, starts, widths, strict=False))
    ]
    used = set().union(*(column.counts for column in columns))
    return Chart(
        title=title,
        noun=noun,
        groups=drawn,
        ticks=[(round(HEIGHT - BOTTOM - step * scale, 1), step) for step in steps],
        legend=[(name, css) for name, css in classes.items() if name in used],
        columns=columns,
        width=width,
    )


def _shown(column: Column, classes: Mapping[str, str]) -> Column:
    """The column with what is in no class of its own counted as the rest; what counts nothing is left out."""
    counts: dict[str, int] = {}
    for name, count in column.counts.items():
        if count:
            shown = name if name in classes else REST
            counts[shown] = counts.get(shown, 0) + count
    return Column(label=column.label, counts=counts)


def _bars(column: Column, x: float, slot: float, scale: float, classes: Mapping[str, str]) -> Iterable[Bar]:
    width = min(slot * 0.82, MAX_BAR)
    y = float(HEIGHT - BOTTOM)
    for name, css in classes.items():
        if count := column.counts.get(name, 0):
            y -= count * scale
            yield Bar(
                x=round(x + (slot - width) / 2, 2),
                y=round(y, 2),
                width=round(width, 2),
                height=round(count * scale, 2),
                css=css,
            )


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


def by_month(counts: Iterable[tuple[str, str, int]], hrefs: Mapping[str, str]) -> list[Group]:
    """(month `YYYY-MM`, series, count) rows as one group a year, of twelve columns; years between are there, empty."""
    found: dict[str, dict[str, int]] = {}
    for month, name, count in counts:
        found.setdefault(month, {})[name] = count
    years = sorted({int(month[:4]) for month in found if month[:4].isdecimal()})
    return [
        Group(
            label=str(year),
            href=hrefs.get(str(year)),
            columns=[
                Column(label=f"{year}-{month:02d}", counts=found.get(f"{year}-{month:02d}", {}))
                for month in range(1, 13)
            ],
        )
        for year in (range(years[0], years[-1] + 1) if years else ())
    ]
