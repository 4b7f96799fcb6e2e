"""Questions asked one by one, to see that every code leads where it should and to know which worker answers."""

import os
import random
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Self

from benchmarks.load import Unfit
from benchmarks.traffic import Printed, scans

ASKERS = 4
SECONDS = 30.0


class Answer(NamedTuple):
    """What a browser acts upon."""

    status: int
    location: str


class Asker:
    """One connection that is kept open, and by that one worker."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> Answer:
        """http.client takes four times as long, and 100,000 codes are asked for."""
        self._socket.sendall(request)
        head = self._read_past(b"\r\n\r\n")
        fields = {}
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            fields[name.lower()] = value.strip()
        self._read(int(fields.get(b"content-length", b"0")))
        return Answer(int(head[9:12]), fields.get(b"location", b"").decode())

    def _read_past(self, end: bytes) -> bytes:
        while end not in self._rest:
            self._receive()
        found, _, self._rest = self._rest.partition(end)
        return found

    def _read(self, length: int) -> None:
        while len(self._rest) < length:
            self._receive()
        self._rest = self._rest[length:]

    def _receive(self) -> None:
        if not (received := self._socket.recv(65536)):
            raise Unfit("A server hung up while it was asked.")
        self._rest += received

    def worker(self, session: int) -> int | None:
        """The process of this session that has accepted the connection; asked once, so that it has been accepted."""
        inode = _inode(self._socket.getpeername()[1], self._socket.getsockname()[1])
        for process in _processes(session):
            with suppress(OSError):
                for each in (process / "fd").iterdir():
                    with suppress(OSError):
                        if os.readlink(each) == f"socket:[{inode}]":
                            return int(process.name)
        return None


def _inode(server_port: int, client_port: int) -> str:
    """The server's end of a connection, by /proc/net/tcp."""
    ends = (f":{server_port:04X}", f":{client_port:04X}")
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(ends[0]) and fields[2].endswith(ends[1]):
            return fields[9]
    return ""


def _processes(session: int) -> Iterable[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((process / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                yield process


def asker_of_each_worker(port: int, session: int, workers: int) -> list[Asker]:
    """A connection to each worker: open some until every one has accepted one."""
    found: dict[int, Asker] = {}
    for _ in range(200):
        asker = Asker(port)
        asker.ask(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        pid = asker.worker(session)
        if pid is None:
            raise Unfit("It cannot be told which worker answers: this needs Linux's /proc.")
        if pid in found:
            asker.close()
        found.setdefault(pid, asker)
        if len(found) == workers:
            return list(found.values())
    raise Unfit(f"Of {workers} workers only {len(found)} accept connections")


def check(name: str, port: int, codes: Sequence[Printed], *, session: int = 0, workers: int = 1) -> None:
    """Every code leads where it should, or nothing is measured; every worker has it in its cache afterwards."""
    if workers == 1:
        askers = [Asker(port) for _ in range(ASKERS)]
        shares = [codes[number::ASKERS] for number in range(ASKERS)]
    else:
        askers = asker_of_each_worker(port, session, workers)
        shares = [codes] * workers
    with ThreadPoolExecutor(len(askers)) as pool:
        for done in [pool.submit(_check_some, name, *each) for each in zip(askers, shares, strict=True)]:
            done.result()


def _check_some(name: str, asker: Asker, codes: Sequence[Printed]) -> None:
    phones = scans(random.Random(len(codes)))
    with asker:
        for code, scan in zip(codes, islice(phones, len(codes)), strict=True):
            if (answer := asker.ask(scan.request(code.path))) != (302, expected := scan.destination(code)):
                raise Unfit(f"{name} answered {answer} to {scan!r} for {code.path}, which leads to {expected}")
