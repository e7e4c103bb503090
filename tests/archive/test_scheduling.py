"""When crawls come round, and that what is written is what the machine understands. Nothing is started."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from archive.commands import schedule
from archive.errors import UsageError
from archive.folder import ArchiveFolder
from archive.schedules import Scheduled, load_schedules
from archive.scheduling import (
    Job,
    compose_file,
    cron_line,
    read_cadence,
    systemd_units,
    with_line,
    without_line,
    workflow,
)

EVERY = [
    pytest.param("03:00", "*-*-* 03:00:00", "0 3 * * *", id="a time"),
    pytest.param("Mon 03:05", "Mon *-*-* 03:05:00", "5 3 * * 1", id="a day and a time"),
    pytest.param("sunday 23:59", "Sun *-*-* 23:59:00", "59 23 * * 0", id="a day written out"),
]


@pytest.mark.parametrize(("every", "calendar", "cron"), EVERY)
def test_a_given_time_is_kept(every: str, calendar: str, cron: str) -> None:
    cadence = read_cadence(every, "any machine")
    assert (cadence.calendar, cadence.cron) == (calendar, cron)


@pytest.mark.parametrize("every", ["", "often", "25:00", "12:60", "Xyz 03:00", "Mon", "3", "* * * * *"])
def test_what_is_no_time_is_refused_with_what_is_one(every: str) -> None:
    with pytest.raises(UsageError, match="daily, hourly, weekly, 03:00 or 'Mon 03:00'"):
        read_cadence(every, "any machine")


def test_times_are_spread_over_the_day_and_stay_on_one_machine() -> None:
    drawn = [read_cadence("daily", f"machine {n}") for n in range(500)]
    assert {cadence.hour for cadence in drawn} == set(range(24))
    assert len({cadence.minute for cadence in drawn}) == 60
    assert drawn[0] == read_cadence("daily", "machine 0")


def a_job(**facts: object) -> Job:
    defaults: dict[str, object] = {
        "site": "michauto",
        "archive": Path("/srv/clippings"),
        "clipfile": Path("/opt/clipfile/bin/clipfile"),
        "cadence": read_cadence("Mon 03:00", ""),
        "user": "press",
    }
    return Job(**{**defaults, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(a_job(), id="an archive of its owner"),
        pytest.param(a_job(archive=Path("/var/lib/clipfile")), id="an archive of a user made for it"),
        pytest.param(a_job(user=None), id="a user's own unit"),
        pytest.param(a_job(site="https://blog.example/caf%C3%A9/?cat=$1"), id="an address with signs systemd reads"),
    ],
)
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_understands_the_units(job: Job, tmp_path: Path) -> None:
    command = tmp_path / "clipfile"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    units = systemd_units(Job(**{**{name: getattr(job, name) for name in job.__slots__}, "clipfile": command}))
    for name, text in units.items():
        (tmp_path / name).write_text(text)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)],
        capture_output=True, text=True, check=False, env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip
    ours = [line for line in checked.stderr.splitlines() if "clipfile" in line]
    assert not ours


def test_a_system_unit_sees_nothing_of_the_machine_but_its_archive() -> None:
    service = systemd_units(a_job())["clipfile-michauto.service"]
    for line in ("User=press", "ProtectSystem=strict", "ReadWritePaths=/srv/clippings", "CapabilityBoundingSet=",
                 "NoNewPrivileges=yes", "OnFailure=clipfile-michauto-failed.service"):  # fmt: skip
        assert line in service.splitlines()


def test_a_timer_makes_up_for_what_it_missed_and_spreads_its_start() -> None:
    timer = systemd_units(a_job())["clipfile-michauto.timer"].splitlines()
    assert {"Persistent=yes", "RandomizedDelaySec=15min", "OnCalendar=Mon *-*-* 03:00:00"} <= set(timer)


def test_a_crontab_keeps_its_other_lines() -> None:
    other = "# mine\n0 4 * * * backup\n"
    once = with_line(other, a_job())
    assert once == f"{other}{cron_line(a_job())}\n"
    assert with_line(once, a_job()) == once, "a second time changes nothing"
    assert without_line(once, a_job()) == other


def test_a_crontab_line_is_one_line_whatever_the_address() -> None:
    line = cron_line(a_job(site="https://blog.example/a%20b/?x='; rm"))
    assert "\n" not in line
    assert r"\%20" in line


def test_a_workflow_is_yaml_that_crawls_on_schedule() -> None:
    told = yaml.safe_load(workflow(a_job(site="https://blog.example/it's/")))
    steps = told["jobs"]["crawl"]["steps"]
    assert told[True]["schedule"] == [{"cron": "0 3 * * 1"}], "YAML 1.1 reads the key `on` as true"
    assert {"SITE": "https://blog.example/it's/"} in [step.get("env") for step in steps]


def test_the_ready_made_files_are_what_the_command_writes() -> None:
    job = a_job(
        archive=Path("/var/lib/clipfile"), clipfile=Path("/opt/clipfile/bin/clipfile"),
        cadence=read_cadence("03:17", ""), user="clipfile",
    )  # fmt: skip
    written = {
        "compose.yaml": compose_file(job),
        "github/clipfile-michauto.yaml": workflow(job),
        **{f"systemd/{name}": text for name, text in systemd_units(job).items()},
    }
    deploy = Path(__file__).parents[2] / "deploy"
    assert {name: (deploy / name).read_text() for name in written} == written


# ------------------------------------------------------------------------------------------------- the command

Command = Callable[..., Result]


@pytest.fixture
def command(folder: ArchiveFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`clipfile schedule` with a crontab and a systemctl that only write down what they are told."""
    programs = tmp_path / "bin"
    programs.mkdir()
    table = tmp_path / "crontab.txt"
    (programs / "crontab").write_text(
        f'#!/bin/sh\n[ "$1" = -l ] && {{ cat {table} 2>/dev/null; exit; }}\ncat > {table}\n'
    )
    (programs / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path / "systemctl.txt"}\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(
        schedule.schedule_command, [*words, "--archive", str(folder.path)], standalone_mode=False
    )


