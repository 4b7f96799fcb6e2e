"""Open-loop load: scans leave by schedule, whatever becomes of those before them, and none is sent twice.

Latency counts from the moment a scan was due, so that a server that stalls cannot make the load wait for it. Every scan
has a user agent of its own: it is one visitor, and its number is found again in the database.
"""

import asyncio
import contextlib
import random
import threading
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# Reads as a person's phone; the number makes each scan, and each visitor, one of its own.
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18 Mobile/{} Safari/604.1"
# A phone gives up; a scan that is answered later counts as not answered.
PATIENCE_SECONDS = 10.0
LANDED, ELSEWHERE, REFUSED, UNANSWERED = range(1, 5)


@dataclass(frozen=True)
class Printed:
    """A link as it was printed: what to ask for, and where that must lead."""

    link_id: int
    path: str
    destination: str


@dataclass
class Scans:
    """What became of every scan: columns, because there may be a million. Numbers count up from `first`."""

    first: int = 0
    link: "array[int]" = field(default_factory=lambda: array("H"))
    due: "array[float]" = field(default_factory=lambda: array("d"))
    seconds: "array[float]" = field(default_factory=lambda: array("f"))
    fate: bytearray = field(default_factory=bytearray)
    statuses: Counter[int] = field(default_factory=Counter)

    def add(self, link: int, due: float) -> int:
        """A scan that is about to leave; returns its index."""
        self.link.append(link)
        self.due.append(due)
        self.seconds.append(0.0)
        self.fate.append(UNANSWERED)
        return len(self.fate) - 1

    def __len__(self) -> int:
        return len(self.fate)

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + len(self.fate))

    def fates(self, indices: Sequence[int]) -> Counter[int]:
        return Counter(self.fate[index] for index in indices)

    def between(self, start: float, end: float) -> range:
        """Indices of the scans that were due in a stretch of time.monotonic(); they are in order."""
        return range(bisect_left(self.due, start), bisect_left(self.due, end))

    def quantiles(self, indices: Sequence[int]) -> dict[str, float]:
        """Milliseconds from due to answered, over the scans that were answered."""
        answered = sorted(self.seconds[index] for index in indices if self.fate[index] != UNANSWERED)
        names = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
        if not answered:
            return dict.fromkeys(names, float("nan"))
        return {name: round(answered[int(share * (len(answered) - 1))] * 1000, 1) for name, share in names.items()}


class _Connection(asyncio.Protocol):
    """One connection with at most one scan under way; idle ones wait in the load's pool."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._received = b""
        self._scan = -1
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._load.is_open(self)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def ask(self, scan: int, request: bytes) -> None:
        assert self.transport is not None
        self._scan, self._received = scan, b""
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or self._scan < 0:
            return
        headers = head.lower()
        length = int(_header(headers, b"content-length") or 0)
        if len(body) < length:
            return
        scan, self._scan = self._scan, -1
        self._load.answered(scan, int(head[9:12]), _header(head, b"location"))
        if self._load.keeps_alive and b"\r\nconnection: close" not in headers:
            self._load.idle.append(self)
        else:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The scan under way, if any, stays unanswered."""
        if self._scan >= 0:
            self._load.under_way -= 1
        self._scan = -1
        self._load.is_gone(self)

    def give_up(self, scan: int) -> None:
        if self._scan == scan:
            self.close()


def _header(head: bytes, name: bytes) -> bytes:
    """One header's value; the server writes names in lower case."""
    _, found, rest = head.partition(b"\r\n" + name + b": ")
    return rest.partition(b"\r\n")[0] if found else b""


class Load:
    """`with load.running():` sends `rate` scans a second (Poisson, from `seed`) over the printed links."""

    def __init__(
        self, port: int, printed: Sequence[Printed], *, rate: float, seed: int, first: int, keeps_alive: bool = True
    ) -> None:
        self.scans = Scans(first)
        self.idle: list[_Connection] = []
        self.under_way = 0
        self._open: set[_Connection] = set()
        self.keeps_alive = keeps_alive
        self.printed = printed
        self._port = port
        self._rate = rate
        self._random = random.Random(seed)
        self._failure: BaseException | None = None
        self._stopping = threading.Event()
        host = f"127.0.0.1:{port}"
        self._requests = [
            f"GET {each.path} HTTP/1.1\r\nHost: {host}\r\nAccept-Language: de-DE\r\nUser-Agent: {AGENT}\r\n\r\n"
            for each in printed
        ]
        self._destinations = [each.destination.encode() for each in printed]

    @contextlib.contextmanager
    def running(self) -> Iterator[Scans]:
        """Send until the block is left; then wait for the last answers."""
        thread = threading.Thread(target=self._run, name="load", daemon=True)
        self._stopping.clear()
        thread.start()
        try:
            yield self.scans
        finally:
            self._stopping.set()
            thread.join(2 * PATIENCE_SECONDS)
        assert self._failure is None, self._failure
        assert not thread.is_alive(), "the load does not end"

    def _run(self) -> None:
        try:
            asyncio.run(self._send_by_schedule())
        except BaseException as error:  # told to the test, which would otherwise count nothing
            self._failure = error

    async def _send_by_schedule(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._dialling: set[asyncio.Task[None]] = set()
        due = self._loop.time()
        while not self._stopping.is_set():
            due += self._random.expovariate(self._rate)
            if (pause := due - self._loop.time()) > 0:
                await asyncio.sleep(pause)
            self._send(self._random.randrange(len(self.printed)), due)
        await self._wait_for_answers()

    def _send(self, link: int, due: float) -> None:
        scan = self.scans.add(link, due)
        self.under_way += 1
        request = self._requests[link].format(self.scans.first + scan).encode()
        if self.idle:
            self._ask(self.idle.pop(), scan, request)
        else:
            task = self._loop.create_task(self._dial(scan, request))
            self._dialling.add(task)
            task.add_done_callback(self._dialling.discard)

    def _ask(self, connection: _Connection, scan: int, request: bytes) -> None:
        connection.ask(scan, request)
        self._loop.call_later(PATIENCE_SECONDS, connection.give_up, scan)

    async def _dial(self, scan: int, request: bytes) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                _, connection = await self._loop.create_connection(lambda: _Connection(self), "127.0.0.1", self._port)
        except OSError:  # refused, or TimeoutError
            self.under_way -= 1
        else:
            self._ask(connection, scan, request)

    def is_open(self, connection: _Connection) -> None:
        self._open.add(connection)

    def is_gone(self, connection: _Connection) -> None:
        self._open.discard(connection)
        with contextlib.suppress(ValueError):
            self.idle.remove(connection)

    def answered(self, scan: int, status: int, location: bytes) -> None:
        scans = self.scans
        self.under_way -= 1
        scans.seconds[scan] = self._loop.time() - scans.due[scan]
        scans.statuses[status] += 1
        if status != 302:
            scans.fate[scan] = REFUSED
        else:
            scans.fate[scan] = LANDED if location == self._destinations[scans.link[scan]] else ELSEWHERE

    async def _wait_for_answers(self) -> None:
        deadline = self._loop.time() + PATIENCE_SECONDS
        while self.under_way and self._loop.time() < deadline:
            await asyncio.sleep(0.02)
        for connection in list(self._open):
            connection.close()
        await asyncio.sleep(0.02)  # closing takes a turn of the loop
