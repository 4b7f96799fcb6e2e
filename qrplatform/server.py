"""`python -m qrplatform.server HOST PORT WORKERS`: uvicorn with links/protocol.py, in processes that are replaced.

SIGTERM ends it, SIGHUP replaces its workers one by one while the port stays open.
"""

import logging
import resource
import signal
import socket
import sys
from types import FrameType

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

logger = logging.getLogger(__name__)

MOST_FILES = 65_536
# What is on its way when a worker is to end has so long; then the worker is killed, should it hang.
GRACE_SECONDS = 3
# A worker takes a few to start, on a busy machine more.
START_SECONDS = 30
KILL_SECONDS = 4.5
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class Workers(Multiprocess):
    """uvicorn's own, but that SIGTERM is heard while workers are replaced, and that nothing is waited for for ever."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.should_exit.set()

    def join_all(self) -> None:
        for process in self.processes:
            _see_off(process)

    def keep_subprocess_alive(self) -> None:
        """A dead worker has a successor at once. uvicorn pings them all, and waits for one that dies in that moment."""
        for index, process in enumerate(self.processes):
            if process.process.is_alive() or self.should_exit.is_set():
                continue
            process.join()
            if process.exitcode == STARTUP_FAILURE:
                logger.error("A worker could not start. Its log says why.")
                self.should_exit.set()
                return
            logger.info("Worker %s ended by itself (%s).", process.pid, process.exitcode)
            self.processes[index] = Process(self.config, self.sockets)
            self.processes[index].start()

    def restart_all(self) -> None:
        for index, old in enumerate(self.processes):
            new = Process(self.config, self.sockets)
            new.start()
            if not new.wait_until_ready(START_SECONDS, self.should_exit):
                logger.error("A new worker did not start. Process %s goes on serving.", old.pid)
                new.kill()
                new.join()
                return
            old.terminate()
            _see_off(old)
            self.processes[index] = new


def _see_off(process: Process) -> None:
    """Wait for a worker that was told to end."""
    process.process.join(KILL_SECONDS)
    if process.process.is_alive():
        process.process.kill()
        process.process.join()


def configuration(host: str, port: int, workers: int) -> Config:
    """Everything by name, so that this process imports nothing of the product's: only its workers serve."""
    return Config(
        "qrplatform.asgi:application",
        host=host,
        port=port,
        workers=workers,
        http="links.protocol:ScanProtocol",
        loop="uvloop",
        ws="none",
        lifespan="off",
        interface="asgi3",
        backlog=2048,
        # links/addresses.py reads X-Forwarded-For itself.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _allow_many_connections() -> None:
    """As many as this user may have open: what is usual, 1,024, is soon taken by phones that linger."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def main(host: str, port: str, workers: str) -> None:
    logging.basicConfig(level="INFO", format=LOG_FORMAT)
    _allow_many_connections()
    served = configuration(host, int(port), int(workers))
    Workers(served, sockets=[served.bind_socket()]).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
