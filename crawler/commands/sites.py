"""`clipfile sites`: the blogs Clipfile knows; `clipfile sites check`: what it finds on one before it is crawled."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import click

from archive.commands.options import archive_option, echo_json, echo_table, json_option
from archive.folder import ArchiveFolder
from crawler.check import SiteCheck, check_site
from crawler.commands.serving import served
from crawler.guard import Origin
from crawler.identity import user_agent
from crawler.polite import PoliteFetch
from crawler.profiles import list_profiles, load_profile, user_folders

COLOURS: Final = {"good": "green", "doubtful": "yellow", "closed": "red", "none": None}


@click.group("sites", invoke_without_command=True)
@archive_option
@json_option
@click.pass_context
def sites_command(ctx: click.Context, folder: ArchiveFolder, as_json: bool) -> None:
    """List the blogs Clipfile knows by name; `clipfile sites check` looks at one."""
    if ctx.invoked_subcommand:
        return
    profiles = list_profiles(user_folders(folder.path))
    if as_json:
        echo_json([{"name": p.name, "title": p.title, "start_urls": p.start_urls} for p in profiles])
    else:
        echo_table([(p.name, p.title, p.start_urls[0]) for p in profiles], ("name", "blog", "starts at"))
        click.echo("\nAny http(s) address of a WordPress blog works too: clipfile crawl https://blog.example/")


@sites_command.command("check")
@click.argument("site")
@click.option("--allow-private", is_flag=True, help="Let SITE be on a private or loopback address.")
@archive_option
@json_option
def check_command(site: str, allow_private: bool, folder: ArchiveFolder, as_json: bool) -> None:
    """Look at SITE (a name or an address): its sources, categories, pagination and pages. Stores nothing."""
    with served(load_profile(site, user_folders(folder.path)), folder) as (profile, is_ours):
        allowed = Origin.of(profile.start_urls[0]) if allow_private or is_ours else None
        fetch = PoliteFetch(
            agent=user_agent(folder.contact()),
            allowed=allowed,
            delay_s=1.0 if profile.delay_s is None else profile.delay_s,
            may_follow=profile.in_scope,
        )
        check = check_site(profile, fetch)
    if as_json:
        echo_json(asdict(check))
    else:
        echo_check(check)


def echo_check(check: SiteCheck) -> None:
    click.echo(f"{check.site}: {check.url}")
    rows = [(row.subject, click.style(row.state, fg=COLOURS[row.state]), row.found) for row in check.rows]
    echo_table(rows, ("what", "state", "found"))
