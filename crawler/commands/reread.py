"""`clipfile reread`: the present reader over the stored captures; what it would change, and the change if wanted."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

import click

from archive.clippings import find_post_id
from archive.commands.options import archive_option, echo_json, json_option
from archive.commands.watching import Watcher
from archive.folder import ArchiveFolder
from archive.provenance import READER
from archive.report import plural
from archive.store import Store
from archive.terminal import printable
from crawler.rereading import FIELDS, Change, Reread, chosen, merged, processors, readers

TOLD_APART: Final = ("kind", "completeness", "outlet", "agency", "language", "layout")
"""Fields of few values: from what to what is the kind of change; of the others, whether they came, went or differ."""

EXAMPLES: Final = 3
IDS_SHOWN: Final = 20
BATCH: Final = 100
"""Posts of one transaction."""
WORTH_PROCESSES: Final = 100
"""Posts from which on it pays to start processes of their own: a tenth of a second where they can be forked."""


@dataclass(kw_only=True)
class Group:
    """Changes of one kind."""

    name: str
    """Of the field."""
    manner: str
    before: Any = None
    after: Any = None
    posts: list[int] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)


@dataclass(kw_only=True)
class Outcome:
    """What a re-reading came to."""

    groups: dict[tuple[Any, ...], Group] = field(default_factory=dict)
    read: int = 0
    changed: int = 0
    older: int = 0
    """Readings by another version of the reader."""
    accepted: int = 0
    unreadable: list[dict[str, Any]] = field(default_factory=list)


@click.command("reread")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--field", "fields", multiple=True, type=click.Choice(FIELDS), help="Accept changes of this field only.")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Accept only what this rule of the reader says.")
@click.option("--post", "posts", multiple=True, metavar="POST", help="Read this post only: its id, uid or address.")
@archive_option
@json_option
def reread_command(
    dry_run: bool,
    fields: tuple[str, ...],
    rules: tuple[str, ...],
    posts: tuple[str, ...],
    folder: ArchiveFolder,
    as_json: bool,
) -> int:
    """Read the stored captures anew with the present reader, offline, on every core.

    Says which fields change in which posts, by kind of change; --field, --rule and --post (each may be repeated) limit
    what is accepted. What a person corrected stays corrected.
    """
    ids = wanted(folder, posts)
    outcome, watcher = Outcome(), Watcher()
    with ExitStack() as resources:
        count = count_of(folder, ids)
        jobs = processors() if count >= WORTH_PROCESSES else 1
        read_anew = resources.enter_context(readers(folder, jobs=jobs))  # before the database is opened to write
        store = None if dry_run else resources.enter_context(folder.writing("a re-reading", watcher.show))
        for batch in batches(watched(read_anew(ids), watcher, count)):
            take(outcome, batch, fields, rules)
            if store is not None:
                outcome.accepted += accept(store, batch, fields, rules)
    watcher.clear()
    if as_json:
        echo_json(as_report(outcome, dry_run=dry_run))
    else:
        click.echo("\n".join(told(outcome, dry_run=dry_run)))
    return 3 if outcome.unreadable else 0


def wanted(folder: ArchiveFolder, posts: tuple[str, ...]) -> list[int] | None:
    db = folder.open_readonly()
    try:
        return [find_post_id(db, post) for post in dict.fromkeys(posts)] if posts else None
    finally:
        db.close()


def count_of(folder: ArchiveFolder, ids: list[int] | None) -> int:
    if ids is not None:
        return len(ids)
    db = folder.open_readonly()
    try:
        return int(db.execute("select count(*) from posts").fetchone()[0])
    finally:
        db.close()


def watched(found: Iterable[Reread], watcher: Watcher, total: int) -> Iterator[Reread]:
    for number, each in enumerate(found, 1):
        watcher.show("reading posts anew", number, total)
        yield each


def batches(found: Iterable[Reread]) -> Iterator[list[Reread]]:
    batch: list[Reread] = []
    for each in found:
        batch.append(each)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def accept(store: Store, batch: list[Reread], fields: tuple[str, ...], rules: tuple[str, ...]) -> int:
    """Write the accepted changes of some posts in one transaction; returns in how many posts there were any."""
    count = 0
    with store.atomic():
        for each in batch:
            accepted = chosen(each, fields, rules)
            if accepted or (each.is_older and not fields and not rules):
                store.posts.reread(each.post_id, *merged(each, accepted))
                count += bool(accepted)
    return count


# ------------------------------------------------------------------------------------------------- what is told of it


def take(outcome: Outcome, batch: list[Reread], fields: tuple[str, ...], rules: tuple[str, ...]) -> None:
    """Count the changes that are asked for, by kind."""
    for each in batch:
        outcome.read += each.trouble is None
        outcome.older += each.is_older
        if each.trouble is not None:
            outcome.unreadable.append({"id": each.post_id, "url": each.url, "why": each.trouble})
        accepted = chosen(each, fields, rules)
        outcome.changed += bool(accepted)
        for change in accepted:
            note(outcome, each, change)


def note(outcome: Outcome, reread: Reread, change: Change) -> None:
    values = (change.before, change.after) if change.field in TOLD_APART else (None, None)
    key = (change.field, change.manner, *values)
    group = outcome.groups.setdefault(
        key, Group(name=change.field, manner=change.manner, before=values[0], after=values[1])
    )
    group.posts.append(reread.post_id)
    group.rules.update(change.rules)
    if len(group.examples) < EXAMPLES:
        before, after = brief(change.before, change.after)
        example = {"id": reread.post_id, "title": reread.title or reread.url, "before": before, "after": after}
        group.examples.append(example)


def brief(before: Any, after: Any) -> tuple[str, str]:
    """Two values in a few words each; of long texts, from where they differ."""
    texts = [
        value if isinstance(value, str) else "none" if value in (None, ()) else _listed(value)
        for value in (before, after)
    ]
    same = 0
    if max(map(len, texts)) > 60:
        same = next((at for at, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    start = max(0, same - 20)
    shown = [
        ("… " if start else "") + textwrap.shorten(text[start : start + 200], 70, placeholder=" …") for text in texts
    ]
    return shown[0] or "nothing more", shown[1] or "nothing more"


def _listed(value: Any) -> str:
    if not isinstance(value, tuple):
        return str(value)
    return ", ".join(
        next((said for name in ("printed", "rule", "url") if (said := getattr(part, name, None))), str(part))
        for part in value
    )


def ordered(outcome: Outcome) -> list[Group]:
    return sorted(outcome.groups.values(), key=lambda group: (FIELDS.index(group.name), -len(group.posts)))


def as_report(outcome: Outcome, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "reader": READER,
        "posts_read": outcome.read,
        "posts_changed": outcome.changed,
        "posts_accepted": outcome.accepted,
        "older_readings": outcome.older,
        "changes": [
            {
                "field": group.name,
                "change": group.manner,
                "before": group.before,
                "after": group.after,
                "count": len(group.posts),
                "posts": group.posts,
                "rules": dict(group.rules.most_common()),
                "examples": group.examples,
            }
            for group in ordered(outcome)
        ],
        "unreadable": outcome.unreadable,
    }


def told(outcome: Outcome, *, dry_run: bool) -> Iterator[str]:
    for group in ordered(outcome):
        yield from _group(group)
    for each in outcome.unreadable:
        yield printable(f"could not be read: {each['url']} (post {each['id']}): {each['why']}")
    changed = plural(outcome.changed, "post")
    verdict = f"{changed} would change" if dry_run else f"{plural(outcome.accepted, 'post')} changed"
    older = f"; {plural(outcome.older, 'reading')} by another version of the reader" if outcome.older else ""
    yield f"{plural(outcome.read, 'post')} read anew (reader {READER}): {verdict}{older}"


def _group(group: Group) -> Iterator[str]:
    values = f" {group.before or 'none'} → {group.after or 'none'}" if group.name in TOLD_APART else f" {group.manner}"
    rules = ", ".join(f"{rule} {count}" for rule, count in group.rules.most_common(4))
    yield printable(f"{group.name}:{values} · {plural(len(group.posts), 'post')}" + (f" · {rules}" if rules else ""))
    for example in group.examples:
        title = textwrap.shorten(example["title"], 60, placeholder=" …")
        yield printable(f"{example['id']:>8}  {title}: {example['before']} → {example['after']}")
    if len(group.posts) > len(group.examples):
        ids = ", ".join(map(str, group.posts[:IDS_SHOWN])) + (" …" if len(group.posts) > IDS_SHOWN else "")
        yield f"          posts {ids}"
