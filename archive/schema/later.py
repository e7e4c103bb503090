"""Small changes of the schema since the first."""

from __future__ import annotations

from archive.schema.names import AUTOMERGE, FTS_TABLE, RANKED_VIEW, VOCABULARY_TABLE, WORDS_TABLE

DECISIONS = """
create table decisions (
    id integer primary key,
    what text not null check (what in ('accept', 'merge')),
    facts text not null,
    made_at text not null,
    unique (what, facts, made_at)
);
"""

QUIET_RUNS = """
create index revisions_by_run on revisions(run_id, number);
create index sightings_by_source on sightings(site_id, source, last_run_id, lastmod);
"""

NUMBERED_SIGHTINGS = "alter table sightings add column wordpress_id integer;"

RANKED_CLIPPINGS = f"""
create view {RANKED_VIEW} as
select clippings.*, {FTS_TABLE}.rank as rank, {FTS_TABLE}.{FTS_TABLE} as query
from {FTS_TABLE} join clippings on clippings.id = {FTS_TABLE}.rowid;
"""
"""The join stands first with what is searched, so that FTS5 itself hands out the rows best first: nothing is sorted."""

WORD_BEGINNINGS = f"""
drop table {VOCABULARY_TABLE};
drop table {WORDS_TABLE};
create virtual table {WORDS_TABLE} using fts5(
    title, outlet, authors, text,
    content='posts', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', detail=none, columnsize=0, prefix='2 3'
);
insert into {WORDS_TABLE}({WORDS_TABLE}, rank) values ('automerge', {AUTOMERGE});
create virtual table {VOCABULARY_TABLE} using fts5vocab({WORDS_TABLE}, instance);
insert into {WORDS_TABLE}({WORDS_TABLE}) values ('rebuild');
"""
"""Without lists of their own for short beginnings, `tro*` gathers those of every word that begins so."""

PRINTED_OUTLETS = """
create index posts_by_printed on posts(outlet_printed, outlet) where outlet_printed is not outlet;
"""
"""Most posts print the outlet's own name: they are in `posts_by_outlet` already, and this index stays small."""
