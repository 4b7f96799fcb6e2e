"""The negative control: an ingest worker that acknowledges before the commit and is killed in between.

`python -m tests.faults.careless` is a Celery worker like the product's own, but for that one mistake.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from analytics import tasks
from links.stream import ScanStream
from qrplatform.celery import app


def careless_drain(stream: ScanStream, *, seconds: float, count: Callable[..., Any]) -> None:
    entries = stream.read(8, block_ms=int(seconds * 1000))
    if entries:
        stream.acknowledge(entries)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    app.loader.import_default_modules()
    tasks.drain = careless_drain  # type: ignore[attr-defined]  # the mistake is planted here
    app.worker_main(["worker", "-Q", "ingest", "-P", "solo", "-n", "careless@%h", "-l", "WARNING"])
