"""supervisord as a child of `make run`: started with Redis, told later to start the rest, stopped with all of it."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from xmlrpc.client import ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from qrplatform.stack.leftovers import end_leftovers
from qrplatform.stack.preflight import Refused

CONFIGURATION = Path(__file__).with_name("supervisord.conf")
START_SECONDS = 10.0
# Longer than Redis' stopwaitsecs after the product's, in supervisord.conf.
STOP_SECONDS = 9.0
_PR_SET_PDEATHSIG = 1


@contextmanager
def running_supervisord(data_dir: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """supervisord with Redis, when that is ours; on the way out everything is stopped, whatever state it is in."""
    # A session of its own: Ctrl-C reaches this process only, which then stops all in order.
    process = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-c", str(CONFIGURATION)],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_stop_when_parent_dies if sys.platform == "linux" else None,
    )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        end_leftovers(data_dir)
        process.kill()
        process.wait()


def _stop_when_parent_dies() -> None:
    """Ask the kernel for a SIGTERM when `make run` is killed without a chance to stop its children."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(data_dir: Path, programs: str) -> None:
    """Start `group:program`, or with `group:*` all of a group that are not running yet."""
    socket = data_dir / "run" / "ctl.sock"
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            # The address is only there because ServerProxy wants one; the transport uses the socket.
            with ServerProxy(
                "http://127.0.0.1", transport=SupervisorTransport(serverurl=f"unix://{socket}")
            ) as control:
                control.supervisor.startProcess(programs, False)
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise Refused(f"supervisord does not answer on {socket}: {error}") from error
        time.sleep(0.05)
