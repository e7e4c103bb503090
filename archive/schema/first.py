"""The schema archives began with; what came later is in migrations of its own."""

from __future__ import annotations

from archive.schema.names import AUTOMERGE, DAY, FTS_TABLE, FTS_WEIGHTS, VOCABULARY_TABLE, WORDS_TABLE

TABLES = """
create table sites (
    id integer primary key,
    name text not null unique,
    url text not null,
    title text,
    language text,
    house_names text not null default '[]',
    added_at text not null
);

create table runs (
    id integer primary key,
    site_id integer not null references sites(id),
    mode text not null,
    status text not null,
    started_at text not null,
    finished_at text,
    requests integer not null default 0,
    bytes integer not null default 0,
    posts_seen integer not null default 0,
    posts_new integer not null default 0,
    posts_changed integer not null default 0,
    posts_gone integer not null default 0,
    errors integer not null default 0,
    reason text,
    resumes_id integer references runs(id),
    settings text not null default '{}',
    report text
);
create index runs_by_site on runs(site_id, id);

create table warc_files (
    name text primary key,
    committed_bytes integer not null,
    run_id integer references runs(id)
) without rowid;

create table captures (
    id integer primary key,
    run_id integer not null references runs(id),
    url text not null,
    captured_at text not null,
    role text not null,
    status integer not null,
    content_type text,
    warc_file text not null,
    warc_offset integer not null,
    warc_length integer not null,
    payload_sha256 text not null,
    payload_bytes integer not null,
    revisit_of integer references captures(id),
    etag text,
    last_modified text
);
create index captures_by_url on captures(url, id);
create index captures_by_payload on captures(payload_sha256) where revisit_of is null;
create index captures_by_run on captures(run_id);

create table outlets (
    id integer primary key,
    key text unique,
    name text not null unique,
    kind text,
    domain text,
    wikidata text
);

create table authors (
    id integer primary key,
    name text not null unique
);

create table categories (
    id integer primary key,
    site_id integer not null references sites(id),
    name text not null,
    unique (site_id, name)
);

create table tags (
    id integer primary key,
    site_id integer not null references sites(id),
    name text not null,
    unique (site_id, name)
);

create table posts (
    id integer primary key,
    uid text not null unique,
    site_id integer not null references sites(id),
    url text not null,
    title text,
    kind text not null check (kind in ('repost', 'own', 'press_release', 'other')),
    completeness text check (completeness in ('full', 'excerpt', 'pointer')),
    outlet text,
    outlet_id integer references outlets(id),
    outlet_printed text,
    agency text,
    authors text not null default '[]',
    original_on text,
    original_url text,
    image_credit text,
    posted_on text,
    modified_at text,
    site_author text,
    language text,
    words integer not null default 0,
    text text not null default '',
    html text not null default '',
    confidence real not null default 0,
    first_seen_at text not null,
    last_seen_at text not null,
    checked_at text not null,
    changed_at text,
    gone_at text,
    wordpress_id integer,
    layout text,
    reader text not null default '',
    revision_count integer not null default 1,
    capture_id integer references captures(id)
);
create index posts_by_site on posts(site_id, wordpress_id);
create index posts_by_check on posts(site_id, checked_at) where gone_at is null;
create index posts_by_outlet on posts(outlet, original_on);
create index posts_by_original_on on posts(original_on);
create index posts_by_posted_on on posts(posted_on);
create index posts_by_confidence on posts(confidence) where kind = 'repost';

create table post_urls (
    url text primary key,
    post_id integer not null references posts(id) on delete cascade
) without rowid;
create index post_urls_by_post on post_urls(post_id);

create table revisions (
    id integer primary key,
    post_id integer not null references posts(id) on delete cascade,
    number integer not null,
    same_as integer,
    run_id integer references runs(id),
    capture_id integer references captures(id),
    seen_at text not null,
    title text,
    text text not null,
    facts text not null,
    changes text not null default '[]',
    reading text not null,
    unique (post_id, number)
);

create table post_authors (
    post_id integer not null references posts(id) on delete cascade,
    author_id integer not null references authors(id),
    position integer not null,
    primary key (post_id, position)
) without rowid;
create index post_authors_by_author on post_authors(author_id);

create table post_categories (
    post_id integer not null references posts(id) on delete cascade,
    category_id integer not null references categories(id),
    position integer not null,
    primary key (post_id, position)
) without rowid;
create index post_categories_by_category on post_categories(category_id);

create table post_tags (
    post_id integer not null references posts(id) on delete cascade,
    tag_id integer not null references tags(id),
    position integer not null,
    primary key (post_id, position)
) without rowid;
create index post_tags_by_tag on post_tags(tag_id);

create table images (
    id integer primary key,
    post_id integer not null references posts(id) on delete cascade,
    position integer not null,
    url text not null,
    role text not null,
    alt text,
    caption text,
    credit text,
    candidates text not null default '[]',
    unique (post_id, position)
);

create table evidence (
    id integer primary key,
    post_id integer not null references posts(id) on delete cascade,
    field text not null,
    value text not null,
    printed text not null,
    place text not null,
    rule text not null,
    confidence real not null
);
create index evidence_by_post on evidence(post_id);

create table corrections (
    id integer primary key,
    post_id integer not null references posts(id) on delete cascade,
    field text not null,
    value text,
    note text,
    made_at text not null,
    made_by text,
    undone_at text
);
create index corrections_by_post on corrections(post_id) where undone_at is null;

create table sightings (
    id integer primary key,
    site_id integer not null references sites(id),
    key text not null,
    url text not null,
    source text not null,
    listed_in text,
    lastmod text,
    first_run_id integer not null references runs(id),
    last_run_id integer not null references runs(id),
    unique (site_id, source, key)
);
create index sightings_by_key on sightings(site_id, key);

create table skips (
    id integer primary key,
    run_id integer not null references runs(id),
    url text not null,
    key text not null,
    reason text not null,
    detail text,
    role text not null,
    skipped_at text not null
);
create index skips_by_run on skips(run_id, reason);
create index skips_by_key on skips(key);

create table absences (
    id integer primary key,
    post_id integer not null references posts(id) on delete cascade,
    run_id integer not null references runs(id),
    noticed_at text not null,
    how text not null,
    capture_id integer references captures(id)
);
create index absences_by_post on absences(post_id);

create table frontier (
    site_id integer not null references sites(id),
    key text not null,
    url text not null,
    role text not null,
    priority integer not null,
    found_in text,
    hint text,
    done integer not null default 0,
    tries integer not null default 0,
    position integer not null,
    primary key (site_id, key)
) without rowid;
create index frontier_waiting on frontier(site_id, priority, position) where done = 0;

create table held (
    post_id integer primary key references posts(id) on delete cascade,
    run_id integer not null references runs(id),
    suspect_run_id integer references runs(id),
    capture_id integer references captures(id),
    seen_at text not null,
    lost text not null,
    post text not null,
    reading text not null
);

create table edits (
    id integer primary key,
    site_id integer not null references sites(id),
    before text not null,
    after text not null,
    first_run_id integer not null references runs(id),
    last_run_id integer not null references runs(id),
    noticed_at text not null,
    unique (site_id, before, after)
);

create table edit_revisions (
    edit_id integer not null references edits(id) on delete cascade,
    revision_id integer not null references revisions(id) on delete cascade,
    times integer not null,
    primary key (edit_id, revision_id)
) without rowid;
create index edit_revisions_by_revision on edit_revisions(revision_id);

create table notices (
    id integer primary key,
    site_id integer not null references sites(id),
    run_id integer references runs(id),
    key text not null,
    level text not null,
    words text not null,
    noticed_at text not null,
    sent_at text,
    ended_at text
);
create unique index notices_open on notices(site_id, key) where ended_at is null;

create table joins (
    id integer primary key,
    noun text not null check (noun in ('outlet', 'author')),
    variant text not null,
    name text not null,
    note text,
    made_at text not null,
    made_by text,
    undone_at text
);
create unique index joins_live on joins(noun, variant) where undone_at is null;
"""

