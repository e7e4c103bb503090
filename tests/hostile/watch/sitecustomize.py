"""Loaded by every Python process of a watched crawl: notes each connection it opens, and answers for the names.

HOSTILE_WATCH names the file that is written to. A connection to anywhere but loopback fails here, so that no test can
reach a machine of somebody else's, whatever the crawler does.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections import Counter
from typing import Any

from tests.hostile.addresses import ALL_AT_ONCE, NAMES

WATCH = os.environ["HOSTILE_WATCH"]
asked: Counter[str] = Counter()


def note(words: str) -> None:
    with open(WATCH, "a", encoding="utf-8") as log:  # noqa: PTH123  one system call, in a hook
        log.write(words + "\n")


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect" or arguments[0].family not in (socket.AF_INET, socket.AF_INET6):
        return
    host, port = arguments[1][:2]
    note(f"connect {host} {port}")
    if not (host.startswith("127.") or host == "::1"):
        raise OSError(errno.ENETUNREACH, "no network in this test")


def answers(name: str) -> list[str] | None:
    """What the next look-up of *name* gives; None for a name that is not ours to answer for."""
    listed = NAMES.get(name.lower().rstrip("."))
    if listed is None:
        return None
    asked[name] += 1
    note(f"resolve {name}")
    return list(listed) if name in ALL_AT_ONCE else [listed[min(asked[name], len(listed)) - 1]]


look_up_address, look_up_name = socket.getaddrinfo, socket.gethostbyname


def getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    found = answers(name) if isinstance(name, str) else None
    return look_up_address(host, port, *more, **named) if found is None else [
        row for address in found for row in look_up_address(address, port, 0, socket.SOCK_STREAM)
    ]  # fmt: skip


def gethostbyname(host: str) -> str:
    found = answers(host)
    return look_up_name(host) if found is None else found[0]


sys.addaudithook(watch)
socket.getaddrinfo, socket.gethostbyname = getaddrinfo, gethostbyname
