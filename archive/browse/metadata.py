"""What Datasette is told about an archive: descriptions, facets, sort orders and canned queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from archive.dictionary import DESCRIPTIONS

TABLE_SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "clippings": {
        "facets": ["kind", "outlet", "site"],
        "sort_desc": "posted_on",
        "fts_table": "posts_fts",
        "fts_pk": "id",
        "size": 25,
    },
    "clippings_ranked": {
        "facets": ["kind", "outlet", "site"],
        "sort": "rank",
        "fts_table": "posts_fts",
        "fts_pk": "id",
        "size": 25,
    },
    "runs_report": {"sort_desc": "id"},
    "posts": {
        "facets": ["kind", "outlet"],
        "sort_desc": "posted_on",
        "label_column": "title",
        "fts_table": "posts_fts",
        "fts_pk": "id",
        "size": 25,
    },
    "outlets": {"sort": "name", "label_column": "name", "facets": ["kind"]},
    "authors": {"sort": "name", "label_column": "name"},
    "categories": {"label_column": "name"},
    "tags": {"label_column": "name"},
    "sites": {"label_column": "name"},
    "runs": {"sort_desc": "id", "facets": ["status"]},
    "captures": {"sort_desc": "id", "facets": ["role", "status"]},
    "evidence": {"facets": ["field", "rule"]},
    "revisions": {"sort_desc": "id"},
    "sightings": {"facets": ["source"]},
    "skips": {"sort_desc": "id", "facets": ["reason"]},
    "_sqlite_migrations": {"hidden": True},
    "counts": {"hidden": True},
    "frontier": {"hidden": True},
    "post_urls": {"hidden": True},
    "warc_files": {"hidden": True},
}

QUERIES: Final[dict[str, dict[str, str]]] = {
    "search": {
        "title": "Search the clippings",
        "description": "Headline, outlet, authors and text; best hits first. Words, not operators.",
        "sql": """
select
    posts.uid, posts.title, posts.outlet, posts.authors, posts.original_on, posts.url,
    snippet(posts_fts, 3, '', '', ' … ', 24) as passage
from posts_fts join posts on posts.id = posts_fts.rowid
where posts_fts match (
    select group_concat('"' || replace(value, '"', '') || '"', ' ')
    from json_each('["' || replace(replace(replace(trim(:words), '\\', ' '), '"', ' '), ' ', '","') || '"]')
    where replace(value, '"', '') != ''
)
order by rank
limit 50
""",
    },
    "reposts_by_outlet": {
        "title": "Reposts by outlet",
        "sql": """
select outlet, count(*) as reposts, min(original_on) as first, max(original_on) as last
from posts
where kind = 'repost' and outlet is not null
group by outlet
order by reposts desc, outlet
""",
    },
    "lag_by_outlet": {
        "title": "How many days until an outlet's articles are reposted",
        "sql": """
select
    outlet,
    count(*) as reposts,
    round(avg(julianday(posted_on) - julianday(original_on)), 1) as mean_days,
    max(cast(julianday(posted_on) - julianday(original_on) as integer)) as longest_days
from posts
where kind = 'repost' and length(original_on) = 10 and posted_on is not null
group by outlet
order by reposts desc, outlet
""",
    },
    "authors_by_year": {
        "title": "Who was reposted most, year by year",
        "sql": """
select substr(posts.original_on, 1, 4) as year, authors.name as author, count(*) as reposts
from post_authors
join authors on authors.id = post_authors.author_id
join posts on posts.id = post_authors.post_id
where posts.kind = 'repost' and posts.original_on is not null
group by year, author
order by year desc, reposts desc, author
""",
    },
    "silent_edits": {
        "title": "Silent edits: what was changed in posts after they were first captured",
        "sql": """
select
    revisions.seen_at as noticed_at, posts.uid, before.title as title_before, revisions.title as title_after,
    revisions.changes, posts.outlet, posts.url
from revisions
join revisions as before on before.post_id = revisions.post_id and before.number = revisions.number - 1
join posts on posts.id = revisions.post_id
order by revisions.seen_at desc, revisions.id desc
""",
    },
    "edits_in_one_sweep": {
        "title": "Words replaced in many posts at once",
        "sql": """
select edits.noticed_at, edits.before, edits.after, count(distinct revisions.post_id) as posts
from edits
join edit_revisions on edit_revisions.edit_id = edits.id
join revisions on revisions.id = edit_revisions.revision_id
group by edits.id
order by posts desc, edits.id
""",
    },
    "gone_posts": {
        "title": "Posts that are gone from the blog, or were not found at the last look",
        "sql": """
select posts.uid, posts.title, posts.outlet, posts.gone_at, max(absences.noticed_at) as last_missed_at,
    count(*) as times_missed, absences.how, posts.url
from absences
join posts on posts.id = absences.post_id
where posts.gone_at is not null or posts.last_seen_at < absences.noticed_at
group by posts.id
order by posts.gone_at is null, last_missed_at desc
""",
    },
    "missing_posts": {
        "title": "Posts some source of the blog shows and the archive lacks",
        "sql": """
select sightings.url, group_concat(distinct sightings.source) as shown_by, max(skips.reason) as reason
from sightings
left join post_urls on post_urls.url = sightings.key
left join skips on skips.key = sightings.key
where post_urls.post_id is null
group by sightings.key
order by sightings.url
""",
    },
    "doubtful_readings": {
        "title": "Reposts to check by hand, most doubtful first",
        "sql": """
select uid, title, outlet, authors, original_on, confidence, url
from posts
where kind = 'repost' and confidence < 0.7
order by confidence
""",
    },
}


INSTANCE: Final = {
    "title": "Clipfile",
    "description": "Republished press, with who first published it, who wrote it and when.",
}


def described(database: str) -> dict[str, Any]:
    """What the database, its tables and their columns are, in the shape of Datasette's metadata."""
    tables = {name: {"description": text, "columns": columns} for name, (text, columns) in DESCRIPTIONS.items()}
    return {"databases": {database: {"description": "One archive of reposted articles.", "tables": tables}}}


def settings(database: str) -> dict[str, Any]:
    """Facets, sort orders and canned queries: part of the metadata in 0.65, of the configuration in 1.0."""
    return {"databases": {database: {"tables": TABLE_SETTINGS, "queries": QUERIES}}}


def closed(database: str, tables: Sequence[str]) -> dict[str, Any]:
    """Settings with which Datasette shows nobody the tables, runs no SQL of a reader's and answers no canned query.

    Our own pages are there; they leave out what is withheld.
    """
    queries = {name: {**query, "allow": False} for name, query in QUERIES.items()}
    shut = {"allow_sql": False, "tables": {table: {"allow": False} for table in tables}, "queries": queries}
    return {"databases": {database: shut}}


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two nested tables as one; the second wins where both have a value."""
    shared = first.keys() & second.keys()
    both = {key: merged(first[key], second[key]) for key in shared if isinstance(first[key], dict)}
    return {**first, **second, **both}
