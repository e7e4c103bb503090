"""The reading room: pages are read in processes of their own, so that no page can hold up or bring down a run.

A parser can't be interrupted, but a process can: each piece of work has a bound on the processor's time and on memory,
and a page that breaks it loses only itself. The process is replaced, and what waited behind is done by the new one.
That the reactor fetches and stores while another core reads is the other half of the gain.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from archive.errors import ArchiveError
from crawler.reader import LENGTH, OUT_OF_MEMORY, OUT_OF_TIME, Failed

Breach = Literal["reading-too-long", "reading-too-much-memory", "reading-broke-off"]

HANDED_OUT: Final = 3
"""Pieces of work a process has at a time: when one is done the next is there already, whatever we are busy with."""

UNDER_WAY_BYTES: Final = 1 << 20
"""What the system may hold of them, if it allows so much: else the third is half with us, and comes when we wake up."""

STARTS: Final = 3
"""How often a process may die before it has done anything until we believe that it can't live here."""

LONGEST_S: Final = 600.0
"""Seconds on the clock after which a process that does not answer is ended, however little it has worked."""

TRIES: Final = 2
"""Processes that may end over a page for no bound's sake: the first may have been killed by somebody else."""

BEGIN: Final = "import sys; from crawler.reader import main; main(sys.argv[1:])"
CODE: Final = str(Path(__file__).resolve().parent.parent)

T = TypeVar("T")


class CostlyPageError(Exception):
    """The work was given up: `reason` is a skip reason."""

    def __init__(self, reason: Breach, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Breach = reason
        self.detail = detail


class NoReadingRoomError(ArchiveError):
    """The processes that read can't be started: nothing can be read, so a run has to end."""


class ReaderFault(RuntimeError):  # noqa: N818  what it tells of is an error already
    """The work raised an exception, told in words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What one piece of work may cost."""

    cpu_s: float = 10.0
    memory_bytes: int = 256 * 1024 * 1024
    """On top of what the process holds before."""


@dataclass(kw_only=True, eq=False)
class _Work:
    message: bytes
    result: asyncio.Future[Any]
    deaths: int = 0
    """Processes that died of it, by all appearances."""


class Room:
    """Some processes and what they have to do. Belongs to one event loop, which has to run while it is used.

    Each process calls *get_ready* with its arguments before anything else. They are started at once.
    """

    def __init__(self, get_ready: Callable[..., None], *args: Any, readers: int = 1, bounds: Bounds = Bounds()) -> None:
        self._waiting: deque[_Work] = deque()
        first = pickle.dumps((get_ready, args), pickle.HIGHEST_PROTOCOL)
        self._desks = [_Desk(first, self._waiting, bounds) for _ in range(readers)]
        self._queues = (self._waiting, *(desk.handed_out for desk in self._desks))

    @property
    def process_ids(self) -> list[int]:
        return [desk.process.pid for desk in self._desks]

    async def do(self, function: Callable[..., T], *args: Any, first: bool = False) -> T:
        """What *function*, of a module that can be imported, returns; with *first*, before what waits already.

        Raises CostlyPageError when it broke a bound, or its process twice; NoReadingRoomError when there is no process
        to be had; and ReaderFault for anything it raised itself.
        """
        work = _Work(
            message=pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL),
            result=asyncio.get_running_loop().create_future(),
        )
        (self._waiting.appendleft if first else self._waiting.append)(work)
        for desk in sorted(self._desks, key=lambda desk: len(desk.handed_out)):
            desk.hand_out()
        answer = await work.result
        if isinstance(answer, Failed):
            raise ReaderFault(answer.words)
        result: T = answer
        return result

    async def idle(self) -> None:
        """Come back when nothing is being read and nothing waits to be."""
        while under_way := [work.result for each in self._queues for work in each]:
            await asyncio.wait(under_way)

    def close(self) -> None:
        """End the processes; what is not done stays undone. Closing twice does nothing."""
        while self._desks:
            self._desks.pop().close()


@contextmanager
def opened(
    get_ready: Callable[..., None], *args: Any, readers: int = 1, bounds: Bounds = Bounds()
) -> Iterator[tuple[asyncio.AbstractEventLoop, Room]]:
    """A room with an event loop of its own, for those who have none; closed at the end."""
    room = Room(get_ready, *args, readers=readers, bounds=bounds)
    loop = asyncio.new_event_loop()
    try:
        yield loop, room
    finally:
        room.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


