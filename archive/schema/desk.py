"""The tables of the archivist's desk: which posts carry one article, what is withheld from others, what is watched for.

Scripts of migrations in `schema.py`.
"""

from __future__ import annotations

from typing import Final

LIKENESSES: Final = """
create table fingerprints (
    post_id integer primary key references posts(id) on delete cascade,
    runs blob not null default x'',
    is_stale integer not null default 1
);
create index fingerprints_stale on fingerprints(post_id) where is_stale = 1;

create table fingerprint_runs (
    run integer not null,
    post_id integer not null references posts(id) on delete cascade,
    primary key (run, post_id)
) without rowid;

create table likenesses (
    post_id integer not null references posts(id) on delete cascade,
    other_id integer not null references posts(id) on delete cascade,
    shared real not null,
    alike real not null,
    primary key (post_id, other_id)
) without rowid;
create index likenesses_by_other on likenesses(other_id);

create trigger fingerprints_insert after insert on posts begin
    insert into fingerprints(post_id) values (new.id);
end;
create trigger fingerprints_update after update of kind, outlet, original_on, text on posts
when old.text is not new.text or old.outlet is not new.outlet
    or old.original_on is not new.original_on or old.kind is not new.kind
begin
    update fingerprints set is_stale = 1 where post_id = new.id;
end;

insert into fingerprints(post_id) select id from posts;
"""

WITHHOLDINGS: Final = """
create table withholdings (
    id integer primary key,
    post_id integer not null references posts(id) on delete cascade,
    until_on text,
    reason text not null,
    made_at text not null,
    made_by text,
    undone_at text
);
create unique index withholdings_live on withholdings(post_id) where undone_at is null;

create view withheld as
select post_id, until_on, reason, made_at, made_by
from withholdings
where undone_at is null and (until_on is null or until_on > date('now'));
"""

WATCHES: Final = """
create table watches (
    id integer primary key,
    name text not null,
    query text not null,
    added_at text not null,
    removed_at text
);
create unique index watches_live on watches(name) where removed_at is null;

create table watch_hits (
    watch_id integer not null references watches(id) on delete cascade,
    post_id integer not null references posts(id) on delete cascade,
    run_id integer references runs(id),
    noticed_at text not null,
    primary key (watch_id, post_id)
) without rowid;
create index watch_hits_by_post on watch_hits(post_id);
"""
