"""A real WordPress on loopback: Debian's packages, a database and web server of its own, gone when it is closed.

Everything lives in one folder under the system's temporary directory; no service, no port but the blog's own, and
nothing under /etc or /var is touched. Run it by hand, until Ctrl-C:

    python tests/wordpress/bench.py --theme twentytwentythree
"""

from __future__ import annotations

import argparse
import getpass
import grp
import html
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from awkward import AWKWARD
from seed import SeedPost, read_ends, sample_posts

SITE = Path(__file__).parent / "site"
WORDPRESS = Path("/usr/share/wordpress")
THEMES = ("twentytwentythree", "twentytwentyone")
"""One made of blocks, one classic."""
PHP_MODULES = {"mysql": "mysqli", "gd": "gd", "xml": "dom", "mbstring": "mbstring"}
"""Debian's package, after `php-` → the module in it that WordPress needs."""
DOORS = ("rest", "sitemaps", "feeds")
START_LIMIT_S = 60.0

IMAGES = {"harbor": "The harbor at dawn", "press": "", "crane": "Photo by Lena Ortiz", "forge": ""}
MENU = ("Media Coverage", "HARBORauto in the News", "News", "News > Policy & Advocacy")
PAGES = {
    "About the Dispatch": "<p>The Dispatch collects what the press writes about the port.</p>",
    "Contact": "<p>Write to the editors.</p>",
}


@dataclass(frozen=True, kw_only=True)
class TruePost:
    """What WordPress itself says of one post, and how its body begins and ends as it was typed."""

    key: str
    id: int
    permalink: str
    status: str
    title: str
    """Plain text."""
    posted_on: str
    modified_at: str
    categories: tuple[str, ...]
    first: str | None
    last: str | None
    """First and last sentence of the body; None when it has no words."""

    @property
    def public(self) -> bool:
        return self.status == "publish"


@dataclass(frozen=True, kw_only=True)
class WordPress:
    """A running blog. `theme` and `close` change it while it runs."""

    root: Path
    url: str
    truth: tuple[TruePost, ...]

    def theme(self, name: str) -> None:
        run_php(self.root, "theme.php", name)

    def close(self, *doors: str) -> None:
        """Close these of DOORS and open all others."""
        write_settings(self.root, self.url, closed=doors)


def missing_parts() -> list[str]:
    """Names of what this machine lacks to run the bench; empty when it can."""
    parts = {
        "wordpress": (WORDPRESS / "wp-settings.php").is_file(),
        "mariadb-server-core": find_program("mariadbd") is not None,
        "php-cli": find_program("php") is not None,
        "php-fpm": find_php_fpm() is not None,
        "nginx": find_program("nginx") is not None,
    }
    modules = {f"php-{package}": module in php_modules() for package, module in PHP_MODULES.items()}
    themes = {f"wordpress-theme-{name}": (WORDPRESS / "wp-content/themes" / name).is_dir() for name in THEMES}
    return [name for name, present in (parts | modules | themes).items() if not present]


