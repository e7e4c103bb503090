"""`clipfile gaps`: category pages 412 · sitemap 415 · REST 415 · archive 415, and each missing post with its reason."""

from __future__ import annotations

from dataclasses import asdict

import click

from archive.commands.options import archive_option, echo_json, echo_table, json_option
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.gaps import SiteGaps, find_gaps
from archive.report import plural


@click.command("gaps")
@click.argument("site", required=False)
@archive_option
@json_option
def gaps_command(site: str | None, folder: ArchiveFolder, as_json: bool) -> None:
    """Compare what the blog's own sources show with what the archive holds; SITE limits it to one blog."""
    found = find_gaps(folder.open_readonly(), site)
    if site and not found:
        raise UsageError(f"the archive has no site {site!r}", hint="clipfile runs lists what was crawled")
    if as_json:
        echo_json([asdict(gaps) for gaps in found])
        return
    for gaps in found:
        echo_gaps(gaps)


def echo_gaps(gaps: SiteGaps) -> None:
    counts = " · ".join(f"{source} {count:,}" for source, count in gaps.counts.items())
    click.echo(f"{gaps.site}: {counts}")
    if not gaps.missing:
        click.echo("  nothing is missing")
        return
    click.echo(f"  {plural(len(gaps.missing), 'post')} shown and not held:")
    rows = [(gap.url, ", ".join(gap.sources), gap.reason, gap.detail or "") for gap in gaps.missing]
    echo_table(rows, ("url", "shown by", "reason", "detail"))