SEARCH = f"""
create virtual table {FTS_TABLE} using fts5(
    title, outlet, authors, text,
    content='posts', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2'
);
insert into {FTS_TABLE}({FTS_TABLE}, rank) values ('rank', 'bm25({", ".join(map(str, FTS_WEIGHTS))})');
insert into {FTS_TABLE}({FTS_TABLE}, rank) values ('automerge', {AUTOMERGE});

create virtual table {WORDS_TABLE} using fts5(
    title, outlet, authors, text,
    content='posts', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', detail=none, columnsize=0
);
insert into {WORDS_TABLE}({WORDS_TABLE}, rank) values ('automerge', {AUTOMERGE});
create virtual table {VOCABULARY_TABLE} using fts5vocab({WORDS_TABLE}, instance);

create trigger posts_fts_insert after insert on posts begin
    insert into {FTS_TABLE}(rowid, title, outlet, authors, text)
    values (new.id, new.title, new.outlet, new.authors, new.text);
    insert into {WORDS_TABLE}(rowid, title, outlet, authors, text)
    values (new.id, new.title, new.outlet, new.authors, new.text);
end;
create trigger posts_fts_delete after delete on posts begin
    insert into {FTS_TABLE}({FTS_TABLE}, rowid, title, outlet, authors, text)
    values ('delete', old.id, old.title, old.outlet, old.authors, old.text);
    insert into {WORDS_TABLE}({WORDS_TABLE}, rowid, title, outlet, authors, text)
    values ('delete', old.id, old.title, old.outlet, old.authors, old.text);
end;
create trigger posts_fts_update after update of title, outlet, authors, text on posts
when old.title is not new.title or old.outlet is not new.outlet
    or old.authors is not new.authors or old.text is not new.text
begin
    insert into {FTS_TABLE}({FTS_TABLE}, rowid, title, outlet, authors, text)
    values ('delete', old.id, old.title, old.outlet, old.authors, old.text);
    insert into {FTS_TABLE}(rowid, title, outlet, authors, text)
    values (new.id, new.title, new.outlet, new.authors, new.text);
    insert into {WORDS_TABLE}({WORDS_TABLE}, rowid, title, outlet, authors, text)
    values ('delete', old.id, old.title, old.outlet, old.authors, old.text);
    insert into {WORDS_TABLE}(rowid, title, outlet, authors, text)
    values (new.id, new.title, new.outlet, new.authors, new.text);
end;

create index posts_facts on posts(id, outlet, outlet_printed, kind, language, site_id, original_on, posted_on);
create index posts_by_day on posts({DAY});
create index posts_gone on posts(gone_at) where gone_at is not null;
create index posts_changed on posts(changed_at) where changed_at is not null;
"""

