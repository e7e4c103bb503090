"""When a crawl comes round, and what tells the machine so: a systemd timer, a crontab line, a container, a workflow.

Pure: values in, texts out. `archive.commands.schedule` puts them where they belong.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from archive.errors import UsageError

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PERIODS: Final = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7)}

_TIMED = re.compile(r"(?:(?P<day>[A-Za-z]{3,9})\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})")

DELAY_MINUTES: Final = 15
"""Up to so long after its time a timer fires: many archives on one host don't start in the same second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cadence:
    """How often, and at which minute."""

    period: timedelta
    minute: int
    hour: int | None = None
    """None: every hour."""
    day: int | None = None
    """0 is Monday; None: every day."""

    @property
    def calendar(self) -> str:
        """As systemd's `OnCalendar=` says it.

        >>> Cadence(period=PERIODS["weekly"], day=0, hour=3, minute=0).calendar
        'Mon *-*-* 03:00:00'
        """
        day = f"{DAYS[self.day]} " if self.day is not None else ""
        hour = "*" if self.hour is None else f"{self.hour:02}"
        return f"{day}*-*-* {hour}:{self.minute:02}:00"

    @property
    def cron(self) -> str:
        """As cron says it, Sunday being 0.

        >>> Cadence(period=PERIODS["weekly"], day=6, hour=3, minute=0).cron
        '0 3 * * 0'
        """
        hour = "*" if self.hour is None else str(self.hour)
        day = "*" if self.day is None else str((self.day + 1) % 7)
        return f"{self.minute} {hour} * * {day}"


def read_cadence(every: str, salt: str) -> Cadence:
    """`daily`, `hourly`, `weekly`, `03:00` or `Mon 03:00`. Raises UsageError on anything else.

    Where no time is given it is drawn from *salt* (this machine, this archive, this site): always the same here and
    another elsewhere, so that the world's archives of one blog don't all come at midnight.
    """
    drawn = int.from_bytes(hashlib.sha256(salt.encode()).digest()[:4], "big")
    minute, hour, day = drawn % 60, drawn // 60 % 24, drawn // 1440 % 7
    name = every.strip().lower()
    if name == "hourly":
        return Cadence(period=PERIODS[name], minute=minute)
    if name == "daily":
        return Cadence(period=PERIODS[name], hour=hour, minute=minute)
    if name == "weekly":
        return Cadence(period=PERIODS[name], day=day, hour=hour, minute=minute)
    return _at_a_time(every)


