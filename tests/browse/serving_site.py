"""The browse site in a process of its own, as `clipfile serve` starts it, and a browser to look at it with."""

from __future__ import annotations

import ctypes
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
# The last one lets a page ask hosts of the loopback network, or the trap below would never be asked.
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-features=LocalNetworkAccessChecks"
).split()


@contextmanager
def served(*databases: Path, options: tuple[str, ...] = (), may_write: bool = True) -> Iterator[str]:
    """The address of Datasette with our pages, serving these databases until the block ends.

    Without *may_write* the process has no right to write where files and folders forbid it, not even as root.
    """
    renounce = None if may_write else renounce_writing
    port = free_port()
    command = [sys.executable, "-m", "archive.browse", "serve", *map(str, databases), "--port", str(port), *options]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=renounce
    ) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/-/versions.json", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def renounce_writing() -> None:
    """Let this process, once it runs another program, go by the permissions of files even where it is root's."""
    drop, override_permissions, read_everywhere = 24, 1, 2  # Linux: PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, …_READ_SEARCH
    for capability in (override_permissions, read_everywhere):
        ctypes.CDLL(None).prctl(drop, capability)


class Trap:
    """Where every host but this machine leads: what a page manages to send anywhere is written down here.

    It listens below HTTP, so that a connection opened in advance, or one that only begins to talk TLS, counts as well.
    """

    def __init__(self) -> None:
        self.caught: list[bytes] = []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def flag(self) -> str:
        """What tells Chromium that all names under .example are here."""
        return f"--host-resolver-rules=MAP *.example 127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        caught = self.caught

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.settimeout(0.2)
                try:
                    caught.append(self.request.recv(200))
                except OSError:
                    caught.append(b"a connection")

        return Handler


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nobody answered at {url}")
