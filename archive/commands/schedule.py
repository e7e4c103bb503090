"""`clipfile schedule`: have the machine crawl a blog regularly, show what would do it, or take it away again."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import click

from archive.commands.options import archive_option, echo_json, json_option
from archive.errors import ArchiveError, CannotWriteError, UsageError
from archive.folder import ArchiveFolder
from archive.schedules import Scheduled, forget_schedule, load_schedules, save_schedule
from archive.scheduling import (
    STATE,
    Job,
    compose_file,
    cron_line,
    read_cadence,
    systemd_units,
    with_line,
    without_line,
    workflow,
)

KINDS: Final = ("systemd", "cron", "container", "github")

OURS: Final = "Written by clipfile schedule"
"""In the first line of every file this command writes; a file without it is somebody else's."""


@click.command("schedule")
@click.argument("site")
@click.option("--every", metavar="WHEN", help="daily (the default), hourly, weekly, 03:00 or 'Mon 03:00'.")
@click.option(
    "--kind", type=click.Choice(KINDS), help="What wakes the crawl (default: systemd where it runs, else cron)."
)
@click.option("--print", "only_print", is_flag=True, help="Show what would be written; change nothing.")
@click.option("--remove", is_flag=True, help="Take the schedule of SITE away.")
@archive_option
@json_option
def schedule_command(
    site: str, every: str | None, kind: str | None, only_print: bool, remove: bool, folder: ArchiveFolder, as_json: bool
) -> None:
    """Crawl SITE regularly.

    Without a time, one is drawn for this machine, so that the world's archives don't come to a blog all at midnight.
    """
    known = load_schedules(folder.path).get(site)
    chosen = kind or (known.kind if known and remove else default_kind())
    every = every or (known.every if known else folder.settings().schedule.get(site, "daily"))
    job = job_of(site, every, folder, chosen)
    if only_print:
        done, words = "shown", shown(job, chosen)
    elif remove:
        REMOVE[chosen](job)
        forget_schedule(folder.path, site)
        done, words = "removed", f"{site} is no longer crawled by {chosen}\n"
    else:
        folder.path.mkdir(parents=True, exist_ok=True)
        INSTALL[chosen](job)
        save_schedule(
            folder.path, site, Scheduled(every=every, kind=chosen, period_s=round(job.cadence.period.total_seconds()))
        )
        done, words = "scheduled", f"{site} is crawled by {chosen}: {job.cadence.calendar}\n"
    if as_json:
        facts = {"site": site, "kind": chosen, "every": every, "calendar": job.cadence.calendar}
        echo_json({**facts, "done": done, "files": shown(job, chosen)})
    else:
        click.echo(words, nl=False)


def default_kind() -> str:
    return "systemd" if Path("/run/systemd/system").is_dir() else "cron"


def job_of(site: str, every: str, folder: ArchiveFolder, kind: str) -> Job:
    archive = folder.path.absolute()
    salt = f"{platform.node()} {archive} {site}"
    user = owner_of(archive) if kind == "systemd" else None
    return Job(site=site, archive=archive, clipfile=command_path(), cadence=read_cadence(every, salt), user=user)


def command_path() -> Path:
    """The `clipfile` that is running, as a timer must name it."""
    beside = Path(sys.executable).with_name("clipfile")
    found = beside if beside.exists() else shutil.which("clipfile")
    if found is None:
        raise ArchiveError("the clipfile command is not installed where it could be named", hint="pip install clipfile")
    return Path(found)


def owner_of(archive: Path) -> str | None:
    """Whom a system unit runs as: the archive's owner; None for whoever is not root and gets units of his own."""
    if os.geteuid() != 0:
        return None
    owner = archive.owner() if archive.exists() else "root"
    if owner == "root" and archive.parent != STATE:
        raise UsageError(
            f"{archive} belongs to root, and a crawl should not run as root",
            hint=f"chown it to another user, or keep the archive in {STATE / archive.name}",
        )
    return owner


def shown(job: Job, kind: str) -> str:
    """What would be written, file by file."""
    if kind == "cron":
        return f"{cron_line(job)}\n"
    files = files_of(job, kind)
    return "\n".join(f"# --- {path}\n{text}" for path, text in files.items())


def files_of(job: Job, kind: str) -> Mapping[Path, str]:
    if kind == "systemd":
        return {unit_folder(job) / name: text for name, text in systemd_units(job).items()}
    if kind == "container":
        return {Path.cwd() / f"{job.name}.compose.yaml": compose_file(job)}
    return {Path.cwd() / ".github" / "workflows" / f"{job.name}.yaml": workflow(job)}


def unit_folder(job: Job) -> Path:
    if job.user is not None:
        return Path("/etc/systemd/system")
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "systemd" / "user"


# ------------------------------------------------------------------------------------------------- installing


def write_files(files: Mapping[Path, str]) -> None:
    for path in files:
        if path.exists() and not is_ours(path):
            raise UsageError(f"{path} exists and was not written by clipfile schedule", hint="move it away first")
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CannotWriteError(f"{path} can't be written: {error.strerror or error}") from error
        click.echo(f"wrote {path}")


def remove_files(files: Mapping[Path, str]) -> None:
    for path in files:
        if path.exists() and is_ours(path):
            path.unlink()
            click.echo(f"removed {path}")


def is_ours(path: Path) -> bool:
    return OURS in path.read_text(encoding="utf-8", errors="replace").partition("\n")[0]


def install_systemd(job: Job) -> None:
    write_files(files_of(job, "systemd"))
    systemctl(job, "daemon-reload")
    systemctl(job, "enable", "--now", f"{job.name}.timer")


def remove_systemd(job: Job) -> None:
    files = files_of(job, "systemd")
    if any(path.exists() for path in files):
        systemctl(job, "disable", "--now", f"{job.name}.timer")
    remove_files(files)
    systemctl(job, "daemon-reload")


def systemctl(job: Job, *words: str) -> None:
    run(["systemctl", *([] if job.user is not None else ["--user"]), *words])


def install_cron(job: Job) -> None:
    run(["crontab", "-"], stdin=with_line(crontab(), job))


def remove_cron(job: Job) -> None:
    run(["crontab", "-"], stdin=without_line(crontab(), job))


def crontab() -> str:
    """The user's crontab; one who has none gets an error from `crontab -l`, which is no trouble."""
    if shutil.which("crontab") is None:
        raise UsageError("there is no crontab on this machine", hint="--kind systemd or --kind container")
    return subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False).stdout


def run(words: list[str], stdin: str | None = None) -> None:
    try:
        done = subprocess.run(words, input=stdin, capture_output=True, text=True, check=False)
    except OSError as error:
        raise UsageError(f"{words[0]} can't be run: {error.strerror or error}", hint="choose another --kind") from error
    if done.returncode:
        raise ArchiveError(f"{' '.join(words)} failed: {done.stderr.strip() or f'exit {done.returncode}'}")


def install_container(job: Job) -> None:
    write_files(files_of(job, "container"))
    click.echo(f"start it with: docker compose -f {job.name}.compose.yaml up -d")


def install_github(job: Job) -> None:
    write_files(files_of(job, "github"))
    click.echo("commit it: it runs once it is on the default branch")


INSTALL: Final[Mapping[str, Callable[[Job], None]]] = {
    "systemd": install_systemd,
    "cron": install_cron,
    "container": install_container,
    "github": install_github,
}

REMOVE: Final[Mapping[str, Callable[[Job], None]]] = {
    "systemd": remove_systemd,
    "cron": remove_cron,
    "container": lambda job: remove_files(files_of(job, "container")),
    "github": lambda job: remove_files(files_of(job, "github")),
}
