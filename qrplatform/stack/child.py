"""Becomes one program of the stack: ends what its predecessor left, records its pid, turns into the program.

`python -m qrplatform.stack.child PID_FILE PROGRAM ARGUMENT…`. supervisord restarts a program as soon as its first
process is gone; that process may have been killed and have left workers that still hold the port.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from qrplatform.stack.leftovers import recorded_pid, signal_group

# A program that dies at once is started about this often.
RESTART_SECONDS = 2.0


def become(pid_file: Path, command: list[str]) -> None:
    signal_group(recorded_pid(pid_file), signal.SIGKILL, data_dir=pid_file.parent.parent)
    with suppress(FileNotFoundError):
        age = time.time() - pid_file.stat().st_mtime
        time.sleep(max(0.0, min(RESTART_SECONDS, RESTART_SECONDS - age)))
    unfinished = pid_file.with_suffix(".new")
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(pid_file)
    os.execvp(command[0], command)  # noqa: S606  # a list that supervisord.conf wrote


if __name__ == "__main__":
    become(Path(sys.argv[1]), sys.argv[2:])
