"""What it costs to judge uploads, each in a process of its own: `python -m tests.links.qr.logo_cost`.

Reads the size of an upload in a line and its bytes, answers with JSON in a line, and goes on until its input ends. What
is measured is a fork of this process, which has imported what is needed and holds nothing else.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

from links.qr import logos
from links.qr.payloads.fields import FieldRefused


def judge(upload: bytes) -> dict[str, float | str | None]:
    started, advice = time.monotonic(), None
    try:
        logos.kept(upload)
    except FieldRefused as refused:
        advice = refused.advice
    seconds = time.monotonic() - started
    # Not this process's ru_maxrss: that begins with what its parent had before it became this one.
    own = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
    kilobytes = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return {"advice": advice, "seconds": seconds, "megabytes": kilobytes * 1024 / 1e6}


def main() -> None:
    while size := sys.stdin.buffer.readline():
        upload = sys.stdin.buffer.read(int(size))
        if (pid := os.fork()) == 0:
            print(json.dumps(judge(upload)), flush=True)
            os._exit(0)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
