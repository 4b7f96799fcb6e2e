"""The negative control: an ingest worker that acknowledges before the commit and is killed in between.

`python -m tests.faults.careless` is a Celery worker like the product's own, but for that one mistake.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from links.stream import ScanStream
from qrplatform.celery import app


def careless_drain(stream: ScanStream, *, seconds: float, count: Callable[..., Any]) -> None:
    entries = stream.read(8, block_ms=int(seconds * 1000))
    if entries:
        stream.acknowledge(entries)
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    app.loader.import_default_modules()  # sets Django up, without which no model can be imported
    from analytics import tasks

    tasks.drain = careless_drain  # type: ignore[attr-defined]  # the mistake is planted here
    app.worker_main(["worker", "-Q", "ingest", "-P", "solo", "-n", "careless@%h", "-l", "WARNING"])


if __name__ == "__main__":
    main()
