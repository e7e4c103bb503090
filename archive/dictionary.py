"""The data dictionary: what every table, view and column means. Datasette shows it, docs/data-model.md prints it."""

from __future__ import annotations

from typing import Final

_CLIPPING: Final = {
    "id": "Number of the post in this archive",
    "uid": "First 16 hex digits of the SHA-256 of the canonical URL: the same in every archive",
    "site": "Name of the blog",
    "url": "Where the post lives, as the blog spells it",
    "title": "Headline as the page shows it",
    "kind": "repost, own, press_release or other",
    "outlet": "Publication the article first appeared in, by its canonical name; null when none is named",
    "outlet_printed": "The outlet's name as the page prints it",
    "authors": "JSON array of the article's authors, in printed order",
    "original_on": "Day the article first appeared, ISO 8601, to the precision printed",
    "original_url": "Where the outlet had the article",
    "image_credit": "Credit of the leading image, as printed",
    "posted_on": "Day the blog posted it",
    "modified_at": "The blog's own word on its last edit, UTC",
    "site_author": "Who posted it, by the blog's own word; not the article's author",
    "categories": "JSON array of the blog's categories",
    "tags": "JSON array of the blog's tags",
    "language": "Language the page declares, BCP 47",
    "words": "Length of the text in words",
    "text": "The post's text, paragraphs parted by line breaks",
    "confidence": "How sure the reader of provenance is, 0 to 1; 1 where a person corrected it",
    "first_seen_at": "When the archive first held it, UTC",
    "last_seen_at": "When it was last found on the blog, UTC",
    "changed_at": "When its newest revision was noticed, UTC; null when it never changed",
    "gone_at": "When it was declared gone from the blog, UTC; null while it is there",
    "revisions": "How many different contents of it the archive has seen",
}

