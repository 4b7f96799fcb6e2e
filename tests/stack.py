"""The real product for journeys and faults: started as `make run` starts it, on a port and a data folder of its own."""

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xmlrpc.client import ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from qrplatform.stack.leftovers import marked_processes, recorded_pid
from tests.services import command_line_of, free_port, parent_of

BASE_DIR = Path(__file__).resolve().parent.parent
PROGRAMS = ("redis", "web", "ship", "ingest", "worker", "beat")
READY_SECONDS = 120.0
STOP_SECONDS = 15.0
_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE = 24, 1
# What the tests' own settings, or the shell, may have set for another instance of the product.
_OURS = re.compile(
    r"^(DJANGO_|PYTEST_|STACK_|DATA_DIR|HOST$|PORT$|PUBLIC_URL|DATABASE_URL|REDIS_URL|SECRET_KEY|DEBUG$)"
)


@dataclass
class Stack:
    """One running product. `extra` goes into its environment.

    With `obeys_file_modes` even root's processes may not write where a file's mode forbids it.
    """

    data_dir: Path
    extra: dict[str, str] = field(default_factory=dict)
    obeys_file_modes: bool = False
    port: int = field(default_factory=free_port)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not _OURS.match(name)}
        return inherited | {"DATA_DIR": str(self.data_dir), "PORT": str(self.port)} | self.extra

    @property
    def console(self) -> str:
        """Everything `make run` has printed, over all starts."""
        return (self.data_dir.with_suffix(".console")).read_text()

    def launch(self) -> None:
        """Start, without waiting. A session of its own: a signal to the tests' terminal is none to the product."""
        with self.data_dir.with_suffix(".console").open("ab") as console:
            self.printed_before = console.tell()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "qrplatform.stack"],
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
                preexec_fn=_obey_file_modes if self.obeys_file_modes else None,
            )

    def start(self) -> None:
        self.launch()
        deadline = time.monotonic() + READY_SECONDS
        while "Ready: " not in self.console[self.printed_before :] or not self.is_complete():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The stack is not ready:\n{self.console}\n{self.logs()}")
            time.sleep(0.05)

    def is_complete(self) -> bool:
        """Whether every program runs; Redis is none of ours where REDIS_URL names another."""
        alive = self.processes()
        return all(self.pid(name) in alive for name in PROGRAMS if name != "redis" or "REDIS_URL" not in self.extra)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask `make run` to end and return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def pid(self, program: str) -> int:
        """The first process of redis, web, ship, ingest, worker or beat, or of supervisord."""
        return recorded_pid(self.data_dir / "run" / f"{program}.pid")

    def children(self, program: str) -> list[int]:
        """The processes that a program has started itself: web's workers, for example, without Python's own helper."""
        children = [pid for pid in self.processes() if parent_of(pid) == self.pid(program)]
        return [pid for pid in children if b"resource_tracker" not in command_line_of(pid)]

    def kill(self, program: str) -> int:
        """SIGKILL a program's first process, and return its pid."""
        pid = self.pid(program)
        assert pid in self.processes(), f"{program} is not running"  # and 0 would be the tests themselves
        os.kill(pid, signal.SIGKILL)
        return pid

    def restart_by_supervisor(self, program: str) -> None:
        """Stop and start one program as an operator would: SIGTERM, a few seconds' grace, a new process."""
        socket = self.data_dir / "run" / "ctl.sock"
        transport = SupervisorTransport(serverurl=f"unix://{socket}")
        # The address is only there because ServerProxy wants one; the transport uses the socket.
        with ServerProxy("http://127.0.0.1", transport=transport) as control:
            control.supervisor.stopProcess(f"product:{program}", True)
            control.supervisor.startProcess(f"product:{program}", False)

    def processes(self) -> list[int]:
        """Every living process of this stack but `make run` itself, known by the mark in its environment."""
        return marked_processes(self.data_dir)

    def manage(self, *arguments: str) -> str:
        """What a management command prints."""
        command = [sys.executable, "manage.py", *arguments]
        finished = subprocess.run(
            command, cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=False
        )
        assert finished.returncode == 0, f"{arguments}: {finished.stdout}\n{finished.stderr}"
        return finished.stdout.strip()

    def api_key(self) -> str:
        """A new key of the demo workspace."""
        found = re.search(r"qrp_[\w-]+", self.manage("create_api_key", "--workspace", "demo", "--name", "tests"))
        assert found, "create_api_key printed no key"
        return found[0]

    def owner(self) -> tuple[str, str]:
        """E-mail address and password of the demo's owner, as a newcomer reads them."""
        found = re.search(r"E-mail +(\S+)\n +Password +(\S+)", self.console)
        assert found, "no login was printed"
        return found[1], found[2]

    def logs(self, lines: int = 20) -> str:
        """The end of every log, for a failure's message."""
        return "\n".join(
            f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
            for path in sorted((self.data_dir / "logs").glob("*.log"))
        )


@contextlib.contextmanager
def running_stack(**extra: str) -> Iterator[Stack]:
    """A started product, for example running_stack(DATABASE_URL=…, REDIS_URL=…); all of it is gone afterwards."""
    with data_folder() as folder:
        stack = Stack(folder, extra)
        stack.start()
        try:
            yield stack
        finally:
            end(stack)


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """A data folder with a short path: the Unix sockets in it have room for 107 bytes."""
    parent = Path(tempfile.mkdtemp(prefix="qrp-"))
    try:
        yield parent / "data"
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def end(stack: Stack) -> None:
    """Stop the stack in whatever state it is; only processes that carry its mark."""
    if stack.process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            stack.stop()
    for pid in [stack.process.pid] * (stack.process.poll() is None) + stack.processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    stack.process.wait()


def _obey_file_modes() -> None:
    """Give up CAP_DAC_OVERRIDE for good: what root starts then may not write to a folder that is read-only."""
    ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE)
