"""Somebody who edits links: takes orders as JSON lines, and says for each when it was committed.

A process of its own, as the dashboard and the API are to a worker. With Redis frozen an edit's author waits a second
for the broker, so several edit at once.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it is started as a script

AUTHORS = 8


class Order(NamedTuple):
    """What to do to which links; all of them in one transaction."""

    number: int
    kind: str  # a key of KINDS
    links: list[int]


def new_destination(link: int) -> str:
    return f"https://shop.example.com/moved/{link}"


def main() -> int:
    import django

    django.setup()
    with ThreadPoolExecutor(AUTHORS) as authors:
        for line in sys.stdin:
            authors.submit(_carry_out, Order(*json.loads(line)))
    return 0


def _carry_out(order: Order) -> None:
    from django.db import transaction

    try:
        with transaction.atomic():
            # First in line: what else is done upon a commit may wait for a broker that does not answer.
            transaction.on_commit(lambda: _say({"number": order.number, "at": time.monotonic()}))
            for link in order.links:
                KINDS[order.kind](link)
    except Exception as error:
        _say({"number": order.number, "failed": repr(error)})


_speaking = threading.Lock()


def _say(report: dict[str, object]) -> None:
    with _speaking:
        print(json.dumps(report), flush=True)


def _change_destination(link: int) -> None:
    from links.actions import NOBODY, change_link
    from links.models import Link

    change_link(Link.objects.get(pk=link), {"destination": new_destination(link)}, actor=NOBODY)


def _pause(link: int) -> None:
    from links.actions import NOBODY, change_link
    from links.models import Link

    change_link(Link.objects.get(pk=link), {"is_paused": True}, actor=NOBODY)


def _delete(link: int) -> None:
    from links.actions import NOBODY, delete_link
    from links.models import Link

    delete_link(Link.objects.get(pk=link), actor=NOBODY)


def _condemn(link: int) -> None:
    from links.models import Link
    from links.safety.verdicts import record_verdict

    reasons = [{"check": "benchmark", "reason": "It had to be somebody."}]
    assert record_verdict(link, Link.objects.get(pk=link).revision, Link.Verdict.MALICIOUS, reasons)


KINDS: dict[str, Callable[[int], None]] = {
    "destination": _change_destination,
    "pause": _pause,
    "deletion": _delete,
    "verdict": _condemn,
}

if __name__ == "__main__":
    sys.exit(main())