DESCRIPTIONS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "clippings": (
        "One row per post: what the page shows, and where the article came from. Corrections are applied.",
        _CLIPPING,
    ),
    "clippings_ranked": (
        "The clippings by how well they answer a search; in SQL: where query match 'dry dock' order by rank.",
        {
            **_CLIPPING,
            "rank": "How well it answers, the lower the better; null where nothing was asked",
            "query": "What the words asked for are matched with; read as a value it means nothing",
        },
    ),
    "runs_report": (
        "One row per crawl, with its counts and how it ended.",
        {
            "id": "Number of the run",
            "site": "Name of the blog",
            "mode": "full (every page), delta (what changed) or recheck",
            "status": "running, done, partial, suspect, failed or interrupted",
            "started_at": "UTC",
            "finished_at": "UTC; null while it runs",
            "requests": "HTTP exchanges, robots.txt and redirects included",
            "bytes": "Bodies received, as sent (compressed)",
            "posts_seen": "Posts fetched and read",
            "posts_new": "Posts the archive did not hold before",
            "posts_changed": "Posts with a new revision",
            "posts_gone": "Posts declared gone",
            "errors": "Pages that failed for good",
            "reason": "Why it did not end as it should; null when it did",
        },
    ),
    "sites": (
        "The blogs in this archive.",
        {
            "id": "Number of the site",
            "name": "Name of its profile, or its host",
            "url": "First start page of the last run",
            "title": "The blog's own title",
            "language": "Language it declares, BCP 47",
            "house_names": "JSON array of its own names, never taken for an outlet",
            "added_at": "When it was first crawled, UTC",
        },
    ),
    "runs": (
        "Crawls, with settings and the whole report as JSON; `runs_report` is the readable face.",
        {
            "id": "Number of the run",
            "site_id": "The blog",
            "mode": "full, delta, sweep, recheck or import",
            "status": "running, done, partial, suspect, failed, limited or interrupted",
            "started_at": "UTC",
            "finished_at": "UTC",
            "requests": "HTTP exchanges",
            "bytes": "Bodies received, as sent",
            "posts_seen": "Posts fetched and read",
            "posts_new": "Posts not held before",
            "posts_changed": "Posts with a new revision",
            "posts_gone": "Posts declared gone",
            "errors": "Pages that failed for good",
            "reason": "Why it did not end as it should",
            "resumes_id": "The interrupted run whose frontier it took over",
            "settings": "JSON of the settings it ran with",
            "report": "JSON of its whole report",
            "sources": "JSON of what it found of the blog's sources; null when no run has to go on with it",
        },
    ),
    "warc_files": (
        "The WARC files of the archive and how far each is known to be on disk.",
        {
            "name": "File name in warc/",
            "committed_bytes": "Length up to which every record has its row; what lies behind is cut on the next start",
            "run_id": "The run that wrote it",
        },
    ),
    "captures": (
        "HTTP exchanges as recorded: where in which WARC file, and the digest of what was received.",
        {
            "id": "Number of the capture",
            "run_id": "The run that made it",
            "url": "Address asked for",
            "captured_at": "When the answer began, UTC",
            "role": "What it was fetched as: post, listing, robots …; what it is to a page: image, stylesheet, font …",
            "status": "HTTP status",
            "content_type": "Content-Type as sent",
            "warc_file": "File name in warc/",
            "warc_offset": "First byte of the record's gzip member",
            "warc_length": "Bytes of that member",
            "payload_sha256": "SHA-256 of the body as sent, hex",
            "payload_bytes": "Length of the body as sent",
            "revisit_of": "The capture that holds the same payload whole; null when this one does",
            "etag": "ETag as sent",
            "last_modified": "Last-Modified as sent",
        },
    ),
    "outlets": (
        "Publications named as first publishers, each once.",
        {
            "id": "Number of the outlet",
            "key": "Its key in the authority file; null when the file does not have it",
            "name": "Canonical name",
            "kind": "newspaper, magazine, wire, broadcaster …",
            "domain": "Home domain",
            "wikidata": "Wikidata item, where sure",
        },
    ),
    "authors": (
        "Names read as authors of articles, each spelling once.",
        {"id": "Number of the author", "name": "As read"},
    ),
    "categories": (
        "The blogs' categories.",
        {"id": "Number of the category", "site_id": "The blog", "name": "As shown"},
    ),
    "tags": ("The blogs' tags.", {"id": "Number of the tag", "site_id": "The blog", "name": "As shown"}),
    "posts": (
        "The table behind `clippings`, with what only programs need.",
        {
            "id": "Number of the post",
            "uid": "First 16 hex digits of the SHA-256 of the canonical URL it was first seen under",
            "site_id": "The blog",
            "url": "Where it lives",
            "title": "Headline",
            "kind": "repost, own, press_release or other",
            "completeness": "full, excerpt or pointer: how much of the article it carries",
            "outlet": "Canonical name of the outlet",
            "outlet_id": "The outlet's row",
            "outlet_printed": "The outlet's name as printed",
            "agency": "Wire service named beside the outlet",
            "authors": "JSON array of names",
            "original_on": "ISO date to the precision printed",
            "original_url": "Where the outlet had the article",
            "image_credit": "Credit of the leading image",
            "posted_on": "ISO date",
            "modified_at": "UTC",
            "site_author": "Who posted it",
            "language": "BCP 47",
            "words": "Words in the text",
            "text": "Plain text of the newest revision",
            "html": "Sanitised HTML of the newest revision",
            "confidence": "0 to 1",
            "first_seen_at": "UTC",
            "last_seen_at": "UTC",
            "checked_at": "When its page was last asked for and answered, UTC",
            "changed_at": "UTC",
            "gone_at": "UTC",
            "wordpress_id": "WordPress' own number of the post",
            "layout": "Which container of the theme the text was found in",
            "reader": "Version of the reader of provenance",
            "revision_count": "How many revisions there are",
            "capture_id": "The capture the newest revision was read from",
        },
    ),
    "post_urls": (
        "Every address that led to a post, in its canonical spelling.",
        {"url": "Canonical URL", "post_id": "The post"},
    ),
    "revisions": (
        "Each different content of a post, with the reading made of it.",
        {
            "id": "Number of the revision",
            "post_id": "The post",
            "number": "1 for the first",
            "same_as": "Number of the earlier revision that said the same: an older text came back; null otherwise",
            "run_id": "The run that noticed it",
            "capture_id": "The capture it was read from",
            "seen_at": "UTC",
            "title": "Headline then",
            "text": "Text then",
            "facts": "JSON: categories, tags and images then",
            "changes": "JSON array of what differs from the revision before: title, head (the lines that say where it "
            "is from), body, categories, tags, images; only cosmetic where nothing but typography does",
            "reading": "JSON of the reader's whole reading, without corrections",
        },
    ),
    "post_authors": (
        "Who wrote the article of a post.",
        {"post_id": "The post", "author_id": "The author", "position": "From 1"},
    ),
    "post_categories": (
        "The categories a post stands in.",
        {"post_id": "The post", "category_id": "The category", "position": "From 1"},
    ),
    "post_tags": ("The tags of a post.", {"post_id": "The post", "tag_id": "The tag", "position": "From 1"}),
    "images": (
        "Images of posts and files attached to them.",
        {
            "id": "Number of the image",
            "post_id": "The post",
            "position": "From 1, in reading order",
            "url": "Address",
            "role": "image or attachment",
            "alt": "Alternative text",
            "caption": "Caption as printed",
            "credit": "Credit read from the caption",
            "candidates": "JSON array of the addresses in srcset",
        },
    ),
    "evidence": (
        "The printed words behind each value of a reading.",
        {
            "id": "Number of the evidence",
            "post_id": "The post",
            "field": "Which value it speaks for",
            "value": "The value read",
            "printed": "The words as they stand on the page, or the link's address",
            "place": "Where on the page",
            "rule": "Which rule spoke",
            "confidence": "0 to 1",
        },
    ),
    "corrections": (
        "What a person set right; the newest that is not undone stands.",
        {
            "id": "Number of the correction",
            "post_id": "The post",
            "field": "Which value it replaces",
            "value": "JSON of the value; null for none",
            "note": "Why",
            "made_at": "UTC",
            "made_by": "Who",
            "undone_at": "UTC; null while it stands",
        },
    ),
    "joins": (
        "Names a person joined: wherever the variant is read, the other name counts.",
        {
            "id": "Number of the join",
            "noun": "outlet or author",
            "variant": "The name that is read",
            "name": "The name that counts",
            "note": "Why",
            "made_at": "UTC",
            "made_by": "Who",
            "undone_at": "UTC; null while it stands",
        },
    ),
    "likenesses": (
        "Posts that carry the same article, each pair in both directions; nothing is merged.",
        {
            "post_id": "The post",
            "other_id": "Another post with the same article: on another blog, an excerpt, or under another headline",
            "shared": "Share of the shorter text that stands in the longer one, 0 to 1",
            "alike": "Share of all words of both that both have, 0 to 1",
        },
    ),
    "fingerprints": (
        "What of a post is compared with others to find those that carry the same article.",
        {
            "post_id": "The post",
            "runs": "Chosen runs of five words, each as a number of 4 bytes, the lowest byte first",
            "is_stale": "1 when the post came or changed since it was compared",
        },
    ),
    "fingerprint_runs": (
        "The runs of `fingerprints`, to be looked up.",
        {"run": "CRC-32 of five words in a row", "post_id": "A post in which they stand"},
    ),
    "counts": (
        "Numbers of posts, kept up to date with every post that comes, goes or is corrected.",
        {
            "subject": "`outlet`, `month`, `outlet-month` or `author`",
            "name": "The outlet; of an author the number, as in `authors`; empty where months alone are counted",
            "period": "Month the articles first appeared, ISO; the year, where no more is known; empty for all time",
            "posts": "Posts, never 0",
        },
    ),
    "withholdings": (
        "Posts kept from the public, for a time or for good; the newest that is not undone stands.",
        {
            "id": "Number of the withholding",
            "post_id": "The post",
            "until_on": "First day on which it may be shown again, ISO date; null for good",
            "reason": "Why",
            "made_at": "UTC",
            "made_by": "Who",
            "undone_at": "UTC; null while it stands",
        },
    ),
    "withheld": (
        "The posts that are kept from the public today.",
        {
            "post_id": "The post",
            "until_on": "First day on which it may be shown again, ISO date; null for good",
            "reason": "Why",
            "made_at": "UTC",
            "made_by": "Who",
        },
    ),
    "watches": (
        "Saved searches.",
        {
            "id": "Number of the watch",
            "name": "Its name",
            "query": "The query, as it was given",
            "added_at": "UTC",
            "removed_at": "UTC; null while it stands",
        },
    ),
    "watch_hits": (
        "Which posts a saved search has found so far: none is told of twice.",
        {
            "watch_id": "The watch",
            "post_id": "The post",
            "run_id": "The run after which it was new; null when it was there before the watch",
            "noticed_at": "UTC",
        },
    ),
    "decisions": (
        "What people decided about whole runs; `decisions.jsonl` keeps it beside the database.",
        {
            "id": "Number of the decision",
            "what": "accept (what a suspect run kept back was stored) or merge (another archive joined this one)",
            "facts": "JSON: site and start of the accepted run; the WARC files and new numbers of merged runs",
            "made_at": "UTC",
        },
    ),
    "sightings": (
        "Which of the blog's own sources showed which post.",
        {
            "id": "Number of the sighting",
            "site_id": "The blog",
            "key": "Canonical URL",
            "url": "Address as the source spells it",
            "source": "category, blog, date-archive, author-archive, sitemap, feed, rest or link",
            "listed_in": "Address of the page that showed it first",
            "lastmod": "When the post last changed by this source's word: a UTC instant, or a bare day",
            "first_run_id": "First run that saw it there",
            "last_run_id": "Last run that saw it there",
            "wordpress_id": "Number of the post by REST's word; null for other sources",
            "title": "The words by which this source showed the post last",
        },
    ),
    "skips": (
        "Known addresses without a stored post, and why.",
        {
            "id": "Number of the skip",
            "run_id": "The run",
            "url": "The address",
            "key": "Its canonical spelling",
            "reason": "One of the reasons in docs/manners.md",
            "detail": "What was found",
            "role": "What it would have been read as",
            "skipped_at": "UTC",
        },
    ),
    "absences": (
        "Checks at which a known post was not where it was.",
        {
            "id": "Number of the absence",
            "post_id": "The post",
            "run_id": "The run",
            "noticed_at": "UTC",
            "how": "HTTP status, or where it led instead",
            "capture_id": "The capture that shows it",
        },
    ),
    "frontier": (
        "What the present run of a site has found; empty of work when it has ended.",
        {
            "site_id": "The blog",
            "key": "Canonical URL",
            "url": "Address to fetch",
            "role": "What it will be read as",
            "priority": "Lower is sooner",
            "found_in": "Where it was found",
            "hint": "JSON of what its source said of it",
            "done": "1 when its answer is stored",
            "tries": "How often it was tried",
            "position": "Order within its priority",
        },
    ),
    "held": (
        "Changes of known posts that are kept apart until their run was judged; nothing here has changed its post.",
        {
            "post_id": "The post",
            "run_id": "The run that read it",
            "suspect_run_id": "The run whose canary spoke; null while the run that held it goes on",
            "capture_id": "The capture it was read from",
            "seen_at": "UTC",
            "lost": "JSON array of what the post was known to have and this lacks: field, value before, value after",
            "post": "JSON of what the page shows",
            "reading": "JSON of what was concluded",
        },
    ),
    "edits": (
        "Grouped edits: one replacement made across many posts of a blog.",
        {
            "id": "Number of the edit",
            "site_id": "The blog",
            "before": "The words that were replaced; '' where a paragraph was added",
            "after": "The words in their place; '' where a paragraph was taken out",
            "first_run_id": "First run that saw it",
            "last_run_id": "Last run that saw more of it",
            "noticed_at": "UTC",
        },
    ),
    "edit_revisions": (
        "The revisions a grouped edit made.",
        {"edit_id": "The edit", "revision_id": "The revision", "times": "How often the words were replaced in it"},
    ),
    "notices": (
        "What people were told, or are to be told, each trouble once as long as it lasts.",
        {
            "id": "Number of the notice",
            "site_id": "The blog",
            "run_id": "The run that gave rise to it",
            "key": "What it is about; a trouble that lasts keeps its key",
            "level": "news, watch (what saved searches found), trouble or recovery",
            "words": "The notice as it is sent",
            "noticed_at": "UTC",
            "sent_at": "UTC; null until it was sent to every address",
            "sent_to": "JSON array of the addresses that have it, each as the first 16 hex of its SHA-256",
            "ended_at": "When the trouble was over, UTC; at once for news",
        },
    ),
}


