"""Serves the blog of `blog.py` on loopback: `python -m benchmarks.server POSTS` prints its port, runs until stdin ends.

With `--lifelike`, the pictures its pages name can be had, too, as long as photographs of their sizes are, and it sends
the header fields of a usual WordPress.

As small as a server can be, since it shares the machine with what is measured. `/-/reset` and `/-/counts` are for the
benchmark: when the first request came, and how many answers of which status were given since.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from benchmarks.blog import Blog

HEAD = b"HTTP/1.1 %d %s\r\nServer: bench\r\nContent-Type: %s\r\nContent-Length: %d\r\n%sConnection: keep-alive\r\n\r\n"
USUAL = (
    b"Date: Thu, 26 Nov 2026 23:00:00 GMT\r\nVary: Accept-Encoding\r\nX-Powered-By: PHP/8.2.7\r\n"
    b'Link: <https://harbor.example/wp-json/>; rel="https://api.w.org/"\r\n'
    b'Link: <https://harbor.example/wp-json/wp/v2/posts/1234>; rel="alternate"; type="application/json"\r\n'
    b"Link: <https://harbor.example/?p=1234>; rel=shortlink\r\n"
)
NOT_FOUND = b"<!DOCTYPE html><html><head><title>Page not found</title></head><body><h1>Not found</h1></body></html>"


class Counts:
    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.first_at: float | None = None
        self.statuses: Counter[int] = Counter()
        self.bytes = 0

    def add(self, status: int, size: int) -> None:
        self.first_at = self.first_at or time.monotonic()
        self.statuses[status] += 1
        self.bytes += size

    def as_json(self) -> bytes:
        return json.dumps({"first_at": self.first_at, "statuses": self.statuses, "bytes": self.bytes}).encode()


class Connection(asyncio.Protocol):
    """GET with keep-alive and pipelining; nothing else is asked. *answer* makes the parts of an answer to a request."""

    def __init__(self, answer: Callable[[bytes], tuple[bytes, ...]]) -> None:
        self._answer, self._received = answer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            request, _, self._received = self._received.partition(b"\r\n\r\n")
            self._transport.write(b"".join(self._answer(request)))  # type: ignore[attr-defined]


class Answers:
    """What the blog answers, and what the benchmark is told of it."""

    def __init__(self, blog: Blog, lifelike: bool) -> None:
        self._blog, self._counts, self._lifelike = blog, Counts(), lifelike

    def __call__(self, request: bytes) -> tuple[bytes, ...]:
        path = request.split(b" ", 2)[1].decode("latin-1")
        if path == "/-/counts":
            return self._whole(200, b"application/json", (self._counts.as_json(),))
        if path == "/-/reset":
            self._counts.reset()
            return self._whole(200, b"application/json", (b"{}",))
        status, kind, parts = self._found(path)
        self._counts.add(status, sum(map(len, parts)))
        return self._whole(status, kind, parts)

    def _found(self, path: str) -> tuple[int, bytes, tuple[bytes, ...]]:
        if self._lifelike and (found := PICTURE.search(path)):
            return 200, b"image/jpeg", (picture(path, int(found[1]) * int(found[2])),)
        kind = b"text/plain" if path == "/robots.txt" else b"text/html; charset=UTF-8"
        parts = self._blog.answers.get(path)
        return (200, kind, parts) if parts else (404, kind, (NOT_FOUND,))

    def _whole(self, status: int, kind: bytes, parts: tuple[bytes, ...]) -> tuple[bytes, ...]:
        more = USUAL if self._lifelike else b""
        return (HEAD % (status, b"OK" if status == 200 else b"Not Found", kind, sum(map(len, parts)), more), *parts)


PICTURE: Final = re.compile(r"-(\d+)x(\d+)\.jpg$")
BYTES_A_PIXEL: Final = 0.15
"""As photographs have on the web: 144 kB for 1200 x 800."""


def picture(path: str, pixels: int) -> bytes:
    """What no compression makes shorter, half as long to half as long again as the usual picture of so many pixels."""
    chance = random.Random(path)
    return b"\xff\xd8\xff\xe0" + chance.randbytes(int(pixels * BYTES_A_PIXEL * chance.uniform(0.5, 1.5)))


async def serve(answers_at: Callable[[str], Callable[[bytes], tuple[bytes, ...]]]) -> None:
    """Answer on loopback until standard input ends; *answers_at* gets the blog's address, without a closing slash."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    answer = answers_at(f"http://127.0.0.1:{port}")
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Connection(answer), sock=listening)
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    os._exit(0)  # connections kept alive would be waited for


if __name__ == "__main__":
    asyncio.run(serve(lambda url: Answers(Blog(int(sys.argv[1]), url), "--lifelike" in sys.argv)))
