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
@click.option("--accept", is_flag=True, help="Store what a suspect run kept back: the blog really changed.")
@archive_option
@json_option
def runs_command(run_id: int | None, limit: int, accept: bool, folder: ArchiveFolder, as_json: bool) -> None:
    """List the crawls so far, newest first; with RUN_ID, print that run's whole report."""
    if accept:
        accept_run(folder, run_id)
        return
    db = folder.open_readonly()
    if run_id is not None:
        show_run(db, run_id, as_json)
        return
    rows = list(db.query("select * from runs_report order by id desc limit ?", [limit]))
    if as_json:
        echo_json(rows)
    else:
        echo_table([[row[column] for column in COLUMNS] for row in rows], COLUMNS)


def accept_run(folder: ArchiveFolder, run_id: int | None) -> None:
    """Everything kept back of the run's blog is stored, whichever run kept it: later ones saw the same blog."""
    if run_id is None:
        raise UsageError("--accept needs the number of the run that is suspect", hint="clipfile runs lists them")
    folder.open_readonly()  # refuses a folder that is no archive before anything is made there
    with folder.writing(f"accepting run {run_id}") as store, store.atomic():
        row = store.db.execute("select site_id from runs where id = ?", [run_id]).fetchone()
        if row is None:
            raise UsageError(f"there is no run {run_id}", hint="clipfile runs lists them")
        accepted = store.concluding.accept(row[0])
        store.decisions.save_acceptance(run_id)
    click.echo(f"{report.plural(accepted, 'reading')} stored")


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
