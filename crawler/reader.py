"""A process of the reading room: does one piece of work after another, each within bounds the kernel keeps.

crawler/room.py starts it and talks to it through the socket it inherits: a length, then a pickle, both ways. It ends
when the other side does, however that ended. Modules are imported when a piece of work names them; Scrapy never is.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

LENGTH: Final = struct.Struct("<I")
OUT_OF_MEMORY: Final = 83
"""Exit code of a process whose work needed more memory than it may have."""
OUT_OF_TIME: Final = -signal.SIGPROF
"""Its end, as `subprocess` tells it, when the work needed more time of the processor."""
STATM: Final = Path("/proc/self/statm")


class Failed:
    """Stands in the place of a result: what the work raised, in words, for an exception may not be picklable."""

    def __init__(self, words: str) -> None:
        self.words = words


def main(words: list[str]) -> None:
    """*words*: the socket's descriptor; the seconds of processor time, and the bytes of memory, one piece may take."""
    descriptor, cpu_s, memory_bytes = int(words[0]), float(words[1]), int(words[2])
    with socket.socket(fileno=descriptor) as channel, channel.makefile("rb") as incoming:
        try:
            messages = _messages(incoming)
            for get_ready in islice(messages, 1):
                channel.sendall(_done(get_ready))
                gc.freeze()  # what is imported stays: collecting garbage need not look through it
            for work in messages:
                with _bounds(cpu_s, memory_bytes):
                    answer = _done(work)
                channel.sendall(answer)
        except ConnectionError:
            pass  # nobody is there any more to be told


def _messages(incoming: BinaryIO) -> Iterator[bytes]:
    while len(head := incoming.read(LENGTH.size)) == LENGTH.size:
        yield incoming.read(*LENGTH.unpack(head))


def _done(work: bytes) -> bytes:
    """The result as a message. Does not come back when memory runs out: what is half done then is not to be trusted."""
    try:
        function, arguments = pickle.loads(work)
        result = pickle.dumps(function(*arguments), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:
        result = pickle.dumps(Failed(_told(error)))
    return LENGTH.pack(len(result)) + result


def _told(error: Exception) -> str:
    import traceback

    return "".join(traceback.format_exception(error))


@contextmanager
def _bounds(cpu_s: float, memory_bytes: int) -> Iterator[None]:
    """Nothing in Python can stop libxml2 or a regular expression; the kernel can, by ending the process.

    Where the system does not say how much memory a process has, that is not bounded.
    """
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    if held := _held_bytes():
        allowed = held + memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (allowed if most < 0 else min(allowed, most), most))
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)


def _held_bytes() -> int:
    """Address space of this process; 0 where it can't be known."""
    try:
        return int(STATM.read_bytes().split()[0]) * resource.getpagesize()
    except OSError:
        return 0