class _Desk:
    """One process, and whichever takes its place."""

    def __init__(self, get_ready: bytes, waiting: deque[_Work], bounds: Bounds) -> None:
        self._get_ready, self._waiting, self._bounds = get_ready, waiting, bounds
        self.handed_out: deque[_Work] = deque()
        """Sent and not answered, in this order; the first is being read."""
        self._writer: asyncio.StreamWriter | None = None
        self._patience: asyncio.Timeout | None = None
        self._attending: asyncio.Task[None] | None = None
        self._trouble: str | None = None
        self._start()

    def _start(self) -> None:
        """A process that gets ready while we do something else."""
        self._channel, theirs = socket.socketpair()
        self._channel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNDER_WAY_BYTES)
        with theirs:
            words = (theirs.fileno(), self._bounds.cpu_s, self._bounds.memory_bytes)
            paths = os.pathsep.join(filter(None, (CODE, os.environ.get("PYTHONPATH"))))
            self.process = subprocess.Popen(
                [sys.executable, "-c", BEGIN, *map(str, words)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env={**os.environ, "PYTHONPATH": paths},
                process_group=0,  # Ctrl-C is for us to answer; it ends when we do
            )
        self._channel.sendall(framed(self._get_ready))

    def hand_out(self) -> None:
        """Send what waits, as far as the process may have it."""
        if self._trouble is not None:
            self._despair(self._trouble)
        elif self._attending is None:
            self._attending = asyncio.get_running_loop().create_task(self._attend())
        while self._writer and self._waiting and len(self.handed_out) < HANDED_OUT:
            work = self._waiting.popleft()
            self.handed_out.append(work)
            self._writer.write(framed(work.message))
            if len(self.handed_out) == 1:
                self._be_patient()

    def _be_patient(self) -> None:
        """Begin to count anew how long the answer takes."""
        assert self._patience is not None
        wait = asyncio.get_running_loop().time() + LONGEST_S if self.handed_out else None
        self._patience.reschedule(wait)

    async def _attend(self) -> None:
        """Take answers as long as the room is open, through as many processes as that needs."""
        try:
            stillborn = 0
            while True:
                was_ready, is_late = await self._take_answers()
                self._after(self._end(), is_late=is_late)
                stillborn = 0 if was_ready else stillborn + 1
                if stillborn == STARTS:
                    raise ReaderFault(f"{STARTS} processes ended before they had begun")
                self._start()
        except Exception as error:  # whoever waits for an answer must not wait for ever
            self._despair(f"{type(error).__name__}: {error}")

    async def _take_answers(self) -> tuple[bool, bool]:
        """Until the process ends: whether it got ready, and whether it took too long."""
        is_ready = False
        reader, writer = await asyncio.open_connection(sock=self._channel, limit=1 << 20)
        try:
            async with asyncio.timeout(LONGEST_S) as self._patience:
                readiness = await message(reader)
                if isinstance(readiness, Failed):
                    raise ReaderFault(readiness.words.strip().rpartition("\n")[2])
                is_ready, self._writer = True, writer
                self._be_patient()
                while True:
                    self.hand_out()
                    answer = await message(reader)
                    work = self.handed_out.popleft()
                    self._be_patient()
                    if not work.result.done():
                        work.result.set_result(answer)
        except TimeoutError:
            return is_ready, True
        except (asyncio.IncompleteReadError, ConnectionError):
            return is_ready, False
        finally:
            self._writer = None
            writer.transport.abort()

    def _end(self) -> int:
        """End the process, unless it has ended; its exit code."""
        self.process.kill()
        return self.process.wait()

    def _after(self, code: int, *, is_late: bool) -> None:
        """Settle what becomes of the work the process leaves: the first piece was its end, the others wait again."""
        if self.handed_out:
            first = self.handed_out[0]
            first.deaths += 1
            if error := self._breach(code, first.deaths, is_late=is_late):
                self.handed_out.popleft()
                if not first.result.done():
                    first.result.set_exception(error)
        self._waiting.extendleft(reversed(self.handed_out))
        self.handed_out.clear()

    def _breach(self, code: int, deaths: int, *, is_late: bool) -> CostlyPageError | None:
        """What the work is given up for; None when it may have been bad luck, and it is tried once more."""
        if is_late:
            return CostlyPageError("reading-too-long", f"no answer after {LONGEST_S:.0f} s")
        if code == OUT_OF_TIME:
            return CostlyPageError("reading-too-long", f"more than {self._bounds.cpu_s:g} s of processor time")
        if code == OUT_OF_MEMORY:
            size = f"{self._bounds.memory_bytes / 2**20:.0f} MiB"
            return CostlyPageError("reading-too-much-memory", f"more than {size}")
        if deaths < TRIES:
            return None
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return CostlyPageError("reading-broke-off", f"{deaths} processes ended over it, the last with {how}")

    def _despair(self, why: str) -> None:
        """Nothing will be read here any more."""
        self._trouble = why
        for work in (*self.handed_out, *self._waiting):
            if not work.result.done():
                work.result.set_exception(NoReadingRoomError(f"no process that reads can be had: {why}"))
        self.handed_out.clear()
        self._waiting.clear()

    def close(self) -> None:
        if self._attending is not None:
            self._attending.cancel()
        else:
            self._channel.close()
        self._end()


def framed(content: bytes) -> bytes:
    return LENGTH.pack(len(content)) + content


async def message(reader: asyncio.StreamReader) -> Any:
    return pickle.loads(await reader.readexactly(*LENGTH.unpack(await reader.readexactly(LENGTH.size))))