def _at_a_time(every: str) -> Cadence:
    timed = _TIMED.fullmatch(every.strip())
    days = [number for number, name in enumerate(DAYS) if timed and timed["day"] and timed["day"][:3].title() == name]
    if not timed or int(timed["hour"]) > 23 or int(timed["minute"]) > 59 or (timed["day"] and not days):
        raise UsageError(
            f"{every!r} is no time a crawl can come round", hint="daily, hourly, weekly, 03:00 or 'Mon 03:00'"
        )
    period = PERIODS["weekly" if days else "daily"]
    return Cadence(period=period, day=days[0] if days else None, hour=int(timed["hour"]), minute=int(timed["minute"]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A crawl to be repeated."""

    site: str
    """A site's name, or a blog's address."""
    archive: Path
    """Absolute."""
    clipfile: Path
    """The command, absolute: a timer knows no PATH."""
    cadence: Cadence
    user: str | None = None
    """Whom the archive belongs to; None for a unit of the user's own manager."""

    @property
    def name(self) -> str:
        """What files and units are called.

        >>> Job(site="https://blog.example/news/", archive=Path("/a"), clipfile=Path("/c"),
        ...     cadence=Cadence(period=PERIODS["hourly"], minute=0)).name
        'clipfile-blog.example-news'
        """
        plain = re.sub(r"^https?://", "", self.site.lower())
        return f"clipfile-{re.sub(r'[^a-z0-9.]+', '-', plain).strip('-')}"

    @property
    def words(self) -> list[str]:
        return [str(self.clipfile), "crawl", self.site, "--archive", str(self.archive)]


# ------------------------------------------------------------------------------------------------- systemd


def systemd_units(job: Job) -> dict[str, str]:
    """File name → unit: the timer, its service, and the one that tells people when the service failed."""
    on_failure = f"OnFailure={job.name}-failed.service\n"
    tell = [str(job.clipfile), "status", "--tell", "--archive", str(job.archive)]
    return {
        f"{job.name}.timer": _TIMER.format(
            site=_unit_text(job.site), calendar=job.cadence.calendar, delay=DELAY_MINUTES
        ),
        f"{job.name}.service": _service(job, f"Crawl {job.site} into its archive", job.words, on_failure),
        f"{job.name}-failed.service": _service(job, f"Tell that a crawl of {job.site} failed", tell),
    }


_TIMER: Final = """\
# Written by clipfile schedule; clipfile schedule {site} --remove takes it away.
[Unit]
Description=Crawl {site} regularly

[Timer]
OnCalendar={calendar}
RandomizedDelaySec={delay}min
FixedRandomDelay=yes
# a machine that was off at the time makes up for it
Persistent=yes

[Install]
WantedBy=timers.target
"""


def _service(job: Job, description: str, words: list[str], on_failure: str = "") -> str:
    return _SERVICE.format(
        description=_unit_text(description),
        on_failure=on_failure,
        fine="75" if on_failure else "1 3 4 5 75",
        command=" ".join(map(_unit_word, words)),
        folder=_unit_text(str(job.archive)),
        confinement=_owner(job) + (_SYSTEM_SANDBOX.format(folder=_unit_text(str(job.archive))) if job.user else ""),
    )


def _unit_word(word: str) -> str:
    """A word of `ExecStart=`: % and $ mean something to systemd."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") + '"'


def _unit_text(text: str) -> str:
    return text.replace("%", "%%")


STATE: Final = Path("/var/lib")


def _owner(job: Job) -> str:
    """A system unit runs as a user made for it where its archive is in /var/lib, else as whoever owns the archive."""
    if job.user is None:
        return ""
    if job.archive.parent == STATE:
        return f"DynamicUser=yes\nUser=clipfile\nStateDirectory={job.archive.name}\n"
    return f"User={job.user}\n"


_SERVICE: Final = """\
# Written by clipfile schedule.
[Unit]
Description={description}
Wants=network-online.target
After=network-online.target
{on_failure}
[Service]
Type=oneshot
ExecStart={command}
# 75: another run holds the archive
SuccessExitStatus={fine}
WorkingDirectory={folder}
Nice=10
IOSchedulingClass=idle
TimeoutStartSec=23h
MemoryMax=2G
TasksMax=64
UMask=0027
{confinement}NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
"""

_SYSTEM_SANDBOX: Final = """\
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={folder}
PrivateTmp=yes
PrivateDevices=yes
ProtectHostname=yes
ProtectClock=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
"""
"""What only the system's manager can do; a user's manager lacks the privileges."""


# ------------------------------------------------------------------------------------------------- cron


def cron_mark(job: Job) -> str:
    """The end of our line, by which it is found again."""
    return f"# {job.name} {hashlib.sha256(str(job.archive).encode()).hexdigest()[:8]}"


def cron_line(job: Job) -> str:
    command = shlex.join(job.words).replace("%", r"\%")  # cron takes a bare % for a line end
    return f"{job.cadence.cron} {command} >/dev/null {cron_mark(job)}"


def with_line(crontab: str, job: Job) -> str:
    """The crontab with the job's line in it, once."""
    return f"{without_line(crontab, job)}{cron_line(job)}\n"


def without_line(crontab: str, job: Job) -> str:
    return "".join(f"{line}\n" for line in crontab.splitlines() if not line.endswith(cron_mark(job)))


# ------------------------------------------------------------------------------------------------- container, workflow


def compose_file(job: Job) -> str:
    """Two services over one volume: one crawls and sleeps, one shows."""
    period = round(job.cadence.period.total_seconds())
    site = _yaml_text(job.site).replace("$", "$$")  # compose would look for a variable
    return _COMPOSE.format(name=job.name, site=site, period=period)


def workflow(job: Job) -> str:
    """A GitHub Actions workflow that keeps the archive in the cache and hands it out as an artifact."""
    return _WORKFLOW.format(name=job.name, site=_yaml_text(job.site), cron=job.cadence.cron)


def _yaml_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_COMPOSE: Final = """\
# Written by clipfile schedule. docker build -f deploy/Dockerfile -t clipfile . && docker compose -f THIS up -d
name: {name}

x-clipfile: &clipfile
  image: clipfile
  volumes: ["archive:/archive"]
  read_only: true
  tmpfs: ["/tmp"]
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  restart: unless-stopped

services:
  crawl:
    <<: *clipfile
    entrypoint: ["/usr/local/bin/crawl-regularly"]
    environment: {{CLIPFILE_SITE: {site}, CLIPFILE_EVERY_S: "{period}"}}
    mem_limit: 2g
  browse:
    <<: *clipfile
    command: ["serve", "--host", "0.0.0.0", "--port", "8001"]
    ports: ["127.0.0.1:8001:8001"]
    depends_on: [crawl]

volumes:
  archive:
"""

_WORKFLOW: Final = """\
# Written by clipfile schedule. Put it into .github/workflows/ of a repository that may run Actions.
name: {name}
on:
  schedule: [{{cron: "{cron}"}}]
  workflow_dispatch:
permissions: {{contents: read}}
concurrency: {{group: {name}, cancel-in-progress: false}}
jobs:
  crawl:
    runs-on: ubuntu-latest
    timeout-minutes: 330
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {{python-version: "3.12"}}
      - run: pip install .
      - uses: actions/cache/restore@v4
        with:
          path: data
          key: {name}-${{{{ github.run_id }}}}
          restore-keys: {name}-
      # 3: some pages failed or were put off; 4: the canary spoke. Either way what was kept is kept.
      - run: clipfile crawl "$SITE"
        env: {{SITE: {site}}}
      - uses: actions/cache/save@v4
        if: always()
        with: {{path: data, key: "{name}-${{{{ github.run_id }}}}"}}
      - uses: actions/upload-artifact@v4
        if: always()
        with: {{name: archive, path: data, retention-days: 30}}
"""
