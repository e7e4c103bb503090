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
    """GET with keep-alive and pipelining; nothing else is asked."""

    def __init__(self, blog: Blog, counts: Counts, lifelike: bool) -> None:
        self._blog, self._counts, self._lifelike, self._received = blog, counts, lifelike, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            request, _, self._received = self._received.partition(b"\r\n\r\n")
            self._answer(request.split(b" ", 2)[1].decode("latin-1"))

    def _answer(self, path: str) -> None:
        if path == "/-/counts":
            self._send(200, b"application/json", (self._counts.as_json(),))
        elif path == "/-/reset":
            self._counts.reset()
            self._send(200, b"application/json", (b"{}",))
        elif self._lifelike and (found := PICTURE.search(path)):
            content = picture(path, int(found[1]) * int(found[2]))
            self._counts.add(200, self._send(200, b"image/jpeg", (content,)))
        else:
            parts = self._blog.answers.get(path)
            status, kind = (200, b"text/html; charset=UTF-8") if parts else (404, b"text/html; charset=UTF-8")
            kind = b"text/plain" if path == "/robots.txt" else kind
            self._counts.add(status, self._send(status, kind, parts or (NOT_FOUND,)))

    def _send(self, status: int, kind: bytes, parts: tuple[bytes, ...]) -> int:
        size = sum(map(len, parts))
        more = USUAL if self._lifelike else b""
        head = HEAD % (status, b"OK" if status == 200 else b"Not Found", kind, size, more)
        self._transport.write(b"".join((head, *parts)))  # type: ignore[attr-defined]
        return size


PICTURE: Final = re.compile(r"-(\d+)x(\d+)\.jpg$")
BYTES_A_PIXEL: Final = 0.15
"""As photographs have on the web: 144 kB for 1200 x 800."""


def picture(path: str, pixels: int) -> bytes:
    """What no compression makes shorter, half as long to half as long again as the usual picture of so many pixels."""
    chance = random.Random(path)
    return b"\xff\xd8\xff\xe0" + chance.randbytes(int(pixels * BYTES_A_PIXEL * chance.uniform(0.5, 1.5)))


async def serve(posts: int, lifelike: bool) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    blog, counts = Blog(posts, f"http://127.0.0.1:{port}"), Counts()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(blog, counts, lifelike), sock=listening)
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()
    os._exit(0)  # connections kept alive would be waited for


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), "--lifelike" in sys.argv))
