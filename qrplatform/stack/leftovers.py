"""Ends what an earlier run left behind: only process groups recorded in DATA_DIR/run that carry this run's mark."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

# In the environment of supervisord and of all its children; its value is their DATA_DIR.
MARK = "STACK_DATA_DIR"
GRACE_SECONDS = 8.0


def end_leftovers(data_dir: Path) -> list[str]:
    """Ask, then kill, and return the names of the programs that were still there."""
    groups = {path.stem: recorded_pid(path) for path in (data_dir / "run").glob("*.pid")}
    left = {name: group for name, group in groups.items() if members(group, data_dir)}
    # Ending supervisord first keeps it from restarting the others.
    for name in sorted(left, key=lambda name: name != "supervisord"):
        signal_group(left[name], signal.SIGTERM, data_dir)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and any(members(group, data_dir) for group in left.values()):
        time.sleep(0.1)
    for group in left.values():
        signal_group(group, signal.SIGKILL, data_dir)
    return sorted(left)


def recorded_pid(pid_file: Path) -> int:
    """The number in a pid file; 0, which is nobody's, when there is none."""
    with suppress(OSError, ValueError):
        return int(pid_file.read_text())
    return 0


def signal_group(group: int, number: signal.Signals, data_dir: Path) -> None:
    """Signal every process of the group that is ours; a number may since belong to somebody else."""
    for pid in members(group, data_dir):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def members(group: int, data_dir: Path) -> list[int]:
    """Living processes of this process group that carry our mark."""
    return [pid for pid in marked_processes(data_dir) if _group_of(pid) == group]


def marked_processes(data_dir: Path) -> list[int]:
    """Every living process that supervisord, or what it started, has started for this data folder."""
    mark = f"{MARK}={data_dir}".encode()
    pids = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return [pid for pid in pids if pid != os.getpid() and mark in _environment_of(pid)]


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return -1


def _environment_of(pid: int) -> list[bytes]:
    """What the process was started with; empty when it is another user's, or a zombie."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