def test_cron_is_given_a_line_and_loses_it_again(command: Command, folder: ArchiveFolder, tmp_path: Path) -> None:
    done = command("michauto", "--every", "Mon 03:00", "--kind", "cron")
    assert done.exception is None, done.output
    assert "crawl michauto --archive" in (tmp_path / "crontab.txt").read_text()
    assert load_schedules(folder.path) == {"michauto": Scheduled(every="Mon 03:00", kind="cron", period_s=7 * 86_400)}
    assert command("michauto", "--remove").exception is None
    assert (tmp_path / "crontab.txt").read_text() == ""
    assert load_schedules(folder.path) == {}


def test_print_changes_nothing(command: Command, folder: ArchiveFolder, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    for kind in ("cron", "container", "github"):
        assert "michauto" in command("michauto", "--kind", kind, "--print").output
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("kind", "path"),
    [("container", "clipfile-michauto.compose.yaml"), ("github", ".github/workflows/clipfile-michauto.yaml")],
)
def test_files_are_written_and_taken_away(command: Command, tmp_path: Path, kind: str, path: str) -> None:
    assert command("michauto", "--kind", kind).exception is None
    assert yaml.safe_load((tmp_path / path).read_text())
    assert command("michauto", "--remove").exception is None
    assert not (tmp_path / path).exists()


def test_somebody_elses_file_is_left_alone(command: Command, tmp_path: Path) -> None:
    theirs = tmp_path / "clipfile-michauto.compose.yaml"
    theirs.write_text("services: {}\n")
    done = command("michauto", "--kind", "container")
    assert isinstance(done.exception, UsageError)
    assert theirs.read_text() == "services: {}\n"
    command("michauto", "--kind", "container", "--remove")
    assert theirs.exists()


def test_a_users_timer_is_enabled_and_disabled(command: Command, tmp_path: Path) -> None:
    job = a_job(user=None)
    schedule.install_systemd(job)
    units = tmp_path / "config" / "systemd" / "user"
    assert sorted(path.name for path in units.iterdir()) == sorted(systemd_units(job))
    schedule.remove_systemd(job)
    assert list(units.iterdir()) == []
    assert (tmp_path / "systemctl.txt").read_text().splitlines() == [
        "--user daemon-reload",
        "--user enable --now clipfile-michauto.timer",
        "--user disable --now clipfile-michauto.timer",
        "--user daemon-reload",
    ]


def test_the_settings_say_how_often_where_the_command_does_not(command: Command, folder: ArchiveFolder) -> None:
    folder.path.mkdir()
    (folder.path / "clipfile.toml").write_text('[schedule]\nmichauto = "Tue 04:00"\n')
    command("michauto", "--kind", "cron")
    assert json.loads((folder.path / "schedules.json").read_text())["michauto"]["every"] == "Tue 04:00"
