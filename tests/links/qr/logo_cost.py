"""What it costs to judge one upload, in a process of its own: `python -m tests.links.qr.logo_cost < upload`."""

import json
import resource
import sys
import time

from links.qr import logos
from links.qr.payloads.fields import PayloadRefused


def main() -> None:
    upload, started, advice = sys.stdin.buffer.read(), time.monotonic(), None
    try:
        logos.kept(upload)
    except PayloadRefused as refused:
        advice = refused.advice
    seconds = time.monotonic() - started
    kilobytes = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    json.dump({"advice": advice, "seconds": seconds, "megabytes": kilobytes * 1024 / 1e6}, sys.stdout)


if __name__ == "__main__":
    main()