def find_program(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def php_modules() -> list[str]:
    if not find_program("php"):
        return []
    return subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout.split()


def find_php_fpm() -> str | None:
    """Debian names the program after its version: php-fpm8.2."""
    found = sorted(Path("/usr/sbin").glob("php-fpm*"))
    return str(found[-1]) if found else None


@contextmanager
def running_wordpress(theme: str = "twentytwentythree", posts: Sequence[SeedPost] | None = None) -> Iterator[WordPress]:
    """A blog in *theme*, every door open; its processes end and its folder goes with the block.

    It has the awkward posts and the sample blog's, or these *posts* alone.
    """
    with ExitStack() as stack:
        # A socket's path may have 107 bytes: not pytest's long folders.
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clipfile-wp-", dir="/tmp")))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        write_webroot(root)
        write_settings(root, url, closed=())
        for command in service_commands(root, port):
            stack.enter_context(running(command, log=root / f"{Path(command[0]).name}.out"))
        run_php(root, "install.php")
        truth = seed(root, posts or [*AWKWARD, *sample_posts()])
        run_php(root, "theme.php", theme)
        wait_until_answered(url)
        yield WordPress(root=root, url=url, truth=truth)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_webroot(root: Path) -> None:
    """Copy WordPress, since Debian's own looks for its configuration under /etc."""
    web = root / "web"
    shutil.copytree(WORDPRESS, web, symlinks=True, ignore=shutil.ignore_patterns("wp-config.php", ".htaccess"))
    for folder in ("mu-plugins", "uploads"):
        (web / "wp-content" / folder).mkdir()
    shutil.copy(SITE / "wp-config.php", web)
    shutil.copy(SITE / "clipfile-bench.php", web / "wp-content/mu-plugins")


def write_settings(root: Path, url: str, *, closed: Sequence[str]) -> None:
    settings = {"url": url, "socket": str(root / "db.sock"), "closed": list(closed)}
    fresh = root / "bench.json.new"
    fresh.write_text(json.dumps(settings))
    fresh.replace(root / "bench.json")


def service_commands(root: Path, port: int) -> list[list[str]]:
    (root / "db").mkdir()
    user = getpass.getuser()
    values = {"root": str(root), "port": str(port), "user": user, "group": grp.getgrgid(os.getgid()).gr_name}
    for name in ("nginx.conf", "php-fpm.conf"):
        (root / name).write_text(filled((SITE / name).read_text(), values))
    return [
        mariadb_command(root, user),
        [str(find_php_fpm()), "--nodaemonize", "--allow-to-run-as-root", "--fpm-config", f"{root}/php-fpm.conf"],
        [str(find_program("nginx")), "-e", f"{root}/nginx-error.log", "-c", f"{root}/nginx.conf"]
        + (["-g", f"user {user} {values['group']};"] if os.getuid() == 0 else []),
    ]


def filled(template: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(f"@{name}@", value)
    return template


def mariadb_command(root: Path, user: str) -> list[str]:
    """A server without grant tables needs no installation; only its owner can reach the socket's folder."""
    return [
        str(find_program("mariadbd")),
        "--no-defaults",
        f"--user={user}",
        f"--datadir={root}/db",
        f"--socket={root}/db.sock",
        f"--pid-file={root}/db.pid",
        f"--tmpdir={root}",
        "--skip-networking",
        "--skip-grant-tables",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-doublewrite=0",
        "--innodb-fast-shutdown=2",
        "--performance-schema=0",
    ]


@contextmanager
def running(command: list[str], *, log: Path) -> Iterator[None]:
    """Keep *command* running; it gets SIGTERM at the end, and also when this process dies without one."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=START_LIMIT_S)


def run_php(root: Path, script: str, *arguments: str, given: str = "") -> str:
    command = ["php", "-d", "memory_limit=512M", str(SITE / script), str(root / "web"), *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{script} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def seed(root: Path, posts: Sequence[SeedPost]) -> tuple[TruePost, ...]:
    given = {"posts": [asdict(post) for post in posts], "images": IMAGES, "menu": MENU, "pages": PAGES}
    answer = json.loads(run_php(root, "seed.php", given=json.dumps(given)))
    truth = tuple(true_post(said, {post.key: post for post in posts}) for said in answer)
    (root / "truth.json").write_text(json.dumps([asdict(post) for post in truth], ensure_ascii=False, indent=1))
    return truth


def true_post(said: dict[str, Any], seeded: dict[str, SeedPost]) -> TruePost:
    """WordPress' word on a post joined with the typed body; its own first post, "Hello world!", has none."""
    first, last = (
        read_ends(seeded[said["key"]].content)
        if said["key"] in seeded
        else ("Welcome to WordPress.", "Edit or delete it, then start writing!")
    )
    return TruePost(
        key=said["key"],
        id=said["id"],
        permalink=said["permalink"],
        status="password" if said["password"] else said["status"],
        title=html.unescape(re.sub(r"<[^>]+>", "", said["title"])),
        posted_on=said["posted_on"],
        modified_at=said["modified_at"],
        categories=tuple(said["categories"]),
        first=first,
        last=last,
    )


def wait_until_answered(url: str) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=START_LIMIT_S) as answer:
                answer.read()
            return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description="Run a seeded WordPress on loopback until Ctrl-C.")
    parser.add_argument("--theme", choices=sorted(THEMES), default="twentytwentythree")
    parser.add_argument(
        "--closed", choices=DOORS, action="append", default=[], help="close this source; may be repeated"
    )
    options = parser.parse_args()
    if missing := missing_parts():
        parser.error("missing on this machine: " + ", ".join(missing))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    started_s = time.monotonic()
    with running_wordpress(options.theme) as blog:
        blog.close(*options.closed)
        public = sum(post.public for post in blog.truth)
        took_s = time.monotonic() - started_s
        sys.stdout.write(f"{blog.url}/  {public} public posts of {len(blog.truth)}, up in {took_s:.1f} s\n")
        sys.stdout.write(f"truth: {blog.root}/truth.json\n")
        sys.stdout.flush()
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
