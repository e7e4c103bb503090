"""`clipfile runs`: the crawls so far, and the report of one."""

from __future__ import annotations

import json

import click
from sqlite_utils import Database

from archive import report
from archive.commands.options import archive_option, echo_json, echo_table, json_option
from archive.errors import UsageError
from archive.folder import ArchiveFolder

COLUMNS = (
    "id",
    "site",
    "mode",
    "status",
    "started_at",
    "posts_seen",
    "posts_new",
    "posts_changed",
    "posts_gone",
    "errors",
)


@click.command("runs")
@click.argument("run_id", type=int, required=False)
@click.option("--limit", default=20, show_default=True, help="How many runs to list, newest first.")
@archive_option
@json_option
def runs_command(run_id: int | None, limit: int, folder: ArchiveFolder, as_json: bool) -> None:
    """List the crawls so far, newest first; with RUN_ID, print that run's whole report."""
    db = folder.open_readonly()
    if run_id is not None:
        show_run(db, run_id, as_json)
        return
    rows = list(db.query("select * from runs_report order by id desc limit ?", [limit]))
    if as_json:
        echo_json(rows)
    else:
        echo_table([[row[column] for column in COLUMNS] for row in rows], COLUMNS)


def show_run(db: Database, run_id: int, as_json: bool) -> None:
    run = next(db.query("select * from runs_report where id = ?", [run_id]), None)
    if run is None:
        raise UsageError(f"there is no run {run_id}", hint="clipfile runs lists them")
    stored = db.execute("select report from runs where id = ?", [run_id]).fetchone()[0]
    if as_json:
        echo_json({**run, "report": json.loads(stored) if stored else None})
    elif stored:
        click.echo(report.render(run, json.loads(stored)))
    else:
        click.echo(f"Run {run_id} of {run['site']} is {run['status']}; it has left no report.")
