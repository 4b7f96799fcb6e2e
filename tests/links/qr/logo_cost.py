"""What it costs to judge one upload, in a process of its own: `python -m tests.links.qr.logo_cost < upload`."""

import json
import resource
import sys
import time
from pathlib import Path

from links.qr import logos
from links.qr.payloads.fields import PayloadRefused


def main() -> None:
    upload, started, advice = sys.stdin.buffer.read(), time.monotonic(), None
    try:
        logos.kept(upload)
    except PayloadRefused as refused:
        advice = refused.advice
    seconds = time.monotonic() - started
    # Not this process's ru_maxrss: that begins with what its parent had, a whole test run, before it became this one.
    own = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
    kilobytes = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    json.dump({"advice": advice, "seconds": seconds, "megabytes": kilobytes * 1024 / 1e6}, sys.stdout)


if __name__ == "__main__":
    main()