VIEWS = """
create view clippings as
select
    posts.id,
    posts.uid,
    sites.name as site,
    posts.url,
    posts.title,
    posts.kind,
    posts.outlet,
    posts.outlet_printed,
    posts.authors,
    posts.original_on,
    posts.original_url,
    posts.image_credit,
    posts.posted_on,
    posts.modified_at,
    posts.site_author,
    (
        select json_group_array(name) from (
            select categories.name
            from post_categories join categories on categories.id = post_categories.category_id
            where post_categories.post_id = posts.id
            order by post_categories.position
        )
    ) as categories,
    (
        select json_group_array(name) from (
            select tags.name
            from post_tags join tags on tags.id = post_tags.tag_id
            where post_tags.post_id = posts.id
            order by post_tags.position
        )
    ) as tags,
    posts.language,
    posts.words,
    posts.text,
    posts.confidence,
    posts.first_seen_at,
    posts.last_seen_at,
    posts.changed_at,
    posts.gone_at,
    posts.revision_count as revisions
from posts join sites on sites.id = posts.site_id;

create view runs_report as
select
    runs.id,
    sites.name as site,
    runs.mode,
    runs.status,
    runs.started_at,
    runs.finished_at,
    runs.requests,
    runs.bytes,
    runs.posts_seen,
    runs.posts_new,
    runs.posts_changed,
    runs.posts_gone,
    runs.errors,
    runs.reason
from runs join sites on sites.id = runs.site_id;
"""