def page() -> str:
    """docs/data-model.md: the tables with their columns, the two views that other programs read first."""
    parts = [_INTRODUCTION]
    for table, (text, columns) in DESCRIPTIONS.items():
        rows = "\n".join(f"| `{column}` | {meaning} |" for column, meaning in columns.items())
        parts.append(f"## `{table}`\n\n{text}\n\n| column | meaning |\n| --- | --- |\n{rows}\n")
    return "\n".join(parts)


_INTRODUCTION: Final = """# Data model

An archive is one SQLite file, `archive.db`, beside its captures in `warc/`. The views `clippings` and `runs_report` are
the faces other programs read: their columns stay. Columns ending in `_at` are UTC instants (`2026-11-22T10:45:00Z`),
those ending in `_on` are ISO dates to the precision known (`2026-11-22`, `2026-11`, `2026`); unknown is null, never ''.

`posts.uid` is the first 16 hex digits of the SHA-256 of the canonical URL, so that archives can be joined. A person's
correction is laid over the reader's reading in `posts`; the reading stays in `revisions.reading` and `evidence`.

Full-text search is the FTS5 table `posts_fts` over `posts` (headline, outlet, authors, text), by stems. The view
`clippings_ranked` gives its hits best first, and passages with `snippet(query, 3, '', '', '…', 20)`. Beside it stands
`posts_fts_words` with the words as they are spelled and by their first letters, and `posts_fts_vocabulary`, a window on
its terms. Triggers keep both.

This page is printed by `python -m archive.dictionary`.
"""


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
