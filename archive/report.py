"""A run's report as text a person can read: what came in, what changed, what is missing and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from archive.terminal import printable

OUTLETS_SHOWN: Final = 12
EXAMPLES_SHOWN: Final = 5


def render(run: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    """The report of *run* (a row of the view `runs_report`); *report* is what the crawl stored in `runs.report`."""
    return "\n".join(_lines(run, report))


def _lines(run: Mapping[str, Any], report: Mapping[str, Any]) -> Iterator[str]:
    reason = f": {run['reason']}" if run["reason"] else ""
    yield f"Run {run['id']} of {run['site']} ({run['mode']}) — {run['status']}{reason}"
    yield (
        f"  {report['seen']:,} posts: {report['new']:,} new, {report['changed']:,} changed, "
        f"{report['unchanged']:,} unchanged, {report['gone']:,} gone, {report['missing']:,} missing"
    )
    yield from _canary(report)
    rate = report["seen"] / report["seconds"] if report["seconds"] else 0
    volume = f"{report['requests']:,} requests, {size(report['bytes'])}"
    yield f"  {volume}, {duration(report['seconds'])} ({rate:.1f} posts/s)"
    yield from _requisites(report)
    yield from _counts("kinds of post", report["kinds"], len(report["kinds"]))
    yield from _counts("reposts by outlet", report["outlets"], OUTLETS_SHOWN)
    yield from _counts("skipped", report["skips"], len(report["skips"]))
    yield from _examples(
        "without end, not walked further", report.get("endless", ()), lambda e: f"{e['url']}: {e['why']}"
    )
    yield from _examples("across many posts", report.get("edits", ()), edit_words)
    for watched in report.get("watched", ()):
        titles = watched["clippings"]
        yield from _examples(f"new to the watch {watched['watch']}", titles, lambda post: post["title"])
    yield from _examples("changed", report["changes"], lambda e: f"{e['title']}: {', '.join(e['changes'])}")
    yield from _examples("after a crash, cut back to the last whole record", report.get("cuts", ()), cut_words)
    yield from _examples("missing", report["absent"], lambda e: f"{e['url']}: {e['how']}")
    yield from _examples(
        f"to review: {report['doubtful']:,}", report["doubts"], lambda e: f"{e['title']}: {', '.join(e['doubts'])}"
    )
    if report.get("redesigned"):
        yield "  the blog has another design: posts known with outlet, author and date were asked for again"
    if verdicts := report.get("verdicts"):
        words = (f"{name} {verdict['status']} ({verdict['detail']})" for name, verdict in verdicts.items())
        yield "  sources: " + " · ".join(words)
    if report.get("plan"):
        yield f"  why: {report['plan']}"


def _requisites(report: Mapping[str, Any]) -> Iterator[str]:
    """Files the pages need; nothing to say in a run that neither fetched nor skipped any."""
    fetched, skips = report.get("requisites", 0), report.get("requisite_skips", {})
    if not fetched and not skips:
        return
    reasons = " · ".join(f"{reason} {count:,}" for reason, count in skips.items())
    skipped = f"; {sum(skips.values()):,} skipped: {reasons}" if skips else ""
    yield f"  {plural(fetched, 'file')} their pages need, {size(report['requisite_bytes'])}{skipped}"


def _canary(report: Mapping[str, Any]) -> Iterator[str]:
    """What the canary said: alarms are in the run's reason, so only what they rest on."""
    canary = report.get("canary", {})
    for example in canary.get("examples", ()):
        yield f"    · {printable(example['title'] or example['url'])}"
        for loss in example["losses"]:
            yield f"        {loss['field']}: {printable(loss['before'])} → {printable(loss['after'] or 'nothing')}"
    for note in canary.get("notes", ()):
        yield f"  new: {printable(note)}"
    if kept_back := report.get("kept_back"):
        yield (
            f"  {plural(kept_back, 'post')} kept as before: what this run read of them would replace better values "
            f"(docs/health.md)"
        )


def edit_words(edit: Mapping[str, Any]) -> str:
    """A grouped edit in one line.

    >>> edit_words({"before": "MICHauto", "after": "MichAuto", "posts": 200, "posts_so_far": 200})
    '“MICHauto” → “MichAuto” in 200 posts'
    """
    before, after = (f"“{edit[side]}”" if edit[side] else "nothing" for side in ("before", "after"))
    so_far = f", {edit['posts_so_far']:,} so far" if edit["posts_so_far"] > edit["posts"] else ""
    return f"{before} → {after} in {plural(edit['posts'], 'post')}{so_far}"


def cut_words(cut: Mapping[str, Any]) -> str:
    """What was cut off a WARC file before the run began."""
    return f"{cut['file']}: {size(cut['from_bytes'] - cut['to_bytes'])} that no row spoke of"


def _counts(heading: str, counts: Mapping[str, int], limit: int) -> Iterator[str]:
    if not counts:
        return
    shown = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    words = [f"{printable(name)} {count:,}" for name, count in shown[:limit]]
    if len(shown) > limit:
        words.append(f"{len(shown) - limit:,} more")
    yield f"  {heading}: " + " · ".join(words)


def _examples(heading: str, examples: Sequence[Mapping[str, Any]], words: Any) -> Iterator[str]:
    if not examples:
        return
    yield f"  {heading}:"
    for example in examples[:EXAMPLES_SHOWN]:
        yield f"    · {printable(words(example))}"
    if len(examples) > EXAMPLES_SHOWN:
        yield f"    · and {len(examples) - EXAMPLES_SHOWN} more"


def size(count: int) -> str:
    """Bytes for people: 512 B, 48.2 kB, 1.3 MB.

    >>> size(48_213)
    '48.2 kB'
    """
    value, units = float(count), iter(("B", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while value >= 1000 and unit != "TB":
        value, unit = value / 1000, next(units)
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def duration(seconds: float) -> str:
    """Seconds for people.

    >>> duration(3725)
    '1 h 2 min'
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def plural(count: int, noun: str) -> str:
    """A count with its noun.

    >>> plural(1, "post"), plural(1200, "post")
    ('1 post', '1,200 posts')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
