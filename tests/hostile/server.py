"""A loopback server that says exactly what it is told to, byte by byte, and counts what it is asked."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

LONGEST_S = 30.0
"""How long an answer that never ends goes on when the client bears it."""


class Conversation(socketserver.StreamRequestHandler):
    """One connection: reads a request, answers it, and goes on only where the answer says so."""

    server: Server

    def handle(self) -> None:
        while self._answer_one():
            pass

    def _answer_one(self) -> bool:
        self.goes_on = False
        words = self.rfile.readline(65536).decode("latin-1").split()
        fields = iter(lambda: self.rfile.readline(65536).decode("latin-1").strip(), "")
        self.fields = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        if len(words) < 2:
            return False
        self.target = words[1]
        self.asked = self.server.note(self.target, self.fields)
        answer = self.server.answer_to(self.target)
        try:
            answer(self) if callable(answer) else self.write(answer)
        except OSError:
            return False  # the client hung up, as it should
        return self.goes_on

    def write(self, data: bytes) -> None:
        self.wfile.write(data)

    def reset(self) -> None:
        """A reset instead of a farewell."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def beats(self, every_s: float) -> Iterator[None]:
        """A tick now and then, until the server closes or nobody can be waiting any more."""
        ends_s = time.monotonic() + LONGEST_S
        while not self.server.closing.wait(every_s) and time.monotonic() < ends_s:
            yield

    def stall(self) -> None:
        self.server.closing.wait(LONGEST_S)


Answer = bytes | Callable[[Conversation], None]


class Server(socketserver.ThreadingTCPServer):
    """`find` gives the answer to a request target, path and query as sent."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, find: Callable[[str], Answer], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Conversation)
        self.port: int = self.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.closing = threading.Event()
        self.requests: list[tuple[str, Mapping[str, str]]] = []
        self.answer_to = find
        self._lock = threading.Lock()

    def note(self, target: str, fields: Mapping[str, str]) -> int:
        """How often *target* has been asked for, this time included."""
        with self._lock:
            self.requests.append((target, fields))
            return sum(asked == target for asked, _ in self.requests)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error here."""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()


class Canary:
    """Listens where nobody has any business, in IPv4 and IPv6, and counts who comes."""

    def __init__(self) -> None:
        self.visitors: list[str] = []
        self._sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port: int = self._sockets[0].getsockname()[1]
        if socket.has_ipv6:
            self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        self._threads = [threading.Thread(target=self._listen, args=(sock,), daemon=True) for sock in self._sockets]

    def __enter__(self) -> Canary:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self._sockets:
            sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join()

    def _listen(self, sock: socket.socket) -> None:
        while True:
            try:
                visitor, address = sock.accept()
            except OSError:
                return
            self.visitors.append(str(address))
            visitor.close()


# ------------------------------------------------------------------------------------------------- answers, in words


def head(*fields: str, status: int | str = 200) -> bytes:
    """Status line and header fields; a number gets its usual phrase."""
    line = f"{status} {HTTPStatus(status).phrase}" if isinstance(status, int) else status
    return "\r\n".join([f"HTTP/1.1 {line}", *fields, "", ""]).encode()


def whole(body: bytes | str, *fields: str, status: int | str = 200, kind: str = "text/html; charset=utf-8") -> bytes:
    """An answer with its length and kind; ends the connection."""
    data = body.encode() if isinstance(body, str) else body
    kinds = (f"Content-Type: {kind}",) if kind else ()
    return head(f"Content-Length: {len(data)}", *kinds, "Connection: close", *fields, status=status) + data


def redirect(location: str, status: int = 302) -> bytes:
    return whole("", f"Location: {location}", status=status)
