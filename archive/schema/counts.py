"""Numbers of posts by outlet, month and author, kept by triggers: a page that shows them has nothing to count.

Grouping the posts takes time that grows with the archive; these rows grow with its outlets and months.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class _Count(NamedTuple):
    """What is counted of each row of a table: expressions on the row, null where the row has no part in it."""

    subject: str
    name: str
    period: str


_MONTH: Final = "substr({row}original_on, 1, 7)"
"""Of a day known by its year alone, the year."""

_COUNTED: Final = {
    "posts": (
        _Count("outlet", "{row}outlet", "''"),
        _Count("month", "''", _MONTH),
        _Count("outlet-month", "{row}outlet", _MONTH),
    ),
    "post_authors": (_Count("author", "cast({row}author_id as text)", "''"),),
}
_CHANGING: Final = {"posts": ("outlet", "original_on"), "post_authors": ("author_id",)}
"""Table → its columns that decide where a row counts."""


def _grouped(table: str, count: _Count) -> str:
    name, period = count.name.format(row=""), count.period.format(row="")
    return (
        f"select '{count.subject}' as subject, {name} as name, {period} as period, count(*) as posts\n"
        f"from {table} where {name} is not null and {period} is not null group by {name}, {period}"
    )


def _more(count: _Count) -> str:
    name, period = count.name.format(row="new."), count.period.format(row="new.")
    return (
        f"    insert into counts (subject, name, period, posts)\n"
        f"    select '{count.subject}', {name}, {period}, 1 where {name} is not null and {period} is not null\n"
        f"    on conflict do update set posts = posts + 1;\n"
    )


def _fewer(count: _Count) -> str:
    name, period = count.name.format(row="old."), count.period.format(row="old.")
    found = f"subject = '{count.subject}' and name = {name} and period = {period}"
    return (
        f"    update counts set posts = posts - 1 where {found};\n    delete from counts where {found} and posts = 0;\n"
    )


def _triggers(table: str) -> str:
    more, fewer = ("".join(map(of, _COUNTED[table])) for of in (_more, _fewer))
    columns = _CHANGING[table]
    changed = " or ".join(f"old.{column} is not new.{column}" for column in columns)
    return (
        f"create trigger {table}_counts_insert after insert on {table} begin\n{more}end;\n"
        f"create trigger {table}_counts_delete after delete on {table} begin\n{fewer}end;\n"
        f"create trigger {table}_counts_update after update of {', '.join(columns)} on {table}\n"
        f"when {changed}\nbegin\n{fewer}{more}end;\n"
    )


COUNTED_ANEW: Final = "\nunion all\n".join(
    _grouped(table, count) for table, counts in _COUNTED.items() for count in counts
)
"""What `counts` has to hold, as rows of its columns."""

COUNTS: Final = f"""
create table counts (
    subject text not null,
    name text not null,
    period text not null,
    posts integer not null,
    primary key (subject, name, period)
) without rowid;
insert into counts (subject, name, period, posts)
{COUNTED_ANEW};
{"".join(map(_triggers, _COUNTED))}"""
